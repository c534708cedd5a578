/*
 * health.c: whether a remote schema is up, and how busy it is.
 *
 * A remote schema is down after some failures to connect and timeouts in a
 * row, of whatever sessions. While it is down, requests fail at once, except
 * for one probe after each pause. What reaches it, be it answered with an
 * error, ends that. So a remote schema that does not answer costs one timeout
 * a pause, and not one for each query.
 */
#include "postgres.h"

#include <limits.h>

#include "miscadmin.h"
#include "utils/timestamp.h"

#include "stat/stat_int.h"

/* Where the breaker is off, so many failures mean "down" in the log. */
#define DOWN_FAILURES 5

/* Seconds between lines about failures of one remote schema. */
#define LOG_INTERVAL 60

int			rr_breaker_failures = 5;
int			rr_breaker_pause = 10;
int			rr_max_server_requests = 0;

bool
rr_health_may_ask(RrStat *stat, bool *probe, int *wait_ms)
{
	RrStatSet  *set;
	bool		may = true;

	*probe = false;
	if (stat == NULL || rr_breaker_failures == 0 || !rr_stat_memory()->shared)
		return true;
	set = stat->set;
	/* without the lock: almost always */
	if (set->failures < rr_breaker_failures)
		return true;
	SpinLockAcquire(&set->mutex);
	if (set->failures >= rr_breaker_failures)
	{
		TimestampTz now = GetCurrentTimestamp();

		may = *probe = now >= set->ask_again && set->probe == 0;
		if (may)
			set->probe = MyProcPid;
		else
			*wait_ms = (int) Max(1, Min((set->ask_again - now + 999) / 1000, INT_MAX));
	}
	SpinLockRelease(&set->mutex);
	return may;
}

RrHealthChange
rr_health_note(RrStat *stat, bool reached, bool probe, int64 *down_ms)
{
	int			limit = rr_breaker_failures > 0 ? rr_breaker_failures : DOWN_FAILURES;
	RrHealthChange change = RR_HEALTH_SAME;
	TimestampTz now;
	RrStatSet  *set;

	if (stat == NULL)
		return change;
	set = stat->set;
	if (reached && !probe && set->failures == 0)
		return change;
	now = GetCurrentTimestamp();
	SpinLockAcquire(&set->mutex);
	if (probe)
		set->probe = 0;
	if (!reached)
	{
		set->failures = Min(set->failures, INT_MAX - 1) + 1;
		if (set->failures >= limit)
			set->ask_again = now + (TimestampTz) rr_breaker_pause * USECS_PER_SEC;
		if (set->failures >= limit && set->down_since == 0)
		{
			set->down_since = now;
			change = RR_HEALTH_WENT_DOWN;
		}
	}
	else
	{
		if (set->down_since != 0)
		{
			*down_ms = (now - set->down_since) / 1000;
			change = RR_HEALTH_CAME_BACK;
		}
		set->failures = 0;
		set->down_since = 0;
	}
	SpinLockRelease(&set->mutex);
	return change;
}

void
rr_health_end_probe(RrStat *stat)
{
	if (stat == NULL)
		return;
	SpinLockAcquire(&stat->set->mutex);
	if (stat->set->probe == MyProcPid)
		stat->set->probe = 0;
	SpinLockRelease(&stat->set->mutex);
}

int
rr_health_failures(RrStat *stat)
{
	return stat != NULL ? stat->set->failures : 0;
}

bool
rr_health_log_failure(RrStat *stat, int64 *unlogged)
{
	TimestampTz now = GetCurrentTimestamp();
	RrStatSet  *set;
	bool		log;

	*unlogged = 0;
	if (stat == NULL)
		return false;
	set = stat->set;
	SpinLockAcquire(&set->mutex);
	log = set->logged == 0 ||
		now - set->logged >= (TimestampTz) LOG_INTERVAL * USECS_PER_SEC;
	if (log)
	{
		*unlogged = set->unlogged;
		set->unlogged = 0;
		set->logged = now;
	}
	else
		set->unlogged++;
	SpinLockRelease(&set->mutex);
	return log;
}

bool
rr_health_take_place(RrStat *stat)
{
	bool		took;

	if (stat == NULL)
		return true;
	SpinLockAcquire(&stat->set->mutex);
	took = rr_max_server_requests == 0 || stat->set->running < rr_max_server_requests;
	if (took)
		stat->set->running++;
	SpinLockRelease(&stat->set->mutex);
	if (took)
		stat->running++;
	return took;
}

void
rr_health_leave_place(RrStat *stat)
{
	if (stat == NULL)
		return;
	stat->running--;
	SpinLockAcquire(&stat->set->mutex);
	stat->set->running--;
	SpinLockRelease(&stat->set->mutex);
}
