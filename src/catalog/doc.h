/*
 * doc.h: a cursor over jsonb that knows where it stands, so that everything
 * wrong with a body is reported with its path ("$.args.remote_field.auth0").
 *
 * Cursors and what they return live in CurrentMemoryContext; the Jsonb must
 * outlive them. A JSON null counts as absent wherever a member is asked for.
 */
#ifndef RR_DOC_H
#define RR_DOC_H

#include "nodes/pg_list.h"
#include "utils/jsonb.h"

typedef struct RrDoc
{
	const struct RrDoc *parent; /* NULL: the root */
	const char *key;			/* root: what paths start with; NULL: index
								 * counts */
	int			index;
	JsonbValue	value;
} RrDoc;

/*
 * The root of a document; name is what its paths start with ("$"; "" for a
 * path that starts with a member's name).
 */
extern const RrDoc *rr_doc_root(Jsonb *jsonb, const char *name);

extern bool rr_doc_is_object(const RrDoc *doc);
extern bool rr_doc_is_array(const RrDoc *doc);
extern bool rr_doc_is_string(const RrDoc *doc);

/* Elements of an array, members of an object, 0 otherwise. */
extern int	rr_doc_length(const RrDoc *doc);

/*
 * A member, or NULL when doc is NULL or the member is absent or null; throws
 * 22023 when doc is no object.
 */
extern const RrDoc *rr_doc_get(const RrDoc *doc, const char *key);

/* The same; throws 22023 when there is none. */
extern const RrDoc *rr_doc_require(const RrDoc *doc, const char *key);

/*
 * Elements of an array, members (nulls too, in jsonb's order) of an object:
 * List of const RrDoc *; NIL for NULL. Throws 22023 for any other value.
 */
extern List *rr_doc_items(const RrDoc *doc);
extern List *rr_doc_members(const RrDoc *doc);

/* The value; throws 22023 when it is of another type. */
extern char *rr_doc_text(const RrDoc *doc);
extern bool rr_doc_bool(const RrDoc *doc);
extern int	rr_doc_int(const RrDoc *doc, int min, int max);
extern Jsonb *rr_doc_jsonb(const RrDoc *doc);

/* A string, number or boolean as text; throws 22023 for anything else. */
extern char *rr_doc_scalar_text(const RrDoc *doc);

/*
 * rr_doc_text() and rr_doc_bool() of a member, or the fallback when it is
 * absent.
 */
extern const char *rr_doc_get_text(const RrDoc *doc, const char *key, const char *fallback);
extern bool rr_doc_get_bool(const RrDoc *doc, const char *key, bool fallback);

/*
 * Throws 22023, with a "did you mean", for the first member whose name is not
 * among the n keys.
 */
extern void rr_doc_check_keys(const RrDoc *doc, const char *const *keys, int n);
#define RR_DOC_CHECK_KEYS(doc, ...) \
	do { \
		static const char *const keys__[] = {__VA_ARGS__}; \
		rr_doc_check_keys(doc, keys__, lengthof(keys__)); \
	} while (0)

/*
 * Append the paths of the members whose names are not among the n keys: List
 * of char *. Throws 22023 when doc is no object.
 */
extern List *rr_doc_other_paths(List *paths, const RrDoc *doc, const char *const *keys, int n);

/* Throws 22023 when doc is no object, or has a member. */
extern void rr_doc_check_empty(const RrDoc *doc);

/* "$.args.headers[0].name" */
extern char *rr_doc_path(const RrDoc *doc);

/* "an object", "a list", "the string \"x\"", … */
extern char *rr_doc_found(const RrDoc *doc);

/*
 * For use inside ereport(): the detail "At <path>."; the hint "Did you mean
 * …?", or none, from a List of char *.
 */
extern int	rr_doc_errdetail(const RrDoc *doc);
extern int	rr_errhint_did_you_mean(const char *input, List *options);

#endif							/* RR_DOC_H */
