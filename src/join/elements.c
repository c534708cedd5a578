/*
 * elements.c: gives the elements of a list that answers many keys to their
 * keys, by the values of match fields or by order.
 *
 * The upstream may leave keys out, answer one twice and order the list as it
 * likes. Values are matched as the column's type compares them
 * (key_equality.c), or by their text; a string is its text, so an integer
 * column matches the upstream's "5" as well as its 5. Most lists come in the
 * order of the keys: that is tried first, and keys are indexed only when it
 * fails.
 */
#include "postgres.h"

#include "nodes/bitmapset.h"
#include "utils/memutils.h"

#include "join/answer.h"
#include "join/key_equality.h"
#include "json/json.h"

typedef struct MatchEntry
{
	RrSlice		text;
	uint32		hash;
	int			first;			/* position in the batch of the first key with
								 * this text */
	int			last;			/* of the last one so far */
	char		status;			/* of slice_hash.h */
} MatchEntry;

#define SH_PREFIX matches
#define SH_ELEMENT_TYPE MatchEntry
#define SH_KEY text
#include "join/slice_hash.h"

/* Finds the keys that elements are for. */
typedef struct Matcher
{
	RrAnswer   *answer;
	int			nfields;		/* to match by */
	int		   *fields;			/* for each, which field of a key has it */
	RrKeyEquality **equalities; /* for each, which values are equal; NULL:
								 * those of one text */
	bool		distinct;		/* no two keys of a batch have the same values */
	int			expected;		/* position of the key whose element should
								 * come next */
	matches_hash *index;		/* from a match text to positions; NULL: not
								 * needed so far */
	StringInfoData text;		/* the match text of the element or key at
								 * hand */
} Matcher;

static void
init_matcher(Matcher *matcher, RrAnswer *answer)
{
	const RrStep *step = answer->batch->step->plan;
	const List *matches = step->join->relationship->to_remote_schema->batch_match;
	Bitmapset  *used = NULL;
	bool		differ = false; /* equal values, in their texts */
	ListCell   *lc;

	memset(matcher, 0, sizeof(Matcher));
	matcher->answer = answer;
	matcher->fields = palloc(list_length(matches) * sizeof(int));
	matcher->equalities = palloc(list_length(matches) * sizeof(RrKeyEquality *));
	foreach(lc, matches)
	{
		int			key = rr_remote_join_key(step->join, ((RrBatchMatch *) lfirst(lc))->lhs);

		differ |= rr_equal_keys_differ(&step->keys[key]);
		matcher->equalities[matcher->nfields] = rr_key_equality_create(&step->keys[key]);
		matcher->fields[matcher->nfields++] = key;
		used = bms_add_member(used, key);
	}

	/*
	 * In most columns, different texts are different values. Not so in fields
	 * of remote types: 5 and "5" match the same elements.
	 */
	matcher->distinct = step->parent == NULL && !differ &&
		bms_num_members(used) == step->nkeys;
	initStringInfo(&matcher->text);
}

/* The value of a key that field i has to match. */
static RrSlice
key_value(const Matcher *matcher, int position, int i)
{
	const RrBatch *batch = matcher->answer->batch;

	return rr_key_field(&batch->step->table, batch->keys[position], matcher->fields[i]);
}

/* The value that field i of the element at hand has. */
static RrSlice
element_value(const Matcher *matcher, int i)
{
	const RrReader *reader = &matcher->answer->reader;

	return reader->keys[reader->top->match_slots[i]];
}

/*
 * The text of a JSON value: what a string says, or the value as it stands.
 * False for null, and for a string that is not valid text: they match nothing.
 */
static bool
plain_text(RrSlice json, RrSlice *text)
{
	GqlValue   *value;

	*text = json;
	if (json.data[0] != '"' || rr_plain_string(json, text))
		return !rr_slice_is(json, "null", 4);
	value = gql_value_from_json(json);
	if (value == NULL)
		return false;
	*text = (RrSlice) {value->text, value->len};
	return true;
}

/*
 * Make the match text of the key at position; of the element at hand if
 * position is -1. For each field it has the class of the value, or its text.
 * Return false when the key or element matches nothing.
 */
static bool
append_matches(Matcher *matcher, int position)
{
	resetStringInfo(&matcher->text);
	for (int i = 0; i < matcher->nfields; i++)
	{
		RrKeyEquality *equality = matcher->equalities[i];
		RrSlice		text;
		int			class;

		if (!plain_text(position < 0 ? element_value(matcher, i)
						: key_value(matcher, position, i), &text))
			return false;
		if (equality == NULL)
		{
			rr_json_append(&matcher->text, (const char *) &text.len, sizeof(text.len));
			rr_json_append(&matcher->text, text.data, text.len);
			continue;
		}
		class = position < 0 ? rr_key_equality_find(equality, text)
			: rr_key_equality_add(equality, text);
		if (class < 0)
			return false;
		rr_json_append(&matcher->text, (const char *) &class, sizeof(class));
	}
	return true;
}

static RrSlice
match_text(const Matcher *matcher)
{
	return (RrSlice) {matcher->text.data, matcher->text.len};
}

/* Index all keys by their match texts; keys of one text are chained. */
static void
index_keys(Matcher *matcher)
{
	RrAnswer   *answer = matcher->answer;
	int			n = answer->batch->nkeys;

	matcher->index = matches_create(CurrentMemoryContext, n, NULL);
	if (!matcher->distinct)
		answer->next_equal = palloc(n * sizeof(int));
	for (int i = 0; i < n; i++)
	{
		MatchEntry *entry;
		bool		found;

		append_matches(matcher, i);
		entry = matches_insert(matcher->index, match_text(matcher), &found);
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

/* Does the element at hand have the key's values, byte for byte? */
static bool
is_for(const Matcher *matcher, int position)
{
	for (int i = 0; i < matcher->nfields; i++)
	{
		RrSlice		value = key_value(matcher, position, i);

		if (!rr_slice_is(element_value(matcher, i), value.data, value.len))
			return false;
	}
	return true;
}

/* The position of the first key that the element at hand is for; -1: none. */
static int
match_element(Matcher *matcher)
{
	MatchEntry *entry;

	if (matcher->answer->reader.top == NULL)
		return -1;				/* null, or no object */
	if (matcher->distinct)
	{
		/* it is the next key's, or one more of the last key's */
		if (matcher->expected < matcher->answer->batch->nkeys && is_for(matcher, matcher->expected))
			return matcher->expected++;
		if (matcher->expected > 0 && is_for(matcher, matcher->expected - 1))
			return matcher->expected - 1;
	}
	if (matcher->index == NULL)
		index_keys(matcher);
	if (!append_matches(matcher, -1))
		return -1;
	entry = matches_lookup(matcher->index, match_text(matcher));
	if (entry == NULL)
		return -1;
	matcher->expected = entry->first + 1;
	return entry->first;
}

/* Can a key have several elements, a list of which is its value? */
static bool
has_several(const RrAnswer *answer)
{
	return answer->batch->step->plan->join->relationship->to_remote_schema->array;
}

/* A path inside of an element, as one inside of the key's value. */
static const GqlPath *
path_in_value(const RrAnswer *answer, int ordinal, const GqlPath *path)
{
	return has_several(answer) ? rr_path_copy(gql_path_index(NULL, ordinal), path) : path;
}

/* The position of the next key with the same elements; -1: none. */
static int
next_equal(const RrAnswer *answer, int position)
{
	return answer->next_equal ? answer->next_equal[position] : -1;
}

/* File an error inside of an element at every key that has it. */
static bool
file_element_error(const RrAnswer *answer, const RrElement *element, const char *message,
				   const GqlPath *path, const char *upstream)
{
	for (int position = element->position; position >= 0; position = next_equal(answer, position))
	{
		int			key = answer->batch->keys[position];

		if (rr_keeps_key_error(answer->batch->step, key))
			rr_key_error(answer->batch->step, key, message,
						 path_in_value(answer, element->ordinal, path), upstream);
	}
	return element->position >= 0;
}

/*
 * Give the element at hand to the key at a position, and with it to those that
 * share its elements. A key takes one element, or several where it has a list.
 */
static void
assign(RrAnswer *answer, RrElement *element, int position, int *counts)
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

/* Write the list of each key's elements, in place of the elements. */
static void
write_lists(RrAnswer *answer, const int *counts)
{
	StringInfo	out = answer->reader.out;
	int			end_of_elements = out->len;
	int		   *ends = palloc(answer->batch->nkeys * sizeof(int));
	int		   *sorted = palloc(answer->nelements * sizeof(int));
	int			n = 0;

	/* sort the elements by position and ordinal */
	for (int i = 0; i < answer->batch->nkeys; i++)
		ends[i] = n += counts[i];
	for (int i = 0; i < answer->nelements; i++)
	{
		const RrElement *element = &answer->elements[i];

		if (element->position >= 0)
			sorted[ends[element->position] - counts[element->position] + element->ordinal] = i;
	}
	for (int i = 0; i < answer->batch->nkeys; i++)
	{
		RrPlace    *place = &answer->places[i];

		place->start = out->len;
		rr_json_append(out, "[", 1);
		for (int j = ends[i] - counts[i]; j < ends[i]; j++)
		{
			const RrElement *element = &answer->elements[sorted[j]];

			if (j > ends[i] - counts[i])
				rr_json_append(out, ",", 1);
			/* it is copied within the buffer, which must not move meanwhile */
			rr_json_reserve(out, element->len);
			rr_json_append(out, out->data + element->start, element->len);
		}
		rr_json_append(out, "]", 1);
		place->len = out->len - place->start;
	}

	/* move the lists over the elements, which are not needed any more */
	memmove(out->data + answer->start, out->data + end_of_elements, out->len - end_of_elements);
	out->len -= end_of_elements - answer->start;
	for (int i = 0; i < answer->batch->nkeys; i++)
		answer->places[i].start -= end_of_elements - answer->start;
}

/* Answer all keys with null. */
static void
set_null(RrAnswer *answer)
{
	for (int i = 0; i < answer->batch->nkeys; i++)
	{
		answer->places[i].answered = true;
		answer->places[i].start = -1;
		answer->places[i].len = 0;
	}
}

/*
 * Answer all keys with their elements. A key that has none is answered with
 * null, or with an empty list.
 */
static void
fill_places(RrAnswer *answer, const int *counts)
{
	set_null(answer);
	if (has_several(answer))
		write_lists(answer, counts);
	else
		for (int i = 0; i < answer->nelements; i++)
		{
			const RrElement *element = &answer->elements[i];

			if (element->position >= 0)
			{
				answer->places[element->position].start = element->start;
				answer->places[element->position].len = element->len;
			}
		}

	/*
	 * Copy the place along each chain of equal keys. Chains go up, so the
	 * source is already set.
	 */
	for (int i = 0; answer->next_equal && i < answer->batch->nkeys; i++)
		if (answer->next_equal[i] >= 0)
			answer->places[answer->next_equal[i]] = answer->places[i];
}

static void
enlarge_elements(RrAnswer *answer)
{
	if (answer->elements == NULL)
	{
		answer->max_elements = Max(answer->batch->nkeys, 64);
		answer->elements = palloc(answer->max_elements * sizeof(RrElement));
		return;
	}
	answer->max_elements *= 2;
	answer->elements = repalloc_huge(answer->elements,
									 answer->max_elements * sizeof(RrElement));
}

/* Read the next element, which is at hand then. */
static RrReadResult
read_element(RrAnswer *answer)
{
	RrReader   *reader = &answer->reader;
	const RrShape *shape = answer->batch->step->plan->shape;
	RrReadResult result;
	RrElement  *element;

	if (answer->nelements == answer->max_elements)
		enlarge_elements(answer);
	element = &answer->elements[answer->nelements++];
	reader->pending = NIL;
	MemoryContextReset(reader->pending_cxt);
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
rr_read_elements(RrAnswer *answer)
{
	RrReader   *reader = &answer->reader;
	const RrBatch *batch = answer->batch;
	const RrStep *step = batch->step->plan;
	bool		by_position = rr_batch_kind(step) == RR_BATCH_POSITION;
	int		   *counts = palloc0(batch->nkeys * sizeof(int));
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
	reader->pending_cxt = AllocSetContextCreate(CurrentMemoryContext, "remote_rel element",
												ALLOCSET_SMALL_SIZES);
	for (; rr_scan_more(&reader->scan, first, ']', &ok); first = false)
	{
		RrReadResult result = read_element(answer);
		RrElement  *element = &answer->elements[answer->nelements - 1];
		int			position = -1;

		if (result == RR_READ_BROKEN)
			return result;
		if (by_position)
			position = answer->nelements <= batch->nkeys ? answer->nelements - 1 : -1;
		else if (result == RR_READ_VALUE || !has_several(answer))
			position = match_element(&matcher);
		assign(answer, element, position, counts);
	}
	if (!ok)
		return RR_READ_BROKEN;
	if (by_position && answer->nelements != batch->nkeys)
	{
		rr_keys_error(batch->step, batch->keys, batch->nkeys,
					  psprintf("remote schema \"%s\" answered %d keys with a list of %d",
							   step->remote->def->name, batch->nkeys,
							   answer->nelements), NULL);
		return RR_READ_NULL;
	}
	fill_places(answer, counts);
	return RR_READ_VALUE;
}

/*
 * The position of the key that an element which is null belongs to, as far as
 * it can be told; -1: it cannot. An upstream that answers as many elements as
 * there are keys, the others in the order of the keys, has it in its place.
 * Otherwise it is the one key that has no element.
 */
static int
null_element_position(const RrAnswer *answer, int i)
{
	int			nkeys = answer->batch->nkeys;
	int			without = -1;
	bool		in_order = answer->nelements == nkeys;

	if (has_several(answer) || answer->elements[i].start >= 0)
		return -1;
	for (int j = 0; in_order && j < answer->nelements; j++)
		in_order = answer->elements[j].position == j ||
			(answer->elements[j].position < 0 && answer->elements[j].start < 0);
	if (in_order)
		return i;
	for (int j = 0; j < nkeys; j++)
	{
		if (answer->places[j].start >= 0)
			continue;
		if (without >= 0)
			return -1;
		without = j;
	}
	return without;
}

bool
rr_element_error(const RrAnswer *answer, int i, const char *message, const GqlPath *path,
				 const char *upstream)
{
	int			position;

	if (i < 0 || i >= answer->nelements)
		return false;
	if (file_element_error(answer, &answer->elements[i], message, path, upstream))
		return true;
	position = null_element_position(answer, i);
	if (position >= 0 && rr_keeps_key_error(answer->batch->step, answer->batch->keys[position]))
		rr_key_error(answer->batch->step, answer->batch->keys[position], message, path, upstream);
	return position >= 0;
}
