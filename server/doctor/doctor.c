/*
 * doctor.c: remote-rel doctor: what is in the way, and what to do about it.
 *
 * Reads the settings as serve does, and looks at each database with plain
 * blocking calls: nothing else happens in this process.
 */
#include "doctor/doctor.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/buffer.h"
#include "common/json_scan.h"
#include "serve/settings.h"

static int	n_problems;

static void
good(const char *what, const char *value)
{
	printf("ok       %s%s%s\n", what, value ? ": " : "", value ? value : "");
}

static void
bad(const char *what, const char *value, const char *advice)
{
	n_problems++;
	printf("problem  %s%s%s\n         %s\n", what, value ? ": " : "", value ? value : "", advice);
}

static void
note(const char *what, const char *advice)
{
	printf("note     %s\n         %s\n", what, advice);
}

/* The one value of a statement as a new text; NULL for an error or no row. */
static char *
ask(PGconn *pg, const char *sql, char **error)
{
	PGresult   *result = PQexec(pg, sql);
	char	   *value = NULL;

	if (error)
		*error = NULL;
	if (PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) == 1 &&
		!PQgetisnull(result, 0, 0))
		value = xstrdup(PQgetvalue(result, 0, 0));
	else if (error && PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY))
		*error = xstrdup(PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY));
	PQclear(result);
	return value;
}

static bool
is_true(PGconn *pg, const char *sql)
{
	char	   *value = ask(pg, sql, NULL);
	bool		yes = value && strcmp(value, "t") == 0;

	free(value);
	return yes;
}

static void
look_at_extension(PGconn *pg)
{
	char	   *version = ask(pg, "SELECT extversion FROM pg_extension WHERE extname = 'remote_rel'", NULL);

	if (version == NULL)
		bad("the extension is not in this database", NULL, "Run there, as a superuser: CREATE EXTENSION remote_rel;");
	else if (strcmp(version, RR_VERSION) != 0)
		bad("the extension has another version than this program", version,
			"Run there: ALTER EXTENSION remote_rel UPDATE;");
	else
		good("extension remote_rel", version);
	free(version);
}

static void
look_at_query(PGconn *pg)
{
	char	   *error;
	char	   *answer = ask(pg, "SELECT graphql_resolve('{ __typename }')", &error);

	if (answer)
		good("a query is answered", NULL);
	else
		bad("a query is not answered", error, "See the server's log.");
	free(answer);
	free(error);
}

/* The role that requests come as should own nothing and act as others. */
static void
look_at_role(PGconn *pg)
{
	char	   *roles = ask(pg, "SELECT count(*) FROM pg_auth_members WHERE member = current_user::regrole", NULL);

	if (is_true(pg, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"))
		note("database_url connects as a superuser",
			 "Good for development. For apps, make a role that is a member of their roles and owns nothing.");
	else if (roles && strcmp(roles, "0") == 0)
		bad("the connection's role is a member of no other role", NULL,
			"Roles of requests must be granted to it: GRANT app_user TO app_server;");
	else
		good("roles that requests may have", roles);
	free(roles);
}

static void
look_at_metadata(PGconn *pg)
{
	char	   *error;
	char	   *found = ask(pg, "SELECT remote_rel.metadata('{\"type\": \"get_inconsistent_metadata\", \"args\": {}}')", &error);
	JsonText	answer;
	JsonText	objects;
	JsonText	object;
	int			n = 0;

	if (found == NULL)
		note("this role may not manage", settings->metadata_database_url ? "That of metadata_database_url should." :
			 "Set metadata_database_url for /v1/metadata, /v2/query and this check.");
	else if (json_check(found, strlen(found), &answer))
	{
		objects = json_member(&answer, "inconsistent_objects");
		for (const char *at = NULL; json_next(&objects, &at, NULL, &object); n++)
		{
			JsonText	reason_text = json_member(&object, "reason");
			char	   *reason = json_dup(&reason_text);

			bad("inconsistent metadata", reason, "Repair it, or remove it: drop_inconsistent_metadata.");
			free(reason);
		}
		if (n == 0)
			good("metadata are consistent", NULL);
	}
	free(found);
	free(error);
}

/*
 * Asks each remote schema for its schema again, inside of a transaction that
 * is rolled back.
 */
static void
look_at_remote_schemas(PGconn *pg)
{
	PGresult   *names = PQexec(pg, "SELECT s ->> 'name' FROM pg_catalog.jsonb_array_elements("
							   "remote_rel.metadata('{\"type\": \"export_metadata\", \"args\": {}}') -> 'remote_schemas') s"
							   " WHERE NOT s ? 'sdl'");

	for (int i = 0; PQresultStatus(names) == PGRES_TUPLES_OK && i < PQntuples(names); i++)
	{
		const char *params[1] = {PQgetvalue(names, i, 0)};
		PGresult   *result;

		PQclear(PQexec(pg, "BEGIN"));
		result = PQexecParams(pg, "SELECT remote_rel.reload_remote_schema($1)", 1, NULL, params, NULL, NULL, 0);
		if (PQresultStatus(result) == PGRES_TUPLES_OK)
			good("remote schema", params[0]);
		else
		{
			char	   *what = xprintf("remote schema \"%s\"", params[0]);

			bad(what, PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY),
				"Its fields are errors until it answers; see its URL, headers and timeout.");
			free(what);
		}
		PQclear(result);
		PQclear(PQexec(pg, "ROLLBACK"));
	}
	PQclear(names);
}

static void
look_at_database(const char *label, const char *url, bool replica)
{
	const char *keywords[] = {"connect_timeout", "dbname", "client_encoding", NULL};
	const char *values[] = {"10", url, "UTF8", NULL};
	PGconn	   *pg = PQconnectdbParams(keywords, values, 1);

	printf("\n%s\n", label);
	if (PQstatus(pg) != CONNECTION_OK)
	{
		char	   *why = xstrndup(PQerrorMessage(pg), strcspn(PQerrorMessage(pg), "\n"));

		bad("cannot connect", why, "Is the server running, and are URL, role and password right?");
		free(why);
		PQfinish(pg);
		return;
	}
	good("connected", PQdb(pg));
	look_at_extension(pg);
	look_at_query(pg);
	if (!replica)
	{
		look_at_role(pg);
		look_at_metadata(pg);
		look_at_remote_schemas(pg);
		if (is_true(pg, "SELECT pg_is_in_recovery()"))
			bad("it is a standby", NULL, "database_url must be the primary; standbys belong into read_database.");
	}
	else if (!is_true(pg, "SELECT pg_is_in_recovery()"))
		note("it is no standby", "Queries will go there all the same.");
	PQfinish(pg);
}

static void
look_at_settings(void)
{
	puts("settings");
	if (settings->admin_secret == NULL)
		note("no admin secret: everybody is the administrator", "Good for development. Set admin_secret for all else.");
	else if (strlen(settings->admin_secret) < 16)
		bad("the admin secret is short", NULL, "Take one of at least 16 characters.");
	else
		good("admin secret", NULL);
	if (settings->admin_secret && !settings->jwt_secret && !settings->auth_hook &&
		!settings->unauthorized_role)
		note("nobody but the administrator is let in", "Set jwt_secret, auth_hook or unauthorized_role for apps.");
	if (settings->cors_domain && strcmp(settings->cors_domain, "*") == 0 && settings->admin_secret)
		note("pages of every origin may ask", "Set cors_domain to those of your apps.");
}

int
doctor(int argc, char **argv)
{
	char	   *error;

	settings = settings_read(argc, argv, &error);
	if (settings == NULL)
	{
		fprintf(stderr, "remote-rel: %s\n", error);
		free(error);
		return 1;
	}
	look_at_settings();
	look_at_database("database", settings->database_url, false);
	if (settings->metadata_database_url)
		look_at_database("database, as the administrator", settings->metadata_database_url, false);
	for (int i = 0; i < settings->read_database.n; i++)
		look_at_database("replica", settings->read_database.items[i], true);
	printf("\n%d problem%s\n", n_problems, n_problems == 1 ? "" : "s");
	return n_problems > 0;
}
