/*
 * table_naming.c: how names in GraphQL are made: the naming convention, the
 * prefixes and suffixes of the source, and the configuration of tables.
 *
 * A name of the dialect, "order_by" or "_by_pk", is written in the code as the
 * convention hasura-default has it. The functions here turn it into what the
 * convention in force has. With hasura-default and no prefixes they return
 * what they are given.
 */
#include "postgres.h"

#include "utils/builtins.h"

#include "schema/table/table_int.h"

/*
 * "order_by" as "orderBy"; upper: "OrderBy". Underscores at the start and the
 * end stay ("_isNull"). Others go, and the letter behind is made a capital:
 * "address_2" becomes "address2".
 */
static char *
camel_case(const char *name, bool upper)
{
	int			len = strlen(name);
	char	   *result = palloc(len + 1);
	char	   *out = result;
	bool		first = true;
	const char *p = name;
	const char *end = name + len;

	while (end > name && end[-1] == '_')
		end--;
	for (; p < end && *p == '_'; p++)
		*out++ = '_';
	for (; p < end; p++)
	{
		if (*p == '_')
		{
			upper = true;
			first = false;
			continue;
		}
		if (upper)
			*out++ = pg_ascii_toupper((unsigned char) *p);
		else
			*out++ = first ? pg_ascii_tolower((unsigned char) *p) : *p;
		upper = first = false;
	}
	for (p = end; *p != '\0'; p++)
		*out++ = '_';
	*out = '\0';
	return result;
}

static char *
capitalize(const char *name)
{
	char	   *result = pstrdup(name);

	result[0] = pg_ascii_toupper((unsigned char) result[0]);
	return result;
}

/* The part of a name that comes after another one: "_by_pk" as "ByPk". */
static const char *
later_part(const RrDatabase *db, const char *part)
{
	return db->camel ? camel_case(part[0] == '_' ? part + 1 : part, true) : part;
}

/* ---- types ---- */

static const char *
with_affixes(const RrDatabase *db, const char *prefix, const char *name, const char *suffix)
{
	if (prefix == NULL && suffix == NULL)
		return name;
	if (prefix != NULL && db->camel)
		name = capitalize(name);
	if (suffix != NULL && db->camel)
		suffix = capitalize(suffix);
	return psprintf("%s%s%s", prefix ? prefix : "", name, suffix ? suffix : "");
}

const char *
rr_type_name_in(const RrDatabase *db, const char *name)
{
	return with_affixes(db, db->naming->type_prefix, db->camel ? camel_case(name, true) : name,
						db->naming->type_suffix);
}

const char *
rr_table_type_name(const RrDatabase *db, const RrTable *table, const char *suffix)
{
	const char *name = table->name;

	if (db->camel)
		name = psprintf("%s%s", capitalize(name), later_part(db, suffix));
	else if (*suffix != '\0')
		name = psprintf("%s%s", name, suffix);
	return with_affixes(db, db->naming->type_prefix, name, db->naming->type_suffix);
}

const char *
rr_table_type_start(const RrDatabase *db, const RrTable *table)
{
	const char *prefix = db->naming->type_prefix;
	const char *start = db->camel ? capitalize(table->name) : table->name;

	return prefix != NULL ? psprintf("%s%s", prefix, start) : start;
}

/* ---- fields, arguments, values ---- */

const char *
rr_field_name_in(const RrDatabase *db, const char *name)
{
	return db->camel ? camel_case(name, false) : name;
}

const char *
rr_name_with(const RrDatabase *db, const char *name, const char *suffix)
{
	return psprintf("%s%s", name, later_part(db, suffix));
}

const char *
rr_enum_value_in(const RrDatabase *db, const char *name)
{
	char	   *result;

	if (!db->camel)
		return name;
	result = pstrdup(name);
	for (char *p = result; *p != '\0'; p++)
		*p = pg_ascii_toupper((unsigned char) *p);
	return result;
}

const char *
rr_root_name_in(const RrDatabase *db, const char *name)
{
	return with_affixes(db, db->naming->root_prefix, name, db->naming->root_suffix);
}

const char *
rr_namespace_type_name(const RrDatabase *db, const char *suffix)
{
	return with_affixes(db, db->naming->type_prefix,
						psprintf("%s%s", db->naming->root_namespace, suffix),
						db->naming->type_suffix);
}

/* ---- names of tables and columns ---- */

void
rr_database_naming(RrDatabase *db)
{
	db->naming = rr_catalog_naming();
	db->customizations = rr_catalog_table_customizations(InvalidOid);
	db->camel = db->naming->convention == RR_CONVENTION_GRAPHQL ||
		(db->naming->convention == RR_CONVENTION_UNSET &&
		 rr_naming_convention == RR_CONVENTION_GRAPHQL);
	db->customized = db->camel || db->customizations != NIL || db->naming->customization != NULL;
}

const RrTableCustomization *
rr_table_customization(const RrDatabase *db, Oid table)
{
	ListCell   *lc;

	foreach(lc, db->customizations)
	{
		const RrTableCustomization *custom = lfirst(lc);

		if (custom->source == table)
			return custom;
	}
	return NULL;
}

const char *
rr_configured_table_name(const RrDatabase *db, const RrTable *table, const char *name)
{
	if (table->custom != NULL && table->custom->custom_name != NULL)
		return table->custom->custom_name;
	return rr_field_name_in(db, name);
}

static const RrCustomName *
configured_column(const RrTable *table, const char *sql_name)
{
	if (table->custom == NULL || table->custom->configuration == NULL)
		return NULL;
	return gql_names_get(&table->custom->columns, sql_name);
}

const char *
rr_configured_column_name(const RrDatabase *db, const RrTable *table, const char *sql_name)
{
	const RrCustomName *entry = configured_column(table, sql_name);

	return entry != NULL && entry->to != NULL ? entry->to : rr_field_name_in(db, sql_name);
}

bool
rr_table_comment(const RrTable *table, const char **comment)
{
	if (table->custom == NULL || table->custom->comment == NULL)
		return false;
	*comment = *table->custom->comment != '\0' ? table->custom->comment : NULL;
	return true;
}

bool
rr_column_comment(const RrTable *table, const RrColumn *column, const char **comment)
{
	const RrCustomName *entry = configured_column(table, column->sql_name);

	if (entry == NULL || entry->comment == NULL)
		return false;
	*comment = *entry->comment != '\0' ? entry->comment : NULL;
	return true;
}

void
rr_check_column_names(RrDatabase *db, RrTable *table)
{
	GqlNames	seen;
	const char *label = quote_qualified_identifier(table->schema, table->relation);

	if (!db->camel && table->custom == NULL)
		return;
	gql_names_init(&seen, CurrentMemoryContext);
	for (int i = 0; i < table->ncolumns; i++)
	{
		RrColumn   *column = &table->columns[i];
		RrCustomName *mine = palloc0(sizeof(RrCustomName));
		const RrCustomName *other = gql_names_get(&seen, column->graphql_name);

		mine->name = column->graphql_name;
		mine->to = column->sql_name;
		if (other == NULL)
			gql_names_add(&seen, mine);
		else
		{
			rr_database_inconsistent(db, "column", psprintf("%s.%s", label,
															quote_identifier(column->sql_name)),
									 "the name \"%s\" is taken by column \"%s\"",
									 column->graphql_name, other->to);
			column->spellable = false;
		}
	}
	if (table->custom == NULL || table->custom->configuration == NULL)
		return;
	gql_foreach(RrCustomName, entry, &table->custom->columns)
		if (rr_table_column_named(table, entry->name) == NULL)
		rr_database_inconsistent(db, "column", psprintf("%s.%s", label,
														quote_identifier(entry->name)),
								 "the configuration of its table names it, and there is no such column");
}
