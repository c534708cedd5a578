/*
 * printer.c: print syntax trees as text, in the layout of graphql-js.
 *
 * Lists, objects and arguments are printed on one line if they fit. If a part
 * does not fit, the whole does not either, so it is enough to compare the
 * width of each on one line with the limit. Counting stops at the limit, so
 * printing takes linear time.
 */
#include "postgres.h"

#include "graphql/language/language.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"

#define MAX_LINE_LENGTH 80
#define MAX_BLOCK_LINE_LENGTH 70

typedef struct Printer
{
	StringInfo	out;
	int			indent;			/* levels */
	int			limit;			/* stop after about so many bytes; 0: never */
} Printer;

typedef void (*ItemPrinter) (Printer *pr, const void *item);

static void print_selection_set(Printer *pr, const GqlSelectionSet *set);
static void print_value(Printer *pr, const GqlValue *value);
static int	value_width(const GqlValue *value, int room);

#define is_full(pr) ((pr)->limit > 0 && (pr)->out->len > (pr)->limit)
#define put(pr, text) appendStringInfoString((pr)->out, text)
#define put_char(pr, c) appendStringInfoCharMacro((pr)->out, c)

static void
newline(StringInfo out, int indent)
{
	static const char spaces[] = "                                ";

	appendStringInfoCharMacro(out, '\n');
	for (int n = indent * 2; n > 0; n -= lengthof(spaces) - 1)
		appendBinaryStringInfo(out, spaces, Min(n, (int) lengthof(spaces) - 1));
}

static void
print_joined(Printer *pr, const List *items, const char *separator, ItemPrinter print)
{
	for (int i = 0; i < list_length(items) && !is_full(pr); i++)
	{
		if (i > 0)
			put(pr, separator);
		print(pr, list_nth(items, i));
	}
}

/* Print open, each item on its own line, and close. */
static void
print_lines(Printer *pr, const char *open, const List *items, ItemPrinter print, const char *close)
{
	put(pr, open);
	pr->indent++;
	for (int i = 0; i < list_length(items) && !is_full(pr); i++)
	{
		newline(pr->out, pr->indent);
		print(pr, list_nth(items, i));
	}
	pr->indent--;
	newline(pr->out, pr->indent);
	put(pr, close);
}

/* Print " { … }" with each item on its own line; nothing for no items. */
static void
print_block(Printer *pr, const List *items, ItemPrinter print)
{
	if (items != NIL)
		print_lines(pr, " {", items, print, "}");
}

/* ---- strings ---- */

/* Length as JavaScript counts it: in UTF-16 units. */
static int
text_width(const char *text, int len)
{
	int			width = 0;

	if (GetDatabaseEncoding() != PG_UTF8)
		return pg_mbstrlen_with_len(text, len);
	for (int i = 0; i < len; i++)
	{
		unsigned char c = text[i];

		width += ((c & 0xC0) != 0x80) + (c >= 0xF0);
	}
	return width;
}

void
gql_print_string(StringInfo out, const char *text, int len)
{
	const char *end = text + len;
	const char *run = text;		/* what needs no escape is appended in one go */
	bool		utf8 = GetDatabaseEncoding() == PG_UTF8;

	appendStringInfoCharMacro(out, '"');
	for (const char *s = text; s < end; s++)
	{
		static const char short_escapes[] = "btn\0fr";
		unsigned char c = *s;
		const char *start = s;

		if (utf8 && c == 0xC2 && s + 1 < end && (unsigned char) (s[1] - 0x80) < 0x20)
			c = *++s;			/* a C1 control */
		else if ((c >= 0x20 && c < 0x7F && c != '"' && c != '\\') || c >= 0x80)
			continue;
		appendBinaryStringInfo(out, run, start - run);
		run = s + 1;
		if (c == '"' || c == '\\')
			appendStringInfo(out, "\\%c", c);
		else if (c >= '\b' && c <= '\r' && c != '\v')
			appendStringInfo(out, "\\%c", short_escapes[c - '\b']);
		else
			appendStringInfo(out, "\\u%04X", c);
	}
	appendBinaryStringInfo(out, run, end - run);
	appendStringInfoCharMacro(out, '"');
}

/*
 * Is each line from the second on empty, or does it start with white space? A
 * block string that begins on the line of its quotes would lose that.
 */
static bool
rest_is_indented(const char *text, int len)
{
	for (int i = 0; i < len; i++)
	{
		if (text[i] == '\n' && i + 1 < len && text[i + 1] != ' ' && text[i + 1] != '\t' &&
			text[i + 1] != '\n')
			return false;
	}
	return true;
}

void
gql_print_block_string(StringInfo out, const char *text, int len, int indent)
{
	const char *end = text + len;
	bool		single_line = memchr(text, '\n', len) == NULL;
	bool		force_leading = !single_line && rest_is_indented(text, len);
	bool		multiple_lines;
	int			quotes = 0;

	while (quotes < len && end[-1 - quotes] == '"')
		quotes++;
	multiple_lines = !single_line || quotes > 0 || (len > 0 && end[-1] == '\\') ||
		text_width(text, len) > MAX_BLOCK_LINE_LENGTH;

	appendStringInfoString(out, "\"\"\"");
	if (force_leading || (multiple_lines && !(single_line && (text[0] == ' ' || text[0] == '\t'))))
		newline(out, indent);
	for (const char *s = text; s < end; s++)
	{
		if (*s == '\n')
			newline(out, indent);
		else if (end - s >= 3 && strncmp(s, "\"\"\"", 3) == 0)
		{
			appendStringInfoString(out, "\\\"\"\"");
			s += 2;
		}
		else
			appendStringInfoCharMacro(out, *s);
	}
	if (multiple_lines)
		newline(out, indent);
	appendStringInfoString(out, "\"\"\"");
}

static void
print_string_value(StringInfo out, const GqlValue *value, int indent)
{
	if (value->block)
		gql_print_block_string(out, value->text, value->len, indent);
	else
		gql_print_string(out, value->text, value->len);
}

/* Print a description, if there is one, on its own lines. */
static void
print_description(Printer *pr, const GqlValue *description)
{
	if (description == NULL)
		return;
	print_string_value(pr->out, description, pr->indent);
	newline(pr->out, pr->indent);
}

/* ---- values, types, arguments, directives ---- */

/*
 * The width of a list's or object's items with separators of two characters,
 * or any number above room if it is larger.
 */
static int
items_width(const GqlValue *value, int room)
{
	int			width = 0;

	for (int i = 0; i < list_length(value->items) && width <= room; i++)
	{
		const void *item = list_nth(value->items, i);

		if (i > 0)
			width += 2;
		if (value->kind == GQL_VALUE_OBJECT)
		{
			const GqlObjectField *field = item;

			width += strlen(field->name.value) + 2;
			item = field->value;
		}
		width += value_width(item, room - width);
	}
	return width;
}

/* The width of a value on one line, or any number above room if larger. */
static int
value_width(const GqlValue *value, int room)
{
	StringInfoData printed;
	int			width;

	check_stack_depth();
	switch (value->kind)
	{
		case GQL_VALUE_VARIABLE:
			return value->len + 1;
		case GQL_VALUE_LIST:
			return items_width(value, room - 2) + 2;
		case GQL_VALUE_OBJECT:
			return items_width(value, room - 4) + 4;
		case GQL_VALUE_STRING:
			if (value->len > room * 4)
				return room + 1;
			initStringInfo(&printed);
			print_string_value(&printed, value, 0);
			width = text_width(printed.data, printed.len);
			pfree(printed.data);
			return width;
		case GQL_VALUE_BOOLEAN:
			return value->boolean ? 4 : 5;
		case GQL_VALUE_NULL:
			return 4;
		default:
			return value->len;
	}
}

static void
print_value_item(Printer *pr, const void *item)
{
	print_value(pr, item);
}

static void
print_object_field(Printer *pr, const void *item)
{
	const GqlObjectField *field = item;

	put(pr, field->name.value);
	put(pr, ": ");
	print_value(pr, field->value);
}

static void
print_value(Printer *pr, const GqlValue *value)
{
	bool		fits;

	check_stack_depth();
	switch (value->kind)
	{
		case GQL_VALUE_VARIABLE:
			put_char(pr, '$');
			appendBinaryStringInfo(pr->out, value->text, value->len);
			break;
		case GQL_VALUE_INT:
		case GQL_VALUE_FLOAT:
		case GQL_VALUE_ENUM:
			appendBinaryStringInfo(pr->out, value->text, value->len);
			break;
		case GQL_VALUE_STRING:
			if (pr->limit > 0 && value->len > pr->limit)
				gql_print_string(pr->out, value->text, pr->limit);
			else
				print_string_value(pr->out, value, pr->indent);
			break;
		case GQL_VALUE_BOOLEAN:
			put(pr, value->boolean ? "true" : "false");
			break;
		case GQL_VALUE_NULL:
			put(pr, "null");
			break;
		case GQL_VALUE_LIST:
			fits = value_width(value, MAX_LINE_LENGTH) <= MAX_LINE_LENGTH;
			if (!fits)
				print_lines(pr, "[", value->items, print_value_item, "]");
			else
			{
				put_char(pr, '[');
				print_joined(pr, value->items, ", ", print_value_item);
				put_char(pr, ']');
			}
			break;
		case GQL_VALUE_OBJECT:
			fits = value_width(value, MAX_LINE_LENGTH) <= MAX_LINE_LENGTH;
			if (!fits)
				print_lines(pr, "{", value->items, print_object_field, "}");
			else
			{
				put(pr, "{ ");
				print_joined(pr, value->items, ", ", print_object_field);
				put(pr, " }");
			}
			break;
	}
}

static void
print_type(Printer *pr, const void *item)
{
	const GqlTypeNode *type = item;

	check_stack_depth();
	switch (type->kind)
	{
		case GQL_TYPE_NAMED:
			put(pr, type->name);
			break;
		case GQL_TYPE_LIST:
			put_char(pr, '[');
			print_type(pr, type->of);
			put_char(pr, ']');
			break;
		case GQL_TYPE_NON_NULL:
			print_type(pr, type->of);
			put_char(pr, '!');
			break;
	}
}

static void
print_argument(Printer *pr, const void *item)
{
	const GqlArgument *argument = item;

	put(pr, argument->name.value);
	put(pr, ": ");
	print_value(pr, argument->value);
}

/* " @a @b(c: d)" */
static void
print_directives(Printer *pr, const List *directives)
{
	ListCell   *lc;

	foreach(lc, directives)
	{
		const GqlDirective *directive = lfirst(lc);

		put(pr, " @");
		put(pr, directive->name.value);
		if (directive->arguments == NIL)
			continue;
		put_char(pr, '(');
		print_joined(pr, directive->arguments, ", ", print_argument);
		put_char(pr, ')');
	}
}

/* ---- executable definitions ---- */

/* Print arguments after a prefix of some width, on one line if they fit. */
static void
print_arguments(Printer *pr, int width, const List *arguments)
{
	ListCell   *lc;

	if (arguments == NIL)
		return;
	foreach(lc, arguments)
	{
		const GqlArgument *argument = lfirst(lc);

		width += strlen(argument->name.value) + 2 + (foreach_current_index(lc) > 0 ? 2 : 0);
		if (width <= MAX_LINE_LENGTH)
			width += value_width(argument->value, MAX_LINE_LENGTH - width);
		if (width > MAX_LINE_LENGTH)
			break;
	}
	if (width + 2 > MAX_LINE_LENGTH)
		print_lines(pr, "(", arguments, print_argument, ")");
	else
	{
		put_char(pr, '(');
		print_joined(pr, arguments, ", ", print_argument);
		put_char(pr, ')');
	}
}

static void
print_selection(Printer *pr, const void *item)
{
	const GqlSelection *selection = item;
	int			start = pr->out->len;

	switch (selection->kind)
	{
		case GQL_FIELD:
			if (selection->alias.value != NULL)
			{
				put(pr, selection->alias.value);
				put(pr, ": ");
			}
			put(pr, selection->name.value);
			print_arguments(pr, pr->out->len - start, selection->arguments);
			break;
		case GQL_FRAGMENT_SPREAD:
			put(pr, "...");
			put(pr, selection->name.value);
			break;
		case GQL_INLINE_FRAGMENT:
			put(pr, "...");
			if (selection->type_condition != NULL)
			{
				put(pr, " on ");
				print_type(pr, selection->type_condition);
			}
			break;
	}
	print_directives(pr, selection->directives);
	if (selection->selection_set != NULL)
	{
		put_char(pr, ' ');
		print_selection_set(pr, selection->selection_set);
	}
}

static void
print_selection_set(Printer *pr, const GqlSelectionSet *set)
{
	check_stack_depth();
	print_lines(pr, "{", set->items, print_selection, "}");
}

static void
print_variable_definition(Printer *pr, const void *item)
{
	const GqlVariableDef *variable = item;

	print_description(pr, variable->description);
	put_char(pr, '$');
	put(pr, variable->name.value);
	put(pr, ": ");
	print_type(pr, variable->type);
	if (variable->default_value != NULL)
	{
		put(pr, " = ");
		print_value(pr, variable->default_value);
	}
	print_directives(pr, variable->directives);
}

/*
 * Print definitions in parentheses: on one line, or, if one of them needs
 * several, each on its own. Those of variables are not indented.
 */
static void
print_definitions(Printer *pr, const List *items, ItemPrinter print, bool indented)
{
	int			start = pr->out->len;

	if (items == NIL)
		return;
	put_char(pr, '(');
	print_joined(pr, items, ", ", print);
	put_char(pr, ')');
	if (memchr(pr->out->data + start, '\n', pr->out->len - start) == NULL)
		return;

	pr->out->len = start;
	if (indented)
	{
		print_lines(pr, "(", items, print, ")");
		return;
	}
	put_char(pr, '(');
	for (int i = 0; i < list_length(items); i++)
	{
		newline(pr->out, pr->indent);
		print(pr, list_nth(items, i));
	}
	newline(pr->out, pr->indent);
	put_char(pr, ')');
}

static const char *const operation_names[] = {"query", "mutation", "subscription"};

static void
print_operation(Printer *pr, const GqlOperation *operation)
{
	if (operation->type != GQL_QUERY || operation->description != NULL ||
		operation->name.value != NULL || operation->variables != NIL ||
		operation->directives != NIL)
	{
		print_description(pr, operation->description);
		put(pr, operation_names[operation->type]);
		if (operation->name.value != NULL || operation->variables != NIL)
			put_char(pr, ' ');
		if (operation->name.value != NULL)
			put(pr, operation->name.value);
		print_definitions(pr, operation->variables, print_variable_definition, false);
		print_directives(pr, operation->directives);
		put_char(pr, ' ');
	}
	print_selection_set(pr, operation->selection_set);
}

static void
print_fragment(Printer *pr, const GqlFragment *fragment)
{
	print_description(pr, fragment->description);
	put(pr, "fragment ");
	put(pr, fragment->name.value);
	put(pr, " on ");
	print_type(pr, fragment->type_condition);
	print_directives(pr, fragment->directives);
	put_char(pr, ' ');
	print_selection_set(pr, fragment->selection_set);
}

/* ---- type system definitions ---- */

static void
print_input_value(Printer *pr, const void *item)
{
	const GqlInputValueNode *input = item;

	print_description(pr, input->description);
	put(pr, input->name.value);
	put(pr, ": ");
	print_type(pr, input->type);
	if (input->default_value != NULL)
	{
		put(pr, " = ");
		print_value(pr, input->default_value);
	}
	print_directives(pr, input->directives);
}

static void
print_field_definition(Printer *pr, const void *item)
{
	const GqlFieldNode *field = item;

	print_description(pr, field->description);
	put(pr, field->name.value);
	print_definitions(pr, field->arguments, print_input_value, true);
	put(pr, ": ");
	print_type(pr, field->type);
	print_directives(pr, field->directives);
}

static void
print_enum_value(Printer *pr, const void *item)
{
	const GqlEnumValueNode *value = item;

	print_description(pr, value->description);
	put(pr, value->name.value);
	print_directives(pr, value->directives);
}

static void
print_type_definition(Printer *pr, const GqlTypeDefNode *type)
{
	static const char *const keywords[] = {
		[GQL_SCALAR] = "scalar ",
		[GQL_OBJECT] = "type ",
		[GQL_INTERFACE] = "interface ",
		[GQL_UNION] = "union ",
		[GQL_ENUM] = "enum ",
		[GQL_INPUT_OBJECT] = "input ",
	};

	print_description(pr, type->description);
	if (type->extend)
		put(pr, "extend ");
	put(pr, keywords[type->kind]);
	put(pr, type->name.value);
	if (type->interfaces != NIL)
	{
		put(pr, " implements ");
		print_joined(pr, type->interfaces, " & ", print_type);
	}
	print_directives(pr, type->directives);
	if (type->members != NIL)
	{
		put(pr, " = ");
		print_joined(pr, type->members, " | ", print_type);
	}
	print_block(pr, type->values, print_enum_value);
	print_block(pr, type->fields, type->kind == GQL_INPUT_OBJECT ? print_input_value
				: print_field_definition);
}

static void
print_root_type(Printer *pr, const void *item)
{
	const GqlRootTypeNode *root = item;

	put(pr, operation_names[root->operation]);
	put(pr, ": ");
	print_type(pr, root->type);
}

static void
print_schema_definition(Printer *pr, const GqlSchemaNode *schema)
{
	print_description(pr, schema->description);
	put(pr, schema->extend ? "extend schema" : "schema");
	print_directives(pr, schema->directives);
	print_block(pr, schema->root_types, print_root_type);
}

static void
print_location(Printer *pr, const void *item)
{
	put(pr, ((const GqlName *) item)->value);
}

static void
print_directive_definition(Printer *pr, const GqlDirectiveDefNode *directive)
{
	print_description(pr, directive->description);
	put(pr, directive->extend ? "extend directive @" : "directive @");
	put(pr, directive->name.value);
	print_definitions(pr, directive->arguments, print_input_value, true);
	print_directives(pr, directive->directives);
	if (directive->extend)
		return;
	put(pr, directive->repeatable ? " repeatable on " : " on ");
	print_joined(pr, directive->locations, " | ", print_location);
}

/* ---- entry points ---- */

static void
print_definition(StringInfo out, const GqlDefinition *definition)
{
	Printer		pr = {out, 0, 0};

	switch (definition->kind)
	{
		case GQL_DEF_OPERATION:
			print_operation(&pr, (const GqlOperation *) definition);
			break;
		case GQL_DEF_FRAGMENT:
			print_fragment(&pr, (const GqlFragment *) definition);
			break;
		case GQL_DEF_SCHEMA:
			print_schema_definition(&pr, (const GqlSchemaNode *) definition);
			break;
		case GQL_DEF_TYPE:
			print_type_definition(&pr, (const GqlTypeDefNode *) definition);
			break;
		case GQL_DEF_DIRECTIVE:
			print_directive_definition(&pr, (const GqlDirectiveDefNode *) definition);
			break;
	}
}

void
gql_print_document(StringInfo out, const GqlDocument *document)
{
	ListCell   *lc;

	foreach(lc, document->definitions)
	{
		if (foreach_current_index(lc) > 0)
			appendStringInfoString(out, "\n\n");
		print_definition(out, lfirst(lc));
	}
}

void
gql_print_selection_set(StringInfo out, const GqlSelectionSet *set, int indent)
{
	Printer		pr = {out, indent, 0};

	print_selection_set(&pr, set);
}

void
gql_print_value(StringInfo out, const GqlValue *value)
{
	Printer		pr = {out, 0, 0};

	print_value(&pr, value);
}

char	   *
gql_show_literal(const GqlValue *value)
{
	StringInfoData out;
	Printer		pr = {&out, 0, GQL_MAX_MESSAGE + 1};

	initStringInfo(&out);
	print_value(&pr, value);
	return out.data;
}

void
gql_print_type_node(StringInfo out, const GqlTypeNode *type)
{
	Printer		pr = {out, 0, 0};

	print_type(&pr, type);
}
