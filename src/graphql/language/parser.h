/*
 * parser.h: what lexer.c, parser.c and parser_sdl.c share. Nobody else
 * includes it.
 */
#ifndef GQL_PARSER_H
#define GQL_PARSER_H

#include "graphql/language/language.h"

/* Kinds of tokens, and how messages call them. */
#define GQL_TOKENS(X) \
	X(EOF, "<EOF>") X(BANG, "\"!\"") X(DOLLAR, "\"$\"") X(AMP, "\"&\"") X(PAREN_L, "\"(\"") X(PAREN_R, "\")\"") \
	X(SPREAD, "\"...\"") X(COLON, "\":\"") X(EQUALS, "\"=\"") X(AT, "\"@\"") X(BRACKET_L, "\"[\"") X(BRACKET_R, "\"]\"") \
	X(BRACE_L, "\"{\"") X(PIPE, "\"|\"") X(BRACE_R, "\"}\"") \
	X(NAME, "Name") X(INT, "Int") X(FLOAT, "Float") X(STRING, "String") X(BLOCK_STRING, "BlockString")

typedef enum GqlTokenKind
{
#define X(kind, text) GQL_TOK_##kind,
	GQL_TOKENS(X)
#undef X
} GqlTokenKind;

typedef struct GqlToken
{
	GqlTokenKind kind;
	int			start;			/* byte offset into the source */
	int			len;			/* bytes of value */
	const char *value;			/* NAME, INT, FLOAT: in the source, not
								 * NUL-terminated. Strings: decoded,
								 * NUL-terminated. Else NULL */
} GqlToken;

/*
 * One parse. The first error is filed, sets failed, and turns the current
 * token into EOF for good: productions need not look, as everything that they
 * expect quietly fails; loops must.
 */
typedef struct GqlParser
{
	/* lexer */
	const char *source;			/* NUL-terminated after end */
	const char *end;
	const char *pos;			/* behind token, or behind next if that is
								 * there */
	bool		utf8;			/* the server encoding is */
	GqlErrorList *errors;
	bool		failed;

	/* parser */
	GqlToken	token;			/* the current one */
	GqlToken	next;
	bool		has_next;		/* next was looked at */
	int			tokens;			/* how many there were */
	int			max_tokens;
	int			depth;
	int			max_depth;

	/*
	 * Items of the lists that are being read, as a stack: a List is made once
	 * its length is known.
	 */
	void	  **pending;
	int			n_pending;
	int			pending_size;

	/*
	 * Nodes and strings are never freed one by one, so they are cut from
	 * larger pieces.
	 */
	char	   *free;
	Size		n_free;
} GqlParser;

/*
 * Of a longer token messages show the beginning, in bytes: an error must not
 * be as large as the document.
 */
#define GQL_MAX_SHOWN_TOKEN 1000

/* Reads the token at p->pos. */
extern void gql_lex(GqlParser *p, GqlToken *token);

/* Files "Syntax Error: …" unless there was one before. */
extern void gql_syntax_error(GqlParser *p, int loc, const char *fmt,...) pg_attribute_printf(3, 4);

/* Memory from the parser's pieces, aligned, not cleared. */
extern void *gql_parser_alloc(GqlParser *p, Size size);

/* What productions are made of, in parser.c. */
#define gql_node(p, type) ((type *) memset(gql_parser_alloc(p, sizeof(type)), 0, sizeof(type)))
#define gql_peek(p, k) ((p)->token.kind == (k))
extern void gql_advance(GqlParser *p);
extern const GqlToken *gql_look_ahead(GqlParser *p);
extern bool gql_accept(GqlParser *p, GqlTokenKind kind);
extern bool gql_expect(GqlParser *p, GqlTokenKind kind);
extern bool gql_token_is(const GqlToken *token, const char *text);	/* the value, of
																	 * whatever kind */
extern bool gql_accept_keyword(GqlParser *p, const char *keyword);
extern bool gql_expect_keyword(GqlParser *p, const char *keyword);
extern void gql_unexpected(GqlParser *p, const GqlToken *token);
extern const char *gql_token_text(const GqlToken *token);	/* "Name "a"", for
															 * messages */
typedef void *(*GqlItemParser) (GqlParser *p);
extern List *gql_parse_many(GqlParser *p, GqlTokenKind open, GqlItemParser item, GqlTokenKind close);	/* { item+ } */
extern List *gql_parse_optional_many(GqlParser *p, GqlTokenKind open, GqlItemParser item, GqlTokenKind close);
extern List *gql_parse_delimited(GqlParser *p, GqlTokenKind delimiter, GqlItemParser item); /* |? item (| item)* */
extern GqlName gql_parse_name(GqlParser *p);
extern void *gql_parse_named_type(GqlParser *p);	/* GqlTypeNode * */
extern GqlTypeNode *gql_parse_type_reference(GqlParser *p);
extern GqlValue *gql_parse_const_value(GqlParser *p);
extern GqlValue *gql_parse_description(GqlParser *p);	/* or NULL */
extern List *gql_parse_const_directives(GqlParser *p);
extern GqlOperationType gql_parse_operation_type(GqlParser *p);

/*
 * In parser_sdl.c. NULL, and nothing read, when keyword does not begin a type
 * system definition.
 */
extern GqlDefinition *gql_parse_type_system_definition(GqlParser *p, const GqlToken *keyword);
extern GqlDefinition *gql_parse_type_system_extension(GqlParser *p);

#endif							/* GQL_PARSER_H */
