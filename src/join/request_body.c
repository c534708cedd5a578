/*
 * request_body.c: the body of a batch's request: its document, and the
 * variables with the keys in them.
 *
 * Each key is coerced when its variables are written. A key that cannot be
 * coerced fails alone; of the others only the JSON text is kept.
 */
#include "postgres.h"

#include "utils/memutils.h"

#include "join/join_int.h"
#include "schema/permission/permission.h"
#include "session/session.h"

/* ---- variables ---- */

/* The comma before a member of a JSON object that is being written. */
static const char *
comma(StringInfo object)
{
	return object->data[object->len - 1] == '{' ? "" : ",";
}

void
rr_append_key_variable(StringInfo out, int position, int argument)
{
	appendStringInfo(out, "%s\"" RR_WIRE_KEY_VARIABLE "\":", comma(out), position, argument);
}

/* The variables of the query that the document uses. */
static void
append_query_variables(const RrStepRun *step, StringInfo out)
{
	ListCell   *lc;

	foreach(lc, step->plan->variables)
	{
		const GqlVariableValue *variable = gql_names_get(&step->run->plan->request->variables,
														 lfirst(lc));

		if (variable == NULL)
			continue;
		appendStringInfo(out, "%s\"%s\":", comma(out), variable->name);
		gql_value_to_json(out, variable->value);
	}
}

/*
 * The arguments that the role's permission presets. False when one cannot be
 * made: *error is set.
 */
static bool
append_presets(const RrStepRun *step, StringInfo out, const GqlError **error)
{
	GqlSchema  *upstream = step->plan->remote->upstream;
	GqlErrorList *errors = gql_errors_create(1, GQL_CODE_COERCION_ERROR);
	ListCell   *lc;

	foreach(lc, step->plan->preset_arguments)
	{
		const RrPresetArgument *preset = lfirst(lc);
		GqlValue   *value = rr_apply_presets(upstream, preset->def, preset->given,
											 rr_session_variable_value, errors);

		if (value != NULL)
			value = gql_coerce_value(upstream, value, preset->def->type, true,
									 psprintf("The preset of argument \"%s\" does not fit",
											  preset->def->name), errors);
		if (value == NULL)
		{
			*error = linitial(errors->items);
			return false;
		}
		appendStringInfo(out, "%s\"" RR_WIRE_PRESET_VARIABLE "\":", comma(out),
						 foreach_current_index(lc));
		gql_value_to_json(out, value);
	}
	return true;
}

/*
 * The variables of one key of a batch by aliases. False when a value does not
 * fit: an error is filed, and nothing appended.
 */
static bool
append_key(RrStepRun *step, int key, int position, StringInfo out)
{
	int			start = out->len;

	for (int j = 0; j < list_length(step->plan->key_arguments); j++)
	{
		const RrKeyArgument *argument = list_nth(step->plan->key_arguments, j);
		GqlValue   *value;
		RrSlice		json;

		rr_append_key_variable(out, position, j);
		if (rr_key_argument_passthrough(step, key, argument, &json))
		{
			appendBinaryStringInfo(out, json.data, json.len);
			continue;
		}
		value = rr_key_argument_value(step, key, argument);
		if (value == NULL)
		{
			out->len = start;
			out->data[start] = '\0';
			return false;
		}
		gql_value_to_json(out, value);
	}
	return true;
}

/* ---- keys ---- */

/* Take keys that fit, as many as a batch has room for, and their variables. */
static void
take_keys(RrBatch *batch, StringInfo variables)
{
	RrStepRun  *step = batch->step;
	RrSending  *sending = &step->sending;
	bool		by_alias = rr_batch_kind(step->plan) == RR_BATCH_ALIASES;
	RrListArgument *list = by_alias ? NULL : rr_list_arguments_create(batch);
	MemoryContext scratch = AllocSetContextCreate(batch->cxt, "remote_rel key",
												  ALLOCSET_SMALL_SIZES);

	for (; sending->sent < step->table.nkeys && batch->nkeys < sending->batch_size;
		 sending->sent++)
	{
		bool		keep = !by_alias && batch->nkeys == 0;
		MemoryContext old = MemoryContextSwitchTo(keep ? batch->cxt : scratch);

		if (by_alias ? append_key(step, sending->sent, batch->nkeys, variables)
			: rr_list_arguments_add(list, step, sending->sent))
			batch->keys[batch->nkeys++] = sending->sent;
		MemoryContextSwitchTo(old);
		MemoryContextReset(scratch);
	}
	MemoryContextDelete(scratch);
	if (!by_alias && batch->nkeys > 0)
		rr_list_arguments_append(list, step, variables);
}

bool
rr_batch_fill(RrBatch *batch)
{
	RrStepRun  *step = batch->step;
	bool		by_alias = rr_batch_kind(step->plan) == RR_BATCH_ALIASES;
	StringInfoData variables;
	StringInfoData body;
	const char *document;
	const GqlError *error;

	initStringInfo(&variables);
	appendStringInfoChar(&variables, '{');
	append_query_variables(step, &variables);
	if (!append_presets(step, &variables, &error))
	{
		rr_fail_unsent(step, rr_shared_local_error(step, error));
		return false;
	}
	take_keys(batch, &variables);
	if (batch->nkeys == 0)
		return false;
	document = rr_document_json(step->run->plan->request, step->plan,
								by_alias ? batch->nkeys : 1);
	initStringInfo(&body);
	enlargeStringInfo(&body, strlen(document) + variables.len + 30);
	appendStringInfo(&body, "{\"query\":%s,\"variables\":%s}}", document, variables.data);
	pfree(variables.data);
	batch->body = body.data;
	return true;
}
