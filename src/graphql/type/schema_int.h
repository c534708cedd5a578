/*
 * schema_int.h: what the files that make, check and show a GqlSchema share
 * among themselves.
 */
#ifndef GQL_SCHEMA_INT_H
#define GQL_SCHEMA_INT_H

#include "graphql/type/schema.h"

#define GQL_DEFAULT_DEPRECATION_REASON "No longer supported"

/* Bits of the directive locations that stand in executable documents. */
#define GQL_EXECUTABLE_LOCATIONS (((uint32) 1 << GQL_LOC_SCHEMA) - 1)

/* Errors that were filed, also those that the list did not keep. */
#define gql_errors_count(errors) (list_length((errors)->items) + (errors)->omitted)

/*
 * Of very many mistakes among very many names, only the first are worth a
 * search for what was meant.
 */
#define gql_wants_hint(errors) (list_length((errors)->items) < 100)

/* As gql_is_required(), of syntax. */
#define gql_is_required_node(node) ((node)->type->kind == GQL_TYPE_NON_NULL && (node)->default_value == NULL)

/* ---- schema.c ---- */

/* Not yet in the schema. */
extern GqlType *gql_schema_new_type(GqlSchema *schema, GqlTypeKind kind, const char *name);
extern GqlFieldDef *gql_schema_new_field(GqlSchema *schema, const char *name,
										 const GqlTypeRef *field_type);
extern GqlDirectiveDef *gql_schema_new_directive(GqlSchema *schema, const char *name);
extern void gql_append_type(StringInfo out, const GqlTypeRef *ref);

/* All types there are, with all that they have; for lazy schemas. */
extern void gql_schema_complete(GqlSchema *schema);

/*
 * The types that introspection shows, in graphql-js' order: each user's type,
 * followed by the specified scalars that it is the first to use; those of
 * directives; the introspection types. A specified scalar that nothing uses is
 * not among them (3.5).
 */
extern void gql_schema_list_types(GqlSchema *schema, GqlNames *types);

/* ---- builtins.c ---- */

/*
 * What resolves a field of the introspection types; stands in
 * GqlFieldDef.data.
 */
typedef enum GqlMetaField
{
	GQL_META_NAME = 1, GQL_META_DESCRIPTION, GQL_META_TYPES, GQL_META_QUERY_TYPE,
	GQL_META_MUTATION_TYPE, GQL_META_SUBSCRIPTION_TYPE,
	GQL_META_DIRECTIVES, GQL_META_IS_REPEATABLE, GQL_META_LOCATIONS, GQL_META_ARGS,
	GQL_META_IS_DEPRECATED,
	GQL_META_DEPRECATION_REASON, GQL_META_KIND, GQL_META_SPECIFIED_BY_URL, GQL_META_FIELDS,
	GQL_META_INTERFACES, GQL_META_POSSIBLE_TYPES,
	GQL_META_ENUM_VALUES, GQL_META_INPUT_FIELDS, GQL_META_OF_TYPE, GQL_META_IS_ONE_OF,
	GQL_META_TYPE, GQL_META_DEFAULT_VALUE,
} GqlMetaField;

/*
 * The specified scalars and directives, the introspection types, and __schema,
 * __type and __typename.
 */
extern void gql_schema_add_builtins(GqlSchema *schema);

/* -1 when there is no such location */
extern int	gql_directive_location(const char *name);

/* ---- sdl_build.c ---- */

/* The first directive of that name in a list, or NULL. */
extern const GqlDirective *gql_find_directive(const List *directives, const char *name);

/* Bits of its locations. */
extern uint32 gql_directive_node_locations(const GqlDirectiveDefNode *node);

/*
 * Is this a scalar that upstream servers have without defining it in their SDL
 * (federation's, AppSync's)?
 */
extern bool gql_is_implied_scalar(const char *name);

/* ---- sdl_rules.c ---- */

/*
 * File what is wrong with a document before a schema is built from it.
 * builtins is a schema with nothing else in it.
 */
extern void gql_check_sdl(const GqlDocument *document, GqlSchema *builtins, bool lenient,
						  GqlErrorList *errors, GqlErrorList *warnings);

/* ---- sdl_same.c ---- */

extern bool gql_same_type_node(const GqlTypeNode *a, const GqlTypeNode *b);
extern bool gql_same_input(const GqlInputValueNode *a, const GqlInputValueNode *b);
extern bool gql_same_field(const GqlFieldNode *a, const GqlFieldNode *b);
extern bool gql_same_definition(const GqlTypeDefNode *a, const GqlTypeDefNode *b);
extern bool gql_same_directive(const GqlDirectiveDefNode *a, const GqlDirectiveDefNode *b);

/* ---- schema_check.c ---- */

typedef struct GqlSchemaCheck
{
	GqlSchema  *schema;
	const char *source;
	bool		lenient;
	GqlErrorList *errors;
	GqlErrorList *warnings;

	/*
	 * schema_cycles.c's: cycles filed; the input fields whose default values
	 * were looked at, and those that are being looked at
	 */
	int			cycles;
	bool		too_deep;
	GqlNames	default_fields;
	List	   *default_path;
} GqlSchemaCheck;

/* Where a rule is filed that may be broken with good will. */
#define gql_tolerable(check) ((check)->lenient ? (check)->warnings : (check)->errors)

/* Where an argument or input field stands. */
typedef struct GqlInputPlace
{
	enum
	{
		GQL_OF_FIELD, GQL_OF_DIRECTIVE, GQL_OF_INPUT_OBJECT
	}			kind;
	const char *type;			/* not of a directive */
	const char *name;			/* field or directive */
} GqlInputPlace;

/*
 * As messages name it: "Type.field(arg:)", "@directive(arg:)", "Type.field".
 */
extern char *gql_input_coordinate(const GqlInputPlace *place, const GqlInputValueDef *input);

/* ---- schema_cycles.c ---- */

/* 3.10: can every input object be given a value that ends? */
extern void gql_check_finite_inputs(GqlSchemaCheck *check);

/*
 * 3.10: do the default values of an input object's fields include themselves?
 */
extern void gql_check_default_cycles(GqlSchemaCheck *check, GqlType *type);

/* 3.13: do directives refer to themselves? */
extern void gql_check_directive_cycles(GqlSchemaCheck *check);

#endif							/* GQL_SCHEMA_INT_H */
