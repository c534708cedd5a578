/*
 * options.c: the options of remote-rel metadata, from one table
 * (options_list.h).
 */
#include "metadata/options.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "common/buffer.h"
#include "common/suggest.h"

typedef enum OptionType
{
	OPTION_TEXT, OPTION_FLAG
} OptionType;

typedef struct OptionRow
{
	OptionType	type;
	const char *name;
	size_t		offset;
	const char *commands;
	const char *env;			/* separated by spaces, or NULL */
	const char *value;
	const char *argument;
	const char *help;
} OptionRow;

static const OptionRow rows[] = {
#define ROW(type, field, commands, env, value, argument, help) \
	{OPTION_##type, #field, offsetof(Options, field), commands, env, value, argument, help},
	OPTIONS_LIST(ROW)
#undef ROW
};

#define N_ROWS (sizeof(rows) / sizeof(rows[0]))

static char *
option_name(const OptionRow *row)
{
	char	   *name = xprintf("--%s", row->name);

	for (char *p = name; *p; p++)
	{
		if (*p == '_')
			*p = '-';
	}
	return name;
}

static bool
takes(const MetadataCommand *command, const OptionRow *row)
{
	return strchr(row->commands, command->letter) != NULL;
}

static void
set_text(Options *options, const OptionRow *row, const char *value)
{
	*(const char **) ((char *) options + row->offset) = value;
}

/* ---- reading ---- */

static void
read_environment(Options *options)
{
	for (size_t i = 0; i < N_ROWS; i++)
	{
		char	   *names = xstrdup(rows[i].env ? rows[i].env : "");
		bool		found = false;

		if (rows[i].type == OPTION_TEXT)
			set_text(options, &rows[i], rows[i].value);
		for (char *name = strtok(names, " "); name && !found; name = strtok(NULL, " "))
		{
			const char *value = getenv(name);

			found = value && *value;
			if (found)
				set_text(options, &rows[i], value);
		}
		free(names);
	}
}

static char *
unknown_option(const MetadataCommand *command, const char *option, size_t len)
{
	const char *words[N_ROWS + 2];
	char	   *typed = xstrndup(option, len);
	const char *nearest;
	int			n = 0;

	for (size_t i = 0; i < N_ROWS; i++)
	{
		if (takes(command, &rows[i]))
			words[n++] = option_name(&rows[i]);
	}
	words[n++] = "--help";
	words[n] = NULL;
	nearest = nearest_word(typed, words);
	if (nearest)
		return xprintf("metadata %s has no option \"%s\"; did you mean %s?", command->name, typed, nearest);
	return xprintf("metadata %s has no option \"%s\"; --help lists them", command->name, typed);
}

static const OptionRow *
find_row(const MetadataCommand *command, const char *option, size_t len)
{
	for (size_t i = 0; i < N_ROWS; i++)
	{
		char	   *name = option_name(&rows[i]);
		bool		same = strlen(name) == len && strncmp(name, option, len) == 0;

		free(name);
		if (same && takes(command, &rows[i]))
			return &rows[i];
	}
	return NULL;
}

/* Others see a process's arguments. */
static const char *
hide(char *value)
{
	char	   *copy = xstrdup(value);

	memset(value, '*', strlen(value));
	return copy;
}

static bool
is_secret(const OptionRow *row)
{
	return strcmp(row->name, "admin_secret") == 0 || strcmp(row->name, "database_url") == 0;
}

static void
read_argument(Options *options, char *argument)
{
	if (strncmp(argument, "http://", 7) == 0 || strncmp(argument, "https://", 8) == 0)
	{
		options->endpoint = argument;
		options->database_url = NULL;
	}
	else
		options->database_url = hide(argument);
}

/* Takes one word, or two; returns how many, 0 after an error. */
static int
read_option(Options *options, const MetadataCommand *command, int argc, char **argv, char **error)
{
	size_t		len = strcspn(argv[0], "=");
	const OptionRow *row = find_row(command, argv[0], len);
	char	   *value = argv[0][len] == '=' ? argv[0] + len + 1 : NULL;
	int			words = 1;

	if (row == NULL)
		*error = unknown_option(command, argv[0], len);
	else if (row->type == OPTION_FLAG && value)
		*error = xprintf("%.*s takes no value", (int) len, argv[0]);
	else if (row->type == OPTION_TEXT && value == NULL && argc < 2)
		*error = xprintf("%s needs a value", argv[0]);
	if (*error)
		return 0;
	if (row->type == OPTION_FLAG)
	{
		*(bool *) ((char *) options + row->offset) = true;
		return 1;
	}
	if (value == NULL)
	{
		value = argv[1];
		words = 2;
	}
	set_text(options, row, is_secret(row) ? hide(value) : value);
	if (strcmp(row->name, "endpoint") == 0)
		options->database_url = NULL;
	return words;
}

static char *
check(const Options *options)
{
	if (strcmp(options->color, "auto") != 0 && strcmp(options->color, "always") != 0 &&
		strcmp(options->color, "never") != 0)
		return xprintf("--color must be auto, always or never, not \"%s\"", options->color);
	if (atol(options->timeout) < 1 || strspn(options->timeout, "0123456789") != strlen(options->timeout))
		return xprintf("--timeout must be a number of seconds, not \"%s\"", options->timeout);
	return NULL;
}

bool
options_read(Options *options, const MetadataCommand *command, int argc, char **argv, char **error)
{
	*options = (Options) {0};
	*error = NULL;
	read_environment(options);
	for (int i = 0; i < argc && *error == NULL;)
	{
		if (argv[i][0] == '-')
			i += read_option(options, command, argc - i, argv + i, error);
		else
			read_argument(options, argv[i++]);
	}
	if (*error == NULL)
		*error = check(options);
	return *error == NULL;
}

/* ---- showing ---- */

void
options_help(const MetadataCommand *command, FILE *out)
{
	fprintf(out, "remote-rel metadata %s %s\n\n%s\n\nOptions:\n", command->name, command->synopsis, command->help);
	for (size_t i = 0; i < N_ROWS; i++)
	{
		char	   *name = option_name(&rows[i]);

		if (takes(command, &rows[i]))
		{
			fprintf(out, "  %s%s%s\n        %s", name, rows[i].argument ? " " : "",
					rows[i].argument ? rows[i].argument : "", rows[i].help);
			if (rows[i].value)
				fprintf(out, " (%s)", rows[i].value);
			if (rows[i].env)
				fprintf(out, "\n        environment: %s", rows[i].env);
			fputc('\n', out);
		}
		free(name);
	}
	fputs("\nExit status: 0: done, or no difference; 1: a difference, or inconsistent metadata; 2: an error.\n", out);
}

static void
put_troff(FILE *out, const char *text)
{
	for (; *text; text++)
	{
		if (*text == '-')
			fputs("\\-", out);
		else
			fputc(*text, out);
	}
}

void
metadata_man_page(FILE *out)
{
	fputs(".SH METADATA\n.B remote\\-rel metadata\n\\fICOMMAND\\fR [\\fIOPTION\\fR]... [\\fIURL\\fR]\n.PP\n"
		  "Keeps metadata in files: a metadata directory of Hasura's CLI, config v2 or v3.\n", out);
	for (const MetadataCommand *command = metadata_commands; command->name; command++)
	{
		fputs(".TP\n.B ", out);
		put_troff(out, command->name);
		fputs("\n", out);
		put_troff(out, command->help);
		fputs("\n", out);
	}
	fputs(".SS Options of metadata\n", out);
	for (size_t i = 0; i < N_ROWS; i++)
	{
		char	   *name = option_name(&rows[i]);

		fputs(".TP\n.B ", out);
		put_troff(out, name);
		if (rows[i].argument)
			fprintf(out, " \\fI%s\\fR", rows[i].argument);
		fputc('\n', out);
		put_troff(out, rows[i].help);
		fputs(".\n", out);
		if (rows[i].value)
			fprintf(out, "Default: %s.\n", rows[i].value);
		if (rows[i].env)
			fprintf(out, "Environment: %s.\n", rows[i].env);
		free(name);
	}
}
