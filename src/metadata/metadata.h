/*
 * metadata.h: the metadata commands.
 *
 * A command is one C function. Its SQL function (sql_functions.c) and the JSON
 * API (json_api.c) both call it.
 *
 * Rules that hold for every command:
 * - A command throws on any mistake and leaves nothing changed.
 * - Writers hold one lock until the end of the transaction. They take it after
 *   the network was asked and after the tables concerned were locked.
 * - Rows are written as the owner of the extension, so EXECUTE on the SQL
 *   functions is the only privilege that managing metadata takes.
 *
 * What functions return is in CurrentMemoryContext. A schema and a name of a
 * table or function are unquoted identifiers. Where several things can be
 * wrong, they are filed in a GqlErrorList instead of thrown; the contract says
 * "files".
 */
#ifndef RR_METADATA_H
#define RR_METADATA_H

#include "catalog/catalog.h"
#include "schema/remote/remote.h"

/* ---- catalog_write.c: writes to the extension's tables ---- */

/* A parameter of a statement. */
typedef struct RrArg
{
	Oid			type;
	Datum		value;
	bool		isnull;
} RrArg;

/* A NULL pointer becomes an SQL NULL. */
extern RrArg rr_arg_text(const char *value);

/*
 * value has at most NAMEDATALEN - 1 bytes: the caller has found an object of
 * this name, or has truncated it as the server does.
 */
extern RrArg rr_arg_name(const char *value);
extern RrArg rr_arg_jsonb(Jsonb *value);
extern RrArg rr_arg_bool(bool value);

/*
 * Begin to write: lock out other writers until the end of the transaction, and
 * push a snapshot that sees what is committed by now. Calls nest; each needs
 * its rr_metadata_end().
 *
 * Throws 25006 in a read-only transaction. Throws 40001 in a transaction with
 * one snapshot (REPEATABLE READ, SERIALIZABLE) that does not see all committed
 * metadata.
 */
extern void rr_metadata_begin(void);

/* Pop that snapshot. The lock stays. */
extern void rr_metadata_end(void);

/*
 * Between begin and end, in a transaction with one snapshot: throw 40001 when
 * others have committed changes of the metadata since it was taken.
 */
extern void rr_metadata_refuse_stale(void);

/*
 * Between begin and end: take a new snapshot, which sees what other commands
 * of this transaction have written.
 */
extern void rr_metadata_refresh(void);

/* Take the writers' lock, and nothing else. */
extern void rr_metadata_lock(void);

/*
 * Between begin and end: run one INSERT, UPDATE, DELETE or SELECT ... FOR
 * UPDATE as the extension's owner, and refresh the snapshot. Returns the
 * number of rows. All names in sql are qualified, those of operators too: the
 * caller's search_path is in force.
 */
extern uint64 rr_metadata_execute(const char *sql, int nargs, const RrArg *args);
#define RR_METADATA_EXECUTE(sql, ...) \
	rr_metadata_execute(sql, lengthof(((RrArg[]) {__VA_ARGS__})), (RrArg[]) {__VA_ARGS__})

/* ---- jsonb_build.c: jsonb values ---- */

/*
 * An object from pairs of const char * and Jsonb *, ended by a NULL key. A
 * NULL value leaves its member out.
 */
extern Jsonb *rr_jsonb_object(const char *key,...);

/* A string; NULL for NULL. */
extern Jsonb *rr_jsonb_text(const char *text);
extern Jsonb *rr_jsonb_int(int value);
extern Jsonb *rr_jsonb_bool(bool value);

/* A list of Jsonb * as an array. */
extern Jsonb *rr_jsonb_array(List *items);

/* A list of char * as an array of strings; NULL for NIL. */
extern Jsonb *rr_jsonb_texts(List *texts);

/* ---- error_lines.c: errors as text ---- */

/* So many errors are collected and shown where no other limit is given. */
#define RR_MAX_SHOWN_ERRORS 100

/*
 * The messages, one a line, with the location in the document if there is one.
 * Beyond max the last line tells how many are not shown.
 */
extern char *rr_error_lines(const GqlErrorList *errors, int max);

/*
 * The same, with the path of each error appended to base. base NULL: without
 * paths.
 */
extern char *rr_error_lines_below(const char *base, const GqlErrorList *errors, int max);

/* A message as a sentence: first letter in upper case, with a full stop. */
extern char *rr_sentence(const char *message);

/* ---- upstream.c: introspection of upstreams ---- */

/*
 * Ask the upstream for its schema, and return that as SDL.
 *
 * Throws errors of the classes 08 and HV: unreachable, timeout, HTTP status,
 * no JSON, no GraphQL, errors of the upstream, a schema that breaks the
 * specification. Throws 22023 for a bad URL or header. No message holds a
 * header's value or a secret of the URL.
 */
extern char *rr_fetch_schema(const RrRemoteSchema *remote);

/*
 * The same in a subtransaction: on failure raise a WARNING with the error's
 * message, and return NULL.
 */
extern char *rr_try_fetch_schema(const RrRemoteSchema *remote);

/*
 * Throw HV021 when the SDL is not a valid schema. Violations that do not keep
 * the schema from being used are a WARNING.
 */
extern void rr_check_sdl(const char *remote_schema, const char *sdl);

/* ---- remote_schema.c: commands for remote schemas ---- */

/* What a command that stores an object expects to find, and how it checks. */
typedef enum RrPutMode
{
	RR_CREATE,					/* no object of the name exists */
	RR_UPDATE,					/* an object of the name exists */
	RR_RESTORE,					/* as RR_CREATE, for replace_metadata: does
								 * not compare the object with the database or
								 * the remote schema; replace.c does so at the
								 * end */
} RrPutMode;

/*
 * Read a remote schema from a command's arguments. sdl NULL: the struct's sdl
 * stays NULL. comment may be NULL.
 *
 * Throws 22023 for a wrong definition, HV021 for a wrong sdl. Throws 42501
 * when the definition reads the server's environment or files and the current
 * user may not, unless this very definition is already stored.
 */
extern RrRemoteSchema *rr_read_remote_schema(const char *name, const RrDoc *definition,
											 const char *comment, const char *sdl);

/* The same; where sdl is NULL, also rr_fetch_schema(). */
extern RrRemoteSchema *rr_prepare_remote_schema(const char *name, const RrDoc *definition,
												const char *comment, const char *sdl);

/*
 * Store a remote schema. RR_CREATE throws when something becomes inconsistent
 * by it; RR_UPDATE raises a WARNING for each such object and returns them,
 * List of RrInconsistency *. Throws 42704 or 42710 as mode demands.
 */
extern List *rr_put_remote_schema(RrRemoteSchema *remote, RrPutMode mode);

/*
 * Raise a WARNING if the customization names types or fields that the remote
 * schema does not have, and return what it lists; NULL: there is none.
 */
extern const char *rr_warn_of_customization(const RrRemoteSchema *remote);

/*
 * Delete a remote schema and its permissions. With cascade, also the
 * relationships that use it; without, throws 2BP01 when there is one.
 */
extern void rr_delete_remote_schema(const char *name, bool cascade);

/*
 * Ask the upstream for its schema again, and store it. Does nothing when the
 * schema was given as SDL. Returns what has become inconsistent, as
 * rr_put_remote_schema() does.
 */
extern List *rr_refetch_remote_schema(const char *name);

/*
 * The stored schema as the response to an introspection query: {"data":
 * {"__schema": …}}. Throws 55000 when it has never been fetched.
 */
extern Jsonb *rr_remote_schema_introspection(const char *name);

/* A remote schema by its name; throws 42704, with a hint. */
extern RrRemoteSchema *rr_get_remote_schema(const char *name);

/* ---- unsupported.c: Hasura's commands without an effect here ---- */

/*
 * track_table, track_tables: check that the tables are in the GraphQL schema.
 * The answer lists the paths of arguments that have no effect.
 */
extern Jsonb *rr_track_table(const RrDoc *args);
extern Jsonb *rr_track_tables(const RrDoc *args);

/*
 * Throw 0A000 for a command of Hasura's that is not supported; the hint says
 * what to do instead. Returns for a type that Hasura does not have either.
 * bare is type without the prefix "pg_".
 */
extern void rr_throw_unsupported(const char *type, const char *bare, const RrDoc *request);

/* ---- table_lookup.c: tables that commands name ---- */

/*
 * Why a relation can never be in a GraphQL schema, as "is a partition"; NULL
 * when it can be.
 */
extern const char *rr_table_unfit_reason(Oid table);

/*
 * A table or view by its name. Throws 42P01 when there is none, 42809 when it
 * has an unfit reason.
 */
extern Oid	rr_get_table(const char *schema, const char *name);

/*
 * Why a table is in no role's GraphQL schema, as "does not exist"; NULL when
 * it is in one.
 */
extern const char *rr_unserved_reason(const char *schema, const char *name);

/*
 * Lock a table against being renamed, changed or dropped until the end of the
 * transaction. Whoever is about to store metadata about it does this first:
 * a concurrent rename cannot see the new row, so it would not rewrite it.
 * Call it before rr_metadata_begin(), since the wait may be long. Returns
 * InvalidOid when there is no such table.
 */
extern Oid	rr_lock_table(const char *schema, const char *name);

/*
 * The part of it that keeps the schema's name, if there is the schema. Check
 * afterwards that what was looked up in the schema is still there.
 */
extern void rr_lock_schema_of(const char *schema);

/* The same; throws as rr_get_table() when there is no such table. */
extern Oid	rr_get_table_locked(const char *schema, const char *name);

/*
 * Throw 42602 or 42710 when a field of this name cannot be added to the table:
 * no GraphQL name, or the name of a column, computed field or stored
 * relationship. what is "relationship" or "computed field".
 */
extern void rr_check_new_field(Oid table, const char *name, const char *what);

/*
 * Throw 42710 when the table has a field of this name in the GraphQL schema;
 * those that follow from foreign keys count.
 */
extern void rr_check_not_derived(Oid table, const char *name);

/* ---- load_remote.c: remote schemas, parsed ---- */

/* What one check has parsed so far; starts as {0}. */
typedef struct RrRemotes
{
	MemoryContext cxt;			/* of what is parsed; NULL: the current one */
	List	   *loaded;			/* RrRemote * */
	List	   *served;			/* those in which nothing was found wrong */
} RrRemotes;

/*
 * The remote schema of this name, parsed at the first call. Files an error and
 * returns NULL when there is none, or when its schema was never fetched.
 */
extern RrRemote *rr_load_remote(RrRemotes *remotes, const char *name, GqlErrorList *errors);

/* ---- relationship_definition.c: definitions of relationships ---- */

/*
 * The member of a stored definition that names the target table; NULL when
 * none does.
 */
extern const RrDoc *rr_relationship_target(const RrRelationship *relationship);

/* rr_lock_table() of the source and the target, where they are tables. */
extern void rr_lock_relationship_tables(const RrRelationship *relationship);

/*
 * Fill in kind, definition (as it is stored) and path of a relationship from
 * {"to_remote_schema": …}, {"to_source": …}, or the value of the former.
 * Throws 22023.
 */
extern void rr_read_definition(RrRelationship *relationship, const RrDoc *definition);

/*
 * The same from Hasura's old form, which has the members of to_remote_schema
 * in the body itself. The caller has checked the body's keys.
 */
extern void rr_read_old_body(RrRelationship *relationship, const RrDoc *body);

/*
 * Fill in definition and path of an object or array relationship from its
 * "using"; the caller has set kind. Throws 22023.
 */
extern void rr_read_using(RrRelationship *relationship, const RrDoc *using);

/* ---- relationship_check.c: relationships against what they name ---- */

/*
 * File what is wrong with a relationship, stored or new, from a table or from
 * a type: a missing table or remote schema, a column or field that is not
 * there, types that do not match.
 */
extern void rr_check_relationship(const RrRelationship *relationship, RrRemotes *remotes,
								  GqlErrorList *errors);

/*
 * Read the relationship's definition into its other members. Unless mode is
 * RR_RESTORE, throw 22023 with everything that rr_check_relationship() files,
 * 42704 when the remote schema does not exist.
 */
extern void rr_require_fit(RrRelationship *relationship, RrPutMode mode);

/* ---- table_relationship.c: relationships that start at a table ---- */

/* Sets of RrRelationshipKind, one bit each. */
#define RR_REMOTE_KINDS (1 << RR_REL_TO_REMOTE_SCHEMA | 1 << RR_REL_TO_SOURCE)
#define RR_LOCAL_KINDS (1 << RR_REL_OBJECT | 1 << RR_REL_ARRAY)

/*
 * Store a relationship. The caller has set source_schema, source_table, name,
 * kind, definition, path and comment; the rest is filled in.
 */
extern void rr_put_table_relationship(RrRelationship *relationship, RrPutMode mode);

/*
 * Delete a relationship. Throws 42704 when there is none of the name, 42809
 * when it is not of one of the kinds. The table may be gone.
 */
extern void rr_delete_table_relationship(const char *schema, const char *table, const char *name,
										 int kinds);

/* Between begin and end: delete the row, without any check. */
extern void rr_delete_table_relationship_row(const char *schema, const char *table,
											 const char *name);

/* ---- type_relationship.c: relationships that start at a remote type ---- */

/*
 * Store a relationship. The caller has set source_remote_schema, source_type,
 * name, kind, definition and path; the rest is filled in.
 */
extern void rr_put_type_relationship(RrRelationship *relationship, RrPutMode mode);

/* Delete a relationship; throws 42704 when there is none of the name. */
extern void rr_delete_type_relationship(const char *remote_schema, const char *type_name,
										const char *name);

/* ---- table_functions.c: computed fields and tracked functions ---- */

/*
 * A function by its name. Throws 42883 when there is none, 42725 when there
 * are several.
 */
extern Oid	rr_get_function(const char *schema, const char *name);

/*
 * Store a computed field. Throws 42P13 when the function cannot compute one,
 * as rr_check_new_field() when the name is taken.
 */
extern void rr_put_computed_field(const RrComputedField *field, RrPutMode mode);

/*
 * Delete a computed field. With cascade, also the relationships that join by
 * it; without, throws 2BP01 when there is one. The table may be gone.
 */
extern void rr_delete_computed_field(const char *schema, const char *table, const char *name,
									 bool cascade);

/* Between begin and end: delete the row, without any check. */
extern void rr_delete_computed_field_row(const char *schema, const char *table, const char *name);

/*
 * Track a function as a root field. Throws 42P13 when it does not return rows
 * of a table, 42710 when it is tracked already.
 */
extern void rr_put_tracked_function(const RrTrackedFunction *function, RrPutMode mode);

/* Untrack it; throws 42704 when it is not tracked. It may be gone. */
extern void rr_delete_tracked_function(const char *schema, const char *name);

/*
 * Throw 22023, 42P13 or 42602 when the function, or what its configuration
 * says, does not fit a root field.
 */
extern void rr_check_tracked_function(const RrTrackedFunction *function);

/* ---- table_limits.c: how much of a table a role gets ---- */

/*
 * Set a role's limit on a table. One that limits nothing is deleted. Throws
 * 42P01 for an unknown table, but not with RR_RESTORE.
 */
extern void rr_put_table_limit(const char *schema, const char *table, const RrTableLimit *limit,
							   RrPutMode mode);

/*
 * Read {"role", "permission": {"limit", "allow_aggregations"}}, a select
 * permission of Hasura. Without "allow_aggregations" there are none.
 */
extern RrTableLimit *rr_table_limit_from_body(const RrDoc *body);

/* The same as JSON. */
extern Jsonb *rr_table_limit_json(const RrTableLimit *limit);

/* ---- table_customization.c: names in GraphQL, hidden tables ---- */

/*
 * Read the configuration of a table, which may be NULL. Throws as
 * rr_table_configuration_read().
 */
extern RrTableCustomization *rr_read_table_customization(const char *schema, const char *table,
														 const RrDoc *configuration);

/*
 * Store the configuration of a table in the place of what there was. Throws
 * 42703 for a column that is not there, 22023 when something becomes
 * inconsistent by it.
 */
extern void rr_put_table_customization(const RrTableCustomization *custom, RrPutMode mode);

/* Delete the row of a table if it says nothing any more. */
extern void rr_delete_empty_customization(const char *schema, const char *table);

/* Keep a table out of GraphQL, or show it again. */
extern void rr_set_table_hidden(const char *schema, const char *table, bool hidden,
								RrPutMode mode);

/* ---- enum_table.c ---- */

/*
 * Make a table an enum table, or an ordinary one again. Triggers on the table
 * tell of changed rows. Throws 22023 if it cannot be an enum table.
 */
extern void rr_mark_enum_table(const char *schema, const char *table, bool is_enum,
							   RrPutMode mode);

/* Drop the triggers of all enum tables. Call it inside rr_metadata_begin(). */
extern void rr_drop_enum_triggers(void);

/* ---- table_customization.c ---- */

/* Replace the configuration of a tracked function; throws 42704. */
extern void rr_put_function_customization(const RrTrackedFunction *function);

/* Store the customization of the source; NULL: none. */
extern void rr_put_naming(const RrNaming *naming, RrPutMode mode);

/* ---- query_collection.c: query collections and the allow list ---- */

/*
 * Read a collection, {"name", "definition", "comment"}, and an entry of the
 * allow list, {"collection", "scope"}, of which name and allowed are set.
 * Throw 22023.
 */
extern RrQueryCollection *rr_query_collection_from_body(const RrDoc *body);
extern RrQueryCollection *rr_allowed_collection_from_body(const RrDoc *body);

/* Store one, outside of the allow list; throws 42710 when it is there. */
extern void rr_put_query_collection(const RrQueryCollection *collection);

/* Store the scope, NULL for none, of one that is there; throws 42704. */
extern void rr_allow_collection(const RrQueryCollection *collection);

/*
 * The commands. They return NULL and throw 22023, 42704, 42710, 2BP01 (a
 * collection in the allow list is dropped without cascade).
 */
extern Jsonb *rr_create_query_collection(const RrDoc *args);
extern Jsonb *rr_drop_query_collection(const RrDoc *args);
extern Jsonb *rr_add_query_to_collection(const RrDoc *args);
extern Jsonb *rr_drop_query_from_collection(const RrDoc *args);
extern Jsonb *rr_add_collection_to_allowlist(const RrDoc *args);
extern Jsonb *rr_drop_collection_from_allowlist(const RrDoc *args);

/*
 * ---- read_body.c: JSON bodies into structs, for commands and for
 * replace_metadata ----
 *
 * All throw 22023, with the path, for a member that is missing or of the wrong
 * type. Members that are not used are not looked at: commands refuse them
 * before (RR_DOC_CHECK_KEYS), replace_metadata lists them.
 */

/*
 * kind is RR_REL_OBJECT or RR_REL_ARRAY for a body with "using", and
 * RR_REL_TO_REMOTE_SCHEMA for one with "definition" (to a remote schema or to
 * a table) or in the old form. The caller sets the source.
 */
extern RrRelationship *rr_relationship_from_body(const RrDoc *body, RrRelationshipKind kind);
extern RrComputedField *rr_computed_field_from_body(const RrDoc *body, const char *schema,
													const char *table);

/* The body is the function's name, or an object. */
extern RrTrackedFunction *rr_tracked_function_from_body(const RrDoc *body);

/*
 * Throw 22023 for the first member of a tracked function's body, or of its
 * configuration, that is not known.
 */
extern void rr_check_function_keys(const RrDoc *body);
extern RrPermission *rr_permission_from_body(const RrDoc *body, const char *remote_schema);

/* ---- remote_permission.c: permissions on remote schemas ---- */

/*
 * Store a permission. Throws 42710 when the role has one on this remote
 * schema, 22023 when it does not fit. Raises a WARNING when there is no such
 * role, and for each role whose permissions clash because of it.
 */
extern void rr_put_permission(const RrPermission *permission, RrPutMode mode);

/* Delete it; throws 42704 when there is none. */
extern void rr_delete_permission(const char *remote_schema, const char *role);

/* ---- permission_conflict.c: permissions that clash ---- */

/*
 * The roles whose permissions cannot be used together, List of
 * RrInconsistency *.
 */
extern List *rr_role_inconsistencies(RrRemotes *remotes);

/* ---- inconsistent.c: what cannot be served ---- */

/*
 * Everything that cannot be served, List of RrInconsistency *, sorted by type
 * and name.
 */
extern List *rr_all_inconsistencies(void);

/* An array of {"type", "name", "reason", "definition"}. */
extern Jsonb *rr_inconsistencies_to_jsonb(List *inconsistencies);

/*
 * Throw 22023 when something in now is not in before. what names the object
 * that was just written, for the message.
 */
extern void rr_refuse_new_among(List *now, List *before, const char *what);

/*
 * Of what is inconsistent now: all objects of the metadata, and of the rest
 * (tables, roles) what is not in before. List of RrInconsistency *.
 */
extern List *rr_inconsistent_objects(List *before);

/* 'type "name": reason' */
extern char *rr_inconsistency_text(const RrInconsistency *item);

/*
 * Raise a WARNING for each object that is inconsistent now and is not in
 * before. Returns these, List of RrInconsistency *.
 */
extern List *rr_warn_new_inconsistencies(List *before);

/* The same for the objects in now. */
extern List *rr_warn_new_among(List *now, List *before);

/*
 * The command drop_inconsistent_metadata: delete every object that is
 * inconsistent, until none is left.
 */
extern void rr_drop_inconsistent_metadata(void);

/* ---- export.c, replace.c: the metadata as one object ---- */

/* All metadata in the format of Hasura's version 3. */
extern Jsonb *rr_export_metadata(void);

/*
 * A hash of the export: it differs whenever exports differ (up to a collision
 * in 31 bits).
 */
extern int	rr_resource_version(void);

/*
 * Unless given is NULL: lock out other writers, and throw 55000 when given is
 * not rr_resource_version().
 */
extern void rr_check_resource_version(const RrDoc *given);

/* The command clear_metadata: delete every row of the catalogs. */
extern void rr_clear_metadata(void);

/* The command replace_metadata; returns its answer. */
extern Jsonb *rr_replace_metadata(const RrDoc *args);

#endif							/* RR_METADATA_H */
