/*
 * role_watch.c: which changes of roles and memberships concern the role
 * schemas that there are.
 *
 * Any CREATE ROLE or change of a password sends invalidations. What a role
 * sees depends on a few of its attributes, on its memberships, and on the same
 * of all roles that these lead to. They are hashed when the role's schema is
 * built, and again when an invalidation has come.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_auth_members.h"
#include "catalog/pg_authid.h"
#include "common/hashfn.h"
#include "miscadmin.h"
#include "utils/catcache.h"
#include "utils/syscache.h"

#include "base/role_watch.h"

/* With more roles, every change counts. */
#define MAX_ROLES 256

typedef struct WatchedRole
{
	Oid			oid;
	uint64		fingerprint;
}			WatchedRole;

static WatchedRole roles[MAX_ROLES];
static int	nroles;
static bool overflowed;

/* The sum does not depend on the order of memberships. */
static void
add_role(Oid role, List **seen, uint64 *sum)
{
	HeapTuple	tuple;
	CatCList   *memberships;
	List	   *granted = NIL;
	ListCell   *lc;

	check_stack_depth();
	if (list_member_oid(*seen, role))
		return;
	*seen = lappend_oid(*seen, role);
	tuple = SearchSysCache1(AUTHOID, ObjectIdGetDatum(role));
	if (HeapTupleIsValid(tuple))
	{
		Form_pg_authid form = (Form_pg_authid) GETSTRUCT(tuple);
		const char	flags[] = {form->rolsuper, form->rolinherit, form->rolbypassrls};
		uint64		name = hash_bytes_extended((const unsigned char *) NameStr(form->rolname),
											   strlen(NameStr(form->rolname)), role);

		*sum += hash_bytes_extended((const unsigned char *) flags, sizeof(flags), name);
		ReleaseSysCache(tuple);
	}
	memberships = SearchSysCacheList1(AUTHMEMMEMROLE, ObjectIdGetDatum(role));
	for (int i = 0; i < memberships->n_members; i++)
	{
		tuple = &memberships->members[i]->tuple;
		/* all of the row: its options differ among versions */
		*sum += hash_bytes_extended((const unsigned char *) tuple->t_data->t_bits,
									tuple->t_len - SizeofHeapTupleHeader, role);
		granted = lappend_oid(granted, ((Form_pg_auth_members) GETSTRUCT(tuple))->roleid);
	}
	ReleaseCatCacheList(memberships);
	foreach(lc, granted)
		add_role(lfirst_oid(lc), seen, sum);
	list_free(granted);
}

static uint64
fingerprint(Oid role)
{
	List	   *seen = NIL;
	uint64		sum = 0;

	add_role(role, &seen, &sum);
	list_free(seen);
	return sum;
}

void
rr_watch_role(Oid role)
{
	for (int i = 0; i < nroles; i++)
		if (roles[i].oid == role)
			return;
	if (nroles == MAX_ROLES)
	{
		overflowed = true;
		return;
	}
	roles[nroles].fingerprint = fingerprint(role);
	roles[nroles++].oid = role;
}

bool
rr_watched_role_changed(void)
{
	bool		changed = overflowed;

	for (int i = 0; i < nroles && !changed; i++)
		changed = fingerprint(roles[i].oid) != roles[i].fingerprint;
	if (changed)
	{
		nroles = 0;
		overflowed = false;
	}
	return changed;
}
