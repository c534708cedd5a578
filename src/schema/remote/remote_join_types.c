/*
 * remote_join_types.c: the join fields of a role's schema, their types and the
 * arguments that are left to the query.
 *
 * An input object that the relationship gives only in part gets a reduced
 * input type of its own for each step of the definition's path. Types off the
 * path are used as they are, so recursive input types end.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "schema/remote/remote_int.h"
#include "schema/table/table.h"

/* ---- the type of a join field ---- */

const GqlTypeRef *
rr_remote_join_value_type(RrRoleSchema *rs, const RrRemoteJoin *join)
{
	const RrToRemoteSchema *to = join->relationship->to_remote_schema;
	const GqlFieldDef *last = llast(join->path);
	const GqlTypeRef *type = gql_nullable_type(rr_remote_type_ref(rs, join->remote, last->type));
	const char *name;
	GqlType    *upstream;

	if (to->batch == RR_BATCH_ALIASES)
		return type;
	type = gql_nullable_type(type->of);
	name = rr_static_typename(((RrRemoteFieldStep *) llast(to->remote_field))->arguments);
	upstream = name && gql_is_abstract(type->type) ? gql_schema_type(join->remote->upstream, name)
		: NULL;
	if (upstream != NULL)
	{
		const GqlTypeRef *member = rr_remote_type_ref(rs, join->remote, &upstream->ref);

		if (gql_is_subtype(rs->schema, type->type, member->type))
			return member;
	}
	return type;
}

/*
 * Return the join field's type: the value's type; in a list if a key matches
 * several; and in the lists that the path passes through.
 */
static const GqlTypeRef *
join_type(RrRoleSchema *rs, const RrRemoteJoin *join)
{
	const RrToRemoteSchema *to = join->relationship->to_remote_schema;
	const GqlTypeRef *type = rr_remote_join_value_type(rs, join);

	if (to->batch != RR_BATCH_ALIASES && to->array)
		type = gql_list_of(rs->schema, gql_non_null(rs->schema, type));
	for (int i = list_length(join->path) - 2; i >= 0; i--)
	{
		const GqlTypeRef *on_the_way = gql_nullable_type(((GqlFieldDef *) list_nth(join->path,
																				   i))->type);

		for (; on_the_way->kind == GQL_TYPE_LIST; on_the_way = gql_nullable_type(on_the_way->of))
			type = gql_list_of(rs->schema, type);
	}
	return type;
}

/* ---- its arguments ---- */

/* The input object that a type is, or NULL. */
static GqlType *
input_object(const GqlTypeRef *type)
{
	type = gql_nullable_type(type);
	return type->kind == GQL_TYPE_NAMED && type->type->kind == GQL_INPUT_OBJECT ? type->type : NULL;
}

/*
 * Can the query give a part of an input object of which the relationship gives
 * this? A @oneOf input object takes one field only, so nothing is left of it.
 */
static bool
is_something_left(const RrRemote *remote, GqlType *upstream, const GqlValue *given)
{
	check_stack_depth();
	if (upstream->one_of)
		return false;
	gql_foreach(GqlInputValueDef, input, gql_type_fields(remote->upstream, upstream))
	{
		const GqlValue *value = gql_object_get(given, input->name);
		GqlType    *inner = input_object(input->type);

		if (rr_remote_hides(remote, input))
			continue;
		if (value == NULL || (value->kind == GQL_VALUE_OBJECT && inner != NULL &&
							  is_something_left(remote, inner, value)))
			return true;
	}
	return false;
}

/*
 * Make the type of a name that no other type has: the plain name, the one with
 * the argument or input field behind it, or one with a number.
 */
static GqlType *
add_reduced_type(RrRoleSchema *rs, const char *name, const char *member)
{
	GqlType    *type = gql_schema_add_type(rs->schema, GQL_INPUT_OBJECT, name);

	if (type == NULL)
	{
		name = psprintf("%s_%s", name, member);
		type = gql_schema_add_type(rs->schema, GQL_INPUT_OBJECT, name);
	}
	for (int i = 2; type == NULL; i++)
		type = gql_schema_add_type(rs->schema, GQL_INPUT_OBJECT, psprintf("%s_%d", name, i));
	return type;
}

/*
 * Make the reduced type of an input object that the relationship gives in
 * part: it has what the query can still give. NULL if nothing is left.
 * *optional: nothing that is left is required.
 */
static GqlType *
strip_input(RrRoleSchema *rs, RrRemote *remote, GqlType *upstream, const GqlValue *given,
			const char *name, const char *member, bool *optional)
{
	GqlType    *stripped;

	check_stack_depth();
	*optional = true;
	if (!is_something_left(remote, upstream, given))
		return NULL;
	stripped = add_reduced_type(rs, name, member);
	stripped->description = upstream->description;
	gql_foreach(GqlInputValueDef, input, gql_type_fields(remote->upstream, upstream))
	{
		const GqlValue *value = gql_object_get(given, input->name);
		const GqlTypeRef *type;
		GqlInputValueDef *left;

		if (rr_remote_hides(remote, input))
			continue;
		if (value != NULL)
		{
			bool		inner_optional;
			GqlType    *inner = input_object(input->type);

			if (value->kind != GQL_VALUE_OBJECT || inner == NULL)
				continue;
			inner = strip_input(rs, remote, inner, value, psprintf("%s_%s", name, input->name),
								input->name, &inner_optional);
			if (inner == NULL)
				continue;
			type = inner_optional ? &inner->ref : gql_non_null(rs->schema, &inner->ref);
		}
		else
			type = rr_remote_type_ref(rs, remote, input->type);
		left = gql_type_add_input(rs->schema, stripped, input->name, type);
		left->description = input->description;
		left->deprecation_reason = input->deprecation_reason;
		if (value == NULL)
			left->default_value = input->default_value;
		if (type->kind == GQL_TYPE_NON_NULL && left->default_value == NULL)
			*optional = false;
	}
	return stripped;
}

/*
 * Does what the names of a relationship's reduced types end with, its source
 * and its name, make this text? Nothing is built, and the names are compared
 * first: this is asked for each pair of relationships.
 */
static bool
has_suffix(const RrRoleSchema *rs, const RrRelationship *relationship, const char *text, int len)
{
	int			start = len - (int) strlen(relationship->name);
	const RrTable *table;
	const char *source;

	if (relationship->kind != RR_REL_TO_REMOTE_SCHEMA || start < 0 ||
		strcmp(text + start, relationship->name) != 0)
		return false;
	table = OidIsValid(relationship->source)
		? rr_database_table(rs->tables->db, relationship->source) : NULL;
	source = table != NULL ? table->name : relationship->source_type;
	return source != NULL && (int) strlen(source) == start && memcmp(source, text, start) == 0;
}

/* How many of a list have this suffix, up to one of them; *end: it was met. */
static int
count_suffix(const RrRoleSchema *rs, List *relationships, const RrRelationship *until,
			 const char *text, bool *end)
{
	int			len = strlen(text);
	int			n = 0;
	ListCell   *lc;

	CHECK_FOR_INTERRUPTS();
	foreach(lc, relationships)
	{
		if (lfirst(lc) == until)
		{
			*end = true;
			break;
		}
		n += has_suffix(rs, lfirst(lc), text, len);
	}
	return n;
}

/*
 * What the names of a relationship's reduced types end with. Where an earlier
 * relationship of another table or type ends with the same, as hike + near and
 * hi + kenear, a number tells them apart.
 */
static const char *
reduced_suffix(RrRoleSchema *rs, const RrRelationship *relationship, const GqlType *owner)
{
	const RrDatabase *db = rs->tables->db;
	const char *plain = psprintf("%s%s", owner->name, relationship->name);
	bool		end = false;
	int			n = count_suffix(rs, db->table_relationships, relationship, plain, &end);

	if (!end)
		n += count_suffix(rs, db->remote_relationships, relationship, plain, &end);
	return n > 0 ? psprintf("%s_%d", plain, n + 1) : plain;
}

static void
add_arguments(RrRoleSchema *rs, RrRemoteJoin *join, GqlType *owner, GqlFieldDef *field)
{
	const RrRemoteFieldStep *step = llast(join->relationship->to_remote_schema->remote_field);
	const GqlFieldDef *innermost = llast(join->path);
	const char *suffix = reduced_suffix(rs, join->relationship, owner);

	gql_foreach(GqlInputValueDef, arg, &innermost->args)
	{
		const GqlValue *given = gql_object_get(step->arguments, arg->name);
		const GqlTypeRef *type;
		GqlInputValueDef *left;

		if (rr_remote_hides(join->remote, arg))
			continue;
		if (given != NULL)
		{
			GqlType    *input = input_object(arg->type);
			GqlType    *stripped;
			bool		optional;

			if (given->kind != GQL_VALUE_OBJECT || input == NULL)
				continue;
			stripped = strip_input(rs, join->remote, input, given,
								   psprintf("%s_remote_rel_%s",
											rr_remote_type_name(join->remote, input), suffix),
								   arg->name, &optional);
			if (stripped == NULL)
				continue;
			type = optional ? &stripped->ref : gql_non_null(rs->schema, &stripped->ref);
		}
		else
			type = rr_remote_type_ref(rs, join->remote, arg->type);
		left = gql_field_add_arg(rs->schema, field, arg->name, type);
		left->description = arg->description;
		left->deprecation_reason = arg->deprecation_reason;
		if (given == NULL)
			left->default_value = arg->default_value;
	}
}

/* ---- may the role have it? ---- */

static RrRemote *
find_remote(RrRoleSchema *rs, const char *name)
{
	ListCell   *lc;

	foreach(lc, rs->remotes)
	{
		RrRemote   *remote = lfirst(lc);

		if (strcmp(remote->def->name, name) == 0)
			return remote;
	}
	return NULL;
}

/* Are the computed fields among the keys served? */
static bool
computed_keys_are_there(RrRoleSchema *rs, Oid table, const RrRemoteJoin *join)
{
	RrTable    *served = rr_database_table(rs->tables->db, table);

	for (int i = 0; i < join->nkeys; i++)
		if (OidIsValid(join->keys[i].function) && (served == NULL ||
												   gql_names_get(&served->computed,
																 join->keys[i].name) == NULL))
			return false;
	return true;
}

/* May the role read what the join needs of the table? */
static bool
keys_are_readable(RrRoleSchema *rs, Oid table, const RrRemoteJoin *join)
{
	if (rr_may_read_table(rs->role, table))
	{
		for (int i = 0; i < join->nkeys; i++)
			if (OidIsValid(join->keys[i].function) && !rr_may_execute(rs->role,
																	  join->keys[i].function))
				return false;
		return true;
	}
	for (int i = 0; i < join->nkeys; i++)
	{
		if (OidIsValid(join->keys[i].function))
		{
			/* the row is passed whole */
			if (!rr_may_read_columns(rs->role, table) || !rr_may_execute(rs->role,
																		 join->keys[i].function))
				return false;
		}
		else if (!rr_may_read_column(rs->role, table, join->keys[i].attnum))
			return false;
	}
	return true;
}

static void
add_join_field(RrRoleSchema *rs, RrRemoteJoin *join, GqlType *type)
{
	GqlFieldDef *field = gql_type_add_field(rs->schema, type, join->relationship->name,
											join_type(rs, join));

	if (field == NULL)
		return;
	field->description = ((GqlFieldDef *) llast(join->path))->description;
	field->data = join;
	add_arguments(rs, join, type, field);
}

/* Add the join fields that start at a table, or at a type of source. */
static void
add_joins(RrRoleSchema *rs, List *relationships, RrRemote *source, Oid table,
		  const char *source_type, GqlType *type)
{
	ListCell   *lc;

	foreach(lc, relationships)
	{
		RrRelationship *relationship = lfirst(lc);
		RrRemote   *remote;
		RrRemoteJoin *join;

		if (relationship->kind != RR_REL_TO_REMOTE_SCHEMA || relationship->source != table ||
			!rr_spellable(relationship->name))
			continue;
		if (source != NULL && (strcmp(relationship->source_remote_schema, source->def->name) != 0 ||
							   strcmp(relationship->source_type, source_type) != 0))
			continue;
		remote = find_remote(rs, relationship->to_remote_schema->remote_schema);
		if (remote == NULL)
			continue;
		join = rr_remote_join_build(relationship, source, remote, rs->tables->db,
									gql_errors_create(1, NULL));
		if (join == NULL || (OidIsValid(table) && !(computed_keys_are_there(rs, table, join) &&
													keys_are_readable(rs, table, join))))
			continue;
		add_join_field(rs, join, type);
	}
}

void
rr_add_remote_joins(RrRoleSchema *rs, Oid table, GqlType *type)
{
	add_joins(rs, rs->tables->db->table_relationships, NULL, table, NULL, type);
}

void
rr_add_remote_type_joins(RrRoleSchema *rs, const RrRemoteType *info, GqlType *type)
{
	add_joins(rs, rs->tables->db->remote_relationships, info->remote, InvalidOid,
			  info->upstream->name, type);
	rr_add_table_joins(rs, info, type);
}
