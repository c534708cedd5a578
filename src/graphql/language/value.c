/*
 * value.c: build values, look into them, walk them, and replace their
 * variables.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "graphql/language/language.h"

GqlValue   *
gql_make_value(GqlValueKind kind)
{
	return gql_make_text_value(kind, "", 0);
}

GqlValue   *
gql_make_text_value(GqlValueKind kind, const char *text, int len)
{
	GqlValue   *value = palloc0(sizeof(GqlValue));

	value->kind = kind;
	value->loc = -1;
	value->text = text;
	value->len = len;
	return value;
}

void
gql_object_add(GqlValue *object, const char *name, int loc, GqlValue *value)
{
	GqlObjectField *field = palloc(sizeof(GqlObjectField));

	Assert(object->kind == GQL_VALUE_OBJECT);
	field->name.value = name;
	field->name.loc = loc;
	field->value = value;
	object->items = lappend(object->items, field);
}

GqlValue   *
gql_object_get(const GqlValue *object, const char *name)
{
	if (object == NULL || object->kind != GQL_VALUE_OBJECT)
		return NULL;
	for (int i = list_length(object->items) - 1; i >= 0; i--)
	{
		GqlObjectField *field = list_nth(object->items, i);

		if (strcmp(field->name.value, name) == 0)
			return field->value;
	}
	return NULL;
}

GqlValue   *
gql_argument_get(const List *arguments, const char *name)
{
	ListCell   *lc;

	foreach(lc, arguments)
	{
		const GqlArgument *argument = lfirst(lc);

		if (strcmp(argument->name.value, name) == 0)
			return argument->value;
	}
	return NULL;
}

GqlValue   *
gql_item_value(const GqlValue *value, int i)
{
	void	   *item = list_nth(value->items, i);

	return value->kind == GQL_VALUE_OBJECT ? ((GqlObjectField *) item)->value : item;
}

bool
gql_value_walk(const GqlValue *value, GqlVisitValue visit, void *arg)
{
	check_stack_depth();
	if (visit(value, arg))
		return true;
	for (int i = 0; i < list_length(value->items); i++)
	{
		if (gql_value_walk(gql_item_value(value, i), visit, arg))
			return true;
	}
	return false;
}

bool
gql_same_literal(const GqlValue *a, const GqlValue *b)
{
	int			n = list_length(a->items);

	check_stack_depth();
	CHECK_FOR_INTERRUPTS();
	if (a->kind != b->kind || a->block != b->block || a->boolean != b->boolean ||
		a->len != b->len || (a->len > 0 && memcmp(a->text, b->text, a->len) != 0) ||
		n != list_length(b->items))
		return false;
	for (int i = 0; i < n; i++)
	{
		if (a->kind == GQL_VALUE_OBJECT &&
			strcmp(((GqlObjectField *) list_nth(a->items, i))->name.value,
				   ((GqlObjectField *) list_nth(b->items, i))->name.value) != 0)
			return false;
		if (!gql_same_literal(gql_item_value(a, i), gql_item_value(b, i)))
			return false;
	}
	return true;
}

static bool
is_variable(const GqlValue *value, void *arg pg_attribute_unused())
{
	return value->kind == GQL_VALUE_VARIABLE;
}

bool
gql_contains_variable(const GqlValue *value)
{
	return gql_value_walk(value, is_variable, NULL);
}

GqlValue   *
gql_substitute_variables(const GqlValue *value, GqlGetVariable get, void *arg)
{
	GqlValue   *copy;

	check_stack_depth();
	if (value->kind == GQL_VALUE_VARIABLE)
	{
		GqlValue   *given = get(value->text, arg);

		return given != NULL ? given : gql_make_value(GQL_VALUE_NULL);
	}
	if (value->kind != GQL_VALUE_LIST && value->kind != GQL_VALUE_OBJECT)
		return unconstify(GqlValue *, value);

	copy = gql_make_value(value->kind);
	copy->loc = value->loc;
	for (int i = 0; i < list_length(value->items); i++)
	{
		const GqlValue *item = gql_item_value(value, i);
		const GqlObjectField *field;

		if (value->kind == GQL_VALUE_LIST)
		{
			copy->items = lappend(copy->items, gql_substitute_variables(item, get, arg));
			continue;
		}
		if (item->kind == GQL_VALUE_VARIABLE && get(item->text, arg) == NULL)
			continue;
		field = list_nth(value->items, i);
		gql_object_add(copy, field->name.value, field->name.loc,
					   gql_substitute_variables(item, get, arg));
	}
	return copy;
}
