/*
 * source.c: which source of a metadata directory is the database.
 *
 * For the extension there is one source, and it is called "default".
 */
#include "metadata/source.h"

#include <stdlib.h>
#include <string.h>

static bool
is_postgres(const Node *source)
{
	const char *kind = node_get_text(source, "kind");

	return kind == NULL || strcmp(kind, "postgres") == 0;
}

const char *
source_choose(const Node *metadata, const char *wanted, char **error)
{
	const Node *sources = node_get(metadata, "sources");
	const char *only = NULL;
	const char *name = wanted ? wanted : "default";
	int			n = 0;
	Buffer		names = {0};

	*error = NULL;
	if (sources == NULL || sources->kind != NODE_LIST)
		return name;
	for (int i = 0; i < sources->n_members; i++)
	{
		const Node *source = sources->members[i].value;
		const char *its_name = node_get_text(source, "name");

		if (its_name && strcmp(its_name, name) == 0)
			return its_name;
		if (its_name == NULL || !is_postgres(source))
			continue;
		buffer_printf(&names, "%s\"%s\"", n++ > 0 ? ", " : "", its_name);
		only = its_name;
	}
	if (wanted)
		*error = xprintf("there is no source \"%s\" in the metadata directory", wanted);
	else if (n > 1)
		*error = xprintf("several sources are of kind postgres (%s); say which one is this database by --source", names.data);
	buffer_free(&names);
	return *error ? NULL : n == 1 ? only : "default";
}

/* ---- rewriting ---- */

typedef struct Renaming
{
	const char *from;
	const char *to;
	LeftOuts   *left_out;		/* NULL: relationships to others stay */
} Renaming;

/* The object with another value for the key; others are shared. */
static const Node *
with_member(const Node *object, const char *key, const Node *value)
{
	Node	   *copy;

	if (node_get(object, key) == value)
		return object;
	copy = node_copy(object);
	for (int i = 0; i < copy->n_members; i++)
	{
		if (strcmp(copy->members[i].key, key) == 0)
			copy->members[i].value = value;
	}
	return copy;
}

static const Node *
renamed_text(const Node *text, const char *to)
{
	Node	   *copy = node_copy(text);

	copy->text = to;
	copy->len = strlen(to);
	return copy;
}

static void
leave_out(LeftOuts *left_out, const Node *node, const char *what)
{
	left_out->items = xrealloc(left_out->items, (size_t) (left_out->n + 1) * sizeof(LeftOut));
	left_out->items[left_out->n++] = (LeftOut) {node, what};
}

/* A relationship with its source renamed; NULL when it goes. */
static const Node *
relationship(const Node *node, const Renaming *r)
{
	const Node *definition = node_get(node, "definition");
	const Node *to_source = node_get(definition, "to_source");
	const Node *source = node_get(to_source, "source");

	if (node_text(source) == NULL)
		return node;
	if (strcmp(source->text, r->from) == 0)
	{
		to_source = with_member(to_source, "source", strcmp(r->from, r->to) == 0 ? source
								: renamed_text(source, r->to));
		return with_member(node, "definition", with_member(definition, "to_source", to_source));
	}
	if (r->left_out == NULL)
		return node;
	leave_out(r->left_out, node, xprintf("relationship \"%s\" to source \"%s\"",
										 node_get_text(node, "name") ? node_get_text(node, "name") : "", source->text));
	return NULL;
}

typedef const Node *(*Rewrite) (const Node *node, const Renaming *r);

/* The list with each element rewritten, or left out. */
static const Node *
each(const Node *list, const Renaming *r, Rewrite rewrite)
{
	Node	   *result;
	bool		same = true;

	if (list == NULL || list->kind != NODE_LIST)
		return list;
	result = node_copy(list);
	result->members = NULL;
	result->n_members = 0;
	for (int i = 0; i < list->n_members; i++)
	{
		const Node *element = rewrite(list->members[i].value, r);

		same &= element == list->members[i].value;
		if (element)
			node_add(result, NULL, element);
	}
	return same ? list : result;
}

/* The object with each element of its list rewritten. */
static const Node *
in_list(const Node *object, const char *key, const Renaming *r, Rewrite rewrite)
{
	const Node *list = node_get(object, key);

	return list ? with_member(object, key, each(list, r, rewrite)) : object;
}

static const Node *
group(const Node *node, const Renaming *r)
{
	return in_list(node, "relationships", r, relationship);
}

static const Node *
with_relationships(const Node *node, const Renaming *r)
{
	return in_list(node, "remote_relationships", r, relationship);
}

static const Node *
remote_schema(const Node *node, const Renaming *r)
{
	return in_list(node, "remote_relationships", r, group);
}

static const Node *
source(const Node *node, const Renaming *r)
{
	const Node *name = node_get(node, "name");

	if (node_text(name) == NULL)
		return node;
	if (strcmp(name->text, r->from) == 0)
	{
		node = with_member(node, "name", strcmp(r->from, r->to) == 0 ? name : renamed_text(name, r->to));
		return in_list(node, "tables", r, with_relationships);
	}
	if (r->left_out)
		leave_out(r->left_out, node, xprintf("source \"%s\"", name->text));
	return NULL;
}

const Node *
source_for_database(const Node *metadata, const char *name, LeftOuts *left_out)
{
	Renaming	r = {name, "default", left_out};

	metadata = in_list(metadata, "sources", &r, source);
	metadata = in_list(metadata, "tables", &r, with_relationships);
	return in_list(metadata, "remote_schemas", &r, remote_schema);
}

const Node *
source_from_database(const Node *metadata, const char *name, int version)
{
	Renaming	r = {"default", name, NULL};
	const Node *sources;
	Node	   *flat;

	metadata = in_list(metadata, "sources", &r, source);
	metadata = in_list(metadata, "remote_schemas", &r, remote_schema);
	sources = node_get(metadata, "sources");
	if (version == 3 || sources == NULL || sources->kind != NODE_LIST || sources->n_members == 0)
		return metadata;
	flat = node_new(NODE_OBJECT);
	for (int i = 0; i < metadata->n_members; i++)
	{
		if (metadata->members[i].value != sources)
			node_add(flat, metadata->members[i].key, metadata->members[i].value);
	}
	for (int i = 0; i < sources->members[0].value->n_members; i++)
	{
		const Member *m = &sources->members[0].value->members[i];

		if (strcmp(m->key, "name") != 0 && strcmp(m->key, "kind") != 0)
			node_add(flat, m->key, m->value);
	}
	return flat;
}
