/*
 * tree.c: JSON text as a tree, by json-c. See json.h for ownership.
 *
 * json-c's idea of JSON differs by version, even in strict mode: some accept
 * NaN, "1.", comments or control characters, 0.18 rejects all text beyond
 * ASCII. So the scanner validates the text, and json-c only builds the tree.
 *
 * Do not include the server's prototypes of SQL functions here: one is called
 * json_object, like a type of json-c.
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
	struct json_object *root;	/* NULL: the value is null */
};

/* Free what json-c allocated. A reset callback; may be called twice. */
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

/* The number of bytes before the first that is not valid UTF-8. */
static size_t
valid_utf8(const char *body, const char *end)
{
	const char *p = body;

	while (p < end && pg_encoding_mblen(PG_UTF8, p) <= end - p &&
		   pg_verify_mbstr(PG_UTF8, p, pg_encoding_mblen(PG_UTF8, p), true))
		p += pg_encoding_mblen(PG_UTF8, p);
	return p - body;
}

/* What is wrong with the text as JSON (RFC 8259), or NULL. */
static const char *
check_text(const char *body, size_t len, size_t *offset)
{
	RrScan		scan;
	RrSlice		value;

	/* pg_verify_mbstr() rejects NUL too; the scanner reports that one */
	if (!pg_verify_mbstr(PG_UTF8, body, (int) len, true) &&
		body[*offset = valid_utf8(body, body + len)] != '\0')
		return _("invalid UTF-8");
	rr_scan_init(&scan, body, (int) len);
	if (rr_scan_value(&scan, &value) && rr_scan_peek(&scan) == '\0' && scan.pos == scan.end)
		return NULL;
	*offset = scan.pos - body;
	if (scan.too_deep)
		return _("invalid JSON: nested too deep");
	return scan.pos < scan.end ? _("invalid JSON: unexpected character")
		: _("invalid JSON: it ends too early");
}

/*
 * Build json->root from valid JSON. Returns NULL, or what json-c dislikes.
 * Frees the tokener.
 */
static const char *
parse(RrJson *json, const char *body, int len, size_t *offset)
{
	enum json_tokener_error code;

	json->root = json_tokener_parse_ex(json->tokener, body, len);
	code = json_tokener_get_error(json->tokener);
	*offset = json_tokener_get_parse_end(json->tokener);
	if (code == json_tokener_continue)
	{
		/* a number at the top is complete only when a NUL follows it */
		json->root = json_tokener_parse_ex(json->tokener, "", 1);
		code = json_tokener_get_error(json->tokener);
	}
	json_tokener_free(json->tokener);
	json->tokener = NULL;

	switch (code)
	{
		case json_tokener_success:
			return NULL;
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

RrJson	   *
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
	problem = check_text(body, len, &offset);
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

static struct json_object *
as_object(RrJsonNode *node)
{
	return unconstify(struct json_object *, (const struct json_object *) node);
}

static bool
lookup(RrJsonNode *node, const char *key, struct json_object **value)
{
	struct json_object *object = as_object(node);

	return json_object_is_type(object, json_type_object) &&
		json_object_object_get_ex(object, key, value);
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

char	   *
rr_json_text(RrJsonNode *node)
{
	size_t		len;
	const char *utf8 = rr_json_string(node, &len);
	char	   *text;

	if (utf8 == NULL)
		return NULL;
	text = pg_any_to_server(utf8, (int) len, PG_UTF8);	/* checks, and refuses a
														 * NUL */
	return text == utf8 ? pnstrdup(utf8, len) : text;
}

bool
rr_json_bool(RrJsonNode *node, bool fallback)
{
	struct json_object *object = as_object(node);

	return json_object_is_type(object, json_type_boolean) ? json_object_get_boolean(object) != 0
		: fallback;
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
