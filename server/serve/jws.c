/*
 * jws.c: signatures of tokens (RFC 7515, 7517, 7518, 8037), by OpenSSL.
 *
 * The algorithm of a token is never taken on its word: the key must be of that
 * algorithm's type, and the configuration must allow it. All that can be
 * checked is checked before a signature is computed.
 */
#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/hmac.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

#include "serve/auth_int.h"

#define MAX_TOKEN 16384
#define MAX_KEYS 100
#define MIN_SECRET 32
#define MIN_RSA_BITS 2048

struct Algorithm
{
	const char *name;
	int			type;			/* EVP_PKEY_... */
	const char *digest;			/* NULL: the algorithm's own */
	bool		pss;
	const char *curve;			/* OpenSSL's name */
	size_t		coordinate;		/* bytes of r and of s */
};

static const Algorithm algorithms[] = {
	{"HS256", EVP_PKEY_HMAC, "SHA256", false, NULL, 0},
	{"HS384", EVP_PKEY_HMAC, "SHA384", false, NULL, 0},
	{"HS512", EVP_PKEY_HMAC, "SHA512", false, NULL, 0},
	{"RS256", EVP_PKEY_RSA, "SHA256", false, NULL, 0},
	{"RS384", EVP_PKEY_RSA, "SHA384", false, NULL, 0},
	{"RS512", EVP_PKEY_RSA, "SHA512", false, NULL, 0},
	{"PS256", EVP_PKEY_RSA, "SHA256", true, NULL, 0},
	{"PS384", EVP_PKEY_RSA, "SHA384", true, NULL, 0},
	{"PS512", EVP_PKEY_RSA, "SHA512", true, NULL, 0},
	{"ES256", EVP_PKEY_EC, "SHA256", false, "prime256v1", 32},
	{"ES384", EVP_PKEY_EC, "SHA384", false, "secp384r1", 48},
	{"ES512", EVP_PKEY_EC, "SHA512", false, "secp521r1", 66},
	{"EdDSA", EVP_PKEY_ED25519, NULL, false, NULL, 0},
};

const Algorithm *
find_algorithm(const char *name)
{
	if (strcmp(name, "Ed25519") == 0)
		name = "EdDSA";			/* as Hasura's configuration calls it */
	for (size_t i = 0; i < sizeof(algorithms) / sizeof(algorithms[0]); i++)
	{
		if (strcmp(algorithms[i].name, name) == 0)
			return &algorithms[i];
	}
	return NULL;
}

bool
algorithm_is_hmac(const Algorithm *algorithm)
{
	return algorithm->type == EVP_PKEY_HMAC;
}

/* ---- base64url (RFC 4648, 5), without padding ---- */

static bool
decode_base64url(const char *text, size_t len, Buffer *out)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	unsigned	bits = 0;
	int			n = 0;

	if (len % 4 == 1)
		return false;
	for (size_t i = 0; i < len; i++)
	{
		const char *digit = text[i] ? strchr(digits, text[i]) : NULL;

		if (digit == NULL)
			return false;
		bits = bits << 6 | (unsigned) (digit - digits);
		n += 6;
		if (n >= 8)
		{
			n -= 8;
			buffer_putc(out, (char) (bits >> n));
			bits &= (1u << n) - 1;
		}
	}
	return bits == 0;			/* one text for one value */
}

/* ---- tokens ---- */

static bool
parse_parts(Token *token, const char *text)
{
	const char *dot = strchr(text, '.');
	const char *dot2 = dot ? strchr(dot + 1, '.') : NULL;

	if (dot2 == NULL || strchr(dot2 + 1, '.') || strlen(text) > MAX_TOKEN)
		return false;
	token->text = text;
	token->signed_len = (size_t) (dot2 - text);
	return decode_base64url(text, (size_t) (dot - text), &token->header) &&
		decode_base64url(dot + 1, (size_t) (dot2 - dot - 1), &token->payload) &&
		decode_base64url(dot2 + 1, strlen(dot2 + 1), &token->signature) &&
		token->header.len > 0 && token->payload.len > 0 && token->signature.len > 0;
}

bool
token_parse(Token *token, const char *text)
{
	JsonText	alg;
	JsonText	kid;
	char	   *name;

	*token = (Token) {0};
	if (!parse_parts(token, text) ||
		!json_check(token->header.data, token->header.len, &token->head) ||
		!json_check(token->payload.data, token->payload.len, &token->claims) ||
		token->head.kind != JSON_OBJECT || token->claims.kind != JSON_OBJECT)
		return false;
	/* extensions that must be understood: none is */
	if (json_member(&token->head, "crit").kind != JSON_ABSENT)
		return false;
	alg = json_member(&token->head, "alg");
	name = json_dup(&alg);
	token->algorithm = name ? find_algorithm(name) : NULL;
	free(name);
	kid = json_member(&token->head, "kid");
	token->kid = json_dup(&kid);
	return token->algorithm != NULL;
}

void
token_free(Token *token)
{
	buffer_free(&token->header);
	buffer_free(&token->payload);
	buffer_free(&token->signature);
	free(token->kid);
	*token = (Token) {0};
}

/* ---- verifying ---- */

static bool
is_curve(EVP_PKEY *pkey, const char *curve)
{
	char		name[64];
	size_t		len;

	return EVP_PKEY_get_utf8_string_param(pkey, OSSL_PKEY_PARAM_GROUP_NAME, name, sizeof(name),
										  &len) &&
		strcmp(name, curve) == 0;
}

/* Whether a key is of the algorithm's type; a public key is never a secret. */
static bool
key_fits(const JwtKey *key, const Algorithm *algorithm)
{
	if (key->algorithm && key->algorithm != algorithm)
		return false;
	if (algorithm->type == EVP_PKEY_HMAC)
		return key->secret != NULL;
	if (key->pkey == NULL || EVP_PKEY_get_base_id(key->pkey) != algorithm->type)
		return false;
	return algorithm->curve == NULL || is_curve(key->pkey, algorithm->curve);
}

static bool
verify_hmac(const Token *token, const JwtKey *key)
{
	unsigned char mac[EVP_MAX_MD_SIZE];
	unsigned	len = sizeof(mac);
	const EVP_MD *md = EVP_get_digestbyname(token->algorithm->digest);

	return HMAC(md, key->secret, (int) key->secret_len, (const unsigned char *) token->text,
				token->signed_len, mac, &len) &&
		len == token->signature.len && CRYPTO_memcmp(mac, token->signature.data, len) == 0;
}

/* r and s, side by side in a token, as the DER that OpenSSL reads. */
static bool
ecdsa_to_der(const Token *token, unsigned char **der, size_t *der_len)
{
	size_t		n = token->algorithm->coordinate;
	const unsigned char *bytes = (const unsigned char *) token->signature.data;
	ECDSA_SIG  *sig;
	int			len;

	if (token->signature.len != 2 * n)
		return false;
	sig = ECDSA_SIG_new();
	ECDSA_SIG_set0(sig, BN_bin2bn(bytes, (int) n, NULL), BN_bin2bn(bytes + n, (int) n, NULL));
	*der = NULL;
	len = i2d_ECDSA_SIG(sig, der);
	ECDSA_SIG_free(sig);
	*der_len = (size_t) len;
	return len > 0;
}

static bool
verify_with(const Token *token, EVP_PKEY *pkey, const unsigned char *signature, size_t len)
{
	const Algorithm *algorithm = token->algorithm;
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY_CTX *pctx = NULL;
	bool		good;

	good = EVP_DigestVerifyInit_ex(ctx, &pctx, algorithm->digest, NULL, NULL, pkey, NULL) == 1 &&
		(!algorithm->pss ||
		 (EVP_PKEY_CTX_set_rsa_padding(pctx, RSA_PKCS1_PSS_PADDING) == 1 &&
		  EVP_PKEY_CTX_set_rsa_pss_saltlen(pctx, RSA_PSS_SALTLEN_DIGEST) == 1)) &&
		EVP_DigestVerify(ctx, signature, len, (const unsigned char *) token->text,
						 token->signed_len) == 1;
	EVP_MD_CTX_free(ctx);
	ERR_clear_error();
	return good;
}

bool
token_verify(const Token *token, const JwtKey *key)
{
	unsigned char *der;
	size_t		der_len;
	bool		good;

	if (!key_fits(key, token->algorithm))
		return false;
	if (token->algorithm->type == EVP_PKEY_HMAC)
		return verify_hmac(token, key);
	if (token->algorithm->type != EVP_PKEY_EC)
		return verify_with(token, key->pkey, (const unsigned char *) token->signature.data,
						   token->signature.len);
	if (!ecdsa_to_der(token, &der, &der_len))
		return false;
	good = verify_with(token, key->pkey, der, der_len);
	OPENSSL_free(der);
	return good;
}

/* ---- keys ---- */

static EVP_PKEY *
read_pem(const char *text)
{
	BIO		   *bio = BIO_new_mem_buf(text, -1);
	EVP_PKEY   *pkey = NULL;

	if (strstr(text, "BEGIN CERTIFICATE"))
	{
		X509	   *certificate = PEM_read_bio_X509(bio, NULL, NULL, NULL);

		if (certificate)
			pkey = X509_get_pubkey(certificate);
		X509_free(certificate);
	}
	else
		pkey = PEM_read_bio_PUBKEY(bio, NULL, NULL, NULL);
	BIO_free(bio);
	ERR_clear_error();
	return pkey;
}

const char *
key_from_text(JwtKey *key, const Algorithm *algorithm, const char *text)
{
	*key = (JwtKey) {.algorithm = algorithm};
	if (algorithm_is_hmac(algorithm))
	{
		if (strlen(text) < MIN_SECRET)
			return "key: must have at least 32 characters";
		if (strstr(text, "-----BEGIN "))
			return "key: is a PEM text, which everybody may know, but type says that it is a secret";
		key->secret = (unsigned char *) xstrdup(text);
		key->secret_len = strlen(text);
		return NULL;
	}
	key->pkey = read_pem(text);
	if (key->pkey == NULL)
		return "key: must be a public key or certificate in PEM";
	if (!key_fits(key, algorithm))
		return "key: does not fit type";
	if (algorithm->type == EVP_PKEY_RSA && EVP_PKEY_get_bits(key->pkey) < MIN_RSA_BITS)
		return "key: an RSA key must have at least 2048 bits";
	return NULL;
}

/* A member of a JWK, decoded; false without. */
static bool
jwk_bytes(const JsonText *jwk, const char *name, Buffer *out)
{
	JsonText	member = json_member(jwk, name);
	char	   *text = json_dup(&member);
	bool		good = text && decode_base64url(text, strlen(text), out) && out->len > 0;

	free(text);
	return good;
}

static EVP_PKEY *
build_key(const char *type, OSSL_PARAM_BLD *build)
{
	OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(build);
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
	EVP_PKEY   *pkey = NULL;

	if (params && ctx && EVP_PKEY_fromdata_init(ctx) == 1)
		EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_PUBLIC_KEY, params);
	EVP_PKEY_CTX_free(ctx);
	OSSL_PARAM_free(params);
	return pkey;
}

static EVP_PKEY *
rsa_from_jwk(const JsonText *jwk)
{
	Buffer		n = {0};
	Buffer		e = {0};
	EVP_PKEY   *pkey = NULL;

	if (jwk_bytes(jwk, "n", &n) && jwk_bytes(jwk, "e", &e) && n.len <= 2048 && e.len <= 8)
	{
		OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
		BIGNUM	   *bn_n = BN_bin2bn((unsigned char *) n.data, (int) n.len, NULL);
		BIGNUM	   *bn_e = BN_bin2bn((unsigned char *) e.data, (int) e.len, NULL);

		OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, bn_n);
		OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, bn_e);
		pkey = build_key("RSA", build);
		OSSL_PARAM_BLD_free(build);
		BN_free(bn_n);
		BN_free(bn_e);
	}
	buffer_free(&n);
	buffer_free(&e);
	if (pkey && EVP_PKEY_get_bits(pkey) < MIN_RSA_BITS)
	{
		EVP_PKEY_free(pkey);
		return NULL;
	}
	return pkey;
}

static EVP_PKEY *
ec_from_jwk(const JsonText *jwk, const char *crv)
{
	Buffer		x = {0};
	Buffer		y = {0};
	EVP_PKEY   *pkey = NULL;
	const char *curve = strcmp(crv, "P-256") == 0 ? "prime256v1" : strcmp(crv, "P-384") == 0 ? "secp384r1" :
	strcmp(crv, "P-521") == 0 ? "secp521r1" : NULL;

	if (curve && jwk_bytes(jwk, "x", &x) && jwk_bytes(jwk, "y", &y) && x.len == y.len)
	{
		OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
		Buffer		point = {0};

		buffer_putc(&point, 4); /* uncompressed */
		buffer_append(&point, x.data, x.len);
		buffer_append(&point, y.data, y.len);
		OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_GROUP_NAME, curve, 0);
		OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PUB_KEY, point.data, point.len);
		pkey = build_key("EC", build);
		OSSL_PARAM_BLD_free(build);
		buffer_free(&point);
	}
	buffer_free(&x);
	buffer_free(&y);
	return pkey;
}

static EVP_PKEY *
ed25519_from_jwk(const JsonText *jwk, const char *crv)
{
	Buffer		x = {0};
	EVP_PKEY   *pkey = NULL;

	if (strcmp(crv, "Ed25519") == 0 && jwk_bytes(jwk, "x", &x))
		pkey = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, (unsigned char *) x.data, x.len);
	buffer_free(&x);
	return pkey;
}

static char *
jwk_text(const JsonText *jwk, const char *name)
{
	JsonText	member = json_member(jwk, name);

	return json_dup(&member);
}

/* False for keys of other uses, types and sizes: secrets among them. */
static bool
key_from_jwk(JwtKey *key, const JsonText *jwk)
{
	char	   *kty = jwk_text(jwk, "kty");
	char	   *crv = jwk_text(jwk, "crv");
	char	   *use = jwk_text(jwk, "use");
	char	   *alg = jwk_text(jwk, "alg");

	*key = (JwtKey) {0};
	if (kty && (use == NULL || strcmp(use, "sig") == 0) && (alg == NULL || find_algorithm(alg)))
	{
		if (strcmp(kty, "RSA") == 0)
			key->pkey = rsa_from_jwk(jwk);
		else if (strcmp(kty, "EC") == 0 && crv)
			key->pkey = ec_from_jwk(jwk, crv);
		else if (strcmp(kty, "OKP") == 0 && crv)
			key->pkey = ed25519_from_jwk(jwk, crv);
	}
	if (key->pkey)
	{
		key->kid = jwk_text(jwk, "kid");
		key->algorithm = alg ? find_algorithm(alg) : NULL;
	}
	free(kty);
	free(crv);
	free(use);
	free(alg);
	ERR_clear_error();
	return key->pkey != NULL;
}

bool
keys_from_jwks(JwtKeys *keys, const char *text, size_t len)
{
	JsonText	root;
	JsonText	list;
	JsonText	jwk;

	*keys = (JwtKeys) {0};
	if (!json_check(text, len, &root))
		return false;
	list = json_member(&root, "keys");
	if (list.kind != JSON_ARRAY)
		return false;
	keys->items = xcalloc(MAX_KEYS * sizeof(JwtKey));
	for (const char *at = NULL; keys->n < MAX_KEYS && json_next(&list, &at, NULL, &jwk);)
	{
		if (key_from_jwk(&keys->items[keys->n], &jwk))
			keys->n++;
	}
	return true;
}

void
keys_free(JwtKeys *keys)
{
	for (int i = 0; i < keys->n; i++)
	{
		free(keys->items[i].kid);
		EVP_PKEY_free(keys->items[i].pkey);
		free(keys->items[i].secret);
	}
	free(keys->items);
	*keys = (JwtKeys) {0};
}
