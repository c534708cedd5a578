/*
 * document_fragments.c: fragments whose directives go to remote schemas.
 *
 * The shape has no fragments: their fields have been merged. Those with
 * directives that go upstream are printed again, around the fields that stand
 * in them.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "plan/remote/document_int.h"

/* Entry of RrPrinter.passed, by use. */
typedef struct PassedUse
{
	const GqlFragmentUse *use;
	const GqlFragmentUse *passed;
} PassedUse;

static bool
passes_upstream(const RrStep *step, const GqlFragmentUse *use)
{
	if (use->fragment == NULL)
		return rr_passes_directives(step, use->node->directives, GQL_LOC_INLINE_FRAGMENT);
	return rr_passes_directives(step, use->node->directives, GQL_LOC_FRAGMENT_SPREAD) ||
		rr_passes_directives(step, use->fragment->directives, GQL_LOC_FRAGMENT_DEFINITION);
}

static PassedUse *
find_or_add_passed(RrPrinter *printer, const GqlFragmentUse *use, bool *found)
{
	HASHCTL		info = {.keysize = sizeof(use), .entrysize = sizeof(PassedUse),
	.hcxt = CurrentMemoryContext};

	if (printer->passed == NULL)
		printer->passed = hash_create("remote_rel fragments", 64, &info,
									  HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	return hash_search(printer->passed, &use, HASH_ENTER, found);
}

/* Each fragment is looked at once, however many fields are in it. */
const GqlFragmentUse *
rr_passed_use(RrPrinter *printer, const GqlFragmentUse *use)
{
	const GqlFragmentUse *passed = NULL;
	List	   *added = NIL;
	ListCell   *lc;

	for (; use != NULL && passed == NULL; use = use->outer)
	{
		bool		found;
		PassedUse  *entry = find_or_add_passed(printer, use, &found);

		if (found)
		{
			passed = entry->passed;
			break;
		}
		if (passes_upstream(printer->step, use))
			passed = use;
		added = lappend(added, entry);
	}
	foreach(lc, added)
		((PassedUse *) lfirst(lc))->passed = passed;
	list_free(added);
	return passed;
}

static void
open_inline_fragment(RrPrinter *printer, const GqlFragmentUse *use)
{
	appendStringInfoString(printer->out, " ...");
	rr_append_directives(printer->out, printer->step, use->node->directives,
						 GQL_LOC_INLINE_FRAGMENT);
	appendStringInfoString(printer->out, " {");
}

/* The definition is printed aside, until it is closed. */
static void
open_named_fragment(RrPrinter *printer, const GqlFragmentUse *use, const char *type)
{
	StringInfo	definition = makeStringInfo();
	int			number = printer->nfragments++;

	appendStringInfo(printer->out, " ..." RR_WIRE_FRAGMENT, number);
	rr_append_directives(printer->out, printer->step, use->node->directives,
						 GQL_LOC_FRAGMENT_SPREAD);
	appendStringInfo(definition, " fragment " RR_WIRE_FRAGMENT " on %s", number, type);
	rr_append_directives(definition, printer->step, use->fragment->directives,
						 GQL_LOC_FRAGMENT_DEFINITION);
	appendStringInfoString(definition, " {");
	printer->outer = lcons(printer->out, printer->outer);
	printer->out = definition;
}

static void
open_fragments(RrPrinter *printer, const GqlFragmentUse *use, const char *type)
{
	check_stack_depth();
	if (use == printer->use)
		return;
	open_fragments(printer, rr_passed_use(printer, use->outer), type);
	if (use->fragment == NULL)
		open_inline_fragment(printer, use);
	else
		open_named_fragment(printer, use, type);
	printer->use = use;
}

static void
close_fragment(RrPrinter *printer)
{
	appendStringInfoString(printer->out, " }");
	if (printer->use->fragment != NULL)
	{
		appendStringInfoString(&printer->fragments, printer->out->data);
		printer->out = linitial(printer->outer);
		printer->outer = list_delete_first(printer->outer);
	}
	printer->use = rr_passed_use(printer, printer->use->outer);
}

static bool
is_within(const GqlFragmentUse *use, const GqlFragmentUse *outer)
{
	while (use != NULL && use != outer)
		use = use->outer;
	return use == outer;
}

void
rr_enter_fragment(RrPrinter *printer, const GqlFragmentUse *use, const char *type)
{
	while (!is_within(use, printer->use))
		close_fragment(printer);
	open_fragments(printer, use, type);
}
