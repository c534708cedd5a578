/*
 * suggest.c: what a mistyped word was meant to be.
 */
#include "common/suggest.h"

#include <string.h>

/* Longer words are not compared. */
#define MAX_WORD 64

/*
 * How many letters must be added, taken away, changed or swapped with their
 * neighbour to make b of a.
 */
static int
distance(const char *a, const char *b)
{
	int			rows[3][MAX_WORD + 1];
	int			n = (int) strlen(a);
	int			m = (int) strlen(b);

	if (n > MAX_WORD || m > MAX_WORD)
		return MAX_WORD;
	for (int j = 0; j <= m; j++)
		rows[0][j] = j;
	for (int i = 1; i <= n; i++)
	{
		int		   *row = rows[i % 3];
		const int  *above = rows[(i + 2) % 3];
		const int  *second = rows[(i + 1) % 3];

		row[0] = i;
		for (int j = 1; j <= m; j++)
		{
			int			best = above[j - 1] + (a[i - 1] != b[j - 1]);

			if (above[j] + 1 < best)
				best = above[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
				second[j - 2] + 1 < best)
				best = second[j - 2] + 1;
			row[j] = best;
		}
	}
	return rows[n % 3][m];
}

const char *
nearest_word(const char *typed, const char *const *words)
{
	int			least = (int) strlen(typed) / 3 + 2;
	const char *nearest = NULL;

	for (; *words; words++)
	{
		int			d = distance(typed, *words);

		if (d < least)
		{
			least = d;
			nearest = *words;
		}
	}
	return nearest;
}
