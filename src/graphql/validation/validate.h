/*
 * validate.h: what the rules of validation (specification, section 5) share.
 *
 * One walk over the document, with type information, calls the rules at each
 * node in the order of the table in validate.c, which makes errors come in
 * graphql-js' order. Everything here lives in a context of its own that goes
 * when validation ends.
 */
#ifndef GQL_VALIDATE_H
#define GQL_VALIDATE_H

#include "graphql/type/coerce.h"

typedef struct GqlValidation GqlValidation;
typedef struct GqlWalk GqlWalk;
typedef struct GqlDefInfo GqlDefInfo;

/* Where a rule can be called, and the node it is called with. */
typedef enum GqlWalkEvent
{
	GQL_AT_DOCUMENT,			/* GqlDocument */
	GQL_AFTER_DOCUMENT,
	GQL_AT_OPERATION,			/* GqlDefInfo */
	GQL_AFTER_OPERATION,
	GQL_AT_FRAGMENT,			/* GqlDefInfo */
	GQL_AT_TYPE_SYSTEM_NODE,	/* anything of the type system that has
								 * directives */
	GQL_AT_VARIABLE_DEF,		/* GqlVariableDef */
	GQL_AT_NAMED_TYPE,			/* GqlTypeNode */
	GQL_AT_SELECTION_SET,		/* GqlSelectionSet; of operations, fragment
								 * definitions and fields */
	GQL_AT_FIELD,				/* GqlSelection */
	GQL_AFTER_FIELD,
	GQL_AT_SPREAD,				/* GqlSelection */
	GQL_AT_INLINE_FRAGMENT,		/* GqlSelection */
	GQL_AT_FIELD_ARGUMENT,		/* GqlArgument */
	GQL_AT_DIRECTIVE,			/* GqlDirective */
	GQL_AFTER_DIRECTIVE,
	GQL_AT_VALUE,				/* GqlValue: the whole value of an argument or
								 * default */
	GQL_N_WALK_EVENTS
} GqlWalkEvent;

typedef void (*GqlRuleFn) (GqlWalk *w, const void *node);

/* The walk: where it is. Types are NULL where they are not known. */
struct GqlWalk
{
	GqlValidation *v;
	const GqlRuleFn *const *handlers;	/* by event, each ending with NULL; or
										 * NULL */

	GqlDefInfo *def;			/* operation or fragment */
	GqlType    *parent_type;	/* of the innermost selection set; composite */
	const GqlTypeRef *type;		/* of the node: field, fragment, operation */
	GqlFieldDef *field_def;		/* innermost field's */
	GqlType    *field_parent;	/* and the type it was looked up in */
	GqlDirectiveDef *directive_def; /* in a directive */
	GqlDirectiveLocation location;	/* where a directive stands */
	GqlInputValueDef *argument_def; /* in an argument */
	const GqlTypeRef *input_type;	/* expected of a value */
	List	   *directives;		/* of the node, at those events whose nodes
								 * have some */
	List	  **seen_directives;	/* type system: nodes that count as one
									 * location */
	bool		in_type_system;
};

/* ...Name in a definition */
typedef struct GqlSpread
{
	const GqlSelection *node;
	GqlDefInfo *target;			/* NULL: there is no such fragment */
	int			depth;			/* fields above it in its definition */
} GqlSpread;

/* A variable where it is used. */
typedef struct GqlVariableUsage
{
	const GqlValue *node;
	const GqlTypeRef *type;
	const GqlTypeRef *parent_type;	/* of the input object that it stands in */
	bool		has_default;	/* the position has */
} GqlVariableUsage;

/* What is known of an operation or fragment definition. */
struct GqlDefInfo
{
	const char *name;			/* NULL: anonymous operation. First, for
								 * GqlNames; a fragment's is a
								 * GqlFragmentEntry until the next blank line */
	GqlFragment *fragment;		/* or NULL */

	GqlOperation *operation;	/* or NULL */
	GqlSelectionSet *selection_set;
	GqlDefInfo *canonical;		/* of fragments of one name, the last; the one
								 * that spreads mean */

	GqlSpread  *spreads;		/* in the order that graphql-js looks at them */
	int			n_spreads;
	int			own_depth;		/* without fragments */

	bool		usages_known;
	GqlVariableUsage *usages;
	int			n_usages;

	GqlType    *type;			/* a fragment's; NULL when it is unknown or
								 * not composite */
	bool		type_known;

	int			stamp;			/* of the last search that reached this */
	bool		used;			/* by an operation */
	bool		merged;			/* its fields have been looked at for
								 * conflicts */
	bool		cycle_checked;
	int			path_index;		/* in the path of spreads on which a cycle is
								 * looked for; -1: not in it */
	int			introspection_depth;	/* with which it is known to be fine;
										 * -1 */
	int			depth;			/* with fragments */
	int			depth_state;
};

typedef struct GqlVariableEntry
{
	const char *name;
	GqlVariableDef *def;
	const GqlTypeRef *type;		/* NULL: unknown */
	bool		used;
} GqlVariableEntry;

/* Do two abstract types have a possible type in common? */
typedef struct GqlTypePair
{
	GqlType    *a;
	GqlType    *b;
	bool		overlap;
} GqlTypePair;

struct GqlValidation
{
	GqlSchema  *schema;
	GqlDocument *document;
	const char *source;
	GqlErrorList *errors;
	int			n_errors;
	bool		aborted;		/* too many errors, or too much work: nothing
								 * more is looked at */
	int64		work;			/* what searches over fragments have cost */

	GqlDefInfo *defs;			/* executable definitions in document order */
	int			n_defs;
	GqlNames	fragments;		/* GqlDefInfo: the last of each name */
	GqlNames	types;			/* GqlName: types that the document itself
								 * defines */
	GqlNames	directives;		/* GqlName in GqlDirectiveDefNode: likewise */
	int			n_operations;
	bool		variables_known;
	bool		has_variables;
	int			stamp;

	/* of single rules */
	GqlNames	operation_names;	/* GqlName */
	GqlNames	fragment_names; /* GqlName */
	GqlTypePair type_pairs[64];
	GqlNames	defer_labels;
	List	   *seen_schema_directives;
	GqlNames	seen_type_directives;
	GqlNames	seen_directive_directives;
	GqlNames	operation_variables;	/* GqlVariableEntry: of the operation
										 * that the walk is in */
	GqlDefInfo **operation_fragments;	/* which it reaches */
	int			n_operation_fragments;
	struct GqlOverlap *overlap;
	bool		overlap_known;
	const GqlSelection *introspection_field;	/* refused, and the walk is in
												 * it */
};

/* ---- validate.c ---- */

/*
 * File an error at a location; NULL when there are too many. Further locations
 * are added with gql_invalid_also().
 */
extern GqlError *gql_invalid(GqlValidation *v, int loc,
							 const char *fmt,...) pg_attribute_printf(3, 4);
extern void gql_invalid_also(GqlValidation *v, GqlError *error, int loc);

/* "Validation aborted." */
extern void gql_abort_validation(GqlValidation *v);

/*
 * Count work of searches; false when there was too much, and validation is
 * aborted.
 */
extern bool gql_spend(GqlValidation *v, int64 cost);

/* ---- validate_walk.c ---- */

#define gql_walk_init(v_, handlers_) ((GqlWalk) {.v = (v_), .handlers = (handlers_)})
extern void gql_walk_document(GqlWalk *w);
extern void gql_walk_definition(GqlWalk *w, GqlDefInfo *def);

/* ---- validate_definitions.c ---- */

extern void gql_collect_definitions(GqlValidation *v);

/* The fragment's type, NULL when unknown or not composite. */
extern GqlType *gql_fragment_type(GqlValidation *v, GqlDefInfo *fragment);

/*
 * Fragments reached from definitions (GqlDefInfo *[n]), breadth first;
 * *n_found.
 */
extern GqlDefInfo **gql_reached_fragments(GqlValidation *v, GqlDefInfo *const *from, int n,
										  int *n_found);

/* Depth limit; false when an operation is too deep. */
extern bool gql_check_depth(GqlValidation *v, int max_depth);

/* ---- rules ---- */

/* validate_operations.c */
extern void gql_executable_definitions(GqlWalk *w, const void *node);
extern void gql_known_operation_types(GqlWalk *w, const void *node);
extern void gql_unique_operation_names(GqlWalk *w, const void *node);
extern void gql_lone_anonymous_operation(GqlWalk *w, const void *node);
extern void gql_single_field_subscriptions(GqlWalk *w, const void *node);

/* validate_fields.c */
extern void gql_known_type_names(GqlWalk *w, const void *node);
extern void gql_scalar_leafs(GqlWalk *w, const void *node);
extern void gql_fields_on_correct_type(GqlWalk *w, const void *node);
extern void gql_max_introspection_depth(GqlWalk *w, const void *node);
extern void gql_max_introspection_depth_after(GqlWalk *w, const void *node);

/* validate_fragments.c */
extern void gql_inline_fragments_on_composite_types(GqlWalk *w, const void *node);
extern void gql_fragments_on_composite_types(GqlWalk *w, const void *node);
extern void gql_unique_fragment_names(GqlWalk *w, const void *node);
extern void gql_known_fragment_names(GqlWalk *w, const void *node);
extern void gql_no_unused_fragments(GqlWalk *w, const void *node);
extern void gql_possible_inline_fragments(GqlWalk *w, const void *node);
extern void gql_possible_fragment_spreads(GqlWalk *w, const void *node);
extern void gql_no_fragment_cycles(GqlWalk *w, const void *node);

/* validate_variables.c */
extern void gql_variables_are_input_types(GqlWalk *w, const void *node);
extern void gql_unique_variable_names(GqlWalk *w, const void *node);
extern void gql_no_undefined_variables(GqlWalk *w, const void *node);
extern void gql_no_unused_variables(GqlWalk *w, const void *node);
extern void gql_variables_in_allowed_position(GqlWalk *w, const void *node);

/* validate_directives.c */
extern void gql_known_directives(GqlWalk *w, const void *node);
extern void gql_unique_directives_per_location(GqlWalk *w, const void *node);

/*
 * A directive as the document or the schema defines it: one of both is set, or
 * none.
 */
extern void gql_lookup_directive(GqlValidation *v, const char *name,
								 const GqlDirectiveDefNode **node, GqlDirectiveDef **def);

/* validate_defer.c */
extern void gql_defer_stream_on_root_field(GqlWalk *w, const void *node);
extern void gql_defer_stream_on_valid_operations(GqlWalk *w, const void *node);
extern void gql_defer_stream_label(GqlWalk *w, const void *node);
extern void gql_stream_on_list_field(GqlWalk *w, const void *node);

/* validate_arguments.c */
extern void gql_known_argument_names(GqlWalk *w, const void *node);
extern void gql_known_directive_argument_names(GqlWalk *w, const void *node);
extern void gql_unique_field_argument_names(GqlWalk *w, const void *node);
extern void gql_unique_directive_argument_names(GqlWalk *w, const void *node);
extern void gql_provided_required_arguments(GqlWalk *w, const void *node);
extern void gql_provided_required_directive_arguments(GqlWalk *w, const void *node);

/* validate_values.c */
extern void gql_values_of_correct_type(GqlWalk *w, const void *node);
extern void gql_unique_input_field_names(GqlWalk *w, const void *node);

/* validate_overlap.c */
extern void gql_overlapping_fields_can_be_merged(GqlWalk *w, const void *node);

/*
 * validate_merge.c: false when no two fields of the document conflict; true
 * when some may.
 */
extern bool gql_may_have_conflicts(GqlValidation *v);

/*
 * Two lists of GqlArgument are the same, in whatever order. *work grows by the
 * values that were looked at.
 */
extern bool gql_same_arguments(List *a, List *b, int64 *work);
extern bool gql_type_shapes_conflict(const GqlTypeRef *a, const GqlTypeRef *b);

#endif							/* GQL_VALIDATE_H */
