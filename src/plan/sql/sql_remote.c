/*
 * sql_remote.c: conditions on remote fields, and sorting by them.
 *
 * A statement with such conditions runs when their values are known. Then
 * remote_rel.join_value() gives the value of a row's key as jsonb, and the
 * conditions are SQL over it. Before that run statements that file the keys:
 * for each condition those of the rows where it decides. For these the local
 * conditions are read twice. One reading takes each remote condition for true,
 * the other for false (RrReading); a NOT between them changes one into the
 * other. If a row meets not even the first, or already the second, its key is
 * not asked for. join_value() of a key that was not filed is NULL, so such a
 * row is decided by its local conditions, as three-valued logic has it.
 *
 * What asks for keys is a scalar subquery in the place of the rows. Rows
 * inside of others have theirs in the select list of the outer ones, so that
 * exactly the rows of the answer are asked about. Where the outer rows have
 * remote conditions themselves, their values have to come first: a later
 * round.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "plan/remote/step.h"
#include "plan/sql/sql.h"

/*
 * Remote conditions of a root field. Each has a query for its keys, in which
 * the local conditions beside it stand again.
 */
#define MAX_REMOTE_CONDITIONS 100

/* Bytes of these local conditions, in all of the queries together. */
#define MAX_REPEATED (1024 * 1024)

/* A scalar subquery that files keys. */
typedef struct KeyQuery
{
	int			round;
	const char *select;
} KeyQuery;

static void
add_key_query(List **queries, int round, const char *select)
{
	KeyQuery   *query = palloc(sizeof(KeyQuery));

	query->round = round;
	query->select = select;
	*queries = lappend(*queries, query);
}

/* A call of join_value() or join_hole() for the row in sight as alias. */
static const char *
deparse_join_call(RrSql *sql, const char *function, const RrFilter *filter, const RrTable *table,
				  const char *alias)
{
	const RrRemoteJoin *join = filter->field->data;
	RrRow		row = {.table = table, .alias = alias};
	StringInfoData call;

	initStringInfo(&call);
	appendStringInfo(&call, "remote_rel.%s(%d, %s", function, rr_step_number(filter->step),
					 rr_add_run_param(sql));
	for (int i = 0; i < join->nkeys; i++)
		appendStringInfo(&call, ", %s", rr_deparse_join_key(sql, &row, &join->keys[i]));
	appendStringInfoChar(&call, ')');
	return call.data;
}

static RrFilter *
filter_of(RrSql *sql, const GqlInputValueDef *input)
{
	return rr_get_filter(sql->planner, ((const RrTableField *) input->data)->join_field);
}

/* ---- values ---- */

/* A json value in SQL: a member of an object, or without a name the base. */
typedef struct Json
{
	const char *base;
	const char *member;
} Json;

static const char *
deparse_json(Json json)
{
	if (json.member == NULL)
		return json.base;
	return psprintf("(%s OPERATOR(pg_catalog.->) '%s')", json.base, json.member);
}

/* Its text; NULL for null. */
static const char *
deparse_text(Json json)
{
	if (json.member == NULL)
		return psprintf("(%s OPERATOR(pg_catalog.#>>) '{}')", json.base);
	return psprintf("(%s OPERATOR(pg_catalog.->>) '%s')", json.base, json.member);
}

/* "jsonb_typeof(…) = 'object'" */
static const char *
deparse_type_test(const char *json, const char *operator, const char *type)
{
	return psprintf("pg_catalog.jsonb_typeof(%s) OPERATOR(pg_catalog.%s) '%s'", json, operator,
					type);
}

/* The SQL value of a leaf, as rr_remote_leaf_scalar() compares it. */
static const char *
deparse_leaf(const RrScalar *scalar, Json json)
{
	switch (scalar->type)
	{
		case TEXTOID:
			return deparse_text(json);
		case NUMERICOID:
			return psprintf("%s::pg_catalog.numeric", deparse_text(json));
		case BOOLOID:
			return psprintf("%s::pg_catalog.bool", deparse_text(json));
		default:
			return psprintf("CASE WHEN %s THEN %s END",
							deparse_type_test(deparse_json(json), "<>", "null"),
							deparse_json(json));
	}
}

/* ---- conditions on a value ---- */

/* The condition on an object, or on a part of one. */
typedef struct ObjectCondition
{
	RrSql	   *sql;
	StringInfo	out;
	RrFilter   *filter;
	GqlSelectionSet *needed;	/* of the object */
	const char *object;			/* jsonb */
} ObjectCondition;

static bool append_value_condition(const ObjectCondition *c, Json json, const GqlTypeRef *type,
								   GqlSelectionSet *needed, GqlType *input, const GqlValue *value);
static bool append_members(const ObjectCondition *c, GqlType *type, const GqlValue *where);

/* _and, or with any _or */
static bool
append_member_list(const ObjectCondition *c, GqlType *type, const GqlValue *list, bool any)
{
	const char *separator = "";
	ListCell   *lc;

	if (list->items == NIL)
		appendStringInfoString(c->out, any ? "false" : "true");
	foreach(lc, list->items)
	{
		appendStringInfoString(c->out, separator[0] == '\0' ? "(" : separator);
		separator = any ? " OR " : " AND ";
		if (!append_members(c, type, lfirst(lc)))
			return false;
	}
	if (list->items != NIL)
		appendStringInfoChar(c->out, ')');
	return true;
}

static bool
append_member(const ObjectCondition *c, GqlType *type, const GqlObjectField *given)
{
	const GqlInputValueDef *input = gql_type_input(c->sql->rs->schema, type, given->name.value);
	const GqlFieldDef *field = input->data;
	GqlSelectionSet *needed;
	Json		json = {.base = c->object};

	if (field != NULL)
	{
		needed = rr_filter_need(c->sql->planner, c->filter, c->needed, field, &json.member);
		return append_value_condition(c, json, field->type, needed, gql_named_type(input->type),
									  given->value);
	}
	if (strcmp(input->name, "_not") == 0)
	{
		appendStringInfoString(c->out, "NOT ");
		return append_members(c, type, given->value);
	}
	return append_member_list(c, type, given->value, strcmp(input->name, "_or") == 0);
}

static bool
append_members(const ObjectCondition *c, GqlType *type, const GqlValue *where)
{
	const char *separator = "";
	ListCell   *lc;

	check_stack_depth();
	appendStringInfoChar(c->out, '(');
	foreach(lc, where->items)
	{
		const GqlObjectField *given = lfirst(lc);

		if (given->value->kind == GQL_VALUE_NULL)
			continue;
		appendStringInfoString(c->out, separator);
		separator = " AND ";
		if (!append_member(c, type, given))
			return false;
	}
	appendStringInfoString(c->out, separator[0] == '\0' ? "true)" : ")");
	return true;
}

/*
 * The condition on a value of a remote type: of a list on some element, of an
 * object on one that is there. Never NULL but for comparisons with null.
 */
static bool
append_value_condition(const ObjectCondition *c, Json json, const GqlTypeRef *type,
					   GqlSelectionSet *needed, GqlType *input, const GqlValue *value)
{
	RrSql	   *sql = c->sql;
	ObjectCondition inner = *c;

	check_stack_depth();
	type = gql_nullable_type(type);
	if (type->kind == GQL_TYPE_LIST)
	{
		const char *alias = rr_new_alias(sql, 'e');
		const char *list = deparse_json(json);
		Json		element = {.base = psprintf("%s.j", alias)};

		appendStringInfo(c->out,
						 "EXISTS (SELECT 1 FROM pg_catalog.jsonb_array_elements(CASE WHEN %s THEN %s END) AS %s(j) WHERE ",
						 deparse_type_test(list, "=", "array"), list, alias);
		if (!append_value_condition(c, element, type->of, needed, input, value))
			return false;
		appendStringInfoChar(c->out, ')');
		return true;
	}
	if (gql_is_leaf(type->type))
	{
		const RrScalar *scalar = rr_remote_leaf_scalar(sql->rs, type->type);

		return rr_append_comparisons(sql, c->out, deparse_leaf(scalar, json), scalar, input, value);
	}
	inner.object = deparse_json(json);
	inner.needed = needed;
	appendStringInfo(c->out, "(%s AND ", deparse_type_test(inner.object, "=", "object"));
	if (!append_members(&inner, input, value))
		return false;
	appendStringInfoChar(c->out, ')');
	return true;
}

bool
rr_append_remote_condition(RrSql *sql, StringInfo out, const RrTable *table, const char *alias,
						   const GqlInputValueDef *input, const GqlValue *value)
{
	ObjectCondition c = {.sql = sql, .out = out, .filter = filter_of(sql, input)};
	const char *joined = rr_new_alias(sql, 'v');
	Json		json = {.base = psprintf("%s.j", joined)};

	if (!rr_sql_count_relationship(sql, value->loc))
		return false;
	if (++sql->nremote > MAX_REMOTE_CONDITIONS)
	{
		rr_sql_file_error(sql, value->loc, "A root field has more than %d conditions on remote fields.",
						  MAX_REMOTE_CONDITIONS);
		return false;
	}
	c.filter->conditions = list_append_unique_ptr(c.filter->conditions,
												  unconstify(GqlValue *, value));
	c.filter->condition_type = gql_named_type(input->type);
	/* OFFSET 0: one call, however often its value is used */
	appendStringInfo(out, "(SELECT CASE WHEN %s.j IS NOT NULL THEN ", joined);
	if (!append_value_condition(&c, json, c.filter->field->type, c.filter->needed,
								gql_named_type(input->type), value))
		return false;
	appendStringInfo(out, " END FROM (SELECT %s OFFSET 0) AS %s(j))",
					 deparse_join_call(sql, "join_value", c.filter, table, alias), joined);
	return true;
}

/* ---- which conditions are remote ---- */

static const RrTableField *
table_field(RrSql *sql, GqlType *type, const GqlObjectField *field, const GqlInputValueDef **input)
{
	*input = gql_type_input(sql->rs->schema, type, field->name.value);
	return (*input)->data;
}

/* The filter of {predicate, filter, …}, where it is remote; or NULL. */
static const GqlValue *
remote_filter(RrSql *sql, const RrLink *link, const GqlValue *given)
{
	const GqlValue *filter = given->kind != GQL_VALUE_NULL ? gql_object_get(given, "filter") : NULL;

	if (filter == NULL || filter->kind == GQL_VALUE_NULL ||
		!rr_where_is_remote(sql, rr_table_type(sql->rs, link->target, RR_TYPE_BOOL_EXP), filter))
		return NULL;
	return filter;
}

/* Does this field of a condition say something of a remote relationship? */
static bool
where_field_is_remote(RrSql *sql, GqlType *type, const GqlObjectField *field)
{
	const GqlInputValueDef *input;
	const RrTableField *info = table_field(sql, type, field, &input);
	ListCell   *lc;

	if (field->value->kind == GQL_VALUE_NULL)
		return false;
	if (info == NULL)
	{
		if (field->value->kind == GQL_VALUE_OBJECT)
			return rr_where_is_remote(sql, type, field->value);
		foreach(lc, field->value->items)
		{
			if (rr_where_is_remote(sql, type, lfirst(lc)))
				return true;
		}
		return false;
	}
	switch (info->base.kind)
	{
		case RR_FIELD_REMOTE_JOIN:
			return true;
		case RR_FIELD_COLUMN:
			return false;
		case RR_FIELD_COMPUTED:
			return info->function->result_table != NULL &&
				rr_where_is_remote(sql, gql_named_type(input->type), field->value);
		case RR_FIELD_AGGREGATE_RELATIONSHIP:
			foreach(lc, field->value->items)
			{
				if (remote_filter(sql, info->link, ((const GqlObjectField *) lfirst(lc))->value))
					return true;
			}
			return false;
		default:
			return rr_where_is_remote(sql, gql_named_type(input->type), field->value);
	}
}

bool
rr_where_is_remote(RrSql *sql, GqlType *type, const GqlValue *where)
{
	ListCell   *lc;

	if (sql->rs->remotes == NIL)
		return false;
	check_stack_depth();
	foreach(lc, where->items)
	{
		if (where_field_is_remote(sql, type, lfirst(lc)))
			return true;
	}
	return false;
}

/* ---- the keys of conditions ---- */

/* Rows on the way from the statement's own to those of a condition. */
typedef struct Level
{
	const struct Level *outer;
	const char *from;			/* "public.books AS t1" */
	const char *link;			/* what links it to the outer one; NULL: it is
								 * a function of that, or outermost */
	const RrTable *table;
	const char *alias;
	StringInfoData conditions;	/* joined by AND; "" for none */
} Level;

/* A walk through a condition. Positive: not below an odd number of NOTs. */
typedef struct KeyWalk
{
	RrSql	   *sql;
	Level	   *level;
	bool		positive;
	List	  **queries;
	int			round;
} KeyWalk;

static bool walk_object(const KeyWalk *walk, GqlType *type, const GqlValue *where);

static void
add_condition(StringInfo conditions, const char *condition)
{
	appendStringInfo(conditions, "%s%s", conditions->len > 0 ? " AND " : "", condition);
}

/*
 * " FROM … WHERE …" of the rows at a level that those further out lead to.
 * condition: one more, or NULL.
 */
static void
append_level(StringInfo out, const Level *level, const char *condition)
{
	const char *from = level->from;
	StringInfoData conditions;

	check_stack_depth();
	initStringInfo(&conditions);
	if (condition != NULL)
		add_condition(&conditions, condition);
	if (level->conditions.len > 0)
		add_condition(&conditions, level->conditions.data);
	/* a function stands beside what it takes */
	while (level->link == NULL && level->outer != NULL)
	{
		level = level->outer;
		from = psprintf("%s, %s", level->from, from);
		if (level->conditions.len > 0)
			add_condition(&conditions, level->conditions.data);
	}
	if (level->outer != NULL)
	{
		StringInfoData rows;

		initStringInfo(&rows);
		append_level(&rows, level->outer, level->link);
		add_condition(&conditions, psprintf("EXISTS (SELECT 1%s)", rows.data));
	}
	appendStringInfo(out, " FROM %s", from);
	if (conditions.len > 0)
		appendStringInfo(out, " WHERE %s", conditions.data);
}

/* File the keys of the condition that the walk has come to. */
static void
add_keys(const KeyWalk *walk, const GqlInputValueDef *input)
{
	const Level *level = walk->level;
	StringInfoData select;

	initStringInfo(&select);
	appendStringInfo(&select, "SELECT pg_catalog.count(%s)",
					 deparse_join_call(walk->sql, "join_hole", filter_of(walk->sql, input),
									   level->table, level->alias));
	append_level(&select, level, NULL);
	add_key_query(walk->queries, walk->round, select.data);
}

/*
 * What must hold of a condition beside the one at work, so that the latter
 * decides something. condition: how it is written for the reading.
 */
static const char *
deparse_undecided(const KeyWalk *walk, bool any, const char *condition)
{
	if (any)
		return psprintf(walk->positive ? "%s IS NOT TRUE" : "NOT %s", condition);
	return walk->positive ? condition : psprintf("%s IS NOT FALSE", condition);
}

/*
 * Restrict the level's rows to those which the conditions beside one leave
 * undecided: of an object's fields (fields), or of a list's objects.
 */
static bool
add_siblings(const KeyWalk *walk, GqlType *type, const GqlValue *all, int except, bool any)
{
	RrReading	reading = any ? RR_READING_MUST : RR_READING_COULD;
	const Level *level = walk->level;
	ListCell   *lc;

	foreach(lc, all->items)
	{
		const GqlObjectField *field = all->kind == GQL_VALUE_OBJECT ? lfirst(lc) : NULL;
		StringInfoData condition;

		CHECK_FOR_INTERRUPTS();
		if (foreach_current_index(lc) == except ||
			(field != NULL && field->value->kind == GQL_VALUE_NULL))
			continue;
		initStringInfo(&condition);
		appendStringInfoChar(&condition, '(');
		if (field != NULL
			? !rr_append_where_field(walk->sql, &condition, reading, level->table, level->alias,
									 type, field)
			: !rr_append_where(walk->sql, &condition, reading, level->table, level->alias, type,
							   lfirst(lc)))
			return false;
		appendStringInfoChar(&condition, ')');
		walk->sql->repeated += condition.len;
		if (walk->sql->repeated > MAX_REPEATED)
		{
			rr_sql_file_error(walk->sql, all->loc,
							  "The conditions beside those on remote fields are too long: they are repeated for each of these.");
			return false;
		}
		add_condition(&walk->level->conditions, deparse_undecided(walk, any, condition.data));
	}
	return true;
}

/* Go to related rows: a table, or what a function gives. */
static bool
walk_rows(const KeyWalk *walk, const RrTable *table, const char *alias, const char *from,
		  const char *link, const GqlValue *where)
{
	Level		level = {.outer = walk->level, .link = link, .table = table, .alias = alias};
	KeyWalk		inner = *walk;

	level.from = psprintf("%s AS %s", from, alias);
	initStringInfo(&level.conditions);
	inner.level = &level;
	inner.positive = true;
	return walk_object(&inner, rr_table_type(walk->sql->rs, table, RR_TYPE_BOOL_EXP), where);
}

static bool
walk_link(const KeyWalk *walk, const RrLink *link, const GqlValue *where)
{
	RrSql	   *sql = walk->sql;
	const char *alias = rr_new_alias(sql, 't');
	const char **here = rr_deparse_link_columns(link, walk->level->alias);

	return walk_rows(walk, link->target, alias, rr_deparse_table(sql, link->target),
					 rr_deparse_link_condition(link, here, alias), where);
}

static bool
walk_function(const KeyWalk *walk, const RrFunction *function, const GqlValue *where)
{
	RrSql	   *sql = walk->sql;
	const char *row = rr_deparse_whole_row(walk->level->table, walk->level->alias);

	return walk_rows(walk, function->result_table, rr_new_alias(sql, 't'),
					 rr_compile_call(sql, function, row, NULL), NULL, where);
}

static bool
walk_aggregates(const KeyWalk *walk, const RrLink *link, const GqlValue *value)
{
	ListCell   *lc;

	foreach(lc, value->items)
	{
		const GqlValue *filter = remote_filter(walk->sql, link,
											   ((const GqlObjectField *) lfirst(lc))->value);

		if (filter != NULL && !walk_link(walk, link, filter))
			return false;
	}
	return true;
}

/* The objects of _and, or with any of _or. */
static bool
walk_list(const KeyWalk *walk, GqlType *type, const GqlValue *list, bool any)
{
	StringInfo	conditions = &walk->level->conditions;
	ListCell   *lc;

	foreach(lc, list->items)
	{
		int			before = conditions->len;

		if (!rr_where_is_remote(walk->sql, type, lfirst(lc)))
			continue;
		if (!add_siblings(walk, type, list, foreach_current_index(lc), any) ||
			!walk_object(walk, type, lfirst(lc)))
			return false;
		conditions->len = before;
		conditions->data[before] = '\0';
	}
	return true;
}

static bool
walk_field(const KeyWalk *walk, GqlType *type, const GqlObjectField *field)
{
	const GqlInputValueDef *input;
	const RrTableField *info = table_field(walk->sql, type, field, &input);
	KeyWalk		inner = *walk;

	if (info == NULL)
	{
		if (strcmp(input->name, "_not") != 0)
			return walk_list(walk, type, field->value, strcmp(input->name, "_or") == 0);
		inner.positive = !walk->positive;
		return walk_object(&inner, type, field->value);
	}
	switch (info->base.kind)
	{
		case RR_FIELD_REMOTE_JOIN:
			add_keys(walk, input);
			return true;
		case RR_FIELD_COMPUTED:
			return walk_function(walk, info->function, field->value);
		case RR_FIELD_AGGREGATE_RELATIONSHIP:
			return walk_aggregates(walk, info->link, field->value);
		default:
			return walk_link(walk, info->link, field->value);
	}
}

static bool
walk_object(const KeyWalk *walk, GqlType *type, const GqlValue *where)
{
	StringInfo	conditions = &walk->level->conditions;
	ListCell   *lc;

	check_stack_depth();
	foreach(lc, where->items)
	{
		int			before = conditions->len;

		if (!where_field_is_remote(walk->sql, type, lfirst(lc)))
			continue;
		if (!add_siblings(walk, type, where, foreach_current_index(lc), false) ||
			!walk_field(walk, type, lfirst(lc)))
			return false;
		conditions->len = before;
		conditions->data[before] = '\0';
	}
	return true;
}

bool
rr_add_where_keys(RrSql *sql, List **queries, const char *from, const RrTable *table,
				  const char *alias, const char *conditions, const GqlValue *where)
{
	GqlType    *type = rr_table_type(sql->rs, table, RR_TYPE_BOOL_EXP);
	Level		level = {.table = table, .alias = alias};
	KeyWalk		walk = {.sql = sql, .level = &level, .positive = true, .queries = queries,
	.round = sql->round};

	if (!rr_where_is_remote(sql, type, where))
		return true;
	level.from = psprintf("%s AS %s", from, alias);
	initStringInfo(&level.conditions);
	appendStringInfoString(&level.conditions, conditions);
	sql->round++;
	return walk_object(&walk, type, where);
}

/* ---- sorting ---- */

typedef struct RemoteSort
{
	RrSql	   *sql;
	RrFilter   *filter;
	const char *call;			/* of join_value() */
	List	   *keys;			/* RrRemoteKey * */
} RemoteSort;

/* path: that of the value, "a,b". False when an error was filed. */
static bool
add_sort_keys(RemoteSort *sort, const char *path, const GqlTypeRef *type, GqlSelectionSet *needed,
			  GqlType *input, const GqlValue *value)
{
	GqlType    *named = gql_named_type(type);
	List	   *fields;
	ListCell   *lc;

	check_stack_depth();
	if (gql_is_leaf(named))
	{
		const RrScalar *scalar = rr_remote_leaf_scalar(sort->sql->rs, named);
		const char *json = psprintf("(%s OPERATOR(pg_catalog.#>) '{%s}')", sort->call, path);
		RrRemoteKey *key = palloc(sizeof(RrRemoteKey));

		key->expression = deparse_leaf(scalar, (Json) {.base = json});
		key->direction = value;
		sort->keys = lappend(sort->keys, key);
		return true;
	}
	if (!rr_get_sort_fields(sort->sql, value, &fields))
		return false;
	foreach(lc, fields)
	{
		const GqlObjectField *given = lfirst(lc);
		const GqlInputValueDef *inner = gql_type_input(sort->sql->rs->schema, input,
													   given->name.value);
		const GqlFieldDef *field = inner->data;
		GqlSelectionSet *inner_needed;
		const char *member;

		inner_needed = rr_filter_need(sort->sql->planner, sort->filter, needed, field, &member);
		if (!add_sort_keys(sort, psprintf("%s%s%s", path, path[0] != '\0' ? "," : "", member),
						   field->type, inner_needed, gql_named_type(inner->type), given->value))
			return false;
	}
	return true;
}

bool
rr_remote_sort_keys(RrSql *sql, const RrTable *table, const char *alias,
					const GqlInputValueDef *input, const GqlValue *value, List **keys,
					const char **hole)
{
	RemoteSort	sort = {.sql = sql, .filter = filter_of(sql, input)};

	sort.call = deparse_join_call(sql, "join_value", sort.filter, table, alias);
	*hole = deparse_join_call(sql, "join_hole", sort.filter, table, alias);
	if (!add_sort_keys(&sort, "", sort.filter->field->type, sort.filter->needed,
					   gql_named_type(input->type), value))
		return false;
	*keys = sort.keys;
	return true;
}

void
rr_rows_add_sort_hole(RrSql *sql, RrRows *rows, const char *hole)
{
	if (rows->sort_holes == NIL)
		rows->sort_round = sql->round++;
	rows->sort_holes = lappend(rows->sort_holes, unconstify(char *, hole));
}

/* ---- the queries of rows, and of a statement ---- */

const char *
rr_finish_rows(RrSql *sql, RrRows *rows, const char *limit)
{
	const char *from = rr_deparse_rows(rows);
	ListCell   *lc;

	for (int i = rows->first_key_query; i < list_length(sql->key_queries); i++)
	{
		KeyQuery   *query = list_nth(sql->key_queries, i);

		query->select = psprintf(limit[0] != '\0' ? "SELECT (%s)%s%s"
								 : "SELECT pg_catalog.count((%s))%s%s", query->select, from, limit);
	}
	sql->key_queries = list_concat(sql->key_queries, rows->key_queries);
	foreach(lc, rows->sort_holes)
		add_key_query(&sql->key_queries, rows->sort_round,
					  psprintf("SELECT pg_catalog.count(%s)%s", (const char *) lfirst(lc),
							   rr_deparse_unsorted(rows)));
	sql->round = rows->outer_round;
	return psprintf("%s%s", from, limit);
}

/* The queries of a round as one statement; NULL if there are none. */
static RrSqlStatement *
make_round(const RrSql *sql, int round)
{
	RrSqlStatement *statement;
	StringInfoData text;
	ListCell   *lc;

	initStringInfo(&text);
	foreach(lc, sql->key_queries)
	{
		const KeyQuery *query = lfirst(lc);

		if (query->round == round)
			appendStringInfo(&text, "%s(%s)", text.len > 0 ? ", " : "SELECT ", query->select);
	}
	if (text.len == 0)
		return NULL;
	statement = palloc0(sizeof(RrSqlStatement));
	statement->sql = text.data;
	statement->params = sql->params;
	return statement;
}

RrSqlStatement *
rr_make_statement(const RrSql *sql, const char *text)
{
	RrSqlStatement *statement = palloc0(sizeof(RrSqlStatement));
	int			last = -1;
	ListCell   *lc;

	statement->sql = text;
	statement->params = sql->params;
	foreach(lc, sql->key_queries)
		last = Max(last, ((const KeyQuery *) lfirst(lc))->round);
	for (int round = 0; round <= last; round++)
	{
		RrSqlStatement *before = make_round(sql, round);

		if (before != NULL)
			statement->before = lappend(statement->before, before);
	}
	if (statement->before != NIL)
		statement->filters = rr_filter_steps(sql->planner);
	return statement;
}
