/*
 * replace.c: replace_metadata: another metadata object in the place of what is
 * there, all or nothing.
 *
 * First the object is read whole and the upstreams are asked, then everything
 * is written under the lock, then the result is checked. Each part is read and
 * written in a subtransaction of its own, and what is wrong is only noted, so
 * that one error tells all of it; but not what follows from something else
 * that is told. What an export of Hasura holds beyond is listed as passed
 * over.
 */
#include "postgres.h"

#include "base/subtransaction.h"
#include "compat.h"
#include "metadata/grants.h"
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
	List	   *grants;			/* PassedGrant * */
} Replacement;

/*
 * A permission or an inherited role, which the answer tells the statements
 * for.
 */
typedef struct PassedGrant
{
	const RrDoc *doc;
	const char *verb;			/* NULL: an inherited role */
	const char *schema;
	const char *table;
	List	  **roles;			/* made by the statements before */
	Jsonb	   *json;
} PassedGrant;

/* ---- reading ---- */

/* With its path in front, unless the error has it already. */
static void
add_error(Replacement *r, const RrDoc *doc, const ErrorData *error)
{
	const char *path = rr_doc_path(doc);
	const char *detail = error->detail ? error->detail : "";
	bool		told = strstr(error->message, path) || strstr(detail, path);

	if (error->sqlerrcode == ERRCODE_UNIQUE_VIOLATION)
		r->errors = lappend(r->errors, psprintf("%s: another of this name comes before it", path));
	else
		r->errors = lappend(r->errors, psprintf("%s%s%s%s%s", told ? "" : path, told ? "" : ": ",
												error->message, *detail ? ": " : "", detail));
}

/* A part of the object being read. */
typedef struct Part
{
	Replacement *r;
	const RrDoc *doc;
	void		(*read) (Replacement *r, const RrDoc *doc, const struct Part *part);
	ItemKind	kind;			/* of a list of objects */
	RrRelationshipKind relationship_kind;
	const char *schema;			/* of a table's */
	const char *table;
	const char *remote_schema;
	const char *type_name;
	const char *verb;			/* of a list of permissions */
} Part;

static void
run_part(void *arg)
{
	Part	   *part = arg;

	part->read(part->r, part->doc, part);
}

/*
 * Note what is wrong with a part instead of throwing it. An absent one is all
 * right.
 */
static void
read_part(Part part)
{
	ErrorData  *error = part.doc ? rr_run_in_subtransaction(run_part, &part) : NULL;

	if (error)
		add_error(part.r, part.doc, error);
}

/* Each element of a list as a part. */
static void
read_elements(Replacement *r, const RrDoc *list, Part part)
{
	ListCell   *lc;

	foreach(lc, rr_doc_items(list))
	{
		part.r = r;
		part.doc = lfirst(lc);
		read_part(part);
	}
}

/* Note the members that are not among the keys. */
#define PASS_OVER(r, doc, ...) \
	do { \
		static const char *const keys__[] = {__VA_ARGS__}; \
		(r)->passed_over = rr_doc_other_paths((r)->passed_over, doc, keys__, lengthof(keys__)); \
	} while (0)

/*
 * A member that is an object; NULL otherwise, which reading the body tells if
 * it is wrong.
 */
static const RrDoc *
object_member(const RrDoc *doc, const char *key)
{
	const RrDoc *member = rr_doc_is_object(doc) ? rr_doc_get(doc, key) : NULL;

	return member && rr_doc_is_object(member) ? member : NULL;
}

/* What of an object's body is not looked at. */
static void
pass_over_body(Replacement *r, ItemKind kind, RrRelationshipKind relationship_kind,
			   const RrDoc *body)
{
	const RrDoc *inner;

	if (!rr_doc_is_object(body))
		return;
	switch (kind)
	{
		case ITEM_REMOTE_SCHEMA:
			PASS_OVER(r, body, "name", "definition", "comment", "sdl", "permissions",
					  "remote_relationships");
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

static void
add_item(Replacement *r, const RrDoc *body, const Part *part)
{
	MetadataItem *item = palloc0(sizeof(MetadataItem));

	item->kind = part->kind;
	item->relationship_kind = part->relationship_kind;
	item->body = body;
	item->schema = part->schema;
	item->table = part->table;
	item->remote_schema = part->remote_schema;
	item->type_name = part->type_name;
	item->allow_inconsistent = r->allow_inconsistent;
	r->items = lappend(r->items, item);
	pass_over_body(r, part->kind, part->relationship_kind, body);
}

/* A list of objects of the part's kind. */
static void
add_items(Replacement *r, const RrDoc *list, const Part *part)
{
	ListCell   *lc;

	foreach(lc, rr_doc_items(list))
		add_item(r, lfirst(lc), part);
}

/* A list of permissions of a table, or of inherited roles. */
static void
add_grants(Replacement *r, const RrDoc *list, const Part *part)
{
	ListCell   *lc;

	foreach(lc, rr_doc_items(list))
	{
		PassedGrant *grant = palloc0(sizeof(PassedGrant));

		grant->doc = lfirst(lc);
		grant->verb = part->verb;
		grant->schema = part->schema;
		grant->table = part->table;
		r->grants = lappend(r->grants, grant);
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
add_table(Replacement *r, const RrDoc *doc, const Part *unused pg_attribute_unused())
{
	static const struct
	{
		const char *key;
		ItemKind	kind;
		RrRelationshipKind relationship_kind;
	}			lists[] = {
		{"computed_fields", ITEM_COMPUTED_FIELD, 0},
		{"object_relationships", ITEM_TABLE_RELATIONSHIP, RR_REL_OBJECT},
		{"array_relationships", ITEM_TABLE_RELATIONSHIP, RR_REL_ARRAY},
		{"remote_relationships", ITEM_TABLE_RELATIONSHIP, RR_REL_TO_REMOTE_SCHEMA},
	};
	static const char *const permissions[][2] = {
		{"select_permissions", "select"}, {"insert_permissions", "insert"},
		{"update_permissions", "update"}, {"delete_permissions", "delete"},
	};
	const char *schema;
	const char *name;

	PASS_OVER(r, doc, "table", "object_relationships", "array_relationships", "computed_fields",
			  "remote_relationships");
	rr_table_name_from_json(rr_doc_require(doc, "table"), &schema, &name);
	warn_unserved(schema, name);
	for (int i = 0; i < (int) lengthof(lists); i++)
		read_part((Part) {.r = r, .doc = rr_doc_get(doc, lists[i].key), .read = add_items,
							   .kind = lists[i].kind,
							   .relationship_kind = lists[i].relationship_kind, .schema = schema,
							   .table = name});
	for (int i = 0; i < (int) lengthof(permissions); i++)
		read_part((Part) {.r = r, .doc = rr_doc_get(doc, permissions[i][0]), .read = add_grants,
							   .schema = schema, .table = name,
							   .verb = permissions[i][1]});
}

static void
add_tables(Replacement *r, const RrDoc *list, const Part *unused pg_attribute_unused())
{
	read_elements(r, list, (Part) {.read = add_table});
}

static void
add_source(Replacement *r, const RrDoc *doc, const Part *unused pg_attribute_unused())
{
	const char *name = rr_doc_get_text(doc, "name", "default");

	(void) rr_doc_get_text(doc, "kind", NULL);
	if (strcmp(name, "default") != 0)
	{
		r->passed_over = lappend(r->passed_over, rr_doc_path(doc));
		return;
	}
	PASS_OVER(r, doc, "name", "kind", "tables", "functions");
	read_part((Part) {.r = r, .doc = rr_doc_get(doc, "tables"), .read = add_tables});
	read_part((Part) {.r = r, .doc = rr_doc_get(doc, "functions"), .read = add_items,
						   .kind = ITEM_FUNCTION});
}

static void
add_sources(Replacement *r, const RrDoc *list, const Part *unused pg_attribute_unused())
{
	read_elements(r, list, (Part) {.read = add_source});
}

/* The relationships of one remote type. */
static void
add_group(Replacement *r, const RrDoc *group, const Part *part)
{
	const char *type_name = rr_doc_get_text(group, "type_name", NULL);

	if (type_name == NULL)
		type_name = rr_doc_text(rr_doc_require(group, rr_doc_get(group, "type") ? "type"
											   : "type_name"));
	PASS_OVER(r, group, "type_name", "type", "relationships");
	read_part((Part) {.r = r, .doc = rr_doc_get(group, "relationships"), .read = add_items,
						   .kind = ITEM_REMOTE_RELATIONSHIP,
						   .relationship_kind = RR_REL_TO_REMOTE_SCHEMA,
						   .remote_schema = part->remote_schema, .type_name = type_name});
}

static void
add_groups(Replacement *r, const RrDoc *list, const Part *part)
{
	read_elements(r, list, (Part) {.read = add_group, .remote_schema = part->remote_schema});
}

static void
add_remote_schema(Replacement *r, const RrDoc *doc, const Part *part)
{
	const char *name = rr_doc_text(rr_doc_require(doc, "name"));

	add_item(r, doc, part);
	read_part((Part) {.r = r, .doc = rr_doc_get(doc, "permissions"), .read = add_items,
						   .kind = ITEM_PERMISSION, .remote_schema = name});
	read_part((Part) {.r = r, .doc = rr_doc_get(doc, "remote_relationships"), .read = add_groups,
						   .remote_schema = name});
}

static void
add_remote_schemas(Replacement *r, const RrDoc *list, const Part *unused pg_attribute_unused())
{
	read_elements(r, list, (Part) {.read = add_remote_schema, .kind = ITEM_REMOTE_SCHEMA});
}

/*
 * Remote schemas come first: relationships need them. Versions 1, which does
 * not say so, and 2 have their tables at the top.
 */
static void
add_all(Replacement *r, const RrDoc *metadata)
{
	const RrDoc *version = rr_doc_get(metadata, "version");
	int			number = version ? rr_doc_int(version, 1, 3) : rr_doc_get(metadata, "tables") ? 1
	: 3;

	read_part((Part) {.r = r, .doc = rr_doc_get(metadata, "remote_schemas"),
						   .read = add_remote_schemas});
	read_part((Part) {.r = r, .doc = rr_doc_get(metadata, "inherited_roles"), .read = add_grants});
	if (number < 3)
	{
		PASS_OVER(r, metadata, "version", "remote_schemas", "tables", "functions");
		read_part((Part) {.r = r, .doc = rr_doc_get(metadata, "tables"), .read = add_tables});
		read_part((Part) {.r = r, .doc = rr_doc_get(metadata, "functions"), .read = add_items,
							   .kind = ITEM_FUNCTION});
		return;
	}
	PASS_OVER(r, metadata, "version", "remote_schemas", "sources");
	read_part((Part) {.r = r, .doc = rr_doc_get(metadata, "sources"), .read = add_sources});
}

/* ---- the items ---- */

/*
 * With inconsistent metadata allowed, an upstream that cannot be asked leaves
 * the remote schema with the SDL that it had under the same name, or without
 * any. A schema that is given must be one all the same.
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
			rr_put_type_relationship(item->object, RR_RESTORE);
			break;
		case ITEM_PERMISSION:
			rr_put_permission(item->object, RR_RESTORE);
			break;
		case ITEM_FUNCTION:
			rr_put_tracked_function(item->object, RR_RESTORE);
			break;
	}
}

/*
 * Can an item not be all right for the reason alone that its remote schema
 * could not be read?
 */
static bool
lacks_remote_schema(const Replacement *r, const MetadataItem *item)
{
	ListCell   *lc;

	if (item->remote_schema == NULL)
		return false;
	foreach(lc, r->items)
	{
		const MetadataItem *other = lfirst(lc);

		if (other->kind == ITEM_REMOTE_SCHEMA && other->object &&
			strcmp(((RrRemoteSchema *) other->object)->name, item->remote_schema) == 0)
			return false;
	}
	return true;
}

static void
run_step(Replacement *r, MetadataItem *item, void (*step) (void *))
{
	ErrorData  *error = rr_run_in_subtransaction(step, item);

	if (error)
		add_error(r, item->body, error);
}

static void
read_items(Replacement *r)
{
	ListCell   *lc;

	foreach(lc, r->items)
		run_step(r, lfirst(lc), read_item);
}

static void
write_items(Replacement *r)
{
	ListCell   *lc;

	foreach(lc, r->items)
	{
		MetadataItem *item = lfirst(lc);

		if (item->object && !lacks_remote_schema(r, item))
			run_step(r, item, write_item);
	}
}

/*
 * Is it inconsistent because of an object that could not be read, and that is
 * told already?
 */
static bool
follows_from_errors(const Replacement *r, const RrInconsistency *item)
{
	ListCell   *lc;

	foreach(lc, r->items)
	{
		const MetadataItem *other = lfirst(lc);
		const RrDoc *name;

		if (other->object)
			continue;

		/*
		 * the errors of a relationship may name a computed field or a remote
		 * schema that is not there
		 */
		name = rr_doc_is_object(other->body) ? rr_doc_get(other->body, "name") : NULL;
		if (name && rr_doc_is_string(name) && strstr(item->reason, psprintf("\"%s\"",
																			rr_doc_text(name))))
			return true;
	}
	return false;
}

/* Throw all that was noted, and what is inconsistent. */
static void
refuse_all(const Replacement *r, List *inconsistencies)
{
	List	   *lines = list_copy(r->errors);
	StringInfoData detail;
	ListCell   *lc;

	foreach(lc, inconsistencies)
	{
		if (r->errors == NIL || !follows_from_errors(r, lfirst(lc)))
			lines = lappend(lines, rr_inconsistency_text(lfirst(lc)));
	}
	if (lines == NIL)
		return;
	initStringInfo(&detail);
	foreach(lc, lines)
		appendStringInfo(&detail, "%s%s", detail.len ? "\n" : "", (char *) lfirst(lc));
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("the metadata cannot be replaced by what was given"),
			 errdetail_internal("%s", detail.data),
			 r->errors == NIL ? errhint("With \"allow_inconsistent_metadata\" it is taken, and these are listed as inconsistent.") : 0));
}

/* ---- the command ---- */

static void
write_grant(void *arg)
{
	PassedGrant *grant = arg;

	grant->json = grant->verb ? rr_table_permission_json(grant->schema, grant->table, grant->verb,
														 grant->doc, grant->roles) :
		rr_inherited_role_json(grant->doc, grant->roles);
}

/*
 * What says the same as the permissions that were passed over: for each the
 * statements, or why there are none. NULL for none.
 */
static Jsonb *
grants_json(const Replacement *r)
{
	List	   *items = NIL;
	List	   *roles = NIL;
	ListCell   *lc;

	foreach(lc, r->grants)
	{
		PassedGrant *grant = lfirst(lc);
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
answer(const Replacement *r, bool wrapped, List *inconsistencies)
{
	return rr_jsonb_object("message", wrapped ? NULL : rr_jsonb_text("success"),
						   "is_consistent", wrapped ? rr_jsonb_bool(inconsistencies == NIL) : NULL,
						   "inconsistent_objects", wrapped
						   ? rr_inconsistencies_to_jsonb(inconsistencies) : NULL,
						   "passed_over", rr_jsonb_texts(r->passed_over),
						   "written_as", grants_json(r),
						   NULL);
}

Jsonb	   *
rr_replace_metadata(const RrDoc *args)
{
	Replacement r = {0};
	const RrDoc *metadata = rr_doc_get(args, "metadata");
	bool		wrapped = metadata != NULL;
	List	   *before;
	Jsonb	   *result;

	if (wrapped)
	{
		RR_DOC_CHECK_KEYS(args, "allow_inconsistent_metadata", "metadata", "resource_version");
		rr_check_resource_version(rr_doc_get(args, "resource_version"));
		r.allow_inconsistent = rr_doc_get_bool(args, "allow_inconsistent_metadata", false);
	}
	add_all(&r, wrapped ? metadata : args);
	read_items(&r);

	rr_metadata_begin();
	before = rr_all_inconsistencies();
	rr_clear_metadata();
	rr_metadata_refresh();
	write_items(&r);
	rr_metadata_refresh();
	refuse_all(&r, r.allow_inconsistent ? NIL : rr_inconsistent_objects(before));
	result = answer(&r, wrapped, rr_all_inconsistencies());
	rr_metadata_end();
	return result;
}
