/*
 * elements.c: one list that answers many keys: its elements matched with the
 * keys by the values of their fields, or by their order.
 *
 * The upstream may leave keys out, answer one twice and give the list in any
 * order. Values are matched by their text, so an integer column finds the
 * upstream's "5" as well as its 5. Most lists come in the order of the keys,
 * so that is looked at first, and the keys are indexed only when it is not so.
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "nodes/bitmapset.h"

#include "join/answer.h"
#include "json/json.h"

typedef struct MatchEntry
{
	RrSlice		text;
	uint32		hash;
	int			first;			/* positions of the keys in the batch */
	int			last;
	char		status;
} MatchEntry;

#define SH_PREFIX matches
#define SH_ELEMENT_TYPE MatchEntry
#define SH_KEY_TYPE RrSlice
#define SH_KEY text
#define SH_HASH_KEY(table, key) hash_bytes((const unsigned char *) (key).data, (key).len)
#define SH_EQUAL(table, a, b) rr_slice_is((a), (b).data, (b).len)
#define SH_STORE_HASH
#define SH_GET_HASH(table, entry) (entry)->hash
#define SH_SCOPE static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

/* Finds the keys that elements are for. */
typedef struct Matcher
{
	Answer	   *answer;
	int			n;				/* values to match by */
	int		   *keys;			/* for each, which of the join's keys has it */
	bool		distinct;		/* no two keys of a batch have the same values */
	int			expected;		/* position of the key whose element should
								 * come next */
	matches_hash *hash;			/* NULL: not needed so far */
	StringInfoData text;		/* of the element or key at hand */
} Matcher;

static void
init_matcher(Matcher *matcher, Answer *answer)
{
	const RrStep *step = answer->batch->step->step;
	const List *matches = step->join->relationship->to_remote_schema->batch_match;
	Bitmapset  *used = NULL;
	ListCell   *lc;

	memset(matcher, 0, sizeof(Matcher));
	matcher->answer = answer;
	matcher->keys = palloc(Max(list_length(matches), 1) * sizeof(int));
	foreach(lc, matches)
	{
		int			key = rr_remote_join_key(step->join, ((RrBatchMatch *) lfirst(lc))->lhs);

		matcher->keys[matcher->n++] = key;
		used = bms_add_member(used, key);
	}

	/*
	 * A column's values differ where their images do. A remote's need not: 5
	 * and "5".
	 */
	matcher->distinct = step->parent == NULL && bms_num_members(used) == step->nkeys;
	initStringInfo(&matcher->text);
}

static RrSlice
key_value(const Matcher *matcher, int position, int i)
{
	const RrBatch *batch = matcher->answer->batch;

	return rr_key_slice(batch->step, batch->keys[position], matcher->keys[i]);
}

static RrSlice
element_value(const Matcher *matcher, int i)
{
	const RrReader *reader = &matcher->answer->reader;

	return reader->keys[reader->top->match_slots[i]];
}

/*
 * Append a value's text to the matcher's. False for null, and for what is no
 * text.
 */
static bool
append_match(Matcher *matcher, RrSlice json)
{
	RrSlice		text;
	GqlValue   *value;

	if (json.data[0] == '"' && !rr_plain_string(json, &text))
	{
		value = gql_value_from_json(json);
		if (value == NULL)
			return false;
		text = (RrSlice) {value->text, value->len};
	}
	else if (json.data[0] != '"')
		text = json;

	rr_json_append(&matcher->text, (const char *) &text.len, sizeof(text.len));
	rr_json_append(&matcher->text, text.data, text.len);
	return !rr_slice_is(json, "null", 4);
}

static bool
append_matches(Matcher *matcher, int position)
{
	resetStringInfo(&matcher->text);
	for (int i = 0; i < matcher->n; i++)
		if (!append_match(matcher, position < 0 ? element_value(matcher, i)
						  : key_value(matcher, position, i)))
			return false;
	return true;
}

static RrSlice
match_text(const Matcher *matcher)
{
	return (RrSlice)
	{
		matcher->text.data, matcher->text.len
	};
}

/*
 * All keys by the text that their elements must have; those of one text are
 * chained.
 */
static void
index_keys(Matcher *matcher)
{
	Answer	   *answer = matcher->answer;
	int			n = answer->batch->n;

	matcher->hash = matches_create(CurrentMemoryContext, n, NULL);
	if (!matcher->distinct)
		answer->next_equal = palloc(n * sizeof(int));
	for (int i = 0; i < n; i++)
	{
		MatchEntry *entry;
		bool		found;

		append_matches(matcher, i);
		entry = matches_insert(matcher->hash, match_text(matcher), &found);
		if (!found)
		{
			entry->text.data = memcpy(palloc(matcher->text.len), matcher->text.data,
									  matcher->text.len);
			entry->first = i;
		}
		else if (!matcher->distinct)
			answer->next_equal[entry->last] = i;
		entry->last = i;
		if (!matcher->distinct)
			answer->next_equal[i] = -1;
	}
}

static bool
is_for(const Matcher *matcher, int position)
{
	for (int i = 0; i < matcher->n; i++)
	{
		RrSlice		value = key_value(matcher, position, i);

		if (!rr_slice_is(element_value(matcher, i), value.data, value.len))
			return false;
	}
	return true;
}

/* The first key that the element just read belongs to; -1: none. */
static int
match_element(Matcher *matcher)
{
	MatchEntry *entry;

	if (matcher->answer->reader.top == NULL)
		return -1;				/* null, or no object */
	if (matcher->distinct)
	{
		/* the next one, or one more for the last one */
		if (matcher->expected < matcher->answer->batch->n && is_for(matcher, matcher->expected))
			return matcher->expected++;
		if (matcher->expected > 0 && is_for(matcher, matcher->expected - 1))
			return matcher->expected - 1;
	}
	if (matcher->hash == NULL)
		index_keys(matcher);
	if (!append_matches(matcher, -1))
		return -1;
	entry = matches_lookup(matcher->hash, match_text(matcher));
	if (entry == NULL)
		return -1;
	matcher->expected = entry->first + 1;
	return entry->first;
}

static const GqlPath *
path_in_value(const Answer *answer, int ordinal, const GqlPath *path)
{
	const RrStep *step = answer->batch->step->step;

	return step->join->relationship->to_remote_schema->array
		? rr_path_copy(gql_path_index(NULL, ordinal), path) : path;
}

/* Those of equal keys after this one; -1: there is none. */
static int
next_equal(const Answer *answer, int position)
{
	return answer->next_equal ? answer->next_equal[position] : -1;
}

static bool
has_several(const Answer *answer)
{
	return answer->batch->step->step->join->relationship->to_remote_schema->array;
}

/* File an error of an element's inside at every key that has it. */
static bool
file_element_error(const Answer *answer, const Element *element, const char *message,
				   const GqlPath *path, const char *upstream)
{
	for (int position = element->position; position >= 0; position = next_equal(answer, position))
		rr_key_error(answer->batch->step, answer->batch->keys[position], message,
					 path_in_value(answer, element->ordinal, path), upstream);
	return element->position >= 0;
}

/*
 * Give the element just read to a key, and those equal to it: its first one,
 * or one more where a key has several.
 */
static void
assign(Answer *answer, Element *element, int position, int *counts)
{
	ListCell   *lc;

	element->position = -1;
	if (position < 0 || (!has_several(answer) && counts[position] > 0))
		return;
	element->position = position;
	element->ordinal = counts[position]++;
	foreach(lc, answer->reader.pending)
	{
		const RrKeyError *error = lfirst(lc);

		file_element_error(answer, element, error->message, error->path, NULL);
	}
}

/* The lists of all elements of each key. */
static void
write_lists(Answer *answer, const int *counts)
{
	StringInfo	out = answer->reader.out;
	int			end_of_elements = out->len;
	int		   *ends = palloc(answer->batch->n * sizeof(int));
	int		   *sorted = palloc(Max(answer->nelements, 1) * sizeof(int));	/* elements, by position
																			 * and ordinal */
	int			n = 0;

	for (int i = 0; i < answer->batch->n; i++)
		ends[i] = n += counts[i];
	for (int i = 0; i < answer->nelements; i++)
	{
		const Element *element = &answer->elements[i];

		if (element->position >= 0)
			sorted[ends[element->position] - counts[element->position] + element->ordinal] = i;
	}
	for (int i = 0; i < answer->batch->n; i++)
	{
		Place	   *place = &answer->places[i];

		place->start = out->len;
		rr_json_append(out, "[", 1);
		for (int j = ends[i] - counts[i]; j < ends[i]; j++)
		{
			const Element *element = &answer->elements[sorted[j]];

			if (j > ends[i] - counts[i])
				rr_json_append(out, ",", 1);
			rr_json_reserve(out, element->len); /* it is copied from the same
												 * buffer */
			rr_json_append(out, out->data + element->start, element->len);
		}
		rr_json_append(out, "]", 1);
		place->len = out->len - place->start;
	}

	/* over the elements, which are in the lists now */
	memmove(out->data + answer->start, out->data + end_of_elements, out->len - end_of_elements);
	out->len -= end_of_elements - answer->start;
	for (int i = 0; i < answer->batch->n; i++)
		answer->places[i].start -= end_of_elements - answer->start;
}

static void
set_null(Answer *answer)
{
	for (int i = 0; i < answer->batch->n; i++)
		answer->places[i] = (Place)
	{
		.answered = true, .start = -1
	};
}

/*
 * All keys are answered: those that no element was for with null or an empty
 * list.
 */
static void
fill_places(Answer *answer, const int *counts)
{
	set_null(answer);
	if (has_several(answer))
		write_lists(answer, counts);
	else
		for (int i = 0; i < answer->nelements; i++)
		{
			const Element *element = &answer->elements[i];

			if (element->position >= 0)
			{
				answer->places[element->position].start = element->start;
				answer->places[element->position].len = element->len;
			}
		}

	/*
	 * a chain is in order, so what a place gets from the one before has come
	 * there already
	 */
	for (int i = 0; answer->next_equal && i < answer->batch->n; i++)
		if (answer->next_equal[i] >= 0)
			answer->places[answer->next_equal[i]] = answer->places[i];
}

/* The element that comes next. RR_READ_NULL for null. */
static RrReadResult
read_element(Answer *answer)
{
	RrReader   *reader = &answer->reader;
	const RrShape *shape = answer->batch->step->step->shape;
	RrReadResult result;
	Element    *element;

	if (answer->nelements == answer->max_elements)
	{
		answer->max_elements = answer->elements ? answer->max_elements * 2
			: Max(answer->batch->n, 64);
		answer->elements = answer->elements ? repalloc_huge(answer->elements,
															answer->max_elements * sizeof(Element)) :
			palloc(answer->max_elements * sizeof(Element));
	}
	element = &answer->elements[answer->nelements++];
	reader->pending = NIL;
	reader->top = NULL;
	element->start = reader->out->len;
	result = rr_read_nullable(reader, shape->type, shape, NULL);
	element->len = reader->out->len - element->start;
	if (result == RR_READ_NULL)
	{
		reader->out->len = element->start;
		element->start = -1;
	}
	return result;
}

RrReadResult
rr_read_elements(Answer *answer)
{
	RrReader   *reader = &answer->reader;
	const RrBatch *batch = answer->batch;
	const RrStep *step = batch->step->step;
	bool		by_position = rr_batch_kind(step) == RR_BATCH_POSITION;
	int		   *counts = palloc0(Max(batch->n, 1) * sizeof(int));	/* of elements, by
																	 * position */
	Matcher		matcher;
	bool		first = true;
	bool		ok;
	RrSlice		ignored;

	if (rr_scan_peek(&reader->scan) == 'n')
	{
		set_null(answer);
		return rr_scan_value(&reader->scan, &ignored) ? RR_READ_NULL : RR_READ_BROKEN;
	}
	if (!rr_scan_char(&reader->scan, '['))
		return RR_READ_BROKEN;
	answer->start = reader->out->len;
	if (!by_position)
		init_matcher(&matcher, answer);
	reader->key = -1;
	for (; rr_scan_more(&reader->scan, first, ']', &ok); first = false)
	{
		RrReadResult result = read_element(answer);
		Element    *element = &answer->elements[answer->nelements - 1];
		int			position = -1;

		if (result == RR_READ_BROKEN)
			return result;
		if (by_position)
			position = answer->nelements <= batch->n ? answer->nelements - 1 : -1;
		else if (result == RR_READ_VALUE || !has_several(answer))
			position = match_element(&matcher);
		assign(answer, element, position, counts);
	}
	if (!ok)
		return RR_READ_BROKEN;
	if (by_position && answer->nelements != batch->n)
	{
		rr_keys_error(batch->step, batch->keys, batch->n,
					  psprintf("remote schema \"%s\" answered %d keys with a list of %d",
							   step->remote->def->name, batch->n,
							   answer->nelements), NULL);
		return RR_READ_NULL;
	}
	fill_places(answer, counts);
	return RR_READ_VALUE;
}

bool
rr_element_error(const Answer *answer, int i, const char *message, const GqlPath *path,
				 const char *upstream)
{
	return i >= 0 && i < answer->nelements && file_element_error(answer, &answer->elements[i],
																 message, path, upstream);
}
