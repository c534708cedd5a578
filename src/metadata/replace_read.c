/*
 * replace_read.c: reads the argument of replace_metadata, an object in the
 * format of Hasura's export (versions 1 to 3), into a list of items.
 */
#include "postgres.h"

#include "compat.h"
#include "base/subtransaction.h"
#include "metadata/metadata.h"
#include "metadata/replace.h"

/* Add an error, with its path in front unless the message has it. */
void
rr_replacement_error(RrReplacement *r, const RrDoc *doc, const ErrorData *error)
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

void
rr_replacement_warning(RrReplacement *r, const char *type, const char *name, const char *message)
{
	r->warnings = lappend(r->warnings,
						  rr_jsonb_object("type", rr_jsonb_text(type),
										  "name", rr_jsonb_text(name),
										  "message", rr_jsonb_text(message), NULL));
	r->warning_lines = lappend(r->warning_lines, unconstify(char *, message));
}

/* A part of the object being read. */
typedef struct Part
{
	RrReplacement *r;
	const RrDoc *doc;
	void		(*read) (RrReplacement *r, const RrDoc *doc, const struct Part *part);
	RrItemKind	kind;			/* of a list of objects */
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
 * Read a part; collect its error instead of throwing it. An absent part (doc
 * NULL) is no error.
 */
static void
read_part(Part part)
{
	ErrorData  *error = part.doc ? rr_run_in_subtransaction(run_part, &part) : NULL;

	if (error)
		rr_replacement_error(part.r, part.doc, error);
}

/* Read each element of a list as a part. */
static void
read_elements(RrReplacement *r, const RrDoc *list, Part part)
{
	ListCell   *lc;

	foreach(lc, rr_doc_items(list))
	{
		part.r = r;
		part.doc = lfirst(lc);
		read_part(part);
	}
}

/* List the members that are not among the keys as passed over. */
#define PASS_OVER(r, doc, ...) \
	do { \
		static const char *const keys__[] = {__VA_ARGS__}; \
		(r)->passed_over = rr_doc_other_paths((r)->passed_over, doc, keys__, lengthof(keys__)); \
	} while (0)

/*
 * A member that is an object; NULL for any other value, which read_item() will
 * report.
 */
static const RrDoc *
object_member(const RrDoc *doc, const char *key)
{
	const RrDoc *member = rr_doc_is_object(doc) ? rr_doc_get(doc, key) : NULL;

	return member && rr_doc_is_object(member) ? member : NULL;
}

/* List the members of an object's body that are not used. */
static void
pass_over_body(RrReplacement *r, RrItemKind kind, RrRelationshipKind relationship_kind,
			   const RrDoc *body)
{
	const RrDoc *inner;

	if (!rr_doc_is_object(body))
		return;
	switch (kind)
	{
		case RR_ITEM_REMOTE_SCHEMA:
			PASS_OVER(r, body, "name", "definition", "comment", "sdl", "permissions",
					  "remote_relationships");
			break;
		case RR_ITEM_COMPUTED_FIELD:
			PASS_OVER(r, body, "name", "definition", "comment");
			if ((inner = object_member(body, "definition")) != NULL)
				PASS_OVER(r, inner, "function", "table_argument", "session_argument");
			break;
		case RR_ITEM_TABLE_RELATIONSHIP:
			if (relationship_kind == RR_REL_TO_REMOTE_SCHEMA)
				PASS_OVER(r, body, "name", "definition", "comment");
			else
				PASS_OVER(r, body, "name", "using", "comment");
			break;
		case RR_ITEM_REMOTE_RELATIONSHIP:
			PASS_OVER(r, body, "name", "definition");
			break;
		case RR_ITEM_PERMISSION:
			PASS_OVER(r, body, "role", "definition", "comment");
			if ((inner = object_member(body, "definition")) != NULL)
				PASS_OVER(r, inner, "schema");
			break;
		case RR_ITEM_FUNCTION:
			PASS_OVER(r, body, "function", "configuration", "comment", "schema", "name");
			if ((inner = object_member(body, "configuration")) != NULL)
				PASS_OVER(r, inner, "exposed_as", "session_argument", "custom_root_fields",
						  "custom_name");
			if (inner && (inner = object_member(inner, "custom_root_fields")) != NULL)
				PASS_OVER(r, inner, "function", "function_aggregate");
			break;
		case RR_ITEM_QUERY_COLLECTION:
			PASS_OVER(r, body, "name", "definition", "comment");
			break;
		case RR_ITEM_ALLOWED_COLLECTION:
			PASS_OVER(r, body, "collection", "scope");
			break;
		case RR_ITEM_TABLE_CONFIGURATION:
		case RR_ITEM_HIDDEN_TABLE:
		case RR_ITEM_ENUM_TABLE:
		case RR_ITEM_TABLE_LIMIT:
		case RR_ITEM_NAMING:
			/* what is not known there is an error */
			break;
	}
}

static void
add_item(RrReplacement *r, const RrDoc *body, const Part *part)
{
	RrMetadataItem *item = palloc0(sizeof(RrMetadataItem));

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
add_items(RrReplacement *r, const RrDoc *list, const Part *part)
{
	ListCell   *lc;

	foreach(lc, rr_doc_items(list))
		add_item(r, lfirst(lc), part);
}

/*
 * Has a select permission nothing but limits, as our own exports have it? Then
 * no statement is needed for it.
 */
static bool
is_limit_alone(const RrDoc *doc, const char *verb)
{
	const RrDoc *permission = verb && strcmp(verb, "select") == 0 ? object_member(doc, "permission")
	: NULL;

	return permission && !rr_doc_get(permission, "columns") && !rr_doc_get(permission, "filter");
}

/* Are there permissions on a table that are not stored? */
static bool
has_grants(const RrDoc *table, const char *key, const char *verb)
{
	const RrDoc *list = rr_doc_get(table, key);
	ListCell   *lc;

	if (list == NULL || !rr_doc_is_array(list))
		return list != NULL;
	foreach(lc, rr_doc_items(list))
		if (!is_limit_alone(lfirst(lc), verb))
		return true;
	return false;
}

/* A list of permissions of a table, or of inherited roles. */
static void
add_grants(RrReplacement *r, const RrDoc *list, const Part *part)
{
	ListCell   *lc;

	foreach(lc, rr_doc_items(list))
	{
		RrPassedGrant *grant = palloc0(sizeof(RrPassedGrant));

		/* without a permission, the grant reports what is wrong */
		if (part->verb && strcmp(part->verb, "select") == 0 &&
			object_member(lfirst(lc), "permission"))
			add_item(r, lfirst(lc), part);
		if (is_limit_alone(lfirst(lc), part->verb))
			continue;
		grant->doc = lfirst(lc);
		grant->verb = part->verb;
		grant->schema = part->schema;
		grant->table = part->table;
		r->grants = lappend(r->grants, grant);
	}
}

/* Note a table of the metadata that is not in the GraphQL schema. */
static void
note_unserved(RrReplacement *r, const char *schema, const char *name)
{
	const char *reason = rr_unserved_reason(schema, name);
	const char *message;

	if (reason == NULL)
		return;
	message = psprintf("table \"%s.%s\" of the metadata %s", schema, name, reason);
	ereport(WARNING, (errcode(ERRCODE_WARNING), errmsg("%s", message)));
	rr_replacement_warning(r, "table", psprintf("%s.%s", schema, name), message);
}

static void
add_table(RrReplacement *r, const RrDoc *doc, const Part *unused pg_attribute_unused())
{
	static const struct
	{
		const char *key;
		RrItemKind	kind;
		RrRelationshipKind relationship_kind;
	}			lists[] = {
		{"computed_fields", RR_ITEM_COMPUTED_FIELD, 0},
		{"object_relationships", RR_ITEM_TABLE_RELATIONSHIP, RR_REL_OBJECT},
		{"array_relationships", RR_ITEM_TABLE_RELATIONSHIP, RR_REL_ARRAY},
		{"remote_relationships", RR_ITEM_TABLE_RELATIONSHIP, RR_REL_TO_REMOTE_SCHEMA},
	};
	static const char *const permissions[][2] = {
		{"select_permissions", "select"}, {"insert_permissions", "insert"},
		{"update_permissions", "update"}, {"delete_permissions", "delete"},
	};
	const char *schema;
	const char *name;

	if (has_grants(doc, "select_permissions", "select"))
		PASS_OVER(r, doc, "table", "object_relationships", "array_relationships",
				  "computed_fields", "remote_relationships", "configuration", "is_enum");
	else
		PASS_OVER(r, doc, "table", "object_relationships", "array_relationships",
				  "computed_fields", "remote_relationships", "configuration", "is_enum",
				  "select_permissions");
	rr_table_name_from_json(rr_doc_require(doc, "table"), &schema, &name);
	r->tables = lappend(lappend(r->tables, unconstify(char *, schema)), unconstify(char *, name));
	note_unserved(r, schema, name);
	read_part((Part) {.r = r, .doc = rr_doc_get(doc, "configuration"), .read = add_item,
						   .kind = RR_ITEM_TABLE_CONFIGURATION, .schema = schema, .table = name});
	read_part((Part) {.r = r, .doc = rr_doc_get(doc, "is_enum"), .read = add_item,
						   .kind = RR_ITEM_ENUM_TABLE, .schema = schema, .table = name});
	for (int i = 0; i < (int) lengthof(lists); i++)
		read_part((Part) {.r = r, .doc = rr_doc_get(doc, lists[i].key), .read = add_items,
							   .kind = lists[i].kind,
							   .relationship_kind = lists[i].relationship_kind, .schema = schema,
							   .table = name});
	for (int i = 0; i < (int) lengthof(permissions); i++)
		read_part((Part) {.r = r, .doc = rr_doc_get(doc, permissions[i][0]), .read = add_grants,
							   .kind = RR_ITEM_TABLE_LIMIT, .schema = schema, .table = name,
							   .verb = permissions[i][1]});
}

static void
add_tables(RrReplacement *r, const RrDoc *list, const Part *unused pg_attribute_unused())
{
	read_elements(r, list, (Part) {.read = add_table});
}

static void
add_source(RrReplacement *r, const RrDoc *doc, const Part *unused pg_attribute_unused())
{
	const char *name = rr_doc_get_text(doc, "name", "default");

	(void) rr_doc_get_text(doc, "kind", NULL);
	if (strcmp(name, "default") != 0)
	{
		r->passed_over = lappend(r->passed_over, rr_doc_path(doc));
		return;
	}
	PASS_OVER(r, doc, "name", "kind", "tables", "functions", "hidden_tables", "customization");
	r->only_listed = rr_doc_get(doc, "configuration") && rr_doc_get(doc, "tables") &&
		!rr_doc_get(doc, "hidden_tables");
	read_part((Part) {.r = r, .doc = rr_doc_get(doc, "customization"), .read = add_item,
						   .kind = RR_ITEM_NAMING});
	read_part((Part) {.r = r, .doc = rr_doc_get(doc, "hidden_tables"), .read = add_items,
						   .kind = RR_ITEM_HIDDEN_TABLE});
	read_part((Part) {.r = r, .doc = rr_doc_get(doc, "tables"), .read = add_tables});
	read_part((Part) {.r = r, .doc = rr_doc_get(doc, "functions"), .read = add_items,
						   .kind = RR_ITEM_FUNCTION});
}

static void
add_sources(RrReplacement *r, const RrDoc *list, const Part *unused pg_attribute_unused())
{
	read_elements(r, list, (Part) {.read = add_source});
}

/* The relationships of one remote type. */
static void
add_group(RrReplacement *r, const RrDoc *group, const Part *part)
{
	const char *type_name = rr_doc_get_text(group, "type_name", NULL);

	if (type_name == NULL)
		type_name = rr_doc_text(rr_doc_require(group, rr_doc_get(group, "type") ? "type"
											   : "type_name"));
	PASS_OVER(r, group, "type_name", "type", "relationships");
	read_part((Part) {.r = r, .doc = rr_doc_get(group, "relationships"), .read = add_items,
						   .kind = RR_ITEM_REMOTE_RELATIONSHIP,
						   .relationship_kind = RR_REL_TO_REMOTE_SCHEMA,
						   .remote_schema = part->remote_schema, .type_name = type_name});
}

static void
add_groups(RrReplacement *r, const RrDoc *list, const Part *part)
{
	read_elements(r, list, (Part) {.read = add_group, .remote_schema = part->remote_schema});
}

static void
add_remote_schema(RrReplacement *r, const RrDoc *doc, const Part *part)
{
	const char *name = rr_doc_text(rr_doc_require(doc, "name"));

	add_item(r, doc, part);
	read_part((Part) {.r = r, .doc = rr_doc_get(doc, "permissions"), .read = add_items,
						   .kind = RR_ITEM_PERMISSION, .remote_schema = name});
	read_part((Part) {.r = r, .doc = rr_doc_get(doc, "remote_relationships"), .read = add_groups,
						   .remote_schema = name});
}

static void
add_remote_schemas(RrReplacement *r, const RrDoc *list, const Part *unused pg_attribute_unused())
{
	read_elements(r, list, (Part) {.read = add_remote_schema, .kind = RR_ITEM_REMOTE_SCHEMA});
}

/*
 * Remote schemas come first, since relationships need them. Version 1 (which
 * has no "version") and 2 have "tables" at the top level.
 */
void
rr_replacement_read(RrReplacement *r, const RrDoc *metadata)
{
	const RrDoc *version = rr_doc_get(metadata, "version");
	int			number = version ? rr_doc_int(version, 1, 3) : rr_doc_get(metadata, "tables") ? 1
	: 3;

	read_part((Part) {.r = r, .doc = rr_doc_get(metadata, "remote_schemas"),
						   .read = add_remote_schemas});
	read_part((Part) {.r = r, .doc = rr_doc_get(metadata, "inherited_roles"), .read = add_grants});
	read_part((Part) {.r = r, .doc = rr_doc_get(metadata, "query_collections"), .read = add_items,
						   .kind = RR_ITEM_QUERY_COLLECTION});
	read_part((Part) {.r = r, .doc = rr_doc_get(metadata, "allowlist"), .read = add_items,
						   .kind = RR_ITEM_ALLOWED_COLLECTION});
	if (number < 3)
	{
		r->only_listed = version != NULL && rr_doc_get(metadata, "tables");
		PASS_OVER(r, metadata, "version", "remote_schemas", "tables", "functions",
				  "query_collections", "allowlist");
		read_part((Part) {.r = r, .doc = rr_doc_get(metadata, "tables"), .read = add_tables});
		read_part((Part) {.r = r, .doc = rr_doc_get(metadata, "functions"), .read = add_items,
							   .kind = RR_ITEM_FUNCTION});
		return;
	}
	PASS_OVER(r, metadata, "version", "remote_schemas", "sources", "query_collections",
			  "allowlist");
	read_part((Part) {.r = r, .doc = rr_doc_get(metadata, "sources"), .read = add_sources});
}
