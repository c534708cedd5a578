/*
 * plan.c: the root fields of an operation, each given to what answers it.
 *
 * In a query, all root fields of a remote schema go into one document. In a
 * mutation, only those that stand next to each other do, since root fields of
 * a mutation run in order (specification, 6.2.2).
 */
#include "postgres.h"

#include "plan/sql/mutation.h"
#include "plan/remote/step.h"

/* Fields that a document may select, fragments spread out. */
#define MAX_FIELDS 50000

/* Root fields of one remote schema, collected for one document. */
typedef struct Group
{
	RrRemote   *remote;
	List	   *roots;			/* RrRootField *, REMOTE */
} Group;

typedef struct RootPlanner
{
	RrPlanner  *planner;
	bool		mutation;
	List	   *groups;			/* Group * */
	Group	   *last;			/* the group of the root field before, for
								 * mutations */
} RootPlanner;

/* The group that a root field can join; NULL if there is none. */
static Group *
find_group(const RootPlanner *r, const RrRemote *remote)
{
	ListCell   *lc;

	if (r->mutation)
		return r->last != NULL && r->last->remote == remote ? r->last : NULL;
	foreach(lc, r->groups)
	{
		Group	   *group = lfirst(lc);

		if (group->remote == remote)
			return group;
	}
	return NULL;
}

static void
add_to_group(RootPlanner *r, RrRemote *remote, RrRootField *root)
{
	Group	   *group = find_group(r, remote);

	if (group == NULL)
	{
		group = palloc0(sizeof(Group));
		group->remote = remote;
		r->groups = lappend(r->groups, group);
	}
	root->kind = RR_ROOT_REMOTE;
	root->slot = list_length(group->roots);
	group->roots = lappend(group->roots, root);
	r->last = group;
}

/* __typename, __schema, __type. False when an error was filed. */
static bool
plan_introspection(RootPlanner *r, RrRootField *root)
{
	RrPlanner  *planner = r->planner;
	StringInfoData text;

	initStringInfo(&text);
	root->kind = RR_ROOT_TEXT;
	if (strcmp(root->field->def->name, "__typename") == 0)
		gql_json_string(&text, root->field->parent->name, strlen(root->field->parent->name));
	else
	{
		planner->depends_on_values = true;
		if (!gql_introspect(planner->request, root->field, &text, planner->errors))
			return false;
		planner->introspected += text.len;
		if (planner->introspected > GQL_MAX_INTROSPECTION)
		{
			gql_introspection_too_large(planner->errors);
			return false;
		}
	}
	root->text = text.data;
	return true;
}

static RrRootField *plan_root(RootPlanner *r, const GqlFieldSel *field);

/*
 * A join field of a root type. Its keys are values of an object, and the
 * namespace is none.
 */
static void
refuse_join(RootPlanner *r, const GqlFieldSel *field)
{
	gql_error_at(r->planner->errors, r->planner->request->document->source,
				 ((const GqlSelection *) linitial(field->nodes))->loc,
				 "Field \"%s\" is joined to objects of type \"%s\". It cannot be selected of a \"root_fields_namespace\".",
				 field->def->name, field->parent->name);
}

static bool
plan_namespace(RootPlanner *r, RrRootField *root)
{
	GqlType    *type = gql_named_type(root->field->def->type);
	ListCell   *lc;

	root->kind = RR_ROOT_NAMESPACE;
	foreach(lc, gql_collect_subfields(r->planner->request, type, root->field))
	{
		RrRootField *inner = plan_root(r, lfirst(lc));

		if (inner == NULL)
			return false;
		root->fields = lappend(root->fields, inner);
	}
	return true;
}

static RrRootField *
plan_root(RootPlanner *r, const GqlFieldSel *field)
{
	RrRootField *root = palloc0(sizeof(RrRootField));
	const RrField *info = field->def->data;

	root->field = field;
	if (gql_is_introspection_field(field->def))
		return plan_introspection(r, root) ? root : NULL;
	switch (info->kind)
	{
		case RR_FIELD_REMOTE:
			add_to_group(r, ((const RrRemoteField *) info)->remote, root);
			return root;
		case RR_FIELD_REMOTE_NAMESPACE:
			return plan_namespace(r, root) ? root : NULL;
		case RR_FIELD_NO_QUERIES:
			root->kind = RR_ROOT_TEXT;
			root->text = "\"There are no queries available for this role.\"";
			return root;
		case RR_FIELD_REMOTE_JOIN:
		case RR_FIELD_TABLE_JOIN:
			refuse_join(r, field);
			return NULL;
		default:
			r->last = NULL;
			if (r->mutation)
			{
				root->kind = RR_ROOT_MUTATION;
				root->mutation = rr_compile_mutation(r->planner, field);
				return root->mutation != NULL ? root : NULL;
			}
			root->kind = RR_ROOT_SQL;
			root->statement = rr_compile_root(r->planner, field);
			return root->statement != NULL ? root : NULL;
	}
}

/* A namespace of which directives leave nothing. */
static RrRootField *
make_empty(const GqlFieldSel *field)
{
	RrRootField *root = palloc0(sizeof(RrRootField));

	root->kind = RR_ROOT_TEXT;
	root->field = field;
	root->text = "{}";
	return root;
}

/*
 * Plan a root field of the plan; those in a namespace of tables one by one.
 * False when an error was filed.
 */
static bool
add_roots(RootPlanner *r, RrPlan *plan, const GqlFieldSel *field)
{
	GqlType    *type = gql_named_type(field->def->type);
	List	   *fields = list_make1(unconstify(GqlFieldSel *, field));
	bool		namespace = !gql_is_introspection_field(field->def) &&
	((const RrField *) field->def->data)->kind == RR_FIELD_TABLE_NAMESPACE;
	ListCell   *lc;

	if (namespace)
		fields = gql_collect_subfields(r->planner->request, type, field);
	foreach(lc, fields)
	{
		RrRootField *root = plan_root(r, lfirst(lc));

		if (root == NULL)
			return false;
		root->outer = namespace ? field : NULL;
		plan->roots = lappend(plan->roots, root);
	}
	if (fields == NIL)
		plan->roots = lappend(plan->roots, make_empty(field));
	return true;
}

/* One step for a group. False when an error was filed. */
static bool
plan_group(RootPlanner *r, Group *group)
{
	List	   *fields = NIL;
	RrStep	   *step;
	ListCell   *lc;

	foreach(lc, group->roots)
	{
		const RrRootField *root = lfirst(lc);

		fields = lappend(fields, unconstify(GqlFieldSel *, root->field));
	}
	step = rr_plan_remote_root(r->planner, group->remote, fields, r->mutation);
	if (step == NULL)
		return false;
	foreach(lc, group->roots)
		((RrRootField *) lfirst(lc))->step = step;
	return true;
}

bool
rr_count_fields(RrPlanner *planner, int n)
{
	bool		within = planner->nfields <= MAX_FIELDS;

	planner->nfields += n;
	if (within && planner->nfields > MAX_FIELDS)
		gql_error(planner->errors, "The document selects more than %d fields.", MAX_FIELDS);
	return planner->nfields <= MAX_FIELDS;
}

RrPlan	   *
rr_plan(RrRoleSchema *rs, GqlRequest *request, GqlErrorList *errors)
{
	RrPlanner	planner = {.rs = rs, .request = request, .errors = errors};
	RootPlanner r = {.planner = &planner, .mutation = request->operation->type == GQL_MUTATION};
	RrPlan	   *plan = palloc0(sizeof(RrPlan));
	GqlType    *root_type = gql_schema_root(rs->schema, request->operation->type);
	ListCell   *lc;

	plan->rs = rs;
	plan->request = request;
	foreach(lc, gql_collect_fields(request, root_type,
								   list_make1(request->operation->selection_set)))
	{
		if (!add_roots(&r, plan, lfirst(lc)) || !rr_count_bytes(&planner, 0))
			return NULL;
	}
	foreach(lc, r.groups)
	{
		if (!plan_group(&r, lfirst(lc)) || !rr_count_bytes(&planner, 0))
			return NULL;
	}
	plan->steps = planner.steps;
	plan->tables = planner.tables;
	plan->depends_on_values = planner.depends_on_values;
	return plan;
}
