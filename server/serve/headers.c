/*
 * headers.c: a list of headers, of HTTP or of a WebSocket's connection_init.
 */
#include "serve/headers.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/json_scan.h"

static bool
is_token(const char *name)
{
	static const char others[] = "!#$%&'*+-.^_`|~";

	if (*name == '\0')
		return false;
	for (; *name; name++)
	{
		bool		alnum = (*name >= 'a' && *name <= 'z') || (*name >= 'A' && *name <= 'Z') ||
		(*name >= '0' && *name <= '9');

		if (!alnum && strchr(others, *name) == NULL)
			return false;
	}
	return true;
}

static bool
is_field_value(const char *value)
{
	for (const unsigned char *p = (const unsigned char *) value; *p; p++)
	{
		if ((*p < 0x20 && *p != '\t') || *p == 0x7f)
			return false;
	}
	return utf8_check(value, strlen(value));
}

/* By its name in lower case. */
static Header *
find(const Headers *h, const char *name)
{
	for (int i = 0; i < h->n; i++)
	{
		if (h->items[i].name[0] == name[0] && strcmp(h->items[i].name, name) == 0)
			return &h->items[i];
	}
	return NULL;
}

void
make_lower_case(char *text)
{
	for (; text && *text; text++)
	{
		if (*text >= 'A' && *text <= 'Z')
			*text = (char) (*text + 32);
	}
}

bool
headers_add(Headers *h, const char *name, const char *value)
{
	char	   *lower;
	Header	   *old;

	if (!is_token(name) || !is_field_value(value))
		return false;
	lower = xstrdup(name);
	make_lower_case(lower);
	old = find(h, lower);
	if (old)
	{
		char	   *both = xprintf("%s%s %s", old->value, strcmp(old->name, "cookie") == 0 ? ";" : ",", value);

		free(lower);
		free(old->value);
		old->value = both;
		return true;
	}
	if (h->n == 0 || (h->n >= 8 && (h->n & (h->n - 1)) == 0))
		h->items = xrealloc(h->items, (size_t) (h->n ? h->n * 2 : 8) * sizeof(Header));
	h->items[h->n++] = (Header) {lower, xstrdup(value)};
	return true;
}

const char *
headers_get(const Headers *h, const char *name)
{
	Header	   *header = find(h, name);

	return header ? header->value : NULL;
}

void
headers_free(Headers *h)
{
	for (int i = 0; i < h->n; i++)
	{
		free(h->items[i].name);
		free(h->items[i].value);
	}
	free(h->items);
	*h = (Headers) {0};
}

bool
is_session_variable(const char *name)
{
	static const char prefix[] = "x-hasura-";

	for (size_t i = 0; i < sizeof(prefix) - 1; i++)
	{
		char		c = name[i] == '_' ? '-' : name[i];

		if (c >= 'A' && c <= 'Z')
			c = (char) (c + 32);
		if (c != prefix[i])
			return false;
	}
	return true;
}

char	   *
headers_cookie(const Headers *h, const char *name)
{
	const char *p = headers_get(h, "cookie");
	size_t		len = strlen(name);

	while (p && *p)
	{
		size_t		pair;

		p += strspn(p, "; ");
		pair = strcspn(p, ";");
		if (pair > len && strncmp(p, name, len) == 0 && p[len] == '=')
			return xstrndup(p + len + 1, pair - len - 1);
		p += pair;
	}
	return NULL;
}
