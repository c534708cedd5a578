/*
 * metadata_http.h: /v1/metadata, /v1/query, /v2/query: commands of Hasura's
 * metadata API, run_sql among them.
 */
#ifndef METADATA_HTTP_H
#define METADATA_HTTP_H

#include "serve/http.h"

extern void metadata_http(HttpRequest *r);

#endif
