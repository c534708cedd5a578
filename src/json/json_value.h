/*
 * json_value.h: SQL values as JSON text, as to_json() has them, without
 * looking anything up per value.
 */
#ifndef RR_JSON_VALUE_H
#define RR_JSON_VALUE_H

#include "fmgr.h"
#include "lib/stringinfo.h"

typedef enum RrJsonKind
{
	RR_JSON_OF_BOOL,
	RR_JSON_OF_INT2,
	RR_JSON_OF_INT4,
	RR_JSON_OF_INT8,
	RR_JSON_OF_FLOAT4,
	RR_JSON_OF_FLOAT8,
	RR_JSON_OF_NUMERIC,
	RR_JSON_OF_TEXT,			/* a varlena string */
	RR_JSON_OF_NAME,
	RR_JSON_OF_UUID,
	RR_JSON_OF_DATETIME,
	RR_JSON_OF_JSON,
	RR_JSON_OF_JSONB,
	RR_JSON_OF_ARRAY,
	RR_JSON_OF_COMPOSITE,
	RR_JSON_OF_CAST,			/* the type has a cast to json */
	RR_JSON_OF_OTHER,			/* its output function's text */
} RrJsonKind;

/* How values of one type are written. */
typedef struct RrJsonWriter
{
	RrJsonKind	kind;
	Oid			type;			/* domains resolved */
	FmgrInfo	function;		/* CAST, OTHER */
	struct RrJsonWriter *element;	/* ARRAY */
	int16		typlen;			/* as an element */
	bool		typbyval;
	char		typalign;
} RrJsonWriter;

/* In cxt, for as long as it lives. */
extern RrJsonWriter *rr_json_writer(Oid type, MemoryContext cxt);

/*
 * Append a value that is not NULL. May leave garbage in CurrentMemoryContext.
 */
extern void rr_json_write(RrJsonWriter *writer, StringInfo out, Datum value);

/* rr_json_reserve() when the buffer must grow */
extern void rr_json_enlarge(StringInfo out, int n);

/*
 * Room for n more bytes and a NUL; the place for them. Throws 54000 beyond
 * what a value can hold.
 */
static inline char *
rr_json_reserve(StringInfo out, int n)
{
	if (unlikely(out->maxlen - out->len <= n))
		rr_json_enlarge(out, n);
	return out->data + out->len;
}

static inline void
rr_json_append(StringInfo out, const char *text, int len)
{
	memcpy(rr_json_reserve(out, len), text, len);
	out->len += len;
}

#endif							/* RR_JSON_VALUE_H */
