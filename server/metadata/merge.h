/*
 * merge.h: the metadata of the database, written into those of the files.
 */
#ifndef MERGE_H
#define MERGE_H

#include "metadata/node.h"

/*
 * Three versions of the metadata:
 *
 * files: what the directory says;
 * normal: what the database would have after an apply of that; NULL when that
 * cannot be told;
 * database: what it has.
 *
 * Returns the files' version with what differs between the other two: where
 * these agree, the files' own words stay, and so does what the database does
 * not keep. Nodes that stay are the same nodes. Removed tables, which take
 * something along that the database does not keep, are told in *removed, one
 * line each.
 */
extern const Node *merge_metadata(const Node *files, const Node *normal, const Node *database,
								  Buffer *removed);

/* Metadata of the database as they are written where no files are. */
extern const Node *metadata_in_order(const Node *database);

/* "schema.name" of a table or function; NULL of what is none. A new text. */
extern char *qualified_name(const Node *name);

#endif
