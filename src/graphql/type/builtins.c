/*
 * builtins.c: the parts that every schema has: specified scalars
 * (specification, 3.5), specified directives (3.13), introspection types
 * (4.2).
 *
 * Names, order and descriptions are graphql-js 17's, so that introspection
 * gives the same answers.
 */
#include "postgres.h"

#include "graphql/type/schema_int.h"

typedef struct MetaType
{
	const char *name;
	GqlTypeKind kind;
	const char *description;
} MetaType;

typedef struct MetaField
{
	const char *type_name;
	const char *name;
	const char *type;			/* "[__Type!]!" */
	GqlMetaField resolver;
	bool		include_deprecated; /* has an argument "includeDeprecated" */
	const char *description;
} MetaField;

typedef struct MetaValue
{
	const char *type_name;
	const char *name;
	const char *description;
} MetaValue;

static const MetaField meta_fields[] = {
	{"__Schema", "description", "String", GQL_META_DESCRIPTION, false, NULL},
	{"__Schema", "types", "[__Type!]!", GQL_META_TYPES, false,
	"A list of all types supported by this server."},
	{"__Schema", "queryType", "__Type!", GQL_META_QUERY_TYPE, false,
	"The type that query operations will be rooted at."},
	{"__Schema", "mutationType", "__Type", GQL_META_MUTATION_TYPE, false,
	"If this server supports mutation, the type that mutation operations will be rooted at."},
	{"__Schema", "subscriptionType", "__Type", GQL_META_SUBSCRIPTION_TYPE, false,
	"If this server support subscription, the type that subscription operations will be rooted at."},
	{"__Schema", "directives", "[__Directive!]!", GQL_META_DIRECTIVES, true,
	"A list of all directives supported by this server."},
	{"__Type", "kind", "__TypeKind!", GQL_META_KIND, false, NULL},
	{"__Type", "name", "String", GQL_META_NAME, false, NULL},
	{"__Type", "description", "String", GQL_META_DESCRIPTION, false, NULL},
	{"__Type", "specifiedByURL", "String", GQL_META_SPECIFIED_BY_URL, false, NULL},
	{"__Type", "fields", "[__Field!]", GQL_META_FIELDS, true, NULL},
	{"__Type", "interfaces", "[__Type!]", GQL_META_INTERFACES, false, NULL},
	{"__Type", "possibleTypes", "[__Type!]", GQL_META_POSSIBLE_TYPES, false, NULL},
	{"__Type", "enumValues", "[__EnumValue!]", GQL_META_ENUM_VALUES, true, NULL},
	{"__Type", "inputFields", "[__InputValue!]", GQL_META_INPUT_FIELDS, true, NULL},
	{"__Type", "ofType", "__Type", GQL_META_OF_TYPE, false, NULL},
	{"__Type", "isOneOf", "Boolean", GQL_META_IS_ONE_OF, false, NULL},
	{"__Field", "name", "String!", GQL_META_NAME, false, NULL},
	{"__Field", "description", "String", GQL_META_DESCRIPTION, false, NULL},
	{"__Field", "args", "[__InputValue!]!", GQL_META_ARGS, true, NULL},
	{"__Field", "type", "__Type!", GQL_META_TYPE, false, NULL},
	{"__Field", "isDeprecated", "Boolean!", GQL_META_IS_DEPRECATED, false, NULL},
	{"__Field", "deprecationReason", "String", GQL_META_DEPRECATION_REASON, false, NULL},
	{"__InputValue", "name", "String!", GQL_META_NAME, false, NULL},
	{"__InputValue", "description", "String", GQL_META_DESCRIPTION, false, NULL},
	{"__InputValue", "type", "__Type!", GQL_META_TYPE, false, NULL},
	{"__InputValue", "defaultValue", "String", GQL_META_DEFAULT_VALUE, false,
	"A GraphQL-formatted string representing the default value for this input value."},
	{"__InputValue", "isDeprecated", "Boolean!", GQL_META_IS_DEPRECATED, false, NULL},
	{"__InputValue", "deprecationReason", "String", GQL_META_DEPRECATION_REASON, false, NULL},
	{"__EnumValue", "name", "String!", GQL_META_NAME, false, NULL},
	{"__EnumValue", "description", "String", GQL_META_DESCRIPTION, false, NULL},
	{"__EnumValue", "isDeprecated", "Boolean!", GQL_META_IS_DEPRECATED, false, NULL},
	{"__EnumValue", "deprecationReason", "String", GQL_META_DEPRECATION_REASON, false, NULL},
	{"__Directive", "name", "String!", GQL_META_NAME, false, NULL},
	{"__Directive", "description", "String", GQL_META_DESCRIPTION, false, NULL},
	{"__Directive", "isRepeatable", "Boolean!", GQL_META_IS_REPEATABLE, false, NULL},
	{"__Directive", "locations", "[__DirectiveLocation!]!", GQL_META_LOCATIONS, false, NULL},
	{"__Directive", "args", "[__InputValue!]!", GQL_META_ARGS, true, NULL},
	{"__Directive", "isDeprecated", "Boolean!", GQL_META_IS_DEPRECATED, false, NULL},
	{"__Directive", "deprecationReason", "String", GQL_META_DEPRECATION_REASON, false, NULL},
};

static const MetaValue meta_values[] = {
	{"__TypeKind", "SCALAR", "Indicates this type is a scalar."},
	{"__TypeKind", "OBJECT",
	"Indicates this type is an object. `fields` and `interfaces` are valid fields."},
	{"__TypeKind", "INTERFACE",
	"Indicates this type is an interface. `fields`, `interfaces`, and `possibleTypes` are valid fields."},
	{"__TypeKind", "UNION", "Indicates this type is a union. `possibleTypes` is a valid field."},
	{"__TypeKind", "ENUM", "Indicates this type is an enum. `enumValues` is a valid field."},
	{"__TypeKind", "INPUT_OBJECT",
	"Indicates this type is an input object. `inputFields` is a valid field."},
	{"__TypeKind", "LIST", "Indicates this type is a list. `ofType` is a valid field."},
	{"__TypeKind", "NON_NULL", "Indicates this type is a non-null. `ofType` is a valid field."},
	{"__DirectiveLocation", "QUERY", "Location adjacent to a query operation."},
	{"__DirectiveLocation", "MUTATION", "Location adjacent to a mutation operation."},
	{"__DirectiveLocation", "SUBSCRIPTION", "Location adjacent to a subscription operation."},
	{"__DirectiveLocation", "FIELD", "Location adjacent to a field."},
	{"__DirectiveLocation", "FRAGMENT_DEFINITION", "Location adjacent to a fragment definition."},
	{"__DirectiveLocation", "FRAGMENT_SPREAD", "Location adjacent to a fragment spread."},
	{"__DirectiveLocation", "INLINE_FRAGMENT", "Location adjacent to an inline fragment."},
	{"__DirectiveLocation", "VARIABLE_DEFINITION",
	"Location adjacent to an operation variable definition."},
	{"__DirectiveLocation", "FRAGMENT_VARIABLE_DEFINITION",
	"Location adjacent to a fragment variable definition."},
	{"__DirectiveLocation", "SCHEMA", "Location adjacent to a schema definition."},
	{"__DirectiveLocation", "SCALAR", "Location adjacent to a scalar definition."},
	{"__DirectiveLocation", "OBJECT", "Location adjacent to an object type definition."},
	{"__DirectiveLocation", "FIELD_DEFINITION", "Location adjacent to a field definition."},
	{"__DirectiveLocation", "ARGUMENT_DEFINITION", "Location adjacent to an argument definition."},
	{"__DirectiveLocation", "INTERFACE", "Location adjacent to an interface definition."},
	{"__DirectiveLocation", "UNION", "Location adjacent to a union definition."},
	{"__DirectiveLocation", "ENUM", "Location adjacent to an enum definition."},
	{"__DirectiveLocation", "ENUM_VALUE", "Location adjacent to an enum value definition."},
	{"__DirectiveLocation", "INPUT_OBJECT",
	"Location adjacent to an input object type definition."},
	{"__DirectiveLocation", "INPUT_FIELD_DEFINITION",
	"Location adjacent to an input object field definition."},
	{"__DirectiveLocation", "DIRECTIVE_DEFINITION", "Location adjacent to a directive definition."},
};

static const MetaType meta_types[] = {
	{"String", GQL_SCALAR,
		"The `String` scalar type represents textual data, represented as UTF-8 character sequences. The "
	"String type is most often used by GraphQL to represent free-form human-readable text."},
	{"Int", GQL_SCALAR,
		"The `Int` scalar type represents non-fractional signed whole numeric values. Int can represent "
	"values between -(2^31) and 2^31 - 1."},
	{"Float", GQL_SCALAR,
		"The `Float` scalar type represents signed double-precision fractional values as specified by [IEEE "
	"754](https://en.wikipedia.org/wiki/IEEE_floating_point)."},
	{"Boolean", GQL_SCALAR, "The `Boolean` scalar type represents `true` or `false`."},
	{"ID", GQL_SCALAR,
		"The `ID` scalar type represents a unique identifier, often used to refetch an object or as key for "
		"a cache. The ID type appears in a JSON response as a String; however, it is not intended to be "
		"human-readable. When expected as an input type, any string (such as `\"4\"`) or integer (such as "
	"`4`) input value will be accepted as an ID."},
	{"__Schema", GQL_OBJECT,
		"A GraphQL Schema defines the capabilities of a GraphQL server. It exposes all available types and "
		"directives on the server, as well as the entry points for query, mutation, and subscription "
	"operations."},
	{"__Type", GQL_OBJECT,
		"The fundamental unit of any GraphQL Schema is the type. There are many kinds of types in GraphQL as "
		"represented by the `__TypeKind` enum.\n\nDepending on the kind of a type, certain fields describe "
		"information about that type. Scalar types provide no information beyond a name, description and "
		"optional `specifiedByURL`, while Enum types provide their values. Object and Interface types "
		"provide the fields they describe. Abstract types, Union and Interface, provide the Object types "
	"possible at runtime. List and NonNull types compose other types."},
	{"__TypeKind", GQL_ENUM, "An enum describing what kind of type a given `__Type` is."},
	{"__Field", GQL_OBJECT,
		"Object and Interface types are described by a list of Fields, each of which has a name, potentially "
	"a list of arguments, and a return type."},
	{"__InputValue", GQL_OBJECT,
		"Arguments provided to Fields or Directives and the input fields of an InputObject are represented "
	"as Input Values which describe their type and optionally a default value."},
	{"__EnumValue", GQL_OBJECT,
		"One possible value for a given Enum. Enum values are unique values, not a placeholder for a string "
	"or numeric value. However an Enum value is returned in a JSON response as a string."},
	{"__Directive", GQL_OBJECT,
		"A Directive provides a way to describe alternate runtime execution and type validation behavior in "
		"a GraphQL document.\n\nIn some cases, you need to provide options to alter GraphQL's execution "
		"behavior in ways field arguments will not suffice, such as conditionally including or skipping a "
	"field. Directives provide this by describing additional information to the executor."},
	{"__DirectiveLocation", GQL_ENUM,
		"A Directive can be adjacent to many parts of the GraphQL language, a __DirectiveLocation describes "
	"one such possible adjacencies."},
};

static const GqlValue value_false = {.kind = GQL_VALUE_BOOLEAN, .loc = -1, .boolean = false};
static const GqlValue value_no_longer_supported = {
	.kind = GQL_VALUE_STRING, .loc = -1, .text = GQL_DEFAULT_DEPRECATION_REASON,
	.len = sizeof(GQL_DEFAULT_DEPRECATION_REASON) - 1
};

static const char *const location_names[] = {
#define X(loc) [GQL_LOC_##loc] = #loc,
	GQL_DIRECTIVE_LOCATIONS(X)
#undef X
};

const char *
gql_directive_location_name(GqlDirectiveLocation location)
{
	return location_names[location];
}

int
gql_directive_location(const char *name)
{
	for (int i = 0; i < (int) lengthof(location_names); i++)
	{
		if (strcmp(location_names[i], name) == 0)
			return i;
	}
	return -1;
}

/*
 * The type that a text of the tables above means. There is at most one list,
 * and a non-null inside and outside of it: "[__Type!]!".
 */
static const GqlTypeRef *
type_of_text(GqlSchema *schema, const char *text)
{
	bool		list = *text == '[';
	int			name_len = strcspn(text + list, "]!");
	const char *rest = text + list + name_len;
	char		name[NAMEDATALEN];
	const GqlTypeRef *ref;

	Assert(name_len < NAMEDATALEN);
	memcpy(name, text + list, name_len);
	name[name_len] = '\0';
	ref = &((GqlType *) gql_names_get(&schema->types, name))->ref;
	for (; *rest != '\0'; rest++)
		ref = *rest == '!' ? gql_non_null(schema, ref) : gql_list_of(schema, ref);
	return ref;
}

static void
add_meta_type(GqlSchema *schema, const MetaType *meta)
{
	GqlType    *type = gql_schema_add_type(schema, meta->kind, meta->name);

	type->description = meta->description;
	type->builtin = true;
}

static void
add_meta_field(GqlSchema *schema, const MetaField *meta)
{
	GqlType    *type = gql_names_get(&schema->types, meta->type_name);
	GqlFieldDef *field = gql_type_add_field(schema, type, meta->name,
											type_of_text(schema, meta->type));

	field->description = meta->description;
	field->data = (void *) (intptr_t) meta->resolver;
	if (meta->include_deprecated)
		gql_field_add_arg(schema, field, "includeDeprecated",
						  type_of_text(schema, "Boolean!"))->default_value = &value_false;
}

/* One of __schema, __type and __typename, which are in no type. */
static GqlFieldDef *
root_meta_field(GqlSchema *schema, const char *name, const char *type, const char *description)
{
	GqlFieldDef *field = gql_schema_new_field(schema, name, type_of_text(schema, type));

	field->description = description;
	return field;
}

/* Add a specified directive; locations end with -1. */
static GqlDirectiveDef *
add_directive(GqlSchema *schema, const char *name, const char *description, const int *locations)
{
	GqlDirectiveDef *directive = gql_schema_add_directive(schema, name);

	directive->description = description;
	directive->builtin = true;
	for (; *locations >= 0; locations++)
		gql_directive_add_location(directive, *locations);
	return directive;
}

static GqlInputValueDef *
add_directive_arg(GqlSchema *schema, GqlDirectiveDef *directive, const char *name,
				  const char *type, const char *description)
{
	GqlInputValueDef *arg = gql_directive_add_arg(schema, directive, name,
												  type_of_text(schema, type));

	arg->description = description;
	return arg;
}

static void
add_directives(GqlSchema *schema)
{
	static const int selections[] = {
		GQL_LOC_FIELD, GQL_LOC_FRAGMENT_SPREAD, GQL_LOC_INLINE_FRAGMENT, -1
	};
	static const int deprecable[] = {
		GQL_LOC_FIELD_DEFINITION, GQL_LOC_ARGUMENT_DEFINITION, GQL_LOC_INPUT_FIELD_DEFINITION,
		GQL_LOC_ENUM_VALUE, GQL_LOC_DIRECTIVE_DEFINITION, -1
	};
	static const int scalars[] = {GQL_LOC_SCALAR, -1};
	static const int input_objects[] = {GQL_LOC_INPUT_OBJECT, -1};
	GqlDirectiveDef *directive;
	GqlInputValueDef *reason;

	directive = add_directive(schema, "include",
							  "Directs the executor to include this field or fragment only when "
							  "the `if` argument is true.", selections);
	add_directive_arg(schema, directive, "if", "Boolean!", "Included when true.");

	directive = add_directive(schema, "skip",
							  "Directs the executor to skip this field or fragment when the `if` "
							  "argument is true.", selections);
	add_directive_arg(schema, directive, "if", "Boolean!", "Skipped when true.");

	directive = add_directive(schema, "deprecated",
							  "Marks an element of a GraphQL schema as no longer supported.",
							  deprecable);
	reason = add_directive_arg(schema, directive, "reason", "String!",
							   "Explains why this element was deprecated, usually also including "
							   "a suggestion for how to access supported similar data. Formatted "
							   "using the Markdown syntax, as specified by "
							   "[CommonMark](https://commonmark.org/).");
	reason->default_value = &value_no_longer_supported;

	directive = add_directive(schema, "specifiedBy",
							  "Exposes a URL that specifies the behavior of this scalar.", scalars);
	add_directive_arg(schema, directive, "url", "String!",
					  "The URL that specifies the behavior of this scalar.");

	add_directive(schema, "oneOf",
				  "Indicates exactly one field must be supplied and this field must not be `null`.",
				  input_objects);
}

void
gql_schema_add_builtins(GqlSchema *schema)
{
	for (int i = 0; i < (int) lengthof(meta_types); i++)
		add_meta_type(schema, &meta_types[i]);
	for (int i = 0; i < (int) lengthof(meta_fields); i++)
		add_meta_field(schema, &meta_fields[i]);
	for (int i = 0; i < (int) lengthof(meta_values); i++)
	{
		const MetaValue *meta = &meta_values[i];
		GqlType    *type = gql_names_get(&schema->types, meta->type_name);

		gql_type_add_enum_value(schema, type, meta->name)->description = meta->description;
	}
	add_directives(schema);

	schema->meta_schema = root_meta_field(schema, "__schema", "__Schema!",
										  "Access the current type schema of this server.");
	schema->meta_type = root_meta_field(schema, "__type", "__Type",
										"Request the type information of a single type.");
	gql_field_add_arg(schema, schema->meta_type, "name", type_of_text(schema, "String!"));
	schema->meta_typename = root_meta_field(schema, "__typename", "String!",
											"The name of the current Object type at runtime.");
}
