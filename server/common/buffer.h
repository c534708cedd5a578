/*
 * buffer.h: memory that cannot fail, and text that grows.
 *
 * The program cannot go on without memory, so running out of it ends it with a
 * message; a supervisor starts it again. What a client may make grow has a
 * limit of its own long before that.
 */
#ifndef BUFFER_H
#define BUFFER_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct Buffer
{
	char	   *data;			/* NUL-terminated, NULL while nothing was
								 * appended */
	size_t		len;			/* without the NUL */
	size_t		cap;
} Buffer;

extern void *xmalloc(size_t size);
extern void *xcalloc(size_t size);
extern void *xrealloc(void *old, size_t size);
extern char *xstrdup(const char *text);
extern char *xstrndup(const char *text, size_t len);
extern char *xprintf(const char *format,...) __attribute__((format(printf, 1, 2)));

extern void buffer_append(Buffer *b, const void *data, size_t len);
extern void buffer_puts(Buffer *b, const char *text);
extern void buffer_putc(Buffer *b, char c);
extern void buffer_printf(Buffer *b, const char *format,...) __attribute__((format(printf, 2, 3)));
extern void buffer_vprintf(Buffer *b, const char *format, va_list args);

/* Appends a JSON string, quotes included. The text is UTF-8. */
extern void buffer_json(Buffer *b, const char *text, size_t len);
extern void buffer_json_text(Buffer *b, const char *text);

/* The text, never NULL; the caller owns it and the buffer is empty again. */
extern char *buffer_take(Buffer *b);
extern void buffer_free(Buffer *b);

#endif
