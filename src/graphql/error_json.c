/*
 * error_json.c: response paths, and errors and strings as JSON (specification,
 * sections 7.1.2 and 7.2.1).
 */
#include "postgres.h"

#include "graphql/error.h"

/* ---- paths ---- */

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
	if (path->prev != NULL)
		append_path(out, path->prev);
	if (path->key != NULL)
		appendStringInfo(out, ".%s", path->key);
	else
		appendStringInfo(out, "[%d]", path->index);
}

char	   *
gql_path_to_string(const GqlPath *path)
{
	StringInfoData out;

	initStringInfo(&out);
	if (path != NULL)
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

/* ---- JSON ---- */

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
	const char *run = text;		/* start of what is not appended yet */

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
