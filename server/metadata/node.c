/*
 * node.c: metadata as a tree.
 */
#include "metadata/node.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* What a node weighs besides its text. */
#define NODE_WEIGHT 16

Node	   *
node_new(NodeKind kind)
{
	Node	   *node = xcalloc(sizeof(Node));

	node->kind = kind;
	node->text = "";
	node->weight = NODE_WEIGHT;
	return node;
}

Node	   *
node_string(const char *text)
{
	Node	   *node = node_new(NODE_STRING);

	node->text = text;
	node->len = strlen(text);
	node->weight += node->len;
	return node;
}

Node	   *
node_copy(const Node *node)
{
	Node	   *copy = xmalloc(sizeof(Node));

	*copy = *node;
	if (node->n_members > 0)
	{
		copy->members = NULL;
		copy->n_members = 0;
		for (int i = 0; i < node->n_members; i++)
			node_add(copy, node->members[i].key, node->members[i].value);
		copy->weight = node->weight;
	}
	return copy;
}

/* Room grows at powers of two, so the count tells when. */
void
node_add(Node *node, const char *key, const Node *value)
{
	size_t		n = (size_t) node->n_members;

	if ((n & (n - 1)) == 0)
		node->members = xrealloc(node->members, (n ? n * 2 : 1) * sizeof(Member));
	node->members[node->n_members++] = (Member) {key, value};
	node->weight += value->weight + (key ? strlen(key) : 0);
}

const Node *
node_get(const Node *object, const char *key)
{
	if (object == NULL || object->kind != NODE_OBJECT)
		return NULL;
	for (int i = 0; i < object->n_members; i++)
	{
		if (strcmp(object->members[i].key, key) == 0)
			return object->members[i].value;
	}
	return NULL;
}

const char *
node_text(const Node *node)
{
	return node && node->kind == NODE_STRING ? node->text : NULL;
}

const char *
node_get_text(const Node *object, const char *key)
{
	return node_text(node_get(object, key));
}

static bool
same_number(const Node *a, const Node *b)
{
	return strcmp(a->text, b->text) == 0 || strtod(a->text, NULL) == strtod(b->text, NULL);
}

bool
node_equal(const Node *a, const Node *b)
{
	if (a == b)
		return true;
	if (a == NULL || b == NULL || a->kind != b->kind || a->n_members != b->n_members)
		return false;
	if (a->kind == NODE_NUMBER)
		return same_number(a, b);
	if (a->len != b->len || memcmp(a->text, b->text, a->len) != 0)
		return false;
	for (int i = 0; i < a->n_members; i++)
	{
		const char *key = a->members[i].key;

		if (!node_equal(a->members[i].value, key ? node_get(b, key) : b->members[i].value))
			return false;
	}
	return true;
}

bool
node_is_empty(const Node *node)
{
	if (node->kind == NODE_BOOL || node->kind == NODE_NUMBER || node->len > 0)
		return false;
	for (int i = 0; i < node->n_members; i++)
	{
		if (!node_is_empty(node->members[i].value))
			return false;
	}
	return true;
}

/* The step at *p, which moves behind it: a name, ["any text"] or [number]. */
static const Node *
take_step(const Node *node, const char **p, const char *end)
{
	const char *start = *p + 1;
	const char *stop = start;
	JsonText	quoted;
	const Node *found = NULL;
	char	   *name = NULL;

	if (**p == '.')
	{
		while (stop < end && (isalnum((unsigned char) *stop) || *stop == '_'))
			stop++;
		name = xstrndup(start, (size_t) (stop - start));
		*p = stop;
	}
	else if (start < end && *start == '"')
	{
		for (stop++; stop < end && *stop != '"'; stop++)
			stop += *stop == '\\';
		if (stop + 1 >= end || !json_check(start, (size_t) (stop + 1 - start), &quoted))
			return NULL;
		name = json_dup(&quoted);
		*p = stop + 2;
	}
	else if (start < end && isdigit((unsigned char) *start))
	{
		long		i = strtol(start, NULL, 10);

		while (stop < end && *stop != ']')
			stop++;
		*p = stop + 1;
		return node->kind == NODE_LIST && i < node->n_members ? node->members[i].value : NULL;
	}
	if (name)
		found = node_get(node, name);
	free(name);
	return found;
}

const Node *
node_at_path(const Node *root, const char *path, size_t len)
{
	const char *end = path + len;
	const Node *node = root;

	if (len > 0 && *path == '$')
		path++;
	while (node && path < end)
		node = take_step(node, &path, end);
	return node;
}

char	   *
node_place(const Node *node)
{
	if (node == NULL || node->file == NULL)
		return xstrdup("");
	return xprintf("%s:%d:%d", node->file->shown, node->line, node->column);
}

/* ---- JSON ---- */

void
node_to_json(const Node *node, Buffer *out)
{
	switch (node->kind)
	{
		case NODE_NULL:
			buffer_puts(out, "null");
			break;
		case NODE_BOOL:
		case NODE_NUMBER:
			buffer_append(out, node->text, node->len);
			break;
		case NODE_STRING:
			buffer_json(out, node->text, node->len);
			break;
		case NODE_LIST:
		case NODE_OBJECT:
			buffer_putc(out, node->kind == NODE_LIST ? '[' : '{');
			for (int i = 0; i < node->n_members; i++)
			{
				if (i > 0)
					buffer_putc(out, ',');
				if (node->kind == NODE_OBJECT)
				{
					buffer_json_text(out, node->members[i].key);
					buffer_putc(out, ':');
				}
				node_to_json(node->members[i].value, out);
			}
			buffer_putc(out, node->kind == NODE_LIST ? ']' : '}');
			break;
	}
}

static Node *
scalar_from_json(NodeKind kind, const JsonText *json)
{
	Node	   *node = node_new(kind);

	node->text = kind == NODE_STRING ? json_dup(json) : xstrndup(json->text, json->len);
	if (node->text == NULL)
		node->text = "";
	node->len = strlen(node->text);
	return node;
}

const Node *
node_from_json(const JsonText *json)
{
	Node	   *node;
	JsonText	name;
	JsonText	value;

	switch (json->kind)
	{
		case JSON_TRUE:
		case JSON_FALSE:
			return scalar_from_json(NODE_BOOL, json);
		case JSON_NUMBER:
			return scalar_from_json(NODE_NUMBER, json);
		case JSON_STRING:
			return scalar_from_json(NODE_STRING, json);
		case JSON_ARRAY:
		case JSON_OBJECT:
			node = node_new(json->kind == JSON_ARRAY ? NODE_LIST : NODE_OBJECT);
			for (const char *at = NULL; json_next(json, &at, &name, &value);)
			{
				char	   *key = json->kind == JSON_OBJECT ? json_dup(&name) : NULL;

				node_add(node, key, node_from_json(&value));
			}
			return node;
		default:
			return node_new(NODE_NULL);
	}
}
