/*
 * remote_join.c: remote_rel.remote_join(), joins for SQL.
 *
 * The rows come as an array of a table's row type. The relationship's field is planned as it would be in a document, so the selection can hold whatever a
 * document can, further joins included; only the keys come from the array, and the values go out as rows.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/typcache.h"

#include "compat.h"
#include "exec/run.h"
#include "roleschema/preset.h"
#include "roleschema/tables.h"
#include "settings.h"
#include "value_jsonb.h"

typedef struct RemoteJoin
{
	RrRoleSchema *rs;
	const char *relationship;
	Oid			row_type;
	Oid			table;
	GqlType    *type;
	GqlFieldDef *field;
	GqlErrorList *errors;
} RemoteJoin;

/* The first error of a list, as an SQL error. */
static void
throw_errors(const RemoteJoin *join, int sqlstate, const char *what)
{
	ereport(ERROR,
			(errcode(sqlstate),
			 errmsg("%s of relationship \"%s\" is not valid", what, join->relationship),
			 errdetail("%s", ((GqlError *) linitial(join->errors->items))->message)));
}

/* ---- what is asked for ---- */

static void
find_table(RemoteJoin *join, Oid element)
{
	join->row_type = element;
	join->table = get_typ_typrelid(getBaseType(element));
	if (!OidIsValid(join->table))
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("type %s is not the row type of a table", format_type_be(element)),
				 errhint("Pass rows of a table as an array: (SELECT array_agg(t) FROM t).")));
}

static List *
relationship_names(const RemoteJoin *join)
{
	List	   *names = NIL;

	if (join->type == NULL)
		return NIL;
	gql_foreach(GqlFieldDef, field, gql_type_fields(join->rs->schema, join->type))
		if (field->data != NULL && ((RrField *) field->data)->kind == RR_FIELD_REMOTE_JOIN)
			names = lappend(names, unconstify(char *, field->name));
	return names;
}

static void
find_field(RemoteJoin *join)
{
	const RrTable *table = rr_database_table(rr_tables(join->rs)->db, join->table);

	if (table != NULL && rr_role_table(join->rs, table)->shown)
		join->type = rr_table_type(join->rs, table, RR_TYPE_OBJECT);
	if (join->type != NULL)
		join->field = gql_type_field(join->rs->schema, join->type, join->relationship);
	if (join->field == NULL || join->field->data == NULL || ((RrField *) join->field->data)->kind != RR_FIELD_REMOTE_JOIN)
	{
		const char *suggestion = gql_did_you_mean("", join->relationship, relationship_names(join));

		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("table \"%s\" has no remote relationship \"%s\" for role \"%s\"", get_rel_name(join->table),
						join->relationship, GetUserNameFromId(GetUserId(), false)),
				 suggestion[0] ? errhint("%s", suggestion + 1) :
				 errhint("Create it with remote_rel.create_remote_relationship(); the role must be able to read its columns and see its remote schema.")));
	}
}

/* All leaf fields that can be had without arguments. */
static GqlSelectionSet *
default_selection(RemoteJoin *join, GqlType *type)
{
	GqlSelectionSet *set = palloc0(sizeof(GqlSelectionSet));

	set->loc = -1;
	if (type->kind == GQL_UNION)
		return set;
	gql_foreach(GqlFieldDef, field, gql_type_fields(join->rs->schema, type))
	{
		GqlSelection *selection;
		bool		required = false;

		gql_foreach(GqlInputValueDef, arg, &field->args)
			required |= arg->type->kind == GQL_TYPE_NON_NULL && arg->default_value == NULL;
		if (required || !gql_is_leaf(gql_named_type(field->type)))
			continue;
		selection = palloc0(sizeof(GqlSelection));
		selection->kind = GQL_FIELD;
		selection->loc = selection->name.loc = -1;
		selection->name.value = field->name;
		set->items = lappend(set->items, selection);
	}
	return set;
}

static GqlSelectionSet *
parse_selection(RemoteJoin *join, const char *text)
{
	GqlLimits	limits = {.max_tokens = rr_max_query_tokens, .max_depth = rr_max_query_depth};
	GqlType    *type = gql_named_type(join->field->type);
	GqlSelectionSet *set;

	if (text == NULL)
		return gql_is_composite(type) ? default_selection(join, type) : NULL;
	set = gql_parse_selection_set(text, strlen(text), &limits, join->errors);
	if (set == NULL)
		throw_errors(join, ERRCODE_INVALID_PARAMETER_VALUE, "selection");
	return set;
}

/* The arguments as literals; coerced already, so that strings have become enum values where they should. */
static List *
parse_arguments(RemoteJoin *join, Jsonb *json)
{
	GqlValue   *object = json ? rr_value_from_jsonb(json) : NULL;
	List	   *arguments = NIL;
	ListCell   *lc;

	if (object == NULL || object->kind == GQL_VALUE_NULL)
		return NIL;
	if (object->kind != GQL_VALUE_OBJECT)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("arguments must be a JSON object")));
	foreach(lc, object->items)
	{
		const GqlObjectField *member = lfirst(lc);
		GqlInputValueDef *def = gql_names_get(&join->field->args, member->name.value);
		GqlArgument *argument = palloc0(sizeof(GqlArgument));

		argument->name = member->name;
		argument->value = member->value;
		if (def != NULL)
			argument->value = gql_coerce_value(join->rs->schema, member->value, def->type, true,
											   psprintf("Argument \"%s\"", def->name), join->errors);
		if (argument->value == NULL)
			throw_errors(join, ERRCODE_INVALID_PARAMETER_VALUE, "argument");
		arguments = lappend(arguments, argument);
	}
	return arguments;
}

static GqlSelection *
make_field(const char *name, List *arguments, GqlSelectionSet *set)
{
	GqlSelection *field = palloc0(sizeof(GqlSelection));

	field->kind = GQL_FIELD;
	field->loc = field->name.loc = -1;
	field->name.value = name;
	field->arguments = arguments;
	field->selection_set = set;
	return field;
}

static GqlSelectionSet *
make_set(GqlSelection *field)
{
	GqlSelectionSet *set = palloc0(sizeof(GqlSelectionSet));

	set->loc = -1;
	set->items = list_make1(field);
	return set;
}

/* { <table> { <relationship>(arguments) { selection } } }: only what is below the table is planned. */
static GqlDocument *
make_document(RemoteJoin *join, const char *selection, Jsonb *arguments)
{
	GqlDocument *document = palloc0(sizeof(GqlDocument));
	GqlOperation *operation = palloc0(sizeof(GqlOperation));
	GqlSelection *field = make_field(join->relationship, parse_arguments(join, arguments), parse_selection(join, selection));

	operation->def.kind = GQL_DEF_OPERATION;
	operation->def.loc = operation->name.loc = -1;
	operation->type = GQL_QUERY;
	operation->shorthand = true;
	operation->selection_set = make_set(make_field(join->type->name, NIL, make_set(field)));
	document->source = selection ? selection : "";
	document->len = strlen(document->source);
	document->definitions = list_make1(operation);
	return document;
}

static RrPlan *
plan_join(RemoteJoin *join, const char *selection, Jsonb *arguments)
{
	GqlDocument *document = make_document(join, selection, arguments);
	RrPlanner	planner = {.rs = join->rs, .errors = join->errors};
	RrPlan	   *plan = palloc0(sizeof(RrPlan));
	GqlFieldSel *table;

	if (!gql_validate(join->rs->schema, document, rr_max_query_depth, join->errors))
		throw_errors(join, ERRCODE_INVALID_PARAMETER_VALUE, "selection");
	planner.request = gql_request_create(join->rs->schema, document, NULL, NULL, join->errors);
	if (planner.request == NULL)
		throw_errors(join, ERRCODE_INVALID_PARAMETER_VALUE, "selection");
	table = linitial(gql_collect_fields(planner.request, join->rs->schema->query,
										list_make1(planner.request->operation->selection_set)));
	if (rr_plan_join(&planner, linitial(gql_collect_subfields(planner.request, join->type, table))) == NULL)
		throw_errors(join, ERRCODE_INVALID_PARAMETER_VALUE, "selection");
	plan->rs = join->rs;
	plan->request = planner.request;
	plan->steps = planner.steps;
	return plan;
}

/*
 * Rows may be made up. That gives nobody more than a root field with the same argument would, unless the permission presets the argument for the rows' sake.
 */
static void
check_presets(const RemoteJoin *join, const RrJoinStep *step)
{
	ListCell   *lc;

	foreach(lc, step->key_arguments)
	{
		const RrKeyArgument *argument = lfirst(lc);

		if (argument->presets && rr_key_replaces_preset(step->remote->upstream, argument->def, argument->template))
			ereport(ERROR,
					(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
					 errmsg("permission denied for role \"%s\" to join rows of its own making by relationship \"%s\"",
							GetUserNameFromId(GetUserId(), false), join->relationship),
					 errdetail("Its permission on remote schema \"%s\" presets argument \"%s\", which the relationship joins by.",
							   step->remote->def->name, argument->def->name),
					 errhint("Use graphql_resolve(), which reads the rows itself.")));
	}
}

/* ---- keys of rows ---- */

/* The values that a row joins with. False when one is null. */
static bool
row_keys(const RrRemoteJoin *join, Datum row, Datum *values)
{
	HeapTupleHeader tuple = DatumGetHeapTupleHeader(row);

	for (int i = 0; i < join->nkeys; i++)
	{
		bool		isnull;

		if (OidIsValid(join->keys[i].function))
		{
			LOCAL_FCINFO(fcinfo, 1);
			FmgrInfo	flinfo;

			fmgr_info(join->keys[i].function, &flinfo);
			InitFunctionCallInfoData(*fcinfo, &flinfo, 1, InvalidOid, NULL, NULL);
			fcinfo->args[0].value = row;
			fcinfo->args[0].isnull = false;
			values[i] = FunctionCallInvoke(fcinfo);
			isnull = fcinfo->isnull;
		}
		else
			values[i] = GetAttributeByNum(tuple, join->keys[i].attnum, &isnull);
		if (isnull)
			return false;
	}
	return true;
}

/* File all keys; numbers[i] is row i's, -1 where it has none. */
static void
file_keys(RrStepRun *step, const Datum *rows, const bool *nulls, int n, int *numbers)
{
	const RrRemoteJoin *join = step->step->join;
	Oid		   *types = palloc(Max(join->nkeys, 1) * sizeof(Oid));
	Datum	   *values = palloc(Max(join->nkeys, 1) * sizeof(Datum));
	RrKeyColumns *columns;

	for (int i = 0; i < join->nkeys; i++)
	{
		if (OidIsValid(join->keys[i].function) && get_func_nargs(join->keys[i].function) != 1)
			ereport(ERROR,
					(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
					 errmsg("computed field \"%s\" takes more than a row, so remote_join() cannot join with it", join->keys[i].name),
					 errhint("Use graphql_resolve().")));
		types[i] = join->keys[i].type;
	}
	columns = rr_key_columns(join->nkeys, types, CurrentMemoryContext);
	for (int i = 0; i < n; i++)
		numbers[i] = !nulls[i] && row_keys(join, rows[i], values) ? rr_keys_file(step, columns, values) : -1;
}

/* ---- results ---- */

static void
report_failure(const RrStepRun *step, const GqlError *error)
{
	int			level = rr_on_remote_error == RR_ON_REMOTE_ERROR_NULL ? WARNING : ERROR;

	ereport(level,
			(errcode(ERRCODE_FDW_ERROR),
			 errmsg("remote schema \"%s\" failed to answer relationship \"%s\"", step->step->remote->def->name,
					step->step->join->relationship->name),
			 errdetail("%s", error->message),
			 level == ERROR ? errhint("SET remote_rel.on_remote_error = 'null' to get NULL results and a warning instead.") : 0));
}

static Datum
key_result(RrStepRun *step, int key, bool *isnull)
{
	StringInfoData text;

	*isnull = true;
	if (key < 0)
		return (Datum) 0;
	rr_file_key_errors(step, key, step->step->shape, linitial(step->step->field->nodes), NULL);
	if (rr_key_text(step, key) == NULL)
		return (Datum) 0;
	initStringInfo(&text);
	rr_splice(step->run, rr_key_text(step, key), step->keys[key].len, NULL, &text);
	*isnull = false;
	return DirectFunctionCall1(jsonb_in, CStringGetDatum(text.data));
}

static void
put_rows(RrStepRun *step, const Datum *rows, const bool *row_nulls, int n, const int *numbers, ReturnSetInfo *rsinfo)
{
	MemoryContext row_cxt = AllocSetContextCreate(CurrentMemoryContext, "remote_join row", ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(row_cxt);

	for (int i = 0; i < n; i++)
	{
		Datum		values[2];
		bool		nulls[2];

		values[0] = rows[i];
		nulls[0] = row_nulls[i];
		values[1] = key_result(step, numbers[i], &nulls[1]);
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
		MemoryContextReset(row_cxt);
	}
	MemoryContextSwitchTo(old);
	if (step->run->errors->items != NIL)
		report_failure(step, linitial(step->run->errors->items));
}

PG_FUNCTION_INFO_V1(rr_remote_join);

/* remote_rel.remote_join(rows anyarray, relationship, selection, arguments, role, headers) RETURNS TABLE ("row" anyelement, result jsonb) */
Datum
rr_remote_join(PG_FUNCTION_ARGS)
{
	MemoryContext cxt = AllocSetContextCreate(CurrentMemoryContext, "remote_join", ALLOCSET_DEFAULT_SIZES);
	MemoryContext old;
	RemoteJoin	join = {0};
	RrRoleState role;
	Oid			role_oid = rr_get_role(PG_ARGISNULL(4) ? NULL : NameStr(*PG_GETARG_NAME(4)));
	ArrayType  *array;
	Datum	   *rows;
	bool	   *nulls;
	int		   *numbers;
	int			n;
	RrRun	   *run;
	int16		typlen;
	bool		typbyval;
	char		typalign;

	rr_init_materialized(fcinfo);
	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		PG_RETURN_NULL();
	old = MemoryContextSwitchTo(cxt);
	array = PG_GETARG_ARRAYTYPE_P(0);
	find_table(&join, ARR_ELEMTYPE(array));
	join.relationship = text_to_cstring(PG_GETARG_TEXT_PP(1));
	join.errors = gql_errors_create(100, NULL);
	rr_role_enter(&role, role_oid, PG_ARGISNULL(5) ? NULL : PG_GETARG_JSONB_P(5));
	join.rs = rr_role_schema_get(GetUserId());
	find_field(&join);
	run = rr_run_create(plan_join(&join, PG_ARGISNULL(2) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(2)),
								  PG_ARGISNULL(3) ? NULL : PG_GETARG_JSONB_P(3)), join.errors);

	get_typlenbyvalalign(ARR_ELEMTYPE(array), &typlen, &typbyval, &typalign);
	deconstruct_array(array, ARR_ELEMTYPE(array), typlen, typbyval, typalign, &rows, &nulls, &n);
	numbers = palloc(Max(n, 1) * sizeof(int));
	check_presets(&join, run->steps[0].step);
	file_keys(&run->steps[0], rows, nulls, n, numbers);
	rr_run_remote(run);
	put_rows(&run->steps[0], rows, nulls, n, numbers, (ReturnSetInfo *) fcinfo->resultinfo);

	MemoryContextDelete(run->cxt);
	rr_role_leave(&role);
	MemoryContextSwitchTo(old);
	MemoryContextDelete(cxt);
	return (Datum) 0;
}
