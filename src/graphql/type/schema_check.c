/*
 * schema_check.c: check a schema against the rules of the specification's
 * section 3.
 *
 * Errors come in the order and words of graphql-js' validateSchema(), with
 * locations if the schema came from SDL. If lenient, a breach that leaves the
 * schema usable is a warning.
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "utils/memutils.h"

#include "graphql/type/coerce.h"
#include "graphql/type/schema_int.h"

/* Offsets into the SDL: of a part, of its type, of a definition; or -1. */
#define node_loc(def) ((def)->node != NULL ? (def)->node->loc : -1)
#define type_loc(def) ((def)->node != NULL ? (def)->node->type->loc : -1)
#define definition_loc(d) ((d)->node != NULL ? (d)->node->def.loc : -1)

/*
 * What a check may cost, in units of budget.h, beside what the schema's size
 * allows: and bytes that it may take for itself. The errors are not among
 * them.
 */
#define MAX_WORK 4000000

/* Units of a mistake that pairs of parts can have: what its error takes. */
#define MISTAKE_UNITS 16

#define MAX_MEMORY (512 * 1024 * 1024)

bool
gql_check_spend(GqlSchemaCheck *c, int64 units)
{
	if (rr_spend(&c->budget, units))
		return true;
	if (!c->aborted)
		gql_error(c->errors, "The schema takes too much work to be checked. Validation aborted.");
	c->aborted = true;
	return false;
}

/* Units that a schema of its size may cost. */
static int64
size_of(const GqlSchema *schema)
{
	return schema->source != NULL ? 2 * (int64) strlen(schema->source) : 0;
}

static void
locate(GqlSchemaCheck *c, GqlErrorList *list, GqlError *error, int loc)
{
	gql_error_locate(list, error, c->source, loc);
}

/* ---- locations in the SDL ---- */

static int
deprecated_loc(const List *directives)
{
	const GqlDirective *directive = gql_find_directive(directives, "deprecated");

	return directive != NULL ? directive->loc : -1;
}

static int
type_node_loc(const GqlType *type)
{
	return type->nodes == NIL ? -1 : ((const GqlTypeDefNode *) linitial(type->nodes))->def.loc;
}

/* Locate an error at a type's definition and all its extensions. */
static void
locate_type(GqlSchemaCheck *c, GqlErrorList *list, GqlError *error, const GqlType *type)
{
	ListCell   *lc;

	foreach(lc, type->nodes)
		locate(c, list, error, ((const GqlTypeDefNode *) lfirst(lc))->def.loc);
}

/* The two lists of types in a type definition. */
typedef enum Mention
{
	INTERFACES, MEMBERS
} Mention;

static List *
mentions(const GqlTypeDefNode *node, Mention what)
{
	return what == INTERFACES ? node->interfaces : node->members;
}

/* What a type names, by name; made when its first error is located. */
typedef struct MentionIndex
{
	const char *name;			/* the type's */
	GqlNames	groups;			/* MentionGroup */
} MentionIndex;

typedef struct MentionGroup
{
	const char *name;
	List	   *nodes;			/* const GqlTypeNode *, MAX_MENTIONS at most */
} MentionGroup;

gql_starts_with_name(MentionIndex, name);
gql_starts_with_name(MentionGroup, name);

/*
 * A type that is named n times has n errors with n locations each; so there is
 * a limit.
 */
#define MAX_MENTIONS 100

static MentionIndex *
index_mentions(GqlSchemaCheck *c, const GqlType *type, Mention what)
{
	MentionIndex *index = gql_names_get(&c->mentions[what], type->name);
	ListCell   *lc,
			   *lc2;

	if (index != NULL)
		return index;
	index = palloc0(sizeof(MentionIndex));
	index->name = type->name;
	gql_names_add(&c->mentions[what], index);
	foreach(lc, type->nodes)
	{
		foreach(lc2, mentions(lfirst(lc), what))
		{
			const GqlTypeNode *node = lfirst(lc2);
			MentionGroup *group = gql_names_entry(&index->groups, node->name, sizeof(MentionGroup));

			if (list_length(group->nodes) < MAX_MENTIONS)
				group->nodes = lappend(group->nodes, lfirst(lc2));
		}
	}
	return index;
}

/* Locate an error wherever a type names another as interface or member. */
static void
locate_mentions(GqlSchemaCheck *c, GqlErrorList *list, GqlError *error, const GqlType *type,
				Mention what, const char *name)
{
	const MentionGroup *group;
	ListCell   *lc;

	if (error == NULL)
		return;					/* the list is full */
	group = gql_names_get(&index_mentions(c, type, what)->groups, name);
	foreach(lc, group != NULL ? group->nodes : NIL)
		locate(c, list, error, ((const GqlTypeNode *) lfirst(lc))->loc);
}

/*
 * The interfaces or members that a type names, each as often as it is named;
 * its GqlNames have each once.
 */
static List *
mentioned_types(const GqlType *type, Mention what)
{
	const GqlNames *names = what == INTERFACES ? &type->interfaces : &type->members;
	List	   *types = NIL;
	ListCell   *lc,
			   *lc2;

	if (type->nodes == NIL)
	{
		gql_foreach(GqlType, mentioned, names)
			types = lappend(types, mentioned);
		return types;
	}
	foreach(lc, type->nodes)
	{
		foreach(lc2, mentions(lfirst(lc), what))
		{
			/*
			 * Not in the schema's types: those lack a specified scalar that
			 * is named here only, where no scalar may be.
			 */
			const GqlTypeNode *node = lfirst(lc2);
			GqlType    *mentioned = gql_names_get(names, node->name);

			if (mentioned != NULL)
				types = lappend(types, mentioned);
		}
	}
	return types;
}

/* ---- root types (3.3.1) ---- */

static const char *const operation_names[] = {"query", "mutation", "subscription"};

/* Where the SDL names the root type of an operation; or NULL. */
static const GqlTypeNode *
root_type_node(const GqlSchema *schema, GqlOperationType operation)
{
	ListCell   *lc,
			   *lc2;

	foreach(lc, schema->nodes)
	{
		foreach(lc2, ((const GqlSchemaNode *) lfirst(lc))->root_types)
		{
			const GqlRootTypeNode *root = lfirst(lc2);

			if (root->operation == operation)
				return root->type;
		}
	}
	return NULL;
}

static void
check_root_type(GqlSchemaCheck *c, GqlOperationType operation)
{
	static const char *const names[] = {"Query", "Mutation", "Subscription"};
	GqlType    *type = gql_schema_root(c->schema, operation);
	const GqlTypeNode *node;

	if (type == NULL || type->kind == GQL_OBJECT)
		return;
	node = root_type_node(c->schema, operation);
	gql_error_at(c->errors, c->source, node != NULL ? node->loc : type_node_loc(type),
				 "%s root type must be Object type%s, it cannot be %s.",
				 names[operation], operation == GQL_QUERY ? "" : " if provided", type->name);
}

/*
 * File that operations share an object type. Called with each operation, it
 * does so for the first one of them.
 */
static void
check_root_is_one(GqlSchemaCheck *c, GqlOperationType first)
{
	GqlType    *type = gql_schema_root(c->schema, first);
	GqlOperationType used[GQL_SUBSCRIPTION + 1];
	int			n = 0;
	GqlError   *error;
	GqlErrorList *list = gql_tolerable(c);
	const char *last;
	const char *kinds;

	if (type == NULL || type->kind != GQL_OBJECT)
		return;
	for (int operation = GQL_QUERY; operation <= GQL_SUBSCRIPTION; operation++)
	{
		if (gql_schema_root(c->schema, operation) != type)
			continue;
		if ((GqlOperationType) operation < first)
			return;				/* filed already */
		used[n++] = operation;
	}
	if (n < 2)
		return;
	last = operation_names[used[n - 1]];
	if (n == 2)
		kinds = psprintf("%s and %s", operation_names[used[0]], last);
	else
		kinds = psprintf("%s, %s, and %s", operation_names[used[0]],
						 operation_names[used[1]], last);
	error = gql_error(list,
					  "All root types must be different, \"%s\" type is used as %s root types.",
					  type->name, kinds);
	for (int i = 0; i < n; i++)
	{
		const GqlTypeNode *node = root_type_node(c->schema, used[i]);

		locate(c, list, error, node != NULL ? node->loc : -1);
	}
}

static void
check_roots(GqlSchemaCheck *c)
{
	if (c->schema->query == NULL && !(c->schema->query_optional && c->schema->mutation != NULL))
	{
		const GqlSchemaNode *node = c->schema->nodes != NIL ? linitial(c->schema->nodes) : NULL;

		gql_error_at(c->errors, c->source, node != NULL && !node->extend ? node->def.loc : -1,
					 "Query root type must be provided.");
	}
	for (int operation = GQL_QUERY; operation <= GQL_SUBSCRIPTION; operation++)
		check_root_type(c, operation);
	for (int operation = GQL_QUERY; operation < GQL_SUBSCRIPTION; operation++)
		check_root_is_one(c, operation);
}

/* ---- names, arguments and input fields ---- */

/* 2.1.9, "Reserved Names" */
static void
check_name(GqlSchemaCheck *c, const char *name, int loc)
{
	if (name[0] == '_' && name[1] == '_')
		gql_error_at(gql_tolerable(c), c->source, loc,
					 "Name \"%s\" must not begin with \"__\", which is reserved by GraphQL introspection.",
					 name);
}

char	   *
gql_input_coordinate(const GqlInputPlace *place, const GqlInputValueDef *input)
{
	switch (place->kind)
	{
		case GQL_OF_FIELD:
			return psprintf("%s.%s(%s:)", place->type, place->name, input->name);
		case GQL_OF_DIRECTIVE:
			return psprintf("@%s(%s:)", place->name, input->name);
		case GQL_OF_INPUT_OBJECT:
			return psprintf("%s.%s", place->type, input->name);
	}
	return NULL;
}

/* The default value that is being checked. */
typedef struct DefaultReport
{
	GqlSchemaCheck *check;
	const GqlInputPlace *place;
	const GqlInputValueDef *input;
	int			n;				/* errors filed for it */
} DefaultReport;

/*
 * Errors filed for one default value; each shows it, or much of it. When the
 * list has MAX_SHOWN_ERRORS, further wrong default values are only counted.
 */
#define MAX_DEFAULT_ERRORS 100
#define MAX_SHOWN_ERRORS 1000

static void
report_default(GqlCoercion *c, const char *message, int loc, const GqlPath *path)
{
	DefaultReport *report = c->arg;
	GqlSchemaCheck *check = report->check;
	GqlErrorList *list = gql_tolerable(check);

	if (loc < 0)
		loc = report->input->default_value->loc;
	gql_error_at(list, check->source, loc, "%s has invalid default value%s: %s",
				 gql_input_coordinate(report->place, report->input), gql_path_to_string(path),
				 message);
	if (++report->n == MAX_DEFAULT_ERRORS)
		c->stopped = true;
	c->no_hints = !gql_wants_hint(list);
}

/* If lenient, a default value that does not fit is removed. */
static void
check_default(GqlSchemaCheck *c, const GqlInputPlace *place, GqlInputValueDef *input)
{
	DefaultReport report = {c, place, input, 0};
	GqlErrorList *list = gql_tolerable(c);
	bool		counted = list_length(list->items) >= MAX_SHOWN_ERRORS;
	GqlCoercion coercion = {0};

	coercion.schema = c->schema;
	coercion.report = report_default;
	coercion.arg = &report;
	coercion.no_hints = !gql_wants_hint(list);
	coercion.stopped = counted;
	coercion.budget = &c->budget;
	if (gql_coerce(&coercion, input->default_value, input->type, NULL, NULL))
		return;
	if (counted)
		list->omitted++;
	if (c->lenient)
		input->default_value = NULL;
}

/* Check an argument or input field. */
static void
check_input(GqlSchemaCheck *c, const GqlInputPlace *place, GqlInputValueDef *input)
{
	if (!gql_check_spend(c, 1))
		return;
	check_name(c, input->name, node_loc(input));
	if (!gql_is_input(gql_named_type(input->type)))
		gql_error_at(c->errors, c->source, place->kind == GQL_OF_DIRECTIVE ? node_loc(input)
					 : type_loc(input),
					 "The type of %s must be Input Type but got: %s.",
					 gql_input_coordinate(place, input), gql_type_to_string(input->type));
	if (input->deprecation_reason != NULL && gql_is_required(input))
	{
		GqlErrorList *list = gql_tolerable(c);
		GqlError   *error;

		error = gql_error(list, "Required %s %s cannot be deprecated.",
						  place->kind == GQL_OF_INPUT_OBJECT ? "input field" : "argument",
						  gql_input_coordinate(place, input));
		locate(c, list, error, input->node != NULL ? deprecated_loc(input->node->directives) : -1);
		locate(c, list, error, type_loc(input));
	}
	if (input->default_value != NULL && gql_is_input(gql_named_type(input->type)))
		check_default(c, place, input);
}

/* ---- directives (3.13) ---- */

static void
check_directives(GqlSchemaCheck *c)
{
	gql_foreach(GqlDirectiveDef, directive, &c->schema->directives)
	{
		GqlInputPlace place = {GQL_OF_DIRECTIVE, NULL, directive->name};

		check_name(c, directive->name, definition_loc(directive));
		if (directive->locations == 0)
			gql_error_at(gql_tolerable(c), c->source, definition_loc(directive),
						 "Directive @%s must include 1 or more locations.",
						 directive->name);
		gql_foreach(GqlInputValueDef, arg, &directive->args)
			check_input(c, &place, arg);
	}
}

/* ---- objects and interfaces (3.6, 3.7) ---- */

static void
check_fields(GqlSchemaCheck *c, GqlType *type)
{
	if (type->fields.n == 0)
	{
		GqlErrorList *list = gql_tolerable(c);
		GqlError   *error = gql_error(list, "Type %s must define one or more fields.",
									  type->name);

		locate_type(c, list, error, type);
	}
	gql_foreach(GqlFieldDef, field, &type->fields)
	{
		GqlInputPlace place = {GQL_OF_FIELD, type->name, field->name};

		if (!gql_check_spend(c, 1))
			return;
		check_name(c, field->name, node_loc(field));
		if (gql_named_type(field->type)->kind == GQL_INPUT_OBJECT)
			gql_error_at(c->errors, c->source, type_loc(field),
						 "The type of %s.%s must be Output Type but got: %s.", type->name,
						 field->name,
						 gql_type_to_string(field->type));
		gql_foreach(GqlInputValueDef, arg, &field->args)
			check_input(c, &place, arg);
	}
}

/* Add two locations to an error. */
static void
locate_two(GqlSchemaCheck *c, GqlError *error, int loc, int loc2)
{
	locate(c, c->errors, error, loc);
	locate(c, c->errors, error, loc2);
}

/* IsValidImplementation() of 3.6, of one field */
static void
check_implemented_field(GqlSchemaCheck *c, const GqlType *type, const GqlFieldDef *field,
						const GqlType *iface, const GqlFieldDef *iface_field)
{
	GqlError   *error;

	if (!gql_is_covariant(c->schema, field->type, iface_field->type))
	{
		error = gql_error(c->errors, "Interface field %s.%s expects type %s but %s.%s is type %s.",
						  iface->name, iface_field->name, gql_type_to_string(iface_field->type),
						  type->name, field->name, gql_type_to_string(field->type));
		locate_two(c, error, type_loc(iface_field), type_loc(field));
	}

	gql_foreach(GqlInputValueDef, iface_arg, &iface_field->args)
	{
		const GqlInputValueDef *arg = gql_names_get(&field->args, iface_arg->name);

		if (!gql_check_spend(c, 1))
			return;

		if (arg == NULL)
		{
			if (!gql_check_spend(c, MISTAKE_UNITS))
				return;
			error = gql_error(c->errors,
							  "Interface field argument %s.%s(%s:) expected but %s.%s does not provide it.",
							  iface->name, iface_field->name, iface_arg->name,
							  type->name, field->name);
			locate_two(c, error, node_loc(iface_arg), node_loc(field));
		}
		else if (!gql_types_equal(iface_arg->type, arg->type))
		{
			error = gql_error(c->errors,
							  "Interface field argument %s.%s(%s:) expects type %s but %s.%s(%s:) is type %s.",
							  iface->name, iface_field->name, iface_arg->name,
							  gql_type_to_string(iface_arg->type),
							  type->name, field->name, arg->name, gql_type_to_string(arg->type));
			locate_two(c, error, type_loc(iface_arg), type_loc(arg));
		}
	}

	gql_foreach(GqlInputValueDef, arg, &field->args)
	{
		if (!gql_check_spend(c, 1))
			return;
		if (!gql_is_required(arg) || gql_names_get(&iface_field->args, arg->name) != NULL)
			continue;
		error = gql_error(c->errors,
						  "Argument \"%s.%s(%s:)\" must not be required type \"%s\" if not provided by the Interface field \"%s.%s\".",
						  type->name, field->name, arg->name, gql_type_to_string(arg->type),
						  iface->name, iface_field->name);
		locate_two(c, error, node_loc(arg), node_loc(iface_field));
	}

	if (field->deprecation_reason != NULL && iface_field->deprecation_reason == NULL)
	{
		GqlErrorList *list = gql_tolerable(c);

		error = gql_error(list,
						  "Interface field %s.%s is not deprecated, so implementation field %s.%s must not be deprecated.",
						  iface->name, iface_field->name, type->name, field->name);
		locate(c, list, error, field->node != NULL ? deprecated_loc(field->node->directives) : -1);
		locate(c, list, error, type_loc(field));
	}
}

/* A type must declare the interfaces of its interface, too (3.6). */
static void
check_ancestors(GqlSchemaCheck *c, GqlType *type, GqlType *iface)
{
	bool		all = true;
	ListCell   *lc;

	if (!gql_check_spend(c, 1 + iface->interfaces.n / 4))
		return;
	gql_foreach(GqlType, ancestor, &iface->interfaces)
		all = all && gql_names_get(&type->interfaces, ancestor->name) != NULL;
	if (all)
		return;
	foreach(lc, mentioned_types(iface, INTERFACES))
	{
		GqlType    *ancestor = lfirst(lc);
		GqlError   *error;

		if (!gql_check_spend(c, 1))
			return;
		if (gql_names_get(&type->interfaces, ancestor->name) != NULL)
			continue;
		if (!gql_check_spend(c, MISTAKE_UNITS))
			return;
		if (ancestor == type)
			error = gql_error(c->errors,
							  "Type %s cannot implement %s because it would create a circular reference.",
							  type->name, iface->name);
		else
			error = gql_error(c->errors,
							  "Type %s must implement %s because it is implemented by %s.",
							  type->name,
							  ancestor->name, iface->name);
		locate_mentions(c, c->errors, error, iface, INTERFACES, ancestor->name);
		locate_mentions(c, c->errors, error, type, INTERFACES, iface->name);
	}
}

static void
check_implementation(GqlSchemaCheck *c, GqlType *type, GqlType *iface)
{
	check_ancestors(c, type, iface);
	gql_foreach(GqlFieldDef, iface_field, gql_type_fields(c->schema, iface))
	{
		const GqlFieldDef *field = gql_names_get(&type->fields, iface_field->name);
		GqlError   *error;

		if (!gql_check_spend(c, 1))
			return;
		if (field != NULL)
		{
			check_implemented_field(c, type, field, iface, iface_field);
			continue;
		}
		if (!gql_check_spend(c, MISTAKE_UNITS))
			return;
		error = gql_error(c->errors, "Interface field %s.%s expected but %s does not provide it.",
						  iface->name, iface_field->name, type->name);
		locate(c, c->errors, error, node_loc(iface_field));
		locate_type(c, c->errors, error, type);
	}
}

static void
check_interfaces(GqlSchemaCheck *c, GqlType *type)
{
	GqlNames	seen = {0};
	ListCell   *lc;

	if (type->interfaces.n == 0)
		return;
	foreach(lc, mentioned_types(type, INTERFACES))
	{
		GqlType    *iface = lfirst(lc);
		GqlErrorList *list = c->errors;
		GqlError   *error;

		if (!gql_check_spend(c, 1))
			return;
		if (iface->kind != GQL_INTERFACE)
			error = gql_error(list,
							  "Type %s must only implement Interface types, it cannot implement %s.",
							  type->name, iface->name);
		else if (iface == type)
			error = gql_error(list,
							  "Type %s cannot implement itself because it would create a circular reference.",
							  type->name);
		else if (gql_names_add(&seen, iface))
		{
			check_implementation(c, type, iface);
			continue;
		}
		else
		{
			list = gql_tolerable(c);
			error = gql_error(list, "Type %s can only implement %s once.", type->name, iface->name);
		}
		locate_mentions(c, list, error, type, INTERFACES, iface->name);
	}
}

/* ---- unions (3.8), enums (3.9), input objects (3.10) ---- */

static void
check_members(GqlSchemaCheck *c, GqlType *type)
{
	GqlNames	seen = {0};
	ListCell   *lc;

	if (type->members.n == 0)
	{
		GqlErrorList *list = gql_tolerable(c);
		GqlError   *error = gql_error(list, "Union type %s must define one or more member types.",
									  type->name);

		locate_type(c, list, error, type);
	}
	foreach(lc, mentioned_types(type, MEMBERS))
	{
		GqlType    *member = lfirst(lc);
		GqlErrorList *list = gql_tolerable(c);
		GqlError   *error;

		if (!gql_check_spend(c, 1))
			return;
		if (!gql_names_add(&seen, member))
			error = gql_error(list, "Union type %s can only include type %s once.",
							  type->name, member->name);
		else if (member->kind != GQL_OBJECT)
		{
			list = c->errors;
			error = gql_error(list,
							  "Union type %s can only include Object types, it cannot include %s.",
							  type->name, member->name);
		}
		else
			continue;
		locate_mentions(c, list, error, type, MEMBERS, member->name);
	}
}

static void
check_enum_values(GqlSchemaCheck *c, GqlType *type)
{
	if (type->fields.n == 0)
	{
		GqlErrorList *list = gql_tolerable(c);
		GqlError   *error = gql_error(list, "Enum type %s must define one or more values.",
									  type->name);

		locate_type(c, list, error, type);
	}
	gql_foreach(GqlEnumValueDef, value, &type->fields)
		check_name(c, value->name, node_loc(value));
}

/*
 * 3.10.3: an extension cannot add @oneOf. graphql-js ignores it there and
 * reports nothing.
 */
static void
check_one_of(GqlSchemaCheck *c, const GqlType *type)
{
	ListCell   *lc;

	foreach(lc, type->nodes)
	{
		const GqlTypeDefNode *node = lfirst(lc);
		const GqlDirective *directive;

		if (!node->extend)
			continue;
		directive = gql_find_directive(node->directives, "oneOf");
		if (directive != NULL)
			gql_error_at(gql_tolerable(c), c->source, directive->loc,
						 "Input Object type %s cannot be made OneOf by an extension.", type->name);
	}
}

static void
check_input_fields(GqlSchemaCheck *c, GqlType *type)
{
	GqlInputPlace place = {GQL_OF_INPUT_OBJECT, type->name, NULL};

	if (type->fields.n == 0)
	{
		GqlErrorList *list = gql_tolerable(c);
		GqlError   *error = gql_error(list, "Input Object type %s must define one or more fields.",
									  type->name);

		locate_type(c, list, error, type);
	}
	gql_foreach(GqlInputValueDef, input, &type->fields)
	{
		check_input(c, &place, input);
		if (!type->one_of)
			continue;
		if (input->type->kind == GQL_TYPE_NON_NULL)
			gql_error_at(c->errors, c->source, type_loc(input),
						 "OneOf input field %s.%s must be nullable.", type->name, input->name);
		if (input->default_value != NULL)
			gql_error_at(c->errors, c->source, node_loc(input),
						 "OneOf input field %s.%s cannot have a default value.", type->name,
						 input->name);
	}
}

static void
check_type(GqlSchemaCheck *c, GqlType *type)
{
	check_name(c, type->name, type_node_loc(type));
	switch (type->kind)
	{
		case GQL_SCALAR:
			break;
		case GQL_OBJECT:
		case GQL_INTERFACE:
			check_fields(c, type);
			check_interfaces(c, type);
			break;
		case GQL_UNION:
			check_members(c, type);
			break;
		case GQL_ENUM:
			check_enum_values(c, type);
			break;
		case GQL_INPUT_OBJECT:
			check_one_of(c, type);
			check_input_fields(c, type);
			gql_check_default_cycles(c, type);
			break;
	}
}

void
gql_schema_check(GqlSchema *schema, bool lenient, GqlErrorList *errors, GqlErrorList *warnings)
{
	GqlSchemaCheck c = {0};
	MemoryContext check_cxt = AllocSetContextCreate(CurrentMemoryContext, "GraphQL schema check",
													ALLOCSET_DEFAULT_SIZES);
	MemoryContext oldcxt = MemoryContextSwitchTo(check_cxt);

	c.schema = schema;
	c.source = schema->source;
	rr_budget_init(&c.budget, check_cxt, MAX_MEMORY, MAX_WORK + size_of(schema));
	c.lenient = lenient;
	c.errors = errors;
	c.warnings = warnings != NULL ? warnings : gql_errors_create(1, NULL);
	gql_schema_complete(schema);
	check_roots(&c);
	check_directives(&c);
	gql_foreach(GqlType, type, &schema->types)
	{
		if (!gql_check_spend(&c, 1))
			break;
		if (!type->builtin)
			check_type(&c, type);
	}
	gql_check_finite_inputs(&c);
	gql_check_directive_cycles(&c);

	MemoryContextSwitchTo(oldcxt);
	MemoryContextDelete(check_cxt);
}
