/*
 * origin.c: which web pages may ask (cors_domain).
 */
#include "serve/origin.h"

#include <string.h>
#include <strings.h>

#include "serve/settings.h"

/* A star, as in *.example.com, stands for exactly one label. */
static bool
origin_matches(const char *pattern, size_t len, const char *origin)
{
	const char *star = memchr(pattern, '*', len);
	size_t		before;
	size_t		after;
	size_t		origin_len = strlen(origin);

	if (star == NULL)
		return origin_len == len && strncasecmp(pattern, origin, len) == 0;
	before = (size_t) (star - pattern);
	after = len - before - 1;
	if (origin_len <= before + after || strncasecmp(pattern, origin, before) != 0 ||
		strncasecmp(star + 1, origin + origin_len - after, after) != 0)
		return false;
	for (const char *p = origin + before; p < origin + origin_len - after; p++)
	{
		if (*p == '.' || *p == '/' || *p == ':')
			return false;
	}
	return true;
}

/* Whether host[:port] is this machine's own. */
static bool
is_loopback(const char *host)
{
	static const char *const names[] = {"localhost", "127.0.0.1", "[::1]"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
	{
		size_t		len = strlen(names[i]);

		if (strncasecmp(host, names[i], len) == 0 && (host[len] == '\0' || host[len] == ':'))
			return true;
	}
	return false;
}

bool
host_is_trusted(const char *host)
{
	return settings->admin_secret || settings->unix_socket || host == NULL || is_loopback(host);
}

bool
cors_allows_all(void)
{
	return settings->admin_secret && settings->cors_domain && strcmp(settings->cors_domain, "*") == 0;
}

bool
cors_allows(const char *origin)
{
	const char *p = settings->cors_domain;
	const char *host = strstr(origin, "://");

	if (settings->admin_secret == NULL && host && is_loopback(host + 3))
		return true;
	while (p && *p)
	{
		size_t		len;

		p += strspn(p, ", ");
		len = strcspn(p, ", ");
		if (len > 0 && !(len == 1 && *p == '*') && origin_matches(p, len, origin))
			return true;
		p += len;
	}
	return false;
}
