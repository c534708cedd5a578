/*
 * remote.h: what planning says of remote schemas, and execution reads: join
 * steps, the documents they send, and the shape of the answers.
 *
 * A step is one field to be answered by a remote schema for many keys (or, for
 * the root fields of a remote schema, for none). Its shape mirrors the
 * selection below that field; the document is printed from the shape, and the
 * answer is read along it, so the two cannot disagree.
 */
#ifndef RR_PLAN_REMOTE_H
#define RR_PLAN_REMOTE_H

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
	const char *key;			/* response key */
	const char *member;			/* ,"<key>": */
	int			member_len;
	const char *alias;			/* its key in the upstream's answer; another
								 * one only among root fields */
	int			alias_len;
	const char *alias_member;	/* ,"<alias>": */
	int			alias_member_len;
	RrShapeFieldKind kind;
	const GqlFieldSel *sel;
	const GqlFieldDef *upstream;	/* VALUE */
	RrShape    *shape;			/* VALUE */
	RrStep	   *step;			/* JOIN */
	int		   *key_slots;		/* JOIN: for each key of the join, the key
								 * field that has it */
} RrShapeField;

/*
 * The selection on one object type. The document has the key fields first,
 * then the fields in order.
 */
typedef struct RrObjectShape
{
	GqlType    *type;			/* of the role's schema; NULL for a root
								 * object, whose fields may come from several
								 * places */
	const GqlType *upstream;	/* the same at the remote */
	int			nfields;
	RrShapeField *fields;
	int			nkeys;
	const GqlFieldDef **keys;	/* fetched for joins */
	const char **key_aliases;	/* as these: of their own per type, since
								 * members of a union may disagree on a
								 * field's type */
	const char **key_members;	/* ,"<key alias>": */
	int		   *match_slots;	/* of elements of a batch by list: for each
								 * match, the key field that has it */
} RrObjectShape;

struct RrShape
{
	const GqlTypeRef *type;		/* of the role's schema, with its wrappers */
	bool		leaf;
	bool		abstract;		/* answers start with rr__t, the type's name */
	RrObjectShape *base;		/* object types: all of it. Abstract: for
								 * types that no type condition singles out */
	List	   *specific;		/* RrObjectShape * */
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

/*
 * One field of the path, as it is called: its arguments by the relationship,
 * and by the query for the innermost.
 */
typedef struct RrCallArgument
{
	const char *name;
	const char *text;			/* the same for all keys; or NULL */
	int			key_argument;	/* index into key_arguments */
} RrCallArgument;

typedef struct RrFieldCall
{
	const char *field;
	List	   *arguments;		/* RrCallArgument * */
	const char *directives;		/* those of the join field, for the innermost;
								 * "" for others */
} RrFieldCall;

/*
 * The texts of documents that have been printed, for the next batch, and for
 * the next call when the plan is kept.
 */
typedef struct RrPrintedDocument
{
	int			nkeys;
	char	   *json;			/* a JSON string; NULL: none yet */
} RrPrintedDocument;

typedef struct RrPrintedDocuments
{
	MemoryContext cxt;			/* the plan's */
	RrPrintedDocument full;		/* for the most keys so far: a full batch */
	RrPrintedDocument rest;		/* for the fewer of a last batch */
} RrPrintedDocuments;

typedef enum RrStepKind
{
	RR_STEP_ROOT,				/* root fields of a remote schema; no keys */
	RR_STEP_JOIN,
	RR_STEP_TABLE,				/* a join to a table: one SQL statement */
} RrStepKind;

struct RrStep
{
	int			number;
	RrStepKind	kind;
	RrStep	   *parent;			/* the step in whose values the holes stand;
								 * NULL: in a local result */
	RrRemote   *remote;			/* ROOT, JOIN */
	bool		mutation;
	const RrRemoteJoin *join;	/* JOIN */
	const RrTableJoin *table_join; /* TABLE */
	RrSqlStatement *statement;	/* SOURCE */
	int			nkeys;			/* JOIN, TABLE: joining fields */
	const RrJoinKey *keys;
	const GqlFieldSel *field;	/* JOIN, TABLE: the join field; ROOT: NULL */
	RrShape    *shape;			/* of one value (an element, with batches by
								 * list); ROOT: of the root object */

	/* what documents are made of */
	const char *selection;		/* of the value, "{…}"; "" for leaves */
	const char *fragments;		/* definitions of fragments that the selection
								 * spreads */
	const char *directives;		/* of the operation */
	const char *fragment_type;	/* the value's type at the upstream; NULL for
								 * leaves and root fields */
	List	   *path;			/* JOIN: RrFieldCall *, outermost first */
	List	   *key_arguments;	/* RrKeyArgument *, over all fields of the
								 * path, in order */
	List	   *preset_arguments;	/* RrPresetArgument *: variables rr__p0,
									 * rr__p1, … */
	List	   *variables;		/* char *: variables of the query that the
								 * document uses */
	GqlNames	used;			/* the same */
	RrPrintedDocuments *printed;
};

/* How the step's keys travel. */
extern RrBatchKind rr_batch_kind(const RrStep *step);

/*
 * Plan the root fields of one remote schema (GqlFieldSel *, of one or several
 * selection sets). NULL when an error was filed.
 */
extern RrStep *rr_plan_remote_root(RrPlanner *planner, RrRemote *remote, List *fields,
								   bool mutation);

/* A join met in the answer of another step. */
extern RrStep *rr_plan_nested_join(RrPlanner *planner, const GqlFieldSel *field,
								   RrStep *parent);

/* The same for a join to a table. */
extern RrStep *rr_plan_table_join(RrPlanner *planner, const GqlFieldSel *field,
								  RrStep *parent);

/* ---- shape.c ---- */

/*
 * The shape of a value of a type of the role's schema under these selection
 * sets. NULL when an error was filed.
 */
extern RrShape *rr_shape_build(RrPlanner *planner, RrStep *step, const GqlTypeRef *type,
							   List *selection_sets);
extern RrObjectShape *rr_shape_root(RrPlanner *planner, RrStep *step, const GqlType *upstream,
									List *fields);

/*
 * Have the fields fetched by which the elements of a batch by list are
 * matched.
 */
extern void rr_shape_add_matches(RrStep *step);

/* ---- document.c ---- */

/*
 * Fill in what the step's documents are made of, from its shape and arguments.
 * False when an error was filed.
 */
extern bool rr_document_prepare(RrPlanner *planner, RrStep *step);

/*
 * The document of a step that asks for nkeys keys (1 for batches by list or
 * position, and for root fields): the same text for the same number of keys.
 * Key i's argument j is variable rr__<i>_<j>; key i's value is under the alias
 * "j<i>".
 */
extern char *rr_document_print(const GqlRequest *request, const RrStep *step, int nkeys);

/* The same as a JSON string. It lasts until the next call for the step. */
extern const char *rr_document_json(const GqlRequest *request, const RrStep *step, int nkeys);

#endif							/* RR_PLAN_REMOTE_H */
