/*
 * error.c: lists of GraphQL errors, with messages and locations
 * (specification, section 7.1.2).
 */
#include "postgres.h"

#include "graphql/error.h"
#include "mb/pg_wchar.h"
#include "utils/memutils.h"

GqlErrorList *
gql_errors_create(int max, const char *default_code)
{
	GqlErrorList *errors = palloc0(sizeof(GqlErrorList));

	errors->cxt = CurrentMemoryContext;
	errors->default_code = default_code;
	errors->max = max;
	return errors;
}

char	   *
gql_format_message(const char *fmt, va_list args)
{
	char		buffer[512];
	char	   *message;
	va_list		again;
	int			len;

	va_copy(again, args);
	len = vsnprintf(buffer, sizeof(buffer), fmt, again);
	va_end(again);
	if (len < (int) sizeof(buffer))
		return pstrdup(buffer);

	/* one byte more than is kept, to see whether anything is cut off */
	message = palloc(GQL_MAX_MESSAGE + sizeof("..."));
	va_copy(again, args);
	len = vsnprintf(message, GQL_MAX_MESSAGE + 2, fmt, again);
	va_end(again);
	if (len > GQL_MAX_MESSAGE)
		strcpy(message + pg_mbcliplen(message, strlen(message), GQL_MAX_MESSAGE), "...");
	return message;
}

static GqlError *file_error(GqlErrorList *errors, const char *source, int loc, const char *fmt,
							va_list args) pg_attribute_printf(4, 0);

static GqlError *
file_error(GqlErrorList *errors, const char *source, int loc, const char *fmt, va_list args)
{
	MemoryContext oldcxt;
	GqlError   *error;
	char	   *message;

	if (errors->max > 0 && list_length(errors->items) >= errors->max)
	{
		errors->omitted++;
		return NULL;
	}

	oldcxt = MemoryContextSwitchTo(errors->cxt);
	message = gql_format_message(fmt, args);
	error = palloc0(sizeof(GqlError));
	error->message = message;
	error->code = errors->default_code;
	errors->items = lappend(errors->items, error);
	if (source != NULL)
		gql_error_locate(errors, error, source, loc);
	MemoryContextSwitchTo(oldcxt);
	return error;
}

GqlError   *
gql_error(GqlErrorList *errors, const char *fmt,...)
{
	GqlError   *error;
	va_list		args;

	va_start(args, fmt);
	error = file_error(errors, NULL, -1, fmt, args);
	va_end(args);
	return error;
}

GqlError   *
gql_error_at(GqlErrorList *errors, const char *source, int loc, const char *fmt,...)
{
	GqlError   *error;
	va_list		args;

	va_start(args, fmt);
	error = file_error(errors, source, loc, fmt, args);
	va_end(args);
	return error;
}

void
gql_errors_set_path(GqlErrorList *errors, int n, const GqlPath *path)
{
	for (; n < list_length(errors->items); n++)
	{
		GqlError   *error = list_nth(errors->items, n);

		if (error->path == NULL)
			error->path = path;
	}
}

/* ---- lines and columns ---- */

#define STEP 1024

/* A byte's offset, at the start of a character, and its location. */
typedef struct Position
{
	int			offset;
	GqlLocation location;
} Position;

/*
 * Known positions in a source: the first characters at or after each multiple
 * of STEP. With them, locating many errors takes linear time.
 */
typedef struct GqlLines
{
	const char *source;
	int			n;
	int			capacity;
	Position   *positions;
} GqlLines;

/*
 * Advance to the first character at or after an offset. \r\n ends one line; it
 * is counted at \r.
 */
static void
advance(Position *position, const char *source, int to)
{
	bool		utf8 = GetDatabaseEncoding() == PG_UTF8;
	bool		single_byte = pg_database_encoding_max_length() == 1;
	const char *s = source + position->offset;
	const char *end = source + to;

	while (s < end)
	{
		if (*s == '\r' || (*s == '\n' && !(s > source && s[-1] == '\r')))
		{
			position->location.line++;
			position->location.column = 1;
			s++;
		}
		else if (*s == '\n')
			s++;
		else
		{
			position->location.column++;
			if (single_byte || (unsigned char) *s < 0x80)
				s++;
			else if (utf8)
				for (s++; ((unsigned char) *s & 0xC0) == 0x80;)
					s++;
			else
				s += pg_mblen(s);
		}
	}
	position->offset = s - source;
}

/*
 * The line and column of a byte offset, counted from the nearest known
 * position. \n, \r\n and \r end a line.
 */
static GqlLocation
locate(GqlErrorList *errors, const char *source, int loc)
{
	static const Position start = {0, {1, 1}};
	GqlLines   *lines = errors->lines;
	Position	position;

	if (lines == NULL || lines->source != source)
	{
		if (lines == NULL)
			lines = errors->lines = palloc0(sizeof(GqlLines));
		lines->source = source;
		lines->n = 0;
	}
	while (lines->n <= loc / STEP)
	{
		if (lines->n == lines->capacity)
		{
			lines->capacity = Max(16, lines->capacity * 2);
			if (lines->positions == NULL)
				lines->positions = palloc(sizeof(Position) * lines->capacity);
			else
				lines->positions = repalloc(lines->positions,
											sizeof(Position) * lines->capacity);
		}
		position = lines->n > 0 ? lines->positions[lines->n - 1] : start;
		advance(&position, source, lines->n * STEP);
		lines->positions[lines->n++] = position;
	}
	position = lines->positions[loc / STEP];
	advance(&position, source, loc);
	return position.location;
}

void
gql_error_locate(GqlErrorList *errors, GqlError *error, const char *source, int loc)
{
	MemoryContext oldcxt;
	GqlLocation *location;

	if (error == NULL || source == NULL || loc < 0)
		return;
	oldcxt = MemoryContextSwitchTo(errors->cxt);
	location = palloc(sizeof(GqlLocation));
	*location = locate(errors, source, loc);
	error->locations = lappend(error->locations, location);
	MemoryContextSwitchTo(oldcxt);
}
