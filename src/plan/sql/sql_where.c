/*
 * sql_where.c: boolean expressions (the argument where) as conditions.
 *
 * A condition is compiled where its table is in sight under an alias.
 * Relationships become EXISTS, which the planner turns into semijoins.
 */
#include "postgres.h"

#include "access/transam.h"
#include "catalog/pg_type.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "plan/sql/sql.h"

/*
 * Deepest nesting of relationships. The planner's time for a chain of joins
 * grows with more than its square.
 */
#define MAX_DEPTH 50

/* How many EXISTS may become joins of one query. */
#define MAX_JOINS 50

/* Nested subplans that the planner may plan in two ways each. */
#define MAX_DOUBLED 2

/*
 * Where an EXISTS stands decides what the planner makes of it. It becomes a
 * join where only ANDs lead to it, or where it is all that a NOT negates.
 * Elsewhere it is a subplan. The planner plans such a subplan twice, per row
 * and hashed, and everything in it twice again.
 */
typedef enum Position
{
	POSITION_AND,
	POSITION_NOT,
	POSITION_OTHER,
} Position;

/* Where a condition stands. */
typedef struct Place
{
	Position	position;
	RrReading	reading;
	int			depth;			/* relationships that lead here */
	int			doubled;		/* subplans around it that are planned twice */
	int		   *njoins;			/* EXISTS that became joins of the query that
								 * this is a condition of, so far */
} Place;

static bool append_condition(RrSql *sql, StringInfo out, const Place *place, const RrTable *table,
							 const char *alias, GqlType *type, const GqlValue *where);

static GqlInputValueDef *
input_of(RrSql *sql, GqlType *type, const GqlObjectField *field)
{
	return gql_type_input(sql->rs->schema, type, field->name.value);
}

/* ---- comparisons ---- */

/*
 * "OPERATOR(schema.~~)": the schema is that of the type that brought the
 * operator, pg_catalog for most.
 */
static const char *
deparse_operator(const RrScalar *scalar, const char *name)
{
	const char *schema = "pg_catalog";

	if (scalar->element == NULL && scalar->base >= FirstNormalObjectId)
		schema = quote_identifier(get_namespace_name(rr_type_schema(scalar->base)));
	return psprintf("OPERATOR(%s.%s)", schema, name);
}

/*
 * _in, _nin: = ANY of an array. There are no arrays of arrays, so values of
 * array types are compared one by one.
 */
static void
append_in(RrSql *sql, StringInfo out, const char *expression, const RrScalar *scalar,
		  const RrOperator *op, const GqlValue *value)
{
	const char *operator = rr_operator_name(rr_scalar_comparison(scalar, op));
	const char *separator = "(";
	ListCell   *lc;

	if (scalar->element == NULL)
	{
		appendStringInfo(out, "%s %s %s (%s)", expression, operator, op->negate ? "ALL" : "ANY",
						 rr_add_value_param(sql, rr_operator_type(scalar, op), value));
		return;
	}
	if (value->items == NIL)
		appendStringInfoString(out, op->negate ? "true" : "false");
	foreach(lc, value->items)
	{
		appendStringInfo(out, "%s%s %s %s", separator, expression, operator,
						 rr_add_value_param(sql, scalar->base, lfirst(lc)));
		separator = op->negate ? " AND " : " OR ";
	}
	if (value->items != NIL)
		appendStringInfoChar(out, ')');
}

/* _cast: {String: {…}} on the value's text. */
static bool
append_cast_comparison(RrSql *sql, StringInfo out, const char *expression, GqlType *type,
					   const GqlValue *value)
{
	const char *text = psprintf("(%s)::pg_catalog.text", expression);
	const char *separator = "";
	ListCell   *lc;

	foreach(lc, value->items)
	{
		const GqlObjectField *field = lfirst(lc);
		GqlType    *compared;

		if (field->value->kind == GQL_VALUE_NULL)
			continue;
		appendStringInfoString(out, separator);
		separator = " AND ";
		compared = gql_named_type(input_of(sql, type, field)->type);
		if (!rr_append_comparisons(sql, out, text, rr_scalar(sql->db, TEXTOID), compared,
								   field->value))
			return false;
	}
	if (separator[0] == '\0')
		appendStringInfoString(out, "true");
	return true;
}

static bool
append_comparison(RrSql *sql, StringInfo out, const char *expression, const RrScalar *scalar,
				  const RrOperator *op, const GqlInputValueDef *input, const GqlValue *value)
{
	const char *param;

	/*
	 * Types of one name share an input type with all their operators; this
	 * type may lack some.
	 */
	if (!rr_scalar_has_operator(scalar, op))
	{
		rr_sql_file_error(sql, value->loc, "type %s has no operator for \"%s\"",
						  format_type_be(scalar->base), op->name);
		return false;
	}
	switch (op->kind)
	{
		case RR_OP_COMPARE:
			appendStringInfo(out, "%s %s %s", expression,
							 rr_operator_name(rr_scalar_comparison(scalar, op)),
							 rr_add_value_param(sql, scalar->base, value));
			return true;
		case RR_OP_IN:
			append_in(sql, out, expression, scalar, op, value);
			return true;
		case RR_OP_IS_NULL:
			appendStringInfo(out, "%s %s", expression, value->boolean ? "IS NULL" : "IS NOT NULL");
			return true;
		case RR_OP_SIMILAR:
			param = rr_add_value_param(sql, rr_operator_type(scalar, op), value);
			appendStringInfo(out, "%s %s pg_catalog.similar_to_escape(%s)", expression,
							 deparse_operator(scalar, op->sql), param);
			return true;
		case RR_OP_TEXT:
		case RR_OP_SELF:
		case RR_OP_STRING:
		case RR_OP_STRINGS:
		case RR_OP_OTHER:
		case RR_OP_OTHERS:
			param = rr_add_value_param(sql, rr_operator_type(scalar, op), value);
			appendStringInfo(out, "%s %s %s", expression, deparse_operator(scalar, op->sql), param);
			return true;
		case RR_OP_CAST:
			break;
	}
	return append_cast_comparison(sql, out, expression, gql_named_type(input->type), value);
}

bool
rr_append_comparisons(RrSql *sql, StringInfo out, const char *expression, const RrScalar *scalar,
					  GqlType *type, const GqlValue *value)
{
	const char *separator = "";
	int			before = out->len;
	ListCell   *lc;

	check_stack_depth();
	expression = rr_deparse_operand(scalar, expression);
	foreach(lc, value->items)
	{
		const GqlObjectField *field = lfirst(lc);
		const GqlInputValueDef *input = input_of(sql, type, field);

		if (field->value->kind == GQL_VALUE_NULL)
		{
			rr_sql_file_error(sql, field->value->loc >= 0 ? field->value->loc : field->name.loc,
							  "unexpected null value for type '%s'",
							  gql_type_to_string(input->type));
			return false;
		}
		appendStringInfoString(out, separator);
		separator = " AND ";
		if (!append_comparison(sql, out, expression, scalar, input->data, input, field->value))
			return false;
	}
	if (separator[0] == '\0')
		appendStringInfoString(out, "true");
	return rr_count_bytes(sql->planner, out->len - before);
}

/*
 * Check the limits before the condition of a relationship. False when an error
 * was filed.
 */
static bool
enter_relationship(RrSql *sql, const Place *inner, const GqlValue *value)
{
	if (inner->depth <= MAX_DEPTH)
		return rr_sql_count_relationship(sql, value->loc);
	rr_sql_file_error(sql, value->loc, "Relationships nest more than %d levels deep in \"where\".",
					  MAX_DEPTH);
	return false;
}

/* What a remote condition is taken for where its value is not known. */
static void
append_reading(StringInfo out, const Place *place)
{
	appendStringInfoString(out, place->reading == RR_READING_COULD ? "true" : "false");
}

/* ---- aggregates of related rows ---- */

/* A field of an object; NULL when it is absent or null. */
static const GqlValue *
given_field(const GqlValue *object, const char *name)
{
	const GqlValue *value = gql_object_get(object, name);

	return value == NULL || value->kind == GQL_VALUE_NULL ? NULL : value;
}

static const char *
deparse_column(const RrTable *table, const char *alias, const GqlValue *value)
{
	const RrColumn *column = rr_table_field_column(table, value->text);

	return psprintf("%s.%s", alias, quote_identifier(column->sql_name));
}

/* "count(DISTINCT t1.a)", "avg(t1.a)", "corr(t1.a, t1.b)" */
static const char *
deparse_aggregate(const RrAggregate *aggregate, const RrTable *table, const char *alias,
				  const GqlValue *given)
{
	const GqlValue *arguments = given_field(given, "arguments");
	const GqlValue *distinct = given_field(given, "distinct");
	bool		is_distinct = distinct != NULL && distinct->boolean;

	if (strcmp(aggregate->name, "count") == 0)
		return rr_deparse_count(alias, arguments, is_distinct);
	if (arguments->kind == GQL_VALUE_OBJECT)
		return psprintf("pg_catalog.%s(%s%s, %s)", aggregate->name, is_distinct ? "DISTINCT " : "",
						deparse_column(table, alias, given_field(arguments, "X")),
						deparse_column(table, alias, given_field(arguments, "Y")));
	return psprintf("pg_catalog.%s(%s%s)", aggregate->name, is_distinct ? "DISTINCT " : "",
					deparse_column(table, alias, arguments));
}

/* {predicate: {…}, filter: {…}, …} of one aggregate */
static bool
append_aggregate(RrSql *sql, StringInfo out, const Place *place, const RrLink *link,
				 const char *here, const GqlInputValueDef *input, const GqlValue *given)
{
	const RrAggregate *aggregate = ((const RrTableField *) input->data)->aggregate;
	GqlType    *type = gql_named_type(input->type);
	GqlType    *comparison = gql_named_type(gql_type_input(sql->rs->schema, type,
														   "predicate")->type);
	const char *alias = rr_new_alias(sql, 't');
	const GqlValue *filter = given_field(given, "filter");
	StringInfoData select;
	int			njoins = 0;
	Place		inner = {.position = POSITION_AND, .reading = place->reading,
	.depth = place->depth + 1, .doubled = place->doubled, .njoins = &njoins};

	if (filter != NULL && place->reading != RR_READING_VALUE &&
		rr_where_is_remote(sql, rr_table_type(sql->rs, link->target, RR_TYPE_BOOL_EXP), filter))
	{
		append_reading(out, place);
		return true;
	}
	if (!enter_relationship(sql, &inner, given))
		return false;
	initStringInfo(&select);
	appendStringInfo(&select, "(SELECT %s FROM %s AS %s WHERE %s",
					 deparse_aggregate(aggregate, link->target, alias, given),
					 rr_deparse_table(sql, link->target), alias,
					 rr_deparse_link_condition(link, rr_deparse_link_columns(link, here), alias));
	if (filter != NULL)
	{
		appendStringInfoString(&select, " AND ");
		if (!append_condition(sql, &select, &inner, link->target, alias,
							  rr_table_type(sql->rs, link->target, RR_TYPE_BOOL_EXP), filter))
			return false;
	}
	appendStringInfoChar(&select, ')');
	return rr_append_comparisons(sql, out, select.data,
								 rr_scalar(sql->db, rr_predicate_result(aggregate)), comparison,
								 given_field(given, "predicate"));
}

/* {count: {…}}: exactly one aggregate, as in Hasura. */
static bool
append_aggregates(RrSql *sql, StringInfo out, const Place *place, const RrLink *link,
				  const char *here, GqlType *type, const GqlValue *value)
{
	const GqlObjectField *only = NULL;
	int			ngiven = 0;
	ListCell   *lc;

	foreach(lc, value->items)
	{
		const GqlObjectField *field = lfirst(lc);

		if (field->value->kind == GQL_VALUE_NULL)
			continue;
		only = field;
		ngiven++;
	}
	if (ngiven != 1)
	{
		rr_sql_file_error(sql, value->loc,
						  "Exactly one aggregate is needed in \"%s\", found %d.", type->name, ngiven);
		return false;
	}
	return append_aggregate(sql, out, place, link, here, input_of(sql, type, only), only->value);
}

/* ---- boolean expressions ---- */

/* The place of one of n conditions joined by AND, or with any by OR. */
static Place
place_among(const Place *place, int n, bool any)
{
	Place		inner = *place;

	if (n > 1 && (any || place->position == POSITION_NOT))
		inner.position = POSITION_OTHER;
	return inner;
}

static int
count_given(const GqlValue *object)
{
	int			n = 0;
	ListCell   *lc;

	foreach(lc, object->items)
	{
		const GqlObjectField *field = lfirst(lc);

		if (field->value->kind != GQL_VALUE_NULL)
			n++;
	}
	return n;
}

/* _and, or with any _or: of no conditions true, or false. */
static bool
append_list(RrSql *sql, StringInfo out, const Place *place, const RrTable *table,
			const char *alias, GqlType *type, const GqlValue *list, bool any)
{
	Place		inner = place_among(place, list_length(list->items), any);
	const char *separator = "";
	ListCell   *lc;

	if (list->items == NIL)
	{
		appendStringInfoString(out, any ? "false" : "true");
		return true;
	}
	appendStringInfoChar(out, '(');
	foreach(lc, list->items)
	{
		appendStringInfoString(out, separator);
		separator = any ? " OR " : " AND ";
		if (!rr_count_bytes(sql->planner, strlen("() AND ")) ||
			!append_condition(sql, out, &inner, table, alias, type, lfirst(lc)))
			return false;
	}
	appendStringInfoChar(out, ')');
	return true;
}

static bool
append_not(RrSql *sql, StringInfo out, const Place *place, const RrTable *table,
		   const char *alias, GqlType *type, const GqlValue *value)
{
	Place		inner = *place;

	inner.position = place->position == POSITION_AND ? POSITION_NOT : POSITION_OTHER;
	if (place->reading != RR_READING_VALUE)
		inner.reading = place->reading == RR_READING_COULD ? RR_READING_MUST : RR_READING_COULD;
	appendStringInfoString(out, "NOT ");
	return append_condition(sql, out, &inner, table, alias, type, value);
}

/*
 * EXISTS of rows for which the value holds. from: a table, with the condition
 * that links it; or a function call, with NULL. The planner neither joins nor
 * hashes functions.
 */
static bool
append_exists(RrSql *sql, StringInfo out, const Place *place, const char *from,
			  const char *condition, const RrTable *table, const char *alias,
			  const GqlInputValueDef *input, const GqlValue *value)
{
	int			njoins = 0;
	Place		inner = {.position = POSITION_AND, .reading = place->reading,
	.depth = place->depth + 1, .doubled = place->doubled, .njoins = &njoins};
	bool		once = false;

	if (!enter_relationship(sql, &inner, value))
		return false;
	if (condition != NULL && place->position != POSITION_OTHER && *place->njoins < MAX_JOINS)
	{
		++*place->njoins;
		inner.njoins = place->njoins;
	}
	else if (condition != NULL && place->position == POSITION_OTHER && place->doubled < MAX_DOUBLED)
		inner.doubled++;
	else
		once = condition != NULL;
	appendStringInfo(out, "EXISTS (SELECT 1 FROM %s AS %s WHERE %s", from, alias, condition
					 ? psprintf("%s AND ", condition) : "");
	if (!append_condition(sql, out, &inner, table, alias, gql_named_type(input->type), value))
		return false;
	/* OFFSET 0 keeps the planner from pulling it up or hashing it. */
	appendStringInfoString(out, once ? " OFFSET 0)" : ")");
	return true;
}

/* The rows of a relationship, from the table in sight as alias. */
static bool
append_relationship(RrSql *sql, StringInfo out, const Place *place, const RrLink *link,
					const char *alias, const GqlInputValueDef *input, const GqlValue *value)
{
	const char *inner = rr_new_alias(sql, 't');
	const char *condition = rr_deparse_link_condition(link, rr_deparse_link_columns(link, alias),
													  inner);

	return append_exists(sql, out, place, rr_deparse_table(sql, link->target), condition,
						 link->target, inner, input, value);
}

static bool
append_computed(RrSql *sql, StringInfo out, const Place *place, const RrTable *table,
				const char *alias, const GqlInputValueDef *input, const GqlValue *value)
{
	const RrFunction *function = ((const RrTableField *) input->data)->function;
	const char *call = rr_compile_call(sql, function, rr_deparse_whole_row(table, alias), NULL);

	if (function->result_table == NULL)
		return rr_append_comparisons(sql, out, call, rr_scalar(sql->db, function->result),
									 gql_named_type(input->type), value);
	return append_exists(sql, out, place, call, NULL, function->result_table,
						 rr_new_alias(sql, 't'), input, value);
}

static bool
append_field(RrSql *sql, StringInfo out, const Place *place, const RrTable *table,
			 const char *alias, GqlType *type, const GqlObjectField *field)
{
	const GqlInputValueDef *input = input_of(sql, type, field);
	const RrTableField *info = input->data;
	const char *column;

	if (info == NULL)
	{
		if (strcmp(input->name, "_not") == 0)
			return append_not(sql, out, place, table, alias, type, field->value);
		return append_list(sql, out, place, table, alias, type, field->value,
						   strcmp(input->name, "_or") == 0);
	}
	switch (info->base.kind)
	{
		case RR_FIELD_COLUMN:
			column = psprintf("%s.%s", alias, quote_identifier(info->column->sql_name));
			return rr_append_comparisons(sql, out, column, rr_column_scalar(sql->db, info->column),
										 gql_named_type(input->type), field->value);
		case RR_FIELD_COMPUTED:
			return append_computed(sql, out, place, table, alias, input, field->value);
		case RR_FIELD_REMOTE_JOIN:
			if (place->reading == RR_READING_VALUE)
				return rr_append_remote_condition(sql, out, table, alias, input, field->value);
			append_reading(out, place);
			return true;
		case RR_FIELD_AGGREGATE_RELATIONSHIP:
			return append_aggregates(sql, out, place, info->link, alias,
									 gql_named_type(input->type), field->value);
		default:
			return append_relationship(sql, out, place, info->link, alias, input, field->value);
	}
}

static bool
append_condition(RrSql *sql, StringInfo out, const Place *place, const RrTable *table,
				 const char *alias, GqlType *type, const GqlValue *where)
{
	Place		inner = place_among(place, count_given(where), false);
	const char *separator = "";
	ListCell   *lc;

	check_stack_depth();
	appendStringInfoChar(out, '(');
	foreach(lc, where->items)
	{
		const GqlObjectField *field = lfirst(lc);

		if (field->value->kind == GQL_VALUE_NULL)
			continue;
		appendStringInfoString(out, separator);
		separator = " AND ";
		if (!append_field(sql, out, &inner, table, alias, type, field))
			return false;
	}
	appendStringInfoString(out, separator[0] == '\0' ? "true)" : ")");
	return true;
}

bool
rr_append_where(RrSql *sql, StringInfo out, RrReading reading, const RrTable *table,
				const char *alias, GqlType *type, const GqlValue *where)
{
	int			njoins = 0;
	Place		place = {.position = POSITION_AND, .reading = reading, .njoins = &njoins};

	return append_condition(sql, out, &place, table, alias, type, where);
}

bool
rr_append_where_field(RrSql *sql, StringInfo out, RrReading reading, const RrTable *table,
					  const char *alias, GqlType *type, const GqlObjectField *field)
{
	int			njoins = 0;
	Place		place = {.position = POSITION_AND, .reading = reading, .njoins = &njoins};

	return append_field(sql, out, &place, table, alias, type, field);
}
