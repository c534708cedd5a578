/*
 * document_selection.c: selections in documents for remote schemas, printed
 * from the shape.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "plan/remote/document_int.h"

static void
print_typename(RrPrinter *printer)
{
	appendStringInfoString(printer->out, " " RR_WIRE_TYPENAME ": __typename");
}

/* A field with the directives of the nodes that stand in one fragment. */
static void
print_field(RrPrinter *printer, const RrShapeField *field, List *nodes)
{
	const char *name = field->kind == RR_SHAPE_TYPENAME ? "__typename" : field->upstream->name;
	int			before = printer->out->len;

	appendStringInfoChar(printer->out, ' ');
	if (strcmp(field->alias, name) != 0)
		appendStringInfo(printer->out, "%s: ", field->alias);
	appendStringInfoString(printer->out, name);
	rr_print_field_arguments(printer, field);
	rr_print_field_directives(printer, nodes);
	if (!rr_count_bytes(printer->planner, printer->out->len - before))
		printer->failed = true;
	if (field->kind == RR_SHAPE_VALUE)
		rr_print_selection(printer, field->shape);
}

/* repeated: the field has been printed in another fragment. */
static void
print_field_in(RrPrinter *printer, const RrShapeField *field, const GqlFragmentUse *use,
			   const char *type, List *nodes, bool repeated)
{
	if (repeated && !rr_count_fields(printer->planner, 1))
		printer->failed = true;
	printer->repeated += repeated;
	rr_enter_fragment(printer, use, type);
	if (!printer->failed)
		print_field(printer, field, nodes);
	printer->repeated -= repeated;
}

/*
 * Print the field in the fragments that go upstream: once for each run of
 * nodes in the same fragment.
 */
static void
print_field_inside(RrPrinter *printer, const RrShapeField *field, const char *type, bool repeated)
{
	const GqlFragmentUse *use = NULL;
	List	   *nodes = NIL;
	ListCell   *lc;
	ListCell   *lc2;

	forboth(lc, field->sel->uses, lc2, field->sel->nodes)
	{
		const GqlFragmentUse *next = rr_passed_use(printer, lfirst(lc));

		if (next == NULL)
			continue;
		if (nodes != NIL && next != use)
		{
			print_field_in(printer, field, use, type, nodes, repeated);
			nodes = NIL;
			repeated = true;
		}
		use = next;
		nodes = lappend(nodes, lfirst(lc2));
	}
	if (nodes != NIL)
		print_field_in(printer, field, use, type, nodes, repeated);
}

/*
 * A field of which some nodes stand in fragments. It begins where its first
 * node stands, since the fields beside that may be in the same fragment.
 */
static void
print_field_in_fragments(RrPrinter *printer, const RrShapeField *field, const char *type)
{
	bool		begins_outside = rr_passed_use(printer, linitial(field->sel->uses)) == NULL;
	List	   *outside = NIL;
	ListCell   *lc;
	ListCell   *lc2;

	forboth(lc, field->sel->uses, lc2, field->sel->nodes)
	{
		if (rr_passed_use(printer, lfirst(lc)) == NULL)
			outside = lappend(outside, lfirst(lc2));
	}
	if (begins_outside)
		print_field_in(printer, field, NULL, type, outside, false);
	print_field_inside(printer, field, type, begins_outside);
	if (!begins_outside && outside != NIL)
		print_field_in(printer, field, NULL, type, outside, true);
}

static void
print_key_fields(RrPrinter *printer, const RrObjectShape *object)
{
	for (int i = 0; i < object->nkeys; i++)
	{
		const GqlFieldDef *key = object->keys[i];

		appendStringInfo(printer->out, " %s: %s", object->key_aliases[i], key->name);
		rr_print_upstream_arguments(printer, NULL, key);
	}
}

/*
 * The fields of an object. has_typename: the selection asks for the type's
 * name already. An empty selection would be a syntax error.
 */
static void
print_object(RrPrinter *printer, const RrObjectShape *object, bool has_typename)
{
	const GqlFragmentUse *outer = printer->use;
	bool		empty = !has_typename && object->nkeys == 0;

	CHECK_FOR_INTERRUPTS();
	if (printer->repeated > 0 && !rr_count_fields(printer->planner, object->nfields))
		printer->failed = true;
	print_key_fields(printer, object);
	printer->use = NULL;
	for (int i = 0; i < object->nfields && !printer->failed; i++)
	{
		const RrShapeField *field = &object->fields[i];

		if (field->kind == RR_SHAPE_JOIN)
			continue;
		if (field->sel->uses != NIL)
			print_field_in_fragments(printer, field, object->upstream->name);
		else
		{
			rr_enter_fragment(printer, NULL, object->upstream->name);
			print_field(printer, field, field->sel->nodes);
		}
		empty = false;
	}
	rr_enter_fragment(printer, NULL, object->upstream->name);
	printer->use = outer;
	if (empty)
		print_typename(printer);
}

void
rr_print_selection(RrPrinter *printer, const RrShape *shape)
{
	ListCell   *lc;

	check_stack_depth();
	if (shape->leaf)
		return;
	appendStringInfoString(printer->out, " {");
	if (shape->abstract)
		print_typename(printer);

	/*
	 * The types singled out come first, so that their answers have all fields
	 * in the order of the query.
	 */
	foreach(lc, shape->specific)
	{
		const RrObjectShape *object = lfirst(lc);

		appendStringInfo(printer->out, " ... on %s {", object->upstream->name);
		print_object(printer, object, false);
		appendStringInfoString(printer->out, " }");
	}
	print_object(printer, shape->base, shape->abstract);
	appendStringInfoString(printer->out, " }");
}
