/*
 * plan.c: the root fields of an operation, each given to what answers it.
 *
 * All root fields of a remote schema in a query are one document; in a
 * mutation, those that stand next to each other are, since root fields of a
 * mutation run in order (specification, 6.2.2).
 */
#include "postgres.h"

#include "plan/remote/step.h"

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

static void
add_to_group(RootPlanner *r, RrRemote *remote, RrRootField *root)
{
	Group	   *group = NULL;
	ListCell   *lc;

	if (r->mutation)
		group = r->last && r->last->remote == remote ? r->last : NULL;
	else
		foreach(lc, r->groups)
		if (((Group *) lfirst(lc))->remote == remote)
		group = lfirst(lc);
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

static bool
plan_introspection(RootPlanner *r, RrRootField *root)
{
	StringInfoData text;

	initStringInfo(&text);
	root->kind = RR_ROOT_TEXT;
	if (strcmp(root->field->def->name, "__typename") == 0)
		gql_json_string(&text, root->field->parent->name, strlen(root->field->parent->name));
	else
	{
		r->planner->depends_on_values = true;
		if (!gql_introspect(r->planner->request, root->field, &text, r->planner->errors))
			return false;
		r->planner->introspected += text.len;
		if (r->planner->introspected > GQL_MAX_INTROSPECTION)
		{
			gql_introspection_too_large(r->planner->errors);
			return false;
		}
	}
	root->text = text.data;
	return true;
}

static RrRootField *plan_root(RootPlanner *r, const GqlFieldSel *field);

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
		default:
			r->last = NULL;
			root->kind = RR_ROOT_SQL;
			root->statement = rr_compile_root(r->planner, field);
			return root->statement ? root : NULL;
	}
}

static bool
plan_group(RootPlanner *r, Group *group)
{
	List	   *fields = NIL;
	RrStep	   *step;
	ListCell   *lc;

	foreach(lc, group->roots)
		fields = lappend(fields, unconstify(GqlFieldSel *, ((RrRootField *) lfirst(lc))->field));
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
	bool		within = planner->fields <= MAX_FIELDS;

	planner->fields += n;
	if (within && planner->fields > MAX_FIELDS)
		gql_error(planner->errors, "The document selects more than %d fields.", MAX_FIELDS);
	return planner->fields <= MAX_FIELDS;
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
		RrRootField *root = plan_root(&r, lfirst(lc));

		if (root == NULL)
			return NULL;
		plan->roots = lappend(plan->roots, root);
	}
	foreach(lc, r.groups)
		if (!plan_group(&r, lfirst(lc)))
		return NULL;
	plan->steps = planner.steps;
	plan->tables = planner.tables;
	plan->depends_on_values = planner.depends_on_values;
	return plan;
}
