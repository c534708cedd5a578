/*
 * suggest.c: "Did you mean …?" at the end of messages.
 *
 * Ranks options by their edit distance to the input. An insertion, a deletion,
 * a replacement and a swap of neighbours count one each (optimal string
 * alignment, a variant of Damerau and Levenshtein's distance). Any number of
 * differences in case counts one.
 */
#include "postgres.h"

#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "graphql/suggest.h"

#define MAX_SUGGESTIONS 5

/* Nothing is suggested for, or of, more bytes than these. */
#define MAX_LENGTH 100

/*
 * A distance takes the product of both lengths. Of very many options those
 * behind this limit are left out: less may be suggested, nothing wrong.
 */
#define MAX_CELLS 1000000

/* The input, prepared to be compared with many options. */
typedef struct Input
{
	const char *text;
	int		   *chars;			/* in lower case */
	int			n;				/* number of chars */
	int			threshold;		/* largest distance of a suggestion */
	int		   *rows[3];		/* of the matrix of distances */
	int			cells;			/* of the distances so far */
} Input;

typedef struct Suggestion
{
	const char *text;
	int			distance;
} Suggestion;

static int *
lower_chars(const char *text, int *n)
{
	int			len = strlen(text);
	int		   *chars = palloc(sizeof(int) * len);
	int			count = 0;

	/*
	 * Count UTF-16 code units, as graphql-js does. Options are ASCII, so all
	 * other characters may have the same code.
	 */
	for (const char *p = text; *p;)
	{
		int			width = pg_mblen(p);

		if (width == 1)
			chars[count++] = pg_ascii_tolower((unsigned char) *p);
		else
		{
			chars[count++] = -1;
			if (width == 4)
				chars[count++] = -1;
		}
		p += width;
	}
	*n = count;
	return chars;
}

static void
prepare_input(Input *input, const char *text)
{
	input->text = text;
	input->cells = 0;
	input->chars = lower_chars(text, &input->n);
	input->threshold = (int) (input->n * 0.4) + 1;
	for (int i = 0; i < 3; i++)
		input->rows[i] = palloc(sizeof(int) * (input->n + 1));
}

/* The distance of an option; -1 if it is above the threshold. */
static int
measure(Input *input, const char *option)
{
	int			len = strlen(option);
	const int  *a,
			   *b = input->chars;
	int			na = len,
				nb = input->n;

	if (na > MAX_LENGTH)
		return -1;
	if (Max(na, nb) - Min(na, nb) > input->threshold)
		return -1;
	if (strcmp(input->text, option) == 0)
		return 0;
	if (pg_strcasecmp(input->text, option) == 0)
		return 1;

	a = lower_chars(option, &na);
	if (na < nb)
	{
		const int  *chars = a;
		int			n = na;

		a = b;
		na = nb;
		b = chars;
		nb = n;
	}

	for (int j = 0; j <= nb; j++)
		input->rows[0][j] = j;
	for (int i = 1; i <= na; i++)
	{
		const int  *before = input->rows[(i + 1) % 3];	/* i - 2 */
		const int  *up = input->rows[(i - 1) % 3];
		int		   *row = input->rows[i % 3];
		int			smallest = row[0] = i;

		input->cells += nb;
		for (int j = 1; j <= nb; j++)
		{
			int			replaced = up[j - 1] + (a[i - 1] != b[j - 1]);
			int			cell = Min(Min(up[j], row[j - 1]) + 1, replaced);

			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				cell = Min(cell, before[j - 2] + 1);
			row[j] = cell;
			smallest = Min(smallest, cell);
		}
		if (smallest > input->threshold)
			return -1;
	}
	return input->rows[na % 3][nb] <= input->threshold ? input->rows[na % 3][nb] : -1;
}

/*
 * Read the number at *p, and move *p after it. A leading zero is a number of
 * its own.
 */
static double
read_number(const char **p)
{
	double		number = 0;

	do
		number = number * 10 + (*(*p)++ - '0');
	while (**p >= '0' && **p <= '9' && number > 0);
	return number;
}

int
gql_natural_compare(const char *a, const char *b)
{
	const char *p = a,
			   *q = b;

	while (*p && *q)
	{
		if (*p >= '0' && *p <= '9' && *q >= '0' && *q <= '9')
		{
			double		m = read_number(&p);
			double		n = read_number(&q);

			if (m != n)
				return m < n ? -1 : 1;
		}
		else
		{
			if (*p != *q)
				return (unsigned char) *p < (unsigned char) *q ? -1 : 1;
			p++;
			q++;
		}
	}
	return (int) strlen(a) - (int) strlen(b);
}

static int
compare_suggestions(const void *a, const void *b)
{
	const Suggestion *x = a;
	const Suggestion *y = b;

	return x->distance != y->distance ? x->distance - y->distance
		: gql_natural_compare(x->text, y->text);
}

char	   *
gql_did_you_mean_list(const char *prefix, List *options)
{
	int			n = Min(list_length(options), MAX_SUGGESTIONS);
	StringInfoData out;

	initStringInfo(&out);
	for (int i = 0; i < n; i++)
	{
		if (i == 0)
			appendStringInfo(&out, " Did you mean %s%s", prefix != NULL ? prefix : "",
							 prefix != NULL ? " " : "");
		else if (i == n - 1)
			appendStringInfoString(&out, n == 2 ? " or " : ", or ");
		else
			appendStringInfoString(&out, ", ");
		appendStringInfo(&out, "\"%s\"", (const char *) list_nth(options, i));
	}
	if (n > 0)
		appendStringInfoChar(&out, '?');
	return out.data;
}

/* The hint with the nearest of n options. Sorts them. */
static char *
suggest(const char *prefix, Suggestion *suggestions, int n)
{
	List	   *best = NIL;

	qsort(suggestions, n, sizeof(Suggestion), compare_suggestions);
	for (int i = 0; i < n && list_length(best) < MAX_SUGGESTIONS; i++)
		if (i == 0 || strcmp(suggestions[i].text, suggestions[i - 1].text) != 0)
			best = lappend(best, unconstify(char *, suggestions[i].text));
	return gql_did_you_mean_list(prefix, best);
}

char	   *
gql_did_you_mean(const char *prefix, const char *input, List *options)
{
	MemoryContext caller = CurrentMemoryContext;
	MemoryContext scratch;
	Suggestion *suggestions;
	char	   *hint;
	int			n = 0;
	Input		written;
	ListCell   *lc;

	if (strlen(input) > MAX_LENGTH)
		return pstrdup("");
	scratch = AllocSetContextCreate(caller, "GraphQL suggestions", ALLOCSET_DEFAULT_SIZES);
	MemoryContextSwitchTo(scratch);
	suggestions = palloc(sizeof(Suggestion) * list_length(options));
	prepare_input(&written, input);
	foreach(lc, options)
	{
		CHECK_FOR_INTERRUPTS();
		if (written.cells > MAX_CELLS)
			break;
		suggestions[n].text = lfirst(lc);
		suggestions[n].distance = measure(&written, suggestions[n].text);
		if (suggestions[n].distance >= 0)
			n++;
	}
	hint = MemoryContextStrdup(caller, suggest(prefix, suggestions, n));
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(scratch);
	return hint;
}

char	   *
gql_did_you_mean_name(const char *prefix, const char *input, const GqlNames *names)
{
	List	   *options = NIL;
	char	   *hint;

	for (int i = 0; i < names->n; i++)
		options = lappend(options, unconstify(char *, *(const char **) names->items[i]));
	hint = gql_did_you_mean(prefix, input, options);
	list_free(options);
	return hint;
}
