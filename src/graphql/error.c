/*
 * error.c: GraphQL errors as data, and their JSON (specification, section 7.1.2).
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

static GqlError *file_error(GqlErrorList *errors, const char *source, int loc, const char *fmt, va_list args) pg_attribute_printf(4, 0);

static GqlError *
file_error(GqlErrorList *errors, const char *source, int loc, const char *fmt, va_list args)
{
	MemoryContext oldcxt;
	StringInfoData message;
	GqlError   *error;
	va_list		again;
	int			needed;

	if (errors->max > 0 && list_length(errors->items) >= errors->max)
	{
		errors->omitted++;
		return NULL;
	}

	oldcxt = MemoryContextSwitchTo(errors->cxt);
	initStringInfo(&message);
	for (;;)
	{
		va_copy(again, args);
		needed = appendStringInfoVA(&message, fmt, again);
		va_end(again);
		if (needed == 0)
			break;
		enlargeStringInfo(&message, needed);
	}
	error = palloc0(sizeof(GqlError));
	error->message = message.data;
	error->code = errors->default_code;
	errors->items = lappend(errors->items, error);
	if (source != NULL)
		gql_error_locate(errors, error, source, loc);
	MemoryContextSwitchTo(oldcxt);
	return error;
}

GqlError *
gql_error(GqlErrorList *errors, const char *fmt,...)
{
	GqlError   *error;
	va_list		args;

	va_start(args, fmt);
	error = file_error(errors, NULL, -1, fmt, args);
	va_end(args);
	return error;
}

GqlError *
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
gql_error_locate(GqlErrorList *errors, GqlError *error, const char *source, int loc)
{
	MemoryContext oldcxt;
	GqlLocation *location;

	if (error == NULL || source == NULL || loc < 0)
		return;
	oldcxt = MemoryContextSwitchTo(errors->cxt);
	location = palloc(sizeof(GqlLocation));
	*location = gql_location(source, loc);
	error->locations = lappend(error->locations, location);
	MemoryContextSwitchTo(oldcxt);
}

static int
count_chars(const char *s, const char *end)
{
	int			n = 0;

	if (pg_database_encoding_max_length() == 1)
		return end - s;
	if (GetDatabaseEncoding() == PG_UTF8)
	{
		for (; s < end; s++)
			n += ((unsigned char) *s & 0xC0) != 0x80;
		return n;
	}
	for (; s < end; s += pg_mblen(s))
		n++;
	return n;
}

GqlLocation
gql_location(const char *source, int loc)
{
	GqlLocation location = {1, 1};
	const char *end = source + loc;
	const char *line = source;

	for (const char *s = source; s < end; s++)
	{
		if (*s != '\n' && *s != '\r')
			continue;
		if (*s == '\r' && s[1] == '\n' && ++s == end)
			break;
		location.line++;
		line = s + 1;
	}
	location.column += count_chars(line, end);
	return location;
}

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
