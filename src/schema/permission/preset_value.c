/*
 * preset_value.c: the value that is sent for an argument with presets.
 *
 * Session variables are read here: a missing one gives the error code
 * "not-found", one that does not convert "coercion-error"
 * (value_of_variable()).
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "base/subtransaction.h"
#include "compat.h"

#include "schema/permission/permission_int.h"

typedef struct PresetWalk
{
	GqlSchema  *upstream;
	RrGetVariable variable;
	GqlErrorList *errors;
} PresetWalk;

/* Make a literal of a type from the text of a session variable, or NULL. */
static GqlValue *
literal_of_text(const char *text, const char *type)
{
	GqlValue   *value;

	if (strcmp(type, "Int") == 0 || strcmp(type, "Float") == 0)
	{
		value = gql_parse_value(text, strlen(text), gql_errors_create(1, NULL));
		if (value == NULL || (value->kind != GQL_VALUE_INT && value->kind != GQL_VALUE_FLOAT))
			return NULL;
		value->loc = -1;		/* it stands in no document */
		return value;
	}
	if (strcmp(type, "Boolean") == 0)
	{
		value = gql_make_value(GQL_VALUE_BOOLEAN);
		value->boolean = pg_strcasecmp(text, "true") == 0;
		return value->boolean || pg_strcasecmp(text, "false") == 0 ? value : NULL;
	}
	return gql_make_text_value(GQL_VALUE_STRING, text, strlen(text));
}

/* ---- lists ---- */

/* The elements of an array literal, for rr_run_in_subtransaction(). */
typedef struct ArrayLiteral
{
	const char *text;
	const char *type;			/* of the elements, in GraphQL */
	GqlValue   *list;			/* NULL: it is none */
}			ArrayLiteral;

static void
read_array_literal(void *arg)
{
	ArrayLiteral *literal = arg;
	GqlValue   *list = gql_make_value(GQL_VALUE_LIST);
	Oid			input;
	Oid			ioparam;
	ArrayType  *array;
	Datum	   *elements;
	bool	   *nulls;
	int			n;

	getTypeInputInfo(TEXTARRAYOID, &input, &ioparam);
	array = DatumGetArrayTypeP(OidInputFunctionCall(input, unconstify(char *, literal->text),
													ioparam, -1));
	if (ARR_NDIM(array) > 1)
		return;
	deconstruct_array(array, TEXTOID, -1, false, TYPALIGN_INT, &elements, &nulls, &n);
	for (int i = 0; i < n; i++)
	{
		GqlValue   *element = nulls[i] ? gql_make_value(GQL_VALUE_NULL)
		: literal_of_text(TextDatumGetCString(elements[i]), literal->type);

		if (element == NULL)
			return;
		list->items = lappend(list->items, element);
	}
	literal->list = list;
}

/* The strings in a list of JSON as values of the elements' type, or NULL. */
static GqlValue *
list_of_json(const GqlValue *json, const char *type)
{
	GqlValue   *list = gql_make_value(GQL_VALUE_LIST);
	ListCell   *lc;

	check_stack_depth();
	foreach(lc, json->items)
	{
		GqlValue   *element = lfirst(lc);

		if (element->kind == GQL_VALUE_LIST)
			element = list_of_json(element, type);
		else if (element->kind == GQL_VALUE_STRING)
			element = literal_of_text(element->text, type);
		if (element == NULL)
			return NULL;
		list->items = lappend(list->items, element);
	}
	return list;
}

/*
 * Make a list of the text of a session variable: of JSON or of PostgreSQL's
 * array literal. NULL when it is neither.
 */
static GqlValue *
list_of_text(const char *text, const char *type)
{
	ArrayLiteral literal = {.text = text, .type = type};
	const char *begin = text + strspn(text, " \t\r\n");
	GqlValue   *json;
	ErrorData  *error;

	if (*begin == '[')
	{
		json = gql_value_from_json((RrSlice) {text, strlen(text)});
		return json != NULL && json->kind == GQL_VALUE_LIST ? list_of_json(json, type) : NULL;
	}
	if (*begin != '{')
		return NULL;
	error = rr_run_in_subtransaction(read_array_literal, &literal);
	if (error != NULL)
		FreeErrorData(error);
	return literal.list;
}

/* A session variable's text as a value of the type. */
static GqlValue *
value_of_variable(PresetWalk *w, const char *name, const GqlTypeRef *type)
{
	const char *text = w->variable(name);
	GqlType    *named = gql_named_type(type);
	bool		list = gql_nullable_type(type)->kind == GQL_TYPE_LIST;
	GqlValue   *value = NULL;
	GqlError   *error;

	if (text != NULL)
		value = list ? list_of_text(text, named->name) : literal_of_text(text, named->name);
	if (value != NULL)
		value = gql_coerce_value(w->upstream, value, list ? type : &named->ref, true, "",
								 gql_errors_create(1, NULL));
	if (value != NULL)
		return value;
	if (text == NULL)
		error = gql_error(w->errors, "Session variable \"%s\" is missing.", name);
	else
		error = gql_error(w->errors, "Session variable \"%s\" is no value of type %s.", name,
						  list ? gql_type_to_string(type) : named->name);
	if (error != NULL)
		error->code = text == NULL ? GQL_CODE_NOT_FOUND : GQL_CODE_COERCION_ERROR;
	return NULL;
}

/* Return the value of a preset with its session variables replaced. */
static GqlValue *
read_preset(PresetWalk *w, const GqlValue *value, const GqlTypeRef *type)
{
	GqlValue   *copy;
	GqlType    *object = rr_input_object(type);
	ListCell   *lc;

	check_stack_depth();
	if (rr_is_session_variable(value))
		return value_of_variable(w, value->text, type);
	if (value->kind != GQL_VALUE_LIST && value->kind != GQL_VALUE_OBJECT)
		return unconstify(GqlValue *, value);
	copy = gql_make_value(value->kind);
	foreach(lc, value->items)
	{
		if (value->kind == GQL_VALUE_LIST)
		{
			const GqlTypeRef *list = gql_nullable_type(type);
			GqlValue   *item = read_preset(w, lfirst(lc), list->kind == GQL_TYPE_LIST ? list->of
										   : list);

			if (item == NULL)
				return NULL;
			copy->items = lappend(copy->items, item);
		}
		else
		{
			GqlObjectField *field = palloc(sizeof(GqlObjectField));
			GqlInputValueDef *def;

			*field = *(GqlObjectField *) lfirst(lc);
			def = object ? gql_type_input(w->upstream, object, field->name.value) : NULL;
			field->value = read_preset(w, field->value, def ? def->type : type);
			if (field->value == NULL)
				return NULL;
			copy->items = lappend(copy->items, field);
		}
	}
	return copy;
}

static void
add_member(GqlValue *object, const GqlName *name, GqlValue *value)
{
	GqlObjectField *field = palloc0(sizeof(GqlObjectField));

	field->name = *name;
	field->value = value;
	object->items = lappend(object->items, field);
}

/*
 * What a preset object has and a given one has not; NULL when one of them is
 * none.
 */
static GqlValue *
left_of_preset(const GqlValue *preset, const GqlValue *given)
{
	GqlValue   *left;
	ListCell   *lc;

	check_stack_depth();
	if (preset->kind != GQL_VALUE_OBJECT || given->kind != GQL_VALUE_OBJECT)
		return NULL;
	left = gql_make_value(GQL_VALUE_OBJECT);
	foreach(lc, preset->items)
	{
		const GqlObjectField *member = lfirst(lc);
		const GqlValue *mine = gql_object_get(given, member->name.value);
		GqlValue   *value = mine ? left_of_preset(member->value, mine) : member->value;

		if (value != NULL)
			add_member(left, &member->name, value);
	}
	return left;
}

/* A given object with what is left of a preset one. */
static GqlValue *
merged(const GqlValue *given, const GqlValue *left)
{
	GqlValue   *object = gql_make_value(GQL_VALUE_OBJECT);
	ListCell   *lc;

	check_stack_depth();
	foreach(lc, given->items)
	{
		const GqlObjectField *member = lfirst(lc);
		const GqlValue *more = gql_object_get(left, member->name.value);

		add_member(object, &member->name, more ? merged(member->value, more) : member->value);
	}
	foreach(lc, left->items)
	{
		const GqlObjectField *member = lfirst(lc);

		if (gql_object_get(given, member->name.value) == NULL)
			add_member(object, &member->name, member->value);
	}
	return object;
}

static bool apply(PresetWalk *w, const GqlInputValueDef *def, const GqlValue *given,
				  GqlValue **result);

/* An object: presets, and what is given of the rest. */
static bool
apply_to_object(PresetWalk *w, GqlType *type, const GqlValue *given, GqlValue **result)
{
	GqlValue   *object = gql_make_value(GQL_VALUE_OBJECT);

	gql_foreach(GqlInputValueDef, field, gql_type_fields(w->upstream, type))
	{
		const GqlValue *inner = gql_object_get(given, field->name);
		GqlValue   *value;

		if (inner == NULL && !rr_is_hidden(w->upstream, field))
			continue;
		if (!apply(w, field, inner, &value))
			return false;
		add_member(object, &(GqlName) {.value = field->name, .loc = -1}, value);
	}
	*result = object;
	return true;
}

static bool
apply_to_type(PresetWalk *w, const GqlTypeRef *type, const GqlValue *given, GqlValue **result)
{
	GqlType    *object = rr_input_object(type);
	ListCell   *lc;

	check_stack_depth();
	*result = unconstify(GqlValue *, given);
	if (object == NULL || given->kind == GQL_VALUE_NULL)
		return true;
	if (given->kind == GQL_VALUE_LIST)
	{
		*result = gql_make_value(GQL_VALUE_LIST);
		foreach(lc, given->items)
		{
			GqlValue   *item;

			if (!apply_to_type(w, &object->ref, lfirst(lc), &item))
				return false;
			(*result)->items = lappend((*result)->items, item);
		}
		return true;
	}
	return given->kind != GQL_VALUE_OBJECT || apply_to_object(w, object, given, result);
}

static bool
apply(PresetWalk *w, const GqlInputValueDef *def, const GqlValue *given, GqlValue **result)
{
	const GqlDirective *preset = rr_preset_of(def->node);

	if (preset != NULL)
	{
		/*
		 * Only a relationship can give a preset argument; what it gives wins.
		 */
		const GqlValue *value = gql_argument_get(preset->arguments, "value");
		GqlValue   *left = given ? left_of_preset(value, given) : unconstify(GqlValue *, value);

		if (left != NULL && !rr_preset_is_static(preset))
		{
			left = read_preset(w, left, def->type);
			if (left == NULL)
				return false;
		}
		*result = left;
		if (given == NULL)
			return true;
		given = left ? merged(given, left) : given;
	}
	if (given != NULL)
		return apply_to_type(w, def->type, given, result);
	return apply_to_object(w, rr_input_object(def->type), NULL, result);
}

GqlValue   *
rr_apply_presets(GqlSchema *upstream, const GqlInputValueDef *def, const GqlValue *given,
				 RrGetVariable variable, GqlErrorList *errors)
{
	PresetWalk	w = {upstream, variable, errors};
	GqlValue   *value;

	return apply(&w, def, given, &value) ? value : NULL;
}
