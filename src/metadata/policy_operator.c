/*
 * policy_operator.c: the operators of Hasura's permissions, and how each is
 * written in a policy.
 *
 * Which types an operator has is not said here: a permission has the operators
 * of where (schema/table/table_comparison.c).
 */
#include "postgres.h"

#include "access/transam.h"
#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "compat.h"
#include "metadata/policy_int.h"

static const RrPolicyOperator operators[] = {
	{"eq", RR_OPERAND_SAME, "=", NULL},
	{"ne", RR_OPERAND_SAME, "<>", NULL},
	{"neq", RR_OPERAND_SAME, "<>", NULL},
	{"gt", RR_OPERAND_SAME, ">", NULL},
	{"gte", RR_OPERAND_SAME, ">=", NULL},
	{"lt", RR_OPERAND_SAME, "<", NULL},
	{"lte", RR_OPERAND_SAME, "<=", NULL},
	{"in", RR_OPERAND_LIST, "=", "= ANY"},
	{"nin", RR_OPERAND_LIST, "<>", "<> ALL"},
	{"is_null", RR_OPERAND_NULL, NULL, NULL},
	{"like", RR_OPERAND_TEXT, "~~", "LIKE"},
	{"nlike", RR_OPERAND_TEXT, "!~~", "NOT LIKE"},
	{"ilike", RR_OPERAND_TEXT, "~~*", "ILIKE"},
	{"nilike", RR_OPERAND_TEXT, "!~~*", "NOT ILIKE"},
	{"similar", RR_OPERAND_PATTERN, "~", "SIMILAR TO"},
	{"nsimilar", RR_OPERAND_PATTERN, "!~", "NOT SIMILAR TO"},
	{"regex", RR_OPERAND_TEXT, "~", NULL},
	{"nregex", RR_OPERAND_TEXT, "!~", NULL},
	{"iregex", RR_OPERAND_TEXT, "~*", NULL},
	{"niregex", RR_OPERAND_TEXT, "!~*", NULL},
	{"contains", RR_OPERAND_SAME, "@>", NULL},
	{"contained_in", RR_OPERAND_SAME, "<@", NULL},
	{"has_key", RR_OPERAND_TEXT, "?", NULL},
	{"has_keys_any", RR_OPERAND_TEXTS, "?|", NULL},
	{"has_keys_all", RR_OPERAND_TEXTS, "?&", NULL},
	{"ceq", RR_OPERAND_COLUMN, "=", NULL},
	{"cne", RR_OPERAND_COLUMN, "<>", NULL},
	{"cneq", RR_OPERAND_COLUMN, "<>", NULL},
	{"cgt", RR_OPERAND_COLUMN, ">", NULL},
	{"cgte", RR_OPERAND_COLUMN, ">=", NULL},
	{"clt", RR_OPERAND_COLUMN, "<", NULL},
	{"clte", RR_OPERAND_COLUMN, "<=", NULL},
	{"cin", RR_OPERAND_COLUMNS, "=", "= ANY"},
	{"cnin", RR_OPERAND_COLUMNS, "<>", "<> ALL"},
	{"cast", RR_OPERAND_CAST, NULL, NULL},
	{"ancestor", RR_OPERAND_OTHER, "@>", NULL},
	{"descendant", RR_OPERAND_OTHER, "<@", NULL},
	{"ancestor_any", RR_OPERAND_OTHER, "@>", NULL},
	{"descendant_any", RR_OPERAND_OTHER, "<@", NULL},
	{"matches", RR_OPERAND_OTHER, "~", NULL},
	{"matches_any", RR_OPERAND_OTHER, "?", NULL},
	{"matches_fulltext", RR_OPERAND_OTHER, "@", NULL},
};

void
rr_policy_inexpressible(const RrDoc *doc, const char *what)
{
	ereport(ERROR,
			(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
			 errmsg("%s has no translation into a policy", what),
			 rr_doc_errdetail(doc),
			 errhint("Write the policy's condition by hand: CREATE POLICY ... USING (...).")));
}

const RrPolicyOperator *
rr_policy_operator(const RrDoc *member)
{
	List	   *names = NIL;

	for (int i = 0; i < (int) lengthof(operators); i++)
	{
		if ((*member->key == '_' || *member->key == '$') && strcmp(member->key + 1,
																   operators[i].name) == 0)
			return &operators[i];
		names = lappend(names, psprintf("_%s", operators[i].name));
	}
	if (strncmp(member->key, "_st_", 4) == 0)
		rr_policy_inexpressible(member, psprintf("\"%s\"", member->key));
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("unknown operator \"%s\" at %s", member->key, rr_doc_path(member->parent)),
			 rr_errhint_did_you_mean(member->key, names)));
}

const RrPolicyOperator *
rr_policy_equals(bool negate)
{
	const RrPolicyOperator *found = &operators[negate ? 2 : 0];

	Assert(strcmp(found->name, negate ? "neq" : "eq") == 0);
	return found;
}

/* The operator of where that says the same; NULL: there is none. */
static const RrOperator *
where_operator(const RrPolicyOperator *operator)
{
	const char *name = operator->name;

	if (operator->operand == RR_OPERAND_COLUMN || operator->operand == RR_OPERAND_COLUMNS)
		name++;
	return rr_find_operator(psprintf("_%s", strcmp(name, "ne") == 0 ? "neq" : name));
}

void
rr_policy_check_operator(const RrPolicyOperator *operator, const RrScalar *scalar,
						 const RrDoc *doc)
{
	const RrOperator *same = where_operator(operator);

	if (same == NULL || !rr_scalar_has_operator(scalar, same))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_FUNCTION),
				 errmsg("type %s has no operator for \"%s\"", format_type_be(scalar->base),
						doc->key),
				 rr_doc_errdetail(doc)));
}

Oid
rr_policy_operand_type(const RrPolicyOperator *operator, const RrScalar *scalar)
{
	return rr_operator_type(scalar, where_operator(operator));
}

const char *
rr_policy_builtin_operator(const RrPolicyWriter *w, const char *symbol)
{
	return w->qualified ? psprintf("OPERATOR(pg_catalog.%s)", symbol) : symbol;
}

const char *
rr_policy_operator_sql(const RrPolicyWriter *w, const RrPolicyOperator *operator, Oid type)
{
	Oid			base = getBaseType(type);
	bool		builtin = base < FirstNormalObjectId || OidIsValid(get_element_type(base)) ||
	get_typtype(base) != TYPTYPE_BASE;
	const char *schema = "pg_catalog";
	const char *suffix = "";

	if (builtin && !w->qualified)
		return operator->sql ? operator->sql : operator->symbol;
	if (operator->operand == RR_OPERAND_LIST || operator->operand == RR_OPERAND_COLUMNS)
		suffix = *operator->symbol == '=' ? " ANY" : " ALL";
	if (!builtin)
		schema = quote_identifier(rr_namespace_name(rr_type_schema(base)));
	return psprintf("OPERATOR(%s.%s)%s", schema, operator->symbol, suffix);
}
