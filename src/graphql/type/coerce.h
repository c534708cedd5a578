/*
 * coerce.h: input coercion. The caller decides how errors are reported.
 * Arguments, variables, default values and the rule "Values of Correct Type"
 * use it.
 */
#ifndef GQL_COERCE_H
#define GQL_COERCE_H

#include "base/budget.h"
#include "graphql/type/schema.h"

/* The value of a variable in a request. */
typedef struct GqlVariableValue
{
	const char *name;
	GqlValue   *value;			/* coerced; NULL kind for null */
} GqlVariableValue;

gql_starts_with_name(GqlVariableValue, name);

typedef struct GqlCoercion GqlCoercion;

struct GqlCoercion
{
	GqlSchema  *schema;
	const GqlNames *variables;	/* GqlVariableValue; NULL: their values are
								 * not known, accept every variable */
	bool		from_json;		/* strings may mean enum values, and numbers
								 * as 1.0 are integers */
	bool		stopped;		/* set by report(): report no more errors */
	bool		no_hints;		/* do not search for "Did you mean …?" */
	RrBudget   *budget;			/* for values and default values; NULL: one of
								 * its own for each gql_coerce() */

	/*
	 * Called for each error. loc is the location of the wrong literal. path
	 * leads to it from the value that gql_coerce() was called with, and is
	 * valid during the call only.
	 */
	void		(*report) (GqlCoercion *c, const char *message, int loc, const GqlPath *path);
	void	   *arg;			/* for report() */
};

/*
 * Units that one coercion, or the literals of one request, may cost. Objects
 * take in the default values that they leave out, these may have objects, and
 * a fragment may stand at many places: so it can be much more than what was
 * sent. A unit takes some 100 bytes at most.
 */
#define GQL_MAX_COERCION 2000000

/*
 * Coerce a value to an input type (section 3, "Input Coercion"). False if it
 * does not fit; all errors are reported. *result shares unchanged parts with
 * the value. If result is NULL, the value is only checked.
 */
extern bool gql_coerce(GqlCoercion *c, const GqlValue *value, const GqlTypeRef *type,
					   const GqlPath *path, GqlValue **result);

/*
 * Coerce a value without variables, and file errors as "<what> at .path[2]:
 * <reason>", without location. NULL if it does not fit. from_json as above.
 */
extern GqlValue *gql_coerce_value(GqlSchema *schema, const GqlValue *value,
								  const GqlTypeRef *type, bool from_json,
								  const char *what, GqlErrorList *errors);

/* Must an argument or input field with this definition be given? */
#define gql_is_required(def) \
	((def)->type->kind == GQL_TYPE_NON_NULL && (def)->default_value == NULL)

#endif							/* GQL_COERCE_H */
