/*
 * splice.c: puts the finished texts together: fills holes with values, files
 * errors at their paths.
 *
 * Without errors a text is searched for holes with memchr() and copied in
 * between: nothing is parsed. Only when some key has errors is the text
 * walked, since each of them needs the response path of its holes.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "join/hole.h"
#include "join/join_int.h"

/* ---- without errors ---- */

static void
splice_plain(RrRun *run, const char *text, int len, StringInfo out)
{
	const char *end = text + len;

	check_stack_depth();
	for (;;)
	{
		const char *hole = memchr(text, RR_HOLE_BEGIN, end - text);
		RrStepRun  *step;
		RrSlice		value;
		int			key;

		if (hole == NULL)
			break;
		rr_json_append(out, text, hole - text);
		text = hole + 1;

		key = rr_hole_read(run, &text, end, &step);
		if (key >= 0)
			value = rr_key_value(&step->table, key);
		if (key < 0 || value.data == NULL)
			rr_json_append(out, "null", 4);
		else
			splice_plain(run, value.data, value.len, out);
	}
	rr_json_append(out, text, end - text);
}

/* ---- with errors ---- */

/*
 * A walk over JSON text. It never leaves the text, even if that is not
 * well-formed. What stands between two holes is copied in one piece.
 */
typedef struct Walker
{
	RrRun	   *run;
	const char *pos;
	const char *copied;			/* up to where the text has been copied */
	const char *end;
	StringInfo	out;
} Walker;

static void walk(RrRun *run, RrSlice text, const GqlPath *path, StringInfo out);

static void
throw_malformed(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_DATA_CORRUPTED),
			 errmsg("a value of type json is not valid JSON")));
}

/* The byte at the walker's place; throws at the end of the text. */
static char
at(const Walker *w)
{
	if (w->pos >= w->end)
		throw_malformed();
	return *w->pos;
}

static void
walk_string(Walker *w)
{
	for (w->pos++; at(w) != '"'; w->pos++)
		if (*w->pos == '\\')
			w->pos++;
	w->pos++;
}

static void
walk_separators(Walker *w)
{
	while (w->pos < w->end &&
		   (*w->pos == ',' || *w->pos == ':' || isspace((unsigned char) *w->pos)))
		w->pos++;
}

static void
walk_hole(Walker *w, const GqlPath *path)
{
	RrStepRun  *step;
	RrSlice		value = {NULL, 0};
	int			key;

	rr_json_append(w->out, w->copied, w->pos - w->copied);
	w->pos++;
	key = rr_hole_read(w->run, &w->pos, w->end, &step);
	w->copied = w->pos;
	if (key >= 0)
	{
		value = rr_key_value(&step->table, key);
		rr_file_key_errors(step, key, step->plan->shape, linitial(step->plan->field->nodes),
						   path);
	}
	if (value.data == NULL)
		rr_json_append(w->out, "null", 4);
	else
		walk(w->run, value, path, w->out);
}

static void walk_value(Walker *w, const GqlPath *path);

static void
walk_items(Walker *w, char close, const GqlPath *path)
{
	GqlPath		item = {.prev = path};

	for (w->pos++, walk_separators(w); at(w) != close; walk_separators(w))
	{
		char	   *key = NULL;

		if (close == '}')
		{
			const char *start = w->pos + 1;

			walk_string(w);
			key = pnstrdup(start, w->pos - 1 - start);
			walk_separators(w);
		}
		item.key = key;
		walk_value(w, &item);
		item.index++;
		if (key != NULL)
			pfree(key);
	}
	w->pos++;
}

static void
walk_value(Walker *w, const GqlPath *path)
{
	check_stack_depth();
	switch (at(w))
	{
		case RR_HOLE_BEGIN:
			walk_hole(w, path);
			break;
		case '"':
			walk_string(w);
			break;
		case '{':
			walk_items(w, '}', path);
			break;
		case '[':
			walk_items(w, ']', path);
			break;
		case ',':
		case ':':
		case ']':
		case '}':
			throw_malformed();
			break;
		default:
			while (w->pos < w->end && *w->pos != ',' && *w->pos != ']' && *w->pos != '}' &&
				   !isspace((unsigned char) *w->pos))
				w->pos++;
			break;
	}
}

static void
walk(RrRun *run, RrSlice text, const GqlPath *path, StringInfo out)
{
	Walker		w = {.run = run, .out = out};

	w.pos = w.copied = text.data;
	w.end = text.data + text.len;

	walk_separators(&w);
	if (w.pos < w.end)
		walk_value(&w, path);
	rr_json_append(out, w.copied, w.end - w.copied);
}

void
rr_splice(RrRun *run, RrSlice text, const GqlPath *path, StringInfo out)
{
	if (run->has_key_errors)
		walk(run, text, path, out);
	else
		splice_plain(run, text.data, text.len, out);
	out->data[out->len] = '\0';
}
