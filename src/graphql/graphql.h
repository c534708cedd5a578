/*
 * graphql.h: the language's face: what the rest of remote_rel includes. Knows
 * nothing of catalogs, SQL or HTTP.
 *
 * Written to the September 2025 edition of the GraphQL specification (and so
 * to October 2021's); messages are graphql-js 17's. All results live in
 * CurrentMemoryContext unless said otherwise. Nothing here throws because of
 * what a document says.
 */
#ifndef GQL_GRAPHQL_H
#define GQL_GRAPHQL_H

#include "graphql/error.h"
#include "graphql/error_code.h"
#include "graphql/language/language.h"
#include "graphql/suggest.h"
#include "graphql/type/coerce.h"
#include "graphql/type/schema.h"
#include "json/json.h"

/* ---- validation (section 5) ---- */

/*
 * Every rule; errors are filed in graphql-js' order. True when there is none.
 * max_depth: DESIGN 4, root field is 1 deep; 0: none.
 */
extern bool gql_validate(GqlSchema *schema, GqlDocument *document, int max_depth,
						 GqlErrorList *errors);

/* ---- execution semantics (section 6) ---- */

/* One operation of a valid document, ready to be planned. */
typedef struct GqlRequest
{
	GqlSchema  *schema;
	GqlDocument *document;
	GqlOperation *operation;
	GqlNames	fragments;		/* GqlFragmentEntry */
	GqlNames	variables;		/* GqlVariableValue: coerced values; a
								 * variable that was not given and has no
								 * default is not in it */
} GqlRequest;

typedef struct GqlFragmentEntry
{
	const char *name;
	GqlFragment *fragment;
} GqlFragmentEntry;

/*
 * GetOperation and CoerceVariableValues (6.1). inputs: an OBJECT value as the
 * caller's JSON gave it (strings for enums and custom scalars), or NULL for
 * none. NULL when something is wrong (filed).
 */
extern GqlRequest *gql_request_create(GqlSchema *schema, GqlDocument *document,
									  const char *operation_name,
									  const GqlValue *inputs, GqlErrorList *errors);

/* A fragment with directives, at the place where it is used. */
typedef struct GqlFragmentUse
{
	const struct GqlFragmentUse *outer; /* the next one around it in the same
										 * selection; or NULL */
	const GqlSelection *node;	/* INLINE_FRAGMENT or FRAGMENT_SPREAD */
	const GqlFragment *fragment;	/* what a FRAGMENT_SPREAD names */
} GqlFragmentUse;

/*
 * A field as it is to be executed on one object type: all nodes of one
 * response key, merged (6.3.2 CollectFields).
 */
typedef struct GqlFieldSel
{
	const char *key;			/* response key */
	GqlFieldDef *def;			/* never NULL in a valid document */
	GqlType    *parent;
	List	   *nodes;			/* GqlSelection *, in document order */
	List	   *uses;			/* for each node the innermost fragment with
								 * directives around it, GqlFragmentUse * or
								 * NULL; NIL where there is none */
} GqlFieldSel;

/*
 * CollectFields over the selection sets (GqlSelectionSet *) for an object
 * type; GqlFieldSel * in response order.
 */
extern List *gql_collect_fields(GqlRequest *request, GqlType *object_type, List *selection_sets);

/*
 * The same for what stands below a field: the merged selection sets of its
 * nodes.
 */
extern List *gql_collect_subfields(GqlRequest *request, GqlType *object_type,
								   const GqlFieldSel *field);

/*
 * CollectFields without variables: selections with @skip or @include are left
 * out, and those directives put into *conditional.
 */
extern List *gql_collect_unconditional_fields(GqlRequest *request, GqlType *object_type,
											  GqlSelectionSet *set, List **conditional);

/* The selection sets of a field's nodes, for gql_collect_fields(). */
extern List *gql_field_selection_sets(const GqlFieldSel *field);

/* Does @skip or @include take this selection out? */
extern bool gql_is_skipped(GqlRequest *request, List *directives);

/* An argument's coerced value. */
typedef struct GqlArgumentValue
{
	const char *name;
	GqlInputValueDef *def;
	GqlValue   *value;			/* coerced: no variables, defaults in, lists
								 * wrapped; NULL kind for null */
	bool		from_variable;	/* the whole value is one variable of the
								 * document */
	const char *variable;		/* its name then */
} GqlArgumentValue;

/*
 * CoerceArgumentValues (6.4.1): GqlArgumentValue by name; absent ones without
 * default are not in it. False when a value does not fit (filed, with
 * location).
 */
extern bool gql_coerce_arguments(GqlRequest *request, const GqlFieldSel *field, GqlNames *values,
								 GqlErrorList *errors);

/* ---- values and JSON ---- */

/*
 * A value (no variables in it) as JSON text; an enum value becomes a string,
 * numbers keep their text.
 */
extern void gql_value_to_json(StringInfo out, const GqlValue *value);

/*
 * JSON text as a value in CurrentMemoryContext. Strings become STRINGs, whatever
 * they may mean to a type; numbers keep their text. NULL: a string in it is not
 * text in the server encoding, for example half a surrogate pair. json must be
 * valid JSON, NUL-terminated after its end or followed by more JSON.
 */
extern GqlValue *gql_value_from_json(RrSlice json);

/* ---- introspection (section 4) ---- */

/* Is the field __schema, __type or __typename? */
extern bool gql_is_introspection_field(const GqlFieldDef *def);

/*
 * Bytes. Under ever other aliases a document may ask for a schema as often as
 * it likes.
 */
#define GQL_MAX_INTROSPECTION (64 * 1024 * 1024)
extern void gql_introspection_too_large(GqlErrorList *errors);

/*
 * The value of one __schema or __type field of the query root, as JSON text,
 * appended to out. False when an argument does not fit or the text gets too
 * large (filed).
 */
extern bool gql_introspect(GqlRequest *request, const GqlFieldSel *field, StringInfo out,
						   GqlErrorList *errors);

#endif							/* GQL_GRAPHQL_H */
