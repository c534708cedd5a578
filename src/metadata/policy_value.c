/*
 * policy_value.c: values of Hasura's permissions as SQL, for policies.
 *
 * The text does not depend on search_path. Strings "X-Hasura-…" become calls
 * of remote_rel.session_variable().
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "compat.h"
#include "base/subtransaction.h"
#include "metadata/policy_int.h"

/* FORMAT_TYPE_TYPEMOD_GIVEN: "bpchar", since "character" means length 1. */
const char *
rr_policy_type_name(Oid type)
{
	bits16		flags = FORMAT_TYPE_TYPEMOD_GIVEN;

	if (rr_type_schema(type) != PG_CATALOG_NAMESPACE)
		flags |= FORMAT_TYPE_FORCE_QUALIFY;
	return format_type_extended(type, -1, flags);
}

const char *
rr_policy_session_variable(const RrDoc *doc)
{
	char	   *name = rr_doc_is_string(doc) ? rr_doc_text(doc) : NULL;

	if (name == NULL || pg_strncasecmp(name, "x-hasura-", 9) != 0)
		return NULL;
	for (char *c = name; *c; c++)
		*c = pg_ascii_tolower((unsigned char) *c);
	return psprintf("remote_rel.session_variable(%s)", quote_literal_cstr(name));
}

static bool
is_json(Oid type)
{
	Oid			base = getBaseType(type);

	return base == JSONOID || base == JSONBOID;
}

/*
 * May the text mean another time at each reading ("now()", "[today,)")? As a
 * literal of the type it would keep the time at which the policy is created.
 */
static bool
reads_clock(Oid type, const char *text)
{
	static const char *const words[] = {"now", "today", "tomorrow", "yesterday"};
	Oid			function;
	Oid			parameter;

	getTypeInputInfo(type, &function, &parameter);
	if (func_volatile(function) == PROVOLATILE_IMMUTABLE)
		return false;
	for (; *text; text++)
		for (int i = 0; i < (int) lengthof(words); i++)
			if (pg_strncasecmp(text, words[i], strlen(words[i])) == 0)
				return true;
	return false;
}

typedef struct Literal
{
	Oid			type;
	char	   *text;
} Literal;

static void
read_literal(void *arg)
{
	Literal    *literal = arg;
	Oid			function;
	Oid			parameter;

	getTypeInputInfo(literal->type, &function, &parameter);
	(void) OidInputFunctionCall(function, literal->text, parameter, -1);
}

/* Throw when the text is no value of the type: the statement would fail. */
static void
check_literal(const RrDoc *doc, Oid type, char *text)
{
	Literal		literal = {type, text};
	ErrorData  *error = rr_run_in_subtransaction(read_literal, &literal);

	if (error)
		ereport(ERROR,
				(errcode(error->sqlerrcode),
				 errmsg("%s", error->message),
				 rr_doc_errdetail(doc)));
}

/*
 * An array with these elements. As the value of an array type it may hold
 * nulls, and lists for further dimensions; as the operand of _in it may not.
 */
static void
append_list(StringInfo out, const RrDoc *list, Oid element, bool is_value)
{
	ListCell   *lc;
	const char *separator = "";
	bool		nests = is_value && !is_json(element) &&
	!OidIsValid(get_base_element_type(element));

	check_stack_depth();
	appendStringInfoString(out, "ARRAY[");
	foreach(lc, rr_doc_items(list))
	{
		const RrDoc *item = lfirst(lc);

		appendStringInfoString(out, separator);
		separator = ", ";
		if (is_value && item->value.type == jbvNull)
			appendStringInfoString(out, "NULL");
		else if (nests && rr_doc_is_array(item))
			append_list(out, item, element, true);
		else
			appendStringInfoString(out, rr_policy_value(item, element));
	}
	appendStringInfo(out, "]::%s[]", rr_policy_type_name(element));
}

const char *
rr_policy_value(const RrDoc *doc, Oid type)
{
	const char *variable = rr_policy_session_variable(doc);
	Oid			base = getBaseType(type);
	Oid			element = get_element_type(base);
	StringInfoData out;
	char	   *text;

	if (variable)
		return base == TEXTOID ? variable :
			psprintf("%s::%s", variable, rr_policy_type_name(base));
	if (doc->value.type == jbvNull)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("expected a value at %s", rr_doc_path(doc)),
				 errdetail("Found null.")));
	if (OidIsValid(element) && rr_doc_is_array(doc))
	{
		initStringInfo(&out);
		append_list(&out, doc, element, true);
		return out.data;
	}
	text = is_json(base) ? JsonbToCString(NULL, &rr_doc_jsonb(doc)->root, 0)
		: rr_doc_scalar_text(doc);
	check_literal(doc, base, text);
	if (doc->value.type == jbvBool && base == BOOLOID)
		return text;
	return psprintf("%s::%s%s", quote_literal_cstr(text), reads_clock(base, text) ? "text::" : "",
					rr_policy_type_name(base));
}

const char *
rr_policy_list(const RrDoc *doc, Oid type)
{
	const char *variable = rr_policy_session_variable(doc);
	StringInfoData out;

	if (variable)
		return psprintf("%s::%s[]", variable, rr_policy_type_name(getBaseType(type)));
	initStringInfo(&out);
	append_list(&out, doc, getBaseType(type), false);
	return out.data;
}
