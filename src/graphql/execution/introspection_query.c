/*
 * introspection_query.c: the introspection queries that are sent to remote
 * schemas, one for each edition of the specification.
 */
#include "postgres.h"

#include "graphql/graphql.h"

#define TYPE_REF \
	"fragment TypeRef on __Type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name " \
	"ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } } } } } }"

#define INTROSPECTION_QUERY(of_schema, of_type, of_directive, deprecated_inputs, of_input) \
	"query IntrospectionQuery { __schema { " of_schema "queryType { name } mutationType { name } subscriptionType { name } " \
	"types { ...FullType } directives { name description " of_directive "locations args" deprecated_inputs " { ...InputValue } } } } " \
	"fragment FullType on __Type { kind name description " of_type "fields(includeDeprecated: true) { name description " \
	"args" deprecated_inputs " { ...InputValue } type { ...TypeRef } isDeprecated deprecationReason } " \
	"inputFields" deprecated_inputs " { ...InputValue } interfaces { ...TypeRef } " \
	"enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason } possibleTypes { ...TypeRef } } " \
	"fragment InputValue on __InputValue { name description type { ...TypeRef } defaultValue " of_input "} " TYPE_REF

const char *
gql_introspection_query(int attempt)
{
	static const char *const queries[] = {
		/* September 2025 */
		INTROSPECTION_QUERY("description ", "specifiedByURL isOneOf ", "isRepeatable ",
							"(includeDeprecated: true)",
							"isDeprecated deprecationReason "),
		/* October 2021 */
		INTROSPECTION_QUERY("description ", "specifiedByURL ", "isRepeatable ", "", ""),
		/* June 2018 */
		INTROSPECTION_QUERY("", "", "", "", ""),
	};

	return attempt >= 0 && attempt < (int) lengthof(queries) ? queries[attempt] : NULL;
}
