/*
 * settings.c: what can be set, from one table (settings_list.h).
 */
#include "serve/settings.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/buffer.h"

/* flags */
#define SECRET 1				/* shown as ***, and removed from the process
								 * list */
#define FIXED 2					/* a reload does not change it */

#ifndef CONSOLE_DIRECTORY
#define CONSOLE_DIRECTORY NULL
#endif

typedef enum SettingType
{
	TYPE_HEADING, TYPE_TEXT, TYPE_LIST, TYPE_BOOL, TYPE_NUMBER, TYPE_SIZE, TYPE_DURATION
} SettingType;

typedef struct SettingRow
{
	SettingType type;
	const char *name;			/* of a heading, its text */
	size_t		offset;
	const char *other_env;		/* separated by spaces, or NULL */
	const char *value;
	int			flags;
	const char *argument;
	const char *help;
} SettingRow;

static const SettingRow rows[] = {
#define HEADING(text) \
	{TYPE_HEADING, text, 0, NULL, NULL, 0, NULL, NULL},
#define ROW(type, field, env, value, flags, argument, help) \
	{TYPE_##type, #field, offsetof(Settings, field), env, value, flags, argument, help},
	SETTINGS_LIST(HEADING, ROW)
#undef HEADING
#undef ROW
};

#define N_ROWS (sizeof(rows) / sizeof(rows[0]))

const Settings *settings;

/* What a reload reads again: copies, since the arguments are blanked. */
static int	kept_argc;
static char **kept_argv;
static char *config_file;

/* ---- values ---- */

typedef struct Unit
{
	const char *name;
	long long	factor;
} Unit;

static const Unit size_units[] = {{"", 1}, {"B", 1}, {"kB", 1024}, {"MB", 1048576}, {"GB", 1073741824}, {NULL, 0}};
static const Unit time_units[] = {{"", 1000}, {"ms", 1}, {"s", 1000}, {"min", 60000}, {"h", 3600000}, {NULL, 0}};
static const Unit no_units[] = {{"", 1}, {NULL, 0}};

static bool
parse_number(const char *text, const Unit *units, long long *out)
{
	char	   *end;
	long long	n;

	errno = 0;
	n = strtoll(text, &end, 10);
	if (end == text || errno != 0)
		return false;
	while (*end == ' ')
		end++;
	for (; units->name; units++)
	{
		if (strcmp(end, units->name) == 0 && llabs(n) <= LLONG_MAX / units->factor)
		{
			*out = n * units->factor;
			return true;
		}
	}
	return false;
}

static bool
parse_bool(const char *text, bool *out)
{
	static const char *const words[] = {"false", "true", "off", "on", "no", "yes", "0", "1"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
	{
		if (strcasecmp(text, words[i]) == 0)
		{
			*out = i % 2;
			return true;
		}
	}
	return false;
}

static void
add_items(SettingLIST *list, const char *text)
{
	while (*text)
	{
		size_t		len = strcspn(text, "\n");

		if (len > 0)
		{
			list->items = xrealloc(list->items, ((size_t) list->n + 1) * sizeof(char *));
			list->items[list->n++] = xstrndup(text, len);
		}
		text += len + (text[len] == '\n');
	}
}

/* Whether the argument is a choice like "json|text", and the value in it. */
static bool
is_choice(const SettingRow *row, const char *value)
{
	const char *p = row->argument;

	if (p == NULL || strchr(p, '|') == NULL)
		return true;
	while (p)
	{
		size_t		len = strcspn(p, "|");

		if (strlen(value) == len && strncasecmp(p, value, len) == 0)
			return true;
		p = p[len] ? p + len + 1 : NULL;
	}
	return false;
}

/* Stores a value; false where it is none of the type. */
static bool
assign(Settings *s, const SettingRow *row, const char *value)
{
	void	   *field = (char *) s + row->offset;

	switch (row->type)
	{
		case TYPE_TEXT:
			*(const char **) field = *value ? xstrdup(value) : NULL;
			return *value == '\0' || is_choice(row, value);
		case TYPE_LIST:
			add_items(field, value);
			return true;
		case TYPE_BOOL:
			return parse_bool(value, field);
		case TYPE_NUMBER:
			return parse_number(value, no_units, field);
		case TYPE_SIZE:
			return parse_number(value, size_units, field);
		case TYPE_DURATION:
			return parse_number(value, time_units, field);
		case TYPE_HEADING:
			break;
	}
	return false;
}

static char *
invalid_value(const SettingRow *row, const char *value)
{
	return xprintf("%s: %s is not a valid value%s%s", row->name,
				   row->flags & SECRET ? "***" : value,
				   row->argument ? " for " : "", row->argument ? row->argument : "");
}

/* ---- names ---- */

/* The row of a name with _ or -; NULL. */
static const SettingRow *
find_row(const char *name, size_t len)
{
	for (size_t i = 0; i < N_ROWS; i++)
	{
		size_t		k = 0;

		if (rows[i].type == TYPE_HEADING || strlen(rows[i].name) != len)
			continue;
		while (k < len && (name[k] == '-' ? '_' : name[k]) == rows[i].name[k])
			k++;
		if (k == len)
			return &rows[i];
	}
	return NULL;
}

static char *
env_name(const SettingRow *row)
{
	char	   *name = xprintf("REMOTE_REL_%s", row->name);

	for (char *p = name; *p; p++)
		*p = (char) toupper((unsigned char) *p);
	return name;
}

static char *
option_name(const SettingRow *row)
{
	char	   *name = xprintf("--%s", row->name);

	for (char *p = name; *p; p++)
	{
		if (*p == '_')
			*p = '-';
	}
	return name;
}

/* ---- sources ---- */

static char *
read_defaults(Settings *s)
{
	for (size_t i = 0; i < N_ROWS; i++)
	{
		if (rows[i].value && !assign(s, &rows[i], rows[i].value))
			return invalid_value(&rows[i], rows[i].value);
	}
	return NULL;
}

static char *
read_file_line(Settings *s, char *line, int number)
{
	const SettingRow *row;
	char	   *value;
	size_t		len;

	while (isspace((unsigned char) *line))
		line++;
	if (*line == '\0' || *line == '#')
		return NULL;
	len = strcspn(line, "= \t\n");
	value = line + len + strspn(line + len, " \t");
	row = find_row(line, len);
	if (row == NULL)
		return xprintf("%s:%d: unknown setting \"%.*s\"", config_file, number, (int) len, line);
	if (*value != '=')
		return xprintf("%s:%d: \"=\" is missing", config_file, number);
	value += 1 + strspn(value + 1, " \t");
	for (char *end = value + strlen(value); end > value && isspace((unsigned char) end[-1]);)
		*--end = '\0';
	if (!assign(s, row, value))
	{
		char	   *reason = invalid_value(row, value);
		char	   *error = xprintf("%s:%d: %s", config_file, number, reason);

		free(reason);
		return error;
	}
	return NULL;
}

static char *
read_file(Settings *s)
{
	FILE	   *in = fopen(config_file, "r");
	char	   *line = NULL;
	size_t		size = 0;
	char	   *error = NULL;

	if (in == NULL)
		return xprintf("%s: %s", config_file, strerror(errno));
	for (int number = 1; error == NULL && getline(&line, &size, in) >= 0; number++)
		error = read_file_line(s, line, number);
	free(line);
	fclose(in);
	return error;
}

static char *
read_variable(Settings *s, const SettingRow *row, const char *name)
{
	const char *value = getenv(name);

	if (value == NULL || *value == '\0')
		return NULL;
	if (!assign(s, row, value))
		return xprintf("%s: %s is not a valid value", name, row->flags & SECRET ? "***" : value);
	return NULL;
}

/* Hasura's names first, so that ours win. */
static char *
read_environment(Settings *s)
{
	char	   *error = NULL;

	for (size_t i = 0; i < N_ROWS && error == NULL; i++)
	{
		char	   *others;
		char	   *own;

		if (rows[i].type == TYPE_HEADING)
			continue;
		others = xstrdup(rows[i].other_env ? rows[i].other_env : "");
		own = env_name(&rows[i]);
		for (char *name = strtok(others, " "); name && !error; name = strtok(NULL, " "))
			error = read_variable(s, &rows[i], name);
		if (!error)
			error = read_variable(s, &rows[i], own);
		free(others);
		free(own);
	}
	return error;
}

/* Variables of ours that there is no setting for are mistakes. */
static char *
check_environment(void)
{
	extern char **environ;
	static const char prefix[] = "REMOTE_REL_";

	for (char **entry = environ; *entry; entry++)
	{
		char		name[64] = "";
		size_t		len = strcspn(*entry, "=");

		if (strncmp(*entry, prefix, sizeof(prefix) - 1) != 0)
			continue;
		for (size_t i = sizeof(prefix) - 1; i < len && i < sizeof(name); i++)
			name[i - (sizeof(prefix) - 1)] = (char) tolower((unsigned char) (*entry)[i]);
		if (find_row(name, strlen(name)) == NULL && strcmp(name, "config_file") != 0)
			return xprintf("%.*s: there is no such setting", (int) len, *entry);
	}
	return NULL;
}

/*
 * Takes one option and its argument; returns how many words it was, 0 for an
 * error.
 */
static int
read_option(Settings *s, int argc, char **argv, int i, char **error)
{
	const char *name = argv[i] + 2;
	size_t		len = strcspn(name, "=");
	const SettingRow *row = find_row(name, len);
	const char *value = name[len] == '=' ? name + len + 1 : NULL;
	int			words = 1;

	if (row == NULL)
	{
		*error = xprintf("unknown option \"%.*s\"; --help lists them", (int) len + 2, argv[i]);
		return 0;
	}
	if (value == NULL && row->type == TYPE_BOOL)
		value = "true";
	else if (value == NULL)
	{
		if (i + 1 >= argc)
		{
			*error = xprintf("%s needs a value", argv[i]);
			return 0;
		}
		value = argv[i + 1];
		words = 2;
	}
	if (!assign(s, row, value))
	{
		*error = invalid_value(row, value);
		return 0;
	}
	return words;
}

static char *
read_options(Settings *s, int argc, char **argv)
{
	char	   *error = NULL;

	for (int i = 0; i < argc;)
	{
		int			words = 1;

		if (strncmp(argv[i], "--config-file=", 14) == 0)
			words = 1;
		else if (strcmp(argv[i], "--config-file") == 0)
			words = 2;
		else if (strncmp(argv[i], "--", 2) == 0)
			words = read_option(s, argc, argv, i, &error);
		else if (argv[i][0] == '-')
			return xprintf("unknown option \"%s\"; --help lists them", argv[i]);
		else
			s->database_url = xstrdup(argv[i]);
		if (words == 0)
			return error;
		i += words;
	}
	return NULL;
}

static void
find_config_file(int argc, char **argv)
{
	const char *file = getenv("REMOTE_REL_CONFIG_FILE");

	for (int i = 0; i < argc; i++)
	{
		if (strncmp(argv[i], "--config-file=", 14) == 0)
			file = argv[i] + 14;
		else if (strcmp(argv[i], "--config-file") == 0 && i + 1 < argc)
			file = argv[i + 1];
	}
	config_file = file && *file ? xstrdup(file) : NULL;
}

/* Others see a process's arguments: the values of secrets go. */
static void
blank_secrets(int argc, char **argv)
{
	for (int i = 0; i < argc; i++)
	{
		const SettingRow *row = NULL;
		char	   *value = argv[i];

		if (strncmp(argv[i], "--", 2) == 0)
		{
			size_t		len = strcspn(argv[i] + 2, "=");

			row = find_row(argv[i] + 2, len);
			if (row == NULL || !(row->flags & SECRET))
			{
				if (row && row->type != TYPE_BOOL && argv[i][2 + len] == '\0')
					i++;
				continue;
			}
			value = argv[i][2 + len] == '=' ? argv[i] + 3 + len : i + 1 < argc ? argv[++i] : NULL;
		}
		if (value)
			memset(value, '*', strlen(value));
	}
}

/* ---- what must hold ---- */

static bool
is_loopback(const char *host)
{
	return strncmp(host, "127.", 4) == 0 || strcmp(host, "localhost") == 0 || strcmp(host, "::1") == 0;
}

static char *
check(const Settings *s)
{
	if (s->database_url == NULL)
		return xstrdup("no database: give its URL, or set REMOTE_REL_DATABASE_URL");
	if (s->admin_secret == NULL && s->jwt_secret)
		return xstrdup("jwt_secret is set without admin_secret: nobody could manage, and everybody would be the administrator; set both");
	if (s->admin_secret == NULL && s->auth_hook)
		return xstrdup("auth_hook is set without admin_secret: nobody could manage, and everybody would be the administrator; set both");
	if (s->jwt_secret && s->auth_hook)
		return xstrdup("jwt_secret and auth_hook are both set; only one of them can say who is asking");
	if (s->admin_secret == NULL && s->unix_socket == NULL && !is_loopback(s->host))
		return xprintf("without admin_secret everybody is the administrator, so only a loopback address is allowed as host, not \"%s\"", s->host);
	if ((s->tls_certificate == NULL) != (s->tls_key == NULL))
		return xstrdup("tls_certificate and tls_key need each other");
	if (s->connections < 1 || s->connections > 10000)
		return xstrdup("connections: must be from 1 to 10000");
	if (s->port < 0 || s->port > 65535 || s->metrics_port > 65535)
		return xstrdup("port: must be from 0 to 65535");
	return NULL;
}

static Settings *
read_all(char **error)
{
	Settings   *s = xcalloc(sizeof(Settings));

	*error = read_defaults(s);
	if (!*error && config_file)
		*error = read_file(s);
	if (!*error)
		*error = check_environment();
	if (!*error)
		*error = read_environment(s);
	if (!*error)
		*error = read_options(s, kept_argc, kept_argv);
	if (!*error)
		*error = check(s);
	return *error ? NULL : s;
}

Settings   *
settings_read(int argc, char **argv, char **error)
{
	Settings   *s;

	kept_argc = argc;
	kept_argv = xmalloc((size_t) (argc + 1) * sizeof(char *));
	for (int i = 0; i < argc; i++)
		kept_argv[i] = xstrdup(argv[i]);
	find_config_file(argc, argv);
	s = read_all(error);
	blank_secrets(argc, argv);
	if (s)
		s->generation = 1;
	return s;
}

static size_t
size_of(SettingType type)
{
	switch (type)
	{
		case TYPE_TEXT:
			return sizeof(SettingTEXT);
		case TYPE_LIST:
			return sizeof(SettingLIST);
		case TYPE_BOOL:
			return sizeof(SettingBOOL);
		default:
			return sizeof(long long);
	}
}

Settings   *
settings_reread(char **error)
{
	Settings   *s = read_all(error);

	if (s == NULL)
		return NULL;
	for (size_t i = 0; i < N_ROWS; i++)
	{
		if (rows[i].type != TYPE_HEADING && (rows[i].flags & FIXED))
			memcpy((char *) s + rows[i].offset, (const char *) settings + rows[i].offset,
				   size_of(rows[i].type));
	}
	*error = check(s);
	if (*error)
		return NULL;
	s->generation = settings->generation + 1;
	return s;
}

/* ---- showing ---- */

void
settings_help(FILE *out)
{
	for (size_t i = 0; i < N_ROWS; i++)
	{
		const SettingRow *row = &rows[i];
		char	   *option;

		if (row->type == TYPE_HEADING)
		{
			fprintf(out, "\n%s:\n", row->name);
			continue;
		}
		option = option_name(row);
		fprintf(out, "  %s%s%s\n        %s", option, row->argument ? " " : "",
				row->argument ? row->argument : "", row->help);
		if (row->value && row->type != TYPE_BOOL)
			fprintf(out, " (%s)", row->value);
		else if (row->value)
			fprintf(out, " (%s; --%s=false)", row->value, option + 2);
		fputc('\n', out);
		free(option);
	}
	fputs("\n  --config-file FILE\n        a file of \"name = value\" lines; names with _ for -, # begins a comment\n", out);
}

/*
 * Text for troff: no line may begin with a dot, and backslashes are doubled.
 */
static void
put_troff(FILE *out, const char *text)
{
	for (; *text; text++)
	{
		if (*text == '\\')
			fputs("\\e", out);
		else if (*text == '-')
			fputs("\\-", out);
		else
			fputc(*text, out);
	}
}

void
settings_man_page(FILE *out)
{
	for (size_t i = 0; i < N_ROWS; i++)
	{
		const SettingRow *row = &rows[i];
		char	   *option;
		char	   *env;

		if (row->type == TYPE_HEADING)
		{
			fprintf(out, ".SS %s\n", row->name);
			continue;
		}
		option = option_name(row);
		env = env_name(row);
		fputs(".TP\n.B ", out);
		put_troff(out, option);
		if (row->argument)
			fprintf(out, " \\fI%s\\fR", row->argument);
		fputc('\n', out);
		put_troff(out, row->help);
		if (row->value)
		{
			fputs(".\nDefault: ", out);
			put_troff(out, row->value);
		}
		fprintf(out, ".\nEnvironment: %s%s%s.\n", env, row->other_env ? " " : "", row->other_env ? row->other_env : "");
		free(option);
		free(env);
	}
}
