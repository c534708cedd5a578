/*
 * table_scalar.c: PostgreSQL's types as GraphQL's scalars.
 *
 * A new scalar, or another name for one, belongs in scalar_name(). How values
 * are printed as JSON is in json/value_writer.c, how they are compared in
 * table_comparison.c.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/namespace.h"
#include "catalog/pg_aggregate.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "nodes/makefuncs.h"
#include "parser/parse_func.h"
#include "utils/builtins.h"
#include "utils/hsearch.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"
#include "compat.h"

#include "schema/table/table_int.h"

static const char *
scalar_name(RrDatabase *db, Oid base, Form_pg_type form)
{
	const char *name;

	switch (base)
	{
		case INT4OID:
			return "Int";
		case INT2OID:
			return "smallint";
		case INT8OID:
			return "bigint";
		case FLOAT4OID:
			return "Float";
		case BOOLOID:
			return "Boolean";
		case TEXTOID:
		case VARCHAROID:
			return "String";
		default:
			break;
	}
	name = NameStr(form->typname);
	if (!rr_spellable(name))
		return "String";
	if (gql_names_get(&db->tables, name) != NULL || strcmp(name, "order_by") == 0)
		return psprintf("%s_scalar", name);
	return pstrdup(name);
}

const RrScalar *
rr_scalar(RrDatabase *db, Oid type)
{
	RrScalar   *scalar = hash_search(db->scalars, &type, HASH_FIND, NULL);
	RrScalar	made = {.type = type};
	Oid			element;
	HeapTuple	tuple;
	MemoryContext old;

	if (scalar != NULL)
		return scalar;

	made.base = getBaseType(type);
	element = get_element_type(made.base);
	old = MemoryContextSwitchTo(db->cxt);
	if (OidIsValid(element))
	{
		made.element = unconstify(RrScalar *, rr_scalar(db, element));
		made.name = made.element->name;
		made.category = TYPCATEGORY_ARRAY;
	}
	else
	{
		tuple = SearchSysCache1(TYPEOID, ObjectIdGetDatum(made.base));
		if (!HeapTupleIsValid(tuple))
			elog(ERROR, "cache lookup failed for type %u", made.base);
		made.name = scalar_name(db, made.base, (Form_pg_type) GETSTRUCT(tuple));
		made.category = ((Form_pg_type) GETSTRUCT(tuple))->typcategory;
		made.is_enum = ((Form_pg_type) GETSTRUCT(tuple))->typtype == TYPTYPE_ENUM;
		ReleaseSysCache(tuple);
	}
	MemoryContextSwitchTo(old);
	scalar = hash_search(db->scalars, &type, HASH_ENTER, NULL);
	*scalar = made;
	return scalar;
}

bool
rr_scalar_is_numeric(const RrScalar *scalar)
{
	switch (scalar->base)
	{
		case INT2OID:
		case INT4OID:
		case INT8OID:
		case FLOAT4OID:
		case FLOAT8OID:
		case NUMERICOID:
			return true;
		default:
			return false;
	}
}

bool
rr_scalar_has_max(const RrScalar *scalar)
{
	Oid			type = scalar->base;
	FuncDetailCode code;
	Oid			function,
				result;
	bool		returns_set;
	int			nvargs;
	Oid			vatype;
	Oid		   *declared;

	if (scalar->enum_table != NULL)
		return false;
	code = func_get_detail(list_make2(makeString("pg_catalog"), makeString("max")), NIL, NIL, 1,
						   &type, false, false,
#if PG_VERSION_NUM >= 140000
						   false,
#endif
						   &function, &result, &returns_set, &nvargs, &vatype, &declared, NULL);
	return code == FUNCDETAIL_AGGREGATE;
}

char	   *
rr_type_name(Oid type)
{
	HeapTuple	tuple = SearchSysCache1(TYPEOID, ObjectIdGetDatum(type));
	char	   *name;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for type %u", type);
	name = pstrdup(NameStr(((Form_pg_type) GETSTRUCT(tuple))->typname));
	ReleaseSysCache(tuple);
	return name;
}

/* ---- GraphQL types ---- */

GqlType    *
rr_scalar_type(RrRoleSchema *rs, const RrScalar *scalar)
{
	GqlType    *type;

	if (scalar->enum_table != NULL)
		return rr_table_type(rs, scalar->enum_table, RR_TYPE_ENUM);
	type = gql_names_get(&rs->schema->types, scalar->name);

	/*
	 * A type of a remote schema with the name of our scalar that is none: the
	 * values are still text.
	 */
	if (type != NULL && type->kind != GQL_SCALAR)
		return gql_names_get(&rs->schema->types, "String");
	return type ? type : gql_schema_add_type(rs->schema, GQL_SCALAR, scalar->name);
}

const GqlTypeRef *
rr_scalar_ref(RrRoleSchema *rs, const RrScalar *scalar)
{
	/*
	 * PostgreSQL's arrays can hold nulls. An array of a domain over an array
	 * is a list of lists.
	 */
	if (scalar->element != NULL)
		return gql_list_of(rs->schema, rr_scalar_ref(rs, scalar->element));
	return &rr_scalar_type(rs, scalar)->ref;
}
