/*
 * error_lines.c: lists of GraphQL errors as the detail of an SQL error.
 */
#include "postgres.h"

#include "lib/stringinfo.h"

#include "compat.h"
#include "metadata/metadata.h"

/* Append a message on a line of its own, as a sentence. */
static void
append_sentence(StringInfo out, const char *message)
{
	int			start = out->len;

	appendStringInfo(out, "%s%s", out->len ? "\n" : "", message);
	if (start > 0)
		start++;
	if (out->len == start)
		return;
	out->data[start] = pg_ascii_toupper((unsigned char) out->data[start]);
	if (strchr(".?", out->data[out->len - 1]) == NULL)
		appendStringInfoChar(out, '.');
}

char	   *
rr_sentence(const char *message)
{
	StringInfoData out;

	initStringInfo(&out);
	append_sentence(&out, message);
	return out.data;
}

char	   *
rr_error_lines_below(const char *base, const GqlErrorList *errors, int max)
{
	StringInfoData out;
	int			n = 0;
	int			left = list_length(errors->items) + errors->omitted;
	ListCell   *lc;

	initStringInfo(&out);
	foreach(lc, errors->items)
	{
		const GqlError *error = lfirst(lc);

		if (n++ == max)
			break;
		append_sentence(&out, error->message);
		if (error->locations != NIL)
		{
			const GqlLocation *location = linitial(error->locations);

			appendStringInfo(&out, " (line %d, column %d)", location->line, location->column);
		}
		if (base && error->path)
			appendStringInfo(&out, " (at %s%s)", base,
							 gql_path_to_string(error->path) + (*base ? strlen(" at ")
																: strlen(" at .")));
		left--;
	}
	if (left > 0)
		appendStringInfo(&out, "\n... and %d more.", left);
	return out.data;
}

char	   *
rr_error_lines(const GqlErrorList *errors, int max)
{
	return rr_error_lines_below(NULL, errors, max);
}
