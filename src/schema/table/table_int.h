/*
 * table_int.h: what the files of schema/table share among themselves.
 */
#ifndef RR_TABLE_INT_H
#define RR_TABLE_INT_H

#include "access/genam.h"
#include "utils/relcache.h"

#include "schema/table/table.h"

/* Number of a function's arguments that the query gives. */
#define rr_function_free_args(f) \
	((f)->nargs - ((f)->row_arg >= 0) - ((f)->session_arg >= 0))

/* Loop over the columns that the role may read and GraphQL can name. */
#define rr_foreach_column(rs, role_table, col) \
	for (const RrColumn *col = (role_table)->table->columns; \
		 col < (role_table)->table->columns + (role_table)->table->ncolumns; col++) \
		if (!col->spellable || !bms_is_member(col->attnum, (role_table)->readable)) {} else

/* ---- reading the database ---- */

/* Of RrDatabase.by_oid. */
typedef struct RrTableEntry
{
	Oid			oid;			/* hash key */
	RrTable    *table;
} RrTableEntry;

/*
 * table_names.c: give each relation its GraphQL name and enter it into
 * db->tables and db->by_oid, or note why it has none. Of several relations
 * that want one name, that of the lowest rank gets it. The order of relations
 * changes.
 */
typedef struct RrFoundTable
{
	RrTable    *table;
	int			rank;			/* of its schema: public first, then in the
								 * order of exposed_schemas */
} RrFoundTable;

/* table_naming.c: read the customizations; db->customized and so on. */
extern void rr_database_naming(RrDatabase *db);

/* Return what the metadata says of a table, or NULL. */
extern const RrTableCustomization *rr_table_customization(const RrDatabase *db, Oid table);

/*
 * Return the GraphQL name of a table (name: the one that it has without any
 * configuration), and of a column.
 */
extern const char *rr_configured_table_name(const RrDatabase *db, const RrTable *table,
											const char *name);
extern const char *rr_configured_column_name(const RrDatabase *db, const RrTable *table,
											 const char *sql_name);

/*
 * Does the configuration say what the description is? Then *comment is set,
 * to NULL for none.
 */
extern bool rr_table_comment(const RrTable *table, const char **comment);
extern bool rr_column_comment(const RrTable *table, const RrColumn *column, const char **comment);

/*
 * Note columns that want a name which another column of the table has, and
 * columns of the configuration that are not there.
 */
extern void rr_check_column_names(RrDatabase *db, RrTable *table);

extern void rr_database_enter_tables(RrDatabase *db, RrFoundTable *found, int nfound);

/*
 * table_links.c: work out the relationships of every table: explicit ones,
 * then those that follow from foreign keys.
 */
extern void rr_database_link(RrDatabase *db);

/*
 * function_catalog.c: find the functions behind computed fields and tracked
 * functions.
 */
extern void rr_database_functions(RrDatabase *db);

/* Has one of these changed? arg is an RrDatabase; see RrWatch. */
extern bool rr_database_functions_changed(void *arg);

/* ---- database_watch.c: what makes the database stale ---- */

/* An exposed schema. */
typedef struct RrExposedSchema
{
	Oid			oid;			/* InvalidOid: it does not exist (yet) */
	const char *name;
	bool		is_public;
	int			rank;			/* as in RrFoundTable */
} RrExposedSchema;

/*
 * Start and go on with a table's fingerprint: the hash of what matters of its
 * rows in pg_class, and in pg_attribute and pg_constraint, in this order.
 */
extern uint64 rr_class_fingerprint(Relation class, HeapTuple tuple);
extern void rr_fingerprint_tuple(uint64 *fingerprint, HeapTuple tuple);
extern void rr_fingerprint_comments(uint64 *fingerprint, Oid table, Snapshot snapshot);

/*
 * Scan a table's rows of pg_attribute and pg_constraint, in index order. The
 * snapshot NULL sees what is there now.
 */
extern SysScanDesc rr_scan_columns(Relation attributes, Oid table, Snapshot snapshot);
extern SysScanDesc rr_scan_constraints(Relation constraints, Oid table, Snapshot snapshot);

/*
 * Tell catalog/generation.c which changes make the database stale. schemas:
 * RrExposedSchema *.
 */
extern void rr_database_watch(RrDatabase *db, List *schemas);

/* ---- role_table.c ---- */

/* May the role read the columns? */
extern bool rr_can_read_all(RrRoleSchema *rs, const RrTable *table, int nkeys,
							const AttrNumber *attnums);

/* Does the role see the target, and may it read the columns of both sides? */
extern bool rr_link_visible(RrRoleSchema *rs, const RrLink *link);

/*
 * May the role execute the function and see its result? table is the one whose
 * whole row it takes, or NULL.
 */
extern bool rr_function_visible(RrRoleSchema *rs, const RrFunction *function,
								const RrTable *table);

/* ---- role_limits.c ---- */

/*
 * Set max_rows and may_aggregate.
 *
 * The role's own entry counts first. Without one, a role that is granted the
 * table itself has no limits; another has those of the roles whose rights it
 * has. Of several, the largest limit holds, and aggregates are there if one
 * role has them, as for Hasura's inherited roles. Superusers, and roles that
 * see every remote schema, have no limits.
 */
extern void rr_read_role_limits(RrRoleSchema *rs, RrRoleTable *rt);

/* ---- table_types.c ---- */

/*
 * Return the table half's type of this name and owner; made (empty, *made set)
 * if there is none yet. owner tells types apart that want one name: the table,
 * function or whatever else the type is of, or NULL. If another owner has the
 * name, a number is added to it. If a remote schema has a type of the name,
 * ours gets another one, since whatever compiles conditions relies on
 * GqlType.data of our types.
 */
extern GqlType *rr_own_type(RrRoleSchema *rs, GqlTypeKind kind, const char *name,
							const void *owner, bool *made);

/* Is the type one of rr_own_type() that belongs to a table? */
extern bool rr_is_own_type(const RrRoleSchema *rs, const GqlType *type);

/* A type that the table half has made, under the name it asked for. */
typedef struct RrOwnType
{
	const char *name;
	const void *owner;
	GqlType    *type;
} RrOwnType;

StaticAssertDecl(offsetof(RrOwnType, name) == 0, "items of GqlNames start with their name");

/*
 * Return the type named after a table with a suffix. If it is made, its data
 * is an RrTableType of table and aggregate, and complete() adds its fields
 * when something looks at them.
 */
extern GqlType *rr_table_suffix_type(RrRoleSchema *rs, const RrTable *table, GqlTypeKind kind,
									 const char *suffix, const RrAggregate *aggregate,
									 void (*complete) (GqlSchema *schema, GqlType *type));

/* Make an RrTableField with everything else NULL, in the schema's context. */
extern RrTableField *rr_table_field(RrRoleSchema *rs, RrFieldKind kind, const RrTable *table);

/* Add the argument "path" to a field if its value is json or jsonb. */
extern void rr_add_path_arg(RrRoleSchema *rs, GqlFieldDef *field, const RrScalar *scalar);

/* Return [books!], the list of a table's rows. */
extern const GqlTypeRef *rr_table_rows(RrRoleSchema *rs, const RrTable *table);

/* Sort the fields of an object type by name, starting at index first. */
extern void rr_sort_fields(GqlType *type, int first);

/* ---- table_type_lookup.c ---- */

/* GqlSchema.find_type and .list_types of a role schema. */
extern GqlType *rr_find_table_type(GqlSchema *schema, const char *name);
extern void rr_list_table_types(GqlSchema *schema);

/*
 * Make the types of a shown table whose names consist of its own and a suffix,
 * and those that they refer to.
 */
extern void rr_touch_table(RrRoleSchema *rs, const RrTable *table);

/* ---- function_fields.c ---- */

/*
 * The table whose type has the name (*name) that the input type of a
 * function's arguments wants, or NULL. of: the table of a computed field.
 */
extern const RrTable *rr_args_name_owner(const RrDatabase *db, const RrFunction *function,
										 const RrTable *of, const char **name);

/* Add a computed field to a table's object type, if the role may have it. */
extern void rr_table_add_computed_field(RrRoleSchema *rs, GqlType *type, const RrTable *table,
										const RrFunction *function);

/* Add the fields of a tracked function to a root type, if the role may. */
extern void rr_add_function_fields(RrRoleSchema *rs, GqlType *root, const RrFunction *function);

/*
 * Is it a computed field that is one scalar, or rows, and takes no argument
 * from the query? Then it can stand in where and order_by. False if the role
 * may not have it.
 */
extern bool rr_is_plain_value(RrRoleSchema *rs, const RrFunction *computed, const RrTable *table);
extern bool rr_is_plain_set(RrRoleSchema *rs, const RrFunction *computed, const RrTable *table);

/*
 * table_enum.c: read the rows of the enum tables, and find the columns that
 * reference them.
 */
extern void rr_database_enums(RrDatabase *db);

/* ---- table_scalar.c ---- */

/* Return the GraphQL type of a scalar's values: the scalar, or lists of it. */
extern const GqlTypeRef *rr_scalar_ref(RrRoleSchema *rs, const RrScalar *scalar);

/* Return the GraphQL scalar itself. */
extern GqlType *rr_scalar_type(RrRoleSchema *rs, const RrScalar *scalar);

/* Return the name of a type in its own schema. Throws XX000. */
extern char *rr_type_name(Oid type);

/* Is it a number of a built-in type? */
extern bool rr_scalar_is_numeric(const RrScalar *scalar);

/* Does max() take it? */
extern bool rr_scalar_has_max(const RrScalar *scalar);

/* ---- table_comparison.c ---- */

/* Has it a default btree operator class? */
extern bool rr_scalar_is_sortable(const RrScalar *scalar);

/* Return Int_comparison_exp and the like. */
extern GqlType *rr_comparison_type(RrRoleSchema *rs, const RrScalar *scalar);

/* Return the name that rr_comparison_type() asks for. */
extern const char *rr_comparison_name(RrRoleSchema *rs, const RrScalar *scalar);

/* Return the name that the type of _cast asks for: Int_cast_exp. */
extern const char *rr_cast_name(RrRoleSchema *rs, const RrScalar *scalar);

/* ---- GqlType.complete of a table's types ---- */

/* table_types.c */
extern void rr_complete_object(GqlSchema *schema, GqlType *type);

/* table_bool_exp.c, table_order_by.c */
extern void rr_complete_bool_exp(GqlSchema *schema, GqlType *type);
extern void rr_complete_order_by(GqlSchema *schema, GqlType *type);
extern void rr_complete_select_column(GqlSchema *schema, GqlType *type);

/* table_enum.c */
extern void rr_complete_table_enum(GqlSchema *schema, GqlType *type);

/*
 * table_remote_input.c: add the fields by which where and order_by go through
 * the table's remote relationships.
 */
extern void rr_add_remote_conditions(RrRoleSchema *rs, GqlType *type, const RrTable *table);
extern void rr_add_remote_orders(RrRoleSchema *rs, GqlType *type, const RrTable *table);

/* Return the enum order_by. */
extern GqlType *rr_order_by_enum(RrRoleSchema *rs);

/* Add a column to an enum of columns, unless GraphQL forbids its name. */
extern void rr_add_column_value(RrRoleSchema *rs, GqlType *type, const RrColumn *column);

/*
 * Add an input field that stands for something of the table; nothing where the
 * name is taken (by a column named _and).
 */
extern void rr_add_table_input(RrRoleSchema *rs, GqlType *type, const char *name,
							   const GqlTypeRef *ref, RrTableField *info);

/* table_aggregate.c, table_aggregate_bool_exp.c */
extern void rr_complete_aggregate(GqlSchema *schema, GqlType *type);
extern void rr_complete_aggregate_fields(GqlSchema *schema, GqlType *type);
extern void rr_complete_aggregate_order_by(GqlSchema *schema, GqlType *type);
extern void rr_complete_aggregate_bool_exp(GqlSchema *schema, GqlType *type);

/* table_mutation_types.c, table_insert_input.c, table_update_input.c */
extern void rr_complete_mutation_response(GqlSchema *schema, GqlType *type);
extern void rr_complete_insert_input(GqlSchema *schema, GqlType *type);
extern void rr_complete_obj_rel_insert_input(GqlSchema *schema, GqlType *type);
extern void rr_complete_arr_rel_insert_input(GqlSchema *schema, GqlType *type);
extern void rr_complete_on_conflict(GqlSchema *schema, GqlType *type);
extern void rr_complete_constraint(GqlSchema *schema, GqlType *type);
extern void rr_complete_update_column(GqlSchema *schema, GqlType *type);
extern void rr_complete_pk_columns_input(GqlSchema *schema, GqlType *type);
extern void rr_complete_updates(GqlSchema *schema, GqlType *type);
extern void rr_complete_update_operator(GqlSchema *schema, GqlType *type);

/* Add the operators that the role has as arguments of an update. */
extern void rr_add_update_args(RrRoleSchema *rs, GqlFieldDef *field, const RrTable *table);

/* Return the primary key if the role reads all of it by spellable names. */
extern const RrKey *rr_readable_primary_key(RrRoleSchema *rs, const RrTable *table);

#endif							/* RR_TABLE_INT_H */
