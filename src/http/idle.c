/*
 * idle.c: closes connections that the backend does not use.
 *
 * libcurl closes a connection that has been idle for too long, or is too old,
 * only when it looks for one for the next request; CURLOPT_MAXAGE_CONN and
 * CURLOPT_MAXLIFETIME_CONN (transfer.c) are for that. A backend that sends no
 * further request looks at the end of each transaction. One that does nothing
 * at all is waiting for its client, where no extension runs.
 */
#include "postgres.h"

#include "access/xact.h"

#include "http/http_int.h"
#include "utils/memutils.h"

int			rr_http_idle_timeout = 60;
int			rr_http_connection_lifetime = 600;

/* Does the engine have no request, neither on the wire nor waiting? */
static bool
is_idle(RrHttpEngine *eng)
{
	dlist_iter	iter;

	/* a lane stays behind its last request until the engine runs again */
	dlist_foreach(iter, &eng->lanes)
	{
		RrHttpLane *lane = dlist_container(RrHttpLane, node, iter.cur);

		if (!dlist_is_empty(&lane->waiting))
			return false;
	}
	return dlist_is_empty(&eng->active);
}

static void
on_transaction_end(XactEvent event, void *arg pg_attribute_unused())
{
	RrHttpEngine *eng = rr_http_lookup_engine();

	if ((event != XACT_EVENT_COMMIT && event != XACT_EVENT_ABORT) || eng == NULL)
		return;
	if (rr_http_idle_timeout > 0 && is_idle(eng) &&
		rr_http_now() - eng->attended > (uint64) rr_http_idle_timeout * 1000000)
		rr_http_engine_close(eng);
}

void
rr_http_watch_idle(void)
{
	static bool watching = false;

	if (!watching)
		RegisterXactCallback(on_transaction_end, NULL);
	watching = true;
}
