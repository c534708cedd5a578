/*
 * key_errors.c: what went wrong, by key.
 *
 * Mostly no key has an error, so errors stand in a table of their own. When a
 * whole request fails, its keys share one error; when an upstream is down, so
 * do the keys of all requests.
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

/* So many of the last errors are looked at for an equal one. */
#define MAX_COMPARED 100

/* ---- filing at keys: all in the run's context ---- */

bool
rr_keeps_key_error(RrStepRun *step, int key)
{
	if (list_length(step->run->key_errors) < RR_MAX_RUN_ERRORS &&
		(key < 0 || list_length(rr_key_errors(step, key)) < RR_MAX_KEY_ERRORS))
		return true;
	step->run->errors->omitted++;
	return false;
}

void
rr_share_key_error(RrStepRun *step, int key, RrKeyError *error)
{
	MemoryContext old = MemoryContextSwitchTo(step->run->cxt);
	KeyErrors  *entry;
	bool		found;

	if (step->errors == NULL)
		step->errors = RrKeyErrors_create(step->run->cxt, 16, NULL);
	entry = RrKeyErrors_insert(step->errors, key, &found);
	if (!found)
		entry->errors = NIL;
	if (list_length(entry->errors) < RR_MAX_KEY_ERRORS && !list_member_ptr(entry->errors, error))
		entry->errors = lappend(entry->errors, error);
	step->run->has_key_errors = true;
	MemoryContextSwitchTo(old);
}

/* Make an error; path may be on the stack. The other texts are not copied. */
static RrKeyError *
make_error(RrStepRun *step, int key, const char *message, const GqlPath *path, const char *code,
		   const char *extensions)
{
	RrKeyError *error = palloc0(sizeof(RrKeyError));

	Assert(CurrentMemoryContext == step->run->cxt);
	error->message = message;
	error->code = code;
	error->extensions = extensions;
	error->step = step;
	error->key = key;
	error->path = rr_path_copy(NULL, path);
	step->run->key_errors = lappend(step->run->key_errors, error);
	return error;
}

/* The members of extensions of an error of a remote schema. */
static char *
remote_extensions(const RrRemoteSchema *remote, const char *upstream)
{
	StringInfoData extensions;

	initStringInfo(&extensions);
	appendStringInfoString(&extensions, "\"remote_schema\": ");
	gql_json_string(&extensions, remote->name, strlen(remote->name));
	if (upstream != NULL)
		appendStringInfo(&extensions, ", \"upstream\": %s",
						 rr_remote_schema_conceal(remote, upstream));
	return extensions.data;
}

RrKeyError *
rr_key_error(RrStepRun *step, int key, const char *message, const GqlPath *path,
			 const char *upstream)
{
	const RrRemoteSchema *remote = step->plan->remote->def;
	char	   *extensions = remote_extensions(remote, upstream);
	MemoryContext old = MemoryContextSwitchTo(step->run->cxt);
	RrKeyError *error = make_error(step, key, pstrdup(rr_remote_schema_conceal(remote, message)),
								   path, GQL_CODE_REMOTE_SCHEMA_ERROR, pstrdup(extensions));

	MemoryContextSwitchTo(old);
	pfree(extensions);
	rr_share_key_error(step, key, error);
	return error;
}

static bool
texts_are_equal(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* An error that says the same and has no place of its own; NULL: none. */
static RrKeyError *
find_equal(const RrRun *run, const char *message, const char *code, const char *extensions)
{
	int			n = list_length(run->key_errors);

	for (int i = n - 1; i >= Max(n - MAX_COMPARED, 0); i--)
	{
		RrKeyError *error = list_nth(run->key_errors, i);

		if (error->key < 0 && strcmp(error->message, message) == 0 &&
			texts_are_equal(error->code, code) && texts_are_equal(error->extensions, extensions))
			return error;
	}
	return NULL;
}

/* An error for keys to share: an equal one of the run, or a new one. */
static RrKeyError *
get_shared(RrStepRun *step, const char *message, const char *code, const char *extensions)
{
	RrKeyError *error = find_equal(step->run, message, code, extensions);
	MemoryContext old;

	if (error != NULL)
		return error;
	old = MemoryContextSwitchTo(step->run->cxt);
	error = make_error(step, -1, pstrdup(message), NULL, code,
					   extensions != NULL ? pstrdup(extensions) : NULL);
	MemoryContextSwitchTo(old);
	return error;
}

RrKeyError *
rr_shared_error(RrStepRun *step, const char *message, const char *upstream)
{
	const RrRemoteSchema *remote = step->plan->remote->def;

	return get_shared(step, rr_remote_schema_conceal(remote, message),
					  GQL_CODE_REMOTE_SCHEMA_ERROR, remote_extensions(remote, upstream));
}

RrKeyError *
rr_shared_local_error(RrStepRun *step, const GqlError *error)
{
	return get_shared(step, error->message, error->code, error->extensions);
}

RrKeyError *
rr_keys_error(RrStepRun *step, const int *keys, int n, const char *message, const char *upstream)
{
	RrKeyError *error = rr_shared_error(step, message, upstream);

	for (int i = 0; i < n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		rr_share_key_error(step, keys[i], error);
	}
	return error;
}

void
rr_local_key_error(RrStepRun *step, int key, const GqlError *error)
{
	if (rr_keeps_key_error(step, key))
		rr_share_key_error(step, key, rr_shared_local_error(step, error));
}

List	   *
rr_key_errors(const RrStepRun *step, int key)
{
	KeyErrors  *entry = step->errors != NULL ? RrKeyErrors_lookup(step->errors, key) : NULL;

	return entry != NULL ? entry->errors : NIL;
}

void
rr_forget_key_errors(RrStepRun *step, int key)
{
	KeyErrors  *entry = step->errors != NULL ? RrKeyErrors_lookup(step->errors, key) : NULL;
	ListCell   *lc;

	if (entry == NULL)
		return;
	foreach(lc, entry->errors)
	{
		RrKeyError *error = lfirst(lc);

		if (error->step == step && error->key == key)
			step->run->key_errors = list_delete_ptr(step->run->key_errors, error);
	}
	list_free(entry->errors);
	entry->errors = NIL;
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

/*
 * One more place of an error. The first makes its entry; the place where it
 * happened becomes the entry's, whenever it is met.
 */
static void
add_place(RrRun *run, RrKeyError *error, bool at_key, const GqlSelection *field,
		  const GqlPath *path)
{
	GqlErrorList *errors = run->errors;
	const char *source = run->plan->request->document->source;
	bool		first = error->nplaces++ == 0;

	if (first)
	{
		error->entry = gql_error(errors, "%s", error->message);
		if (error->entry != NULL)
		{
			error->entry->code = error->code;
			if (error->extensions != NULL)
				error->entry->extensions = MemoryContextStrdup(errors->cxt, error->extensions);
		}
	}
	if (error->entry == NULL || (!first && (!at_key || error->at_key)))
		return;
	error->at_key = at_key;
	error->entry->locations = NIL;
	gql_error_locate(errors, error->entry, source, field->loc);
	error->entry->path = rr_path_copy(rr_path_copy(NULL, path), at_key ? error->path : NULL);
}

void
rr_file_key_errors(RrStepRun *step, int key, const RrShape *shape, const GqlSelection *node,
				   const GqlPath *path)
{
	ListCell   *lc;

	foreach(lc, rr_key_errors(step, key))
	{
		RrKeyError *error = lfirst(lc);
		bool		at_key = error->step == step && error->key == key;

		add_place(step->run, error, at_key, field_at(shape, at_key ? error->path : NULL, node),
				  path);
	}
}

void
rr_count_places(RrRun *run)
{
	MemoryContext old = MemoryContextSwitchTo(run->errors->cxt);
	ListCell   *lc;

	foreach(lc, run->key_errors)
	{
		const RrKeyError *error = lfirst(lc);
		GqlError   *entry = error->entry;

		if (entry != NULL && error->nplaces > 1)
			entry->extensions = psprintf("%s%s\"places\": %d",
										 entry->extensions != NULL ? entry->extensions : "",
										 entry->extensions != NULL ? ", " : "", error->nplaces);
	}
	MemoryContextSwitchTo(old);
}
