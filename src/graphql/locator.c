/*
 * locator.c: line and column of many places in one source.
 *
 * gql_location() reads the source from its beginning. Here a mark is left every so many bytes on the way, so that no part of the source is
 * read more than a few times, however many errors there are and wherever they point.
 */
#include "postgres.h"

#include "mb/pg_wchar.h"

#include "graphql/validate.h"

#define MARK_DISTANCE 256

/* One character on; \n, \r\n and \r end a line. */
static inline void
step(GqlMark *at, const char *source)
{
	const char *p = source + at->pos;

	if (*p == '\n' || (*p == '\r' && p[1] != '\n'))
	{
		at->line++;
		at->column = 0;
	}
	at->column++;
	at->pos += IS_HIGHBIT_SET(*p) ? pg_mblen(p) : 1;
}

static void
add_mark(GqlLocator *locator, const GqlMark *mark)
{
	if (locator->n == locator->max)
	{
		locator->max = locator->max ? locator->max * 2 : 64;
		locator->marks = locator->marks ? repalloc(locator->marks, sizeof(GqlMark) * locator->max)
			: palloc(sizeof(GqlMark) * locator->max);
	}
	locator->marks[locator->n++] = *mark;
}

GqlLocation
gql_locate(GqlLocator *locator, const char *source, int loc)
{
	GqlMark		at = {0, 1, 1};
	int			i = loc / MARK_DISTANCE;

	if (locator->n == 0)
		add_mark(locator, &at);
	at = locator->marks[Min(i, locator->n - 1)];

	/* a mark stands at the first character from its place on, which may be behind loc */
	if (at.pos > loc)
		at = locator->marks[i - 1];
	while (at.pos < loc)
	{
		step(&at, source);
		if (at.pos >= locator->n * MARK_DISTANCE)
			add_mark(locator, &at);
	}
	return (GqlLocation) {at.line, at.column};
}
