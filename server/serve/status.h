/*
 * status.h: /v1/version, /healthz, /metrics.
 */
#ifndef STATUS_H
#define STATUS_H

#include "serve/http.h"

extern void status_version(HttpRequest *r);
extern void status_health(HttpRequest *r);

/* For the administrator. */
extern void status_metrics(HttpRequest *r);

/* On a listener of its own. */
extern void status_metrics_for_all(HttpRequest *r);

#endif
