/*
 * step.h: what planning says of remote schemas, and execution reads: steps,
 * the documents they send, and the shape of the answers.
 *
 * A step is one join field to be answered for many keys by a remote schema or
 * a table, or the root fields of one remote schema, which have no keys. Its
 * shape mirrors the selection below the field. The document is printed from
 * the shape, and the answer is read along it, so the two cannot disagree.
 *
 *	step.c			steps
 *	filter_step.c	steps for conditions and sort keys
 *	filter_argument.c	what of conditions the remote schema looks at
 *	shape.c			shapes of answers
 *	document*.c		documents (document_int.h has a file map)
 *	row_join.c		joins of rows that SQL gives
 *	wire_names.h	our own names in documents
 */
#ifndef RR_STEP_H
#define RR_STEP_H

#include "utils/jsonb.h"

#include "plan/plan.h"
#include "plan/remote/wire_names.h"

typedef struct RrShape RrShape;

typedef enum RrShapeFieldKind
{
	RR_SHAPE_VALUE,				/* the upstream's value */
	RR_SHAPE_TYPENAME,			/* the upstream's type name, under its name in
								 * the role's schema */
	RR_SHAPE_JOIN,				/* a hole, for a further step */
} RrShapeFieldKind;

typedef struct RrShapeField
{
	RrShapeFieldKind kind;
	const GqlFieldSel *sel;

	/* in our answer */
	const char *key;			/* response key */
	const char *member;			/* ,"<key>": */
	int			member_len;

	/* in the upstream's answer: another name only among root fields */
	const char *alias;
	int			alias_len;
	const char *alias_member;	/* ,"<alias>": */
	int			alias_member_len;

	/* VALUE */
	const GqlFieldDef *upstream;
	RrShape    *shape;

	/* JOIN */
	RrStep	   *step;
	int		   *key_slots;		/* for each key of the step: which of the
								 * object's keys has its value */
} RrShapeField;

/*
 * The selection on one object type. The document has the keys first, then the
 * fields in order.
 */
typedef struct RrObjectShape
{
	GqlType    *type;			/* of the role's schema; NULL for a root
								 * object, whose fields may come from several
								 * places */
	const GqlType *upstream;	/* its type in the upstream's schema */
	int			nfields;
	RrShapeField *fields;

	/* fields fetched as keys of joins */
	int			nkeys;
	const GqlFieldDef **keys;
	const char **key_aliases;	/* RR_WIRE_KEY_FIELD */
	const char **key_members;	/* ,"<key alias>": */
	int		   *match_slots;	/* of elements of a batch by list: for each
								 * match, which of the keys has its value */
} RrObjectShape;

struct RrShape
{
	const GqlTypeRef *type;		/* of the role's schema, with its wrappers */
	bool		leaf;
	bool		abstract;		/* answers start with rr__t, the type's name */
	RrObjectShape *base;		/* object types: all of it. Abstract: for
								 * types that no type condition singles out */
	List	   *specific;		/* RrObjectShape *, of those that one does */
};

/* An argument whose value differs from key to key: one variable a key. */
typedef struct RrKeyArgument
{
	const GqlInputValueDef *def;	/* at the upstream */
	const char *type;			/* its type's text */
	const char *error_prefix;	/* what errors about its value begin with */
	const GqlValue *template;	/* VARIABLEs are join keys */
	const GqlValue *given;		/* the query's part of an input object,
								 * coerced; or NULL */
	bool		presets;		/* the permission presets something of it */
	int			passthrough_key;	/* the join key that is the whole of it
									 * (by list: of its elements), where it
									 * takes strings as they are; or -1 */
} RrKeyArgument;

/*
 * An argument of which the role's permission presets something: a variable,
 * made when the document is sent.
 */
typedef struct RrPresetArgument
{
	const GqlInputValueDef *def;	/* at the upstream */
	const GqlValue *given;		/* the query's part, coerced; or NULL */
} RrPresetArgument;

typedef struct RrCallArgument
{
	const char *name;
	const char *text;			/* the same for all keys; or NULL */
	int			key_argument;	/* without text: index into key_arguments */
} RrCallArgument;

/* One field of remote_field, as the document calls it. */
typedef struct RrFieldCall
{
	const char *field;
	List	   *arguments;		/* RrCallArgument *: the relationship's, and
								 * for the innermost field the query's */
	const char *directives;		/* those of the join field, for the innermost
								 * field; "" for others */
} RrFieldCall;

typedef struct RrPrintedDocument
{
	int			nkeys;
	char	   *json;			/* a JSON string; NULL: none yet */
} RrPrintedDocument;

/*
 * The documents printed last: for the next batch, and for the next call when
 * the plan is kept.
 */
typedef struct RrPrintedDocuments
{
	MemoryContext cxt;			/* the plan's */
	RrPrintedDocument full;		/* for the most keys so far: a full batch */
	RrPrintedDocument rest;		/* for the fewer of a last batch */
} RrPrintedDocuments;

typedef enum RrStepKind
{
	RR_STEP_ROOT,				/* root fields of a remote schema; no keys */
	RR_STEP_JOIN,				/* a join to a remote schema */
	RR_STEP_TABLE,				/* a join to a table: one SQL statement */
} RrStepKind;

struct RrStep
{
	int			number;			/* index into RrPlan.steps */
	RrStepKind	kind;
	RrStep	   *parent;			/* the step in whose values the holes stand;
								 * NULL: in a local result */
	const GqlFieldSel *field;	/* JOIN, TABLE: the join field; ROOT: NULL */

	/* JOIN, TABLE: joining fields */
	int			nkeys;
	const RrJoinKey *keys;

	/* TABLE */
	const RrTableJoin *table_join;
	RrSqlStatement *statement;	/* of rr_compile_for_keys() */

	/* ROOT, JOIN */
	RrRemote   *remote;
	bool		mutation;
	const RrRemoteJoin *join;	/* JOIN */

	/* JOIN: a statement needs the values before it runs */
	bool		selected;		/* the answer has holes for them, too */
	bool		hides_members;	/* the answer must not show members that are
								 * named RR_WIRE_FILTER_FIELD */
	List	   *filter_members; /* char *: members of the selection that the
								 * statement uses as well */

	RrShape    *shape;			/* of one value (an element, with batches by
								 * list); ROOT: of the root object */

	/* ROOT, JOIN: what documents are made of, by rr_document_prepare() */
	const char *selection;		/* of the value, "{…}"; "" for leaves */
	const char *fragments;		/* definitions of fragments that the selection
								 * spreads */
	const char *directives;		/* of the operation */
	const char *fragment_type;	/* the value's type at the upstream; NULL for
								 * leaves and root fields */
	List	   *path;			/* JOIN: RrFieldCall *, outermost first */
	List	   *key_arguments;	/* RrKeyArgument *, over all fields of the
								 * path, in order */
	List	   *preset_arguments;	/* RrPresetArgument *, by number of their
									 * variables */
	List	   *variables;		/* char *: variables of the query that the
								 * document uses */
	GqlNames	used;			/* the same */
	RrPrintedDocuments *printed;
};

/* ---- step.c ---- */

/* How the step's keys travel. ALIASES for root fields and joins to tables. */
extern RrBatchKind rr_batch_kind(const RrStep *step);

/*
 * Plan the root fields of one remote schema (GqlFieldSel *, of one or several
 * selection sets). The step is in planner->steps. NULL when an error was
 * filed.
 */
extern RrStep *rr_plan_remote_root(RrPlanner *planner, RrRemote *remote, List *fields,
								   bool mutation);

/*
 * Plan a join field to a remote schema (RR_FIELD_REMOTE_JOIN), met in the
 * answer of the step parent, or NULL: in a local result. The step is in
 * planner->steps. NULL when an error was filed.
 */
extern RrStep *rr_plan_nested_join(RrPlanner *planner, const GqlFieldSel *field, RrStep *parent);

/* The same for a local row; in a mutation, root fields may share the step. */
extern RrStep *rr_plan_shared_join(RrPlanner *planner, const GqlFieldSel *field);

/*
 * Begin a step for conditions (filter_step.c), and complete one with what is
 * asked for: selection sets (GqlSelectionSet *) below a field. False when an
 * error was filed.
 */
extern RrStep *rr_make_filter_step(RrPlanner *planner, const RrRemoteJoin *join);
extern bool rr_finish_join_step(RrPlanner *planner, RrStep *step, const GqlFieldSel *field,
								List *sets);

/* The same for a join field to a table (RR_FIELD_TABLE_JOIN). */
extern RrStep *rr_plan_table_join(RrPlanner *planner, const GqlFieldSel *field, RrStep *parent);

/* ---- filter_step.c ---- */

/* What the conditions and sort keys of a root field need of a relationship. */
typedef struct RrFilter
{
	GqlFieldDef *field;			/* the join field */
	RrStep	   *step;
	GqlSelectionSet *needed;	/* fields of the joined object, or of the
								 * objects in the joined list */
	const GqlFieldSel *shown;	/* the field of the document that is to share
								 * the step, if it is known before the
								 * selection is compiled */
	const GqlFieldSel *selected;	/* the one that does; or NULL */
	List	   *conditions;		/* GqlValue *: on elements of its list */
	GqlType    *condition_type; /* of these */
} RrFilter;

/* The one of a join field, among planner->filters; made if there is none. */
extern RrFilter *rr_get_filter(RrPlanner *planner, GqlFieldDef *field);

/*
 * Note that a field of an object is needed. set has all that is needed of the
 * object. Returns what is needed of the field's own value, for further calls;
 * NULL for a leaf. *member is set to the name of the member with the value.
 */
extern GqlSelectionSet *rr_filter_need(RrPlanner *planner, RrFilter *filter, GqlSelectionSet *set,
									   const GqlFieldDef *field, const char **member);

/*
 * Make the documents of planner->filters, when nothing more will be needed.
 * False when an error was filed.
 */
extern bool rr_finish_filters(RrPlanner *planner);

/* The steps of planner->filters. */
extern List *rr_filter_steps(const RrPlanner *planner);

/* ---- filter_argument.c ---- */

/*
 * The argument of the filter's field that lets the remote schema leave out
 * what its conditions are not true of; NULL: none. In CurrentMemoryContext.
 */
extern GqlArgument *rr_filter_argument(RrPlanner *planner, const RrFilter *filter);

/* ---- shape.c ---- */

/*
 * The shape of a value of a type of the role's schema under these selection
 * sets (GqlSelectionSet *), in CurrentMemoryContext. NULL when an error was
 * filed.
 */
extern RrShape *rr_shape_build(RrPlanner *planner, RrStep *step, const GqlTypeRef *type,
							   List *selection_sets);

/*
 * The shape of a root object. upstream: the remote's root type; fields:
 * GqlFieldSel *. NULL when an error was filed.
 */
extern RrObjectShape *rr_shape_root(RrPlanner *planner, RrStep *step, const GqlType *upstream,
									List *fields);

/*
 * Fetch, as further keys, the fields by which the elements of a batch by list
 * are matched.
 */
extern void rr_shape_add_matches(RrStep *step);

/* ---- document.c ---- */

/*
 * Fill in what the step's documents are made of, from its shape and arguments.
 * False when an error was filed.
 */
extern bool rr_document_prepare(RrPlanner *planner, RrStep *step);

/*
 * The document of a step for nkeys keys (1 for batches by list or position,
 * any number for root fields), palloc'd in CurrentMemoryContext. It is the
 * same text for the same number of keys. Names of key i: RR_WIRE_KEY_VARIABLE,
 * RR_WIRE_KEY_ALIAS.
 */
extern char *rr_document_print(const GqlRequest *request, const RrStep *step, int nkeys);

/* The same as a JSON string. It lasts until the next call for the step. */
extern const char *rr_document_json(const GqlRequest *request, const RrStep *step, int nkeys);

/* ---- row_join.c ---- */

/* What SQL asks of a relationship. */
typedef struct RrRowCall
{
	Oid			row_type;		/* of the rows */
	const char *hint;			/* how rows are passed, where these are none */
	const char *relationship;
	const char *selection;		/* or NULL: all leaves without arguments */
	Jsonb	   *arguments;		/* or NULL */
} RrRowCall;

/*
 * Plan a relationship to a remote schema, of rows that the caller has, for the
 * role in force (rr_role_enter()). Step 0 of the plan is the join. The plan
 * refers to the call's texts; all is in CurrentMemoryContext, which also owns
 * a pin on the role's schema.
 *
 * Throws 42804 (not the row type of a table), 42704 (no such relationship for
 * the role), 22023 (selection or arguments), and 42501 where the role's
 * permission presets what the relationship joins by: the rows may be made up.
 */
extern RrPlan *rr_plan_row_join(const RrRowCall *call, GqlErrorList *errors);

#endif							/* RR_STEP_H */
