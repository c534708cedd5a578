/*
 * json_scan.h: JSON text, checked once and then read in place.
 *
 * Values are slices of the text, so what goes on to the database keeps the
 * spelling that the client gave it: numbers beyond 64 bits, order, duplicates.
 */
#ifndef JSON_SCAN_H
#define JSON_SCAN_H

#include "buffer.h"

typedef enum JsonKind
{
	JSON_ABSENT, JSON_NULL, JSON_TRUE, JSON_FALSE, JSON_NUMBER, JSON_STRING, JSON_ARRAY,
	JSON_OBJECT
} JsonKind;

typedef struct JsonText
{
	JsonKind	kind;
	const char *text;			/* not NUL-terminated; without white space
								 * around */
	size_t		len;
} JsonText;

/* Deeper nesting than this is refused: the database would refuse it, too. */
#define JSON_MAX_DEPTH 500

/*
 * Checks a whole text: RFC 8259, UTF-8, no NUL, JSON_MAX_DEPTH. False where it
 * is none. All functions below take what was checked.
 */
extern bool json_check(const char *text, size_t len, JsonText *value);

/*
 * The next element of an array or member of an object. *at is NULL before the
 * first call; false behind the last.
 */
extern bool json_next(const JsonText *in, const char **at, JsonText *name, JsonText *value);

/*
 * The last member of that name; JSON_ABSENT without, or where it is no object.
 */
extern JsonText json_member(const JsonText *object, const char *name);

/* Appends what a string stands for; false for lone surrogates and \u0000. */
extern bool json_string(const JsonText *string, Buffer *out);

/* A string as a new NUL-terminated text; NULL where json_string() is false. */
extern char *json_dup(const JsonText *string);

extern bool utf8_check(const char *text, size_t len);

#endif
