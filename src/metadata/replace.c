/*
 * replace.c: replace_metadata: another metadata object in the place of what is there, all or nothing.
 *
 * First the object is read whole and the upstreams are asked, then everything is written under the lock, then the result is checked. Each object is
 * read and written in a subtransaction of its own, so that one answer tells all that is wrong. What an export of Hasura holds beyond is listed as passed over.
 */
#include "postgres.h"

#include "compat.h"
#include "metadata/metadata.h"

typedef enum ItemKind
{
	ITEM_REMOTE_SCHEMA,
	ITEM_COMPUTED_FIELD,
	ITEM_TABLE_RELATIONSHIP,
	ITEM_REMOTE_RELATIONSHIP,
	ITEM_PERMISSION,
	ITEM_FUNCTION,
} ItemKind;

/* An object to be stored. */
typedef struct MetadataItem
{
	ItemKind	kind;
	const RrDoc *body;
	RrRelationshipKind relationship_kind;
	const char *schema;			/* of a table */
	const char *table;
	const char *remote_schema;
	const char *type_name;
	bool		allow_inconsistent;
	void	   *object;			/* as read */
} MetadataItem;

typedef struct Replacement
{
	bool		allow_inconsistent;
	List	   *items;			/* MetadataItem * */
	List	   *errors;			/* char * */
	List	   *passed_over;	/* paths: char * */
} Replacement;

/* ---- reading ---- */

static void
add_error(Replacement *r, const RrDoc *doc, const ErrorData *error)
{
	r->errors = lappend(r->errors, psprintf("%s: %s%s%s", rr_doc_path(doc), error->message, error->detail ? ": " : "",
											error->detail ? error->detail : ""));
}

/* Note the members that are not among the keys. */
#define PASS_OVER(r, doc, ...) \
	do { \
		static const char *const keys__[] = {__VA_ARGS__}; \
		(r)->passed_over = rr_doc_other_paths((r)->passed_over, doc, keys__, lengthof(keys__)); \
	} while (0)

/* A member that is an object; NULL otherwise, which reading the body tells if it is wrong. */
static const RrDoc *
object_member(const RrDoc *doc, const char *key)
{
	const RrDoc *member = rr_doc_is_object(doc) ? rr_doc_get(doc, key) : NULL;

	return member && rr_doc_is_object(member) ? member : NULL;
}

/* What of an object's body is not looked at. */
static void
pass_over_body(Replacement *r, ItemKind kind, RrRelationshipKind relationship_kind, const RrDoc *body)
{
	const RrDoc *inner;

	if (!rr_doc_is_object(body))
		return;
	switch (kind)
	{
		case ITEM_REMOTE_SCHEMA:
			PASS_OVER(r, body, "name", "definition", "comment", "sdl", "permissions", "remote_relationships");
			break;
		case ITEM_COMPUTED_FIELD:
			PASS_OVER(r, body, "name", "definition", "comment");
			if ((inner = object_member(body, "definition")) != NULL)
				PASS_OVER(r, inner, "function", "table_argument", "session_argument");
			break;
		case ITEM_TABLE_RELATIONSHIP:
			if (relationship_kind == RR_REL_TO_REMOTE_SCHEMA)
				PASS_OVER(r, body, "name", "definition", "comment");
			else
				PASS_OVER(r, body, "name", "using", "comment");
			break;
		case ITEM_REMOTE_RELATIONSHIP:
			PASS_OVER(r, body, "name", "definition");
			break;
		case ITEM_PERMISSION:
			PASS_OVER(r, body, "role", "definition", "comment");
			if ((inner = object_member(body, "definition")) != NULL)
				PASS_OVER(r, inner, "schema");
			break;
		case ITEM_FUNCTION:
			PASS_OVER(r, body, "function", "configuration", "comment", "schema", "name");
			if ((inner = object_member(body, "configuration")) != NULL)
				PASS_OVER(r, inner, "exposed_as", "session_argument", "custom_root_fields");
			if (inner && (inner = object_member(inner, "custom_root_fields")) != NULL)
				PASS_OVER(r, inner, "function", "function_aggregate");
			break;
	}
}

static MetadataItem *
add_item(Replacement *r, ItemKind kind, RrRelationshipKind relationship_kind, const RrDoc *body)
{
	MetadataItem *item = palloc0(sizeof(MetadataItem));

	item->kind = kind;
	item->relationship_kind = relationship_kind;
	item->body = body;
	item->allow_inconsistent = r->allow_inconsistent;
	r->items = lappend(r->items, item);
	pass_over_body(r, kind, relationship_kind, body);
	return item;
}

static void
add_table_items(Replacement *r, const RrDoc *list, ItemKind kind, RrRelationshipKind relationship_kind, const char *schema, const char *table)
{
	ListCell   *lc;

	foreach(lc, rr_doc_items(list))
	{
		MetadataItem *item = add_item(r, kind, relationship_kind, lfirst(lc));

		item->schema = schema;
		item->table = table;
	}
}

/* A tracked table that nobody will find in the GraphQL schema. */
static void
warn_unserved(const char *schema, const char *name)
{
	const char *reason = rr_unserved_reason(schema, name);

	if (reason)
		ereport(WARNING,
				(errcode(ERRCODE_WARNING),
				 errmsg("table \"%s.%s\" of the metadata %s", schema, name, reason)));
}

static void
add_table(Replacement *r, const RrDoc *doc)
{
	const char *schema;
	const char *name;

	PASS_OVER(r, doc, "table", "object_relationships", "array_relationships", "computed_fields", "remote_relationships");
	rr_table_name_from_json(rr_doc_require(doc, "table"), &schema, &name);
	warn_unserved(schema, name);
	add_table_items(r, rr_doc_get(doc, "computed_fields"), ITEM_COMPUTED_FIELD, 0, schema, name);
	add_table_items(r, rr_doc_get(doc, "object_relationships"), ITEM_TABLE_RELATIONSHIP, RR_REL_OBJECT, schema, name);
	add_table_items(r, rr_doc_get(doc, "array_relationships"), ITEM_TABLE_RELATIONSHIP, RR_REL_ARRAY, schema, name);
	add_table_items(r, rr_doc_get(doc, "remote_relationships"), ITEM_TABLE_RELATIONSHIP, RR_REL_TO_REMOTE_SCHEMA, schema, name);
}

static void
add_source(Replacement *r, const RrDoc *doc)
{
	const char *name = rr_doc_get_text(doc, "name", "default");
	ListCell   *lc;

	(void) rr_doc_get_text(doc, "kind", NULL);
	if (strcmp(name, "default") != 0)
	{
		r->passed_over = lappend(r->passed_over, rr_doc_path(doc));
		return;
	}
	PASS_OVER(r, doc, "name", "kind", "tables", "functions");
	foreach(lc, rr_doc_items(rr_doc_get(doc, "tables")))
		add_table(r, lfirst(lc));
	foreach(lc, rr_doc_items(rr_doc_get(doc, "functions")))
		add_item(r, ITEM_FUNCTION, 0, lfirst(lc));
}

static void
add_remote_schema(Replacement *r, const RrDoc *doc)
{
	const char *name = rr_doc_text(rr_doc_require(doc, "name"));
	ListCell   *lc;
	ListCell   *inner;

	add_item(r, ITEM_REMOTE_SCHEMA, 0, doc);
	foreach(lc, rr_doc_items(rr_doc_get(doc, "permissions")))
		add_item(r, ITEM_PERMISSION, 0, lfirst(lc))->remote_schema = name;
	foreach(lc, rr_doc_items(rr_doc_get(doc, "remote_relationships")))
	{
		const RrDoc *group = lfirst(lc);
		const char *type_name = rr_doc_get_text(group, "type_name", NULL);

		if (type_name == NULL)
			type_name = rr_doc_text(rr_doc_require(group, rr_doc_get(group, "type") ? "type" : "type_name"));
		PASS_OVER(r, group, "type_name", "type", "relationships");
		foreach(inner, rr_doc_items(rr_doc_get(group, "relationships")))
		{
			MetadataItem *item = add_item(r, ITEM_REMOTE_RELATIONSHIP, RR_REL_TO_REMOTE_SCHEMA, lfirst(inner));

			item->remote_schema = name;
			item->type_name = type_name;
		}
	}
}

/* Remote schemas come first: relationships need them. Versions 1, which does not say so, and 2 have their tables at the top. */
static void
add_all(Replacement *r, const RrDoc *metadata)
{
	const RrDoc *version = rr_doc_get(metadata, "version");
	int			number = version ? rr_doc_int(version, 1, 3) : rr_doc_get(metadata, "tables") ? 1 : 3;
	ListCell   *lc;

	foreach(lc, rr_doc_items(rr_doc_get(metadata, "remote_schemas")))
		add_remote_schema(r, lfirst(lc));
	if (number < 3)
	{
		PASS_OVER(r, metadata, "version", "remote_schemas", "tables", "functions");
		foreach(lc, rr_doc_items(rr_doc_get(metadata, "tables")))
			add_table(r, lfirst(lc));
		foreach(lc, rr_doc_items(rr_doc_get(metadata, "functions")))
			add_item(r, ITEM_FUNCTION, 0, lfirst(lc));
		return;
	}
	PASS_OVER(r, metadata, "version", "remote_schemas", "sources");
	foreach(lc, rr_doc_items(rr_doc_get(metadata, "sources")))
		add_source(r, lfirst(lc));
}

/* ---- the items ---- */

/*
 * With inconsistent metadata allowed, an upstream that cannot be asked (a schema given as text must be one) leaves the remote schema with the SDL that it had under the same name, or without any.
 */
static RrRemoteSchema *
read_remote_schema(const MetadataItem *item)
{
	const char *name = rr_doc_text(rr_doc_require(item->body, "name"));
	const RrDoc *definition = rr_doc_require(item->body, "definition");
	const char *comment = rr_doc_get_text(item->body, "comment", NULL);
	const char *sdl = rr_doc_get_text(item->body, "sdl", NULL);
	RrRemoteSchema *remote;
	RrRemoteSchema *stored;

	if (!item->allow_inconsistent)
		return rr_prepare_remote_schema(name, definition, comment, sdl);
	remote = rr_remote_schema_from_json(name, definition);
	rr_check_server_access(remote);
	remote->comment = comment;
	remote->sdl_given = sdl != NULL;
	remote->sdl = sdl;
	if (sdl)
		rr_check_sdl(name, sdl);
	stored = rr_catalog_remote_schema(name);
	if (sdl == NULL)
		remote->sdl = rr_try_fetch_schema(remote);
	if (remote->sdl == NULL && stored)
		remote->sdl = stored->sdl;
	return remote;
}

static void
read_item(void *arg)
{
	MetadataItem *item = arg;
	RrRelationship *relationship;

	switch (item->kind)
	{
		case ITEM_REMOTE_SCHEMA:
			item->object = read_remote_schema(item);
			break;
		case ITEM_COMPUTED_FIELD:
			item->object = rr_computed_field_from_body(item->body, item->schema, item->table);
			break;
		case ITEM_TABLE_RELATIONSHIP:
			relationship = rr_relationship_from_body(item->body, item->relationship_kind);
			relationship->source_schema = item->schema;
			relationship->source_table = item->table;
			item->object = relationship;
			break;
		case ITEM_REMOTE_RELATIONSHIP:
			relationship = rr_relationship_from_body(item->body, RR_REL_TO_REMOTE_SCHEMA);
			relationship->source_remote_schema = item->remote_schema;
			relationship->source_type = item->type_name;
			item->object = relationship;
			break;
		case ITEM_PERMISSION:
			item->object = rr_permission_from_body(item->body, item->remote_schema);
			break;
		case ITEM_FUNCTION:
			item->object = rr_tracked_function_from_body(item->body);
			break;
	}
}

static void
write_item(void *arg)
{
	MetadataItem *item = arg;

	switch (item->kind)
	{
		case ITEM_REMOTE_SCHEMA:
			rr_put_remote_schema(item->object, RR_RESTORE);
			break;
		case ITEM_COMPUTED_FIELD:
			rr_put_computed_field(item->object, RR_RESTORE);
			break;
		case ITEM_TABLE_RELATIONSHIP:
			rr_put_table_relationship(item->object, RR_RESTORE);
			break;
		case ITEM_REMOTE_RELATIONSHIP:
			rr_put_remote_relationship(item->object, RR_RESTORE);
			break;
		case ITEM_PERMISSION:
			rr_put_permission(item->object, RR_RESTORE);
			break;
		case ITEM_FUNCTION:
			rr_put_tracked_function(item->object, RR_RESTORE);
			break;
	}
}

/* Run a step for all items, noting what fails. */
static void
for_all_items(Replacement *r, void (*step) (void *))
{
	ListCell   *lc;

	foreach(lc, r->items)
	{
		MetadataItem *item = lfirst(lc);
		ErrorData  *error = rr_try(step, item);

		if (error)
			add_error(r, item->body, error);
	}
}

static void
refuse_errors(const Replacement *r)
{
	StringInfoData detail;
	ListCell   *lc;

	if (r->errors == NIL)
		return;
	initStringInfo(&detail);
	foreach(lc, r->errors)
		appendStringInfo(&detail, "%s%s", detail.len ? "\n" : "", (char *) lfirst(lc));
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("the metadata cannot be replaced by what was given"),
			 errdetail_internal("%s", detail.data)));
}

/* ---- the command ---- */

static Jsonb *
answer(const Replacement *r, bool wrapped, List *inconsistencies)
{
	return rr_jsonb_object("message", wrapped ? NULL : rr_jsonb_text("success"),
						   "is_consistent", wrapped ? rr_jsonb_bool(inconsistencies == NIL) : NULL,
						   "inconsistent_objects", wrapped ? rr_inconsistencies_to_jsonb(inconsistencies) : NULL,
						   "passed_over", rr_jsonb_texts(r->passed_over),
						   NULL);
}

Jsonb *
rr_replace_metadata(const RrDoc *args)
{
	Replacement r = {0};
	const RrDoc *metadata = rr_doc_get(args, "metadata");
	bool		wrapped = metadata != NULL;
	List	   *before;
	List	   *inconsistencies;

	if (wrapped)
	{
		RR_DOC_CHECK_KEYS(args, "allow_inconsistent_metadata", "metadata", "resource_version");
		r.allow_inconsistent = rr_doc_get_bool(args, "allow_inconsistent_metadata", false);
	}
	add_all(&r, wrapped ? metadata : args);
	for_all_items(&r, read_item);
	refuse_errors(&r);

	rr_metadata_begin();
	before = rr_all_inconsistencies();
	rr_clear_metadata();
	rr_metadata_refresh();
	for_all_items(&r, write_item);
	rr_metadata_refresh();
	refuse_errors(&r);
	if (!r.allow_inconsistent)
		rr_refuse_inconsistent_objects(before, "the metadata given");
	inconsistencies = rr_all_inconsistencies();
	rr_metadata_end();
	return answer(&r, wrapped, inconsistencies);
}
