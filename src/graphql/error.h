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

/* A place in a source. */
typedef struct GqlLocation
{
	int			line;			/* from 1 */
	int			column;			/* from 1, in characters */
} GqlLocation;

/*
 * A response path: its last step, linked to the one before it. Paths may share
 * steps.
 */
typedef struct GqlPath
{
	const struct GqlPath *prev; /* NULL: this is the first step */
	const char *key;			/* NULL: the step is index */
	int			index;			/* in a list, from 0 */
} GqlPath;

typedef struct GqlError
{
	const char *message;
	List	   *locations;		/* GqlLocation * */
	const GqlPath *path;		/* or NULL */
	const char *code;			/* extensions.code: a GQL_CODE_…
								 * (error_code.h), or NULL */
	const char *extensions;		/* other members of extensions as JSON text
								 * without braces ("\"a\": 1"), or NULL */
} GqlError;

typedef struct GqlErrorList
{
	MemoryContext cxt;			/* errors are allocated here */
	const char *default_code;	/* the code that new errors get; or NULL */
	int			max;			/* keep so many errors; 0: all */
	int			omitted;		/* number of errors beyond max */
	List	   *items;			/* GqlError * */
	struct GqlLines *lines;		/* private to error.c: lines of the source
								 * that was used last */
} GqlErrorList;

/*
 * A new, empty list in CurrentMemoryContext; its errors will be there, too.
 */
extern GqlErrorList *gql_errors_create(int max, const char *default_code);

/*
 * File an error. Returns it, so that the caller can add to it; NULL if the
 * list is full. The message is formatted into errors->cxt.
 */
extern GqlError *gql_error(GqlErrorList *errors, const char *fmt,...) pg_attribute_printf(2, 3);

/*
 * The same, with a location: a byte offset into a source. No location if
 * source is NULL or loc < 0.
 */
extern GqlError *gql_error_at(GqlErrorList *errors, const char *source, int loc,
							  const char *fmt,...) pg_attribute_printf(4, 5);

/* Add a location to an error; does nothing if error is NULL. */
extern void gql_error_locate(GqlErrorList *errors, GqlError *error, const char *source, int loc);

/* Set the path of all errors from the nth (from 0) on that have none. */
extern void gql_errors_set_path(GqlErrorList *errors, int n, const GqlPath *path);

/*
 * Messages are cut after so many bytes: a document may have a name or value of
 * megabytes, and each of many errors would repeat it.
 */
#define GQL_MAX_MESSAGE 10000

/* Format a message into CurrentMemoryContext, and cut it if it is too long. */
extern char *gql_format_message(const char *fmt, va_list args) pg_attribute_printf(1, 0);

/*
 * A path with one step more than prev (NULL: the empty path), in
 * CurrentMemoryContext. key is not copied.
 */
extern const GqlPath *gql_path_key(const GqlPath *prev, const char *key);
extern const GqlPath *gql_path_index(const GqlPath *prev, int index);

/*
 * " at .a[2].b", as messages show paths; "" for none. In CurrentMemoryContext.
 */
extern char *gql_path_to_string(const GqlPath *path);

/*
 * Append the errors as JSON: [{"message": …, "locations": …, "path": …,
 * "extensions": {…}}, …], or [] if there are none.
 */
extern void gql_errors_to_json(const GqlErrorList *errors, StringInfo out);

/*
 * Append text as a JSON string, with its quotes. Escapes only what JSON
 * requires.
 */
extern void gql_json_string(StringInfo out, const char *text, int len);

#endif							/* GQL_ERROR_H */
