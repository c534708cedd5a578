/*
 * validate_variables.c: rules for variables (specification, 5.8).
 *
 * An operation has to define the variables of all fragments that it reaches.
 * For each definition, a walk of its own collects the usages once; documents
 * without variables are not walked at all.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "graphql/validation/validate.h"

/* 5.8.2 */
void
gql_variables_are_input_types(GqlWalk *w, const void *node)
{
	const GqlVariableDef *def = node;
	const GqlTypeRef *type = gql_resolve_type(w->v->schema, def->type);

	if (type != NULL && !gql_is_input(gql_named_type(type)))
		gql_invalid(w->v, def->type->loc, "Variable \"$%s\" cannot be non-input type \"%s\".",
					def->name.value, gql_type_to_string(type));
}

/* ---- usages of variables ---- */

/* Usages found so far. */
typedef struct UsageList
{
	GqlVariableUsage *items;
	int			n;
	int			max;
} UsageList;

/* A position in a value; the fields are GqlVariableUsage's. */
typedef struct Position
{
	const GqlTypeRef *type;
	const GqlTypeRef *parent_type;
	bool		has_default;
} Position;

static void
note_usage(UsageList *usages, const GqlValue *variable, const Position *at)
{
	GqlVariableUsage *usage;

	gql_make_room(usages->items, usages->n, usages->max);
	usage = &usages->items[usages->n++];
	usage->node = variable;
	usage->type = at->type;
	usage->parent_type = at->parent_type;
	usage->has_default = at->has_default;
}

static void
find_usages(GqlSchema *schema, UsageList *usages, const GqlValue *value, const Position *at)
{
	ListCell   *lc;

	if (value->kind == GQL_VALUE_VARIABLE)
		note_usage(usages, value, at);
	else if (value->kind == GQL_VALUE_LIST)
	{
		const GqlTypeRef *list = at->type != NULL ? gql_nullable_type(at->type) : NULL;
		bool		is_list = list != NULL && list->kind == GQL_TYPE_LIST;
		Position	item = {is_list ? list->of : NULL, at->type, false};

		check_stack_depth();
		foreach(lc, value->items)
			find_usages(schema, usages, lfirst(lc), &item);
	}
	else if (value->kind == GQL_VALUE_OBJECT)
	{
		GqlType    *type = at->type != NULL ? gql_named_type(at->type) : NULL;

		check_stack_depth();
		foreach(lc, value->items)
		{
			const GqlObjectField *field = lfirst(lc);
			Position	member = {NULL, at->type, false};
			GqlInputValueDef *def = NULL;

			if (type != NULL)
				def = gql_type_input(schema, type, field->name.value);
			if (def != NULL)
			{
				member.type = def->type;
				member.has_default = def->default_value != NULL;
			}
			find_usages(schema, usages, field->value, &member);
		}
	}
}

/* A walk that collects usages. */
typedef struct UsageWalk
{
	GqlWalk		walk;			/* first */
	UsageList	usages;
} UsageWalk;

static void
find_usages_at(GqlWalk *w, const void *node)
{
	UsageWalk  *u = (UsageWalk *) w;
	Position	at = {w->input_type, NULL, false};

	at.has_default = w->argument_def != NULL && w->argument_def->default_value != NULL;

	find_usages(w->v->schema, &u->usages, node, &at);
}

static void
know_usages(GqlValidation *v, GqlDefInfo *def)
{
	static const GqlRuleFn at_value[] = {find_usages_at, NULL};
	static const GqlRuleFn *const handlers[GQL_N_WALK_EVENTS] = {[GQL_AT_VALUE] = at_value};
	UsageWalk	u = {.walk = gql_walk_init(v, handlers), .usages = {0}};

	if (def->usages_known)
		return;
	gql_walk_definition(&u.walk, def);
	def->usages = u.usages.items;
	def->nusages = u.usages.n;
	def->usages_known = true;
}

/* ---- what an operation defines and uses ---- */

/*
 * Prepare the rules on one operation. Of variables with one name the last
 * counts.
 */
static void
enter_operation(GqlValidation *v, GqlDefInfo *def)
{
	List	   *variables = def->operation->variables;

	gql_names_init(&v->operation_variables, CurrentMemoryContext);
	for (int i = list_length(variables) - 1; i >= 0; i--)
	{
		GqlVariableEntry *entry = palloc0(sizeof(GqlVariableEntry));

		entry->def = list_nth(variables, i);
		entry->name = entry->def->name.value;
		entry->type = gql_resolve_type(v->schema, entry->def->type);
		gql_names_add(&v->operation_variables, entry);
	}
	v->operation_fragments = gql_reached_fragments(v, &def, 1, &v->noperation_fragments);
	know_usages(v, def);
	for (int i = 0; i < v->noperation_fragments; i++)
		know_usages(v, v->operation_fragments[i]);
}

/*
 * Loop over the usages of the operation itself, then of the fragments that it
 * reaches. `continue` works, `break` leaves only the definition at hand.
 */
#define FOR_EACH_USAGE(v, operation, usage) \
	for (int i__ = -1; i__ < (v)->noperation_fragments && !(v)->aborted; i__++) \
		for (const GqlVariableUsage *usage = usages_of(v, operation, i__), \
			 *end__ = usage + nusages_of(v, operation, i__); \
			 usage < end__ && !(v)->aborted; usage++)

static inline const GqlDefInfo *
usage_owner(const GqlValidation *v, const GqlDefInfo *operation, int i)
{
	return i < 0 ? operation : v->operation_fragments[i];
}

#define usages_of(v, operation, i) usage_owner(v, operation, i)->usages
#define nusages_of(v, operation, i) usage_owner(v, operation, i)->nusages

/* Can the document have variables? False is sure: the text has no "$". */
static bool
may_have_variables(GqlValidation *v)
{
	if (!v->variables_known)
	{
		v->has_variables = v->source == NULL || memchr(v->source, '$', v->document->len) != NULL;
		v->variables_known = true;
	}
	return v->has_variables;
}

/* 5.8.1 */
void
gql_unique_variable_names(GqlWalk *w, const void *node)
{
	GqlValidation *v = w->v;
	GqlDefInfo *def = unconstify(GqlDefInfo *, (const GqlDefInfo *) node);
	List	   *variables = def->operation->variables;
	List	   *names = NIL;	/* GqlName * */
	ListCell   *lc;
	ListCell   *lc2;

	if (!may_have_variables(v))
		return;
	enter_operation(v, def);
	if (v->operation_variables.n == list_length(variables))
		return;

	foreach(lc, variables)
		names = lappend(names, &((GqlVariableDef *) lfirst(lc))->name);
	foreach(lc, gql_same_names(names))
	{
		const List *group = lfirst(lc);
		const GqlName *first = linitial(group);
		GqlError   *error = gql_invalid(v, -1, "There can be only one variable named \"$%s\".",
										first->value);

		foreach(lc2, group)
			gql_invalid_also(v, error, ((GqlName *) lfirst(lc2))->loc);
	}
}

/* 5.8.3 */
void
gql_no_undefined_variables(GqlWalk *w, const void *node)
{
	GqlValidation *v = w->v;
	const GqlDefInfo *def = node;

	if (!may_have_variables(v))
		return;
	FOR_EACH_USAGE(v, def, usage)
	{
		GqlVariableEntry *entry = gql_names_get(&v->operation_variables, usage->node->text);
		GqlError   *error;

		if (!gql_spend(v, 1))
			return;
		if (entry != NULL)
		{
			entry->used = true;
			continue;
		}
		if (def->name != NULL)
			error = gql_invalid(v, usage->node->loc,
								"Variable \"$%s\" is not defined by operation \"%s\".",
								usage->node->text,
								def->name);
		else
			error = gql_invalid(v, usage->node->loc, "Variable \"$%s\" is not defined.",
								usage->node->text);
		gql_invalid_also(v, error, def->operation->def.loc);
	}
}

/* 5.8.4; the rule before has set GqlVariableEntry.used. */
void
gql_no_unused_variables(GqlWalk *w, const void *node)
{
	GqlValidation *v = w->v;
	const GqlDefInfo *def = node;
	ListCell   *lc;

	foreach(lc, def->operation->variables)
	{
		const GqlVariableDef *variable = lfirst(lc);
		GqlVariableEntry *entry = gql_names_get(&v->operation_variables, variable->name.value);

		if (entry->used)
			continue;
		if (def->name != NULL)
			gql_invalid(v, variable->loc, "Variable \"$%s\" is never used in operation \"%s\".",
						variable->name.value, def->name);
		else
			gql_invalid(v, variable->loc, "Variable \"$%s\" is never used.", variable->name.value);
	}
}

/* ---- 5.8.5 All Variable Usages Are Allowed ---- */

/* IsVariableUsageAllowed() of 5.8.5 */
static bool
is_usage_allowed(GqlSchema *schema, const GqlTypeRef *type, const GqlValue *default_value,
				 const GqlVariableUsage *usage)
{
	if (usage->type->kind == GQL_TYPE_NON_NULL && type->kind != GQL_TYPE_NON_NULL)
	{
		if ((default_value == NULL || default_value->kind == GQL_VALUE_NULL) && !usage->has_default)
			return false;
		return gql_is_covariant(schema, type, usage->type->of);
	}
	return gql_is_covariant(schema, type, usage->type);
}

static bool
is_one_of(const GqlTypeRef *type)
{
	return type != NULL && type->kind == GQL_TYPE_NAMED && type->type->kind == GQL_INPUT_OBJECT &&
		type->type->one_of;
}

void
gql_variables_in_allowed_position(GqlWalk *w, const void *node)
{
	GqlValidation *v = w->v;
	const GqlDefInfo *def = node;

	if (!may_have_variables(v))
		return;
	FOR_EACH_USAGE(v, def, usage)
	{
		GqlVariableEntry *entry = gql_names_get(&v->operation_variables, usage->node->text);
		const GqlTypeRef *type;
		const char *name = usage->node->text;
		GqlError   *error;

		if (!gql_spend(v, 1))
			return;
		if (entry == NULL || entry->type == NULL || usage->type == NULL)
			continue;
		type = entry->type;
		if (!is_usage_allowed(v->schema, type, entry->def->default_value, usage))
		{
			error = gql_invalid(v, entry->def->loc,
								"Variable \"$%s\" of type \"%s\" used in position expecting type \"%s\".",
								name, gql_type_to_string(type),
								gql_type_to_string(usage->type));
			gql_invalid_also(v, error, usage->node->loc);
		}

		/*
		 * Like graphql-js, do not look into lists and non-nulls. Coercion
		 * refuses what passes here, once the variables have values.
		 */
		if (is_one_of(usage->parent_type) && type->kind != GQL_TYPE_NON_NULL)
		{
			error = gql_invalid(v, entry->def->loc,
								"Variable \"$%s\" is of type \"%s\" but must be non-nullable to be used for OneOf Input Object \"%s\".",
								name, gql_type_to_string(type),
								usage->parent_type->type->name);
			gql_invalid_also(v, error, usage->node->loc);
		}
	}
}
