/*
 * key_errors.c: what went wrong, by key.
 *
 * Mostly no key has an error, so errors stand in a table of their own. When a
 * whole request fails, all of its keys have errors: they share one.
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "join/join_int.h"

typedef struct KeyErrors
{
	int			key;
	List	   *errors;			/* RrKeyError * */
	char		status;			/* of simplehash.h */
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

/* ---- filing at keys: all in the run's context ---- */

static void
add_error(RrStepRun *step, int key, RrKeyError *error)
{
	KeyErrors  *entry;
	bool		found;

	Assert(CurrentMemoryContext == step->run->cxt);
	if (step->errors == NULL)
		step->errors = RrKeyErrors_create(step->run->cxt, 16, NULL);
	entry = RrKeyErrors_insert(step->errors, key, &found);
	entry->errors = lappend(found ? entry->errors : NIL, error);
	step->run->has_key_errors = true;
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
	const RrRemoteSchema *remote = step->plan->remote->def;
	StringInfoData extensions;

	initStringInfo(&extensions);
	appendStringInfoString(&extensions, "\"remote_schema\": ");
	gql_json_string(&extensions, remote->name, strlen(remote->name));
	if (upstream != NULL)
		appendStringInfo(&extensions, ", \"upstream\": %s",
						 rr_remote_schema_conceal(remote, upstream));
	return make_error(rr_remote_schema_conceal(remote, message), path,
					  GQL_CODE_REMOTE_SCHEMA_ERROR, extensions.data);
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
	const char *extensions = error->extensions != NULL ? pstrdup(error->extensions) : NULL;

	add_error(step, key, make_error(error->message, NULL, error->code, extensions));
	MemoryContextSwitchTo(old);
}

List	   *
rr_key_errors(const RrStepRun *step, int key)
{
	KeyErrors  *entry = step->errors != NULL ? RrKeyErrors_lookup(step->errors, key) : NULL;

	return entry != NULL ? entry->errors : NIL;
}

void
rr_truncate_key_errors(RrStepRun *step, int key, int n)
{
	KeyErrors  *entry = step->errors != NULL ? RrKeyErrors_lookup(step->errors, key) : NULL;

	if (entry != NULL)
		entry->errors = list_truncate(entry->errors, n);
}

/* ---- filing in the run's list ---- */

const GqlPath *
rr_path_copy(const GqlPath *base, const GqlPath *inner)
{
	GqlPath    *copy;

	check_stack_depth();
	if (inner == NULL)
		return base;
	copy = palloc(sizeof(GqlPath));
	copy->key = inner->key != NULL ? pstrdup(inner->key) : NULL;
	copy->index = inner->index;
	copy->prev = rr_path_copy(base, inner->prev);
	return copy;
}

/* The field with this response key in an object of this shape; or NULL. */
static const RrShapeField *
find_field(const RrShape *shape, const char *key)
{
	List	   *objects = shape != NULL && !shape->leaf ? lcons(shape->base, shape->specific) : NIL;
	ListCell   *lc;

	foreach(lc, objects)
	{
		const RrObjectShape *object = lfirst(lc);

		for (int i = 0; i < object->nfields; i++)
			if (strcmp(object->fields[i].key, key) == 0)
				return &object->fields[i];
	}
	return NULL;
}

/*
 * The field at a path inside of a value; the innermost one that is selected
 * where the path leads further. node: the value's own field.
 */
static const GqlSelection *
field_at(const RrShape *shape, const GqlPath *path, const GqlSelection *node)
{
	List	   *keys = NIL;
	ListCell   *lc;

	for (; path != NULL; path = path->prev)
		if (path->key != NULL)
			keys = lcons(unconstify(char *, path->key), keys);
	foreach(lc, keys)
	{
		const RrShapeField *field = find_field(shape, lfirst(lc));

		if (field != NULL)
			node = linitial(field->sel->nodes);
		shape = field != NULL ? field->shape : NULL;
	}
	return node;
}

void
rr_file_key_errors(RrStepRun *step, int key, const RrShape *shape, const GqlSelection *node,
				   const GqlPath *path)
{
	GqlErrorList *errors = step->run->errors;
	const char *source = step->run->plan->request->document->source;
	ListCell   *lc;

	foreach(lc, rr_key_errors(step, key))
	{
		const RrKeyError *key_error = lfirst(lc);
		const GqlSelection *field = field_at(shape, key_error->path, node);
		GqlError   *error = gql_error_at(errors, source, field->loc, "%s", key_error->message);

		if (error == NULL)
			continue;
		error->code = key_error->code;
		if (key_error->extensions != NULL)
			error->extensions = MemoryContextStrdup(errors->cxt, key_error->extensions);
		error->path = rr_path_copy(rr_path_copy(NULL, path), key_error->path);
	}
}
