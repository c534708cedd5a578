/*
 * catalog_write.c: writes to the extension's tables.
 *
 * Statements go through SPI as the extension's owner. The lock is taken on
 * remote_rel.remote_schema, whatever table is written.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "tcop/utility.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/json.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"

#include "compat.h"
#include "metadata/metadata.h"

RrArg
rr_arg_text(const char *value)
{
	return (RrArg)
	{
		TEXTOID, value ? CStringGetTextDatum(value) : (Datum) 0, value == NULL
	};
}

/* namein() would truncate a longer value; see the contract. */
RrArg
rr_arg_name(const char *value)
{
	return (RrArg)
	{
		NAMEOID, value ? DirectFunctionCall1(namein, CStringGetDatum(value)) : (Datum) 0,
			value == NULL
	};
}

RrArg
rr_arg_jsonb(Jsonb *value)
{
	return (RrArg)
	{
		JSONBOID, value ? JsonbPGetDatum(value) : (Datum) 0, value == NULL
	};
}

RrArg
rr_arg_bool(bool value)
{
	return (RrArg)
	{
		BOOLOID, BoolGetDatum(value), false
	};
}

void
rr_metadata_lock(void)
{
	LockRelationOid(get_relname_relid("remote_schema", rr_catalog_schema_oid()),
					ShareRowExclusiveLock);
}

void
rr_metadata_refuse_stale(void)
{
	if (IsolationUsesXactSnapshot() && rr_catalogs_changed_since(GetActiveSnapshot()))
		ereport(ERROR,
				(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
				 errmsg("could not serialize access due to a concurrent change of the metadata of remote_rel")));
}

void
rr_metadata_begin(void)
{
	PreventCommandIfReadOnly("changing the metadata of remote_rel");
	rr_metadata_lock();
	PushCopiedSnapshot(GetTransactionSnapshot());
	rr_metadata_refuse_stale();
}

void
rr_metadata_end(void)
{
	PopActiveSnapshot();
}

void
rr_metadata_refresh(void)
{
	PopActiveSnapshot();
	PushCopiedSnapshot(GetTransactionSnapshot());
}

/*
 * Begin a nest level of settings in which auto_explain shows no nested
 * statement. It would show parameters, and with log_verbose constants: headers
 * of remote schemas are among them.
 */
static int
hide_from_auto_explain(void)
{
	static const char *const setting = "auto_explain.log_min_duration";
	int			level = NewGUCNestLevel();

	if (GetConfigOption(setting, true, false) != NULL)
		(void) set_config_option(setting, "-1", PGC_SUSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0,
								 false);
	return level;
}

uint64
rr_metadata_execute(const char *sql, int nargs, const RrArg *args)
{
	Oid		   *types = palloc(sizeof(Oid) * nargs);
	Datum	   *values = palloc(sizeof(Datum) * nargs);
	char	   *nulls = palloc(nargs + 1);
	Oid			user;
	int			context;
	uint64		processed;
	int			level;
	int			code;

	for (int i = 0; i < nargs; i++)
	{
		types[i] = args[i].type;
		values[i] = args[i].value;
		nulls[i] = args[i].isnull ? 'n' : ' ';
	}
	nulls[nargs] = '\0';

	/*
	 * Undone below on success, by the abort of the (sub)transaction on error.
	 */
	GetUserIdAndSecContext(&user, &context);
	SetUserIdAndSecContext(rr_extension_owner(), context | SECURITY_LOCAL_USERID_CHANGE);
	level = hide_from_auto_explain();
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	code = SPI_execute_with_args(sql, nargs, types, values, nulls, false, 0);
	if (code < 0)
		elog(ERROR, "SPI_execute_with_args failed: %s", SPI_result_code_string(code));
	processed = SPI_processed;
	SPI_finish();
	AtEOXact_GUC(false, level);
	SetUserIdAndSecContext(user, context);
	CommandCounterIncrement();
	rr_metadata_refresh();
	return processed;
}
