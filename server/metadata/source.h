/*
 * source.h: which source of a metadata directory is the database.
 */
#ifndef SOURCE_H
#define SOURCE_H

#include "metadata/node.h"

/* Something that the directory has and the database takes no notice of. */
typedef struct LeftOut
{
	const Node *node;
	const char *what;
} LeftOut;

typedef struct LeftOuts
{
	LeftOut    *items;
	int			n;
} LeftOuts;

/*
 * The name of the source: the wanted one, else "default", else the only one of
 * kind postgres. Version 2 has no sources: "default". NULL after having set
 * *error.
 */
extern const char *source_choose(const Node *metadata, const char *wanted, char **error);

/*
 * The metadata as they are sent: that source alone, called "default", without
 * relationships to other ones; what goes is added to left_out.
 */
extern const Node *source_for_database(const Node *metadata, const char *name, LeftOuts *left_out);

/*
 * The reverse, of what the database says: in the form of version 2 or 3, with
 * the source's name in the files.
 */
extern const Node *source_from_database(const Node *metadata, const char *name, int version);

#endif
