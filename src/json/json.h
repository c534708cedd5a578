/*
 * json.h: the only door to json-c. Trees of JSON for where a tree is needed:
 * introspection results, metadata.
 *
 * json-c's own json_object type stays behind this header (the server has a
 * function of that name). Trees cost about 25 MB/s to parse and print, so bulk
 * data goes through the scanner (scan.h) instead.
 *
 * Ownership: an RrJson * root is registered with a reset callback on
 * CurrentMemoryContext before json-c allocates anything; it goes with that
 * context, or earlier by rr_json_free(). Nodes inside of a tree live as long
 * as the root.
 */
#ifndef RR_JSON_H
#define RR_JSON_H

#include "lib/stringinfo.h"

typedef struct RrJson RrJson;	/* owner of a tree */
typedef const struct RrJsonNode RrJsonNode; /* a value inside of it; NULL
											 * stands for JSON null */

typedef enum RrJsonType
{
	RR_JSON_NULL, RR_JSON_BOOL, RR_JSON_INT, RR_JSON_DOUBLE, RR_JSON_STRING, RR_JSON_ARRAY,
	RR_JSON_OBJECT
} RrJsonType;

/*
 * Parse strict JSON (no comments, no trailing bytes, valid UTF-8, at most
 * max_depth levels). Bytes are UTF-8. NULL and *error (palloc'd, one line,
 * with the offset) if it is not JSON. Throws only on out of memory.
 */
extern RrJson *rr_json_parse(const char *body, size_t len, int max_depth, char **error);
extern void rr_json_free(RrJson *json);
extern RrJsonNode *rr_json_root(const RrJson *json);

extern RrJsonType rr_json_type(RrJsonNode *node);

/*
 * Member of an object; NULL when absent, when null, or when node is no object.
 */
extern RrJsonNode *rr_json_get(RrJsonNode *node, const char *key);
extern bool rr_json_has(RrJsonNode *node, const char *key);

/*
 * The string's bytes (UTF-8, NUL-terminated; *len for embedded NULs) or NULL
 * when node is no string. Owned by the tree.
 */
extern const char *rr_json_string(RrJsonNode *node, size_t *len);

/*
 * The string converted to the server encoding, palloc'd in
 * CurrentMemoryContext; NULL when node is no string.
 */
extern char *rr_json_text(RrJsonNode *node);
extern bool rr_json_bool(RrJsonNode *node, bool fallback);
extern int	rr_json_int(RrJsonNode *node);	/* 0 when node is no integer */
extern int	rr_json_length(RrJsonNode *node);	/* elements of an array,
												 * members of an object; 0
												 * otherwise */
extern RrJsonNode *rr_json_item(RrJsonNode *node, int i);	/* of an array */

#endif							/* RR_JSON_H */
