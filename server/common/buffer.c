/*
 * buffer.c: memory that cannot fail, and text that grows.
 */
#include "buffer.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *
must(void *p)
{
	if (p == NULL)
	{
		fputs("remote-rel: out of memory\n", stderr);
		abort();
	}
	return p;
}

void	   *
xmalloc(size_t size)
{
	return must(malloc(size ? size : 1));
}

void	   *
xcalloc(size_t size)
{
	return must(calloc(1, size ? size : 1));
}

void	   *
xrealloc(void *old, size_t size)
{
	return must(realloc(old, size ? size : 1));
}

char	   *
xstrndup(const char *text, size_t len)
{
	char	   *copy = xmalloc(len + 1);

	memcpy(copy, text, len);
	copy[len] = '\0';
	return copy;
}

char	   *
xstrdup(const char *text)
{
	return xstrndup(text, strlen(text));
}

char	   *
xprintf(const char *format,...)
{
	Buffer		b = {0};
	va_list		args;

	va_start(args, format);
	buffer_vprintf(&b, format, args);
	va_end(args);
	return buffer_take(&b);
}

/* Makes room for len more bytes and the NUL. */
static void
reserve(Buffer *b, size_t len)
{
	size_t		cap = b->cap ? b->cap : 64;

	if (len > SIZE_MAX / 4 - b->len)
		must(NULL);
	while (cap < b->len + len + 1)
		cap *= 2;
	if (cap != b->cap)
		b->data = xrealloc(b->data, cap);
	b->cap = cap;
}

void
buffer_append(Buffer *b, const void *data, size_t len)
{
	reserve(b, len);
	if (len > 0)
		memcpy(b->data + b->len, data, len);
	b->len += len;
	b->data[b->len] = '\0';
}

void
buffer_puts(Buffer *b, const char *text)
{
	buffer_append(b, text, strlen(text));
}

void
buffer_putc(Buffer *b, char c)
{
	buffer_append(b, &c, 1);
}

void
buffer_vprintf(Buffer *b, const char *format, va_list args)
{
	va_list		again;
	int			len;

	va_copy(again, args);
	len = vsnprintf(NULL, 0, format, again);
	va_end(again);
	if (len < 0)
		return;
	reserve(b, (size_t) len);
	vsnprintf(b->data + b->len, (size_t) len + 1, format, args);
	b->len += (size_t) len;
}

void
buffer_printf(Buffer *b, const char *format,...)
{
	va_list		args;

	va_start(args, format);
	buffer_vprintf(b, format, args);
	va_end(args);
}

void
buffer_json(Buffer *b, const char *text, size_t len)
{
	size_t		start = 0;

	buffer_putc(b, '"');
	for (size_t i = 0; i < len; i++)
	{
		unsigned char c = (unsigned char) text[i];

		if (c >= 0x20 && c != '"' && c != '\\' && c != 0x7f)
			continue;
		buffer_append(b, text + start, i - start);
		start = i + 1;
		if (c == '"' || c == '\\')
			buffer_printf(b, "\\%c", c);
		else if (c == '\n')
			buffer_puts(b, "\\n");
		else
			buffer_printf(b, "\\u%04x", c);
	}
	buffer_append(b, text + start, len - start);
	buffer_putc(b, '"');
}

void
buffer_json_text(Buffer *b, const char *text)
{
	buffer_json(b, text, strlen(text));
}

char	   *
buffer_take(Buffer *b)
{
	char	   *text = b->data ? b->data : xstrdup("");

	*b = (Buffer) {0};
	return text;
}

void
buffer_free(Buffer *b)
{
	free(b->data);
	*b = (Buffer) {0};
}
