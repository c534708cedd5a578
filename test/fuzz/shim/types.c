/*
 * types.c: what src/join/ wants of the server beside shim.c: subtransactions,
 * sets of small numbers, and one data type. Counters count nothing here.
 *
 * The type is called numeric and holds a double, which is exact for the
 * numbers that inputs have. Its input function throws for what is no number.
 */
#include "shim.h"

#include <math.h>

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "fmgr.h"
#include "nodes/bitmapset.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/resowner.h"
#include "utils/typcache.h"

#include "stat/stat.h"

/* ---- counters ---- */

RrStat	   *
rr_stat_remote_schema(const char *name)
{
	return NULL;
}

RrStat	   *
rr_stat_relationship(const char *source, const char *name, const char *remote_schema)
{
	return NULL;
}

void
rr_stat_count_request(RrStat *stat, const RrStatRequest *request)
{
}

void
rr_stat_count_keys(RrStat *stat, int64 keys, int64 rows, RrStatError error)
{
}

void
rr_stat_count_refused(RrStat *stat)
{
}

/* ---- subtransactions ---- */

ResourceOwner CurrentResourceOwner;

void
BeginInternalSubTransaction(const char *name)
{
	shim_subtransactions++;
}

void
ReleaseCurrentSubTransaction(void)
{
	shim_subtransactions--;
}

void
RollbackAndReleaseCurrentSubTransaction(void)
{
	shim_subtransactions--;
}

/* ---- sets of numbers below the bits of a word ---- */

Bitmapset  *
bms_add_member(Bitmapset *set, int x)
{
	if (x < 0 || x >= BITS_PER_BITMAPWORD)
		abort();
	if (set == NULL)
	{
		set = palloc0(offsetof(Bitmapset, words) + sizeof(bitmapword));
		set->nwords = 1;
	}
	set->words[0] |= (bitmapword) 1 << x;
	return set;
}

int
bms_num_members(const Bitmapset *set)
{
	return set == NULL ? 0 : __builtin_popcountll(set->words[0]);
}

/* ---- the type ---- */

enum
{
	NUMBER_IN = 1, NUMBER_EQUAL, NUMBER_HASH
};

static TypeCacheEntry number = {
	.type_id = NUMERICOID, .typlen = sizeof(double), .typbyval = true,
	.eq_opr_finfo = {.fn_oid = NUMBER_EQUAL},
	.hash_proc_finfo = {.fn_oid = NUMBER_HASH},
};

TypeCacheEntry *
lookup_type_cache(Oid type_id, int flags)
{
	if (type_id != NUMERICOID)
		abort();
	return &number;
}

void
getTypeInputInfo(Oid type, Oid *typInput, Oid *typIOParam)
{
	*typInput = NUMBER_IN;
	*typIOParam = InvalidOid;
}

void
fmgr_info(Oid functionId, FmgrInfo *finfo)
{
	finfo->fn_oid = functionId;
}

Datum
InputFunctionCall(FmgrInfo *flinfo, char *str, Oid typioparam, int32 typmod)
{
	char	   *end;
	double		value = strtod(str, &end);

	if (end == str || *end != '\0')
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("invalid input syntax for type numeric: \"%s\"", str)));
	return Float8GetDatum(value == 0 || isnan(value) ? fabs(value) : value);
}

Datum
FunctionCall1Coll(FmgrInfo *flinfo, Oid collation, Datum arg1)
{
	if (flinfo->fn_oid != NUMBER_HASH)
		abort();
	return UInt32GetDatum(hash_bytes((unsigned char *) &arg1, sizeof(arg1)));
}

Datum
FunctionCall2Coll(FmgrInfo *flinfo, Oid collation, Datum arg1, Datum arg2)
{
	if (flinfo->fn_oid != NUMBER_EQUAL)
		abort();
	return BoolGetDatum(arg1 == arg2);
}

Datum
datumCopy(Datum value, bool typByVal, int typLen)
{
	if (!typByVal)
		abort();
	return value;
}

char
get_typtype(Oid typid)
{
	return TYPTYPE_BASE;
}

Oid
get_element_type(Oid typid)
{
	return InvalidOid;
}

int
pg_ltoa(int32 value, char *text)
{
	return sprintf(text, "%d", value);
}
