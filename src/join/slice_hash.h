/*
 * slice_hash.h: a hash table whose keys are slices, by lib/simplehash.h.
 *
 * Define SH_PREFIX, SH_ELEMENT_TYPE and SH_KEY, the member that is the key (an
 * RrSlice), and include this. An element also has the members uint32 hash and
 * char status, which belong to the table. It can be included many times. The
 * table does not copy the bytes of a key.
 */
#include "common/hashfn.h"

#include "json/json.h"

#define SH_KEY_TYPE RrSlice
#define SH_HASH_KEY(table, key) hash_bytes((const unsigned char *) (key).data, (key).len)
#define SH_EQUAL(table, a, b) rr_slice_is((a), (b).data, (b).len)
#define SH_STORE_HASH
#define SH_GET_HASH(table, entry) (entry)->hash
#define SH_SCOPE static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"
