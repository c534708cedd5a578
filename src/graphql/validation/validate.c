/*
 * validate.c: the table of the validation rules, and how they file errors
 * (specification, section 5).
 */
#include "postgres.h"

#include "utils/memutils.h"

#include "graphql/validation/validate.h"

/* After so many errors validation is aborted, as in graphql-js. */
#define MAX_ERRORS 100

/*
 * Units that a document may cost, beside one for each of its bytes. Rules
 * search the fragments once for each operation; a step takes a few
 * nanoseconds.
 */
#define MAX_WORK 4000000

/* Bytes that it may take, beside MEMORY_A_BYTE for each of its own. */
#define MAX_MEMORY (64 * 1024 * 1024)
#define MEMORY_A_BYTE 100

typedef struct GqlRule
{
	const char *name;			/* as the specification calls it */
	const char *section;		/* of the specification; "": not in it */
	GqlRuleFn	on[GQL_N_WALK_EVENTS];
} GqlRule;

/*
 * graphql-js' specifiedRules, in its order. Sections are of the September 2025
 * edition; @defer and @stream are not in it yet.
 */
static const GqlRule rules[] = {
	{"Executable Definitions", "5.1.1", {[GQL_AT_DOCUMENT] = gql_executable_definitions}},
	{"Operation Type Existence", "5.2.1.1", {[GQL_AT_OPERATION] = gql_known_operation_types}},
	{"Operation Name Uniqueness", "5.2.2.1", {[GQL_AT_OPERATION] = gql_unique_operation_names}},
	{"Lone Anonymous Operation", "5.2.3.1", {[GQL_AT_OPERATION] = gql_lone_anonymous_operation}},
	{"Single Root Field", "5.2.4.1", {[GQL_AT_OPERATION] = gql_single_field_subscriptions}},
	{"Fragment Spread Type Existence", "5.5.1.2", {[GQL_AT_NAMED_TYPE] = gql_known_type_names}},
	{"Fragments on Object, Interface or Union Types", "5.5.1.3",
		{[GQL_AT_INLINE_FRAGMENT] = gql_inline_fragments_on_composite_types,
	[GQL_AT_FRAGMENT] = gql_fragments_on_composite_types}},
	{"Variables Are Input Types", "5.8.2", {[GQL_AT_VARIABLE_DEF] = gql_variables_are_input_types}},
	{"Leaf Field Selections", "5.3.3", {[GQL_AT_FIELD] = gql_scalar_leafs}},
	{"Field Selections", "5.3.1", {[GQL_AT_FIELD] = gql_fields_on_correct_type}},
	{"Fragment Name Uniqueness", "5.5.1.1", {[GQL_AT_FRAGMENT] = gql_unique_fragment_names}},
	{"Fragment Spread Target Defined", "5.5.2.1", {[GQL_AT_SPREAD] = gql_known_fragment_names}},
	{"Fragments Must Be Used", "5.5.1.4", {[GQL_AFTER_DOCUMENT] = gql_no_unused_fragments}},
	{"Fragment Spread Is Possible", "5.5.2.3",
		{[GQL_AT_INLINE_FRAGMENT] = gql_possible_inline_fragments,
	[GQL_AT_SPREAD] = gql_possible_fragment_spreads}},
	{"Fragment Spreads Must Not Form Cycles", "5.5.2.2",
	{[GQL_AT_FRAGMENT] = gql_no_fragment_cycles}},
	{"Variable Uniqueness", "5.8.1", {[GQL_AT_OPERATION] = gql_unique_variable_names}},
	{"All Variable Uses Defined", "5.8.3", {[GQL_AT_OPERATION] = gql_no_undefined_variables}},
	{"All Variables Used", "5.8.4", {[GQL_AT_OPERATION] = gql_no_unused_variables}},
	{"Directives Are Defined and in Valid Locations", "5.7.1, 5.7.2",
	{[GQL_AT_DIRECTIVE] = gql_known_directives}},
	{"Directives Are Unique per Location", "5.7.3",
		{[GQL_AT_OPERATION] = gql_unique_directives_per_location,
			[GQL_AT_FRAGMENT] = gql_unique_directives_per_location,
			[GQL_AT_TYPE_SYSTEM_NODE] = gql_unique_directives_per_location,
			[GQL_AT_VARIABLE_DEF] = gql_unique_directives_per_location,
			[GQL_AT_FIELD] = gql_unique_directives_per_location,
			[GQL_AT_SPREAD] = gql_unique_directives_per_location,
	[GQL_AT_INLINE_FRAGMENT] = gql_unique_directives_per_location}},
	{"Defer and Stream Not on Root Fields", "",
	{[GQL_AT_OPERATION] = gql_defer_stream_on_root_field}},
	{"Defer and Stream Not in Subscriptions", "",
	{[GQL_AT_OPERATION] = gql_defer_stream_on_valid_operations}},
	{"Defer and Stream Labels", "", {[GQL_AT_DIRECTIVE] = gql_defer_stream_label}},
	{"Stream on Lists", "", {[GQL_AT_DIRECTIVE] = gql_stream_on_list_field}},
	{"Argument Names", "5.4.1",
		{[GQL_AT_FIELD_ARGUMENT] = gql_known_argument_names,
	[GQL_AT_DIRECTIVE] = gql_known_directive_argument_names}},
	{"Argument Uniqueness", "5.4.2",
		{[GQL_AT_FIELD] = gql_unique_field_argument_names,
	[GQL_AT_DIRECTIVE] = gql_unique_directive_argument_names}},
	{"Values of Correct Type; Input Object Fields", "5.6.1, 5.6.2, 5.6.4",
	{[GQL_AT_VALUE] = gql_values_of_correct_type}},
	{"Required Arguments", "5.4.3",
		{[GQL_AFTER_FIELD] = gql_provided_required_arguments,
	[GQL_AFTER_DIRECTIVE] = gql_provided_required_directive_arguments}},
	{"All Variable Usages Are Allowed", "5.8.5",
	{[GQL_AFTER_OPERATION] = gql_variables_in_allowed_position}},
	{"Field Selection Merging", "5.3.2",
	{[GQL_AT_SELECTION_SET] = gql_overlapping_fields_can_be_merged}},
	{"Input Object Field Uniqueness", "5.6.3", {[GQL_AT_VALUE] = gql_unique_input_field_names}},
	{"Introspection Depth", "",
		{[GQL_AT_FIELD] = gql_max_introspection_depth,
	[GQL_AFTER_FIELD] = gql_max_introspection_depth_after}},
};

/*
 * The same by event; filled in once in a process. rule_handlers[0] is set
 * last.
 */
static GqlRuleFn rule_lists[GQL_N_WALK_EVENTS][lengthof(rules) + 1];
static const GqlRuleFn *rule_handlers[GQL_N_WALK_EVENTS];

static void
list_rules(void)
{
	if (rule_handlers[0] != NULL)
		return;
	for (int event = GQL_N_WALK_EVENTS - 1; event >= 0; event--)
	{
		GqlRuleFn  *next = rule_lists[event];

		for (int i = 0; i < (int) lengthof(rules); i++)
		{
			if (rules[i].on[event] != NULL)
				*next++ = rules[i].on[event];
		}
		rule_handlers[event] = rule_lists[event];
	}
}

/*
 * File the last error, even if the list is full: it says that there may be
 * more.
 */
static void
file_abortion(GqlValidation *v, const char *message)
{
	int			max = v->errors->max;

	v->errors->max = 0;
	gql_error(v->errors, "%s", message);
	v->errors->max = max;
	v->aborted = true;
}

GqlError   *
gql_invalid(GqlValidation *v, int loc, const char *fmt,...)
{
	GqlError   *error;
	char	   *message;
	va_list		args;

	if (v->aborted)
		return NULL;
	if (v->nerrors++ == MAX_ERRORS)
	{
		file_abortion(v, "Too many validation errors, error limit reached. Validation aborted.");
		return NULL;
	}
	va_start(args, fmt);
	message = gql_format_message(fmt, args);
	va_end(args);
	error = gql_error_at(v->errors, v->source, loc, "%s", message);
	pfree(message);
	return error;
}

void
gql_invalid_also(GqlValidation *v, GqlError *error, int loc)
{
	gql_error_locate(v->errors, error, v->source, loc);
}

void
gql_abort_validation(GqlValidation *v)
{
	if (v->aborted)
		return;
	v->nerrors++;
	file_abortion(v, "Validation aborted.");
}

bool
gql_spend(GqlValidation *v, int64 units)
{
	if (!rr_spend(&v->budget, units))
		gql_abort_validation(v);
	return !v->aborted;
}

bool
gql_validate(GqlSchema *schema, GqlDocument *document, int max_depth, GqlErrorList *errors)
{
	MemoryContext cxt = AllocSetContextCreate(CurrentMemoryContext, "GraphQL validation",
											  ALLOCSET_DEFAULT_SIZES);
	MemoryContext oldcxt = MemoryContextSwitchTo(cxt);
	GqlValidation *v = palloc0(sizeof(GqlValidation));
	bool		valid;

	list_rules();
	v->schema = schema;
	v->document = document;
	v->source = document->source;
	v->errors = errors;
	rr_budget_init(&v->budget, cxt, MAX_MEMORY + MEMORY_A_BYTE * (Size) document->len,
				   MAX_WORK + (int64) document->len);
	gql_collect_definitions(v);

	/* rules cost more the deeper a document nests, so this comes first */
	if (gql_check_depth(v, max_depth))
	{
		GqlWalk		w = gql_walk_init(v, rule_handlers);

		gql_walk_document(&w);
	}
	valid = v->nerrors == 0;

	MemoryContextSwitchTo(oldcxt);
	MemoryContextDelete(cxt);
	return valid;
}
