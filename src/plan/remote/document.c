/*
 * document.c: the documents that go to remote schemas.
 *
 * The text depends on the query and the number of keys only, never on a value
 * of a key: those travel as variables, so an upstream that caches parsed
 * documents by their text finds every full batch there. Names in it are the
 * remote's own.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/hsearch.h"

#include "plan/remote/step.h"
#include "schema/permission/permission.h"

typedef struct Printer
{
	RrPlanner  *planner;
	RrStep	   *step;
	StringInfo	out;
	const GqlFragmentUse *use;	/* the fragment that out is in */
	List	   *outer;			/* StringInfo: where it goes on behind the
								 * fragments that are being defined, innermost
								 * first */
	HTAB	   *passed;			/* PassedUse: what passed_use() has said */
	int			nfragments;
	int			again;			/* in a field that is printed for a second or
								 * further time */
	StringInfoData fragments;	/* their definitions, as far as they are whole */
	bool		failed;			/* an error was filed */
} Printer;

/* For GqlNames. */
typedef struct Text
{
	const char *name;
} Text;

typedef struct PassedUse
{
	const GqlFragmentUse *use;
	const GqlFragmentUse *passed;
} PassedUse;

static void print_object(Printer *p, const RrObjectShape *object, bool typed);

/* ---- variables of the query ---- */

static void
use_variable(RrStep *step, const char *name)
{
	Text	   *item;

	if (step->used.cxt == NULL)
		gql_names_init(&step->used, CurrentMemoryContext);
	if (gql_names_get(&step->used, name) != NULL)
		return;
	item = palloc(sizeof(Text));
	item->name = name;
	gql_names_add(&step->used, item);
	step->variables = lappend(step->variables, unconstify(char *, name));
}

static bool
use_if_variable(const GqlValue *value, void *arg)
{
	if (value->kind == GQL_VALUE_VARIABLE)
		use_variable(arg, value->text);
	return false;
}

/* Remember which of the query's variables a value uses. */
static void
use_variables(RrStep *step, const GqlValue *value)
{
	gql_value_walk(value, use_if_variable, step);
}

/* A type as the query spells it, in the remote's names. */
static void
print_upstream_type(const RrStep *step, StringInfo out, const GqlTypeNode *type)
{
	const GqlType *upstream;

	switch (type->kind)
	{
		case GQL_TYPE_LIST:
			appendStringInfoChar(out, '[');
			print_upstream_type(step, out, type->of);
			appendStringInfoChar(out, ']');
			break;
		case GQL_TYPE_NON_NULL:
			print_upstream_type(step, out, type->of);
			appendStringInfoChar(out, '!');
			break;
		case GQL_TYPE_NAMED:
			upstream = rr_remote_upstream_type(step->remote, type->name);
			appendStringInfoString(out, upstream ? upstream->name : type->name);
			break;
	}
}

/*
 * Looked for from the definition on that was found last: variables are mostly
 * used in the order of their definitions.
 */
static const GqlVariableDef *
variable_def(const GqlRequest *request, const char *name, int *last)
{
	int			n = list_length(request->operation->variables);

	for (int i = 0; i < n; i++)
	{
		int			at = (*last + i) % n;
		const GqlVariableDef *def = list_nth(request->operation->variables, at);

		if (strcmp(def->name.value, name) == 0)
		{
			*last = at;
			return def;
		}
	}
	elog(ERROR, "variable \"%s\" is not defined", name);
}

/* ---- arguments ---- */

static void
append_arguments(StringInfo out, List *arguments)
{
	const char *separator = "(";
	ListCell   *lc;

	foreach(lc, arguments)
	{
		const GqlArgument *argument = lfirst(lc);

		appendStringInfo(out, "%s%s: ", separator, argument->name.value);
		gql_print_value(out, argument->value);
		separator = ", ";
	}
	if (arguments != NIL)
		appendStringInfoChar(out, ')');
}

static void
use_argument_variables(RrStep *step, List *arguments)
{
	ListCell   *lc;

	foreach(lc, arguments)
		use_variables(step, ((const GqlArgument *) lfirst(lc))->value);
}

static const GqlValue *
given_argument(const GqlFieldSel *field, const char *name)
{
	const GqlSelection *node = linitial(field->nodes);

	return gql_argument_get(node->arguments, name);
}

/*
 * What the query gives for an argument, coerced, or the argument's default: a
 * plan with it is good for equal variables only. NULL for nothing.
 */
static const GqlValue *
coerced_argument(Printer *p, const GqlFieldSel *field, const char *name)
{
	const GqlValue *given = given_argument(field, name);
	const GqlArgumentValue *value;
	GqlNames	coerced;

	if (given != NULL && gql_contains_variable(given))
		p->planner->depends_on_values = true;
	gql_names_init(&coerced, CurrentMemoryContext);
	if (!gql_coerce_arguments(p->planner->request, field, &coerced, p->planner->errors))
	{
		p->failed = true;
		return NULL;
	}
	value = gql_names_get(&coerced, name);
	return value ? value->value : NULL;
}

static char *
print_to_text(const GqlValue *value)
{
	StringInfoData text;

	initStringInfo(&text);
	gql_print_value(&text, value);
	return text.data;
}

static bool
same_text(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/*
 * Do two arguments get one value? An interface's and its objects' do, where
 * the query gives the same.
 */
static bool
same_preset(const RrPresetArgument *a, const RrPresetArgument *b)
{
	return (a->def == b->def ||
			(strcmp(gql_type_to_string(a->def->type), gql_type_to_string(b->def->type)) == 0 &&
			 same_text(rr_preset_text(a->def->node), rr_preset_text(b->def->node)))) &&
		same_text(a->given ? print_to_text(a->given) : NULL, b->given ? print_to_text(b->given)
				  : NULL);
}

/*
 * "$rr__p0" for an argument of which something is preset: the same one for
 * equal values, or fields that are merged would have different arguments.
 */
static char *
preset_variable(Printer *p, const GqlInputValueDef *def, const GqlValue *given)
{
	RrPresetArgument *preset = palloc0(sizeof(RrPresetArgument));
	ListCell   *lc;

	preset->def = def;
	preset->given = given;
	foreach(lc, p->step->preset_arguments)
		if (same_preset(lfirst(lc), preset))
		return psprintf("$" RR_WIRE_PREFIX "p%d", foreach_current_index(lc));
	p->step->preset_arguments = lappend(p->step->preset_arguments, preset);
	return psprintf("$" RR_WIRE_PREFIX "p%d", list_length(p->step->preset_arguments) - 1);
}

/*
 * What a query could say in order to get around presets: null, an empty
 * object, no element of a list that may as well be left out.
 */
static bool
is_nothing(const GqlValue *given, const GqlTypeRef *type)
{
	if (given->kind == GQL_VALUE_LIST)
		return given->items == NIL && type->kind != GQL_TYPE_NON_NULL;
	return given->kind == GQL_VALUE_NULL || (given->kind == GQL_VALUE_OBJECT &&
											 given->items == NIL);
}

/*
 * An argument's value as it stands in the text, the same for all keys; NULL
 * when nothing is sent. field is where the query gives it; NULL for fields
 * that the query does not select itself.
 */
static char *
argument_text(Printer *p, const GqlFieldSel *field, const GqlInputValueDef *def)
{
	GqlSchema  *upstream = p->step->remote->upstream;
	const GqlValue *given = field ? given_argument(field, def->name) : NULL;

	if (p->step->remote->restricted && rr_has_presets(upstream, def))
	{
		bool		gives = rr_gives_presets(upstream, def);

		given = field ? coerced_argument(p, field, def->name) : NULL;
		if (given != NULL && gives && is_nothing(given, def->type) &&
			!rr_presets_require(upstream, def))
			given = NULL;
		return given != NULL || gives ? preset_variable(p, def, given) : NULL;
	}
	if (given == NULL)
		return NULL;
	use_variables(p->step, given);
	return print_to_text(given);
}

/* The arguments of a field of the upstream. */
static void
print_upstream_arguments(Printer *p, const GqlFieldSel *sel, const GqlFieldDef *upstream)
{
	const char *separator = "(";

	gql_foreach(GqlInputValueDef, def, &upstream->args)
	{
		const char *text = argument_text(p, sel, def);

		if (text == NULL)
			continue;
		appendStringInfo(p->out, "%s%s: %s", separator, def->name, text);
		separator = ", ";
	}
	if (separator[0] == ',')
		appendStringInfoChar(p->out, ')');
}

static void
print_field_arguments(Printer *p, const RrShapeField *field)
{
	const GqlSelection *node = linitial(field->sel->nodes);

	if (p->step->remote->restricted && field->kind == RR_SHAPE_VALUE)
	{
		print_upstream_arguments(p, field->sel, field->upstream);
		return;
	}
	use_argument_variables(p->step, node->arguments);
	append_arguments(p->out, node->arguments);
}

/* ---- directives ---- */

/*
 * The upstream's definition of a directive that goes there; NULL for one that
 * does not. @skip and @include have been obeyed, and so, in its way, has been
 * what asks for an answer in pieces.
 */
static GqlDirectiveDef *
passed_directive(const RrStep *step, const GqlDirective *directive,
				 GqlDirectiveLocation location)
{
	static const char *const obeyed[] = {"skip", "include", "defer", "stream"};
	GqlDirectiveDef *def = gql_names_get(&step->remote->upstream->directives,
										 directive->name.value);

	for (int i = 0; i < (int) lengthof(obeyed); i++)
		if (strcmp(directive->name.value, obeyed[i]) == 0)
			return NULL;
	return def && (def->locations & (1 << location)) ? def : NULL;
}

static bool
passes_any(const RrStep *step, List *directives, GqlDirectiveLocation location)
{
	ListCell   *lc;

	foreach(lc, directives)
		if (passed_directive(step, lfirst(lc), location) != NULL)
		return true;
	return false;
}

static void
append_directive(StringInfo out, const GqlDirective *directive)
{
	appendStringInfo(out, " @%s", directive->name.value);
	append_arguments(out, directive->arguments);
}

static void
append_directives(StringInfo out, RrStep *step, List *directives, GqlDirectiveLocation location)
{
	ListCell   *lc;

	foreach(lc, directives)
	{
		const GqlDirective *directive = lfirst(lc);

		if (passed_directive(step, directive, location) == NULL)
			continue;
		use_argument_variables(step, directive->arguments);
		append_directive(out, directive);
	}
}

/*
 * Nodes that became one field say the same once, and one thing only where a
 * directive must not be repeated.
 */
static void
print_field_directives(Printer *p, List *nodes)
{
	GqlNames	said;			/* Text */
	GqlNames	defs;
	ListCell   *lc;
	ListCell   *lc2;

	gql_names_init(&said, CurrentMemoryContext);
	gql_names_init(&defs, CurrentMemoryContext);
	foreach(lc, nodes)
	{
		List	   *here = NIL;

		foreach(lc2, ((const GqlSelection *) lfirst(lc))->directives)
		{
			const GqlDirective *directive = lfirst(lc2);
			GqlDirectiveDef *def = passed_directive(p->step, directive, GQL_LOC_FIELD);
			StringInfoData text;
			Text	   *item;

			if (def == NULL || (!gql_names_add(&defs, def) && !def->repeatable))
				continue;
			initStringInfo(&text);
			append_directive(&text, directive);
			if (gql_names_get(&said, text.data) != NULL)
				continue;
			use_argument_variables(p->step, directive->arguments);
			appendStringInfoString(p->out, text.data);
			item = palloc(sizeof(Text));
			item->name = text.data;
			here = lappend(here, item);
		}
		foreach(lc2, here)
			gql_names_add(&said, lfirst(lc2));
	}
}

/*
 * ---- fragments: those with directives that go upstream; others are resolved
 * ----
 */

static bool
fragment_passes(const RrStep *step, const GqlFragmentUse *use)
{
	if (use->fragment == NULL)
		return passes_any(step, use->node->directives, GQL_LOC_INLINE_FRAGMENT);
	return passes_any(step, use->node->directives, GQL_LOC_FRAGMENT_SPREAD) ||
		passes_any(step, use->fragment->directives, GQL_LOC_FRAGMENT_DEFINITION);
}

static PassedUse *
enter_passed(Printer *p, const GqlFragmentUse *use, bool *found)
{
	HASHCTL		info = {.keysize = sizeof(use), .entrysize = sizeof(PassedUse),
	.hcxt = CurrentMemoryContext};

	if (p->passed == NULL)
		p->passed = hash_create("remote_rel fragments", 64, &info,
								HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	return hash_search(p->passed, &use, HASH_ENTER, found);
}

/*
 * The innermost fragment from here outwards that goes upstream. Each is looked
 * at once, however many fields are in it.
 */
static const GqlFragmentUse *
passed_use(Printer *p, const GqlFragmentUse *use)
{
	const GqlFragmentUse *passed = NULL;
	List	   *asked = NIL;
	ListCell   *lc;

	for (; use != NULL && passed == NULL; use = use->outer)
	{
		bool		found;
		PassedUse  *entry = enter_passed(p, use, &found);

		if (found)
		{
			passed = entry->passed;
			break;
		}
		if (fragment_passes(p->step, use))
			passed = use;
		asked = lappend(asked, entry);
	}
	foreach(lc, asked)
		((PassedUse *) lfirst(lc))->passed = passed;
	list_free(asked);
	return passed;
}

static void
open_fragment(Printer *p, const GqlFragmentUse *use, const char *type)
{
	StringInfo	definition;

	if (use->fragment == NULL)
	{
		appendStringInfoString(p->out, " ...");
		append_directives(p->out, p->step, use->node->directives, GQL_LOC_INLINE_FRAGMENT);
		appendStringInfoString(p->out, " {");
	}
	else
	{
		definition = makeStringInfo();
		appendStringInfo(p->out, " ...G%d", p->nfragments);
		append_directives(p->out, p->step, use->node->directives, GQL_LOC_FRAGMENT_SPREAD);
		appendStringInfo(definition, " fragment G%d on %s", p->nfragments++, type);
		append_directives(definition, p->step, use->fragment->directives,
						  GQL_LOC_FRAGMENT_DEFINITION);
		appendStringInfoString(definition, " {");
		p->outer = lcons(p->out, p->outer);
		p->out = definition;
	}
	p->use = use;
}

static void
close_fragment(Printer *p)
{
	appendStringInfoString(p->out, " }");
	if (p->use->fragment != NULL)
	{
		appendStringInfoString(&p->fragments, p->out->data);
		p->out = linitial(p->outer);
		p->outer = list_delete_first(p->outer);
	}
	p->use = passed_use(p, p->use->outer);
}

static bool
is_within(const GqlFragmentUse *use, const GqlFragmentUse *outer)
{
	while (use != NULL && use != outer)
		use = use->outer;
	return use == outer;
}

static void
open_fragments(Printer *p, const GqlFragmentUse *use, const char *type)
{
	check_stack_depth();
	if (use == p->use)
		return;
	open_fragments(p, passed_use(p, use->outer), type);
	open_fragment(p, use, type);
}

/*
 * Be in this fragment, of an object of that type: leave those that it is not
 * in, enter those that it is in.
 */
static void
go_to_fragment(Printer *p, const GqlFragmentUse *use, const char *type)
{
	while (!is_within(use, p->use))
		close_fragment(p);
	open_fragments(p, use, type);
}

/* ---- selections ---- */

static void
print_selection(Printer *p, const RrShape *shape)
{
	ListCell   *lc;

	check_stack_depth();
	if (shape->leaf)
		return;
	appendStringInfoString(p->out, " {");
	if (shape->abstract)
		appendStringInfoString(p->out, " " RR_WIRE_TYPENAME ": __typename");

	/*
	 * First the types singled out, so that their answers have all fields in
	 * the order of the query.
	 */
	foreach(lc, shape->specific)
	{
		const RrObjectShape *object = lfirst(lc);

		appendStringInfo(p->out, " ... on %s {", object->upstream->name);
		print_object(p, object, false);
		appendStringInfoString(p->out, " }");
	}
	print_object(p, shape->base, shape->abstract);
	appendStringInfoString(p->out, " }");
}

/* A field, as the nodes that stand in one fragment have it. */
static void
print_field(Printer *p, const RrShapeField *field, List *nodes)
{
	const char *name = field->kind == RR_SHAPE_TYPENAME ? "__typename" : field->upstream->name;

	appendStringInfoChar(p->out, ' ');
	if (strcmp(field->alias, name) != 0)
		appendStringInfo(p->out, "%s: ", field->alias);
	appendStringInfoString(p->out, name);
	print_field_arguments(p, field);
	print_field_directives(p, nodes);
	if (field->kind == RR_SHAPE_VALUE)
		print_selection(p, field->shape);
}

static void
print_field_in(Printer *p, const RrShapeField *field, const GqlFragmentUse *use, const char *type,
			   List *nodes, bool again)
{
	if (again && !rr_count_fields(p->planner, 1))
		p->failed = true;
	p->again += again;
	go_to_fragment(p, use, type);
	if (!p->failed)
		print_field(p, field, nodes);
	p->again -= again;
}

/* The nodes that stand in fragments that go upstream: once in each of them. */
static void
print_field_inside(Printer *p, const RrShapeField *field, const char *type, bool again)
{
	const GqlFragmentUse *use = NULL;
	List	   *nodes = NIL;
	ListCell   *lc;
	ListCell   *lc2;

	forboth(lc, field->sel->uses, lc2, field->sel->nodes)
	{
		const GqlFragmentUse *next = passed_use(p, lfirst(lc));

		if (next == NULL)
			continue;
		if (nodes != NIL && next != use)
		{
			print_field_in(p, field, use, type, nodes, again);
			nodes = NIL;
			again = true;
		}
		use = next;
		nodes = lappend(nodes, lfirst(lc2));
	}
	if (nodes != NIL)
		print_field_in(p, field, use, type, nodes, again);
}

/*
 * A field of which some nodes stand in fragments. First where it stands first:
 * what is next to it may be in the same one.
 */
static void
print_field_in_fragments(Printer *p, const RrShapeField *field, const char *type)
{
	bool		begins_outside = passed_use(p, linitial(field->sel->uses)) == NULL;
	List	   *outside = NIL;
	ListCell   *lc;
	ListCell   *lc2;

	forboth(lc, field->sel->uses, lc2, field->sel->nodes)
		if (passed_use(p, lfirst(lc)) == NULL)
		outside = lappend(outside, lfirst(lc2));
	if (begins_outside)
		print_field_in(p, field, NULL, type, outside, false);
	print_field_inside(p, field, type, begins_outside);
	if (!begins_outside && outside != NIL)
		print_field_in(p, field, NULL, type, outside, true);
}

/* typed: the selection has its type's name already. */
static void
print_object(Printer *p, const RrObjectShape *object, bool typed)
{
	const GqlFragmentUse *outer = p->use;
	bool		empty = !typed;

	CHECK_FOR_INTERRUPTS();
	if (p->again > 0 && !rr_count_fields(p->planner, object->nfields))
		p->failed = true;
	for (int i = 0; i < object->nkeys; i++)
	{
		appendStringInfo(p->out, " %s: %s", object->key_aliases[i], object->keys[i]->name);
		print_upstream_arguments(p, NULL, object->keys[i]);
		empty = false;
	}
	p->use = NULL;
	for (int i = 0; i < object->nfields && !p->failed; i++)
	{
		const RrShapeField *field = &object->fields[i];

		if (field->kind == RR_SHAPE_JOIN)
			continue;
		if (field->sel->uses != NIL)
			print_field_in_fragments(p, field, object->upstream->name);
		else
		{
			go_to_fragment(p, NULL, object->upstream->name);
			print_field(p, field, field->sel->nodes);
		}
		empty = false;
	}
	go_to_fragment(p, NULL, object->upstream->name);
	p->use = outer;
	if (empty)
		appendStringInfoString(p->out, " " RR_WIRE_TYPENAME ": __typename");
}

/* ---- the calls of a path ---- */

/*
 * The join key whose strings need no coercion to be this argument, or by list
 * an element of it; -1: none.
 */
static int
passthrough_key(const RrStep *step, const GqlValue *template, const GqlTypeRef *type)
{
	type = gql_nullable_type(type);
	if (rr_batch_kind(step) != RR_BATCH_ALIASES)
	{
		if (type->kind != GQL_TYPE_LIST)
			return -1;
		type = gql_nullable_type(type->of);
		if (template->kind == GQL_VALUE_LIST && list_length(template->items) == 1)
			template = linitial(template->items);
	}
	if (template->kind != GQL_VALUE_VARIABLE || type->kind == GQL_TYPE_LIST ||
		!type->type->builtin ||
		(strcmp(type->type->name, "String") != 0 && strcmp(type->type->name, "ID") != 0))
		return -1;
	return rr_remote_join_key(step->join, template->text);
}

/*
 * One argument: the relationship's template, the query's value, the
 * permission's presets, or several of them together. What only the query gives
 * stands in the text as the query has it; what the relationship gives is a
 * variable of the key.
 */
static void
add_argument(Printer *p, RrFieldCall *call, const GqlInputValueDef *def, const GqlValue *template,
			 bool innermost)
{
	const GqlFieldSel *field = innermost ? p->step->field : NULL;
	RrCallArgument *argument = palloc0(sizeof(RrCallArgument));

	argument->name = def->name;
	argument->key_argument = -1;
	if (template != NULL)
	{
		RrKeyArgument *key = palloc0(sizeof(RrKeyArgument));
		const GqlValue *value = field && given_argument(field, def->name)
		? coerced_argument(p, field, def->name) : NULL;

		key->def = def;
		key->type = gql_type_to_string(def->type);
		key->error_prefix = psprintf("The key does not fit argument \"%s\" of remote schema \"%s\"",
									 def->name, p->step->remote->def->name);
		key->template = template;
		key->given = value && value->kind == GQL_VALUE_OBJECT ? value : NULL;
		key->presets = p->step->remote->restricted && rr_has_presets(p->step->remote->upstream,
																	 def);
		key->passthrough_key = key->presets ? -1 : passthrough_key(p->step, template, def->type);
		argument->key_argument = list_length(p->step->key_arguments);
		p->step->key_arguments = lappend(p->step->key_arguments, key);
	}
	else
	{
		argument->text = argument_text(p, field, def);
		if (argument->text == NULL)
			return;
	}
	call->arguments = lappend(call->arguments, argument);
}

static const char *
join_directives(Printer *p)
{
	StringInfoData text;

	initStringInfo(&text);
	p->out = &text;
	print_field_directives(p, p->step->field->nodes);
	return text.data;
}

static void
prepare_path(Printer *p)
{
	const RrToRemoteSchema *to = p->step->join->relationship->to_remote_schema;

	for (int i = 0; i < list_length(to->remote_field); i++)
	{
		bool		innermost = i == list_length(to->remote_field) - 1;
		const RrRemoteFieldStep *given = list_nth(to->remote_field, i);
		GqlFieldDef *def = list_nth(p->step->join->path, i);
		RrFieldCall *call = palloc0(sizeof(RrFieldCall));

		call->field = def->name;
		gql_foreach(GqlInputValueDef, arg, &def->args)
			add_argument(p, call, arg, gql_object_get(given->arguments, arg->name), innermost);
		call->directives = innermost ? join_directives(p) : "";
		p->step->path = lappend(p->step->path, call);
	}
}

/* Names of ours are those of values that the query has no say in. */
static bool
check_variable_names(RrPlanner *planner, const RrStep *step)
{
	bool		ok = true;
	int			last = 0;
	ListCell   *lc;

	foreach(lc, step->variables)
	{
		const char *name = lfirst(lc);

		if (strncmp(name, RR_WIRE_PREFIX, strlen(RR_WIRE_PREFIX)) != 0)
			continue;
		gql_error_at(planner->errors, planner->request->document->source,
					 variable_def(planner->request, name, &last)->variable_loc,
					 "Variable \"$%s\" is reserved: it starts with \"%s\".", name, RR_WIRE_PREFIX);
		ok = false;
	}
	return ok;
}

bool
rr_document_prepare(RrPlanner *planner, RrStep *step)
{
	StringInfoData selection;
	StringInfoData directives;
	Printer		p = {.planner = planner, .step = step, .out = &selection};

	initStringInfo(&selection);
	initStringInfo(&p.fragments);
	initStringInfo(&directives);
	print_selection(&p, step->shape);
	append_directives(&directives, step, planner->request->operation->directives, step->mutation
					  ? GQL_LOC_MUTATION : GQL_LOC_QUERY);
	step->selection = selection.data;
	step->fragments = p.fragments.data;
	step->directives = directives.data;
	if (step->kind == RR_STEP_JOIN)
	{
		if (!step->shape->leaf)
			step->fragment_type = step->shape->base->upstream->name;
		prepare_path(&p);
	}
	return check_variable_names(planner, step) && !p.failed;
}

/* ---- whole documents ---- */

static void
print_variable_definitions(const GqlRequest *request, const RrStep *step, int nkeys,
						   StringInfo out)
{
	const char *separator = "(";
	int			last = 0;
	ListCell   *lc;

	foreach(lc, step->variables)
	{
		const char *name = lfirst(lc);
		const GqlVariableDef *def = variable_def(request, name, &last);

		appendStringInfo(out, "%s$%s: ", separator, name);
		print_upstream_type(step, out, def->type);
		if (def->default_value != NULL)
		{
			/*
			 * its value is always sent; but only with a default may a
			 * nullable variable stand where null may not
			 */
			appendStringInfoString(out, " = ");
			gql_print_value(out, def->default_value);
		}
		append_directives(out, unconstify(RrStep *, step), def->directives,
						  GQL_LOC_VARIABLE_DEFINITION);
		separator = ", ";
	}
	foreach(lc, step->preset_arguments)
	{
		const RrPresetArgument *preset = lfirst(lc);

		appendStringInfo(out, "%s$" RR_WIRE_PREFIX "p%d: %s", separator,
						 foreach_current_index(lc), gql_type_to_string(preset->def->type));
		separator = ", ";
	}
	for (int i = 0; i < nkeys; i++)
		foreach(lc, step->key_arguments)
	{
		const RrKeyArgument *argument = lfirst(lc);

		appendStringInfo(out, "%s$" RR_WIRE_PREFIX "%d_%d: %s", separator, i,
						 foreach_current_index(lc), argument->type);
		separator = ", ";
	}
	if (separator[0] == ',')
		appendStringInfoChar(out, ')');
}

static void
print_calls(const RrStep *step, int key, StringInfo out)
{
	ListCell   *lc;

	foreach(lc, step->path)
	{
		const RrFieldCall *call = lfirst(lc);
		const char *separator = "(";
		ListCell   *arg;

		appendStringInfo(out, "%s%s", foreach_current_index(lc) > 0 ? " { " : "", call->field);
		foreach(arg, call->arguments)
		{
			const RrCallArgument *argument = lfirst(arg);

			appendStringInfo(out, "%s%s: ", separator, argument->name);
			if (argument->text != NULL)
				appendStringInfoString(out, argument->text);
			else
				appendStringInfo(out, "$" RR_WIRE_PREFIX "%d_%d", key, argument->key_argument);
			separator = ", ";
		}
		if (call->arguments != NIL)
			appendStringInfoChar(out, ')');
		appendStringInfoString(out, call->directives);
	}
	if (step->fragment_type != NULL)
		appendStringInfoString(out, " { ...F }");
	for (int i = 1; i < list_length(step->path); i++)
		appendStringInfoString(out, " }");
}

char	   *
rr_document_print(const GqlRequest *request, const RrStep *step, int nkeys)
{
	StringInfoData out;

	initStringInfo(&out);
	appendStringInfoString(&out, step->mutation ? "mutation" : "query");
	if (step->kind == RR_STEP_ROOT)
	{
		print_variable_definitions(request, step, 0, &out);
		appendStringInfo(&out, "%s%s%s", step->directives, step->selection, step->fragments);
		return out.data;
	}
	print_variable_definitions(request, step, nkeys, &out);
	appendStringInfo(&out, "%s {", step->directives);
	for (int i = 0; i < nkeys; i++)
	{
		appendStringInfo(&out, " j%d: ", i);
		print_calls(step, i, &out);
	}
	appendStringInfoString(&out, " }");
	if (step->fragment_type != NULL)
		appendStringInfo(&out, " fragment F on %s%s%s", step->fragment_type, step->selection,
						 step->fragments);
	return out.data;
}

const char *
rr_document_json(const GqlRequest *request, const RrStep *step, int nkeys)
{
	RrPrintedDocuments *printed = step->printed;
	RrPrintedDocument *document = nkeys >= printed->full.nkeys ? &printed->full : &printed->rest;
	StringInfoData json;
	MemoryContext old;
	char	   *text;

	if (document->json != NULL && document->nkeys == nkeys)
		return document->json;
	text = rr_document_print(request, step, nkeys);
	old = MemoryContextSwitchTo(printed->cxt);
	initStringInfo(&json);
	gql_json_string(&json, text, strlen(text));
	MemoryContextSwitchTo(old);
	pfree(text);
	if (document->json != NULL)
		pfree(document->json);
	document->nkeys = nkeys;
	document->json = json.data;
	return json.data;
}
