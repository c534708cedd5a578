/*
 * url_template.c: URLs with {{NAME}}, which stands for a variable of the
 * server's environment.
 *
 * The definition keeps the URL as written. The variables are read at each
 * request, and what they hold is a secret.
 */
#include "postgres.h"

#include "lib/stringinfo.h"

#include "catalog/catalog.h"
#include "compat.h"

/*
 * Find the next {{NAME}} at or after *at. Returns NAME without the spaces
 * around it, sets *start to the first brace and *at to what comes after the
 * last one. NULL: there is none, or *malformed.
 */
static char *
next_variable(const char **at, const char **start, bool *malformed)
{
	const char *end;
	const char *first;
	int			len;

	*start = strstr(*at, "{{");
	if (*start == NULL)
		return NULL;
	first = *start + 2;
	end = strstr(first, "}}");
	first += strspn(first, " ");
	len = end ? end - first : 0;
	while (len > 0 && first[len - 1] == ' ')
		len--;
	*malformed = len <= 0 || (int) strcspn(first, "{} ") < len;
	if (*malformed)
		return NULL;
	*at = end + 2;
	return pnstrdup(first, len);
}

bool
rr_url_variables(const char *url, List **variables)
{
	const char *start;
	bool		malformed = false;
	char	   *name;

	*variables = NIL;
	while ((name = next_variable(&url, &start, &malformed)) != NULL)
		*variables = lappend(*variables, name);
	return !malformed;
}

char	   *
rr_url_expand(const char *url, const char *(*value) (const char *name, const void *arg),
			  const void *arg)
{
	const char *start;
	const char *before = url;
	bool		malformed = false;
	StringInfoData out;
	char	   *name;

	initStringInfo(&out);
	while ((name = next_variable(&url, &start, &malformed)) != NULL)
	{
		appendBinaryStringInfo(&out, before, start - before);
		appendStringInfoString(&out, value(name, arg));
		before = url;
	}
	appendStringInfoString(&out, before);
	return out.data;
}
