/*
 * joining_columns.c: columns that relationships join by, and that a role with
 * a select permission lacks. Without one of them the field is not in the
 * role's schema, whatever else the role may read.
 */
#include "postgres.h"

#include "utils/acl.h"

#include "metadata/metadata.h"
#include "metadata/grants.h"
#include "schema/remote/remote.h"

typedef struct Search
{
	const RrTable *table;		/* of the permission */
	const RrDoc *columns;		/* that it has; NULL: all */
	Oid			role;			/* InvalidOid: it does not exist yet */
	List	   *lines;			/* char * */
} Search;

static bool
is_granted(const Search *s, const char *column)
{
	ListCell   *lc;

	if (s->columns == NULL)
		return true;
	foreach(lc, rr_doc_items(s->columns))
	{
		if (strcmp(rr_doc_text(lfirst(lc)), column) == 0)
			return true;
	}
	return false;
}

/* relationship: its name in quotes, and where it starts if not at the table */
static void
file_missing(Search *s, const char *relationship, const char *column)
{
	s->lines = lappend(s->lines,
					   psprintf("Relationship %s needs column \"%s\", which the permission does not have: the role does not get that field.",
								relationship, column));
}

/* ---- relationships between tables ---- */

/* May the role, as it is now, read some of a table, but not the column? */
static bool
lacks_column(const Search *s, const RrTable *table, AttrNumber column)
{
	if (!OidIsValid(s->role) || rr_may_read_column(s->role, table->oid, column))
		return false;
	for (int i = 0; i < table->ncolumns; i++)
	{
		if (rr_may_read_column(s->role, table->oid, table->columns[i].attnum))
			return true;
	}
	return false;
}

static void
check_own_link(Search *s, const RrLink *link)
{
	const char *name = psprintf("\"%s\"", link->name);

	for (int i = 0; i < link->nkeys; i++)
	{
		const char *here = rr_table_column(s->table, link->attnums[i])->sql_name;
		const char *there = rr_table_column(link->target, link->target_attnums[i])->sql_name;

		if (!is_granted(s, here))
			file_missing(s, name, here);
		if (link->target == s->table)
		{
			if (strcmp(here, there) != 0 && !is_granted(s, there))
				file_missing(s, name, there);
		}
		else if (lacks_column(s, link->target, link->target_attnums[i]))
			s->lines = lappend(s->lines,
							   psprintf("Relationship %s needs column \"%s\" of table \"%s.%s\", which the role may not read: it does not get that field.",
										name, there, link->target->schema, link->target->relation));
	}
}

/* A relationship of another table to this one. */
static void
check_link_from(Search *s, const RrTable *other, const RrLink *link)
{
	for (int i = 0; i < link->nkeys; i++)
	{
		const char *column = rr_table_column(s->table, link->target_attnums[i])->sql_name;

		if (!is_granted(s, column))
			file_missing(s, psprintf("\"%s\" of table \"%s.%s\"", link->name, other->schema,
									 other->relation), column);
	}
}

/* ---- relationships with remote schemas ---- */

static void
check_remote_join(Search *s, const RrRemoteJoin *join)
{
	const char *name = psprintf("\"%s\"", join->relationship->name);

	for (int i = 0; i < join->nkeys; i++)
	{
		const RrJoinKey *key = &join->keys[i];

		if (key->attnum != 0 && !is_granted(s, key->name))
			file_missing(s, name, key->name);
		else if (OidIsValid(key->function) && s->columns != NULL)
			s->lines = lappend(s->lines,
							   psprintf("Relationship %s needs the computed field \"%s\", which shows only to roles that may read every column: the role does not get the relationship.",
										name, key->name));
	}
}

static void
check_remote_joins(Search *s, RrRoleSchema *rs)
{
	gql_foreach(GqlFieldDef, field, gql_type_fields(rs->schema, rr_table_type(rs, s->table,
																			  RR_TYPE_OBJECT)))
	{
		const RrField *info = field->data;

		if (info->kind == RR_FIELD_REMOTE_JOIN)
			check_remote_join(s, field->data);
	}
}

static void
check_joins_from_types(Search *s)
{
	ListCell   *lc;
	ListCell   *lc2;

	foreach(lc, rr_catalog_remote_relationships(NULL))
	{
		const RrRelationship *relationship = lfirst(lc);
		const RrToSource *to = relationship->to_source;

		if (to == NULL || to->table != s->table->oid)
			continue;
		foreach(lc2, to->field_mapping)
		{
			const char *column = ((const RrFieldMapping *) lfirst(lc2))->column;

			if (!is_granted(s, column))
				file_missing(s, psprintf("\"%s\" of type \"%s\" of remote schema \"%s\"",
										 relationship->name, relationship->source_type,
										 relationship->source_remote_schema), column);
		}
	}
}

List	   *
rr_missing_joining_columns(const RrTable *table, const char *role, const RrDoc *columns)
{
	RrRoleSchema *rs = rr_role_schema_get(rr_extension_owner());
	Search		s = {.table = table, .columns = columns, .role = get_role_oid(role, true)};

	gql_foreach(RrLink, link, &table->links)
		check_own_link(&s, link);
	check_remote_joins(&s, rs);
	gql_foreach(RrTable, other, &rs->tables->db->tables)
	{
		gql_foreach(RrLink, link, &other->links)
		{
			if (other != table && link->target == table)
				check_link_from(&s, other, link);
		}
	}
	check_joins_from_types(&s);
	return s.lines;
}
