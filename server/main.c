/*
 * main.c: the program remote-rel: its subcommands.
 */
#include <stdio.h>
#include <string.h>

#include "common/suggest.h"
#include "doctor/doctor.h"
#include "metadata/metadata.h"
#include "metadata/options.h"
#include "serve/serve.h"
#include "serve/settings.h"

static int
print_version(int argc, char **argv)
{
	(void) argc;
	(void) argv;
	puts("remote-rel " RR_VERSION);
	return 0;
}

static int	print_help(int argc, char **argv);

static int
print_man_page(int argc, char **argv)
{
	(void) argc;
	(void) argv;
	puts(".TH REMOTE\\-REL 1 \"\" \"remote_rel " RR_VERSION "\"\n"
		 ".SH NAME\nremote\\-rel \\- GraphQL over HTTP for PostgreSQL with remote_rel\n"
		 ".SH SYNOPSIS\n.B remote\\-rel serve\n[\\fIOPTION\\fR]... [\\fIURL\\fR]\n.PP\n"
		 ".B remote\\-rel metadata\n\\fICOMMAND\\fR [\\fIOPTION\\fR]... [\\fIURL\\fR]\n"
		 ".SH DESCRIPTION\n"
		 "Answers GraphQL over HTTP, WebSocket and server-sent events by asking the extension remote_rel\n"
		 "in a PostgreSQL database. Without an admin secret it listens on a loopback address only.\n"
		 ".PP\nSIGTERM lets requests in progress end; SIGHUP reads the settings again.\n"
		 ".SH OPTIONS\n"
		 "Each is also an environment variable and a line of the file that\n.B \\-\\-config\\-file\nnames.\n"
		 "A value counts before one of a place named later: options, environment, file.");
	settings_man_page(stdout);
	metadata_man_page(stdout);
	puts(".SH EXIT STATUS\nOf serve: 0 after SIGTERM or SIGINT; 1 when it cannot start.\n.PP\n"
		 "Of metadata: 0: done, or no difference; 1: a difference, or inconsistent metadata; 2: an error.");
	return 0;
}

static const struct
{
	const char *name;
	int			(*run) (int argc, char **argv);
	const char *help;			/* NULL: not listed */
}			commands[] = {
	{"serve", serve, "answer GraphQL over HTTP: remote-rel serve postgres:///shop"},
	{"doctor", doctor, "what is in the way, with the options of serve"},
	{"metadata", metadata, "metadata as files of Hasura's CLI: apply, export, diff and more: metadata --help"},
	{"help", print_help, "this text"},
	{"version", print_version, "the version"},
	{"--help", print_help, NULL},
	{"-h", print_help, NULL},
	{"--version", print_version, NULL},
	{"man-page", print_man_page, NULL},
};

static int
print_help(int argc, char **argv)
{
	(void) argc;
	(void) argv;
	puts("remote-rel: GraphQL over HTTP for PostgreSQL with the extension remote_rel\n\nCommands:");
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
	{
		if (commands[i].help)
			printf("  %-10s %s\n", commands[i].name, commands[i].help);
	}
	puts("\nOptions of serve, with defaults. Each is also a variable (--some-name: REMOTE_REL_SOME_NAME),\n"
		 "and a line of the configuration file (some_name = value).");
	settings_help(stdout);
	return 0;
}

static int
wants_help(int argc, char **argv)
{
	for (int i = 0; i < argc; i++)
	{
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
			return 1;
	}
	return 0;
}

static int
unknown_command(const char *typed)
{
	const char *words[sizeof(commands) / sizeof(commands[0]) + 1];
	const char *nearest;
	int			n = 0;

	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
	{
		if (commands[i].help)
			words[n++] = commands[i].name;
	}
	words[n] = NULL;
	nearest = nearest_word(typed, words);
	if (nearest)
		fprintf(stderr, "remote-rel: there is no command \"%s\"; did you mean \"%s\"?\n", typed, nearest);
	else
		fprintf(stderr, "remote-rel: there is no command \"%s\"; --help lists them\n", typed);
	return 1;
}

int
main(int argc, char **argv)
{
	if (argc < 2)
	{
		print_help(0, NULL);
		return 1;
	}
	if (strcmp(argv[1], "metadata") != 0 && wants_help(argc - 2, argv + 2))
		return print_help(0, NULL);
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
	{
		if (strcmp(argv[1], commands[i].name) == 0)
			return commands[i].run(argc - 2, argv + 2);
	}
	return unknown_command(argv[1]);
}
