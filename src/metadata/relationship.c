/*
 * relationship.c: relationships that start at a table.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_class.h"
#include "storage/lmgr.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "compat.h"
#include "metadata/metadata.h"
#include "schema/table/table.h"

#define MAX_SHOWN_ERRORS 20

/* ---- tables ---- */

/* Why a relation is not part of the GraphQL schema; NULL if it may be. */
static const char *
unfit_reason(Oid table)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(table));
	Form_pg_class form;
	const char *reason = NULL;

	if (!HeapTupleIsValid(tuple))
		return "does not exist";
	form = (Form_pg_class) GETSTRUCT(tuple);
	if (form->relpersistence == RELPERSISTENCE_TEMP)
		reason = "is a temporary table";
	else if (form->relispartition)
		reason = "is a partition; use the partitioned table";
	else if (strchr("rpvmf", form->relkind) == NULL)
		reason = "is neither a table nor a view";
	ReleaseSysCache(tuple);
	return reason;
}

Oid
rr_get_table(const char *schema, const char *name)
{
	Oid			table = rr_lookup_table(schema, name);
	const char *reason;

	if (!OidIsValid(table))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("table \"%s.%s\" does not exist", schema, name),
				 strcmp(schema, "public") == 0 ?
				 errhint("A table outside of schema public is written {\"schema\": ..., \"name\": ...}.") : 0));
	reason = unfit_reason(table);
	if (reason)
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("\"%s.%s\" %s", schema, name, reason)));
	return table;
}

Oid
rr_lock_table(const char *schema, const char *name)
{
	for (;;)
	{
		Oid			table = rr_lookup_table(schema, name);

		if (!OidIsValid(table))
			return InvalidOid;
		LockRelationOid(table, AccessShareLock);
		if (rr_lookup_table(schema, name) == table)
			return table;
		UnlockRelationOid(table, AccessShareLock);
	}
}

Oid
rr_get_table_locked(const char *schema, const char *name)
{
	Oid			table;

	/* one that comes into being while we look must not slip through unlocked */
	while (!OidIsValid(table = rr_lock_table(schema, name)))
		(void) rr_get_table(schema, name);
	return table;
}

/* The member of a "using" that names the other table, or NULL. */
static const RrDoc *
using_table(const RrDoc *using)
{
	const RrDoc *key = rr_doc_get(using, "foreign_key_constraint_on");

	if (key)
		return rr_doc_is_object(key) ? rr_doc_get(key, "table") : NULL;
	return rr_doc_get(rr_doc_get(using, "manual_configuration"), "remote_table");
}

const RrDoc *
rr_relationship_target(const RrRelationship *relationship)
{
	const RrDoc *doc = rr_doc_root(relationship->definition, "definition");

	if (relationship->kind == RR_REL_OBJECT || relationship->kind == RR_REL_ARRAY)
		return using_table(doc);
	return rr_doc_get(rr_doc_get(doc, "to_source"), "table");
}

/* Both ends. */
static void
lock_tables(const RrRelationship *relationship)
{
	const RrDoc *target = rr_relationship_target(relationship);
	const char *schema;
	const char *name;

	if (relationship->source_table)
		(void) rr_lock_table(relationship->source_schema, relationship->source_table);
	if (target == NULL)
		return;
	rr_table_name_from_json(target, &schema, &name);
	(void) rr_lock_table(schema, name);
}

static void
throw_taken(Oid table, const char *what, const char *name)
{
	ereport(ERROR,
			(errcode(ERRCODE_DUPLICATE_OBJECT),
			 errmsg("table \"%s\" has a %s \"%s\" already", get_rel_name(table), what, name)));
}

const char *
rr_unserved_reason(const char *schema, const char *name)
{
	Oid			table = rr_lookup_table(schema, name);
	const char *reason = OidIsValid(table) ? unfit_reason(table) : "does not exist";

	if (reason == NULL && rr_database_table(rr_role_schema_get(rr_extension_owner())->tables->db, table) == NULL)
		reason = rr_spellable(name)
			? "is in a schema that remote_rel.exposed_schemas does not name"
			: "has a name that GraphQL cannot spell";
	return reason;
}

void
rr_check_new_field(Oid table, const char *name, const char *what)
{
	ListCell   *lc;

	if (!gql_is_name(name) || strncmp(name, "__", 2) == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_NAME),
				 errmsg("\"%s\" cannot be the name of a %s", name, what),
				 errdetail("A GraphQL name consists of letters, digits and underscores, and starts with neither a digit nor two underscores.")));
	if (get_attnum(table, name) != InvalidAttrNumber)
		throw_taken(table, "column", name);
	foreach(lc, rr_catalog_computed_fields(table))
	{
		if (strcmp(((RrComputedField *) lfirst(lc))->name, name) == 0)
			throw_taken(table, "computed field", name);
	}
	foreach(lc, rr_catalog_table_relationships(table))
	{
		if (strcmp(((RrRelationship *) lfirst(lc))->name, name) == 0)
			throw_taken(table, "relationship", name);
	}
}

void
rr_check_not_derived(Oid table, const char *name)
{
	RrRoleSchema *rs = rr_role_schema_get(rr_extension_owner());
	RrTable    *exposed = rr_database_table(rs->tables->db, table);
	GqlType    *type = exposed ? gql_schema_type(rs->schema, exposed->name) : NULL;

	/* a table that the owner may not read has no type in his schema */
	if (exposed && (gql_names_get(&exposed->links, name) ||
					(type && gql_type_field(rs->schema, type, name))))
		throw_taken(table, "field", name);
}

/* ---- checks ---- */

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
	const char *reason = OidIsValid(target) ? unfit_reason(target) : "does not exist";
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

	if (using->table_name && !check_target(using->table, using->table_name, gql_path_key(path,
																						 table_key), errors))
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

/* The upstream's fields that a relationship to a table is joined by. */
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

/* The type at which a relationship starts; NULL (and filed) when it cannot. */
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

RrRemote   *
rr_load_remote(RrRemotes *remotes, const char *name, GqlErrorList *errors)
{
	RrRemoteSchema *def;
	RrRemote   *remote;
	ListCell   *lc;

	foreach(lc, remotes->loaded)
	{
		remote = lfirst(lc);
		if (strcmp(remote->def->name, name) == 0)
			return remote;
	}
	def = rr_catalog_remote_schema(name);
	if (def == NULL)
		gql_error(errors, "Remote schema \"%s\" does not exist.", name);
	else if (def->sdl == NULL)
		gql_error(errors, "The schema of remote schema \"%s\" has not been fetched yet.", name);
	else
	{
		remote = rr_remote_create(def);
		remotes->loaded = lappend(remotes->loaded, remote);
		return remote;
	}
	return NULL;
}

/* What comes first has the name: columns, then computed fields. */
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

	if (relationship->source_table &&
		!check_target(relationship->source,
					  quote_qualified_identifier(relationship->source_schema, relationship->source_table),
					  NULL, errors))
		return;
	if (relationship->source_table)
		check_field_name(relationship, errors);
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
				(void) rr_remote_join_build(relationship, source, remote, errors);
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

/* ---- definitions ---- */

static Jsonb *
normalize_to_remote_schema(const RrDoc *doc)
{
	RrToRemoteSchema *to = rr_to_remote_schema_from_json(doc);
	const RrDoc *batch = rr_doc_get(doc, "batch");
	const RrDoc *type = rr_doc_get(doc, "relationship_type");
	List	   *fields = NIL;
	ListCell   *lc;

	foreach(lc, to->lhs_fields)
		fields = lappend(fields, rr_jsonb_text(lfirst(lc)));
	return rr_jsonb_object("remote_schema", rr_jsonb_text(to->remote_schema),
						   "lhs_fields", rr_jsonb_array(fields),
						   "remote_field", rr_doc_jsonb(rr_doc_require(doc, "remote_field")),
						   "batch", batch ? rr_doc_jsonb(batch) : NULL,
						   "relationship_type", type ? rr_doc_jsonb(type) : NULL,
						   NULL);
}

static Jsonb *
normalize_to_source(const RrDoc *doc)
{
	RrToSource *to = rr_to_source_from_json(doc);

	RR_DOC_CHECK_KEYS(doc, "relationship_type", "source", "table", "field_mapping");
	return rr_jsonb_object("relationship_type", rr_jsonb_text(to->array ? "array" : "object"),
						   "source", rr_jsonb_text("default"),
						   "table", rr_jsonb_object("schema", rr_jsonb_text(to->table_schema),
													"name", rr_jsonb_text(to->table_name), NULL),
						   "field_mapping", rr_doc_jsonb(rr_doc_require(doc, "field_mapping")),
						   NULL);
}

void
rr_read_using(RrRelationship *relationship, const RrDoc *using)
{
	(void) rr_link_using_parse(using);
	relationship->definition = rr_doc_jsonb(using);
	relationship->path = rr_doc_path(using);
}

void
rr_read_definition(RrRelationship *relationship, const RrDoc *definition)
{
	const RrDoc *to_remote_schema = rr_doc_get(definition, "to_remote_schema");
	const RrDoc *to_source = rr_doc_get(definition, "to_source");

	if (to_remote_schema || to_source)
		RR_DOC_CHECK_KEYS(definition, "to_remote_schema", "to_source");
	if (to_remote_schema && to_source)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a relationship has either \"to_remote_schema\" or \"to_source\", not both"),
				 rr_doc_errdetail(definition)));
	if (to_source)
	{
		relationship->kind = RR_REL_TO_SOURCE;
		relationship->path = rr_doc_path(to_source);
		relationship->definition = rr_jsonb_object("to_source", normalize_to_source(to_source),
												   NULL);
		return;
	}
	if (!to_remote_schema && !rr_doc_get(definition, "remote_schema"))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("one of \"to_remote_schema\" and \"to_source\" is needed"),
				 rr_doc_errdetail(definition)));
	if (to_remote_schema == NULL)
		to_remote_schema = definition;
	RR_DOC_CHECK_KEYS(to_remote_schema, "remote_schema", "lhs_fields", "hasura_fields",
					  "remote_field", "batch", "relationship_type");
	rr_read_old_body(relationship, to_remote_schema);
}

void
rr_read_old_body(RrRelationship *relationship, const RrDoc *to_remote_schema)
{
	relationship->kind = RR_REL_TO_REMOTE_SCHEMA;
	relationship->path = rr_doc_path(to_remote_schema);
	relationship->definition = rr_jsonb_object("to_remote_schema",
											   normalize_to_remote_schema(to_remote_schema), NULL);
}

/* ---- writing ---- */

static const char *
kind_text(RrRelationshipKind kind)
{
	return kind == RR_REL_OBJECT ? "object" : kind == RR_REL_ARRAY ? "array" : "remote";
}

static RrRelationship *
find_relationship(Oid table, const char *name, List **names)
{
	ListCell   *lc;

	*names = NIL;
	foreach(lc, rr_catalog_table_relationships(table))
	{
		RrRelationship *relationship = lfirst(lc);

		if (strcmp(relationship->name, name) == 0)
			return relationship;
		*names = lappend(*names, unconstify(char *, relationship->name));
	}
	return NULL;
}

static RrRelationship *
get_relationship(Oid table, const char *name)
{
	List	   *names;
	RrRelationship *relationship = find_relationship(table, name, &names);

	if (relationship == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("table \"%s\" has no relationship \"%s\"", get_rel_name(table), name),
				 rr_errhint_did_you_mean(name, names)));
	return relationship;
}

/* By the table's name, there may be no such table any more; or NULL. */
static RrRelationship *
find_stored(const char *schema, const char *table, const char *name)
{
	ListCell   *lc;

	foreach(lc, rr_catalog_table_relationships(InvalidOid))
	{
		RrRelationship *r = lfirst(lc);

		if (strcmp(r->source_schema, schema) == 0 && strcmp(r->source_table, table) == 0 &&
			strcmp(r->name, name) == 0)
			return r;
	}
	return NULL;
}

/*
 * Is a stored relationship of one of the kinds? Throws 42809 with the right
 * command if it is not.
 */
static void
check_kind(const RrRelationship *stored, int kinds)
{
	if ((kinds & (1 << stored->kind)) == 0)
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("relationship \"%s\" of table \"%s\" is %s", stored->name,
						stored->source_table,
						stored->using ? "one between tables" : "a remote one"),
				 stored->using ? errhint("Use drop_relationship.") :
				 errhint("Use update_remote_relationship or delete_remote_relationship.")));
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

static void
check_fits(RrRelationship *relationship, RrPutMode mode)
{
	GqlErrorList *errors = gql_errors_create(100, NULL);
	RrRemotes	remotes = {0};

	fill_targets(relationship);
	if (mode == RR_RESTORE)
		return;
	if (relationship->to_remote_schema)
		(void) rr_get_remote_schema(relationship->to_remote_schema->remote_schema);
	rr_check_relationship(relationship, &remotes, errors);
	if (errors->items != NIL)
		throw_unfit(relationship, errors);
}

/*
 * The table may become part of the graph later on, and the relationship with
 * it.
 */
static void
warn_unserved(const RrRelationship *relationship)
{
	const char *reason = rr_unserved_reason(relationship->source_schema,
											relationship->source_table);

	if (reason != NULL)
		ereport(WARNING,
				(errmsg("relationship \"%s\" is not served: table \"%s.%s\" %s", relationship->name,
						relationship->source_schema, relationship->source_table, reason)));
}

void
rr_put_table_relationship(RrRelationship *relationship, RrPutMode mode)
{
	List	   *before = NIL;

	if (mode != RR_RESTORE)
		(void) rr_get_table_locked(relationship->source_schema, relationship->source_table);
	lock_tables(relationship);
	rr_metadata_begin();
	if (mode != RR_RESTORE)
	{
		relationship->source = rr_get_table(relationship->source_schema,
											relationship->source_table);
		before = rr_all_inconsistencies();
	}
	if (mode == RR_UPDATE)
		check_kind(get_relationship(relationship->source, relationship->name), RR_REMOTE_KINDS);
	else if (mode == RR_CREATE)
	{
		rr_check_new_field(relationship->source, relationship->name, "relationship");
		if (relationship->kind == RR_REL_TO_REMOTE_SCHEMA || relationship->kind == RR_REL_TO_SOURCE)
			rr_check_not_derived(relationship->source, relationship->name);
	}
	check_fits(relationship, mode);
	RR_METADATA_EXECUTE(mode == RR_UPDATE ?
						"UPDATE remote_rel.table_relationship SET kind = $4, definition = $5, comment = $6 "
						"WHERE table_schema OPERATOR(pg_catalog.=) $1 AND table_name OPERATOR(pg_catalog.=) $2 "
						"AND name OPERATOR(pg_catalog.=) $3" :
						"INSERT INTO remote_rel.table_relationship (table_schema, table_name, name, kind, definition, comment) "
						"VALUES ($1, $2, $3, $4, $5, $6)",
						rr_arg_name(relationship->source_schema),
						rr_arg_name(relationship->source_table),
						rr_arg_text(relationship->name), rr_arg_text(kind_text(relationship->kind)),
						rr_arg_jsonb(relationship->definition), rr_arg_text(relationship->comment));
	if (mode != RR_RESTORE)
	{
		rr_refuse_new_inconsistencies(before, psprintf("relationship \"%s\" of table \"%s\"",
													   relationship->name,
													   relationship->source_table));
		warn_unserved(relationship);
	}
	rr_metadata_end();
}

void
rr_delete_table_relationship_row(const char *schema, const char *table, const char *name)
{
	RR_METADATA_EXECUTE("DELETE FROM remote_rel.table_relationship WHERE table_schema OPERATOR(pg_catalog.=) $1 "
						"AND table_name OPERATOR(pg_catalog.=) $2 AND name OPERATOR(pg_catalog.=) $3",
						rr_arg_name(schema), rr_arg_name(table), rr_arg_text(name));
}

void
rr_delete_table_relationship(const char *schema, const char *table, const char *name, int kinds)
{
	RrRelationship *relationship;

	(void) rr_lock_table(schema, table);
	rr_metadata_begin();
	relationship = find_stored(schema, table, name);
	if (relationship == NULL)
		relationship = get_relationship(rr_get_table(schema, table), name);
	check_kind(relationship, kinds);
	rr_delete_table_relationship_row(schema, table, name);
	rr_metadata_end();
}

/* ---- of remote types ---- */

static bool
remote_relationship_exists(const RrRelationship *relationship, List **names)
{
	ListCell   *lc;

	*names = NIL;
	foreach(lc, rr_catalog_remote_relationships(relationship->source_remote_schema))
	{
		const RrRelationship *other = lfirst(lc);

		if (strcmp(other->source_type, relationship->source_type) != 0)
			continue;
		if (strcmp(other->name, relationship->name) == 0)
			return true;
		*names = lappend(*names, unconstify(char *, other->name));
	}
	return false;
}

static void
throw_no_remote_relationship(const RrRelationship *relationship, List *names)
{
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_OBJECT),
			 errmsg("type \"%s\" of remote schema \"%s\" has no relationship \"%s\"",
					relationship->source_type,
					relationship->source_remote_schema, relationship->name),
			 rr_errhint_did_you_mean(relationship->name, names)));
}

void
rr_put_type_relationship(RrRelationship *relationship, RrPutMode mode)
{
	List	   *names;
	List	   *before = NIL;
	bool		exists;

	if (!gql_is_name(relationship->name) || strncmp(relationship->name, "__", 2) == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_NAME),
				 errmsg("\"%s\" cannot be the name of a relationship", relationship->name)));
	lock_tables(relationship);
	rr_metadata_begin();
	(void) rr_get_remote_schema(relationship->source_remote_schema);
	if (mode != RR_RESTORE)
		before = rr_all_inconsistencies();
	exists = remote_relationship_exists(relationship, &names);
	if (mode == RR_UPDATE && !exists)
		throw_no_remote_relationship(relationship, names);
	if (mode != RR_UPDATE && exists)
		ereport(ERROR,
				(errcode(ERRCODE_DUPLICATE_OBJECT),
				 errmsg("type \"%s\" of remote schema \"%s\" has a relationship \"%s\" already",
						relationship->source_type,
						relationship->source_remote_schema, relationship->name)));
	check_fits(relationship, mode);
	RR_METADATA_EXECUTE(mode == RR_UPDATE ?
						"UPDATE remote_rel.remote_schema_relationship SET definition = $4 WHERE remote_schema OPERATOR(pg_catalog.=) $1 "
						"AND type_name OPERATOR(pg_catalog.=) $2 AND name OPERATOR(pg_catalog.=) $3" :
						"INSERT INTO remote_rel.remote_schema_relationship (remote_schema, type_name, name, definition) "
						"VALUES ($1, $2, $3, $4)",
						rr_arg_text(relationship->source_remote_schema),
						rr_arg_text(relationship->source_type),
						rr_arg_text(relationship->name), rr_arg_jsonb(relationship->definition));
	if (mode != RR_RESTORE)
		rr_refuse_new_inconsistencies(before,
									  psprintf("relationship \"%s\" of type \"%s\" of remote schema \"%s\"",
											   relationship->name,
											   relationship->source_type,
											   relationship->source_remote_schema));
	rr_metadata_end();
}

void
rr_delete_type_relationship(const char *remote_schema, const char *type_name, const char *name)
{
	RrRelationship relationship = {.name = name, .source_remote_schema = remote_schema,
	.source_type = type_name};
	List	   *names;

	rr_metadata_begin();
	if (!remote_relationship_exists(&relationship, &names))
	{
		(void) rr_get_remote_schema(remote_schema);
		throw_no_remote_relationship(&relationship, names);
	}
	RR_METADATA_EXECUTE("DELETE FROM remote_rel.remote_schema_relationship WHERE remote_schema OPERATOR(pg_catalog.=) $1 "
						"AND type_name OPERATOR(pg_catalog.=) $2 AND name OPERATOR(pg_catalog.=) $3",
						rr_arg_text(remote_schema), rr_arg_text(type_name), rr_arg_text(name));
	rr_metadata_end();
}
