/*
 * row_join.c: plans a relationship of rows that SQL gives: remote_join(),
 * remote_value().
 *
 * The relationship's field is planned as in a document, so its selection can
 * have whatever a document can, further joins included. Only the keys come
 * from the rows.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "plan/remote/step.h"
#include "schema/permission/permission.h"
#include "schema/table/table.h"
#include "session/session.h"
#include "settings.h"

typedef struct RemoteJoin
{
	RrRoleSchema *rs;
	const char *relationship;
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
find_table(RemoteJoin *join, Oid row_type, const char *hint)
{
	join->table = get_typ_typrelid(getBaseType(row_type));
	if (!OidIsValid(join->table))
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("type %s is not the row type of a table", format_type_be(row_type)),
				 errhint("%s", hint)));
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
 * The document { <root field of the table> { <relationship>(arguments) {
 * selection } } }, the root field in its namespace if there is one. Only what
 * is below the root field is planned.
 */
static GqlDocument *
make_document(RemoteJoin *join, const char *selection, Jsonb *arguments)
{
	GqlDocument *document = palloc0(sizeof(GqlDocument));
	GqlOperation *operation = palloc0(sizeof(GqlOperation));
	const RrDatabase *db = join->rs->tables->db;
	const char *root = rr_root_field_name(db, rr_database_table(db, join->table), RR_ROOT_SELECT);
	GqlSelection *field = make_field(join->relationship, parse_arguments(join, arguments),
									 parse_selection(join, selection));
	GqlSelection *outermost = make_field(root, NIL, make_set(field));

	operation->def.kind = GQL_DEF_OPERATION;
	operation->def.loc = operation->name.loc = -1;
	operation->type = GQL_QUERY;
	operation->shorthand = true;
	if (db->naming->root_namespace != NULL)
		outermost = make_field(db->naming->root_namespace, NIL, make_set(outermost));
	operation->selection_set = make_set(outermost);
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
	bool		namespace = join->rs->tables->db->naming->root_namespace != NULL;
	GqlFieldSel *table;
	GqlFieldSel *field;

	if (!gql_validate(join->rs->schema, document, rr_max_query_depth + (namespace ? 1 : 0),
					  join->errors))
		throw_errors(join, ERRCODE_INVALID_PARAMETER_VALUE, "selection");
	planner.request = gql_request_create(join->rs->schema, document, NULL, NULL, join->errors);
	if (planner.request == NULL)
		throw_errors(join, ERRCODE_INVALID_PARAMETER_VALUE, "selection");
	table = linitial(gql_collect_fields(planner.request, join->rs->schema->query,
										list_make1(planner.request->operation->selection_set)));
	if (namespace)
		table = linitial(gql_collect_subfields(planner.request, join->rs->tables->query, table));
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

RrPlan	   *
rr_plan_row_join(const RrRowCall *call, GqlErrorList *errors)
{
	RemoteJoin	join = {.relationship = call->relationship, .errors = errors};
	RrPlan	   *plan;

	find_table(&join, call->row_type, call->hint);
	join.rs = rr_role_schema_get(GetUserId());
	find_field(&join);
	plan = plan_join(&join, call->selection, call->arguments);
	check_presets(&join, linitial(plan->steps));
	return plan;
}
