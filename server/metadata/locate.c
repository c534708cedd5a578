/*
 * locate.c: where in the metadata an inconsistent object stands.
 */
#include "metadata/locate.h"

#include <stdlib.h>
#include <string.h>

#include "metadata/merge.h"

/* The lists of a table or remote schema that hold objects of a type. */
static const struct
{
	const char *type;
	const char *list;
	const char *key;			/* of an object's name */
}			lists[] = {
	{"object_relation", "object_relationships", "name"},
	{"array_relation", "array_relationships", "name"},
	{"remote_relationship", "remote_relationships", "name"},
	{"computed_field", "computed_fields", "name"},
	{"remote_schema_permission", "permissions", "role"},
};

/*
 * Whether a name is that: without quotes, which stand around some identifiers,
 * and without the schema public.
 */
static bool
is_named(const char *name, const char *prefix, const char *suffix)
{
	Buffer		bare = {0};
	char	   *wanted = suffix ? xprintf("%s.%s", prefix, suffix) : xstrdup(prefix);
	bool		same;

	for (; *name; name++)
	{
		if (*name != '"')
			buffer_putc(&bare, *name);
	}
	buffer_putc(&bare, '\0');
	same = strcmp(bare.data, wanted) == 0 ||
		(strncmp(wanted, "public.", 7) == 0 && strcmp(bare.data, wanted + 7) == 0);
	buffer_free(&bare);
	free(wanted);
	return same;
}

static const Node *
element(const Node *list, int i)
{
	return list && list->kind == NODE_LIST && i < list->n_members ? list->members[i].value : NULL;
}

/* An object in a list; prefix is what its name begins with. */
static const Node *
in_list(const Node *list, const char *key, const char *prefix, const char *name)
{
	const Node *object;

	for (int i = 0; (object = element(list, i)) != NULL; i++)
	{
		if (node_get_text(object, key) && is_named(name, prefix, node_get_text(object, key)))
			return object;
	}
	return NULL;
}

/* What a table or remote schema has of the type and name. */
static const Node *
of_owner(const Node *owner, const char *prefix, const char *type, const char *name)
{
	const Node *found = NULL;

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]) && found == NULL; i++)
	{
		if (strcmp(lists[i].type, type) == 0)
			found = in_list(node_get(owner, lists[i].list), lists[i].key, prefix, name);
	}
	return found;
}

static const Node *
of_tables(const Node *source, const char *type, const char *name)
{
	bool		is_function = strcmp(type, "function") == 0;
	const Node *list = node_get(source, is_function ? "functions" : "tables");
	const Node *owner;
	const Node *found = NULL;

	for (int i = 0; found == NULL && (owner = element(list, i)) != NULL; i++)
	{
		char	   *label = qualified_name(node_get(owner, is_function ? "function" : "table"));

		if (label && (is_function || strcmp(type, "enum_table") == 0))
			found = is_named(name, label, NULL) ? owner : NULL;
		else if (label)
			found = of_owner(owner, label, type, name);
		free(label);
	}
	return found;
}

static const Node *
of_remote_schema(const Node *remote, const char *type, const char *name)
{
	const char *label = node_get_text(remote, "name");
	const Node *found = NULL;
	const Node *group;

	if (label == NULL)
		return NULL;
	if (strcmp(type, "remote_schema") == 0)
		return strcmp(label, name) == 0 ? remote : NULL;
	if (strcmp(type, "remote_relationship") != 0)
		return of_owner(remote, label, type, name);
	for (int i = 0; found == NULL && (group = element(node_get(remote, "remote_relationships"), i)); i++)
	{
		const char *type_name = node_get_text(group, "type_name");
		char	   *prefix = xprintf("%s.%s", label, type_name ? type_name : "");

		found = in_list(node_get(group, "relationships"), "name", prefix, name);
		free(prefix);
	}
	return found;
}

const Node *
locate_object(const Node *metadata, const char *type, const char *name)
{
	const Node *found = of_tables(metadata, type, name);
	const Node *part;

	for (int i = 0; !found && (part = element(node_get(metadata, "sources"), i)) != NULL; i++)
		found = of_tables(part, type, name);
	for (int i = 0; !found && (part = element(node_get(metadata, "remote_schemas"), i)) != NULL; i++)
		found = of_remote_schema(part, type, name);
	return found;
}
