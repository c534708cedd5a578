/*
 * metadata.c: remote-rel metadata: metadata as files.
 *
 * Reads a metadata directory, sends it as one replace_metadata, and writes
 * back what the database has. What the database does not keep stays in the
 * files; what it keeps in another form stays as the files say it, as long as
 * it means the same. Whether it does, the database tells: a dry run of
 * replace_metadata answers with what it would have after the apply.
 */
#include "metadata/metadata.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/suggest.h"
#include "metadata/ask.h"
#include "metadata/diff.h"
#include "metadata/directory.h"
#include "metadata/layout.h"
#include "metadata/merge.h"
#include "metadata/options.h"
#include "metadata/report.h"
#include "metadata/source.h"

#define EXIT_DONE 0
#define EXIT_DIFFERENT 1
#define EXIT_ERROR 2

static int
fail(const char *error)
{
	fprintf(stderr, "remote-rel: %s\n", error);
	return EXIT_ERROR;
}

/* What a command works on. */
typedef struct Work
{
	Project		project;
	Target		target;
	const char *source;
	const Node *sent;			/* the directory's metadata as they are sent */
	LeftOuts	left_out;
} Work;

/* Finds config.yaml and whom to ask; false after having said why not. */
static bool
find_target(Work *work, const Options *options)
{
	char	   *error;

	*work = (Work) {0};
	if (!project_find(&work->project, options->project, options->metadata_directory, &error))
	{
		fail(error);
		return false;
	}
	work->target.database_url = options->database_url;
	work->target.endpoint = options->endpoint ? options->endpoint : work->project.endpoint;
	work->target.admin_secret = options->admin_secret ? options->admin_secret
		: work->project.admin_secret;
	work->target.timeout_s = atol(options->timeout);
	if (work->target.database_url == NULL && work->target.endpoint == NULL)
	{
		fail("no database and no endpoint: give a URL, or set \"endpoint\" in config.yaml");
		return false;
	}
	return true;
}

/* Reads the directory, too. */
static bool
read_directory(Work *work, const Options *options)
{
	char	   *error;

	if (!find_target(work, options))
		return false;
	if (project_read(&work->project, &error))
		work->source = source_choose(work->project.metadata, options->source, &error);
	if (error)
	{
		fail(error);
		return false;
	}
	work->sent = source_for_database(work->project.metadata, work->source, &work->left_out);
	return true;
}

/* The same, where there must be something to read. */
static bool
require_directory(Work *work, const Options *options)
{
	if (!read_directory(work, options))
		return false;
	if (work->project.n_files > 0)
		return true;
	fprintf(stderr, "remote-rel: there are no metadata in \"%s\"\n", work->project.directory);
	return false;
}

static Reply
replace_metadata(const Work *work, bool allow_inconsistent, bool dry_run)
{
	Buffer		args = {0};
	Reply		reply;

	buffer_puts(&args, "{\"metadata\": ");
	node_to_json(work->sent, &args);
	buffer_printf(&args, ", \"allow_inconsistent_metadata\": %s%s}", allow_inconsistent ? "true" : "false",
				  dry_run ? ", \"dry_run\": true" : "");
	reply = ask(&work->target, "replace_metadata", args.data);
	buffer_free(&args);
	return reply;
}

/* ---- apply ---- */

/* The statements for permissions; EXIT_ERROR when they cannot be written. */
static int
write_statements(const Work *work, const Node *answer, const char *file)
{
	FILE	   *out = strcmp(file, "-") == 0 ? stdout : fopen(file, "w");

	if (out == NULL)
	{
		fprintf(stderr, "remote-rel: %s: %s\n", file, strerror(errno));
		return EXIT_ERROR;
	}
	report_statements(answer, work->sent, out);
	if (out != stdout && fclose(out) != 0)
		return fail("the statements could not be written");
	return EXIT_DONE;
}

static void
report_apply(const Work *work, const Node *answer, FILE *out)
{
	int			n;

	report_warnings(answer);
	report_inconsistent(answer, work->sent, stderr);
	report_unused(answer, work->sent, &work->left_out, out);
	for (int i = 0; i < work->project.n_unread; i++)
		fprintf(out, "  %s/%s: not read\n", work->project.directory, work->project.unread[i]);
	n = report_statements(answer, work->sent, NULL);
	if (n > 0)
		fprintf(out, "%d permission%s and inherited roles are statements here: --sql FILE writes them.\n", n, n == 1 ? "" : "s");
}

static int
apply(const Options *options)
{
	Work		work;
	Reply		reply;
	const Node *answer;
	FILE	   *out = options->sql && strcmp(options->sql, "-") == 0 ? stderr : stdout;

	if (!require_directory(&work, options))
		return EXIT_ERROR;
	reply = replace_metadata(&work, options->allow_inconsistent, options->dry_run);
	if (reply.error)
	{
		report_error(&reply, work.sent);
		return EXIT_ERROR;
	}
	answer = node_from_json(&reply.json);
	if (options->dry_run)
		answer = node_get(answer, "answer");
	report_apply(&work, answer, out);
	fprintf(out, options->dry_run ? "Metadata would be applied.\n" : "Metadata applied.\n");
	return options->sql ? write_statements(&work, answer, options->sql) : EXIT_DONE;
}

/* ---- export and diff ---- */

/*
 * The metadata of the database in the words of the directory; NULL after
 * having said why not. *removed are lines about what goes.
 */
static const Node *
merged_metadata(const Work *work, Buffer *removed)
{
	Reply		reply = ask(&work->target, "export_metadata", "{}");
	const Node *database;
	const Node *normal = NULL;

	if (reply.error)
	{
		report_error(&reply, NULL);
		return NULL;
	}
	database = source_from_database(node_from_json(&reply.json), work->source,
									work->project.version);
	if (work->project.n_files == 0)
		return metadata_in_order(database);
	reply = replace_metadata(work, true, true);
	if (reply.error == NULL)
		normal = source_from_database(node_get(node_from_json(&reply.json), "metadata"), work->source,
									  work->project.version);
	else
	{
		fputs("warning: the directory cannot be applied as it is:\n", stderr);
		report_error(&reply, work->sent);
	}
	return merge_metadata(work->project.metadata, normal, database, removed);
}

/* Writes what differs from the files; false after having said why not. */
static bool
write_layout(const Work *work, const Layout *old, const Layout *new)
{
	char	   *error = NULL;
	int			n = 0;

	for (int i = 0; i < new->n_files && !error; i++)
	{
		const LaidFile *file = &new->files[i];
		const LaidFile *before = layout_file(old, file->path);

		if (before && strcmp(before->text, file->text) == 0)
			continue;
		if (project_write(&work->project, file->path, file->text, file->len, &error))
			printf("written: %s/%s\n", work->project.directory, file->path);
		n++;
	}
	for (int i = 0; i < old->n_files && !error; i++)
	{
		if (layout_file(new, old->files[i].path))
			continue;
		if (project_remove(&work->project, old->files[i].path, &error))
			printf("removed: %s/%s\n", work->project.directory, old->files[i].path);
		n++;
	}
	if (error)
		fail(error);
	else if (n == 0)
		puts("The files say what the database has.");
	return error == NULL;
}

static int
export(const Options *options)
{
	Work		work;
	Buffer		removed = {0};
	const Node *merged;
	Layout		old = {0};
	Layout		new;

	if (!read_directory(&work, options))
		return EXIT_ERROR;
	merged = merged_metadata(&work, &removed);
	if (merged == NULL)
		return EXIT_ERROR;
	if (work.project.n_files > 0)
		old = layout_of(&work.project, work.project.metadata, false);
	new = layout_of(&work.project, merged, work.project.n_files == 0);
	if (!write_layout(&work, &old, &new))
		return EXIT_ERROR;
	fputs(removed.len ? removed.data : "", stdout);
	return EXIT_DONE;
}

static bool
in_color(const Options *options)
{
	if (strcmp(options->color, "auto") != 0)
		return strcmp(options->color, "always") == 0;
	return isatty(STDOUT_FILENO) && getenv("NO_COLOR") == NULL;
}

static int
diff(const Options *options)
{
	Work		work;
	Buffer		removed = {0};
	Buffer		out = {0};
	const Node *merged;
	Layout		directory;
	Layout		database;

	if (!require_directory(&work, options))
		return EXIT_ERROR;
	merged = merged_metadata(&work, &removed);
	if (merged == NULL)
		return EXIT_ERROR;
	directory = layout_of(&work.project, work.project.metadata, false);
	database = layout_of(&work.project, merged, false);
	for (int i = 0, j = 0; i < database.n_files || j < directory.n_files;)
	{
		const LaidFile *from = i < database.n_files ? &database.files[i] : NULL;
		const LaidFile *to = j < directory.n_files ? &directory.files[j] : NULL;
		int			order = !from ? 1 : !to ? -1 : strcmp(from->path, to->path);

		diff_texts(&out, order <= 0 ? from->path : to->path, order <= 0 ? from->text : NULL,
				   order >= 0 ? to->text : NULL, in_color(options));
		i += order <= 0;
		j += order >= 0;
	}
	if (out.len == 0)
		return EXIT_DONE;
	fputs(out.data, stdout);
	return EXIT_DIFFERENT;
}

/* ---- the rest ---- */

/* Runs a command that takes no files; its answer, NULL after an error. */
static const Node *
run(const Options *options, const char *type, const char *args)
{
	Work		work;
	Reply		reply;

	if (!find_target(&work, options))
		return NULL;
	reply = ask(&work.target, type, args);
	if (reply.error)
	{
		report_error(&reply, NULL);
		return NULL;
	}
	return node_from_json(&reply.json);
}

static int
reload(const Options *options)
{
	const Node *answer = run(options, "reload_metadata", "{}");

	if (answer == NULL)
		return EXIT_ERROR;
	if (report_inconsistent(answer, NULL, stdout) > 0)
		return EXIT_DIFFERENT;
	puts("Metadata reloaded.");
	return EXIT_DONE;
}

static int
clear(const Options *options)
{
	if (run(options, "clear_metadata", "{}") == NULL)
		return EXIT_ERROR;
	puts("Metadata cleared.");
	return EXIT_DONE;
}

static int
list_inconsistent(const Options *options)
{
	const Node *answer = run(options, "get_inconsistent_metadata", "{}");

	if (answer == NULL)
		return EXIT_ERROR;
	if (report_inconsistent(answer, NULL, stdout) > 0)
		return EXIT_DIFFERENT;
	puts("Metadata are consistent.");
	return EXIT_DONE;
}

static int
status(const Options *options)
{
	const Node *answer = run(options, "get_inconsistent_metadata", "{}");
	const Node *consistent = node_get(answer, "is_consistent");

	if (answer == NULL)
		return EXIT_ERROR;
	if (consistent && strcmp(consistent->text, "true") == 0)
	{
		puts("Metadata are consistent.");
		return EXIT_DONE;
	}
	puts("Metadata are inconsistent.");
	return EXIT_DIFFERENT;
}

static int
drop_inconsistent(const Options *options)
{
	if (run(options, "drop_inconsistent_metadata", "{}") == NULL)
		return EXIT_ERROR;
	puts("Inconsistent metadata dropped.");
	return EXIT_DONE;
}

/* ---- commands ---- */

const MetadataCommand metadata_commands[] = {
	{"apply", 'A', "[OPTION]... [URL]", "Replaces all metadata of the database by what the directory says, or changes nothing.", apply},
	{"export", 'E', "[OPTION]... [URL]",
	"Writes the metadata of the database into the directory. Files whose meaning is the same stay as they are, and so does what the database does not keep.", export},
	{"diff", 'D', "[OPTION]... [URL]", "Shows what apply would change.", diff},
	{"reload", 'R', "[OPTION]... [URL]", "Asks all remote schemas for their schemas again.", reload},
	{"clear", 'C', "[OPTION]... [URL]", "Removes all metadata from the database. The directory stays.", clear},
	{"inconsistency list", 'I', "[OPTION]... [URL]", "Lists metadata that cannot be served, with the reasons.", list_inconsistent},
	{"inconsistency status", 'I', "[OPTION]... [URL]", "Says whether all metadata can be served.", status},
	{"inconsistency drop", 'I', "[OPTION]... [URL]", "Removes metadata that cannot be served.", drop_inconsistent},
	{NULL, '\0', NULL, NULL, NULL}
};

static int
print_help(FILE *out)
{
	fputs("remote-rel metadata COMMAND [OPTION]... [URL]\n\n"
		  "Keeps metadata in files: a metadata directory of Hasura's CLI, config v2 or v3.\n\nCommands:\n", out);
	for (const MetadataCommand *command = metadata_commands; command->name; command++)
		fprintf(out, "  %-21s %s\n", command->name, command->help);
	fputs("\nremote-rel metadata COMMAND --help lists its options.\n", out);
	return out == stdout ? EXIT_DONE : EXIT_ERROR;
}

static bool
is_help(const char *word)
{
	return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "help") == 0;
}

static int
unknown_command(const char *typed)
{
	const char *words[sizeof(metadata_commands) / sizeof(metadata_commands[0]) + 1];
	const char *nearest;
	int			n = 0;

	for (const MetadataCommand *command = metadata_commands; command->name; command++)
		words[n++] = command->name;
	words[n] = NULL;
	nearest = nearest_word(typed, words);
	if (nearest)
		fprintf(stderr, "remote-rel: there is no command \"metadata %s\"; did you mean \"metadata %s\"?\n", typed, nearest);
	else
		fprintf(stderr, "remote-rel: there is no command \"metadata %s\"; --help lists them\n", typed);
	return EXIT_ERROR;
}

int
metadata(int argc, char **argv)
{
	const MetadataCommand *command = metadata_commands;
	char	   *name;
	int			words = 1;
	Options		options;
	char	   *error;

	if (argc == 0)
		return print_help(stderr);
	if (is_help(argv[0]))
		return print_help(stdout);
	if (strncmp(argv[0], "inconsisten", 11) == 0 && argc > 1 && argv[1][0] != '-')
		words = 2;
	name = words == 2 ? xprintf("%s %s", argv[0], argv[1]) : xstrdup(argv[0]);
	while (command->name && strcmp(command->name, name) != 0)
		command++;
	if (command->name == NULL)
		return unknown_command(name);
	for (int i = words; i < argc; i++)
	{
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
		{
			options_help(command, stdout);
			return EXIT_DONE;
		}
	}
	if (!options_read(&options, command, argc - words, argv + words, &error))
		return fail(error);
	return command->run(&options);
}
