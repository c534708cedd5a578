/*
 * lexer.c: split a document into tokens (specification, section 2.1 and
 * appendix B.2).
 *
 * Reads one token at a time and skips comments. Only strings allocate memory,
 * never more than their own length in the source.
 *
 * Works in any server encoding: bytes from 0x80 on are valid only in comments,
 * which are skipped, and in strings, which are copied. Only the byte order
 * mark, which is skipped too, is recognized in UTF-8 alone.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "compat.h"
#include "graphql/language/parser.h"
#include "mb/pg_wchar.h"

#define IS_DIGIT(c) ((unsigned char) ((c) - '0') < 10)
#define IS_NAME_START(c) ((unsigned char) (((c) | 0x20) - 'a') < 26 || (c) == '_')
#define IS_NAME_CONTINUE(c) (IS_NAME_START(c) || IS_DIGIT(c))

void
gql_syntax_error(GqlParser *p, int loc, const char *fmt,...)
{
	char	   *message;
	va_list		args;

	if (p->failed)
		return;
	p->failed = true;

	va_start(args, fmt);
	message = gql_format_message(fmt, args);
	va_end(args);
	gql_error_at(p->errors, p->source, loc, "Syntax Error: %s", message);
	pfree(message);

	p->token = (GqlToken)
	{
		.kind = GQL_TOK_EOF, .start = loc
	};
	p->has_next = false;
}

#define lex_error(p, at, ...) gql_syntax_error(p, (at) - (p)->source, __VA_ARGS__)

/*
 * The length of the character at s in bytes; 1 if it is incomplete. SQL_ASCII
 * is taken for UTF-8, which it most often is: a message with half of a
 * character could not be sent to the client.
 */
static int
char_len(GqlParser *p, const char *s)
{
	int			encoding = GetDatabaseEncoding();
	int			len = pg_encoding_mblen(encoding == PG_SQL_ASCII ? PG_UTF8 : encoding, s);

	return len <= p->end - s ? len : 1;
}

/* Up to n characters from s on, for a message. */
static const char *
char_slice(GqlParser *p, const char *s, int n)
{
	const char *end = s;

	while (n-- > 0 && end < p->end)
		end += char_len(p, end);
	return pnstrdup(s, end - s);
}

/* The character at s, for a message. */
static const char *
describe_char(GqlParser *p, const char *s)
{
	unsigned char c = *s;

	if (s >= p->end)
		return "<EOF>";
	if (c == '"')
		return "'\"'";
	if (c >= 0x20 && c <= 0x7E)
		return psprintf("\"%c\"", c);
	if (c < 0x80)
		return psprintf("U+%04X", c);
	if (p->utf8 && char_len(p, s) > 1)
		return psprintf("U+%04X", (unsigned) utf8_to_unicode((const unsigned char *) s));
	return psprintf("\"%s\"", char_slice(p, s, 1));
}

static inline void
set_value(GqlParser *p, GqlToken *token, GqlTokenKind kind, const char *value, const char *end)
{
	token->kind = kind;
	token->value = value;
	token->len = end - value;
	p->pos = end;
}

static inline void
set_punctuator(GqlParser *p, GqlToken *token, GqlTokenKind kind, const char *s, int len)
{
	token->kind = kind;
	token->start = s - p->source;
	token->len = 0;
	token->value = NULL;
	p->pos = s + len;
}

/* Skip one or more digits. Returns what follows; NULL if there are none. */
static const char *
skip_digits(GqlParser *p, const char *s)
{
	if (!IS_DIGIT(*s))
	{
		lex_error(p, s, "Invalid number, expected digit but got: %s.", describe_char(p, s));
		return NULL;
	}
	while (IS_DIGIT(*s))
		s++;
	return s;
}

/* IntValue, FloatValue (2.9.1, 2.9.2) */
static void
lex_number(GqlParser *p, GqlToken *token, const char *start)
{
	GqlTokenKind kind = GQL_TOK_INT;
	const char *s = start;

	if (*s == '-')
		s++;
	if (*s == '0')
	{
		if (IS_DIGIT(*++s))
		{
			lex_error(p, s, "Invalid number, unexpected digit after 0: %s.", describe_char(p, s));
			return;
		}
	}
	else if ((s = skip_digits(p, s)) == NULL)
		return;

	if (*s == '.')
	{
		kind = GQL_TOK_FLOAT;
		if ((s = skip_digits(p, s + 1)) == NULL)
			return;
	}
	if (*s == 'e' || *s == 'E')
	{
		kind = GQL_TOK_FLOAT;
		s++;
		if (*s == '+' || *s == '-')
			s++;
		if ((s = skip_digits(p, s)) == NULL)
			return;
	}
	if (*s == '.' || IS_NAME_START(*s))
	{
		lex_error(p, s, "Invalid number, expected digit but got: %s.", describe_char(p, s));
		return;
	}
	set_value(p, token, kind, start, s);
}

static int
hex_digit(unsigned char c)
{
	if (IS_DIGIT(c))
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/*
 * The value of four hexadecimal digits; -1 if they are not. Does not read
 * beyond the NUL at the end of the source.
 */
static int
hex4(const char *s)
{
	int			value = 0;

	for (int i = 0; i < 4; i++)
	{
		int			digit = hex_digit(s[i]);

		if (digit < 0)
			return -1;
		value = value << 4 | digit;
	}
	return value;
}

/*
 * EscapedUnicode (2.9.4): \u1234, \uD83D\uDE00, \u{1F600}. Writes the
 * character at *out and moves *out after it. Returns what follows the escape
 * at s; NULL after an error.
 */
static const char *
lex_unicode_escape(GqlParser *p, const char *s, char **out)
{
	const char *start = s;
	uint32		point;
	bool		valid = false;
	int			shown = 6;
	unsigned char bytes[MAX_UNICODE_EQUIVALENT_STRING + 1];

	if (s[2] == '{')
	{
		point = 0;
		for (s += 3; s - start < 12;)
		{
			int			digit = hex_digit(*s++);

			if (s[-1] == '}')
				valid = s - start > 4 && point <= 0x10FFFF && (point < 0xD800 || point > 0xDFFF);
			if (digit < 0)
				break;
			point = point << 4 | digit;
			if (point > PG_INT32_MAX)
				break;
		}
		shown = s - start;
	}
	else
	{
		int			code = hex4(s + 2);

		s += 6;
		if (code >= 0 && is_utf16_surrogate_first(code) && s[0] == '\\' && s[1] == 'u')
		{
			int			second = hex4(s + 2);

			if (second >= 0 && is_utf16_surrogate_second(second))
			{
				code = surrogate_pair_to_codepoint(code, second);
				s += 6;
			}
		}
		point = code;
		valid = code >= 0 && !is_utf16_surrogate_first(code) && !is_utf16_surrogate_second(code);
	}

	if (!valid)
	{
		lex_error(p, start, "Invalid Unicode escape sequence: \"%s\".",
				  char_slice(p, start, shown));
		return NULL;
	}
	if (point < 0x80)
		*(*out)++ = point;
	else if (p->utf8)
	{
		unicode_to_utf8(point, (unsigned char *) *out);
		*out += pg_utf_mblen((unsigned char *) *out);
	}
	else if (pg_unicode_to_server_noerror(point, bytes))
	{
		/*
		 * There is room: in no server encoding has the character more than
		 * four bytes, and its escape has at least five.
		 */
		memcpy(*out, bytes, strlen((char *) bytes));
		*out += strlen((char *) bytes);
	}
	else
	{
		lex_error(p, start, "Unicode escape sequence \"%s\" has no equivalent in encoding %s.",
				  pnstrdup(start, s - start), GetDatabaseEncodingName());
		return NULL;
	}
	return s;
}

/* EscapedCharacter (2.9.4): what a backslash and c mean; 0: nothing. */
static char
escaped_char(char c)
{
	switch (c)
	{
		case '"':
		case '\\':
		case '/':
			return c;
		case 'b':
			return '\b';
		case 'f':
			return '\f';
		case 'n':
			return '\n';
		case 'r':
			return '\r';
		case 't':
			return '\t';
	}
	return 0;
}

/*
 * StringValue (2.9.4): "…". Finds the end first, to allocate once. A missing
 * end is reported last, because a wrong escape comes before it in the text.
 */
static void
lex_string(GqlParser *p, GqlToken *token, const char *start)
{
	const char *s = start + 1;
	const char *end;
	bool		escapes = false;
	char	   *value;
	char	   *out;

	for (end = s; end < p->end && *end != '"' && *end != '\n' && *end != '\r'; end++)
	{
		if (*end == '\\')
		{
			escapes = true;
			if (end + 1 < p->end)
				end++;
		}
	}

	value = out = gql_parser_alloc(p, end - s + 1);
	if (!escapes)
	{
		memcpy(out, s, end - s);
		out += end - s;
		s = end;
	}
	while (s < end)
	{
		if (*s != '\\')
			*out++ = *s++;
		else if (s[1] == 'u')
		{
			if ((s = lex_unicode_escape(p, s, &out)) == NULL)
				return;
		}
		else if ((*out = escaped_char(s[1])) != 0)
		{
			out++;
			s += 2;
		}
		else
		{
			lex_error(p, s, "Invalid character escape sequence: \"%s\".", char_slice(p, s, 2));
			return;
		}
	}
	*out = '\0';

	if (*end != '"')
	{
		lex_error(p, end, "Unterminated string.");
		return;
	}
	set_value(p, token, GQL_TOK_STRING, value, out);
	p->pos = end + 1;
}

/* What follows the line terminator at s. */
static inline const char *
skip_newline(const char *s)
{
	return s + (s[0] == '\r' && s[1] == '\n' ? 2 : 1);
}

#define IS_TRIPLE_QUOTE(s) ((s)[0] == '"' && (s)[1] == '"' && (s)[2] == '"')

/*
 * The end of the line at s. Pass carriage_returns if the text has any: they
 * end lines, too, but looking for them is slower.
 */
static inline const char *
line_end(const char *s, const char *end, bool carriage_returns)
{
	if (!carriage_returns)
	{
		const char *newline = memchr(s, '\n', end - s);

		return newline != NULL ? newline : end;
	}
	while (s < end && *s != '\n' && *s != '\r')
		s++;
	return s;
}

static inline const char *
skip_blanks(const char *s, const char *end)
{
	while (s < end && (*s == ' ' || *s == '\t'))
		s++;
	return s;
}

/*
 * Copy a part of a block string to out; with escapes, \""" becomes """.
 * Returns the end of the copy.
 */
static char *
copy_block(char *out, const char *s, const char *end, bool escapes)
{
	if (!escapes)
	{
		memcpy(out, s, end - s);
		return out + (end - s);
	}
	while (s < end)
	{
		if (*s == '\\' && end - s > 3 && IS_TRIPLE_QUOTE(s + 1))
		{
			memcpy(out, s + 1, 3);
			out += 3;
			s += 4;
		}
		else
			*out++ = *s++;
	}
	return out;
}

/*
 * BlockStringValue() (2.9.4): remove the indentation that all lines but the
 * first share, and blank lines at both ends. The raw text is from start to
 * end; *length is set to the length of the result.
 */
static char *
dedent(GqlParser *p, const char *start, const char *end, bool escapes, int *length)
{
	bool		carriage_returns = memchr(start, '\r', end - start) != NULL;
	char	   *value = gql_parser_alloc(p, end - start + 1);
	char	   *out = value;
	char	   *content_end = value;
	bool		content = false;
	int			common = PG_INT32_MAX;
	const char *next;

	for (const char *line = start; line <= end; line = next)
	{
		const char *stop = line_end(line, end, carriage_returns);
		const char *text = skip_blanks(line, stop);

		if (text < stop && line != start)
			common = Min(common, text - line);
		next = stop < end ? skip_newline(stop) : end + 1;
	}

	for (const char *line = start; line <= end; line = next)
	{
		const char *stop = line_end(line, end, carriage_returns);
		bool		blank = skip_blanks(line, stop) == stop;

		if (content || !blank)
		{
			if (content)
				*out++ = '\n';
			if (line != start)
				line += Min(common, stop - line);
			out = copy_block(out, line, stop, escapes);
			content = true;
		}
		if (!blank)
			content_end = out;
		next = stop < end ? skip_newline(stop) : end + 1;
	}
	*content_end = '\0';
	*length = content_end - value;
	return value;
}

/* StringValue (2.9.4): """…""" */
static void
lex_block_string(GqlParser *p, GqlToken *token, const char *start)
{
	const char *content = start + 3;
	const char *s = content;
	bool		escapes = false;

	while ((s = memchr(s, '"', p->end - s)) != NULL)
	{
		if (!IS_TRIPLE_QUOTE(s))
			s++;
		else if (s > content && s[-1] == '\\')
		{
			escapes = true;
			s += 3;
		}
		else
		{
			token->kind = GQL_TOK_BLOCK_STRING;
			token->value = dedent(p, content, s, escapes, &token->len);
			p->pos = s + 3;
			return;
		}
	}
	lex_error(p, p->end, "Unterminated string.");
}

static void
unexpected_char(GqlParser *p, const char *s)
{
	if (s[0] == '.' && s[1] == '.')
		lex_error(p, s, "Unexpected \"..\", did you mean \"...\"?");
	else if (s[0] == '.' && IS_DIGIT(s[1]))
	{
		const char *end = skip_digits(p, s + 1);

		lex_error(p, s, "Invalid number, expected digit before \".\", did you mean \"0.%s\"?",
				  pnstrdup(s + 1, Min(end - s - 1, GQL_MAX_SHOWN_TOKEN)));
	}
	else if (s[0] == '\'')
		lex_error(p, s,
				  "Unexpected single quote character ('), did you mean to use a double quote (\")?");
	else
		lex_error(p, s, "Unexpected character: %s.", describe_char(p, s));
}

/* Strings, numbers, "...", the end of the source, and errors. */
static void
lex_other(GqlParser *p, GqlToken *token, const char *s)
{
	token->start = s - p->source;
	if (*s == '"')
	{
		if (IS_TRIPLE_QUOTE(s))
			lex_block_string(p, token, s);
		else
			lex_string(p, token, s);
	}
	else if (IS_DIGIT(*s) || *s == '-')
		lex_number(p, token, s);
	else if (s[0] == '.' && s[1] == '.' && s[2] == '.')
		set_punctuator(p, token, GQL_TOK_SPREAD, s, 3);
	else if (s == p->end)
		set_punctuator(p, token, GQL_TOK_EOF, s, 0);
	else
		unexpected_char(p, s);
}

/* Token (2.1.6); skips ignored tokens (2.1.7) before it. */
void
gql_lex(GqlParser *p, GqlToken *token)
{
	static const uint8 punctuators[256] = {
		['!'] = GQL_TOK_BANG,
		['$'] = GQL_TOK_DOLLAR,
		['&'] = GQL_TOK_AMP,
		['('] = GQL_TOK_PAREN_L,
		[')'] = GQL_TOK_PAREN_R,
		[':'] = GQL_TOK_COLON,
		['='] = GQL_TOK_EQUALS,
		['@'] = GQL_TOK_AT,
		['['] = GQL_TOK_BRACKET_L,
		[']'] = GQL_TOK_BRACKET_R,
		['{'] = GQL_TOK_BRACE_L,
		['|'] = GQL_TOK_PIPE,
		['}'] = GQL_TOK_BRACE_R,
	};
	const char *s = p->pos;

	for (;;)
	{
		unsigned char c = *s;

		CHECK_FOR_INTERRUPTS();
		while (c == ' ' || c == ',' || c == '\n' || c == '\t' || c == '\r')
			c = *++s;

		if (IS_NAME_START(c))
		{
			const char *start = s;

			do
				s++;
			while (IS_NAME_CONTINUE(*s));
			token->start = start - p->source;
			set_value(p, token, GQL_TOK_NAME, start, s);
			return;
		}
		if (punctuators[c] != 0)
		{
			set_punctuator(p, token, punctuators[c], s, 1);
			return;
		}

		if (c == '#')
			while (s < p->end && *s != '\n' && *s != '\r')
				s++;
		else if (p->utf8 && c == 0xEF && (unsigned char) s[1] == 0xBB &&
				 (unsigned char) s[2] == 0xBF)
			s += 3;
		else
		{
			lex_other(p, token, s);
			return;
		}
	}
}
