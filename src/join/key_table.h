/*
 * key_table.h: every distinct key of a step once, in order of appearance, and
 * the value that came for it.
 *
 * A key is kept as its text: the JSON texts of its fields, each followed by
 * RR_END_OF_FIELD. Keys of one text share a number. Keys that PostgreSQL calls
 * equal, but whose texts differ, are asked for twice.
 *
 * There may be millions of keys. So the texts stand in one buffer, the values
 * in another, and a key has nothing but an RrStepKey and an entry of the
 * index.
 */
#ifndef RR_KEY_TABLE_H
#define RR_KEY_TABLE_H

#include "json/json.h"

/* Ends a field of a key. JSON text cannot hold it raw. */
#define RR_END_OF_FIELD '\x1e'

typedef struct RrStepKey
{
	int			text;			/* where its text begins in texts */
	int			start;			/* where its value begins in values; -1: none
								 * has come, or null */
	int			len;			/* of its value */
} RrStepKey;

struct RrKeyIndex_hash;

typedef struct RrKeyTable
{
	MemoryContext cxt;

	/* the keys, by number */
	int			nkeys;
	int			capacity;
	RrStepKey  *keys;

	/* their texts */
	StringInfoData texts;
	struct RrKeyIndex_hash *index;	/* from a text to its key's number */
	RrSlice		probe;			/* the text that the index is searched for */

	/* their values, in the order in which they came */
	StringInfoData values;
} RrKeyTable;

/* Make an empty table, whose memory is all in cxt. */
extern void rr_key_table_init(RrKeyTable *table, MemoryContext cxt);

/* Add n keys without a text: root fields, which are told apart by number. */
extern void rr_key_table_add_roots(RrKeyTable *table, int n);

/*
 * Append a field to the text of a key that is being made. value: JSON text,
 * without white space around it.
 */
extern void rr_key_text_append(StringInfo key_text, RrSlice value);

/*
 * The number of the key with this text. *added: it is a new one, and the text
 * was copied.
 */
extern int	rr_key_table_find_or_add(RrKeyTable *table, const StringInfoData *key_text,
									 bool *added);

/* The number of the key with this text, or -1. */
extern int	rr_key_table_find(RrKeyTable *table, const StringInfoData *key_text);

/*
 * Field i of a key, as JSON text. It points into the table, and moves when a
 * key is added.
 */
extern RrSlice rr_key_field(const RrKeyTable *table, int key, int i);

/*
 * A key's value, as JSON text that may have holes; data is NULL for null. It
 * points into the table, and moves when further values come.
 */
static inline RrSlice
rr_key_value(const RrKeyTable *table, int key)
{
	const RrStepKey *k = &table->keys[key];

	Assert(key >= 0 && key < table->nkeys);
	return (RrSlice) {k->start < 0 ? NULL : table->values.data + k->start, k->len};
}

/*
 * Free the texts and the index: no key will be added or asked for its fields.
 * The values stay.
 */
extern void rr_key_table_drop_texts(RrKeyTable *table);

/* ---- key_columns.c: keys made of SQL values ---- */

/* How columns of certain types are written as the fields of a key. */
typedef struct RrKeyColumns RrKeyColumns;

/* Look up how n columns of these types are written. Lives in cxt. */
extern RrKeyColumns *rr_key_columns(int n, const Oid *types, MemoryContext cxt);

/*
 * The text of the key with these values, none of which may be an SQL NULL;
 * NULL when one of them is JSON's null. It lasts until the next call. Throws
 * what the types' output functions throw.
 */
extern const StringInfoData *rr_key_columns_text(RrKeyColumns *columns, const Datum *values);

#endif							/* RR_KEY_TABLE_H */
