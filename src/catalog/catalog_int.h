/*
 * catalog_int.h: what the files of src/catalog share.
 */
#ifndef RR_CATALOG_INT_H
#define RR_CATALOG_INT_H

#include "utils/rel.h"

/*
 * The extension's tables. The SQL script creates them; this is the only list
 * of them in C.
 */
typedef enum RrCatalog
{
	RR_CATALOG_REMOTE_SCHEMA,
	RR_CATALOG_TABLE_RELATIONSHIP,
	RR_CATALOG_REMOTE_SCHEMA_RELATIONSHIP,
	RR_CATALOG_REMOTE_SCHEMA_PERMISSION,
	RR_CATALOG_COMPUTED_FIELD,
	RR_CATALOG_TRACKED_FUNCTION,
	RR_CATALOG_TABLE_CUSTOMIZATION,
	RR_CATALOG_SOURCE_CUSTOMIZATION,
	RR_CATALOG_QUERY_COLLECTION,
} RrCatalog;

#define RR_NCATALOGS (RR_CATALOG_QUERY_COLLECTION + 1)

/* ---- read.c ---- */

/* The name of a table, without the schema. */
extern const char *rr_catalog_name(RrCatalog catalog);

/* ---- generation.c ---- */

/*
 * A counter that advances with every invalidation that this backend has seen,
 * whether role schemas depend on it or not. Does not read new invalidations.
 */
extern uint64 rr_catalog_generation_peek(void);

#endif							/* RR_CATALOG_INT_H */
