/*
 * json.c: json-c behind a door. See json.h for ownership.
 *
 * Even in its strict mode json-c takes NaN, Infinity, "1.", "00" and control characters in strings, and any byte sequence that looks like UTF-8.
 * These are looked for before it sees anything; the rest of the grammar is its own. This file must not meet utils/fmgrprotos.h: the server has a function json_object.
 */
#include "postgres.h"

#include <limits.h>
#include <json-c/json.h>

#include "json/json.h"
#include "mb/pg_wchar.h"
#include "utils/memutils.h"

struct RrJson
{
	MemoryContextCallback on_reset;
	struct json_tokener *tokener;	/* while parsing */
	struct json_object *root;	/* NULL for null, too */
};

static void release(void *arg);
static const char *check_bytes(const char *body, size_t len, size_t *offset);
static bool is_digit(const char *p, const char *end);
static bool starts_number(const char *body, const char *p);
static const char *parse(RrJson *json, const char *body, int len, size_t *offset);
static struct json_object *as_object(RrJsonNode *node);
static bool lookup(RrJsonNode *node, const char *key, struct json_object **value);

/*
 * json-c 0.18 in its strict mode takes bytes from 0x80 on for control characters, so there it has to be without: it then takes comments and 'x' for a
 * string as well.
 */
static int
tokener_flags(void)
{
	int			flags = JSON_TOKENER_VALIDATE_UTF8;

	if (json_c_version_num() >> 8 != 18)
		flags |= JSON_TOKENER_STRICT;
	return flags;
}

RrJson *
rr_json_parse(const char *body, size_t len, int max_depth, char **error)
{
	RrJson	   *json = palloc0(sizeof(RrJson));
	const char *problem;
	size_t		offset = 0;

	*error = NULL;
	if (len >= INT_MAX)
	{
		*error = pstrdup(_("JSON text is too long"));
		return NULL;
	}
	problem = check_bytes(body, len, &offset);
	if (problem == NULL)
	{
		json->on_reset.func = release;
		json->on_reset.arg = json;
		MemoryContextRegisterResetCallback(CurrentMemoryContext, &json->on_reset);
		json->tokener = json_tokener_new_ex(max_depth);
		if (json->tokener == NULL)
			ereport(ERROR,
					(errcode(ERRCODE_OUT_OF_MEMORY),
					 errmsg("out of memory")));
		json_tokener_set_flags(json->tokener, tokener_flags());
		problem = parse(json, body, (int) len, &offset);
	}
	if (problem != NULL)
	{
		release(json);
		*error = psprintf(_("%s at byte %zu"), problem, offset);
		return NULL;
	}
	return json;
}

void
rr_json_free(RrJson *json)
{
	release(json);
}

RrJsonNode *
rr_json_root(const RrJson *json)
{
	return (RrJsonNode *) json->root;
}

RrJsonType
rr_json_type(RrJsonNode *node)
{
	switch (json_object_get_type(as_object(node)))
	{
		case json_type_null:
			return RR_JSON_NULL;
		case json_type_boolean:
			return RR_JSON_BOOL;
		case json_type_int:
			return RR_JSON_INT;
		case json_type_double:
			return RR_JSON_DOUBLE;
		case json_type_string:
			return RR_JSON_STRING;
		case json_type_array:
			return RR_JSON_ARRAY;
		case json_type_object:
			return RR_JSON_OBJECT;
	}
	return RR_JSON_NULL;
}

RrJsonNode *
rr_json_get(RrJsonNode *node, const char *key)
{
	struct json_object *value = NULL;

	lookup(node, key, &value);
	return (RrJsonNode *) value;
}

bool
rr_json_has(RrJsonNode *node, const char *key)
{
	struct json_object *value;

	return lookup(node, key, &value);
}

const char *
rr_json_string(RrJsonNode *node, size_t *len)
{
	struct json_object *object = as_object(node);

	if (!json_object_is_type(object, json_type_string))
		return NULL;
	if (len != NULL)
		*len = json_object_get_string_len(object);
	return json_object_get_string(object);
}

char *
rr_json_text(RrJsonNode *node)
{
	size_t		len;
	const char *utf8 = rr_json_string(node, &len);
	char	   *text;

	if (utf8 == NULL)
		return NULL;
	text = pg_any_to_server(utf8, (int) len, PG_UTF8);	/* checks, and refuses a NUL */
	return text == utf8 ? pnstrdup(utf8, len) : text;
}

bool
rr_json_bool(RrJsonNode *node, bool fallback)
{
	struct json_object *object = as_object(node);

	return json_object_is_type(object, json_type_boolean) ? json_object_get_boolean(object) != 0 : fallback;
}

int
rr_json_int(RrJsonNode *node)
{
	struct json_object *object = as_object(node);

	return json_object_is_type(object, json_type_int) ? json_object_get_int(object) : 0;
}

int
rr_json_length(RrJsonNode *node)
{
	struct json_object *object = as_object(node);

	if (json_object_is_type(object, json_type_array))
		return (int) json_object_array_length(object);
	if (json_object_is_type(object, json_type_object))
		return json_object_object_length(object);
	return 0;
}

RrJsonNode *
rr_json_item(RrJsonNode *node, int i)
{
	struct json_object *object = as_object(node);

	if (i < 0 || !json_object_is_type(object, json_type_array))
		return NULL;
	return (RrJsonNode *) json_object_array_get_idx(object, i);
}

/* The reset callback, and whoever is early. */
static void
release(void *arg)
{
	RrJson	   *json = arg;

	if (json->tokener != NULL)
		json_tokener_free(json->tokener);
	json->tokener = NULL;
	json_object_put(json->root);
	json->root = NULL;
}

/* What json-c would let pass, or NULL. */
static const char *
check_bytes(const char *body, size_t len, size_t *offset)
{
	const char *end = body + len;
	const char *p;
	bool		in_string = false;

	for (p = body; p < end; p++)
	{
		unsigned char c = *p;

		*offset = p - body;
		if (c < ' ' && (in_string || (c != '\t' && c != '\n' && c != '\r')))
			return _("invalid JSON: control character");
		if (c == '"')
			in_string = !in_string;
		else if (c == '\\' && in_string)
			p++;
		else if (in_string)
			continue;
		else if (c == 'N' || c == 'I' || (c == '.' && !is_digit(p + 1, end)) ||
				 (c == '0' && is_digit(p + 1, end) && starts_number(body, p)))
			return _("invalid JSON: unexpected character");
	}
	if (pg_verify_mbstr(PG_UTF8, body, (int) len, true))
		return NULL;
	for (p = body; p < end; p += pg_encoding_mblen(PG_UTF8, p))
	{
		int			n = pg_encoding_mblen(PG_UTF8, p);

		if (n > end - p || !pg_verify_mbstr(PG_UTF8, p, n, true))
			break;
	}
	*offset = p - body;
	return _("invalid UTF-8");
}

static bool
is_digit(const char *p, const char *end)
{
	return p < end && *p >= '0' && *p <= '9';
}

/* Is the digit at p the first one of a number, and not of its fraction or exponent? */
static bool
starts_number(const char *body, const char *p)
{
	if (p > body && p[-1] == '-')
		p--;
	return p == body || strchr("0123456789.eE+-", p[-1]) == NULL;
}

/* What is wrong with the text as JSON, or NULL. The tree, if any, is json's at once; the tokener is gone. */
static const char *
parse(RrJson *json, const char *body, int len, size_t *offset)
{
	enum json_tokener_error code;

	json->root = json_tokener_parse_ex(json->tokener, body, len);
	code = json_tokener_get_error(json->tokener);
	*offset = json_tokener_get_parse_end(json->tokener);
	if (code == json_tokener_continue)
	{
		/* a number at the top is complete only when a NUL follows it; anything else is cut short */
		json->root = json_tokener_parse_ex(json->tokener, "", 1);
		code = json_tokener_get_error(json->tokener);
		*offset = len;
	}
	json_tokener_free(json->tokener);
	json->tokener = NULL;

	switch (code)
	{
		case json_tokener_success:
			return NULL;
		case json_tokener_continue:
		case json_tokener_error_parse_eof:
			return _("invalid JSON: it ends too early");
		case json_tokener_error_depth:
			return _("invalid JSON: nested too deep");
#if JSON_C_VERSION_NUM >= ((0 << 16) | (17 << 8))
		case json_tokener_error_memory:
			ereport(ERROR,
					(errcode(ERRCODE_OUT_OF_MEMORY),
					 errmsg("out of memory")));
#endif
		default:
			return psprintf(_("invalid JSON: %s"), json_tokener_error_desc(code));
	}
}

static struct json_object *
as_object(RrJsonNode *node)
{
	return unconstify(struct json_object *, (const struct json_object *) node);
}

static bool
lookup(RrJsonNode *node, const char *key, struct json_object **value)
{
	struct json_object *object = as_object(node);

	return json_object_is_type(object, json_type_object) && json_object_object_get_ex(object, key, value);
}
