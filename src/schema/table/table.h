/*
 * tables.h: the table half of the role schema, shared by roleschema/table_*.c,
 * schema/role_schema_cache.c and plan/sql_*.c.
 *
 * Two layers. An RrDatabase is what the catalogs say about the exposed
 * relations, the same for every role: columns, keys, the names of
 * relationships. It is read with catalog snapshots, kept in a context of its
 * own and shared by the role schemas made from it. An RrRoleTables adds one
 * role's privileges, looked up when a table is first touched.
 *
 * Structs with a GraphQL name start with it, so that GqlNames can hold them.
 */
#ifndef RR_TABLES_H
#define RR_TABLES_H

#include "nodes/bitmapset.h"
#include "utils/hsearch.h"

#include "schema/role_schema.h"

typedef struct RrTable RrTable;

typedef struct RrColumn
{
	const char *name;
	AttrNumber	attnum;
	Oid			type;			/* as declared: a domain is not resolved */
	int32		typmod;
	bool		not_null;		/* never true for views */
	bool		has_acl;
	bool		spellable;		/* has a GraphQL name */
	bool		has_default;
	char		identity;		/* pg_attribute.attidentity, attgenerated */
	char		generated;
} RrColumn;

/* A primary key or unique constraint. */
typedef struct RrKey
{
	Oid			oid;
	const char *name;
	bool		primary;
	bool		deferrable;
	int			n;
	AttrNumber *attnums;
} RrKey;

typedef struct RrForeignKey
{
	const char *name;
	RrTable    *table;
	RrTable    *target;
	bool		trusted;		/* neither deferrable nor NOT VALID */
	int			n;
	AttrNumber *attnums;
	AttrNumber *target_attnums;
	Oid		   *operators;		/* target's column = table's column */
} RrForeignKey;

/* A relationship between two tables, seen from one of them. */
typedef struct RrLink
{
	const char *name;
	bool		array;
	bool		unique;			/* at most one row of the target matches: a
								 * plain join multiplies nothing */
	const RrForeignKey *key;	/* or NULL: made by hand */
	bool		backward;		/* the foreign key is the target's */
	RrTable    *table;
	RrTable    *target;
	int			n;
	AttrNumber *attnums;
	AttrNumber *target_attnums;
	Oid		   *operators;		/* a key's: referenced column first; otherwise
								 * target's column = table's column */
} RrLink;

/*
 * A function with a row, a session and further arguments: computed fields, and
 * root fields (no row).
 */
typedef struct RrFunction
{
	const char *name;			/* GraphQL name of the field */
	Oid			oid;
	Oid			schema_oid;
	const char *schema;			/* SQL name */
	const char *sql_name;
	const char *comment;		/* the computed field's own, or NULL */
	bool		is_volatile;
	bool		returns_set;
	Oid			result;			/* type */
	RrTable    *result_table;	/* of a row type that is exposed, or NULL */
	int			nargs;			/* all input arguments */
	const char **arg_names;		/* GraphQL and SQL names; arg_N for nameless
								 * ones */
	Oid		   *arg_types;
	int			ndefaults;		/* the last so many have defaults */
	bool		named;			/* all arguments have names of their own, so a
								 * call can name them */
	int			row_arg;		/* index, or -1 */
	int			session_arg;	/* index, or -1 */
	const char *aggregate_name; /* root fields: name of the aggregate field */
	bool		as_mutation;	/* root fields */
} RrFunction;

#define rr_function_free_args(f) ((f)->nargs - ((f)->row_arg >= 0) - ((f)->session_arg >= 0))

struct RrTable
{
	const char *name;			/* GraphQL name */
	Oid			oid;
	Oid			schema_oid;
	Oid			row_type;
	Oid			owner;
	const char *schema;
	const char *relation;
	char		relkind;
	bool		row_security;
	bool		force_row_security;
	bool		has_children;	/* by inheritance: keys do not hold for what a
								 * scan of the table returns */
	bool		has_column_acl;
	int			number;			/* index into RrDatabase.tables and
								 * RrRoleTables.tables */
	uint64		fingerprint;	/* of everything in the catalogs that this is
								 * made of, and of privileges */
	int			ncolumns;		/* without dropped ones */
	RrColumn   *columns;		/* in attnum order */
	List	   *keys;			/* RrKey *, the primary key first */
	List	   *foreign_keys;	/* RrForeignKey * of this table */
	List	   *references;		/* RrForeignKey * that point here */
	GqlNames	links;			/* RrLink */
	GqlNames	computed;		/* RrFunction */
};

/* How values of a PostgreSQL type look in GraphQL. */
typedef struct RrScalar
{
	Oid			type;			/* hash key; as declared */
	Oid			base;			/* domains resolved */
	struct RrScalar *element;	/* arrays; then the rest is the element's */
	const char *name;			/* of the GraphQL scalar */
	char		category;		/* pg_type.typcategory of base */
	bool		is_enum;
} RrScalar;

typedef struct RrDatabase
{
	MemoryContext cxt;
	int			refs;			/* role schemas, and one while it is the
								 * current one */
	GqlNames	tables;			/* RrTable, by name */
	HTAB	   *by_oid;			/* RrTable * */
	HTAB	   *scalars;		/* RrScalar */
	GqlNames	functions;		/* RrFunction: root fields */
	List	   *table_relationships;	/* RrRelationship *, all of them */
	List	   *remote_relationships;
	List	   *inconsistencies;	/* RrInconsistency * */
} RrDatabase;

/* Types of a table, each made when something refers to it. */
typedef enum RrTableTypeKind
{
	RR_TYPE_OBJECT,
	RR_TYPE_BOOL_EXP,
	RR_TYPE_ORDER_BY,
	RR_TYPE_SELECT_COLUMN,
	RR_TYPE_AGGREGATE,
	RR_TYPE_AGGREGATE_FIELDS,
	RR_TYPE_AGGREGATE_ORDER_BY,
	RR_TYPE_AGGREGATE_BOOL_EXP,
	RR_NTABLE_TYPES,
} RrTableTypeKind;

typedef struct RrRoleTable
{
	const RrTable *table;
	bool		checked;		/* what follows is known */
	bool		visible;		/* some column is readable */
	bool		whole;			/* every column is, so the row may be passed
								 * to functions */
	bool		rls;			/* row security applies to the role */
	bool		shown;			/* it has its place in the schema: no other
								 * type took its names */
	Bitmapset  *readable;		/* attnums */
	GqlType    *types[RR_NTABLE_TYPES];
} RrRoleTable;

/* A type that the table half has made, under the name that it asked for. */
typedef struct RrOwnType
{
	const char *name;
	GqlType    *type;
} RrOwnType;

typedef struct RrRoleTables
{
	RrDatabase *db;
	RrRoleTable *tables;		/* by RrTable.number */
	GqlNames	own_types;		/* RrOwnType */
} RrRoleTables;

/* At GqlType.data of types made of tables. */
typedef struct RrTableType
{
	RrTableTypeKind kind;
	const RrTable *table;
	const struct RrAggregate *aggregate;	/* of one function:
											 * books_max_fields,
											 * books_max_order_by */
} RrTableType;

/*
 * At GqlFieldDef.data of fields of tables, of their aggregates, and of
 * query_root; at GqlInputValueDef.data of bool_exp and order_by fields.
 */
typedef struct RrTableField
{
	RrField		base;
	const RrTable *table;		/* whose rows the field gives; or, for columns
								 * and aggregates, whose it is */
	const RrColumn *column;
	const RrLink *link;
	const RrFunction *function;
	const struct RrAggregate *aggregate;
} RrTableField;

/* An aggregate function of GraphQL. */
typedef enum RrAggregateClass
{
	RR_AGGREGATE_NUMERIC_SELF,	/* sum: numeric columns, each of its own type */
	RR_AGGREGATE_NUMERIC_FLOAT, /* avg, stddev …: numeric columns, Float */
	RR_AGGREGATE_ORDERED,		/* max, min: what has the aggregate */
} RrAggregateClass;

typedef struct RrAggregate
{
	const char *name;			/* GraphQL, and in pg_catalog */
	RrAggregateClass class;
} RrAggregate;

/* Keys of comparison expressions. */
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
	RR_OP_OTHER,				/* X of another type, of the same schema as
								 * the column's */
	RR_OP_OTHERS,				/* [X!] */
} RrOperatorKind;

typedef struct RrOperator
{
	const char *name;			/* "_eq" */
	RrOperatorKind kind;
	const char *sql;			/* operator's name in its type's schema;
								 * COMPARE and IN go by the strategy */
	int			strategy;		/* COMPARE, IN: btree's */
	bool		negate;			/* of that; IN becomes <> ALL */
	const char *other;			/* OTHER: type name */
} RrOperator;

/* ---- table_catalog.c ---- */

/*
 * Read everything about the exposed relations; in a new context under
 * CacheMemoryContext, refs 1.
 */
extern RrDatabase *rr_database_read(void);
extern void rr_database_unref(RrDatabase *db);

/* or NULL */
extern RrTable *rr_database_table(const RrDatabase *db, Oid oid);

/* or NULL */
extern const RrColumn *rr_table_column(const RrTable *table, AttrNumber attnum);
extern const RrColumn *rr_table_column_named(const RrTable *table, const char *name);
extern const RrKey *rr_table_primary_key(const RrTable *table); /* or NULL */

/* Note what cannot be served, while the database is read. */
#define rr_database_inconsistent(db, ...) ((db)->inconsistencies = lappend((db)->inconsistencies, rr_inconsistency(__VA_ARGS__)))
/* Is text a name that a type, field or argument of ours may have? */
extern bool rr_spellable(const char *text);

/* ---- table_links.c ---- */

/*
 * Work out every table's relationships: explicit ones, then those that follow
 * from foreign keys.
 */
extern void rr_database_link(RrDatabase *db);

/* ---- remote_source.c ---- */

/* Note which joins from types of remote schemas to tables cannot be served. */
extern void rr_database_source_joins(RrDatabase *db);

/* ---- table_function.c ---- */

/* Find the functions behind computed fields and tracked functions. */
extern void rr_database_functions(RrDatabase *db);

/*
 * Where the role may have them: a computed field on a table's type, a tracked
 * function on query_root.
 */
extern void rr_table_add_computed_field(RrRoleSchema *rs, GqlType *type, const RrTable *table,
								  const RrFunction *function);
extern bool rr_function_arg_required(const RrFunction *function, int i);
extern void rr_add_function_fields(RrRoleSchema *rs, GqlType *query, const RrFunction *function);

/* ---- table_scalar.c ---- */

extern const RrScalar *rr_scalar(RrDatabase *db, Oid type);
extern bool rr_scalar_is_numeric(const RrScalar *scalar);
extern bool rr_scalar_has_operator(const RrScalar *scalar, const RrOperator *op);

/* COMPARE, IN: the operator itself, or InvalidOid. */
extern Oid	rr_scalar_comparison(const RrScalar *scalar, const RrOperator *op);

/*
 * Type of the operator's right-hand side as it is bound; an array for lists,
 * but the scalar itself for IN of arrays.
 */
extern Oid	rr_operator_type(const RrScalar *scalar, const RrOperator *op);

/* The schema that a type is in. */
extern Oid	rr_type_schema(Oid type);

/* "OPERATOR(schema.=)" */
extern char *rr_operator_name(Oid operator);

/* Has the type a default btree operator class? */
extern bool rr_scalar_is_sortable(const RrScalar *scalar);

/* Does max() take the type? */
extern bool rr_scalar_has_max(const RrScalar *scalar);

/* The GraphQL type of values: the scalar, or a list of it. */
extern const GqlTypeRef *rr_scalar_ref(RrRoleSchema *rs, const RrScalar *scalar);
extern GqlType *rr_scalar_type(RrRoleSchema *rs, const RrScalar *scalar);

/* "Int_comparison_exp" &c. */
extern GqlType *rr_comparison_type(RrRoleSchema *rs, const RrScalar *scalar);

/* The name that the latter asks for. */
extern const char *rr_comparison_name(RrRoleSchema *rs, const RrScalar *scalar);

/* ---- table_schema.c ---- */

#define rr_tables(rs) ((RrRoleTables *) (rs)->tables)

extern RrRoleTable *rr_role_table(RrRoleSchema *rs, const RrTable *table);
extern bool rr_can_read(RrRoleSchema *rs, const RrTable *table, AttrNumber attnum);
extern bool rr_link_visible(RrRoleSchema *rs, const RrLink *link);
extern bool rr_function_visible(RrRoleSchema *rs, const RrFunction *function, const RrTable *table);

/*
 * One of a table's types; made, to be completed later, if it is not there yet.
 * The table must be shown.
 */
extern GqlType *rr_table_type(RrRoleSchema *rs, const RrTable *table, RrTableTypeKind kind);

/*
 * The table half's type of this name, made (empty, *made set) if there is none
 * yet. A remote schema may have a type of the name: then ours takes another,
 * since what compiles conditions relies on what hangs at our types.
 */
extern GqlType *rr_own_type(RrRoleSchema *rs, GqlTypeKind kind, const char *name, bool *made);

/*
 * Types of tables that had to give way to a remote schema's: RrInconsistency
 * *, in CurrentMemoryContext.
 */
extern List *rr_type_clashes(RrRoleSchema *rs);

/* A type named after a table, with a suffix; complete() fills it in. */
extern GqlType *rr_table_suffix_type(RrRoleSchema *rs, const RrTable *table, GqlTypeKind kind,
									 const char *suffix,
									 const RrAggregate *aggregate,
									 void (*complete) (GqlSchema *schema, GqlType *type));
extern RrTableField *rr_table_field(RrRoleSchema *rs, RrFieldKind kind, const RrTable *table);

/* The five arguments of a list of rows. */
extern void rr_add_list_args(RrRoleSchema *rs, GqlFieldDef *field, const RrTable *table);

/*
 * Make a schema answer for tables: types are found by name. Before anything
 * refers to one.
 */
extern void rr_tables_init(RrRoleSchema *rs, RrDatabase *db);

/* Let the columns that the role may read pass by. */
#define rr_foreach_column(rs, role_table, col) \
	for (const RrColumn *col = (role_table)->table->columns; col < (role_table)->table->columns + (role_table)->table->ncolumns; col++) \
		if (!col->spellable || !bms_is_member(col->attnum, (role_table)->readable)) {} else

/* ---- table_inputs.c, table_aggregate.c: complete() functions ---- */

extern void rr_complete_bool_exp(GqlSchema *schema, GqlType *type);
extern void rr_complete_order_by(GqlSchema *schema, GqlType *type);
extern void rr_complete_select_column(GqlSchema *schema, GqlType *type);

/* The enum order_by. */
extern GqlType *rr_order_by_enum(RrRoleSchema *rs);

/* A column as a value of an enum of columns. */
extern void rr_add_column_value(RrRoleSchema *rs, GqlType *type, const RrColumn *column);

/* Type of what an aggregate in where is compared with. */
extern Oid	rr_predicate_result(const RrAggregate *aggregate);
extern void rr_complete_aggregate(GqlSchema *schema, GqlType *type);
extern void rr_complete_aggregate_fields(GqlSchema *schema, GqlType *type);
extern void rr_complete_aggregate_order_by(GqlSchema *schema, GqlType *type);
extern void rr_complete_aggregate_bool_exp(GqlSchema *schema, GqlType *type);

/* ---- privilege.c: what a role may; false of what is not there ---- */

extern bool rr_may_use_schema(Oid role, Oid schema);
extern bool rr_may_read_table(Oid role, Oid table);
extern bool rr_may_read_column(Oid role, Oid table, AttrNumber column);

/* Every column, one by one: what passing the whole row takes. */
extern bool rr_may_read_columns(Oid role, Oid table);
extern bool rr_may_execute(Oid role, Oid function);

#endif							/* RR_TABLES_H */
