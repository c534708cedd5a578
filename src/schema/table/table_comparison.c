/*
 * table_comparison.c: the operators of where, and the input types that have
 * them: Int_comparison_exp and the like.
 *
 * A new operator is a row of operators[]; a new kind of operator also needs
 * its cases below and in plan/sql/sql_where.c. Permissions have a second list
 * of operators: metadata/policy_operator.c.
 */
#include "postgres.h"

#include <ctype.h>
#include "access/htup_details.h"
#include "access/stratnum.h"
#include "catalog/pg_operator.h"
#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"
#include "utils/typcache.h"
#include "compat.h"

#include "schema/table/table_int.h"

static const RrOperator operators[] = {
	{"_eq", RR_OP_COMPARE, "=", BTEqualStrategyNumber, false, NULL},
	{"_neq", RR_OP_COMPARE, "<>", BTEqualStrategyNumber, true, NULL},
	{"_gt", RR_OP_COMPARE, ">", BTGreaterStrategyNumber, false, NULL},
	{"_gte", RR_OP_COMPARE, ">=", BTGreaterEqualStrategyNumber, false, NULL},
	{"_lt", RR_OP_COMPARE, "<", BTLessStrategyNumber, false, NULL},
	{"_lte", RR_OP_COMPARE, "<=", BTLessEqualStrategyNumber, false, NULL},
	{"_in", RR_OP_IN, "=", BTEqualStrategyNumber, false, NULL},
	{"_nin", RR_OP_IN, "<>", BTEqualStrategyNumber, true, NULL},
	{"_is_null", RR_OP_IS_NULL, NULL, 0, false, NULL},
	{"_like", RR_OP_TEXT, "~~", 0, false, NULL},
	{"_nlike", RR_OP_TEXT, "!~~", 0, false, NULL},
	{"_ilike", RR_OP_TEXT, "~~*", 0, false, NULL},
	{"_nilike", RR_OP_TEXT, "!~~*", 0, false, NULL},
	{"_similar", RR_OP_SIMILAR, "~", 0, false, NULL},
	{"_nsimilar", RR_OP_SIMILAR, "!~", 0, false, NULL},
	{"_regex", RR_OP_TEXT, "~", 0, false, NULL},
	{"_nregex", RR_OP_TEXT, "!~", 0, false, NULL},
	{"_iregex", RR_OP_TEXT, "~*", 0, false, NULL},
	{"_niregex", RR_OP_TEXT, "!~*", 0, false, NULL},
	{"_contains", RR_OP_SELF, "@>", 0, false, NULL},
	{"_contained_in", RR_OP_SELF, "<@", 0, false, NULL},
	{"_has_key", RR_OP_STRING, "?", 0, false, NULL},
	{"_has_keys_any", RR_OP_STRINGS, "?|", 0, false, NULL},
	{"_has_keys_all", RR_OP_STRINGS, "?&", 0, false, NULL},
	{"_cast", RR_OP_CAST, NULL, 0, false, NULL},
	{"_ancestor", RR_OP_OTHER, "@>", 0, false, "ltree"},
	{"_descendant", RR_OP_OTHER, "<@", 0, false, "ltree"},
	{"_ancestor_any", RR_OP_OTHERS, "@>", 0, false, "ltree"},
	{"_descendant_any", RR_OP_OTHERS, "<@", 0, false, "ltree"},
	{"_matches", RR_OP_OTHER, "~", 0, false, "lquery"},
	{"_matches_any", RR_OP_OTHERS, "?", 0, false, "lquery"},
	{"_matches_fulltext", RR_OP_OTHER, "@", 0, false, "ltxtquery"},
};

const RrOperator *
rr_find_operator(const char *name)
{
	for (int i = 0; i < (int) lengthof(operators); i++)
		if (strcmp(operators[i].name, name) == 0)
			return &operators[i];
	return NULL;
}

/* ---- operators in SQL ---- */

char	   *
rr_operator_name(Oid operator)
{
	HeapTuple	tuple = SearchSysCache1(OPEROID, ObjectIdGetDatum(operator));
	Form_pg_operator form;
	char	   *name;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for operator %u", operator);
	form = (Form_pg_operator) GETSTRUCT(tuple);
	name = psprintf("OPERATOR(%s.%s)", quote_identifier(rr_namespace_name(form->oprnamespace)),
					NameStr(form->oprname));
	ReleaseSysCache(tuple);
	return name;
}

/* Operator of the default btree operator class, or InvalidOid. */
static Oid
btree_operator(Oid type, int strategy)
{
	int			wanted = TYPECACHE_BTREE_OPFAMILY | TYPECACHE_EQ_OPR |
	TYPECACHE_LT_OPR | TYPECACHE_GT_OPR;
	TypeCacheEntry *entry = lookup_type_cache(type, wanted);

	if (!OidIsValid(entry->btree_opf) || !OidIsValid(entry->lt_opr) || !OidIsValid(entry->eq_opr))
		return InvalidOid;
	return get_opfamily_member(entry->btree_opf, entry->btree_opintype, entry->btree_opintype,
							   strategy);
}

Oid
rr_scalar_comparison(const RrScalar *scalar, const RrOperator *op)
{
	Oid			operator = btree_operator(scalar->base, op->strategy);

	return OidIsValid(operator) && op->negate ? get_negator(operator) : operator;
}

bool
rr_scalar_is_sortable(const RrScalar *scalar)
{
	return OidIsValid(btree_operator(scalar->base, BTLessStrategyNumber));
}

/* ---- which operators a scalar has ---- */

Oid
rr_type_schema(Oid type)
{
	HeapTuple	tuple = SearchSysCache1(TYPEOID, ObjectIdGetDatum(type));
	Oid			schema;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for type %u", type);
	schema = ((Form_pg_type) GETSTRUCT(tuple))->typnamespace;
	ReleaseSysCache(tuple);
	return schema;
}

static bool
has_type_name(const RrScalar *scalar, const char *name)
{
	return scalar->element == NULL && scalar->base >= FirstNormalObjectId &&
		strcmp(rr_type_name(scalar->base), name) == 0;
}

/* Does it compare like text: String, bpchar, citext? */
static bool
is_textual(const RrScalar *scalar)
{
	return scalar->element == NULL &&
		(scalar->base == TEXTOID || scalar->base == VARCHAROID || scalar->base == BPCHAROID ||
		 has_type_name(scalar, "citext"));
}

/*
 * The type of this name beside the scalar's own (ltree's lquery), or
 * InvalidOid.
 */
static Oid
neighbour_type(const RrScalar *scalar, const char *name)
{
	return GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid, CStringGetDatum(name),
						   ObjectIdGetDatum(rr_type_schema(scalar->base)));
}

Oid
rr_operator_type(const RrScalar *scalar, const RrOperator *op)
{
	Oid			type;

	switch (op->kind)
	{
		case RR_OP_COMPARE:
		case RR_OP_SELF:
			return scalar->base;
		case RR_OP_IN:
			return scalar->element ? scalar->base : get_array_type(scalar->base);
		case RR_OP_TEXT:
		case RR_OP_SIMILAR:
			return has_type_name(scalar, "citext") && op->kind == RR_OP_TEXT ? scalar->base
				: TEXTOID;
		case RR_OP_STRING:
			return TEXTOID;
		case RR_OP_STRINGS:
			return TEXTARRAYOID;
		case RR_OP_OTHER:
			return neighbour_type(scalar, op->other);
		case RR_OP_OTHERS:
			type = neighbour_type(scalar, op->other);
			return OidIsValid(type) ? get_array_type(type) : InvalidOid;
		case RR_OP_IS_NULL:
		case RR_OP_CAST:
			break;
	}
	return InvalidOid;
}

bool
rr_scalar_has_operator(const RrScalar *scalar, const RrOperator *op)
{
	/* values of an enum have no order, and are no text */
	if (scalar->enum_table != NULL && op->kind != RR_OP_IN && op->kind != RR_OP_IS_NULL &&
		op->strategy != BTEqualStrategyNumber)
		return false;
	switch (op->kind)
	{
		case RR_OP_COMPARE:
			return OidIsValid(rr_scalar_comparison(scalar, op));
		case RR_OP_IN:
			return OidIsValid(rr_scalar_comparison(scalar, op)) &&
				(scalar->element != NULL || OidIsValid(get_array_type(scalar->base)));
		case RR_OP_IS_NULL:
			return true;
		case RR_OP_TEXT:
		case RR_OP_SIMILAR:
			return is_textual(scalar);
		case RR_OP_SELF:
			return scalar->element != NULL ?
				OidIsValid(lookup_type_cache(scalar->element->base, TYPECACHE_EQ_OPR)->eq_opr)
				: scalar->base == JSONBOID;
		case RR_OP_STRING:
		case RR_OP_STRINGS:
			return scalar->base == JSONBOID;
		case RR_OP_CAST:
			return scalar->element == NULL;
		case RR_OP_OTHER:
		case RR_OP_OTHERS:
			return has_type_name(scalar, "ltree") && OidIsValid(rr_operator_type(scalar, op));
	}
	return false;
}

/* ---- GraphQL types ---- */

/* Int_cast_exp and the like: {String: {…}}, on a value's text. */
static GqlType *
cast_type(RrRoleSchema *rs, const RrScalar *scalar)
{
	bool		made;
	GqlType    *type = rr_own_type(rs, GQL_INPUT_OBJECT, rr_cast_name(rs, scalar), NULL, &made);

	if (made)
		gql_type_add_input(rs->schema, type, "String",
						   &rr_comparison_type(rs, rr_scalar(rs->tables->db, TEXTOID))->ref);
	return type;
}

static void
complete_comparison(GqlSchema *schema, GqlType *type)
{
	RrRoleSchema *rs = schema->data;
	RrDatabase *db = rs->tables->db;
	const RrScalar *scalar = type->data;

	for (int i = 0; i < (int) lengthof(operators); i++)
	{
		const RrOperator *op = &operators[i];
		const GqlTypeRef *value = NULL;
		GqlInputValueDef *input;

		if (!rr_scalar_has_operator(scalar, op))
			continue;
		switch (op->kind)
		{
			case RR_OP_COMPARE:
			case RR_OP_TEXT:
			case RR_OP_SIMILAR:
			case RR_OP_SELF:
				value = rr_scalar_ref(rs, scalar);
				break;
			case RR_OP_IN:
				value = gql_list_of(schema, gql_non_null(schema, rr_scalar_ref(rs, scalar)));
				break;
			case RR_OP_IS_NULL:
				value = rr_scalar_ref(rs, rr_scalar(db, BOOLOID));
				break;
			case RR_OP_CAST:
				value = &cast_type(rs, scalar)->ref;
				break;
			case RR_OP_STRING:
			case RR_OP_STRINGS:
			case RR_OP_OTHER:
			case RR_OP_OTHERS:
				value = rr_scalar_ref(rs, rr_scalar(db, rr_operator_type(scalar, op)));
				break;
		}
		input = gql_type_add_input(schema, type, rr_field_name_in(db, op->name), value);
		input->data = unconstify(RrOperator *, op);
	}
}

/*
 * The name of an input type for values of a scalar, with this suffix.
 *
 * A type whose name GraphQL does not allow is shown as String, but does not
 * compare like text. So its input types have its own name, with underscores
 * for what is not allowed.
 */
static const char *
name_for_scalar(RrRoleSchema *rs, const RrScalar *scalar, const char *suffix)
{
	const RrScalar *innermost = scalar;
	const char *name = rr_scalar_type(rs, scalar)->name;
	const char *arrays = "";

	if (scalar->enum_table != NULL)
		return rr_table_type_name(rs->tables->db, scalar->enum_table, "_enum_comparison_exp");
	for (; innermost->element != NULL; innermost = innermost->element)
		arrays = psprintf("%s_array", arrays);

	if (strcmp(name, "String") == 0 && innermost->base != TEXTOID && innermost->base != VARCHAROID)
	{
		char	   *own = rr_type_name(innermost->base);

		for (char *p = own; *p; p++)
			if (!isalnum((unsigned char) *p) || IS_HIGHBIT_SET(*p))
				*p = '_';
		name = psprintf("String_%s", own);
	}
	return rr_type_name_in(rs->tables->db, psprintf("%s%s%s", name, arrays, suffix));
}

const char *
rr_comparison_name(RrRoleSchema *rs, const RrScalar *scalar)
{
	return name_for_scalar(rs, scalar, "_comparison_exp");
}

const char *
rr_cast_name(RrRoleSchema *rs, const RrScalar *scalar)
{
	return name_for_scalar(rs, scalar, "_cast_exp");
}

GqlType    *
rr_comparison_type(RrRoleSchema *rs, const RrScalar *scalar)
{
	bool		made;
	GqlType    *type = rr_own_type(rs, GQL_INPUT_OBJECT, rr_comparison_name(rs, scalar), NULL,
								   &made);

	if (made)
	{
		type->data = unconstify(RrScalar *, scalar);
		type->complete = complete_comparison;
	}
	return type;
}
