/*
 * wire_text.c: text of remote schemas in the server encoding.
 *
 * An upstream may send any character of Unicode, raw or escaped, and escapes
 * that are none. What the server cannot hold must cost no more than itself.
 */
#include "postgres.h"

#include "mb/pg_wchar.h"
#include "miscadmin.h"

#include "base/subtransaction.h"
#include "compat.h"
#include "join/wire_text.h"

/* Before JSON it is ignored (RFC 8259, section 8.1). */
#define BYTE_ORDER_MARK "\xEF\xBB\xBF"

/* Bytes of a character in the server encoding, and a NUL. */
#define CHAR_ROOM (MAX_UNICODE_EQUIVALENT_STRING + 1)

/* ---- characters ---- */

/*
 * The character in the server encoding; 0 bytes when there is none. Finding
 * that out costs a caught error, so answers are kept, each until another one
 * takes its place.
 */
static int
char_to_server(pg_wchar c, unsigned char *bytes)
{
	static struct
	{
		pg_wchar	c;
		uint8		len;
		unsigned char bytes[CHAR_ROOM];
	}			known[1024];
	int			slot = c % lengthof(known);

	if (c < 0x80)
	{
		bytes[0] = (unsigned char) c;
		return c == 0 ? 0 : 1;
	}
	if ((c >= 0xD800 && c <= 0xDFFF) || c > 0x10FFFF)
		return 0;
	if (GetDatabaseEncoding() == PG_UTF8 || GetDatabaseEncoding() == PG_SQL_ASCII)
	{
		unicode_to_utf8(c, bytes);
		return pg_utf_mblen(bytes);
	}
	if (known[slot].c != c)
	{
		memset(bytes, 0, CHAR_ROOM);
		known[slot].c = c;
		known[slot].len = pg_unicode_to_server_noerror(c, bytes) ? strlen((char *) bytes) : 0;
		memcpy(known[slot].bytes, bytes, CHAR_ROOM);
	}
	memcpy(bytes, known[slot].bytes, CHAR_ROOM);
	return known[slot].len;
}

/* ---- whole texts ---- */

typedef struct Conversion
{
	const char *utf8;
	int			len;
	const char *text;
} Conversion;

static void
convert(void *arg)
{
	Conversion *conversion = arg;

	conversion->text = pg_any_to_server(conversion->utf8, conversion->len, PG_UTF8);
}

/* Convert character by character; escape what the encoding lacks. */
static const char *
convert_with_escapes(const char *utf8, int len, int *out_len)
{
	StringInfoData out;
	const char *end = utf8 + len;

	initStringInfo(&out);
	while (utf8 < end)
	{
		const char *run = utf8;
		unsigned char bytes[CHAR_ROOM];
		pg_wchar	c;
		int			n;

		CHECK_FOR_INTERRUPTS();
		while (utf8 < end && (unsigned char) *utf8 < 0x80 && utf8 - run < 65536)
			utf8++;
		rr_json_append(&out, run, utf8 - run);
		if (utf8 == end || (unsigned char) *utf8 < 0x80)
			continue;
		c = utf8_to_unicode((const unsigned char *) utf8);
		utf8 += pg_utf_mblen((const unsigned char *) utf8);
		n = char_to_server(c, bytes);
		if (n > 0)
			rr_json_append(&out, (char *) bytes, n);
		else if (c < 0x10000)
			appendStringInfo(&out, "\\u%04x", c);
		else
			appendStringInfo(&out, "\\u%04x\\u%04x", 0xD800 + ((c - 0x10000) >> 10),
							 0xDC00 + ((c - 0x10000) & 0x3FF));
	}
	*rr_json_reserve(&out, 0) = '\0';
	*out_len = out.len;
	return out.data;
}

const char *
rr_wire_to_server(const char *body, int *len)
{
	Conversion	conversion;
	ErrorData  *error;

	if (*len >= 3 && memcmp(body, BYTE_ORDER_MARK, 3) == 0)
	{
		body += 3;
		*len -= 3;
	}
	conversion.utf8 = body;
	conversion.len = *len;
	if (!pg_verify_mbstr(PG_UTF8, body, *len, true))
		return NULL;
	if (GetDatabaseEncoding() == PG_UTF8 || GetDatabaseEncoding() == PG_SQL_ASCII)
		return body;
	/* converting the whole is fast, but throws at the first such character */
	error = rr_run_in_subtransaction(convert, &conversion);
	if (error != NULL)
	{
		FreeErrorData(error);
		return convert_with_escapes(body, *len, len);
	}
	if (conversion.text != body)
		*len = strlen(conversion.text);
	return conversion.text;
}

/* ---- strings ---- */

/* The number of four hexadecimal digits behind \u; -1 for anything else. */
static int
unit_at(const char *p, const char *end)
{
	int			unit = 0;

	if (end - p < 6 || p[0] != '\\' || p[1] != 'u')
		return -1;
	for (int i = 2; i < 6; i++)
	{
		char		c = p[i];

		unit = unit * 16 + (c >= '0' && c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
	}
	return unit;
}

/* Read an escape. 0 for one that stands for no character. */
static pg_wchar
read_escape(const char **pos, const char *end)
{
	int			unit = unit_at(*pos, end);
	int			low;

	if (unit < 0)
	{
		char		c = (*pos)[1];

		*pos += 2;
		return c == 'b' ? '\b' : c == 'f' ? '\f' : c == 'n' ? '\n' : c == 'r' ? '\r'
			: c == 't' ? '\t' : c;
	}
	*pos += 6;
	if (unit < 0xD800 || unit > 0xDFFF)
		return unit;
	low = unit_at(*pos, end);
	if (unit > 0xDBFF || low < 0xDC00 || low > 0xDFFF)
		return 0;
	*pos += 6;
	return 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
}

/* Append what a string says. False when something had to be replaced. */
static bool
append_string(StringInfo out, RrSlice inside)
{
	const char *p = inside.data;
	const char *end = inside.data + inside.len;
	bool		whole = true;

	while (p < end)
	{
		const char *escape = memchr(p, '\\', end - p);
		unsigned char bytes[CHAR_ROOM];
		int			n;

		CHECK_FOR_INTERRUPTS();
		rr_json_append(out, p, (escape != NULL ? escape : end) - p);
		if (escape == NULL)
			break;
		p = escape;
		n = char_to_server(read_escape(&p, end), bytes);
		if (n == 0)
		{
			whole = false;
			n = char_to_server(0xFFFD, bytes);
		}
		if (n > 0)
			rr_json_append(out, (char *) bytes, n);
		else
			rr_json_append(out, "?", 1);
	}
	*rr_json_reserve(out, 0) = '\0';
	return whole;
}

char	   *
rr_wire_string(RrSlice inside)
{
	StringInfoData out;

	initStringInfo(&out);
	append_string(&out, inside);
	return out.data;
}

bool
rr_wire_string_fits(RrSlice inside)
{
	StringInfoData out;
	bool		fits;

	if (memchr(inside.data, '\\', inside.len) == NULL)
		return true;
	initStringInfo(&out);
	fits = append_string(&out, inside);
	pfree(out.data);
	return fits;
}
