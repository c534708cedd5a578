/*
 * diff.h: what two texts differ in, as a person reads it.
 */
#ifndef DIFF_H
#define DIFF_H

#include "common/buffer.h"

/*
 * Appends the unified diff of two texts, with three lines around each change;
 * nothing where they are the same. A NULL text is a file that is not there.
 */
extern void diff_texts(Buffer *out, const char *path, const char *from, const char *to, bool color);

#endif
