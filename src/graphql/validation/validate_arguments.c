/*
 * validate_arguments.c: rules for arguments of fields and directives
 * (specification, 5.4).
 */
#include "postgres.h"

#include "graphql/validation/validate.h"

/* How messages name a field: "Query.user", "<meta>.__type". */
static char *
field_coordinate(const GqlWalk *w)
{
	const GqlSchema *schema = w->v->schema;
	const GqlFieldDef *def = w->field_def;
	bool		meta = def == schema->meta_schema || def == schema->meta_type ||
	def == schema->meta_typename;

	return psprintf("%s.%s", meta ? "<meta>" : w->field_parent->name, def->name);
}

/* ---- 5.4.1 Argument Names ---- */

void
gql_known_argument_names(GqlWalk *w, const void *node)
{
	const GqlArgument *argument = node;

	if (w->argument_def == NULL && w->field_def != NULL)
		gql_invalid(w->v, argument->name.loc, "Unknown argument \"%s\" on field \"%s\".%s",
					argument->name.value, field_coordinate(w),
					gql_did_you_mean_name(NULL, argument->name.value, &w->field_def->args));
}

/*
 * A definition may have any number of arguments, whether a document uses them
 * or not: so many of them count as a unit of gql_spend().
 */
#define ARGUMENTS_A_UNIT 16

/* The arguments of a directive that the document itself defines. */
typedef struct DirectiveArgs
{
	const char *name;			/* the directive's */
	GqlNames	args;			/* GqlName in GqlInputValueNode */
	List	   *required;		/* GqlInputValueNode * */
} DirectiveArgs;

gql_starts_with_name(DirectiveArgs, name);

/*
 * Its arguments by name, collected when it is used first. A document may use
 * it as often as it has arguments.
 */
static const DirectiveArgs *
arguments_of(GqlValidation *v, const GqlDirectiveDefNode *node)
{
	DirectiveArgs *known = gql_names_get(&v->directive_args, node->name.value);
	ListCell   *lc;

	if (known != NULL)
		return known;
	known = palloc0(sizeof(DirectiveArgs));
	known->name = node->name.value;
	foreach(lc, node->arguments)
	{
		GqlInputValueNode *arg = lfirst(lc);

		gql_names_add(&known->args, arg);
		if (arg->type->kind == GQL_TYPE_NON_NULL && arg->default_value == NULL)
			known->required = lappend(known->required, arg);
	}
	gql_names_add(&v->directive_args, known);
	return known;
}

void
gql_known_directive_argument_names(GqlWalk *w, const void *node)
{
	const GqlDirective *directive = node;
	const GqlDirectiveDefNode *def_node;
	GqlDirectiveDef *def;
	const GqlNames *names;
	ListCell   *lc;

	if (directive->arguments == NIL)
		return;
	gql_lookup_directive(w->v, directive->name.value, &def_node, &def);
	if (def == NULL && def_node == NULL)
		return;
	names = def_node != NULL ? &arguments_of(w->v, def_node)->args : &def->args;
	foreach(lc, directive->arguments)
	{
		const GqlArgument *argument = lfirst(lc);

		if (gql_names_get(names, argument->name.value) == NULL)
			gql_invalid(w->v, argument->name.loc,
						"Unknown argument \"%s\" on directive \"@%s\".%s",
						argument->name.value, directive->name.value,
						gql_did_you_mean_name(NULL, argument->name.value, names));
	}
}

/* ---- 5.4.2 Argument Uniqueness ---- */

static void
check_uniqueness(GqlValidation *v, const List *arguments)
{
	ListCell   *lc;
	ListCell   *lc2;

	foreach(lc, gql_same_names(arguments))
	{
		const List *group = lfirst(lc);
		const GqlArgument *first = linitial(group);
		GqlError   *error = gql_invalid(v, -1, "There can be only one argument named \"%s\".",
										first->name.value);

		foreach(lc2, group)
			gql_invalid_also(v, error, ((GqlArgument *) lfirst(lc2))->name.loc);
	}
}

void
gql_unique_field_argument_names(GqlWalk *w, const void *node)
{
	const GqlSelection *field = node;

	check_uniqueness(w->v, field->arguments);
}

void
gql_unique_directive_argument_names(GqlWalk *w, const void *node)
{
	const GqlDirective *directive = node;

	check_uniqueness(w->v, directive->arguments);
}

/* ---- 5.4.3 Required Arguments ---- */

void
gql_provided_required_arguments(GqlWalk *w, const void *node)
{
	const GqlSelection *field = node;

	GqlNodeIndex given;

	if (w->field_def == NULL || !gql_spend(w->v, w->field_def->args.n / ARGUMENTS_A_UNIT))
		return;
	gql_node_index_init(&given, field->arguments, false);
	gql_foreach(GqlInputValueDef, def, &w->field_def->args)
	{
		if (gql_is_required(def) && gql_node_index_get(&given, def->name) == NULL)
			gql_invalid(w->v, field->loc,
						"Argument \"%s(%s:)\" of type \"%s\" is required, but it was not provided.",
						field_coordinate(w), def->name, gql_type_to_string(def->type));
	}
	gql_node_index_free(&given);
}

static void
report_missing(GqlWalk *w, const GqlDirective *directive, const char *name, const char *type)
{
	gql_invalid(w->v, directive->loc,
				"Argument \"@%s(%s:)\" of type \"%s\" is required, but it was not provided.",
				directive->name.value, name, type);
}

void
gql_provided_required_directive_arguments(GqlWalk *w, const void *node)
{
	const GqlDirective *directive = node;
	const GqlDirectiveDefNode *def_node;
	GqlDirectiveDef *def;
	GqlNodeIndex given;
	List	   *required = NIL;
	ListCell   *lc;

	gql_lookup_directive(w->v, directive->name.value, &def_node, &def);
	if (def_node != NULL)
		required = arguments_of(w->v, def_node)->required;
	if (!gql_spend(w->v, (def != NULL ? def->args.n : list_length(required)) / ARGUMENTS_A_UNIT))
		return;
	gql_node_index_init(&given, directive->arguments, false);
	if (def != NULL)
	{
		gql_foreach(GqlInputValueDef, arg, &def->args)
		{
			if (gql_is_required(arg) && gql_node_index_get(&given, arg->name) == NULL)
				report_missing(w, directive, arg->name, gql_type_to_string(arg->type));
		}
	}
	foreach(lc, required)
	{
		const GqlInputValueNode *arg = lfirst(lc);

		if (gql_node_index_get(&given, arg->name.value) == NULL)
		{
			StringInfoData type;

			initStringInfo(&type);
			gql_print_type_node(&type, arg->type);
			report_missing(w, directive, arg->name.value, type.data);
		}
	}
	gql_node_index_free(&given);
}
