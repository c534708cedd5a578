/*
 * key_arguments.c: the values of arguments that differ from key to key.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "join/join_int.h"
#include "schema/permission/permission.h"
#include "session/session.h"

/* ---- a relationship's template, filled in ---- */

typedef struct KeyValues
{
	const RrRemoteJoin *join;
	GqlValue   *values;			/* one for each joining field */
} KeyValues;

static GqlValue *
get_value(const char *name, void *arg)
{
	const KeyValues *key = arg;

	return &key->values[rr_remote_join_key(key->join, name)];
}

/* A template with the key's values in the places of its variables. */
static GqlValue *
fill_template(const RrRemoteJoin *join, const GqlValue *template, GqlValue *values)
{
	KeyValues	key = {join, values};

	return gql_substitute_variables(template, get_value, &key);
}

/*
 * Merge what the query gives into what the relationship gives. Both never set
 * the same field, except objects, which are merged.
 */
static GqlValue *
merge(GqlValue *value, const GqlValue *given)
{
	ListCell   *lc;

	if (given == NULL || value->kind != GQL_VALUE_OBJECT || given->kind != GQL_VALUE_OBJECT)
		return value;
	check_stack_depth();
	foreach(lc, given->items)
	{
		GqlObjectField *field = lfirst(lc);
		GqlValue   *mine = gql_object_get(value, field->name.value);

		if (mine == NULL)
			value->items = lappend(value->items, field);
		else
			merge(mine, field->value);
	}
	return value;
}

/*
 * The values of a key, one for each joining field. NULL when a string in one
 * is not valid text: an error is filed.
 */
static GqlValue *
key_values(RrStepRun *step, int key)
{
	int			nfields = step->plan->nkeys;
	GqlValue   *values = palloc(nfields * sizeof(GqlValue));

	for (int i = 0; i < nfields; i++)
	{
		GqlValue   *value = gql_value_from_json(rr_key_field(&step->table, key, i));

		if (value == NULL)
		{
			if (rr_keeps_key_error(step, key))
				rr_keys_error(step, &key, 1,
							  psprintf("The value of \"%s\" to join by is not valid text",
									   step->plan->keys[i].name), NULL);
			return NULL;
		}
		values[i] = *value;
	}
	return values;
}

GqlValue   *
rr_key_argument_value(RrStepRun *step, int key, const RrKeyArgument *argument)
{
	const RrStep *plan = step->plan;
	GqlErrorList errors = {.cxt = CurrentMemoryContext, .max = 1};
	GqlValue   *values = key_values(step, key);
	GqlValue   *value;

	if (values == NULL)
		return NULL;
	value = merge(fill_template(plan->join, argument->template, values), argument->given);
	if (argument->presets)
	{
		value = rr_apply_presets(plan->remote->upstream, argument->def, value,
								 rr_session_variable_value, &errors);
		if (value == NULL)
		{
			rr_local_key_error(step, key, linitial(errors.items));
			return NULL;
		}
	}
	value = gql_coerce_value(plan->remote->upstream, value, argument->def->type, true,
							 argument->error_prefix, &errors);
	if (value == NULL && rr_keeps_key_error(step, key))
		rr_keys_error(step, &key, 1, ((GqlError *) linitial(errors.items))->message, NULL);
	return value;
}

bool
rr_key_argument_passthrough(const RrStepRun *step, int key, const RrKeyArgument *argument,
							RrSlice *json)
{
	if (argument->passthrough_key < 0)
		return false;
	*json = rr_key_field(&step->table, key, argument->passthrough_key);
	return json->data[0] == '"';
}
