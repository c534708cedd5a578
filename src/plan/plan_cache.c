/*
 * plan_cache.c: documents and their plans, kept for the next call with the
 * same text.
 *
 * A document is found by its text, operation name and role. It belongs to one
 * role schema, so any change of what the schema depends on makes it stale.
 * A document has plans: one for each signature of the variables
 * (variable_signature.c). Scalars are parameters: a plan remembers from where
 * in the variables each of its parameters came, and is given the new values
 * (param_origin.c). What goes to remote schemas names the document's
 * variables, and takes their values when it is sent.
 *
 * The last unpin frees the document, possibly in a reset callback during an
 * abort; freeing must not allocate or throw.
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"
#include "utils/plancache.h"

#include "base/pinned_cache.h"
#include "compat.h"
#include "plan/sql/mutation.h"
#include "plan/plan_int.h"
#include "plan/remote/step.h"
#include "settings.h"

/* Plans that are kept for one document. */
#define MAX_PLANS 32

typedef struct KeptPlan
{
	MemoryContext cxt;			/* below the document's; holds all of this */
	const char *signature;
	const char *values;			/* all of the variables; NULL: the signature
								 * is enough */
	RrPlan	   *plan;
	List	   *prepared;		/* RrPrepared * */
	List	   *origins;		/* RrParamOrigin *, one array for each
								 * statement of a root field, then each join
								 * to a table */
	RrPreparedSet made;			/* statements that are made as the plan runs */
} KeptPlan;

typedef struct KeptDocument
{
	RrPinnedEntry entry;		/* first */
	MemoryContext cxt;			/* holds all of this */
	RrRoleSchema *rs;			/* held while the document is kept */

	/* what it is found by */
	uint64		key;			/* a hash of the next four */
	Oid			role;
	const char *query;
	int			len;
	const char *operation_name; /* or NULL */

	/*
	 * Settings under which it was validated. A further setting that parsing,
	 * validation or planning depends on belongs here, too.
	 */
	int			max_depth;
	int			max_tokens;

	GqlDocument *document;
	List	   *plans;			/* KeptPlan *, the one made last first */
} KeptDocument;

StaticAssertDecl(offsetof(KeptDocument, entry) == 0, "cast from RrPinnedEntry");

/* Entry of the index: documents whose keys are equal displace each other. */
typedef struct Slot
{
	uint64		key;
	KeptDocument *document;
} Slot;

static HTAB *slots;
static uint64 documents_generation; /* rr_catalog_generation() of all */

/* ---- the cache ---- */

static void
free_plan(KeptPlan *plan)
{
	ListCell   *lc;

	foreach(lc, plan->prepared)
	{
		RrPrepared *prepared = lfirst(lc);

		if (prepared->plan != NULL)
			SPI_freeplan(prepared->plan);
	}
	rr_prepared_set_free(&plan->made);
	MemoryContextDelete(plan->cxt);
}

static void
free_document(RrPinnedEntry *entry)
{
	KeptDocument *kept = (KeptDocument *) entry;
	ListCell   *lc;

	foreach(lc, kept->plans)
		free_plan(lfirst(lc));
	MemoryContextDelete(kept->cxt);
}

static void
remove_from_index(RrPinnedEntry *entry)
{
	hash_search(slots, &((KeptDocument *) entry)->key, HASH_REMOVE, NULL);
}

static Size
prepared_size(const RrPrepared *prepared)
{
	Size		size = 0;
	ListCell   *lc;

	if (prepared->plan == NULL)
		return 0;
	foreach(lc, SPI_plan_get_plan_sources(prepared->plan))
	{
		CachedPlanSource *source = lfirst(lc);

		size += MemoryContextMemAllocated(source->context, true);
		if (source->gplan != NULL)
			size += MemoryContextMemAllocated(source->gplan->context, true);
	}
	return size;
}

static Size
document_size(const RrPinnedEntry *entry)
{
	const KeptDocument *kept = (const KeptDocument *) entry;
	Size		size = MemoryContextMemAllocated(kept->cxt, true);
	ListCell   *lc;
	ListCell   *lc2;

	foreach(lc, kept->plans)
	{
		const KeptPlan *plan = lfirst(lc);

		foreach(lc2, plan->prepared)
			size += prepared_size(lfirst(lc2));
	}
	return size;
}

static RrPinnedCache documents = {
	.entries = DLIST_STATIC_INIT(documents.entries),
	.free = free_document,
	.size = document_size,
	.removed = remove_from_index,
};

/* ---- finding documents ---- */

static uint64
document_key(const char *query, int len, const char *operation_name, Oid role)
{
	uint64		key = hash_bytes_extended((const unsigned char *) query, len, role);

	if (operation_name != NULL)
		key = hash_bytes_extended((const unsigned char *) operation_name, strlen(operation_name),
								  key);
	return key;
}

static bool
same_name(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static KeptDocument *
find_document(uint64 key, const char *query, int len, const char *operation_name, Oid role)
{
	Slot	   *slot = slots != NULL ? hash_search(slots, &key, HASH_FIND, NULL) : NULL;
	KeptDocument *kept;

	if (slot == NULL)
		return NULL;
	kept = slot->document;
	if (kept->role != role || kept->len != len || memcmp(kept->query, query, len) != 0 ||
		!same_name(kept->operation_name, operation_name) ||
		kept->max_depth != rr_max_query_depth || kept->max_tokens != rr_max_query_tokens)
		return NULL;
	rr_pinned_cache_touch(&kept->entry);
	return kept;
}

static void
keep_document(KeptDocument *kept)
{
	Slot	   *slot;

	if (slots == NULL)
	{
		HASHCTL		info = {.keysize = sizeof(uint64), .entrysize = sizeof(Slot)};

		slots = hash_create("remote_rel documents", 256, &info, HASH_ELEM | HASH_BLOBS);
	}
	slot = hash_search(slots, &kept->key, HASH_FIND, NULL);
	if (slot != NULL)
		rr_pinned_cache_remove(&slot->document->entry);
	slot = hash_search(slots, &kept->key, HASH_ENTER, NULL);
	slot->document = kept;
	MemoryContextSetParent(kept->cxt, CacheMemoryContext);
	rr_pinned_cache_add(&documents, &kept->entry, rr_role_schema_entry(kept->rs));
}

/* ---- documents ---- */

static bool
validate(KeptDocument *kept, GqlErrorList *errors)
{
	MemoryContext scratch = AllocSetContextCreate(kept->cxt, "remote_rel validation",
												  ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(scratch);
	bool		ok = gql_validate(kept->rs->schema, kept->document, rr_max_query_depth, errors);

	MemoryContextSwitchTo(old);
	MemoryContextDelete(scratch);
	return ok;
}

/*
 * Parse and validate. The document's context stands below the current one
 * until the document is kept. NULL when errors were filed.
 */
static KeptDocument *
make_document(uint64 key, const char *query, int len, const char *operation_name,
			  RrRoleSchema *rs, GqlErrorList *errors)
{
	GqlLimits	limits = {.max_tokens = rr_max_query_tokens};
	MemoryContext cxt = AllocSetContextCreate(CurrentMemoryContext, "remote_rel document",
											  ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(cxt);
	KeptDocument *kept = palloc0(sizeof(KeptDocument));
	bool		valid;

	kept->cxt = cxt;
	kept->rs = rs;
	kept->key = key;
	kept->role = rs->role;
	kept->operation_name = operation_name != NULL ? pstrdup(operation_name) : NULL;
	kept->max_depth = rr_max_query_depth;
	kept->max_tokens = rr_max_query_tokens;
	kept->document = gql_parse(query, len, &limits, errors);
	valid = kept->document != NULL && validate(kept, errors);
	if (valid)
	{
		kept->query = kept->document->source;
		kept->len = len;
	}
	MemoryContextSwitchTo(old);
	return valid ? kept : NULL;
}

/*
 * The document, pinned: an earlier call's, or a new one, kept from now on.
 * NULL when errors were filed.
 */
static KeptDocument *
get_document(const char *query, int len, const char *operation_name, GqlErrorList *errors)
{
	uint64		generation = rr_catalog_generation();
	uint64		key = document_key(query, len, operation_name, GetUserId());
	KeptDocument *kept;

	if (generation != documents_generation)
	{
		rr_pinned_cache_clear(&documents);
		documents_generation = generation;
	}
	kept = find_document(key, query, len, operation_name, GetUserId());
	if (kept != NULL && kept->rs->schema->callbacks_running > 0)
	{
		/* an error has left a type of the schema half made */
		rr_pinned_cache_clear(&documents);
		kept = NULL;
	}
	if (kept == NULL)
	{
		kept = make_document(key, query, len, operation_name, rr_role_schema_get(GetUserId()),
							 errors);
		if (kept == NULL)
			return NULL;
		keep_document(kept);
	}
	rr_pin_for_context(&kept->entry);
	return kept;
}

/* ---- plans ---- */

static KeptPlan *
find_plan(KeptDocument *kept, GqlRequest *request, const char *signature)
{
	char	   *values = NULL;
	ListCell   *lc;

	foreach(lc, kept->plans)
	{
		KeptPlan   *plan = lfirst(lc);

		if (strcmp(plan->signature, signature) != 0)
			continue;
		if (plan->values == NULL)
			return plan;
		if (values == NULL)
			values = rr_variable_values(request);
		if (strcmp(plan->values, values) == 0)
			return plan;
	}
	return NULL;
}

/*
 * Make room for one more plan. False if the plans that are there may be in use
 * by a caller further out.
 */
static bool
make_room(KeptDocument *kept)
{
	if (list_length(kept->plans) < MAX_PLANS)
		return true;
	if (kept->entry.npins > 1)
		return false;
	free_plan(llast(kept->plans));
	kept->plans = list_delete_last(kept->plans);
	return true;
}

/* Have a statement prepared when it is run. */
static void
keep_prepared(KeptPlan *kept, RrSqlStatement *statement)
{
	statement->prepared = palloc0(sizeof(RrPrepared));
	statement->prepared->cxt = kept->cxt;
	kept->prepared = lappend(kept->prepared, statement->prepared);
}

/* And given new values later; so those before it, with the same parameters. */
static void
keep_statement(KeptPlan *kept, RrSqlStatement *statement, HTAB *places)
{
	ListCell   *lc;

	kept->origins = lappend(kept->origins, rr_param_origins(statement, places));
	keep_prepared(kept, statement);
	foreach(lc, statement->before)
		keep_prepared(kept, lfirst(lc));
}

/* In the order in which bind_mutation() comes to them. */
static void
keep_mutation(KeptPlan *kept, RrMutation *mutation, HTAB *places)
{
	ListCell   *lc;

	foreach(lc, mutation->changes)
	{
		const RrChange *change = lfirst(lc);

		if (change->statement != NULL)
			keep_statement(kept, change->statement, places);
		if (change->plain != NULL)
			keep_statement(kept, change->plain, places);
	}
	foreach(lc, mutation->returning.members)
	{
		const RrMember *member = lfirst(lc);

		if (member->read != NULL)
			keep_statement(kept, member->read, places);
	}
	if (mutation->kind == RR_MUTATION_INSERT)
		mutation->prepared = &kept->made;
}

static void
keep_statements(KeptPlan *kept, GqlRequest *request)
{
	HTAB	   *places = rr_variable_places(request);
	ListCell   *lc;

	foreach(lc, kept->plan->roots)
	{
		RrRootField *root = lfirst(lc);

		if (root->kind == RR_ROOT_SQL)
			keep_statement(kept, root->statement, places);
		else if (root->kind == RR_ROOT_MUTATION)
			keep_mutation(kept, root->mutation, places);
	}
	foreach(lc, kept->plan->steps)
	{
		RrStep	   *step = lfirst(lc);

		if (step->kind == RR_STEP_TABLE)
			keep_statement(kept, step->statement, places);
	}
	hash_destroy(places);
}

/*
 * Plan a request. cxt is the current context, and holds the request and the
 * plan; if the plan can be used again it moves to the document.
 */
static RrPlan *
make_plan(KeptDocument *kept, MemoryContext cxt, GqlRequest *request, const char *signature,
		  GqlErrorList *errors)
{
	RrPlan	   *plan = rr_plan(kept->rs, request, errors);
	KeptPlan   *kept_plan;

	Assert(CurrentMemoryContext == cxt);
	if (plan == NULL || !make_room(kept))
		return plan;
	kept_plan = palloc0(sizeof(KeptPlan));
	kept_plan->cxt = cxt;
	kept_plan->made.cxt = cxt;
	kept_plan->plan = plan;
	kept_plan->signature = signature;
	kept_plan->values = plan->depends_on_values ? rr_variable_values(request) : NULL;
	keep_statements(kept_plan, request);
	MemoryContextSwitchTo(kept->cxt);
	kept->plans = lcons(kept_plan, kept->plans);
	MemoryContextSetParent(cxt, kept->cxt);
	return plan;
}

/* ---- using a plan again ---- */

static RrSqlStatement *
bind_next(GqlRequest *request, const KeptPlan *kept, RrSqlStatement *statement, int *n)
{
	if (statement == NULL)
		return NULL;
	return rr_bind_statement(request, statement, list_nth(kept->origins, (*n)++));
}

/* A mutation with the values of this request. */
static RrMutation *
bind_mutation(GqlRequest *request, const KeptPlan *kept, const RrMutation *mutation, int *n)
{
	RrMutation *bound = palloc(sizeof(RrMutation));
	ListCell   *lc;

	*bound = *mutation;
	bound->changes = NIL;
	bound->returning.members = NIL;
	foreach(lc, mutation->changes)
	{
		RrChange   *change = palloc(sizeof(RrChange));

		*change = *(const RrChange *) lfirst(lc);
		change->statement = bind_next(request, kept, change->statement, n);
		change->plain = bind_next(request, kept, change->plain, n);
		bound->changes = lappend(bound->changes, change);
	}
	foreach(lc, mutation->returning.members)
	{
		RrMember   *member = palloc(sizeof(RrMember));

		*member = *(const RrMember *) lfirst(lc);
		member->read = bind_next(request, kept, member->read, n);
		bound->returning.members = lappend(bound->returning.members, member);
	}
	return bound;
}

/*
 * Root fields with the values of this request; origins from *n on are theirs.
 */
static List *
bind_roots(GqlRequest *request, const KeptPlan *kept, int *n)
{
	List	   *roots = NIL;
	ListCell   *lc;

	foreach(lc, kept->plan->roots)
	{
		RrRootField *root = lfirst(lc);

		if (root->kind == RR_ROOT_SQL)
		{
			const RrParamOrigin *origins = list_nth(kept->origins, (*n)++);
			RrRootField *bound = palloc(sizeof(RrRootField));

			*bound = *root;
			bound->statement = rr_bind_statement(request, root->statement, origins);
			root = bound;
		}
		else if (root->kind == RR_ROOT_MUTATION)
		{
			RrRootField *bound = palloc(sizeof(RrRootField));

			*bound = *root;
			bound->mutation = bind_mutation(request, kept, root->mutation, n);
			root = bound;
		}
		roots = lappend(roots, root);
	}
	return roots;
}

/*
 * The same for steps. One whose values do not change stays what it is: others
 * point to it as their parent.
 */
static List *
bind_steps(GqlRequest *request, const KeptPlan *kept, int *n)
{
	List	   *steps = NIL;
	ListCell   *lc;

	foreach(lc, kept->plan->steps)
	{
		RrStep	   *step = lfirst(lc);

		if (step->kind == RR_STEP_TABLE)
		{
			const RrParamOrigin *origins = list_nth(kept->origins, (*n)++);
			RrSqlStatement *statement = rr_bind_statement(request, step->statement, origins);

			if (statement != step->statement)
			{
				RrStep	   *bound = palloc(sizeof(RrStep));

				*bound = *step;
				bound->statement = statement;
				step = bound;
			}
		}
		steps = lappend(steps, step);
	}
	return steps;
}

/* A kept plan with the values of this request, in CurrentMemoryContext. */
static RrPlan *
bind_plan(GqlRequest *request, const KeptPlan *kept)
{
	RrPlan	   *plan = palloc(sizeof(RrPlan));
	int			n = 0;

	*plan = *kept->plan;
	plan->request = request;
	plan->roots = bind_roots(request, kept, &n);
	plan->steps = bind_steps(request, kept, &n);
	Assert(n == list_length(kept->origins));
	return plan;
}

/* ---- for others ---- */

RrPlan	   *
rr_plan_document(const char *query, int len, const char *operation_name, const GqlValue *inputs,
				 GqlErrorList *errors)
{
	KeptDocument *kept = get_document(query, len, operation_name, errors);
	KeptPlan   *kept_plan;
	MemoryContext cxt;
	MemoryContext old;
	GqlRequest *request;
	RrPlan	   *plan = NULL;

	if (kept == NULL)
		return NULL;

	/*
	 * Without variables every call is the same request: use the kept plan as
	 * it is.
	 */
	kept_plan = kept->plans != NIL ? linitial(kept->plans) : NULL;
	if (kept_plan != NULL && kept_plan->plan->request->operation->variables == NIL)
		return kept_plan->plan;

	cxt = AllocSetContextCreate(CurrentMemoryContext, "remote_rel plan", ALLOCSET_DEFAULT_SIZES);
	old = MemoryContextSwitchTo(cxt);
	request = gql_request_create(kept->rs->schema, kept->document, operation_name, inputs, errors);
	if (request != NULL)
	{
		const char *signature = rr_variable_signature(request);

		kept_plan = find_plan(kept, request, signature);
		if (kept_plan != NULL)
			plan = bind_plan(request, kept_plan);
		/* to make it anew tells what is too much */
		if (plan == NULL || !rr_values_fit(plan))
			plan = make_plan(kept, cxt, request, signature, errors);
	}
	MemoryContextSwitchTo(old);
	return plan;
}

bool
rr_check_document(const char *query, int len, GqlErrorList *errors)
{
	const KeptDocument *kept = get_document(query, len, NULL, errors);
	const GqlOperation *only = NULL;
	ListCell   *lc;

	if (kept == NULL)
		return false;
	foreach(lc, kept->document->definitions)
	{
		const GqlOperation *operation = lfirst(lc);

		if (operation->def.kind != GQL_DEF_OPERATION)
			continue;
		if (only != NULL)
			return false;
		only = operation;
	}
	return only != NULL && only->variables == NIL;
}

bool
rr_plan_lock(const RrPlan *plan)
{
	ListCell   *lc;

	foreach(lc, plan->tables)
		LockRelationOid(lfirst_oid(lc), AccessShareLock);
	return rr_catalog_generation() == documents_generation;
}
