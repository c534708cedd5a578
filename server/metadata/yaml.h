/*
 * yaml.h: YAML as Hasura's CLI reads and writes it.
 */
#ifndef YAML_FILE_H
#define YAML_FILE_H

#include "metadata/node.h"

/*
 * The kind of a plain scalar, by the rules of the Go library that Hasura's CLI
 * reads with: those of YAML 1.2, besides 0b, underscores in numbers and octal
 * numbers that begin with 0. "yes", "on" and dates are strings. A number is
 * appended to json as JSON has it; it may be NULL. *no_json is set for .inf
 * and .nan, which JSON has no form for.
 */
extern NodeKind yaml_plain_kind(const char *text, size_t len, Buffer *json, bool *no_json);

/* What is read, and what of it may still come. */
typedef struct YamlReader
{
	/*
	 * Called for "!include path", as a string or as a tag. Returns what is to
	 * stand there instead, or NULL after having set error.
	 */
	const Node *(*include) (struct YamlReader *reader, const Node *at, const char *path);
	void	   *arg;			/* for include */
	SourceFile *file;
	int			depth;			/* of nesting, that of including files counted */
	size_t		weight;			/* of all that was read, theirs counted, too */
	char	   *error;			/* the first one, with its place; or NULL */
} YamlReader;

/*
 * Reads reader->file, whose data are there, and sets its root: one document;
 * an empty file is null. Returns false after having set reader->error.
 */
extern bool yaml_read(YamlReader *reader);

/* Sets the error, with the node's place in front; returns NULL. */
extern const Node *yaml_error(YamlReader *reader, const Node *at, const char *format,...)
			__attribute__((format(printf, 3, 4)));

/*
 * The node as a file, a line end behind it. Nodes that an include brought in
 * below the root are written as that include.
 */
extern void yaml_write(const Node *root, bool compact_lists, Buffer *out);

#endif
