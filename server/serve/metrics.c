/*
 * metrics.c: numbers for Prometheus, in its text format.
 */
#include "serve/metrics.h"

#include <string.h>

#include "serve/db.h"
#include "serve/http.h"
#include "serve/log.h"

static const char *const routes[] = {"/v1/graphql", "/v1/metadata", "/v1/query", "/v2/query", "/v1/version",
"/healthz", "/metrics", "/console", "other"};
static const char *const kinds[] = {"query", "mutation", "subscription", "unknown"};
static const char *const transports[] = {"http", "websocket", "sse"};

#define N(list) (sizeof(list) / sizeof(list[0]))

/* Upper ends of the histograms' buckets, in microseconds. */
static const long long ends[] = {1000, 2500, 5000, 10000, 25000, 50000, 100000, 250000, 500000,
	1000000, 2500000,
5000000, 10000000};

typedef struct Histogram
{
	unsigned long long buckets[N(ends) + 1];
	unsigned long long count;
	long long	sum_us;
} Histogram;

static unsigned long long requests[N(routes)][6];	/* by the status' first
													 * digit */
static unsigned long long operations[N(kinds)][N(transports)][2];
static Histogram request_time;
static Histogram queue_time;
static Histogram db_time;
static int	websockets;

static size_t
find(const char *const *list, size_t n, const char *text)
{
	for (size_t i = 0; i < n; i++)
	{
		if (strcmp(list[i], text) == 0)
			return i;
	}
	return n - 1;
}

static void
observe(Histogram *h, long long us)
{
	size_t		i = 0;

	while (i < N(ends) && us > ends[i])
		i++;
	h->buckets[i]++;
	h->count++;
	h->sum_us += us;
}

void
metrics_request(const char *route, unsigned status, long long us)
{
	requests[find(routes, N(routes), route)][status < 600 ? status / 100 : 5]++;
	observe(&request_time, us);
}

void
metrics_operation(const char *kind, const char *transport, bool failed, long long queue_us,
				  long long db_us)
{
	operations[find(kinds, N(kinds), kind)][find(transports, N(transports), transport)][failed]++;
	observe(&queue_time, queue_us);
	observe(&db_time, db_us);
}

void
metrics_websocket(int change)
{
	websockets += change;
}

/* ---- writing ---- */

static void
head(Buffer *out, const char *name, const char *type, const char *help)
{
	buffer_printf(out, "# HELP remote_rel_%s %s\n# TYPE remote_rel_%s %s\n", name, help, name, type);
}

static void
write_histogram(Buffer *out, const char *name, const char *help, const Histogram *h)
{
	unsigned long long below = 0;

	head(out, name, "histogram", help);
	for (size_t i = 0; i < N(ends); i++)
	{
		below += h->buckets[i];
		buffer_printf(out, "remote_rel_%s_bucket{le=\"%g\"} %llu\n", name, (double) ends[i] / 1e6, below);
	}
	buffer_printf(out, "remote_rel_%s_bucket{le=\"+Inf\"} %llu\nremote_rel_%s_sum %.6f\nremote_rel_%s_count %llu\n",
				  name, h->count, name, (double) h->sum_us / 1e6, name, h->count);
}

static void
write_requests(Buffer *out)
{
	head(out, "http_requests_total", "counter", "requests by path and class of status");
	for (size_t i = 0; i < N(routes); i++)
	{
		for (int class = 0; class < 6; class++)
		{
			if (requests[i][class] > 0)
				buffer_printf(out, "remote_rel_http_requests_total{path=\"%s\",status=\"%dxx\"} %llu\n",
							  routes[i], class, requests[i][class]);
		}
	}
}

static void
write_operations(Buffer *out)
{
	head(out, "operations_total", "counter", "GraphQL operations");
	for (size_t k = 0; k < N(kinds); k++)
	{
		for (size_t t = 0; t < N(transports); t++)
		{
			for (int failed = 0; failed < 2; failed++)
			{
				if (operations[k][t][failed] > 0)
					buffer_printf(out, "remote_rel_operations_total{kind=\"%s\",transport=\"%s\",outcome=\"%s\"} %llu\n",
								  kinds[k], transports[t], failed ? "error" : "data", operations[k][t][failed]);
			}
		}
	}
}

static void
write_pools(Buffer *out)
{
	static const char *const labels[] = {"primary", "replica", "admin"};

	head(out, "database_connections", "gauge", "connections to the database");
	for (int use = POOL_PRIMARY; use <= POOL_ADMIN; use++)
	{
		DbStats		s = db_stats((PoolUse) use);

		buffer_printf(out, "remote_rel_database_connections{database=\"%s\",state=\"idle\"} %d\n", labels[use], s.open - s.busy);
		buffer_printf(out, "remote_rel_database_connections{database=\"%s\",state=\"busy\"} %d\n", labels[use], s.busy);
		buffer_printf(out, "remote_rel_database_connections{database=\"%s\",state=\"connecting\"} %d\n", labels[use], s.connecting);
	}
	head(out, "database_queue", "gauge", "requests that wait for a connection");
	for (int use = POOL_PRIMARY; use <= POOL_ADMIN; use++)
		buffer_printf(out, "remote_rel_database_queue{database=\"%s\"} %d\n", labels[use], db_stats((PoolUse) use).waiting);
}

void
metrics_write(Buffer *out)
{
	write_requests(out);
	write_operations(out);
	write_histogram(out, "http_request_seconds", "from a request's headers to the end of its answer", &request_time);
	write_histogram(out, "database_queue_seconds", "how long operations waited for a connection", &queue_time);
	write_histogram(out, "database_seconds", "how long the database worked for operations", &db_time);
	write_pools(out);
	head(out, "clients", "gauge", "connections of clients");
	buffer_printf(out, "remote_rel_clients %d\n", http_clients());
	head(out, "websockets", "gauge", "WebSockets among them");
	buffer_printf(out, "remote_rel_websockets %d\n", websockets);
	head(out, "events_total", "counter", "what else happened; the log has the lines");
	for (int e = 0; e < N_EVENTS; e++)
		buffer_printf(out, "remote_rel_events_total{event=\"%s\"} %llu\n", log_name((Event) e), log_count((Event) e));
}
