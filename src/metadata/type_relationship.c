/*
 * type_relationship.c: stores and deletes relationships that start at a type
 * of a remote schema.
 */
#include "postgres.h"

#include "compat.h"
#include "metadata/postponed.h"

static bool
relationship_exists(const RrRelationship *relationship)
{
	return rr_catalog_remote_relationship(relationship->source_remote_schema,
										  relationship->source_type, relationship->name) != NULL;
}

static void
throw_no_relationship(const RrRelationship *relationship)
{
	List	   *names = NIL;
	ListCell   *lc;

	foreach(lc, rr_catalog_remote_relationships(relationship->source_remote_schema))
	{
		const RrRelationship *other = lfirst(lc);

		if (strcmp(other->source_type, relationship->source_type) == 0)
			names = lappend(names, unconstify(char *, other->name));
	}
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
	List	   *before = NIL;
	bool		exists;

	if (!gql_is_name(relationship->name) || strncmp(relationship->name, "__", 2) == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_NAME),
				 errmsg("\"%s\" cannot be the name of a relationship", relationship->name)));
	rr_lock_relationship_tables(relationship);
	rr_metadata_begin();
	(void) rr_get_remote_schema(relationship->source_remote_schema);
	if (mode != RR_RESTORE)
		before = rr_inconsistencies_before();
	exists = relationship_exists(relationship);
	if (mode == RR_UPDATE && !exists)
		throw_no_relationship(relationship);
	if (mode != RR_UPDATE && exists)
		ereport(ERROR,
				(errcode(ERRCODE_DUPLICATE_OBJECT),
				 errmsg("type \"%s\" of remote schema \"%s\" has a relationship \"%s\" already",
						relationship->source_type,
						relationship->source_remote_schema, relationship->name)));
	rr_require_fit(relationship, mode);
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

	rr_metadata_begin();
	if (!relationship_exists(&relationship))
	{
		(void) rr_get_remote_schema(remote_schema);
		throw_no_relationship(&relationship);
	}
	RR_METADATA_EXECUTE("DELETE FROM remote_rel.remote_schema_relationship WHERE remote_schema OPERATOR(pg_catalog.=) $1 "
						"AND type_name OPERATOR(pg_catalog.=) $2 AND name OPERATOR(pg_catalog.=) $3",
						rr_arg_text(remote_schema), rr_arg_text(type_name), rr_arg_text(name));
	rr_metadata_end();
}
