/*
 * log.h: what happens, as lines for people and numbers for Prometheus.
 *
 * One list of events gives each its level, its counter and its text, so that
 * no event is counted and not logged, or the other way round.
 */
#ifndef LOG_H
#define LOG_H

#include "common/buffer.h"

typedef enum LogLevel
{
	LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR
} LogLevel;

/* X(event, level, text) */
#define EVENT_LIST(X) \
X(started, LOG_INFO, "listening") \
X(no_secret, LOG_WARN, "no admin secret: everybody who reaches this address is the administrator") \
X(request, LOG_INFO, "request") \
X(request_aborted, LOG_INFO, "the client went away; its query is cancelled") \
X(auth_failed, LOG_DEBUG, "request refused") \
X(auth_config, LOG_ERROR, "the configuration of tokens is wrong") \
X(auth_hook_failed, LOG_WARN, "the auth hook does not answer as it should") \
X(jwk_fetched, LOG_INFO, "key set fetched") \
X(jwk_failed, LOG_WARN, "key set not fetched; the keys that there were stay") \
X(db_connected, LOG_INFO, "connected to the database") \
X(db_connect_failed, LOG_WARN, "cannot connect to the database") \
X(db_lost, LOG_WARN, "connection to the database lost") \
X(db_error, LOG_ERROR, "the database answered with an error that nobody expected") \
X(db_unprepared, LOG_INFO, "a pooler in transaction mode: statements are not prepared any more") \
X(db_cancelled, LOG_DEBUG, "query cancelled") \
X(db_cancel_failed, LOG_WARN, "query not cancelled in time; its connection is closed") \
X(queue_full, LOG_WARN, "too many requests wait for a connection") \
X(queue_timeout, LOG_WARN, "a request waited too long for a connection") \
X(query_timeout, LOG_WARN, "a query took too long and is cancelled") \
X(slow_client, LOG_DEBUG, "a client took too long and is disconnected") \
X(allow_list_failed, LOG_WARN, "the metadata's allow list cannot be read; the one that there was stays") \
X(websocket_opened, LOG_DEBUG, "WebSocket opened") \
X(websocket_closed, LOG_DEBUG, "WebSocket closed") \
X(rate_limited, LOG_DEBUG, "too many requests of one client") \
X(reloaded, LOG_INFO, "settings read again") \
X(reload_failed, LOG_ERROR, "settings not read again; the old ones stay") \
X(draining, LOG_INFO, "shutting down when all requests are answered") \
X(stopped, LOG_INFO, "stopped")

typedef enum Event
{
#define X(event, level, text) EVENT_##event,
	EVENT_LIST(X)
#undef X
	N_EVENTS
} Event;

/* Fields of a line, made by the caller: ,"name":value ... */
typedef struct LogFields
{
	Buffer		json;
} LogFields;

extern void log_text(LogFields *f, const char *name, const char *value);
extern void log_number(LogFields *f, const char *name, long long value);

/*
 * Counts the event and writes its line, when its level is to be seen. Takes
 * the fields, which may be NULL. The values must hold no secret.
 */
extern void log_event(Event event, LogFields *f);

/* With one text field; a shorthand. */
extern void log_event_text(Event event, const char *name, const char *value);

/* Whether lines of this event are seen. */
extern bool log_wanted(Event event);

extern unsigned long long log_count(Event event);
extern const char *log_name(Event event);

#endif
