/*
 * json.h: reads and writes JSON. The one header of src/json.
 *
 *   tree.c          JSON text as a tree (the only place that meets json-c)
 *   scan.c          JSON text as a stream of slices
 *   value_writer.c  SQL values and strings as JSON text
 *   template.c      SQL functions json_object() and json_rows()
 *
 * Trees are for small documents that are read in any order, as introspection
 * results. They cost about 25 MB/s to parse, so bulk data goes through the
 * scanner, which allocates nothing.
 */
#ifndef RR_JSON_H
#define RR_JSON_H

#include "lib/stringinfo.h"

/* ---- trees (tree.c) ---- */

/*
 * A parsed document. It owns what json-c allocates, by a reset callback of the
 * memory context that was current when it was parsed. json-c's own json_object
 * stays inside of tree.c: the server has a function of that name.
 */
typedef struct RrJson RrJson;

/* A value in a tree; lives as long as the RrJson. NULL stands for null. */
typedef const struct RrJsonNode RrJsonNode;

typedef enum RrJsonType
{
	RR_JSON_NULL,
	RR_JSON_BOOL,
	RR_JSON_INT,
	RR_JSON_DOUBLE,
	RR_JSON_STRING,
	RR_JSON_ARRAY,
	RR_JSON_OBJECT,
} RrJsonType;

/*
 * Parse strict JSON (RFC 8259): no comments, nothing behind the value, at most
 * max_depth levels. body is UTF-8, len bytes and a NUL behind them.
 *
 * Returns the tree, owned by CurrentMemoryContext. If body is not JSON,
 * returns NULL and sets *error to one palloc'd line with the byte's offset.
 * Throws only on out of memory.
 */
extern RrJson *rr_json_parse(const char *body, size_t len, int max_depth, char **error);

/* Free a tree before its memory context goes. */
extern void rr_json_free(RrJson *json);

/* The document's value; NULL if it is null. */
extern RrJsonNode *rr_json_root(const RrJson *json);

/* The type of a value; RR_JSON_NULL for NULL. */
extern RrJsonType rr_json_type(RrJsonNode *node);

/*
 * The member of an object. NULL if it is absent or null, or if node is not an
 * object.
 */
extern RrJsonNode *rr_json_get(RrJsonNode *node, const char *key);

/* True if node is an object with this member, even if the member is null. */
extern bool rr_json_has(RrJsonNode *node, const char *key);

/*
 * The bytes of a string: UTF-8, NUL-terminated, owned by the tree. The string
 * may contain NULs: *len, unless len is NULL, is its length in bytes. NULL if
 * node is not a string.
 */
extern const char *rr_json_string(RrJsonNode *node, size_t *len);

/*
 * A string in the server encoding, palloc'd in CurrentMemoryContext. NULL if
 * node is not a string. Throws if the encoding cannot represent it, or if it
 * contains a NUL.
 */
extern char *rr_json_text(RrJsonNode *node);

/* A boolean; the fallback if node is not one. */
extern bool rr_json_bool(RrJsonNode *node, bool fallback);

/* The number of elements or members; 0 if node is neither array nor object. */
extern int	rr_json_length(RrJsonNode *node);

/* Element i of an array, from 0; NULL if there is none or if it is null. */
extern RrJsonNode *rr_json_item(RrJsonNode *node, int i);

/* ---- scanner (scan.c) ---- */

/*
 * The scanner validates JSON text and returns slices of it. It looks at each
 * byte once. Text is in the server encoding.
 *
 * All functions below return false at the first byte that is not JSON; pos is
 * then at that byte. They throw only when the stack is too deep. Strings may
 * not contain raw control characters, so scanned text never contains a hole
 * (join/hole.h).
 */
typedef struct RrScan
{
	const char *start;
	const char *pos;			/* the next byte to read */
	const char *end;			/* behind the last byte; a NUL stands here */
	bool		too_deep;		/* the value was refused because of its depth,
								 * not its syntax */
} RrScan;

/* A part of a text that somebody else owns; not NUL-terminated. */
typedef struct RrSlice
{
	const char *data;
	int			len;
} RrSlice;

/* Start at the first byte of a text of len bytes, followed by a NUL. */
extern void rr_scan_init(RrScan *scan, const char *text, int len);

/* Skip white space. */
static inline void
rr_scan_space(RrScan *scan)
{
	while (scan->pos < scan->end &&
		   (*scan->pos == ' ' || *scan->pos == '\n' || *scan->pos == '\r' || *scan->pos == '\t'))
		scan->pos++;
}

/* Skip white space, and return the next byte or '\0'. Does not read it. */
static inline char
rr_scan_peek(RrScan *scan)
{
	rr_scan_space(scan);
	return scan->pos < scan->end ? *scan->pos : '\0';
}

/* Skip white space, and this byte if it is next. */
static inline bool
rr_scan_char(RrScan *scan, char c)
{
	if (rr_scan_peek(scan) != c || scan->pos >= scan->end)
		return false;
	scan->pos++;
	return true;
}

/* Skip this text if it is next, without white space before it. */
static inline bool
rr_scan_text(RrScan *scan, const char *text, int len)
{
	if (scan->end - scan->pos < len || memcmp(scan->pos, text, len) != 0)
		return false;
	scan->pos += len;
	return true;
}

/* Read a string. The slice is the text between the quotes, still escaped. */
extern bool rr_scan_string(RrScan *scan, RrSlice *inside);

/*
 * Read any value. The slice is its text. A value nested more than 2,000 levels
 * deep is refused, and too_deep set.
 */
extern bool rr_scan_value(RrScan *scan, RrSlice *value);

/*
 * Step through an object or array. Read its bracket with rr_scan_char(), then
 * call this before each member or element; first is true the first time, close
 * the closing bracket.
 *
 * Returns true if another one follows. At the end it reads the bracket,
 * returns false and sets *ok to true. It sets *ok to false if the syntax is
 * wrong.
 */
extern bool rr_scan_more(RrScan *scan, bool first, char close, bool *ok);

/* Read a member's name and the colon. The name is still escaped. */
extern bool rr_scan_name(RrScan *scan, RrSlice *name);

/* True if the slice is this text. */
static inline bool
rr_slice_is(RrSlice slice, const char *text, int len)
{
	return slice.len == len && memcmp(slice.data, text, len) == 0;
}

/*
 * Is a JSON value a string without escapes? Then *text is what stands between
 * its quotes. slice must not be empty.
 */
extern bool rr_plain_string(RrSlice slice, RrSlice *text);

/* ---- writer (value_writer.c) ---- */

/* How to write values of one SQL type. */
typedef struct RrJsonWriter RrJsonWriter;

/*
 * The writer for a type. It looks up what it needs once, and lives in cxt.
 * Throws if the type does not exist.
 */
extern RrJsonWriter *rr_json_writer(Oid type, MemoryContext cxt);

/*
 * Append a value, which is not NULL, as to_json() prints it. Throws what the
 * type's output function throws, and 54000 when out gets too long. May leave
 * garbage in CurrentMemoryContext.
 */
extern void rr_json_write(RrJsonWriter *writer, StringInfo out, Datum value);

/*
 * Enlarge a buffer so that n more bytes and a NUL fit in. Throws 54000 beyond
 * 1 GB. Callers use rr_json_reserve().
 */
extern void rr_json_enlarge(StringInfo out, int n);

/*
 * Make room for n more bytes and a NUL. Returns where they go; the caller
 * writes them and adds to out->len.
 */
static inline char *
rr_json_reserve(StringInfo out, int n)
{
	if (unlikely(out->maxlen - out->len <= n))
		rr_json_enlarge(out, n);
	return out->data + out->len;
}

/* Append text as it is. Does not write a NUL behind it. */
static inline void
rr_json_append(StringInfo out, const char *text, int len)
{
	memcpy(rr_json_reserve(out, len), text, len);
	out->len += len;
}

#endif							/* RR_JSON_H */
