/*
 * status.c: /v1/version, /healthz, /metrics.
 */
#include "serve/status.h"

#include <stdlib.h>
#include <string.h>

#include "serve/admin.h"
#include "serve/db.h"
#include "serve/metrics.h"

#define HEALTH_TIMEOUT_MS 3000

void
status_version(HttpRequest *r)
{
	Buffer		body = {0};

	buffer_puts(&body, "{\"version\":\"" RR_VERSION "\",\"server_type\":\"remote_rel\"}");
	http_reply(r, 200, "application/json; charset=utf-8", &body);
}

/* ---- /metrics ---- */

void
status_metrics_for_all(HttpRequest *r)
{
	Buffer		body = {0};

	metrics_write(&body);
	http_reply(r, 200, "text/plain; version=0.0.4; charset=utf-8", &body);
}

void
status_metrics(HttpRequest *r)
{
	admin_only(r, status_metrics_for_all);
}

/* ---- /healthz ---- */

typedef struct Health
{
	HttpRequest *r;
	DbJob		job;
	Timer		timer;
	bool		strict;
} Health;

static void
finish(Health *health, bool good)
{
	timer_cancel(&health->timer);
	http_reply_text(health->r, good ? 200 : 500, good ? "OK" : "ERROR");
	free(health);
}

static bool
send_question(DbJob *job, Connection *connection)
{
	Health	   *health = job->owner;

	return db_send_sql(connection, health->strict ?
					   "SELECT COALESCE((remote_rel.metadata('{\"type\": \"get_inconsistent_metadata\", \"args\": {}}')"
					   " ->> 'is_consistent')::boolean, false)" : "SELECT true", 0, NULL);
}

static bool
answered(DbJob *job, DbOutcome outcome, PGresult *result)
{
	bool		good = outcome == DB_OK && PQntuples(result) == 1 && PQgetvalue(result, 0,
																				0)[0] == 't';

	PQclear(result);
	finish(job->owner, good);
	return false;
}

static void
timed_out(Timer *timer)
{
	Health	   *health = timer->owner;

	db_cancel(&health->job);
	finish(health, false);
}

static void
give_up(HttpRequest *r)
{
	Health	   *health = r->work;

	timer_cancel(&health->timer);
	db_cancel(&health->job);
	free(health);
}

void
status_health(HttpRequest *r)
{
	Health	   *health = xcalloc(sizeof(Health));
	const char *strict = http_parameter(r, "strict");

	health->r = r;
	health->strict = strict && strcmp(strict, "true") == 0;
	health->job.send = send_question;
	health->job.done = answered;
	health->job.owner = health;
	health->timer.fire = timed_out;
	health->timer.owner = health;
	timer_set(&health->timer, HEALTH_TIMEOUT_MS);
	r->work = health;
	r->give_up = give_up;
	db_submit(&health->job, db_pool(health->strict ? POOL_ADMIN : POOL_PRIMARY));
}
