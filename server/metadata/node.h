/*
 * node.h: metadata as a tree: what JSON can say, and where in which file it
 * stands.
 *
 * Nodes are never changed once others point at them: aliases, merges and
 * versions of the metadata share them. They live until the program ends.
 */
#ifndef NODE_H
#define NODE_H

#include "common/buffer.h"
#include "common/json_scan.h"

typedef enum NodeKind
{
	NODE_NULL, NODE_BOOL, NODE_NUMBER, NODE_STRING, NODE_LIST, NODE_OBJECT
} NodeKind;

typedef struct Node Node;

/* A file of the metadata directory, read. */
typedef struct SourceFile
{
	const char *path;			/* below the metadata directory */
	const char *shown;			/* as messages name it */
	const char *data;
	size_t		len;
	const Node *root;			/* NULL while it is being read */
	bool		is_text;		/* no YAML: the root is a string */
	bool		has_lists;		/* below keys, in lines of their own */
	bool		compact_lists;	/* then their "-" stands below the first
								 * letter of the key, as older CLIs write it */
} SourceFile;

typedef struct Member
{
	const char *key;			/* NULL in a list */
	const Node *value;
} Member;

struct Node
{
	NodeKind	kind;
	const char *text;			/* a string; a number or boolean as JSON has
								 * it */
	size_t		len;
	Member	   *members;
	int			n_members;
	size_t		weight;			/* about the bytes of all of it, written out */
	const SourceFile *file;		/* NULL: from no file */
	int			line;			/* from 1 */
	int			column;			/* from 1 */
	const char *include;		/* "!include" of this path brought it in: it
								 * is the root of a file */
	const char *include_file;	/* then that file, below the metadata
								 * directory */
};

/* Deeper nesting than this is refused, with all files taken together. */
#define NODE_MAX_DEPTH 200

/* More bytes than this, with aliases written out, are refused. */
#define NODE_MAX_WEIGHT ((size_t) 64 * 1024 * 1024)

extern Node *node_new(NodeKind kind);
extern Node *node_string(const char *text);
extern Node *node_copy(const Node *node);	/* shares the members */

/* Only while nothing else points at the node. The key is not copied. */
extern void node_add(Node *node, const char *key, const Node *value);

/* The member of an object; NULL without, or of anything else. */
extern const Node *node_get(const Node *object, const char *key);

/* A string's text, or a member's that is one; NULL for anything else. */
extern const char *node_text(const Node *node);
extern const char *node_get_text(const Node *object, const char *key);

/* The same JSON; members of objects in any order. */
extern bool node_equal(const Node *a, const Node *b);

/* null, "", [] and {}, and lists and objects of nothing else. */
extern bool node_is_empty(const Node *node);

/* "$", ".name" and "[0]" steps below root; NULL where it leads nowhere. */
extern const Node *node_at_path(const Node *root, const char *path, size_t len);

/* "file:line:column"; "" of a node that is from no file. A new text. */
extern char *node_place(const Node *node);

extern void node_to_json(const Node *node, Buffer *out);
extern const Node *node_from_json(const JsonText *json);

#endif
