/*
 * remote_types.c: what remote schemas add to a role's schema: their types,
 * under customized names, and their root fields.
 *
 * Types are entered by name at once and completed at first use: most queries
 * touch a handful of the types that a large upstream has. Two remote schemas
 * may share a type, and the one that answers follows from where the query came
 * from. So the upstream's own type is found again by name
 * (rr_remote_upstream_type()).
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/memutils.h"
#include "settings.h"

#include "schema/permission/permission.h"
#include "schema/remote/remote_int.h"

/* ---- which types there are ---- */

bool
rr_remote_hides(const RrRemote *remote, const GqlInputValueDef *def)
{
	return remote->restricted && rr_is_hidden(remote->upstream, def);
}

/* Can the role reach a type of the upstream? */
static bool
is_reached(const RrRemote *remote, const GqlType *type)
{
	return !remote->restricted || gql_names_get(&remote->reached, type->name) != NULL;
}

/*
 * Does another type refer to a root type of the upstream? Then the root type
 * becomes a type of the role's schema, too.
 */
static bool
is_referred_to(const RrRemote *remote, const GqlType *root)
{
	GqlSchema  *upstream = remote->upstream;

	gql_foreach(GqlType, type, &upstream->types)
	{
		if (rr_remote_is_introspection(type) || !is_reached(remote, type))
			continue;
		if (type->kind == GQL_UNION && gql_names_get(&type->members, root->name) != NULL)
			return true;
		if (type->kind == GQL_OBJECT || type->kind == GQL_INTERFACE)
			gql_foreach(GqlFieldDef, field, gql_type_fields(upstream, type))
				if (gql_named_type(field->type) == root)
				return true;
	}
	return root->interfaces.n > 0;
}

/*
 * Does a type of the upstream become a type of the role's schema? Not one that
 * the role cannot reach, nor a root type that nothing refers to.
 */
static bool
brings_type(const RrRemote *remote, const GqlType *upstream)
{
	return is_reached(remote, upstream) && (!rr_remote_is_root(remote, upstream) ||
											is_referred_to(remote, upstream));
}

const GqlNames *
rr_remote_types(RrRemote *remote)
{
	MemoryContext caller;

	if (remote->named)
		return &remote->types;
	caller = MemoryContextSwitchTo(GetMemoryChunkContext(remote));
	gql_foreach(GqlType, type, &remote->upstream->types)
	{
		RrRemoteType *info;

		if (rr_remote_is_introspection(type) || !brings_type(remote, type))
			continue;
		info = palloc0(sizeof(RrRemoteType));
		info->name = rr_remote_type_name(remote, type);
		info->upstream = type;
		info->remote = remote;
		info->naming = rr_remote_field_naming(remote, type);
		gql_names_add(&remote->types, info);
	}
	remote->named = true;
	MemoryContextSwitchTo(caller);
	return &remote->types;
}

/* A directive of the upstream's own that may stand in a query. */
static bool
is_offered(const GqlDirectiveDef *directive)
{
	const uint32 executable = (1 << (GQL_LOC_VARIABLE_DEFINITION + 1)) - 1;

	return !directive->builtin && (directive->locations & executable) != 0;
}

/* ---- types and fields ---- */

const GqlTypeRef *
rr_remote_type_ref(RrRoleSchema *rs, const RrRemote *remote, const GqlTypeRef *upstream)
{
	GqlType    *type;

	switch (upstream->kind)
	{
		case GQL_TYPE_LIST:
			return gql_list_of(rs->schema, rr_remote_type_ref(rs, remote, upstream->of));
		case GQL_TYPE_NON_NULL:
			return gql_non_null(rs->schema, rr_remote_type_ref(rs, remote, upstream->of));
		case GQL_TYPE_NAMED:
			break;
	}
	type = gql_names_get(&rs->schema->types, rr_remote_type_name(remote, upstream->type));
	if (type == NULL)
		elog(ERROR, "type \"%s\" of remote schema \"%s\" is missing from the role's schema",
			 upstream->type->name, remote->def->name);
	return &type->ref;
}

static void
copy_input(const GqlInputValueDef *from, GqlInputValueDef *to)
{
	to->description = from->description;
	to->default_value = from->default_value;
	to->deprecation_reason = from->deprecation_reason;
}

/*
 * Add an upstream's field to a type of the role's schema. NULL when the name
 * is taken.
 */
static GqlFieldDef *
add_field(RrRoleSchema *rs, RrRemote *remote, GqlType *to, const GqlType *upstream,
		  const GqlFieldDef *from)
{
	GqlFieldDef *field;
	RrRemoteField *info;

	field = gql_type_add_field(rs->schema, to, rr_remote_field_name(remote, upstream, from->name),
							   rr_remote_type_ref(rs, remote, from->type));
	if (field == NULL)
		return NULL;
	field->description = from->description;
	field->deprecation_reason = from->deprecation_reason;
	gql_foreach(GqlInputValueDef, arg, &from->args)
	{
		const GqlTypeRef *type;

		if (rr_remote_hides(remote, arg))
			continue;
		type = rr_remote_type_ref(rs, remote, arg->type);
		if (remote->restricted && rr_presets_require(remote->upstream, arg))
			type = gql_non_null(rs->schema, type);
		copy_input(arg, gql_field_add_arg(rs->schema, field, arg->name, type));
	}
	info = palloc(sizeof(RrRemoteField));
	info->base.kind = RR_FIELD_REMOTE;
	info->remote = remote;
	info->upstream_name = from->name;
	field->data = info;
	return field;
}

/*
 * Add the type's join fields. Where several remote schemas share the type,
 * those of each of them.
 */
static void
add_joins(RrRoleSchema *rs, const RrRemoteType *info, GqlType *type)
{
	ListCell   *lc;

	rr_add_remote_type_joins(rs, info, type);
	foreach(lc, rs->remotes)
	{
		const RrRemote *remote = lfirst(lc);
		const RrRemoteType *shared = remote != info->remote
		? gql_names_get(&remote->types, info->name) : NULL;

		if (shared != NULL)
			rr_add_remote_type_joins(rs, shared, type);
	}
}

/* GqlType.complete of a remote type: its fields, values or input fields. */
static void
complete_type(GqlSchema *schema, GqlType *type)
{
	RrRemoteType *info = type->data;
	RrRoleSchema *rs = schema->data;
	const GqlType *upstream = info->upstream;
	const GqlNames *members = gql_type_fields(info->remote->upstream, info->upstream);

	switch (upstream->kind)
	{
		case GQL_OBJECT:
		case GQL_INTERFACE:
			gql_foreach(GqlFieldDef, field, members)
				add_field(rs, info->remote, type, upstream, field);
			if (upstream->kind == GQL_OBJECT)
				add_joins(rs, info, type);
			break;
		case GQL_ENUM:
			gql_foreach(GqlEnumValueDef, value, members)
			{
				GqlEnumValueDef *v = gql_type_add_enum_value(schema, type, value->name);

				v->description = value->description;
				v->deprecation_reason = value->deprecation_reason;
			}
			break;
		case GQL_INPUT_OBJECT:
			gql_foreach(GqlInputValueDef, input, members)
				if (!rr_remote_hides(info->remote, input))
				copy_input(input,
						   gql_type_add_input(schema, type, input->name,
											  rr_remote_type_ref(rs, info->remote, input->type)));
			break;
		case GQL_SCALAR:
		case GQL_UNION:
			break;
	}
}

/*
 * Add a type's interfaces and members, once the names of all types are
 * entered.
 */
static void
link_type(RrRoleSchema *rs, RrRemote *remote, GqlType *type, const GqlType *upstream)
{
	gql_foreach(GqlType, interface, &upstream->interfaces)
		gql_type_add_interface(type, gql_named_type(rr_remote_type_ref(rs, remote,
																	   &interface->ref)));
	if (upstream->kind == GQL_UNION)
		gql_foreach(GqlType, member, &upstream->members)
			gql_type_add_member(type, gql_named_type(rr_remote_type_ref(rs, remote, &member->ref)));
}

static void
add_types(RrRoleSchema *rs, RrRemote *remote)
{
	List	   *added = NIL;
	ListCell   *lc;

	gql_foreach(RrRemoteType, info, rr_remote_types(remote))
	{
		const GqlType *type = info->upstream;
		GqlType    *to = gql_schema_add_type(rs->schema, type->kind, info->name);

		if (to == NULL)			/* a standard scalar, or a type shared with
								 * another remote schema */
			continue;
		to->description = type->description;
		to->specified_by_url = type->specified_by_url;
		to->one_of = type->one_of;
		to->data = info;
		to->complete = complete_type;
		added = lappend(added, info);
	}
	foreach(lc, added)
	{
		RrRemoteType *info = lfirst(lc);

		link_type(rs, remote, gql_names_get(&rs->schema->types, info->name), info->upstream);
	}
}

static void
add_directives(RrRoleSchema *rs, RrRemote *remote)
{
	gql_foreach(GqlDirectiveDef, directive, &remote->upstream->directives)
	{
		GqlDirectiveDef *to;
		ListCell   *lc;

		if (!is_offered(directive))
			continue;
		to = gql_schema_add_directive(rs->schema, directive->name);
		if (to == NULL)
			continue;
		to->description = directive->description;
		to->repeatable = directive->repeatable;
		foreach(lc, directive->location_list)
			if (lfirst_int(lc) <= GQL_LOC_VARIABLE_DEFINITION)
			gql_directive_add_location(to, lfirst_int(lc));
		gql_foreach(GqlInputValueDef, arg, &directive->args)
			copy_input(arg,
					   gql_directive_add_arg(rs->schema, to, arg->name,
											 rr_remote_type_ref(rs, remote, arg->type)));
	}
}

/*
 * Add the fields of an upstream's root type to the role's root type, or to the
 * type behind a namespace.
 */
static void
add_root_fields(RrRoleSchema *rs, RrRemote *remote, GqlType *upstream_root, GqlType **root,
				const char *root_name)
{
	const char *namespace = remote->def->customization
	? remote->def->customization->root_fields_namespace : NULL;
	bool		shared = false;
	GqlType    *to;

	if (upstream_root == NULL)
		return;
	if (*root == NULL)
		*root = gql_schema_add_type(rs->schema, GQL_OBJECT, root_name);
	to = *root;
	if (namespace != NULL)
	{
		RrRemoteNamespace *info = palloc(sizeof(RrRemoteNamespace));
		const char *name = rr_remote_type_name(remote, upstream_root);
		GqlFieldDef *field;

		/* a root type that others refer to is there already */
		shared = gql_names_get(&remote->types, name) != NULL;
		to = shared ? gql_schema_type(rs->schema, name)
			: gql_schema_add_type(rs->schema, GQL_OBJECT, name);
		if (to == NULL)
			return;
		field = gql_type_add_field(rs->schema, *root, namespace, &to->ref);
		if (field == NULL)
			return;
		info->base.kind = RR_FIELD_REMOTE_NAMESPACE;
		info->remote = remote;
		field->data = info;
	}
	if (shared)
		return;
	gql_foreach(GqlFieldDef, field, gql_type_fields(remote->upstream, upstream_root))
		add_field(rs, remote, to, upstream_root, field);
}

/* ---- what a permission leaves ---- */

static void reach(RrRemote *remote, GqlType *type);

static void
reach_inputs(RrRemote *remote, const GqlNames *inputs)
{
	gql_foreach(GqlInputValueDef, input, inputs)
		if (!rr_remote_hides(remote, input))
		reach(remote, gql_named_type(input->type));
}

/*
 * Note a type and what it leads to as reached. The role does not see types
 * that only hidden arguments and input fields lead to, or nothing at all.
 */
static void
reach(RrRemote *remote, GqlType *type)
{
	check_stack_depth();
	if (!gql_names_add(&remote->reached, type))
		return;
	if (type->kind == GQL_INPUT_OBJECT)
		reach_inputs(remote, &type->fields);
	else if (type->kind == GQL_OBJECT || type->kind == GQL_INTERFACE)
		gql_foreach(GqlFieldDef, field, &type->fields)
	{
		reach_inputs(remote, &field->args);
		reach(remote, gql_named_type(field->type));
	}
	gql_foreach(GqlType, interface, &type->interfaces)
		reach(remote, interface);
	gql_foreach(GqlType, member, &type->members)
		reach(remote, member);
}

static void
reach_roots(RrRemote *remote)
{
	if (remote->upstream->query != NULL)
		reach(remote, remote->upstream->query);
	if (remote->upstream->mutation != NULL)
		reach(remote, remote->upstream->mutation);
	gql_foreach(GqlDirectiveDef, directive, &remote->upstream->directives)
		if (is_offered(directive))
		reach_inputs(remote, &directive->args);
}

/* ---- remote schemas ---- */

static RrRemote *
new_remote(const RrRemoteSchema *def, GqlSchema *upstream)
{
	RrRemote   *remote = palloc0(sizeof(RrRemote));

	remote->def = def;
	remote->upstream = upstream;
	gql_names_init(&remote->types, CurrentMemoryContext);
	return remote;
}

RrRemote   *
rr_remote_create(const RrRemoteSchema *def)
{
	GqlErrorList *errors = gql_errors_create(1, NULL);
	GqlSchema  *upstream = gql_schema_from_sdl(def->sdl, strlen(def->sdl), true, errors,
											   gql_errors_create(1, NULL));

	if (upstream == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("stored schema of remote schema \"%s\" is invalid", def->name),
				 errors->items ? errdetail("%s", ((GqlError *) linitial(errors->items))->message)
				 : 0,
				 errhint("Run remote_rel.reload_remote_schema('%s').", def->name)));
	return new_remote(def, upstream);
}

RrRemote   *
rr_remote_restrict(const RrRemote *whole, const char *sdl)
{
	RrRemote   *remote = new_remote(whole->def, rr_permission_schema(whole->upstream, sdl));

	remote->restricted = true;
	gql_names_init(&remote->reached, CurrentMemoryContext);
	reach_roots(remote);
	return remote;
}

/*
 * Does a remote schema clash with one that came before it, or with itself?
 * Then it is out of the schema, and listed as inconsistent.
 */
static bool
clashes(List *earlier, RrRemote *remote)
{
	GqlErrorList *errors = gql_errors_create(1, NULL);

	rr_check_remote(remote, earlier, errors);
	return errors->items != NIL;
}

static void
add_remote(RrRoleSchema *rs, RrRemote *remote)
{
	add_types(rs, remote);
	add_directives(rs, remote);
	add_root_fields(rs, remote, remote->upstream->query, &rs->schema->query, "query_root");
	add_root_fields(rs, remote, remote->upstream->mutation, &rs->schema->mutation, "mutation_root");
	rs->remotes = lappend(rs->remotes, remote);
}

static bool
fits(const RrRemote *whole, const char *sdl)
{
	MemoryContext cxt = CurrentMemoryContext;
	MemoryContext scratch = AllocSetContextCreate(cxt, "remote_rel permission check",
												  ALLOCSET_DEFAULT_SIZES);
	bool		ok;
	GqlErrorList *errors;

	MemoryContextSwitchTo(scratch);
	errors = gql_errors_create(1, NULL);
	rr_check_permission(whole->upstream, sdl, errors);
	ok = errors->items == NIL;
	MemoryContextSwitchTo(cxt);
	MemoryContextDelete(scratch);
	return ok;
}

/*
 * Add what the role's permission leaves of a remote schema; not if the
 * permission does not fit the upstream (any more), or if what it leaves
 * clashes with an earlier remote schema.
 */
static void
add_restricted(RrRoleSchema *rs, const RrRemote *whole, const RrPermission *permission)
{
	RrRemote   *remote;

	if (!fits(whole, permission->sdl))
		return;
	remote = rr_remote_restrict(whole, permission->sdl);
	if (!clashes(rs->remotes, remote))
		add_remote(rs, remote);
}

/* ---- the remote schemas of a role ---- */

static void
add_whole_schemas(RrRoleSchema *rs)
{
	List	   *earlier = NIL;
	ListCell   *lc;

	foreach(lc, rr_catalog_remote_schemas())
	{
		RrRemoteSchema *def = lfirst(lc);
		RrRemote   *whole;

		if (def->sdl == NULL)	/* the upstream was never reached */
			continue;
		whole = rr_remote_create(def);
		if (clashes(earlier, whole))
			continue;
		earlier = lappend(earlier, whole);
		add_remote(rs, whole);
	}
}

/* A remote schema of which a role sees a part. */
typedef struct Permitted
{
	RrRemoteSchema *def;
	const RrPermission *permission;
}			Permitted;

static int
compare_permitted(const ListCell *a, const ListCell *b)
{
	const RrRemoteSchema *left = ((const Permitted *) lfirst(a))->def;
	const RrRemoteSchema *right = ((const Permitted *) lfirst(b))->def;

	return left->ordinal < right->ordinal ? -1 : left->ordinal > right->ordinal;
}

/*
 * List the remote schemas of which a role sees a part, in their order. The
 * definitions are in rs->cxt, the rest in CurrentMemoryContext.
 */
static List *
permitted_schemas(RrRoleSchema *rs)
{
	const char *role_name = GetUserNameFromId(rs->role, false);
	List	   *all = rr_catalog_permissions(NULL);
	List	   *result = NIL;
	int			n = list_length(all);

	/* they come by remote schema */
	for (int i = 0; i < n;)
	{
		const char *name = ((const RrPermission *) list_nth(all, i))->remote_schema;
		RrSamePermissions same = {0};
		const RrPermission *conflict[2];
		const RrPermission *permission;
		List	   *of_one = NIL;
		Permitted  *permitted;
		MemoryContext old;

		while (i < n && strcmp(((const RrPermission *) list_nth(all, i))->remote_schema, name) == 0)
			of_one = lappend(of_one, list_nth(all, i++));
		permission = rr_role_permission(rs->role, role_name, of_one, &same, conflict);
		if (permission == NULL)
			continue;
		permitted = palloc(sizeof(Permitted));
		permitted->permission = permission;
		old = MemoryContextSwitchTo(rs->cxt);
		permitted->def = rr_catalog_remote_schema(name);
		MemoryContextSwitchTo(old);
		if (permitted->def != NULL && permitted->def->sdl != NULL)
			result = lappend(result, permitted);
	}
	list_sort(result, compare_permitted);
	return result;
}

/*
 * Only what the role sees is read, so its parts are checked against each
 * other, not against remote schemas of which it sees nothing.
 */
static void
add_permitted_schemas(RrRoleSchema *rs)
{
	MemoryContext cxt = CurrentMemoryContext;
	MemoryContext scratch = AllocSetContextCreate(cxt, "remote_rel whole upstreams",
												  ALLOCSET_DEFAULT_SIZES);
	List	   *earlier = NIL;
	ListCell   *lc;

	MemoryContextSwitchTo(scratch);
	foreach(lc, permitted_schemas(rs))
	{
		const		Permitted *permitted = lfirst(lc);
		RrRemote   *whole = rr_remote_create(permitted->def);

		if (clashes(earlier, whole))
			continue;
		earlier = lappend(earlier, whole);
		MemoryContextSwitchTo(cxt);
		add_restricted(rs, whole, permitted->permission);
		MemoryContextSwitchTo(scratch);
	}
	MemoryContextSwitchTo(cxt);
	MemoryContextDelete(scratch);
}

void
rr_add_remote_schemas(RrRoleSchema *rs)
{
	if (rs->sees_everything || !rr_remote_schema_permissions)
		add_whole_schemas(rs);
	else
		add_permitted_schemas(rs);
}
