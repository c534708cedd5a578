/*
 * metadata.h: the management commands. Each is one C function, called by its
 * SQL function and by the JSON door alike.
 *
 * Commands throw on everything wrong, and have changed nothing then. One lock
 * serialises those that write; it is taken after the network was asked. Rows
 * are written as the owner of the extension, so that EXECUTE on the functions
 * is all that a role needs to manage.
 */
#ifndef RR_METADATA_H
#define RR_METADATA_H

#include "catalog/catalog.h"
#include "schema/remote/remote.h"

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
 * Lock out other writers (until the end of the transaction), and let reads of
 * the catalogs see what is committed by now and what rr_metadata_execute()
 * writes, until rr_metadata_end(). Nests. In a transaction with one snapshot,
 * throws 40001 when that does not see what is committed.
 */
extern void rr_metadata_begin(void);
extern void rr_metadata_end(void);

/*
 * Between the two, in a transaction with one snapshot: throw 40001 when others
 * have changed the metadata since it was taken.
 */
extern void rr_metadata_refuse_stale(void);

/* Between the two: see what commands called meanwhile have written. */
extern void rr_metadata_refresh(void);

/* The lock alone. */
extern void rr_metadata_lock(void);

/*
 * Run one INSERT, UPDATE, DELETE or locking SELECT as the extension's owner;
 * the number of rows. Names in sql are qualified, operators too.
 */
extern uint64 rr_metadata_execute(const char *sql, int nargs, const RrArg *args);
#define RR_METADATA_EXECUTE(sql, ...) \
	rr_metadata_execute(sql, lengthof(((RrArg[]) {__VA_ARGS__})), (RrArg[]) {__VA_ARGS__})

/*
 * {"key": value, …} from pairs of const char * and Jsonb *, ended by a NULL
 * key; a NULL value leaves its member out.
 */
extern Jsonb *rr_jsonb_object(const char *key,...);
extern Jsonb *rr_jsonb_text(const char *text);	/* NULL for NULL */
extern Jsonb *rr_jsonb_int(int value);
extern Jsonb *rr_jsonb_bool(bool value);
extern Jsonb *rr_jsonb_array(List *items /* Jsonb * */ );
extern Jsonb *rr_jsonb_texts(List *texts);	/* a list of strings; NULL for an
											 * empty one */

/* ---- upstream.c ---- */

/*
 * Ask the upstream for its schema; SDL, palloc'd. Throws in classes 08 and HV,
 * saying which of it was: unreachable, too slow, an HTTP error, no JSON, no
 * GraphQL, errors of the upstream, a schema that breaks the specification.
 * Never quotes a header, or what of the URL may be secret.
 */
extern char *rr_fetch_schema(const RrRemoteSchema *remote);

/* The same; NULL, and a WARNING with what would be thrown, when it fails. */
extern char *rr_try_fetch_schema(const RrRemoteSchema *remote);

/*
 * Throws HV021, with the first errors, when the SDL is no schema; what is
 * bearable is a WARNING.
 */
extern void rr_check_sdl(const char *remote_schema, const char *sdl);
#define RR_MAX_SHOWN_ERRORS 100
/*
 * The messages, one a line; beyond max the last line says how many more there
 * are.
 */
extern char *rr_error_lines(const GqlErrorList *errors, int max);

/*
 * The same with the errors' paths, which go on from base; without them where
 * base is NULL.
 */
extern char *rr_error_lines_below(const char *base, const GqlErrorList *errors, int max);

/* ---- remote_schema.c ---- */

/*
 * How a command that stores an object treats what is there, and what does not
 * fit.
 */
typedef enum RrPutMode
{
	RR_CREATE,					/* there must be none of the name */
	RR_UPDATE,					/* there must be one */
	RR_RESTORE,					/* create; what does not fit the database or
								 * the remote schema is stored all the same,
								 * and is inconsistent */
} RrPutMode;

/*
 * A remote schema as it is to be stored, but for the schema where it is not
 * given. Throws 42501 when the definition reads the server's environment or
 * files, and the current user may not; one that is stored already may be
 * stored again.
 */
extern RrRemoteSchema *rr_read_remote_schema(const char *name, const RrDoc *definition,
											 const char *comment, const char *sdl);

/* The same, and the upstream asked for its schema where it is not given. */
extern RrRemoteSchema *rr_prepare_remote_schema(const char *name, const RrDoc *definition,
												const char *comment, const char *sdl);

/*
 * What has become inconsistent by it: List of RrInconsistency *; a WARNING has
 * been raised for each.
 */
extern List *rr_put_remote_schema(RrRemoteSchema *remote, RrPutMode mode);
extern void rr_delete_remote_schema(const char *name, bool cascade);
extern List *rr_refetch_remote_schema(const char *name);	/* the same */

/* {"data": {"__schema": …}} of the stored schema. */
extern Jsonb *rr_remote_schema_introspection(const char *name);

/* Throws 42704 with a hint when there is none. */
extern RrRemoteSchema *rr_get_remote_schema(const char *name);

/* ---- elsewhere.c: commands of Hasura's that do nothing here ---- */

/* {"message": "success"} with what of it is passed over. */
extern Jsonb *rr_track_table(const RrDoc *args);
extern Jsonb *rr_track_tables(const RrDoc *args);

/*
 * Throws 0A000 if the command is one that has another answer here, and says
 * which; bare: without pg_.
 */
extern void rr_throw_unsupported(const char *type, const char *bare, const RrDoc *request);

/* ---- relationship.c ---- */

/*
 * A table by its name; throws 42P01 when there is none, 42809 when it is
 * nothing that GraphQL shows.
 */
extern Oid	rr_get_table(const char *schema, const char *name);

/*
 * Why a table is not in the GraphQL schema of anybody: "does not exist"; NULL
 * if it is.
 */
extern const char *rr_unserved_reason(const char *schema, const char *name);

/*
 * Keep a table from being renamed, changed or dropped until the end of the
 * transaction, for metadata about it that nobody else sees yet. InvalidOid
 * when there is none of the name. Before rr_metadata_begin(): a change of the
 * table may take its time.
 */
extern Oid	rr_lock_table(const char *schema, const char *name);

/* The same; throws 42P01 when there is none. */
extern Oid	rr_get_table_locked(const char *schema, const char *name);

/*
 * The member of a definition that names the table at the other end, or NULL.
 */
extern const RrDoc *rr_relationship_target(const RrRelationship *relationship);

/*
 * Throws when a field of this name cannot be added to a table. what:
 * "relationship", "computed field".
 */
extern void rr_check_new_field(Oid table, const char *name, const char *what);

/*
 * One that starts at a table: names, kind, definition (as stored) and comment
 * are given.
 */
extern void rr_put_table_relationship(RrRelationship *relationship, RrPutMode mode);

/* Sets of RrRelationshipKind. */
#define RR_REMOTE_KINDS (1 << RR_REL_TO_REMOTE_SCHEMA | 1 << RR_REL_TO_SOURCE)
#define RR_LOCAL_KINDS (1 << RR_REL_OBJECT | 1 << RR_REL_ARRAY)

/* Throws 42809 when the relationship is not of one of the kinds. */
extern void rr_delete_table_relationship(const char *schema, const char *table, const char *name,
										 int kinds);

/* The row alone, which may be of a table that is not there any more. */
extern void rr_delete_table_relationship_row(const char *schema, const char *table, const char *name);

/*
 * Throws when the table has a field of this name already in the GraphQL
 * schema, one that follows from a foreign key included.
 */
extern void rr_check_not_derived(Oid table, const char *name);

/*
 * The remote schemas that checks have parsed so far, so that each is parsed
 * once.
 */
typedef struct RrRemotes
{
	List	   *loaded;			/* RrRemote * */
	List	   *served;			/* those of them with which nothing was wrong */
} RrRemotes;

/* NULL when there is none, or none whose schema is known (filed). */
extern RrRemote *rr_load_remote(RrRemotes *remotes, const char *name, GqlErrorList *errors);

/*
 * What does not fit a relationship of either sort (a missing table included)
 * is filed.
 */
extern void rr_check_relationship(const RrRelationship *relationship, RrRemotes *remotes,
								  GqlErrorList *errors);

/*
 * Fill in kind, definition (as it is stored) and path, from
 * {"to_remote_schema": …}, {"to_source": …} or what stands inside of the
 * former. Throws 22023.
 */
extern void rr_read_definition(RrRelationship *relationship, const RrDoc *definition);

/*
 * The old form: the same members in a body, whose keys the caller has checked.
 */
extern void rr_read_old_body(RrRelationship *relationship, const RrDoc *body);

/*
 * The same for "using" of a relationship between tables, whose kind is known.
 */
extern void rr_read_using(RrRelationship *relationship, const RrDoc *using);

/* One that starts at a type of a remote schema. */
extern void rr_put_type_relationship(RrRelationship *relationship, RrPutMode mode);
extern void rr_delete_type_relationship(const char *remote_schema, const char *type_name,
										const char *name);

/* ---- function.c ---- */

/*
 * Throws 42883 when there is no function of the name, 42725 when there are
 * several.
 */
extern Oid	rr_get_function(const char *schema, const char *name);

extern void rr_put_computed_field(const RrComputedField *field, RrPutMode mode);
extern void rr_delete_computed_field(const char *schema, const char *table, const char *name,
									 bool cascade);

/* As rr_delete_table_relationship_row(). */
extern void rr_delete_computed_field_row(const char *schema, const char *table, const char *name);
extern void rr_put_tracked_function(const RrTrackedFunction *function, RrPutMode mode);
extern void rr_delete_tracked_function(const char *schema, const char *name);

/*
 * ---- bodies.c: the JSON bodies of objects into structs. Keys that are not
 * used are not looked at. Throw 22023. ----
 */

/*
 * kind: OBJECT, ARRAY ("using"), or TO_REMOTE_SCHEMA for either of the remote
 * ones ("definition", or the old form). The source is the caller's to fill in.
 */
extern RrRelationship *rr_relationship_from_body(const RrDoc *body, RrRelationshipKind kind);
extern RrComputedField *rr_computed_field_from_body(const RrDoc *body, const char *schema,
													const char *table);
extern RrTrackedFunction *rr_tracked_function_from_body(const RrDoc *body);

/*
 * Throws for the first key that a tracked function's body has not, its
 * configuration's included.
 */
extern void rr_check_function_keys(const RrDoc *body);
extern RrPermission *rr_permission_from_body(const RrDoc *body, const char *remote_schema);

/* ---- permission.c ---- */

extern void rr_put_permission(const RrPermission *permission, RrPutMode mode);
extern void rr_delete_permission(const char *remote_schema, const char *role);

/* ---- role_permission.c ---- */

/* Roles whose permissions do not go together, RrInconsistency *. */
extern List *rr_role_inconsistencies(RrRemotes *remotes);

/* ---- inconsistent.c ---- */

/*
 * Everything that cannot be served: List of RrInconsistency *, by type and
 * name.
 */
extern List *rr_all_inconsistencies(void);

/* {"type", "name", "reason"} of each. */
extern Jsonb *rr_inconsistencies_to_jsonb(List *inconsistencies);

/*
 * Throws when the change just written made something inconsistent that was not
 * before: what was changed is named by the caller in what.
 */
extern void rr_refuse_new_inconsistencies(List *before, const char *what);

/*
 * Of what cannot be served, the objects of the metadata, and of the rest what
 * is not in before: List of RrInconsistency *.
 */
extern List *rr_inconsistent_objects(List *before);

/* 'type "name": reason' */
extern char *rr_inconsistency_text(const RrInconsistency *item);

/* A WARNING for each instead; and they are returned. */
extern List *rr_warn_new_inconsistencies(List *before);

/* The same of some of them. */
extern List *rr_warn_new_among(List *now, List *before);

/* ---- export.c, replace.c ---- */

extern Jsonb *rr_export_metadata(void);

/* A number that is another whenever an export is. */
extern int	rr_resource_version(void);

/*
 * Lock out other writers, and throw 55000 when the number given, unless NULL,
 * is not that of the metadata as they are now.
 */
extern void rr_check_resource_version(const RrDoc *given);
extern void rr_clear_metadata(void);

/* The answer of replace_metadata. */
extern Jsonb *rr_replace_metadata(const RrDoc *args);

/* Remove what is inconsistent. */
extern void rr_drop_inconsistent_metadata(void);

#endif							/* RR_METADATA_H */
