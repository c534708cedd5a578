/*
 * coerce.c: input coercion (specification, section 3, "Input Coercion" of
 * every kind of type).
 *
 * The same code coerces literals and values from JSON, in one walk that both
 * checks and converts. Parts that are already in coerced form are not copied.
 * Numbers keep their text. Values of custom scalars are not changed, except
 * that variables inside of literal lists and objects are replaced.
 */
#include "postgres.h"

#include <math.h>

#include "miscadmin.h"

#include "graphql/suggest.h"
#include "graphql/type/coerce.h"

/*
 * The deepest value that is accepted. The parser limits literals; values from
 * JSON have no other limit.
 */
#define MAX_VALUE_DEPTH 1000

/*
 * Units of a budget that are spent for a value, for a default value that is
 * taken in, and for so many fields of an input object that are looked for.
 */
#define VALUE_UNITS 1
#define DEFAULT_UNITS 4
#define FIELDS_A_UNIT 16

typedef enum ScalarKind
{
	SCALAR_INT, SCALAR_FLOAT, SCALAR_STRING, SCALAR_BOOLEAN, SCALAR_ID, SCALAR_CUSTOM
} ScalarKind;

static const GqlValue null_value = {.kind = GQL_VALUE_NULL, .loc = -1, .text = ""};

static bool coerce_at(GqlCoercion *c, const GqlValue *value, const GqlTypeRef *type,
					  const GqlPath *path, int depth, GqlValue **result);

static GqlValue *
make_value(GqlValueKind kind, const GqlValue *like)
{
	GqlValue   *value = gql_make_value(kind);

	value->loc = like->loc;
	return value;
}

static GqlValue *
make_text_value(GqlValueKind kind, const GqlValue *like, const char *text, int len)
{
	GqlValue   *value = gql_make_text_value(kind, text, len);

	value->loc = like->loc;
	return value;
}

/* Report, once, that the budget is exhausted. */
static bool fail_exhausted(GqlCoercion *c, const GqlValue *value, const GqlPath *path);

/* The value is in coerced form already. */
static inline bool
keep(const GqlValue *value, GqlValue **result)
{
	if (result != NULL)
		*result = unconstify(GqlValue *, value);
	return true;
}

/* Report a reason why a value does not fit. Always false. */
static bool fail(GqlCoercion *c, int loc, const GqlPath *path,
				 const char *fmt,...) pg_attribute_printf(4, 5);

static bool
fail(GqlCoercion *c, int loc, const GqlPath *path, const char *fmt,...)
{
	va_list		args;
	char	   *message;

	if (c->stopped)
		return false;
	va_start(args, fmt);
	message = gql_format_message(fmt, args);
	va_end(args);
	c->report(c, message, loc, path);
	pfree(message);
	return false;
}

static bool
fail_exhausted(GqlCoercion *c, const GqlValue *value, const GqlPath *path)
{
	fail(c, value->loc, path,
		 "The value and the default values that it takes in are too many.");
	c->stopped = true;
	return false;
}

static GqlValue *
variable_value(const GqlCoercion *c, const char *name)
{
	GqlVariableValue *variable = c->variables ? gql_names_get(c->variables, name) : NULL;

	return variable != NULL ? variable->value : NULL;
}

static GqlValue *
get_variable(const char *name, void *arg)
{
	return variable_value(arg, name);
}

/* The literal of a leaf with the values of the variables in it. */
static GqlValue *
substitute(const GqlCoercion *c, const GqlValue *value)
{
	return gql_substitute_variables(value, get_variable, unconstify(GqlCoercion *, c));
}

/*
 * The value as this coercion's messages show it, where an input object is
 * expected and where a leaf is.
 */
static const char *
show(const GqlCoercion *c, const GqlValue *value)
{
	if (c->stopped)
		return "";
	return c->from_json ? gql_inspect(value) : gql_show_literal(value);
}

static const char *
show_leaf(const GqlCoercion *c, const GqlValue *value)
{
	if (c->stopped)
		return "";
	return c->from_json ? gql_inspect(value) : gql_show_literal(substitute(c, value));
}

static const char *
hint_for(const GqlCoercion *c, const char *prefix, const char *written, const GqlNames *names)
{
	return c->stopped || c->no_hints ? "" : gql_did_you_mean_name(prefix, written, names);
}

static bool
coerce_variable(GqlCoercion *c, const GqlValue *value, const GqlTypeRef *type,
				const GqlPath *path, GqlValue **result)
{
	GqlValue   *given;

	if (c->variables == NULL)
		return keep(value, result);

	/*
	 * The variable was coerced to its own type, and validation has checked
	 * that this type is allowed here. Only a missing value and null are left.
	 */
	given = variable_value(c, value->text);
	if (type->kind == GQL_TYPE_NON_NULL)
	{
		if (given == NULL)
			return fail(c, value->loc, path,
						"Expected variable \"$%s\" provided to type \"%s\" to provide a runtime value.",
						value->text, gql_type_to_string(type));
		if (given->kind == GQL_VALUE_NULL)
			return fail(c, value->loc, path,
						"Expected variable \"$%s\" provided to non-null type \"%s\" not to be null.",
						value->text, gql_type_to_string(type));
	}
	return keep(given ? given : &null_value, result);
}

/* ---- scalars (3.5) ---- */

static ScalarKind
scalar_kind(const char *name)
{
	switch (name[0])
	{
		case 'I':
			if (strcmp(name, "Int") == 0)
				return SCALAR_INT;
			if (strcmp(name, "ID") == 0)
				return SCALAR_ID;
			break;
		case 'F':
			if (strcmp(name, "Float") == 0)
				return SCALAR_FLOAT;
			break;
		case 'S':
			if (strcmp(name, "String") == 0)
				return SCALAR_STRING;
			break;
		case 'B':
			if (strcmp(name, "Boolean") == 0)
				return SCALAR_BOOLEAN;
			break;
	}
	return SCALAR_CUSTOM;
}

/*
 * A JSON number as the text of an integer, without fraction and exponent: 1.0,
 * 10e-1 and 1 are the same number. NULL if it is not an integer, or larger
 * than a double can be.
 */
static const char *
integral_text(const GqlValue *value)
{
	const char *p = value->text;
	StringInfoData digits;
	int			first,
				exponent = 0;

	if (value->kind == GQL_VALUE_INT)
		return p;
	initStringInfo(&digits);
	if (*p == '-')
		appendStringInfoChar(&digits, *p++);
	first = digits.len;
	for (; *p >= '0' && *p <= '9'; p++)
		appendStringInfoChar(&digits, *p);
	if (*p == '.')
		for (p++; *p >= '0' && *p <= '9'; p++, exponent--)
			appendStringInfoChar(&digits, *p);
	if (*p == 'e' || *p == 'E')
	{
		long		written = strtol(p + 1, NULL, 10);

		if (written < -400 || written > 400)
			return NULL;
		exponent += (int) written;
	}
	for (; exponent > 0; exponent--)
		appendStringInfoChar(&digits, '0');
	for (; exponent < 0 && digits.len > first && digits.data[digits.len - 1] == '0'; exponent++)
		digits.data[--digits.len] = '\0';
	if (exponent < 0 && digits.len > first)
		return NULL;
	if (digits.len == first)
		appendStringInfoChar(&digits, '0');

	/* leading zeros, as of 0.5e1 */
	while (digits.len - first > 1 && digits.data[first] == '0')
	{
		memmove(digits.data + first, digits.data + first + 1, digits.len - first);
		digits.len--;
	}
	return digits.data;
}

/* Is the integer with this text in the range of 32 bits? */
static bool
fits_int32(const char *text)
{
	const char *p = text + (*text == '-');
	int64		number = 0;

	while (*p == '0')
		p++;
	for (int n = 0; *p; p++, n++)
	{
		if (n == 10)
			return false;
		number = number * 10 + (*p - '0');
	}
	return number <= (*text == '-' ? (int64) PG_INT32_MAX + 1 : PG_INT32_MAX);
}

static inline bool
is_number(const GqlValue *value)
{
	return value->kind == GQL_VALUE_INT || value->kind == GQL_VALUE_FLOAT;
}

/* 3.5.1 */
static bool
coerce_int(GqlCoercion *c, const GqlValue *value, const GqlPath *path, GqlValue **result)
{
	const char *text = NULL;

	if (value->kind == GQL_VALUE_INT)
		text = value->text;

	else if (value->kind == GQL_VALUE_FLOAT && c->from_json)
		text = integral_text(value);

	if (text == NULL)
		return fail(c, value->loc, path, "Int cannot represent non-integer value: %s",
					show_leaf(c, value));
	if (!fits_int32(text))
		return fail(c, value->loc, path,
					"Int cannot represent non 32-bit signed integer value: %s",
					show_leaf(c, value));
	if (text == value->text)
		return keep(value, result);
	if (result != NULL)
		*result = make_text_value(GQL_VALUE_INT, value, text, strlen(text));
	return true;
}

/* 3.5.5 */
static bool
coerce_id(GqlCoercion *c, const GqlValue *value, const GqlPath *path, GqlValue **result)
{
	const char *text = NULL;

	if (value->kind == GQL_VALUE_STRING)
		return keep(value, result);
	if (value->kind == GQL_VALUE_INT)
		text = value->text;

	else if (value->kind == GQL_VALUE_FLOAT && c->from_json)
		text = integral_text(value);

	if (text == NULL)
		return fail(c, value->loc, path, c->from_json ? "ID cannot represent value: %s" :
					"ID cannot represent a non-string and non-integer value: %s",
					show_leaf(c, value));
	if (result != NULL)
		*result = make_text_value(GQL_VALUE_STRING, value, text, strlen(text));
	return true;
}

static bool
coerce_scalar(GqlCoercion *c, const GqlValue *value, const GqlType *type, const GqlPath *path,
			  GqlValue **result)
{
	switch (scalar_kind(type->name))
	{
		case SCALAR_INT:
			return coerce_int(c, value, path, result);
		case SCALAR_ID:
			return coerce_id(c, value, path, result);
		case SCALAR_FLOAT:
			if (!is_number(value))
				return fail(c, value->loc, path, "Float cannot represent non numeric value: %s",
							show_leaf(c, value));
			/* As graphql-js does: in a document the text is sent as it is. */
			if (value->loc < 0 && isinf(strtod(value->text, NULL)))
				return fail(c, value->loc, path, "Float cannot represent non numeric value: %s",
							*value->text == '-' ? "-Infinity" : "Infinity");
			break;
		case SCALAR_STRING:
			if (value->kind != GQL_VALUE_STRING)
				return fail(c, value->loc, path, "String cannot represent a non string value: %s",
							show_leaf(c, value));
			break;
		case SCALAR_BOOLEAN:
			if (value->kind != GQL_VALUE_BOOLEAN)
				return fail(c, value->loc, path,
							"Boolean cannot represent a non boolean value: %s",
							show_leaf(c, value));
			break;
		case SCALAR_CUSTOM:
			if (result != NULL && c->variables != NULL)
			{
				*result = substitute(c, value);
				return true;
			}
			break;
	}
	return keep(value, result);
}

/* ---- enums (3.9) ---- */

static bool
coerce_enum(GqlCoercion *c, const GqlValue *value, GqlType *type, const GqlPath *path,
			GqlValue **result)
{
	const GqlNames *values = gql_type_fields(c->schema, type);
	GqlEnumValueDef *def;
	const char *shown;

	/* an enum value that is coerced already may stand in a value from JSON */
	if (value->kind != GQL_VALUE_ENUM && !(c->from_json && value->kind == GQL_VALUE_STRING))
	{
		shown = show_leaf(c, value);
		return fail(c, value->loc, path, "Enum \"%s\" cannot represent non-%s value: %s.%s",
					type->name, c->from_json ? "string" : "enum",
					shown, hint_for(c, "the enum value", shown, values));
	}

	def = gql_names_get(values, value->text);
	if (def == NULL || value->len != (int) strlen(value->text))
		return fail(c, value->loc, path, "Value \"%s\" does not exist in \"%s\" enum.%s",
					value->text, type->name,
					hint_for(c, "the enum value", value->text, values));
	if (value->kind == GQL_VALUE_ENUM && def->internal == NULL)
		return keep(value, result);
	if (result != NULL && def->internal != NULL)
		*result = make_text_value(GQL_VALUE_ENUM, value, def->internal, strlen(def->internal));
	else if (result != NULL)
		*result = make_text_value(GQL_VALUE_ENUM, value, def->name, value->len);
	return true;
}

/* ---- lists (3.11) ---- */

static bool
coerce_list(GqlCoercion *c, const GqlValue *value, const GqlTypeRef *type, const GqlPath *path,
			int depth, GqlValue **result)
{
	GqlValue   *list = result != NULL ? make_value(GQL_VALUE_LIST, value) : NULL;
	GqlValue   *item;
	GqlPath		step = {path, NULL, 0};
	bool		fits = true;
	ListCell   *lc;

	if (value->kind != GQL_VALUE_LIST)
	{
		if (!coerce_at(c, value, type->of, path, depth + 1, result != NULL ? &item : NULL))
			return false;
		if (result != NULL)
		{
			list->items = list_make1(item);
			*result = list;
		}
		return true;
	}

	foreach(lc, value->items)
	{
		if (!coerce_at(c, lfirst(lc), type->of, &step, depth + 1, result != NULL ? &item : NULL))
			fits = false;
		else if (result != NULL)
			list->items = lappend(list->items, item);
		step.index++;
	}
	if (fits && result != NULL)
		*result = list;
	return fits;
}

/* ---- input objects (3.10) ---- */

/*
 * A member of an object that is not given: an error if it is required, else
 * its default value, or nothing.
 */
static bool
coerce_absent_member(GqlCoercion *c, const GqlValue *object, const GqlType *type,
					 const GqlInputValueDef *def, const GqlPath *path, int depth,
					 GqlValue *coerced)
{
	GqlCoercion statically;
	GqlValue   *value;

	if (gql_is_required(def))
		return fail(c, object->loc, path,
					"Expected value of type \"%s\" to include required field \"%s\", found: %s.",
					type->name, def->name, show(c, object));
	if (def->default_value == NULL || coerced == NULL)
		return true;
	if (!rr_spend(c->budget, DEFAULT_UNITS))
		return fail_exhausted(c, object, path);
	statically = *c;
	statically.variables = NULL;
	statically.from_json = false;
	if (!coerce_at(&statically, def->default_value, def->type, path, depth + 1, &value))
	{
		c->stopped = statically.stopped;
		return false;
	}
	gql_object_add(coerced, def->name, value->loc, value);
	return true;
}

/*
 * A member of a literal that is a variable: check what a missing value or null
 * means here. Sets *skip if the member counts as not given.
 */
static bool
check_variable_member(GqlCoercion *c, const GqlValue *object, const GqlType *type,
					  const GqlInputValueDef *def, const GqlValue *variable,
					  const GqlPath *path, bool *skip)
{
	GqlValue   *given = variable_value(c, variable->text);

	*skip = false;
	if (type->one_of)
	{
		if (given == NULL)
			return fail(c, object->loc, path,
						"Expected variable \"$%s\" provided to field \"%s\" for OneOf Input Object type \"%s\" to provide a runtime value.",
						variable->text, def->name, type->name);
		if (given->kind == GQL_VALUE_NULL)
			return fail(c, object->loc, path,
						"Expected variable \"$%s\" provided to field \"%s\" for OneOf Input Object type \"%s\" not to be null.",
						variable->text, def->name, type->name);
	}
	else if (given == NULL && !gql_is_required(def))
		*skip = true;
	return true;
}

static bool
fail_one_of(GqlCoercion *c, int loc, const GqlType *type, const GqlPath *path)
{
	return fail(c, loc, path,
				"Within OneOf Input Object type \"%s\", exactly one field must be specified, and the value for that field must be non-null.",
				type->name);
}

/*
 * 3.10.1: exactly one member, and it is not null. known is the number of given
 * members that the type has, first is the first of them.
 */
static bool
check_one_of(GqlCoercion *c, const GqlValue *object, const GqlType *type, int known,
			 GqlObjectField *first, const GqlPath *path)
{
	bool		fits = true;

	if (known != 1)
	{
		fits = fail_one_of(c, object->loc, type, path);
		if (!c->from_json)
			return false;
	}
	if (first != NULL && first->value->kind == GQL_VALUE_NULL)
	{
		GqlPath		step = {path, first->name.value, 0};

		return fail_one_of(c, object->loc, type, &step);
	}
	return fits;
}

static bool
coerce_object(GqlCoercion *c, const GqlValue *value, GqlType *type, const GqlPath *path,
			  int depth, GqlValue **result)
{
	const GqlNames *defs = gql_type_fields(c->schema, type);
	GqlValue   *coerced = result != NULL ? make_value(GQL_VALUE_OBJECT, value) : NULL;
	GqlObjectField *first_known = NULL;
	int			found = 0;
	int			known = 0;
	bool		fits = true;
	GqlNodeIndex members;
	ListCell   *lc;

	if (value->kind != GQL_VALUE_OBJECT)
		return fail(c, value->loc, path,
					"Expected value of type \"%s\" to be an object, found: %s.", type->name,
					show(c, value));

	if (!rr_spend(c->budget, defs->n / FIELDS_A_UNIT))
		return fail_exhausted(c, value, path);
	gql_node_index_init(&members, value->items, true);
	gql_foreach(GqlInputValueDef, def, defs)
	{
		GqlObjectField *member = gql_node_index_get(&members, def->name);
		GqlPath		step = {path, def->name, 0};
		GqlValue   *item;
		bool		skip = false;

		found += member != NULL;
		if (member != NULL && member->value->kind == GQL_VALUE_VARIABLE && c->variables != NULL &&
			!check_variable_member(c, value, type, def, member->value, path, &skip))
			fits = false;
		if (member == NULL || skip)
			fits &= coerce_absent_member(c, value, type, def, path, depth, coerced);
		else if (!coerce_at(c, member->value, def->type, &step, depth + 1, result != NULL ? &item
							: NULL))
			fits = false;
		else if (result != NULL)
			gql_object_add(coerced, def->name, member->name.loc, item);
	}

	/* usually the type has all of them, and the second look is spared */
	foreach(lc, type->one_of || found < list_length(value->items) ? value->items : NIL)
	{
		GqlObjectField *member = lfirst(lc);

		if (gql_names_get(defs, member->name.value) != NULL)
		{
			known++;
			if (first_known == NULL)
				first_known = member;
		}
		else if (!c->stopped)
		{
			const char *hint = hint_for(c, NULL, member->name.value, defs);

			fits = fail(c, member->name.loc, path,
						"Expected value of type \"%s\" not to include unknown field \"%s\"%s%s: %s.",
						type->name, member->name.value, *hint != '\0' ? psprintf(".%s", hint) : "",
						*hint != '\0' ? " Found" : ", found", show(c, value));
		}
		else
			fits = false;
	}

	gql_node_index_free(&members);
	if (type->one_of)
		fits &= check_one_of(c, value, type, known, first_known, path);
	if (fits && result != NULL)
		*result = coerced;
	return fits;
}

/* ---- any type ---- */

static bool
coerce_at(GqlCoercion *c, const GqlValue *value, const GqlTypeRef *type, const GqlPath *path,
		  int depth, GqlValue **result)
{
	if (depth > MAX_VALUE_DEPTH)
		return fail(c, value->loc, NULL, "The value nests deeper than %d levels.", MAX_VALUE_DEPTH);

	/* how many values JSON has was checked where it was read */
	CHECK_FOR_INTERRUPTS();
	if (!rr_spend(c->budget, c->from_json ? 0 : VALUE_UNITS))
		return fail_exhausted(c, value, path);
	if (value->kind == GQL_VALUE_VARIABLE)
		return coerce_variable(c, value, type, path, result);
	if (type->kind == GQL_TYPE_NON_NULL)
	{
		if (value->kind == GQL_VALUE_NULL)
			return fail(c, value->loc, path,
						"Expected value of non-null type \"%s\" not to be null.",
						gql_type_to_string(type));
		type = type->of;
	}
	if (value->kind == GQL_VALUE_NULL)
		return keep(value, result);
	if (type->kind == GQL_TYPE_LIST)
		return coerce_list(c, value, type, path, depth, result);
	if (type->type->kind == GQL_ENUM)
		return coerce_enum(c, value, type->type, path, result);
	if (type->type->kind == GQL_INPUT_OBJECT)
		return coerce_object(c, value, type->type, path, depth, result);
	Assert(type->type->kind == GQL_SCALAR);
	return coerce_scalar(c, value, type->type, path, result);
}

bool
gql_coerce(GqlCoercion *c, const GqlValue *value, const GqlTypeRef *type, const GqlPath *path,
		   GqlValue **result)
{
	RrBudget	own;
	bool		fits;

	if (c->budget != NULL)
		return coerce_at(c, value, type, path, 0, result);
	rr_budget_init(&own, NULL, 0, GQL_MAX_COERCION);
	c->budget = &own;
	fits = coerce_at(c, value, type, path, 0, result);
	c->budget = NULL;
	return fits;
}

/* ---- with errors filed in a list ---- */

typedef struct Filing
{
	const char *what;
	GqlErrorList *errors;
} Filing;

static void
file_in_list(GqlCoercion *c, const char *message, int loc pg_attribute_unused(),
			 const GqlPath *path)
{
	Filing	   *filing = c->arg;

	gql_error(filing->errors, "%s%s: %s", filing->what, gql_path_to_string(path), message);
}

GqlValue   *
gql_coerce_value(GqlSchema *schema, const GqlValue *value, const GqlTypeRef *type, bool from_json,
				 const char *what, GqlErrorList *errors)
{
	Filing		filing = {what, errors};
	GqlCoercion c = {.schema = schema, .from_json = from_json, .report = file_in_list,
	.arg = &filing};
	GqlValue   *result;

	return gql_coerce(&c, value, type, NULL, &result) ? result : NULL;
}
