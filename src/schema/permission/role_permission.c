/*
 * role_permission.c: which permission on a remote schema applies to a role.
 */
#include "postgres.h"

#include "utils/acl.h"

#include "compat.h"
#include "schema/permission/permission.h"

/* Was a permission given to another role of this name, dropped since? */
static bool
is_of_former_role(const RrPermission *permission, Oid role)
{
	return OidIsValid(permission->role_oid) && permission->role_oid != role;
}

bool
rr_permission_is_orphaned(const RrPermission *permission)
{
	return is_of_former_role(permission, get_role_oid(permission->role, true));
}

/*
 * Does a role have what another one is given? As a member that inherits, or
 * that may become the other. Superusers count only as what they are granted.
 */
static bool
inherits_permission(Oid role, Oid granted)
{
	if (!is_member_of_role_nosuper(role, granted))
		return false;
	return rr_inherits(role, granted) || rr_may_act_as(role, granted);
}

const RrPermission *
rr_role_permission(Oid role, const char *role_name, List *permissions, RrSamePermissions *known,
				   const RrPermission *conflict[2])
{
	const RrPermission *found = NULL;
	ListCell   *lc;

	conflict[0] = conflict[1] = NULL;
	foreach(lc, permissions)
	{
		const RrPermission *permission = lfirst(lc);

		if (strcmp(permission->role, role_name) == 0 && !is_of_former_role(permission, role))
			return permission;
	}
	foreach(lc, permissions)
	{
		const RrPermission *permission = lfirst(lc);
		Oid			granted = get_role_oid(permission->role, true);

		if (!OidIsValid(granted) || is_of_former_role(permission, granted) ||
			!inherits_permission(role, granted))
			continue;
		if (found != NULL && !rr_same_permission(known, found, permission))
		{
			conflict[0] = found;
			conflict[1] = permission;
			return NULL;
		}
		if (found == NULL)
			found = permission;
	}
	return found;
}
