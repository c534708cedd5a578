/*
 * renames.h: which tables, columns and functions have another name than before
 * the command in progress. For event triggers.
 *
 * The server's own catalogs tell: they are read as new as they are, but
 * without what this transaction has done since the command began. So nothing
 * has to be remembered but where that was; what other sessions did while the
 * command waited for its locks counts as before; and commands may run inside
 * of others.
 */
#ifndef RR_NAMES_BEFORE_H
#define RR_NAMES_BEFORE_H

#include "catalog/catalog.h"

typedef struct RrTableNames
{
	Oid			oid;
	const char *schema;
	const char *name;
	int			n_columns;		/* that there were before and are now, the
								 * dropped ones counted */
	char	  **columns;		/* by attnum - 1; NULL: dropped */
	/* as they are now; what is gone keeps its names */
	const char *new_schema;
	const char *new_name;
	char	  **new_columns;
} RrTableNames;

typedef struct RrFunctionNames
{
	Oid			oid;
	const char *schema;
	const char *name;
	const char *new_schema;
	const char *new_name;
} RrFunctionNames;

/*
 * A command that may rename something begins, one subtransaction up from here.
 */
extern void rr_names_begin(void);

/*
 * It has ended. False when none is known to have begun. From here on, "before"
 * is the time before it, until the next call.
 */
extern bool rr_names_end(void);

/*
 * The rest looks at the server's catalogs under the active snapshot, and as
 * they were before the command under the same one. It must be the newest, but
 * for the command's own effects no newer for the one look than for the other:
 * what others commit in between is no rename of ours.
 */

/*
 * Has one of these objects another name, or a column of another name, than
 * before? *schema: it is a schema, or all that is in one may have moved.
 */
extern bool rr_names_changed(int n, const Oid *classes, const Oid *objects, bool *schema);

/*
 * What the name meant before; NULL when there was nothing (for functions: or
 * several) of the name. In CurrentMemoryContext.
 */
extern RrTableNames *rr_table_before(const char *schema, const char *name);
extern RrFunctionNames *rr_function_before(const char *schema, const char *name);

#endif							/* RR_NAMES_BEFORE_H */
