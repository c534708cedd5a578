/*
 * key_equality.c: which values of one joining field are equal: those that the
 * type of its column takes for equal.
 *
 * An upstream may spell a value in its own way: 1.5 for a numeric 1.50, or a
 * uuid in capitals. A value that is spelled like a key's is found by its text.
 * Only the others are read, by the type's input function; where that throws,
 * the value equals no key.
 */
#include "postgres.h"

#include "catalog/pg_collation.h"
#include "catalog/pg_type.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/typcache.h"

#include "base/subtransaction.h"
#include "join/key_equality.h"

/* ---- from texts and values to classes ---- */

typedef struct TextEntry
{
	RrSlice		text;
	uint32		hash;
	int			class;
	char		status;			/* of slice_hash.h */
} TextEntry;

#define SH_PREFIX texts
#define SH_ELEMENT_TYPE TextEntry
#define SH_KEY text
#include "join/slice_hash.h"

typedef struct ValueEntry
{
	Datum		value;
	uint32		hash;
	int			class;
	char		status;			/* of simplehash.h */
} ValueEntry;

static uint32 hash_value(RrKeyEquality *equality, Datum value);
static bool values_are_equal(RrKeyEquality *equality, Datum a, Datum b);

#define SH_PREFIX values
#define SH_ELEMENT_TYPE ValueEntry
#define SH_KEY_TYPE Datum
#define SH_KEY value
#define SH_HASH_KEY(table, key) hash_value((table)->private_data, (key))
#define SH_EQUAL(table, a, b) values_are_equal((table)->private_data, (a), (b))
#define SH_STORE_HASH
#define SH_GET_HASH(table, entry) (entry)->hash
#define SH_SCOPE static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

struct RrKeyEquality
{
	MemoryContext cxt;
	MemoryContext reading;		/* reset after each value */
	TypeCacheEntry *type;
	Oid			ioparam;
	FmgrInfo	input;
	bool		lazy;			/* true until the keys have been read, which
								 * the first unknown text causes */
	int			nclasses;
	texts_hash *texts;
	values_hash *values;
};

static uint32
hash_value(RrKeyEquality *equality, Datum value)
{
	return DatumGetUInt32(FunctionCall1Coll(&equality->type->hash_proc_finfo,
											DEFAULT_COLLATION_OID, value));
}

static bool
values_are_equal(RrKeyEquality *equality, Datum a, Datum b)
{
	return DatumGetBool(FunctionCall2Coll(&equality->type->eq_opr_finfo, DEFAULT_COLLATION_OID,
										  a, b));
}

/* ---- which type compares ---- */

/* Return the type that compares; InvalidOid: compare texts. */
static Oid
comparing_type(const RrJoinKey *key)
{
	if (key->field != NULL)
		return strcmp(gql_named_type(key->field->type)->name, "Float") == 0 ? NUMERICOID
			: InvalidOid;
	switch (key->type)
	{
		case INT2OID:
		case INT4OID:
		case INT8OID:
			return NUMERICOID;	/* 5.0 is 5 */
		case TEXTOID:
		case VARCHAROID:
		case NAMEOID:
		case JSONOID:
		case JSONBOID:
			return InvalidOid;
		default:
			break;
	}
	switch (get_typtype(key->type))
	{
		case TYPTYPE_BASE:
		case TYPTYPE_RANGE:
			return OidIsValid(get_element_type(key->type)) ? InvalidOid : key->type;
		default:
			/* The input function does not read to_json()'s output. */
			return InvalidOid;
	}
}

bool
rr_equal_keys_differ(const RrJoinKey *key)
{
	switch (key->type)
	{
		case INT2OID:
		case INT4OID:
		case INT8OID:
		case BOOLOID:
		case UUIDOID:
		case DATEOID:
		case TIMEOID:
		case TIMESTAMPOID:
		case TIMESTAMPTZOID:
			return false;
		default:
			return OidIsValid(comparing_type(key));
	}
}

RrKeyEquality *
rr_key_equality_create(const RrJoinKey *key)
{
	Oid			type = comparing_type(key);
	TypeCacheEntry *entry;
	RrKeyEquality *equality;
	Oid			input;

	if (!OidIsValid(type))
		return NULL;
	entry = lookup_type_cache(type, TYPECACHE_EQ_OPR_FINFO | TYPECACHE_HASH_PROC_FINFO);
	if (!OidIsValid(entry->eq_opr_finfo.fn_oid) || !OidIsValid(entry->hash_proc_finfo.fn_oid))
		return NULL;
	equality = palloc0(sizeof(RrKeyEquality));
	equality->cxt = CurrentMemoryContext;
	equality->reading = AllocSetContextCreate(CurrentMemoryContext, "remote_rel equality",
											  ALLOCSET_SMALL_SIZES);
	equality->type = entry;
	getTypeInputInfo(type, &input, &equality->ioparam);
	fmgr_info(input, &equality->input);
	equality->lazy = key->field == NULL && !rr_equal_keys_differ(key);
	equality->texts = texts_create(CurrentMemoryContext, 64, NULL);
	equality->values = values_create(CurrentMemoryContext, 64, equality);
	return equality;
}

/* ---- reading and looking up ---- */

/* Read a value. Throws what the type's input function throws. */
static Datum
read_value(RrKeyEquality *equality, RrSlice text)
{
	return InputFunctionCall(&equality->input, pnstrdup(text.data, text.len), equality->ioparam,
							 -1);
}

/*
 * Add a value, with this class unless it is there. Returns the class it has.
 */
static int
add_value(RrKeyEquality *equality, Datum value, int class)
{
	MemoryContext old = MemoryContextSwitchTo(equality->cxt);
	ValueEntry *entry = values_lookup(equality->values, value);
	bool		found;

	if (entry == NULL)
	{
		value = datumCopy(value, equality->type->typbyval, equality->type->typlen);
		entry = values_insert(equality->values, value, &found);
		entry->class = class;
	}
	MemoryContextSwitchTo(old);
	return entry->class;
}

/* One value, for rr_run_in_subtransaction(). */
typedef struct Lookup
{
	RrKeyEquality *equality;
	RrSlice		text;
	bool		add;
	int			class;
} Lookup;

static void
look_up_value(void *arg)
{
	Lookup	   *lookup = arg;
	RrKeyEquality *equality = lookup->equality;
	MemoryContext old = MemoryContextSwitchTo(equality->reading);
	Datum		value = read_value(equality, lookup->text);
	const ValueEntry *entry;

	if (lookup->add)
	{
		lookup->class = add_value(equality, value, equality->nclasses);
		equality->nclasses = Max(equality->nclasses, lookup->class + 1);
	}
	else
	{
		entry = values_lookup(equality->values, value);
		lookup->class = entry != NULL ? entry->class : -1;
	}
	MemoryContextSwitchTo(old);
}

/* Read all keys' values, and give each the class of its text. */
static void
read_keys(void *arg)
{
	RrKeyEquality *equality = arg;
	MemoryContext old = MemoryContextSwitchTo(equality->reading);
	texts_iterator iterator;
	const TextEntry *entry;

	texts_start_iterate(equality->texts, &iterator);
	while ((entry = texts_iterate(equality->texts, &iterator)) != NULL)
		add_value(equality, read_value(equality, entry->text), entry->class);
	MemoryContextSwitchTo(old);
}

static void
run(RrKeyEquality *equality, void (*function) (void *arg), void *arg)
{
	ErrorData  *error = rr_run_in_subtransaction(function, arg);

	if (error != NULL)
		FreeErrorData(error);
	MemoryContextReset(equality->reading);
}

static int
class_of(RrKeyEquality *equality, RrSlice text, bool add)
{
	Lookup		lookup = {equality, text, add, -1};

	if (memchr(text.data, '\0', text.len) == NULL)
		run(equality, look_up_value, &lookup);
	return lookup.class;
}

int
rr_key_equality_add(RrKeyEquality *equality, RrSlice text)
{
	TextEntry  *entry = texts_lookup(equality->texts, text);
	bool		found;
	int			class;

	if (entry != NULL)
		return entry->class;
	class = equality->lazy ? -1 : class_of(equality, text, true);
	if (class < 0)
		class = equality->nclasses++;
	text.data = memcpy(MemoryContextAlloc(equality->cxt, text.len + 1), text.data, text.len);
	entry = texts_insert(equality->texts, text, &found);
	entry->class = class;
	return class;
}

int
rr_key_equality_find(RrKeyEquality *equality, RrSlice text)
{
	const TextEntry *entry = texts_lookup(equality->texts, text);

	if (entry != NULL)
		return entry->class;
	if (equality->lazy)
	{
		equality->lazy = false;
		run(equality, read_keys, equality);
	}
	return class_of(equality, text, false);
}
