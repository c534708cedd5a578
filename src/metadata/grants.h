/*
 * grants.h: commands about permissions on tables and functions, and about inherited roles, which PostgreSQL's own statements take the place of.
 */
#ifndef RR_GRANTS_H
#define RR_GRANTS_H

#include "catalog/doc.h"

/* Throws 0A000, the statements as its hint, if the command (bare: without pg_) is one of these; what is wrong with its arguments otherwise. */
extern void rr_throw_grants(const char *type, const char *bare, const RrDoc *request);

#endif							/* RR_GRANTS_H */
