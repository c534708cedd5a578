/*
 * graphql.h: the GraphQL language. The only header of this folder that code
 * outside of it includes; it includes what is public of the others. Nothing in
 * this folder depends on the catalog, SQL or HTTP.
 *
 * Implements the September 2025 edition of the GraphQL specification, and so
 * the one of October 2021, with the messages of graphql-js 17. Section numbers
 * in comments are the specification's.
 *
 * Results are allocated in CurrentMemoryContext unless stated otherwise. No
 * document makes these functions throw: its mistakes are filed in a
 * GqlErrorList.
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
 * Check a document against all validation rules. True if there is no error;
 * errors are filed in the order of graphql-js. max_depth limits how deep
 * fields may nest, fragments included; a root field has depth 1; 0: no limit.
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
	GqlNames	variables;		/* GqlVariableValue: coerced values, without
								 * the variables that were not given and have
								 * no default value */
	RrBudget	budget;			/* of coercing its values */
} GqlRequest;

typedef struct GqlFragmentEntry
{
	const char *name;
	GqlFragment *fragment;
} GqlFragmentEntry;

gql_starts_with_name(GqlFragmentEntry, name);

/*
 * GetOperation() and CoerceVariableValues() (6.1): choose the operation and
 * coerce its variables. operation_name is NULL if the request has none. inputs
 * are the request's variables, an OBJECT made from JSON; NULL: none. Returns
 * NULL after an error, which is filed.
 */
extern GqlRequest *gql_request_create(GqlSchema *schema, GqlDocument *document,
									  const char *operation_name,
									  const GqlValue *inputs, GqlErrorList *errors);

/* One use of a fragment that has directives. */
typedef struct GqlFragmentUse
{
	const struct GqlFragmentUse *outer; /* the next one around it within the
										 * same selection set; or NULL */
	const GqlSelection *node;	/* INLINE_FRAGMENT or FRAGMENT_SPREAD */
	const GqlFragment *fragment;	/* FRAGMENT_SPREAD: its definition */
} GqlFragmentUse;

/*
 * A field to be executed on one object type: all nodes with the same response
 * key (a field set's entry, 6.3.2).
 */
typedef struct GqlFieldSel
{
	const char *key;			/* response key */
	GqlFieldDef *def;			/* not NULL in a valid document */
	GqlType    *parent;			/* the object type */
	List	   *nodes;			/* GqlSelection *, in document order */
	List	   *uses;			/* for each node the innermost fragment with
								 * directives around it: GqlFragmentUse * or
								 * NULL; NIL if all are NULL */
} GqlFieldSel;

gql_starts_with_name(GqlFieldSel, key);

/*
 * CollectFields() (6.3.2): the fields that selection sets (GqlSelectionSet *)
 * select of an object type. Returns GqlFieldSel * in response order.
 */
extern List *gql_collect_fields(GqlRequest *request, GqlType *object_type, List *selection_sets);

/* The same for the merged selection sets of a field's nodes. */
extern List *gql_collect_subfields(GqlRequest *request, GqlType *object_type,
								   const GqlFieldSel *field);

/*
 * The same before variables are known: selections with @skip or @include are
 * left out, and these directives are appended to *conditional (GqlDirective
 * *).
 */
extern List *gql_collect_unconditional_fields(GqlRequest *request, GqlType *object_type,
											  GqlSelectionSet *set, List **conditional);

/* The selection sets of a field's nodes (GqlSelectionSet *). */
extern List *gql_field_selection_sets(const GqlFieldSel *field);

/* Does @skip or @include exclude a selection with these directives? */
extern bool gql_is_skipped(GqlRequest *request, List *directives);

/* An argument's coerced value. */
typedef struct GqlArgumentValue
{
	const char *name;
	GqlInputValueDef *def;
	GqlValue   *value;			/* coerced: variables replaced, default values
								 * filled in, single items made lists; null is
								 * a value of kind NULL */
	bool		from_variable;	/* the document gives just a variable */
	const char *variable;		/* its name if from_variable, else NULL */
} GqlArgumentValue;

gql_starts_with_name(GqlArgumentValue, name);

/*
 * CoerceArgumentValues() (6.4.1). Initializes *values with the
 * GqlArgumentValue of each argument that is given or has a default value.
 * False after an error, which is filed with its location.
 */
extern bool gql_coerce_arguments(GqlRequest *request, const GqlFieldSel *field, GqlNames *values,
								 GqlErrorList *errors);

/* ---- values and JSON ---- */

/*
 * Append a value as JSON text. Enum values become strings, numbers keep their
 * text. Throws if there is a variable in it.
 */
extern void gql_value_to_json(StringInfo out, const GqlValue *value);

/*
 * The value of a JSON text, in CurrentMemoryContext. Strings become STRINGs,
 * also those that mean an enum value; numbers keep their text. NULL if a
 * string is not text in the server encoding, for example half a surrogate
 * pair.
 */
extern GqlValue *gql_value_from_json(RrSlice json);

/* ---- introspection (section 4) ---- */

/* Is the field __schema, __type or __typename? */
extern bool gql_is_introspection_field(const GqlFieldDef *def);

/*
 * The largest answer to introspection fields, in bytes. A short document can
 * ask for the schema many times, each under another alias.
 */
#define GQL_MAX_INTROSPECTION (64 * 1024 * 1024)

/* File the error that introspection fields exceed that. */
extern void gql_introspection_too_large(GqlErrorList *errors);

/*
 * Append the value of a __schema or __type field as JSON text. False after an
 * error, which is filed: an argument is wrong, or the text gets too large.
 * Then nothing is appended.
 */
extern bool gql_introspect(GqlRequest *request, const GqlFieldSel *field, StringInfo out,
						   GqlErrorList *errors);

#endif							/* GQL_GRAPHQL_H */
