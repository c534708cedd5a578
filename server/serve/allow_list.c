/*
 * allow_list.c: the operations that roles may run.
 *
 * The file is JSON as Hasura's metadata have it:
 * {"query_collections": [{"name", "definition":
 * {"queries": [{"name", "query"}]}}],
 * "allowlist": [{"collection": name}]}. Without "allowlist", all
 * collections count.
 */
#include "serve/allow_list.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/json_scan.h"
#include "serve/settings.h"

static char **documents;
static int	n_documents;

static bool
is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/*
 * The document with one space between its tokens and nothing else that does
 * not matter. Strings stay as they are.
 */
static char *
normalized(const char *p)
{
	Buffer		out = {0};

	while (*p)
	{
		const char *start = p;

		if (strchr(" \t\r\n,", *p) || strncmp(p, "\xef\xbb\xbf", 3) == 0)
		{
			p += *p == '\xef' ? 3 : 1;
			continue;
		}
		if (*p == '#')
		{
			p += strcspn(p, "\r\n");
			continue;
		}
		if (strncmp(p, "\"\"\"", 3) == 0)
		{
			for (p += 3; *p && strncmp(p, "\"\"\"", 3) != 0;)
				p += strncmp(p, "\\\"\"\"", 4) == 0 ? 4 : 1;
			p += *p ? 3 : 0;
		}
		else if (*p == '"')
		{
			for (p++; *p && *p != '"' && *p != '\n';)
				p += p[0] == '\\' && p[1] ? 2 : 1;
			p += *p == '"';
		}
		else if (is_name_char(*p))
		{
			while (is_name_char(*p))
				p++;
		}
		else
			p++;
		if (out.len > 0)
			buffer_putc(&out, ' ');
		buffer_append(&out, start, (size_t) (p - start));
	}
	return buffer_take(&out);
}

static int
compare(const void *a, const void *b)
{
	return strcmp(*(char *const *) a, *(char *const *) b);
}

bool
allow_list_has(const char *query)
{
	char	   *wanted = normalized(query);
	bool		found = n_documents > 0 &&
	bsearch(&wanted, documents, (size_t) n_documents, sizeof(char *), compare) != NULL;

	free(wanted);
	return found;
}

static bool
is_listed(const JsonText *root, const JsonText *collection)
{
	JsonText	list = json_member(root, "allowlist");
	JsonText	name = json_member(collection, "name");
	JsonText	entry;

	if (list.kind != JSON_ARRAY)
		return true;
	for (const char *at = NULL; json_next(&list, &at, NULL, &entry);)
	{
		JsonText	listed = json_member(&entry, "collection");

		if (listed.len == name.len && listed.len > 0 && memcmp(listed.text, name.text,
															   name.len) == 0)
			return true;
	}
	return false;
}

static void
add_collection(const JsonText *collection)
{
	JsonText	definition = json_member(collection, "definition");
	JsonText	queries = json_member(&definition, "queries");
	JsonText	entry;

	for (const char *at = NULL; json_next(&queries, &at, NULL, &entry);)
	{
		JsonText	query = json_member(&entry, "query");
		char	   *text = json_dup(&query);

		if (text == NULL)
			continue;
		documents = xrealloc(documents, (size_t) (n_documents + 1) * sizeof(char *));
		documents[n_documents++] = normalized(text);
		free(text);
	}
}

char	   *
allow_list_init(void)
{
	FILE	   *in;
	Buffer		text = {0};
	char		piece[4096];
	size_t		n;
	JsonText	root;
	JsonText	collections;
	JsonText	collection;

	if (settings->allow_list == NULL)
		return settings->enable_allowlist ? xstrdup("enable_allowlist needs allow_list") : NULL;
	in = fopen(settings->allow_list, "r");
	if (in == NULL)
		return xprintf("allow_list: %s: %s", settings->allow_list, strerror(errno));
	while ((n = fread(piece, 1, sizeof(piece), in)) > 0)
		buffer_append(&text, piece, n);
	fclose(in);
	if (text.len == 0 || !json_check(text.data, text.len, &root))
	{
		buffer_free(&text);
		return xprintf("allow_list: %s is not JSON", settings->allow_list);
	}
	for (int i = 0; i < n_documents; i++)
		free(documents[i]);
	n_documents = 0;
	collections = json_member(&root, "query_collections");
	for (const char *at = NULL; json_next(&collections, &at, NULL, &collection);)
	{
		if (is_listed(&root, &collection))
			add_collection(&collection);
	}
	qsort(documents, (size_t) n_documents, sizeof(char *), compare);
	buffer_free(&text);
	return NULL;
}
