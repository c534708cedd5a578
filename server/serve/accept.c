/*
 * accept.c: content negotiation (RFC 9110, 12.4.2 and 12.5).
 */
#include "serve/accept.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

typedef struct Entry
{
	const char *name;
	size_t		len;
	int			quality;		/* 0 to 1000 */
	bool		fits;			/* its parameters do */
} Entry;

static const char *
skip_space(const char *p)
{
	return p + strspn(p, " \t");
}

/* A token or quoted string; returns behind it. */
static const char *
read_word(const char *p, const char **word, size_t *len)
{
	*word = p;
	if (*p == '"')
	{
		*word = ++p;
		while (*p && *p != '"')
			p += p[0] == '\\' && p[1] ? 2 : 1;
		*len = (size_t) (p - *word);
		return *p ? p + 1 : p;
	}
	p += strcspn(p, ",;= \t\"");
	*len = (size_t) (p - *word);
	return p;
}

static bool
is_word(const char *word, size_t len, const char *text)
{
	return strlen(text) == len && strncasecmp(word, text, len) == 0;
}

static int
read_quality(const char *text, size_t len)
{
	int			quality = 0;
	int			unit = 1000;

	for (size_t i = 0; i < len; i++)
	{
		if (i == 1 && text[i] == '.')
			continue;
		if (text[i] < '0' || text[i] > '9')
			return 0;
		quality += (text[i] - '0') * unit;
		unit /= 10;
	}
	return quality > 1000 ? 1000 : quality;
}

/* The next entry of a list; NULL behind the last. */
static const char *
next_entry(const char *p, Entry *entry)
{
	p = skip_space(p);
	while (*p == ',')
		p = skip_space(p + 1);
	if (*p == '\0')
		return NULL;
	*entry = (Entry) {.quality = 1000, .fits = true};
	p = skip_space(read_word(p, &entry->name, &entry->len));
	while (*p == ';')
	{
		const char *name;
		const char *value = "";
		size_t		name_len;
		size_t		value_len = 0;

		p = skip_space(read_word(skip_space(p + 1), &name, &name_len));
		if (*p == '=')
			p = skip_space(read_word(skip_space(p + 1), &value, &value_len));
		if (is_word(name, name_len, "q"))
			entry->quality = read_quality(value, value_len);
		else if (is_word(name, name_len, "charset"))
			entry->fits = is_word(value, value_len, "utf-8") || is_word(value, value_len, "utf8");
	}
	/* whatever is no list goes on behind the next comma */
	p += strcspn(p, ",");
	return p;
}

/* 3: the thing itself, 2: its kind, 1: anything, 0: another. */
static int
specificity(const Entry *entry, const char *thing)
{
	const char *slash = strchr(thing, '/');
	size_t		kind = slash ? (size_t) (slash - thing) + 1 : 0;

	if (is_word(entry->name, entry->len, thing))
		return 3;
	if (slash && entry->len == kind + 1 && strncasecmp(entry->name, thing, kind) == 0 &&
		entry->name[kind] == '*')
		return 2;
	if (is_word(entry->name, entry->len, slash ? "*/*" : "*"))
		return 1;
	return 0;
}

int
accept_quality(const char *list, const char *thing)
{
	Entry		entry;
	int			best = 0;
	int			quality = -1;

	while ((list = next_entry(list, &entry)) != NULL)
	{
		int			how = entry.fits ? specificity(&entry, thing) : 0;

		if (how > best || (how == best && how > 0 && entry.quality > quality))
		{
			best = how;
			quality = entry.quality;
		}
	}
	return quality;
}

/* Whether the list names the thing itself, and not a kind of things. */
static bool
names(const char *list, const char *thing)
{
	Entry		entry;

	while ((list = next_entry(list, &entry)) != NULL)
	{
		if (entry.fits && specificity(&entry, thing) == 3)
			return true;
	}
	return false;
}

AnswerType
accept_answer_type(const char *list)
{
	static const struct
	{
		const char *name;
		AnswerType	type;
	}			types[] = {
		/* of equal quality the first */
		{"application/graphql-response+json", ANSWER_GRAPHQL},
		{"application/json", ANSWER_JSON},
		{"text/event-stream", ANSWER_EVENTS}
	};
	AnswerType	best = ANSWER_NONE;
	int			best_quality = 0;

	if (list == NULL || *skip_space(list) == '\0')
		return ANSWER_JSON;
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
	{
		int			quality = accept_quality(list, types[i].name);

		/* only who names them wants the new type or a stream */
		if (types[i].type != ANSWER_JSON && !names(list, types[i].name))
			continue;
		if (quality > best_quality)
		{
			best = types[i].type;
			best_quality = quality;
		}
	}
	return best;
}

int
is_json_content_type(const char *type)
{
	Entry		entry;

	return type && next_entry(type, &entry) != NULL && entry.fits &&
		is_word(entry.name, entry.len, "application/json");
}
