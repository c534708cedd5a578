/*
 * link_using.c: reads the "using" of explicit relationships between tables.
 */
#include "postgres.h"

#include "catalog/catalog.h"
#include "utils/builtins.h"

#include "schema/table/table_int.h"

static void
read_table(RrLinkUsing *using, const RrDoc *doc)
{
	const char *schema,
			   *name;

	rr_table_name_from_json(doc, &schema, &name);
	using->table_name = quote_qualified_identifier(schema, name);
	using->table = rr_lookup_table(schema, name);
}

/* A column or a list of them. */
static void
read_columns(RrLinkUsing *using, const RrDoc *doc)
{
	ListCell   *lc;

	if (!rr_doc_is_array(doc))
	{
		using->columns = list_make1(rr_doc_text(doc));
		return;
	}
	foreach(lc, rr_doc_items(doc))
		using->columns = lappend(using->columns, rr_doc_text(lfirst(lc)));
}

static void
read_foreign_key(RrLinkUsing *using, const RrDoc *doc)
{
	const RrDoc *columns;

	if (!rr_doc_is_object(doc))
	{
		read_columns(using, doc);
		return;
	}
	RR_DOC_CHECK_KEYS(doc, "table", "column", "columns");
	read_table(using, rr_doc_require(doc, "table"));
	columns = rr_doc_get(doc, "columns");
	read_columns(using, columns ? columns : rr_doc_require(doc, "column"));
}

/* Which of two rows that are inserted together comes first. */
static void
read_insertion_order(RrLinkUsing *using, const RrDoc *doc)
{
	const char *order = rr_doc_text(doc);

	using->after_parent = strcmp(order, "after_parent") == 0;
	if (!using->after_parent && strcmp(order, "before_parent") != 0)
		ereport(ERROR,
				errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("invalid insertion_order \"%s\"", order),
				rr_doc_errdetail(doc),
				errhint("Use \"before_parent\" or \"after_parent\"."));
}

static void
read_manual(RrLinkUsing *using, const RrDoc *doc)
{
	const RrDoc *order = rr_doc_get(doc, "insertion_order");
	ListCell   *lc;

	RR_DOC_CHECK_KEYS(doc, "remote_table", "column_mapping", "source", "insertion_order");
	rr_check_source(doc);
	if (order)
		read_insertion_order(using, order);
	read_table(using, rr_doc_require(doc, "remote_table"));
	foreach(lc, rr_doc_members(rr_doc_require(doc, "column_mapping")))
	{
		const RrDoc *member = lfirst(lc);
		RrFieldMapping *pair = palloc(sizeof(RrFieldMapping));

		pair->lhs = member->key;
		pair->column = rr_doc_text(member);
		using->mapping = lappend(using->mapping, pair);
	}
}

RrLinkUsing *
rr_link_using_parse(const RrDoc *doc)
{
	RrLinkUsing *using = palloc0(sizeof(RrLinkUsing));
	const RrDoc *key,
			   *manual;

	RR_DOC_CHECK_KEYS(doc, "foreign_key_constraint_on", "manual_configuration");
	key = rr_doc_get(doc, "foreign_key_constraint_on");
	manual = rr_doc_get(doc, "manual_configuration");
	if (key != NULL)
		read_foreign_key(using, key);
	else if (manual != NULL)
		read_manual(using, manual);
	if (using->columns == NIL && using->mapping == NIL)
		ereport(ERROR,
				errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("a relationship needs the columns that it joins"),
				rr_doc_errdetail(doc),
				errhint("Use {\"foreign_key_constraint_on\": column, list of columns or {\"table\", \"column\"}} or "
						"{\"manual_configuration\": {\"remote_table\", \"column_mapping\"}}."));
	return using;
}
