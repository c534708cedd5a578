/*
 * replace.c: replace_metadata: replaces all metadata by what an object says,
 * or changes nothing.
 *
 * 1. Read the whole object, and ask the upstreams (rr_replacement_read(),
 *    read_items()).
 * 2. Under the lock, delete all metadata and write the new (write_items()).
 * 3. Check the result (refuse_all()).
 *
 * Each part is read and written in a subtransaction of its own. Errors are
 * collected, so that one error message tells all of them; errors that only
 * follow from another one are left out. Members that have no effect here are
 * listed in the answer as "passed_over".
 *
 * With "dry_run", steps 2 and 3 are done and then undone: the answer tells how
 * it would go, and what export_metadata would give.
 */
#include "postgres.h"

#include "compat.h"
#include "base/subtransaction.h"
#include "metadata/grants.h"
#include "metadata/metadata.h"
#include "metadata/replace.h"
#include "schema/table/table.h"

/* ---- the items ---- */

/*
 * With inconsistent metadata allowed, an upstream that cannot be reached is no
 * error: the remote schema keeps the SDL stored under its name, or has none.
 * An SDL that is given must be valid in either case.
 */
static RrRemoteSchema *
read_remote_schema(const RrMetadataItem *item)
{
	const char *name = rr_doc_text(rr_doc_require(item->body, "name"));
	const RrDoc *definition = rr_doc_require(item->body, "definition");
	const char *comment = rr_doc_get_text(item->body, "comment", NULL);
	const char *sdl = rr_doc_get_text(item->body, "sdl", NULL);
	RrRemoteSchema *remote;
	RrRemoteSchema *stored;

	if (!item->allow_inconsistent || sdl)
		return rr_prepare_remote_schema(name, definition, comment, sdl);
	remote = rr_read_remote_schema(name, definition, comment, NULL);
	remote->sdl = rr_try_fetch_schema(remote);
	stored = rr_catalog_remote_schema(name);
	if (remote->sdl == NULL && stored)
		remote->sdl = stored->sdl;
	return remote;
}

static void
read_item(void *arg)
{
	RrMetadataItem *item = arg;
	RrRelationship *relationship;

	switch (item->kind)
	{
		case RR_ITEM_REMOTE_SCHEMA:
			item->object = read_remote_schema(item);
			break;
		case RR_ITEM_COMPUTED_FIELD:
			item->object = rr_computed_field_from_body(item->body, item->schema, item->table);
			break;
		case RR_ITEM_TABLE_RELATIONSHIP:
			relationship = rr_relationship_from_body(item->body, item->relationship_kind);
			relationship->source_schema = item->schema;
			relationship->source_table = item->table;
			item->object = relationship;
			break;
		case RR_ITEM_REMOTE_RELATIONSHIP:
			relationship = rr_relationship_from_body(item->body, RR_REL_TO_REMOTE_SCHEMA);
			relationship->source_remote_schema = item->remote_schema;
			relationship->source_type = item->type_name;
			item->object = relationship;
			break;
		case RR_ITEM_PERMISSION:
			item->object = rr_permission_from_body(item->body, item->remote_schema);
			break;
		case RR_ITEM_FUNCTION:
			item->object = rr_tracked_function_from_body(item->body);
			break;
		case RR_ITEM_TABLE_CONFIGURATION:
			item->object = rr_read_table_customization(item->schema, item->table, item->body);
			break;
		case RR_ITEM_HIDDEN_TABLE:
			rr_table_name_from_json(item->body, &item->schema, &item->table);
			item->object = item;
			break;
		case RR_ITEM_ENUM_TABLE:
			if (rr_doc_bool(item->body))
				item->object = item;
			break;
		case RR_ITEM_TABLE_LIMIT:
			item->object = rr_table_limit_from_body(item->body);
			break;
		case RR_ITEM_NAMING:
			item->object = rr_naming_from_json(item->body);
			break;
		case RR_ITEM_QUERY_COLLECTION:
			item->object = rr_query_collection_from_body(item->body);
			break;
		case RR_ITEM_ALLOWED_COLLECTION:
			item->object = rr_allowed_collection_from_body(item->body);
			break;
	}
}

static void
write_item(void *arg)
{
	RrMetadataItem *item = arg;

	switch (item->kind)
	{
		case RR_ITEM_REMOTE_SCHEMA:
			rr_put_remote_schema(item->object, RR_RESTORE);
			break;
		case RR_ITEM_COMPUTED_FIELD:
			rr_put_computed_field(item->object, RR_RESTORE);
			break;
		case RR_ITEM_TABLE_RELATIONSHIP:
			rr_put_table_relationship(item->object, RR_RESTORE);
			break;
		case RR_ITEM_REMOTE_RELATIONSHIP:
			rr_put_type_relationship(item->object, RR_RESTORE);
			break;
		case RR_ITEM_PERMISSION:
			rr_put_permission(item->object, RR_RESTORE);
			break;
		case RR_ITEM_FUNCTION:
			rr_put_tracked_function(item->object, RR_RESTORE);
			break;
		case RR_ITEM_TABLE_CONFIGURATION:
			rr_put_table_customization(item->object, RR_RESTORE);
			break;
		case RR_ITEM_HIDDEN_TABLE:
			rr_set_table_hidden(item->schema, item->table, true, RR_RESTORE);
			break;
		case RR_ITEM_ENUM_TABLE:
			rr_mark_enum_table(item->schema, item->table, true, RR_RESTORE);
			break;
		case RR_ITEM_TABLE_LIMIT:
			rr_put_table_limit(item->schema, item->table, item->object, RR_RESTORE);
			break;
		case RR_ITEM_NAMING:
			rr_put_naming(item->object, RR_RESTORE);
			break;
		case RR_ITEM_QUERY_COLLECTION:
			rr_put_query_collection(item->object);
			break;
		case RR_ITEM_ALLOWED_COLLECTION:
			rr_allow_collection(item->object);
			break;
	}
}

/* Does the item fail only because its remote schema could not be read? */
static bool
lacks_remote_schema(const RrReplacement *r, const RrMetadataItem *item)
{
	ListCell   *lc;

	if (item->remote_schema == NULL)
		return false;
	foreach(lc, r->items)
	{
		const RrMetadataItem *other = lfirst(lc);

		if (other->kind == RR_ITEM_REMOTE_SCHEMA && other->object &&
			strcmp(((RrRemoteSchema *) other->object)->name, item->remote_schema) == 0)
			return false;
	}
	return true;
}

static void
run_step(RrReplacement *r, RrMetadataItem *item, void (*step) (void *))
{
	ErrorData  *error = rr_run_in_subtransaction(step, item);

	if (error)
		rr_replacement_error(r, item->body, error);
}

static void
read_items(RrReplacement *r)
{
	ListCell   *lc;

	foreach(lc, r->items)
		run_step(r, lfirst(lc), read_item);
}

static void
write_items(RrReplacement *r)
{
	ListCell   *lc;

	foreach(lc, r->items)
	{
		RrMetadataItem *item = lfirst(lc);

		if (item->object && !lacks_remote_schema(r, item))
			run_step(r, item, write_item);
	}
}

static bool
is_listed(const RrReplacement *r, const RrTable *table)
{
	for (int i = 0; i < list_length(r->tables); i += 2)
		if (strcmp(list_nth(r->tables, i), table->schema) == 0 &&
			strcmp(list_nth(r->tables, i + 1), table->relation) == 0)
			return true;
	return false;
}

/*
 * Collect the tables to hide. In Hasura, tables that are not listed are not in
 * the schema, so an export of Hasura hides them here. Call it when nothing is
 * stored: all tables are shown then.
 */
static void
hide_unlisted(RrReplacement *r)
{
	RrRoleSchema *rs;

	if (!r->only_listed)
		return;
	rs = rr_role_schema_get(rr_extension_owner());
	gql_foreach(RrTable, table, &rs->tables->db->tables)
	{
		if (is_listed(r, table))
			continue;
		r->hidden = lappend(r->hidden, rr_jsonb_object("schema", rr_jsonb_text(table->schema),
													   "name", rr_jsonb_text(table->relation),
													   NULL));
	}
}

static void
write_hidden(const RrReplacement *r)
{
	ListCell   *lc;

	foreach(lc, r->hidden)
	{
		const char *schema;
		const char *name;

		rr_table_name_from_json(rr_doc_root(lfirst(lc), ""), &schema, &name);
		rr_set_table_hidden(schema, name, true, RR_RESTORE);
	}
}

/*
 * Is it inconsistent because of an object that could not be read? That error
 * is reported, so this one is left out.
 */
static bool
follows_from_errors(const RrReplacement *r, const RrInconsistency *item)
{
	ListCell   *lc;

	foreach(lc, r->items)
	{
		const RrMetadataItem *other = lfirst(lc);
		const RrDoc *name;

		if (other->object)
			continue;

		/*
		 * the reason names the computed field or remote schema that is
		 * missing
		 */
		name = rr_doc_is_object(other->body) ? rr_doc_get(other->body, "name") : NULL;
		if (name && rr_doc_is_string(name) && strstr(item->reason, psprintf("\"%s\"",
																			rr_doc_text(name))))
			return true;
	}
	return false;
}

/* "a", "b" on a line each. */
static char *
joined_lines(List *lines)
{
	StringInfoData text;
	ListCell   *lc;

	initStringInfo(&text);
	foreach(lc, lines)
		appendStringInfo(&text, "%s%s", text.len ? "\n" : "", (char *) lfirst(lc));
	return text.data;
}

/* Throw the errors collected, and the inconsistencies, as one error. */
static void
refuse_all(const RrReplacement *r, List *inconsistencies)
{
	List	   *lines = list_copy(r->errors);
	ListCell   *lc;

	foreach(lc, inconsistencies)
	{
		if (r->errors == NIL || !follows_from_errors(r, lfirst(lc)))
			lines = lappend(lines, rr_inconsistency_text(lfirst(lc)));
	}
	if (lines == NIL)
		return;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("the metadata cannot be replaced by what was given"),
			 errdetail_internal("%s", joined_lines(lines)),
			 r->errors == NIL ? errhint("With \"allow_inconsistent_metadata\" it is taken, and these are listed as inconsistent.") : 0));
}

/* Warn of customizations that name what is not there. */
static void
note_customizations(RrReplacement *r)
{
	ListCell   *lc;

	foreach(lc, r->items)
	{
		const RrMetadataItem *item = lfirst(lc);
		const RrRemoteSchema *remote = item->object;
		const char *lines;

		if (item->kind != RR_ITEM_REMOTE_SCHEMA || remote == NULL)
			continue;
		lines = rr_warn_of_customization(remote);
		if (lines != NULL)
			rr_replacement_warning(r, "remote_schema", remote->name, lines);
	}
}

/* With "allow_warnings": false, throw what would be stored but not served. */
static void
refuse_warnings(const RrReplacement *r)
{
	if (r->allow_warnings || r->warning_lines == NIL)
		return;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("the metadata give warnings"),
			 errdetail_internal("%s", joined_lines(r->warning_lines)),
			 errhint("Without \"allow_warnings\": false they are taken, and the answer lists the warnings.")));
}

/* ---- the command ---- */

static void
write_grant(void *arg)
{
	RrPassedGrant *grant = arg;

	grant->json = grant->verb ? rr_table_permission_json(grant->schema, grant->table, grant->verb,
														 grant->doc, grant->roles) :
		rr_inherited_role_json(grant->doc, grant->roles);
}

/*
 * For each permission on a table and each inherited role: the statements that
 * do the same here, or the error. NULL when there are none.
 */
static Jsonb *
grants_json(const RrReplacement *r)
{
	List	   *items = NIL;
	List	   *roles = NIL;
	ListCell   *lc;

	foreach(lc, r->grants)
	{
		RrPassedGrant *grant = lfirst(lc);
		ErrorData  *error;

		grant->roles = &roles;
		error = rr_run_in_subtransaction(write_grant, grant);
		if (error)
			grant->json = rr_jsonb_object("path", rr_jsonb_text(rr_doc_path(grant->doc)), "error",
										  rr_jsonb_text(error->message),
										  "internal", rr_jsonb_text(error->detail), NULL);
		items = lappend(items, grant->json);
	}
	return items == NIL ? NULL : rr_jsonb_array(items);
}

static Jsonb *
answer(const RrReplacement *r, bool wrapped, List *inconsistencies)
{
	return rr_jsonb_object("message", wrapped ? NULL : rr_jsonb_text("success"),
						   "is_consistent", wrapped ? rr_jsonb_bool(inconsistencies == NIL) : NULL,
						   "inconsistent_objects", wrapped
						   ? rr_inconsistencies_to_jsonb(inconsistencies) : NULL,
						   "warnings", r->warnings ? rr_jsonb_array(r->warnings) : NULL,
						   "passed_over", rr_jsonb_texts(r->passed_over),
						   "hidden_tables", r->hidden ? rr_jsonb_array(r->hidden) : NULL,
						   "written_as", grants_json(r),
						   NULL);
}

/* *after, if not NULL, becomes what an export would give then. */
static Jsonb *
replace(RrReplacement *r, bool wrapped, Jsonb **after)
{
	List	   *before;
	Jsonb	   *result;

	rr_metadata_begin();
	before = rr_all_inconsistencies();
	rr_clear_metadata();
	rr_metadata_refresh();
	hide_unlisted(r);
	write_hidden(r);
	write_items(r);
	rr_metadata_refresh();
	refuse_all(r, r->allow_inconsistent ? NIL : rr_inconsistent_objects(before));
	result = answer(r, wrapped, rr_all_inconsistencies());
	if (after)
		*after = rr_export_metadata();
	rr_metadata_end();
	return result;
}

typedef struct Rehearsal
{
	RrReplacement *r;
	Jsonb	   *answer;			/* NULL until it has gone well */
	Jsonb	   *metadata;		/* what would be exported then */
}			Rehearsal;

/* Replace, look at the result, and throw, so that all is undone. */
static void
rehearse(void *arg)
{
	Rehearsal  *rehearsal = arg;

	rehearsal->answer = replace(rehearsal->r, true, &rehearsal->metadata);
	ereport(ERROR, (errcode(ERRCODE_SUCCESSFUL_COMPLETION), errmsg("the dry run is over")));
}

/* The answer that the replacement would give, and the metadata after it. */
static Jsonb *
dry_run(RrReplacement *r)
{
	Rehearsal	rehearsal = {.r = r};
	ErrorData  *error = rr_run_in_subtransaction(rehearse, &rehearsal);

	if (rehearsal.answer == NULL)
		ReThrowError(error);
	return rr_jsonb_object("answer", rehearsal.answer, "metadata", rehearsal.metadata, NULL);
}

Jsonb	   *
rr_replace_metadata(const RrDoc *args)
{
	RrReplacement r = {.allow_warnings = true};
	const RrDoc *metadata = rr_doc_get(args, "metadata");
	bool		wrapped = metadata != NULL;

	if (wrapped)
	{
		RR_DOC_CHECK_KEYS(args, "allow_inconsistent_metadata", "allow_warnings", "metadata",
						  "resource_version", "dry_run");
		rr_check_resource_version(rr_doc_get(args, "resource_version"));
		r.allow_inconsistent = rr_doc_get_bool(args, "allow_inconsistent_metadata", false);
		r.allow_warnings = rr_doc_get_bool(args, "allow_warnings", true);
	}
	rr_replacement_read(&r, wrapped ? metadata : args);
	read_items(&r);
	note_customizations(&r);
	refuse_warnings(&r);
	if (wrapped && rr_doc_get_bool(args, "dry_run", false))
		return dry_run(&r);
	return replace(&r, wrapped, NULL);
}
