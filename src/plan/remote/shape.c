/*
 * shape.c: from the selection below a remote field to the shape of its answer.
 *
 * Fragments are resolved here. An object type has one list of fields, merged
 * by response key. Under an abstract type, each possible type that some type
 * condition singles out has a list of its own; all others share one. So the
 * reader of the answer need not know fragments, and skipped fields are gone.
 * Fragments whose directives go upstream are in the document again
 * (document_fragments.c).
 */
#include "postgres.h"

#include "miscadmin.h"

#include "plan/remote/step.h"

static void
file_at(RrPlanner *planner, const GqlFieldSel *sel, const char *message)
{
	const GqlSelection *node = linitial(sel->nodes);

	gql_error_at(planner->errors, planner->request->document->source, node->loc, "%s", message);
}

/* The upstream's field behind a field of the role's schema. */
static const GqlFieldDef *
upstream_field(RrStep *step, const GqlType *upstream, const GqlFieldSel *sel)
{
	const RrRemoteField *info = sel->def->data;

	if (info->remote == step->remote)
	{
		const GqlNames *fields = gql_type_fields(step->remote->upstream,
												 unconstify(GqlType *, upstream));

		return gql_names_get(fields, info->upstream_name);
	}

	/*
	 * Several remote schemas share the type: its names in the role's schema
	 * may come from another one.
	 */
	return rr_remote_field_named(step->remote, upstream, sel->def->name);
}

static const RrRelationship *
join_relationship(const RrStep *join)
{
	return join->kind == RR_STEP_TABLE ? join->table_join->relationship
		: join->join->relationship;
}

/*
 * The upstream's field that has the value of a join's key. The type may be
 * shared, and the relationship defined on another remote schema than the one
 * asked: then its field of the same name. NULL if there is none.
 */
static const GqlFieldDef *
key_field(RrPlanner *planner, const RrStep *step, const GqlType *upstream, const RrStep *join,
		  const RrJoinKey *key)
{
	const RrRelationship *relationship = join_relationship(join);
	ListCell   *lc;

	if (strcmp(relationship->source_remote_schema, step->remote->def->name) == 0)
		return key->field;
	foreach(lc, planner->rs->remotes)
	{
		const RrRemote *remote = lfirst(lc);
		const GqlType *type;
		const char *name;

		if (strcmp(remote->def->name, relationship->source_remote_schema) != 0)
			continue;
		type = gql_schema_type(remote->upstream, relationship->source_type);
		name = rr_remote_field_name(remote, type, key->field->name);
		return rr_remote_field_named(step->remote, upstream, name);
	}
	return NULL;
}

static bool
file_unanswerable(RrPlanner *planner, const RrStep *step, const GqlFieldSel *sel)
{
	file_at(planner, sel, psprintf("Field \"%s\" cannot be answered by remote schema \"%s\".",
								   sel->def->name, step->remote->def->name));
	return false;
}

/* Which of the object's keys a field is; it is added if need be. */
static int
find_or_add_key(RrObjectShape *object, const GqlFieldDef *field)
{
	int			n = object->nkeys;

	for (int i = 0; i < n; i++)
		if (object->keys[i] == field)
			return i;
	if (n == 0)
	{
		object->keys = palloc(sizeof(GqlFieldDef *));
		object->key_aliases = palloc(sizeof(char *));
		object->key_members = palloc(sizeof(char *));
	}
	else
	{
		object->keys = repalloc(object->keys, (n + 1) * sizeof(GqlFieldDef *));
		object->key_aliases = repalloc(object->key_aliases, (n + 1) * sizeof(char *));
		object->key_members = repalloc(object->key_members, (n + 1) * sizeof(char *));
	}
	object->keys[n] = field;
	object->key_aliases[n] = psprintf(RR_WIRE_KEY_FIELD, n, object->upstream->name);
	object->key_members[n] = psprintf(",\"%s\":", object->key_aliases[n]);
	return object->nkeys++;
}

/*
 * The alias of a field in the document. Root fields of several namespaces
 * share a document, so two of them may have the same response key.
 */
static const char *
unique_alias(const RrObjectShape *object, const RrShapeField *field)
{
	if (object->type != NULL)
		return field->key;
	for (const RrShapeField *other = object->fields; other < field; other++)
		if (strcmp(other->alias, field->key) == 0)
			return psprintf(RR_WIRE_ROOT_FIELD, (int) (field - object->fields));
	return field->key;
}

static void
set_names(const RrObjectShape *object, RrShapeField *field, const char *key)
{
	field->key = key;
	field->member = psprintf(",\"%s\":", field->key);
	field->member_len = strlen(field->member);
	field->alias = unique_alias(object, field);
	field->alias_len = strlen(field->alias);
	field->alias_member = psprintf(",\"%s\":", field->alias);
	field->alias_member_len = strlen(field->alias_member);
}

/* A join's step, and the keys that it needs. False when an error was filed. */
static bool
build_join(RrPlanner *planner, RrStep *step, RrObjectShape *object, RrShapeField *field)
{
	const RrField *info = field->sel->def->data;

	field->kind = RR_SHAPE_JOIN;
	field->step = info->kind == RR_FIELD_REMOTE_JOIN
		? rr_plan_nested_join(planner, field->sel, step)
		: rr_plan_table_join(planner, field->sel, step);
	if (field->step == NULL)
		return false;
	field->key_slots = palloc(field->step->nkeys * sizeof(int));
	for (int i = 0; i < field->step->nkeys; i++)
	{
		const GqlFieldDef *key = key_field(planner, step, object->upstream, field->step,
										   &field->step->keys[i]);

		if (key == NULL)
			return file_unanswerable(planner, step, field->sel);
		field->key_slots[i] = find_or_add_key(object, key);
	}
	return true;
}

/* Is it one of ours, for a condition (filter_step.c)? */
static bool
is_of_filter(const GqlFieldSel *sel)
{
	return ((const GqlSelection *) linitial(sel->nodes))->loc < 0 &&
		strncmp(sel->key, RR_WIRE_FILTER_PREFIX, strlen(RR_WIRE_FILTER_PREFIX)) == 0;
}

/* Fill in the next field of an object. False when an error was filed. */
static bool
build_field(RrPlanner *planner, RrStep *step, RrObjectShape *object, RrShapeField *field,
			const GqlFieldSel *sel)
{
	const RrField *info = sel->def->data;

	field->sel = sel;
	set_names(object, field, sel->key);
	if (strncmp(sel->key, RR_WIRE_PREFIX, strlen(RR_WIRE_PREFIX)) == 0 && !is_of_filter(sel))
	{
		file_at(planner, sel, psprintf("Response key \"%s\" is reserved: it starts with \"%s\".",
									   sel->key, RR_WIRE_PREFIX));
		return false;
	}
	if (gql_is_introspection_field(sel->def))
	{
		field->kind = RR_SHAPE_TYPENAME;
		return true;
	}
	if (info->kind == RR_FIELD_REMOTE_JOIN || info->kind == RR_FIELD_TABLE_JOIN)
		return build_join(planner, step, object, field);
	field->kind = RR_SHAPE_VALUE;
	if (info->kind == RR_FIELD_REMOTE)
		field->upstream = upstream_field(step, object->upstream, sel);
	if (field->upstream == NULL)
		return file_unanswerable(planner, step, sel);
	field->shape = rr_shape_build(planner, step, sel->def->type, gql_field_selection_sets(sel));
	return field->shape != NULL;
}

static RrObjectShape *
build_object(RrPlanner *planner, RrStep *step, GqlType *type, const GqlType *upstream,
			 List *fields)
{
	RrObjectShape *object = palloc0(sizeof(RrObjectShape));
	ListCell   *lc;

	if (!rr_count_fields(planner, list_length(fields)))
		return NULL;
	object->type = type;
	object->upstream = upstream;
	object->fields = palloc0(list_length(fields) * sizeof(RrShapeField));
	foreach(lc, fields)
	{
		if (!build_field(planner, step, object, &object->fields[object->nfields++], lfirst(lc)))
			return NULL;
	}
	return object;
}

static RrObjectShape *
build_for_type(RrPlanner *planner, RrStep *step, GqlType *type, List *selection_sets)
{
	return build_object(planner, step, type, rr_remote_upstream_type(step->remote, type->name),
						gql_collect_fields(planner->request, type, selection_sets));
}

static void collect_conditions(RrPlanner *planner, GqlType *abstract, List *selection_sets,
							   GqlNames *conditions, GqlNames *visited);

/* Does every value of a type meet the condition? */
static bool
always_meets(GqlSchema *schema, GqlType *condition, GqlType *type)
{
	return condition == type ||
		(gql_is_abstract(condition) && gql_is_subtype(schema, condition, type));
}

static void
collect_from_fragment(RrPlanner *planner, GqlType *abstract, const GqlSelection *fragment,
					  GqlNames *conditions, GqlNames *visited)
{
	GqlSchema  *schema = planner->request->schema;
	const GqlTypeNode *condition = fragment->type_condition;
	GqlSelectionSet *set = fragment->selection_set;
	GqlType    *type;

	if (fragment->kind == GQL_FRAGMENT_SPREAD)
	{
		GqlFragmentEntry *entry = gql_names_get(&planner->request->fragments,
												fragment->name.value);

		if (entry == NULL || !gql_names_add(visited, entry))
			return;
		condition = entry->fragment->type_condition;
		set = entry->fragment->selection_set;
	}
	type = condition != NULL ? gql_schema_type(schema, condition->name) : abstract;
	if (always_meets(schema, type, abstract))
		collect_conditions(planner, abstract, list_make1(set), conditions, visited);
	else
		gql_names_add(conditions, type);
}

/* Type conditions that not every possible type of an abstract type meets. */
static void
collect_conditions(RrPlanner *planner, GqlType *abstract, List *selection_sets,
				   GqlNames *conditions, GqlNames *visited)
{
	ListCell   *lc;
	ListCell   *lc2;

	check_stack_depth();
	foreach(lc, selection_sets)
	{
		foreach(lc2, ((GqlSelectionSet *) lfirst(lc))->items)
		{
			const GqlSelection *selection = lfirst(lc2);

			if (selection->kind != GQL_FIELD &&
				!gql_is_skipped(planner->request, selection->directives))
				collect_from_fragment(planner, abstract, selection, conditions, visited);
		}
	}
}

static bool
is_singled_out(GqlSchema *schema, GqlType *type, const GqlNames *conditions)
{
	gql_foreach(GqlType, condition, conditions)
	{
		if (always_meets(schema, condition, type))
			return true;
	}
	return false;
}

static bool
build_abstract(RrPlanner *planner, RrStep *step, GqlType *type, List *selection_sets,
			   RrShape *shape)
{
	GqlNames	conditions;
	GqlNames	visited;

	gql_names_init(&conditions, CurrentMemoryContext);
	gql_names_init(&visited, CurrentMemoryContext);
	collect_conditions(planner, type, selection_sets, &conditions, &visited);
	shape->abstract = true;
	shape->base = build_for_type(planner, step, type, selection_sets);
	if (shape->base == NULL)
		return false;
	if (conditions.n == 0)
		return true;
	gql_foreach(GqlType, possible, &type->members)
	{
		RrObjectShape *object;

		if (!is_singled_out(planner->request->schema, possible, &conditions) ||
			rr_remote_upstream_type(step->remote, possible->name) == NULL)
			continue;
		object = build_for_type(planner, step, possible, selection_sets);
		if (object == NULL)
			return false;
		shape->specific = lappend(shape->specific, object);
	}
	return true;
}

RrShape    *
rr_shape_build(RrPlanner *planner, RrStep *step, const GqlTypeRef *type, List *selection_sets)
{
	RrShape    *shape = palloc0(sizeof(RrShape));
	GqlType    *named = gql_named_type(type);

	check_stack_depth();
	shape->type = type;
	if (gql_is_leaf(named))
		shape->leaf = true;
	else if (gql_is_abstract(named))
	{
		if (!build_abstract(planner, step, named, selection_sets, shape))
			return NULL;
	}
	else
	{
		shape->base = build_for_type(planner, step, named, selection_sets);
		if (shape->base == NULL)
			return NULL;
	}
	return shape;
}

RrObjectShape *
rr_shape_root(RrPlanner *planner, RrStep *step, const GqlType *upstream, List *fields)
{
	return build_object(planner, step, NULL, upstream, fields);
}

static void
add_matches(RrStep *step, RrObjectShape *object)
{
	const List *matches = step->join->relationship->to_remote_schema->batch_match;
	const GqlNames *fields = gql_type_fields(step->remote->upstream,
											 unconstify(GqlType *, object->upstream));
	ListCell   *lc;

	object->match_slots = palloc(list_length(matches) * sizeof(int));
	foreach(lc, matches)
	{
		const RrBatchMatch *match = lfirst(lc);

		object->match_slots[foreach_current_index(lc)] =
			find_or_add_key(object, gql_names_get(fields, match->name));
	}
}

void
rr_shape_add_matches(RrStep *step)
{
	ListCell   *lc;

	add_matches(step, step->shape->base);
	foreach(lc, step->shape->specific)
		add_matches(step, lfirst(lc));
}
