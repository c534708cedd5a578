/*
 * sdl_rules.c: check the rules that a type system document must keep before a
 * schema can be built from it.
 *
 * One walk in document order serves all rules. At each node they are checked
 * in the order of graphql-js' specifiedSDLRules, so that errors come in its
 * order. As there, executable definitions in the document are ignored.
 *
 * If lenient, these are warnings, since the schema is unambiguous all the
 * same: how directives are applied (this layer obeys only the specified ones);
 * a part that is defined twice, alike; an extension of a type that is not
 * defined (it is taken for the definition, as in the first version of Apollo
 * Federation).
 */
#include "postgres.h"

#include "miscadmin.h"

#include "graphql/suggest.h"
#include "graphql/type/coerce.h"
#include "graphql/type/schema_int.h"

/* What the document says about one type name. */
typedef struct TypeEntry
{
	const char *name;
	const GqlTypeDefNode *first;	/* first definition; NULL: there are only
									 * extensions */
	const GqlTypeDefNode *last; /* last definition, or NULL */
	const GqlTypeDefNode *entered;	/* first definition, once the walk has
									 * reached it */
	int			nnodes;			/* definitions and extensions */
	GqlTypeKind kind;			/* of the first of them */
	bool		mixed;			/* some of them are of another kind */

	/* met by the walk so far; used only if there are several nodes */
	GqlNames	fields;			/* GqlFieldNode or GqlInputValueNode */
	GqlNames	values;			/* GqlEnumValueNode */
	GqlNames	directives;		/* GqlDirective */
} TypeEntry;

/* The last definition of a directive. */
typedef struct DirectiveEntry
{
	const char *name;
	uint32		locations;		/* bits 1 << GqlDirectiveLocation */
	bool		repeatable;
	bool		builtin;		/* the specification's, not the document's */
	GqlNames	args;			/* builtin: GqlInputValueDef, else
								 * GqlInputValueNode */
	const GqlDirectiveDefNode *entered; /* first definition, once the walk has
										 * reached it */
	GqlNames	directives;		/* GqlDirective: applied to it, so far */
} DirectiveEntry;

gql_starts_with_name(TypeEntry, name);
gql_starts_with_name(DirectiveEntry, name);

typedef struct Walk
{
	const char *source;
	bool		lenient;
	GqlErrorList *errors;
	GqlErrorList *warnings;
	RrBudget	budget;			/* see spend() */
	bool		aborted;		/* it is exhausted, which is filed */

	/* what there is */
	GqlSchema  *builtins;		/* a schema with nothing else in it */
	GqlNames	types;			/* TypeEntry */
	GqlNames	directives;		/* DirectiveEntry */

	/* met so far */
	GqlNames	schema_directives;	/* GqlDirective: applied to the schema */
	const GqlSchemaNode *schema_node;	/* schema definition */
	const GqlRootTypeNode *roots[GQL_SUBSCRIPTION + 1]; /* by operation */

	List	   *type_names;		/* char *, for suggestions; made when needed */
	GqlNames	scratch;		/* see scratch_names() */
} Walk;

/* Where to file a breach that is tolerable, or not, if lenient. */
#define errors_or_warnings(w, tolerable) \
	((w)->lenient && (tolerable) ? (w)->warnings : (w)->errors)

/* Units that the rules may cost, beside two for each byte of the document. */
#define MAX_WORK 4000000

/* Units of a mistake that pairs of parts can have: what its error takes. */
#define MISTAKE_UNITS 16

/*
 * Count work, in units of base/budget.h. False: it was too much, which is
 * filed; do not go on.
 */
static bool
spend(Walk *w, int64 units)
{
	if (rr_spend(&w->budget, units))
		return true;
	if (!w->aborted)
		gql_error(w->errors, "The schema takes too much work to be checked. Validation aborted.");
	w->aborted = true;
	return false;
}

/* Add the locations of two nodes to an error. */
static void
locate_two(Walk *w, GqlErrorList *list, GqlError *error, int loc, int loc2)
{
	gql_error_locate(list, error, w->source, loc);
	gql_error_locate(list, error, w->source, loc2);
}

/* An empty set; the next call empties it again. */
static GqlNames *
scratch_names(Walk *w)
{
	gql_names_reset(&w->scratch);
	return &w->scratch;
}

/* ---- what is defined ---- */

static TypeEntry *
type_entry(Walk *w, const char *name)
{
	return gql_names_entry(&w->types, name, sizeof(TypeEntry));
}

/* The entry of a name, emptied if it was there: the last definition counts. */
static DirectiveEntry *
directive_entry(Walk *w, const char *name)
{
	DirectiveEntry *entry = gql_names_entry(&w->directives, name, sizeof(DirectiveEntry));

	entry->locations = 0;
	entry->builtin = false;
	gql_names_init(&entry->args, CurrentMemoryContext);
	return entry;
}

static void
collect_definitions(Walk *w, const GqlDocument *document)
{
	ListCell   *lc,
			   *lc2;

	gql_foreach(GqlDirectiveDef, def, &w->builtins->directives)
	{
		DirectiveEntry *entry = directive_entry(w, def->name);

		entry->locations = def->locations;
		entry->builtin = true;
		entry->args = def->args;
	}

	foreach(lc, document->definitions)
	{
		const GqlDefinition *definition = lfirst(lc);

		if (definition->kind == GQL_DEF_TYPE)
		{
			const GqlTypeDefNode *node = (const GqlTypeDefNode *) definition;
			TypeEntry  *entry = type_entry(w, node->name.value);

			if (entry->nnodes++ == 0)
				entry->kind = node->kind;
			else if (entry->kind != node->kind)
				entry->mixed = true;
			if (!node->extend)
			{
				if (entry->first == NULL)
					entry->first = node;
				entry->last = node;
			}
		}
		else if (definition->kind == GQL_DEF_DIRECTIVE)
		{
			const GqlDirectiveDefNode *node = (const GqlDirectiveDefNode *) definition;
			DirectiveEntry *entry;

			if (node->extend)
				continue;
			entry = directive_entry(w, node->name.value);
			entry->repeatable = node->repeatable;
			entry->locations = gql_directive_node_locations(node);
			foreach(lc2, node->arguments)
				gql_names_add(&entry->args, lfirst(lc2));
		}
	}
}

/* ---- parts that are defined twice ---- */

static void
locate_names(Walk *w, GqlErrorList *list, GqlError *error, const List *names)
{
	ListCell   *lc;

	foreach(lc, names)
		gql_error_locate(list, error, w->source, ((GqlName *) lfirst(lc))->loc);
}

/*
 * Unique Argument Definition Names. owner is the type and field its field, or
 * owner is "@directive" and field NULL.
 */
static void
check_argument_definitions(Walk *w, const char *owner, const char *field, const List *arguments)
{
	ListCell   *lc;

	foreach(lc, gql_same_names(arguments))
	{
		List	   *group = lfirst(lc);
		GqlInputValueNode *first = linitial(group);
		bool		alike = true;
		char	   *coordinate;
		ListCell   *lc2;
		GqlErrorList *list;
		GqlError   *error;

		foreach(lc2, group)
			alike = alike && gql_same_input(first, lfirst(lc2));
		list = errors_or_warnings(w, alike);
		if (field != NULL)
			coordinate = psprintf("%s.%s(%s:)", owner, field, first->name.value);
		else
			coordinate = psprintf("%s(%s:)", owner, first->name.value);
		error = gql_error(list, "Argument \"%s\" can only be defined once.", coordinate);
		locate_names(w, list, error, group);
	}
}

/* Unique Field Definition Names */
static void
check_field_definitions(Walk *w, TypeEntry *entry, const GqlTypeDefNode *node)
{
	GqlNames   *seen = entry->nnodes > 1 ? &entry->fields : scratch_names(w);
	ListCell   *lc;

	foreach(lc, node->fields)
	{
		GqlName    *field = lfirst(lc);
		GqlName    *known;
		bool		alike;
		GqlErrorList *list;

		if (gql_names_add(seen, field))
			continue;
		known = gql_names_get(seen, field->value);
		if (entry->mixed)
			alike = false;		/* nodes of different structs */
		else if (node->kind == GQL_INPUT_OBJECT)
			alike = gql_same_input((GqlInputValueNode *) known, (GqlInputValueNode *) field);
		else
			alike = gql_same_field((GqlFieldNode *) known, (GqlFieldNode *) field);
		list = errors_or_warnings(w, alike);
		locate_two(w, list, gql_error(list, "Field \"%s.%s\" can only be defined once.",
									  entry->name, field->value), known->loc, field->loc);
	}
}

/* Unique Enum Value Names */
static void
check_enum_values(Walk *w, TypeEntry *entry, const GqlTypeDefNode *node)
{
	GqlNames   *seen = entry->nnodes > 1 ? &entry->values : scratch_names(w);
	ListCell   *lc;

	foreach(lc, node->values)
	{
		GqlEnumValueNode *value = lfirst(lc);
		GqlEnumValueNode *known;
		GqlErrorList *list = errors_or_warnings(w, true);

		if (gql_names_add(seen, value))
			continue;
		known = gql_names_get(seen, value->name.value);
		locate_two(w, list, gql_error(list, "Enum value \"%s.%s\" can only be defined once.",
									  entry->name, value->name.value),
				   known->name.loc, value->name.loc);
	}
}

/* ---- names that must be known ---- */

/* Known Type Names */
static void
check_type_name(Walk *w, const GqlTypeNode *type)
{
	TypeEntry  *entry;
	const char *name;

	while (type->kind != GQL_TYPE_NAMED)
		type = type->of;
	name = type->name;
	entry = gql_names_get(&w->types, name);
	if (entry != NULL && (entry->first != NULL || w->lenient))
		return;
	if (gql_names_get(&w->builtins->types, name) != NULL)
		return;
	if (w->lenient && gql_is_implied_scalar(name))
		return;

	if (w->type_names == NIL)
	{
		gql_foreach(GqlType, builtin, &w->builtins->types)
			w->type_names = lappend(w->type_names, unconstify(char *, builtin->name));
		gql_foreach(TypeEntry, known, &w->types)
		{
			if (known->first != NULL)
				w->type_names = lappend(w->type_names, unconstify(char *, known->name));
		}
	}
	gql_error_at(w->errors, w->source, type->loc, "Unknown type \"%s\".%s", name,
				 gql_wants_hint(w->errors) ? gql_did_you_mean(NULL, name, w->type_names) : "");
}

static void
check_type_names(Walk *w, const List *types)
{
	ListCell   *lc;

	foreach(lc, types)
		check_type_name(w, lfirst(lc));
}

/* Unique Input Field Names, in a literal. */
static void
check_literal(Walk *w, const GqlValue *value, bool tolerable)
{
	ListCell   *lc;

	if (value->items == NIL)
		return;
	check_stack_depth();
	if (value->kind == GQL_VALUE_LIST)
	{
		foreach(lc, value->items)
			check_literal(w, lfirst(lc), tolerable);
		return;
	}

	if (list_length(value->items) > 1)
	{
		GqlNames	seen;

		gql_names_init(&seen, CurrentMemoryContext);
		foreach(lc, value->items)
		{
			GqlObjectField *field = lfirst(lc);
			GqlObjectField *known;
			GqlErrorList *list = errors_or_warnings(w, tolerable);
			GqlError   *error;

			if (!gql_names_add(&seen, field))
			{
				known = gql_names_get(&seen, field->name.value);
				error = gql_error(list, "There can be only one input field named \"%s\".",
								  field->name.value);
				locate_two(w, list, error, known->name.loc, field->name.loc);
			}
			check_literal(w, field->value, tolerable);
		}
	}
	else
		check_literal(w, ((GqlObjectField *) linitial(value->items))->value, tolerable);
}

/* ---- directives ---- */

/*
 * Unique Directives Per Location. seen: those met at other parts of this
 * location; NULL: it has no other parts.
 */
static void
check_unique_directives(Walk *w, const List *directives, GqlNames *seen)
{
	ListCell   *lc;

	if (directives == NIL || (seen == NULL && list_length(directives) < 2))
		return;
	if (seen == NULL)
		seen = scratch_names(w);
	foreach(lc, directives)
	{
		GqlDirective *directive = lfirst(lc);
		DirectiveEntry *entry = gql_names_get(&w->directives, directive->name.value);
		GqlErrorList *list = errors_or_warnings(w, true);

		if (entry != NULL && !entry->repeatable && !gql_names_add(seen, directive))
		{
			GqlDirective *known = gql_names_get(seen, directive->name.value);

			locate_two(w, list, gql_error(list,
										  "The directive \"@%s\" can only be used once at this location.",
										  directive->name.value),
					   known->loc, directive->loc);
		}
	}
}

/* Known Argument Names On Directives */
static void
check_known_arguments(Walk *w, const GqlDirective *directive, const DirectiveEntry *entry)
{
	GqlErrorList *list = errors_or_warnings(w, true);
	ListCell   *lc;

	foreach(lc, directive->arguments)
	{
		const GqlArgument *argument = lfirst(lc);
		const char *name = argument->name.value;
		const char *hint = "";

		if (gql_names_get(&entry->args, name) != NULL)
			continue;
		if (gql_wants_hint(list))
			hint = gql_did_you_mean_name(NULL, name, &entry->args);
		gql_error_at(list, w->source, argument->name.loc,
					 "Unknown argument \"%s\" on directive \"@%s\".%s", name, entry->name, hint);
	}
}

/* Unique Argument Names */
static void
check_unique_arguments(Walk *w, const GqlDirective *directive)
{
	GqlErrorList *list = errors_or_warnings(w, true);
	ListCell   *lc;

	foreach(lc, gql_same_names(directive->arguments))
	{
		List	   *group = lfirst(lc);

		locate_names(w, list, gql_error(list, "There can be only one argument named \"%s\".",
										((GqlName *) linitial(group))->value), group);
	}
}

static void
report_missing_argument(Walk *w, const GqlDirective *directive, const char *argument,
						const char *type)
{
	gql_error_at(errors_or_warnings(w, true), w->source, directive->loc,
				 "Argument \"@%s(%s:)\" of type \"%s\" is required, but it was not provided.",
				 directive->name.value, argument, type);
}

/* Provided Required Arguments On Directives */
static void
check_required_arguments(Walk *w, const GqlDirective *directive, const DirectiveEntry *entry)
{
	GqlNodeIndex given;

	gql_node_index_init(&given, directive->arguments, false);
	if (entry->builtin)
	{
		gql_foreach(GqlInputValueDef, arg, &entry->args)
		{
			if (gql_is_required(arg) && gql_node_index_get(&given, arg->name) == NULL)
				report_missing_argument(w, directive, arg->name, gql_type_to_string(arg->type));
		}
		gql_node_index_free(&given);
		return;
	}
	gql_foreach(GqlInputValueNode, arg, &entry->args)
	{
		if (gql_is_required_node(arg) &&
			gql_node_index_get(&given, arg->name.value) == NULL)
		{
			StringInfoData type;

			if (!spend(w, MISTAKE_UNITS))
				break;
			initStringInfo(&type);
			gql_print_type_node(&type, arg->type);
			report_missing_argument(w, directive, arg->name.value, type.data);
			pfree(type.data);
		}
	}
	gql_node_index_free(&given);
}

/* Check directives where they are applied. */
static void
check_directives(Walk *w, const List *directives, GqlDirectiveLocation location)
{
	ListCell   *lc,
			   *lc2;

	foreach(lc, directives)
	{
		const GqlDirective *directive = lfirst(lc);
		DirectiveEntry *entry = gql_names_get(&w->directives, directive->name.value);

		/* a definition may have any number of arguments */
		if (!spend(w, 1 + (entry != NULL ? entry->args.n / 16 : 0)))
			return;

		/* Known Directives; if lenient, unknown ones are no warning even */
		if (entry == NULL)
		{
			if (w->lenient)
				continue;
			gql_error_at(w->errors, w->source, directive->loc, "Unknown directive \"@%s\".",
						 directive->name.value);
		}
		else if ((entry->locations & ((uint32) 1 << location)) == 0)
			gql_error_at(errors_or_warnings(w, true), w->source, directive->loc,
						 "Directive \"@%s\" may not be used on %s.",
						 directive->name.value, gql_directive_location_name(location));

		if (entry != NULL)
			check_known_arguments(w, directive, entry);
		check_unique_arguments(w, directive);
		foreach(lc2, directive->arguments)
			check_literal(w, ((const GqlArgument *) lfirst(lc2))->value, true);
		if (entry != NULL)
			check_required_arguments(w, directive, entry);
	}
}

/* ---- the walk ---- */

static void
check_inputs(Walk *w, const List *inputs, GqlDirectiveLocation location)
{
	ListCell   *lc;

	foreach(lc, inputs)
	{
		const GqlInputValueNode *input = lfirst(lc);

		if (!spend(w, 1))
			return;
		check_unique_directives(w, input->directives, NULL);
		check_type_name(w, input->type);
		if (input->default_value != NULL)
			check_literal(w, input->default_value, false);
		check_directives(w, input->directives, location);
	}
}

static void
check_fields(Walk *w, const List *fields)
{
	ListCell   *lc;

	foreach(lc, fields)
	{
		const GqlFieldNode *field = lfirst(lc);

		if (!spend(w, 1))
			return;
		check_unique_directives(w, field->directives, NULL);
		check_inputs(w, field->arguments, GQL_LOC_ARGUMENT_DEFINITION);
		check_type_name(w, field->type);
		check_directives(w, field->directives, GQL_LOC_FIELD_DEFINITION);
	}
}

/* Unique Type Names */
static void
check_type_is_new(Walk *w, TypeEntry *entry, const GqlTypeDefNode *node)
{
	GqlErrorList *list;

	if (entry->entered == NULL)
	{
		entry->entered = node;
		return;
	}
	list = errors_or_warnings(w, gql_same_definition(entry->entered, node));
	locate_two(w, list, gql_error(list, "There can be only one type named \"%s\".", entry->name),
			   entry->entered->name.loc, node->name.loc);
}

/* "Did you mean" for a type that is extended and not defined. */
static char *
extension_hint(const Walk *w, const char *name)
{
	List	   *names = NIL;

	gql_foreach(TypeEntry, known, &w->types)
	{
		if (known->first != NULL)
			names = lappend(names, unconstify(char *, known->name));
	}
	return gql_did_you_mean(NULL, name, names);
}

/* Possible Type Extensions */
static void
check_extension(Walk *w, TypeEntry *entry, const GqlTypeDefNode *node)
{
	static const char *const kinds[] = {
		[GQL_SCALAR] = "scalar",
		[GQL_OBJECT] = "object",
		[GQL_INTERFACE] = "interface",
		[GQL_UNION] = "union",
		[GQL_ENUM] = "enum",
		[GQL_INPUT_OBJECT] = "input object"
	};

	if (entry->last == NULL)
	{
		GqlErrorList *list = errors_or_warnings(w, true);

		gql_error_at(list, w->source, node->name.loc,
					 "Cannot extend type \"%s\" because it is not defined.%s",
					 entry->name, gql_wants_hint(list) ? extension_hint(w, entry->name) : "");
	}
	else if (entry->last->kind != node->kind)
		locate_two(w, w->errors, gql_error(w->errors, "Cannot extend non-%s type \"%s\".",
										   kinds[node->kind], entry->name),
				   entry->last->def.loc, node->def.loc);
}

static void
check_type_node(Walk *w, const GqlTypeDefNode *node)
{
	static const GqlDirectiveLocation locations[] = {
#define X(kind) [GQL_##kind] = GQL_LOC_##kind,
		GQL_TYPE_DEF_KINDS(X)
#undef X
	};
	TypeEntry  *entry = gql_names_get(&w->types, node->name.value);
	bool		has_fields = node->kind == GQL_OBJECT || node->kind == GQL_INTERFACE;
	ListCell   *lc;

	if (!node->extend)
		check_type_is_new(w, entry, node);
	if (node->kind == GQL_ENUM)
		check_enum_values(w, entry, node);
	check_field_definitions(w, entry, node);
	if (has_fields)
	{
		foreach(lc, node->fields)
		{
			const GqlFieldNode *field = lfirst(lc);

			check_argument_definitions(w, entry->name, field->name.value, field->arguments);
		}
	}
	check_unique_directives(w, node->directives, entry->nnodes > 1 ? &entry->directives : NULL);
	if (node->extend)
		check_extension(w, entry, node);

	check_type_names(w, node->interfaces);
	check_directives(w, node->directives, locations[node->kind]);
	if (has_fields)
		check_fields(w, node->fields);
	else
		check_inputs(w, node->fields, GQL_LOC_INPUT_FIELD_DEFINITION);
	check_type_names(w, node->members);
	foreach(lc, node->values)
	{
		const GqlEnumValueNode *value = lfirst(lc);

		check_unique_directives(w, value->directives, NULL);
		check_directives(w, value->directives, GQL_LOC_ENUM_VALUE);
	}
}

/* Unique Operation Types */
static void
check_root_types(Walk *w, const List *root_types)
{
	static const char *const operations[] = {"query", "mutation", "subscription"};
	ListCell   *lc;

	foreach(lc, root_types)
	{
		const GqlRootTypeNode *root = lfirst(lc);
		const GqlRootTypeNode *known = w->roots[root->operation];
		GqlErrorList *list;

		if (known == NULL)
		{
			w->roots[root->operation] = root;
			continue;
		}
		list = errors_or_warnings(w, gql_same_type_node(known->type, root->type));
		locate_two(w, list, gql_error(list, "There can be only one %s type in schema.",
									  operations[root->operation]), known->loc, root->loc);
	}
}

static void
check_schema_node(Walk *w, const GqlSchemaNode *node)
{
	ListCell   *lc;

	/* Lone Schema Definition */
	if (!node->extend)
	{
		if (w->schema_node != NULL)
			gql_error_at(w->errors, w->source, node->def.loc,
						 "Must provide only one schema definition.");
		w->schema_node = node;
	}
	check_root_types(w, node->root_types);
	check_unique_directives(w, node->directives, &w->schema_directives);
	check_directives(w, node->directives, GQL_LOC_SCHEMA);
	foreach(lc, node->root_types)
		check_type_name(w, ((const GqlRootTypeNode *) lfirst(lc))->type);
}

static void
check_directive_node(Walk *w, const GqlDirectiveDefNode *node)
{
	DirectiveEntry *entry = gql_names_get(&w->directives, node->name.value);

	if (!node->extend)
	{
		check_argument_definitions(w, psprintf("@%s", node->name.value), NULL, node->arguments);

		/*
		 * Unique Directive Names; tolerable for those of the type system,
		 * since nobody sends them
		 */
		if (entry->entered == NULL)
			entry->entered = node;
		else
		{
			bool		executable = (entry->locations & GQL_EXECUTABLE_LOCATIONS) != 0;
			bool		alike = gql_same_directive(entry->entered, node);
			GqlErrorList *list = errors_or_warnings(w, alike || !executable);
			GqlError   *error = gql_error(list, "There can be only one directive named \"@%s\".",
										  node->name.value);

			locate_two(w, list, error, entry->entered->name.loc, node->name.loc);
		}
	}
	check_unique_directives(w, node->directives, entry != NULL ? &entry->directives : NULL);
	if (!w->lenient || (gql_directive_node_locations(node) & GQL_EXECUTABLE_LOCATIONS) != 0)
		check_inputs(w, node->arguments, GQL_LOC_ARGUMENT_DEFINITION);
	check_directives(w, node->directives, GQL_LOC_DIRECTIVE_DEFINITION);
}

void
gql_check_sdl(const GqlDocument *document, GqlSchema *builtins, bool lenient,
			  GqlErrorList *errors, GqlErrorList *warnings)
{
	Walk		w = {0};
	ListCell   *lc;

	w.source = document->source;
	w.lenient = lenient;
	w.errors = errors;
	w.warnings = warnings;
	w.builtins = builtins;
	rr_budget_init(&w.budget, NULL, 0, MAX_WORK + 2 * (int64) document->len);
	collect_definitions(&w, document);

	foreach(lc, document->definitions)
	{
		const GqlDefinition *definition = lfirst(lc);

		if (!spend(&w, 1))
			break;
		switch (definition->kind)
		{
			case GQL_DEF_SCHEMA:
				check_schema_node(&w, (const GqlSchemaNode *) definition);
				break;
			case GQL_DEF_TYPE:
				check_type_node(&w, (const GqlTypeDefNode *) definition);
				break;
			case GQL_DEF_DIRECTIVE:
				check_directive_node(&w, (const GqlDirectiveDefNode *) definition);
				break;
			case GQL_DEF_OPERATION:
			case GQL_DEF_FRAGMENT:
				break;
		}
	}
}
