/*
 * http_header.h: checks what is to become a header of an HTTP request.
 */
#ifndef RR_HTTP_HEADER_H
#define RR_HTTP_HEADER_H

/* True if these bytes are a token of RFC 9110, 5.6.2, as names are. */
extern bool rr_is_http_token(const char *text, size_t len);

/*
 * Throw 22023 unless name and value make a header line. The name need not be
 * NUL-terminated. The error shows the name if it is valid, never the value:
 * it may be a secret.
 */
extern void rr_check_http_header(const char *name, int name_len, const char *value);

#endif							/* RR_HTTP_HEADER_H */
