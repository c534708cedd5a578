/*
 * remote_schema.c: the commands for remote schemas.
 */
#include "postgres.h"

#include "catalog/pg_authid.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/json.h"

#include "compat.h"
#include "metadata/postponed.h"

#define MAX_SHOWN_ERRORS 20

static List *
remote_schema_names(void)
{
	List	   *names = NIL;
	ListCell   *lc;

	foreach(lc, rr_catalog_remote_schemas())
		names = lappend(names, unconstify(char *, ((RrRemoteSchema *) lfirst(lc))->name));
	return names;
}

RrRemoteSchema *
rr_get_remote_schema(const char *name)
{
	RrRemoteSchema *remote = rr_catalog_remote_schema(name);

	if (remote == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("remote schema \"%s\" does not exist", name),
				 rr_errhint_did_you_mean(name, remote_schema_names())));
	return remote;
}

static void
check_exists(const char *name, RrPutMode mode)
{
	if (mode == RR_UPDATE)
		(void) rr_get_remote_schema(name);
	else if (rr_catalog_remote_schema(name))
		ereport(ERROR,
				(errcode(ERRCODE_DUPLICATE_OBJECT),
				 errmsg("remote schema \"%s\" already exists", name),
				 errhint("Use update_remote_schema to change it.")));
}

/*
 * The first member of a definition that reads the server's environment or
 * files, or NULL.
 */
static const char *
server_member(const RrRemoteSchema *remote)
{
	ListCell   *lc;

	if (remote->url_env != NULL)
		return "url_from_env";
	if (remote->url_variables != NIL)
		return psprintf("{{%s}}", (char *) linitial(remote->url_variables));
	if (remote->ca_file != NULL)
		return "ca_file";
	if (remote->client_certificate != NULL)
		return "client_certificate";
	foreach(lc, remote->headers)
		if (((RrHeader *) lfirst(lc))->value_env != NULL)
		return "value_from_env";
	return NULL;
}

static void
check_server_access(const RrRemoteSchema *remote)
{
	const char *member = server_member(remote);
	const RrRemoteSchema *stored;

	if (member == NULL || has_privs_of_role(GetUserId(), ROLE_PG_READ_SERVER_FILES))
		return;
	stored = rr_catalog_remote_schema(remote->name);
	if (stored == NULL || compareJsonbContainers(&stored->definition->root,
												 &remote->definition->root) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("permission denied to use \"%s\" in the definition of remote schema \"%s\"", member, remote->name),
				 errdetail("It reads the environment or the files of the server, which is for superusers and members of pg_read_server_files.")));
}

/*
 * The message does not quote the URL: it may hold secrets. One that starts
 * with a variable is checked when it is used.
 */
static void
check_url(const RrRemoteSchema *remote, const RrDoc *definition)
{
	const char *url = remote->url;

	if (url && strncmp(url, "{{", 2) != 0 &&
		(pg_strncasecmp(url, "http://", 7) != 0 || url[7] == '\0') &&
		(pg_strncasecmp(url, "https://", 8) != 0 || url[8] == '\0'))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the \"url\" of remote schema \"%s\" does not start with http:// or https://", remote->name),
				 rr_doc_errdetail(rr_doc_get(definition, "url"))));
}

RrRemoteSchema *
rr_read_remote_schema(const char *name, const RrDoc *definition, const char *comment,
					  const char *sdl)
{
	RrRemoteSchema *remote;

	if (*name == '\0')
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the name of a remote schema must not be empty")));
	remote = rr_remote_schema_from_json(name, definition);
	check_url(remote, definition);
	check_server_access(remote);
	remote->comment = comment;
	remote->sdl_given = sdl != NULL;
	if (sdl)
		rr_check_sdl(name, sdl);
	remote->sdl = sdl;
	return remote;
}

RrRemoteSchema *
rr_prepare_remote_schema(const char *name, const RrDoc *definition, const char *comment,
						 const char *sdl)
{
	RrRemoteSchema *remote = rr_read_remote_schema(name, definition, comment, sdl);

	if (sdl == NULL)
		remote->sdl = rr_fetch_schema(remote);
	return remote;
}

/* Throws when the customization does not fit the schema. */
static void
check_customization(const RrRemoteSchema *remote)
{
	GqlErrorList *errors = gql_errors_create(100, NULL);
	RrRemote   *whole = rr_remote_create(remote);

	rr_check_customized_types(whole, errors);
	rr_check_remote(whole, NIL, errors);
	if (errors->items != NIL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the customization of remote schema \"%s\" does not fit", remote->name),
				 errdetail_internal("%s", rr_error_lines(errors, MAX_SHOWN_ERRORS))));
}

const char *
rr_warn_of_customization(const RrRemoteSchema *remote)
{
	GqlErrorList *errors = gql_errors_create(100, NULL);
	const char *lines;

	if (remote->customization && remote->sdl)
	{
		RrRemote   *whole = rr_remote_create(remote);

		rr_check_customized_types(whole, errors);
		rr_check_mappings(whole, errors);
	}
	if (errors->items == NIL)
		return NULL;
	lines = rr_error_lines(errors, MAX_SHOWN_ERRORS);
	ereport(WARNING,
			(errcode(ERRCODE_WARNING),
			 errmsg("the customization of remote schema \"%s\" names what is not there",
					remote->name),
			 errdetail_internal("%s", lines)));
	return lines;
}

List	   *
rr_put_remote_schema(RrRemoteSchema *remote, RrPutMode mode)
{
	List	   *before = NIL;
	List	   *found = NIL;

	rr_metadata_begin();
	check_exists(remote->name, mode);
	if (mode != RR_RESTORE)
	{
		check_customization(remote);
		(void) rr_warn_of_customization(remote);
		before = mode == RR_CREATE ? rr_inconsistencies_before() : rr_all_inconsistencies();
	}
	if (mode == RR_UPDATE)
		RR_METADATA_EXECUTE("UPDATE remote_rel.remote_schema SET definition = $2, comment = $3, sdl = $4, sdl_given = $5 "
							"WHERE name OPERATOR(pg_catalog.=) $1",
							rr_arg_text(remote->name), rr_arg_jsonb(remote->definition),
							rr_arg_text(remote->comment),
							rr_arg_text(remote->sdl), rr_arg_bool(remote->sdl_given));
	else
		RR_METADATA_EXECUTE("INSERT INTO remote_rel.remote_schema (name, ordinal, definition, comment, sdl, sdl_given) "
							"SELECT $1, COALESCE(pg_catalog.max(ordinal), 0) OPERATOR(pg_catalog.+) 1, $2, $3, $4, $5 "
							"FROM remote_rel.remote_schema",
							rr_arg_text(remote->name), rr_arg_jsonb(remote->definition),
							rr_arg_text(remote->comment),
							rr_arg_text(remote->sdl), rr_arg_bool(remote->sdl_given));
	if (mode == RR_CREATE)
		rr_refuse_new_inconsistencies(before, psprintf("remote schema \"%s\"", remote->name));
	else if (mode == RR_UPDATE)
		found = rr_warn_new_inconsistencies(before);
	rr_metadata_end();
	return found;
}

static bool
same_remote_schema(const RrRemoteSchema *a, const RrRemoteSchema *b)
{
	return compareJsonbContainers(&a->definition->root, &b->definition->root) == 0 &&
		(a->sdl == NULL || b->sdl == NULL ? a->sdl == b->sdl : strcmp(a->sdl, b->sdl) == 0);
}

List	   *
rr_refetch_remote_schema(const char *name)
{
	RrRemoteSchema *asked = rr_get_remote_schema(name);
	RrRemoteSchema *remote;
	const char *sdl;
	List	   *before;
	List	   *found = NIL;

	if (asked->sdl_given)
		return NIL;
	sdl = rr_fetch_schema(asked);
	rr_metadata_begin();
	remote = rr_get_remote_schema(name);
	if (!remote->sdl_given)
	{
		/*
		 * Another session changed the remote schema while we asked, so the
		 * answer may be of another URL, or old. Ask again, now under the
		 * lock.
		 */
		if (!same_remote_schema(asked, remote))
			sdl = rr_fetch_schema(remote);
		remote->sdl = sdl;
		before = rr_all_inconsistencies();
		RR_METADATA_EXECUTE("UPDATE remote_rel.remote_schema SET sdl = $2 WHERE name OPERATOR(pg_catalog.=) $1",
							rr_arg_text(name), rr_arg_text(sdl));
		(void) rr_warn_of_customization(remote);
		found = rr_warn_new_inconsistencies(before);
	}
	rr_metadata_end();
	return found;
}

/*
 * The labels of the relationships that use a remote schema, one a line; NULL
 * when there is none.
 */
static char *
users_of(const char *name)
{
	StringInfoData out;
	ListCell   *lc;

	initStringInfo(&out);
	foreach(lc, rr_catalog_table_relationships(InvalidOid))
	{
		const RrRelationship *r = lfirst(lc);

		if (r->to_remote_schema && strcmp(r->to_remote_schema->remote_schema, name) == 0)
			appendStringInfo(&out, "%srelationship \"%s\" of table \"%s.%s\"", out.len ? "\n"
							 : "", r->name, r->source_schema, r->source_table);
	}
	foreach(lc, rr_catalog_remote_relationships(NULL))
	{
		const RrRelationship *r = lfirst(lc);

		if (strcmp(r->source_remote_schema, name) == 0 ||
			(r->to_remote_schema && strcmp(r->to_remote_schema->remote_schema, name) == 0))
			appendStringInfo(&out, "%srelationship \"%s\" of type \"%s\" of remote schema \"%s\"",
							 out.len ? "\n" : "", r->name,
							 r->source_type, r->source_remote_schema);
	}
	return out.len ? out.data : NULL;
}

void
rr_delete_remote_schema(const char *name, bool cascade)
{
	char	   *users;

	rr_metadata_begin();
	(void) rr_get_remote_schema(name);
	users = users_of(name);
	if (users && !cascade)
		ereport(ERROR,
				(errcode(ERRCODE_DEPENDENT_OBJECTS_STILL_EXIST),
				 errmsg("remote schema \"%s\" is used by relationships", name),
				 errdetail_internal("%s", users),
				 errhint("Delete them, or remove the remote schema with cascade.")));
	if (users)
		rr_metadata_message(NOTICE, ERRCODE_SUCCESSFUL_COMPLETION,
							psprintf("removing the relationships of remote schema \"%s\"", name),
							users);
	RR_METADATA_EXECUTE("DELETE FROM remote_rel.table_relationship WHERE kind OPERATOR(pg_catalog.=) 'remote' AND "
						"definition OPERATOR(pg_catalog.->) 'to_remote_schema' OPERATOR(pg_catalog.->>) 'remote_schema' OPERATOR(pg_catalog.=) $1",
						rr_arg_text(name));
	RR_METADATA_EXECUTE("DELETE FROM remote_rel.remote_schema_relationship WHERE remote_schema OPERATOR(pg_catalog.=) $1 OR "
						"definition OPERATOR(pg_catalog.->) 'to_remote_schema' OPERATOR(pg_catalog.->>) 'remote_schema' OPERATOR(pg_catalog.=) $1",
						rr_arg_text(name));
	RR_METADATA_EXECUTE("DELETE FROM remote_rel.remote_schema_permission WHERE remote_schema OPERATOR(pg_catalog.=) $1", rr_arg_text(name));
	RR_METADATA_EXECUTE("DELETE FROM remote_rel.remote_schema WHERE name OPERATOR(pg_catalog.=) $1", rr_arg_text(name));
	rr_metadata_end();
}

Jsonb	   *
rr_remote_schema_introspection(const char *name)
{
	RrRemoteSchema *remote = rr_get_remote_schema(name);
	GqlErrorList *errors = gql_errors_create(100, NULL);
	const char *query = gql_introspection_query(0);
	GqlLimits	limits = {0};
	GqlSchema  *schema;
	GqlRequest *request;
	ListCell   *lc;
	StringInfoData out;
	const char *separator = "{";

	if (remote->sdl == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("the schema of remote schema \"%s\" has not been fetched yet", name),
				 errhint("Run reload_remote_schema.")));
	schema = rr_remote_create(remote)->upstream;
	request = gql_request_create(schema, gql_parse(query, strlen(query), &limits, errors), NULL,
								 NULL, errors);
	initStringInfo(&out);
	appendStringInfoString(&out, "{\"data\":");
	foreach(lc, gql_collect_fields(request, schema->query,
								   list_make1(request->operation->selection_set)))
	{
		const GqlFieldSel *field = lfirst(lc);

		appendStringInfoString(&out, separator);
		escape_json(&out, field->key);
		appendStringInfoChar(&out, ':');
		if (!gql_introspect(request, field, &out, errors))
			elog(ERROR, "introspection of remote schema \"%s\" failed: %s", name,
				 rr_error_lines(errors, MAX_SHOWN_ERRORS));
		separator = ",";
	}
	appendStringInfoString(&out, "}}");
	return DatumGetJsonbP(DirectFunctionCall1(jsonb_in, CStringGetDatum(out.data)));
}
