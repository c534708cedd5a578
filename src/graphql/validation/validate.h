/*
 * validate.h: what the files of src/graphql/validation/ share (specification,
 * section 5). Others call gql_validate(), see graphql.h.
 *
 * One walk over the document, with type information, calls the rules at each
 * node. The table in validate.c gives their order, so that errors come in
 * graphql-js' order. Everything here lives in a memory context of its own,
 * which is deleted when validation ends.
 *
 * Documents are hostile: whatever grows faster than the document counts its
 * work with gql_spend(), and whatever follows fragments does not recurse.
 */
#ifndef GQL_VALIDATE_H
#define GQL_VALIDATE_H

#include "base/budget.h"
#include "graphql/graphql.h"

typedef struct GqlValidation GqlValidation;
typedef struct GqlWalk GqlWalk;
typedef struct GqlDefInfo GqlDefInfo;

/*
 * Where the walk calls rules, and the node that it calls them with. AT_ is
 * before what is inside of the node, AFTER_ behind it.
 */
typedef enum GqlWalkEvent
{
	GQL_AT_DOCUMENT,			/* GqlDocument */
	GQL_AFTER_DOCUMENT,
	GQL_AT_OPERATION,			/* GqlDefInfo */
	GQL_AFTER_OPERATION,
	GQL_AT_FRAGMENT,			/* GqlDefInfo */
	GQL_AT_TYPE_SYSTEM_NODE,	/* any node of a type system definition that
								 * may have directives */
	GQL_AT_VARIABLE_DEF,		/* GqlVariableDef */
	GQL_AT_NAMED_TYPE,			/* GqlTypeNode */
	GQL_AT_SELECTION_SET,		/* GqlSelectionSet of an operation, fragment
								 * definition or field, but not of an inline
								 * fragment */
	GQL_AT_FIELD,				/* GqlSelection */
	GQL_AFTER_FIELD,
	GQL_AT_SPREAD,				/* GqlSelection */
	GQL_AT_INLINE_FRAGMENT,		/* GqlSelection */
	GQL_AT_FIELD_ARGUMENT,		/* GqlArgument */
	GQL_AT_DIRECTIVE,			/* GqlDirective */
	GQL_AFTER_DIRECTIVE,
	GQL_AT_VALUE,				/* GqlValue: the whole value of an argument,
								 * or a default value */
	GQL_N_WALK_EVENTS
} GqlWalkEvent;

/* A rule: look at a node, file what is wrong with gql_invalid(). */
typedef void (*GqlRuleFn) (GqlWalk *w, const void *node);

/*
 * The walk: where it is. What does not apply at the node, or is not known
 * because the document is wrong, is NULL.
 */
struct GqlWalk
{
	GqlValidation *v;
	const GqlRuleFn *const *handlers;	/* rules by event, each list ending
										 * with NULL; NULL: no rules */
	GqlDefInfo *def;			/* the operation or fragment */

	/* types */
	GqlType    *parent_type;	/* of the innermost selection set; composite */
	const GqlTypeRef *type;		/* of the field, fragment or operation */
	GqlFieldDef *field_def;		/* the innermost field's definition */
	GqlType    *field_parent;	/* the type that field_def was looked up in */
	GqlDirectiveDef *directive_def; /* of the directive around the node */
	GqlInputValueDef *argument_def; /* of the argument around the node */
	const GqlTypeRef *input_type;	/* what a value has to be */

	/* directives */
	List	   *directives;		/* those of the node, at events whose nodes
								 * have some */
	GqlDirectiveLocation location;	/* at directive events: where it stands */
	GqlNames   *seen_directives;	/* type system: those met already in other
									 * parts of the same definition; NULL: it
									 * has one part */
	bool		in_type_system;
};

/* One "...Name" in a definition. */
typedef struct GqlSpread
{
	const GqlSelection *node;
	GqlDefInfo *target;			/* the fragment; NULL: there is none */
	int			depth;			/* fields around it in its definition */
} GqlSpread;

/* One use of a variable. */
typedef struct GqlVariableUsage
{
	const GqlValue *node;
	const GqlTypeRef *type;		/* expected where it stands; NULL: unknown */
	const GqlTypeRef *parent_type;	/* of the value that it is part of; or
									 * NULL */
	bool		has_default;	/* the argument or input field has a default
								 * value */
} GqlVariableUsage;

/* What is known of an operation or fragment definition. */
struct GqlDefInfo
{
	/*
	 * The first two make it a GqlFragmentEntry, because CollectFields reads
	 * GqlValidation.fragments.
	 */
	const char *name;			/* NULL: an anonymous operation */
	GqlFragment *fragment;		/* NULL: an operation */

	GqlOperation *operation;	/* NULL: a fragment */
	GqlSelectionSet *selection_set;
	GqlDefInfo *canonical;		/* the last fragment of this name, which is
								 * what spreads mean; of operations, itself */

	/* the graph of fragments */
	GqlSpread  *spreads;		/* in the order that graphql-js visits them */
	int			nspreads;
	int			stamp;			/* GqlValidation.stamp of the last search that
								 * reached it */

	/* depth limit */
	int			own_depth;		/* nesting of its own fields */
	int			depth;			/* the same with fragments opened */
	int			depth_state;	/* is depth known? validate_definitions.c */

	/* fragments: gql_fragment_type() */
	GqlType    *type;			/* NULL: unknown, or not composite */
	bool		type_known;		/* type has been looked up */

	/* rules for variables */
	bool		usages_known;	/* usages have been collected */
	GqlVariableUsage *usages;
	int			nusages;

	/* other rules */
	bool		used;			/* an operation reaches it */
	bool		merged;			/* validate_merge.c has looked at its fields */
	bool		cycle_checked;	/* the search for cycles has entered it */
	int			path_index;		/* where it is on the path of that search; -1:
								 * it is not */
	int			introspection_depth;	/* highest list depth at which it is
										 * known to be allowed; -1: none */
};

/* A variable that the operation at hand defines. */
typedef struct GqlVariableEntry
{
	const char *name;
	GqlVariableDef *def;
	const GqlTypeRef *type;		/* NULL: unknown */
	bool		used;
} GqlVariableEntry;

gql_starts_with_name(GqlDefInfo, name);
gql_starts_with_name(GqlVariableEntry, name);
StaticAssertDecl(offsetof(GqlDefInfo, fragment) == offsetof(GqlFragmentEntry, fragment),
				 "a GqlDefInfo starts like a GqlFragmentEntry");

/* Two abstract types, and whether they have a possible type in common. */
typedef struct GqlTypePair
{
	GqlType    *a;
	GqlType    *b;
	bool		overlap;
} GqlTypePair;

/* One gql_validate(). */
struct GqlValidation
{
	GqlSchema  *schema;
	GqlDocument *document;
	const char *source;			/* the document's text, or NULL */

	/* verdict and limits */
	GqlErrorList *errors;		/* the caller's, and may hold others */
	int			nerrors;		/* filed by this validation */
	bool		aborted;		/* too many errors or too much work: rules are
								 * not called any more */
	RrBudget	budget;			/* of the walk and of gql_spend() */

	/* what the document defines */
	GqlDefInfo *defs;			/* operations and fragments, in its order */
	int			ndefs;
	int			noperations;
	GqlNames	fragments;		/* GqlDefInfo: the last of each name */
	GqlNames	types;			/* GqlName of types that it defines itself */
	GqlNames	directives;		/* GqlName in GqlDirectiveDefNode; likewise */
	GqlNames	directive_args; /* of those that are used:
								 * validate_arguments.c */
	int			stamp;			/* number of the last search; each sets its
								 * own */

	/* validate_operations.c, validate_fragments.c */
	GqlNames	operation_names;	/* GqlName, so far */
	GqlNames	fragment_names; /* GqlName, so far */
	GqlTypePair type_pairs[64]; /* a cache; open to collisions */

	/* validate_variables.c */
	bool		variables_known;	/* has_variables is set */
	bool		has_variables;	/* false: the document has no "$" */
	GqlNames	operation_variables;	/* GqlVariableEntry: of the operation
										 * that the walk is in */
	GqlDefInfo **operation_fragments;	/* fragments that it reaches */
	int			noperation_fragments;

	/* validate_walk.c, for rules about directives in the type system */
	GqlNames	seen_schema_directives; /* GqlDirective */
	GqlNames	seen_type_directives;	/* by the type's name */
	GqlNames	seen_directive_directives;	/* by the directive's name */

	/* other rules */
	GqlNames	defer_labels;	/* validate_defer.c: Label */
	struct GqlOverlap *overlap; /* validate_overlap.c; NULL: no two fields
								 * conflict */
	bool		overlap_known;	/* overlap is set */
	const GqlSelection *introspection_field;	/* validate_fields.c: refused,
												 * and the walk is in it */
};

/* ---- validate.c ---- */

/*
 * File an error at an offset of the source; -1: without location. Returns NULL
 * if it was not kept, because there are too many.
 */
extern GqlError *gql_invalid(GqlValidation *v, int loc,
							 const char *fmt,...) pg_attribute_printf(3, 4);

/* Add a location to an error; error may be NULL. */
extern void gql_invalid_also(GqlValidation *v, GqlError *error, int loc);

/* File "Validation aborted." and set v->aborted. */
extern void gql_abort_validation(GqlValidation *v);

/*
 * Count the work of the walk or of a search, in units of budget.h. False:
 * there was too much of it, and validation is aborted.
 */
extern bool gql_spend(GqlValidation *v, int64 units);

/*
 * Make room for one more element of a growing array: n elements, room for max.
 * array is NULL while max is 0. The array may exceed 1 GB.
 */
#define gql_make_room(array, n, max) \
	do { \
		if ((n) == (max)) \
		{ \
			(max) = (max) > 0 ? (max) * 2 : 16; \
			(array) = (array) != NULL \
				? repalloc_huge((array), sizeof(*(array)) * (Size) (max)) \
				: palloc(sizeof(*(array)) * (max)); \
		} \
	} while (0)

/* ---- validate_walk.c ---- */

#define gql_walk_init(v_, handlers_) ((GqlWalk) {.v = (v_), .handlers = (handlers_)})

/* Walk over the whole document, until it ends or v->aborted is set. */
extern void gql_walk_document(GqlWalk *w);

/* Walk over one operation or fragment; spreads are not followed. */
extern void gql_walk_definition(GqlWalk *w, GqlDefInfo *def);

/* ---- validate_definitions.c ---- */

/* Fill in what GqlValidation says of the document's definitions. */
extern void gql_collect_definitions(GqlValidation *v);

/* The type that a fragment is on; NULL: unknown, or not composite. */
extern GqlType *gql_fragment_type(GqlValidation *v, GqlDefInfo *fragment);

/*
 * The fragments that n definitions reach, each once, breadth first; *nfound
 * says how many. Not all of them if v->aborted is set meanwhile.
 */
extern GqlDefInfo **gql_reached_fragments(GqlValidation *v, GqlDefInfo *const *from, int n,
										  int *nfound);

/*
 * File operations whose fields nest deeper than max_depth, fragments opened;
 * 0: no limit. False if there is one.
 */
extern bool gql_check_depth(GqlValidation *v, int max_depth);

/* ---- validate_directives.c ---- */

/*
 * Find a directive: as the document defines it (*node), else as the schema
 * does (*def). The other one is NULL; both are if nobody defines it.
 */
extern void gql_lookup_directive(GqlValidation *v, const char *name,
								 const GqlDirectiveDefNode **node, GqlDirectiveDef **def);

/* ---- validate_merge.c ---- */

/*
 * Can fields of the document conflict? False is sure. True is not:
 * validate_overlap.c looks again.
 */
extern bool gql_may_have_conflicts(GqlValidation *v);

/*
 * Have two fields of these types different shapes? (SameResponseShape of
 * 5.3.2, without what is below the fields.)
 */
extern bool gql_type_shapes_conflict(const GqlTypeRef *a, const GqlTypeRef *b);

/* ---- validate_overlap.c ---- */

/*
 * Are two lists of GqlArgument the same, in whatever order? Adds the number of
 * values compared to *work.
 */
extern bool gql_same_arguments(List *a, List *b, int64 *work);

/*
 * ---- rules ----
 *
 * Each is a GqlRuleFn, to be called at the events that the table in validate.c
 * gives. The name is graphql-js' name of the rule; the comment is the
 * specification's section (September 2025), and what it asks.
 */

/* validate_operations.c */

/* 5.1.1: all definitions are operations or fragments */
extern void gql_executable_definitions(GqlWalk *w, const void *node);

/* 5.2.1.1: the schema supports the kind of operation */
extern void gql_known_operation_types(GqlWalk *w, const void *node);

/* 5.2.2.1: no two operations have one name */
extern void gql_unique_operation_names(GqlWalk *w, const void *node);

/* 5.2.3.1: an anonymous operation is the only one */
extern void gql_lone_anonymous_operation(GqlWalk *w, const void *node);

/* 5.2.4.1: a subscription has exactly one root field */
extern void gql_single_field_subscriptions(GqlWalk *w, const void *node);

/* validate_fields.c */

/* 5.5.1.2 (and 5.8.2): types that are named exist */
extern void gql_known_type_names(GqlWalk *w, const void *node);

/* 5.3.3: leaves have no selection set, all other fields have one */
extern void gql_scalar_leafs(GqlWalk *w, const void *node);

/* 5.3.1: the type has the field */
extern void gql_fields_on_correct_type(GqlWalk *w, const void *node);

/*
 * Not in the specification: __schema and __type do not nest lists of types
 * deeper than graphql-js allows. The second function is for leaving the field.
 */
extern void gql_max_introspection_depth(GqlWalk *w, const void *node);
extern void gql_max_introspection_depth_after(GqlWalk *w, const void *node);

/* validate_fragments.c */

/* 5.5.1.3: fragments are on objects, interfaces and unions */
extern void gql_inline_fragments_on_composite_types(GqlWalk *w, const void *node);
extern void gql_fragments_on_composite_types(GqlWalk *w, const void *node);

/* 5.5.1.1: no two fragments have one name */
extern void gql_unique_fragment_names(GqlWalk *w, const void *node);

/* 5.5.2.1: the fragment that is spread exists */
extern void gql_known_fragment_names(GqlWalk *w, const void *node);

/* 5.5.1.4: an operation uses each fragment */
extern void gql_no_unused_fragments(GqlWalk *w, const void *node);

/* 5.5.2.3: some object may match both the fragment and the type around it */
extern void gql_possible_inline_fragments(GqlWalk *w, const void *node);
extern void gql_possible_fragment_spreads(GqlWalk *w, const void *node);

/* 5.5.2.2: no fragment spreads itself, directly or not */
extern void gql_no_fragment_cycles(GqlWalk *w, const void *node);

/*
 * validate_variables.c; in the order given here, as each uses the one before
 */

/* 5.8.2: variables are of input types */
extern void gql_variables_are_input_types(GqlWalk *w, const void *node);

/* 5.8.1: no two variables of an operation have one name */
extern void gql_unique_variable_names(GqlWalk *w, const void *node);

/* 5.8.3: the operation defines all variables that it reaches */
extern void gql_no_undefined_variables(GqlWalk *w, const void *node);

/* 5.8.4: it uses all variables that it defines */
extern void gql_no_unused_variables(GqlWalk *w, const void *node);

/* 5.8.5: the variable's type fits where it is used */
extern void gql_variables_in_allowed_position(GqlWalk *w, const void *node);

/* validate_directives.c */

/* 5.7.1, 5.7.2: the directive exists and is allowed at its location */
extern void gql_known_directives(GqlWalk *w, const void *node);

/* 5.7.3: a directive stands once at a location, unless it is repeatable */
extern void gql_unique_directives_per_location(GqlWalk *w, const void *node);

/* validate_defer.c; not in the specification yet */

/* no @defer and @stream on root fields of mutations and subscriptions */
extern void gql_defer_stream_on_root_field(GqlWalk *w, const void *node);

/* none in subscriptions, unless their "if" can be false */
extern void gql_defer_stream_on_valid_operations(GqlWalk *w, const void *node);

/* labels are literals, and no two are the same */
extern void gql_defer_stream_label(GqlWalk *w, const void *node);

/* @stream stands on fields of list types */
extern void gql_stream_on_list_field(GqlWalk *w, const void *node);

/* validate_arguments.c */

/* 5.4.1: the field or directive has the argument */
extern void gql_known_argument_names(GqlWalk *w, const void *node);
extern void gql_known_directive_argument_names(GqlWalk *w, const void *node);

/* 5.4.2: an argument is given once */
extern void gql_unique_field_argument_names(GqlWalk *w, const void *node);
extern void gql_unique_directive_argument_names(GqlWalk *w, const void *node);

/* 5.4.3: required arguments are given */
extern void gql_provided_required_arguments(GqlWalk *w, const void *node);
extern void gql_provided_required_directive_arguments(GqlWalk *w, const void *node);

/* validate_values.c */

/* 5.6.1, 5.6.2, 5.6.4: values fit their types */
extern void gql_values_of_correct_type(GqlWalk *w, const void *node);

/* 5.6.3: a literal object has each field once */
extern void gql_unique_input_field_names(GqlWalk *w, const void *node);

/* validate_overlap.c */

/* 5.3.2: fields of one response key can be merged */
extern void gql_overlapping_fields_can_be_merged(GqlWalk *w, const void *node);

#endif							/* GQL_VALIDATE_H */
