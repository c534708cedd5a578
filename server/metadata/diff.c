/*
 * diff.c: the unified diff of two texts.
 *
 * By Myers' algorithm (1986), which finds the fewest changed lines. Its work
 * grows with the number of changes times that of lines, and its memory with
 * the square of the changes: beyond MAX_CHANGES, what is between the first and
 * the last difference is shown as replaced.
 */
#include "metadata/diff.h"

#include <stdlib.h>
#include <string.h>

#define MAX_CHANGES 2000
#define CONTEXT 3

typedef struct Line
{
	const char *text;
	size_t		len;			/* without the line end */
} Line;

typedef struct Lines
{
	Line	   *items;
	int			n;
	bool		no_end;			/* the last has no line end */
} Lines;

static Lines
lines_of(const char *text)
{
	Lines		lines = {0};
	size_t		room = 0;

	for (const char *p = text ? text : ""; *p;)
	{
		size_t		len = strcspn(p, "\n");

		if ((size_t) lines.n == room)
			lines.items = xrealloc(lines.items, (room = room ? room * 2 : 64) * sizeof(Line));
		lines.items[lines.n++] = (Line) {p, len};
		p += len;
		lines.no_end = *p == '\0';
		p += *p == '\n';
	}
	return lines;
}

static bool
same_line(const Lines *a, int i, const Lines *b, int j)
{
	bool		last_a = a->no_end && i == a->n - 1;
	bool		last_b = b->no_end && j == b->n - 1;

	return a->items[i].len == b->items[j].len && last_a == last_b &&
		memcmp(a->items[i].text, b->items[j].text, a->items[i].len) == 0;
}

/* Which lines change: those of a go, those of b come. */
typedef struct Changes
{
	bool	   *gone;
	bool	   *new;
} Changes;

/*
 * Myers: the furthest points that d changes reach, diagonal by diagonal; the
 * way back through the kept rounds tells the changes. The parts begin at first
 * and have na and nb lines.
 */
static bool
fewest_changes(const Lines *a, const Lines *b, int first, int na, int nb, Changes *changes)
{
	int			max = na + nb < MAX_CHANGES ? na + nb : MAX_CHANGES;
	int		  **rounds = xcalloc((size_t) (max + 1) * sizeof(int *));
	int		   *v = xcalloc((size_t) (2 * max + 3) * sizeof(int));
	int			d = 0;
	int			x = 0;
	bool		found = false;

	for (; d <= max && !found; d++)
	{
		rounds[d] = xmalloc((size_t) (2 * d + 3) * sizeof(int));
		memcpy(rounds[d], v + max + 1 - d - 1, (size_t) (2 * d + 3) * sizeof(int));
		for (int k = -d; k <= d && !found; k += 2)
		{
			int		   *at = v + max + 1 + k;

			x = k == -d || (k != d && at[-1] < at[1]) ? at[1] : at[-1] + 1;
			while (x < na && x - k < nb && x - k >= 0 && same_line(a, first + x, b, first + x - k))
				x++;
			*at = x;
			found = x >= na && x - k >= nb;
		}
	}
	if (found)
	{
		int			y = nb;

		x = na;
		for (d--; d > 0; d--)
		{
			const int  *at = rounds[d] + d + 1 + (x - y);
			bool		down = x - y == -d || (x - y != d && at[-1] < at[1]);
			int			before = down ? at[1] : at[-1];
			int			k = x - y + (down ? 1 : -1);

			if (down)
				changes->new[first + before - k] = true;
			else
				changes->gone[first + before] = true;
			x = before;
			y = before - k;
		}
	}
	for (int i = 0; i <= max; i++)
		free(rounds[i]);
	free(rounds);
	free(v);
	return found;
}

static Changes
changes_between(const Lines *a, const Lines *b)
{
	Changes		changes = {xcalloc((size_t) a->n + 1), xcalloc((size_t) b->n + 1)};
	int			first = 0;
	int			end_a = a->n;
	int			end_b = b->n;

	while (first < end_a && first < end_b && same_line(a, first, b, first))
		first++;
	while (end_a > first && end_b > first && same_line(a, end_a - 1, b, end_b - 1))
	{
		end_a--;
		end_b--;
	}
	if (!fewest_changes(a, b, first, end_a - first, end_b - first, &changes))
	{
		memset(changes.gone + first, true, (size_t) (end_a - first));
		memset(changes.new + first, true, (size_t) (end_b - first));
	}
	return changes;
}

/* ---- showing ---- */

typedef struct Showing
{
	Buffer	   *out;
	bool		color;
} Showing;

static void
put_line(const Showing *s, char sign, const Lines *lines, int i)
{
	const char *color = sign == '-' ? "\033[31m" : sign == '+' ? "\033[32m" : NULL;

	if (s->color && color)
		buffer_puts(s->out, color);
	buffer_putc(s->out, sign);
	buffer_append(s->out, lines->items[i].text, lines->items[i].len);
	if (s->color && color)
		buffer_puts(s->out, "\033[m");
	buffer_putc(s->out, '\n');
	if (lines->no_end && i == lines->n - 1)
		buffer_puts(s->out, "\\ No newline at end of file\n");
}

static void
put_range(Buffer *out, char sign, int start, int n)
{
	buffer_printf(out, "%c%d", sign, n == 0 ? start : start + 1);
	if (n != 1)
		buffer_printf(out, ",%d", n);
}

/* One hunk: from lines i of a and j of b to just before end_i and end_j. */
static void
put_hunk(const Showing *s, const Lines *a, const Lines *b, const Changes *c, int i, int j,
		 int end_i, int end_j)
{
	buffer_printf(s->out, "%s@@ ", s->color ? "\033[36m" : "");
	put_range(s->out, '-', i, end_i - i);
	buffer_putc(s->out, ' ');
	put_range(s->out, '+', j, end_j - j);
	buffer_printf(s->out, " @@%s\n", s->color ? "\033[m" : "");
	while (i < end_i || j < end_j)
	{
		if (i < end_i && c->gone[i])
			put_line(s, '-', a, i++);
		else if (j < end_j && c->new[j])
			put_line(s, '+', b, j++);
		else
		{
			put_line(s, ' ', a, i++);
			j++;
		}
	}
}

/* The changes in hunks; those with few lines between them share one. */
static void
put_hunks(const Showing *s, const Lines *a, const Lines *b, const Changes *c)
{
	int			i = 0;
	int			j = 0;

	while (i < a->n || j < b->n)
	{
		int			start_i;
		int			start_j;
		int			quiet = 0;

		while (i < a->n && j < b->n && !c->gone[i] && !c->new[j])
		{
			i++;
			j++;
		}
		if (i >= a->n && j >= b->n)
			return;
		start_i = i < CONTEXT ? 0 : i - CONTEXT;
		start_j = j - (i - start_i);
		while ((i < a->n || j < b->n) && quiet <= 2 * CONTEXT)
		{
			if (i < a->n && c->gone[i])
				quiet = 0, i++;
			else if (j < b->n && c->new[j])
				quiet = 0, j++;
			else
				quiet++, i++, j++;
		}
		if (quiet > CONTEXT)
		{
			i -= quiet - CONTEXT;
			j -= quiet - CONTEXT;
		}
		put_hunk(s, a, b, c, start_i, start_j, i, j);
	}
}

void
diff_texts(Buffer *out, const char *path, const char *from, const char *to, bool color)
{
	Showing		s = {out, color};
	Lines		a = lines_of(from);
	Lines		b = lines_of(to);
	Changes		changes;

	if ((from == NULL) == (to == NULL) && strcmp(from ? from : "", to ? to : "") == 0)
		return;
	changes = changes_between(&a, &b);
	buffer_printf(out, "%s--- %s%s\n+++ %s%s%s\n", color ? "\033[1m" : "", from ? "database/" : "/dev/null",
				  from ? path : "", to ? "directory/" : "/dev/null", to ? path : "", color ? "\033[m" : "");
	put_hunks(&s, &a, &b, &changes);
	free(changes.gone);
	free(changes.new);
	free(a.items);
	free(b.items);
}
