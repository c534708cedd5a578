/*
 * schema.h: the type system (specification, section 3), and what the rest of
 * src/graphql/ may know of it.
 *
 * A GqlSchema and everything in it live in one MemoryContext: the one that was
 * current at gql_schema_create(). It is freed only by deleting that context.
 * It is built once: from SDL, from an introspection result, or by program.
 * After gql_schema_finish() only two things change it: lazy types are
 * completed, and wrappers (lists, non-nulls) are made when asked for.
 *
 * Structs with a name start with it, because they are items of GqlNames.
 * Names and descriptions are not copied; they must live as long as the schema.
 */
#ifndef GQL_SCHEMA_H
#define GQL_SCHEMA_H

#include "graphql/error.h"
#include "graphql/language/language.h"
#include "graphql/type/names.h"

typedef struct GqlType GqlType;
typedef struct GqlSchema GqlSchema;
struct RrJsonNode;				/* json/json.h */

/*
 * A use of a type: the named type itself, or a list or non-null of another
 * use. A schema holds each of them once, so equal uses are the same pointer.
 */
typedef struct GqlTypeRef
{
	GqlTypeNodeKind kind;
	const struct GqlTypeRef *of;	/* LIST, NON_NULL: what is wrapped */
	GqlType    *type;			/* NAMED */
	const struct GqlTypeRef *list;	/* the list of this; NULL: not made yet */
	const struct GqlTypeRef *non_null;	/* the non-null of this; likewise */
} GqlTypeRef;

/*
 * Definitions. `node` is the syntax node of one that came from SDL; its
 * locations are offsets into GqlSchema.source. It is NULL for definitions made
 * by program or read from an introspection result. `description` and
 * `deprecation_reason` may be NULL. `data` belongs to who made the schema.
 */

/* An argument or an input field. */
typedef struct GqlInputValueDef
{
	const char *name;
	const char *description;
	const GqlTypeRef *type;
	const GqlValue *default_value;	/* literal as written, or NULL */
	const char *deprecation_reason;
	const GqlInputValueNode *node;
	void	   *data;
} GqlInputValueDef;

typedef struct GqlFieldDef
{
	const char *name;
	const char *description;
	const GqlTypeRef *type;
	GqlNames	args;			/* GqlInputValueDef */
	const char *deprecation_reason;
	const GqlFieldNode *node;
	void	   *data;			/* what answers this field. In introspection
								 * types: a GqlMetaField */
} GqlFieldDef;

typedef struct GqlEnumValueDef
{
	const char *name;
	const char *description;
	const char *deprecation_reason;
	const GqlEnumValueNode *node;
	const char *internal;		/* text that a coerced value has, or NULL for
								 * the name */
	void	   *data;
} GqlEnumValueDef;

struct GqlType
{
	const char *name;
	GqlTypeKind kind;
	const char *description;
	GqlTypeRef	ref;			/* the type as a reference: not wrapped */

	/*
	 * Completes a lazy type: fills in the parts below, and may add types to
	 * the schema. It is called once, when the parts are first asked for, with
	 * the schema's context current. NULL: the type is complete.
	 */
	void		(*complete) (GqlSchema *schema, GqlType *type);

	/* parts */
	GqlNames	fields;			/* OBJECT, INTERFACE: GqlFieldDef.
								 * INPUT_OBJECT: GqlInputValueDef. ENUM:
								 * GqlEnumValueDef */
	GqlNames	interfaces;		/* OBJECT, INTERFACE: GqlType, as declared */
	GqlNames	members;		/* UNION: GqlType, as declared. INTERFACE: the
								 * object types that implement it; set by
								 * gql_schema_finish() and by completion */
	const char *specified_by_url;	/* SCALAR: @specifiedBy, or NULL */
	bool		one_of;			/* INPUT_OBJECT: @oneOf */

	/* origin */
	bool		builtin;		/* a specified scalar or introspection type */
	bool		used;			/* specified scalar: something that was added
								 * has it as its type */
	List	   *nodes;			/* const GqlTypeDefNode *: the definition,
								 * then its extensions */
	void	   *data;
};

typedef struct GqlDirectiveDef
{
	const char *name;
	const char *description;
	GqlNames	args;			/* GqlInputValueDef */
	uint32		locations;		/* bits 1 << GqlDirectiveLocation */
	List	   *location_list;	/* the same as integers, in the order of
								 * declaration */
	bool		repeatable;
	bool		builtin;		/* a specified directive, even if the SDL
								 * defines it again */
	const char *deprecation_reason;
	const GqlDirectiveDefNode *node;
} GqlDirectiveDef;

gql_starts_with_name(GqlInputValueDef, name);
gql_starts_with_name(GqlFieldDef, name);
gql_starts_with_name(GqlEnumValueDef, name);
gql_starts_with_name(GqlType, name);
gql_starts_with_name(GqlDirectiveDef, name);

typedef enum GqlDirectiveLocation
{
#define X(loc) GQL_LOC_##loc,
	GQL_DIRECTIVE_LOCATIONS(X)
#undef X
} GqlDirectiveLocation;

struct GqlSchema
{
	MemoryContext cxt;			/* everything in the schema lives here */
	const char *source;			/* the SDL it was built from, for locations;
								 * or NULL */
	const char *description;	/* or NULL */

	/* root operation types (3.3.1); NULL: not supported */
	GqlType    *query;
	GqlType    *mutation;
	GqlType    *subscription;
	bool		query_optional; /* see GqlDocument */

	GqlNames	types;			/* GqlType; look up with gql_schema_type() */
	GqlNames	directives;		/* GqlDirectiveDef, with the specified ones */
	List	   *nodes;			/* const GqlSchemaNode *: the schema
								 * definition, then its extensions */

	/* fields that no type lists: __schema, __type and __typename (4.1) */
	GqlFieldDef *meta_schema;
	GqlFieldDef *meta_type;
	GqlFieldDef *meta_typename;

	/*
	 * Lazy schemas; both NULL in one that was built whole. find_type() is
	 * called for a name for which gql_schema_present_type() finds nothing; it
	 * adds or uses the type and returns it, or returns NULL. list_types()
	 * adds all types that there are. Both run with the schema's context
	 * current.
	 */
	GqlType    *(*find_type) (GqlSchema *schema, const char *name);
	void		(*list_types) (GqlSchema *schema);
	void	   *data;

	/*
	 * How many calls of find_type(), list_types() and GqlType.complete() have
	 * not returned. If it is above 0 while none runs, an error has left one
	 * of them in the middle: the schema must not be used any more.
	 */
	int			callbacks_running;
};

/* ---- make a schema by program ---- */

/*
 * A schema in CurrentMemoryContext with nothing but the specified scalars and
 * directives and the introspection types.
 */
extern GqlSchema *gql_schema_create(void);

/* Add an empty type. NULL: the name is taken. */
extern GqlType *gql_schema_add_type(GqlSchema *schema, GqlTypeKind kind, const char *name);

/* Add a field to an OBJECT or INTERFACE. NULL: the name is taken. */
extern GqlFieldDef *gql_type_add_field(GqlSchema *schema, GqlType *type, const char *name,
									   const GqlTypeRef *field_type);

/* Add a field to an INPUT_OBJECT. NULL: the name is taken. */
extern GqlInputValueDef *gql_type_add_input(GqlSchema *schema, GqlType *type, const char *name,
											const GqlTypeRef *value_type);

/* Add an argument to a field. NULL: the name is taken. */
extern GqlInputValueDef *gql_field_add_arg(GqlSchema *schema, GqlFieldDef *field,
										   const char *name, const GqlTypeRef *value_type);

/* Add a value to an ENUM. NULL: the name is taken. */
extern GqlEnumValueDef *gql_type_add_enum_value(GqlSchema *schema, GqlType *type, const char *name);

/* Let an OBJECT or INTERFACE implement iface. False: it does already. */
extern bool gql_type_add_interface(GqlType *type, GqlType *iface);

/* Add a member to a UNION. False: it is one already. */
extern bool gql_type_add_member(GqlType *type, GqlType *member);

/* Add a directive without locations. NULL: the name is taken. */
extern GqlDirectiveDef *gql_schema_add_directive(GqlSchema *schema, const char *name);

/* Allow a directive at a location. */
extern void gql_directive_add_location(GqlDirectiveDef *directive, GqlDirectiveLocation location);

/* Add an argument to a directive. NULL: the name is taken. */
extern GqlInputValueDef *gql_directive_add_arg(GqlSchema *schema, GqlDirectiveDef *directive,
											   const char *name, const GqlTypeRef *value_type);

/* The list of a type. */
extern const GqlTypeRef *gql_list_of(GqlSchema *schema, const GqlTypeRef *of);

/* The non-null of a type; of a non-null type: itself. */
extern const GqlTypeRef *gql_non_null(GqlSchema *schema, const GqlTypeRef *of);

/*
 * Call once, after the last type was added. Enters object types into the
 * interfaces that they implement. If the schema is not lazy, it also puts the
 * types into the order that introspection shows, and drops specified scalars
 * that nothing uses (3.5).
 */
extern void gql_schema_finish(GqlSchema *schema);

/* ---- read a schema ---- */

/*
 * Find a type by name; in a lazy schema it may be made now. NULL: unknown, as
 * are specified scalars that nothing uses (3.5).
 */
extern GqlType *gql_schema_type(GqlSchema *schema, const char *name);

/* The same in a lazy schema, as far as it was made until now. */
extern GqlType *gql_schema_present_type(GqlSchema *schema, const char *name);

/* The root operation type; NULL: the schema does not support the operation. */
extern GqlType *gql_schema_root(GqlSchema *schema, GqlOperationType operation);

/* Complete a lazy type and return GqlType.fields. */
extern const GqlNames *gql_type_fields(GqlSchema *schema, GqlType *type);

/*
 * Find a field of an OBJECT, INTERFACE or UNION; NULL: there is none. Finds
 * __typename too, and __schema and __type on the query root.
 */
extern GqlFieldDef *gql_type_field(GqlSchema *schema, GqlType *type, const char *name);

/* Find an input field; NULL: there is none, or it is no INPUT_OBJECT. */
extern GqlInputValueDef *gql_type_input(GqlSchema *schema, GqlType *type, const char *name);

/* The type inside of all lists and non-nulls. */
extern GqlType *gql_named_type(const GqlTypeRef *ref);

/* The type without its outermost non-null. */
#define gql_nullable_type(ref) ((ref)->kind == GQL_TYPE_NON_NULL ? (ref)->of : (ref))

/* Is it an object, interface or union? */
extern bool gql_is_composite(const GqlType *type);

/* Is it a scalar or enum? */
extern bool gql_is_leaf(const GqlType *type);

/* Is it a scalar, enum or input object? (3.4.2 IsInputType) */
extern bool gql_is_input(const GqlType *type);

/* Is it an interface or union? */
extern bool gql_is_abstract(const GqlType *type);

/*
 * Is type a member of the union, or does it implement the interface, that
 * abstract is? False if abstract is neither.
 */
extern bool gql_is_subtype(GqlSchema *schema, GqlType *abstract, GqlType *type);

/*
 * May a value of type stand where one of super is wanted?
 *
 * In 3.6 this is IsValidImplementationFieldType() and IsSubType(), in 5.8.5
 * AreTypesCompatible(). As in graphql-js, abstract types count in 5.8.5, too,
 * though an input type is none in a valid document.
 */
extern bool gql_is_covariant(GqlSchema *schema, const GqlTypeRef *type, const GqlTypeRef *super);

/* Compare types by name and wrappers; they may be of different schemas. */
extern bool gql_types_equal(const GqlTypeRef *a, const GqlTypeRef *b);

/* "[Int!]!", in CurrentMemoryContext. */
extern char *gql_type_to_string(const GqlTypeRef *ref);

/* "INPUT_OBJECT" */
extern const char *gql_type_kind_name(GqlTypeKind kind);

/* "FRAGMENT_SPREAD" */
extern const char *gql_directive_location_name(GqlDirectiveLocation location);

/* Is the text a Name, [_A-Za-z][_0-9A-Za-z]*? (2.1.9) */
extern bool gql_is_name(const char *text);

/* The type that a document's type node means; NULL: its name is unknown. */
extern const GqlTypeRef *gql_resolve_type(GqlSchema *schema, const GqlTypeNode *node);

/* ---- schemas from SDL and from introspection results ---- */

/*
 * Build the schema that an SDL document defines, with extensions merged, in
 * CurrentMemoryContext. Each fault is filed in *errors, with its location, and
 * names the type and field. If there is any, the result is NULL.
 *
 * lenient is for the SDL of upstream servers: undefined directives are ignored
 * without a word, and rules that upstreams break without being ambiguous are
 * filed in *warnings (may be NULL) instead of *errors.
 */
extern GqlSchema *gql_schema_from_sdl(const char *sdl, int len, bool lenient,
									  GqlErrorList *errors, GqlErrorList *warnings);

/* The same from a parsed document, whose nodes and text the schema keeps. */
extern GqlSchema *gql_schema_from_document(GqlDocument *document, bool lenient,
										   GqlErrorList *errors, GqlErrorList *warnings);

/*
 * Build the schema that an introspection result describes; schema_node is the
 * value of its "__schema". It is read leniently; the rest is as above.
 */
extern GqlSchema *gql_schema_from_introspection(const struct RrJsonNode *schema_node,
												GqlErrorList *errors, GqlErrorList *warnings);

/*
 * Check section 3's rules on a finished schema. Files errors and warnings as
 * gql_schema_from_sdl() does, which has called it already. If lenient, default
 * values that do not fit are removed from the schema.
 */
extern void gql_schema_check(GqlSchema *schema, bool lenient, GqlErrorList *errors,
							 GqlErrorList *warnings);

/*
 * Append the schema as SDL: types and directives sorted by name, descriptions
 * kept. Specified scalars, directives and introspection types are left out.
 */
extern void gql_print_schema(GqlSchema *schema, StringInfo out);

/*
 * The introspection query to send to an upstream. Servers refuse a query that
 * asks for more than they know, so callers try one after the other: attempt 0
 * is for the September 2025 edition, 1 for October 2021, 2 for June 2018. NULL
 * from 3 on.
 */
extern const char *gql_introspection_query(int attempt);

/* ---- introspection (section 4), for src/graphql/execution/ ---- */

/*
 * What a field of the introspection types shows; kept in GqlFieldDef.data. Not
 * 0, which stands for no resolver.
 */
typedef enum GqlMetaField
{
	GQL_META_NAME = 1, GQL_META_DESCRIPTION,
	/* __Schema */
	GQL_META_TYPES, GQL_META_QUERY_TYPE, GQL_META_MUTATION_TYPE, GQL_META_SUBSCRIPTION_TYPE,
	GQL_META_DIRECTIVES,
	/* __Directive */
	GQL_META_IS_REPEATABLE, GQL_META_LOCATIONS, GQL_META_ARGS,
	/* whatever can be deprecated */
	GQL_META_IS_DEPRECATED, GQL_META_DEPRECATION_REASON,
	/* __Type */
	GQL_META_KIND, GQL_META_SPECIFIED_BY_URL, GQL_META_FIELDS, GQL_META_INTERFACES,
	GQL_META_POSSIBLE_TYPES, GQL_META_ENUM_VALUES, GQL_META_INPUT_FIELDS, GQL_META_OF_TYPE,
	GQL_META_IS_ONE_OF,
	/* __Field, __InputValue */
	GQL_META_TYPE, GQL_META_DEFAULT_VALUE,
} GqlMetaField;

/* Add all types of a lazy schema; of others, do nothing. */
extern void gql_schema_add_all_types(GqlSchema *schema);

/* Add all types of a lazy schema, and complete them. */
extern void gql_schema_complete(GqlSchema *schema);

/*
 * Add the types that introspection shows to *types, in graphql-js' order: each
 * of the user's types, followed by the specified scalars that it is the first
 * to use; those that directives use; the introspection types. Specified
 * scalars that nothing uses are left out (3.5).
 */
extern void gql_schema_list_types(GqlSchema *schema, GqlNames *types);

/* Append a type as gql_type_to_string() shows it. */
extern void gql_append_type(StringInfo out, const GqlTypeRef *ref);

/* ---- directives in documents, for src/graphql/validation/ ---- */

/* The first directive of a name in a list of GqlDirective; or NULL. */
extern const GqlDirective *gql_find_directive(const List *directives, const char *name);

#endif							/* GQL_SCHEMA_H */
