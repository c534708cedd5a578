/*
 * deferred.c: deferred triggers of a mutation under another role.
 *
 * What a role defers must not run when the caller commits: the triggers would
 * run as the caller. So a call under another role is a security-restricted
 * operation, in which the server refuses to defer anything. A mutation lifts
 * that, and has everything that it deferred fired as the role before it ends,
 * as SET CONSTRAINTS ALL IMMEDIATE does.
 *
 * Nothing else that the server refuses in such an operation is allowed
 * meanwhile. All of it takes utility statements, so these are restricted, each
 * by itself.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/pg_trigger.h"
#include "commands/trigger.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "tcop/utility.h"
#include "utils/inval.h"
#include "utils/memutils.h"

#include "compat.h"
#include "session/session_int.h"

/* ---- what waits ---- */

/*
 * The relations that have deferrable triggers, in TopMemoryContext. Made when
 * they are asked for, since a table has changed.
 */
static List *deferrable;
static bool deferrable_known;

static void
on_relation_change(Datum arg pg_attribute_unused(), Oid relation pg_attribute_unused())
{
	deferrable_known = false;
}

static void
find_deferrable(void)
{
	List	   *found = NIL;
	Relation	triggers;
	SysScanDesc scan;
	HeapTuple	tuple;
	MemoryContext old;

	/* first: what changes during the scan counts as a change */
	deferrable_known = true;
	triggers = table_open(TriggerRelationId, AccessShareLock);
	scan = systable_beginscan(triggers, InvalidOid, false, NULL, 0, NULL);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Form_pg_trigger form = (Form_pg_trigger) GETSTRUCT(tuple);

		if (form->tgdeferrable)
			found = lappend_oid(found, form->tgrelid);
	}
	systable_endscan(scan);
	table_close(triggers, AccessShareLock);
	list_sort(found, list_oid_cmp);
	list_deduplicate_oid(found);
	old = MemoryContextSwitchTo(TopMemoryContext);
	list_free(deferrable);
	deferrable = NIL;
	deferrable = list_copy(found);
	MemoryContextSwitchTo(old);
	list_free(found);
}

/* Do triggers wait for the end of the transaction? */
static bool
is_any_waiting(void)
{
	ListCell   *lc;

	if (!deferrable_known)
		find_deferrable();
	foreach(lc, deferrable)
	{
		if (AfterTriggerPendingOnRel(lfirst_oid(lc)))
			return true;
	}
	return false;
}

/* ---- a mutation ---- */

static void
set_restricted(bool restricted)
{
	Oid			user;
	int			context;

	GetUserIdAndSecContext(&user, &context);
	SetUserIdAndSecContext(user, restricted ? context | SECURITY_RESTRICTED_OPERATION
						   : context & ~SECURITY_RESTRICTED_OPERATION);
}

bool
rr_deferred_allow(void)
{
	/* what waits already is not the role's, and would be fired with it */
	if (!rr_role_is_restricted() || is_any_waiting() || deferrable == NIL)
		return false;
	rr_role_set_lifted(true);
	set_restricted(false);
	return true;
}

void
rr_deferred_fire(void)
{
	ConstraintsSetStmt *immediate = makeNode(ConstraintsSetStmt);

	while (is_any_waiting())
	{
		CHECK_FOR_INTERRUPTS();
		/* again: a trigger may defer something, too */
		AfterTriggerSetState(immediate);
	}

	/*
	 * As an abort does, forget which constraints are immediate, and what has
	 * been fired, since the subtransaction began.
	 */
	AfterTriggerEndSubXact(false);
	set_restricted(true);
	rr_role_set_lifted(false);
}

/* ---- utility statements ---- */

static ProcessUtility_hook_type previous_hook;

/* Does a statement only run others, which are looked at one by one? */
static bool
only_runs_others(const Node *statement)
{
	switch (nodeTag(statement))
	{
		case T_CallStmt:
		case T_CopyStmt:
		case T_DoStmt:
		case T_ExecuteStmt:
		case T_FetchStmt:
			return true;
		default:
			return false;
	}
}

static void
on_utility(RR_PROCESS_UTILITY_PARAMETERS)
{
	bool		restrict_it = rr_role_is_lifted() && !only_runs_others(pstmt->utilityStmt);
	Oid			user = InvalidOid;
	int			context = 0;

	if (restrict_it)
	{
		GetUserIdAndSecContext(&user, &context);
		SetUserIdAndSecContext(user, context | SECURITY_RESTRICTED_OPERATION);
	}
	if (previous_hook != NULL)
		previous_hook(RR_PROCESS_UTILITY_ARGUMENTS);
	else
		standard_ProcessUtility(RR_PROCESS_UTILITY_ARGUMENTS);
	/* after an error, the end of a subtransaction restores it */
	if (restrict_it)
		SetUserIdAndSecContext(user, context);
}

void
rr_deferred_register(void)
{
	previous_hook = ProcessUtility_hook;
	ProcessUtility_hook = on_utility;
	CacheRegisterRelcacheCallback(on_relation_change, (Datum) 0);
}
