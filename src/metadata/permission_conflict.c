/*
 * permission_conflict.c: finds roles whose permissions clash.
 *
 * One permission alone is checked like every other object of the metadata. Two
 * things only show for a role: the roles that it is a member of may have
 * different permissions on a remote schema, and what its permissions leave of
 * two remote schemas may not fit into one GraphQL schema.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/pg_authid.h"

#include "compat.h"
#include "metadata/metadata.h"
#include "schema/permission/permission.h"
#include "session/session.h"

/*
 * A permission that a role uses, and the part of the remote schema that it
 * leaves.
 */
typedef struct Used
{
	const RrPermission *permission;
	RrRemote   *remote;			/* NULL: the permission is inconsistent */
} Used;

/* Two permissions of one role, and whether they clash. */
typedef struct Pair
{
	const Used *earlier;
	const Used *later;
	const char *reason;			/* why they clash; NULL: they do not */
} Pair;

typedef struct Search
{
	RrRemotes  *remotes;
	List	   *used;			/* Used * */
	List	   *pairs;			/* Pair * */
	RrSamePermissions same;
	List	   *found;			/* RrInconsistency * */
} Search;

static const Used *
use_permission(Search *s, const RrPermission *permission)
{
	GqlErrorList *errors = gql_errors_create(1, NULL);
	RrRemote   *whole;
	Used	   *used;
	ListCell   *lc;

	foreach(lc, s->used)
		if (((const Used *) lfirst(lc))->permission == permission)
		return lfirst(lc);
	used = palloc0(sizeof(Used));
	used->permission = permission;
	whole = rr_load_remote(s->remotes, permission->remote_schema, errors);
	if (whole != NULL)
		rr_check_permission(whole->upstream, permission->sdl, errors);
	if (errors->items == NIL)
		used->remote = rr_remote_restrict(whole, permission->sdl);
	s->used = lappend(s->used, used);
	return used;
}

static const char *
clash(Search *s, const Used *earlier, const Used *later)
{
	GqlErrorList *errors = gql_errors_create(0, NULL);
	Pair	   *pair;
	ListCell   *lc;

	foreach(lc, s->pairs)
	{
		pair = lfirst(lc);
		if (pair->earlier == earlier && pair->later == later)
			return pair->reason;
	}
	rr_check_remote_conflict(earlier->remote, later->remote, errors);
	pair = palloc(sizeof(Pair));
	pair->earlier = earlier;
	pair->later = later;
	pair->reason = errors->items ? rr_error_lines(errors, RR_MAX_SHOWN_ERRORS) : NULL;
	s->pairs = lappend(s->pairs, pair);
	return pair->reason;
}

static void
find(Search *s, const char *remote_schema, const char *role, const char *reason)
{
	s->found = lappend(s->found, rr_inconsistency("remote_schema_permission", psprintf("%s.%s",
																					   remote_schema, role), "%s", reason));
}

/*
 * Check the permissions that a role uses against each other, in the order of
 * their remote schemas. One that clashes with an earlier one is reported and
 * left out.
 */
static void
check_together(Search *s, const char *role, List *permissions)
{
	List	   *earlier = NIL;
	ListCell   *lc;
	ListCell   *other;

	foreach(lc, permissions)
	{
		const Used *used = use_permission(s, lfirst(lc));
		const char *reason = NULL;

		if (used->remote == NULL)
			continue;
		foreach(other, earlier)
			reason = reason ? reason : clash(s, lfirst(other), used);
		if (reason != NULL)
			find(s, used->permission->remote_schema, role, reason);
		else
			earlier = lappend(earlier, unconstify(Used *, used));
	}
}

/*
 * permissions has a list of RrPermission * for each remote schema, in their
 * order.
 */
static void
check_role(Search *s, Oid role, const char *name, List *permissions)
{
	List	   *used = NIL;
	ListCell   *lc;

	foreach(lc, permissions)
	{
		const RrPermission *conflict[2];
		const RrPermission *permission = rr_role_permission(role, name, lfirst(lc), &s->same,
															conflict);

		if (permission != NULL)
			used = lappend(used, unconstify(RrPermission *, permission));
		if (conflict[0] != NULL)
			find(s, conflict[0]->remote_schema, name,
				 psprintf("Role \"%s\" has no permission of its own, and those of \"%s\" and \"%s\", of which it is a member, differ.", name,
						  conflict[0]->role, conflict[1]->role));
	}
	if (list_length(used) > 1)
		check_together(s, name, used);
}

static List *
all_permissions(void)
{
	List	   *lists = NIL;
	ListCell   *lc;

	foreach(lc, rr_catalog_remote_schemas())
	{
		List	   *permissions =
		rr_catalog_permissions(((const RrRemoteSchema *) lfirst(lc))->name);

		if (permissions != NIL)
			lists = lappend(lists, permissions);
	}
	return lists;
}

List	   *
rr_role_inconsistencies(RrRemotes *remotes)
{
	Search		s = {.remotes = remotes};
	List	   *permissions = all_permissions();
	Relation	authid;
	SysScanDesc scan;
	HeapTuple	tuple;

	if (permissions == NIL)
		return NIL;
	authid = table_open(AuthIdRelationId, AccessShareLock);
	scan = systable_beginscan(authid, InvalidOid, false, NULL, 0, NULL);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Form_pg_authid role = (Form_pg_authid) GETSTRUCT(tuple);

		if (!rr_role_sees_everything(role->oid))
			check_role(&s, role->oid, pstrdup(NameStr(role->rolname)), permissions);
	}
	systable_endscan(scan);
	table_close(authid, AccessShareLock);
	return s.found;
}
