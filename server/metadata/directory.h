/*
 * directory.h: the metadata directory of Hasura's CLI, config v2 or v3.
 */
#ifndef DIRECTORY_H
#define DIRECTORY_H

#include "metadata/node.h"

/* A file at the top of the directory. */
typedef struct TopFile
{
	const char *path;
	const char *key;			/* of the metadata; NULL: its members are keys */
	int			versions;		/* the versions that have it: 2, 3, or both
								 * (23) */
	const char *empty;			/* what it holds when there is nothing to say;
								 * NULL: such a file is not made */
} TopFile;

extern const TopFile top_files[];	/* ends with a path of NULL */

typedef struct Project
{
	const char *config_path;	/* of config.yaml; NULL without */
	const char *endpoint;		/* what it says; may be NULL */
	const char *admin_secret;
	const char *directory;		/* of the metadata; ends without a slash */
	int			version;		/* 2 or 3 */
	const Node *metadata;		/* what the files say, as one object */
	SourceFile **files;			/* those that were read */
	int			n_files;
	char	  **unread;			/* files at the top that have no meaning */
	int			n_unread;
	bool		compact_lists;	/* as most of its files have them */
} Project;

/*
 * Finds the directory: that of config.yaml in the folder, or the folder itself
 * when version.yaml is in it. metadata_directory, if not NULL, counts before
 * what config.yaml says. Returns false after having set *error.
 */
extern bool project_find(Project *project, const char *folder, const char *metadata_directory,
						 char **error);

/*
 * Reads all files. A directory that is not there has no metadata (version 3).
 * Returns false after having set *error, with file, line and column.
 */
extern bool project_read(Project *project, char **error);

/* The file of a path below the directory, if it was read. */
extern const SourceFile *project_file(const Project *project, const char *path);

/*
 * Writes a file anew, with the folders above it, in one step. False after
 * having set *error.
 */
extern bool project_write(const Project *project, const char *path, const char *data, size_t len,
						  char **error);

extern bool project_remove(const Project *project, const char *path, char **error);

#endif
