/*
 * key_equality.h: which values of one joining field are equal.
 */
#ifndef RR_KEY_EQUALITY_H
#define RR_KEY_EQUALITY_H

#include "plan/remote/step.h"
#include "json/json.h"

/*
 * The values of one joining field in a batch, each with the number of its
 * class: equal values are of one class.
 */
typedef struct RrKeyEquality RrKeyEquality;

/*
 * No values yet; lives in CurrentMemoryContext. NULL where values are equal
 * if their texts are.
 */
extern RrKeyEquality *rr_key_equality_create(const RrJoinKey *key);

/* Can values of this key be equal, although their texts differ? */
extern bool rr_equal_keys_differ(const RrJoinKey *key);

/*
 * The class of a key's value; a new one if it equals none before it. text is
 * in the server encoding. A value that cannot be read as the key's type is
 * equal to the same text.
 */
extern int	rr_key_equality_add(RrKeyEquality *equality, RrSlice text);

/*
 * The class of a value that an upstream answered with; -1: it equals no key.
 */
extern int	rr_key_equality_find(RrKeyEquality *equality, RrSlice text);

#endif							/* RR_KEY_EQUALITY_H */
