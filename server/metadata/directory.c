/*
 * directory.c: the metadata directory of Hasura's CLI: which files it has, and
 * reading and writing them.
 */
#include "metadata/directory.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "metadata/yaml.h"

const TopFile top_files[] = {
	{"version.yaml", NULL, 23, NULL},
	{"databases/databases.yaml", "sources", 3, "[]\n"},
	{"tables.yaml", "tables", 2, "[]\n"},
	{"functions.yaml", "functions", 2, "[]\n"},
	{"remote_schemas.yaml", "remote_schemas", 23, "[]\n"},
	{"actions.yaml", NULL, 23, "actions: []\ncustom_types:\n  enums: []\n  input_objects: []\n  objects: []\n  scalars: []\n"},
	{"actions.graphql", NULL, 23, ""},
	{"allow_list.yaml", "allowlist", 23, "[]\n"},
	{"api_limits.yaml", "api_limits", 3, "{}\n"},
	{"backend_configs.yaml", "backend_configs", 3, "{}\n"},
	{"cron_triggers.yaml", "cron_triggers", 23, "[]\n"},
	{"graphql_schema_introspection.yaml", "graphql_schema_introspection", 3, "disabled_for_roles: []\n"},
	{"inherited_roles.yaml", "inherited_roles", 3, "[]\n"},
	{"metrics_config.yaml", "metrics_config", 3, "{}\n"},
	{"network.yaml", "network", 3, "{}\n"},
	{"opentelemetry.yaml", "opentelemetry", 3, "{}\n"},
	{"query_collections.yaml", "query_collections", 23, "[]\n"},
	{"rest_endpoints.yaml", "rest_endpoints", 3, "[]\n"},
	{NULL, NULL, 0, NULL}
};

/* One file may have so many bytes, and so many files may be included. */
#define MAX_FILE (4 * 1024 * 1024)
#define MAX_FILES 20000

/* ---- files ---- */

static bool
exists(const char *folder, const char *name)
{
	char	   *path = xprintf("%s/%s", folder, name);
	bool		yes = access(path, F_OK) == 0;

	free(path);
	return yes;
}

/* The bytes of a file, a NUL behind them; NULL after having set *error. */
static char *
read_bytes(const char *path, size_t *len, char **error)
{
	FILE	   *in = fopen(path, "rb");
	struct stat st;
	char	   *data;

	if (in == NULL || fstat(fileno(in), &st) != 0 || !S_ISREG(st.st_mode))
	{
		*error = xprintf("%s: %s", path, in ? "is no file" : strerror(errno));
		if (in)
			fclose(in);
		return NULL;
	}
	if (st.st_size > MAX_FILE)
	{
		*error = xprintf("%s: is larger than %d MB", path, MAX_FILE >> 20);
		fclose(in);
		return NULL;
	}
	data = xmalloc((size_t) st.st_size + 1);
	*len = fread(data, 1, (size_t) st.st_size, in);
	data[*len] = '\0';
	fclose(in);
	return data;
}

static bool
has_suffix(const char *text, const char *suffix)
{
	size_t		len = strlen(text);
	size_t		n = strlen(suffix);

	return len >= n && strcmp(text + len - n, suffix) == 0;
}

/* The path without "." and ".."; NULL when it leads above the top. */
static char *
tidy_path(const char *folder, const char *path)
{
	char	   *whole = xprintf("%s/%s", folder, path);
	Buffer		b = {0};
	bool		outside = *path == '/';
	char	   *rest = NULL;

	for (char *part = strtok_r(whole, "/", &rest); part && !outside; part = strtok_r(NULL, "/", &rest))
	{
		if (strcmp(part, ".") == 0)
			continue;
		if (strcmp(part, "..") == 0)
		{
			char	   *slash = b.len ? strrchr(b.data, '/') : NULL;

			outside = b.len == 0;
			b.len = slash ? (size_t) (slash - b.data) : 0;
			if (b.data)
				b.data[b.len] = '\0';
			continue;
		}
		buffer_printf(&b, "%s%s", b.len ? "/" : "", part);
	}
	free(whole);
	if (outside)
	{
		buffer_free(&b);
		return NULL;
	}
	return buffer_take(&b);
}

/* Symbolic links must not lead out of the directory either. */
static bool
is_inside(const Project *project, const char *path)
{
	char	   *file = xprintf("%s/%s", project->directory, path);
	char	   *real = realpath(file, NULL);
	char	   *top = realpath(project->directory, NULL);
	bool		inside = real == NULL || (top && strncmp(real, top, strlen(top)) == 0 &&
										  real[strlen(top)] == '/');

	free(file);
	free(real);
	free(top);
	return inside;
}

static char *
folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? xstrndup(path, (size_t) (slash - path)) : xstrdup("");
}

/* ---- reading ---- */

/* The chain of files that are being read, for includes. */
typedef struct Open
{
	Project    *project;
	const SourceFile *file;
	const struct Open *above;
} Open;

static const Node *read_file(Project *project, const char *path, const Open *above,
							 const Node *at, YamlReader *from, char **error);

/* A folder of a file and a path in it as a path below the directory. */
static char *
included_path(YamlReader *reader, const Node *at, const char *path)
{
	Open	   *open = reader->arg;
	char	   *folder = folder_of(reader->file->path);
	char	   *tidy = tidy_path(folder, path);

	free(folder);
	if (*path == '\0')
		yaml_error(reader, at, "!include names no file");
	else if (tidy == NULL || !is_inside(open->project, tidy))
		yaml_error(reader, at, "!include \"%s\" leads out of the metadata directory", path);
	else if (open->project->n_files >= MAX_FILES)
		yaml_error(reader, at, "more than %d files are included", MAX_FILES);
	for (const Open *o = open; o && tidy; o = o->above)
	{
		if (strcmp(o->file->path, tidy) == 0)
			yaml_error(reader, at, "!include \"%s\" includes the file that it stands in", path);
	}
	if (!reader->error && !exists(open->project->directory, tidy))
		yaml_error(reader, at, "there is no file \"%s\" to include", tidy);
	return reader->error ? NULL : tidy;
}

static const Node *
include(YamlReader *reader, const Node *at, const char *path)
{
	Open	   *open = reader->arg;
	char	   *tidy = included_path(reader, at, path);
	char	   *error = NULL;
	const Node *root;
	Node	   *node;

	if (tidy == NULL)
		return NULL;
	root = read_file(open->project, tidy, open, at, reader, &error);
	if (root == NULL)
	{
		reader->error = error;
		return NULL;
	}
	node = node_copy(root);
	node->include = xstrdup(path);
	node->include_file = tidy;
	return node;
}

/* A file that is no YAML, as SDL, is one string. */
static const Node *
text_root(SourceFile *file)
{
	Node	   *node;

	if (strlen(file->data) != file->len || !utf8_check(file->data, file->len))
		return NULL;
	node = node_string(file->data);
	node->file = file;
	node->line = node->column = 1;
	file->is_text = true;
	return file->root = node;
}

static void
add_file(Project *project, SourceFile *file)
{
	size_t		size = (size_t) (project->n_files + 1) * sizeof(SourceFile *);

	project->files = xrealloc(project->files, size);
	project->files[project->n_files++] = file;
}

/* Reads one file. From is the reader of the file that includes it, or NULL. */
static const Node *
read_file(Project *project, const char *path, const Open *above, const Node *at, YamlReader *from,
		  char **error)
{
	SourceFile *file = xcalloc(sizeof(SourceFile));
	char	   *whole = xprintf("%s/%s", project->directory, path);
	Open		open = {project, file, above};
	YamlReader	reader = {.include = include, .arg = &open, .file = file};

	file->path = path;
	file->shown = strncmp(whole, "./", 2) == 0 ? xstrdup(whole + 2) : xstrdup(whole);
	add_file(project, file);
	file->data = read_bytes(whole, &file->len, error);
	free(whole);
	if (file->data == NULL)
		return NULL;
	if (!has_suffix(path, ".yaml") && !has_suffix(path, ".yml") && !has_suffix(path, ".json"))
	{
		if (text_root(file) == NULL)
			*error = xprintf("%s: is not text in UTF-8", file->shown);
		return file->root;
	}
	if (from)
	{
		reader.depth = from->depth + 1;
		reader.weight = from->weight;
	}
	if (reader.depth > NODE_MAX_DEPTH)
	{
		yaml_error(from, at, "includes and what is in them are nested more than %d deep", NODE_MAX_DEPTH);
		*error = from->error;
		return NULL;
	}
	(void) yaml_read(&reader);
	if (from)
		from->weight = reader.weight;
	*error = reader.error;
	return file->root;
}

const SourceFile *
project_file(const Project *project, const char *path)
{
	for (int i = 0; i < project->n_files; i++)
	{
		if (strcmp(project->files[i]->path, path) == 0)
			return project->files[i];
	}
	return NULL;
}

/* ---- the project ---- */

/* The text of config.yaml's member; numbers as they stand there. */
static const char *
config_text(const Node *config, const char *key)
{
	const Node *value = node_get(config, key);

	return value && value->kind != NODE_LIST && value->kind != NODE_OBJECT && value->len > 0
		? value->text : NULL;
}

bool
project_find(Project *project, const char *folder, const char *metadata_directory, char **error)
{
	Project		config = {.directory = folder};
	const Node *root = NULL;
	const char *name = metadata_directory;

	*project = (Project) {.version = 3};
	*error = NULL;
	if (exists(folder, "config.yaml"))
	{
		project->config_path = xprintf("%s/config.yaml", folder);
		root = read_file(&config, "config.yaml", NULL, NULL, NULL, error);
		if (root == NULL)
			return false;
		project->endpoint = config_text(root, "endpoint");
		project->admin_secret = config_text(root, "admin_secret");
		if (name == NULL)
			name = config_text(root, "metadata_directory");
	}
	else if (name == NULL && exists(folder, "version.yaml"))
		name = ".";
	if (name == NULL)
		name = "metadata";
	project->directory = strcmp(name, ".") == 0 ? xstrdup(folder)
		: *name == '/' || strcmp(folder, ".") == 0 ? xstrdup(name) : xprintf("%s/%s", folder, name);
	if (root && config_text(root, "version") && atoi(config_text(root, "version")) == 2)
		project->version = 2;
	return true;
}

/* Files at the top that nothing reads. */
static void
find_unread(Project *project)
{
	DIR		   *dir = opendir(project->directory);
	struct dirent *entry;
	size_t		size;

	while (dir && (entry = readdir(dir)) != NULL)
	{
		if ((!has_suffix(entry->d_name, ".yaml") && !has_suffix(entry->d_name, ".graphql")) ||
			project_file(project, entry->d_name) || strcmp(entry->d_name, "config.yaml") == 0)
			continue;
		size = (size_t) (project->n_unread + 1) * sizeof(char *);
		project->unread = xrealloc(project->unread, size);
		project->unread[project->n_unread++] = xstrdup(entry->d_name);
	}
	if (dir)
		closedir(dir);
}

static bool
read_version(Project *project, char **error)
{
	const Node *root;
	const char *version;

	if (!exists(project->directory, "version.yaml"))
	{
		if (exists(project->directory, "databases/databases.yaml"))
			project->version = 3;
		else if (exists(project->directory, "tables.yaml"))
			project->version = 2;
		return true;
	}
	root = read_file(project, "version.yaml", NULL, NULL, NULL, error);
	if (root == NULL)
		return false;
	version = config_text(root, "version");
	if (version == NULL || (strcmp(version, "2") != 0 && strcmp(version, "3") != 0))
	{
		*error = xprintf("%s: the version must be 2 or 3", node_place(root));
		return false;
	}
	project->version = *version - '0';
	return true;
}

static void
add_top(Node *metadata, const TopFile *top, const Node *root)
{
	if (root->kind == NODE_NULL)
		return;
	if (top->key)
		node_add(metadata, top->key, root);
	else
	{
		for (int i = 0; root->kind == NODE_OBJECT && i < root->n_members; i++)
		{
			if (node_get(metadata, root->members[i].key) == NULL)
				node_add(metadata, root->members[i].key, root->members[i].value);
		}
	}
}

/* The style that most of the files with lists have. */
static void
find_style(Project *project)
{
	int			balance = 0;

	for (int i = 0; i < project->n_files; i++)
	{
		if (project->files[i]->has_lists)
			balance += project->files[i]->compact_lists ? 1 : -1;
	}
	project->compact_lists = balance > 0;
}

bool
project_read(Project *project, char **error)
{
	Node	   *metadata = node_new(NODE_OBJECT);

	*error = NULL;
	project->metadata = metadata;
	if (!read_version(project, error))
		return false;
	for (const TopFile *top = top_files; top->path; top++)
	{
		const Node *root;

		if (strcmp(top->path, "version.yaml") == 0)
		{
			node_add(metadata, "version", node_new(NODE_NUMBER));
			((Node *) metadata->members[0].value)->text = project->version == 2 ? "2" : "3";
			((Node *) metadata->members[0].value)->len = 1;
			continue;
		}
		if ((top->versions != 23 && top->versions != project->version) ||
			!exists(project->directory, top->path))
			continue;
		root = read_file(project, top->path, NULL, NULL, NULL, error);
		if (root == NULL)
			return false;
		add_top(metadata, top, root);
	}
	find_unread(project);
	find_style(project);
	return true;
}

/* ---- writing ---- */

static bool
make_folders(const char *path, char **error)
{
	char	   *copy = xstrdup(path);

	for (char *slash = strchr(copy + 1, '/'); slash; slash = strchr(slash + 1, '/'))
	{
		*slash = '\0';
		if (mkdir(copy, 0777) != 0 && errno != EEXIST)
		{
			*error = xprintf("%s: %s", copy, strerror(errno));
			free(copy);
			return false;
		}
		*slash = '/';
	}
	free(copy);
	return true;
}

bool
project_write(const Project *project, const char *path, const char *data, size_t len, char **error)
{
	char	   *whole = xprintf("%s/%s", project->directory, path);
	char	   *new = xprintf("%s.new", whole);
	FILE	   *out;
	bool		good;

	if (!make_folders(whole, error))
		return false;
	out = fopen(new, "wb");
	good = out && fwrite(data, 1, len, out) == len;
	good = (out == NULL || fclose(out) == 0) && good;
	if (!good || rename(new, whole) != 0)
	{
		*error = xprintf("%s: %s", whole, strerror(errno));
		unlink(new);
		good = false;
	}
	free(whole);
	free(new);
	return good;
}

bool
project_remove(const Project *project, const char *path, char **error)
{
	char	   *whole = xprintf("%s/%s", project->directory, path);
	bool		good = unlink(whole) == 0 || errno == ENOENT;

	if (!good)
		*error = xprintf("%s: %s", whole, strerror(errno));
	free(whole);
	return good;
}
