/*
 * headers.c: reads the headers of a call, and makes those of requests to a
 * remote schema.
 *
 * Some frameworks read "_" in a header's name as "-". So names that differ
 * only in that, or in case, are the same name here. Otherwise a client could
 * override a configured header, or a session variable, with a name that the
 * upstream takes for it.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/formatting.h"
#include "utils/guc.h"

#include "base/http_header.h"
#include "compat.h"
#include "session/session.h"

#define VARIABLE_PREFIX "x-hasura-"

/* ---- names ---- */

static inline char
plain_char(char c)
{
	return c == '_' ? '-' : pg_ascii_tolower((unsigned char) c);
}

/* True if two names are the same; see the top of the file. */
static bool
same_name(const char *a, const char *b)
{
	while (*a != '\0' && plain_char(*a) == plain_char(*b))
		a++, b++;
	return plain_char(*a) == plain_char(*b);
}

static bool
looks_like_variable(const char *name)
{
	for (const char *p = VARIABLE_PREFIX; *p != '\0'; p++, name++)
		if (plain_char(*name) != *p)
			return false;
	return true;
}

static bool
is_among(const char *name, const char *const *names)
{
	for (; *names != NULL; names++)
		if (same_name(name, *names))
			return true;
	return false;
}

/*
 * Note a name, and tell whether it is new. exact: names are compared character
 * by character, and name is in lower case. The set has entries of its own.
 */
static bool
note_name(GqlNames *names, const char *name, bool exact)
{
	RrMapping  *entry = palloc(sizeof(RrMapping));
	char	   *plain = pstrdup(name);

	for (char *p = plain; !exact && *p != '\0'; p++)
		*p = plain_char(*p);
	entry->name = plain;
	entry->to = NULL;
	if (gql_names_add(names, entry))
		return true;
	pfree(plain);
	pfree(entry);
	return false;
}

/*
 * Credentials that a front end checks before it calls us. They are not session
 * variables, and no upstream gets them.
 */
static bool
is_credential(const char *name)
{
	static const char *const names[] = {"x-hasura-admin-secret", "x-hasura-access-key", NULL};

	return is_among(name, names);
}

/*
 * Headers about the client's connection, body or answer. Requests to remote
 * schemas have their own.
 */
static bool
is_of_connection(const char *name)
{
	static const char *const names[] = {
		"accept", "accept-charset", "accept-datetime", "accept-encoding", "accept-language",
		"cache-control", "connection", "content-encoding",
		"content-length", "content-location", "content-md5", "content-range", "content-type",
		"date", "dnt", "expect", "host", "http2-settings", "if-match",
		"if-modified-since", "if-none-match", "if-range", "if-unmodified-since", "keep-alive",
		"max-forwards", "origin", "proxy-authenticate",
		"proxy-authorization", "proxy-connection", "range", "referer", "te", "trailer",
		"trailers", "transfer-encoding", "upgrade", "user-agent", NULL
	};

	return is_among(name, names);
}

/*
 * The names in the client's "Connection", in lower case: headers of these
 * names are for us only.
 */
static void
note_next_hop(GqlNames *names, List *headers)
{
	ListCell   *lc;

	foreach(lc, headers)
	{
		const RrMapping *m = lfirst(lc);

		if (strcmp(m->name, "connection") != 0)
			continue;
		for (const char *p = m->to; *p != '\0';)
		{
			int			len;
			char	   *name;

			p += strspn(p, ", \t");
			len = strcspn(p, ", \t");
			name = asc_tolower(p, len);
			note_name(names, name, true);
			pfree(name);
			p += len;
		}
	}
}

/* ---- headers of a call ---- */

/*
 * The headers in PostgREST's setting request.headers; NULL if it is not set.
 * After a transaction the setting is an empty string.
 */
static Jsonb *
request_headers(void)
{
	const char *text = GetConfigOption("request.headers", true, false);
	Jsonb	   *volatile headers = NULL;

	if (text == NULL || text[0] == '\0')
		return NULL;
	PG_TRY();
	{
		headers = DatumGetJsonbP(DirectFunctionCall1(jsonb_in, CStringGetDatum(text)));
	}
	PG_CATCH();
	{
		int			category = ERRCODE_TO_CATEGORY(geterrcode());

		if (category != ERRCODE_DATA_EXCEPTION && category != ERRCODE_PROGRAM_LIMIT_EXCEEDED)
			PG_RE_THROW();

		/*
		 * The error quotes the text, which holds secrets. Throw another one;
		 * jsonb_in() has left nothing to undo.
		 */
		FlushErrorState();
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the setting request.headers is not valid JSON")));
	}
	PG_END_TRY();
	return headers;
}

/* A scalar as a header's value; NULL for anything else. */
static char *
header_text(const JsonbValue *value)
{
	switch (value->type)
	{
		case jbvString:
			return pnstrdup(value->val.string.val, value->val.string.len);
		case jbvNumeric:
			return rr_numeric_text(value->val.numeric);
		case jbvBool:
			return pstrdup(value->val.boolean ? "true" : "false");
		default:
			return NULL;
	}
}

static RrMapping *
read_header(const JsonbValue *key, const JsonbValue *value)
{
	RrMapping  *header = palloc(sizeof(RrMapping));

	header->name = asc_tolower(key->val.string.val, key->val.string.len);
	header->to = header_text(value);
	rr_check_http_header(header->name, strlen(header->name), header->to ? header->to : "");
	if (header->to == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("header \"%s\" is not a string", header->name)));
	return header;
}

void
rr_headers_read(Jsonb *json, List **variables, List **others)
{
	JsonbIterator *it;
	JsonbIteratorToken token;
	JsonbValue	key,
				value;
	GqlNames	variable_names = {0};
	GqlNames	other_names = {0};

	if (json == NULL)
		json = request_headers();
	if (json == NULL)
		return;
	if (!JB_ROOT_IS_OBJECT(json))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("headers must be a JSON object of strings")));
	it = JsonbIteratorInit(&json->root);
	while ((token = JsonbIteratorNext(&it, &key, true)) != WJB_DONE)
	{
		RrMapping  *header;
		bool		is_variable;

		CHECK_FOR_INTERRUPTS();
		if (token != WJB_KEY)
			continue;
		JsonbIteratorNext(&it, &value, true);
		if (value.type == jbvNull)
			continue;
		header = read_header(&key, &value);
		if (strcmp(header->name, "x-hasura-role") == 0 || is_credential(header->name))
			continue;
		is_variable = strncmp(header->name, VARIABLE_PREFIX, strlen(VARIABLE_PREFIX)) == 0;
		/* we cannot tell which of them the front end has checked */
		if (!note_name(is_variable ? &variable_names : &other_names, header->name, !is_variable))
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("header \"%s\" is given twice", header->name),
					 errdetail("Names of headers are the same in upper and lower case, those of session variables also with \"_\" for \"-\".")));
		if (is_variable)
			*variables = lappend(*variables, header);
		else
			*others = lappend(*others, header);
	}
}

/* ---- headers of requests ---- */

/* Add a header unless there is one of this name; names: those there are. */
static List *
add(List *headers, GqlNames *names, const char *name, const char *value)
{
	RrMapping  *header;

	if (!note_name(names, name, false))
		return headers;
	header = palloc(sizeof(RrMapping));
	header->name = name;
	header->to = value;
	return lappend(headers, header);
}

/* Add the client's headers that a remote schema may have. */
static List *
add_forwarded(List *headers, GqlNames *names, const RrRemoteSchema *remote)
{
	GqlNames	next_hop = {0};
	ListCell   *lc;

	note_next_hop(&next_hop, rr_session_headers());
	foreach(lc, rr_session_headers())
	{
		const RrMapping *header = lfirst(lc);

		if (looks_like_variable(header->name) || is_of_connection(header->name) ||
			gql_names_get(&next_hop, header->name) != NULL ||
			(same_name(header->name, "authorization") && rr_remote_schema_has_login(remote)))
			continue;
		headers = add(headers, names, header->name, header->to);
	}
	return headers;
}

List	   *
rr_headers_for(const RrRemoteSchema *remote)
{
	List	   *headers = list_copy(rr_remote_schema_headers(remote));
	List	   *lines = NIL;
	GqlNames	names = {0};
	ListCell   *lc;

	foreach(lc, headers)
		note_name(&names, ((RrMapping *) lfirst(lc))->name, false);
	foreach(lc, rr_session_variables())
	{
		const RrMapping *variable = lfirst(lc);

		headers = add(headers, &names, variable->name, variable->to);
	}
	if (remote->forward_client_headers)
		headers = add_forwarded(headers, &names, remote);
	headers = add(headers, &names, "Content-Type", "application/json");
	headers = add(headers, &names, "Accept",
				  "application/graphql-response+json, application/json;q=0.9");
	foreach(lc, headers)
	{
		const RrMapping *header = lfirst(lc);

		lines = lappend(lines, psprintf("%s: %s", header->name, header->to));
	}
	return lines;
}
