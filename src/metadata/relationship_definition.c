/*
 * relationship_definition.c: reads the definition of a relationship from JSON,
 * and brings it into the form that is stored.
 */
#include "postgres.h"

#include "compat.h"
#include "metadata/metadata.h"
#include "schema/table/table.h"

/* The member of "using" that names the target table, or NULL. */
static const RrDoc *
using_table(const RrDoc *using)
{
	const RrDoc *key = rr_doc_get(using, "foreign_key_constraint_on");

	if (key)
		return rr_doc_is_object(key) ? rr_doc_get(key, "table") : NULL;
	return rr_doc_get(rr_doc_get(using, "manual_configuration"), "remote_table");
}

const RrDoc *
rr_relationship_target(const RrRelationship *relationship)
{
	const RrDoc *doc = rr_doc_root(relationship->definition, "definition");

	if (relationship->kind == RR_REL_OBJECT || relationship->kind == RR_REL_ARRAY)
		return using_table(doc);
	return rr_doc_get(rr_doc_get(doc, "to_source"), "table");
}

void
rr_lock_relationship_tables(const RrRelationship *relationship)
{
	const RrDoc *target = rr_relationship_target(relationship);
	const char *schema;
	const char *name;

	if (relationship->source_table)
		(void) rr_lock_table(relationship->source_schema, relationship->source_table);
	if (target == NULL)
		return;
	rr_table_name_from_json(target, &schema, &name);
	(void) rr_lock_table(schema, name);
}

static Jsonb *
normalize_to_remote_schema(const RrDoc *doc)
{
	RrToRemoteSchema *to = rr_to_remote_schema_from_json(doc);
	const RrDoc *batch = rr_doc_get(doc, "batch");
	const RrDoc *type = rr_doc_get(doc, "relationship_type");
	List	   *fields = NIL;
	ListCell   *lc;

	foreach(lc, to->lhs_fields)
		fields = lappend(fields, rr_jsonb_text(lfirst(lc)));
	return rr_jsonb_object("remote_schema", rr_jsonb_text(to->remote_schema),
						   "lhs_fields", rr_jsonb_array(fields),
						   "remote_field", rr_doc_jsonb(rr_doc_require(doc, "remote_field")),
						   "batch", batch ? rr_doc_jsonb(batch) : NULL,
						   "relationship_type", type ? rr_doc_jsonb(type) : NULL,
						   NULL);
}

static Jsonb *
normalize_to_source(const RrDoc *doc)
{
	RrToSource *to = rr_to_source_from_json(doc);

	RR_DOC_CHECK_KEYS(doc, "relationship_type", "source", "table", "field_mapping");
	return rr_jsonb_object("relationship_type", rr_jsonb_text(to->array ? "array" : "object"),
						   "source", rr_jsonb_text("default"),
						   "table", rr_jsonb_object("schema", rr_jsonb_text(to->table_schema),
													"name", rr_jsonb_text(to->table_name), NULL),
						   "field_mapping", rr_doc_jsonb(rr_doc_require(doc, "field_mapping")),
						   NULL);
}

void
rr_read_using(RrRelationship *relationship, const RrDoc *using)
{
	(void) rr_link_using_parse(using);
	relationship->definition = rr_doc_jsonb(using);
	relationship->path = rr_doc_path(using);
}

void
rr_read_definition(RrRelationship *relationship, const RrDoc *definition)
{
	const RrDoc *to_remote_schema = rr_doc_get(definition, "to_remote_schema");
	const RrDoc *to_source = rr_doc_get(definition, "to_source");

	if (to_remote_schema || to_source)
		RR_DOC_CHECK_KEYS(definition, "to_remote_schema", "to_source");
	if (to_remote_schema && to_source)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a relationship has either \"to_remote_schema\" or \"to_source\", not both"),
				 rr_doc_errdetail(definition)));
	if (to_source)
	{
		relationship->kind = RR_REL_TO_SOURCE;
		relationship->path = rr_doc_path(to_source);
		relationship->definition = rr_jsonb_object("to_source", normalize_to_source(to_source),
												   NULL);
		return;
	}
	if (to_remote_schema == NULL && rr_doc_get(definition, "remote_schema") == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("one of \"to_remote_schema\" and \"to_source\" is needed"),
				 rr_doc_errdetail(definition)));
	if (to_remote_schema == NULL)
		to_remote_schema = definition;
	RR_DOC_CHECK_KEYS(to_remote_schema, "remote_schema", "lhs_fields", "hasura_fields",
					  "remote_field", "batch", "relationship_type");
	rr_read_old_body(relationship, to_remote_schema);
}

void
rr_read_old_body(RrRelationship *relationship, const RrDoc *to_remote_schema)
{
	relationship->kind = RR_REL_TO_REMOTE_SCHEMA;
	relationship->path = rr_doc_path(to_remote_schema);
	relationship->definition = rr_jsonb_object("to_remote_schema",
											   normalize_to_remote_schema(to_remote_schema), NULL);
}
