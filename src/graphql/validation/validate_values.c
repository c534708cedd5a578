/*
 * validate_values.c: rules for values (specification, 5.6).
 */
#include "postgres.h"

#include "miscadmin.h"

#include "graphql/validation/validate.h"

static void
report_value(GqlCoercion *c, const char *message, int loc,
			 const GqlPath *path pg_attribute_unused())
{
	GqlValidation *v = c->arg;

	gql_invalid(v, loc, "%s", message);
	c->stopped = v->aborted;
}

/* 5.6.1, 5.6.2, 5.6.4 */
void
gql_values_of_correct_type(GqlWalk *w, const void *node)
{
	GqlCoercion c = {.schema = w->v->schema, .budget = &w->v->budget,
	.report = report_value, .arg = w->v};

	if (w->input_type != NULL && gql_is_input(gql_named_type(w->input_type)))
		gql_coerce(&c, node, w->input_type, NULL, NULL);
}

/* ---- 5.6.3 Input Object Field Uniqueness ---- */

/* Objects with up to this many fields are searched one by one. */
#define FEW_FIELDS 8

/* Find a field among the first n. */
static GqlObjectField *
find_before(List *fields, int n, const char *name)
{
	for (int i = 0; i < n; i++)
	{
		GqlObjectField *field = list_nth(fields, i);

		if (strcmp(field->name.value, name) == 0)
			return field;
	}
	return NULL;
}

static void check_field_names(GqlValidation *v, const GqlValue *value);

static void
check_object(GqlValidation *v, const GqlValue *object)
{
	bool		many = list_length(object->items) > FEW_FIELDS;
	GqlNames	seen;
	ListCell   *lc;

	if (many)
		gql_names_init(&seen, CurrentMemoryContext);
	foreach(lc, object->items)
	{
		GqlObjectField *field = lfirst(lc);
		GqlObjectField *known = NULL;

		if (!many)
			known = find_before(object->items, foreach_current_index(lc), field->name.value);
		else if (!gql_names_add(&seen, field))
			known = gql_names_get(&seen, field->name.value);
		if (known != NULL)
		{
			GqlError   *error = gql_invalid(v, known->name.loc,
											"There can be only one input field named \"%s\".",
											field->name.value);

			gql_invalid_also(v, error, field->name.loc);
		}
		check_field_names(v, field->value);
	}
}

static void
check_field_names(GqlValidation *v, const GqlValue *value)
{
	ListCell   *lc;

	if (value->kind == GQL_VALUE_OBJECT)
	{
		check_stack_depth();
		check_object(v, value);
	}
	else if (value->kind == GQL_VALUE_LIST)
	{
		check_stack_depth();
		foreach(lc, value->items)
			check_field_names(v, lfirst(lc));
	}
}

void
gql_unique_input_field_names(GqlWalk *w, const void *node)
{
	check_field_names(w->v, node);
}
