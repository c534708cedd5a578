/*
 * role_permission.c: which permission on a remote schema applies to a role.
 */
#include "postgres.h"

#include "utils/acl.h"

#include "schema/permission/permission.h"

const RrPermission *
rr_role_permission(Oid role, const char *role_name, List *permissions, RrSamePermissions *known,
				   const RrPermission *conflict[2])
{
	const RrPermission *found = NULL;
	ListCell   *lc;

	conflict[0] = conflict[1] = NULL;
	foreach(lc, permissions)
		if (strcmp(((const RrPermission *) lfirst(lc))->role, role_name) == 0)
		return lfirst(lc);
	foreach(lc, permissions)
	{
		const RrPermission *permission = lfirst(lc);
		Oid			granted = get_role_oid(permission->role, true);

		if (!OidIsValid(granted) || !is_member_of_role_nosuper(role, granted))
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
