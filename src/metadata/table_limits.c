/*
 * table_limits.c: how much of a table a role gets: rows of a list, and
 * aggregates. These are rules of use, not rights, so no grant can say them.
 */
#include "postgres.h"

#include "compat.h"
#include "metadata/metadata.h"

void
rr_put_table_limit(const char *schema, const char *table, const RrTableLimit *limit,
				   RrPutMode mode)
{
	Jsonb	   *rows = limit->max_rows >= 0 ? rr_jsonb_int(limit->max_rows) : NULL;
	Jsonb	   *entry = NULL;

	if (mode == RR_RESTORE)
		(void) rr_lock_table(schema, table);
	else
		(void) rr_get_table_locked(schema, table);
	if (rows != NULL || !limit->allow_aggregations)
		entry = rr_jsonb_object("limit", rows,
								"allow_aggregations", rr_jsonb_bool(limit->allow_aggregations),
								NULL);
	rr_metadata_begin();
	RR_METADATA_EXECUTE("INSERT INTO remote_rel.table_customization (table_schema, table_name, role_limits) "
						"VALUES ($1, $2, COALESCE($4, '{}'::pg_catalog.jsonb)) "
						"ON CONFLICT (table_schema, table_name) DO UPDATE SET role_limits = "
						"(table_customization.role_limits OPERATOR(pg_catalog.-) $3) OPERATOR(pg_catalog.||) excluded.role_limits",
						rr_arg_name(schema), rr_arg_name(table), rr_arg_text(limit->role),
						rr_arg_jsonb(entry ? rr_jsonb_object(limit->role, entry, NULL) : NULL));
	rr_delete_empty_customization(schema, table);
	rr_metadata_end();
}

RrTableLimit *
rr_table_limit_from_body(const RrDoc *body)
{
	const RrDoc *permission = rr_doc_require(body, "permission");
	const RrDoc *rows = rr_doc_get(permission, "limit");
	RrTableLimit *limit = palloc(sizeof(RrTableLimit));

	limit->role = rr_doc_text(rr_doc_require(body, "role"));
	limit->max_rows = rows ? rr_doc_int(rows, 0, PG_INT32_MAX) : -1;
	limit->allow_aggregations = rr_doc_get_bool(permission, "allow_aggregations", false);
	return limit;
}

Jsonb	   *
rr_table_limit_json(const RrTableLimit *limit)
{
	Jsonb	   *permission;

	permission = rr_jsonb_object("limit", limit->max_rows >= 0 ? rr_jsonb_int(limit->max_rows)
								 : NULL,
								 "allow_aggregations", rr_jsonb_bool(limit->allow_aggregations),
								 NULL);
	return rr_jsonb_object("role", rr_jsonb_text(limit->role), "permission", permission, NULL);
}
