/*
 * merge.c: the metadata of the database, written into those of the files.
 *
 * A tree of shapes says which lists are merged by element and which objects by
 * member, what tells elements apart, and in which order Hasura's CLI writes
 * members. Values without a shape are taken whole.
 */
#include "metadata/merge.h"

#include <stdlib.h>
#include <string.h>

typedef struct Shape Shape;

typedef struct ShapeMember
{
	const char *key;
	const Shape *shape;
} ShapeMember;

struct Shape
{
	const char *order;			/* of members, separated by spaces; others
								 * come behind, by name */
	const char *passed_over;	/* those of them that the database does not
								 * keep */
	const ShapeMember *members; /* those with shapes; ends with a key of NULL */
	const char *identity;		/* of a list: the member that tells elements
								 * apart; "": the element itself */
	const Shape *element;		/* of a list */
	bool		by_member;		/* merged member by member */
	bool		stays;			/* where the database has it no more, it keeps
								 * what the database does not know */
};

static const Shape named_element = {.order = "name using definition comment", .by_member = true};
static const Shape named_list = {.identity = "name", .element = &named_element};

static const Shape remote_element = {.order = "definition name comment", .by_member = true};
static const Shape remote_list = {.identity = "name", .element = &remote_element};

/* of what a role may select, the database keeps limits; the rest are grants */
static const Shape select_permission = {
	.order = "columns computed_fields filter limit allow_aggregations",
	.passed_over = "columns computed_fields filter",
.by_member = true, .stays = true};
static const ShapeMember select_members[] = {
	{"permission", &select_permission},
	{NULL, NULL}
};
static const Shape select_element = {.order = "role permission comment", .passed_over = "comment",
	.members = select_members,
.by_member = true, .stays = true};
static const Shape select_list = {.identity = "role", .element = &select_element};

static const ShapeMember table_element_members[] = {
	{"object_relationships", &named_list},
	{"array_relationships", &named_list},
	{"computed_fields", &named_list},
	{"remote_relationships", &remote_list},
	{"select_permissions", &select_list},
	{NULL, NULL}
};
static const Shape table_element = {
	.order = "table is_enum configuration object_relationships array_relationships computed_fields "
	"remote_relationships insert_permissions select_permissions update_permissions delete_permissions "
	"event_triggers",
	.passed_over = "insert_permissions update_permissions delete_permissions event_triggers",
	.members = table_element_members,
.by_member = true, .stays = true};
static const Shape table_list = {.identity = "table", .element = &table_element};

static const Shape function_element = {.order = "function configuration permissions comment",
.passed_over = "permissions", .by_member = true};
static const Shape function_list = {.identity = "function", .element = &function_element};

static const Shape hidden_list = {.identity = ""};

static const ShapeMember source_element_members[] = {
	{"tables", &table_list},
	{"functions", &function_list},
	{"hidden_tables", &hidden_list},
	{NULL, NULL}
};
static const Shape source_element = {
	.order = "name kind configuration query_tags customization health_check tables functions hidden_tables",
	.passed_over = "configuration query_tags health_check",
	.members = source_element_members,
.by_member = true, .stays = true};
static const Shape source_list = {.identity = "name", .element = &source_element};

static const Shape remote_definition = {
.order = "url url_from_env timeout_seconds customization headers forward_client_headers", .by_member = true};
static const Shape permission_definition = {.by_member = true};
static const ShapeMember permission_element_members[] = {
	{"definition", &permission_definition},
	{NULL, NULL}
};
static const Shape permission_element = {.order = "role definition comment",
.members = permission_element_members, .by_member = true};
static const Shape permission_list = {.identity = "role", .element = &permission_element};
static const ShapeMember group_element_members[] = {
	{"relationships", &remote_list},
	{NULL, NULL}
};
static const Shape group_element = {.members = group_element_members, .by_member = true};
static const Shape group_list = {.identity = "type_name", .element = &group_element};
static const ShapeMember remote_schema_element_members[] = {
	{"definition", &remote_definition},
	{"permissions", &permission_list},
	{"remote_relationships", &group_list},
	{NULL, NULL}
};
static const Shape remote_schema_element = {
	.order = "name definition comment permissions remote_relationships",
	.members = remote_schema_element_members,
.by_member = true};
static const Shape remote_schema_list = {.identity = "name", .element = &remote_schema_element};

static const Shape query_list = {.identity = "name", .element = &named_element};
static const ShapeMember collection_definition_members[] = {
	{"queries", &query_list},
	{NULL, NULL}
};
static const Shape collection_definition = {
.members = collection_definition_members, .by_member = true};
static const ShapeMember collection_element_members[] = {
	{"definition", &collection_definition},
	{NULL, NULL}
};
static const Shape collection_element = {.order = "name definition comment",
.members = collection_element_members, .by_member = true};
static const Shape collection_list = {.identity = "name", .element = &collection_element};
static const Shape allowed_element = {.by_member = true};
static const Shape allowed_list = {.identity = "collection", .element = &allowed_element};

static const ShapeMember root_shape_members[] = {
	{"sources", &source_list},
	{"tables", &table_list},
	{"functions", &function_list},
	{"remote_schemas", &remote_schema_list},
	{"query_collections", &collection_list},
	{"allowlist", &allowed_list},
	{NULL, NULL}
};
static const Shape root_shape = {
	.order = "version sources tables functions remote_schemas query_collections allowlist",
	.members = root_shape_members,
.by_member = true};

static const Shape *
member_shape(const Shape *shape, const char *key)
{
	for (const ShapeMember *m = shape ? shape->members : NULL; m && m->key; m++)
	{
		if (strcmp(m->key, key) == 0)
			return m->shape;
	}
	return NULL;
}

/* ---- names ---- */

char	   *
qualified_name(const Node *name)
{
	const char *schema = node_get_text(name, "schema");
	const char *text = name && name->kind == NODE_OBJECT ? node_get_text(name, "name") : node_text(name);

	return text ? xprintf("%s.%s", schema ? schema : "public", text) : NULL;
}

/* What tells an element apart; NULL of what has no such thing. */
static char *
identity_of(const Shape *list, const Node *element)
{
	const Node *value;

	if (*list->identity == '\0')
		return qualified_name(element);
	value = node_get(element, list->identity);
	if (list == &table_list || list == &function_list)
		return qualified_name(value);
	if (value == NULL && list == &group_list)
		value = node_get(element, "type");
	return node_text(value) ? xstrdup(node_text(value)) : NULL;
}

/* The elements of a list by identity. */
typedef struct Indexed
{
	char	   *identity;
	const Node *element;
} Indexed;

typedef struct Index
{
	Indexed    *items;			/* sorted */
	int			n;
} Index;

static int
compare_indexed(const void *a, const void *b)
{
	return strcmp(((const Indexed *) a)->identity, ((const Indexed *) b)->identity);
}

static Index
index_of(const Shape *shape, const Node *list)
{
	Index		index = {0};

	if (list == NULL || list->kind != NODE_LIST)
		return index;
	index.items = xmalloc(((size_t) list->n_members + 1) * sizeof(Indexed));
	for (int i = 0; i < list->n_members; i++)
	{
		const Node *element = list->members[i].value;
		char	   *identity = identity_of(shape, element);

		if (identity)
			index.items[index.n++] = (Indexed) {identity, element};
	}
	qsort(index.items, (size_t) index.n, sizeof(Indexed), compare_indexed);
	return index;
}

static const Node *
look_up(const Index *index, const char *identity)
{
	Indexed		key = {(char *) identity, NULL};
	Indexed    *found = identity && index->n > 0
	? bsearch(&key, index->items, (size_t) index->n, sizeof(Indexed), compare_indexed) : NULL;

	return found ? found->element : NULL;
}

static void
index_free(Index *index)
{
	for (int i = 0; i < index->n; i++)
		free(index->items[i].identity);
	free(index->items);
}

/* ---- the order of members ---- */

/* The place of a key in a list of words; that behind all for others. */
static int
rank_of(const char *words, const char *key)
{
	size_t		len = strlen(key);
	int			rank = 0;

	for (const char *p = words ? words : ""; *p; rank++)
	{
		size_t		n = strcspn(p, " ");

		if (n == len && memcmp(p, key, n) == 0)
			return rank;
		p += n + (p[n] == ' ');
	}
	return rank;
}

static bool
is_among(const char *words, const char *key)
{
	return words && rank_of(words, key) < rank_of(words, "");
}

static int
compare_keys(const Shape *shape, const char *a, const char *b)
{
	const char *order = shape ? shape->order : NULL;
	int			rank = rank_of(order, a) - rank_of(order, b);

	return rank ? rank : strcmp(a, b);
}

/* The value with its members in order. */
static const Node *
in_order(const Shape *shape, const Node *node)
{
	Node	   *sorted;

	if (node->n_members == 0)
		return node;
	sorted = node_new(node->kind);
	for (int i = 0; i < node->n_members; i++)
	{
		const Member *m = &node->members[i];
		const Shape *inner = m->key ? member_shape(shape, m->key) : shape ? shape->element : NULL;
		int			at = sorted->n_members;

		node_add(sorted, m->key, in_order(inner, m->value));
		for (; m->key && at > 0; at--)
		{
			if (compare_keys(shape, sorted->members[at - 1].key, m->key) <= 0)
				break;
			Member		moved = sorted->members[at];

			sorted->members[at] = sorted->members[at - 1];
			sorted->members[at - 1] = moved;
		}
	}
	return sorted;
}

const Node *
metadata_in_order(const Node *database)
{
	return in_order(&root_shape, database);
}

/* ---- merging ---- */

static const Node *merge(const Shape *shape, const Node *files, const Node *normal,
						 const Node *database);

/* The new value in place of the old: in the same file, if that has its own. */
static const Node *
in_place_of(const Node *old, const Node *new)
{
	Node	   *copy;

	if (old == NULL || old->include == NULL)
		return new;
	copy = node_copy(new);
	copy->include = old->include;
	copy->include_file = old->include_file;
	return copy;
}

/* Puts a member where it belongs among those that are there. */
static void
insert_member(Node *node, const Member *m, int at)
{
	node_add(node, m->key, m->value);
	for (int i = node->n_members - 1; i > at; i--)
		node->members[i] = node->members[i - 1];
	node->members[at] = *m;
}

/* The files' list without changes if that is what came of it. */
static const Node *
unless_same(const Node *files, Node *result)
{
	bool		same = files->n_members == result->n_members;

	for (int i = 0; same && i < result->n_members; i++)
		same = files->members[i].value == result->members[i].value;
	return same ? files : in_place_of(files, result);
}

/* An element that the database has no more; NULL when it goes. */
static const Node *
merge_removed(const Shape *list, const Node *element, const Node *normal)
{
	Node	   *bare;

	if (!list->element || !list->element->stays)
		return NULL;
	bare = node_new(NODE_OBJECT);
	node_add(bare, list->identity, node_get(normal, list->identity));
	return merge(list->element, element, normal, bare);
}

static const Node *
merge_list(const Shape *shape, const Node *files, const Node *normal, const Node *database)
{
	Index		of_files = index_of(shape, files);
	Index		of_normal = index_of(shape, normal);
	Index		of_database = index_of(shape, database);
	Node	   *result = node_new(NODE_LIST);

	for (int i = 0; i < files->n_members; i++)
	{
		const Node *element = files->members[i].value;
		char	   *identity = identity_of(shape, element);
		const Node *before = look_up(&of_normal, identity);
		const Node *now = look_up(&of_database, identity);

		if (now)
			element = merge(shape->element, element, before, now);
		else if (before)
			element = merge_removed(shape, element, before);
		if (element)
			node_add(result, NULL, element);
		free(identity);
	}
	for (int i = 0; i < of_database.n; i++)
	{
		const Indexed *item = &of_database.items[i];
		const Node *before = look_up(&of_normal, item->identity);
		Member		m = {NULL, in_order(shape->element, item->element)};
		int			at = 0;

		if (look_up(&of_files, item->identity) || (before && node_equal(before, item->element)))
			continue;
		for (; at < result->n_members; at++)
		{
			char	   *other = identity_of(shape, result->members[at].value);
			bool		greater = other && strcmp(other, item->identity) > 0;

			free(other);
			if (greater)
				break;
		}
		insert_member(result, &m, at);
	}
	index_free(&of_files);
	index_free(&of_normal);
	index_free(&of_database);
	return unless_same(files, result);
}

static const Node *merge_object(const Shape *shape, const Node *files, const Node *normal,
								const Node *database);

/* A member that the database has no more; NULL when it goes. */
static const Node *
merge_gone(const Shape *shape, const Node *files, const Node *normal)
{
	const Node *left = NULL;

	if (shape && shape->identity && files->kind == NODE_LIST)
		left = merge_list(shape, files, normal, NULL);
	else if (shape && shape->stays && files->kind == NODE_OBJECT)
		left = merge_object(shape, files, normal, node_new(NODE_OBJECT));
	return left && left->n_members > 0 ? left : NULL;
}

static const Node *
merge_object(const Shape *shape, const Node *files, const Node *normal, const Node *database)
{
	Node	   *result = node_new(NODE_OBJECT);

	for (int i = 0; i < files->n_members; i++)
	{
		const Member *m = &files->members[i];
		const Shape *inner = member_shape(shape, m->key);
		const Node *before = node_get(normal, m->key);
		const Node *now = node_get(database, m->key);
		const Node *value = m->value;

		if (now)
			value = merge(inner, value, before, now);
		else if (before)
			value = merge_gone(inner, value, before);
		if (value)
			node_add(result, m->key, value);
	}
	for (int i = 0; i < database->n_members; i++)
	{
		const Member *m = &database->members[i];
		const Node *before = node_get(normal, m->key);
		Member		new = {m->key, NULL};
		int			at = 0;

		if (node_get(files, m->key) || (before && node_equal(before, m->value)))
			continue;
		new.value = in_order(member_shape(shape, m->key), m->value);
		while (at < result->n_members && compare_keys(shape, result->members[at].key, m->key) < 0)
			at++;
		insert_member(result, &new, at);
	}
	return unless_same(files, result);
}

static const Node *
merge(const Shape *shape, const Node *files, const Node *normal, const Node *database)
{
	if (normal && node_equal(normal, database))
		return files;
	if (shape && shape->identity && files->kind == NODE_LIST && database->kind == NODE_LIST)
		return merge_list(shape, files, normal, database);
	if (shape && shape->by_member && files->kind == NODE_OBJECT && database->kind == NODE_OBJECT)
		return merge_object(shape, files, normal, database);
	if (node_equal(files, database))
		return files;
	return in_place_of(files, in_order(shape, database));
}

/* ---- without the normal form ---- */

/* The part of the files' metadata that a database keeps, by its shape. */
static const Node *
known_part(const Shape *shape, const Node *node)
{
	Node	   *known;

	if (shape == NULL || node->n_members == 0)
		return node;
	known = node_new(node->kind);
	for (int i = 0; i < node->n_members; i++)
	{
		const Member *m = &node->members[i];
		const Shape *inner = m->key ? member_shape(shape, m->key) : shape->element;

		if (m->key == NULL || shape->order == NULL ||
			(is_among(shape->order, m->key) && !is_among(shape->passed_over, m->key)))
			node_add(known, m->key, known_part(inner, m->value));
	}
	return known;
}

/* ---- hidden tables ---- */

/* A table that nothing is said of. */
static const Node *
bare_table(const Node *name)
{
	Node	   *table = node_new(NODE_OBJECT);

	node_add(table, "table", in_order(NULL, name));
	return table;
}

/* The list of tables after some were hidden, and others shown again. */
static const Node *
apply_hidden(const Node *tables, const Node *before, const Node *now, Buffer *removed)
{
	Index		of_before = index_of(&hidden_list, before);
	Index		of_now = index_of(&hidden_list, now);
	Index		of_tables = index_of(&table_list, tables);
	Node	   *result = node_new(NODE_LIST);

	for (int i = 0; i < tables->n_members; i++)
	{
		const Node *table = tables->members[i].value;
		char	   *identity = identity_of(&table_list, table);

		if (look_up(&of_now, identity) == NULL || look_up(&of_before, identity))
			node_add(result, NULL, table);
		else if (table->n_members > 1)
			buffer_printf(removed, "table %s is hidden: what was said of it went with it\n", identity);
		free(identity);
	}
	for (int i = 0; i < of_before.n; i++)
	{
		const Indexed *item = &of_before.items[i];

		if (look_up(&of_now, item->identity) == NULL && look_up(&of_tables, item->identity) == NULL)
			node_add(result, NULL, bare_table(item->element));
	}
	index_free(&of_before);
	index_free(&of_now);
	index_free(&of_tables);
	return unless_same(tables, result);
}

/*
 * Where tables that are not listed are hidden, the list of tables says which
 * are: as in files of Hasura, which do not know of hidden_tables.
 */
static const Node *
merge_hidden(const Node *merged, const Node *normal, const Node *database, Buffer *removed)
{
	const Node *tables = node_get(merged, "tables");
	Node	   *result = node_new(NODE_OBJECT);

	for (int i = 0; i < merged->n_members; i++)
	{
		const Member *m = &merged->members[i];

		if (strcmp(m->key, "hidden_tables") == 0)
			continue;
		node_add(result, m->key, m->value == tables && tables->kind == NODE_LIST
				 ? apply_hidden(tables, node_get(normal, "hidden_tables"),
								node_get(database, "hidden_tables"), removed) : m->value);
	}
	return unless_same(merged, result);
}

static bool
lists_all_tables(const Node *source, bool needs_configuration)
{
	return node_get(source, "tables") && !node_get(source, "hidden_tables") &&
		(!needs_configuration || node_get(source, "configuration"));
}

const Node *
merge_metadata(const Node *files, const Node *normal, const Node *database, Buffer *removed)
{
	const Node *before = normal ? normal : known_part(&root_shape, files);
	const Node *merged = merge(&root_shape, files, before, database);
	const Node *sources = node_get(merged, "sources");
	Index		old;
	Index		of_before;
	Index		of_database;
	Node	   *list;
	Node	   *result;

	if (normal == NULL)
		return merged;
	if (sources == NULL || sources->kind != NODE_LIST)
		return lists_all_tables(files, false) ? merge_hidden(merged, before, database, removed)
			: merged;
	old = index_of(&source_list, node_get(files, "sources"));
	of_before = index_of(&source_list, node_get(before, "sources"));
	of_database = index_of(&source_list, node_get(database, "sources"));
	list = node_new(NODE_LIST);
	for (int i = 0; i < sources->n_members; i++)
	{
		const Node *source = sources->members[i].value;
		const char *name = node_get_text(source, "name");
		const Node *now = look_up(&of_database, name);

		if (now && lists_all_tables(look_up(&old, name), true))
			source = merge_hidden(source, look_up(&of_before, name), now, removed);
		node_add(list, NULL, source);
	}
	index_free(&old);
	index_free(&of_before);
	index_free(&of_database);
	if (unless_same(sources, list) == sources)
		return merged;
	result = node_copy(merged);
	for (int i = 0; i < result->n_members; i++)
	{
		if (result->members[i].value == sources)
			result->members[i].value = in_place_of(sources, list);
	}
	return result;
}
