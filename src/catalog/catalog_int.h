/*
 * catalog_int.h: what the files of src/catalog share.
 */
#ifndef RR_CATALOG_INT_H
#define RR_CATALOG_INT_H

/* The generation as far as this backend knows, without taking in invalidations. */
extern uint64 rr_catalog_generation_peek(void);

#endif							/* RR_CATALOG_INT_H */
