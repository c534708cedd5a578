/*
 * console.c: the files of /console: a page and what it loads, all from here.
 */
#include "serve/console.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "serve/settings.h"

static const char policy[] =
"default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self'; "
"style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
"frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

static const struct
{
	const char *ending;
	const char *type;
}			types[] = {
	{".html", "text/html; charset=utf-8"},
	{".js", "text/javascript; charset=utf-8"},
	{".css", "text/css; charset=utf-8"},
	{".svg", "image/svg+xml"},
	{".ttf", "font/ttf"},
	{".woff2", "font/woff2"},
	{".map", "application/json; charset=utf-8"},
};

/* NULL for files of other kinds, which are not served. */
static const char *
type_of(const char *path)
{
	size_t		len = strlen(path);

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
	{
		size_t		n = strlen(types[i].ending);

		if (len > n && strcmp(path + len - n, types[i].ending) == 0)
			return types[i].type;
	}
	return NULL;
}

/*
 * Names of letters, digits, - _ and inner dots, separated by single slashes.
 */
static bool
is_plain_path(const char *path)
{
	char		before = '/';

	for (; *path; before = *path++)
	{
		bool		plain = (*path >= 'a' && *path <= 'z') || (*path >= 'A' && *path <= 'Z') ||
		(*path >= '0' && *path <= '9') || *path == '-' || *path == '_';

		if (!plain && !((*path == '.' || *path == '/') && before != '/' && before != '.'))
			return false;
	}
	return true;
}

static void
not_found(HttpRequest *r)
{
	Buffer		body = {0};

	http_graphql_error(&body, "resource does not exist", "not-found");
	http_reply(r, 404, "application/json; charset=utf-8", &body);
}

bool
console_exists(void)
{
	char	   *index;
	bool		found;

	if (!settings->enable_console || settings->console_directory == NULL)
		return false;
	index = xprintf("%s/index.html", settings->console_directory);
	found = access(index, R_OK) == 0;
	free(index);
	return found;
}

static void
send_file(HttpRequest *r, const char *name, const char *type)
{
	char	   *path = xprintf("%s/%s", settings->console_directory, name);
	int			fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	struct stat st;
	struct MHD_Response *response;

	free(path);
	if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
	{
		if (fd >= 0)
			close(fd);
		not_found(r);
		return;
	}
	response = MHD_create_response_from_fd((uint64_t) st.st_size, fd);
	r->reply_bytes = (size_t) st.st_size;
	MHD_add_response_header(response, "content-type", type);
	MHD_add_response_header(response, "content-security-policy", policy);
	MHD_add_response_header(response, "referrer-policy", "no-referrer");
	MHD_add_response_header(response, "cache-control", "no-cache");
	http_add_standard_headers(r, response);
	http_reply_response(r, 200, response);
}

void
console_file(HttpRequest *r)
{
	const char *name = r->path + strlen("/console");
	const char *type;

	name += *name == '/';
	if (*name == '\0')
		name = "index.html";
	type = type_of(name);
	if (!settings->enable_console || settings->console_directory == NULL || type == NULL ||
		!is_plain_path(name))
		not_found(r);
	else
		send_file(r, name, type);
}
