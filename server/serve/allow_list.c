/*
 * allow_list.c: the operations that roles may run.
 *
 * They are those of the metadata, which are asked for now and then and after
 * each change that goes through this program; or of a file, JSON as Hasura's
 * metadata have it:
 * {"query_collections": [{"name", "definition":
 * {"queries": [{"name", "query"}]}}],
 * "allowlist": [{"collection": name, "scope": {"global", "roles"}}]}. Without
 * "allowlist", all collections of a file count.
 */
#include "serve/allow_list.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/json_scan.h"
#include "common/normalize.h"
#include "serve/db.h"
#include "serve/log.h"
#include "serve/settings.h"

/* How old the metadata's list may be. */
#define REFRESH_MS 3000

typedef struct Listed
{
	char	   *document;		/* normalized */
	char	   *roles;			/* "a\nb\n"; NULL: all */
} Listed;

typedef struct AllowList
{
	Listed	   *items;			/* sorted by document */
	int			n;
} AllowList;

static AllowList current;
static DbJob job;
static Timer refresh_timer;
static bool asking;
static bool ask_again;

static int
compare(const void *a, const void *b)
{
	return strcmp(((const Listed *) a)->document, ((const Listed *) b)->document);
}

static bool
is_granted(const Listed *listed, const char *role)
{
	size_t		len = strlen(role);

	if (listed->roles == NULL)
		return true;
	for (const char *p = listed->roles; *p; p += strcspn(p, "\n") + 1)
	{
		if (strcspn(p, "\n") == len && memcmp(p, role, len) == 0)
			return true;
	}
	return false;
}

bool
allow_list_has(const char *query, const char *role)
{
	Listed		wanted = {document_normalized(query), NULL};
	int			low = 0;
	int			high = current.n;
	bool		found = false;

	/* the first that is not before it */
	while (low < high)
	{
		int			middle = (low + high) / 2;

		if (compare(&current.items[middle], &wanted) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (; !found && low < current.n && compare(&current.items[low], &wanted) == 0; low++)
		found = is_granted(&current.items[low], role);
	free(wanted.document);
	return found;
}

/* ---- reading ---- */

static bool
same_text(const JsonText *a, const JsonText *b)
{
	char	   *left = json_dup(a);
	char	   *right = json_dup(b);
	bool		same = left && right && strcmp(left, right) == 0;

	free(left);
	free(right);
	return same;
}

/* The roles of a scope as one text; NULL: all. */
static char *
read_roles(const JsonText *scope)
{
	JsonText	list = json_member(scope, "roles");
	JsonText	role;
	Buffer		roles = {0};

	if (json_member(scope, "global").kind != JSON_FALSE)
		return NULL;
	buffer_puts(&roles, "");
	for (const char *at = NULL; list.kind == JSON_ARRAY && json_next(&list, &at, NULL, &role);)
	{
		char	   *text = json_dup(&role);

		if (text && strchr(text, '\n') == NULL)
		{
			buffer_puts(&roles, text);
			buffer_putc(&roles, '\n');
		}
		free(text);
	}
	return buffer_take(&roles);
}

static void
add_collection(AllowList *list, const JsonText *collection, const JsonText *scope)
{
	JsonText	definition = json_member(collection, "definition");
	JsonText	queries = json_member(&definition, "queries");
	JsonText	entry;

	if (queries.kind != JSON_ARRAY)
		return;
	for (const char *at = NULL; json_next(&queries, &at, NULL, &entry);)
	{
		JsonText	query = json_member(&entry, "query");
		char	   *text = json_dup(&query);

		if (text == NULL)
			continue;
		list->items = xrealloc(list->items, (size_t) (list->n + 1) * sizeof(Listed));
		list->items[list->n++] = (Listed) {document_normalized(text), read_roles(scope)};
		free(text);
	}
}

static void
add_collections(AllowList *list, const JsonText *root)
{
	JsonText	collections = json_member(root, "query_collections");
	JsonText	allowed = json_member(root, "allowlist");
	JsonText	everybody = {0};
	JsonText	collection;
	JsonText	entry;

	if (collections.kind != JSON_ARRAY)
		return;
	for (const char *at = NULL; json_next(&collections, &at, NULL, &collection);)
	{
		JsonText	name = json_member(&collection, "name");

		if (allowed.kind != JSON_ARRAY)
		{
			add_collection(list, &collection, &everybody);
			continue;
		}
		for (const char *of = NULL; json_next(&allowed, &of, NULL, &entry);)
		{
			JsonText	listed = json_member(&entry, "collection");
			JsonText	scope = json_member(&entry, "scope");

			if (same_text(&listed, &name))
				add_collection(list, &collection, &scope);
		}
	}
}

/* Puts what a text says in force; false: it is not JSON. */
static bool
take(const char *text, size_t len)
{
	AllowList	list = {0};
	JsonText	root;

	if (len == 0 || !json_check(text, len, &root))
		return false;
	add_collections(&list, &root);
	if (list.n > 0)
		qsort(list.items, (size_t) list.n, sizeof(Listed), compare);
	for (int i = 0; i < current.n; i++)
	{
		free(current.items[i].document);
		free(current.items[i].roles);
	}
	free(current.items);
	current = list;
	return true;
}

static char *
read_file(const char *path)
{
	FILE	   *in = fopen(path, "r");
	Buffer		text = {0};
	char		piece[4096];
	size_t		n;
	bool		good;

	if (in == NULL)
		return xprintf("allow_list: %s: %s", path, strerror(errno));
	while ((n = fread(piece, 1, sizeof(piece), in)) > 0)
		buffer_append(&text, piece, n);
	fclose(in);
	good = take(text.data, text.len);
	buffer_free(&text);
	return good ? NULL : xprintf("allow_list: %s is not JSON", path);
}

/* ---- the metadata's list ---- */

static bool
wants_metadata(void)
{
	return settings->enable_allowlist && settings->allow_list == NULL;
}

static bool
send_question(DbJob *question, Connection *connection)
{
	(void) question;
	return db_send_sql(connection,
					   "SELECT pg_catalog.jsonb_build_object('query_collections', m -> 'query_collections',"
					   " 'allowlist', COALESCE(m -> 'allowlist', '[]'))"
					   " FROM remote_rel.metadata('{\"type\": \"export_metadata\", \"args\": {}}') AS m", 0, NULL);
}

/* Without an answer the list stays as it was. */
static bool
answered(DbJob *question, DbOutcome outcome, PGresult *result)
{
	(void) question;
	asking = false;
	if (outcome == DB_OK && PQntuples(result) == 1)
		(void) take(PQgetvalue(result, 0, 0), (size_t) PQgetlength(result, 0, 0));
	else
		log_event_text(EVENT_allow_list_failed, "error", outcome == DB_ERROR ?
					   PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : "the database does not answer");
	PQclear(result);
	if (ask_again)
		allow_list_refresh();
	else if (wants_metadata())
		timer_set(&refresh_timer, REFRESH_MS);
	return false;
}

void
allow_list_refresh(void)
{
	if (!wants_metadata())
		return;
	ask_again = asking;
	if (asking)
		return;
	asking = true;
	timer_cancel(&refresh_timer);
	job.send = send_question;
	job.done = answered;
	db_submit(&job, db_pool(POOL_ADMIN));
}

static void
refresh(Timer *timer)
{
	(void) timer;
	allow_list_refresh();
}

char	   *
allow_list_init(void)
{
	return settings->allow_list ? read_file(settings->allow_list) : NULL;
}

void
allow_list_start(void)
{
	refresh_timer.fire = refresh;
	allow_list_refresh();
}
