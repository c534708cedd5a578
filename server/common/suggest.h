/*
 * suggest.h: what a mistyped word was meant to be.
 */
#ifndef SUGGEST_H
#define SUGGEST_H

#include <stddef.h>

/*
 * The word of the list that is nearest to what was typed, if it is near; NULL
 * otherwise. The list ends with NULL.
 */
extern const char *nearest_word(const char *typed, const char *const *words);

#endif
