/*
 * link_using.h: the "using" of explicit relationships between tables
 * (reference, 10.2), read. The management functions use it as well.
 */
#ifndef RR_LINK_USING_H
#define RR_LINK_USING_H

#include "catalog/catalog.h"

typedef struct RrLinkUsing
{
	const char *table_name;		/* the other table as written, or NULL */
	Oid			table;			/* InvalidOid if there is none of that name */
	List	   *columns;		/* char *: foreign_key_constraint_on; of the
								 * other table if that is given */
	List	   *mapping;		/* RrFieldMapping *: manual_configuration */
} RrLinkUsing;

/* In CurrentMemoryContext. Throws 22023 for what does not have the shape. */
extern RrLinkUsing *rr_link_using_parse(const RrDoc *using);

#endif							/* RR_LINK_USING_H */
