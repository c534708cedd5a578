/*
 * layout.h: metadata as the files of a directory.
 */
#ifndef LAYOUT_H
#define LAYOUT_H

#include "metadata/directory.h"

typedef struct LaidFile
{
	const char *path;			/* below the metadata directory */
	char	   *text;
	size_t		len;
} LaidFile;

typedef struct Layout
{
	LaidFile   *files;			/* by path */
	int			n_files;
} Layout;

/*
 * The files that say this. Values that came from a file of their own have one
 * again; in version 3 new tables and functions get one, named as Hasura's CLI
 * names it. With all, also those files that the CLI makes where there is
 * nothing to say.
 */
extern Layout layout_of(const Project *project, const Node *metadata, bool all);

extern const LaidFile *layout_file(const Layout *layout, const char *path);

#endif
