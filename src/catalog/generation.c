/*
 * generation.c: a counter in each backend that advances when a role's schema
 * may have changed.
 *
 * Callbacks may be called inside of any catalog access, so they only count and
 * collect. Changes of tables, columns, policies, constraints and grants arrive
 * as relcache invalidations, and so do changes of the extension's own tables,
 * by the trigger rr_catalog_changed(). The rest are syscache invalidations.
 *
 * Only changes of what role schemas are made of (RrWatch, role_watch.h)
 * advance the counter.
 * Otherwise temporary tables and autovacuum would flush all role schemas all
 * the time. Callbacks only collect relations; rr_catalog_generation() looks at
 * them. While nothing is watched, every change counts.
 *
 * The active snapshot does not matter, however old it is: role schemas are
 * made of what is there now (schema/role_schema_cache.c).
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/table.h"
#include "access/transam.h"
#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_proc.h"
#include "commands/trigger.h"
#include "fmgr.h"
#include "utils/inval.h"
#include "utils/memutils.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"

#include "catalog/catalog.h"
#include "catalog/catalog_int.h"
#include "base/role_watch.h"
#include "compat.h"

/*
 * Relations that are collected. When the array is full, advance the counter
 * instead.
 */
#define MAX_PENDING 256

static uint64 generation = 1;
static uint64 events;			/* invalidations received, whether or not they
								 * advanced the counter */
static RrWatch watch;
static bool watching;
static Oid	pending[MAX_PENDING];
static int	npending;
static bool roles_touched;		/* since they were compared */
static bool functions_touched;
static bool registered;

void
rr_catalog_invalidate(void)
{
	generation++;
}

/* ---- what is watched ---- */

static int
compare_numbers(const void *a, const void *b)
{
	uint32		x = *(const uint32 *) a,
				y = *(const uint32 *) b;

	return x < y ? -1 : x > y;
}

static bool
is_among(uint32 number, const RrNumbers *set)
{
	return set->n > 0 && bsearch(&number, set->items, set->n, sizeof(uint32),
								 compare_numbers) != NULL;
}

void
rr_numbers_add(RrNumbers *set, uint32 number)
{
	if (set->n == set->capacity)
	{
		set->capacity = Max(set->capacity * 2, 32);
		set->items = set->items ? repalloc(set->items, set->capacity * sizeof(uint32))
			: palloc(set->capacity * sizeof(uint32));
	}
	set->items[set->n++] = number;
}

static RrNumbers
sorted_copy(const RrNumbers *from)
{
	RrNumbers	to = {.n = from->n, .capacity = from->n};

	to.items = MemoryContextAlloc(TopMemoryContext, from->n * sizeof(uint32));
	if (from->n > 0)
		memcpy(to.items, from->items, from->n * sizeof(uint32));
	qsort(to.items, to.n, sizeof(uint32), compare_numbers);
	return to;
}

static void
free_numbers(RrNumbers *set)
{
	if (set->items != NULL)
		pfree(set->items);
	memset(set, 0, sizeof(RrNumbers));
}

void
rr_catalog_watch(const RrWatch *new)
{
	watching = false;
	free_numbers(&watch.relations);
	free_numbers(&watch.schemas);
	free_numbers(&watch.schema_names);
	free_numbers(&watch.types);
	free_numbers(&watch.constraints);
	if (new == NULL)
		return;
	watch.relations = sorted_copy(&new->relations);
	watch.schemas = sorted_copy(&new->schemas);
	watch.schema_names = sorted_copy(&new->schema_names);
	watch.types = sorted_copy(&new->types);
	watch.constraints = sorted_copy(&new->constraints);
	watch.changed = new->changed;
	watch.functions_changed = new->functions_changed;
	watch.arg = new->arg;
	watching = true;
}

/* ---- callbacks ---- */

static void
on_relcache(Datum arg pg_attribute_unused(), Oid relid)
{
	events++;
	if (OidIsValid(relid) && relid < FirstNormalObjectId)
		return;
	if (npending > 0 && pending[npending - 1] == relid)
		return;
	if (!OidIsValid(relid) || !watching || npending == MAX_PENDING)
		rr_catalog_invalidate();
	else
		pending[npending++] = relid;
}

/*
 * Roles, memberships, functions: anything may have changed, or be new, so what
 * concerns us is compared later.
 */
static void
on_syscache(Datum arg pg_attribute_unused(), int cacheid,
			uint32 hashvalue pg_attribute_unused())
{
	events++;
	if (cacheid == PROCOID)
		functions_touched = true;
	else
		roles_touched = true;
}

/* Schemas, types, constraints: only those watched. hashvalue 0 is all. */
static void
on_watched_syscache(Datum arg pg_attribute_unused(), int cacheid, uint32 hashvalue)
{
	const RrNumbers *set = cacheid == TYPEOID ? &watch.types : cacheid == CONSTROID
	? &watch.constraints : &watch.schema_names;

	events++;
	if (hashvalue == 0 || !watching || is_among(hashvalue, set))
		rr_catalog_invalidate();
}

/* True if a relation that is not watched is in an exposed schema, or ours. */
static bool
is_of_interest(Oid relid)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relid));
	Form_pg_class form;
	bool		result;

	if (!HeapTupleIsValid(tuple))
		return false;
	form = (Form_pg_class) GETSTRUCT(tuple);
	result = form->relpersistence != RELPERSISTENCE_TEMP && !form->relispartition &&
		form->relkind != RELKIND_INDEX && form->relkind != RELKIND_PARTITIONED_INDEX &&
		form->relkind != RELKIND_SEQUENCE &&
		(is_among(form->relnamespace, &watch.schemas) ||
		 form->relnamespace == get_namespace_oid("remote_rel", true));
	ReleaseSysCache(tuple);
	return result;
}

/* Comparing may read new invalidations. */
static void
compare_touched(void)
{
	if (functions_touched)
	{
		functions_touched = false;
		if (!watching || watch.functions_changed == NULL || watch.functions_changed(watch.arg))
			rr_catalog_invalidate();
	}
	if (roles_touched)
	{
		roles_touched = false;
		if (rr_watched_role_changed())
			rr_catalog_invalidate();
	}
}

static void
look_at_pending(void)
{
	/* looking at one may add others */
	while (npending > 0)
	{
		Oid			relid = pending[--npending];

		if (!watching || (is_among(relid, &watch.relations) ? watch.changed(watch.arg, relid)
						  : is_of_interest(relid)))
		{
			npending = 0;
			rr_catalog_invalidate();
		}
	}
}

static void
register_callbacks(void)
{
	static const int caches[] = {PROCOID, AUTHOID, AUTHMEMROLEMEM};
	static const int watched_caches[] = {NAMESPACENAME, TYPEOID, CONSTROID};

	CacheRegisterRelcacheCallback(on_relcache, (Datum) 0);
	for (int i = 0; i < (int) lengthof(caches); i++)
		CacheRegisterSyscacheCallback(caches[i], on_syscache, (Datum) 0);
	for (int i = 0; i < (int) lengthof(watched_caches); i++)
		CacheRegisterSyscacheCallback(watched_caches[i], on_watched_syscache, (Datum) 0);
	registered = true;
}

uint64
rr_catalog_generation_peek(void)
{
	if (!registered)
		register_callbacks();
	return generation + events;
}

uint64
rr_catalog_generation(void)
{
	if (!registered)
		register_callbacks();
	AcceptInvalidationMessages();
	look_at_pending();
	compare_touched();
	return generation;
}

PG_FUNCTION_INFO_V1(rr_catalog_changed);

/*
 * Trigger on each row of our tables: invalidates the table in all backends at
 * commit, and lets readers wait for that.
 */
Datum
rr_catalog_changed(PG_FUNCTION_ARGS)
{
	if (!CALLED_AS_TRIGGER(fcinfo))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("remote_rel.catalog_changed() can only be called as a trigger")));
	CacheInvalidateRelcache(((TriggerData *) fcinfo->context)->tg_relation);
	rr_mark_writer();
	PG_RETURN_POINTER(NULL);
}

PG_FUNCTION_INFO_V1(rr_enum_rows_changed);

/*
 * Trigger on enum tables: like rr_catalog_changed(), for their values. It
 * invalidates a catalog of ours, because an invalidation of the table itself
 * counts only when its definition has changed.
 */
Datum
rr_enum_rows_changed(PG_FUNCTION_ARGS)
{
	Oid			catalog = get_relname_relid("table_customization", rr_catalog_schema_oid());

	if (!CALLED_AS_TRIGGER(fcinfo))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("remote_rel.enum_rows_changed() can only be called as a trigger")));
	if (OidIsValid(catalog))
		CacheInvalidateRelcacheByRelid(catalog);
	PG_RETURN_POINTER(NULL);
}

PG_FUNCTION_INFO_V1(rr_touch_object);

/*
 * touch_object(class oid, object oid), called by an event trigger after
 * COMMENT, which sends no invalidation: sends that of a table or function.
 */
Datum
rr_touch_object(PG_FUNCTION_ARGS)
{
	Oid			class = PG_GETARG_OID(0);
	Oid			object = PG_GETARG_OID(1);
	HeapTuple	tuple;

	if (class == RelationRelationId && SearchSysCacheExists1(RELOID, ObjectIdGetDatum(object)))
		CacheInvalidateRelcacheByRelid(object);
	else if (class == ProcedureRelationId &&
			 HeapTupleIsValid(tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(object))))
	{
		Relation	functions = table_open(ProcedureRelationId, AccessShareLock);

		CacheInvalidateHeapTuple(functions, tuple, NULL);
		table_close(functions, AccessShareLock);
		ReleaseSysCache(tuple);
	}
	PG_RETURN_VOID();
}
