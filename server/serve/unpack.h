/*
 * unpack.h: bodies with content-encoding: gzip.
 */
#ifndef UNPACK_H
#define UNPACK_H

#include "common/buffer.h"

typedef struct Unpacker Unpacker;

typedef enum UnpackResult
{
	UNPACK_OK, UNPACK_WRONG, UNPACK_TOO_LARGE
} UnpackResult;

extern Unpacker *unpack_start(void);

/* Appends what the bytes hold; the whole must not get longer than max. */
extern UnpackResult unpack_some(Unpacker *u, const char *data, size_t len, Buffer *out, size_t max);

/* Whether the end of the data was seen. */
extern bool unpack_is_complete(const Unpacker *u);
extern void unpack_end(Unpacker *u);

/* The other way; the caller owns the buffer. */
extern void pack(const char *data, size_t len, Buffer *out);

#endif
