/*
 * doc.c: a cursor over jsonb that knows its path.
 */
#include "postgres.h"

#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/numeric.h"

#include "catalog/doc.h"
#include "compat.h"
#include "graphql/graphql.h"

/* Longer values and names are cut in messages. */
#define SHOWN_BYTES 60

/* "text", cut after SHOWN_BYTES. */
static char *
quoted(const char *text, int len)
{
	int			shown = pg_mbcliplen(text, len, SHOWN_BYTES);

	return psprintf("\"%.*s%s\"", shown, text, shown < len ? "..." : "");
}

static RrDoc *
new_doc(const RrDoc *parent, const char *key, int index)
{
	RrDoc	   *doc = palloc0(sizeof(RrDoc));

	doc->parent = parent;
	doc->key = key;
	doc->index = index;
	return doc;
}

const RrDoc *
rr_doc_root(Jsonb *jsonb, const char *name)
{
	RrDoc	   *doc = new_doc(NULL, name, -1);

	if (JB_ROOT_IS_SCALAR(jsonb))
		doc->value = *getIthJsonbValueFromContainer(&jsonb->root, 0);
	else
	{
		doc->value.type = jbvBinary;
		doc->value.val.binary.data = &jsonb->root;
		doc->value.val.binary.len = VARSIZE(jsonb) - VARHDRSZ;
	}
	return doc;
}

bool
rr_doc_is_object(const RrDoc *doc)
{
	return doc->value.type == jbvBinary && JsonContainerIsObject(doc->value.val.binary.data);
}

bool
rr_doc_is_array(const RrDoc *doc)
{
	return doc->value.type == jbvBinary && JsonContainerIsArray(doc->value.val.binary.data);
}

bool
rr_doc_is_string(const RrDoc *doc)
{
	return doc->value.type == jbvString;
}

int
rr_doc_length(const RrDoc *doc)
{
	return doc->value.type == jbvBinary ? (int) JsonContainerSize(doc->value.val.binary.data) : 0;
}

static void
append_path(StringInfo out, const RrDoc *doc)
{
	if (doc->parent)
		append_path(out, doc->parent);
	if (!doc->parent)
		appendStringInfoString(out, doc->key);
	else if (doc->key && gql_is_name(doc->key) && strlen(doc->key) <= SHOWN_BYTES)
		appendStringInfo(out, "%s%s", out->len > 0 ? "." : "", doc->key);
	else if (doc->key)
		appendStringInfo(out, "[%s]", quoted(doc->key, strlen(doc->key)));
	else
		appendStringInfo(out, "[%d]", doc->index);
}

char	   *
rr_doc_path(const RrDoc *doc)
{
	StringInfoData out;

	initStringInfo(&out);
	append_path(&out, doc);
	return out.data;
}

char	   *
rr_doc_found(const RrDoc *doc)
{
	char	   *number;

	switch (doc->value.type)
	{
		case jbvNull:
			return "null";
		case jbvBool:
			return doc->value.val.boolean ? "true" : "false";
		case jbvNumeric:
			number = numeric_normalize(doc->value.val.numeric);
			if (strlen(number) > SHOWN_BYTES)
				return psprintf("a number of %zu digits", strlen(number));
			return psprintf("the number %s", number);
		case jbvString:
			return psprintf("the string %s", quoted(doc->value.val.string.val,
													doc->value.val.string.len));
		default:
			return rr_doc_is_object(doc) ? "an object" : "a list";
	}
}

int
rr_doc_errdetail(const RrDoc *doc)
{
	char	   *path = rr_doc_path(doc);

	return *path ? errdetail("At %s.", path) : 0;
}

int
rr_errhint_did_you_mean(const char *input, List *options)
{
	char	   *text = gql_did_you_mean(NULL, input, options);

	while (*text == ' ')
		text++;
	return *text ? errhint("%s", text) : 0;
}

static void
throw_type(const RrDoc *doc, const char *expected)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("expected %s at %s", expected, rr_doc_path(doc)),
			 errdetail("Found %s.", rr_doc_found(doc))));
}

static void
check_object(const RrDoc *doc)
{
	if (!rr_doc_is_object(doc))
		throw_type(doc, "an object");
}

const RrDoc *
rr_doc_get(const RrDoc *doc, const char *key)
{
	RrDoc	   *member;

	if (doc == NULL)
		return NULL;
	check_object(doc);
	member = new_doc(doc, key, -1);
	if (getKeyJsonValueFromContainer(doc->value.val.binary.data, key, strlen(key),
									 &member->value) == NULL ||
		member->value.type == jbvNull)
		return NULL;
	return member;
}

const RrDoc *
rr_doc_require(const RrDoc *doc, const char *key)
{
	const RrDoc *member = rr_doc_get(doc, key);

	if (member == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("\"%s\" is missing", key),
				 rr_doc_errdetail(doc)));
	return member;
}

List	   *
rr_doc_items(const RrDoc *doc)
{
	List	   *items = NIL;
	int			n;

	if (doc == NULL)
		return NIL;
	if (!rr_doc_is_array(doc))
		throw_type(doc, "a list");
	n = rr_doc_length(doc);
	for (int i = 0; i < n; i++)
	{
		RrDoc	   *item = new_doc(doc, NULL, i);

		item->value = *getIthJsonbValueFromContainer(doc->value.val.binary.data, i);
		items = lappend(items, item);
	}
	return items;
}

List	   *
rr_doc_members(const RrDoc *doc)
{
	List	   *members = NIL;
	JsonbIterator *it;
	JsonbIteratorToken token;
	JsonbValue	value;
	RrDoc	   *member = NULL;

	if (doc == NULL)
		return NIL;
	check_object(doc);
	it = JsonbIteratorInit(doc->value.val.binary.data);
	while ((token = JsonbIteratorNext(&it, &value, true)) != WJB_DONE)
	{
		if (token == WJB_KEY)
			member = new_doc(doc, pnstrdup(value.val.string.val, value.val.string.len), -1);
		else if (token == WJB_VALUE)
		{
			member->value = value;
			members = lappend(members, member);
		}
	}
	return members;
}

char	   *
rr_doc_text(const RrDoc *doc)
{
	if (doc->value.type != jbvString)
		throw_type(doc, "a string");
	return pnstrdup(doc->value.val.string.val, doc->value.val.string.len);
}

bool
rr_doc_bool(const RrDoc *doc)
{
	if (doc->value.type != jbvBool)
		throw_type(doc, "true or false");
	return doc->value.val.boolean;
}

int
rr_doc_int(const RrDoc *doc, int min, int max)
{
	if (doc->value.type == jbvNumeric)
	{
		char	   *text = numeric_normalize(doc->value.val.numeric);
		char	   *end;
		long		value;

		errno = 0;
		value = strtol(text, &end, 10);
		if (errno == 0 && *end == '\0' && value >= min && value <= max)
			return (int) value;
	}
	throw_type(doc, psprintf("a whole number from %d to %d", min, max));
	return 0;					/* not reached */
}

char	   *
rr_doc_scalar_text(const RrDoc *doc)
{
	if (doc->value.type == jbvNumeric)
		return numeric_normalize(doc->value.val.numeric);
	if (doc->value.type == jbvBool)
		return doc->value.val.boolean ? "true" : "false";
	if (doc->value.type != jbvString)
		throw_type(doc, "a string, a number, true or false");
	return rr_doc_text(doc);
}

Jsonb	   *
rr_doc_jsonb(const RrDoc *doc)
{
	JsonbValue	copy = doc->value;

	return JsonbValueToJsonb(&copy);
}

const char *
rr_doc_get_text(const RrDoc *doc, const char *key, const char *fallback)
{
	const RrDoc *member = rr_doc_get(doc, key);

	return member ? rr_doc_text(member) : fallback;
}

bool
rr_doc_get_bool(const RrDoc *doc, const char *key, bool fallback)
{
	const RrDoc *member = rr_doc_get(doc, key);

	return member ? rr_doc_bool(member) : fallback;
}

static void
throw_unknown_key(const RrDoc *member, List *keys)
{
	bool		similar = *gql_did_you_mean(NULL, member->key, keys) != '\0';
	StringInfoData known;
	ListCell   *lc;

	initStringInfo(&known);
	foreach(lc, keys)
		appendStringInfo(&known, "%s\"%s\"", known.len ? ", " : "", (char *) lfirst(lc));
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("unknown key %s at %s", quoted(member->key, strlen(member->key)),
					rr_doc_path(member->parent)),
			 similar ? rr_errhint_did_you_mean(member->key, keys) :
			 keys == NIL ? errhint("There are no keys here.") :
			 errhint("The keys are %s.", known.data)));
}

static bool
is_among(const char *key, const char *const *keys, int n)
{
	for (int i = 0; i < n; i++)
	{
		if (strcmp(key, keys[i]) == 0)
			return true;
	}
	return false;
}

void
rr_doc_check_keys(const RrDoc *doc, const char *const *keys, int n)
{
	ListCell   *lc;

	foreach(lc, rr_doc_members(doc))
	{
		const RrDoc *member = lfirst(lc);
		List	   *options = NIL;

		if (is_among(member->key, keys, n))
			continue;
		for (int i = 0; i < n; i++)
			options = lappend(options, unconstify(char *, keys[i]));
		throw_unknown_key(member, options);
	}
}

void
rr_doc_check_empty(const RrDoc *doc)
{
	rr_doc_check_keys(doc, NULL, 0);
}

List	   *
rr_doc_other_paths(List *paths, const RrDoc *doc, const char *const *keys, int n)
{
	ListCell   *lc;

	foreach(lc, rr_doc_members(doc))
	{
		if (!is_among(((const RrDoc *) lfirst(lc))->key, keys, n))
			paths = lappend(paths, rr_doc_path(lfirst(lc)));
	}
	return paths;
}
