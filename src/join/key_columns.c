/*
 * key_columns.c: keys made of SQL values.
 *
 * A value is written as to_json() would write it.
 */
#include "postgres.h"

#include "join/key_table.h"

struct RrKeyColumns
{
	StringInfoData text;		/* of the key at hand */
	int			n;
	RrJsonWriter *writers[FLEXIBLE_ARRAY_MEMBER];
};

RrKeyColumns *
rr_key_columns(int n, const Oid *types, MemoryContext cxt)
{
	Size		size = offsetof(RrKeyColumns, writers) + n * sizeof(RrJsonWriter *);
	RrKeyColumns *columns = MemoryContextAllocZero(cxt, size);
	MemoryContext old = MemoryContextSwitchTo(cxt);

	columns->n = n;
	for (int i = 0; i < n; i++)
		columns->writers[i] = rr_json_writer(types[i], cxt);
	initStringInfo(&columns->text);
	MemoryContextSwitchTo(old);
	return columns;
}

const StringInfoData *
rr_key_columns_text(RrKeyColumns *columns, const Datum *values)
{
	StringInfo	text = &columns->text;

	resetStringInfo(text);
	for (int i = 0; i < columns->n; i++)
	{
		int			start = text->len;
		RrScan		written;

		rr_json_write(columns->writers[i], text, values[i]);
		rr_scan_init(&written, text->data + start, text->len - start);
		if (rr_scan_peek(&written) == 'n')
			return NULL;		/* JSON's null */
		appendStringInfoChar(text, RR_END_OF_FIELD);
	}
	return text;
}
