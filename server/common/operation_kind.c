/*
 * operation_kind.c: which kind of operation a GraphQL document asks for.
 *
 * Knows of GraphQL what is needed to find the definitions: ignored characters,
 * comments, strings, names and brackets (specification, 2.1).
 */
#include "operation_kind.h"

#include <stdbool.h>
#include <string.h>

typedef struct Reader
{
	const char *p;
	const char *end;
	int			depth;			/* of brackets of all kinds */
} Reader;

typedef struct Word
{
	const char *text;
	size_t		len;
} Word;

static bool
is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static bool
starts_with(const Reader *r, const char *text)
{
	size_t		len = strlen(text);

	return (size_t) (r->end - r->p) >= len && memcmp(r->p, text, len) == 0;
}

static void
skip_block_string(Reader *r)
{
	for (r->p += 3; r->p < r->end; r->p++)
	{
		if (starts_with(r, "\\\"\"\""))
			r->p += 3;
		else if (starts_with(r, "\"\"\""))
		{
			r->p += 3;
			return;
		}
	}
}

static void
skip_string(Reader *r)
{
	if (starts_with(r, "\"\"\""))
	{
		skip_block_string(r);
		return;
	}
	for (r->p++; r->p < r->end && *r->p != '\n' && *r->p != '\r'; r->p++)
	{
		if (*r->p == '\\' && r->p + 1 < r->end)
			r->p++;
		else if (*r->p == '"')
		{
			r->p++;
			return;
		}
	}
}

static void
skip_comment(Reader *r)
{
	while (r->p < r->end && *r->p != '\n' && *r->p != '\r')
		r->p++;
}

/*
 * Moves to the next name or opening brace at the top level; false at the end.
 * A brace comes as an empty word, and is entered.
 */
static bool
next_word(Reader *r, Word *word)
{
	while (r->p < r->end)
	{
		const char *start = r->p;

		if (*r->p == '#')
			skip_comment(r);
		else if (*r->p == '"')
			skip_string(r);
		else if (is_name_char(*r->p))
		{
			while (r->p < r->end && is_name_char(*r->p))
				r->p++;
			*word = (Word) {start, (size_t) (r->p - start)};
			if (r->depth == 0)
				return true;
		}
		else if (*r->p == '{' || *r->p == '(' || *r->p == '[')
		{
			r->p++;
			*word = (Word) {start, 0};
			if (r->depth++ == 0 && *start == '{')
				return true;
		}
		else
		{
			if ((*r->p == '}' || *r->p == ')' || *r->p == ']') && r->depth > 0)
				r->depth--;
			r->p++;
		}
	}
	return false;
}

static bool
is_word(const Word *word, const char *text)
{
	return word->len == strlen(text) && memcmp(word->text, text, word->len) == 0;
}

static OperationKind
kind_of_word(const Word *word)
{
	if (word->len == 0 || is_word(word, "query"))
		return OPERATION_QUERY;
	if (is_word(word, "mutation"))
		return OPERATION_MUTATION;
	if (is_word(word, "subscription"))
		return OPERATION_SUBSCRIPTION;
	return OPERATION_UNKNOWN;
}

OperationKind
operation_kind(const char *document, size_t len, const char *operation_name)
{
	Reader		r = {document, document + len, 0};
	OperationKind found = OPERATION_UNKNOWN;
	Word		word;

	while (next_word(&r, &word))
	{
		OperationKind kind = kind_of_word(&word);
		Word		name = word;
		bool		named = false;

		/* to the definition's selection set; its first name is its own */
		while (name.len > 0 && next_word(&r, &name))
		{
			if (name.len > 0 && !named)
			{
				named = true;
				if (operation_name && is_word(&name, operation_name) &&
					kind != OPERATION_UNKNOWN)
					return kind;
			}
		}
		if (operation_name == NULL || *operation_name == '\0')
			found = kind > found ? kind : found;
	}
	return found;
}
