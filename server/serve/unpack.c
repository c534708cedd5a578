/*
 * unpack.c: gzip, both ways, by zlib. What comes out is bounded while it is
 * unpacked, not afterwards.
 */
#include "serve/unpack.h"

#include <stdlib.h>
#include <zlib.h>

#define GZIP_WINDOW (15 + 16)

struct Unpacker
{
	z_stream	z;
	bool		complete;
};

Unpacker   *
unpack_start(void)
{
	Unpacker   *u = xcalloc(sizeof(Unpacker));

	if (inflateInit2(&u->z, GZIP_WINDOW) != Z_OK)
		abort();
	return u;
}

UnpackResult
unpack_some(Unpacker *u, const char *data, size_t len, Buffer *out, size_t max)
{
	char		piece[16384];

	if (len == 0)
		return UNPACK_OK;
	if (u->complete)
		return UNPACK_WRONG;	/* something behind the end */
	u->z.next_in = (Bytef *) data;
	u->z.avail_in = (uInt) len;
	do
	{
		int			result;

		u->z.next_out = (Bytef *) piece;
		u->z.avail_out = sizeof(piece);
		result = inflate(&u->z, Z_NO_FLUSH);
		if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR)
			return UNPACK_WRONG;
		if (out->len + sizeof(piece) - u->z.avail_out > max)
			return UNPACK_TOO_LARGE;
		buffer_append(out, piece, sizeof(piece) - u->z.avail_out);
		u->complete = result == Z_STREAM_END;
	}
	while (!u->complete && u->z.avail_out == 0);
	return u->complete && u->z.avail_in > 0 ? UNPACK_WRONG : UNPACK_OK;
}

bool
unpack_is_complete(const Unpacker *u)
{
	return u->complete;
}

void
unpack_end(Unpacker *u)
{
	if (u == NULL)
		return;
	inflateEnd(&u->z);
	free(u);
}

void
pack(const char *data, size_t len, Buffer *out)
{
	z_stream	z = {0};

	if (deflateInit2(&z, 1, Z_DEFLATED, GZIP_WINDOW, 8, Z_DEFAULT_STRATEGY) != Z_OK)
		abort();
	z.next_in = (Bytef *) data;
	z.avail_in = (uInt) len;
	do
	{
		char		piece[16384];

		z.next_out = (Bytef *) piece;
		z.avail_out = sizeof(piece);
		deflate(&z, Z_FINISH);
		buffer_append(out, piece, sizeof(piece) - z.avail_out);
	}
	while (z.avail_out == 0);
	deflateEnd(&z);
}
