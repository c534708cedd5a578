/*
 * wire_text.h: text of remote schemas in the server encoding, whatever they
 * send.
 */
#ifndef RR_WIRE_TEXT_H
#define RR_WIRE_TEXT_H

#include "json/json.h"

/*
 * A JSON text in UTF-8 as one in the server encoding, NUL-terminated; *len
 * comes in and goes out. A byte order mark is left out. A character that the
 * server encoding lacks becomes an escape of JSON. The result may be inside of
 * body, else it is in CurrentMemoryContext. NULL when body is not valid UTF-8,
 * or has a NUL.
 */
extern const char *rr_wire_to_server(const char *body, int *len);

/*
 * What a JSON string says, given what stands between its quotes. Palloc'd.
 * U+0000, half of a surrogate pair, and characters that the server encoding
 * lacks become U+FFFD, or where it lacks that, too, a question mark. Never
 * throws because of the text.
 */
extern char *rr_wire_string(RrSlice inside);

/* Can the server hold the string as it is? Costs memory of its length. */
extern bool rr_wire_string_fits(RrSlice inside);

#endif							/* RR_WIRE_TEXT_H */
