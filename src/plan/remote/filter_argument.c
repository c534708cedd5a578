/*
 * filter_argument.c: what a remote schema is asked to leave out of a list that
 * conditions are about, where the relationship names an argument for that.
 *
 * A condition on a list holds if some element meets it. So elements that no
 * condition can hold of may be missing, and all conditions are still true of
 * the same lists: they are looked at again here. What is sent may therefore
 * say less than the conditions, never more. What cannot be said with a sure
 * operator (rr_is_sure_operator()), in the argument's type as the role has it,
 * is left out; several conditions on one relationship stand under _or.
 *
 * Nothing is sent where the selection shows the list, which has all elements.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "plan/remote/step.h"
#include "schema/permission/permission.h"
#include "schema/table/table.h"

/* ---- values ---- */

static GqlValue *
make_value(GqlValueKind kind, List *items)
{
	GqlValue   *value = palloc0(sizeof(GqlValue));

	value->kind = kind;
	value->loc = -1;
	value->items = items;
	return value;
}

static GqlObjectField *
make_member(const char *name, GqlValue *value)
{
	GqlObjectField *member = palloc0(sizeof(GqlObjectField));

	member->name.value = name;
	member->name.loc = -1;
	member->value = value;
	return member;
}

static GqlValue *
make_object(const char *name, GqlValue *value)
{
	return make_value(GQL_VALUE_OBJECT, list_make1(make_member(name, value)));
}

/* The input object type that a type is; or NULL. */
static GqlType *
input_object(const GqlTypeRef *type)
{
	type = gql_nullable_type(type);
	return type->kind == GQL_TYPE_NAMED && type->type->kind == GQL_INPUT_OBJECT ? type->type : NULL;
}

/* Does an object give all that its type requires? */
static bool
is_complete(GqlSchema *schema, GqlType *type, const GqlValue *object)
{
	gql_foreach(GqlInputValueDef, input, gql_type_fields(schema, type))
	{
		if (input->type->kind == GQL_TYPE_NON_NULL && input->default_value == NULL &&
			gql_object_get(object, input->name) == NULL)
			return false;
	}
	return !type->one_of || list_length(object->items) == 1;
}

/* ---- conditions, in the words of the argument ---- */

static bool
has_null(const GqlValue *value)
{
	ListCell   *lc;

	if (value->kind == GQL_VALUE_NULL)
		return true;
	foreach(lc, value->kind == GQL_VALUE_LIST ? value->items : NIL)
	{
		if (((const GqlValue *) lfirst(lc))->kind == GQL_VALUE_NULL)
			return true;
	}
	return false;
}

/*
 * {_eq: …, _in: …}, of what there is for it; NULL: nothing. Our operators may
 * be named by a convention, the remote schema's are not.
 */
static GqlValue *
say_comparisons(GqlSchema *schema, GqlType *type, GqlType *own, const GqlType *leaf,
				const GqlValue *given)
{
	GqlValue   *object = make_value(GQL_VALUE_OBJECT, NIL);
	ListCell   *lc;

	foreach(lc, given->items)
	{
		const GqlObjectField *comparison = lfirst(lc);
		const RrOperator *mine = gql_type_input(schema, own, comparison->name.value)->data;
		const GqlInputValueDef *operator = gql_type_input(schema, type, mine->name);

		if (operator != NULL && rr_is_sure_operator(operator, leaf) &&
			!has_null(comparison->value))
			object->items = lappend(object->items, make_member(operator->name, comparison->value));
	}
	return object->items != NIL && is_complete(schema, type, object) ? object : NULL;
}

static GqlValue *say_condition(GqlSchema *schema, GqlType *type, GqlType *own,
							   const GqlValue *where);

/* {_or: […]}, when all of them can be said; NULL: not. */
static GqlValue *
say_any(GqlSchema *schema, GqlType *type, GqlType *own, List *conditions)
{
	const GqlInputValueDef *input = gql_type_input(schema, type, "_or");
	const GqlTypeRef *list = input != NULL ? gql_nullable_type(input->type) : NULL;
	GqlType    *inner = list != NULL && list->kind == GQL_TYPE_LIST ? input_object(list->of) : NULL;
	List	   *said = NIL;
	GqlValue   *object;
	ListCell   *lc;

	if (inner == NULL)
		return NULL;
	foreach(lc, conditions)
	{
		GqlValue   *condition = say_condition(schema, inner, own, lfirst(lc));

		if (condition == NULL)
			return NULL;
		said = lappend(said, condition);
	}
	object = said != NIL ? make_object("_or", make_value(GQL_VALUE_LIST, said)) : NULL;
	return object != NULL && is_complete(schema, type, object) ? object : NULL;
}

/*
 * Add what can be said of a condition to the objects of which all must hold. A
 * NOT is left out: what says less inside of it says more outside.
 */
static void
say_members(GqlSchema *schema, GqlType *type, GqlType *own, const GqlValue *where, List **all)
{
	ListCell   *lc;

	check_stack_depth();
	foreach(lc, where->items)
	{
		const GqlObjectField *given = lfirst(lc);
		const GqlInputValueDef *input = gql_type_input(schema, own, given->name.value);
		const GqlFieldDef *field = input->data;
		GqlValue   *said = NULL;

		if (given->value->kind == GQL_VALUE_NULL)
			continue;
		if (field != NULL)
		{
			const char *name = ((const RrRemoteField *) field->data)->upstream_name;
			const GqlInputValueDef *filter = gql_type_input(schema, type, name);
			GqlType    *comparison = filter != NULL ? input_object(filter->type) : NULL;
			const GqlTypeRef *leaf = gql_nullable_type(field->type);

			if (comparison != NULL && leaf->kind == GQL_TYPE_NAMED && gql_is_leaf(leaf->type))
				said = say_comparisons(schema, comparison, gql_named_type(input->type), leaf->type,
									   given->value);
			if (said != NULL)
				said = make_object(name, said);
			if (said != NULL && !is_complete(schema, type, said))
				said = NULL;
		}
		else if (strcmp(input->name, "_or") == 0)
			said = say_any(schema, type, own, given->value->items);
		else if (strcmp(input->name, "_and") == 0)
		{
			ListCell   *item;

			foreach(item, given->value->items)
				say_members(schema, type, own, lfirst(item), all);
		}
		if (said != NULL)
			*all = lappend(*all, said);
	}
}

/* Does an object have a member of another one? */
static bool
overlaps(const GqlValue *object, const GqlValue *other)
{
	ListCell   *lc;

	foreach(lc, other->items)
	{
		if (gql_object_get(object, ((const GqlObjectField *) lfirst(lc))->name.value) != NULL)
			return true;
	}
	return false;
}

/*
 * What can be said of a condition. type: what it is said in, own: the type
 * that it has here. Of two that need the same member only the first is said.
 * NULL: nothing.
 */
static GqlValue *
say_condition(GqlSchema *schema, GqlType *type, GqlType *own, const GqlValue *where)
{
	GqlValue   *object = make_value(GQL_VALUE_OBJECT, NIL);
	List	   *all = NIL;
	ListCell   *lc;

	say_members(schema, type, own, where, &all);
	foreach(lc, all)
	{
		const GqlValue *said = lfirst(lc);

		if (!type->one_of && !overlaps(object, said))
			object->items = list_concat(object->items, said->items);
	}
	return object->items != NIL ? object : NULL;
}

/* ---- the argument ---- */

/* Does the role's permission preset something of the call? */
static bool
is_preset(const RrRemoteJoin *join)
{
	const GqlFieldDef *field = llast(join->path);

	if (!join->remote->restricted)
		return false;
	gql_foreach(GqlInputValueDef, def, &field->args)
	{
		if (rr_has_presets(join->remote->upstream, def))
			return true;
	}
	return false;
}

GqlArgument *
rr_filter_argument(RrPlanner *planner, const RrFilter *filter)
{
	GqlSchema  *schema = planner->rs->schema;
	const RrRemoteJoin *join = filter->field->data;
	const char *name = join->relationship->to_remote_schema->filter_argument;
	const GqlInputValueDef *def = name != NULL ? gql_names_get(&filter->field->args, name) : NULL;
	GqlType    *type = def != NULL ? input_object(def->type) : NULL;
	GqlArgument *argument;
	GqlValue   *value;

	if (type == NULL || filter->conditions == NIL || is_preset(join))
		return NULL;
	value = list_length(filter->conditions) == 1
		? say_condition(schema, type, filter->condition_type, linitial(filter->conditions))
		: say_any(schema, type, filter->condition_type, filter->conditions);
	if (value == NULL)
		return NULL;
	if (planner->request->operation->variables != NIL)
		planner->depends_on_values = true;
	argument = palloc0(sizeof(GqlArgument));
	argument->name.value = name;
	argument->name.loc = -1;
	argument->value = value;
	return argument;
}
