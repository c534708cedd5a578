/*
 * value_writer.c: SQL values as JSON text.
 *
 * Prints what to_json() prints, but looks types up once instead of for every
 * value.
 */
#include "postgres.h"

#include "access/transam.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "parser/parse_coerce.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/datetime.h"
#include "utils/float.h"
#include "utils/fmgrprotos.h"
#include "utils/json.h"
#include "utils/jsonb.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/numeric.h"
#include "utils/uuid.h"

#include "compat.h"
#include "json/json.h"

typedef enum JsonKind
{
	JSON_OF_BOOL,
	JSON_OF_INT2,
	JSON_OF_INT4,
	JSON_OF_INT8,
	JSON_OF_FLOAT4,
	JSON_OF_FLOAT8,
	JSON_OF_NUMERIC,
	JSON_OF_TEXT,				/* a varlena string */
	JSON_OF_NAME,
	JSON_OF_UUID,
	JSON_OF_DATETIME,
	JSON_OF_JSON,
	JSON_OF_JSONB,
	JSON_OF_ARRAY,
	JSON_OF_COMPOSITE,
	JSON_OF_CAST,				/* by the type's cast to json */
	JSON_OF_OTHER,				/* by its output function */
} JsonKind;

struct RrJsonWriter
{
	JsonKind	kind;
	Oid			type;			/* a domain's base type */
	FmgrInfo	function;		/* JSON_OF_CAST, JSON_OF_OTHER */
	RrJsonWriter *element;		/* JSON_OF_ARRAY */

	/* of the type, for arrays of it */
	int16		typlen;
	bool		typbyval;
	char		typalign;
};

#define ONES UINT64CONST(0x0101010101010101)
#define HIGHS UINT64CONST(0x8080808080808080)

void
rr_json_enlarge(StringInfo out, int n)
{
	if ((Size) out->len + n >= MaxAllocSize)
		ereport(ERROR,
				errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				errmsg("the answer is larger than 1 GB"),
				errhint("Ask for fewer rows with \"limit\"."));
	enlargeStringInfo(out, n);
}

/* ---- strings ---- */

static inline bool
is_special(unsigned char c)
{
	return c < 0x20 || c == '"' || c == '\\';
}

/* True if one of eight bytes is special; tests all eight at once. */
static inline bool
has_special(uint64 word)
{
	uint64		quote = word ^ (ONES * '"');
	uint64		backslash = word ^ (ONES * '\\');

	return (((word - ONES * 0x20) & ~word) |
			((quote - ONES) & ~quote) |
			((backslash - ONES) & ~backslash)) & HIGHS;
}

static int
escape(char *to, unsigned char c)
{
	static const char hex[] = "0123456789abcdef";

	to[0] = '\\';
	switch (c)
	{
		case '"':
		case '\\':
			to[1] = c;
			return 2;
		case '\b':
			to[1] = 'b';
			return 2;
		case '\f':
			to[1] = 'f';
			return 2;
		case '\n':
			to[1] = 'n';
			return 2;
		case '\r':
			to[1] = 'r';
			return 2;
		case '\t':
			to[1] = 't';
			return 2;
	}
	memcpy(to + 1, "u00", 3);
	to[4] = hex[c >> 4];
	to[5] = hex[c & 15];
	return 6;
}

/* Append a string in quotes. Copies runs of bytes that need no escape. */
static void
write_string(StringInfo out, const char *text, int len)
{
	const char *end = text + len;
	char	   *to = rr_json_reserve(out, len + 2);

	*to++ = '"';
	for (;;)
	{
		const char *run = text;

		while (end - text >= (ptrdiff_t) sizeof(uint64))
		{
			uint64		word;

			memcpy(&word, text, sizeof(word));
			if (has_special(word))
				break;
			text += sizeof(word);
		}
		while (text < end && !is_special((unsigned char) *text))
			text++;

		memcpy(to, run, text - run);
		to += text - run;

		if (text == end)
			break;

		/*
		 * An escape is longer than its character: make room for it and for
		 * the rest.
		 */
		out->len = to - out->data;
		to = rr_json_reserve(out, 6 + (end - text) + 1);
		to += escape(to, (unsigned char) *text++);
	}
	*to++ = '"';
	out->len = to - out->data;
}

static inline void
write_cstring(StringInfo out, const char *text)
{
	write_string(out, text, strlen(text));
}

/* ---- numbers ---- */

/* A number; NaN and the infinities become strings, as JSON lacks them. */
static void
write_number(StringInfo out, const char *text)
{
	const char *first = text[0] == '-' ? text + 1 : text;

	if (first[0] >= '0' && first[0] <= '9')
		rr_json_append(out, text, strlen(text));
	else
		write_cstring(out, text);
}

static inline void
write_int32(StringInfo out, int32 value)
{
	out->len += rr_ltoa(value, rr_json_reserve(out, 12));
}

/* ---- other types ---- */

static void
write_uuid(StringInfo out, const pg_uuid_t *uuid)
{
	static const char hex[] = "0123456789abcdef";
	char	   *to = rr_json_reserve(out, 38);

	*to++ = '"';
	for (int i = 0; i < UUID_LEN; i++)
	{
		if (i == 4 || i == 6 || i == 8 || i == 10)
			*to++ = '-';
		*to++ = hex[uuid->data[i] >> 4];
		*to++ = hex[uuid->data[i] & 15];
	}
	*to++ = '"';
	out->len += 38;
}

static void
write_varlena(StringInfo out, Datum value, bool quoted)
{
	struct varlena *text = PG_DETOAST_DATUM_PACKED(value);

	if (quoted)
		write_string(out, VARDATA_ANY(text), VARSIZE_ANY_EXHDR(text));
	else
		rr_json_append(out, VARDATA_ANY(text), VARSIZE_ANY_EXHDR(text));
}

/* Append one dimension of an array; its elements begin at values[*next]. */
static void
write_dimension(RrJsonWriter *element, StringInfo out, int dimension, int ndim, const int *dims,
				Datum *values, bool *nulls, int *next)
{
	rr_json_append(out, "[", 1);
	for (int i = 0; i < dims[dimension]; i++)
	{
		if (i > 0)
			rr_json_append(out, ",", 1);
		if (dimension + 1 < ndim)
			write_dimension(element, out, dimension + 1, ndim, dims, values, nulls, next);
		else
		{
			if (nulls[*next])
				rr_json_append(out, "null", 4);
			else
				rr_json_write(element, out, values[*next]);
			(*next)++;
		}
	}
	rr_json_append(out, "]", 1);
}

static void
write_array(RrJsonWriter *writer, StringInfo out, Datum value)
{
	ArrayType  *array = DatumGetArrayTypeP(value);
	RrJsonWriter *element = writer->element;
	Datum	   *values;
	bool	   *nulls;
	int			n,
				next = 0;

	if (ARR_NDIM(array) == 0)
	{
		rr_json_append(out, "[]", 2);
		return;
	}
	deconstruct_array(array, ARR_ELEMTYPE(array), element->typlen, element->typbyval,
					  element->typalign, &values, &nulls, &n);
	write_dimension(element, out, 0, ARR_NDIM(array), ARR_DIMS(array), values, nulls, &next);
	pfree(values);
	pfree(nulls);
}

/* ---- writers ---- */

static JsonKind
kind_of(Oid type)
{
	switch (type)
	{
		case BOOLOID:
			return JSON_OF_BOOL;
		case INT2OID:
			return JSON_OF_INT2;
		case INT4OID:
			return JSON_OF_INT4;
		case INT8OID:
			return JSON_OF_INT8;
		case FLOAT4OID:
			return JSON_OF_FLOAT4;
		case FLOAT8OID:
			return JSON_OF_FLOAT8;
		case NUMERICOID:
			return JSON_OF_NUMERIC;
		case TEXTOID:
		case VARCHAROID:
		case BPCHAROID:
			return JSON_OF_TEXT;
		case NAMEOID:
			return JSON_OF_NAME;
		case UUIDOID:
			return JSON_OF_UUID;
		case DATEOID:
		case TIMESTAMPOID:
		case TIMESTAMPTZOID:
			return JSON_OF_DATETIME;
		case JSONOID:
			return JSON_OF_JSON;
		case JSONBOID:
			return JSON_OF_JSONB;
	}
	if (OidIsValid(get_element_type(type)))
		return JSON_OF_ARRAY;
	if (type_is_rowtype(type))
		return JSON_OF_COMPOSITE;
	return JSON_OF_OTHER;
}

RrJsonWriter *
rr_json_writer(Oid type, MemoryContext cxt)
{
	MemoryContext old = MemoryContextSwitchTo(cxt);
	RrJsonWriter *writer = palloc0(sizeof(RrJsonWriter));
	Oid			function;
	bool		is_varlena;

	writer->type = getBaseType(type);
	writer->kind = kind_of(writer->type);
	get_typlenbyvalalign(writer->type, &writer->typlen, &writer->typbyval, &writer->typalign);
	if (writer->kind == JSON_OF_ARRAY)
		writer->element = rr_json_writer(get_element_type(writer->type), cxt);
	else if (writer->kind == JSON_OF_OTHER)
	{
		/* as in to_json(): only user-defined types can have such a cast */
		if (writer->type >= FirstNormalObjectId &&
			find_coercion_pathway(JSONOID, writer->type, COERCION_EXPLICIT,
								  &function) == COERCION_PATH_FUNC)
			writer->kind = JSON_OF_CAST;
		else
			getTypeOutputInfo(writer->type, &function, &is_varlena);
		fmgr_info_cxt(function, &writer->function, cxt);
	}
	MemoryContextSwitchTo(old);
	return writer;
}

void
rr_json_write(RrJsonWriter *writer, StringInfo out, Datum value)
{
	switch (writer->kind)
	{
		case JSON_OF_BOOL:
			if (DatumGetBool(value))
				rr_json_append(out, "true", 4);
			else
				rr_json_append(out, "false", 5);
			break;
		case JSON_OF_INT2:
			write_int32(out, DatumGetInt16(value));
			break;
		case JSON_OF_INT4:
			write_int32(out, DatumGetInt32(value));
			break;
		case JSON_OF_INT8:
			out->len += rr_lltoa(DatumGetInt64(value), rr_json_reserve(out, MAXINT8LEN + 1));
			break;
		case JSON_OF_FLOAT4:
			write_number(out, DatumGetCString(DirectFunctionCall1(float4out, value)));
			break;
		case JSON_OF_FLOAT8:
			write_number(out, float8out_internal(DatumGetFloat8(value)));
			break;
		case JSON_OF_NUMERIC:
			write_number(out, DatumGetCString(DirectFunctionCall1(numeric_out, value)));
			break;
		case JSON_OF_TEXT:
			write_varlena(out, value, true);
			break;
		case JSON_OF_NAME:
			write_cstring(out, NameStr(*DatumGetName(value)));
			break;
		case JSON_OF_UUID:
			write_uuid(out, DatumGetUUIDP(value));
			break;
		case JSON_OF_DATETIME:
			{
				char		text[MAXDATELEN + 1];

				JsonEncodeDateTime(text, value, writer->type, NULL);
				write_cstring(out, text);
				break;
			}
		case JSON_OF_JSON:
			write_varlena(out, value, false);
			break;
		case JSON_OF_JSONB:
			{
				Jsonb	   *jsonb = DatumGetJsonbP(value);

				JsonbToCString(out, &jsonb->root, VARSIZE(jsonb));
				break;
			}
		case JSON_OF_ARRAY:
			check_stack_depth();
			write_array(writer, out, value);
			break;
		case JSON_OF_COMPOSITE:
			write_varlena(out, DirectFunctionCall1(row_to_json, value), false);
			break;
		case JSON_OF_CAST:
			write_varlena(out, FunctionCall1(&writer->function, value), false);
			break;
		case JSON_OF_OTHER:
			write_cstring(out, OutputFunctionCall(&writer->function, value));
			break;
	}
}
