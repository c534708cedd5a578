/*
 * door.c: remote_rel.metadata(jsonb): Hasura's metadata commands, {"type": …, "args": …}.
 *
 * A command is looked up in one table, with and without the prefix pg_, and works on its arguments by cursor, so whatever is wrong in
 * them is reported with its path from "$".
 */
#include "postgres.h"

#include "fmgr.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "compat.h"
#include "metadata/metadata.h"

/* The answer; NULL stands for {"message": "success"}. */
typedef Jsonb *(*Command) (const RrDoc *args);

static Jsonb *run(const RrDoc *request);

/* ---- arguments ---- */

static void
check_source(const RrDoc *args)
{
	const char *source = rr_doc_get_text(args, "source", "default");

	if (strcmp(source, "default") != 0)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("source \"%s\" does not exist", source),
				 errdetail("The only source is this database, \"default\".")));
}

static Oid
get_table(const RrDoc *args)
{
	const char *schema;
	const char *name;

	check_source(args);
	rr_table_name_from_json(rr_doc_require(args, "table"), &schema, &name);
	return rr_get_table(schema, name);
}

/* ---- remote schemas ---- */

static Jsonb *
add_remote_schema(const RrDoc *args)
{
	RR_DOC_CHECK_KEYS(args, "name", "definition", "comment", "sdl", "permissions", "remote_relationships");
	rr_add_remote_schema(rr_doc_text(rr_doc_require(args, "name")), rr_doc_require(args, "definition"),
						 rr_doc_get_text(args, "comment", NULL), rr_doc_get_text(args, "sdl", NULL));
	return NULL;
}

/* ---- relationships of tables ---- */

/* Where the definition of a relationship to a remote schema stands: in definition.to_remote_schema, in definition, or in the arguments themselves. */
static const RrDoc *
find_to_remote_schema(const RrDoc *args)
{
	const RrDoc *definition = rr_doc_get(args, "definition");
	const RrDoc *to;

	if (definition == NULL)
	{
		RR_DOC_CHECK_KEYS(args, "name", "source", "table", "comment", "remote_schema", "hasura_fields", "lhs_fields", "remote_field",
						  "batch", "relationship_type");
		return args;
	}
	RR_DOC_CHECK_KEYS(args, "name", "source", "table", "comment", "definition");
	to = rr_doc_get(definition, "to_remote_schema");
	if (to)
		RR_DOC_CHECK_KEYS(definition, "to_remote_schema");
	else
		to = definition;
	RR_DOC_CHECK_KEYS(to, "remote_schema", "lhs_fields", "hasura_fields", "remote_field", "batch", "relationship_type");
	return to;
}

static Jsonb *
create_remote_relationship(const RrDoc *args)
{
	rr_put_remote_relationship(get_table(args), rr_doc_text(rr_doc_require(args, "name")), find_to_remote_schema(args),
							   rr_doc_get_text(args, "comment", NULL), false);
	return NULL;
}

/* ---- the door ---- */

static const struct
{
	const char *type;			/* without pg_ */
	Command		run;
}			commands[] = {
	{"add_remote_schema", add_remote_schema},
	{"create_remote_relationship", create_remote_relationship},
};

static Jsonb *
run(const RrDoc *request)
{
	const char *type;
	const char *bare;
	List	   *types = NIL;

	check_stack_depth();
	RR_DOC_CHECK_KEYS(request, "type", "args", "version", "source", "resource_version");
	type = rr_doc_text(rr_doc_require(request, "type"));
	bare = strncmp(type, "pg_", 3) == 0 ? type + 3 : type;
	for (int i = 0; i < lengthof(commands); i++)
	{
		if (strcmp(commands[i].type, bare) == 0)
		{
			Jsonb	   *answer = commands[i].run(rr_doc_require(request, "args"));

			return answer ? answer : rr_jsonb_object("message", rr_jsonb_text("success"), NULL);
		}
		types = lappend(types, unconstify(char *, commands[i].type));
	}
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("unknown metadata command \"%s\"", type),
			 rr_doc_errdetail(request),
			 rr_errhint_did_you_mean(bare, types)));
}

PG_FUNCTION_INFO_V1(rr_sql_metadata);

Datum
rr_sql_metadata(PG_FUNCTION_ARGS)
{
	PG_RETURN_JSONB_P(run(rr_doc_root(PG_GETARG_JSONB_P(0), "$")));
}
