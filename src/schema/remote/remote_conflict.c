/*
 * remote_conflict.c: what keeps a remote schema from being in one graph with
 * others, or with names reserved for the module.
 *
 * Names are compared as they are in the role's schema, after customization.
 * Types with the same name and the same structure are shared. Any other clash
 * is filed, in words that name both sides and the first member that differs.
 *
 * The upstreams' whole schemas are compared first. For a role, what its
 * permissions leave of them is compared again: types that are the same as a
 * whole may differ in their visible parts.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "compat.h"
#include "schema/remote/remote_int.h"

typedef struct Conflict
{
	RrRemote   *earlier;
	RrRemote   *later;
	GqlNames   *types;			/* RrRemoteType, filed already: a type that
								 * several earlier ones share is filed once */
	GqlNames   *directives;
	GqlErrorList *errors;
} Conflict;

/* A type reference in the role's names: "[HbVessel!]!" */
static char *
type_text(const RrRemote *remote, const GqlTypeRef *ref)
{
	switch (ref->kind)
	{
		case GQL_TYPE_LIST:
			return psprintf("[%s]", type_text(remote, ref->of));
		case GQL_TYPE_NON_NULL:
			return psprintf("%s!", type_text(remote, ref->of));
		case GQL_TYPE_NAMED:
			break;
	}
	return pstrdup(rr_remote_type_name(remote, ref->type));
}

static char *
value_text(const GqlValue *value)
{
	StringInfoData out;

	if (value == NULL)
		return "";
	initStringInfo(&out);
	appendStringInfoString(&out, " = ");
	gql_print_value(&out, value);
	return out.data;
}

static const char *
name_of(const RrRemote *remote)
{
	return remote->def->name;
}

/* ---- the first difference of two things of one name, or NULL ---- */

static char *
only_in(const RrRemote *remote, const char *what, const char *name)
{
	return psprintf("%s \"%s\" is only in \"%s\"", what, name, name_of(remote));
}

static char *
differ(const Conflict *c, const char *what, const char *name, const char *here, const char *there)
{
	if (strcmp(here, there) == 0)
		return NULL;
	return psprintf("%s \"%s\" is \"%s\" in \"%s\", and \"%s\" in \"%s\"", what, name, there,
					name_of(c->earlier), here, name_of(c->later));
}

/* Sets of things that have nothing but a name in common: enum values. */
static char *
compare_names(const Conflict *c, const char *what, const GqlNames *here, const GqlNames *there)
{
	for (int i = 0; i < here->n; i++)
	{
		const char *name = *(const char *const *) here->items[i];

		if (gql_names_get(there, name) == NULL)
			return only_in(c->later, what, name);
	}
	for (int i = 0; i < there->n; i++)
	{
		const char *name = *(const char *const *) there->items[i];

		if (gql_names_get(here, name) == NULL)
			return only_in(c->earlier, what, name);
	}
	return NULL;
}

/* Sets of types: interfaces, members. */
static char *
compare_types(const Conflict *c, const char *what, const GqlNames *here, const GqlNames *there)
{
	const GqlNames *sets[] = {here, there};
	const RrRemote *remotes[] = {c->later, c->earlier};

	for (int side = 0; side < 2; side++)
	{
		gql_foreach(GqlType, type, sets[side])
		{
			const char *name = rr_remote_type_name(remotes[side], type);
			bool		found = false;

			gql_foreach(GqlType, other, sets[1 - side])
				found |= strcmp(rr_remote_type_name(remotes[1 - side], other), name) == 0;
			if (!found)
				return only_in(remotes[side], what, name);
		}
	}
	return NULL;
}

/*
 * The arguments or input fields that the remote's permission, if there is one,
 * does not preset.
 */
static const GqlNames *
visible(const RrRemote *remote, const GqlNames *inputs)
{
	GqlNames   *left;

	if (!remote->restricted)
		return inputs;
	left = palloc(sizeof(GqlNames));
	gql_names_init(left, CurrentMemoryContext);
	gql_foreach(GqlInputValueDef, input, inputs)
		if (!rr_remote_hides(remote, input))
		gql_names_add(left, input);
	return left;
}

/* Arguments, or fields of an input object; these are never renamed. */
static char *
compare_inputs(const Conflict *c, const char *what, const GqlNames *all_here,
			   const GqlNames *all_there)
{
	const GqlNames *here = visible(c->later, all_here);
	const GqlNames *there = visible(c->earlier, all_there);
	char	   *difference = compare_names(c, what, here, there);

	gql_foreach(GqlInputValueDef, input, here)
	{
		const GqlInputValueDef *other = difference ? NULL : gql_names_get(there, input->name);

		if (other)
			difference = differ(c, what, input->name,
								psprintf("%s%s", type_text(c->later, input->type),
										 value_text(input->default_value)),
								psprintf("%s%s", type_text(c->earlier, other->type),
										 value_text(other->default_value)));
	}
	return difference;
}

static char *
compare_fields(const Conflict *c, GqlType *here, GqlType *there)
{
	char	   *difference;

	gql_foreach(GqlFieldDef, field, gql_type_fields(c->later->upstream, here))
	{
		const char *name = rr_remote_field_name(c->later, here, field->name);
		GqlFieldDef *other = rr_remote_field_named(c->earlier, there, name);

		if (other == NULL)
			return only_in(c->later, "field", name);
		difference = differ(c, "field", name, type_text(c->later, field->type),
							type_text(c->earlier, other->type));
		if (difference)
			return difference;
		difference = compare_inputs(c, psprintf("argument of field \"%s\",", name), &field->args,
									&other->args);
		if (difference)
			return difference;
	}
	gql_foreach(GqlFieldDef, field, gql_type_fields(c->earlier->upstream, there))
	{
		const char *name = rr_remote_field_name(c->earlier, there, field->name);

		if (rr_remote_field_named(c->later, here, name) == NULL)
			return only_in(c->earlier, "field", name);
	}
	return compare_types(c, "interface", &here->interfaces, &there->interfaces);
}

static char *
compare_type(const Conflict *c, GqlType *here, GqlType *there)
{
	if (here->kind != there->kind)
		return psprintf("it is of kind %s in \"%s\", and %s in \"%s\"",
						gql_type_kind_name(there->kind), name_of(c->earlier),
						gql_type_kind_name(here->kind), name_of(c->later));
	switch (here->kind)
	{
		case GQL_SCALAR:
			return NULL;
		case GQL_OBJECT:
		case GQL_INTERFACE:
			return compare_fields(c, here, there);
		case GQL_UNION:
			return compare_types(c, "member", &here->members, &there->members);
		case GQL_ENUM:
			return compare_names(c, "value", gql_type_fields(c->later->upstream, here),
								 gql_type_fields(c->earlier->upstream, there));
		case GQL_INPUT_OBJECT:
			if (here->one_of != there->one_of)
				return psprintf("it takes exactly one field in \"%s\" only",
								name_of(here->one_of ? c->later : c->earlier));
			return compare_inputs(c, "input field", gql_type_fields(c->later->upstream, here),
								  gql_type_fields(c->earlier->upstream, there));
	}
	return NULL;
}

/* ---- two remote schemas ---- */

/* A type of GraphQL's own: all remote schemas have it. */
static bool
is_everywhere(const RrRemoteType *type)
{
	return type->upstream->builtin && strcmp(type->name, type->upstream->name) == 0;
}

/* The type of its own that a remote schema brings by a name, or NULL. */
static const RrRemoteType *
brought_type(RrRemote *remote, const char *name)
{
	const RrRemoteType *type = gql_names_get(rr_remote_types(remote), name);

	return type == NULL || is_everywhere(type) ? NULL : type;
}

static const char *
namespace_of(const RrRemote *remote)
{
	return remote->def->customization ? remote->def->customization->root_fields_namespace : NULL;
}

static const char *
type_hint(const RrRemote *remote, const GqlType *type)
{
	return psprintf("A \"%s\" in the \"customization\" of \"%s\" keeps them apart.",
					rr_remote_is_root(remote, type) && namespace_of(remote) == NULL ? "mapping\" of the root type in \"type_names"
					: "prefix\" in \"type_names", name_of(remote));
}

#define NROOTS 2

/*
 * Fill in the names of the types that have the root fields of a remote schema
 * with a namespace; NULL for one that there is not.
 */
static void
namespace_types(const RrRemote *remote, const char *names[NROOTS])
{
	const GqlType *roots[NROOTS] = {remote->upstream->query, remote->upstream->mutation};

	for (int i = 0; i < NROOTS; i++)
		names[i] = roots[i] == NULL || namespace_of(remote) == NULL ? NULL
			: rr_remote_type_name(remote, roots[i]);
}

static bool
is_namespace_type(const RrRemote *remote, const char *name)
{
	const char *names[NROOTS];

	namespace_types(remote, names);
	for (int i = 0; i < NROOTS; i++)
		if (names[i] != NULL && strcmp(names[i], name) == 0)
			return true;
	return false;
}

/*
 * Types of a remote schema with the name of the type behind a namespace, its
 * own or another's.
 */
static void
check_namespace_types(RrRemote *remote, const RrRemote *owner, GqlErrorList *errors)
{
	const char *names[NROOTS];

	namespace_types(owner, names);
	for (int i = 0; i < NROOTS; i++)
	{
		const RrRemoteType *type = names[i] ? brought_type(remote, names[i]) : NULL;

		if (type == NULL || (remote == owner && rr_remote_is_root(remote, type->upstream)))
			continue;
		gql_error(errors, "Type \"%s\" of remote schema \"%s\" has the name of the type behind \"root_fields_namespace\" \"%s\" of remote schema \"%s\". %s",
				  type->name, name_of(remote), namespace_of(owner), name_of(owner),
				  type_hint(remote, type->upstream));
	}
}

/* The types behind the namespaces of two remote schemas. */
static void
check_namespaces(const Conflict *c)
{
	const GqlType *roots[NROOTS] = {c->later->upstream->query, c->later->upstream->mutation};
	const char *names[NROOTS];

	namespace_types(c->later, names);
	for (int i = 0; i < NROOTS; i++)
	{
		if (names[i] != NULL && is_namespace_type(c->earlier, names[i]))
			gql_error(c->errors, "\"%s\" is the type behind \"root_fields_namespace\" of both remote schema \"%s\" and \"%s\". %s",
					  names[i], name_of(c->earlier), name_of(c->later),
					  type_hint(c->later, roots[i]));
	}
}

static void
check_root_types(RrRemote *remote, GqlErrorList *errors)
{
	gql_foreach(RrRemoteType, type, rr_remote_types(remote))
	{
		if (strcmp(type->name, "query_root") == 0 || strcmp(type->name, "mutation_root") == 0)
			gql_error(errors, "Type \"%s\" of remote schema \"%s\" has the name of the type of all %s. %s", type->name, name_of(remote),
					  type->name[0] == 'q' ? "queries" : "mutations",
					  type_hint(remote, type->upstream));
	}
}

static void
check_types(const Conflict *c)
{
	gql_foreach(RrRemoteType, type, rr_remote_types(c->later))
	{
		const RrRemoteType *other = is_everywhere(type) ? NULL
		: brought_type(c->earlier, type->name);
		char	   *difference = other ? compare_type(c, type->upstream, other->upstream) : NULL;

		if (difference && gql_names_add(c->types, type))
			gql_error(c->errors, "Type \"%s\" of remote schemas \"%s\" and \"%s\" is not the same: %s. %s",
					  type->name, name_of(c->earlier), name_of(c->later), difference,
					  type_hint(c->later, type->upstream));
	}
}

/* The names that a remote schema adds to a root type. */
static List *
root_fields(const RrRemote *remote, GqlOperationType operation)
{
	GqlType    *root = gql_schema_root(remote->upstream, operation);
	List	   *names = NIL;

	if (root == NULL)
		return NIL;
	if (namespace_of(remote) != NULL)
		return list_make1(unconstify(char *, namespace_of(remote)));
	gql_foreach(GqlFieldDef, field, gql_type_fields(remote->upstream, root))
		names = lappend(names, unconstify(char *, rr_remote_field_name(remote, root, field->name)));
	return names;
}

static void
check_root_fields(const Conflict *c, GqlOperationType operation, const char *operation_name)
{
	GqlNames	taken;
	ListCell   *lc;

	gql_names_init(&taken, CurrentMemoryContext);
	foreach(lc, root_fields(c->earlier, operation))
	{
		const char **item = palloc(sizeof(char *));

		*item = lfirst(lc);
		gql_names_add(&taken, item);
	}
	foreach(lc, root_fields(c->later, operation))
	{
		if (gql_names_get(&taken, lfirst(lc)))
			gql_error(c->errors, "Both remote schema \"%s\" and \"%s\" have a %s field \"%s\". A \"root_fields_namespace\", or a \"prefix\" in \"field_names\", in the \"customization\" keeps them apart.",
					  name_of(c->earlier), name_of(c->later), operation_name, (char *) lfirst(lc));
	}
}

static char *
compare_locations(const Conflict *c, const GqlDirectiveDef *here, const GqlDirectiveDef *there)
{
	for (int i = 0; i <= GQL_LOC_VARIABLE_DEFINITION; i++)
		if (((here->locations ^ there->locations) & (1 << i)) != 0)
			return only_in(here->locations & (1 << i) ? c->later : c->earlier, "location",
						   gql_directive_location_name(i));
	return NULL;
}

static char *
compare_directives(const Conflict *c, const GqlDirectiveDef *here, const GqlDirectiveDef *there)
{
	char	   *difference = compare_locations(c, here, there);

	if (difference == NULL && here->repeatable != there->repeatable)
		difference = psprintf("it may be repeated in \"%s\" only",
							  name_of(here->repeatable ? c->later : c->earlier));
	return difference ? difference : compare_inputs(c, "argument", &here->args, &there->args);
}

static void
check_directives(const Conflict *c)
{
	const uint32 executable = (1 << (GQL_LOC_VARIABLE_DEFINITION + 1)) - 1;

	gql_foreach(GqlDirectiveDef, directive, &c->later->upstream->directives)
	{
		GqlDirectiveDef *other = gql_names_get(&c->earlier->upstream->directives, directive->name);
		char	   *difference;

		if (other == NULL || directive->builtin || (directive->locations & executable) == 0 ||
			(other->locations & executable) == 0)
			continue;
		difference = compare_directives(c, directive, other);
		if (difference && gql_names_add(c->directives, directive))
			gql_error(c->errors, "Directive \"@%s\" of remote schemas \"%s\" and \"%s\" is not the same: %s. Directives keep their names: give one of the schemas as \"sdl\", without the directive.",
					  directive->name, name_of(c->earlier), name_of(c->later), difference);
	}
}

static void
check_with(RrRemote *remote, List *earlier, GqlErrorList *errors)
{
	GqlNames	types;
	GqlNames	directives;
	ListCell   *lc;

	gql_names_init(&types, CurrentMemoryContext);
	gql_names_init(&directives, CurrentMemoryContext);
	foreach(lc, earlier)
	{
		Conflict	c = {lfirst(lc), remote, &types, &directives, errors};

		CHECK_FOR_INTERRUPTS();
		check_root_fields(&c, GQL_QUERY, "query");
		check_root_fields(&c, GQL_MUTATION, "mutation");
		check_types(&c);
		check_namespace_types(remote, c.earlier, errors);
		check_namespace_types(c.earlier, remote, errors);
		check_namespaces(&c);
		check_directives(&c);
	}
}

void
rr_check_remote(RrRemote *remote, List *earlier, GqlErrorList *errors)
{
	rr_check_customization(remote, errors);
	check_root_types(remote, errors);
	check_namespace_types(remote, remote, errors);
	check_with(remote, earlier, errors);
}

void
rr_check_remote_conflict(RrRemote *earlier, RrRemote *later, GqlErrorList *errors)
{
	check_with(later, list_make1(earlier), errors);
}

/* ---- tables ---- */

const char *
rr_type_taken(const RrRoleSchema *rs, const char *name)
{
	ListCell   *lc;

	foreach(lc, rs->remotes)
	{
		const RrRemote *remote = lfirst(lc);
		const RrRemoteType *type = gql_names_get(&remote->types, name);

		if (type != NULL)
			return psprintf("remote schema \"%s\" has a type \"%s\". %s", name_of(remote), name,
							type_hint(remote, type->upstream));
		if (is_namespace_type(remote, name))
			return psprintf("\"%s\" is the type behind \"root_fields_namespace\" \"%s\" of remote schema \"%s\".", name, namespace_of(remote),
							name_of(remote));
	}
	return NULL;
}

const char *
rr_root_field_taken(const RrRoleSchema *rs, GqlOperationType operation, const char *name)
{
	ListCell   *lc;
	ListCell   *lc2;

	foreach(lc, rs->remotes)
	{
		const RrRemote *remote = lfirst(lc);

		foreach(lc2, root_fields(remote, operation))
			if (strcmp(lfirst(lc2), name) == 0)
			return psprintf("remote schema \"%s\" has a %s field \"%s\". A \"root_fields_namespace\", or a \"prefix\" in \"field_names\", in its \"customization\" keeps them apart.",
							name_of(remote), operation == GQL_QUERY ? "query" : "mutation", name);
	}
	return NULL;
}
