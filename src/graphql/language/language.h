/*
 * language.h: documents and values: parse, print, search (specification,
 * section 2). The face of this folder to the rest of src/graphql.
 */
#ifndef GQL_LANGUAGE_H
#define GQL_LANGUAGE_H

#include "graphql/error.h"
#include "graphql/language/ast.h"

/* ---- documents ---- */

/* Limits on a document; 0: no limit of the caller's. */
typedef struct GqlLimits
{
	int			max_tokens;
	int			max_depth;		/* nesting of selection sets, values and
								 * types; without a limit 1000, and never more
								 * than the stack allows */
	int			max_length;		/* bytes of text */
} GqlLimits;

/*
 * Parse a document, into CurrentMemoryContext. At the first syntax error,
 * files it with its location ("Syntax Error: Expected Name, found "}".") and
 * returns NULL. text is copied and need not be NUL-terminated. limits may be
 * NULL.
 */
extern GqlDocument *gql_parse(const char *text, int len, const GqlLimits *limits,
							  GqlErrorList *errors);

/*
 * The same for a text that is only a part of a document: a selection set "{ a
 * b }", a type "[Int!]", a value "{a: [1]}", in which variables may stand.
 */
extern GqlSelectionSet *gql_parse_selection_set(const char *text, int len,
												const GqlLimits *limits, GqlErrorList *errors);
extern GqlTypeNode *gql_parse_type(const char *text, int len, GqlErrorList *errors);
extern GqlValue *gql_parse_value(const char *text, int len, GqlErrorList *errors);

/*
 * Append a syntax tree as text, in the layout of graphql-js, without a newline
 * at the end. indent: nesting level of the line on which the text starts.
 */
extern void gql_print_document(StringInfo out, const GqlDocument *document);
extern void gql_print_selection_set(StringInfo out, const GqlSelectionSet *set, int indent);
extern void gql_print_value(StringInfo out, const GqlValue *value);
extern void gql_print_type_node(StringInfo out, const GqlTypeNode *type);

/*
 * A string literal with its quotes. indent: nesting levels of the lines after
 * the first.
 */
extern void gql_print_string(StringInfo out, const char *text, int len);
extern void gql_print_block_string(StringInfo out, const char *text, int len, int indent);

/* ---- values: value.c ---- */

/*
 * A new value without content, palloc'd in CurrentMemoryContext: loc is -1,
 * text is "", items is NIL.
 */
extern GqlValue *gql_make_value(GqlValueKind kind);

/* The same with text, which is not copied and must be NUL-terminated. */
extern GqlValue *gql_make_text_value(GqlValueKind kind, const char *text, int len);

/* Append a field to an OBJECT. name is not copied; loc is the name's. */
extern void gql_object_add(GqlValue *object, const char *name, int loc, GqlValue *value);

/*
 * The value of an OBJECT's field: of fields of one name, the last. NULL if
 * there is none, or object is NULL or of another kind.
 */
extern GqlValue *gql_object_get(const GqlValue *object, const char *name);

/*
 * The value of an argument in a list of GqlArgument: of arguments of one name,
 * the first. NULL if there is none.
 */
extern GqlValue *gql_argument_get(const List *arguments, const char *name);

/* The ith value (from 0) inside of a LIST or OBJECT. */
extern GqlValue *gql_item_value(const GqlValue *value, int i);

/*
 * Call visit() for a value, and for each value inside of it, outer ones first,
 * in their order, until it returns true. True if it did.
 */
typedef bool (*GqlVisitValue) (const GqlValue *value, void *arg);
extern bool gql_value_walk(const GqlValue *value, GqlVisitValue visit, void *arg);

/*
 * Do two literals say the same, number for number as written, and fields in
 * one order? Takes no longer than the shorter one is.
 */
extern bool gql_same_literal(const GqlValue *a, const GqlValue *b);

extern bool gql_contains_variable(const GqlValue *value);

/*
 * A copy of a value with variables replaced. get() returns a variable's value,
 * which is not copied, or NULL if it has none: then a field of an object is
 * left out, and any other value becomes null. Scalars are not copied.
 */
typedef GqlValue *(*GqlGetVariable) (const char *name, void *arg);
extern GqlValue *gql_substitute_variables(const GqlValue *value, GqlGetVariable get, void *arg);

/* ---- values in messages ---- */

/*
 * A value that came from JSON as messages show it: "{ a: [1, "b"], c: null }",
 * shortened.
 */
extern char *gql_inspect(const GqlValue *value);

/*
 * A literal in its source form, for a message: of a long one only the
 * beginning, still more than a message takes.
 */
extern char *gql_show_literal(const GqlValue *value);

#endif							/* GQL_LANGUAGE_H */
