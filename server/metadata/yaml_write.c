/*
 * yaml_write.c: writes nodes as Hasura's CLI does.
 *
 * Not by libyaml's emitter: that puts the "-" of a list below the first letter
 * of the key, as older CLIs did, and cannot indent it, as all newer ones do.
 * How a text is quoted follows the same rules as there: plain where it can be,
 * in double quotes where it would be read as something else, in single quotes
 * where a plain text is not allowed, and as a block when it has several lines.
 */
#include "metadata/yaml.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

typedef enum ScalarStyle
{
	STYLE_PLAIN, STYLE_SINGLE, STYLE_DOUBLE, STYLE_LITERAL
} ScalarStyle;

typedef struct Writing
{
	Buffer	   *out;
	bool		compact_lists;
} Writing;

/* ---- how to write a text ---- */

/* What keeps a text from the simpler styles. */
typedef struct Traits
{
	bool		lines;			/* has line ends */
	bool		edges;			/* begins or ends with white space */
	bool		ends_in_space;
	bool		special;		/* has what only double quotes can say */
	bool		break_space;	/* a space after a line end */
	bool		space_break;	/* a space before a line end */
	bool		tabs;
	bool		indicators;		/* has what would end or begin something else */
} Traits;

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\0';
}

/*
 * Control characters, those that end lines in YAML 1.1, surrogates' and byte
 * order marks' bytes. Everything else of UTF-8 is written as it is.
 */
static bool
is_special(const unsigned char *p)
{
	if (*p < 0x80)
		return (*p < 0x20 && *p != '\n' && *p != '\t') || *p == 0x7f;
	if (*p == 0xc2)
		return p[1] < 0xa0;
	if (*p == 0xe2)
		return p[1] == 0x80 && (p[2] == 0xa8 || p[2] == 0xa9);
	if (*p == 0xef)
		return (p[1] == 0xbb && p[2] == 0xbf) || (p[1] == 0xbf && p[2] >= 0xbe);
	return false;
}

static bool
is_indicator(const char *text, size_t i)
{
	bool		before = i > 0 && is_blank(text[i - 1]);
	bool		behind = is_blank(text[i + 1]);

	if (i == 0)
		return strchr("#,[]{}&*!|>'\"%@`", text[i]) || (strchr("?:-", text[i]) && behind);
	return (text[i] == ':' && behind) || (text[i] == '#' && before);
}

static Traits
traits_of(const char *text, size_t len)
{
	Traits		t = {0};

	t.indicators = strncmp(text, "---", 3) == 0 || strncmp(text, "...", 3) == 0;
	t.edges = text[0] == ' ' || text[0] == '\n' || text[len - 1] == ' ' || text[len - 1] == '\n';
	t.ends_in_space = text[len - 1] == ' ';
	for (size_t i = 0; i < len; i++)
	{
		t.indicators |= is_indicator(text, i);
		t.special |= is_special((const unsigned char *) text + i);
		t.tabs |= text[i] == '\t';
		t.lines |= text[i] == '\n';
		if (text[i] == '\n')
			t.space_break |= i > 0 && text[i - 1] == ' ';
		else if (text[i] == ' ')
			t.break_space |= i > 0 && text[i - 1] == '\n';
	}
	return t;
}

/* Words that YAML 1.1 read as booleans, and its numbers to the base of 60. */
static bool
is_old(const char *text)
{
	static const char *const old[] = {"y", "yes", "on", "n", "no", "off"};
	const char *p = text + (*text == '-' || *text == '+');
	bool		colon = false;

	for (size_t i = 0; i < sizeof(old) / sizeof(old[0]); i++)
	{
		if (strcasecmp(text, old[i]) == 0)
			return true;
	}
	if (!isdigit((unsigned char) *p))
		return false;
	for (; *p; p++)
	{
		if (strchr("0123456789_:.", *p) == NULL)
			return false;
		colon |= *p == ':';
	}
	return colon;
}

/* 2019-05-19, also with a time behind it. */
static bool
is_date(const char *text)
{
	static const char pattern[] = "dddd-d";

	for (int i = 0; pattern[i]; i++)
	{
		if (pattern[i] == 'd' ? !isdigit((unsigned char) text[i]) : text[i] != pattern[i])
			return false;
	}
	return strspn(text, "0123456789-:.tTzZ+ ") == strlen(text);
}

static ScalarStyle
style_of(const char *text, size_t len, bool is_key)
{
	bool		no_json = false;
	Traits		t;

	if (len == 0 || yaml_plain_kind(text, len, NULL, &no_json) != NODE_STRING || is_old(text) ||
		is_date(text) || strcmp(text, "<<") == 0)
		return STYLE_DOUBLE;
	t = traits_of(text, len);
	if (t.special || t.space_break)
		return STYLE_DOUBLE;
	if (t.lines)
		return is_key || t.ends_in_space ? STYLE_DOUBLE : STYLE_LITERAL;
	if (t.tabs || t.break_space)
		return STYLE_DOUBLE;
	return t.edges || t.indicators ? STYLE_SINGLE : STYLE_PLAIN;
}

/* ---- writing it ---- */

static void
put_spaces(Buffer *out, int n)
{
	for (int i = 0; i < n; i++)
		buffer_putc(out, ' ');
}

static void
put_single(Buffer *out, const char *text, size_t len)
{
	buffer_putc(out, '\'');
	for (size_t i = 0; i < len; i++)
	{
		if (text[i] == '\'')
			buffer_putc(out, '\'');
		buffer_putc(out, text[i]);
	}
	buffer_putc(out, '\'');
}

/* The character at p, of which *n bytes are taken. */
static unsigned
code_point(const unsigned char *p, int *n)
{
	*n = *p < 0x80 ? 1 : *p < 0xe0 ? 2 : *p < 0xf0 ? 3 : 4;
	switch (*n)
	{
		case 2:
			return (unsigned) (*p & 0x1f) << 6 | (p[1] & 0x3f);
		case 3:
			return (unsigned) (*p & 0x0f) << 12 | (unsigned) (p[1] & 0x3f) << 6 | (p[2] & 0x3f);
		default:
			return *p;
	}
}

static void
put_escape(Buffer *out, const unsigned char *p, int *n)
{
	static const char from[] = "\"\\\a\b\t\n\v\f\r\x1b";
	static const char to[] = "\"\\abtnvfre";
	unsigned	c = code_point(p, n);
	const char *short_form = c < 0x80 ? strchr(from, (int) c) : NULL;

	if (short_form)
		buffer_printf(out, "\\%c", to[short_form - from]);
	else if (c == 0x85)
		buffer_puts(out, "\\N");
	else if (c == 0x2028)
		buffer_puts(out, "\\L");
	else if (c == 0x2029)
		buffer_puts(out, "\\P");
	else if (c <= 0xff)
		buffer_printf(out, "\\x%02X", c);
	else
		buffer_printf(out, "\\u%04X", c);
}

static void
put_double(Buffer *out, const char *text, size_t len)
{
	const unsigned char *p = (const unsigned char *) text;
	const unsigned char *end = p + len;

	buffer_putc(out, '"');
	while (p < end)
	{
		int			n = 1;

		if (*p == '"' || *p == '\\' || *p == '\n' || *p == '\t' || is_special(p))
			put_escape(out, p, &n);
		else
			buffer_putc(out, (char) *p);
		p += n;
	}
	buffer_putc(out, '"');
}

/* A block of lines, indented. The line end behind it is the caller's. */
static void
put_literal(Buffer *out, const char *text, size_t len, int indent)
{
	const char *end = text + len;

	buffer_putc(out, '|');
	if (*text == ' ' || *text == '\n' || *text == '\t')
		buffer_putc(out, '2');
	if (end[-1] != '\n')
		buffer_putc(out, '-');
	else if (len == 1 || end[-2] == '\n')
		buffer_putc(out, '+');
	for (const char *line = text; line < end;)
	{
		size_t		n = strcspn(line, "\n");

		buffer_putc(out, '\n');
		if (n > 0)
			put_spaces(out, indent);
		buffer_append(out, line, n);
		line += n + 1;
	}
}

static void
put_text(Buffer *out, const char *text, size_t len, int indent, bool is_key)
{
	/* a text that looks like an include is none */
	if (strncmp(text, "!include ", 9) == 0)
		buffer_puts(out, "!!str ");
	switch (style_of(text, len, is_key))
	{
		case STYLE_PLAIN:
			buffer_append(out, text, len);
			break;
		case STYLE_SINGLE:
			put_single(out, text, len);
			break;
		case STYLE_DOUBLE:
			put_double(out, text, len);
			break;
		case STYLE_LITERAL:
			put_literal(out, text, len, indent);
			break;
	}
}

/*
 * The value as one scalar or empty collection; false for one with members. The
 * indent is that of the lines of a block.
 */
static bool
put_scalar(Buffer *out, const Node *node, int indent)
{
	if (node->include)
	{
		char	   *text = xprintf("!include %s", node->include);

		put_double(out, text, strlen(text));
		free(text);
		return true;
	}
	if (node->n_members > 0)
		return false;
	switch (node->kind)
	{
		case NODE_NULL:
			buffer_puts(out, "null");
			break;
		case NODE_BOOL:
		case NODE_NUMBER:
			buffer_append(out, node->text, node->len);
			break;
		case NODE_STRING:
			put_text(out, node->text, node->len, indent, false);
			break;
		case NODE_LIST:
			buffer_puts(out, "[]");
			break;
		case NODE_OBJECT:
			buffer_puts(out, "{}");
			break;
	}
	return true;
}

static void put_members(Writing *w, const Node *node, int indent);

/* Longer keys are written as "? key" and ": value". */
#define MAX_SIMPLE_KEY 128

/* A value behind "key:". */
static void
put_member_value(Writing *w, const Node *value, int indent)
{
	int			inner = value->kind == NODE_LIST && w->compact_lists ? indent : indent + 2;
	size_t		before = w->out->len;

	buffer_putc(w->out, ' ');
	if (put_scalar(w->out, value, indent + 2))
	{
		buffer_putc(w->out, '\n');
		return;
	}
	w->out->len = before;
	buffer_putc(w->out, '\n');
	put_spaces(w->out, inner);
	put_members(w, value, inner);
}

/* A value that begins on this line, behind "- " or ": ". */
static void
put_inline_value(Writing *w, const Node *value, int indent)
{
	if (put_scalar(w->out, value, indent + 2))
		buffer_putc(w->out, '\n');
	else
		put_members(w, value, indent + 2);
}

static void
put_member(Writing *w, const Member *m, int indent)
{
	size_t		len = m->key ? strlen(m->key) : 0;

	if (m->key == NULL)
	{
		buffer_puts(w->out, "- ");
		put_inline_value(w, m->value, indent);
	}
	else if (len <= MAX_SIMPLE_KEY)
	{
		put_text(w->out, m->key, len, 0, true);
		buffer_putc(w->out, ':');
		put_member_value(w, m->value, indent);
	}
	else
	{
		buffer_puts(w->out, "? ");
		put_text(w->out, m->key, len, 0, true);
		buffer_putc(w->out, '\n');
		put_spaces(w->out, indent);
		buffer_puts(w->out, ": ");
		put_inline_value(w, m->value, indent);
	}
}

/* The members, the first on the line that has been indented already. */
static void
put_members(Writing *w, const Node *node, int indent)
{
	for (int i = 0; i < node->n_members; i++)
	{
		if (i > 0)
			put_spaces(w->out, indent);
		put_member(w, &node->members[i], indent);
	}
}

void
yaml_write(const Node *root, bool compact_lists, Buffer *out)
{
	Writing		w = {out, compact_lists};
	Node		top = *root;

	top.include = NULL;
	if (put_scalar(out, &top, 2))
		buffer_putc(out, '\n');
	else
		put_members(&w, &top, 0);
}
