/*
 * schema.h: the type system (specification, section 3).
 *
 * A GqlSchema lives whole in one MemoryContext (the one current at
 * gql_schema_create()); deleting that context is the only way to free it. It
 * is built once, by SDL, from an introspection result, or by program, and is
 * not changed after it is finished, except that types may be completed lazily
 * (below).
 *
 * Everything that has a name starts with `const char *name`, so that one
 * ordered, hashed GqlNames serves for types, fields, arguments, enum values
 * and directives; a lookup is O(1), and iteration gives the order of
 * definition.
 */
#ifndef GQL_SCHEMA_H
#define GQL_SCHEMA_H

#include "graphql/language/ast.h"
#include "graphql/error.h"

typedef struct GqlNames
{
	int			n;
	int			capacity;
	void	  **items;			/* structs that start with const char *name */
	uint32	   *hashes;			/* of the items' names, side by side with them */
	int		   *buckets;		/* open addressing over items; made when n
								 * exceeds a handful */
	uint32		mask;
	MemoryContext cxt;
} GqlNames;

extern void gql_names_init(GqlNames *names, MemoryContext cxt);

/* Empty it again; its memory stays. */
extern void gql_names_reset(GqlNames *names);

/* Appends; false (and nothing done) when the name is there already. */
extern bool gql_names_add(GqlNames *names, void *item);

/* or NULL */
extern void *gql_names_get(const GqlNames *names, const char *name);

/* names is evaluated at each turn. */
#define gql_foreach(type, var, names) \
	for (int var##__i = 0, var##__next = 1; \
		 var##__next && var##__i < (names)->n; \
		 var##__i++) \
		for (type *var = (var##__next = 0, (type *) (names)->items[var##__i]); \
			 !var##__next; \
			 var##__next = 1)

typedef struct GqlType GqlType;
typedef struct GqlSchema GqlSchema;
struct RrJsonNode;				/* json/json.h */

/*
 * A type where it is used: the named type, or a list or non-null of a
 * reference. There is one of each in a schema, so equal references are the
 * same pointer.
 */
typedef struct GqlTypeRef
{
	GqlTypeNodeKind kind;
	const struct GqlTypeRef *of;	/* LIST, NON_NULL */
	GqlType    *type;			/* NAMED */
	const struct GqlTypeRef *list;	/* the list of this, once it was asked for */
	const struct GqlTypeRef *non_null;	/* and the non-null */
} GqlTypeRef;

/*
 * Definitions that came from SDL keep their syntax node, whose locations are
 * in the schema's source; it is NULL for those made by program or read from an
 * introspection result.
 */

/* An argument or an input field. */
typedef struct GqlInputValueDef
{
	const char *name;
	const char *description;	/* or NULL */
	const GqlTypeRef *type;
	const GqlValue *default_value;	/* literal as written, or NULL */
	const char *deprecation_reason; /* or NULL */
	const GqlInputValueNode *node;
	void	   *data;			/* the owner's */
} GqlInputValueDef;

typedef struct GqlFieldDef
{
	const char *name;
	const char *description;
	const GqlTypeRef *type;
	GqlNames	args;			/* GqlInputValueDef */
	const char *deprecation_reason;
	const GqlFieldNode *node;
	void	   *data;			/* the owner's: what answers this field */
} GqlFieldDef;

typedef struct GqlEnumValueDef
{
	const char *name;
	const char *description;
	const char *deprecation_reason;
	const GqlEnumValueNode *node;
	void	   *data;
} GqlEnumValueDef;

struct GqlType
{
	const char *name;
	GqlTypeKind kind;
	const char *description;
	GqlTypeRef	ref;			/* this type, unwrapped */

	/*
	 * Lazy types: called once, at the first gql_type_fields() & co., to fill
	 * in what follows; the schema's context is current. It may add types to
	 * the schema. NULL: complete already.
	 */
	void		(*complete) (GqlSchema *schema, GqlType *type);

	GqlNames	fields;			/* OBJECT, INTERFACE: GqlFieldDef.
								 * INPUT_OBJECT: GqlInputValueDef.  ENUM:
								 * GqlEnumValueDef */
	GqlNames	interfaces;		/* OBJECT, INTERFACE: GqlType, as declared */
	GqlNames	members;		/* UNION, as declared; INTERFACE: the object
								 * types that implement it (filled by
								 * gql_schema_finish) */
	const char *specified_by_url;	/* SCALAR */
	bool		one_of;			/* INPUT_OBJECT */
	bool		builtin;		/* a specified scalar or one of the
								 * introspection types */
	List	   *nodes;			/* const GqlTypeDefNode *: the definition,
								 * then its extensions */
	void	   *data;			/* the owner's */
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
	bool		builtin;		/* one of the specification's, also when the
								 * SDL defines it again */
	const char *deprecation_reason;
	const GqlDirectiveDefNode *node;
} GqlDirectiveDef;

#define GQL_DIRECTIVE_LOCATIONS(X) \
	X(QUERY) X(MUTATION) X(SUBSCRIPTION) X(FIELD) X(FRAGMENT_DEFINITION) X(FRAGMENT_SPREAD) X(INLINE_FRAGMENT) \
	X(VARIABLE_DEFINITION) X(FRAGMENT_VARIABLE_DEFINITION) X(SCHEMA) X(SCALAR) X(OBJECT) X(FIELD_DEFINITION) X(ARGUMENT_DEFINITION) X(INTERFACE) \
	X(UNION) X(ENUM) X(ENUM_VALUE) X(INPUT_OBJECT) X(INPUT_FIELD_DEFINITION) X(DIRECTIVE_DEFINITION)

typedef enum GqlDirectiveLocation
{
#define X(loc) GQL_LOC_##loc,
	GQL_DIRECTIVE_LOCATIONS(X)
#undef X
} GqlDirectiveLocation;

struct GqlSchema
{
	MemoryContext cxt;
	const char *source;			/* SDL it was built from, for locations; or
								 * NULL */
	const char *description;
	GqlType    *query;
	GqlType    *mutation;		/* or NULL */
	GqlType    *subscription;	/* or NULL */
	GqlNames	types;			/* GqlType; use gql_schema_type() */
	GqlNames	directives;		/* GqlDirectiveDef, the specified ones
								 * included */
	List	   *nodes;			/* const GqlSchemaNode *: the schema
								 * definition, then its extensions */
	GqlFieldDef *meta_schema;	/* __schema, __type and __typename */
	GqlFieldDef *meta_type;
	GqlFieldDef *meta_typename;

	/*
	 * Lazy schemas: asked once a name that is not in types is looked up;
	 * returns the type after having added it, or NULL. List all with
	 * list_types(), which introspection calls before it walks over types.
	 * Both NULL for schemas that were built whole.
	 */
	GqlType    *(*find_type) (GqlSchema *schema, const char *name);
	void		(*list_types) (GqlSchema *schema);
	void	   *data;			/* the owner's */

	/*
	 * How many of these functions and of types' complete() are at work. Above
	 * 0 at any other time: an error has left one in the middle, and the
	 * schema is of no more use.
	 */
	int			callbacks_running;
};

/* ---- making a schema by program ---- */

/*
 * In CurrentMemoryContext, with the specified scalars, directives and the
 * introspection types.
 */
extern GqlSchema *gql_schema_create(void);

/* A new, empty type; NULL when the name is taken. The name is not copied. */
extern GqlType *gql_schema_add_type(GqlSchema *schema, GqlTypeKind kind, const char *name);

/* A field of an object or interface; NULL when the name is taken. */
extern GqlFieldDef *gql_type_add_field(GqlSchema *schema, GqlType *type, const char *name,
									   const GqlTypeRef *field_type);

/*
 * An input field of an input object, or an argument of a field or directive.
 */
extern GqlInputValueDef *gql_type_add_input(GqlSchema *schema, GqlType *type, const char *name,
											const GqlTypeRef *value_type);
extern GqlInputValueDef *gql_field_add_arg(GqlSchema *schema, GqlFieldDef *field,
										   const char *name, const GqlTypeRef *value_type);
extern GqlEnumValueDef *gql_type_add_enum_value(GqlSchema *schema, GqlType *type, const char *name);

/* type implements iface; union has member. False when it is there already. */
extern bool gql_type_add_interface(GqlType *type, GqlType *iface);
extern bool gql_type_add_member(GqlType *type, GqlType *member);

/* NULL when the name is taken. */
extern GqlDirectiveDef *gql_schema_add_directive(GqlSchema *schema, const char *name);
extern void gql_directive_add_location(GqlDirectiveDef *directive, GqlDirectiveLocation location);
extern GqlInputValueDef *gql_directive_add_arg(GqlSchema *schema, GqlDirectiveDef *directive,
											   const char *name, const GqlTypeRef *value_type);

/* Wrappers; a non-null of a non-null is itself. */
extern const GqlTypeRef *gql_list_of(GqlSchema *schema, const GqlTypeRef *of);
extern const GqlTypeRef *gql_non_null(GqlSchema *schema, const GqlTypeRef *of);

/*
 * Compute what follows from the definitions: which objects implement an
 * interface, and which specified scalars are used; unless the schema is lazy,
 * the others leave it, as the specification asks (3.5). Call once when all
 * types are added.
 */
extern void gql_schema_finish(GqlSchema *schema);

/* ---- reading one ---- */

/* or NULL */
extern GqlType *gql_schema_type(GqlSchema *schema, const char *name);

/* or NULL */
extern GqlType *gql_schema_root(GqlSchema *schema, GqlOperationType operation);

/* completes a lazy type */
extern const GqlNames *gql_type_fields(GqlSchema *schema, GqlType *type);
extern GqlFieldDef *gql_type_field(GqlSchema *schema, GqlType *type,
								   const char *name);	/* or NULL; knows
														 * __typename, and
														 * __schema and __type
														 * on the query root */
extern GqlInputValueDef *gql_type_input(GqlSchema *schema, GqlType *type, const char *name);
extern GqlType *gql_named_type(const GqlTypeRef *ref);

/* The type without its outermost non-null. */
#define gql_nullable_type(ref) ((ref)->kind == GQL_TYPE_NON_NULL ? (ref)->of : (ref))
extern bool gql_is_composite(const GqlType *type);	/* object, interface,
													 * union */
extern bool gql_is_leaf(const GqlType *type);	/* scalar, enum */
extern bool gql_is_input(const GqlType *type);	/* scalar, enum, input object */
extern bool gql_is_abstract(const GqlType *type);	/* interface, union */
extern bool gql_is_subtype(GqlSchema *schema, GqlType *abstract,
						   GqlType *type);	/* type is a possible type of, or
											 * implements, abstract */
extern bool gql_types_equal(const GqlTypeRef *a, const GqlTypeRef *b);
extern char *gql_type_to_string(const GqlTypeRef *ref); /* "[Int!]!" */
extern const char *gql_directive_location_name(GqlDirectiveLocation location);

/* "INPUT_OBJECT" */
extern const char *gql_type_kind_name(GqlTypeKind kind);

/* "FRAGMENT_SPREAD" */
extern const char *gql_directive_location_name(GqlDirectiveLocation location);
extern bool gql_is_name(const char *text);	/* [_A-Za-z][_0-9A-Za-z]* */

/*
 * A type reference of a document, resolved; NULL when its named type is
 * unknown.
 */
extern const GqlTypeRef *gql_resolve_type(GqlSchema *schema, const GqlTypeNode *node);

/* ---- SDL and introspection results ---- */

/*
 * The schema that an SDL document defines, extensions merged; in
 * CurrentMemoryContext. All errors are filed, each naming type and field; NULL
 * when there is any that leaves the schema ambiguous. With lenient (upstream
 * SDL) undefined directives are ignored, and rules that real upstreams break
 * without ambiguity are filed in *warnings instead (DESIGN.md 4.1).
 */
extern GqlSchema *gql_schema_from_sdl(const char *sdl, int len, bool lenient,
									  GqlErrorList *errors, GqlErrorList *warnings);
extern GqlSchema *gql_schema_from_document(GqlDocument *document, bool lenient,
										   GqlErrorList *errors, GqlErrorList *warnings);

/*
 * The schema that the value of "__schema" in an introspection result
 * describes.
 */
extern GqlSchema *gql_schema_from_introspection(const struct RrJsonNode *schema_node,
												GqlErrorList *errors, GqlErrorList *warnings);

/*
 * Check section 3's rules on a schema made by any way; errors are filed.
 * gql_schema_from_*() have done it.
 */
extern void gql_schema_check(GqlSchema *schema, bool lenient, GqlErrorList *errors,
							 GqlErrorList *warnings);

/*
 * SDL text, types sorted by name, descriptions kept; specified scalars,
 * directives and introspection types left out.
 */
extern void gql_print_schema(GqlSchema *schema, StringInfo out);

/*
 * The introspection query. Servers refuse one that asks for more than they
 * know, so there are several: attempt 0 asks for everything that the September
 * 2025 edition has, 1 October 2021's, 2 June 2018's; NULL from there on.
 */
extern const char *gql_introspection_query(int attempt);

#endif							/* GQL_SCHEMA_H */
