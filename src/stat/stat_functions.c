/*
 * stat_functions.c: reading and resetting the counters in SQL.
 *
 * remote_rel.stat_remote_schemas and remote_rel.stat_relationships are views
 * of these functions. Who may execute them says the SQL script.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "base/result_rows.h"
#include "stat/stat_int.h"

/* Columns that both functions have, behind the names. */
#define NCOUNTERS 23
#define MAX_COLUMNS (NCOUNTERS + 5)

PG_FUNCTION_INFO_V1(rr_stat_get_remote_schemas);
PG_FUNCTION_INFO_V1(rr_stat_get_relationships);
PG_FUNCTION_INFO_V1(rr_stat_reset);

/* Fixed words: nothing of a URL, a header or an answer. */
static const char *
error_text(RrStatError error, int status)
{
	switch (error)
	{
		case RR_STAT_CONNECT:
			return "could not connect";
		case RR_STAT_TLS:
			return "no secure connection";
		case RR_STAT_TIMEOUT:
			return "timed out";
		case RR_STAT_TOO_LARGE:
			return "response too large";
		case RR_STAT_BROKEN:
			return "response broke off";
		case RR_STAT_STATUS:
			return psprintf("HTTP status %d", status);
		case RR_STAT_INVALID:
			return "not a GraphQL response";
		case RR_STAT_GRAPHQL:
			return "errors in the response";
		case RR_STAT_NO_ERROR:
			break;
	}
	return "none";
}

static Datum
histogram(const RrStatCounters *counters)
{
	Datum		values[RR_STAT_NBUCKETS];

	for (int i = 0; i < RR_STAT_NBUCKETS; i++)
		values[i] = Int64GetDatum(counters->histogram[i]);
	return PointerGetDatum(construct_array(values, RR_STAT_NBUCKETS, INT8OID, sizeof(int64),
										   FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
}

static void
put_counters(const RrStatSet *set, bool shared, Datum *values, bool *nulls)
{
	const RrStatCounters *c = &set->counters;
	int			n = 0;

	values[n++] = Int64GetDatum(c->requests);
	values[n++] = Int64GetDatum(c->keys);
	values[n++] = Int64GetDatum(c->rows);
	for (int i = 0; i < RR_STAT_NERRORS; i++)
		values[n++] = Int64GetDatum(c->errors[i]);
	values[n++] = Int64GetDatum(c->cancelled);
	values[n++] = Int64GetDatum(c->refused);
	values[n++] = Int64GetDatum(c->retries);
	values[n++] = Int64GetDatum(c->sent);
	values[n++] = Int64GetDatum(c->received);
	values[n++] = Float8GetDatum(c->total_ms);
	values[n++] = Float8GetDatum(c->max_ms);
	values[n++] = histogram(c);
	nulls[n] = nulls[n + 1] = c->last_error_at == 0;
	if (!nulls[n])
	{
		values[n] = CStringGetTextDatum(error_text(c->last_error, c->last_status));
		values[n + 1] = TimestampTzGetDatum(c->last_error_at);
	}
	n += 2;
	values[n++] = TimestampTzGetDatum(c->since);
	values[n++] = BoolGetDatum(shared);
	Assert(n == NCOUNTERS);
}

static void
put_rows(FunctionCallInfo fcinfo, RrStatKind kind)
{
	RrResultRows rows = rr_result_rows(fcinfo);
	RrStatMemory *memory = rr_stat_memory();
	int			n;
	RrStatSet  *sets = rr_stat_sets(memory, kind, &n);

	for (int i = 0; i < n; i++)
	{
		Datum		values[MAX_COLUMNS];
		bool		nulls[MAX_COLUMNS] = {false};
		RrStatSet	copy;
		int			names = 0;

		if (sets[i].database != MyDatabaseId)
			continue;
		SpinLockAcquire(&sets[i].mutex);
		copy = sets[i];
		SpinLockRelease(&sets[i].mutex);
		if (kind == RR_STAT_RELATIONSHIP)
			values[names++] = CStringGetTextDatum(copy.source);
		values[names++] = CStringGetTextDatum(copy.name);
		if (kind == RR_STAT_RELATIONSHIP)
		{
			nulls[names] = copy.remote_schema[0] == '\0';
			values[names++] = CStringGetTextDatum(copy.remote_schema);
		}
		else
		{
			values[names++] = Int64GetDatum(copy.counters.connections);
			values[names++] = Int32GetDatum(copy.open);
			values[names++] = Int32GetDatum(copy.running);
			nulls[names] = copy.down_since == 0;
			values[names++] = TimestampTzGetDatum(copy.down_since);
		}
		put_counters(&copy, memory->shared, &values[names], &nulls[names]);
		tuplestore_putvalues(rows.store, rows.desc, values, nulls);
	}
}

Datum
rr_stat_get_remote_schemas(PG_FUNCTION_ARGS)
{
	put_rows(fcinfo, RR_STAT_REMOTE_SCHEMA);
	return (Datum) 0;
}

Datum
rr_stat_get_relationships(PG_FUNCTION_ARGS)
{
	put_rows(fcinfo, RR_STAT_RELATIONSHIP);
	return (Datum) 0;
}

/* Set all counters of this database to zero. Open connections stay counted. */
Datum
rr_stat_reset(PG_FUNCTION_ARGS pg_attribute_unused())
{
	RrStatMemory *memory = rr_stat_memory();
	TimestampTz now = GetCurrentTimestamp();

	for (int kind = 0; kind < RR_STAT_NKINDS; kind++)
	{
		int			n;
		RrStatSet  *sets = rr_stat_sets(memory, kind, &n);

		for (int i = 0; i < n; i++)
		{
			if (sets[i].database != MyDatabaseId)
				continue;
			SpinLockAcquire(&sets[i].mutex);
			memset(&sets[i].counters, 0, sizeof(RrStatCounters));
			sets[i].counters.since = now;
			SpinLockRelease(&sets[i].mutex);
		}
	}
	PG_RETURN_VOID();
}
