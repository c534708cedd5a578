/*
 * remote_schema.c: commands about remote schemas.
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/builtins.h"

#include "compat.h"
#include "metadata/metadata.h"

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
check_absent(const char *name)
{
	if (rr_catalog_remote_schema(name))
		ereport(ERROR,
				(errcode(ERRCODE_DUPLICATE_OBJECT),
				 errmsg("remote schema \"%s\" already exists", name),
				 errhint("Use update_remote_schema to change it.")));
}

void
rr_add_remote_schema(const char *name, const RrDoc *definition, const char *comment, const char *sdl)
{
	RrRemoteSchema *remote;
	bool		given = sdl != NULL;

	if (*name == '\0')
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the name of a remote schema must not be empty")));
	remote = rr_remote_schema_from_json(name, definition);
	check_absent(name);
	if (given)
		rr_check_sdl(name, sdl);
	else
		sdl = rr_fetch_schema(remote);

	rr_metadata_begin();
	check_absent(name);
	RR_METADATA_EXECUTE("INSERT INTO remote_rel.remote_schema (name, ordinal, definition, comment, sdl, sdl_given) "
						"SELECT $1, COALESCE(pg_catalog.max(ordinal), 0) OPERATOR(pg_catalog.+) 1, $2, $3, $4, $5 FROM remote_rel.remote_schema",
						rr_arg_text(name), rr_arg_jsonb(remote->definition), rr_arg_text(comment), rr_arg_text(sdl), rr_arg_bool(given));
	rr_metadata_end();
}

PG_FUNCTION_INFO_V1(rr_sql_add_remote_schema);

Datum
rr_sql_add_remote_schema(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("name and definition of a remote schema must not be null")));
	rr_add_remote_schema(text_to_cstring(PG_GETARG_TEXT_PP(0)),
						 rr_doc_root(PG_GETARG_JSONB_P(1), "definition"),
						 PG_ARGISNULL(2) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(2)),
						 PG_ARGISNULL(3) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(3)));
	PG_RETURN_VOID();
}
