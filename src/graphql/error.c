/*
 * error.c: GraphQL errors as data, and their JSON (specification, section
 * 7.1.2).
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

	/* one byte more than is kept, so that what is left out is seen */
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
 * The positions at, or just behind, all multiples of STEP up to some place: so
 * that locating many errors takes linear time.
 */
typedef struct GqlLines
{
	const char *source;
	int			n;
	int			capacity;
	Position   *positions;
} GqlLines;

/*
 * Go on to the first character at or behind an offset. \r\n is one end of a
 * line; it is counted at \r.
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

GqlLocation
gql_location(const char *source, int loc)
{
	Position	position = {0, {1, 1}};

	advance(&position, source, loc);
	return position.location;
}

/* gql_location(), from the nearest position that is known. */
static GqlLocation
locate(GqlErrorList *errors, const char *source, int loc)
{
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
			lines->positions = lines->positions ? repalloc(lines->positions,
														   sizeof(Position) * lines->capacity) :
				palloc(sizeof(Position) * lines->capacity);
		}
		position = lines->n > 0 ? lines->positions[lines->n - 1] : (Position)
		{
			0,
			{
				1, 1
			}
		};
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

/* ---- paths and JSON ---- */

const GqlPath *
gql_path_key(const GqlPath *prev, const char *key)
{
	GqlPath    *path = palloc0(sizeof(GqlPath));

	path->prev = prev;
	path->key = key;
	return path;
}

const GqlPath *
gql_path_index(const GqlPath *prev, int index)
{
	GqlPath    *path = palloc0(sizeof(GqlPath));

	path->prev = prev;
	path->index = index;
	return path;
}

static void
append_path(StringInfo out, const GqlPath *path)
{
	if (path->prev)
		append_path(out, path->prev);
	if (path->key)
		appendStringInfo(out, ".%s", path->key);
	else
		appendStringInfo(out, "[%d]", path->index);
}

char	   *
gql_path_to_string(const GqlPath *path)
{
	StringInfoData out;

	initStringInfo(&out);
	if (path)
	{
		appendStringInfoString(&out, " at ");
		append_path(&out, path);
	}
	return out.data;
}

static void
path_to_json(const GqlPath *path, StringInfo out)
{
	List	   *steps = NIL;
	const char *separator = "";

	for (; path != NULL; path = path->prev)
		steps = lappend(steps, unconstify(GqlPath *, path));

	appendStringInfoChar(out, '[');
	for (int i = list_length(steps) - 1; i >= 0; i--)
	{
		const GqlPath *step = list_nth(steps, i);

		appendStringInfoString(out, separator);
		separator = ", ";
		if (step->key != NULL)
			gql_json_string(out, step->key, strlen(step->key));
		else
			appendStringInfo(out, "%d", step->index);
	}
	appendStringInfoChar(out, ']');
	list_free(steps);
}

static void
error_to_json(const GqlError *error, StringInfo out)
{
	ListCell   *lc;

	appendStringInfoString(out, "{\"message\": ");
	gql_json_string(out, error->message, strlen(error->message));
	foreach(lc, error->locations)
	{
		const GqlLocation *location = lfirst(lc);

		appendStringInfo(out, "%s{\"line\": %d, \"column\": %d}",
						 foreach_current_index(lc) == 0 ? ", \"locations\": [" : ", ",
						 location->line, location->column);
	}
	if (error->locations != NIL)
		appendStringInfoChar(out, ']');
	if (error->path != NULL)
	{
		appendStringInfoString(out, ", \"path\": ");
		path_to_json(error->path, out);
	}
	if (error->code != NULL || error->extensions != NULL)
	{
		appendStringInfoString(out, ", \"extensions\": {");
		if (error->code != NULL)
		{
			appendStringInfoString(out, "\"code\": ");
			gql_json_string(out, error->code, strlen(error->code));
		}
		if (error->extensions != NULL)
			appendStringInfo(out, "%s%s", error->code != NULL ? ", " : "", error->extensions);
		appendStringInfoChar(out, '}');
	}
	appendStringInfoChar(out, '}');
}

void
gql_errors_to_json(const GqlErrorList *errors, StringInfo out)
{
	ListCell   *lc;

	appendStringInfoChar(out, '[');
	foreach(lc, errors->items)
	{
		if (foreach_current_index(lc) > 0)
			appendStringInfoString(out, ", ");
		error_to_json(lfirst(lc), out);
	}
	appendStringInfoChar(out, ']');
}

void
gql_json_string(StringInfo out, const char *text, int len)
{
	const char *end = text + len;
	const char *run = text;		/* what needs no escape is appended in one go */

	appendStringInfoCharMacro(out, '"');
	for (const char *s = text; s < end; s++)
	{
		unsigned char c = *s;

		if (c >= 0x20 && c != '"' && c != '\\')
			continue;
		appendBinaryStringInfo(out, run, s - run);
		run = s + 1;
		switch (c)
		{
			case '"':
				appendStringInfoString(out, "\\\"");
				break;
			case '\\':
				appendStringInfoString(out, "\\\\");
				break;
			case '\n':
				appendStringInfoString(out, "\\n");
				break;
			case '\r':
				appendStringInfoString(out, "\\r");
				break;
			case '\t':
				appendStringInfoString(out, "\\t");
				break;
			case '\b':
				appendStringInfoString(out, "\\b");
				break;
			case '\f':
				appendStringInfoString(out, "\\f");
				break;
			default:
				appendStringInfo(out, "\\u%04x", c);
		}
	}
	appendBinaryStringInfo(out, run, end - run);
	appendStringInfoCharMacro(out, '"');
}
