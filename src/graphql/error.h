/*
 * error.h: GraphQL errors, which are data (specification, section 7.1.2).
 *
 * A mistake in a document is filed in a GqlErrorList and never thrown. Misuse
 * of a function and failures of the server are ereport()ed. The two kinds
 * never mix.
 */
#ifndef GQL_ERROR_H
#define GQL_ERROR_H

#include "lib/stringinfo.h"
#include "nodes/pg_list.h"

typedef struct GqlLocation
{
	int			line;			/* from 1 */
	int			column;			/* from 1, in code points */
} GqlLocation;

/* A response path, innermost step first. Steps may be shared between paths. */
typedef struct GqlPath
{
	const struct GqlPath *prev;
	const char *key;			/* NULL: index counts */
	int			index;
} GqlPath;

typedef struct GqlError
{
	const char *message;
	List	   *locations;		/* GqlLocation * */
	const GqlPath *path;		/* or NULL */
	const char *code;			/* extensions.code, or NULL */
	const char *extensions;		/* further members of extensions as JSON text
								 * without braces ("\"a\": 1"), or NULL */
} GqlError;

typedef struct GqlErrorList
{
	MemoryContext cxt;			/* where its errors live */
	const char *default_code;	/* extensions.code of errors filed without
								 * one; or NULL */
	int			max;			/* errors beyond are counted, not kept; 0: no
								 * limit */
	int			omitted;
	List	   *items;			/* GqlError * */
	struct GqlLines *lines;		/* error.c's: of the source that errors were
								 * located in last */
} GqlErrorList;

/* An empty list in CurrentMemoryContext. */
extern GqlErrorList *gql_errors_create(int max, const char *default_code);

/*
 * File an error; the message is formatted into errors->cxt. Returns it so that
 * the caller can add to it, or NULL when the list is full.
 */
extern GqlError *gql_error(GqlErrorList *errors, const char *fmt,...) pg_attribute_printf(2, 3);

/*
 * The same, with the location of one byte offset into a source (ignored if loc
 * < 0). Add more with gql_error_locate().
 */
extern GqlError *gql_error_at(GqlErrorList *errors, const char *source, int loc,
							  const char *fmt,...) pg_attribute_printf(4, 5);
extern void gql_error_locate(GqlErrorList *errors, GqlError *error, const char *source, int loc);

/* Give the errors from the nth on that have no path this one. */
extern void gql_errors_set_path(GqlErrorList *errors, int n, const GqlPath *path);

/*
 * A message is cut after so many bytes: a name or value of megabytes may stand
 * in each of many.
 */
#define GQL_MAX_MESSAGE 10000

/* The text of a message, cut where it is too long, in CurrentMemoryContext. */
extern char *gql_format_message(const char *fmt, va_list args) pg_attribute_printf(1, 0);

/* Line and column of a byte offset; \n, \r\n and \r end a line. */
extern GqlLocation gql_location(const char *source, int loc);

/* key or index below prev, in CurrentMemoryContext. */
extern const GqlPath *gql_path_key(const GqlPath *prev, const char *key);
extern const GqlPath *gql_path_index(const GqlPath *prev, int index);

/* " at .a[2].b", as messages show paths; "" for none. In CurrentMemoryContext. */
extern char *gql_path_to_string(const GqlPath *path);

/*
 * "[{"message": …, "locations": …, "path": …, "extensions": {…}}, …]", one
 * error an element; "[]" when there is none.
 */
extern void gql_errors_to_json(const GqlErrorList *errors, StringInfo out);

/* text as a JSON string with its quotes; escapes only what JSON demands. */
extern void gql_json_string(StringInfo out, const char *text, int len);

#endif							/* GQL_ERROR_H */
