/*
 * names_before.h: what names of tables, columns and functions meant before the
 * command in progress. For the event triggers.
 *
 * The server's own catalogs are read under two snapshots: the newest one, and
 * the same without what this transaction has done since the command began. So
 * nothing has to be remembered but the command id at its start. What other
 * sessions did while the command waited for its locks counts as before.
 * Commands may run inside of others.
 */
#ifndef RR_NAMES_BEFORE_H
#define RR_NAMES_BEFORE_H

#include "catalog/catalog.h"

typedef struct RrTableNames
{
	Oid			oid;
	const char *schema;
	const char *name;
	int			ncolumns;		/* columns that existed before and exist now;
								 * dropped ones count */
	char	  **columns;		/* by attnum - 1; NULL: dropped */
	/* present names; those of before when the object is gone */
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
 * A command that may rename something begins. The command's own level is the
 * caller's minus one: the trigger calls us inside a block with EXCEPTION.
 */
extern void rr_names_begin(void);

/*
 * The command has ended. Returns false when no rr_names_begin() was seen for
 * it. Until the next call, "before" means before this command.
 */
extern bool rr_names_end(void);

/*
 * The functions below read the server's catalogs under the active snapshot,
 * and under the same snapshot as of before the command. The active one must be
 * new, so that no rename of another session is taken for one of ours.
 */

/*
 * Does one of the n objects (class and object OIDs) have another name, or a
 * column of another name, than before? An extension counts as changed, since
 * its objects may have moved; *extension is set then.
 */
extern bool rr_names_changed(int n, const Oid *classes, const Oid *objects, bool *extension);

/*
 * What a name meant before. NULL when there was no such table; for functions
 * also when there were several. In CurrentMemoryContext; schema and name are
 * not copied.
 */
extern RrTableNames *rr_table_before(const char *schema, const char *name);
extern RrFunctionNames *rr_function_before(const char *schema, const char *name);

#endif							/* RR_NAMES_BEFORE_H */
