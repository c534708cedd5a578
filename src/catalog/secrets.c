/*
 * secrets.c: removes a remote schema's secrets from messages.
 *
 * Our own messages show no header's value and no credentials. An upstream's
 * errors may: some upstreams repeat the headers that they got. They go to
 * clients and into the log, so secrets in them are replaced. Data in an
 * upstream's answer is not searched.
 */
#include "postgres.h"

#include "common/base64.h"
#include "lib/stringinfo.h"

#include "catalog/catalog.h"
#include "compat.h"

/* Shorter values, as "1" or "true", would match harmless text. */
#define MIN_SECRET 6

#define HIDDEN "***"

static List *
add_secret(List *secrets, const char *value, int len)
{
	const char *secret = pnstrdup(value, len);
	StringInfoData escaped;

	if (len < MIN_SECRET)
		return secrets;
	secrets = lappend(secrets, unconstify(char *, secret));
	/* as written in JSON */
	initStringInfo(&escaped);
	gql_json_string(&escaped, secret, len);
	if (escaped.len != len + 2)
		secrets = lappend(secrets, pnstrdup(escaped.data + 1, escaped.len - 2));
	return secrets;
}

/* "user:password" of a URL, *len bytes; NULL if it has none. */
static const char *
find_login(const char *url, int *len)
{
	const char *authority = strstr(url, "://") ? strstr(url, "://") + 3 : url;
	const char *login = NULL;

	for (const char *p = authority; *p != '\0' && strchr("/?#", *p) == NULL; p++)
		if (*p == '@')
		{
			login = authority;
			*len = p - authority;
		}
	return login;
}

/* Add user, password and query of a URL. */
static List *
add_url_secrets(List *secrets, const char *url)
{
	int			len;
	const char *login = find_login(url, &len);
	const char *query = url + strcspn(url, "?");

	if (login != NULL)
	{
		const char *password = memchr(login, ':', len);
		char	   *sent = palloc(pg_b64_enc_len(len));

		/* as sent (Base64), and as written */
		secrets = add_secret(secrets, sent, pg_b64_encode((const void *) login, len, sent,
														  pg_b64_enc_len(len)));
		secrets = add_secret(secrets, login, len);
		if (password != NULL)
			secrets = add_secret(secrets, password + 1, login + len - password - 1);
	}
	if (*query != '\0')
		secrets = add_secret(secrets, query + 1, strlen(query + 1));
	return secrets;
}

/* Longest first: one secret may be a part of another. */
static int
by_length(const ListCell *a, const ListCell *b)
{
	return (int) strlen(lfirst(b)) - (int) strlen(lfirst(a));
}

/* The value of a variable; "" if it is not set. */
static const char *
env_or_empty(const char *name, const void *unused pg_attribute_unused())
{
	const char *value = getenv(name);

	return value ? value : "";
}

/* What of the URL comes from the environment. */
static List *
add_env_secrets(List *secrets, const RrRemoteSchema *remote, const char *url)
{
	ListCell   *lc;

	if (remote->url == NULL || remote->url_variables != NIL)
		secrets = add_secret(secrets, url, strlen(url));
	foreach(lc, remote->url_variables)
	{
		const char *value = env_or_empty(lfirst(lc), NULL);

		secrets = add_secret(secrets, value, strlen(value));
	}
	return secrets;
}

static List *
secrets_of(const RrRemoteSchema *remote)
{
	const char *url = remote->url ? rr_url_expand(remote->url, env_or_empty, NULL)
	: env_or_empty(remote->url_env, NULL);
	List	   *secrets = NIL;
	ListCell   *lc;

	foreach(lc, remote->headers)
	{
		const RrHeader *header = lfirst(lc);
		const char *value = header->value ? header->value : getenv(header->value_env);
		const char *last = value ? strrchr(value, ' ') : NULL;

		if (value == NULL)
			continue;
		secrets = add_secret(secrets, value, strlen(value));
		if (last != NULL)		/* the token of "Bearer token" */
			secrets = add_secret(secrets, last + 1, strlen(last + 1));
	}
	secrets = add_url_secrets(secrets, url);
	secrets = add_env_secrets(secrets, remote, url);
	list_sort(secrets, by_length);
	return secrets;
}

/* text with all occurrences of a word hidden; text itself without any. */
static const char *
without(const char *text, const char *word)
{
	const char *at = strstr(text, word);
	StringInfoData out;

	if (at == NULL)
		return text;

	initStringInfo(&out);
	for (; at != NULL; at = strstr(text, word))
	{
		appendBinaryStringInfo(&out, text, at - text);
		appendStringInfoString(&out, HIDDEN);
		text = at + strlen(word);
	}
	appendStringInfoString(&out, text);
	return out.data;
}

static const char *
without_all(const char *text, List *secrets)
{
	ListCell   *lc;

	foreach(lc, secrets)
		text = without(text, lfirst(lc));
	return text;
}

const char *
rr_remote_schema_conceal(const RrRemoteSchema *remote, const char *text)
{
	return without_all(text, secrets_of(remote));
}

/* The end of the string, number or word that begins at p. */
static const char *
end_of_token(const char *p)
{
	if (*p != '"')
		return p + strcspn(p, ",]} \t\r\n");
	for (p++; *p != '"' && *p != '\0'; p++)
		if (*p == '\\' && p[1] != '\0')
			p++;
	return *p == '"' ? p + 1 : p;
}

/* Hides whole tokens, so that the result is JSON, whatever the secret is. */
const char *
rr_remote_schema_conceal_json(const RrRemoteSchema *remote, const char *json)
{
	List	   *secrets = secrets_of(remote);
	StringInfoData out;

	if (without_all(json, secrets) == json)
		return json;
	initStringInfo(&out);
	while (*json != '\0')
	{
		int			separators = strspn(json, "{}[]:, \t\r\n");
		const char *end = end_of_token(json + separators);
		const char *token = pnstrdup(json + separators, end - json - separators);

		appendBinaryStringInfo(&out, json, separators);
		appendStringInfoString(&out, without_all(token, secrets) == token ? token
							   : "\"" HIDDEN "\"");
		json = end;
	}
	return out.data;
}

const char *
rr_remote_schema_url_name(const RrRemoteSchema *remote)
{
	const char *url = remote->url;
	const char *authority;
	int			len = 0;

	if (url == NULL)
		return psprintf("$%s", remote->url_env);
	if (remote->url_variables == NIL)
		return NULL;
	/* user, password and query are not shown */
	authority = strstr(url, "://") ? strstr(url, "://") + 3 : url;
	if (find_login(url, &len) != NULL)
		len++;
	return psprintf("%.*s%.*s", (int) (authority - url), url,
					(int) strcspn(authority + len, "?#"), authority + len);
}

bool
rr_remote_schema_has_login(const RrRemoteSchema *remote)
{
	int			len;

	return find_login(rr_remote_schema_url(remote), &len) != NULL;
}
