/*
 * fuzz_headers.c: accept and content-type, cookies, and tokens.
 */
#include "serve/accept.h"
#include "serve/auth_int.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

extern int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char	   *text = xstrndup((const char *) data, size);
	Headers		headers = {0};
	Token		token;
	JwtKeys		keys;
	int			quality = accept_quality(text, "application/json");

	if (quality < -1 || quality > 1000)
		abort();
	(void) accept_answer_type(text);
	(void) is_json_content_type(text);
	if (headers_add(&headers, "cookie", text))
		free(headers_cookie(&headers, "a"));
	headers_free(&headers);
	if (token_parse(&token, text))
	{
		JwtKey		key;

		if (key_from_text(&key, find_algorithm("HS256"), "a secret of at least thirty-two bytes") == NULL &&
			token_verify(&token, &key))
			abort();			/* nobody finds that by chance */
		free(key.secret);
	}
	token_free(&token);
	if (keys_from_jwks(&keys, text, strlen(text)))
		keys_free(&keys);
	free(text);
	return 0;
}
