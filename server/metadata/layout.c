/*
 * layout.c: metadata as the files of a directory.
 */
#include "metadata/layout.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "metadata/merge.h"
#include "metadata/yaml.h"

/* ---- files of new values ---- */

/* The place of an identity among the names of files. */
static char *
file_name(const char *identity)
{
	char	   *name = xprintf("%s.yaml", identity);
	char	   *dot = strchr(name, '.');

	*dot = '_';
	for (char *p = name; *p; p++)
	{
		if (*p == '/' || (unsigned char) *p < ' ' || (p == name && *p == '.'))
			*p = '_';
	}
	return name;
}

static bool
is_included(const Node *list, const char *path)
{
	for (int i = 0; i < list->n_members; i++)
	{
		const Node *element = list->members[i].value;

		if (element->include && strcmp(element->include, path) == 0)
			return true;
	}
	return false;
}

static bool
has_inline_element(const Node *list)
{
	for (int i = 0; i < list->n_members; i++)
	{
		if (list->members[i].value->file && list->members[i].value->include == NULL)
			return true;
	}
	return false;
}

/*
 * The list with a file for each element that has none. Of two names that would
 * have one file, the second has a number.
 */
static const Node *
with_files(const Node *list, const char *key, const char *folder)
{
	Node	   *result = node_copy(list);

	for (int i = 0; i < result->n_members; i++)
	{
		const Node *element = result->members[i].value;
		char	   *identity = qualified_name(node_get(element, key));
		Node	   *copy;
		char	   *name;

		if (element->include || identity == NULL)
			continue;
		name = file_name(identity);
		for (int n = 2; is_included(result, name); n++)
			name = file_name(xprintf("%s_%d", identity, n));
		copy = node_copy(element);
		copy->include = name;
		copy->include_file = xprintf("%s/%s", folder, name);
		result->members[i].value = copy;
	}
	return result;
}

static char *
folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return xstrndup(path, slash ? (size_t) (slash - path) : 0);
}

/*
 * One list of a source. A list that is written within databases.yaml stays
 * there.
 */
static const Node *
placed_list(const Node *list, const char *source, const char *plural, const char *key)
{
	char	   *folder = xprintf("databases/%s/%s", source, plural);
	Node	   *placed;

	if (list->kind != NODE_LIST || (list->file && list->include == NULL && list->n_members > 0) ||
		has_inline_element(list))
		return list;
	if (list->include_file)
		folder = folder_of(list->include_file);
	placed = (Node *) with_files(list, key, folder);
	if (placed->include == NULL)
	{
		placed->include = xprintf("%s/%s/%s.yaml", source, plural, plural);
		placed->include_file = xprintf("%s/%s.yaml", folder, plural);
	}
	return placed;
}

static const Node *
placed_source(const Node *source)
{
	const char *name = node_get_text(source, "name");
	Node	   *placed;

	if (name == NULL || strchr(name, '/') || *name == '.')
		return source;
	placed = node_copy(source);
	for (int i = 0; i < placed->n_members; i++)
	{
		Member	   *m = &placed->members[i];

		if (strcmp(m->key, "tables") == 0)
			m->value = placed_list(m->value, name, "tables", "table");
		else if (strcmp(m->key, "functions") == 0 && m->value->n_members > 0)
			m->value = placed_list(m->value, name, "functions", "function");
	}
	return placed;
}

static const Node *
placed_sources(const Node *sources)
{
	Node	   *placed;

	if (sources->kind != NODE_LIST)
		return sources;
	placed = node_copy(sources);
	for (int i = 0; i < placed->n_members; i++)
		placed->members[i].value = placed_source(placed->members[i].value);
	return placed;
}

/* ---- texts ---- */

static void
add_text(Layout *layout, const char *path, char *text, size_t len)
{
	layout->files = xrealloc(layout->files, (size_t) (layout->n_files + 1) * sizeof(LaidFile));
	layout->files[layout->n_files++] = (LaidFile) {path, text, len};
}

static bool
is_yaml(const char *path)
{
	const char *dot = strrchr(path, '.');

	return dot && (strcmp(dot, ".yaml") == 0 || strcmp(dot, ".yml") == 0 || strcmp(dot, ".json") == 0);
}

static void add_file(Layout *layout, const Project *project, const char *path, const Node *root);

/* The files of values further down. */
static void
add_included(Layout *layout, const Project *project, const Node *node)
{
	for (int i = 0; i < node->n_members; i++)
	{
		const Node *value = node->members[i].value;

		if (value->include)
			add_file(layout, project, value->include_file, value);
		else
			add_included(layout, project, value);
	}
}

static void
add_file(Layout *layout, const Project *project, const char *path, const Node *root)
{
	const SourceFile *file = project_file(project, path);
	bool		compact = file && file->has_lists ? file->compact_lists : project->compact_lists;
	Buffer		text = {0};
	size_t		len;

	if (layout_file(layout, path))
		return;
	if (root->kind == NODE_STRING && !is_yaml(path))
		buffer_append(&text, root->text, root->len);
	else
		yaml_write(root, compact, &text);
	len = text.len;
	add_text(layout, path, buffer_take(&text), len);
	add_included(layout, project, root);
}

static int
compare_files(const void *a, const void *b)
{
	return strcmp(((const LaidFile *) a)->path, ((const LaidFile *) b)->path);
}

const LaidFile *
layout_file(const Layout *layout, const char *path)
{
	for (int i = 0; i < layout->n_files; i++)
	{
		if (strcmp(layout->files[i].path, path) == 0)
			return &layout->files[i];
	}
	return NULL;
}

Layout
layout_of(const Project *project, const Node *metadata, bool all)
{
	Layout		layout = {0};

	for (const TopFile *top = top_files; top->path; top++)
	{
		const SourceFile *file = project_file(project, top->path);
		const Node *value = top->key ? node_get(metadata, top->key) : NULL;

		if (top->versions != 23 && top->versions != project->version)
			continue;
		if (value && top->versions == 3 && strcmp(top->key, "sources") == 0)
			value = placed_sources(value);
		if (value && (file || !node_is_empty(value) || all))
			add_file(&layout, project, top->path, value);
		else if (strcmp(top->path, "version.yaml") == 0 && (file || all))
			add_text(&layout, top->path, xprintf("version: %d\n", project->version), 11);
		else if (file && top->key && file->root->kind != NODE_NULL)
			add_text(&layout, top->path, xstrdup(top->empty), strlen(top->empty));
		else if (file && is_yaml(top->path))
			add_file(&layout, project, top->path, file->root);
		else if (all && !file && top->empty)
			add_text(&layout, top->path, xstrdup(top->empty), strlen(top->empty));
	}
	qsort(layout.files, (size_t) layout.n_files, sizeof(LaidFile), compare_files);
	return layout;
}
