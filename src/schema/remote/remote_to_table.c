/*
 * remote_to_table.c: join fields from types of a remote schema to tables.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "schema/remote/remote_int.h"
#include "schema/table/table.h"

/* Can rows be looked up by an array of the column's values? */
static bool
is_comparable(RrDatabase *db, const RrColumn *column)
{
	/* BTEqualStrategyNumber */
	static const RrOperator equal = {.kind = RR_OP_COMPARE, .strategy = 3};
	const RrScalar *scalar = rr_scalar(db, column->type);

	return OidIsValid(rr_scalar_comparison(scalar, &equal)) &&
		OidIsValid(get_array_type(scalar->base));
}

/*
 * Return why the table's side cannot be served, or NULL. A column that does
 * not exist is not its business: management reports it.
 */
static const char *
unfit_reason(RrDatabase *db, const RrToSource *to)
{
	const RrTable *table = rr_database_table(db, to->table);
	ListCell   *lc;

	if (table == NULL)
		return psprintf("table \"%s\" is not exposed",
						quote_qualified_identifier(to->table_schema, to->table_name));
	foreach(lc, to->field_mapping)
	{
		const char *name = ((RrFieldMapping *) lfirst(lc))->column;
		const RrColumn *column = rr_table_column_named(table, name);

		if (column != NULL && !is_comparable(db, column))
			return psprintf("column \"%s\" of table \"%s\" with type %s cannot be compared", name,
							table->name, format_type_be(column->type));
	}
	return NULL;
}

void
rr_database_check_table_joins(RrDatabase *db)
{
	ListCell   *lc;

	foreach(lc, rr_catalog_remote_relationships(NULL))
	{
		const RrRelationship *r = lfirst(lc);
		const char *reason = r->to_source && OidIsValid(r->to_source->table)
		? unfit_reason(db, r->to_source) : NULL;

		if (reason != NULL)
			rr_database_inconsistent(db, "remote_relationship",
									 rr_remote_field_label(r->source_remote_schema,
														   r->source_type, r->name),
									 "%s", reason);
	}
}

/* Build the join; NULL if the role may not see everything it needs. */
static RrTableJoin *
build(RrRoleSchema *rs, const RrRelationship *relationship, const RrRemote *source)
{
	const RrToSource *to = relationship->to_source;
	RrDatabase *db = rs->tables->db;
	const RrTable *table = rr_database_table(db, to->table);
	GqlErrorList *errors = gql_errors_create(1, NULL);
	RrTableJoin *join;
	ListCell   *lc;

	if (table == NULL)
		return NULL;
	join = palloc0(sizeof(RrTableJoin));
	join->base.kind = RR_FIELD_TABLE_JOIN;
	join->relationship = relationship;
	join->table = table;
	join->array = to->array;
	join->keys = palloc0(list_length(to->field_mapping) * sizeof(RrJoinKey));
	join->columns = palloc(list_length(to->field_mapping) * sizeof(RrColumn *));
	foreach(lc, to->field_mapping)
	{
		const RrFieldMapping *mapping = lfirst(lc);
		const RrColumn *column = rr_table_column_named(table, mapping->column);
		RrJoinKey  *key = &join->keys[join->nkeys];

		key->name = mapping->lhs;
		key->field = rr_remote_key_field(source, relationship->source_type, mapping->lhs, errors);
		if (key->field == NULL || column == NULL || !rr_can_read(rs, table, column->attnum) ||
			!is_comparable(db, column))
			return NULL;
		join->columns[join->nkeys++] = column;
	}
	return join;
}

static void
add_rows_field(RrRoleSchema *rs, GqlType *type, RrTableJoin *join)
{
	const GqlTypeRef *object = &rr_table_type(rs, join->table, RR_TYPE_OBJECT)->ref;
	const GqlTypeRef *rows = gql_list_of(rs->schema, gql_non_null(rs->schema, object));
	GqlFieldDef *field = gql_type_add_field(rs->schema, type, join->relationship->name,
											join->array ? rows : object);

	if (field == NULL)
		return;
	field->description = join->array ? "An array relationship" : "An object relationship";
	field->data = join;
	if (join->array)
		rr_add_list_args(rs, field, join->table);
}

/* It is null, as the list is, where a joining field is null. */
static void
add_aggregate_field(RrRoleSchema *rs, GqlType *type, const RrTableJoin *join)
{
	RrTableJoin *aggregate = palloc(sizeof(RrTableJoin));
	GqlFieldDef *field;

	field = gql_type_add_field(rs->schema, type,
							   rr_name_with(rs->tables->db, join->relationship->name, "_aggregate"),
							   &rr_table_type(rs, join->table, RR_TYPE_AGGREGATE)->ref);
	if (field == NULL)
		return;
	*aggregate = *join;
	aggregate->aggregate = true;
	field->description = "An aggregate relationship";
	field->data = aggregate;
	rr_add_list_args(rs, field, join->table);
}

/*
 * A name with _aggregate is made only where no field of the upstream and no
 * relationship has it.
 */
void
rr_add_table_joins(RrRoleSchema *rs, const RrRemoteType *info, GqlType *type)
{
	List	   *arrays = NIL;
	ListCell   *lc;

	foreach(lc, rs->tables->db->remote_relationships)
	{
		RrRelationship *relationship = lfirst(lc);
		RrTableJoin *join;

		if (relationship->kind != RR_REL_TO_SOURCE ||
			strcmp(relationship->source_remote_schema, info->remote->def->name) != 0 ||
			strcmp(relationship->source_type, info->upstream->name) != 0)
			continue;
		join = build(rs, relationship, info->remote);
		if (join == NULL)
			continue;
		add_rows_field(rs, type, join);
		if (join->array && rr_may_aggregate(rs, join->table))
			arrays = lappend(arrays, join);
	}
	foreach(lc, arrays)
		add_aggregate_field(rs, type, lfirst(lc));
}
