/*
 * yaml_read.c: reads YAML into nodes, by the events of libyaml.
 *
 * Nothing a file says may hang the program or eat its memory: nesting is
 * bounded by NODE_MAX_DEPTH, and the weight of what aliases and merges stand
 * for by NODE_MAX_WEIGHT. An alias shares the node, so a bomb is noticed by
 * its weight before anything is written out.
 */
#include "metadata/yaml.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

typedef struct Anchor
{
	const char *name;
	const Node *node;			/* NULL while it is being read */
} Anchor;

typedef struct Reading
{
	YamlReader *reader;
	yaml_parser_t parser;
	Anchor	   *anchors;
	int			n_anchors;
} Reading;

const Node *
yaml_error(YamlReader *reader, const Node *at, const char *format,...)
{
	Buffer		b = {0};
	va_list		args;

	if (reader->error)
		return NULL;
	buffer_printf(&b, "%s:%d:%d: ", reader->file->shown, at ? at->line : 1, at ? at->column : 1);
	va_start(args, format);
	buffer_vprintf(&b, format, args);
	va_end(args);
	reader->error = buffer_take(&b);
	return NULL;
}

static const Node *read_node(Reading *r, yaml_event_t *event);

/* The next event; false after an error. The caller deletes it. */
static bool
next_event(Reading *r, yaml_event_t *event)
{
	Node		at = {0};

	if (yaml_parser_parse(&r->parser, event))
		return true;
	at.line = (int) r->parser.problem_mark.line + 1;
	at.column = (int) r->parser.problem_mark.column + 1;
	yaml_error(r->reader, &at, "%s%s%s", r->parser.problem ? r->parser.problem : "this cannot be read",
			   r->parser.context ? ", " : "", r->parser.context ? r->parser.context : "");
	return false;
}

static Node *
new_at(Reading *r, NodeKind kind, const yaml_event_t *event)
{
	Node	   *node = node_new(kind);

	node->file = r->reader->file;
	node->line = (int) event->start_mark.line + 1;
	node->column = (int) event->start_mark.column + 1;
	return node;
}

/* ---- anchors ---- */

static Anchor *
find_anchor(Reading *r, const char *name)
{
	for (int i = r->n_anchors - 1; i >= 0; i--)
	{
		if (strcmp(r->anchors[i].name, name) == 0)
			return &r->anchors[i];
	}
	return NULL;
}

/* More anchors in one file are refused: each is looked for in turn. */
#define MAX_ANCHORS 5000

/*
 * The place of the anchor; -1 without one, or after an error. A second of the
 * name takes over.
 */
static int
open_anchor(Reading *r, const yaml_event_t *event, const yaml_char_t *name)
{
	Anchor	   *known = name ? find_anchor(r, (const char *) name) : NULL;

	if (name == NULL)
		return -1;
	if (known == NULL && r->n_anchors >= MAX_ANCHORS)
	{
		yaml_error(r->reader, new_at(r, NODE_NULL, event), "there are more than %d anchors", MAX_ANCHORS);
		return -1;
	}
	if (known == NULL)
	{
		r->anchors = xrealloc(r->anchors, (size_t) (r->n_anchors + 1) * sizeof(Anchor));
		known = &r->anchors[r->n_anchors++];
		known->name = xstrdup((const char *) name);
	}
	known->node = NULL;
	return (int) (known - r->anchors);
}

static const Node *
close_anchor(Reading *r, int place, const Node *node)
{
	if (place >= 0 && node)
		r->anchors[place].node = node;
	return node;
}

static const Node *
read_alias(Reading *r, const yaml_event_t *event)
{
	const char *name = (const char *) event->data.alias.anchor;
	const Node *at = new_at(r, NODE_NULL, event);
	Anchor	   *anchor = find_anchor(r, name);

	if (anchor == NULL)
		return yaml_error(r->reader, at, "there is no anchor \"&%s\" before this alias", name);
	if (anchor->node == NULL)
		return yaml_error(r->reader, at, "the alias \"*%s\" stands inside of what it stands for", name);
	return anchor->node;
}

/* ---- scalars ---- */

static bool
is_tag(const yaml_char_t *tag, const char *name)
{
	return tag && strncmp((const char *) tag, "tag:yaml.org,2002:", 18) == 0 &&
		strcmp((const char *) tag + 18, name) == 0;
}

/* The kind that a tag says; -1 for a tag that is not known. */
static int
tagged_kind(const yaml_char_t *tag)
{
	static const struct
	{
		const char *name;
		NodeKind	kind;
	}			tags[] = {
		{"str", NODE_STRING}, {"timestamp", NODE_STRING}, {"int", NODE_NUMBER}, {"float", NODE_NUMBER},
		{"bool", NODE_BOOL}, {"null", NODE_NULL},
	};

	for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++)
	{
		if (is_tag(tag, tags[i].name))
			return (int) tags[i].kind;
	}
	return -1;
}

/* A plain scalar, or one whose tag says that it is read as one. */
static const Node *
read_plain(Reading *r, Node *node, const char *text, size_t len, int wanted)
{
	Buffer		json = {0};
	bool		no_json = false;

	node->kind = yaml_plain_kind(text, len, &json, &no_json);
	if (no_json)
		return yaml_error(r->reader, node, "\"%s\" is a number that JSON has no form for; quote it to have a text", text);
	if (wanted >= 0 && (int) node->kind != wanted)
		return yaml_error(r->reader, node, "\"%s\" is not what its tag says", text);
	node->len = node->kind == NODE_STRING ? len : json.len;
	node->text = node->kind == NODE_STRING ? xstrndup(text, len) : buffer_take(&json);
	return node;
}

static const Node *
read_scalar(Reading *r, const yaml_event_t *event)
{
	const char *text = (const char *) event->data.scalar.value;
	size_t		len = event->data.scalar.length;
	const yaml_char_t *tag = event->data.scalar.tag;
	Node	   *node = new_at(r, NODE_STRING, event);
	int			kind = tag ? tagged_kind(tag) : -1;

	node->weight += len;
	if (tag && strcmp((const char *) tag, "!include") == 0)
		return r->reader->include(r->reader, node, text);
	if (tag && kind < 0 && strcmp((const char *) tag, "!") != 0)
		return yaml_error(r->reader, node, "the tag \"%s\" is not known here", (const char *) tag);
	if (memchr(text, '\0', len))
		return yaml_error(r->reader, node, "a text with the character 0 cannot be stored");
	if (kind != NODE_STRING && (event->data.scalar.plain_implicit || kind >= 0))
		return read_plain(r, node, text, len, kind);
	if (tag == NULL && strncmp(text, "!include ", 9) == 0)
		return r->reader->include(r->reader, node, text + 9 + strspn(text + 9, " "));
	node->text = xstrndup(text, len);
	node->len = len;
	return node;
}

/* ---- lists and objects ---- */

/* The keys of an object that is being read, to find one in constant time. */
typedef struct KeySet
{
	int		   *slots;			/* index of a member + 1; 0: free */
	size_t		n_slots;
} KeySet;

static size_t
hash_of(const char *key)
{
	uint64_t	hash = 14695981039346656037u;

	for (; *key; key++)
		hash = (hash ^ (unsigned char) *key) * 1099511628211u;
	return (size_t) (hash ^ (hash >> 32));
}

static int *
slot_of(const KeySet *set, const Node *object, const char *key)
{
	size_t		i = hash_of(key) & (set->n_slots - 1);

	while (set->slots[i] && strcmp(object->members[set->slots[i] - 1].key, key) != 0)
		i = (i + 1) & (set->n_slots - 1);
	return &set->slots[i];
}

/* Adds a member; false when the key is there. */
static bool
add_member(KeySet *set, Node *object, const char *key, const Node *value)
{
	int		   *slot;

	if ((size_t) object->n_members * 2 >= set->n_slots)
	{
		set->n_slots = set->n_slots ? set->n_slots * 2 : 16;
		free(set->slots);
		set->slots = xcalloc(set->n_slots * sizeof(int));
		for (int i = 0; i < object->n_members; i++)
			*slot_of(set, object, object->members[i].key) = i + 1;
	}
	slot = slot_of(set, object, key);
	if (*slot)
		return false;
	node_add(object, key, value);
	*slot = object->n_members;
	return true;
}

static bool
weigh(Reading *r, const Node *at, size_t more)
{
	r->reader->weight += more;
	if (r->reader->weight <= NODE_MAX_WEIGHT)
		return true;
	yaml_error(r->reader, at, "with its aliases written out, this is larger than %zu MB", NODE_MAX_WEIGHT >> 20);
	return false;
}

/* "<<": the members of an object, or of a list of them, that are not there. */
static bool
merge_into(Reading *r, KeySet *set, Node *object, const Node *merged)
{
	bool		good = true;

	if (merged->kind == NODE_LIST)
	{
		for (int i = 0; i < merged->n_members && good; i++)
		{
			const Node *one = merged->members[i].value;

			if (one->kind != NODE_OBJECT)
				return yaml_error(r->reader, one, "only mappings can be merged by \"<<\"") != NULL;
			good = merge_into(r, set, object, one);
		}
		return good;
	}
	if (merged->kind != NODE_OBJECT)
		return yaml_error(r->reader, merged, "only mappings can be merged by \"<<\"") != NULL;
	for (int i = 0; i < merged->n_members && good; i++)
	{
		const Member *m = &merged->members[i];

		good = weigh(r, object, m->value->weight);
		if (good)
			add_member(set, object, m->key, m->value);
	}
	return good;
}

/* The key that an event begins; NULL after an error. */
static const char *
read_key(Reading *r, const yaml_event_t *event)
{
	const Node *at = new_at(r, NODE_NULL, event);
	const Node *alias;

	if (event->type == YAML_ALIAS_EVENT)
	{
		alias = read_alias(r, event);
		if (alias && alias->kind != NODE_STRING)
			yaml_error(r->reader, at, "a key must be a text");
		return alias && alias->kind == NODE_STRING ? alias->text : NULL;
	}
	if (event->type != YAML_SCALAR_EVENT)
		yaml_error(r->reader, at, "a key must be a text; a value that begins with {{ needs quotes");
	else if (memchr(event->data.scalar.value, '\0', event->data.scalar.length))
		yaml_error(r->reader, at, "a key with the character 0 cannot be stored");
	else
		return xstrdup((const char *) event->data.scalar.value);
	return NULL;
}

/* Lists in block style below a key tell how the file is indented. */
static void
note_style(Reading *r, const yaml_event_t *event, const Node *value, size_t key_column)
{
	if (event->type == YAML_SEQUENCE_START_EVENT && value->n_members > 0 &&
		event->data.sequence_start.style == YAML_BLOCK_SEQUENCE_STYLE)
	{
		r->reader->file->has_lists = true;
		r->reader->file->compact_lists = event->start_mark.column == key_column;
	}
}

static bool
read_member(Reading *r, KeySet *set, Node *object, const yaml_event_t *key_event,
			const Node **merged)
{
	const char *key = read_key(r, key_event);
	bool		is_merge = key && strcmp(key, "<<") == 0 && key_event->type == YAML_SCALAR_EVENT &&
	key_event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
	yaml_event_t event;
	const Node *value;
	Node	   *at = new_at(r, NODE_NULL, key_event);
	int			place = -1;

	if (key == NULL)
		return false;
	if (key_event->type == YAML_SCALAR_EVENT)
		place = open_anchor(r, key_event, key_event->data.scalar.anchor);
	if (place >= 0)
		close_anchor(r, place, node_string(key));
	if (!next_event(r, &event))
		return false;
	value = read_node(r, &event);
	if (value)
		note_style(r, &event, value, key_event->start_mark.column);
	yaml_event_delete(&event);
	if (value == NULL || !weigh(r, at, strlen(key)))
		return false;
	if (is_merge && *merged == NULL)
		*merged = value;
	else if (is_merge || !add_member(set, object, key, value))
		return yaml_error(r->reader, at, "the key \"%s\" is there twice", key) != NULL;
	return true;
}

static const Node *
read_object(Reading *r, Node *object)
{
	KeySet		set = {0};
	const Node *merged = NULL;
	bool		good = true;
	bool		more = true;

	while (good && more)
	{
		yaml_event_t event;

		if (!next_event(r, &event))
		{
			good = false;
			break;
		}
		more = event.type != YAML_MAPPING_END_EVENT;
		if (more)
			good = read_member(r, &set, object, &event, &merged);
		yaml_event_delete(&event);
	}
	if (good && merged)
		good = merge_into(r, &set, object, merged);
	free(set.slots);
	return good ? object : NULL;
}

static const Node *
read_list(Reading *r, Node *list)
{
	while (true)
	{
		yaml_event_t event;
		const Node *item;

		if (!next_event(r, &event))
			return NULL;
		if (event.type == YAML_SEQUENCE_END_EVENT)
		{
			yaml_event_delete(&event);
			return list;
		}
		item = read_node(r, &event);
		yaml_event_delete(&event);
		if (item == NULL)
			return NULL;
		node_add(list, NULL, item);
	}
}

static const Node *
read_collection(Reading *r, yaml_event_t *event)
{
	bool		is_list = event->type == YAML_SEQUENCE_START_EVENT;
	Node	   *node = new_at(r, is_list ? NODE_LIST : NODE_OBJECT, event);
	const yaml_char_t *tag = is_list ? event->data.sequence_start.tag
	: event->data.mapping_start.tag;
	const Node *result;

	if (tag && !is_tag(tag, is_list ? "seq" : "map") && strcmp((const char *) tag, "!") != 0)
		return yaml_error(r->reader, node, "the tag \"%s\" is not known here", (const char *) tag);
	if (r->reader->depth >= NODE_MAX_DEPTH)
		return yaml_error(r->reader, node, "this is nested more than %d deep", NODE_MAX_DEPTH);
	r->reader->depth++;
	result = is_list ? read_list(r, node) : read_object(r, node);
	r->reader->depth--;
	return result;
}

/* The value that an event begins. */
static const Node *
read_node(Reading *r, yaml_event_t *event)
{
	const Node *node = NULL;
	const yaml_char_t *anchor = NULL;
	int			place;

	if (event->type == YAML_SCALAR_EVENT)
		anchor = event->data.scalar.anchor;
	else if (event->type == YAML_SEQUENCE_START_EVENT)
		anchor = event->data.sequence_start.anchor;
	else if (event->type == YAML_MAPPING_START_EVENT)
		anchor = event->data.mapping_start.anchor;
	place = open_anchor(r, event, anchor);
	if (event->type == YAML_ALIAS_EVENT)
		node = read_alias(r, event);
	else if (event->type == YAML_SCALAR_EVENT)
		node = read_scalar(r, event);
	else
		node = read_collection(r, event);
	if (node == NULL || r->reader->error)
		return NULL;
	if (event->type == YAML_ALIAS_EVENT || node->n_members == 0)
	{
		if (!weigh(r, node, node->weight))
			return NULL;
	}
	return close_anchor(r, place, node);
}

static const Node *
read_document(Reading *r)
{
	const Node *root = NULL;
	yaml_event_t event;
	yaml_event_type_t type;

	while (next_event(r, &event))
	{
		type = event.type;
		if (type == YAML_DOCUMENT_START_EVENT && root)
		{
			Node	   *at = new_at(r, NODE_NULL, &event);

			yaml_event_delete(&event);
			return yaml_error(r->reader, at, "a second document begins here; a file holds one");
		}
		if (type != YAML_STREAM_START_EVENT && type != YAML_DOCUMENT_START_EVENT &&
			type != YAML_DOCUMENT_END_EVENT && type != YAML_STREAM_END_EVENT)
			root = read_node(r, &event);
		yaml_event_delete(&event);
		if (r->reader->error)
			return NULL;
		if (type == YAML_STREAM_END_EVENT)
		{
			if (root == NULL)
			{
				Node	   *nothing = node_new(NODE_NULL);

				nothing->file = r->reader->file;
				nothing->line = nothing->column = 1;
				root = nothing;
			}
			return root;
		}
	}
	return NULL;
}

bool
yaml_read(YamlReader *reader)
{
	Reading		r = {.reader = reader};

	if (!yaml_parser_initialize(&r.parser))
		abort();
	yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&r.parser, (const unsigned char *) reader->file->data,
								 reader->file->len);
	reader->file->root = read_document(&r);
	yaml_parser_delete(&r.parser);
	free(r.anchors);
	return reader->file->root != NULL;
}
