/*
 * bench.c: times one joined query side by side: graphql_resolve(), the floor,
 * and the HTTP services that are named.
 *
 * The floor is the work that nobody can avoid: hand-written SQL for the local
 * part, on the same connection, and the requests that graphql_resolve() sends,
 * by bare libcurl, as many at a time, without reading the answers.
 *
 *   bench CONNINFO UPSTREAM-URL aliases|list ROWS BATCH-SIZE CONCURRENCY RUNS
 *   AIM [in-text] [in-sql] [in-sql-ideal] [first-row] [filter] [NAME=URL ...]
 *
 * in-text adds a floor with the keys in the documents instead of in variables,
 * with new keys each time, so that the upstream knows no document. Services
 * take POST {"limit": n, "query": "..."}. GET /stats beside UPSTREAM-URL tells
 * how many requests an answer took.
 *
 * in-sql adds the same rows by remote_value(), a Remote Join, to be compared
 * with graphql_resolve(); in-sql-ideal compares it with the floor; first-row
 * compares the time until its first row with that of one request. filter adds
 * the same rows filtered by a field of the joined value, which all of them
 * meet, to be compared with graphql_resolve() without a condition.
 *
 * Prints medians in ms, and medians of the ratios to the floor. The exit
 * status is 1 if remote_rel's ratio is above AIM, or not below a service's.
 */
#include <curl/curl.h>
#include <libpq-fe.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MAX_SERIES 12

typedef struct Series
{
	const char *name;
	const char *url;			/* of a service */
	bool		is_floor;
	bool		in_text;		/* of the floor: keys in the documents */
	bool		is_request;		/* one request alone */
	const char *sql;			/* a Remote Join, or a filter */
	int			base;			/* SQL: the series that it is compared with */
	double		aim;			/* SQL: at most so many times its time */
	double	   *ms;				/* by run */
	size_t		bytes;			/* of the last answer */
	long		requests;		/* that it took */
}			Series;

static PGconn *conn;
static CURLM *multi;
static struct curl_slist *headers;
static const char *upstream;
static bool by_list;
static int	rows;
static int	batch_size;
static int	concurrency;
static char **bodies;
static int	first_in_text = 1;
static int	nbodies;

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

static size_t
count_bytes(char *data, size_t size, size_t n, void *total)
{
	(void) data;
	*(size_t *) total += size * n;
	return size * n;
}

static CURL *
make_request(const char *url, const char *body, size_t *total)
{
	CURL	   *easy = curl_easy_init();

	curl_easy_setopt(easy, CURLOPT_URL, url);
	curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body);
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, count_bytes);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, total);
	curl_easy_setopt(easy, CURLOPT_FAILONERROR, 1L);
	return easy;
}

/* Send all bodies to one URL, at_a_time together. */
static size_t
send_all(const char *url, char **what, int n, int at_a_time)
{
	size_t		total = 0;
	int			next = 0;
	int			done = 0;
	int			running;

	for (; next < n && next < at_a_time; next++)
		curl_multi_add_handle(multi, make_request(url, what[next], &total));
	while (done < n)
	{
		CURLMsg    *message;
		int			left;

		curl_multi_perform(multi, &running);
		while ((message = curl_multi_info_read(multi, &left)) != NULL)
		{
			CURL	   *easy = message->easy_handle;

			if (message->data.result != CURLE_OK)
			{
				fprintf(stderr, "%s: %s\n", url, curl_easy_strerror(message->data.result));
				exit(1);
			}
			curl_multi_remove_handle(multi, easy);
			curl_easy_cleanup(easy);
			done++;
			if (next < n)
				curl_multi_add_handle(multi, make_request(url, what[next++], &total));
		}
		if (done < n)
			curl_multi_poll(multi, NULL, 0, 1000, NULL);
	}
	return total;
}

static size_t
run_sql(const char *sql, const char *param)
{
	PGresult   *result = PQexecParams(conn, sql, param ? 1 : 0, NULL, &param, NULL, NULL, 0);
	size_t		len;

	if (PQresultStatus(result) != PGRES_TUPLES_OK)
	{
		fprintf(stderr, "%s", PQerrorMessage(conn));
		exit(1);
	}
	len = PQgetlength(result, 0, 0);
	if (strstr(PQgetvalue(result, 0, 0), "\"errors\"") != NULL)
	{
		fprintf(stderr, "%.300s\n", PQgetvalue(result, 0, 0));
		exit(1);
	}
	PQclear(result);
	return len;
}

/* The number of requests that the upstream has got. */
static long
count_requests(void)
{
	char		url[300];
	char		text[4000] = "";
	const char *found;
	CURL	   *easy = curl_easy_init();
	FILE	   *memory = fmemopen(text, sizeof(text) - 1, "w");

	snprintf(url, sizeof(url), "%.*s/stats", (int) (strrchr(upstream, '/') - upstream), upstream);
	curl_easy_setopt(easy, CURLOPT_URL, url);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, memory);
	curl_easy_perform(easy);
	curl_easy_cleanup(easy);
	fclose(memory);
	found = strstr(text, "\"requests\":");
	return found ? atol(found + strlen("\"requests\":")) : 0;
}

/* ---- the requests that graphql_resolve() sends ---- */

static char *
make_list_body(char *p, int first, int n)
{
	p += sprintf(p, "{\"query\":\"query($rr__0_0: [String!]!) { j0: profiles(ids: $rr__0_0) { ...F } } "
				 "fragment F on Profile { rr__k0Profile: auth0_id nickname email }\",\"variables\":{\"rr__0_0\":[");
	for (int i = 0; i < n; i++)
		p += sprintf(p, "%s\"auth0|%d\"", i > 0 ? "," : "", first + i);
	return p + sprintf(p, "]}}");
}

static char *
make_text_body(char *p, int first, int n)
{
	p += sprintf(p, "{\"query\":\"{");
	for (int i = 0; i < n; i++)
		p += sprintf(p, " j%d: auth0(auth0_id: \\\"auth0|%d\\\") { ...F }", i, first + i);
	return p + sprintf(p, " } fragment F on Profile { nickname email }\"}");
}

static char *
make_alias_body(char *p, int first, int n)
{
	p += sprintf(p, "{\"query\":\"query(");
	for (int i = 0; i < n; i++)
		p += sprintf(p, "%s$rr__%d_0: String!", i > 0 ? ", " : "", i);
	p += sprintf(p, ") {");
	for (int i = 0; i < n; i++)
		p += sprintf(p, " j%d: auth0(auth0_id: $rr__%d_0) { ...F }", i, i);
	p += sprintf(p, " } fragment F on Profile { nickname email }\",\"variables\":{");
	for (int i = 0; i < n; i++)
		p += sprintf(p, "%s\"rr__%d_0\":\"auth0|%d\"", i > 0 ? "," : "", i, first + i);
	return p + sprintf(p, "}}");
}

/* Make all requests; the keys begin with number first. */
static char **
make_bodies(char *(*make) (char *p, int first, int n), int first)
{
	char	  **made;

	nbodies = (rows + batch_size - 1) / batch_size;
	made = malloc(nbodies * sizeof(char *));
	for (int b = 0; b < nbodies; b++)
	{
		int			done = b * batch_size;
		int			n = rows - done < batch_size ? rows - done : batch_size;

		made[b] = malloc(n * 200 + 300);
		make(made[b], first + done, n);
	}
	return made;
}

static void
free_bodies(char **made)
{
	for (int b = 0; b < nbodies; b++)
		free(made[b]);
	free(made);
}

/* ---- series ---- */

#define JOIN_IN_SQL \
	"SELECT u.name, p FROM users AS u, " \
	"LATERAL remote_rel.remote_value(u, '%s', '{ nickname email }') AS p WHERE u.id <= %d"

/* The first row of a cursor that will be read to its end. */
static size_t
run_first_row(const char *join)
{
	char		text[600];
	size_t		len;

	snprintf(text, sizeof(text),
			 "SET cursor_tuple_fraction = 1; BEGIN; DECLARE c CURSOR FOR %s", join);
	PQclear(PQexec(conn, text));
	len = run_sql("FETCH 1 FROM c", NULL);
	PQclear(PQexec(conn, "ROLLBACK"));
	return len;
}

static size_t
run_filter(void)
{
	const char *field = by_list ? "auth0_profile_by_list" : "auth0_profile";
	char		text[500];

	snprintf(text, sizeof(text),
			 "{ users(where: {id: {_lte: %d}, %s: {nickname: {_is_null: false}}}) { name %s { nickname email } } }",
			 rows, field, field);
	return run_sql("SELECT graphql_resolve($1)", text);
}

static size_t
run_series(Series * series)
{
	char		text[500];

	if (series->sql != NULL)
	{
		snprintf(text, sizeof(text), JOIN_IN_SQL,
				 by_list ? "auth0_profile_by_list" : "auth0_profile", rows);
		if (strcmp(series->sql, "first row") == 0)
			return run_first_row(text);
		if (strcmp(series->sql, "filter") == 0)
			return run_filter();
		return run_sql(text, NULL);
	}
	if (series->is_request)
		return send_all(upstream, bodies, 1, 1);
	if (series->url != NULL)
	{
		char	   *body = text;

		snprintf(text, sizeof(text),
				 "{\"limit\": %d, \"query\": \"{ allUsers(first: %d) { nodes { name auth0Profile { nickname email } } } }\"}",
				 rows, rows);
		return send_all(series->url, &body, 1, 1);
	}
	if (series->is_floor || series->in_text)
	{
		char	  **what = series->in_text ? make_bodies(make_text_body, first_in_text) : bodies;
		size_t		bytes;

		snprintf(text, sizeof(text),
				 "SELECT json_agg(json_build_object('name', name, 'auth0_profile', auth0_id)) "
				 "FROM (SELECT name, auth0_id FROM users LIMIT %d) AS u", rows);
		bytes = run_sql(text, NULL) + send_all(upstream, what, nbodies, concurrency);
		if (series->in_text)
		{
			free_bodies(what);
			first_in_text += rows;
		}
		return bytes;
	}
	snprintf(text, sizeof(text), "{ users(limit: %d) { name %s { nickname email } } }", rows,
			 by_list ? "auth0_profile_by_list" : "auth0_profile");
	return run_sql("SELECT graphql_resolve($1)", text);
}

static int
compare(const void *a, const void *b)
{
	double		x = *(const double *) a;
	double		y = *(const double *) b;

	return (x > y) - (x < y);
}

static double
median(const double *values, int n)
{
	double	   *sorted = malloc(n * sizeof(double));
	double		result;

	memcpy(sorted, values, n * sizeof(double));
	qsort(sorted, n, sizeof(double), compare);
	result = sorted[n / 2];
	free(sorted);
	return result;
}

static int
report(Series * series, int nseries, int runs, double aim)
{
	double		ours = 0;
	int			status = 0;

	for (int s = 0; s < nseries; s++)
	{
		double	   *ratios = malloc(runs * sizeof(double));
		double		ratio;
		double		aim_here = s == 0 ? aim : series[s].aim;
		const char *remark = "";

		for (int run = 0; run < runs; run++)
			ratios[run] = series[s].ms[run] / series[series[s].sql ? series[s].base : 1].ms[run];
		ratio = median(ratios, runs);
		if (s == 0)
			ours = ratio;
		if (aim_here > 0 ? ratio > aim_here :
			s > 1 && !series[s].is_request && ratio <= ours)
		{
			remark = aim_here > 0 ? "  missed" : "  faster than remote_rel";
			status = 1;
		}
		printf("  %-24s %10.2f ms %8.2f x %s", series[s].name, median(series[s].ms, runs), ratio,
			   series[s].sql ? series[series[s].base].name : "floor");
		printf(" %6ld requests %10zu bytes", series[s].requests, series[s].bytes);
		if (aim_here > 0)
			printf("   aim %.2f", aim_here);
		printf("%s\n", remark);
		free(ratios);
	}
	return status;
}

int
main(int argc, char **argv)
{
	Series		series[MAX_SERIES] = {{.name = "remote_rel"}, {.name = "floor", .is_floor = true}};
	int			nseries = 2;
	int			runs;
	char		set[80];

	if (argc < 9)
		return 2;
	conn = PQconnectdb(argv[1]);
	if (PQstatus(conn) != CONNECTION_OK)
	{
		fprintf(stderr, "%s", PQerrorMessage(conn));
		return 1;
	}
	upstream = argv[2];
	by_list = strcmp(argv[3], "list") == 0;
	rows = atoi(argv[4]);
	batch_size = atoi(argv[5]);
	concurrency = atoi(argv[6]);
	runs = atoi(argv[7]);
	for (int i = 9; i < argc && nseries < MAX_SERIES; i++)
	{
		char	   *equals = strchr(argv[i], '=');

		if (strncmp(argv[i], "in-sql", 6) == 0)
		{
			bool		ideal = strcmp(argv[i], "in-sql-ideal") == 0;

			series[nseries++] = (Series)
			{
				.name = "Remote Join", .sql = "rows", .base = ideal ? 1 : 0,
					.aim = ideal ? 1.1 : 1.15
			};
			continue;
		}
		if (strcmp(argv[i], "filter") == 0)
		{
			series[nseries++] = (Series)
			{
				.name = "filtered by the value", .sql = "filter", .aim = 1.3
			};
			continue;
		}
		if (strcmp(argv[i], "first-row") == 0 && nseries + 1 < MAX_SERIES)
		{
			series[nseries++] = (Series)
			{
				.name = "one request", .is_request = true
			};
			series[nseries] = (Series)
			{
				.name = "its first row", .sql = "first row", .base = nseries - 1, .aim = 1.5
			};
			nseries++;
			continue;
		}
		if (equals != NULL)
			*equals = '\0';
		series[nseries++] = (Series)
		{
			.name = argv[i], .url = equals ? equals + 1 : NULL, .in_text = equals == NULL
		};
	}
	snprintf(set, sizeof(set), "SELECT set_config('remote_rel.batch_size', '%d', false)",
			 batch_size);
	run_sql(set, NULL);
	snprintf(set, sizeof(set),
			 "SELECT set_config('remote_rel.max_concurrent_requests', '%d', false)", concurrency);
	run_sql(set, NULL);
	curl_global_init(CURL_GLOBAL_DEFAULT);
	multi = curl_multi_init();
	headers = curl_slist_append(NULL, "Content-Type: application/json");
	headers = curl_slist_append(headers, "Expect:");
	bodies = make_bodies(by_list ? make_list_body : make_alias_body, 1);
	for (int s = 0; s < nseries; s++)
		series[s].ms = malloc(runs * sizeof(double));

	for (int run = 0; run < runs; run++)
		for (int s = 0; s < nseries; s++)
		{
			long		before = run == 0 ? count_requests() : 0;
			double		start;

			/*
			 * once unmeasured: what another one left in the processor's
			 * caches, or still tidies up, is not this one's
			 */
			series[s].bytes = run_series(&series[s]);
			if (run == 0)
				series[s].requests = count_requests() - before;
			start = now();
			run_series(&series[s]);
			series[s].ms[run] = now() - start;
		}
	return report(series, nseries, runs, atof(argv[8]));
}
