/*
 * key_table.c: every distinct key of a step once, and its value.
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "utils/memutils.h"

#include "join/key_table.h"

/* ---- the index: from a text to a number ---- */

/*
 * An entry holds a number only: hashing and comparing read the text from the
 * table. So a text that is looked for has to have a number, too: PROBE.
 */
#define PROBE (-1)

typedef struct KeyIndexEntry
{
	int			number;
	uint32		hash;
	char		status;			/* of simplehash.h */
} KeyIndexEntry;

static inline RrSlice
text_of(const RrKeyTable *table, int number)
{
	int			start;
	int			end;

	if (number == PROBE)
		return table->probe;
	start = table->keys[number].text;
	end = number + 1 < table->nkeys ? table->keys[number + 1].text : table->texts.len;
	return (RrSlice) {table->texts.data + start, end - start};
}

static inline uint32
hash_text(const RrKeyTable *table, int number)
{
	RrSlice		text = text_of(table, number);

	return hash_bytes((const unsigned char *) text.data, text.len);
}

static inline bool
texts_are_equal(const RrKeyTable *table, int a, int b)
{
	RrSlice		text = text_of(table, b);

	return rr_slice_is(text_of(table, a), text.data, text.len);
}

#define SH_PREFIX RrKeyIndex
#define SH_ELEMENT_TYPE KeyIndexEntry
#define SH_KEY_TYPE int
#define SH_KEY number
#define SH_HASH_KEY(index, number) hash_text((index)->private_data, (number))
#define SH_EQUAL(index, a, b) texts_are_equal((index)->private_data, (a), (b))
#define SH_STORE_HASH
#define SH_GET_HASH(index, entry) (entry)->hash
#define SH_SCOPE static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

/* ---- the table ---- */

void
rr_key_table_init(RrKeyTable *table, MemoryContext cxt)
{
	MemoryContext old = MemoryContextSwitchTo(cxt);

	memset(table, 0, sizeof(RrKeyTable));
	table->cxt = cxt;
	table->index = RrKeyIndex_create(cxt, 64, table);
	initStringInfo(&table->texts);
	initStringInfo(&table->values);
	MemoryContextSwitchTo(old);
}

/* Add a key whose text the caller appends to the texts. */
static void
add_key(RrKeyTable *table)
{
	RrStepKey  *key;

	if (table->nkeys == table->capacity)
	{
		table->capacity = table->capacity > 0 ? table->capacity * 2 : 64;
		table->keys = table->keys != NULL
			? repalloc_huge(table->keys, table->capacity * sizeof(RrStepKey))
			: MemoryContextAlloc(table->cxt, table->capacity * sizeof(RrStepKey));
	}
	key = &table->keys[table->nkeys++];
	key->text = table->texts.len;
	key->start = -1;
	key->len = 0;
}

void
rr_key_table_add_roots(RrKeyTable *table, int n)
{
	for (int i = 0; i < n; i++)
		add_key(table);
}

int
rr_key_table_find_or_add(RrKeyTable *table, const StringInfoData *key_text, bool *added)
{
	KeyIndexEntry *entry;
	bool		found;

	table->probe = (RrSlice) {key_text->data, key_text->len};
	entry = RrKeyIndex_insert(table->index, PROBE, &found);
	*added = !found;
	if (found)
		return entry->number;
	entry->number = table->nkeys;
	add_key(table);
	rr_json_append(&table->texts, key_text->data, key_text->len);
	return table->nkeys - 1;
}

int
rr_key_table_find(RrKeyTable *table, const StringInfoData *key_text)
{
	KeyIndexEntry *entry;

	table->probe = (RrSlice) {key_text->data, key_text->len};
	entry = RrKeyIndex_lookup(table->index, PROBE);
	return entry != NULL ? entry->number : -1;
}

void
rr_key_text_append(StringInfo key_text, RrSlice value)
{
	rr_json_append(key_text, value.data, value.len);
	appendStringInfoChar(key_text, RR_END_OF_FIELD);
}

RrSlice
rr_key_field(const RrKeyTable *table, int key, int i)
{
	RrSlice		text = text_of(table, key);

	for (;; i--)
	{
		const char *end = memchr(text.data, RR_END_OF_FIELD, text.len);

		Assert(end != NULL);
		if (i == 0)
			return (RrSlice) {text.data, end - text.data};
		text.len -= end + 1 - text.data;
		text.data = end + 1;
	}
}

void
rr_key_table_drop_texts(RrKeyTable *table)
{
	RrKeyIndex_destroy(table->index);
	pfree(table->texts.data);
	table->index = NULL;
	table->texts.data = NULL;
}
