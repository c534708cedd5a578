/*
 * schema_print.c: print a schema as SDL, in the layout of graphql-js'
 * printSchema(), with types and directives sorted by name.
 *
 * What the specification defines is left out. So is the schema definition, if
 * its root types have the default names and it has no description.
 */
#include "postgres.h"

#include "graphql/suggest.h"
#include "graphql/type/coerce.h"
#include "graphql/language/language.h"
#include "graphql/type/schema_int.h"

#define put(out, text) appendStringInfoString(out, text)

/*
 * Would a block string with this text have it as its value? (2.9.4) Not if the
 * text has control characters, starts or ends with an empty line, or has all
 * of its lines indented.
 */
static bool
is_printable_as_block(const char *text)
{
	bool		empty_line = true;
	bool		indented = false;
	bool		all_indented = true;
	bool		several_lines = false;

	if (*text == '\0')
		return true;
	for (const char *p = text; *p != '\0'; p++)
	{
		switch (*p)
		{
			case '\n':
				if (empty_line && !several_lines)
					return false;
				several_lines = true;
				empty_line = true;
				indented = false;
				break;
			case '\t':
			case ' ':
				indented = indented || empty_line;
				break;
			default:
				if ((unsigned char) *p < 0x10)
					return false;
				all_indented = all_indented && indented;
				empty_line = false;
		}
	}
	return !empty_line && !(all_indented && several_lines);
}

/*
 * Print a description, or nothing for NULL. indent: nesting of what it
 * describes. first: that is the first of its block, so no line is left free.
 */
static void
print_description(StringInfo out, const char *description, int indent, bool first)
{
	if (description == NULL)
		return;
	if (indent > 0 && !first)
		appendStringInfoChar(out, '\n');
	appendStringInfoSpaces(out, indent * 2);
	if (is_printable_as_block(description))
		gql_print_block_string(out, description, strlen(description), indent);
	else
		gql_print_string(out, description, strlen(description));
	appendStringInfoChar(out, '\n');
}

static void
print_deprecated(StringInfo out, const char *reason)
{
	if (reason == NULL)
		return;
	put(out, " @deprecated");
	if (strcmp(reason, GQL_DEFAULT_DEPRECATION_REASON) != 0)
	{
		put(out, "(reason: ");
		gql_print_string(out, reason, strlen(reason));
		appendStringInfoChar(out, ')');
	}
}

static void
print_input(StringInfo out, const GqlInputValueDef *input)
{
	put(out, input->name);
	put(out, ": ");
	gql_append_type(out, input->type);
	if (input->default_value != NULL)
	{
		put(out, " = ");
		gql_print_value(out, input->default_value);
	}
	print_deprecated(out, input->deprecation_reason);
}

/* On one line; if any has a description, on a line each. */
static void
print_arguments(StringInfo out, const GqlNames *args, int indent)
{
	bool		described = false;
	bool		first = true;

	if (args->n == 0)
		return;
	gql_foreach(GqlInputValueDef, arg, args)
		described = described || arg->description != NULL;

	put(out, described ? "(\n" : "(");
	gql_foreach(GqlInputValueDef, arg, args)
	{
		if (!first)
			put(out, described ? "\n" : ", ");
		if (described)
		{
			print_description(out, arg->description, indent + 1, first);
			appendStringInfoSpaces(out, (indent + 1) * 2);
		}
		print_input(out, arg);
		first = false;
	}
	if (described)
	{
		appendStringInfoChar(out, '\n');
		appendStringInfoSpaces(out, indent * 2);
	}
	appendStringInfoChar(out, ')');
}

static void
print_fields(StringInfo out, const GqlNames *fields)
{
	bool		first = true;

	gql_foreach(GqlFieldDef, field, fields)
	{
		put(out, first ? " {\n" : "\n");
		print_description(out, field->description, 1, first);
		put(out, "  ");
		put(out, field->name);
		print_arguments(out, &field->args, 1);
		put(out, ": ");
		gql_append_type(out, field->type);
		print_deprecated(out, field->deprecation_reason);
		first = false;
	}
	if (!first)
		put(out, "\n}");
}

static void
print_input_fields(StringInfo out, const GqlNames *fields)
{
	bool		first = true;

	gql_foreach(GqlInputValueDef, input, fields)
	{
		put(out, first ? " {\n" : "\n");
		print_description(out, input->description, 1, first);
		put(out, "  ");
		print_input(out, input);
		first = false;
	}
	if (!first)
		put(out, "\n}");
}

static void
print_enum_values(StringInfo out, const GqlNames *values)
{
	bool		first = true;

	gql_foreach(GqlEnumValueDef, value, values)
	{
		put(out, first ? " {\n" : "\n");
		print_description(out, value->description, 1, first);
		put(out, "  ");
		put(out, value->name);
		print_deprecated(out, value->deprecation_reason);
		first = false;
	}
	if (!first)
		put(out, "\n}");
}

/* " implements A & B", " = A | B" */
static void
print_type_names(StringInfo out, const char *start, const char *separator, const GqlNames *types)
{
	const char *before = start;

	gql_foreach(GqlType, type, types)
	{
		put(out, before);
		put(out, type->name);
		before = separator;
	}
}

static void
print_type(StringInfo out, const GqlType *type)
{
	static const char *const keywords[] = {
		[GQL_SCALAR] = "scalar ",
		[GQL_OBJECT] = "type ",
		[GQL_INTERFACE] = "interface ",
		[GQL_UNION] = "union ",
		[GQL_ENUM] = "enum ",
		[GQL_INPUT_OBJECT] = "input "
	};

	print_description(out, type->description, 0, true);
	put(out, keywords[type->kind]);
	put(out, type->name);
	switch (type->kind)
	{
		case GQL_SCALAR:
			if (type->specified_by_url != NULL)
			{
				put(out, " @specifiedBy(url: ");
				gql_print_string(out, type->specified_by_url, strlen(type->specified_by_url));
				appendStringInfoChar(out, ')');
			}
			break;
		case GQL_OBJECT:
		case GQL_INTERFACE:
			print_type_names(out, " implements ", " & ", &type->interfaces);
			print_fields(out, &type->fields);
			break;
		case GQL_UNION:
			print_type_names(out, " = ", " | ", &type->members);
			break;
		case GQL_ENUM:
			print_enum_values(out, &type->fields);
			break;
		case GQL_INPUT_OBJECT:
			if (type->one_of)
				put(out, " @oneOf");
			print_input_fields(out, &type->fields);
			break;
	}
}

static void
print_directive(StringInfo out, const GqlDirectiveDef *directive)
{
	const char *before = " on ";
	ListCell   *lc;

	print_description(out, directive->description, 0, true);
	put(out, "directive @");
	put(out, directive->name);
	print_arguments(out, &directive->args, 0);
	print_deprecated(out, directive->deprecation_reason);
	if (directive->repeatable)
		put(out, " repeatable");
	foreach(lc, directive->location_list)
	{
		put(out, before);
		put(out, gql_directive_location_name(lfirst_int(lc)));
		before = " | ";
	}
}

/* Need the schema definition not say which type is the root? */
static bool
has_default_name(const GqlSchema *schema, const GqlType *root, const char *name)
{
	return root == gql_names_get(&schema->types, name);
}

static void
print_schema_definition(StringInfo out, GqlSchema *schema)
{
	if (schema->description == NULL && has_default_name(schema, schema->query, "Query") &&
		has_default_name(schema, schema->mutation, "Mutation") &&
		has_default_name(schema, schema->subscription, "Subscription"))
		return;
	print_description(out, schema->description, 0, true);
	put(out, "schema {\n");
	if (schema->query != NULL)
		appendStringInfo(out, "  query: %s\n", schema->query->name);
	if (schema->mutation != NULL)
		appendStringInfo(out, "  mutation: %s\n", schema->mutation->name);
	if (schema->subscription != NULL)
		appendStringInfo(out, "  subscription: %s\n", schema->subscription->name);
	appendStringInfoChar(out, '}');
}

static int
compare_names(const void *a, const void *b)
{
	return gql_natural_compare(**(const char ***) a, **(const char ***) b);
}

/* The items of a set in a new array, sorted by name. */
static void **
sorted(const GqlNames *names)
{
	void	  **items = palloc(sizeof(void *) * names->n);

	if (names->n > 0)
		memcpy(items, names->items, sizeof(void *) * names->n);
	qsort(items, names->n, sizeof(void *), compare_names);
	return items;
}

void
gql_print_schema(GqlSchema *schema, StringInfo out)
{
	int			start = out->len;
	void	  **items;

	gql_schema_complete(schema);
	print_schema_definition(out, schema);

	items = sorted(&schema->directives);
	for (int i = 0; i < schema->directives.n; i++)
	{
		GqlDirectiveDef *directive = items[i];

		if (directive->builtin)
			continue;
		put(out, out->len > start ? "\n\n" : "");
		print_directive(out, directive);
	}

	items = sorted(&schema->types);
	for (int i = 0; i < schema->types.n; i++)
	{
		GqlType    *type = items[i];

		if (type->builtin)
			continue;
		put(out, out->len > start ? "\n\n" : "");
		print_type(out, type);
	}
}
