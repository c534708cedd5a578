/*
 * naming_definition.c: reads what Hasura's metadata says about names: the
 * configuration of a table, and the customization of a source.
 */
#include "postgres.h"

#include "catalog/catalog.h"

const char *const rr_root_field_keys[] = {
	"select", "select_by_pk", "select_aggregate", "select_stream", "insert", "insert_one",
	"update", "update_by_pk", "update_many", "delete", "delete_by_pk", NULL
};

/* Throws 42602, with the path, unless text can be the name of a field. */
static const char *
check_name(const RrDoc *doc, const char *text)
{
	if (!gql_is_name(text) || strncmp(text, "__", 2) == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_NAME),
				 errmsg("\"%s\" cannot be a name in GraphQL", text),
				 rr_doc_errdetail(doc)));
	return text;
}

static const char *
read_name(const RrDoc *doc)
{
	return doc == NULL ? NULL : check_name(doc, rr_doc_text(doc));
}

static RrCustomName *
get_entry(GqlNames *names, const char *key)
{
	return gql_names_entry(names, key, sizeof(RrCustomName));
}

/* Each a name, or {name, comment}; null means nothing. */
static void
read_root_fields(RrTableCustomization *custom, const RrDoc *doc)
{
	if (doc == NULL)
		return;
	rr_doc_check_keys(doc, rr_root_field_keys, 11);
	for (int i = 0; rr_root_field_keys[i] != NULL; i++)
	{
		const RrDoc *member = rr_doc_get(doc, rr_root_field_keys[i]);
		RrCustomName *entry;

		if (member == NULL)
			continue;
		entry = get_entry(&custom->root_fields, rr_root_field_keys[i]);
		if (rr_doc_is_string(member))
			entry->to = read_name(member);
		else
		{
			RR_DOC_CHECK_KEYS(member, "name", "comment");
			entry->to = read_name(rr_doc_get(member, "name"));
			entry->comment = rr_doc_get_text(member, "comment", NULL);
		}
	}
}

void
rr_table_configuration_read(RrTableCustomization *custom, const RrDoc *configuration)
{
	ListCell   *lc;

	gql_names_init(&custom->root_fields, CurrentMemoryContext);
	gql_names_init(&custom->columns, CurrentMemoryContext);
	RR_DOC_CHECK_KEYS(configuration, "custom_name", "custom_root_fields", "column_config",
					  "custom_column_names", "comment");
	custom->custom_name = read_name(rr_doc_get(configuration, "custom_name"));
	custom->comment = rr_doc_get_text(configuration, "comment", NULL);
	read_root_fields(custom, rr_doc_get(configuration, "custom_root_fields"));
	/* column_config counts more than the older custom_column_names */
	foreach(lc, rr_doc_members(rr_doc_get(configuration, "custom_column_names")))
	{
		const RrDoc *member = lfirst(lc);

		get_entry(&custom->columns, member->key)->to = read_name(member);
	}
	foreach(lc, rr_doc_members(rr_doc_get(configuration, "column_config")))
	{
		const RrDoc *member = lfirst(lc);
		RrCustomName *entry = get_entry(&custom->columns, member->key);
		const RrDoc *name;

		RR_DOC_CHECK_KEYS(member, "custom_name", "comment");
		name = rr_doc_get(member, "custom_name");
		if (name != NULL)
			entry->to = read_name(name);
		entry->comment = rr_doc_get_text(member, "comment", NULL);
	}
}

/* A part of a name; "" means none. */
static const char *
read_part(const RrDoc *doc, const char *key)
{
	const RrDoc *member = rr_doc_get(doc, key);
	const char *text = member == NULL ? NULL : rr_doc_text(member);

	if (text == NULL || *text == '\0')
		return NULL;
	/* a suffix may start with a digit */
	(void) check_name(member, strcmp(key, "suffix") == 0 ? psprintf("a%s", text) : text);
	return text;
}

static RrConvention
read_convention(const RrDoc *doc)
{
	const char *text;

	if (doc == NULL)
		return RR_CONVENTION_UNSET;
	text = rr_doc_text(doc);
	if (strcmp(text, "hasura-default") == 0)
		return RR_CONVENTION_HASURA;
	if (strcmp(text, "graphql-default") == 0)
		return RR_CONVENTION_GRAPHQL;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("there is no naming convention \"%s\"", text),
			 rr_doc_errdetail(doc),
			 errhint("Conventions are \"hasura-default\" and \"graphql-default\".")));
}

RrNaming   *
rr_naming_from_json(const RrDoc *customization)
{
	RrNaming   *naming = palloc0(sizeof(RrNaming));
	const RrDoc *root_fields = rr_doc_get(customization, "root_fields");
	const RrDoc *type_names = rr_doc_get(customization, "type_names");

	RR_DOC_CHECK_KEYS(customization, "naming_convention", "root_fields", "type_names");
	naming->convention = read_convention(rr_doc_get(customization, "naming_convention"));
	if (root_fields != NULL)
	{
		RR_DOC_CHECK_KEYS(root_fields, "namespace", "prefix", "suffix");
		naming->root_namespace = read_part(root_fields, "namespace");
		naming->root_prefix = read_part(root_fields, "prefix");
		naming->root_suffix = read_part(root_fields, "suffix");
	}
	if (type_names != NULL)
	{
		RR_DOC_CHECK_KEYS(type_names, "prefix", "suffix");
		naming->type_prefix = read_part(type_names, "prefix");
		naming->type_suffix = read_part(type_names, "suffix");
	}
	naming->customization = rr_doc_jsonb(customization);
	return naming;
}
