/*
 * compat.h: the differences between PostgreSQL 13 and 18, all in one place.
 */
#ifndef RR_COMPAT_H
#define RR_COMPAT_H

#include "utils/guc.h"

#if PG_VERSION_NUM < 130000
#error "remote_rel needs PostgreSQL 13 or later"
#endif

/*
 * Placeholders of a reserved prefix are refused from 15 on; before, the server
 * could only warn.
 */
#if PG_VERSION_NUM < 150000
#define MarkGUCPrefixReserved(prefix) EmitWarningsOnPlaceholders(prefix)
#endif

/* The indexes of a catalog stand in its own header from 14 on. */
#if PG_VERSION_NUM < 140000
#include "catalog/indexing.h"
#endif

/* 16 replaced the checks of single kinds of objects by one. */
#if PG_VERSION_NUM >= 160000
#include "catalog/pg_namespace.h"
#include "catalog/pg_proc.h"
#define rr_proc_aclcheck(proc, role, mode) \
	object_aclcheck(ProcedureRelationId, (proc), (role), (mode))
#define rr_namespace_aclcheck(namespace, role, mode) \
	object_aclcheck(NamespaceRelationId, (namespace), (role), (mode))
#else
#define rr_proc_aclcheck(proc, role, mode) pg_proc_aclcheck((proc), (role), (mode))
#define rr_namespace_aclcheck(namespace, role, mode) \
	pg_namespace_aclcheck((namespace), (role), (mode))
#endif

/*
 * From 16 on, one aggregate with DISTINCT has the input sorted for it, and
 * every other aggregate beside it sees that order instead of its subquery's. A
 * GUC nest level without that; for AtEOXact_GUC() to leave, or an abort.
 */
static inline int
rr_keep_aggregate_order(void)
{
	int			level = NewGUCNestLevel();

#if PG_VERSION_NUM >= 160000
	(void) set_config_option("enable_presorted_aggregate", "off", PGC_USERSET, PGC_S_SESSION,
							 GUC_ACTION_SAVE, true, 0, false);
#endif
	return level;
}

#if PG_VERSION_NUM >= 160000
#include "varatt.h"
#endif

/*
 * pg_unicode_to_server() that reports a character which the server encoding
 * lacks. Until 15 it can only throw: catching that without a subtransaction is
 * sound because a conversion function touches nothing but its buffers.
 */
#if PG_VERSION_NUM < 160000
#include "mb/pg_wchar.h"

static inline bool
pg_unicode_to_server_noerror(pg_wchar c, unsigned char *s)
{
	MemoryContext cxt = CurrentMemoryContext;
	volatile bool found = true;

	PG_TRY();
	{
		pg_unicode_to_server(c, s);
	}
	PG_CATCH();
	{
		MemoryContextSwitchTo(cxt);
		FlushErrorState();
		found = false;
	}
	PG_END_TRY();
	return found;
}
#endif

/*
 * Wait events: a header of their own from 14 on, named ones for extensions
 * from 17 on.
 */
#if PG_VERSION_NUM >= 140000
#include "utils/wait_event.h"
#else
#include "pgstat.h"
#endif
#if PG_VERSION_NUM >= 170000
#define rr_wait_event_new(name) WaitEventExtensionNew(name)
#else
#define rr_wait_event_new(name) PG_WAIT_EXTENSION
#endif

/*
 * A wait set that lives until FreeWaitEventSet(). From 17 on a ResourceOwner
 * could own it as well: it gets none, since two owners would free it twice;
 * its memory is then TopMemoryContext's.
 */
#if PG_VERSION_NUM >= 170000
#define rr_create_wait_event_set(cxt, nevents) CreateWaitEventSet(NULL, nevents)
#else
#define rr_create_wait_event_set(cxt, nevents) CreateWaitEventSet(cxt, nevents)
#endif

/* Named segments of dynamic shared memory came with 17. */
#if PG_VERSION_NUM >= 170000
#include "storage/dsm_registry.h"
#endif

/* Integers as text; the length comes back from 14 on. */
#include "utils/builtins.h"
#if PG_VERSION_NUM >= 140000
#define rr_ltoa(value, text) pg_ltoa(value, text)
#define rr_lltoa(value, text) pg_lltoa(value, text)
#else
static inline int
rr_ltoa(int32 value, char *text)
{
	pg_ltoa(value, text);
	return strlen(text);
}

static inline int
rr_lltoa(int64 value, char *text)
{
	pg_lltoa(value, text);
	return strlen(text);
}
#endif

/*
 * FOREIGN KEY (..., PERIOD ...) came with 18; equality of columns does not
 * describe it.
 */
#if PG_VERSION_NUM >= 180000
#define rr_constraint_is_temporal(form) ((form)->conperiod)
#else
#define rr_constraint_is_temporal(form) false
#endif

/*
 * May member act as role? From 16 on a grant of membership may leave that out.
 * And has it the role's privileges without?
 */
#define rr_inherits(member, role) has_privs_of_role(member, role)
#if PG_VERSION_NUM >= 160000
#define rr_may_act_as(member, role) member_can_set_role(member, role)
#else
#define rr_may_act_as(member, role) is_member_of_role(member, role)
#endif

/* A hook for utility statements takes readOnlyTree from 14 on. */
#if PG_VERSION_NUM >= 140000
#define RR_PROCESS_UTILITY_PARAMETERS \
	PlannedStmt *pstmt, const char *query, bool read_only, ProcessUtilityContext context_kind, \
	ParamListInfo params, QueryEnvironment *environment, DestReceiver *dest, QueryCompletion *qc
#define RR_PROCESS_UTILITY_ARGUMENTS \
	pstmt, query, read_only, context_kind, params, environment, dest, qc
#else
#define RR_PROCESS_UTILITY_PARAMETERS \
	PlannedStmt *pstmt, const char *query, ProcessUtilityContext context_kind, \
	ParamListInfo params, QueryEnvironment *environment, DestReceiver *dest, QueryCompletion *qc
#define RR_PROCESS_UTILITY_ARGUMENTS pstmt, query, context_kind, params, environment, dest, qc
#endif

/* 14 renamed the constants of predefined roles. */
#if PG_VERSION_NUM < 140000
#define ROLE_PG_READ_SERVER_FILES DEFAULT_ROLE_READ_SERVER_FILES
#endif

/* The planner's root came with 14. */
#if PG_VERSION_NUM >= 140000
#define rr_pull_varnos(root, node) pull_varnos((root), (node))
#else
#define rr_pull_varnos(root, node) ((void) (root), pull_varnos(node))
#endif

/* Lists of five came with 14. */
#include "nodes/pg_list.h"
#if PG_VERSION_NUM < 140000
#define list_make5(a, b, c, d, e) lappend(list_make4(a, b, c, d), e)
#endif

/* Before 15 all custom scans had to project. */
#if PG_VERSION_NUM >= 150000
#define RR_CUSTOM_PATH_PROJECTS CUSTOMPATH_SUPPORT_PROJECTION
#else
#define RR_CUSTOM_PATH_PROJECTS 0
#endif

/*
 * From 16 on an outer join has a place in the range table, and a variable says
 * which outer joins have made it null. Where two left joins have been
 * commuted, the variables of their conditions and arguments say what the
 * query's own order would do, and plans of custom scans must not differ.
 */
#if PG_VERSION_NUM >= 160000
#include "rewrite/rewriteManip.h"
#define rr_joins_commuted(sjinfo, outer, joinrel) \
	(bms_overlap((sjinfo)->commute_above_r, (joinrel)->relids) || \
	 !bms_is_subset((sjinfo)->commute_below_l, (outer)->relids))
#define rr_outer_join_relid(sjinfo) ((sjinfo)->ojrelid)
#define rr_nulled_by(exprs, relid, nulled_by) \
	((nulled_by) == 0 ? (exprs) : \
	 (List *) add_nulling_relids((Node *) (exprs), bms_make_singleton(relid), \
								 bms_make_singleton(nulled_by)))
#else
#define rr_joins_commuted(sjinfo, outer, joinrel) false
#define rr_outer_join_relid(sjinfo) ((void) (sjinfo), 0)
#define rr_nulled_by(exprs, relid, nulled_by) ((void) (nulled_by), (exprs))
#endif

/* Disabled nodes are counted, instead of costed, from 18 on. */
#if PG_VERSION_NUM >= 180000
#define rr_inherit_disabled(path, outer) ((path)->disabled_nodes = (outer)->disabled_nodes)
#else
#define rr_inherit_disabled(path, outer) ((void) 0)
#endif

/* 18 divided the header. */
#if PG_VERSION_NUM >= 180000
#include "commands/explain_format.h"
#include "commands/explain_state.h"
#else
#include "commands/explain.h"
#endif

#endif							/* RR_COMPAT_H */
