/*
 * document_directives.c: directives that go to remote schemas.
 *
 * A directive goes there if the remote schema defines it for that location,
 * but for those that we obey ourselves.
 */
#include "postgres.h"

#include "plan/remote/document_int.h"

/* For GqlNames. */
typedef struct DirectiveText
{
	const char *name;			/* "@d(a: 1)" */
} DirectiveText;

/*
 * The upstream's definition of a directive that goes there; NULL for one that
 * does not. @skip and @include have been obeyed; @defer and @stream only
 * permit to answer in pieces.
 */
static GqlDirectiveDef *
passed_directive(const RrStep *step, const GqlDirective *directive, GqlDirectiveLocation location)
{
	static const char *const ours[] = {"skip", "include", "defer", "stream"};
	const char *name = directive->name.value;
	GqlDirectiveDef *def = gql_names_get(&step->remote->upstream->directives, name);

	for (int i = 0; i < (int) lengthof(ours); i++)
		if (strcmp(name, ours[i]) == 0)
			return NULL;
	return def != NULL && (def->locations & (1 << location)) ? def : NULL;
}

bool
rr_passes_directives(const RrStep *step, List *directives, GqlDirectiveLocation location)
{
	ListCell   *lc;

	foreach(lc, directives)
	{
		if (passed_directive(step, lfirst(lc), location) != NULL)
			return true;
	}
	return false;
}

static void
append_directive(StringInfo out, const GqlDirective *directive)
{
	appendStringInfo(out, " @%s", directive->name.value);
	rr_append_arguments(out, directive->arguments);
}

void
rr_append_directives(StringInfo out, RrStep *step, List *directives, GqlDirectiveLocation location)
{
	ListCell   *lc;

	foreach(lc, directives)
	{
		const GqlDirective *directive = lfirst(lc);

		if (passed_directive(step, directive, location) == NULL)
			continue;
		rr_use_argument_variables(step, directive->arguments);
		append_directive(out, directive);
	}
}

/*
 * Print a directive unless an earlier node printed the same (said), or printed
 * one of this definition that is not repeatable (defs). Return its text if it
 * was printed, else NULL.
 */
static DirectiveText *
print_new_directive(RrPrinter *printer, const GqlDirective *directive, const GqlNames *said,
					GqlNames *defs)
{
	GqlDirectiveDef *def = passed_directive(printer->step, directive, GQL_LOC_FIELD);
	StringInfoData text;
	DirectiveText *item;

	if (def == NULL || (!gql_names_add(defs, def) && !def->repeatable))
		return NULL;
	initStringInfo(&text);
	append_directive(&text, directive);
	if (gql_names_get(said, text.data) != NULL)
		return NULL;
	rr_use_argument_variables(printer->step, directive->arguments);
	appendStringInfoString(printer->out, text.data);
	item = palloc(sizeof(DirectiveText));
	item->name = text.data;
	return item;
}

void
rr_print_field_directives(RrPrinter *printer, List *nodes)
{
	GqlNames	said;			/* DirectiveText, of earlier nodes */
	GqlNames	defs;			/* GqlDirectiveDef */
	ListCell   *lc;
	ListCell   *lc2;

	gql_names_init(&said, CurrentMemoryContext);
	gql_names_init(&defs, CurrentMemoryContext);
	foreach(lc, nodes)
	{
		List	   *here = NIL;

		foreach(lc2, ((const GqlSelection *) lfirst(lc))->directives)
		{
			DirectiveText *item = print_new_directive(printer, lfirst(lc2), &said, &defs);

			if (item != NULL)
				here = lappend(here, item);
		}
		foreach(lc2, here)
			gql_names_add(&said, lfirst(lc2));
	}
}
