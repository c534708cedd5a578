/*
 * remote_names.c: the names that a remote schema's types and fields have in
 * the role's schema: what its customization makes of the upstream's own names.
 */
#include "postgres.h"

#include "schema/remote/remote_int.h"

static const char *
mapped(const GqlNames *mapping, const char *name)
{
	const RrMapping *m = gql_names_get(mapping, name);

	return m ? m->to : NULL;
}

static bool
is_standard_scalar(const char *name)
{
	static const char *const standard[] = {"Int", "Float", "String", "Boolean", "ID"};

	for (int i = 0; i < (int) lengthof(standard); i++)
		if (strcmp(name, standard[i]) == 0)
			return true;
	return false;
}

bool
rr_remote_is_introspection(const GqlType *type)
{
	return strncmp(type->name, "__", 2) == 0;
}

GqlType    *
rr_remote_naming_parent(const RrRemote *remote, const char *name)
{
	GqlSchema  *schema = remote->upstream;
	GqlType    *type = gql_schema_type(schema, name);

	if (type != NULL)
		return type;
	if (strcmp(name, "query_root") == 0)
		return schema->query;
	return strcmp(name, "mutation_root") == 0 ? schema->mutation : NULL;
}

const RrFieldNaming *
rr_remote_field_naming(const RrRemote *remote, const GqlType *upstream)
{
	ListCell   *lc;

	if (remote->def->customization == NULL)
		return NULL;
	foreach(lc, remote->def->customization->field_names)
	{
		const RrFieldNaming *naming = lfirst(lc);

		if (rr_remote_naming_parent(remote, naming->parent_type) == upstream)
			return naming;
	}
	return NULL;
}

bool
rr_remote_is_root(const RrRemote *remote, const GqlType *upstream)
{
	const GqlSchema *schema = remote->upstream;

	return upstream == schema->query || upstream == schema->mutation ||
		upstream == schema->subscription;
}

/* Is it the name of one of our own root types? */
static bool
is_our_root(const char *name)
{
	return strcmp(name, "query_root") == 0 || strcmp(name, "mutation_root") == 0 ||
		strcmp(name, "subscription_root") == 0;
}

/*
 * As in Hasura, a root type is the type of the namespace's field, if there is
 * a namespace. Then prefix and suffix are for it, too. Only of another Hasura
 * (whose root types are called as ours) it has the namespace's name in front.
 */
const char *
rr_remote_type_name(const RrRemote *remote, const GqlType *upstream)
{
	const RrCustomization *c = remote->def->customization;
	bool		is_root;
	const char *to;

	if (c == NULL || rr_remote_is_introspection(upstream))
		return upstream->name;
	to = mapped(&c->type_mapping, upstream->name);
	if (to != NULL)
		return to;
	is_root = rr_remote_is_root(remote, upstream);
	if (is_standard_scalar(upstream->name) || (is_root && c->root_fields_namespace == NULL))
		return upstream->name;
	if (c->type_prefix[0] != '\0' || c->type_suffix[0] != '\0')
		return psprintf("%s%s%s", c->type_prefix, upstream->name, c->type_suffix);
	if (is_root && is_our_root(upstream->name))
		return psprintf("%s_%s", c->root_fields_namespace, upstream->name);
	return upstream->name;
}

const char *
rr_remote_field_name(const RrRemote *remote, const GqlType *upstream, const char *field)
{
	const RrFieldNaming *naming = rr_remote_field_naming(remote, upstream);
	const char *to;

	if (naming == NULL || strncmp(field, "__", 2) == 0)
		return field;
	to = mapped(&naming->mapping, field);
	if (to != NULL)
		return to;
	if (naming->prefix[0] == '\0' && naming->suffix[0] == '\0')
		return field;
	return psprintf("%s%s%s", naming->prefix, field, naming->suffix);
}

GqlFieldDef *
rr_remote_field_named(const RrRemote *remote, const GqlType *upstream, const char *name)
{
	gql_foreach(GqlFieldDef, field, gql_type_fields(remote->upstream, unconstify(GqlType *,
																				 upstream)))
	{
		if (strcmp(rr_remote_field_name(remote, upstream, field->name), name) == 0)
			return field;
	}
	return NULL;
}

GqlType    *
rr_remote_upstream_type(const RrRemote *remote, const char *name)
{
	const RrRemoteType *type = gql_names_get(&remote->types, name);

	return type ? type->upstream : NULL;
}
