/*
 * catalog_int.h: what the files of src/catalog share.
 */
#ifndef RR_CATALOG_INT_H
#define RR_CATALOG_INT_H

/*
 * Advances with every invalidation that this backend has seen, whether it
 * matters to role schemas or not; takes none in.
 */
extern uint64 rr_catalog_generation_peek(void);

#endif							/* RR_CATALOG_INT_H */
