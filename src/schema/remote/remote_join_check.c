/*
 * remote_join_check.c: is the definition of a relationship to a remote schema
 * right?
 *
 * One walk over the definition serves management, which wants to know what is
 * wrong, and the role schema, which wants to know whether the role can have
 * it. The walk resolves every field and argument in the upstream's types, and
 * every "$name" on the left-hand side.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_attribute.h"
#include "catalog/pg_class.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"
#include "compat.h"

#include "schema/remote/remote_int.h"
#include "schema/table/table.h"

typedef struct JoinBuilder
{
	const RrRelationship *relationship;
	RrRemote   *source;
	RrRemoteJoin *join;
	const RrDatabase *db;		/* or NULL: the server's catalogs now */
	List	   *computed;		/* RrComputedField *, those of the source
								 * table among them */
	bool		query_can_add;	/* at the innermost field: what is missing can
								 * come from the query */
	bool		in_list;		/* the checked value stands in a list */
	GqlErrorList *errors;
} JoinBuilder;

int
rr_remote_join_key(const RrRemoteJoin *join, const char *name)
{
	for (int i = 0; i < join->nkeys; i++)
		if (strcmp(join->keys[i].name, name) == 0)
			return i;
	return -1;
}

/* ---- the left-hand side ---- */

static List *
names_of(const GqlNames *names)
{
	List	   *list = NIL;

	for (int i = 0; i < names->n; i++)
		list = lappend(list, unconstify(char *, *(const char *const *) names->items[i]));
	return list;
}

static List *
column_names(Oid table)
{
	List	   *names = NIL;
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(table));
	int			n = HeapTupleIsValid(tuple) ? ((Form_pg_class) GETSTRUCT(tuple))->relnatts : 0;

	if (HeapTupleIsValid(tuple))
		ReleaseSysCache(tuple);
	for (AttrNumber i = 1; i <= n; i++)
	{
		/* NULL for a dropped column */
		HeapTuple	attribute = SearchSysCacheAttNum(table, i);
		Form_pg_attribute form;

		if (!HeapTupleIsValid(attribute))
			continue;
		form = (Form_pg_attribute) GETSTRUCT(attribute);
		names = lappend(names, pstrdup(NameStr(form->attname)));
		ReleaseSysCache(attribute);
	}
	return names;
}

/* Does the function need more than the row and the session? */
static bool
has_required_arguments(const RrComputedField *field)
{
	HeapTuple	tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(field->function));
	Form_pg_proc form;
	int			required;

	if (!HeapTupleIsValid(tuple))
		return false;
	form = (Form_pg_proc) GETSTRUCT(tuple);
	required = form->pronargs - form->pronargdefaults;
	ReleaseSysCache(tuple);
	return required > (field->session_argument != NULL ? 2 : 1);
}

/* Fill in the column of this name; false if there is none. */
static bool
find_column(const JoinBuilder *b, RrJoinKey *key)
{
	Oid			table = b->relationship->source;
	Oid			type = InvalidOid;

	if (b->db != NULL)
	{
		const RrTable *known = rr_database_table(b->db, table);
		const RrColumn *column = known != NULL ? rr_table_column_named(known, key->name) : NULL;

		if (column != NULL)
		{
			key->attnum = column->attnum;
			type = column->type;
		}
	}
	else
	{
		key->attnum = get_attnum(table, key->name);
		/* the table may be gone by now */
		if (key->attnum > 0)
			type = get_atttype(table, key->attnum);
	}
	if (!OidIsValid(type))
	{
		key->attnum = 0;
		return false;
	}
	key->type = getBaseType(type);
	return true;
}

static bool
resolve_table_key(JoinBuilder *b, RrJoinKey *key)
{
	Oid			table = b->relationship->source;
	ListCell   *lc;

	if (find_column(b, key))
		return true;
	foreach(lc, b->computed)
	{
		RrComputedField *field = lfirst(lc);

		if (field->source != table || strcmp(field->name, key->name) != 0)
			continue;
		if (!OidIsValid(field->function) || get_func_name(field->function) == NULL)
		{
			gql_error(b->errors, "computed field \"%s\" of table \"%s\" has no function, or more than one of its name", key->name,
					  get_rel_name(table));
			return false;
		}
		if (has_required_arguments(field))
		{
			gql_error(b->errors, "computed field \"%s\" of table \"%s\" cannot be joined with: its function has a required argument",
					  key->name, get_rel_name(table));
			return false;
		}
		if (get_func_retset(field->function))
		{
			gql_error(b->errors, "computed field \"%s\" of table \"%s\" cannot be joined with: its function returns a set",
					  key->name, get_rel_name(table));
			return false;
		}
		key->function = field->function;
		key->type = getBaseType(get_func_rettype(field->function));
		return true;
	}
	gql_error(b->errors, "table \"%s\" has no column or computed field \"%s\".%s",
			  get_rel_name(table), key->name,
			  gql_did_you_mean(NULL, key->name, column_names(table)));
	return false;
}

static bool
has_required_args(const GqlFieldDef *field)
{
	gql_foreach(GqlInputValueDef, arg, &field->args)
		if (arg->type->kind == GQL_TYPE_NON_NULL && arg->default_value == NULL)
		return true;
	return false;
}

GqlFieldDef *
rr_remote_key_field(const RrRemote *source, const char *type_name, const char *name,
					GqlErrorList *errors)
{
	GqlType    *type = gql_schema_type(source->upstream, type_name);
	GqlFieldDef *field = type ? gql_type_field(source->upstream, type, name) : NULL;

	if (field == NULL)
		gql_error(errors, "type \"%s\" of remote schema \"%s\" has no field \"%s\".%s", type_name,
				  source->def->name, name,
				  type ? gql_did_you_mean(NULL, name, names_of(gql_type_fields(source->upstream,
																			   type))) : "");
	else if (has_required_args(field))
		gql_error(errors, "field \"%s\" of type \"%s\" cannot be joined with: it has a required argument", name, type_name);
	else if (!gql_is_leaf(gql_named_type(field->type)))
		gql_error(errors, "field \"%s\" of type \"%s\" cannot be joined with: its type %s is neither a scalar nor an enum",
				  name, type_name, gql_type_to_string(field->type));
	else
		return field;
	return NULL;
}

static bool
resolve_remote_key(JoinBuilder *b, RrJoinKey *key)
{
	key->field = rr_remote_key_field(b->source, b->relationship->source_type, key->name, b->errors);
	return key->field != NULL;
}

/* The key behind "$name"; NULL when an error was filed. */
static RrJoinKey *
resolve_key(JoinBuilder *b, const char *name)
{
	RrRemoteJoin *join = b->join;
	int			i = rr_remote_join_key(join, name);
	RrJoinKey  *key;
	ListCell   *lc;
	bool		listed = false;

	if (i >= 0)
		return OidIsValid(join->keys[i].type) || join->keys[i].field ? &join->keys[i] : NULL;
	foreach(lc, b->relationship->to_remote_schema->lhs_fields)
		listed |= strcmp(lfirst(lc), name) == 0;
	join->keys = join->keys ? repalloc(join->keys, (join->nkeys + 1) * sizeof(RrJoinKey))
		: palloc(sizeof(RrJoinKey));
	key = &join->keys[join->nkeys++];
	memset(key, 0, sizeof(RrJoinKey));
	key->name = name;
	if (!listed)
		gql_error(b->errors, "\"$%s\" is used, but \"%s\" is not among the joining fields", name,
				  name);
	if (OidIsValid(b->relationship->source) ? !resolve_table_key(b, key)
		: !resolve_remote_key(b, key))
		return NULL;
	return key;
}

/* ---- do the types fit? ---- */

/* Does to_json() give a string for this type? */
static bool
json_is_text(Oid type)
{
	switch (type)
	{
		case BOOLOID:
		case INT2OID:
		case INT4OID:
		case INT8OID:
		case FLOAT4OID:
		case FLOAT8OID:
		case NUMERICOID:
		case JSONOID:
		case JSONBOID:
			return false;
		default:
			return !OidIsValid(get_element_type(type)) && get_typtype(type) != TYPTYPE_COMPOSITE;
	}
}

static bool
sql_type_fits(Oid type, const GqlType *target)
{
	if (target->kind == GQL_INPUT_OBJECT)
		return false;
	if (target->kind == GQL_ENUM)
		return type == TEXTOID || type == VARCHAROID || type == BPCHAROID || type == NAMEOID ||
			get_typtype(type) == TYPTYPE_ENUM;
	if (strcmp(target->name, "Int") == 0)
		return type == INT2OID || type == INT4OID;
	if (strcmp(target->name, "Float") == 0)
		return type == INT2OID || type == INT4OID || type == INT8OID || type == FLOAT4OID ||
			type == FLOAT8OID ||
			type == NUMERICOID;
	if (strcmp(target->name, "Boolean") == 0)
		return type == BOOLOID;
	if (strcmp(target->name, "ID") == 0 && (type == INT2OID || type == INT4OID || type == INT8OID))
		return true;
	if (strcmp(target->name, "ID") == 0 || strcmp(target->name, "String") == 0)
		return json_is_text(type);
	return true;				/* a custom scalar takes anything, as its JSON */
}

static bool
remote_type_fits(const GqlType *type, const GqlType *target)
{
	static const char *const conversions[][2] = {
		{"Int", "Float"}, {"Int", "ID"}, {"String", "ID"}, {"ID", "String"},
	};

	if (strcmp(type->name, target->name) == 0)
		return true;
	if (target->kind == GQL_ENUM)
		return type->kind == GQL_ENUM || strcmp(type->name, "String") == 0;
	if (target->kind == GQL_SCALAR && !target->builtin)
		return true;
	if (type->kind == GQL_ENUM || !type->builtin)
		return strcmp(target->name, "String") == 0 || strcmp(target->name, "ID") == 0;
	for (int i = 0; i < (int) lengthof(conversions); i++)
		if (strcmp(type->name, conversions[i][0]) == 0 && strcmp(target->name,
																 conversions[i][1]) == 0)
			return true;
	return false;
}

static bool
key_fits(const RrJoinKey *key, const GqlTypeRef *target)
{
	target = gql_nullable_type(target);
	if (key->field != NULL)
	{
		const GqlTypeRef *type = gql_nullable_type(key->field->type);

		if (type->kind == GQL_TYPE_LIST)
			return target->kind == GQL_TYPE_LIST && gql_is_leaf(gql_named_type(target)) &&
				remote_type_fits(gql_named_type(type), gql_named_type(target));
		while (target->kind == GQL_TYPE_LIST)	/* a single value is a list of
												 * one */
			target = gql_nullable_type(target->of);
		return remote_type_fits(type->type, target->type);
	}
	if (target->kind == GQL_TYPE_LIST)
	{
		Oid			element = get_element_type(key->type);

		while (target->kind == GQL_TYPE_LIST)
			target = gql_nullable_type(target->of);
		return sql_type_fits(OidIsValid(element) ? getBaseType(element) : key->type, target->type);
	}
	if (OidIsValid(get_element_type(key->type)) && target->type->builtin)
		return false;
	return sql_type_fits(key->type, target->type);
}

static void
file_misfit(JoinBuilder *b, const RrJoinKey *key, const GqlTypeRef *type, const char *where)
{
	if (key->field != NULL)
		gql_error(b->errors, "%s of remote schema \"%s\" has type %s, which field \"%s\" of type \"%s\" with type %s does not fit",
				  where, b->join->remote->def->name, gql_type_to_string(type), key->name,
				  b->relationship->source_type,
				  gql_type_to_string(key->field->type));
	else
		gql_error(b->errors, "%s of remote schema \"%s\" has type %s, which %s \"%s\" of table \"%s\" with type %s does not fit",
				  where, b->join->remote->def->name, gql_type_to_string(type),
				  OidIsValid(key->function) ? "computed field" : "column", key->name,
				  get_rel_name(b->relationship->source), format_type_be(key->type));
}

/* ---- the right-hand side ---- */

/*
 * A batch by list or position sends all keys in one call, so a key must stand
 * in a list. A custom scalar's value may be a list.
 */
static void
check_key_place(JoinBuilder *b, const GqlTypeRef *type, const char *where)
{
	const GqlTypeRef *nullable = gql_nullable_type(type);

	if (b->relationship->to_remote_schema->batch == RR_BATCH_ALIASES || b->in_list ||
		nullable->kind == GQL_TYPE_LIST ||
		(nullable->type->kind == GQL_SCALAR && !nullable->type->builtin))
		return;
	gql_error(b->errors, "%s of remote schema \"%s\" has type %s, and the keys of a batch can only stand in a list", where,
			  b->join->remote->def->name, gql_type_to_string(type));
}

static void check_template(JoinBuilder *b, const GqlValue *value, const GqlTypeRef *type,
						   const char *where, const GqlPath *path);

static bool
is_required(const GqlInputValueDef *def)
{
	return def->type->kind == GQL_TYPE_NON_NULL && def->default_value == NULL;
}

/*
 * Check the members of a template object against the arguments or input fields
 * of the upstream.
 */
static void
check_members(JoinBuilder *b, const GqlValue *object, const GqlNames *defs, const char *what,
			  const char *where, const GqlPath *path)
{
	int			before;
	ListCell   *lc;

	foreach(lc, object->items)
	{
		GqlObjectField *member = lfirst(lc);
		GqlInputValueDef *def = gql_names_get(defs, member->name.value);
		const GqlPath *member_path = gql_path_key(path, member->name.value);

		before = list_length(b->errors->items);
		if (def == NULL)
			gql_error(b->errors, "%s of remote schema \"%s\" has no %s \"%s\".%s", where,
					  b->join->remote->def->name, what,
					  member->name.value, gql_did_you_mean(NULL, member->name.value,
														   names_of(defs)));
		else
			check_template(b, member->value, def->type, psprintf("%s \"%s\" of %s", what,
																 def->name, where), member_path);
		gql_errors_set_path(b->errors, before, member_path);
	}
	if (b->query_can_add)
		return;
	before = list_length(b->errors->items);
	gql_foreach(GqlInputValueDef, def, defs)
		if (is_required(def) && gql_object_get(object, def->name) == NULL)
		gql_error(b->errors, "%s of remote schema \"%s\" needs its %s \"%s\" of type %s", where,
				  b->join->remote->def->name,
				  what, def->name, gql_type_to_string(def->type));
	gql_errors_set_path(b->errors, before, path);
}

static void
check_elements(JoinBuilder *b, const GqlValue *list, const GqlTypeRef *type, const char *where,
			   const GqlPath *path)
{
	for (int i = 0; i < list_length(list->items); i++)
	{
		int			before = list_length(b->errors->items);
		const GqlPath *element = gql_path_index(path, i);

		check_template(b, list_nth(list->items, i), type, where, element);
		gql_errors_set_path(b->errors, before, element);
	}
}

/*
 * Check a value of the template. path is the value's in the definition; the
 * caller sets the path of errors about the value itself.
 */
static void
check_template(JoinBuilder *b, const GqlValue *value, const GqlTypeRef *type, const char *where,
			   const GqlPath *path)
{
	GqlSchema  *upstream = b->join->remote->upstream;
	ListCell   *lc;

	check_stack_depth();
	if (value->kind == GQL_VALUE_VARIABLE)
	{
		RrJoinKey  *key = resolve_key(b, value->text);

		if (key != NULL && !key_fits(key, type))
			file_misfit(b, key, type, where);
		else
			check_key_place(b, type, where);
		return;
	}
	if (!gql_contains_variable(value) && !(value->kind == GQL_VALUE_OBJECT && b->query_can_add))
	{
		gql_coerce_value(upstream, value, type, true,
						 psprintf("%s of remote schema \"%s\" does not take its static value",
								  where, b->join->remote->def->name),
						 b->errors);
		return;
	}
	type = gql_nullable_type(type);
	if (type->kind == GQL_TYPE_LIST)
	{
		bool		outer = b->query_can_add;
		bool		in_list = b->in_list;

		b->query_can_add = false;	/* a list is given whole */
		b->in_list = true;
		if (value->kind == GQL_VALUE_LIST)
			check_elements(b, value, type->of, psprintf("element of %s", where), path);
		else
			check_template(b, value, type->of, where, path);
		b->query_can_add = outer;
		b->in_list = in_list;
	}
	else if (value->kind == GQL_VALUE_OBJECT && type->type->kind == GQL_INPUT_OBJECT)
		check_members(b, value, gql_type_fields(upstream, type->type), "input field", where, path);
	else if (type->type->kind == GQL_SCALAR && !type->type->builtin)
	{
		if (value->kind == GQL_VALUE_LIST)
			check_elements(b, value, type, where, path);
		else
			foreach(lc, value->items)
		{
			const GqlObjectField *member = lfirst(lc);

			check_template(b, member->value, type, where, gql_path_key(path, member->name.value));
		}
	}
	else
		gql_error(b->errors, "%s of remote schema \"%s\" has type %s, which %s does not fit",
				  where, b->join->remote->def->name,
				  gql_type_to_string(type), value->kind == GQL_VALUE_LIST ? "a list" : "an object");
}

/* The fields of remote_field, outermost first. */
static void
resolve_path(JoinBuilder *b)
{
	const RrToRemoteSchema *to = b->relationship->to_remote_schema;
	GqlSchema  *upstream = b->join->remote->upstream;
	GqlType    *type = upstream->query;
	const GqlPath *path = gql_path_key(NULL, "remote_field");

	if (type == NULL)
	{
		gql_error(b->errors, "remote schema \"%s\" has no queries", b->join->remote->def->name);
		return;
	}
	for (int i = 0; i < list_length(to->remote_field); i++)
	{
		const RrRemoteFieldStep *step = list_nth(to->remote_field, i);
		bool		innermost = i == list_length(to->remote_field) - 1;
		GqlFieldDef *field = NULL;
		int			before = list_length(b->errors->items);

		path = gql_path_key(path, step->field);
		if (type->kind == GQL_OBJECT || type->kind == GQL_INTERFACE)
			field = gql_names_get(gql_type_fields(upstream, type), step->field);
		if (field == NULL)
		{
			gql_error(b->errors, "type \"%s\" of remote schema \"%s\" has no field \"%s\".%s",
					  type->name,
					  b->join->remote->def->name, step->field,
					  type->kind == GQL_OBJECT || type->kind == GQL_INTERFACE ?
					  gql_did_you_mean(NULL, step->field, names_of(gql_type_fields(upstream,
																				   type))) : "");
			gql_errors_set_path(b->errors, before, path);
			return;
		}
		b->query_can_add = innermost;
		check_members(b, step->arguments, &field->args, "argument",
					  psprintf("field \"%s\"", field->name),
					  gql_path_key(path, "arguments"));
		path = gql_path_key(path, "field");
		b->join->path = lappend(b->join->path, field);
		type = gql_named_type(field->type);
	}
}

/*
 * The static __typename of the objects in a template, as federation's
 * representations have it; or NULL.
 */
const char *
rr_static_typename(const GqlValue *template)
{
	ListCell   *lc;

	check_stack_depth();
	foreach(lc, template->items)
	{
		const GqlObjectField *member = lfirst(lc);
		const GqlValue *value = template->kind == GQL_VALUE_OBJECT ? member->value : lfirst(lc);
		const char *found;

		if (template->kind == GQL_VALUE_OBJECT && strcmp(member->name.value, "__typename") == 0 &&
			value->kind == GQL_VALUE_STRING)
			return value->text;
		if (value->kind == GQL_VALUE_LIST || value->kind == GQL_VALUE_OBJECT)
		{
			found = rr_static_typename(value);
			if (found != NULL)
				return found;
		}
	}
	return NULL;
}

static void
check_batch(JoinBuilder *b)
{
	const RrToRemoteSchema *to = b->relationship->to_remote_schema;
	const GqlFieldDef *innermost = llast(b->join->path);
	GqlType    *element = gql_named_type(innermost->type);
	const GqlPath *path = gql_path_key(NULL, "batch");
	int			before = list_length(b->errors->items);
	const char *name;
	ListCell   *lc;

	if (to->batch == RR_BATCH_ALIASES)
		return;
	if (gql_nullable_type(innermost->type)->kind != GQL_TYPE_LIST ||
		gql_nullable_type(gql_nullable_type(innermost->type)->of)->kind == GQL_TYPE_LIST)
		gql_error(b->errors, "a batch needs a field that gives a list, and field \"%s\" of remote schema \"%s\" has type %s",
				  innermost->name, b->join->remote->def->name, gql_type_to_string(innermost->type));
	if (to->batch == RR_BATCH_POSITION && to->array)
		gql_error(b->errors, "a batch by position has one result for each key; matching several needs the names of result fields");
	name = rr_static_typename(((RrRemoteFieldStep *) llast(to->remote_field))->arguments);
	if (name != NULL && gql_is_abstract(element))
	{
		GqlType    *type = gql_schema_type(b->join->remote->upstream, name);

		if (type == NULL || !gql_is_subtype(b->join->remote->upstream, element, type))
			gql_error(b->errors, "the template's \"__typename\" is \"%s\", which is no possible type of \"%s\" of remote schema \"%s\"", name,
					  element->name, b->join->remote->def->name);
	}
	foreach(lc, b->join->path)
	{
		const GqlFieldDef *field = lfirst(lc);

		if (field != innermost && gql_nullable_type(field->type)->kind == GQL_TYPE_LIST)
			gql_error(b->errors, "a batch cannot pass through a list, and field \"%s\" of remote schema \"%s\" has type %s",
					  field->name, b->join->remote->def->name, gql_type_to_string(field->type));
	}
	gql_errors_set_path(b->errors, before, path);
	foreach(lc, to->batch_match)
	{
		RrBatchMatch *match = lfirst(lc);
		GqlFieldDef *field = NULL;

		before = list_length(b->errors->items);

		resolve_key(b, match->lhs);
		if (element->kind == GQL_OBJECT || element->kind == GQL_INTERFACE)
			field = gql_names_get(gql_type_fields(b->join->remote->upstream, element), match->name);
		if (field == NULL)
			gql_error(b->errors, "type \"%s\" of remote schema \"%s\" has no field \"%s\" to match results by", element->name,
					  b->join->remote->def->name, match->name);
		else if (has_required_args(field) || !gql_is_leaf(gql_named_type(field->type)))
			gql_error(b->errors, "results cannot be matched by field \"%s\" of type \"%s\" of remote schema \"%s\": it must be a scalar or an enum without required arguments",
					  match->name, element->name, b->join->remote->def->name);
		gql_errors_set_path(b->errors, before, gql_path_key(path, match->name));
	}
}

/*
 * Can the field's argument be given conditions on its results, and what comes
 * back be the results that meet them, of those that came back without? A
 * default or a fixed value of another argument may cut the results before. So
 * may the one of several results that a single one is taken for.
 *
 * Of a permission, a part of this may be left: plan/remote/filter_argument.c
 * sees what.
 */
static void
check_filter_argument(JoinBuilder *b)
{
	const RrToRemoteSchema *to = b->relationship->to_remote_schema;
	const RrRemote *remote = b->join->remote;
	GqlFieldDef *field = llast(b->join->path);
	GqlType    *element = gql_named_type(field->type);
	const RrRemoteFieldStep *step = llast(to->remote_field);
	int			before = list_length(b->errors->items);
	const GqlInputValueDef *argument = gql_names_get(&field->args, to->filter_argument);

	if (argument == NULL)
		gql_error(b->errors, "field \"%s\" of remote schema \"%s\" has no argument \"%s\".%s",
				  field->name, remote->def->name, to->filter_argument,
				  gql_did_you_mean(NULL, to->filter_argument, names_of(&field->args)));
	else if (element->kind != GQL_OBJECT ||
			 gql_nullable_type(field->type)->kind != GQL_TYPE_LIST ||
			 (to->batch != RR_BATCH_ALIASES && !to->array))
		gql_error(b->errors, "argument \"%s\" can only filter where a row has a list of objects: of one object it is not known whether it would be the same one",
				  argument->name);
	else if (!rr_can_filter(remote->upstream, argument->type, element))
		gql_error(b->errors, "argument \"%s\" of remote schema \"%s\" has type %s, in which no field compares a field of type \"%s\" by _eq, _in or _is_null",
				  argument->name, remote->def->name, gql_type_to_string(argument->type),
				  element->name);
	gql_foreach(GqlInputValueDef, other, &field->args)
	{
		const GqlValue *given = gql_object_get(step->arguments, other->name);

		if (strcmp(other->name, to->filter_argument) == 0)
			continue;
		if (given != NULL ? !gql_contains_variable(given) || given->kind == GQL_VALUE_OBJECT
			: other->default_value != NULL && other->default_value->kind != GQL_VALUE_NULL)
			gql_error(b->errors, "argument \"%s\" cannot filter: argument \"%s\" has a value that may leave out results before",
					  to->filter_argument, other->name);
	}
	gql_errors_set_path(b->errors, before, gql_path_key(gql_path_key(NULL, "batch"), "where"));
}

RrRemoteJoin *
rr_remote_join_build(const RrRelationship *relationship, RrRemote *source, RrRemote *remote,
					 const RrDatabase *db, GqlErrorList *errors)
{
	JoinBuilder b = {0};
	int			before = list_length(errors->items) + errors->omitted;

	b.relationship = relationship;
	b.source = source;
	b.db = db;
	b.errors = errors;
	b.join = palloc0(sizeof(RrRemoteJoin));
	b.join->base.kind = RR_FIELD_REMOTE_JOIN;
	b.join->relationship = relationship;
	b.join->remote = remote;
	if (db != NULL)
		b.computed = db->computed_fields;
	else if (OidIsValid(relationship->source))
		b.computed = rr_catalog_computed_fields(relationship->source);
	resolve_path(&b);
	if (list_length(b.join->path) == list_length(relationship->to_remote_schema->remote_field))
	{
		check_batch(&b);
		if (relationship->to_remote_schema->filter_argument != NULL && !remote->restricted)
			check_filter_argument(&b);
	}
	return list_length(errors->items) + errors->omitted == before ? b.join : NULL;
}
