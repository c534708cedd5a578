/*
 * default_expression.c: the default of a column as text, for a statement in
 * which some rows give the column and others do not.
 *
 * Where the server puts a default in by itself, it takes no privilege on the
 * schemas of what the default names; as text it does. So text is made only of
 * what the role may name.
 */
#include "postgres.h"

#include "access/table.h"
#include "access/transam.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "nodes/nodeFuncs.h"
#include "rewrite/rewriteHandler.h"
#include "utils/acl.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/ruleutils.h"
#include "utils/syscache.h"

#include "compat.h"
#include "plan/sql/sql_change.h"

static bool
may_use(Oid namespace, Oid role)
{
	return OidIsValid(namespace) &&
		rr_namespace_aclcheck(namespace, role, ACL_USAGE) == ACLCHECK_OK;
}

static bool
may_name_type(Oid type, Oid role)
{
	HeapTuple	tuple;
	Oid			namespace;

	if (type < FirstNormalObjectId)
		return true;
	tuple = SearchSysCache1(TYPEOID, ObjectIdGetDatum(type));
	if (!HeapTupleIsValid(tuple))
		return false;
	namespace = ((Form_pg_type) GETSTRUCT(tuple))->typnamespace;
	ReleaseSysCache(tuple);
	return may_use(namespace, role);
}

/* A value of type regclass, as nextval() takes it, is a relation's name. */
static bool
may_name_const(const Const *value, Oid role)
{
	switch (value->consttype)
	{
		case REGCLASSOID:
			return value->constisnull ||
				may_use(get_rel_namespace(DatumGetObjectId(value->constvalue)), role);
		case REGPROCOID:
		case REGPROCEDUREOID:
		case REGOPEROID:
		case REGOPERATOROID:
		case REGTYPEOID:
		case REGCONFIGOID:
		case REGDICTIONARYOID:
		case REGROLEOID:
		case REGNAMESPACEOID:
		case REGCOLLATIONOID:
			return false;
		default:
			return true;
	}
}

/* An expression_tree_walker(): true for what the role may not name. */
static bool
is_out_of_reach(Node *node, void *arg)
{
	Oid			role = *(Oid *) arg;
	bool		known;

	if (node == NULL)
		return false;
	if (IsA(node, List))
		return expression_tree_walker(node, is_out_of_reach, arg);
	switch (nodeTag(node))
	{
		case T_Const:
			known = may_name_const((Const *) node, role);
			break;
		case T_FuncExpr:
			known = may_use(get_func_namespace(((FuncExpr *) node)->funcid), role);
			break;
		case T_OpExpr:
			known = ((OpExpr *) node)->opno < FirstNormalObjectId;
			break;
		case T_ArrayCoerceExpr:
		case T_ArrayExpr:
		case T_CoerceToDomain:
		case T_CoerceViaIO:
		case T_RelabelType:
		case T_SQLValueFunction:
			known = true;
			break;
		default:
			/* what is rare is left to the server */
			known = false;
			break;
	}
	return !known || !may_name_type(exprType(node), role) ||
		expression_tree_walker(node, is_out_of_reach, arg);
}

const char *
rr_deparse_default(RrRoleSchema *rs, const RrTable *table, const RrColumn *column)
{
	Oid			role = rs->role;
	const char *text = NULL;
	Relation	rel;
	Node	   *expression;

	/* identities need no privilege; views have the defaults of other tables */
	if (column->identity != '\0' || table->relkind == RELKIND_VIEW)
		return NULL;
	rel = table_open(table->oid, AccessShareLock);
	expression = build_column_default(rel, column->attnum);
	if (expression != NULL && !is_out_of_reach(expression, &role))
		text = deparse_expression(expression, NIL, false, false);
	table_close(rel, NoLock);
	return text;
}
