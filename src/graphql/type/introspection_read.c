/*
 * introspection_read.c: build a schema from an introspection result
 * (graphql-js' buildClientSchema).
 *
 * The result comes from an upstream server that nobody here can change, so it
 * is read leniently. What this layer does not know (a new kind of type, a new
 * location of directives) is left out with a warning. Only what leaves the
 * schema ambiguous is an error.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "graphql/type/coerce.h"
#include "graphql/type/schema_int.h"
#include "json/json.h"

/*
 * Lists and non-nulls around a type; no server nests more, and our query asks
 * for fewer.
 */
#define MAX_TYPE_DEPTH 100

typedef struct Reader
{
	GqlSchema  *schema;
	GqlErrorList *errors;
	GqlErrorList *warnings;
	GqlNames	left_out;		/* TypeName: types of a kind unknown here */
} Reader;

typedef struct TypeName
{
	const char *name;
} TypeName;

gql_starts_with_name(TypeName, name);

/* What is being read, for messages: a step of a schema coordinate. */
typedef struct Coordinate
{
	const struct Coordinate *in;	/* what it is a part of, or NULL */
	const char *name;
	const char *end;			/* ":)" of an argument, else "" */
} Coordinate;

static void
append_place(StringInfo out, const Coordinate *place)
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
place_name(const Coordinate *place)
{
	StringInfoData out;

	initStringInfo(&out);
	append_place(&out, place);
	return out.data;
}

/* " in Type.field", or nothing for NULL. */
static const char *
in_coordinate(const Coordinate *in)
{
	return in != NULL ? psprintf(" in %s", place_name(in)) : "";
}

static char *
get_text(RrJsonNode *node, const char *key)
{
	return rr_json_text(rr_json_get(node, key));
}

/* Read "name"; NULL: there is none that GraphQL allows, which is filed. */
static char *
get_name(Reader *r, RrJsonNode *node, const char *what, const Coordinate *in)
{
	char	   *name = get_text(node, "name");

	if (name == NULL)
		gql_error(r->errors, "Introspection result has %s without a name%s.", what,
				  in_coordinate(in));
	else if (!gql_is_name(name))
	{
		gql_error(r->errors,
				  "Names must only contain [_a-zA-Z0-9] and not start with a digit, but introspection result has %s \"%s\"%s.",
				  what, name, in_coordinate(in));
		name = NULL;
	}
	return name;
}

/* 3.13.3: the reason given, or the default one; NULL: not deprecated. */
static const char *
deprecation_reason(RrJsonNode *node)
{
	char	   *reason = get_text(node, "deprecationReason");

	if (reason == NULL && rr_json_bool(rr_json_get(node, "isDeprecated"), false))
		return GQL_DEFAULT_DEPRECATION_REASON;
	return reason;
}

/* Of two elements with one name the first counts. */
static void
warn_twice(Reader *r, const Coordinate *place)
{
	gql_error(r->warnings, "Introspection result has %s twice.", place_name(place));
}

/* ---- types where they are used ---- */

/*
 * The named type that a type reference names; NULL: unknown, which is filed.
 */
static GqlType *
named_type(Reader *r, RrJsonNode *ref, const Coordinate *place)
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

/* Read a type reference: kind, name, ofType (4.2.2). NULL: filed. */
static const GqlTypeRef *
read_type(Reader *r, RrJsonNode *node, const Coordinate *place)
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
			gql_error(r->errors,
					  "Introspection result has a type for %s that is decorated deeper than the introspection query.",
					  place_name(place));
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

/* Read "defaultValue", a literal (4.2.5). One that is none is left out. */
static GqlValue *
read_default(Reader *r, RrJsonNode *node, const Coordinate *place)
{
	char	   *text = get_text(node, "defaultValue");
	GqlErrorList *errors;
	GqlValue   *value;

	if (text == NULL)
		return NULL;
	errors = gql_errors_create(1, NULL);
	value = gql_parse_value(text, strlen(text), errors);
	if (value != NULL && !gql_contains_variable(value))
		return value;
	gql_error(r->warnings, "%s has a default value that is none: %s", place_name(place), text);
	return NULL;
}

/* Adds an argument or input field to what it belongs to. */
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
 * Read a list of __InputValue (4.2.5). False: a required one was left out, so
 * that the owner cannot be used.
 */
static bool
read_inputs(Reader *r, RrJsonNode *list, const Coordinate *in, const char *end, InputAdder add,
			void *owner)
{
	bool		complete = true;

	for (int i = 0; i < rr_json_length(list); i++)
	{
		RrJsonNode *node = rr_json_item(list, i);
		char	   *name = get_name(r, node, *end == ':' ? "an argument" : "an input field", in);
		Coordinate	place = {in, name, end};
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

/* Read a __Field (4.2.4). */
static void
read_field(Reader *r, GqlType *type, RrJsonNode *node, const Coordinate *in)
{
	char	   *name = get_name(r, node, "a field", in);
	Coordinate	place = {in, name, ""};
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
		gql_error(r->warnings,
				  "%s is left out, as it cannot be called without an argument of an unknown kind.",
				  place_name(&place));
		return;
	}
	gql_names_add(&type->fields, field);
}

/* Read an __EnumValue (4.2.6). */
static void
read_enum_value(Reader *r, GqlType *type, RrJsonNode *node, const Coordinate *in)
{
	char	   *name = get_name(r, node, "an enum value", in);
	Coordinate	place = {in, name, ""};
	GqlEnumValueDef *value;

	if (name == NULL)
		return;
	if (strcmp(name, "true") == 0 || strcmp(name, "false") == 0 || strcmp(name, "null") == 0)
	{
		gql_error(r->errors,
				  "Enum values cannot be named: %s, but introspection result has %s.",
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

/* Read the types in "interfaces" or "possibleTypes". */
static void
read_types(Reader *r, GqlNames *types, RrJsonNode *list, const Coordinate *place)
{
	for (int i = 0; i < rr_json_length(list); i++)
	{
		GqlType    *type = named_type(r, rr_json_item(list, i), place);

		if (type != NULL && !gql_names_add(types, type))
		{
			Coordinate	twice = {place, type->name, ""};

			warn_twice(r, &twice);
		}
	}
}

/* ---- types (4.2.2) ---- */

/* Get a list that types of this kind must have; NULL: filed. */
static RrJsonNode *
get_list(Reader *r, RrJsonNode *node, const char *key, const Coordinate *place)
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
	Coordinate	place = {NULL, type->name, ""};
	RrJsonNode *list;

	switch (type->kind)
	{
		case GQL_SCALAR:
			type->specified_by_url = get_text(node, "specifiedByURL");
			break;
		case GQL_OBJECT:
		case GQL_INTERFACE:
			/* servers before October 2021 do not show an interface's own */
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
				gql_error(r->errors,
						  "Introspection result has a required field of an unknown kind in %s.",
						  type->name);
			break;
	}
}

/* A GqlTypeKind by its name; -1: unknown. */
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

/* Add a type without its parts; NULL: there is nothing to fill in. */
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
		return NULL;			/* the specification says what it is */
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

/* Read "types": first their names, since types refer to each other. */
static void
read_all_types(Reader *r, RrJsonNode *list)
{
	int			n = rr_json_length(list);
	GqlType   **types = palloc(sizeof(GqlType *) * n);

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
 * Read "directives". The server's come first, then those of the specified
 * ones that it does not have.
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
		Coordinate	place = {NULL, NULL, ""};

		if (name == NULL)
			continue;
		place.name = psprintf("@%s", name);
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
			gql_error(r->warnings,
					  "%s is left out, as it cannot be used without an argument of an unknown kind.",
					  place_name(&place));
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
	Coordinate	place = {NULL, key, ""};

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
		gql_error(errors,
				  "Invalid or incomplete introspection result. Ensure that it is the value of \"__schema\".");
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
