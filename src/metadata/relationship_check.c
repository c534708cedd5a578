/*
 * relationship_check.c: checks a relationship against the tables and remote
 * schemas that it names.
 *
 * Everything wrong is filed in a GqlErrorList, with the path inside the
 * definition. rr_remote_join_build() checks the part below "remote_field"; it
 * is the function that builds the join field for a role's schema, so a
 * definition accepted here can also be served.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "compat.h"
#include "metadata/postponed.h"
#include "schema/table/table.h"

#define MAX_SHOWN_ERRORS 20

static void
check_column(Oid table, const char *column, GqlErrorList *errors)
{
	List	   *names = NIL;
	char	  **columns;
	int			n;

	if (get_attnum(table, column) > 0)
		return;
	columns = rr_table_columns(table, &n);
	for (int i = 0; i < n; i++)
	{
		if (columns[i])
			names = lappend(names, columns[i]);
	}
	gql_error(errors, "Table \"%s\" has no column \"%s\".%s", get_rel_name(table), column,
			  gql_did_you_mean(NULL, column, names));
}

static void
check_mapping(Oid table, Oid target, List *mapping, const GqlPath *path, GqlErrorList *errors)
{
	ListCell   *lc;

	foreach(lc, mapping)
	{
		const RrFieldMapping *field = lfirst(lc);
		int			before = list_length(errors->items);

		if (OidIsValid(table))
			check_column(table, field->lhs, errors);
		check_column(target, field->column, errors);
		gql_errors_set_path(errors, before, gql_path_key(path, field->lhs));
	}
}

static bool
check_target(Oid target, const char *name, const GqlPath *path, GqlErrorList *errors)
{
	const char *reason = OidIsValid(target) ? rr_table_unfit_reason(target) : "does not exist";
	int			before = list_length(errors->items);

	if (reason)
		gql_error(errors, "Table \"%s\" %s.", name, reason);
	gql_errors_set_path(errors, before, path);
	return reason == NULL;
}

static void
check_using(const RrRelationship *relationship, GqlErrorList *errors)
{
	RrLinkUsing *using = rr_link_using_parse(rr_doc_root(relationship->using, "using"));
	Oid			of = relationship->source;
	const GqlPath *path = gql_path_key(NULL, using->mapping ? "manual_configuration"
									   : "foreign_key_constraint_on");
	const char *table_key = using->mapping ? "remote_table" : "table";
	int			before;
	ListCell   *lc;

	if (using->table_name &&
		!check_target(using->table, using->table_name, gql_path_key(path, table_key), errors))
		return;
	check_mapping(relationship->source, using->table, using->mapping,
				  gql_path_key(path, "column_mapping"), errors);
	if (using->table_name)
		of = using->table;
	before = list_length(errors->items);
	foreach(lc, using->columns)
		check_column(of, lfirst(lc), errors);
	gql_errors_set_path(errors, before, path);
}

static void
check_to_source(const RrRelationship *relationship, GqlErrorList *errors)
{
	const RrToSource *to = relationship->to_source;

	if (check_target(to->table, quote_qualified_identifier(to->table_schema, to->table_name),
					 gql_path_key(NULL, "table"), errors))
		check_mapping(relationship->source, to->table, to->field_mapping,
					  gql_path_key(NULL, "field_mapping"), errors);
}

/*
 * Check the fields of a remote type that a relationship to a table joins by:
 * they exist, are scalars or enums, and have no required argument.
 */
static void
check_type_fields(const RrRelationship *relationship, RrRemote *source, GqlType *type,
				  GqlErrorList *errors)
{
	const GqlNames *fields = gql_type_fields(source->upstream, type);
	List	   *names = NIL;
	ListCell   *lc;

	gql_foreach(GqlFieldDef, field, fields)
		names = lappend(names, unconstify(char *, field->name));
	foreach(lc, relationship->to_source->field_mapping)
	{
		const char *name = ((RrFieldMapping *) lfirst(lc))->lhs;
		GqlFieldDef *field = gql_names_get(fields, name);
		const GqlPath *path = gql_path_key(gql_path_key(NULL, "field_mapping"), name);
		int			before = list_length(errors->items);

		if (field == NULL)
		{
			gql_error(errors, "Type \"%s\" of remote schema \"%s\" has no field \"%s\".%s",
					  type->name, relationship->source_remote_schema,
					  name, gql_did_you_mean(NULL, name, names));
			gql_errors_set_path(errors, before, path);
			continue;
		}
		if (!gql_is_leaf(gql_named_type(field->type)) || gql_type_to_string(field->type)[0] == '[')
			gql_error(errors, "Field \"%s.%s\" of remote schema \"%s\" cannot be joined by: its type \"%s\" is neither a scalar nor an enum.",
					  type->name, name, relationship->source_remote_schema,
					  gql_type_to_string(field->type));
		gql_foreach(GqlInputValueDef, arg, &field->args)
		{
			if (arg->type->kind == GQL_TYPE_NON_NULL && arg->default_value == NULL)
				gql_error(errors, "Field \"%s.%s\" of remote schema \"%s\" cannot be joined by: its argument \"%s\" is required.",
						  type->name, name, relationship->source_remote_schema, arg->name);
		}
		gql_errors_set_path(errors, before, path);
	}
}

/*
 * The remote type at which a relationship starts. Files an error and returns
 * NULL when there is none, or when it cannot have one.
 */
static GqlType *
find_source_type(const RrRelationship *relationship, RrRemote *source, GqlErrorList *errors)
{
	GqlType    *type = gql_schema_type(source->upstream, relationship->source_type);
	List	   *names = NIL;

	if (type == NULL)
	{
		gql_foreach(GqlType, other, &source->upstream->types)
		{
			if (other->kind == GQL_OBJECT && !other->builtin)
				names = lappend(names, unconstify(char *, other->name));
		}
		gql_error(errors, "Remote schema \"%s\" has no type \"%s\".%s",
				  relationship->source_remote_schema, relationship->source_type,
				  gql_did_you_mean(NULL, relationship->source_type, names));
		return NULL;
	}
	if (type->kind != GQL_OBJECT || type->builtin)
	{
		gql_error(errors, "Type \"%s\" of remote schema \"%s\" is not an object type; only those can have relationships.",
				  relationship->source_type, relationship->source_remote_schema);
		return NULL;
	}
	gql_foreach(GqlFieldDef, field, gql_type_fields(source->upstream, type))
	{
		if (strcmp(rr_remote_field_name(source, type, field->name), relationship->name) == 0)
			gql_error(errors, "Type \"%s\" of remote schema \"%s\" has a field \"%s\" already.",
					  type->name,
					  relationship->source_remote_schema, relationship->name);
	}
	return type;
}

/* A column or computed field of the same name is served instead. */
static void
check_field_name(const RrRelationship *relationship, GqlErrorList *errors)
{
	const char *name = relationship->name;
	ListCell   *lc;

	if (!rr_spellable(name))
		gql_error(errors, "\"%s\" cannot be the name of a field.", name);
	if (get_attnum(relationship->source, name) != InvalidAttrNumber)
		gql_error(errors, "Table \"%s\" has a column \"%s\".", relationship->source_table, name);
	foreach(lc, rr_catalog_computed_fields(relationship->source))
	{
		if (strcmp(((RrComputedField *) lfirst(lc))->name, name) == 0)
			gql_error(errors, "Table \"%s\" has a computed field \"%s\".",
					  relationship->source_table, name);
	}
}

void
rr_check_relationship(const RrRelationship *relationship, RrRemotes *remotes, GqlErrorList *errors)
{
	RrRemote   *source = NULL;
	RrRemote   *remote;
	GqlType    *type = NULL;

	if (relationship->source_table)
	{
		const char *name = quote_qualified_identifier(relationship->source_schema,
													  relationship->source_table);

		if (!check_target(relationship->source, name, NULL, errors))
			return;
		check_field_name(relationship, errors);
	}
	if (relationship->source_remote_schema)
	{
		source = rr_load_remote(remotes, relationship->source_remote_schema, errors);
		if (source == NULL || (type = find_source_type(relationship, source, errors)) == NULL)
			return;
	}
	switch (relationship->kind)
	{
		case RR_REL_TO_REMOTE_SCHEMA:
			remote = rr_load_remote(remotes, relationship->to_remote_schema->remote_schema, errors);
			if (remote)
				(void) rr_remote_join_build(relationship, source, remote, NULL, errors);
			break;
		case RR_REL_TO_SOURCE:
			check_to_source(relationship, errors);
			if (type)
				check_type_fields(relationship, source, type, errors);
			break;
		case RR_REL_OBJECT:
		case RR_REL_ARRAY:
			check_using(relationship, errors);
			break;
	}
}

/* ---- for commands ---- */

static void
throw_unfit(const RrRelationship *relationship, const GqlErrorList *errors)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 relationship->source_table ?
			 errmsg("relationship \"%s\" of table \"%s\" does not fit", relationship->name,
					relationship->source_table) :
			 errmsg("relationship \"%s\" of type \"%s\" of remote schema \"%s\" does not fit",
					relationship->name,
					relationship->source_type, relationship->source_remote_schema),
			 errdetail_internal("%s", rr_error_lines_below(relationship->path, errors,
														   MAX_SHOWN_ERRORS))));
}

static void
fill_targets(RrRelationship *relationship)
{
	const RrDoc *doc = rr_doc_root(relationship->definition, "definition");

	if (relationship->kind == RR_REL_TO_REMOTE_SCHEMA)
		relationship->to_remote_schema = rr_to_remote_schema_from_json(rr_doc_require(doc,
																					  "to_remote_schema"));
	else if (relationship->kind == RR_REL_TO_SOURCE)
		relationship->to_source = rr_to_source_from_json(rr_doc_require(doc, "to_source"));
	else
		relationship->using = relationship->definition;
}

void
rr_require_fit(RrRelationship *relationship, RrPutMode mode)
{
	GqlErrorList *errors = gql_errors_create(100, NULL);

	fill_targets(relationship);
	if (mode == RR_RESTORE)
		return;
	if (relationship->to_remote_schema)
		(void) rr_get_remote_schema(relationship->to_remote_schema->remote_schema);
	rr_check_relationship(relationship, rr_parsed_remotes(), errors);
	if (errors->items != NIL)
		throw_unfit(relationship, errors);
}
