/*
 * yaml_scalar.c: what a plain scalar of YAML stands for.
 */
#include "metadata/yaml.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct Word
{
	const char *text;
	NodeKind	kind;
} Word;

static const Word words[] = {
	{"", NODE_NULL}, {"~", NODE_NULL}, {"null", NODE_NULL}, {"Null", NODE_NULL}, {"NULL", NODE_NULL},
	{"true", NODE_BOOL}, {"True", NODE_BOOL}, {"TRUE", NODE_BOOL},
	{"false", NODE_BOOL}, {"False", NODE_BOOL}, {"FALSE", NODE_BOOL},
};

static const char *const not_finite[] = {
	".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF", "-.inf", "-.Inf", "-.INF", ".nan", ".NaN", ".NAN",
};

static bool
all_digits(const char *p, int base)
{
	const char *start = p;

	for (; *p; p++)
	{
		int			letter = tolower((unsigned char) *p);
		int			digit = isdigit(letter) ? letter - '0' : letter - 'a' + 10;

		if (!isxdigit((unsigned char) *p) || digit >= base)
			return false;
	}
	return p > start;
}

/*
 * An integer in another base than ten: 0x, 0o, 0b, or a 0 in front. Numbers
 * beyond 64 bits are none.
 */
static bool
other_base(const char *text, Buffer *json)
{
	bool		negative = *text == '-';
	const char *digits = text + (*text == '-' || *text == '+');
	int			base = 8;
	unsigned long long value;

	if (digits[0] != '0' || digits[1] == '\0')
		return false;
	digits++;
	if (strchr("xX", *digits))
		base = 16;
	else if (strchr("bB", *digits))
		base = 2;
	digits += strchr("xXbBoO", *digits) != NULL;
	if (!all_digits(digits, base) || strlen(digits) > (base == 16 ? 15 : base == 8 ? 20 : 62))
		return false;
	value = strtoull(digits, NULL, base);
	if (json)
		buffer_printf(json, "%s%llu", negative && value ? "-" : "", value);
	return true;
}

/*
 * [-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)? in decimal, written as
 * JSON has it: no plus, digits on both sides of the point, no zeros in front.
 */
static bool
decimal(const char *text, Buffer *json)
{
	Buffer		number = {0};
	const char *p = text + (*text == '-' || *text == '+');
	size_t		whole = strspn(p, "0123456789");
	size_t		fraction = 0;
	const char *leading = p;

	if (*text == '-')
		buffer_putc(&number, '-');
	for (; whole > 1 && *leading == '0'; whole--)
		leading++;
	buffer_append(&number, whole ? leading : "0", whole ? whole : 1);
	p = leading + whole;
	if (*p == '.')
	{
		fraction = strspn(++p, "0123456789");
		if (fraction > 0)
			buffer_printf(&number, ".%.*s", (int) fraction, p);
		p += fraction;
	}
	if (whole + fraction > 0 && (*p == 'e' || *p == 'E'))
	{
		const char *exponent = p + 1 + (p[1] == '-' || p[1] == '+');
		size_t		n = strspn(exponent, "0123456789");

		buffer_printf(&number, "e%.*s", (int) (exponent - p - 1 + (long) n), p + 1);
		p = n > 0 ? exponent + n : p;
	}
	if (json && whole + fraction > 0 && *p == '\0')
		buffer_append(json, number.data, number.len);
	buffer_free(&number);
	return whole + fraction > 0 && *p == '\0';
}

static bool
is_number(const char *text, Buffer *json)
{
	char	   *plain;
	char	   *to;
	bool		yes;

	if (strchr("+-.0123456789", *text) == NULL)
		return false;
	plain = to = xmalloc(strlen(text) + 1);
	for (const char *from = text; *from; from++)
	{
		if (*from != '_' || *text == '.')
			*to++ = *from;
	}
	*to = '\0';
	yes = other_base(plain, json) || decimal(plain, json);
	free(plain);
	return yes;
}

NodeKind
yaml_plain_kind(const char *text, size_t len, Buffer *json, bool *no_json)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
	{
		if (strlen(words[i].text) == len && memcmp(words[i].text, text, len) == 0)
		{
			if (json && words[i].kind == NODE_BOOL)
				buffer_puts(json, text[0] == 't' || text[0] == 'T' ? "true" : "false");
			return words[i].kind;
		}
	}
	if (strlen(text) != len)
		return NODE_STRING;
	for (size_t i = 0; i < sizeof(not_finite) / sizeof(not_finite[0]); i++)
	{
		if (strcmp(text, not_finite[i]) == 0)
		{
			*no_json = true;
			return NODE_NUMBER;
		}
	}
	return is_number(text, json) ? NODE_NUMBER : NODE_STRING;
}
