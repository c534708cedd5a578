/*
 * scan.c: the JSON scanner (RFC 8259).
 */
#include "postgres.h"

#include "miscadmin.h"

#include "json/json.h"

/*
 * Deeper than any schema needs, and far from the end of the stack.
 */
#define MAX_DEPTH 2000

/*
 * Bytes that need a look inside of a string: the quote, the backslash, control
 * characters.
 */
static const bool ends_run[256] = {
	[0x00] = 1,[0x01] = 1,[0x02] = 1,[0x03] = 1,[0x04] = 1,[0x05] = 1,[0x06] = 1,[0x07] = 1,
	[0x08] = 1,[0x09] = 1,[0x0a] = 1,[0x0b] = 1,[0x0c] = 1,[0x0d] = 1,[0x0e] = 1,[0x0f] = 1,
	[0x10] = 1,[0x11] = 1,[0x12] = 1,[0x13] = 1,[0x14] = 1,[0x15] = 1,[0x16] = 1,[0x17] = 1,
	[0x18] = 1,[0x19] = 1,[0x1a] = 1,[0x1b] = 1,[0x1c] = 1,[0x1d] = 1,[0x1e] = 1,[0x1f] = 1,
	['"'] = 1,['\\'] = 1,
};

void
rr_scan_init(RrScan *scan, const char *text, int len)
{
	scan->start = scan->pos = text;
	scan->end = text + len;
	scan->too_deep = false;
}

static bool
scan_escape(RrScan *scan)
{
	scan->pos++;
	if (scan->pos >= scan->end)
		return false;
	if (*scan->pos == 'u')
	{
		for (int i = 1; i <= 4; i++)
			if (scan->pos + i >= scan->end || !isxdigit((unsigned char) scan->pos[i]))
				return false;
		scan->pos += 5;
		return true;
	}
	if (strchr("\"\\/bfnrt", *scan->pos) == NULL || *scan->pos == '\0')
		return false;
	scan->pos++;
	return true;
}

bool
rr_scan_string(RrScan *scan, RrSlice *inside)
{
	if (!rr_scan_char(scan, '"'))
		return false;
	inside->data = scan->pos;
	for (;;)
	{
		while (scan->pos < scan->end && !ends_run[(unsigned char) *scan->pos])
			scan->pos++;
		if (scan->pos >= scan->end)
			return false;
		if (*scan->pos == '"')
			break;
		if (*scan->pos != '\\' || !scan_escape(scan))
			return false;
	}
	inside->len = scan->pos - inside->data;
	scan->pos++;
	return true;
}

static bool
scan_digits(RrScan *scan)
{
	const char *start = scan->pos;

	while (scan->pos < scan->end && *scan->pos >= '0' && *scan->pos <= '9')
		scan->pos++;
	return scan->pos > start;
}

static bool
scan_number(RrScan *scan)
{
	if (*scan->pos == '-')
		scan->pos++;
	if (scan->pos < scan->end && *scan->pos == '0')
		scan->pos++;
	else if (!scan_digits(scan))
		return false;
	if (scan->pos < scan->end && *scan->pos == '.')
	{
		scan->pos++;
		if (!scan_digits(scan))
			return false;
	}
	if (scan->pos < scan->end && (*scan->pos == 'e' || *scan->pos == 'E'))
	{
		scan->pos++;
		if (scan->pos < scan->end && (*scan->pos == '+' || *scan->pos == '-'))
			scan->pos++;
		if (!scan_digits(scan))
			return false;
	}
	return true;
}

/* On failure, pos is at the first byte that differs from the word. */
static bool
scan_word(RrScan *scan, const char *word)
{
	while (*word != '\0' && scan->pos < scan->end && *scan->pos == *word)
	{
		scan->pos++;
		word++;
	}
	return *word == '\0';
}

bool
rr_scan_name(RrScan *scan, RrSlice *name)
{
	return rr_scan_string(scan, name) && rr_scan_char(scan, ':');
}

bool
rr_scan_more(RrScan *scan, bool first, char close, bool *ok)
{
	char		c = rr_scan_peek(scan);

	CHECK_FOR_INTERRUPTS();
	if (c == close)
	{
		scan->pos++;
		*ok = true;
		return false;
	}
	if (!first)
	{
		*ok = c == ',';
		if (!*ok)
			return false;
		scan->pos++;
		c = rr_scan_peek(scan);
		*ok = c != close;		/* no comma before the end */
		return *ok;
	}
	*ok = c != '\0';
	return *ok;
}

static bool
scan_any(RrScan *scan, int depth)
{
	RrSlice		ignored;
	char		c = rr_scan_peek(scan);
	bool		first = true;
	bool		ok;

	switch (c)
	{
		case '{':
		case '[':
			if (depth >= MAX_DEPTH)
			{
				scan->too_deep = true;
				return false;
			}
			check_stack_depth();
			scan->pos++;
			while (rr_scan_more(scan, first, c == '{' ? '}' : ']', &ok))
			{
				if (c == '{' && !rr_scan_name(scan, &ignored))
					return false;
				if (!scan_any(scan, depth + 1))
					return false;
				first = false;
			}
			return ok;
		case '"':
			return rr_scan_string(scan, &ignored);
		case 't':
			return scan_word(scan, "true");
		case 'f':
			return scan_word(scan, "false");
		case 'n':
			return scan_word(scan, "null");
		case '\0':
			return false;
		default:
			return scan_number(scan);
	}
}

bool
rr_scan_value(RrScan *scan, RrSlice *value)
{
	rr_scan_space(scan);
	value->data = scan->pos;
	if (!scan_any(scan, 0))
		return false;
	value->len = scan->pos - value->data;
	return true;
}

bool
rr_plain_string(RrSlice slice, RrSlice *text)
{
	text->data = slice.data + 1;
	text->len = slice.len - 2;

	return slice.data[0] == '"' && memchr(slice.data, '\\', slice.len) == NULL;
}
