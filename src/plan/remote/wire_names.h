/*
 * wire_names.h: the names that we put into documents for remote schemas.
 *
 * Names made of RR_WIRE_PREFIX stand beside names of the query, which must not
 * start with it. The other names stand where no name of the query can. A macro
 * with a % in it is a format.
 */
#ifndef RR_WIRE_NAMES_H
#define RR_WIRE_NAMES_H

#define RR_WIRE_PREFIX "rr__"

/* Alias of the __typename that we ask for, and how its member begins. */
#define RR_WIRE_TYPENAME RR_WIRE_PREFIX "t"
#define RR_WIRE_TYPENAME_MEMBER ",\"" RR_WIRE_TYPENAME "\":"

/*
 * Alias of a field fetched as a join key: its slot, the type's name. The type
 * is part of it since members of a union may disagree on a field's type.
 */
#define RR_WIRE_KEY_FIELD RR_WIRE_PREFIX "k%d%s"

/*
 * Alias of a root field whose response key another root field has, too: its
 * number.
 */
#define RR_WIRE_ROOT_FIELD RR_WIRE_PREFIX "f%d"

/*
 * Alias of a field of a joined value that a condition or a sort key reads: its
 * name. It stands beside what the query selects.
 */
#define RR_WIRE_FILTER_PREFIX RR_WIRE_PREFIX "w_"
#define RR_WIRE_FILTER_FIELD RR_WIRE_FILTER_PREFIX "%s"

/* Variable: the number of the key in the batch, that of the argument. */
#define RR_WIRE_KEY_VARIABLE RR_WIRE_PREFIX "%d_%d"

/* Variable of an argument with presets: its number. */
#define RR_WIRE_PRESET_VARIABLE RR_WIRE_PREFIX "p%d"

/* Alias of a key's value: the number of the key in the batch. */
#define RR_WIRE_KEY_ALIAS "j%d"

/* Fragment: the selection on the joined value. */
#define RR_WIRE_SELECTION "F"

/* Fragment of the query that goes upstream: its number. */
#define RR_WIRE_FRAGMENT "G%d"

/*
 * The number that an alias made by RR_WIRE_KEY_ALIAS has in it; -1 if it is no
 * such alias, or its number is nkeys or more.
 */
static inline int
rr_wire_alias_key(const char *alias, int len, int nkeys)
{
	int			key = 0;

	if (len < 2 || alias[0] != 'j')
		return -1;
	for (int i = 1; i < len; i++)
	{
		if (alias[i] < '0' || alias[i] > '9')
			return -1;
		key = key * 10 + (alias[i] - '0');
		if (key >= nkeys)
			return -1;
	}
	return key;
}

#endif							/* RR_WIRE_NAMES_H */
