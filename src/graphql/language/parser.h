/*
 * parser.h: what lexer.c, parser.c and parser_sdl.c share. Nobody else
 * includes it.
 */
#ifndef GQL_PARSER_H
#define GQL_PARSER_H

#include "graphql/language/language.h"

/* ---- tokens ---- */

/* The kinds of tokens, and what messages call them. */
#define GQL_TOKENS(X) \
	X(EOF, "<EOF>") X(BANG, "\"!\"") X(DOLLAR, "\"$\"") X(AMP, "\"&\"") \
	X(PAREN_L, "\"(\"") X(PAREN_R, "\")\"") X(SPREAD, "\"...\"") X(COLON, "\":\"") \
	X(EQUALS, "\"=\"") X(AT, "\"@\"") X(BRACKET_L, "\"[\"") X(BRACKET_R, "\"]\"") \
	X(BRACE_L, "\"{\"") X(PIPE, "\"|\"") X(BRACE_R, "\"}\"") \
	X(NAME, "Name") X(INT, "Int") X(FLOAT, "Float") X(STRING, "String") \
	X(BLOCK_STRING, "BlockString")

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

	/*
	 * NAME, INT, FLOAT: points into the source, not NUL-terminated. STRING,
	 * BLOCK_STRING: decoded, NUL-terminated. Otherwise NULL.
	 */
	const char *value;
} GqlToken;

/* ---- the parser ---- */

/*
 * The state of one parse. The first error is filed and sets failed; from then
 * on the current token is EOF. Productions need not check for errors: whatever
 * they expect next fails silently. Loops must check.
 */
typedef struct GqlParser
{
	/* lexer */
	const char *source;			/* NUL-terminated at end */
	const char *end;
	const char *pos;			/* after token, or after next if has_next */
	bool		utf8;			/* the server encoding is UTF-8 */
	GqlErrorList *errors;
	bool		failed;

	/* tokens and limits */
	GqlToken	token;			/* the current one */
	GqlToken	next;			/* the one after it, if has_next */
	bool		has_next;
	int			ntokens;		/* read so far */
	int			max_tokens;		/* 0: no limit */
	int			depth;			/* current nesting */
	int			max_depth;

	/*
	 * A stack of the items of all lists that are being read. A List is made
	 * when its length is known.
	 */
	void	  **pending;
	int			npending;
	int			pending_size;

	/*
	 * Nodes and strings are never freed one by one, so they are cut from
	 * larger pieces of memory. What is left of the current piece:
	 */
	char	   *free;
	Size		nfree;
} GqlParser;

/*
 * Messages show only so many bytes of a token, so that an error is not as
 * large as the document.
 */
#define GQL_MAX_SHOWN_TOKEN 1000

/* ---- lexer.c ---- */

/* Read the token at p->pos into *token, and move p->pos after it. */
extern void gql_lex(GqlParser *p, GqlToken *token);

/*
 * File "Syntax Error: " and the message at a byte offset, and set p->failed.
 * Does nothing after the first error.
 */
extern void gql_syntax_error(GqlParser *p, int loc, const char *fmt,...) pg_attribute_printf(3, 4);

/* ---- parser.c: what productions are made of ---- */

/* Memory from the parser's pieces: aligned, not cleared. */
extern void *gql_parser_alloc(GqlParser *p, Size size);

/* A new node, cleared. */
#define gql_node(p, type) ((type *) memset(gql_parser_alloc(p, sizeof(type)), 0, sizeof(type)))

/* Is the current token of this kind? */
#define gql_peek(p, k) ((p)->token.kind == (k))

/* Go to the next token. */
extern void gql_advance(GqlParser *p);

/* The token after the current one; valid until the next call. */
extern const GqlToken *gql_look_ahead(GqlParser *p);

/* Skip a token of this kind, if it is the current one. True if it was. */
extern bool gql_accept(GqlParser *p, GqlTokenKind kind);
extern bool gql_accept_keyword(GqlParser *p, const char *keyword);

/* The same, with a syntax error if it is not. */
extern bool gql_expect(GqlParser *p, GqlTokenKind kind);
extern bool gql_expect_keyword(GqlParser *p, const char *keyword);

/* Does the token's value, of whatever kind, equal text? */
extern bool gql_token_is(const GqlToken *token, const char *text);

/* File "Unexpected …" for a token. */
extern void gql_unexpected(GqlParser *p, const GqlToken *token);

/* A token as messages show it: Name "a". palloc'd. */
extern const char *gql_token_text(const GqlToken *token);

/* Reads one item of a list, and returns its node. */
typedef void *(*GqlItemParser) (GqlParser *p);

/* open item+ close */
extern List *gql_parse_many(GqlParser *p, GqlTokenKind open, GqlItemParser item,
							GqlTokenKind close);

/* The same, or nothing: NIL. */
extern List *gql_parse_optional_many(GqlParser *p, GqlTokenKind open, GqlItemParser item,
									 GqlTokenKind close);

/* delimiter? item (delimiter item)* */
extern List *gql_parse_delimited(GqlParser *p, GqlTokenKind delimiter, GqlItemParser item);

/* ---- parser.c: productions that parser_sdl.c uses, too ---- */

extern GqlName gql_parse_name(GqlParser *p);
extern void *gql_parse_named_type(GqlParser *p);	/* GqlTypeNode * */
extern GqlTypeNode *gql_parse_type_reference(GqlParser *p);

/* NULL after an error */
extern GqlValue *gql_parse_const_value(GqlParser *p);

/* NULL: there is none */
extern GqlValue *gql_parse_description(GqlParser *p);
extern List *gql_parse_const_directives(GqlParser *p);	/* GqlDirective * */
extern GqlOperationType gql_parse_operation_type(GqlParser *p);

/* ---- parser_sdl.c ---- */

/*
 * The type system definition that starts at the current token. keyword is its
 * keyword, which comes after the description if there is one. NULL, and
 * nothing is read, if keyword does not begin a definition.
 */
extern GqlDefinition *gql_parse_type_system_definition(GqlParser *p, const GqlToken *keyword);

/* The same for "extend …", which is the current token. */
extern GqlDefinition *gql_parse_type_system_extension(GqlParser *p);

#endif							/* GQL_PARSER_H */
