/*
 * metadata.h: the management commands. Each is one C function, called by its SQL function and by the JSON door alike.
 *
 * Commands throw on everything wrong, and have changed nothing then. One lock serialises those that write; it is taken after the network was
 * asked. Rows are written as the owner of the extension, so that EXECUTE on the functions is all that a role needs to manage.
 */
#ifndef RR_METADATA_H
#define RR_METADATA_H

#include "catalog/catalog.h"

/* ---- write.c ---- */

/* A parameter of a statement. */
typedef struct RrArg
{
	Oid			type;
	Datum		value;
	bool		isnull;
} RrArg;

/* NULL pointers become NULLs. */
extern RrArg rr_arg_text(const char *value);
extern RrArg rr_arg_name(const char *value);
extern RrArg rr_arg_jsonb(Jsonb *value);
extern RrArg rr_arg_bool(bool value);

/*
 * Lock out other writers (until the end of the transaction), and let reads of the catalogs see what is committed by now and what
 * rr_metadata_execute() writes, until rr_metadata_end(). Nests.
 */
extern void rr_metadata_begin(void);
extern void rr_metadata_end(void);
/* Run one INSERT, UPDATE or DELETE as the extension's owner; the number of rows. Names in sql are qualified, operators too. */
extern uint64 rr_metadata_execute(const char *sql, int nargs, const RrArg *args);
#define RR_METADATA_EXECUTE(sql, ...) \
	rr_metadata_execute(sql, lengthof(((RrArg[]) {__VA_ARGS__})), (RrArg[]) {__VA_ARGS__})

/* {"key": value, …} from pairs of const char * and Jsonb *, ended by a NULL key; a NULL value leaves its member out. */
extern Jsonb *rr_jsonb_object(const char *key,...);
extern Jsonb *rr_jsonb_text(const char *text);	/* NULL for NULL */
extern Jsonb *rr_jsonb_array(List *items /* Jsonb * */ );

/* ---- upstream.c ---- */

/*
 * Ask the upstream for its schema; SDL, palloc'd. Throws in classes 08 and HV, saying which of it was: unreachable, too slow, an HTTP error, no JSON, no
 * GraphQL, errors of the upstream, a schema that breaks the specification. Never quotes a header, or what of the URL may be secret.
 */
extern char *rr_fetch_schema(const RrRemoteSchema *remote);
/* Throws HV021, with the first errors, when the SDL is no schema; what is bearable is a WARNING. */
extern void rr_check_sdl(const char *remote_schema, const char *sdl);
/* The messages, one a line; beyond max the last line says how many more there are. */
extern char *rr_error_lines(const GqlErrorList *errors, int max);

/* ---- remote_schema.c ---- */

extern void rr_add_remote_schema(const char *name, const RrDoc *definition, const char *comment, const char *sdl);
/* Throws 42704 with a hint when there is none. */
extern RrRemoteSchema *rr_get_remote_schema(const char *name);

/* ---- relationship.c ---- */

/* A table by its name; throws 42P01 when there is none, 42809 when it is nothing that GraphQL shows. */
extern Oid	rr_get_table(const char *schema, const char *name);
/* Throws when a field of this name cannot be added to a table. what: "relationship", "computed field". */
extern void rr_check_new_field(Oid table, const char *name, const char *what);

/* to is {remote_schema, lhs_fields | hasura_fields, remote_field, batch, relationship_type}. With update, the relationship must exist, else it must not. */
extern void rr_put_remote_relationship(Oid table, const char *name, const RrDoc *to, const char *comment, bool update);

#endif							/* RR_METADATA_H */
