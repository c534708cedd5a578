/*
 * parser.c: a recursive-descent parser for GraphQL documents (specification,
 * section 2). This file has the helpers that productions are made of, and the
 * productions of executable documents; parser_sdl.c has those of type system
 * documents.
 *
 * Parses the September 2025 edition of the specification. Errors have the
 * messages of graphql-js and are found in the same order.
 */
#include "postgres.h"

#include "graphql/language/parser.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"

/*
 * How deep a document may nest if the caller sets no limit. At this depth a
 * walk over the tree fits into the smallest max_stack_depth.
 */
#define DEFAULT_MAX_DEPTH 1000

static GqlSelectionSet *parse_selection_set(GqlParser *p);
static GqlValue *parse_value(GqlParser *p, bool is_const);

/* ---- tokens ---- */

void	   *
gql_parser_alloc(GqlParser *p, Size size)
{
	char	   *result;

	size = MAXALIGN(size);
	if (size > p->nfree)
	{
		Size		piece = Max(Min((Size) (p->end - p->source) * 4, 65536), 1024);

		if (size > piece / 4)
			return palloc(size);
		p->free = palloc(piece);
		p->nfree = piece;
	}
	result = p->free;
	p->free += size;
	p->nfree -= size;
	return result;
}

void
gql_advance(GqlParser *p)
{
	if (p->failed)
		return;
	if (p->has_next)
	{
		p->token = p->next;
		p->has_next = false;
	}
	else
		gql_lex(p, &p->token);

	if (p->token.kind != GQL_TOK_EOF && ++p->ntokens > p->max_tokens && p->max_tokens > 0)
		gql_syntax_error(p, p->token.start,
						 "Document contains more than %d tokens. Parsing aborted.", p->max_tokens);
}

const GqlToken *
gql_look_ahead(GqlParser *p)
{
	if (p->failed || p->token.kind == GQL_TOK_EOF)
		return &p->token;
	if (!p->has_next)
	{
		p->has_next = true;
		gql_lex(p, &p->next);
		if (p->failed)
			return &p->token;
	}
	return &p->next;
}

static const char *
token_kind_text(GqlTokenKind kind)
{
	static const char *const texts[] = {
#define X(kind, text) [GQL_TOK_##kind] = text,
		GQL_TOKENS(X)
#undef X
	};

	return texts[kind];
}

const char *
gql_token_text(const GqlToken *token)
{
	int			len;

	if (token->value == NULL)
		return token_kind_text(token->kind);
	len = pg_mbcliplen(token->value, token->len, GQL_MAX_SHOWN_TOKEN);
	return psprintf("%s \"%s%s\"", token_kind_text(token->kind), pnstrdup(token->value, len),
					len < token->len ? "..." : "");
}

bool
gql_token_is(const GqlToken *token, const char *text)
{
	return token->value != NULL && strncmp(token->value, text, token->len) == 0 &&
		text[token->len] == '\0';
}

bool
gql_accept(GqlParser *p, GqlTokenKind kind)
{
	if (!gql_peek(p, kind))
		return false;
	gql_advance(p);
	return true;
}

bool
gql_expect(GqlParser *p, GqlTokenKind kind)
{
	if (gql_accept(p, kind))
		return true;
	if (!p->failed)
		gql_syntax_error(p, p->token.start, "Expected %s, found %s.", token_kind_text(kind),
						 gql_token_text(&p->token));
	return false;
}

bool
gql_accept_keyword(GqlParser *p, const char *keyword)
{
	if (!gql_peek(p, GQL_TOK_NAME) || !gql_token_is(&p->token, keyword))
		return false;
	gql_advance(p);
	return true;
}

bool
gql_expect_keyword(GqlParser *p, const char *keyword)
{
	if (gql_accept_keyword(p, keyword))
		return true;
	if (!p->failed)
		gql_syntax_error(p, p->token.start, "Expected \"%s\", found %s.", keyword,
						 gql_token_text(&p->token));
	return false;
}

void
gql_unexpected(GqlParser *p, const GqlToken *token)
{
	if (!p->failed)
		gql_syntax_error(p, token->start, "Unexpected %s.", gql_token_text(token));
}

/*
 * Go one level deeper. False, with a syntax error, if that exceeds the limit
 * or the stack. Every successful enter() needs a leave().
 */
static bool
enter(GqlParser *p)
{
	p->depth++;
	if (p->depth <= p->max_depth && !stack_is_too_deep())
		return true;
	gql_syntax_error(p, p->token.start, "Document nests deeper than %d levels. Parsing aborted.",
					 p->depth - 1);
	return false;
}

static void
leave(GqlParser *p)
{
	p->depth--;
}

/* ---- lists ---- */

static void
push_item(GqlParser *p, void *item)
{
	if (p->npending == p->pending_size)
	{
		p->pending_size = Max(p->pending_size * 2, 64);
		if (p->pending == NULL)
			p->pending = palloc(p->pending_size * sizeof(void *));
		else
			p->pending = repalloc(p->pending, p->pending_size * sizeof(void *));
	}
	p->pending[p->npending++] = item;
}

/*
 * Make a List of the items pushed since npending was mark, and pop them.
 * Builds it by hand: lappend() would repalloc for long lists.
 */
static List *
pop_items(GqlParser *p, int mark)
{
	int			n = p->npending - mark;
	List	   *list;

	if (n == 0)
		return NIL;
	list = palloc(offsetof(List, initial_elements) + n * sizeof(ListCell));
	list->type = T_List;
	list->length = list->max_length = n;
	list->elements = list->initial_elements;
	for (int i = 0; i < n; i++)
		list->elements[i].ptr_value = p->pending[mark + i];
	p->npending = mark;
	return list;
}

List	   *
gql_parse_many(GqlParser *p, GqlTokenKind open, GqlItemParser item, GqlTokenKind close)
{
	int			mark = p->npending;

	if (!gql_expect(p, open))
		return NIL;
	do
		push_item(p, item(p));
	while (!p->failed && !gql_accept(p, close));
	return pop_items(p, mark);
}

List	   *
gql_parse_optional_many(GqlParser *p, GqlTokenKind open, GqlItemParser item, GqlTokenKind close)
{
	return gql_peek(p, open) ? gql_parse_many(p, open, item, close) : NIL;
}

List	   *
gql_parse_delimited(GqlParser *p, GqlTokenKind delimiter, GqlItemParser item)
{
	int			mark = p->npending;

	gql_accept(p, delimiter);
	do
		push_item(p, item(p));
	while (gql_accept(p, delimiter));
	return pop_items(p, mark);
}

/* open item* close */
static List *
parse_any(GqlParser *p, GqlTokenKind open, GqlItemParser item, GqlTokenKind close)
{
	int			mark = p->npending;

	gql_expect(p, open);
	while (!p->failed && !gql_accept(p, close))
		push_item(p, item(p));
	return pop_items(p, mark);
}

/* ---- names, types, values, directives ---- */

/* A copy of the current token's value, NUL-terminated. */
static const char *
copy_value(GqlParser *p)
{
	char	   *copy = gql_parser_alloc(p, p->token.len + 1);

	memcpy(copy, p->token.value, p->token.len);
	copy[p->token.len] = '\0';
	return copy;
}

/* Name (2.1.9) */
GqlName
gql_parse_name(GqlParser *p)
{
	GqlName		name = {NULL, p->token.start};

	if (gql_peek(p, GQL_TOK_NAME))
		name.value = copy_value(p);
	gql_expect(p, GQL_TOK_NAME);
	return name;
}

/* NamedType (2.11) */
void	   *
gql_parse_named_type(GqlParser *p)
{
	GqlTypeNode *type = gql_node(p, GqlTypeNode);
	GqlName		name = gql_parse_name(p);

	type->kind = GQL_TYPE_NAMED;
	type->loc = name.loc;
	type->name = name.value;
	return type;
}

/* Type (2.11) : NamedType | [ Type ] | Type ! */
GqlTypeNode *
gql_parse_type_reference(GqlParser *p)
{
	GqlTypeNode *type;
	int			start = p->token.start;

	if (gql_peek(p, GQL_TOK_BRACKET_L))
	{
		type = gql_node(p, GqlTypeNode);
		type->kind = GQL_TYPE_LIST;
		type->loc = start;
		if (!enter(p))
			return type;
		gql_advance(p);
		type->of = gql_parse_type_reference(p);
		leave(p);
		gql_expect(p, GQL_TOK_BRACKET_R);
	}
	else
		type = gql_parse_named_type(p);

	if (gql_accept(p, GQL_TOK_BANG))
	{
		GqlTypeNode *non_null = gql_node(p, GqlTypeNode);

		non_null->kind = GQL_TYPE_NON_NULL;
		non_null->loc = start;
		non_null->of = type;
		return non_null;
	}
	return type;
}

/* A value that is one token. */
static GqlValue *
parse_scalar(GqlParser *p, GqlValueKind kind)
{
	GqlValue   *value = gql_node(p, GqlValue);

	value->kind = kind;
	value->loc = p->token.start;
	value->block = gql_peek(p, GQL_TOK_BLOCK_STRING);
	value->len = p->token.len;
	value->text = kind == GQL_VALUE_STRING ? p->token.value : copy_value(p);
	gql_advance(p);
	return value;
}

/* BooleanValue, NullValue, EnumValue (2.9.3, 2.9.5, 2.9.6) */
static GqlValue *
parse_keyword_value(GqlParser *p)
{
	GqlValue   *value;

	if (gql_token_is(&p->token, "null"))
		return parse_scalar(p, GQL_VALUE_NULL);
	if (!gql_token_is(&p->token, "true") && !gql_token_is(&p->token, "false"))
		return parse_scalar(p, GQL_VALUE_ENUM);
	value = parse_scalar(p, GQL_VALUE_BOOLEAN);
	value->boolean = value->text[0] == 't';
	return value;
}

/* Variable (2.10) */
static GqlValue *
parse_variable(GqlParser *p, bool is_const)
{
	GqlToken	dollar = p->token;
	GqlValue   *value;

	gql_expect(p, GQL_TOK_DOLLAR);
	if (is_const)
	{
		if (gql_peek(p, GQL_TOK_NAME))
			gql_syntax_error(p, dollar.start, "Unexpected variable \"$%.*s\" in constant value.",
							 Min(p->token.len, GQL_MAX_SHOWN_TOKEN), p->token.value);
		else
			gql_unexpected(p, &dollar);
	}
	if (!gql_peek(p, GQL_TOK_NAME))
	{
		gql_expect(p, GQL_TOK_NAME);
		return NULL;
	}
	value = parse_scalar(p, GQL_VALUE_VARIABLE);
	value->loc = dollar.start;
	return value;
}

static void *
parse_any_value(GqlParser *p)
{
	return parse_value(p, false);
}

static void *
parse_any_const_value(GqlParser *p)
{
	return parse_value(p, true);
}

/* ObjectField : Name : Value */
static GqlObjectField *
parse_object_field(GqlParser *p, bool is_const)
{
	GqlObjectField *field = gql_node(p, GqlObjectField);

	field->name = gql_parse_name(p);
	gql_expect(p, GQL_TOK_COLON);
	field->value = parse_value(p, is_const);
	return field;
}

static void *
parse_any_object_field(GqlParser *p)
{
	return parse_object_field(p, false);
}

static void *
parse_const_object_field(GqlParser *p)
{
	return parse_object_field(p, true);
}

/* ListValue, ObjectValue (2.9.7, 2.9.8) */
static GqlValue *
parse_compound_value(GqlParser *p, bool is_const)
{
	GqlValue   *value = gql_node(p, GqlValue);

	value->loc = p->token.start;
	value->kind = gql_peek(p, GQL_TOK_BRACKET_L) ? GQL_VALUE_LIST : GQL_VALUE_OBJECT;
	if (!enter(p))
		return value;
	if (value->kind == GQL_VALUE_LIST)
		value->items = parse_any(p, GQL_TOK_BRACKET_L, is_const ? parse_any_const_value
								 : parse_any_value, GQL_TOK_BRACKET_R);
	else
		value->items = parse_any(p, GQL_TOK_BRACE_L, is_const ? parse_const_object_field
								 : parse_any_object_field, GQL_TOK_BRACE_R);
	leave(p);
	return value;
}

/* Value (2.9); NULL after an error */
static GqlValue *
parse_value(GqlParser *p, bool is_const)
{
	switch (p->token.kind)
	{
		case GQL_TOK_BRACKET_L:
		case GQL_TOK_BRACE_L:
			return parse_compound_value(p, is_const);
		case GQL_TOK_INT:
			return parse_scalar(p, GQL_VALUE_INT);
		case GQL_TOK_FLOAT:
			return parse_scalar(p, GQL_VALUE_FLOAT);
		case GQL_TOK_STRING:
		case GQL_TOK_BLOCK_STRING:
			return parse_scalar(p, GQL_VALUE_STRING);
		case GQL_TOK_NAME:
			return parse_keyword_value(p);
		case GQL_TOK_DOLLAR:
			return parse_variable(p, is_const);
		default:
			gql_unexpected(p, &p->token);
			return NULL;
	}
}

GqlValue   *
gql_parse_const_value(GqlParser *p)
{
	return parse_value(p, true);
}

/* Description (2.4) : StringValue */
GqlValue   *
gql_parse_description(GqlParser *p)
{
	if (gql_peek(p, GQL_TOK_STRING) || gql_peek(p, GQL_TOK_BLOCK_STRING))
		return parse_scalar(p, GQL_VALUE_STRING);
	return NULL;
}

/* Argument (2.6) : Name : Value */
static GqlArgument *
parse_argument(GqlParser *p, bool is_const)
{
	GqlArgument *argument = gql_node(p, GqlArgument);

	argument->name = gql_parse_name(p);
	gql_expect(p, GQL_TOK_COLON);
	argument->value = parse_value(p, is_const);
	return argument;
}

static void *
parse_any_argument(GqlParser *p)
{
	return parse_argument(p, false);
}

static void *
parse_const_argument(GqlParser *p)
{
	return parse_argument(p, true);
}

/* Directives (2.12) : Directive+, or none.  Directive : @ Name Arguments? */
static List *
parse_directives(GqlParser *p, bool is_const)
{
	int			mark = p->npending;

	while (gql_peek(p, GQL_TOK_AT))
	{
		GqlDirective *directive = gql_node(p, GqlDirective);

		directive->loc = p->token.start;
		gql_advance(p);
		directive->name = gql_parse_name(p);
		directive->arguments = gql_parse_optional_many(p, GQL_TOK_PAREN_L,
													   is_const ? parse_const_argument
													   : parse_any_argument,
													   GQL_TOK_PAREN_R);
		push_item(p, directive);
	}
	return pop_items(p, mark);
}

List	   *
gql_parse_const_directives(GqlParser *p)
{
	return parse_directives(p, true);
}

/* ---- selections ---- */

/* Field (2.5) : Alias? Name Arguments? Directives? SelectionSet? */
static void
parse_field(GqlParser *p, GqlSelection *field)
{
	field->kind = GQL_FIELD;
	field->name = gql_parse_name(p);
	if (gql_accept(p, GQL_TOK_COLON))
	{
		field->alias = field->name;
		field->name = gql_parse_name(p);
	}
	field->arguments = gql_parse_optional_many(p, GQL_TOK_PAREN_L, parse_any_argument,
											   GQL_TOK_PAREN_R);
	field->directives = parse_directives(p, false);
	if (gql_peek(p, GQL_TOK_BRACE_L))
		field->selection_set = parse_selection_set(p);
}

/* FragmentName (2.8) : Name but not on */
static GqlName
parse_fragment_name(GqlParser *p)
{
	if (gql_token_is(&p->token, "on"))
		gql_unexpected(p, &p->token);
	return gql_parse_name(p);
}

/*
 * FragmentSpread (2.8) : ... FragmentName Directives?
 * InlineFragment (2.8.2) : ... TypeCondition? Directives? SelectionSet
 */
static void
parse_fragment_selection(GqlParser *p, GqlSelection *fragment)
{
	bool		condition;

	gql_advance(p);
	condition = gql_accept_keyword(p, "on");
	if (!condition && gql_peek(p, GQL_TOK_NAME))
	{
		fragment->kind = GQL_FRAGMENT_SPREAD;
		fragment->name = parse_fragment_name(p);
		fragment->directives = parse_directives(p, false);
		return;
	}
	fragment->kind = GQL_INLINE_FRAGMENT;
	if (condition)
		fragment->type_condition = gql_parse_named_type(p);
	fragment->directives = parse_directives(p, false);
	fragment->selection_set = parse_selection_set(p);
}

/* Selection (2.4) : Field | FragmentSpread | InlineFragment */
static void *
parse_selection(GqlParser *p)
{
	GqlSelection *selection = gql_node(p, GqlSelection);

	selection->loc = p->token.start;
	if (gql_peek(p, GQL_TOK_SPREAD))
		parse_fragment_selection(p, selection);
	else
		parse_field(p, selection);
	return selection;
}

/* SelectionSet (2.4) : { Selection+ } */
static GqlSelectionSet *
parse_selection_set(GqlParser *p)
{
	GqlSelectionSet *set = gql_node(p, GqlSelectionSet);

	set->loc = p->token.start;
	if (!enter(p))
		return set;
	set->items = gql_parse_many(p, GQL_TOK_BRACE_L, parse_selection, GQL_TOK_BRACE_R);
	leave(p);
	return set;
}

/* ---- definitions ---- */

/* OperationType (2.3) : one of query mutation subscription */
GqlOperationType
gql_parse_operation_type(GqlParser *p)
{
	GqlToken	keyword = p->token;

	gql_expect(p, GQL_TOK_NAME);
	if (gql_token_is(&keyword, "query"))
		return GQL_QUERY;
	if (gql_token_is(&keyword, "mutation"))
		return GQL_MUTATION;
	if (gql_token_is(&keyword, "subscription"))
		return GQL_SUBSCRIPTION;
	gql_unexpected(p, &keyword);
	return GQL_QUERY;
}

/*
 * VariableDefinition (2.10) : Description? Variable : Type DefaultValue?
 * Directives?
 */
static void *
parse_variable_definition(GqlParser *p)
{
	GqlVariableDef *variable = gql_node(p, GqlVariableDef);

	variable->loc = p->token.start;
	variable->description = gql_parse_description(p);
	variable->variable_loc = p->token.start;
	gql_expect(p, GQL_TOK_DOLLAR);
	variable->name = gql_parse_name(p);
	gql_expect(p, GQL_TOK_COLON);
	variable->type = gql_parse_type_reference(p);
	if (gql_accept(p, GQL_TOK_EQUALS))
		variable->default_value = parse_value(p, true);
	variable->directives = parse_directives(p, true);
	return variable;
}

/*
 * OperationDefinition (2.3) : Description? OperationType Name?
 * VariablesDefinition? Directives? SelectionSet | SelectionSet
 */
static GqlDefinition *
parse_operation(GqlParser *p)
{
	GqlOperation *operation = gql_node(p, GqlOperation);

	operation->def.kind = GQL_DEF_OPERATION;
	operation->def.loc = p->token.start;
	if (gql_peek(p, GQL_TOK_BRACE_L))
		operation->shorthand = true;
	else
	{
		operation->description = gql_parse_description(p);
		operation->type = gql_parse_operation_type(p);
		if (gql_peek(p, GQL_TOK_NAME))
			operation->name = gql_parse_name(p);
		operation->variables = gql_parse_optional_many(p, GQL_TOK_PAREN_L,
													   parse_variable_definition, GQL_TOK_PAREN_R);
		operation->directives = parse_directives(p, false);
	}
	operation->selection_set = parse_selection_set(p);
	return &operation->def;
}

/*
 * FragmentDefinition (2.8) : Description? fragment FragmentName TypeCondition
 * Directives? SelectionSet
 */
static GqlDefinition *
parse_fragment_definition(GqlParser *p)
{
	GqlFragment *fragment = gql_node(p, GqlFragment);

	fragment->def.kind = GQL_DEF_FRAGMENT;
	fragment->def.loc = p->token.start;
	fragment->description = gql_parse_description(p);
	gql_expect_keyword(p, "fragment");
	fragment->name = parse_fragment_name(p);
	gql_expect_keyword(p, "on");
	fragment->type_condition = gql_parse_named_type(p);
	fragment->directives = parse_directives(p, false);
	fragment->selection_set = parse_selection_set(p);
	return &fragment->def;
}

/*
 * Definition (2.2) : ExecutableDefinition | TypeSystemDefinition |
 * TypeSystemExtension; NULL after an error
 */
static void *
parse_definition(GqlParser *p)
{
	bool		described = gql_peek(p, GQL_TOK_STRING) || gql_peek(p, GQL_TOK_BLOCK_STRING);
	GqlToken	keyword = described ? *gql_look_ahead(p) : p->token;

	if (keyword.kind == GQL_TOK_NAME)
	{
		GqlDefinition *definition = gql_parse_type_system_definition(p, &keyword);

		if (definition != NULL)
			return definition;
		if (gql_token_is(&keyword, "query") || gql_token_is(&keyword, "mutation") ||
			gql_token_is(&keyword, "subscription"))
			return parse_operation(p);
		if (gql_token_is(&keyword, "fragment"))
			return parse_fragment_definition(p);
		if (described)
			gql_syntax_error(p, p->token.start,
							 "Unexpected description, only GraphQL definitions support descriptions.");
		else if (gql_token_is(&keyword, "extend"))
			return gql_parse_type_system_extension(p);
	}
	else if (keyword.kind == GQL_TOK_BRACE_L)
	{
		if (!described)
			return parse_operation(p);
		gql_syntax_error(p, p->token.start,
						 "Unexpected description, descriptions are not supported on shorthand queries.");
	}
	gql_unexpected(p, &keyword);
	return NULL;
}

/* ---- entry points ---- */

/*
 * Prepare to parse a copy of text, and read its first token. False, with an
 * error, if it is too long.
 */
static bool
begin(GqlParser *p, const char *text, int len, const GqlLimits *limits, GqlErrorList *errors)
{
	char	   *source;

	memset(p, 0, sizeof(GqlParser));
	p->errors = errors;
	p->max_tokens = limits != NULL ? limits->max_tokens : 0;
	p->max_depth = limits != NULL && limits->max_depth > 0 ? limits->max_depth : DEFAULT_MAX_DEPTH;
	p->utf8 = GetDatabaseEncoding() == PG_UTF8;

	if (limits != NULL && limits->max_length > 0 && len > limits->max_length)
	{
		p->source = text;

		gql_syntax_error(p, limits->max_length,
						 "Document is longer than %d bytes. Parsing aborted.", limits->max_length);
		return false;
	}

	source = palloc((Size) len + 1);
	memcpy(source, text, len);
	source[len] = '\0';
	p->source = p->pos = source;
	p->end = source + len;
	gql_advance(p);
	return true;
}

/* Expect the end of the text. False if there was any error. */
static bool
finish(GqlParser *p)
{
	gql_expect(p, GQL_TOK_EOF);
	if (p->pending != NULL)
		pfree(p->pending);
	return !p->failed;
}

/* Document (2.2) : Definition+ */
GqlDocument *
gql_parse(const char *text, int len, const GqlLimits *limits, GqlErrorList *errors)
{
	GqlParser	p;
	GqlDocument *document;

	if (!begin(&p, text, len, limits, errors))
		return NULL;
	document = palloc0(sizeof(GqlDocument));
	document->source = p.source;
	document->len = len;
	do
		push_item(&p, parse_definition(&p));
	while (!p.failed && !gql_peek(&p, GQL_TOK_EOF));
	document->definitions = pop_items(&p, 0);
	return finish(&p) ? document : NULL;
}

GqlSelectionSet *
gql_parse_selection_set(const char *text, int len, const GqlLimits *limits, GqlErrorList *errors)
{
	GqlParser	p;
	GqlSelectionSet *set;

	if (!begin(&p, text, len, limits, errors))
		return NULL;
	set = parse_selection_set(&p);
	return finish(&p) ? set : NULL;
}

GqlTypeNode *
gql_parse_type(const char *text, int len, GqlErrorList *errors)
{
	GqlParser	p;
	GqlTypeNode *type;

	if (!begin(&p, text, len, NULL, errors))
		return NULL;
	type = gql_parse_type_reference(&p);
	return finish(&p) ? type : NULL;
}

GqlValue   *
gql_parse_value(const char *text, int len, GqlErrorList *errors)
{
	GqlParser	p;
	GqlValue   *value;

	if (!begin(&p, text, len, NULL, errors))
		return NULL;
	value = parse_value(&p, false);
	return finish(&p) ? value : NULL;
}
