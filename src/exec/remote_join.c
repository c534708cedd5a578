/*
 * remote_join.c: remote_rel.remote_join(), remote relationships in SQL.
 *
 * Rows come as an array of a table's row type. The relationship's field is
 * planned as in a document, so its selection can have whatever a document can,
 * further joins included. Only the keys come from the array. Each row goes out
 * as soon as its value has come.
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
#include "join/join.h"
#include "schema/permission/permission.h"
#include "schema/table/table.h"
#include "settings.h"
#include "session/session.h"

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

/* Throw the first error that was filed. what: the argument that is wrong. */
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

static bool
is_remote_join(const GqlFieldDef *field)
{
	const RrField *answer = field->data;

	return answer != NULL && answer->kind == RR_FIELD_REMOTE_JOIN;
}

/* For suggestions. */
static List *
relationship_names(const RemoteJoin *join)
{
	List	   *names = NIL;

	if (join->type == NULL)
		return NIL;
	gql_foreach(GqlFieldDef, field, gql_type_fields(join->rs->schema, join->type))
	{
		if (is_remote_join(field))
			names = lappend(names, unconstify(char *, field->name));
	}
	return names;
}

static void
find_field(RemoteJoin *join)
{
	const RrTable *table = rr_database_table(join->rs->tables->db, join->table);

	if (table != NULL && rr_role_table(join->rs, table)->shown)
		join->type = rr_table_type(join->rs, table, RR_TYPE_OBJECT);
	if (join->type != NULL)
		join->field = gql_type_field(join->rs->schema, join->type, join->relationship);
	if (join->field == NULL || !is_remote_join(join->field))
	{
		const char *suggestion = gql_did_you_mean(NULL, join->relationship,
												  relationship_names(join));

		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("table \"%s\" has no remote relationship \"%s\" for role \"%s\"",
						get_rel_name(join->table),
						join->relationship, GetUserNameFromId(GetUserId(), false)),
				 suggestion[0] ? errhint("%s", suggestion + 1) :
				 errhint("Create it with remote_rel.create_remote_relationship(); the role must be able to read its columns and see its remote schema.")));
	}
}

/* All leaf fields that need no arguments. */
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

/*
 * The arguments as literals. They are coerced here, since a string of JSON may
 * stand for an enum value, and one of a document may not.
 */
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
											   psprintf("Argument \"%s\"", def->name),
											   join->errors);
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

/*
 * The document { <table> { <relationship>(arguments) { selection } } }, of
 * which only what is below the table is planned.
 */
static GqlDocument *
make_document(RemoteJoin *join, const char *selection, Jsonb *arguments)
{
	GqlDocument *document = palloc0(sizeof(GqlDocument));
	GqlOperation *operation = palloc0(sizeof(GqlOperation));
	GqlSelection *field = make_field(join->relationship, parse_arguments(join, arguments),
									 parse_selection(join, selection));

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
	GqlFieldSel *field;

	if (!gql_validate(join->rs->schema, document, rr_max_query_depth, join->errors))
		throw_errors(join, ERRCODE_INVALID_PARAMETER_VALUE, "selection");
	planner.request = gql_request_create(join->rs->schema, document, NULL, NULL, join->errors);
	if (planner.request == NULL)
		throw_errors(join, ERRCODE_INVALID_PARAMETER_VALUE, "selection");
	table = linitial(gql_collect_fields(planner.request, join->rs->schema->query,
										list_make1(planner.request->operation->selection_set)));
	field = linitial(gql_collect_subfields(planner.request, join->type, table));
	if (rr_plan_join(&planner, field) == NULL)
		throw_errors(join, ERRCODE_INVALID_PARAMETER_VALUE, "selection");
	plan->rs = join->rs;
	plan->request = planner.request;
	plan->steps = planner.steps;
	return plan;
}

/*
 * Refuse a join by an argument that the role's permission presets. The caller
 * can make rows up, and so give the argument any value. Elsewhere that gives
 * nobody more than a root field with the same argument would; here it would
 * get around the preset.
 */
static void
check_presets(const RemoteJoin *join, const RrStep *step)
{
	ListCell   *lc;

	foreach(lc, step->key_arguments)
	{
		const RrKeyArgument *argument = lfirst(lc);

		if (argument->presets && rr_key_replaces_preset(step->remote->upstream, argument->def,
														argument->template))
			ereport(ERROR,
					(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
					 errmsg("permission denied for role \"%s\" to join rows of its own making by relationship \"%s\"",
							GetUserNameFromId(GetUserId(), false), join->relationship),
					 errdetail("Its permission on remote schema \"%s\" presets argument \"%s\", which the relationship joins by.",
							   step->remote->def->name, argument->def->name),
					 errhint("Use graphql_resolve(), which reads the rows itself.")));
	}
}

/* ---- the call ---- */

/* What lasts from the first row to the last. */
typedef struct JoinCall
{
	Oid			role;
	Jsonb	   *headers;
	GqlErrorList *errors;
	RrRowStream *stream;
	bool		reported;		/* an error was */
} JoinCall;

/* Report the first error of an upstream: as an error, or as one warning. */
static void
report_failure(JoinCall *call)
{
	int			level = rr_on_remote_error == RR_ON_REMOTE_ERROR_NULL ? WARNING : ERROR;
	const RrStep *step = rr_row_stream_step(call->stream);

	if (call->reported || call->errors->items == NIL)
		return;
	call->reported = true;
	ereport(level,
			(errcode(ERRCODE_FDW_ERROR),
			 errmsg("remote schema \"%s\" failed to answer relationship \"%s\"",
					step->remote->def->name, step->join->relationship->name),
			 errdetail("%s", ((GqlError *) linitial(call->errors->items))->message),
			 level == ERROR ? errhint("SET remote_rel.on_remote_error = 'null' to get NULL results and a warning instead.") : 0));
}

/*
 * Plan the join and file the keys of its rows. NULL when rows or relationship
 * are NULL.
 */
static JoinCall *
begin_call(FunctionCallInfo fcinfo)
{
	JoinCall   *call = palloc0(sizeof(JoinCall));
	RemoteJoin	join = {0};
	RrRoleState role;
	ArrayType  *array;
	const char *selection;
	Jsonb	   *arguments;
	RrRun	   *run;

	call->role = rr_get_role(PG_ARGISNULL(4) ? NULL : NameStr(*PG_GETARG_NAME(4)));
	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		return NULL;
	array = PG_GETARG_ARRAYTYPE_P(0);
	call->headers = PG_ARGISNULL(5) ? NULL : PG_GETARG_JSONB_P(5);
	call->errors = gql_errors_create(100, NULL);
	join.errors = call->errors;
	find_table(&join, ARR_ELEMTYPE(array));
	join.relationship = text_to_cstring(PG_GETARG_TEXT_PP(1));
	rr_role_enter(&role, call->role, call->headers);
	join.rs = rr_role_schema_get(GetUserId());
	find_field(&join);
	selection = PG_ARGISNULL(2) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(2));
	arguments = PG_ARGISNULL(3) ? NULL : PG_GETARG_JSONB_P(3);
	run = rr_run_create(plan_join(&join, selection, arguments), join.errors);
	check_presets(&join, run->steps[0].plan);
	call->stream = rr_row_stream_create(run, array);
	rr_role_leave(&role);
	return call;
}

static FuncCallContext *
first_call(FunctionCallInfo fcinfo)
{
	FuncCallContext *funcctx = SRF_FIRSTCALL_INIT();
	MemoryContext old = MemoryContextSwitchTo(funcctx->multi_call_memory_ctx);

	if (get_call_result_type(fcinfo, NULL, &funcctx->tuple_desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	BlessTupleDesc(funcctx->tuple_desc);
	funcctx->user_fctx = begin_call(fcinfo);
	MemoryContextSwitchTo(old);
	return funcctx;
}

PG_FUNCTION_INFO_V1(rr_remote_join);

/*
 * remote_rel.remote_join(rows anyarray, relationship, selection, arguments,
 * role, headers) RETURNS TABLE ("row" anyelement, result jsonb)
 */
Datum
rr_remote_join(PG_FUNCTION_ARGS)
{
	FuncCallContext *funcctx;
	JoinCall   *call;
	Datum		values[2];
	bool		nulls[2];

	if (SRF_IS_FIRSTCALL())
		first_call(fcinfo);
	funcctx = SRF_PERCALL_SETUP();
	call = funcctx->user_fctx;
	if (call == NULL)
		SRF_RETURN_DONE(funcctx);
	if (rr_row_stream_must_wait(call->stream))
	{
		RrRoleState role;

		rr_role_enter(&role, call->role, call->headers);
		rr_row_stream_wait(call->stream);
		rr_role_leave(&role);
	}
	if (!rr_row_stream_next(call->stream, values, nulls))
		SRF_RETURN_DONE(funcctx);
	report_failure(call);
	SRF_RETURN_NEXT(funcctx, HeapTupleGetDatum(heap_form_tuple(funcctx->tuple_desc, values,
															   nulls)));
}
