/*
 * inconsistency.c: objects of the metadata that cannot be served, and the
 * names under which they are listed.
 */
#include "postgres.h"

#include "utils/builtins.h"

#include "schema/role_schema.h"

RrInconsistency *
rr_inconsistency(const char *type, const char *name, const char *fmt,...)
{
	RrInconsistency *item = palloc(sizeof(RrInconsistency));
	StringInfoData reason;

	initStringInfo(&reason);
	for (;;)
	{
		va_list		args;
		int			needed;

		va_start(args, fmt);
		needed = appendStringInfoVA(&reason, fmt, args);
		va_end(args);
		if (needed == 0)
			break;
		enlargeStringInfo(&reason, needed);
	}
	item->type = pstrdup(type);
	item->name = pstrdup(name);
	item->reason = reason.data;
	return item;
}

const char *
rr_field_label(const char *schema, const char *table, const char *name)
{
	return psprintf("%s.%s", strcmp(schema, "public") == 0 ? quote_identifier(table)
					: quote_qualified_identifier(schema, table), name);
}

const char *
rr_remote_field_label(const char *remote_schema, const char *type, const char *name)
{
	return psprintf("%s.%s.%s", remote_schema, type, name);
}
