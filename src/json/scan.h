/*
 * scan.h: a validating scanner over JSON text that hands out slices.
 *
 * It builds nothing: the hot path from the wire to the answer looks at each
 * byte once and copies what it keeps. Text is in the server encoding and
 * NUL-terminated after end. A raw control byte in a string is refused as JSON
 * asks, so text that went through here holds no hole of its own making. All
 * functions return false at the first byte that is not JSON; pos then says
 * where.
 */
#ifndef RR_SCAN_H
#define RR_SCAN_H

#include "lib/stringinfo.h"

typedef struct RrScan
{
	const char *start;
	const char *pos;
	const char *end;
	bool		too_deep;		/* why a value was refused */
} RrScan;

typedef struct RrSlice
{
	const char *data;
	int			len;
} RrSlice;

extern void rr_scan_init(RrScan *scan, const char *text, int len);

static inline void
rr_scan_space(RrScan *scan)
{
	while (scan->pos < scan->end &&
		   (*scan->pos == ' ' || *scan->pos == '\n' || *scan->pos == '\r' || *scan->pos == '\t'))
		scan->pos++;
}

/*
 * The next character after white space; '\0' at the end. Does not move beyond
 * it.
 */
static inline char
rr_scan_peek(RrScan *scan)
{
	rr_scan_space(scan);
	return scan->pos < scan->end ? *scan->pos : '\0';
}

/* Skip white space and this character. */
static inline bool
rr_scan_char(RrScan *scan, char c)
{
	if (rr_scan_peek(scan) != c || scan->pos >= scan->end)
		return false;
	scan->pos++;
	return true;
}

/* Skip exactly this text, if it is next. */
static inline bool
rr_scan_text(RrScan *scan, const char *text, int len)
{
	if (scan->end - scan->pos < len || memcmp(scan->pos, text, len) != 0)
		return false;
	scan->pos += len;
	return true;
}

/* A string: the slice inside of its quotes, escapes as they are. */
extern bool rr_scan_string(RrScan *scan, RrSlice *inside);

/* Any value: the slice of it. Bounded depth. */
extern bool rr_scan_value(RrScan *scan, RrSlice *value);

/*
 * Step through an object or array: rr_scan_char(scan, '{') first, then this
 * before each member or element. True when there is another one. At the end,
 * the closing bracket is consumed; *ok is false if it was missing, or a comma
 * too many.
 */
extern bool rr_scan_more(RrScan *scan, bool first, char close, bool *ok);

/* A member's name and the colon. */
extern bool rr_scan_name(RrScan *scan, RrSlice *name);

static inline bool
rr_slice_is(RrSlice slice, const char *text, int len)
{
	return slice.len == len && memcmp(slice.data, text, len) == 0;
}

#endif							/* RR_SCAN_H */
