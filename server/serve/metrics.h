/*
 * metrics.h: numbers for Prometheus. Labels come from fixed sets only.
 */
#ifndef METRICS_H
#define METRICS_H

#include "common/buffer.h"

extern void metrics_request(const char *route, unsigned status, long long us);

/* One operation of GraphQL, however it came. */
extern void metrics_operation(const char *kind, const char *transport, bool failed,
							  long long queue_us,
							  long long db_us);
extern void metrics_websocket(int change);
extern void metrics_write(Buffer *out);

#endif
