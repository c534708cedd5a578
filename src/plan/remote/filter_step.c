/*
 * filter_step.c: steps whose values a statement needs before it can run: for
 * conditions on remote fields, and to sort by them.
 *
 * A root field has one such step for each relationship, whatever asks for it.
 * What it has to ask for is known when the root field is compiled: then
 * rr_finish_filters() makes its document. A join field of the selection
 * answers from the same step where it can, so that no value is asked for
 * twice. What it does not have itself gets aliases of its own, and is taken
 * out of the values before the answer is put together (join/ask_filters.c).
 */
#include "postgres.h"

#include "miscadmin.h"

#include "plan/remote/step.h"

/* ---- what is needed ---- */

static GqlSelection *
make_field(const char *name, const char *alias)
{
	GqlSelection *field = palloc0(sizeof(GqlSelection));

	field->kind = GQL_FIELD;
	field->loc = field->name.loc = field->alias.loc = -1;
	field->name.value = name;
	field->alias.value = alias;
	return field;
}

static GqlSelectionSet *
make_set(void)
{
	GqlSelectionSet *set = palloc0(sizeof(GqlSelectionSet));

	set->loc = -1;
	return set;
}

static const char *
filter_alias(const char *name)
{
	return psprintf(RR_WIRE_FILTER_FIELD, name);
}

/* ---- what the selection has anyway ---- */

/* Is a field called as it would be for a condition? */
static bool
is_alike(const GqlFieldSel *field)
{
	ListCell   *lc;

	foreach(lc, field->nodes)
	{
		const GqlSelection *node = lfirst(lc);

		if (node->arguments != NIL || node->directives != NIL)
			return false;
	}
	return field->uses == NIL;
}

/*
 * Is all below a field of a remote type a value of its own, without further
 * joins? Values that have some are asked for only where the row is shown.
 */
static bool
has_values_only(RrPlanner *planner, const GqlFieldSel *field)
{
	GqlType    *type = gql_named_type(field->def->type);
	ListCell   *lc;

	check_stack_depth();
	if (gql_is_leaf(type))
		return true;
	if (type->kind != GQL_OBJECT)
		return false;
	foreach(lc, gql_collect_subfields(planner->request, type, field))
	{
		const GqlFieldSel *inner = lfirst(lc);

		if (gql_is_introspection_field(inner->def))
			continue;
		if (((const RrField *) inner->def->data)->kind != RR_FIELD_REMOTE ||
			!has_values_only(planner, inner))
			return false;
	}
	return true;
}

/*
 * The field of the selection that will share the step of a join field; NULL:
 * none is known yet.
 */
static const GqlFieldSel *
find_shown(RrPlanner *planner, const GqlFieldDef *field)
{
	ListCell   *lc;

	if (planner->filtered == NULL)
		return NULL;
	foreach(lc, gql_collect_subfields(planner->request,
									  gql_named_type(planner->filtered->def->type),
									  planner->filtered))
	{
		const GqlFieldSel *shown = lfirst(lc);

		if (shown->def == field && is_alike(shown) && has_values_only(planner, shown))
			return shown;
	}
	return NULL;
}

/* The response key of a leaf that the selection has of the value; or NULL. */
static const char *
shown_member(RrPlanner *planner, const RrFilter *filter, const GqlFieldDef *field)
{
	ListCell   *lc;

	if (filter->shown == NULL || !gql_is_leaf(gql_named_type(field->type)))
		return NULL;
	foreach(lc, gql_collect_subfields(planner->request, gql_named_type(filter->field->type),
									  filter->shown))
	{
		const GqlFieldSel *shown = lfirst(lc);

		if (shown->def == field && is_alike(shown))
			return shown->key;
	}
	return NULL;
}

RrFilter   *
rr_get_filter(RrPlanner *planner, GqlFieldDef *field)
{
	RrFilter   *filter;
	ListCell   *lc;

	foreach(lc, planner->filters)
	{
		filter = lfirst(lc);
		if (filter->field == field)
			return filter;
	}
	filter = palloc0(sizeof(RrFilter));
	filter->field = field;
	filter->step = rr_make_filter_step(planner, field->data);
	filter->needed = make_set();
	filter->shown = find_shown(planner, field);
	planner->filters = lappend(planner->filters, filter);
	return filter;
}

GqlSelectionSet *
rr_filter_need(RrPlanner *planner, RrFilter *filter, GqlSelectionSet *set,
			   const GqlFieldDef *field, const char **member)
{
	const char *shown = set == filter->needed ? shown_member(planner, filter, field) : NULL;
	GqlSelection *selection;
	ListCell   *lc;

	*member = set == filter->needed ? filter_alias(field->name) : field->name;
	if (shown != NULL)
	{
		*member = shown;
		filter->step->filter_members = lappend(filter->step->filter_members,
											   unconstify(char *, shown));
		return NULL;
	}

	foreach(lc, set->items)
	{
		selection = lfirst(lc);
		if (strcmp(selection->name.value, field->name) == 0)
			return selection->selection_set;
	}
	selection = make_field(field->name, *member);
	if (gql_is_composite(gql_named_type(field->type)))
		selection->selection_set = make_set();
	set->items = lappend(set->items, selection);
	return selection->selection_set;
}

/* An object of which only the presence matters has to select something. */
static void
select_something(GqlSelectionSet *set, bool top)
{
	ListCell   *lc;

	if (set->items == NIL)
		set->items = list_make1(make_field("__typename",
										   top ? filter_alias("__typename") : NULL));
	foreach(lc, set->items)
	{
		GqlSelection *field = lfirst(lc);

		if (field->selection_set != NULL)
			select_something(field->selection_set, false);
	}
}

/* ---- one step for the condition and the selection ---- */

/* Do two fields select the same, wherever they stand? */
static bool
have_same_nodes(const GqlFieldSel *a, const GqlFieldSel *b)
{
	if (list_length(a->nodes) != list_length(b->nodes))
		return false;
	for (int i = 0; i < list_length(a->nodes); i++)
		if (list_nth(a->nodes, i) != list_nth(b->nodes, i))
			return false;
	return true;
}

/* The filter whose step can answer a join field of the selection; or NULL. */
static RrFilter *
find_unselected(RrPlanner *planner, const GqlFieldSel *field)
{
	ListCell   *lc;

	foreach(lc, planner->filters)
	{
		RrFilter   *filter = lfirst(lc);

		if (filter->field == field->def && filter->selected == NULL &&
			(filter->shown == NULL || have_same_nodes(filter->shown, field)))
			return filter;
	}
	return NULL;
}

RrStep	   *
rr_plan_join(RrPlanner *planner, const GqlFieldSel *field)
{
	RrFilter   *filter = planner->parent == NULL && is_alike(field)
	? find_unselected(planner, field) : NULL;
	int			nsteps = list_length(planner->steps);
	RrStep	   *step = rr_plan_shared_join(planner, field);

	/*
	 * Further joins inside are asked for only where the row is shown, so such
	 * a value has a step of its own.
	 */
	if (step == NULL || filter == NULL || list_length(planner->steps) > nsteps + 1)
		return step;
	planner->steps = list_truncate(planner->steps, nsteps);
	filter->selected = field;
	return filter->step;
}

/* ---- the steps ---- */

static GqlFieldSel *
make_field_sel(RrPlanner *planner, const RrFilter *filter)
{
	GqlFieldSel *field = palloc0(sizeof(GqlFieldSel));
	GqlSelection *node = make_field(filter->field->name, NULL);
	GqlArgument *argument = rr_filter_argument(planner, filter);

	if (argument != NULL)
		node->arguments = list_make1(argument);
	field->key = filter->field->name;
	field->def = filter->field;
	field->nodes = list_make1(node);
	return field;
}

static bool
finish_filter(RrPlanner *planner, RrFilter *filter)
{
	const GqlFieldSel *field = filter->selected != NULL ? filter->selected
	: make_field_sel(planner, filter);
	List	   *sets = NIL;

	if (gql_is_composite(gql_named_type(filter->field->type)))
	{
		if (filter->selected == NULL)
			select_something(filter->needed, true);
		sets = lappend(list_copy(gql_field_selection_sets(field)), filter->needed);
	}
	filter->step->selected = filter->selected != NULL;
	filter->step->hides_members = filter->selected != NULL && filter->needed->items != NIL;
	return rr_finish_join_step(planner, filter->step, field, sets);
}

bool
rr_finish_filters(RrPlanner *planner)
{
	ListCell   *lc;

	foreach(lc, planner->filters)
	{
		if (!finish_filter(planner, lfirst(lc)))
			return false;
	}
	return true;
}

List	   *
rr_filter_steps(const RrPlanner *planner)
{
	List	   *steps = NIL;
	ListCell   *lc;

	foreach(lc, planner->filters)
		steps = lappend(steps, ((const RrFilter *) lfirst(lc))->step);
	return steps;
}
