/*
 * splice.c: the finished texts put together: holes filled with remote values,
 * errors filed where they show.
 *
 * Without errors a text is searched for its holes with memchr() and copied in
 * between: nothing is parsed. Only when some key has errors is the text
 * walked, since an error needs the response path of every hole that it
 * concerns.
 */
#include "postgres.h"

#include <limits.h>

#include "miscadmin.h"

#include "json/json.h"
#include "join/join.h"

/* Digits and what ends them. False when it is something else. */
static bool
read_number(const char **p, const char *end, char terminator, int *number)
{
	const char *c = *p;
	int64		n = 0;

	for (; c < end && *c >= '0' && *c <= '9' && n <= INT_MAX; c++)
		n = n * 10 + (*c - '0');
	if (c == *p || c == end || *c != terminator || n > INT_MAX)
		return false;
	*p = c + 1;
	*number = (int) n;
	return true;
}

/*
 * "run:step:key\x02", behind \x01: the key's number; -1 when it is no hole of
 * this run.
 */
static int
read_hole(RrRun *run, const char **p, const char *end, RrStepRun **step)
{
	const char *c = *p;
	const char *close = memchr(c, '\x02', end - c);
	int			run_number,
				step_number,
				key_number;

	if (close != NULL)
		*p = close + 1;
	if (!read_number(&c, end, ':', &run_number) || !read_number(&c, end, ':', &step_number) ||
		!read_number(&c, end, '\x02', &key_number) ||
		run_number != run->number || step_number >= run->nsteps ||
		key_number >= run->steps[step_number].nkeys)
		return -1;
	*step = &run->steps[step_number];
	return key_number;
}

static void
splice_plain(RrRun *run, const char *text, int len, StringInfo out)
{
	const char *end = text + len;

	check_stack_depth();
	for (;;)
	{
		const char *hole = memchr(text, '\x01', end - text);
		RrStepRun  *step;
		const char *value;
		int			key;

		if (hole == NULL)
			break;
		rr_json_append(out, text, hole - text);
		text = hole + 1;

		key = read_hole(run, &text, end, &step);
		value = key < 0 ? NULL : rr_key_text(step, key);
		if (value == NULL)
			rr_json_append(out, "null", 4);
		else
			splice_plain(run, value, step->keys[key].len, out);
	}
	rr_json_append(out, text, end - text);
}

/* ---- with errors about ---- */

const GqlPath *
rr_path_copy(const GqlPath *base, const GqlPath *inner)
{
	GqlPath    *copy;

	check_stack_depth();
	if (inner == NULL)
		return base;
	copy = palloc(sizeof(GqlPath));
	copy->key = inner->key ? pstrdup(inner->key) : NULL;
	copy->index = inner->index;
	copy->prev = rr_path_copy(base, inner->prev);
	return copy;
}

/*
 * The field at a path inside of a value; the value's own field where the path
 * leads out of what is selected.
 */
static const GqlSelection *
field_at(const RrShape *shape, const GqlPath *path, const GqlSelection *node)
{
	List	   *items = NIL;
	ListCell   *lc;

	for (; path != NULL; path = path->prev)
		if (path->key != NULL)
			items = lcons(unconstify(char *, path->key), items);
	foreach(lc, items)
	{
		List	   *objects = shape && !shape->leaf ? lcons(shape->base, shape->specific) : NIL;
		ListCell   *object;

		shape = NULL;
		foreach(object, objects)
		{
			const RrObjectShape *o = lfirst(object);

			for (int i = 0; i < o->nfields && shape == NULL; i++)
				if (strcmp(o->fields[i].key, lfirst(lc)) == 0)
				{
					node = linitial(o->fields[i].sel->nodes);
					shape = o->fields[i].shape;
				}
		}
	}
	return node;
}

void
rr_file_key_errors(RrStepRun *step, int key, const RrShape *shape, const GqlSelection *node,
				   const GqlPath *path)
{
	GqlErrorList *errors = step->run->errors;
	ListCell   *lc;

	foreach(lc, rr_key_errors(step, key))
	{
		const RrKeyError *key_error = lfirst(lc);
		const GqlSelection *field = field_at(shape, key_error->path, node);
		GqlError   *error = gql_error_at(errors, step->run->plan->request->document->source,
										 field->loc, "%s", key_error->message);

		if (error == NULL)
			continue;
		error->code = key_error->code;
		error->extensions = key_error->extensions ? MemoryContextStrdup(errors->cxt,
																		key_error->extensions) : NULL;
		error->path = rr_path_copy(rr_path_copy(NULL, path), key_error->path);
	}
}

/*
 * A walk over JSON text: it stays in the text even where that is not
 * well-formed. What lies between two holes is copied in one piece; copied says
 * up to where.
 */
typedef struct Walker
{
	RrRun	   *run;
	const char *pos;
	const char *copied;
	const char *end;
	StringInfo	out;
} Walker;

static void walk(RrRun *run, const char *text, int len, const GqlPath *path, StringInfo out);

static void
throw_malformed(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_DATA_CORRUPTED),
			 errmsg("a value of type json is not valid JSON")));
}

/* The byte that has to be there. */
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
	while (w->pos < w->end && (*w->pos == ',' || *w->pos == ':' ||
							   isspace((unsigned char) *w->pos)))
		w->pos++;
}

static void
walk_hole(Walker *w, const GqlPath *path)
{
	RrStepRun  *step;
	const char *value;
	int			key;

	rr_json_append(w->out, w->copied, w->pos - w->copied);
	w->pos++;
	key = read_hole(w->run, &w->pos, w->end, &step);
	value = key < 0 ? NULL : rr_key_text(step, key);
	w->copied = w->pos;
	if (key >= 0)
		rr_file_key_errors(step, key, step->step->shape, linitial(step->step->field->nodes), path);
	if (value == NULL)
		rr_json_append(w->out, "null", 4);
	else
		walk(w->run, value, step->keys[key].len, path, w->out);
}

static void
walk_value(Walker *w, const GqlPath *path)
{
	GqlPath		item = {.prev = path};
	char		close = at(w) == '{' ? '}' : ']';

	check_stack_depth();
	switch (*w->pos)
	{
		case '\x01':
			walk_hole(w, path);
			break;
		case '"':
			walk_string(w);
			break;
		case '{':
		case '[':
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
			break;
		default:
			if (strchr(",:]}", at(w)) != NULL)
				throw_malformed();
			while (w->pos < w->end && *w->pos != ',' && *w->pos != ']' && *w->pos != '}' &&
				   !isspace((unsigned char) *w->pos))
				w->pos++;
			break;
	}
}

static void
walk(RrRun *run, const char *text, int len, const GqlPath *path, StringInfo out)
{
	Walker		w = {.run = run, .out = out};

	w.pos = w.copied = text;
	w.end = text + len;

	walk_separators(&w);
	if (w.pos < w.end)
		walk_value(&w, path);
	rr_json_append(out, w.copied, w.end - w.copied);
}

void
rr_splice(RrRun *run, const char *text, int len, const GqlPath *path, StringInfo out)
{
	if (run->key_errors)
		walk(run, text, len, path, out);
	else
		splice_plain(run, text, len, out);
	out->data[out->len] = '\0';
}
