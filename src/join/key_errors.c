/*
 * key_errors.c: what went wrong, by key.
 *
 * Few keys have errors, so these stand beside the key table. When a whole
 * request fails all of its keys share one error.
 */
#include "postgres.h"

#include "common/hashfn.h"

#include "join/join.h"

typedef struct KeyErrors
{
	int			key;
	List	   *errors;			/* RrKeyError * */
	char		status;
} KeyErrors;

#define SH_PREFIX RrKeyErrors
#define SH_ELEMENT_TYPE KeyErrors
#define SH_KEY_TYPE int
#define SH_KEY key
#define SH_HASH_KEY(table, key) murmurhash32((uint32) (key))
#define SH_EQUAL(table, a, b) ((a) == (b))
#define SH_SCOPE static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

/* In the run's context, as everything here. */
static void
add_error(RrStepRun *step, int key, RrKeyError *error)
{
	KeyErrors  *entry;
	bool		found;

	if (step->errors == NULL)
		step->errors = RrKeyErrors_create(step->run->cxt, 16, NULL);
	entry = RrKeyErrors_insert(step->errors, key, &found);
	entry->errors = lappend(found ? entry->errors : NIL, error);
	step->run->key_errors = true;
}

static RrKeyError *
make_error(const char *message, const GqlPath *path, const char *code, const char *extensions)
{
	RrKeyError *error = palloc0(sizeof(RrKeyError));

	error->message = pstrdup(message);
	error->path = rr_path_copy(NULL, path);
	error->code = code;
	error->extensions = extensions;
	return error;
}

static RrKeyError *
make_remote_error(const RrStepRun *step, const char *message, const GqlPath *path,
				  const char *upstream)
{
	const RrRemoteSchema *remote = step->step->remote->def;
	StringInfoData extensions;

	initStringInfo(&extensions);
	appendStringInfoString(&extensions, "\"remote_schema\": ");
	gql_json_string(&extensions, remote->name, strlen(remote->name));
	if (upstream != NULL)
		appendStringInfo(&extensions, ", \"upstream\": %s",
						 rr_remote_schema_conceal(remote, upstream));
	return make_error(rr_remote_schema_conceal(remote, message), path, GQL_CODE_REMOTE_SCHEMA_ERROR,
					  extensions.data);
}

void
rr_key_error(RrStepRun *step, int key, const char *message, const GqlPath *path,
			 const char *upstream)
{
	MemoryContext old = MemoryContextSwitchTo(step->run->cxt);

	add_error(step, key, make_remote_error(step, message, path, upstream));
	MemoryContextSwitchTo(old);
}

void
rr_keys_error(RrStepRun *step, const int *keys, int n, const char *message, const char *upstream)
{
	MemoryContext old = MemoryContextSwitchTo(step->run->cxt);
	RrKeyError *error = make_remote_error(step, message, NULL, upstream);

	for (int i = 0; i < n; i++)
		add_error(step, keys[i], error);
	MemoryContextSwitchTo(old);
}

void
rr_local_key_error(RrStepRun *step, int key, const GqlError *error)
{
	MemoryContext old = MemoryContextSwitchTo(step->run->cxt);

	add_error(step, key, make_error(error->message, NULL, error->code, error->extensions
									? pstrdup(error->extensions) : NULL));
	MemoryContextSwitchTo(old);
}

List	   *
rr_key_errors(const RrStepRun *step, int key)
{
	KeyErrors  *entry = step->errors ? RrKeyErrors_lookup(step->errors, key) : NULL;

	return entry ? entry->errors : NIL;
}

void
rr_truncate_key_errors(RrStepRun *step, int key, int n)
{
	KeyErrors  *entry = step->errors ? RrKeyErrors_lookup(step->errors, key) : NULL;

	if (entry != NULL)
		entry->errors = list_truncate(entry->errors, n);
}
