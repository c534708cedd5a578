/*
 * normalize.c: a GraphQL document without what does not matter in it
 * (specification, 2.1.7).
 */
#include "normalize.h"

#include <stdbool.h>
#include <string.h>

#include "buffer.h"

static bool
is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

char	   *
document_normalized(const char *p)
{
	Buffer		out = {0};

	while (*p)
	{
		const char *start = p;

		if (strchr(" \t\r\n,", *p) || strncmp(p, "\xef\xbb\xbf", 3) == 0)
		{
			p += *p == '\xef' ? 3 : 1;
			continue;
		}
		if (*p == '#')
		{
			p += strcspn(p, "\r\n");
			continue;
		}
		if (strncmp(p, "\"\"\"", 3) == 0)
		{
			for (p += 3; *p && strncmp(p, "\"\"\"", 3) != 0;)
				p += strncmp(p, "\\\"\"\"", 4) == 0 ? 4 : 1;
			p += *p ? 3 : 0;
		}
		else if (*p == '"')
		{
			/* with the line's end that cuts it off, so that it stays wrong */
			for (p++; *p && *p != '"' && *p != '\n' && *p != '\r';)
				p += p[0] == '\\' && p[1] ? 2 : 1;
			p += *p != '\0';
		}
		else if (is_name_char(*p))
		{
			while (is_name_char(*p))
				p++;
		}
		else
			p++;
		if (out.len > 0)
			buffer_putc(&out, ' ');
		buffer_append(&out, start, (size_t) (p - start));
	}
	return buffer_take(&out);
}
