/*
 * json_scan.c: JSON text, checked once and then read in place.
 */
#include "json_scan.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* The length of the UTF-8 character at p, 0 where there is none. */
static size_t
utf8_length(const unsigned char *p, const unsigned char *end)
{
	size_t		n;
	uint32_t	c;
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};

	if (*p < 0x80)
		return 1;
	if (*p < 0xc2 || *p > 0xf4)
		return 0;
	n = *p < 0xe0 ? 2 : *p < 0xf0 ? 3 : 4;
	if ((size_t) (end - p) < n)
		return 0;
	c = *p & (0xff >> (n + 1));
	for (size_t i = 1; i < n; i++)
	{
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (p[i] & 0x3f);
	}
	if (c < least[n] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0;
	return n;
}

bool
utf8_check(const char *text, size_t len)
{
	const unsigned char *p = (const unsigned char *) text;
	const unsigned char *end = p + len;

	while (p < end)
	{
		size_t		n = utf8_length(p, end);

		if (n == 0)
			return false;
		p += n;
	}
	return true;
}

/*
 * ---- checking: each returns behind what it read, NULL where it is wrong ----
 */

static const char *check_value(const char *p, const char *end, int depth);

static const char *
skip_space(const char *p, const char *end)
{
	while (p < end && (*p == ' ' || *p == '\t' || *p == '\n' || *p == '\r'))
		p++;
	return p;
}

static bool
is_hex4(const char *p, const char *end)
{
	if (end - p < 4)
		return false;
	for (int i = 0; i < 4; i++)
	{
		if (strchr("0123456789abcdefABCDEF", p[i]) == NULL || p[i] == '\0')
			return false;
	}
	return true;
}

static const char *
check_string(const char *p, const char *end)
{
	if (p >= end || *p != '"')
		return NULL;
	for (p++; p < end;)
	{
		if (*p == '"')
			return p + 1;
		if (*p == '\\')
		{
			if (++p >= end || *p == '\0' || strchr("\"\\/bfnrtu", *p) == NULL)
				return NULL;
			if (*p++ == 'u')
			{
				if (!is_hex4(p, end))
					return NULL;
				p += 4;
			}
		}
		else if ((unsigned char) *p < 0x20)
			return NULL;
		else
		{
			size_t		n = utf8_length((const unsigned char *) p, (const unsigned char *) end);

			if (n == 0)
				return NULL;
			p += n;
		}
	}
	return NULL;
}

static const char *
check_digits(const char *p, const char *end)
{
	const char *start = p;

	while (p < end && *p >= '0' && *p <= '9')
		p++;
	return p > start ? p : NULL;
}

static const char *
check_number(const char *p, const char *end)
{
	if (p < end && *p == '-')
		p++;
	if (p < end && *p == '0')
		p++;
	else if ((p = check_digits(p, end)) == NULL)
		return NULL;
	if (p < end && *p == '.' && (p = check_digits(p + 1, end)) == NULL)
		return NULL;
	if (p < end && (*p == 'e' || *p == 'E'))
	{
		p++;
		if (p < end && (*p == '+' || *p == '-'))
			p++;
		p = check_digits(p, end);
	}
	return p;
}

static const char *
check_word(const char *p, const char *end, const char *word)
{
	size_t		len = strlen(word);

	return (size_t) (end - p) >= len && memcmp(p, word, len) == 0 ? p + len : NULL;
}

static const char *
check_items(const char *p, const char *end, char close, int depth)
{
	if (depth >= JSON_MAX_DEPTH)
		return NULL;
	p = skip_space(p + 1, end);
	if (p < end && *p == close)
		return p + 1;
	for (;;)
	{
		if (close == '}')
		{
			if ((p = check_string(p, end)) == NULL)
				return NULL;
			p = skip_space(p, end);
			if (p >= end || *p != ':')
				return NULL;
			p = skip_space(p + 1, end);
		}
		if ((p = check_value(p, end, depth + 1)) == NULL)
			return NULL;
		p = skip_space(p, end);
		if (p >= end)
			return NULL;
		if (*p == close)
			return p + 1;
		if (*p != ',')
			return NULL;
		p = skip_space(p + 1, end);
	}
}

static const char *
check_value(const char *p, const char *end, int depth)
{
	if (p >= end)
		return NULL;
	switch (*p)
	{
		case '{':
			return check_items(p, end, '}', depth);
		case '[':
			return check_items(p, end, ']', depth);
		case '"':
			return check_string(p, end);
		case 't':
			return check_word(p, end, "true");
		case 'f':
			return check_word(p, end, "false");
		case 'n':
			return check_word(p, end, "null");
		default:
			return check_number(p, end);
	}
}

static JsonKind
kind_of(char first)
{
	switch (first)
	{
		case '{':
			return JSON_OBJECT;
		case '[':
			return JSON_ARRAY;
		case '"':
			return JSON_STRING;
		case 't':
			return JSON_TRUE;
		case 'f':
			return JSON_FALSE;
		case 'n':
			return JSON_NULL;
		default:
			return JSON_NUMBER;
	}
}

bool
json_check(const char *text, size_t len, JsonText *value)
{
	const char *end = text + len;
	const char *start = skip_space(text, end);
	const char *stop = check_value(start, end, 0);

	*value = (JsonText) {0};
	if (stop == NULL || skip_space(stop, end) != end)
		return false;
	*value = (JsonText) {kind_of(*start), start, (size_t) (stop - start)};
	return true;
}

/* ---- reading what was checked ---- */

static const char *
skip_string(const char *p)
{
	for (p++; *p != '"'; p++)
	{
		if (*p == '\\')
			p++;
	}
	return p + 1;
}

/* Behind the value at p, whose text ends before or at end. */
static const char *
skip_value(const char *p, const char *end)
{
	int			open = 0;

	do
	{
		if (*p == '"')
		{
			p = skip_string(p);
			continue;
		}
		if (*p == '{' || *p == '[')
			open++;
		else if (*p == '}' || *p == ']')
			open--;
		else if (open == 0)
		{
			while (p < end && strchr(",]} \t\n\r", *p) == NULL)
				p++;
			return p;
		}
		p++;
	}
	while (open > 0);
	return p;
}

bool
json_next(const JsonText *in, const char **at, JsonText *name, JsonText *value)
{
	const char *end = in->text + in->len;
	const char *p;

	if (in->kind != JSON_ARRAY && in->kind != JSON_OBJECT)
		return false;
	p = skip_space(*at ? *at : in->text + 1, end);
	if (*at && *p == ',')
		p = skip_space(p + 1, end);
	if (p >= end - 1)
		return false;
	if (in->kind == JSON_OBJECT)
	{
		const char *stop = skip_string(p);

		if (name)
			*name = (JsonText) {JSON_STRING, p, (size_t) (stop - p)};
		p = skip_space(stop, end);
		p = skip_space(p + 1, end);
	}
	*at = skip_value(p, end);
	*value = (JsonText) {kind_of(*p), p, (size_t) (*at - p)};
	return true;
}

/* Whether a string says this; names with escapes are decoded. */
static bool
string_is(const JsonText *string, const char *text)
{
	size_t		len = strlen(text);
	char	   *decoded;
	bool		same;

	if (memchr(string->text, '\\', string->len) == NULL)
		return string->len == len + 2 && memcmp(string->text + 1, text, len) == 0;
	decoded = json_dup(string);
	same = decoded && strcmp(decoded, text) == 0;
	free(decoded);
	return same;
}

JsonText
json_member(const JsonText *object, const char *name)
{
	JsonText	found = {0};
	JsonText	key;
	JsonText	value;

	if (object->kind != JSON_OBJECT)
		return found;
	for (const char *at = NULL; json_next(object, &at, &key, &value);)
	{
		if (string_is(&key, name))
			found = value;
	}
	return found;
}

static uint32_t
hex4(const char *p)
{
	char		digits[5] = {p[0], p[1], p[2], p[3], '\0'};

	return (uint32_t) strtoul(digits, NULL, 16);
}

static void
append_utf8(Buffer *out, uint32_t c)
{
	char		bytes[4];
	int			n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	static const unsigned char first[] = {0, 0, 0xc0, 0xe0, 0xf0};

	for (int i = n - 1; i > 0; i--, c >>= 6)
		bytes[i] = (char) (0x80 | (c & 0x3f));
	bytes[0] = (char) (first[n] | c);
	buffer_append(out, bytes, (size_t) n);
}

/* The escape \uXXXX whose digits begin at *p; moves *p to its last digit. */
static bool
append_unicode_escape(Buffer *out, const char **p, const char *end)
{
	uint32_t	c = hex4(*p);

	*p += 3;
	if (c >= 0xd800 && c <= 0xdbff && end - *p > 6 && (*p)[1] == '\\' && (*p)[2] == 'u')
	{
		uint32_t	low = hex4(*p + 3);

		if (low < 0xdc00 || low > 0xdfff)
			return false;
		c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
		*p += 6;
	}
	if (c == 0 || (c >= 0xd800 && c <= 0xdfff))
		return false;
	append_utf8(out, c);
	return true;
}

bool
json_string(const JsonText *string, Buffer *out)
{
	const char *p = string->text + 1;
	const char *end = string->text + string->len - 1;
	const char *start = p;

	for (; p < end; p++)
	{
		static const char from[] = "\"\\/bfnrt";
		static const char to[] = "\"\\/\b\f\n\r\t";

		if (*p != '\\')
			continue;
		buffer_append(out, start, (size_t) (p - start));
		p++;
		if (*p == 'u')
		{
			p++;
			if (!append_unicode_escape(out, &p, end))
				return false;
		}
		else
			buffer_putc(out, to[strchr(from, *p) - from]);
		start = p + 1;
	}
	buffer_append(out, start, (size_t) (end - start));
	return true;
}

char	   *
json_dup(const JsonText *string)
{
	Buffer		b = {0};

	if (string->kind == JSON_STRING && json_string(string, &b))
		return buffer_take(&b);
	buffer_free(&b);
	return NULL;
}
