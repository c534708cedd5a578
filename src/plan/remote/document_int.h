/*
 * document_int.h: what the files that print documents share.
 *
 *	document.c				the whole: prepare a step's parts, print them
 *	document_arguments.c	arguments, and the query's variables in them
 *	document_directives.c	directives that go upstream
 *	document_fragments.c	fragments whose directives go upstream
 *	document_selection.c	selections, from the shape
 *
 * Functions rr_append_*() append to a StringInfo, rr_print_*() to
 * printer->out. All allocate in CurrentMemoryContext.
 */
#ifndef RR_DOCUMENT_INT_H
#define RR_DOCUMENT_INT_H

#include "utils/hsearch.h"

#include "plan/remote/step.h"

typedef struct RrPrinter
{
	RrPlanner  *planner;
	RrStep	   *step;
	StringInfo	out;
	bool		failed;			/* an error was filed */
	int			repeated;		/* > 0: in a field that is printed for a
								 * second or further time */

	/* document_fragments.c */
	const GqlFragmentUse *use;	/* the fragment that out is in; or NULL */
	List	   *outer;			/* StringInfo: the outputs to return to when
								 * the open fragment definitions are closed,
								 * innermost first */
	HTAB	   *passed;			/* what rr_passed_use() found; or NULL */
	int			nfragments;
	StringInfoData fragments;	/* the definitions that are complete */
} RrPrinter;

/* ---- document_arguments.c ---- */

/* The same for a list of GqlArgument. */
extern void rr_use_argument_variables(RrStep *step, List *arguments);

/*
 * The definition of one of the operation's variables; there is one. The search
 * starts at *last, and leaves there where it ended: variables are mostly used
 * in the order of their definitions. Begin with 0.
 */
extern const GqlVariableDef *rr_variable_def(const GqlRequest *request, const char *name,
											 int *last);

/* "(a: 1, b: $v)" of a list of GqlArgument; nothing for NIL. */
extern void rr_append_arguments(StringInfo out, List *arguments);

/*
 * What the query gives for an argument, as it was written; NULL for nothing.
 */
extern const GqlValue *rr_query_argument(const GqlFieldSel *field, const char *name);

/*
 * What the query gives for an argument, coerced, or the argument's default;
 * NULL for neither, or when an error was filed (printer->failed). If a
 * variable is in it, the plan depends_on_values.
 */
extern const GqlValue *rr_coerced_argument(RrPrinter *printer, const GqlFieldSel *field,
										   const char *name);

/*
 * The value of an argument that is the same for all keys, as it stands in the
 * document; NULL when none is sent. def: the upstream's. field: where the
 * query gives it; NULL for fields that the query does not select itself.
 */
extern char *rr_argument_text(RrPrinter *printer, const GqlFieldSel *field,
							  const GqlInputValueDef *def);

/* All arguments of an upstream's field. field: as for rr_argument_text(). */
extern void rr_print_upstream_arguments(RrPrinter *printer, const GqlFieldSel *field,
										const GqlFieldDef *upstream);

/* The arguments of a field of the shape. */
extern void rr_print_field_arguments(RrPrinter *printer, const RrShapeField *field);

/* ---- document_directives.c ---- */

/* Does any of the directives (GqlDirective *) go upstream at this location? */
extern bool rr_passes_directives(const RrStep *step, List *directives,
								 GqlDirectiveLocation location);

/* Those of the directives that go upstream; each starts with a space. */
extern void rr_append_directives(StringInfo out, RrStep *step, List *directives,
								 GqlDirectiveLocation location);

/*
 * The directives of a field, of all nodes (GqlSelection *) that were merged
 * into it.
 */
extern void rr_print_field_directives(RrPrinter *printer, List *nodes);

/* ---- document_fragments.c ---- */

/*
 * The innermost fragment, from use outwards, that has directives which go
 * upstream; NULL if none has.
 */
extern const GqlFragmentUse *rr_passed_use(RrPrinter *printer, const GqlFragmentUse *use);

/*
 * Leave the fragments that use is not in, and enter those that it is in. use:
 * NULL or from rr_passed_use(). type: the upstream's name of the object type
 * that is being printed.
 */
extern void rr_enter_fragment(RrPrinter *printer, const GqlFragmentUse *use, const char *type);

/* ---- document_selection.c ---- */

/* " {…}"; nothing for leaves. */
extern void rr_print_selection(RrPrinter *printer, const RrShape *shape);

#endif							/* RR_DOCUMENT_INT_H */
