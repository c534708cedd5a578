/*
 * elements.c: one list that answers many keys: its elements matched with the keys by the values of their fields, or by their order.
 *
 * The upstream may leave keys out, answer one twice and give the list in any order. Values are matched by their text, so an integer column finds the
 * upstream's "5" as well as its 5.
 */
#include "postgres.h"

#include "common/hashfn.h"

#include "exec/answer.h"

typedef struct MatchEntry
{
	const char *text;
	uint32		hash;
	List	   *positions;		/* integers */
	char		status;
} MatchEntry;

#define SH_PREFIX matches
#define SH_ELEMENT_TYPE MatchEntry
#define SH_KEY_TYPE const char *
#define SH_KEY text
#define SH_HASH_KEY(table, key) hash_bytes((const unsigned char *) (key), strlen(key))
#define SH_EQUAL(table, a, b) (strcmp((a), (b)) == 0)
#define SH_STORE_HASH
#define SH_GET_HASH(table, entry) (entry)->hash
#define SH_SCOPE static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

static void
append_match(StringInfo out, const GqlValue *value)
{
	if (value->kind == GQL_VALUE_BOOLEAN)
		appendStringInfoString(out, value->boolean ? "true" : "false");
	else if (value->text != NULL)
		appendBinaryStringInfo(out, value->text, value->len);
	appendStringInfoChar(out, '\x1e');
}

/* The keys of the batch by the text that their elements must have. */
static matches_hash *
index_keys(const RrBatch *batch)
{
	const RrRemoteJoin *join = batch->step->step->join;
	matches_hash *index = matches_create(CurrentMemoryContext, batch->n, NULL);
	StringInfoData text;

	initStringInfo(&text);
	for (int i = 0; i < batch->n; i++)
	{
		MatchEntry *entry;
		ListCell   *lc;
		bool		found;

		resetStringInfo(&text);
		foreach(lc, join->relationship->to_remote_schema->batch_match)
			append_match(&text, &batch->step->keys[batch->keys[i]].values[rr_remote_join_key(join, ((RrBatchMatch *) lfirst(lc))->lhs)]);
		entry = matches_insert(index, pstrdup(text.data), &found);
		if (!found)
			entry->positions = NIL;
		entry->positions = lappend_int(entry->positions, i);
	}
	return index;
}

/* The keys that the element just read belongs to. */
static List *
match_element(const RrReader *reader, matches_hash *index)
{
	const RrJoinStep *step = reader->step->step;
	StringInfoData text;
	MatchEntry *entry;

	if (reader->top == NULL)
		return NIL;				/* null, or no object */
	initStringInfo(&text);
	for (int i = 0; i < list_length(step->join->relationship->to_remote_schema->batch_match); i++)
	{
		RrSlice		slice = reader->top_keys[reader->top->match_slots[i]];
		GqlValue   *value = gql_parse_value(slice.data, slice.len, gql_errors_create(1, NULL));

		if (value == NULL || value->kind == GQL_VALUE_NULL)
			return NIL;
		append_match(&text, value);
	}
	entry = matches_lookup(index, text.data);
	return entry ? entry->positions : NIL;
}

static const GqlPath *
path_in_value(const Answer *answer, int ordinal, const GqlPath *path)
{
	const RrJoinStep *step = answer->batch->step->step;

	return step->join->relationship->to_remote_schema->array ? rr_path_copy(gql_path_index(NULL, ordinal), path) : path;
}

/* Give an element to a key: its first one, or one more where a key has several. */
static void
assign(Answer *answer, Element *element, int position, int *counts, List *pending)
{
	bool		array = answer->batch->step->step->join->relationship->to_remote_schema->array;
	Place	   *place = &answer->places[position];
	ListCell   *lc;

	if (!array && place->answered)
		return;
	place->answered = true;
	if (!array)
	{
		place->start = element->start;
		place->len = element->len;
	}
	foreach(lc, pending)
	{
		const RrKeyError *error = lfirst(lc);

		rr_key_error(answer->batch->step, answer->batch->keys[position], error->message,
					 path_in_value(answer, counts[position], error->path), NULL);
	}
	element->positions = lappend_int(element->positions, position);
	element->ordinals = lappend_int(element->ordinals, counts[position]++);
}

/* Keys that no element was for are null; those that can have several get the list of them. */
static void
finish_places(Answer *answer)
{
	const RrBatch *batch = answer->batch;
	StringInfo	out = answer->reader.out;
	List	  **lists;
	ListCell   *lc;

	if (!batch->step->step->join->relationship->to_remote_schema->array)
	{
		for (int i = 0; i < batch->n; i++)
			if (!answer->places[i].answered)
			{
				answer->places[i].answered = true;
				answer->places[i].start = -1;
			}
		return;
	}
	lists = palloc0(batch->n * sizeof(List *));
	foreach(lc, answer->elements)
	{
		Element    *element = lfirst(lc);
		ListCell   *position;

		foreach(position, element->positions)
			lists[lfirst_int(position)] = lappend(lists[lfirst_int(position)], element);
	}
	for (int i = 0; i < batch->n; i++)
	{
		Place	   *place = &answer->places[i];

		place->answered = true;
		place->start = out->len;
		appendStringInfoChar(out, '[');
		foreach(lc, lists[i])
		{
			const Element *element = lfirst(lc);

			if (foreach_current_index(lc) > 0)
				appendStringInfoChar(out, ',');
			enlargeStringInfo(out, element->len);	/* it is copied from the same buffer */
			appendBinaryStringInfo(out, out->data + element->start, element->len);
		}
		appendStringInfoChar(out, ']');
		place->len = out->len - place->start;
	}
}

RrReadResult
rr_read_elements(Answer *answer)
{
	RrReader   *reader = &answer->reader;
	const RrBatch *batch = answer->batch;
	const RrJoinStep *step = batch->step->step;
	bool		by_position = rr_batch_kind(step) == RR_BATCH_POSITION;
	matches_hash *index = by_position ? NULL : index_keys(batch);
	int		   *counts = palloc0(Max(batch->n, 1) * sizeof(int));
	bool		first = true;
	bool		ok;
	RrSlice		ignored;

	if (rr_scan_peek(&reader->scan) == 'n')
	{
		for (int i = 0; i < batch->n; i++)
		{
			answer->places[i].answered = true;
			answer->places[i].start = -1;
		}
		return rr_scan_value(&reader->scan, &ignored) ? RR_READ_NULL : RR_READ_BROKEN;
	}
	if (!rr_scan_char(&reader->scan, '['))
		return RR_READ_BROKEN;
	reader->key = -1;
	for (; rr_scan_more(&reader->scan, first, ']', &ok); first = false)
	{
		Element    *element = palloc0(sizeof(Element));
		int			number = list_length(answer->elements);
		RrReadResult result;
		ListCell   *lc;

		reader->pending = NIL;
		reader->top = NULL;
		element->start = reader->out->len;
		result = rr_read_nullable(reader, step->shape->type, step->shape, NULL);
		if (result == RR_READ_BROKEN)
			return result;
		if (result == RR_READ_NULL)
		{
			reader->out->len = element->start;
			element->start = -1;
		}
		element->len = reader->out->len - element->start;
		answer->elements = lappend(answer->elements, element);
		if (by_position)
		{
			if (number < batch->n)
				assign(answer, element, number, counts, reader->pending);
			continue;
		}
		if (element->start < 0 && step->join->relationship->to_remote_schema->array)
			continue;
		foreach(lc, match_element(reader, index))
			assign(answer, element, lfirst_int(lc), counts, reader->pending);
	}
	if (!ok)
		return RR_READ_BROKEN;
	if (by_position && list_length(answer->elements) != batch->n)
	{
		memset(answer->places, 0, batch->n * sizeof(Place));
		rr_batch_error(batch, psprintf("remote schema \"%s\" answered %d keys with a list of %d", step->remote->def->name, batch->n,
									   list_length(answer->elements)));
		return RR_READ_NULL;
	}
	finish_places(answer);
	return RR_READ_VALUE;
}

bool
rr_element_error(const Answer *answer, int i, const char *message, const GqlPath *path, const char *upstream)
{
	const Element *element;
	ListCell   *position;
	ListCell   *ordinal;

	if (i < 0 || i >= list_length(answer->elements))
		return false;
	element = list_nth(answer->elements, i);
	forboth(position, element->positions, ordinal, element->ordinals)
		rr_key_error(answer->batch->step, answer->batch->keys[lfirst_int(position)], message,
					 path_in_value(answer, lfirst_int(ordinal), path), upstream);
	return element->positions != NIL;
}
