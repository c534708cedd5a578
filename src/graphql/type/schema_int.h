/*
 * schema_int.h: what the files of src/graphql/type/ share among themselves.
 *
 * "Lenient" has one meaning in all of them: a schema comes from an upstream
 * server, and a broken rule is a warning if the schema is unambiguous all the
 * same.
 */
#ifndef GQL_SCHEMA_INT_H
#define GQL_SCHEMA_INT_H

#include "base/budget.h"
#include "graphql/type/schema.h"

/* The reason of @deprecated without one (3.13.3). */
#define GQL_DEFAULT_DEPRECATION_REASON "No longer supported"

/* Bits of the directive locations that stand in executable documents. */
#define GQL_EXECUTABLE_LOCATIONS (((uint32) 1 << GQL_LOC_SCHEMA) - 1)

/* Errors that were filed, also those that the list did not keep. */
#define gql_errors_count(errors) (list_length((errors)->items) + (errors)->omitted)

/*
 * Is it still worth the search for "Did you mean"? With many errors among many
 * names the searches would take too long.
 */
#define gql_wants_hint(errors) (list_length((errors)->items) < 100)

/* The same as gql_is_required(), for a syntax node. */
#define gql_is_required_node(node) \
	((node)->type->kind == GQL_TYPE_NON_NULL && (node)->default_value == NULL)

/* Syntax nodes that stand in GqlNames, or are cast to GqlName. */
gql_starts_with_name(GqlName, value);
gql_starts_with_name(GqlArgument, name.value);
gql_starts_with_name(GqlObjectField, name.value);
gql_starts_with_name(GqlDirective, name.value);
gql_starts_with_name(GqlInputValueNode, name.value);
gql_starts_with_name(GqlFieldNode, name.value);
gql_starts_with_name(GqlEnumValueNode, name.value);

/* ---- schema.c ---- */

/* Make a definition that is not in the schema yet. */
extern GqlType *gql_schema_new_type(GqlSchema *schema, GqlTypeKind kind, const char *name);
extern GqlFieldDef *gql_schema_new_field(GqlSchema *schema, const char *name,
										 const GqlTypeRef *field_type);
extern GqlDirectiveDef *gql_schema_new_directive(GqlSchema *schema, const char *name);

/* ---- builtins.c ---- */

/*
 * Add the specified scalars, the specified directives, the introspection
 * types, and __schema, __type and __typename.
 */
extern void gql_schema_add_builtins(GqlSchema *schema);

/* A GqlDirectiveLocation by its name; -1: there is none of this name. */
extern int	gql_directive_location(const char *name);

/* ---- sdl_build.c ---- */

/* The locations of a directive definition, as bits 1 << location. */
extern uint32 gql_directive_node_locations(const GqlDirectiveDefNode *node);

/*
 * Do upstream servers have this scalar without defining it in their SDL?
 * (Those of Apollo Federation and AWS AppSync.)
 */
extern bool gql_is_implied_scalar(const char *name);

/* ---- sdl_rules.c ---- */

/*
 * File what is wrong with a document before a schema is built from it.
 * builtins is a schema with nothing else in it. If no error is filed, every
 * name in the document resolves.
 */
extern void gql_check_sdl(const GqlDocument *document, GqlSchema *builtins, bool lenient,
						  GqlErrorList *errors, GqlErrorList *warnings);

/* ---- sdl_same.c ---- */

/*
 * Do two parts of a document say the same? Their descriptions and directives
 * do not count; the order of their parts does.
 */
extern bool gql_same_type_node(const GqlTypeNode *a, const GqlTypeNode *b);
extern bool gql_same_input(const GqlInputValueNode *a, const GqlInputValueNode *b);
extern bool gql_same_field(const GqlFieldNode *a, const GqlFieldNode *b);
extern bool gql_same_definition(const GqlTypeDefNode *a, const GqlTypeDefNode *b);
extern bool gql_same_directive(const GqlDirectiveDefNode *a, const GqlDirectiveDefNode *b);

/* ---- schema_check.c ---- */

/* One gql_schema_check(). */
typedef struct GqlSchemaCheck
{
	GqlSchema  *schema;
	const char *source;			/* the schema's, for locations; or NULL */
	bool		lenient;
	GqlErrorList *errors;
	GqlErrorList *warnings;

	RrBudget	budget;			/* see gql_check_spend() */
	bool		aborted;		/* it is exhausted, which is filed */

	/* by Mention (schema_check.c): MentionIndex */
	GqlNames	mentions[2];

	/* of the files that look for cycles */
	int			cycles;			/* filed so far */
	bool		too_deep;		/* filed: input objects nest too deep */
	GqlNames	default_types;	/* default_cycles.c: DefaultType */
	List	   *default_path;	/* DefaultField *: those being looked at */
	bool		defaults_stopped;	/* too many cycles: nothing more is looked
									 * at */
} GqlSchemaCheck;

/* The list for a rule whose breach is only a warning if lenient. */
#define gql_tolerable(check) ((check)->lenient ? (check)->warnings : (check)->errors)

/*
 * Count work of a check, in units of budget.h. A schema without mistakes takes
 * a few units for each of its parts; with mistakes it can be the square.
 * False: it was too much, which is filed; do not go on.
 */
extern bool gql_check_spend(GqlSchemaCheck *check, int64 units);

/* Where an argument or input field stands. */
typedef struct GqlInputPlace
{
	enum
	{
		GQL_OF_FIELD, GQL_OF_DIRECTIVE, GQL_OF_INPUT_OBJECT
	}			kind;
	const char *type;			/* OF_FIELD, OF_INPUT_OBJECT: the type's name */
	const char *name;			/* OF_FIELD, OF_DIRECTIVE: its name */
} GqlInputPlace;

/*
 * The schema coordinate of an argument or input field, as messages show it:
 * "Type.field(arg:)", "@directive(arg:)", "Type.field".
 */
extern char *gql_input_coordinate(const GqlInputPlace *place, const GqlInputValueDef *input);

/* ---- schema_cycles.c ---- */

/* 3.10: file input objects that require themselves, and so have no value. */
extern void gql_check_finite_inputs(GqlSchemaCheck *check);

/* File, once, that the stack does not allow to follow the input objects. */
extern void gql_report_too_deep(GqlSchemaCheck *check);

/* A cycle may be as large as the schema; messages show only its beginning. */
#define GQL_MAX_CYCLE_SHOWN 100

/*
 * Is there room for one more error about a cycle? If not, it is counted as
 * omitted in the list.
 */
extern bool gql_count_cycle(GqlSchemaCheck *check, GqlErrorList *list);

/* "a, b, c" of a List of char * from an index on, cut after the maximum. */
extern char *gql_show_cycle(const List *strings, int from);

/* ---- default_cycles.c ---- */

/*
 * 3.10: file default values of this input object's fields that include
 * themselves.
 */
extern void gql_check_default_cycles(GqlSchemaCheck *check, GqlType *type);

/* ---- directive_cycles.c ---- */

/* 3.13: file directives that refer to themselves. */
extern void gql_check_directive_cycles(GqlSchemaCheck *check);

#endif							/* GQL_SCHEMA_INT_H */
