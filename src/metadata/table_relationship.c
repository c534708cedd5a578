/*
 * table_relationship.c: stores and deletes relationships that start at a
 * table.
 */
#include "postgres.h"

#include "compat.h"
#include "metadata/postponed.h"

static const char *
kind_text(RrRelationshipKind kind)
{
	return kind == RR_REL_OBJECT ? "object" : kind == RR_REL_ARRAY ? "array" : "remote";
}

/* Throws 42704 when there is none. */
static RrRelationship *
get_relationship(const char *schema, const char *table, const char *name)
{
	RrRelationship *relationship = rr_catalog_table_relationship(schema, table, name);
	List	   *names = NIL;
	ListCell   *lc;

	if (relationship)
		return relationship;
	foreach(lc, rr_catalog_table_relationships(rr_get_table(schema, table)))
		names = lappend(names, unconstify(char *, ((RrRelationship *) lfirst(lc))->name));
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_OBJECT),
			 errmsg("table \"%s\" has no relationship \"%s\"", table, name),
			 rr_errhint_did_you_mean(name, names)));
	return NULL;				/* not reached */
}

/*
 * Throw 42809, with the right command as the hint, unless a stored
 * relationship is of one of the kinds.
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

/*
 * Warn when the table is not in the GraphQL schema. No error: it may become
 * part of it later, and the relationship with it.
 */
static void
warn_unserved(const RrRelationship *relationship)
{
	const char *reason = rr_unserved_reason(relationship->source_schema,
											relationship->source_table);

	if (reason != NULL)
		rr_metadata_message(WARNING, ERRCODE_WARNING,
							psprintf("relationship \"%s\" is not served: table \"%s.%s\" %s",
									 relationship->name, relationship->source_schema,
									 relationship->source_table, reason), NULL);
}

void
rr_put_table_relationship(RrRelationship *relationship, RrPutMode mode)
{
	List	   *before = NIL;

	if (mode != RR_RESTORE)
		(void) rr_get_table_locked(relationship->source_schema, relationship->source_table);
	rr_lock_relationship_tables(relationship);
	rr_metadata_begin();
	if (mode != RR_RESTORE)
	{
		relationship->source = rr_get_table(relationship->source_schema,
											relationship->source_table);
		before = rr_inconsistencies_before();
	}
	if (mode == RR_UPDATE)
		check_kind(get_relationship(relationship->source_schema, relationship->source_table,
									relationship->name), RR_REMOTE_KINDS);
	else if (mode == RR_CREATE)
	{
		rr_check_new_field(relationship->source, relationship->name, "relationship");
		if (relationship->kind == RR_REL_TO_REMOTE_SCHEMA || relationship->kind == RR_REL_TO_SOURCE)
			rr_check_not_derived(relationship->source, relationship->name);
	}
	rr_require_fit(relationship, mode);
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
	(void) rr_lock_table(schema, table);
	rr_metadata_begin();
	check_kind(get_relationship(schema, table, name), kinds);
	rr_delete_table_relationship_row(schema, table, name);
	rr_metadata_end();
}
