/*
 * options.h: the options of remote-rel metadata, and its commands.
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>
#include <stdio.h>

#include "metadata/options_list.h"

typedef const char *OptionTEXT;
typedef bool OptionFLAG;

typedef struct Options
{
#define FIELD(type, field, commands, env, value, argument, help) Option##type field;
	OPTIONS_LIST(FIELD)
#undef FIELD
} Options;

typedef struct MetadataCommand
{
	const char *name;
	char		letter;			/* in options_list.h */
	const char *synopsis;		/* behind the name */
	const char *help;
	int			(*run) (const Options *options);
} MetadataCommand;

/* Ends with a name of NULL. */
extern const MetadataCommand metadata_commands[];

/*
 * Reads environment and arguments, those behind the command. Secrets in the
 * arguments are blanked. Returns false after having set *error.
 */
extern bool options_read(Options *options, const MetadataCommand *command, int argc, char **argv,
						 char **error);

extern void options_help(const MetadataCommand *command, FILE *out);
extern void metadata_man_page(FILE *out);

#endif
