/*
 * remote_customization_check.c: does the customization of a remote schema
 * leave every name unambiguous and valid?
 *
 * A new customization is read in catalog/definition.c, applied in
 * remote_names.c, and checked here.
 */
#include "postgres.h"

#include "compat.h"
#include "schema/remote/remote_int.h"

/* A name that is taken. */
typedef struct Renamed
{
	const char *name;			/* in the role's schema */
	const char *what;			/* 'type "Ship"', 'field "Ship.name"' */
} Renamed;

static bool
is_plain_name(const char *name)
{
	return gql_is_name(name) && strncmp(name, "__", 2) != 0;
}

/* Take a name; file it if it is invalid or taken already. */
static void
claim(GqlNames *taken, const char *name, const char *original, const char *what,
	  GqlErrorList *errors)
{
	Renamed    *renamed = palloc(sizeof(Renamed));

	renamed->name = name;
	renamed->what = what;
	if (strcmp(name, original) != 0 && !is_plain_name(name))
		gql_error(errors, "\"%s\", as %s would be called, is no name that GraphQL allows.", name,
				  what);
	if (!gql_names_add(taken, renamed))
		gql_error(errors, "%s and %s would both be called \"%s\".",
				  ((Renamed *) gql_names_get(taken, name))->what, what, name);
}

/*
 * A standard scalar may be renamed. It is a custom scalar then, and its own
 * name still means the standard scalar.
 */
static void
check_types(RrRemote *remote, GqlErrorList *errors)
{
	GqlNames	taken;

	gql_names_init(&taken, CurrentMemoryContext);
	gql_foreach(GqlType, type, &remote->upstream->types)
	{
		if (type->builtin)
			claim(&taken, type->name, type->name, psprintf("GraphQL's own type \"%s\"",
														   type->name), errors);
	}
	gql_foreach(GqlType, type, &remote->upstream->types)
	{
		const char *name = rr_remote_type_name(remote, type);

		if (!type->builtin || strcmp(name, type->name) != 0)
			claim(&taken, name, type->name, psprintf("type \"%s\"", type->name), errors);
	}
}

static void
check_fields(RrRemote *remote, GqlType *type, GqlErrorList *errors)
{
	GqlNames	taken;

	gql_names_init(&taken, CurrentMemoryContext);
	gql_foreach(GqlFieldDef, field, gql_type_fields(remote->upstream, type))
		claim(&taken, rr_remote_field_name(remote, type, field->name), field->name,
			  psprintf("field \"%s.%s\"", type->name, field->name), errors);
	gql_foreach(GqlType, interface, &type->interfaces)
	{
		gql_foreach(GqlFieldDef, field, gql_type_fields(remote->upstream, interface))
		{
			const char *here = rr_remote_field_name(remote, type, field->name);
			const char *there = rr_remote_field_name(remote, interface, field->name);

			if (strcmp(here, there) != 0)
				gql_error(errors, "Field \"%s\" of interface \"%s\" would be called \"%s\", but \"%s\" in type \"%s\", which implements it.",
						  field->name, interface->name, there, here, type->name);
		}
	}
}

void
rr_check_customized_types(const RrRemote *remote, GqlErrorList *errors)
{
	const RrCustomization *customization = remote->def->customization;
	GqlNames	said;
	ListCell   *lc;

	if (customization == NULL)
		return;
	gql_names_init(&said, CurrentMemoryContext);
	foreach(lc, customization->field_names)
	{
		const char **parent = palloc(sizeof(char *));
		const char *name = *parent = ((RrFieldNaming *) lfirst(lc))->parent_type;
		GqlType    *type = rr_remote_naming_parent(remote, name);
		List	   *names = NIL;

		gql_foreach(GqlType, other, &remote->upstream->types)
		{
			if (!other->builtin && (other->kind == GQL_OBJECT || other->kind == GQL_INTERFACE))
				names = lappend(names, unconstify(char *, other->name));
		}
		if (type != NULL)
			*parent = type->name;
		if (!gql_names_add(&said, parent))
			gql_error(errors, "\"field_names\" has \"parent_type\" \"%s\" twice.", name);
		else if (type == NULL)
			gql_error(errors, "\"parent_type\" \"%s\" is no type of the remote schema.%s", name,
					  gql_did_you_mean(NULL, name, names));
		else if (type->kind != GQL_OBJECT && type->kind != GQL_INTERFACE)
			gql_error(errors, "\"parent_type\" \"%s\" is neither an object type nor an interface.", name);
	}
}

/* File the keys of a mapping that are not among the names. */
static void
check_keys(const GqlNames *mapping, const char *where, const char *what, List *names,
		   GqlErrorList *errors)
{
	gql_foreach(RrMapping, m, mapping)
	{
		bool		found = strncmp(m->name, "__", 2) == 0;
		ListCell   *lc;

		foreach(lc, names)
			found |= strcmp(lfirst(lc), m->name) == 0;
		if (!found)
			gql_error(errors, "The \"mapping\" of %s has \"%s\", which is no %s of the remote schema.%s", where, m->name, what,
					  gql_did_you_mean(NULL, m->name, names));
	}
}

void
rr_check_mappings(const RrRemote *remote, GqlErrorList *errors)
{
	const RrCustomization *customization = remote->def->customization;
	List	   *names = NIL;
	ListCell   *lc;

	if (customization == NULL)
		return;
	gql_foreach(GqlType, type, &remote->upstream->types)
		names = lappend(names, unconstify(char *, type->name));
	check_keys(&customization->type_mapping, "\"type_names\"", "type", names, errors);
	foreach(lc, customization->field_names)
	{
		const RrFieldNaming *naming = lfirst(lc);
		GqlType    *type = rr_remote_naming_parent(remote, naming->parent_type);

		if (type == NULL || (type->kind != GQL_OBJECT && type->kind != GQL_INTERFACE))
			continue;
		names = NIL;
		gql_foreach(GqlFieldDef, field, gql_type_fields(remote->upstream, type))
			names = lappend(names, unconstify(char *, field->name));
		check_keys(&naming->mapping, psprintf("\"parent_type\" \"%s\"", naming->parent_type),
				   "field of that type", names, errors);
	}
}

/* Names of introspection, as __typename, cannot be mapped. */
static void
check_reserved(const GqlNames *mapping, GqlErrorList *errors)
{
	gql_foreach(RrMapping, m, mapping)
		if (strncmp(m->name, "__", 2) == 0)
		gql_error(errors, "\"%s\" in a \"mapping\" cannot have another name: it is GraphQL's own.",
				  m->name);
}

void
rr_check_customization(RrRemote *remote, GqlErrorList *errors)
{
	const RrCustomization *customization = remote->def->customization;
	ListCell   *lc;

	if (customization == NULL)
		return;
	if (customization->root_fields_namespace &&
		!is_plain_name(customization->root_fields_namespace))
		gql_error(errors, "\"root_fields_namespace\" \"%s\" is no name that GraphQL allows.",
				  customization->root_fields_namespace);
	check_types(remote, errors);
	check_reserved(&customization->type_mapping, errors);
	foreach(lc, customization->field_names)
		check_reserved(&((RrFieldNaming *) lfirst(lc))->mapping, errors);
	if (customization->field_names == NIL)
		return;
	gql_foreach(GqlType, type, &remote->upstream->types)
	{
		if (!type->builtin && (type->kind == GQL_OBJECT || type->kind == GQL_INTERFACE))
			check_fields(remote, type, errors);
	}
}
