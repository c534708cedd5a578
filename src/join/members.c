/*
 * members.c: finds the members of an object that is being scanned by name.
 */
#include "postgres.h"

#include "join/members.h"

bool
rr_find_member(RrScan scan, const char *name, int len, RrSlice *value)
{
	bool		first = true;
	bool		ok;
	RrSlice		other;

	for (; rr_scan_more(&scan, first, '}', &ok); first = false)
	{
		if (!rr_scan_name(&scan, &other) || !rr_scan_value(&scan, value))
			return false;
		if (rr_slice_is(other, name, len))
			return true;
	}
	return false;
}

/* ---- by shape ---- */

typedef struct MemberName
{
	RrSlice		name;
	int			number;			/* see rr_member_number() */
	uint32		hash;
	char		status;			/* of slice_hash.h */
} MemberName;

#define SH_PREFIX names
#define SH_ELEMENT_TYPE MemberName
#define SH_KEY name
#include "join/slice_hash.h"

typedef struct ShapeNames
{
	const RrObjectShape *object;
	names_hash *names;
} ShapeNames;

static void
add_name(names_hash *names, const char *name, int len, int number)
{
	bool		found;
	MemberName *entry = names_insert(names, (RrSlice) {name, len}, &found);

	if (!found)
		entry->number = number;
}

static names_hash *
names_of(HTAB **names, const RrObjectShape *object)
{
	ShapeNames *shape;
	bool		found;

	if (*names == NULL)
	{
		HASHCTL		info = {.keysize = sizeof(RrObjectShape *), .entrysize = sizeof(ShapeNames),
		.hcxt = CurrentMemoryContext};

		*names = hash_create("remote_rel member names", 16, &info,
							 HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	}
	shape = hash_search(*names, &object, HASH_ENTER, &found);
	if (found)
		return shape->names;
	shape->names = names_create(CurrentMemoryContext, object->nkeys + object->nfields, NULL);
	for (int i = 0; i < object->nkeys; i++)
		add_name(shape->names, object->key_aliases[i], strlen(object->key_aliases[i]), i);
	for (int i = 0; i < object->nfields; i++)
		if (object->fields[i].kind != RR_SHAPE_JOIN)
			add_name(shape->names, object->fields[i].alias, object->fields[i].alias_len,
					 object->nkeys + i);
	return shape->names;
}

int
rr_member_number(HTAB **names, const RrObjectShape *object, RrSlice name, int expected)
{
	int			i = expected - object->nkeys;	/* of a field */
	MemberName *entry;

	if (i >= 0 && i < object->nfields && object->fields[i].kind != RR_SHAPE_JOIN &&
		rr_slice_is(name, object->fields[i].alias, object->fields[i].alias_len))
		return expected;
	entry = names_lookup(names_of(names, object), name);
	return entry != NULL ? entry->number : -1;
}
