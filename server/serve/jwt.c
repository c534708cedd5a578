/*
 * jwt.c: tokens as Hasura configures them: which is for whom, what must
 * hold of its claims, and which claims are session variables.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "serve/auth_int.h"
#include "serve/log.h"

#define DEFAULT_NAMESPACE "https://hasura.io/jwt/claims"

typedef enum TokenPlace
{
	PLACE_AUTHORIZATION, PLACE_COOKIE, PLACE_HEADER
} TokenPlace;

typedef struct JwtConfig
{
	char	   *text;			/* all slices below are of it */
	const Algorithm *algorithm; /* NULL: what the key of the set says */
	JwtKeys		keys;			/* one, from "key" */
	KeySet	   *key_set;		/* or these, from "jwk_url" */
	char	   *issuer;
	JsonText	audience;		/* a string or a list; absent */
	double		skew_s;
	char	   *namespace;		/* a member's name */
	char	   *namespace_path; /* or a path */
	JsonText	claims_map;		/* or absent */
	bool		stringified;
	TokenPlace	place;
	char	   *place_name;
} JwtConfig;

static JwtConfig *configs;
static int	n_configs;

/* ---- paths ---- */

/*
 * Reads the next step of a path: a name or a number; false where it is none.
 */
static bool
read_step(const char **path, Buffer *name, bool *is_index)
{
	const char *p = *path;
	size_t		len;

	name->len = 0;
	*is_index = false;
	if (*p == '.')
	{
		p++;
		len = strcspn(p, ".[");
		buffer_append(name, p, len);
		*path = p + len;
		return len > 0;
	}
	if (*p++ != '[')
		return false;
	if (*p == '\'' || *p == '"')
	{
		const char *end = strchr(p + 1, *p);

		if (end == NULL || end[1] != ']')
			return false;
		buffer_append(name, p + 1, (size_t) (end - p - 1));
		*path = end + 2;
		return true;
	}
	len = strspn(p, "0123456789");
	buffer_append(name, p, len);
	*is_index = true;
	*path = p + len + 1;
	return len > 0 && len < 9 && p[len] == ']';
}

static JsonText
element(const JsonText *list, int index)
{
	JsonText	value;

	for (const char *at = NULL; json_next(list, &at, NULL, &value);)
	{
		if (index-- == 0)
			return value;
	}
	return (JsonText) {0};
}

JsonText
json_path(const JsonText *root, const char *path)
{
	JsonText	at = *root;
	Buffer		name = {0};
	bool		is_index;

	if (*path == '$')
		path++;
	while (*path && at.kind != JSON_ABSENT)
	{
		if (!read_step(&path, &name, &is_index))
			at = (JsonText) {0};
		else if (is_index)
			at = at.kind == JSON_ARRAY ? element(&at, atoi(name.data)) : (JsonText) {0};
		else
			at = json_member(&at, name.data);
	}
	buffer_free(&name);
	return at;
}

/* ---- configuration ---- */

static char *
member_text(const JsonText *object, const char *name)
{
	JsonText	member = json_member(object, name);

	return json_dup(&member);
}

static char *
read_place(JwtConfig *c, const JsonText *config)
{
	JsonText	header = json_member(config, "header");
	char	   *type;
	char	   *error = NULL;

	if (header.kind == JSON_ABSENT)
		return NULL;
	type = member_text(&header, "type");
	c->place_name = member_text(&header, "name");
	if (type && strcmp(type, "CustomHeader") == 0)
		make_lower_case(c->place_name);
	if (type && strcmp(type, "Authorization") == 0)
		c->place = PLACE_AUTHORIZATION;
	else if (type && strcmp(type, "Cookie") == 0 && c->place_name)
		c->place = PLACE_COOKIE;
	else if (type && strcmp(type, "CustomHeader") == 0 && c->place_name)
		c->place = PLACE_HEADER;
	else
		error = xstrdup("header: must be {\"type\": \"Authorization\"}, or Cookie or CustomHeader with a name");
	free(type);
	return error;
}

static char *
read_key(JwtConfig *c, const JsonText *config)
{
	char	   *type = member_text(config, "type");
	char	   *key = member_text(config, "key");
	char	   *url = member_text(config, "jwk_url");
	const char *error = NULL;
	char	   *unknown = NULL;

	c->algorithm = type ? find_algorithm(type) : NULL;
	if (type && c->algorithm == NULL)
		unknown = xprintf("type: there is no algorithm \"%s\"", type);
	else if ((key == NULL) == (url == NULL))
		error = "one of key and jwk_url must be there";
	else if (key && c->algorithm == NULL)
		error = "type: is missing";
	else if (key)
	{
		c->keys.items = xcalloc(sizeof(JwtKey));
		c->keys.n = 1;
		error = key_from_text(&c->keys.items[0], c->algorithm, key);
	}
	else if (c->algorithm && algorithm_is_hmac(c->algorithm))
		error = "type: keys of a jwk_url are public, so they cannot be secrets";
	else if (strncmp(url, "http://", 7) != 0 && strncmp(url, "https://", 8) != 0)
		error = "jwk_url: must be an http or https URL";
	else
		c->key_set = key_set_start(url);
	free(type);
	free(key);
	free(url);
	return unknown ? unknown : error ? xstrdup(error) : NULL;
}

static char *
read_claims(JwtConfig *c, const JsonText *config)
{
	char	   *format = member_text(config, "claims_format");
	JsonText	skew = json_member(config, "allowed_skew");

	c->namespace = member_text(config, "claims_namespace");
	c->namespace_path = member_text(config, "claims_namespace_path");
	c->claims_map = json_member(config, "claims_map");
	c->issuer = member_text(config, "issuer");
	c->audience = json_member(config, "audience");
	if (skew.kind == JSON_NUMBER)
		c->skew_s = strtod(skew.text, NULL);
	c->stringified = format && strcmp(format, "stringified_json") == 0;
	if (format && !c->stringified && strcmp(format, "json") != 0)
	{
		free(format);
		return xstrdup("claims_format: must be json or stringified_json");
	}
	free(format);
	if (c->namespace && c->namespace_path)
		return xstrdup("claims_namespace and claims_namespace_path: only one can be there");
	if (c->claims_map.kind != JSON_ABSENT && c->claims_map.kind != JSON_OBJECT)
		return xstrdup("claims_map: must be an object");
	return NULL;
}

static char *
check_names(const JsonText *config)
{
	static const char *const names[] = {"type", "key", "jwk_url", "claims_namespace", "claims_namespace_path",
	"claims_format", "claims_map", "audience", "issuer", "allowed_skew", "header"};
	JsonText	key;
	JsonText	value;

	for (const char *at = NULL; json_next(config, &at, &key, &value);)
	{
		char	   *name = json_dup(&key);
		bool		known = false;

		for (size_t i = 0; name && i < sizeof(names) / sizeof(names[0]); i++)
			known |= strcmp(name, names[i]) == 0;
		if (!known)
		{
			char	   *error = xprintf("\"%s\" is unknown", name ? name : "?");

			free(name);
			return error;
		}
		free(name);
	}
	return NULL;
}

static char *
read_config(JwtConfig *c, const JsonText *config)
{
	char	   *error;

	*c = (JwtConfig) {0};
	if (config->kind != JSON_OBJECT)
		return xstrdup("must be an object");
	if ((error = check_names(config)) || (error = read_place(c, config)) ||
		(error = read_claims(c, config)) || (error = read_key(c, config)))
		return error;
	return NULL;
}

static void
free_configs(JwtConfig *list, int n)
{
	for (int i = 0; i < n; i++)
	{
		key_set_stop(list[i].key_set);
		keys_free(&list[i].keys);
		free(list[i].issuer);
		free(list[i].namespace);
		free(list[i].namespace_path);
		free(list[i].place_name);
	}
	free(list);
}

char	   *
jwt_init(const char *json)
{
	static char *kept_text;
	char	   *text = json ? xstrdup(json) : NULL;
	JwtConfig  *old = configs;
	int			n_old = n_configs;
	JwtConfig  *list = NULL;
	int			n = 0;
	JsonText	root;
	JsonText	item;
	char	   *error = NULL;

	if (text && !json_check(text, strlen(text), &root))
		error = xstrdup("is not JSON");
	else if (text && root.kind != JSON_ARRAY)
	{
		list = xcalloc(sizeof(JwtConfig));
		error = read_config(&list[n++], &root);
	}
	else if (text)
	{
		for (const char *at = NULL; !error && json_next(&root, &at, NULL, &item);)
		{
			list = xrealloc(list, (size_t) (n + 1) * sizeof(JwtConfig));
			error = read_config(&list[n++], &item);
		}
		if (!error && n == 0)
			error = xstrdup("is an empty list");
	}
	if (error)
	{
		char	   *whole = xprintf("jwt_secret: %s", error);

		free(error);
		free_configs(list, n);
		free(text);
		return whole;
	}
	configs = list;
	n_configs = n;
	free_configs(old, n_old);
	free(kept_text);
	kept_text = text;
	return NULL;
}

bool
jwt_uses_cookies(void)
{
	for (int i = 0; i < n_configs; i++)
	{
		if (configs[i].place == PLACE_COOKIE)
			return true;
	}
	return false;
}

/* ---- finding the token and its configuration ---- */

static char *
without_bearer(const char *value)
{
	if (strncasecmp(value, "Bearer ", 7) != 0)
		return NULL;
	value += 7;
	value += strspn(value, " ");
	return *value ? xstrdup(value) : NULL;
}

static char *
find_in_place(const JwtConfig *c, const Headers *headers)
{
	const char *value;

	if (c->place == PLACE_COOKIE)
		return headers_cookie(headers, c->place_name);
	value = headers_get(headers, c->place == PLACE_HEADER ? c->place_name : "authorization");
	if (value == NULL)
		return NULL;
	if (c->place == PLACE_HEADER && strncasecmp(value, "Bearer ", 7) != 0)
		return xstrdup(value);
	return without_bearer(value);
}

char	   *
jwt_find(const Headers *headers)
{
	char	   *token = NULL;

	for (int i = 0; i < n_configs && token == NULL; i++)
		token = find_in_place(&configs[i], headers);
	return token;
}

static JwtConfig *
config_of(const Token *token)
{
	char	   *issuer = member_text(&token->claims, "iss");
	JwtConfig  *found = NULL;

	if (n_configs == 1)
		found = &configs[0];
	for (int i = 0; i < n_configs && issuer && !found; i++)
	{
		if (configs[i].issuer && strcmp(configs[i].issuer, issuer) == 0)
			found = &configs[i];
	}
	for (int i = 0; i < n_configs && !found; i++)
	{
		if (configs[i].issuer == NULL)
			found = &configs[i];
	}
	free(issuer);
	return found;
}

/* ---- verifying ---- */

static bool
verify(const JwtConfig *c, const Token *token, bool *unknown_key)
{
	const JwtKeys *keys = c->key_set ? key_set_keys(c->key_set) : &c->keys;

	*unknown_key = c->key_set != NULL;
	if (c->algorithm && c->algorithm != token->algorithm)
	{
		*unknown_key = false;
		return false;
	}
	for (int i = 0; i < keys->n; i++)
	{
		const JwtKey *key = &keys->items[i];

		/* in a set, a kid means that key alone */
		if (c->key_set && token->kid && (key->kid == NULL || strcmp(key->kid, token->kid) != 0))
			continue;
		if (token->kid && key->kid)
			*unknown_key = false;
		if (token_verify(token, key))
			return true;
	}
	return false;
}

/* A time in seconds; false where the claim is there and is none. */
static bool
read_time(const JsonText *claims, const char *name, double *time, bool *present)
{
	JsonText	claim = json_member(claims, name);

	*present = claim.kind != JSON_ABSENT && claim.kind != JSON_NULL;
	if (!*present)
		return true;
	if (claim.kind != JSON_NUMBER)
		return false;
	*time = strtod(claim.text, NULL);
	return isfinite(*time);
}

/* Whether two claims, each a string or a list of them, have one in common. */
static bool
has_common(const JsonText *a, const JsonText *b)
{
	JsonText	item;

	if (a->kind == JSON_ARRAY)
	{
		for (const char *at = NULL; json_next(a, &at, NULL, &item);)
		{
			if (has_common(&item, b))
				return true;
		}
		return false;
	}
	if (b->kind == JSON_ARRAY)
		return has_common(b, a);
	if (a->kind == JSON_STRING && b->kind == JSON_STRING)
	{
		char	   *left = json_dup(a);
		char	   *right = json_dup(b);
		bool		same = left && right && strcmp(left, right) == 0;

		free(left);
		free(right);
		return same;
	}
	return false;
}

/* NULL, or Hasura's word for what is wrong. */
static const char *
check_claims(const JwtConfig *c, const JsonText *claims, long long *expires_at)
{
	double		now = (double) time(NULL);
	double		at = 0;
	bool		present;
	JsonText	aud = json_member(claims, "aud");

	if (!read_time(claims, "exp", &at, &present))
		return "JWTExpired";
	if (present && now >= at + c->skew_s)
		return "JWTExpired";
	*expires_at = present && at + c->skew_s < 1e15 ? (long long) (at + c->skew_s) : 0;
	if (!read_time(claims, "nbf", &at, &present) || (present && now + c->skew_s < at))
		return "JWTNotYetValid";
	if (c->issuer)
	{
		char	   *issuer = member_text(claims, "iss");
		bool		same = issuer && strcmp(issuer, c->issuer) == 0;

		free(issuer);
		if (!same)
			return "JWTNotInIssuer";
	}
	if (c->audience.kind != JSON_ABSENT && !has_common(&c->audience, &aud))
		return "JWTNotInAudience";
	return NULL;
}

/* ---- session variables ---- */

char	   *
session_value(const JsonText *value)
{
	switch (value->kind)
	{
		case JSON_STRING:
			return json_dup(value);
		case JSON_ABSENT:
		case JSON_NULL:
			return NULL;
		default:
			return xstrndup(value->text, value->len);
	}
}

/* What a claims_map says of one variable. */
static JsonText
mapped_value(const JsonText *mapping, const JsonText *claims)
{
	char	   *path;
	JsonText	found = {0};

	if (mapping->kind != JSON_OBJECT)
		return *mapping;		/* a literal */
	path = member_text(mapping, "path");
	if (path)
		found = json_path(claims, path);
	if (found.kind == JSON_ABSENT || found.kind == JSON_NULL)
		found = json_member(mapping, "default");
	free(path);
	return found;
}

typedef struct Claims
{
	Buffer		unpacked;		/* of stringified_json */
	JsonText	roles;
	char	   *default_role;
} Claims;

/* The object whose members are the variables; absent without. */
static JsonText
find_claims(const JwtConfig *c, const JsonText *claims, Claims *out)
{
	JsonText	found = c->namespace_path ? json_path(claims, c->namespace_path)
	: json_member(claims, c->namespace ? c->namespace : DEFAULT_NAMESPACE);

	if (c->stringified && found.kind == JSON_STRING && json_string(&found, &out->unpacked) &&
		out->unpacked.len > 0)
	{
		if (!json_check(out->unpacked.data, out->unpacked.len, &found))
			found = (JsonText) {0};
	}
	else if (c->stringified)
		found = (JsonText) {0};
	return found.kind == JSON_OBJECT ? found : (JsonText) {0};
}

static void
take_variable(AuthTask *task, Claims *out, const char *name, const JsonText *value)
{
	char	   *text;

	if (strcasecmp(name, "x-hasura-allowed-roles") == 0)
	{
		out->roles = *value;
		return;
	}
	text = session_value(value);
	if (strcasecmp(name, "x-hasura-default-role") == 0 && value->kind == JSON_STRING)
	{
		free(out->default_role);
		out->default_role = text;
		return;
	}
	if (text && is_session_variable(name) && strcasecmp(name, "x-hasura-role") != 0)
		headers_add(&task->who.session, name, text);
	free(text);
}

static bool
is_allowed(const JsonText *roles, const char *role)
{
	JsonText	item;

	for (const char *at = NULL; json_next(roles, &at, NULL, &item);)
	{
		char	   *allowed = json_dup(&item);
		bool		same = allowed && strcmp(allowed, role) == 0;

		free(allowed);
		if (same)
			return true;
	}
	return false;
}

static void
choose_role(AuthTask *task, const Claims *found)
{
	const char *wanted = headers_get(task->headers, "x-hasura-role");

	if (found->roles.kind != JSON_ARRAY)
		auth_fail(task, 400, "jwt-missing-role-claims",
				  "JWT claim does not contain x-hasura-allowed-roles");
	else if (found->default_role == NULL)
		auth_fail(task, 400, "jwt-missing-role-claims",
				  "JWT claim does not contain x-hasura-default-role");
	else if (!is_allowed(&found->roles, wanted ? wanted : found->default_role))
		auth_fail(task, 403, "access-denied", "Your %s role is not in allowed roles",
				  wanted ? "requested" : "default");
	else
	{
		task->who.role = xstrdup(wanted ? wanted : found->default_role);
		auth_succeed(task);
	}
}

static void
read_session(AuthTask *task, const JwtConfig *c, const JsonText *claims)
{
	Claims		found = {0};
	JsonText	variables = c->claims_map;
	JsonText	key;
	JsonText	value;

	if (variables.kind == JSON_ABSENT)
		variables = find_claims(c, claims, &found);
	if (variables.kind == JSON_ABSENT)
		auth_fail(task, 400, "jwt-missing-role-claims", "claims key: not found in the token");
	else
	{
		for (const char *at = NULL; json_next(&variables, &at, &key, &value);)
		{
			char	   *name = json_dup(&key);

			if (name && c->claims_map.kind == JSON_OBJECT)
				value = mapped_value(&value, claims);
			if (name)
				take_variable(task, &found, name, &value);
			free(name);
		}
		choose_role(task, &found);
	}
	free(found.default_role);
	buffer_free(&found.unpacked);
}

/* ---- the whole ---- */

void
jwt_authenticate(AuthTask *task)
{
	char	   *text = jwt_find(task->headers);
	Token		token;
	JwtConfig  *c = NULL;
	bool		unknown_key = false;
	bool		verified = false;

	if (text && token_parse(&token, text))
	{
		c = config_of(&token);
		verified = c && verify(c, &token, &unknown_key);
	}
	if (c && !verified && unknown_key && !task->retried && key_set_wait(c->key_set, task))
		task->retried = true;
	else if (!verified)
		auth_fail(task, 401, "invalid-jwt", "Could not verify JWT: JWSError JWSInvalidSignature");
	else
	{
		const char *wrong = check_claims(c, &token.claims, &task->who.expires_at);

		if (wrong)
			auth_fail(task, 401, "invalid-jwt", "Could not verify JWT: %s", wrong);
		else
			read_session(task, c, &token.claims);
	}
	if (text)
		token_free(&token);
	free(text);
}
