/*
 * unsupported.c: Hasura's commands without an effect here: some succeed, the
 * others throw what to do instead.
 */
#include "postgres.h"

#include "compat.h"
#include "metadata/grants.h"
#include "metadata/metadata.h"

/* ---- tracking tables ---- */

/*
 * Tables are served without being tracked, so this only shows a table that was
 * hidden, stores its configuration if there is one, and checks that the table
 * is served. Appends the paths of members that have no effect.
 */
static List *
track(List *paths, const RrDoc *doc)
{
	static const char *const keys[] = {"source", "table", "configuration", "is_enum"};
	const RrDoc *table = rr_doc_is_object(doc) ? rr_doc_get(doc, "table") : NULL;
	const RrDoc *configuration = table ? rr_doc_get(doc, "configuration") : NULL;
	const char *schema;
	const char *name;
	const char *reason;

	if (rr_doc_is_object(doc))
		rr_check_source(doc);
	rr_table_name_from_json(table ? table : doc, &schema, &name);
	rr_set_table_hidden(schema, name, false, RR_UPDATE);
	if (configuration)
		rr_put_table_customization(rr_read_table_customization(schema, name, configuration),
								   RR_UPDATE);
	if (table && rr_doc_get_bool(doc, "is_enum", false))
		rr_mark_enum_table(schema, name, true, RR_UPDATE);
	reason = rr_unserved_reason(schema, name);
	if (reason)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("table \"%s.%s\" %s", schema, name, reason),
				 errhint("Add the schema to the setting.")));
	if (table == NULL)
		return paths;
	return rr_doc_other_paths(paths, doc, keys, lengthof(keys));
}

static Jsonb *
tracked(List *paths)
{
	return rr_jsonb_object("message", rr_jsonb_text("success"), "passed_over",
						   rr_jsonb_texts(paths), NULL);
}

Jsonb	   *
rr_track_table(const RrDoc *args)
{
	return tracked(track(NIL, args));
}

Jsonb	   *
rr_track_tables(const RrDoc *args)
{
	List	   *paths = NIL;
	ListCell   *lc;

	RR_DOC_CHECK_KEYS(args, "tables", "allow_warnings", "source");
	(void) rr_doc_get_bool(args, "allow_warnings", true);
	foreach(lc, rr_doc_items(rr_doc_require(args, "tables")))
		paths = track(paths, lfirst(lc));
	return tracked(paths);
}

/* ---- commands without a counterpart ---- */

/* Hints, by a part of the command's name. The first that matches is used. */
static const char *const answers[][2] = {
	{"rename_relationship", "Drop the relationship, and create it under the new name."},
	{"set_relationship_comment", "Drop the relationship, and create it with the comment."},
	{"_source", "The only source is this database, \"default\"."},
	{"run_sql", "Run the SQL itself."},
	{"action", "Write an SQL function and use track_function, or add the service as a remote schema."},
	{"custom_types", "Types are those of tables, functions and remote schemas."},
	{"event", "Use a trigger."},
	{"cron_trigger", "Use pg_cron, or a scheduler outside of the database."},
	{"rename_query_collection", "Drop the collection, and create it under the new name."},
	{"scope_of_collection", "Drop the collection from the allow list, and add it again with its scope."},
	{"allowlist", "Of a remote schema's certificate, name its authority as \"ca_file\"."},
	{"rest_endpoint", "Write an SQL function that calls graphql_resolve(), and let PostgREST offer it."},
	{"permission", "PostgreSQL's privileges and policies say who may do what: GRANT and CREATE POLICY."},
	{"introspection", "A role sees in introspection what it may use."},
	{"api_limits", "Limits are settings: remote_rel.max_query_depth and others of remote_rel; statement_timeout of a role."},
	{"logical_model", "Make a view or a function."},
	{"native_quer", "Make a view or a function."},
	{"opentelemetry", "Use PostgreSQL's log and statistics."},
	{"metrics_config", "Use PostgreSQL's log and statistics."},
	{"network", "Certificate authorities are named as \"ca_file\" of a remote schema."},
	{"catalog_state", "Nothing is stored for a console."},
	{"dump_internal_state", "Use export_metadata, and graphql_schema() of a role."},
};

/* Prefixes of commands for other databases. */
static const char *const prefixes[] = {"mssql_", "bigquery_", "snowflake_", "citus_",
"cockroach_", "dataconnector_"};

void
rr_throw_unsupported(const char *type, const char *bare, const RrDoc *request)
{
	const char *hint = NULL;

	/* a command about remote schemas that is not known is a misspelt one */
	if (strstr(bare, "remote_"))
		return;
	rr_throw_grants(type, bare, request);
	for (int i = 0; hint == NULL && i < (int) lengthof(prefixes); i++)
	{
		if (strncmp(bare, prefixes[i], strlen(prefixes[i])) == 0)
			hint = "The only source is this database; commands have the prefix pg_ or none.";
	}
	for (int i = 0; hint == NULL && i < (int) lengthof(answers); i++)
	{
		if (strstr(bare, answers[i][0]))
			hint = answers[i][1];
	}
	if (hint)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("there is no metadata command \"%s\"", type),
				 rr_doc_errdetail(request),
				 errhint("%s", hint)));
}
