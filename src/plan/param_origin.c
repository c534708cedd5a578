/*
 * param_origin.c: new values for the parameters of a kept plan.
 *
 * A value that comes from a variable is not copied on its way to a parameter.
 * So the place in the variables is found by the value's address when the plan
 * is made, and kept; the next request's value is taken from the same place.
 */
#include "postgres.h"

#include "catalog/pg_proc.h"
#include "miscadmin.h"
#include "utils/lsyscache.h"

#include "plan/plan_int.h"

/* A place inside of a variable's value. */
typedef struct Place
{
	const char *variable;
	int			depth;
	int		   *path;			/* depth numbers: the way down, by item */
} Place;

/* Key: the address of a value. */
typedef struct PlaceEntry
{
	const GqlValue *value;
	Place		place;
} PlaceEntry;

typedef enum OriginKind
{
	ORIGIN_CONSTANT,
	ORIGIN_VARIABLE,
	ORIGIN_COMPOSITE,			/* a list or an object of the document with
								 * variables inside */
} OriginKind;

struct RrParamOrigin
{
	OriginKind	kind;
	Place		place;			/* VARIABLE */
	const GqlValue *like;		/* COMPOSITE: the value as it was */
	RrParamOrigin *items;		/* COMPOSITE: one for each item */
};

/* ---- where values stand in the variables ---- */

static void
enter_places(HTAB *places, const char *variable, const GqlValue *value, int depth, const int *path)
{
	int			nitems = list_length(value->items);
	bool		found;
	PlaceEntry *entry = hash_search(places, &value, HASH_ENTER, &found);
	int		   *below;

	check_stack_depth();
	if (!found)
	{
		entry->place.variable = variable;
		entry->place.depth = depth;
		entry->place.path = palloc(depth * sizeof(int));
		memcpy(entry->place.path, path, depth * sizeof(int));
	}
	if (nitems == 0)
		return;
	below = palloc((depth + 1) * sizeof(int));
	memcpy(below, path, depth * sizeof(int));
	for (int i = 0; i < nitems; i++)
	{
		below[depth] = i;
		enter_places(places, variable, gql_item_value(value, i), depth + 1, below);
	}
	pfree(below);
}

HTAB	   *
rr_variable_places(GqlRequest *request)
{
	HASHCTL		info = {.keysize = sizeof(GqlValue *), .entrysize = sizeof(PlaceEntry),
	.hcxt = CurrentMemoryContext};
	HTAB	   *places = hash_create("remote_rel places", 64, &info,
									 HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	int			root = 0;

	gql_foreach(GqlVariableValue, variable, &request->variables)
		enter_places(places, variable->name, variable->value, 0, &root);
	return places;
}

/* ---- origins of parameters ---- */

static RrParamOrigin
find_origin(HTAB *places, const GqlValue *value)
{
	const PlaceEntry *entry = hash_search(places, &value, HASH_FIND, NULL);
	RrParamOrigin origin = {.kind = ORIGIN_CONSTANT};
	int			nitems = list_length(value->items);

	if (entry != NULL)
	{
		origin.kind = ORIGIN_VARIABLE;
		origin.place = entry->place;
		return origin;
	}
	if (nitems == 0)
		return origin;
	check_stack_depth();
	origin.like = value;
	origin.items = palloc(nitems * sizeof(RrParamOrigin));
	for (int i = 0; i < nitems; i++)
	{
		origin.items[i] = find_origin(places, gql_item_value(value, i));
		if (origin.items[i].kind != ORIGIN_CONSTANT)
			origin.kind = ORIGIN_COMPOSITE;
	}
	return origin;
}

/*
 * Does text mean the same value of the type at all times? Not so a
 * timestamp's, which depends on the time zone and may be "now".
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

RrParamOrigin *
rr_param_origins(RrSqlStatement *statement, HTAB *places)
{
	RrParamOrigin *origins = palloc0(list_length(statement->params) * sizeof(RrParamOrigin));
	ListCell   *lc;

	foreach(lc, statement->params)
	{
		RrSqlParam *param = lfirst(lc);
		RrParamOrigin *origin = &origins[foreach_current_index(lc)];

		if (param->kind != RR_PARAM_VALUE)
			continue;
		*origin = find_origin(places, param->value);
		param->constant = origin->kind == ORIGIN_CONSTANT && has_immutable_input(param->type);
	}
	return origins;
}

/* ---- binding ---- */

static const GqlValue *
value_at(GqlRequest *request, const Place *place)
{
	const GqlVariableValue *variable = gql_names_get(&request->variables, place->variable);
	const GqlValue *value = variable->value;

	for (int i = 0; i < place->depth; i++)
		value = gql_item_value(value, place->path[i]);
	return value;
}

/* The value that a parameter has in this request; old: in the kept plan. */
static const GqlValue *
current_value(GqlRequest *request, const RrParamOrigin *origin, const GqlValue *old)
{
	GqlValue   *value;
	ListCell   *lc;

	if (origin->kind == ORIGIN_CONSTANT)
		return old;
	if (origin->kind == ORIGIN_VARIABLE)
		return value_at(request, &origin->place);
	check_stack_depth();
	value = palloc(sizeof(GqlValue));
	*value = *origin->like;
	value->items = NIL;
	foreach(lc, origin->like->items)
	{
		int			i = foreach_current_index(lc);
		const GqlValue *like = gql_item_value(origin->like, i);
		GqlValue   *item = unconstify(GqlValue *,
									  current_value(request, &origin->items[i], like));

		if (value->kind == GQL_VALUE_LIST)
			value->items = lappend(value->items, item);
		else
		{
			const GqlName *name = &((GqlObjectField *) lfirst(lc))->name;

			gql_object_add(value, name->value, name->loc, item);
		}
	}
	return value;
}

static bool
is_constant(const RrSqlStatement *statement, const RrParamOrigin *origins)
{
	for (int i = 0; i < list_length(statement->params); i++)
		if (origins[i].kind != ORIGIN_CONSTANT)
			return false;
	return true;
}

RrSqlStatement *
rr_bind_statement(GqlRequest *request, RrSqlStatement *statement, const RrParamOrigin *origins)
{
	RrSqlStatement *bound;
	ListCell   *lc;

	if (is_constant(statement, origins))
		return statement;
	bound = palloc(sizeof(RrSqlStatement));
	*bound = *statement;
	bound->params = NIL;
	foreach(lc, statement->params)
	{
		RrSqlParam *param = lfirst(lc);
		const RrParamOrigin *origin = &origins[foreach_current_index(lc)];

		if (origin->kind != ORIGIN_CONSTANT)
		{
			RrSqlParam *copy = palloc(sizeof(RrSqlParam));

			*copy = *param;
			copy->value = current_value(request, origin, param->value);
			param = copy;
		}
		bound->params = lappend(bound->params, param);
	}
	rr_share_params(bound);
	return bound;
}

void
rr_share_params(RrSqlStatement *statement)
{
	List	   *before = NIL;
	ListCell   *lc;

	foreach(lc, statement->before)
	{
		RrSqlStatement *copy = palloc(sizeof(RrSqlStatement));

		*copy = *(const RrSqlStatement *) lfirst(lc);
		copy->params = statement->params;
		before = lappend(before, copy);
	}
	statement->before = before;
}
