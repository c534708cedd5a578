/*
 * doc.h: a cursor over jsonb that knows its path, so that errors can show it:
 * "$.args.remote_field.auth0".
 *
 * Cursors and what they return are palloc'd in CurrentMemoryContext. The Jsonb
 * must outlive them. A member that is null counts as absent.
 */
#ifndef RR_DOC_H
#define RR_DOC_H

#include "nodes/pg_list.h"
#include "utils/jsonb.h"

typedef struct RrDoc
{
	const struct RrDoc *parent; /* NULL: the root */
	const char *key;			/* of a member: its name; of the root: what
								 * paths start with; NULL: an element */
	int			index;			/* of an element, from 0 */
	JsonbValue	value;
} RrDoc;

/*
 * The root of a document. name is what its paths start with: "$", or "" for
 * paths that start with a member's name.
 */
extern const RrDoc *rr_doc_root(Jsonb *jsonb, const char *name);

extern bool rr_doc_is_object(const RrDoc *doc);
extern bool rr_doc_is_array(const RrDoc *doc);
extern bool rr_doc_is_string(const RrDoc *doc);

/* The number of elements or members; 0 for a scalar. */
extern int	rr_doc_length(const RrDoc *doc);

/*
 * A member; NULL if it is absent or null, or if doc is NULL. Throws 22023 if
 * doc is not an object.
 */
extern const RrDoc *rr_doc_get(const RrDoc *doc, const char *key);

/* A member; throws 22023 if it is absent or null. */
extern const RrDoc *rr_doc_require(const RrDoc *doc, const char *key);

/*
 * The elements of an array; the members of an object, nulls included, in the
 * order of jsonb: const RrDoc *. NIL if doc is NULL. Throws 22023 if doc has
 * another type.
 */
extern List *rr_doc_items(const RrDoc *doc);
extern List *rr_doc_members(const RrDoc *doc);

/* The value; throws 22023 if it has another type or is out of range. */
extern char *rr_doc_text(const RrDoc *doc);
extern bool rr_doc_bool(const RrDoc *doc);
extern int	rr_doc_int(const RrDoc *doc, int min, int max);
extern Jsonb *rr_doc_jsonb(const RrDoc *doc);

/* A string, number or boolean as text; throws 22023 for anything else. */
extern char *rr_doc_scalar_text(const RrDoc *doc);

/*
 * The value of a member; the fallback if it is absent or null, or if doc is
 * NULL. Throws 22023 if it has another type.
 */
extern const char *rr_doc_get_text(const RrDoc *doc, const char *key, const char *fallback);
extern bool rr_doc_get_bool(const RrDoc *doc, const char *key, bool fallback);

/*
 * Throw 22023 for the first member whose name is not among the keys. The hint
 * suggests a key, or lists them.
 */
extern void rr_doc_check_keys(const RrDoc *doc, const char *const *keys, int n);
#define RR_DOC_CHECK_KEYS(doc, ...) \
	do { \
		static const char *const keys__[] = {__VA_ARGS__}; \
		rr_doc_check_keys(doc, keys__, lengthof(keys__)); \
	} while (0)

/*
 * Append to paths those of the members whose names are not among the keys:
 * char *. Throws 22023 if doc is not an object.
 */
extern List *rr_doc_other_paths(List *paths, const RrDoc *doc, const char *const *keys, int n);

/* Throw 22023 if doc is not an object, or has a member. */
extern void rr_doc_check_empty(const RrDoc *doc);

/* The path of a value: "$.args.headers[0].name". */
extern char *rr_doc_path(const RrDoc *doc);

/* What messages call a value: "an object", "the string \"x\"". */
extern char *rr_doc_found(const RrDoc *doc);

/*
 * For use inside of ereport(): the detail "At <path>."; the hint "Did you mean
 * ...?" with those options (char *) that are like the input, or no hint.
 */
extern int	rr_doc_errdetail(const RrDoc *doc);
extern int	rr_errhint_did_you_mean(const char *input, List *options);

#endif							/* RR_DOC_H */
