/*
 * schema_int.h: what the files that make, check and show a GqlSchema share among themselves.
 */
#ifndef GQL_SCHEMA_INT_H
#define GQL_SCHEMA_INT_H

#include "graphql/schema.h"

#define GQL_DEFAULT_DEPRECATION_REASON "No longer supported"

/* ---- schema.c ---- */

/* Not yet in the schema. */
extern GqlType *gql_schema_new_type(GqlSchema *schema, GqlTypeKind kind, const char *name);
extern GqlFieldDef *gql_schema_new_field(GqlSchema *schema, const char *name, const GqlTypeRef *field_type);
extern GqlDirectiveDef *gql_schema_new_directive(GqlSchema *schema, const char *name);
extern void gql_append_type(StringInfo out, const GqlTypeRef *ref);

/*
 * The types that introspection shows, in graphql-js' order: each user's type, followed by the specified scalars that it is the first to use; those of
 * directives; the introspection types. A specified scalar that nothing uses is not among them (3.5).
 */
extern void gql_schema_list_types(GqlSchema *schema, GqlNames *types);

/* ---- builtins.c ---- */

/* What resolves a field of the introspection types; stands in GqlFieldDef.data. */
typedef enum GqlMetaField
{
	GQL_META_NAME = 1, GQL_META_DESCRIPTION, GQL_META_TYPES, GQL_META_QUERY_TYPE, GQL_META_MUTATION_TYPE, GQL_META_SUBSCRIPTION_TYPE,
	GQL_META_DIRECTIVES, GQL_META_IS_REPEATABLE, GQL_META_LOCATIONS, GQL_META_ARGS, GQL_META_IS_DEPRECATED,
	GQL_META_DEPRECATION_REASON, GQL_META_KIND, GQL_META_SPECIFIED_BY_URL, GQL_META_FIELDS, GQL_META_INTERFACES, GQL_META_POSSIBLE_TYPES,
	GQL_META_ENUM_VALUES, GQL_META_INPUT_FIELDS, GQL_META_OF_TYPE, GQL_META_IS_ONE_OF, GQL_META_TYPE, GQL_META_DEFAULT_VALUE,
} GqlMetaField;

/* The specified scalars and directives, the introspection types, and __schema, __type and __typename. */
extern void gql_schema_add_builtins(GqlSchema *schema);
extern const char *gql_directive_location_name(GqlDirectiveLocation location);
/* -1 when there is no such location */
extern int	gql_directive_location(const char *name);

#endif							/* GQL_SCHEMA_INT_H */
