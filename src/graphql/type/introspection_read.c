/*
 * introspection_read.c: a schema from an introspection result.
 *
 * The result comes from a server that is as it is, so it is read with good
 * will: what it says of no consequence is passed over, what this layer does
 * not know (a new kind of type, a new place for directives) is left out with a
 * warning. Only what leaves the schema ambiguous is an error.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "graphql/type/coerce.h"
#include "graphql/type/schema_int.h"
#include "json/json.h"

/* No server nests types deeper, and the query asks for less. */
#define MAX_TYPE_DEPTH 100

typedef struct Reader
{
	GqlSchema  *schema;
	GqlErrorList *errors;
	GqlErrorList *warnings;
	GqlNames	left_out;		/* TypeName: types of kinds that are not known
								 * here */
} Reader;

typedef struct TypeName
{
	const char *name;
} TypeName;

/*
 * Where something is read, for messages: a type's field's argument, a
 * directive's argument, …
 */
typedef struct Place
{
	const struct Place *in;
	const char *name;
	const char *end;			/* ")" behind the name of an argument */
} Place;

static void
append_place(StringInfo out, const Place *place)
{
	if (place->in != NULL)
	{
		append_place(out, place->in);
		appendStringInfoString(out, place->end[0] == ':' ? "(" : ".");
	}
	appendStringInfoString(out, place->name);
	appendStringInfoString(out, place->end);
}

static char *
place_name(const Place *place)
{
	StringInfoData out;

	initStringInfo(&out);
	append_place(&out, place);
	return out.data;
}

static char *
get_text(RrJsonNode *node, const char *key)
{
	return rr_json_text(rr_json_get(node, key));
}

/* A name, or NULL when there is none that GraphQL allows (filed). */
static char *
get_name(Reader *r, RrJsonNode *node, const char *what, const Place *in)
{
	char	   *name = get_text(node, "name");

	if (name == NULL)
		gql_error(r->errors, "Introspection result has %s without a name%s%s.", what, in != NULL ? " in "
				  : "", in != NULL ? place_name(in) : "");
	else if (!gql_is_name(name))
	{
		gql_error(r->errors, "Names must only contain [_a-zA-Z0-9] and not start with a digit, but introspection result has %s \"%s\"%s%s.", what,
				  name, in != NULL ? " in " : "", in != NULL ? place_name(in) : "");
		name = NULL;
	}
	return name;
}

/* 3.13.3: the reason that the result gives, or the one that stands for none */
static const char *
deprecation_reason(RrJsonNode *node)
{
	char	   *reason = get_text(node, "deprecationReason");

	if (reason == NULL && rr_json_bool(rr_json_get(node, "isDeprecated"), false))
		return GQL_DEFAULT_DEPRECATION_REASON;
	return reason;
}

/* An element that stands twice under one name counts once. */
static void
warn_twice(Reader *r, const Place *place)
{
	gql_error(r->warnings, "Introspection result has %s twice.", place_name(place));
}

/* ---- types where they are used ---- */

/*
 * A type by the name that a reference has; NULL and filed when it is not
 * there.
 */
static GqlType *
named_type(Reader *r, RrJsonNode *ref, const Place *place)
{
	char	   *name = get_text(ref, "name");
	GqlType    *type = name != NULL ? gql_names_get(&r->schema->types, name) : NULL;

	if (type != NULL)
		return type;
	if (name == NULL)
		gql_error(r->errors, "Introspection result has no type for %s.", place_name(place));
	else if (gql_names_get(&r->left_out, name) != NULL)
		gql_error(r->warnings, "%s is left out, as its type \"%s\" is of an unknown kind.",
				  place_name(place), name);
	else
		gql_error(r->errors,
				  "Introspection result has an unknown type \"%s\" for %s. Ensure that a full introspection query is used in order to build a client schema.",
				  name, place_name(place));
	return NULL;
}

/* 4.2.2: kind, name, ofType */
static const GqlTypeRef *
read_type(Reader *r, RrJsonNode *node, const Place *place)
{
	GqlTypeNodeKind wrappers[MAX_TYPE_DEPTH];
	int			n = 0;
	GqlType    *type;
	const GqlTypeRef *ref;

	for (;;)
	{
		const char *kind = rr_json_string(rr_json_get(node, "kind"), NULL);

		if (kind != NULL && strcmp(kind, "LIST") == 0)
			wrappers[n] = GQL_TYPE_LIST;
		else if (kind != NULL && strcmp(kind, "NON_NULL") == 0)
			wrappers[n] = GQL_TYPE_NON_NULL;
		else
			break;
		node = rr_json_get(node, "ofType");
		if (++n == MAX_TYPE_DEPTH || node == NULL)
		{
			gql_error(r->errors, "Introspection result has a type for %s that is decorated deeper than the introspection query.", place_name(place));
			return NULL;
		}
	}

	type = named_type(r, node, place);
	if (type == NULL)
		return NULL;
	for (ref = &type->ref; n > 0; n--)
		ref = wrappers[n - 1] == GQL_TYPE_LIST ? gql_list_of(r->schema, ref)
			: gql_non_null(r->schema, ref);
	return ref;
}

/* ---- parts of types ---- */

static bool
has_variable(const GqlValue *value)
{
	ListCell   *lc;

	check_stack_depth();
	foreach(lc, value->items)
	{
		const GqlValue *item = value->kind == GQL_VALUE_LIST ? lfirst(lc)
		: ((const GqlObjectField *) lfirst(lc))->value;

		if (has_variable(item))
			return true;
	}
	return value->kind == GQL_VALUE_VARIABLE;
}

/*
 * 4.2.5 defaultValue: a GraphQL literal. One that cannot be read is as if it
 * were not there.
 */
static GqlValue *
read_default(Reader *r, RrJsonNode *node, const Place *place)
{
	char	   *text = get_text(node, "defaultValue");
	GqlErrorList *errors;
	GqlValue   *value;

	if (text == NULL)
		return NULL;
	errors = gql_errors_create(1, NULL);
	value = gql_parse_value(text, strlen(text), errors);
	if (value != NULL && !has_variable(value))
		return value;
	gql_error(r->warnings, "%s has a default value that is none: %s", place_name(place), text);
	return NULL;
}

typedef GqlInputValueDef *(*InputAdder) (GqlSchema *schema, void *owner, const char *name,
										 const GqlTypeRef *type);

static GqlInputValueDef *
add_to_field(GqlSchema *schema, void *owner, const char *name, const GqlTypeRef *type)
{
	return gql_field_add_arg(schema, owner, name, type);
}

static GqlInputValueDef *
add_to_directive(GqlSchema *schema, void *owner, const char *name, const GqlTypeRef *type)
{
	return gql_directive_add_arg(schema, owner, name, type);
}

static GqlInputValueDef *
add_to_input_object(GqlSchema *schema, void *owner, const char *name, const GqlTypeRef *type)
{
	return gql_type_add_input(schema, owner, name, type);
}

/*
 * 4.2.5 The __InputValue Type. False when one that callers must give was left
 * out.
 */
static bool
read_inputs(Reader *r, RrJsonNode *list, const Place *in, const char *end, InputAdder add,
			void *owner)
{
	bool		complete = true;

	for (int i = 0; i < rr_json_length(list); i++)
	{
		RrJsonNode *node = rr_json_item(list, i);
		char	   *name = get_name(r, node, *end == ':' ? "an argument" : "an input field", in);
		Place		place = {in, name, end};
		const GqlTypeRef *type = name != NULL ? read_type(r, rr_json_get(node, "type"), &place)
		: NULL;
		GqlInputValueDef *input;

		if (type == NULL)
		{
			const char *kind = rr_json_string(rr_json_get(rr_json_get(node, "type"), "kind"), NULL);

			if (kind != NULL && strcmp(kind, "NON_NULL") == 0 &&
				rr_json_get(node, "defaultValue") == NULL)
				complete = false;
			continue;
		}
		input = add(r->schema, owner, name, type);
		if (input == NULL)
		{
			warn_twice(r, &place);
			continue;
		}
		input->description = get_text(node, "description");
		input->default_value = read_default(r, node, &place);
		input->deprecation_reason = deprecation_reason(node);
	}
	return complete;
}

/* 4.2.4 The __Field Type */
static void
read_field(Reader *r, GqlType *type, RrJsonNode *node, const Place *in)
{
	char	   *name = get_name(r, node, "a field", in);
	Place		place = {in, name, ""};
	const GqlTypeRef *field_type = name != NULL ? read_type(r, rr_json_get(node, "type"), &place)
	: NULL;
	GqlFieldDef *field;

	if (field_type == NULL)
		return;
	if (gql_names_get(&type->fields, name) != NULL)
	{
		warn_twice(r, &place);
		return;
	}
	field = gql_schema_new_field(r->schema, name, field_type);
	field->description = get_text(node, "description");
	field->deprecation_reason = deprecation_reason(node);
	if (!read_inputs(r, rr_json_get(node, "args"), &place, ":)", add_to_field, field))
	{
		gql_error(r->warnings, "%s is left out, as it cannot be called without an argument of an unknown kind.", place_name(&place));
		return;
	}
	gql_names_add(&type->fields, field);
}

/* 4.2.6 The __EnumValue Type */
static void
read_enum_value(Reader *r, GqlType *type, RrJsonNode *node, const Place *in)
{
	char	   *name = get_name(r, node, "an enum value", in);
	Place		place = {in, name, ""};
	GqlEnumValueDef *value;

	if (name == NULL)
		return;
	if (strcmp(name, "true") == 0 || strcmp(name, "false") == 0 || strcmp(name, "null") == 0)
	{
		gql_error(r->errors, "Enum values cannot be named: %s, but introspection result has %s.",
				  name, place_name(&place));
		return;
	}
	value = gql_type_add_enum_value(r->schema, type, name);
	if (value == NULL)
	{
		warn_twice(r, &place);
		return;
	}
	value->description = get_text(node, "description");
	value->deprecation_reason = deprecation_reason(node);
}

/* The types named by interfaces or possibleTypes. */
static void
read_types(Reader *r, GqlNames *types, RrJsonNode *list, const Place *place)
{
	for (int i = 0; i < rr_json_length(list); i++)
	{
		GqlType    *type = named_type(r, rr_json_item(list, i), place);

		if (type != NULL && !gql_names_add(types, type))
		{
			Place		twice = {place, type->name, ""};

			warn_twice(r, &twice);
		}
	}
}

/* ---- types (4.2.2) ---- */

/* A list that types of this kind must have. */
static RrJsonNode *
get_list(Reader *r, RrJsonNode *node, const char *key, const Place *place)
{
	RrJsonNode *list = rr_json_get(node, key);

	if (rr_json_type(list) == RR_JSON_ARRAY)
		return list;
	gql_error(r->errors, "Introspection result is missing %s of %s.", key, place_name(place));
	return NULL;
}

static void
fill_type(Reader *r, GqlType *type, RrJsonNode *node)
{
	Place		place = {NULL, type->name, ""};
	RrJsonNode *list;

	switch (type->kind)
	{
		case GQL_SCALAR:
			type->specified_by_url = get_text(node, "specifiedByURL");
			break;
		case GQL_OBJECT:
		case GQL_INTERFACE:

			/*
			 * interfaces of interfaces are absent from servers before October
			 * 2021
			 */
			read_types(r, &type->interfaces, rr_json_get(node, "interfaces"), &place);
			list = get_list(r, node, "fields", &place);
			for (int i = 0; i < rr_json_length(list); i++)
				read_field(r, type, rr_json_item(list, i), &place);
			break;
		case GQL_UNION:
			read_types(r, &type->members, get_list(r, node, "possibleTypes", &place), &place);
			break;
		case GQL_ENUM:
			list = get_list(r, node, "enumValues", &place);
			for (int i = 0; i < rr_json_length(list); i++)
				read_enum_value(r, type, rr_json_item(list, i), &place);
			break;
		case GQL_INPUT_OBJECT:
			type->one_of = rr_json_bool(rr_json_get(node, "isOneOf"), false);
			if (!read_inputs(r, get_list(r, node, "inputFields", &place), &place, "",
							 add_to_input_object, type))
				gql_error(r->errors, "Introspection result has a required field of an unknown kind in %s.", type->name);
			break;
	}
}

/* -1: unknown */
static int
type_kind(const char *name)
{
	if (name != NULL)
	{
#define X(kind) if (strcmp(name, #kind) == 0) return GQL_##kind;
		GQL_TYPE_DEF_KINDS(X)
#undef X
	}
	return -1;
}

/* A type without its parts; NULL when there is nothing to fill in. */
static GqlType *
enter_type(Reader *r, RrJsonNode *node)
{
	char	   *name = get_name(r, node, "a type", NULL);
	char	   *kind = get_text(node, "kind");
	GqlType    *type;

	if (name == NULL)
		return NULL;
	type = gql_names_get(&r->schema->types, name);
	if (type != NULL && type->builtin)
		return NULL;			/* it is what the specification says */
	if (type_kind(kind) < 0)
	{
		TypeName   *left_out = palloc(sizeof(TypeName));

		left_out->name = name;
		gql_names_add(&r->left_out, left_out);
		gql_error(r->warnings, "Type %s is left out, as its kind is unknown: %s", name,
				  kind != NULL ? kind : "null");
		return NULL;
	}
	if (type != NULL)
	{
		gql_error(r->errors, "Introspection result has type %s twice.", name);
		return NULL;
	}
	type = gql_schema_add_type(r->schema, type_kind(kind), name);
	type->description = get_text(node, "description");
	return type;
}

/* 4.2.1 types */
static void
read_all_types(Reader *r, RrJsonNode *list)
{
	int			n = rr_json_length(list);
	GqlType   **types = palloc(sizeof(GqlType *) * Max(n, 1));

	for (int i = 0; i < n; i++)
		types[i] = enter_type(r, rr_json_item(list, i));
	for (int i = 0; i < n; i++)
	{
		if (types[i] != NULL)
			fill_type(r, types[i], rr_json_item(list, i));
	}
	pfree(types);
}

/* ---- directives (4.2.7) ---- */

static void
read_locations(Reader *r, GqlDirectiveDef *directive, RrJsonNode *list)
{
	for (int i = 0; i < rr_json_length(list); i++)
	{
		char	   *name = rr_json_text(rr_json_item(list, i));
		int			location = name != NULL ? gql_directive_location(name) : -1;

		if (location >= 0)
			gql_directive_add_location(directive, location);
		else
			gql_error(r->warnings, "Directive @%s has an unknown location: %s", directive->name,
					  name != NULL ? name : "null");
	}
}

/*
 * The server's directives stand before the specified ones, and instead of
 * those that it has itself.
 */
static void
read_directives(Reader *r, RrJsonNode *list)
{
	GqlNames	specified = r->schema->directives;

	gql_names_init(&r->schema->directives, r->schema->cxt);
	for (int i = 0; i < rr_json_length(list); i++)
	{
		RrJsonNode *node = rr_json_item(list, i);
		char	   *name = get_name(r, node, "a directive", NULL);
		GqlDirectiveDef *directive;
		Place		place;

		if (name == NULL)
			continue;
		place = (Place)
		{
			NULL, psprintf("@%s", name), ""
		};
		directive = gql_schema_new_directive(r->schema, name);
		directive->description = get_text(node, "description");
		directive->repeatable = rr_json_bool(rr_json_get(node, "isRepeatable"), false);
		directive->deprecation_reason = deprecation_reason(node);
		directive->builtin = gql_names_get(&specified, name) != NULL;
		read_locations(r, directive, rr_json_get(node, "locations"));
		if (directive->location_list == NIL)
			gql_error(r->warnings, "%s is left out, as it has no location that is known.",
					  place_name(&place));
		else if (!read_inputs(r, rr_json_get(node, "args"), &place, ":)", add_to_directive,
							  directive))
			gql_error(r->warnings, "%s is left out, as it cannot be used without an argument of an unknown kind.", place_name(&place));
		else if (!gql_names_add(&r->schema->directives, directive))
			warn_twice(r, &place);
	}
	gql_foreach(GqlDirectiveDef, directive, &specified)
		gql_names_add(&r->schema->directives, directive);
}

static GqlType *
read_root(Reader *r, RrJsonNode *schema_node, const char *key)
{
	RrJsonNode *ref = rr_json_get(schema_node, key);
	Place		place = {NULL, key, ""};

	return ref == NULL ? NULL : named_type(r, ref, &place);
}

GqlSchema  *
gql_schema_from_introspection(RrJsonNode *schema_node, GqlErrorList *errors, GqlErrorList *warnings)
{
	int			errors_before = gql_errors_count(errors);
	Reader		r = {0};

	r.schema = gql_schema_create();
	r.errors = errors;
	r.warnings = warnings != NULL ? warnings : gql_errors_create(1, NULL);
	if (rr_json_type(schema_node) != RR_JSON_OBJECT)
	{
		gql_error(errors, "Invalid or incomplete introspection result. Ensure that it is the value of \"__schema\".");
		return NULL;
	}

	r.schema->description = get_text(schema_node, "description");
	read_all_types(&r, rr_json_get(schema_node, "types"));
	read_directives(&r, rr_json_get(schema_node, "directives"));
	r.schema->query = read_root(&r, schema_node, "queryType");
	r.schema->mutation = read_root(&r, schema_node, "mutationType");
	r.schema->subscription = read_root(&r, schema_node, "subscriptionType");
	if (gql_errors_count(errors) > errors_before)
		return NULL;

	gql_schema_finish(r.schema);
	gql_schema_check(r.schema, true, errors, r.warnings);
	return gql_errors_count(errors) > errors_before ? NULL : r.schema;
}
