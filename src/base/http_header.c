/*
 * http_header.c: checks what is to become a header of an HTTP request.
 */
#include "postgres.h"

#include "base/http_header.h"

bool
rr_is_http_token(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
	{
		char		c = text[i];

		if (!(c >= '0' && c <= '9') && !(c >= 'A' && c <= 'Z') && !(c >= 'a' && c <= 'z') &&
			(c == '\0' || strchr("!#$%&'*+-.^_`|~", c) == NULL))
			return false;
	}
	return len > 0;
}

void
rr_check_http_header(const char *name, int name_len, const char *value)
{
	if (!rr_is_http_token(name, name_len))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid HTTP header"),
				 errdetail("The name of a header is one or more letters, digits and signs, without spaces and colons.")));
	for (const char *p = value; *p != '\0'; p++)
	{
		if (((unsigned char) *p < ' ' && *p != '\t') || *p == 0x7f)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("invalid value of HTTP header \"%.*s\"", name_len, name),
					 errdetail("A header's value holds no line breaks and no other control characters.")));
	}
}
