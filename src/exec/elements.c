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
	int			first;			/* positions of the keys in the batch */
	int			last;
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
append_match_text(StringInfo out, const char *text, int len)
{
	appendBinaryStringInfo(out, text, len);
	appendStringInfoChar(out, '\x1e');
}

static void
append_match(StringInfo out, const GqlValue *value)
{
	if (value->kind == GQL_VALUE_BOOLEAN)
		append_match_text(out, value->boolean ? "true" : "false", value->boolean ? 4 : 5);
	else
		append_match_text(out, value->text ? value->text : "", value->text ? value->len : 0);
}

/* The keys of the batch by the text that their elements must have. */
typedef struct KeyTexts
{
	matches_hash *hash;
	int		   *next;			/* from a position to the next with the same text; -1: none */
	StringInfoData text;		/* of the element at hand */
} KeyTexts;

static void
index_keys(KeyTexts *index, const RrBatch *batch)
{
	const RrRemoteJoin *join = batch->step->step->join;

	index->hash = matches_create(CurrentMemoryContext, batch->n, NULL);
	index->next = palloc(batch->n * sizeof(int));
	initStringInfo(&index->text);
	for (int i = 0; i < batch->n; i++)
	{
		MatchEntry *entry;
		ListCell   *lc;
		bool		found;

		resetStringInfo(&index->text);
		foreach(lc, join->relationship->to_remote_schema->batch_match)
			append_match(&index->text, &batch->step->keys[batch->keys[i]].values[rr_remote_join_key(join, ((RrBatchMatch *) lfirst(lc))->lhs)]);
		entry = matches_insert(index->hash, pstrdup(index->text.data), &found);
		if (found)
			index->next[entry->last] = i;
		else
			entry->first = i;
		entry->last = i;
		index->next[i] = -1;
	}
}

/* The first key that the element just read belongs to; -1: none. */
static int
match_element(const RrReader *reader, KeyTexts *index)
{
	const RrJoinStep *step = reader->step->step;
	MatchEntry *entry;

	if (reader->top == NULL)
		return -1;				/* null, or no object */
	resetStringInfo(&index->text);
	for (int i = 0; i < list_length(step->join->relationship->to_remote_schema->batch_match); i++)
	{
		RrSlice		slice = reader->top_keys[reader->top->match_slots[i]];
		RrSlice		plain;
		GqlValue   *value;

		if (rr_plain_key(slice, &plain))
		{
			append_match_text(&index->text, plain.data, plain.len);
			continue;
		}
		value = rr_read_key(slice);
		if (value == NULL || value->kind == GQL_VALUE_NULL)
			return -1;
		append_match(&index->text, value);
	}
	entry = matches_lookup(index->hash, index->text.data);
	return entry ? entry->first : -1;
}

static const GqlPath *
path_in_value(const Answer *answer, int ordinal, const GqlPath *path)
{
	const RrJoinStep *step = answer->batch->step->step;

	return step->join->relationship->to_remote_schema->array ? rr_path_copy(gql_path_index(NULL, ordinal), path) : path;
}

static void *
grow(void *array, int n, int *max, Size size)
{
	if (n < *max)
		return array;
	*max = *max ? *max * 2 : 64;
	return array ? repalloc_huge(array, *max * size) : palloc(*max * size);
}

/* Give the element just read to a key: its first one, or one more where a key has several. */
static void
assign(Answer *answer, int position, int *counts)
{
	const Element *element = &answer->elements[answer->nelements - 1];
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
	foreach(lc, answer->reader.pending)
	{
		const RrKeyError *error = lfirst(lc);

		rr_key_error(answer->batch->step, answer->batch->keys[position], error->message,
					 path_in_value(answer, counts[position], error->path), NULL);
	}
	answer->claims = grow(answer->claims, answer->nclaims, &answer->max_claims, sizeof(Claim));
	answer->claims[answer->nclaims++] = (Claim) {answer->nelements - 1, position, counts[position]++};
}

/* The lists of all elements of each key. */
static void
write_lists(Answer *answer, const int *counts)
{
	StringInfo	out = answer->reader.out;
	int		   *ends = palloc(answer->batch->n * sizeof(int));
	int		   *sorted = palloc(Max(answer->nclaims, 1) * sizeof(int));	/* elements, by position and ordinal */
	int			n = 0;

	for (int i = 0; i < answer->batch->n; i++)
		ends[i] = n += counts[i];
	for (int i = 0; i < answer->nclaims; i++)
	{
		const Claim *claim = &answer->claims[i];

		sorted[ends[claim->position] - counts[claim->position] + claim->ordinal] = claim->element;
	}
	for (int i = 0; i < answer->batch->n; i++)
	{
		Place	   *place = &answer->places[i];

		place->answered = true;
		place->start = out->len;
		appendStringInfoChar(out, '[');
		for (int j = ends[i] - counts[i]; j < ends[i]; j++)
		{
			const Element *element = &answer->elements[sorted[j]];

			if (j > ends[i] - counts[i])
				appendStringInfoChar(out, ',');
			enlargeStringInfo(out, element->len);	/* it is copied from the same buffer */
			appendBinaryStringInfo(out, out->data + element->start, element->len);
		}
		appendStringInfoChar(out, ']');
		place->len = out->len - place->start;
	}
}

/* Keys that no element was for are null; those that can have several get the list of them. */
static void
finish_places(Answer *answer, const int *counts)
{
	if (answer->batch->step->step->join->relationship->to_remote_schema->array)
	{
		write_lists(answer, counts);
		return;
	}
	for (int i = 0; i < answer->batch->n; i++)
		if (!answer->places[i].answered)
		{
			answer->places[i].answered = true;
			answer->places[i].start = -1;
		}
}

RrReadResult
rr_read_elements(Answer *answer)
{
	RrReader   *reader = &answer->reader;
	const RrBatch *batch = answer->batch;
	const RrJoinStep *step = batch->step->step;
	bool		by_position = rr_batch_kind(step) == RR_BATCH_POSITION;
	KeyTexts	index;
	int		   *counts = palloc0(Max(batch->n, 1) * sizeof(int));
	bool		first = true;
	bool		ok;
	RrSlice		ignored;

	if (!by_position)
		index_keys(&index, batch);
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
		Element    *element;
		RrReadResult result;

		answer->elements = grow(answer->elements, answer->nelements, &answer->max_elements, sizeof(Element));
		element = &answer->elements[answer->nelements];
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
		answer->nelements++;
		if (by_position)
		{
			if (answer->nelements <= batch->n)
				assign(answer, answer->nelements - 1, counts);
			continue;
		}
		if (element->start < 0 && step->join->relationship->to_remote_schema->array)
			continue;
		for (int position = match_element(reader, &index); position >= 0; position = index.next[position])
			assign(answer, position, counts);
	}
	if (!ok)
		return RR_READ_BROKEN;
	if (by_position && answer->nelements != batch->n)
	{
		memset(answer->places, 0, batch->n * sizeof(Place));
		rr_batch_error(batch, psprintf("remote schema \"%s\" answered %d keys with a list of %d", step->remote->def->name, batch->n,
									   answer->nelements));
		return RR_READ_NULL;
	}
	finish_places(answer, counts);
	return RR_READ_VALUE;
}

/* The first claim of an element or of a later one. */
static int
first_claim(const Answer *answer, int element)
{
	int			low = 0;
	int			high = answer->nclaims;

	while (low < high)
	{
		int			middle = low + (high - low) / 2;

		if (answer->claims[middle].element < element)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool
rr_element_error(const Answer *answer, int i, const char *message, const GqlPath *path, const char *upstream)
{
	bool		any = false;

	for (int c = first_claim(answer, i); c < answer->nclaims && answer->claims[c].element == i; c++)
	{
		const Claim *claim = &answer->claims[c];

		rr_key_error(answer->batch->step, answer->batch->keys[claim->position], message,
					 path_in_value(answer, claim->ordinal, path), upstream);
		any = true;
	}
	return any;
}
