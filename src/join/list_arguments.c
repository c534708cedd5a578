/*
 * list_arguments.c: arguments of a batch by list or by position, where one
 * call of the remote field serves all keys.
 *
 * An argument's template has places: where "$name" or a list stands in it.
 * There each key has a list of values (of one, where it is a single value),
 * and the request has one list with those of all keys. Whatever else the
 * argument has is the same for every key.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "join/join_int.h"

struct RrListArgument
{
	const RrKeyArgument *argument;
	const GqlValue *value;		/* the first key's, for what is the same for
								 * every key; NULL when the argument is one
								 * list and its keys pass through */
	List	   *lists;			/* StringInfo: for each place, the elements'
								 * JSON with commas between them */
	MemoryContext cxt;			/* the batch's */
};

RrListArgument *
rr_list_arguments_create(const RrBatch *batch)
{
	List	   *arguments = batch->step->plan->key_arguments;
	RrListArgument *result = MemoryContextAllocZero(batch->cxt, list_length(arguments) *
													sizeof(RrListArgument));

	for (int j = 0; j < list_length(arguments); j++)
	{
		result[j].argument = list_nth(arguments, j);
		result[j].cxt = batch->cxt;
	}
	return result;
}

/* ---- adding a key ---- */

static StringInfo
get_list(RrListArgument *argument, int place)
{
	Assert(place <= list_length(argument->lists));
	if (place == list_length(argument->lists))
	{
		MemoryContext old = MemoryContextSwitchTo(argument->cxt);

		argument->lists = lappend(argument->lists, makeStringInfo());
		MemoryContextSwitchTo(old);
	}
	return list_nth(argument->lists, place);
}

static void
add_element(StringInfo list, RrSlice json)
{
	if (list->len > 0)
		appendStringInfoChar(list, ',');
	appendBinaryStringInfo(list, json.data, json.len);
}

static void
add_elements(StringInfo list, const GqlValue *value)
{
	ListCell   *lc;

	if (value->kind != GQL_VALUE_LIST)
	{
		if (list->len > 0)
			appendStringInfoChar(list, ',');
		gql_value_to_json(list, value);
		return;
	}
	foreach(lc, value->items)
	{
		if (list->len > 0)
			appendStringInfoChar(list, ',');
		gql_value_to_json(list, lfirst(lc));
	}
}

/*
 * Add a key's lists to those of all keys. *place counts the places, in the
 * order of the value's fields.
 */
static void
add_value(RrListArgument *argument, const GqlValue *template, const GqlValue *value, int *place)
{
	ListCell   *lc;

	check_stack_depth();
	if (template == NULL || !gql_contains_variable(template))
		return;
	if (template->kind != GQL_VALUE_OBJECT)
	{
		add_elements(get_list(argument, (*place)++), value);
		return;
	}
	foreach(lc, value->items)
	{
		const GqlObjectField *field = lfirst(lc);

		add_value(argument, gql_object_get(template, field->name.value), field->value, place);
	}
}

bool
rr_list_arguments_add(RrListArgument *arguments, RrStepRun *step, int key)
{
	int			n = list_length(step->plan->key_arguments);
	GqlValue  **values = palloc0(n * sizeof(GqlValue *));
	RrSlice		json;

	/* first see whether all fit: a key is added as a whole */
	for (int j = 0; j < n; j++)
	{
		if (rr_key_argument_passthrough(step, key, arguments[j].argument, &json))
			continue;
		values[j] = rr_key_argument_value(step, key, arguments[j].argument);
		if (values[j] == NULL)
			return false;
	}
	for (int j = 0; j < n; j++)
	{
		RrListArgument *argument = &arguments[j];
		int			place = 0;

		if (values[j] == NULL && rr_key_argument_passthrough(step, key, argument->argument, &json))
			add_element(get_list(argument, place), json);
		else
			add_value(argument, argument->argument->template, values[j], &place);
		if (argument->value == NULL)
			argument->value = values[j];
	}
	return true;
}

/* ---- writing ---- */

/* The argument's value for all keys; places in the order of add_value(). */
static void
append_value(StringInfo out, const RrListArgument *argument, const GqlValue *template,
			 const GqlValue *value, int *place)
{
	ListCell   *lc;

	check_stack_depth();
	if (template == NULL || !gql_contains_variable(template))
	{
		gql_value_to_json(out, value);
		return;
	}
	if (template->kind != GQL_VALUE_OBJECT)
	{
		StringInfo	list = list_nth(argument->lists, (*place)++);

		appendStringInfoChar(out, '[');
		appendBinaryStringInfo(out, list->data, list->len);
		appendStringInfoChar(out, ']');
		return;
	}
	appendStringInfoChar(out, '{');
	foreach(lc, value->items)
	{
		const GqlObjectField *field = lfirst(lc);

		if (foreach_current_index(lc) > 0)
			appendStringInfoChar(out, ',');
		gql_json_string(out, field->name.value, strlen(field->name.value));
		appendStringInfoChar(out, ':');
		append_value(out, argument, gql_object_get(template, field->name.value), field->value,
					 place);
	}
	appendStringInfoChar(out, '}');
}

void
rr_list_arguments_append(const RrListArgument *arguments, const RrStepRun *step, StringInfo out)
{
	for (int j = 0; j < list_length(step->plan->key_arguments); j++)
	{
		int			place = 0;

		rr_append_key_variable(out, 0, j);
		append_value(out, &arguments[j], arguments[j].argument->template, arguments[j].value,
					 &place);
	}
}
