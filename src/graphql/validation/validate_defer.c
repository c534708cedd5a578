/*
 * validate_defer.c: rules for @defer and @stream. The specification does not
 * have these directives yet, but schemas may define them.
 */
#include "postgres.h"

#include "graphql/validation/validate.h"

#define DEFER "defer"
#define STREAM "stream"

/* Spreads that an error is located at. */
#define MAX_SPREADS_SHOWN 1000

/* ---- search the selections of an operation, each fragment once ---- */

/* A selection set that the search is in. */
typedef struct SearchFrame
{
	const GqlSelectionSet *set;
	int			next;			/* index of the selection to look at next */
	const GqlSelection *spread; /* the spread that led here, or NULL */
} SearchFrame;

typedef struct Search
{
	GqlValidation *v;
	const GqlOperation *operation;
	GqlType    *root;			/* the operation's root type */
	SearchFrame *frames;		/* from the operation to the innermost set */
	int			n;
	int			max;
	int			stamp;			/* of the fragments that it has entered */
} Search;

static void
enter_set(Search *s, const GqlSelectionSet *set, const GqlSelection *spread)
{
	gql_make_room(s->frames, s->n, s->max);
	s->frames[s->n].set = set;
	s->frames[s->n].next = 0;
	s->frames[s->n++].spread = spread;
}

/* The fragment of a spread; NULL: none, or the search has entered it. */
static GqlDefInfo *
new_fragment(Search *s, const GqlSelection *spread)
{
	GqlDefInfo *fragment = gql_names_get(&s->v->fragments, spread->name.value);

	if (fragment == NULL || fragment->stamp == s->stamp)
		return NULL;
	fragment->stamp = s->stamp;
	return fragment;
}

/*
 * Call visit with each selection. It calls enter_set() for what is to be
 * searched inside.
 */
static void
search_operation(Search *s, void (*visit) (Search *s, const GqlSelection *selection))
{
	s->stamp = ++s->v->stamp;
	enter_set(s, s->operation->selection_set, NULL);
	while (s->n > 0 && gql_spend(s->v, 1))
	{
		SearchFrame *frame = &s->frames[s->n - 1];

		if (frame->next == list_length(frame->set->items))
			s->n--;
		else
			visit(s, list_nth(frame->set->items, frame->next++));
	}
}

/* Can the document use either directive? False is sure. */
static bool
may_defer(GqlValidation *v)
{
	return v->source == NULL || strstr(v->source, DEFER) != NULL ||
		strstr(v->source, STREAM) != NULL;
}

/* ---- none on root fields of mutations and subscriptions ---- */

static void
check_root_selection(Search *s, const GqlSelection *selection)
{
	const char *operation = s->operation->type == GQL_MUTATION ? "mutation" : "subscription";
	bool		field = selection->kind == GQL_FIELD;
	const char *name = field ? STREAM : DEFER;
	const GqlDirective *directive = gql_find_directive(selection->directives, name);
	const GqlSelectionSet *set = field ? NULL : selection->selection_set;

	if (selection->kind == GQL_FRAGMENT_SPREAD)
	{
		GqlDefInfo *fragment = new_fragment(s, selection);

		if (fragment == NULL)
			return;
		set = fragment->selection_set;
	}
	if (directive != NULL)
		gql_invalid(s->v, directive->loc, "%s directive cannot be used on root %s type \"%s\".",
					field ? "Stream" : "Defer", operation,
					s->root->name);
	if (set != NULL)
		enter_set(s, set, NULL);
}

void
gql_defer_stream_on_root_field(GqlWalk *w, const void *node)
{
	const GqlOperation *operation = ((const GqlDefInfo *) node)->operation;
	GqlType    *root = gql_schema_root(w->v->schema, operation->type);
	Search		s = {.v = w->v, .operation = operation, .root = root};

	if (operation->type != GQL_QUERY && s.root != NULL && may_defer(w->v))
		search_operation(&s, check_root_selection);
}

/* ---- none in subscriptions, unless their "if" can be false ---- */

static bool
can_be_false(const GqlDirective *directive)
{
	const GqlValue *value = gql_argument_get(directive->arguments, "if");

	if (value == NULL)
		return false;
	return value->kind == GQL_VALUE_VARIABLE ||
		(value->kind == GQL_VALUE_BOOLEAN && !value->boolean);
}

/* Can @skip or @include remove a selection? */
static bool
can_be_left_out(const GqlSelection *selection)
{
	const GqlDirective *skip = gql_find_directive(selection->directives, "skip");
	const GqlDirective *include = gql_find_directive(selection->directives, "include");
	const GqlValue *value = skip != NULL ? gql_argument_get(skip->arguments, "if") : NULL;

	if (skip != NULL && !(value != NULL && value->kind == GQL_VALUE_BOOLEAN && !value->boolean))
		return true;
	value = include != NULL ? gql_argument_get(include->arguments, "if") : NULL;
	return value != NULL && !(value->kind == GQL_VALUE_BOOLEAN && value->boolean);
}

static void
check_subscribed_selection(Search *s, const GqlSelection *selection)
{
	ListCell   *lc;

	if (can_be_left_out(selection))
		return;
	foreach(lc, selection->directives)
	{
		const GqlDirective *directive = lfirst(lc);
		bool		defer = strcmp(directive->name.value, DEFER) == 0;
		GqlError   *error;

		if ((!defer && strcmp(directive->name.value, STREAM) != 0) || can_be_false(directive))
			continue;
		error = gql_invalid(s->v, directive->loc,
							"%s directive not supported on subscription operations. Disable `@%s` by setting the `if` argument to `false`.",
							defer ? "Defer" : "Stream", directive->name.value);
		for (int i = s->n - 1; i >= Max(0, s->n - MAX_SPREADS_SHOWN); i--)
		{
			if (s->frames[i].spread != NULL)
				gql_invalid_also(s->v, error, s->frames[i].spread->loc);
		}
	}
	if (selection->kind == GQL_FRAGMENT_SPREAD)
	{
		GqlDefInfo *fragment = new_fragment(s, selection);

		if (fragment != NULL)
			enter_set(s, fragment->selection_set, selection);
	}
	else if (selection->selection_set != NULL)
		enter_set(s, selection->selection_set, NULL);
}

void
gql_defer_stream_on_valid_operations(GqlWalk *w, const void *node)
{
	Search		s = {.v = w->v, .operation = ((const GqlDefInfo *) node)->operation};

	if (s.operation->type == GQL_SUBSCRIPTION && may_defer(w->v))
		search_operation(&s, check_subscribed_selection);
}

/* ---- labels ---- */

typedef struct Label
{
	const char *text;
	const GqlDirective *directive;
} Label;

gql_starts_with_name(Label, text);

void
gql_defer_stream_label(GqlWalk *w, const void *node)
{
	const GqlDirective *directive = node;
	const GqlValue *value;
	Label	   *label;

	if (strcmp(directive->name.value, DEFER) != 0 && strcmp(directive->name.value, STREAM) != 0)
		return;
	value = gql_argument_get(directive->arguments, "label");
	if (value == NULL || value->kind == GQL_VALUE_NULL)
		return;
	if (value->kind != GQL_VALUE_STRING)
	{
		gql_invalid(w->v, directive->loc, "Argument \"@%s(label:)\" must be a static string.",
					directive->name.value);
		return;
	}
	label = gql_names_get(&w->v->defer_labels, value->text);
	if (label != NULL)
	{
		GqlError   *error = gql_invalid(w->v, label->directive->loc,
										"Value for arguments \"defer(label:)\" and \"stream(label:)\" must be "
										"unique across all Defer/Stream directive usages.");

		gql_invalid_also(w->v, error, directive->loc);
	}
	else
	{
		label = palloc(sizeof(Label));
		label->text = value->text;
		label->directive = directive;
		gql_names_add(&w->v->defer_labels, label);
	}
}

/* ---- @stream stands on lists ---- */

void
gql_stream_on_list_field(GqlWalk *w, const void *node)
{
	const GqlDirective *directive = node;
	const GqlTypeRef *type;

	if (w->field_def == NULL || w->parent_type == NULL ||
		strcmp(directive->name.value, STREAM) != 0)
		return;
	type = w->field_def->type;
	if (type->kind != GQL_TYPE_LIST && !(type->kind == GQL_TYPE_NON_NULL &&
										 type->of->kind == GQL_TYPE_LIST))
		gql_invalid(w->v, directive->loc,
					"Directive \"@stream\" cannot be used on non-list field \"%s.%s\".",
					w->parent_type->name,
					w->field_def->name);
}
