/*
 * table.h: the table half of the role schema.
 *
 * It has two layers. An RrDatabase is what the catalogs say about the exposed
 * relations, the same for every role: columns, keys, relationships, functions.
 * It has a memory context of its own and is shared by the role schemas made
 * from it. RrRoleTables adds the privileges of one role, looked up when a
 * table is first touched.
 */
#ifndef RR_TABLE_H
#define RR_TABLE_H

#include "access/attnum.h"
#include "nodes/bitmapset.h"
#include "utils/hsearch.h"

#include "schema/role_schema.h"

typedef struct RrTable RrTable;
typedef struct RrScalar RrScalar;

/* ---- what the catalogs say ---- */

typedef struct RrColumn
{
	const char *sql_name;
	const char *graphql_name;	/* of its fields, inputs and enum values */
	AttrNumber	attnum;
	Oid			type;			/* as declared: a domain is not resolved */
	int32		typmod;
	bool		not_null;		/* never true for views */
	bool		has_acl;		/* has privileges of its own */
	bool		spellable;		/* graphql_name may stand in GraphQL */
	bool		has_default;
	char		identity;		/* pg_attribute.attidentity */
	char		generated;		/* pg_attribute.attgenerated */
	const RrScalar *values;		/* of a column that references an enum table,
								 * else NULL; see rr_column_scalar() */
} RrColumn;

/* A primary key or unique constraint. */
typedef struct RrKey
{
	Oid			oid;
	const char *name;
	bool		primary;
	bool		deferrable;
	int			nkeys;
	AttrNumber *attnums;
} RrKey;

typedef struct RrForeignKey
{
	const char *name;
	RrTable    *table;
	RrTable    *target;			/* the referenced table */
	bool		trusted;		/* neither deferrable nor NOT VALID */
	bool		valid;			/* not NOT VALID */
	int			nkeys;
	AttrNumber *attnums;		/* of table */
	AttrNumber *target_attnums;
	Oid		   *operators;		/* target's column = table's column */
} RrForeignKey;

/* A relationship between two tables, seen from one of them. */
typedef struct RrLink
{
	const char *name;			/* of the field */
	bool		array;
	bool		unique;			/* at most one row of the target matches, so a
								 * plain join does not multiply rows */
	const RrForeignKey *key;	/* or NULL: manual_configuration, to_source */
	bool		backward;		/* the foreign key is the target's */
	bool		nests;			/* can rows be inserted along it? */
	bool		after;			/* then: those of the target come after */
	RrTable    *table;
	RrTable    *target;
	int			nkeys;
	AttrNumber *attnums;
	AttrNumber *target_attnums;
	Oid		   *operators;		/* with a foreign key: the referenced column
								 * is the left operand; else: target's column
								 * = table's column */
} RrLink;

/*
 * A function behind a computed field or a tracked function. It may take a row
 * (computed fields only), the session, and further arguments.
 */
typedef struct RrFunction
{
	const char *name;			/* GraphQL name of the field */
	Oid			oid;
	Oid			schema_oid;
	const char *schema;			/* SQL names */
	const char *sql_name;
	const char *comment;		/* the field's own, or NULL; "" stands for no
								 * description */
	bool		is_volatile;

	/* result */
	bool		returns_set;
	Oid			result;			/* type */
	RrTable    *result_table;	/* the exposed table whose row type that is,
								 * or NULL */

	/* input arguments */
	int			nargs;
	const char **arg_names;		/* GraphQL and SQL names. Nameless arguments
								 * have arg_N, or NULL if they take the row or
								 * the session */
	Oid		   *arg_types;
	int			ndefaults;		/* the last ndefaults arguments have one */
	bool		named;			/* every argument has a name of its own, so a
								 * call can use names */
	int			row_arg;		/* index, or -1 */
	int			session_arg;	/* index, or -1 */

	/* tracked functions */
	const char *aggregate_name; /* of the aggregate field */
	bool		as_mutation;
} RrFunction;

/* A row of an enum table. */
typedef struct RrEnumRow
{
	const char *value;
	const char *comment;		/* or NULL */
} RrEnumRow;

struct RrTable
{
	const char *name;			/* GraphQL name, that those of its types and
								 * root fields are made of */
	const RrTableCustomization *custom; /* or NULL */
	Oid			oid;
	Oid			schema_oid;
	Oid			row_type;
	Oid			owner;
	const char *schema;			/* SQL names */
	const char *relation;
	char		relkind;
	int			number;			/* index into RrDatabase.tables and
								 * RrRoleTables.tables */
	uint64		fingerprint;	/* of its catalog rows (database_watch.c) */

	/* properties */
	bool		row_security;
	bool		force_row_security;
	bool		has_children;	/* by inheritance: a scan also returns their
								 * rows, for which keys do not hold */
	bool		has_column_acl; /* some column has privileges of its own */

	/* members */
	int			ncolumns;		/* without dropped ones */
	RrColumn   *columns;		/* in attnum order */
	List	   *keys;			/* RrKey *, the primary key first */
	List	   *foreign_keys;	/* RrForeignKey * of this table */
	List	   *references;		/* RrForeignKey * that point at this table */
	GqlNames	links;			/* RrLink */
	GqlNames	computed;		/* RrFunction */
	int			nenum_rows;		/* 0: it is no enum table */
	RrEnumRow  *enum_rows;		/* by value */
};

/* How values of a PostgreSQL type look in GraphQL. */
struct RrScalar
{
	Oid			type;			/* hash key; as declared */
	Oid			base;			/* domains resolved */
	RrScalar   *element;		/* of an array type, else NULL */
	const char *name;			/* of the GraphQL scalar; of an array type:
								 * the element's */
	char		category;		/* pg_type.typcategory of base */
	bool		is_enum;
	const RrTable *enum_table;	/* the values are those of this table; or NULL */
};

/* A name of a root field or type that a table has. */
typedef struct RrTakenName
{
	const char *name;
	const RrTable *table;
} RrTakenName;

typedef struct RrDatabase
{
	RrPinnedEntry pinned;		/* first */
	MemoryContext cxt;			/* holds everything, itself included */
	uint64		generation;		/* of the catalogs when it was read */
	GqlNames	tables;			/* RrTable, by GraphQL name */
	const RrNaming *naming;		/* of the source */
	List	   *customizations; /* RrTableCustomization * */
	bool		camel;			/* the convention is graphql-default */
	GqlNames	query_names;	/* RrTakenName of root fields, if customized */
	GqlNames	mutation_names;
	GqlNames	type_names;		/* RrTakenName of types, if customized */
	bool		customized;		/* some name may be another than PostgreSQL's */
	HTAB	   *by_oid;			/* table_catalog.c's own */
	HTAB	   *scalars;		/* RrScalar */
	GqlNames	functions;		/* RrFunction: tracked functions */
	List	   *computed_fields;	/* RrComputedField *, every one */
	List	   *function_names; /* of all functions that metadata name: schema
								 * and name by turns */
	uint64		function_fingerprint;	/* of what is behind these names */
	List	   *table_relationships;	/* RrRelationship *, every one that
										 * starts at a table */
	List	   *remote_relationships;	/* those that start at a remote type */
	List	   *inconsistencies;	/* RrInconsistency * */
} RrDatabase;

/* GqlNames looks items up by the name that they start with. */
StaticAssertDecl(offsetof(RrTable, name) == 0 && offsetof(RrLink, name) == 0 &&
				 offsetof(RrFunction, name) == 0 &&
				 offsetof(RrTakenName, name) == 0, "items of GqlNames start with their name");

/* ---- what a role sees of it ---- */

/* Types of a table, each made when something refers to it. */
typedef enum RrTableTypeKind
{
	RR_TYPE_OBJECT,				/* books */
	RR_TYPE_BOOL_EXP,			/* books_bool_exp, and so on */
	RR_TYPE_ORDER_BY,
	RR_TYPE_SELECT_COLUMN,
	RR_TYPE_AGGREGATE,
	RR_TYPE_AGGREGATE_FIELDS,
	RR_TYPE_AGGREGATE_ORDER_BY,
	RR_TYPE_AGGREGATE_BOOL_EXP,
	RR_TYPE_ENUM,				/* of an enum table */
	/* of mutations */
	RR_TYPE_MUTATION_RESPONSE,
	RR_TYPE_INSERT_INPUT,
	RR_TYPE_OBJ_REL_INSERT_INPUT,
	RR_TYPE_ARR_REL_INSERT_INPUT,
	RR_TYPE_ON_CONFLICT,
	RR_TYPE_CONSTRAINT,
	RR_TYPE_UPDATE_COLUMN,
	RR_TYPE_PK_COLUMNS_INPUT,
	RR_TYPE_UPDATES,
	RR_TYPE_SET_INPUT,			/* the operators of an update, in this order */
	RR_TYPE_INC_INPUT,
	RR_TYPE_APPEND_INPUT,
	RR_TYPE_PREPEND_INPUT,
	RR_TYPE_DELETE_KEY_INPUT,
	RR_TYPE_DELETE_ELEM_INPUT,
	RR_TYPE_DELETE_AT_PATH_INPUT,
	RR_NTABLE_TYPES,
} RrTableTypeKind;

typedef struct RrRoleTable
{
	const RrTable *table;
	bool		checked;		/* the privileges below are known */
	bool		visible;		/* some column is readable and spellable */
	bool		whole;			/* every column is readable, so that the row
								 * may be passed to functions */
	bool		rls;			/* row security applies to the role */
	bool		shown;			/* it is in the schema: visible, and no remote
								 * schema has its names */
	Bitmapset  *readable;		/* attnums */
	int			max_rows;		/* of a list, -1: no limit */
	bool		may_aggregate;

	/* known after rr_role_table_writes() */
	bool		writes_checked;
	bool		deletable;
	Bitmapset  *insertable;		/* attnums of spellable columns */
	Bitmapset  *updatable;

	GqlType    *types[RR_NTABLE_TYPES];
} RrRoleTable;

typedef struct RrRoleTables
{
	RrDatabase *db;
	GqlType    *query;			/* have the root fields: the root types, or
								 * those behind the namespace */
	GqlType    *mutation;
	RrRoleTable *tables;		/* by RrTable.number */
	GqlNames	own_types;		/* table_types.c's own */
} RrRoleTables;

/* GqlType.data of types made of tables. */
typedef struct RrTableType
{
	const RrTable *table;
	RrTableTypeKind kind;		/* RR_NTABLE_TYPES: none of them */
	const struct RrAggregate *aggregate;	/* of the types of one function,
											 * such as books_max_fields; or
											 * NULL */
} RrTableType;

/*
 * GqlFieldDef.data of fields of tables, of their aggregates, and of
 * query_root; GqlInputValueDef.data of the fields of bool_exp and order_by.
 * What does not apply is NULL.
 */
typedef struct RrTableField
{
	RrField		base;
	const RrTable *table;		/* whose rows the field returns; for columns
								 * and aggregates the one they belong to */
	const RrColumn *column;
	const RrLink *link;
	const RrFunction *function;
	const struct RrAggregate *aggregate;
	GqlFieldDef *join_field;	/* bool_exp and order_by: the field of a
								 * remote relationship */
} RrTableField;

typedef enum RrAggregateClass
{
	RR_AGGREGATE_NUMERIC_SELF,	/* sum: numeric columns, each of its own type */
	RR_AGGREGATE_NUMERIC_FLOAT, /* avg, stddev …: numeric columns, Float */
	RR_AGGREGATE_ORDERED,		/* max, min: types that have the aggregate */
} RrAggregateClass;

typedef struct RrAggregate
{
	const char *name;			/* in GraphQL and in pg_catalog */
	RrAggregateClass class;
} RrAggregate;

/* ---- operators of where (table_comparison.c) ---- */

typedef enum RrOperatorKind
{
	RR_OP_COMPARE,				/* X, by the type's btree operator class */
	RR_OP_IN,					/* [X!] */
	RR_OP_IS_NULL,
	RR_OP_TEXT,					/* LIKE and regular expressions */
	RR_OP_SIMILAR,
	RR_OP_SELF,					/* X of the same type: @>, <@ */
	RR_OP_STRING,				/* jsonb ? text */
	RR_OP_STRINGS,				/* jsonb ?| text[] */
	RR_OP_CAST,
	RR_OP_OTHER,				/* X of another type in the same schema as the
								 * column's */
	RR_OP_OTHERS,				/* [X!] of it */
} RrOperatorKind;

typedef struct RrOperator
{
	const char *name;			/* "_eq" */
	RrOperatorKind kind;
	const char *sql;			/* the operator's name in its type's schema;
								 * COMPARE and IN use the strategy instead */
	int			strategy;		/* COMPARE, IN: btree's */
	bool		negate;			/* use the operator's negator; IN becomes <>
								 * ALL */
	const char *other;			/* OTHER, OTHERS: name of the type */
} RrOperator;

/* ---- table_catalog.c ---- */

/*
 * Read everything about the exposed relations, in a new context under
 * CacheMemoryContext. An error leaves nothing behind.
 */
extern RrDatabase *rr_database_read(void);

extern void rr_database_free(RrDatabase *db);

/* Find an exposed table, or return NULL. */
extern RrTable *rr_database_table(const RrDatabase *db, Oid oid);

/* Find a column by number or by its name in PostgreSQL, or return NULL. */
extern const RrColumn *rr_table_column(const RrTable *table, AttrNumber attnum);
extern const RrColumn *rr_table_column_named(const RrTable *table, const char *sql_name);

/* Find a column by its GraphQL name, or return NULL. */
extern const RrColumn *rr_table_field_column(const RrTable *table, const char *graphql_name);

/* Return the primary key, or NULL. */
extern const RrKey *rr_table_primary_key(const RrTable *table);

/*
 * Note something that cannot be served, while the database is read: type,
 * name, and a reason formatted as by printf().
 */
#define rr_database_inconsistent(db, ...) \
	((db)->inconsistencies = lappend((db)->inconsistencies, rr_inconsistency(__VA_ARGS__)))

/* May a type, field or argument of ours have this name? */
extern bool rr_spellable(const char *text);

/* ---- table_naming.c ---- */

/*
 * Return a name of the dialect, written as hasura-default has it, as the
 * naming convention in force has it: that of a type (with the source's prefix
 * and suffix), of a field or argument, of an enum's value. In
 * CurrentMemoryContext, or name itself.
 */
extern const char *rr_type_name_in(const RrDatabase *db, const char *name);
extern const char *rr_field_name_in(const RrDatabase *db, const char *name);
extern const char *rr_enum_value_in(const RrDatabase *db, const char *name);

/* Return a field's name with a suffix of the dialect: "books" "_aggregate". */
extern const char *rr_name_with(const RrDatabase *db, const char *name, const char *suffix);

/* Return the name of a root field with the source's prefix and suffix. */
extern const char *rr_root_name_in(const RrDatabase *db, const char *name);

/*
 * Return the name of the type behind the namespace of the root fields:
 * "_query" or "_mutation_frontend" is its suffix.
 */
extern const char *rr_namespace_type_name(const RrDatabase *db, const char *suffix);

/* Return the name of a table's type: suffix is "_bool_exp", or "". */
extern const char *rr_table_type_name(const RrDatabase *db, const RrTable *table,
									  const char *suffix);

/* Return what the names of a table's types start with. */
extern const char *rr_table_type_start(const RrDatabase *db, const RrTable *table);

/* ---- table_root_names.c ---- */

/* The root fields of a table, as Hasura's custom_root_fields has them. */
typedef enum RrTableRoot
{
	RR_ROOT_SELECT,
	RR_ROOT_SELECT_BY_PK,
	RR_ROOT_SELECT_AGGREGATE,
	RR_ROOT_SELECT_STREAM,
	RR_ROOT_INSERT,
	RR_ROOT_INSERT_ONE,
	RR_ROOT_UPDATE,
	RR_ROOT_UPDATE_BY_PK,
	RR_ROOT_UPDATE_MANY,
	RR_ROOT_DELETE,
	RR_ROOT_DELETE_BY_PK,
	RR_NROOT_FIELDS,
} RrTableRoot;

/*
 * Return the name of a table's root field, and its description (NULL: none):
 * the default ones, or those that the table's configuration gives. In
 * CurrentMemoryContext.
 */
extern const char *rr_root_field_name(const RrDatabase *db, const RrTable *table,
									  RrTableRoot kind);

/* Does the table's configuration give the name? */
extern bool rr_has_custom_root(const RrTable *table, RrTableRoot kind);
extern const char *rr_root_field_description(const RrTable *table, RrTableRoot kind);

/* ---- table_links.c, link_using.c ---- */

/* "using" of an explicit relationship between tables, as it is written. */
typedef struct RrLinkUsing
{
	const char *table_name;		/* the other table, or NULL if not given */
	Oid			table;			/* InvalidOid if there is none of that name */
	List	   *columns;		/* char *: foreign_key_constraint_on; of the
								 * other table if that is given */
	List	   *mapping;		/* RrFieldMapping *: manual_configuration */
	bool		after_parent;	/* its insertion_order */
} RrLinkUsing;

/*
 * Read the "using" of a relationship's definition. In CurrentMemoryContext.
 * Throws 22023 if it is not as docs/metadata.md says.
 */
extern RrLinkUsing *rr_link_using_parse(const RrDoc *using);

/* ---- table_scalar.c ---- */

/*
 * Return the scalar of a type; made once for each database. Throws XX000 if
 * there is no such type.
 */
extern const RrScalar *rr_scalar(RrDatabase *db, Oid type);

/* ---- table_enum.c ---- */

/*
 * Return how the values of a column look in GraphQL: as those of its type, or
 * as those of the enum table that it references. Throws XX000 if the type is
 * gone.
 */
extern const RrScalar *rr_column_scalar(RrDatabase *db, const RrColumn *column);

/* Is it the GraphQL enum of an enum table? */
extern bool rr_is_table_enum(RrRoleSchema *rs, const GqlType *type);

/* ---- table_comparison.c ---- */

/* Find an operator by its name ("_eq"), or return NULL. */
extern const RrOperator *rr_find_operator(const char *name);

/* Does the operator exist for the scalar's values? */
extern bool rr_scalar_has_operator(const RrScalar *scalar, const RrOperator *op);

/* Return the SQL operator of COMPARE and IN, or InvalidOid. */
extern Oid	rr_scalar_comparison(const RrScalar *scalar, const RrOperator *op);

/*
 * Return the type in which the right operand is bound: an array type for
 * lists, but the scalar's own for IN of arrays. InvalidOid where there is
 * none.
 */
extern Oid	rr_operator_type(const RrScalar *scalar, const RrOperator *op);

/* Return the schema of a type. Throws XX000 if there is no such type. */
extern Oid	rr_type_schema(Oid type);

/*
 * Return an operator as SQL: "OPERATOR(schema.=)", in CurrentMemoryContext.
 * Throws XX000 if there is no such operator.
 */
extern char *rr_operator_name(Oid operator);

/* ---- table_remote_input.c ---- */

/*
 * Return how values of a remote schema's scalar or enum are compared in SQL:
 * numeric, boolean and text; jsonb for the remote schemas' own scalars.
 */
extern const RrScalar *rr_remote_leaf_scalar(RrRoleSchema *rs, const GqlType *leaf);

/* ---- role_table.c ---- */

/* Return a table with the role's privileges, which are looked up once. */
extern RrRoleTable *rr_role_table(RrRoleSchema *rs, const RrTable *table);

/* Does the role see aggregates of the table? */
extern bool rr_may_aggregate(RrRoleSchema *rs, const RrTable *table);

/* May the role read the column? */
extern bool rr_can_read(RrRoleSchema *rs, const RrTable *table, AttrNumber attnum);

/* ---- write_privilege.c ---- */

/* The same, with what the role may write. */
extern const RrRoleTable *rr_role_table_writes(RrRoleSchema *rs, const RrTable *table);

/*
 * May the role insert, update, delete rows through GraphQL? Updates and
 * deletes take a condition, so the role has to read something of the table.
 */
extern bool rr_may_insert(RrRoleSchema *rs, const RrTable *table);
extern bool rr_may_update(RrRoleSchema *rs, const RrTable *table);
extern bool rr_may_delete(RrRoleSchema *rs, const RrTable *table);

/* May the role name the constraint in on_conflict? Any constraint? */
extern bool rr_may_use_constraint(RrRoleSchema *rs, const RrTable *table, const RrKey *key);
extern bool rr_may_upsert(RrRoleSchema *rs, const RrTable *table);

/* ---- table_mutation_fields.c ---- */

/*
 * Add mutation_root, to be completed later, if the role can write something.
 * Call it after rr_add_tables().
 */
extern void rr_add_mutations(RrRoleSchema *rs);

/* ---- table_namespace.c ---- */

/*
 * Return the type that the root fields of tables go into: the root type, or,
 * if the source has a namespace, the type behind it, which is made. NULL if a
 * remote schema has one of the names; that is noted in rs->inconsistencies.
 */
extern GqlType *rr_table_root(RrRoleSchema *rs, GqlOperationType operation);

/* ---- table_insert_input.c ---- */

/* Is the type books_insert_input, of some table? */
extern bool rr_is_insert_input(RrRoleSchema *rs, const GqlType *type);

/* ---- table_update_input.c ---- */

/* An operator of updates: _set, _inc and so on. */
typedef struct RrUpdateOperator
{
	const char *name;			/* of the argument, as hasura-default has it */
	RrTableTypeKind input;		/* the type of its value */
	const char *description;
} RrUpdateOperator;

#define RR_NUPDATE_OPERATORS 7
extern const RrUpdateOperator rr_update_operators[RR_NUPDATE_OPERATORS];

/* ---- privilege.c ---- */

/*
 * What a role may do, asked of the server directly. False for what is not
 * there (any more).
 */
extern bool rr_may_use_schema(Oid role, Oid schema);
extern bool rr_may_read_table(Oid role, Oid table);
extern bool rr_may_read_column(Oid role, Oid table, AttrNumber column);

/* Every column, each by itself: needed to pass the whole row. */
extern bool rr_may_read_columns(Oid role, Oid table);
extern bool rr_may_execute(Oid role, Oid function);

/* ---- table_root_fields.c ---- */

/*
 * Make a schema answer for tables, so that it finds their types by name. db is
 * referred to, not counted. Call it before anything refers to a type.
 */
extern void rr_tables_init(RrRoleSchema *rs, RrDatabase *db);

/*
 * Add the fields of query_root that tables and tracked functions give. Call it
 * after rr_add_remote_schemas(): their names come first.
 */
extern void rr_add_tables(RrRoleSchema *rs);

/* Add the arguments of a list of rows: distinct_on, limit, offset, … */
extern void rr_add_list_args(RrRoleSchema *rs, GqlFieldDef *field, const RrTable *table);

/* ---- table_types.c ---- */

/*
 * Return one of a table's types. It is made, to be completed later, if it is
 * not there yet. The table must be shown.
 */
extern GqlType *rr_table_type(RrRoleSchema *rs, const RrTable *table, RrTableTypeKind kind);

/* ---- table_clash.c ---- */

/*
 * Return which types of tables had to take another name, or show their values
 * as text, because a remote schema has a type of the name: RrInconsistency *,
 * in CurrentMemoryContext.
 */
extern List *rr_type_clashes(RrRoleSchema *rs);

/* ---- table_aggregate_bool_exp.c ---- */

/* Return the type of what an aggregate in where is compared with. */
extern Oid	rr_predicate_result(const RrAggregate *aggregate);

#endif							/* RR_TABLE_H */
