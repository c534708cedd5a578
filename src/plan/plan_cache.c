/*
 * cache.c: documents and their plans, kept for the next call with the same
 * text.
 *
 * A document is found by its text, operation name and role. It belongs to one
 * role schema, so any change of what the schema depends on makes it stale.
 * Below it hang plans: one for each shape of the variables, that is for
 * everything about them that the SQL depends on (which are there, which fields
 * objects have, enum values, booleans). Scalars are parameters: a plan
 * remembers from where in the variables each of its parameters came, and is
 * given the new values. What goes to remote schemas names the document's
 * variables, and takes their values when it is sent.
 *
 * Whoever uses a document has it pinned; taken out of the cache, it is freed
 * with its last pin. So a callback may well be the one that frees it, in the
 * middle of an abort: freeing allocates nothing and throws nothing.
 */
#include "postgres.h"

#include "catalog/pg_proc.h"
#include "common/hashfn.h"
#include "executor/spi.h"
#include "lib/ilist.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/hsearch.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/plancache.h"

#include "compat.h"
#include "plan/remote/step.h"
#include "settings.h"

/* Shapes of variables that are kept for one document. */
#define MAX_PLANS 32

/* Where a parameter's value comes from. */
typedef enum OriginKind
{
	ORIGIN_CONSTANT,
	ORIGIN_VARIABLE,
	ORIGIN_COMPOSITE,			/* a list or an object of the document with
								 * variables inside */
} OriginKind;

typedef struct Origin
{
	OriginKind	kind;
	const char *variable;		/* VARIABLE: its name, and the way down into
								 * its value */
	int			depth;
	int		   *path;
	const GqlValue *like;		/* COMPOSITE: the value as it was */
	struct Origin *items;		/* COMPOSITE: one for each item */
} Origin;

/* What is known of a value that stands inside of a variable's. */
typedef struct PlaceKey
{
	const GqlValue *value;
} PlaceKey;

typedef struct Place
{
	PlaceKey	key;
	const char *variable;
	int			depth;
	int		   *path;
} Place;

typedef struct KeptPlan
{
	MemoryContext cxt;			/* below the document's */
	const char *shape;
	const char *exact;			/* all of the variables, or NULL: the shape is
								 * enough */
	RrPlan	   *plan;
	List	   *prepared;		/* RrPrepared * */
	List	   *origins;		/* for each SQL root field, then each join to
								 * a table: Origin[] for its statement's
								 * parameters */
} KeptPlan;

typedef struct KeptDocument
{
	dlist_node	node;			/* in documents, most recently used first */
	bool		current;		/* in the cache */
	int			pins;
	MemoryContext cxt;
	RrRoleSchema *rs;			/* held */
	uint64		key;
	Oid			role;
	const char *query;
	int			len;
	const char *operation_name; /* or NULL */
	int			max_depth;		/* settings under which it is valid */
	int			max_tokens;
	GqlDocument *document;
	List	   *plans;			/* KeptPlan *, most recently made first */
} KeptDocument;

typedef struct Slot
{
	uint64		key;
	KeptDocument *document;
} Slot;

static dlist_head documents = DLIST_STATIC_INIT(documents);
static HTAB *slots;
static uint64 documents_generation;

/* ---- freeing ---- */

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
	MemoryContextDelete(plan->cxt);
}

static void
free_document(KeptDocument *kept)
{
	RrRoleSchema *rs = kept->rs;
	ListCell   *lc;

	foreach(lc, kept->plans)
		free_plan(lfirst(lc));
	MemoryContextDelete(kept->cxt);
	rr_role_schema_release(rs);
}

/* Take a document out of the cache. */
static void
retire(KeptDocument *kept)
{
	hash_search(slots, &kept->key, HASH_REMOVE, NULL);
	dlist_delete(&kept->node);
	kept->current = false;
	if (kept->pins == 0)
		free_document(kept);
}

static void
retire_all(void)
{
	dlist_mutable_iter it;

	dlist_foreach_modify(it, &documents)
		retire(dlist_container(KeptDocument, node, it.cur));
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
document_size(const KeptDocument *kept)
{
	Size		size = MemoryContextMemAllocated(kept->cxt, true);
	ListCell   *lc,
			   *lc2;

	foreach(lc, kept->plans)
		foreach(lc2, ((KeptPlan *) lfirst(lc))->prepared)
		size += prepared_size(lfirst(lc2));
	return size;
}

/* Drop what is used least until the rest fits. */
static void
trim(void)
{
	Size		limit = (Size) rr_cache_memory * 1024;
	Size		total = 0;
	dlist_mutable_iter it;

	dlist_foreach_modify(it, &documents)
	{
		KeptDocument *kept = dlist_container(KeptDocument, node, it.cur);

		total += document_size(kept);
		if (total > limit)
			retire(kept);
	}
}

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
same_text(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static KeptDocument *
find_document(uint64 key, const char *query, int len, const char *operation_name, Oid role)
{
	Slot	   *slot;
	KeptDocument *kept;

	if (slots == NULL)
		return NULL;
	slot = hash_search(slots, &key, HASH_FIND, NULL);
	if (slot == NULL)
		return NULL;
	kept = slot->document;
	if (kept->role == role && kept->len == len && memcmp(kept->query, query, len) == 0 &&
		same_text(kept->operation_name, operation_name) &&
		kept->max_depth == rr_max_query_depth && kept->max_tokens == rr_max_query_tokens)
	{
		dlist_move_head(&documents, &kept->node);
		return kept;
	}
	return NULL;
}

static void
release_document(void *arg)
{
	KeptDocument *kept = arg;

	if (--kept->pins == 0 && !kept->current)
		free_document(kept);
}

static void
pin_document(KeptDocument *kept)
{
	MemoryContextCallback *callback = palloc(sizeof(MemoryContextCallback));

	callback->func = release_document;
	callback->arg = kept;
	kept->pins++;
	MemoryContextRegisterResetCallback(CurrentMemoryContext, callback);
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
		retire(slot->document);
	slot = hash_search(slots, &kept->key, HASH_ENTER, NULL);
	slot->document = kept;
	rr_role_schema_hold(kept->rs);
	MemoryContextSetParent(kept->cxt, CacheMemoryContext);
	dlist_push_head(&documents, &kept->node);
	kept->current = true;
}

/* ---- shapes ---- */

static void append_shape(StringInfo out, GqlSchema *schema, const GqlTypeRef *type,
						 const GqlValue *value);

static void
append_object_shape(StringInfo out, GqlSchema *schema, GqlType *type, const GqlValue *value)
{
	ListCell   *lc;

	appendStringInfoChar(out, '{');
	foreach(lc, value->items)
	{
		const GqlObjectField *field = lfirst(lc);

		appendStringInfo(out, "%s:", field->name.value);
		append_shape(out, schema, gql_type_input(schema, type, field->name.value)->type,
					 field->value);
	}
	appendStringInfoChar(out, '}');
}

static bool
is_scalar_list(const GqlTypeRef *type)
{
	const GqlTypeRef *element = type->of;

	if (element->kind == GQL_TYPE_NON_NULL)
		element = element->of;
	return element->kind == GQL_TYPE_NAMED && element->type->kind == GQL_SCALAR &&
		strcmp(element->type->name, "Boolean") != 0;
}

/* Everything about a value that SQL may depend on. */
static void
append_shape(StringInfo out, GqlSchema *schema, const GqlTypeRef *type, const GqlValue *value)
{
	ListCell   *lc;

	check_stack_depth();
	if (value->kind == GQL_VALUE_NULL)
	{
		appendStringInfoChar(out, 'n');
		return;
	}
	if (type->kind == GQL_TYPE_NON_NULL)
		type = type->of;
	if (type->kind == GQL_TYPE_LIST)
	{
		if (is_scalar_list(type))
		{
			appendStringInfoChar(out, 'l');
			return;
		}
		appendStringInfoChar(out, '[');
		foreach(lc, value->items)
			append_shape(out, schema, type->of, lfirst(lc));
		appendStringInfoChar(out, ']');
		return;
	}
	if (type->type->kind == GQL_INPUT_OBJECT)
		append_object_shape(out, schema, type->type, value);
	else if (type->type->kind == GQL_ENUM)
		appendStringInfo(out, "%s,", value->text);
	else if (value->kind == GQL_VALUE_BOOLEAN)
		appendStringInfoChar(out, value->boolean ? 't' : 'f');
	else
		/* the sign, since some counts must not have one */
		appendStringInfoChar(out, value->kind == GQL_VALUE_INT && value->text[0] == '-' ? '-'
							 : 's');
}

/* The shape of all variables; with exact, their values. */
static char *
describe_variables(GqlRequest *request, bool exact)
{
	StringInfoData out;
	ListCell   *lc;

	initStringInfo(&out);
	foreach(lc, request->operation->variables)
	{
		const GqlVariableDef *def = lfirst(lc);
		const GqlVariableValue *variable = gql_names_get(&request->variables, def->name.value);

		if (variable == NULL)
			appendStringInfoChar(&out, '-');
		else if (exact)
			gql_value_to_json(&out, variable->value);
		else
			append_shape(&out, request->schema, gql_resolve_type(request->schema, def->type),
						 variable->value);
		appendStringInfoChar(&out, ';');
	}
	return out.data;
}

/* ---- origins ---- */

static void
enter_places(HTAB *places, const char *variable, const GqlValue *value, int depth, const int *path)
{
	PlaceKey	key = {value};
	bool		found;
	Place	   *place = hash_search(places, &key, HASH_ENTER, &found);
	int		   *below;

	check_stack_depth();
	if (!found)
	{
		place->variable = variable;
		place->depth = depth;
		place->path = palloc((depth + 1) * sizeof(int));
		memcpy(place->path, path, depth * sizeof(int));
	}
	if (value->items == NIL)
		return;
	below = palloc((depth + 1) * sizeof(int));
	memcpy(below, path, depth * sizeof(int));
	for (int i = 0; i < list_length(value->items); i++)
	{
		below[depth] = i;
		enter_places(places, variable, gql_item_value(value, i), depth + 1, below);
	}
}

static Origin
find_origin(HTAB *places, const GqlValue *value)
{
	PlaceKey	key = {value};
	const Place *place = hash_search(places, &key, HASH_FIND, NULL);
	Origin		origin = {.kind = ORIGIN_CONSTANT};
	int			n = list_length(value->items);

	if (place != NULL)
		return (Origin)
	{
		.kind = ORIGIN_VARIABLE, .variable = place->variable, .depth = place->depth,
			.path = place->path
	};
	if (n == 0)
		return origin;
	check_stack_depth();
	origin.like = value;
	origin.items = palloc(n * sizeof(Origin));
	for (int i = 0; i < n; i++)
	{
		origin.items[i] = find_origin(places, gql_item_value(value, i));
		if (origin.items[i].kind != ORIGIN_CONSTANT)
			origin.kind = ORIGIN_COMPOSITE;
	}
	return origin;
}

static HTAB *
variable_places(GqlRequest *request)
{
	HASHCTL		info = {.keysize = sizeof(PlaceKey), .entrysize = sizeof(Place),
	.hcxt = CurrentMemoryContext};
	HTAB	   *places = hash_create("remote_rel places", 64, &info,
									 HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);

	gql_foreach(GqlVariableValue, variable, &request->variables)
		enter_places(places, variable->name, variable->value, 0, NULL);
	return places;
}

/*
 * Does text mean the same value of the type at all times? Not so a
 * timestamp's, which depends on the time zone and knows "now".
 */
static bool
has_immutable_input(Oid type)
{
	Oid			input;
	Oid			ioparam;
	Oid			element = get_base_element_type(type);

	getTypeInputInfo(OidIsValid(element) ? element : getBaseType(type), &input, &ioparam);
	return func_volatile(input) == PROVOLATILE_IMMUTABLE;
}

/*
 * Remember where a statement's parameters come from, and have it prepared when
 * it is run.
 */
static void
keep_statement(KeptPlan *kept, RrSqlStatement *statement, HTAB *places)
{
	Origin	   *origins = palloc((list_length(statement->params) + 1) * sizeof(Origin));
	ListCell   *lc;

	foreach(lc, statement->params)
	{
		RrSqlParam *param = lfirst(lc);
		Origin	   *origin = &origins[foreach_current_index(lc)];

		memset(origin, 0, sizeof(Origin));
		if (param->kind != RR_PARAM_VALUE)
			continue;
		*origin = find_origin(places, param->value);
		param->constant = origin->kind == ORIGIN_CONSTANT && has_immutable_input(param->type);
	}
	statement->prepared = palloc0(sizeof(RrPrepared));
	statement->prepared->cxt = kept->cxt;
	kept->prepared = lappend(kept->prepared, statement->prepared);
	kept->origins = lappend(kept->origins, origins);
}

/* ---- using a plan again ---- */

static const GqlValue *
follow(GqlRequest *request, const Origin *origin)
{
	const GqlVariableValue *variable = gql_names_get(&request->variables, origin->variable);
	const GqlValue *value = variable->value;

	for (int i = 0; i < origin->depth; i++)
		value = gql_item_value(value, origin->path[i]);
	return value;
}

static const GqlValue *
current_value(GqlRequest *request, const Origin *origin, const GqlValue *old)
{
	GqlValue   *value;
	ListCell   *lc;

	if (origin->kind == ORIGIN_CONSTANT)
		return old;
	if (origin->kind == ORIGIN_VARIABLE)
		return follow(request, origin);
	value = palloc(sizeof(GqlValue));
	*value = *origin->like;
	value->items = NIL;
	foreach(lc, origin->like->items)
	{
		int			i = foreach_current_index(lc);
		const GqlValue *item = current_value(request, &origin->items[i],
											 gql_item_value(origin->like, i));

		if (value->kind == GQL_VALUE_LIST)
			value->items = lappend(value->items, unconstify(GqlValue *, item));
		else
		{
			GqlObjectField *field = palloc(sizeof(GqlObjectField));

			field->name = ((GqlObjectField *) lfirst(lc))->name;
			field->value = unconstify(GqlValue *, item);
			value->items = lappend(value->items, field);
		}
	}
	return value;
}

static RrSqlStatement *
bind_statement(GqlRequest *request, const RrSqlStatement *like, const Origin *origins)
{
	RrSqlStatement *statement = palloc(sizeof(RrSqlStatement));
	ListCell   *lc;

	*statement = *like;
	statement->params = NIL;
	foreach(lc, like->params)
	{
		RrSqlParam *param = lfirst(lc);
		const Origin *origin = &origins[foreach_current_index(lc)];

		if (origin->kind != ORIGIN_CONSTANT)
		{
			RrSqlParam *bound = palloc(sizeof(RrSqlParam));

			*bound = *param;
			bound->value = current_value(request, origin, param->value);
			param = bound;
		}
		statement->params = lappend(statement->params, param);
	}
	return statement;
}

/* Whether a statement's parameters are the same for every request. */
static bool
is_constant(const RrSqlStatement *statement, const Origin *origins)
{
	for (int i = 0; i < list_length(statement->params); i++)
		if (origins[i].kind != ORIGIN_CONSTANT)
			return false;
	return true;
}

/*
 * The steps, with the parameters of this request in joins to tables, whose
 * origins begin at n.
 */
static List *
bind_steps(GqlRequest *request, const KeptPlan *kept, int n)
{
	List	   *steps = NIL;
	ListCell   *lc;

	foreach(lc, kept->plan->steps)
	{
		RrStep	   *step = lfirst(lc);

		if (step->kind == RR_STEP_TABLE)
		{
			const Origin *origins = list_nth(kept->origins, n++);

			if (!is_constant(step->statement, origins))
			{
				RrStep	   *bound = palloc(sizeof(RrStep));

				*bound = *step;
				bound->statement = bind_statement(request, step->statement, origins);
				step = bound;
			}
		}
		steps = lappend(steps, step);
	}
	return steps;
}

/* The plan with the parameters of this request. */
static RrPlan *
bind_plan(GqlRequest *request, const KeptPlan *kept)
{
	RrPlan	   *plan;
	ListCell   *lc;
	int			n = 0;

	plan = palloc(sizeof(RrPlan));
	*plan = *kept->plan;
	plan->request = request;
	plan->roots = NIL;
	foreach(lc, kept->plan->roots)
	{
		RrRootField *root = lfirst(lc);

		if (root->kind == RR_ROOT_SQL)
		{
			RrRootField *bound = palloc(sizeof(RrRootField));

			*bound = *root;
			bound->statement = bind_statement(request, root->statement,
											  list_nth(kept->origins, n++));
			root = bound;
		}
		plan->roots = lappend(plan->roots, root);
	}
	plan->steps = bind_steps(request, kept, n);
	return plan;
}

static KeptPlan *
find_plan(KeptDocument *kept, GqlRequest *request, const char *shape)
{
	char	   *exact = NULL;
	ListCell   *lc;

	foreach(lc, kept->plans)
	{
		KeptPlan   *plan = lfirst(lc);

		if (strcmp(plan->shape, shape) != 0)
			continue;
		if (plan->exact == NULL)
			return plan;
		if (exact == NULL)
			exact = describe_variables(request, true);
		if (strcmp(plan->exact, exact) == 0)
			return plan;
	}
	return NULL;
}

/* ---- making ---- */

/*
 * Parse and validate. In a context under the current one until it is whole.
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
	MemoryContext scratch;

	kept->cxt = cxt;
	kept->rs = rs;
	kept->key = key;
	kept->role = rs->role;
	kept->operation_name = operation_name ? pstrdup(operation_name) : NULL;
	kept->max_depth = rr_max_query_depth;
	kept->max_tokens = rr_max_query_tokens;
	kept->document = gql_parse(query, len, &limits, errors);
	if (kept->document != NULL)
	{
		kept->query = kept->document->source;
		kept->len = len;
		scratch = AllocSetContextCreate(cxt, "remote_rel validation", ALLOCSET_DEFAULT_SIZES);
		MemoryContextSwitchTo(scratch);
		if (!gql_validate(rs->schema, kept->document, rr_max_query_depth, errors))
			kept->document = NULL;
		MemoryContextSwitchTo(cxt);
		MemoryContextDelete(scratch);
	}
	MemoryContextSwitchTo(old);
	return kept->document ? kept : NULL;
}

/*
 * Have room for one more plan, unless those that are there may be in use
 * further out.
 */
static bool
make_room(KeptDocument *kept)
{
	if (list_length(kept->plans) < MAX_PLANS)
		return true;
	if (kept->pins > 1)
		return false;
	free_plan(llast(kept->plans));
	kept->plans = list_delete_last(kept->plans);
	return true;
}

/*
 * Plan a request; both are in cxt, which is kept if the plan can be used
 * again.
 */
static RrPlan *
make_plan(KeptDocument *kept, MemoryContext cxt, GqlRequest *request, const char *shape,
		  GqlErrorList *errors)
{
	RrPlan	   *plan = rr_plan(kept->rs, request, errors);
	KeptPlan   *kept_plan;
	HTAB	   *places;
	ListCell   *lc;

	if (plan == NULL || !make_room(kept))
		return plan;
	kept_plan = palloc0(sizeof(KeptPlan));
	kept_plan->cxt = cxt;
	kept_plan->plan = plan;
	kept_plan->shape = shape;
	kept_plan->exact = plan->depends_on_values ? describe_variables(request, true) : NULL;
	places = variable_places(request);
	foreach(lc, plan->roots)
	{
		RrRootField *root = lfirst(lc);

		if (root->kind == RR_ROOT_SQL)
			keep_statement(kept_plan, root->statement, places);
	}
	foreach(lc, plan->steps)
	{
		RrStep	   *step = lfirst(lc);

		if (step->kind == RR_STEP_TABLE)
			keep_statement(kept_plan, step->statement, places);
	}
	hash_destroy(places);
	MemoryContextSwitchTo(kept->cxt);
	kept->plans = lcons(kept_plan, kept->plans);
	MemoryContextSetParent(cxt, kept->cxt);
	return plan;
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
		retire_all();
		documents_generation = generation;
	}
	kept = find_document(key, query, len, operation_name, GetUserId());
	if (kept != NULL && kept->rs->schema->callbacks_running > 0)	/* an error has left it
														 * half made */
	{
		retire_all();
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
	pin_document(kept);
	return kept;
}

RrPlan	   *
rr_plan_document(const char *query, int len, const char *operation_name, const GqlValue *inputs,
				 GqlErrorList *errors)
{
	KeptDocument *kept = get_document(query, len, operation_name, errors);
	KeptPlan   *kept_plan = kept && kept->plans ? linitial(kept->plans) : NULL;
	MemoryContext cxt,
				old;
	GqlRequest *request;
	RrPlan	   *plan = NULL;

	if (kept == NULL)
		return NULL;

	/* Without variables there is one request, and it is kept with its plan. */
	if (kept_plan != NULL && kept_plan->plan->request->operation->variables == NIL)
		return kept_plan->plan;

	cxt = AllocSetContextCreate(CurrentMemoryContext, "remote_rel plan", ALLOCSET_DEFAULT_SIZES);
	old = MemoryContextSwitchTo(cxt);
	request = gql_request_create(kept->rs->schema, kept->document, operation_name, inputs, errors);
	if (request != NULL)
	{
		const char *shape = describe_variables(request, false);

		kept_plan = find_plan(kept, request, shape);
		if (kept_plan != NULL)
			plan = bind_plan(request, kept_plan);
		else
		{
			plan = make_plan(kept, cxt, request, shape, errors);
			trim();
		}
	}
	MemoryContextSwitchTo(old);
	return plan;
}

bool
rr_plan_lock(const RrPlan *plan)
{
	ListCell   *lc;

	foreach(lc, plan->tables)
		LockRelationOid(lfirst_oid(lc), AccessShareLock);
	return rr_catalog_generation() == documents_generation;
}
