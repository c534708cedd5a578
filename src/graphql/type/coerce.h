/*
 * coerce.h: input coercion with its reporting left to the caller; shared by
 * arguments, variables, default values and the rule "Values of Correct Type".
 */
#ifndef GQL_COERCE_H
#define GQL_COERCE_H

#include "graphql/type/schema.h"

/* A variable of a request. */
typedef struct GqlVariableValue
{
	const char *name;
	GqlValue   *value;			/* coerced; NULL kind for null */
} GqlVariableValue;

typedef struct GqlCoercion GqlCoercion;

struct GqlCoercion
{
	GqlSchema  *schema;
	const GqlNames *variables;	/* GqlVariableValue; NULL: variables are
								 * passed over, as in a document whose values
								 * are not known yet */
	bool		from_json;		/* strings may be enum values, integral
								 * numbers are integers */
	bool		stopped;		/* set by report(): nothing more is to be
								 * reported */
	bool		no_hints;		/* nor is what was meant searched for */

	/*
	 * loc is the offending literal's, path the way to it from the value that
	 * gql_coerce() was called with (on the stack).
	 */
	void		(*report) (GqlCoercion *c, const char *message, int loc, const GqlPath *path);
	void	   *arg;			/* report()'s */
};

/*
 * Coerce a value to an input type (section 3, "Input Coercion"). False when it
 * does not fit, all reasons reported. The coerced value shares unchanged parts
 * with the original; with result NULL nothing is built, only checked.
 */
extern bool gql_coerce(GqlCoercion *c, const GqlValue *value, const GqlTypeRef *type,
					   const GqlPath *path, GqlValue **result);

/*
 * Input coercion (section 3's "Input Coercion") of a value without variables
 * to a type. With from_json, the value came from JSON: a string may be an enum
 * value. Errors are filed as "<what> at .path[2]: <reason>", without location.
 * NULL when it does not fit.
 */
extern GqlValue *gql_coerce_value(GqlSchema *schema, const GqlValue *value,
								  const GqlTypeRef *type, bool from_json,
								  const char *what, GqlErrorList *errors);

/* Is an argument or input field of this definition to be given? */
#define gql_is_required(def) \
	((def)->type->kind == GQL_TYPE_NON_NULL && (def)->default_value == NULL)

#endif							/* GQL_COERCE_H */
