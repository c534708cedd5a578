/*
 * remote_permission.c: the commands for permissions on remote schemas.
 */
#include "postgres.h"

#include "utils/acl.h"

#include "compat.h"
#include "metadata/postponed.h"
#include "schema/permission/permission.h"

/* High enough to show all errors of a permission. */
#define MAX_SHOWN_ERRORS 1000

static RrPermission *
find_permission(const char *remote_schema, const char *role)
{
	ListCell   *lc;

	foreach(lc, rr_catalog_permissions(remote_schema))
	{
		RrPermission *permission = lfirst(lc);

		if (strcmp(permission->role, role) == 0)
			return permission;
	}
	return NULL;
}

/*
 * Check what the role sees of this remote schema against what it sees of
 * another. The earlier one by ordinal keeps a name that both have.
 */
static void
check_beside(const RrRemote *mine, const RrPermission *other, RrRemotes *remotes,
			 GqlErrorList *errors)
{
	GqlErrorList *others = gql_errors_create(1, NULL);
	RrRemote   *whole = rr_load_remote(remotes, other->remote_schema, others);
	RrRemote   *theirs;

	if (whole != NULL)
		rr_check_permission(whole->upstream, other->sdl, others);
	if (others->items != NIL)	/* an inconsistent permission is in no schema,
								 * so it cannot clash */
		return;
	theirs = rr_remote_restrict(whole, other->sdl);
	if (whole->def->ordinal < mine->def->ordinal)
		rr_check_remote_conflict(theirs, unconstify(RrRemote *, mine), errors);
	else
		rr_check_remote_conflict(unconstify(RrRemote *, mine), theirs, errors);
}

static void
check_definition(const RrRemoteSchema *remote, const RrPermission *permission)
{
	GqlErrorList *errors = gql_errors_create(0, NULL);
	RrRemotes	remotes = {0};
	RrRemote   *whole = rr_load_remote(&remotes, remote->name, errors);
	ListCell   *lc;

	if (whole != NULL)
		rr_check_permission(whole->upstream, permission->sdl, errors);
	if (errors->items == NIL)
	{
		RrRemote   *mine = rr_remote_restrict(whole, permission->sdl);

		foreach(lc, rr_catalog_permissions(NULL))
			if (strcmp(((RrPermission *) lfirst(lc))->role, permission->role) == 0)
			check_beside(mine, lfirst(lc), &remotes, errors);
	}
	if (errors->items != NIL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the permission of role \"%s\" on remote schema \"%s\" does not fit",
						permission->role, remote->name),
				 errdetail_internal("%s", rr_error_lines(errors, MAX_SHOWN_ERRORS))));
}

static void
delete_row(const char *remote_schema, const char *role)
{
	RR_METADATA_EXECUTE("DELETE FROM remote_rel.remote_schema_permission WHERE remote_schema OPERATOR(pg_catalog.=) $1 "
						"AND role OPERATOR(pg_catalog.=) $2",
						rr_arg_text(remote_schema), rr_arg_name(role));
}

/*
 * Note to whom permissions were given whose role did not exist then, if it
 * does now (docs/permissions.md, "Members of roles"): the trigger role_noted
 * looks the role up when such a row is updated. Call it within
 * rr_metadata_begin().
 */
static void
adopt_roles(void)
{
	(void) rr_metadata_execute("UPDATE remote_rel.remote_schema_permission AS p SET role = p.role "
							   "WHERE p.role_oid OPERATOR(pg_catalog.=) 0 AND EXISTS (SELECT FROM pg_catalog.pg_roles AS r "
							   "WHERE r.rolname OPERATOR(pg_catalog.=) p.role)", 0, NULL);
}

void
rr_put_permission(const RrPermission *permission, RrPutMode mode)
{
	RrRemoteSchema *remote;
	const RrPermission *present;
	List	   *before = NIL;

	if (*permission->role == '\0')
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_NAME),
				 errmsg("the name of a role must not be empty")));
	if (strlen(permission->role) >= NAMEDATALEN)
		ereport(ERROR,
				(errcode(ERRCODE_NAME_TOO_LONG),
				 errmsg("role name \"%s\" is too long", permission->role)));
	rr_metadata_begin();
	adopt_roles();
	remote = rr_get_remote_schema(permission->remote_schema);
	present = find_permission(permission->remote_schema, permission->role);
	if (present != NULL && rr_permission_is_orphaned(present))
		delete_row(permission->remote_schema, permission->role);
	else if (present != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_DUPLICATE_OBJECT),
				 errmsg("role \"%s\" has a permission on remote schema \"%s\" already",
						permission->role, permission->remote_schema),
				 errhint("Drop it first.")));
	if (mode != RR_RESTORE)
	{
		check_definition(remote, permission);
		before = rr_role_inconsistencies_before();
	}
	if (!OidIsValid(get_role_oid(permission->role, true)))
		rr_metadata_message(WARNING, ERRCODE_UNDEFINED_OBJECT,
							psprintf("role \"%s\" does not exist", permission->role),
							psprintf("Its permission on remote schema \"%s\" takes effect when the role is created.",
									 permission->remote_schema));
	RR_METADATA_EXECUTE("INSERT INTO remote_rel.remote_schema_permission (remote_schema, role, sdl, comment) VALUES ($1, $2, $3, $4)",
						rr_arg_text(permission->remote_schema), rr_arg_name(permission->role),
						rr_arg_text(permission->sdl),
						rr_arg_text(permission->comment));
	if (mode != RR_RESTORE)
		rr_warn_new_role_inconsistencies(before);
	rr_metadata_end();
}

void
rr_delete_permission(const char *remote_schema, const char *role)
{
	List	   *before;

	rr_metadata_begin();
	if (find_permission(remote_schema, role) == NULL)
	{
		(void) rr_get_remote_schema(remote_schema);
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("role \"%s\" has no permission on remote schema \"%s\"", role,
						remote_schema)));
	}
	before = rr_role_inconsistencies_before();
	delete_row(remote_schema, role);
	rr_warn_new_role_inconsistencies(before);
	rr_metadata_end();
}
