/*
 * stat_count.c: counts requests, keys and connections.
 *
 * Nothing here throws or allocates: libcurl's callbacks and reset callbacks
 * call it.
 */
#include "postgres.h"

#include "utils/timestamp.h"

#include "stat/stat_int.h"

static int
bucket(double ms)
{
	static const int bounds[RR_STAT_NBUCKETS - 1] = RR_STAT_BOUNDS;
	int			i = 0;

	while (i < RR_STAT_NBUCKETS - 1 && ms > bounds[i])
		i++;
	return i;
}

/* Under the spinlock. */
static void
count_error(RrStatCounters *counters, RrStatError error, int status, TimestampTz now)
{
	counters->errors[error]++;
	counters->last_error = error;
	counters->last_status = status;
	counters->last_error_at = now;
}

void
rr_stat_count_request(RrStat *stat, const RrStatRequest *request)
{
	bool		failed = request->error != RR_STAT_NO_ERROR;
	TimestampTz now = failed ? GetCurrentTimestamp() : 0;
	RrStatCounters *counters;

	if (stat == NULL)
		return;
	counters = &stat->set->counters;
	SpinLockAcquire(&stat->set->mutex);
	counters->requests++;
	counters->retries += request->retries;
	counters->sent += request->sent;
	counters->received += request->received;
	counters->connections += request->connections;
	counters->total_ms += request->ms;
	counters->max_ms = Max(counters->max_ms, request->ms);
	counters->histogram[bucket(request->ms)]++;
	if (failed)
		count_error(counters, request->error, request->status, now);
	SpinLockRelease(&stat->set->mutex);
}

void
rr_stat_count_cancelled(RrStat *stat)
{
	if (stat == NULL)
		return;
	SpinLockAcquire(&stat->set->mutex);
	stat->set->counters.requests++;
	stat->set->counters.cancelled++;
	SpinLockRelease(&stat->set->mutex);
}

void
rr_stat_count_refused(RrStat *stat)
{
	if (stat == NULL)
		return;
	SpinLockAcquire(&stat->set->mutex);
	stat->set->counters.refused++;
	SpinLockRelease(&stat->set->mutex);
}

void
rr_stat_count_keys(RrStat *stat, int64 keys, int64 rows, RrStatError error)
{
	TimestampTz now = error != RR_STAT_NO_ERROR ? GetCurrentTimestamp() : 0;

	if (stat == NULL)
		return;
	SpinLockAcquire(&stat->set->mutex);
	stat->set->counters.keys += keys;
	stat->set->counters.rows += rows;
	if (error != RR_STAT_NO_ERROR)
		count_error(&stat->set->counters, error, 0, now);
	SpinLockRelease(&stat->set->mutex);
}

void
rr_stat_count_connection(RrStat *stat, int change)
{
	if (stat == NULL || change == 0)
		return;
	stat->open += change;
	SpinLockAcquire(&stat->set->mutex);
	stat->set->open += change;
	SpinLockRelease(&stat->set->mutex);
}
