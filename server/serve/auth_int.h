/*
 * auth_int.h: tokens, their keys, and the hook.
 */
#ifndef AUTH_INT_H
#define AUTH_INT_H

#include <openssl/evp.h>

#include "common/json_scan.h"
#include "serve/auth.h"

/* ---- algorithms and keys, in jws.c ---- */

typedef struct Algorithm Algorithm;

typedef struct JwtKey
{
	char	   *kid;			/* or NULL */
	const Algorithm *algorithm; /* the only one it may be used with; NULL: all
								 * of its type */
	EVP_PKEY   *pkey;			/* or, for HMAC: */
	unsigned char *secret;
	size_t		secret_len;
} JwtKey;

typedef struct JwtKeys
{
	JwtKey	   *items;
	int			n;
} JwtKeys;

/* A token, taken apart; nothing of it is verified yet. */
typedef struct Token
{
	const char *text;			/* header.payload.signature */
	size_t		signed_len;		/* of header.payload */
	Buffer		header;
	Buffer		payload;
	Buffer		signature;
	JsonText	head;			/* in header */
	JsonText	claims;			/* in payload */
	const Algorithm *algorithm;
	char	   *kid;
} Token;

extern const Algorithm *find_algorithm(const char *name);
extern bool algorithm_is_hmac(const Algorithm *algorithm);

/* False when it is none of the kind that could be verified. */
extern bool token_parse(Token *token, const char *text);
extern void token_free(Token *token);

/*
 * Whether the key may be used for the token, and its signature is the key's.
 */
extern bool token_verify(const Token *token, const JwtKey *key);

/* A secret or a PEM public key or certificate; NULL, or what is wrong. */
extern const char *key_from_text(JwtKey *key, const Algorithm *algorithm, const char *text);

/* A set of keys; those that cannot be used are left out. False: no set. */
extern bool keys_from_jwks(JwtKeys *keys, const char *text, size_t len);
extern void keys_free(JwtKeys *keys);

/* ---- sets of keys at a URL, in jwks.c ---- */

typedef struct KeySet KeySet;

extern KeySet *key_set_start(const char *url);
extern void key_set_stop(KeySet *set);
extern const JwtKeys *key_set_keys(const KeySet *set);

/*
 * A key is missing. True when the task waits for a fetch, after which
 * jwt_authenticate() is called again; false when there will be none now.
 */
extern bool key_set_wait(KeySet *set, AuthTask *task);
extern void key_set_forget(AuthTask *task);

/* ---- tokens, in jwt.c ---- */

extern char *jwt_init(const char *json);
extern bool jwt_uses_cookies(void);

/* The token of a request; NULL. */
extern char *jwt_find(const Headers *headers);
extern void jwt_authenticate(AuthTask *task);

/* Looks a path like $.a['b'][0] up; JSON_ABSENT without. */
extern JsonText json_path(const JsonText *root, const char *path);

/* ---- the hook, in hook.c ---- */

extern void hook_authenticate(AuthTask *task);

/*
 * A member of claims or of the hook's answer, as the text of a variable; NULL.
 */
extern char *session_value(const JsonText *value);

#endif
