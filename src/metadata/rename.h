/*
 * rename.h: what rename.c, rename_names.c and rename_definition.c share.
 */
#ifndef RR_RENAME_H
#define RR_RENAME_H

#include "catalog/catalog.h"
#include "metadata/names_before.h"

/* All metadata that names something, and what these names mean. */
typedef struct RrNamesBefore
{
	/* the metadata, as read under the active snapshot */
	List	   *table_relationships;	/* RrRelationship * */
	List	   *remote_relationships;	/* RrRelationship * */
	List	   *computed_fields;	/* RrComputedField * */
	List	   *tracked_functions;	/* RrTrackedFunction * */
	List	   *customizations; /* RrTableCustomization * */

	/* what it names */
	List	   *tables;			/* RrTableNames *, one per name */
	List	   *functions;		/* RrFunctionNames *, one per name */

	/* what rename.c does about it */
	List	   *changes;		/* Change * */
} RrNamesBefore;

/* ---- rename_names.c ---- */

/*
 * Read the metadata, and look its names up as they were before the command;
 * see names_before.h for the snapshot. In CurrentMemoryContext.
 */
extern RrNamesBefore *rr_names_collect(void);

/* What a name meant before; NULL when it meant nothing. */
extern const RrTableNames *rr_names_table(const RrNamesBefore *names, const char *schema,
										  const char *name);
extern const RrFunctionNames *rr_names_function(const RrNamesBefore *names, const char *schema,
												const char *name);

/*
 * The present name of the column that had this name. name itself when table is
 * NULL, or when there was no such column or it was dropped.
 */
extern const char *rr_names_new_column(const RrTableNames *table, const char *name);

/* ---- rename_definition.c ---- */

/*
 * A relationship's definition with the present names. source is the table
 * where it starts; NULL when that did not exist before, or is a remote type.
 */
extern Jsonb *rr_rename_in_definition(const RrNamesBefore *names,
									  const RrRelationship *relationship,
									  const RrTableNames *source);

/*
 * The configuration of a table with the present names of its columns; NULL for
 * NULL.
 */
extern Jsonb *rr_rename_in_configuration(Jsonb *configuration, const RrTableNames *source);

#endif							/* RR_RENAME_H */
