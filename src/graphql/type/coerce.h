/*
 * coerce.h: input coercion with its reporting left to the caller; shared by
 * arguments, variables, default values and the rule "Values of Correct Type".
 */
#ifndef GQL_COERCE_H
#define GQL_COERCE_H

#include "graphql/graphql.h"

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

/* Is an argument or input field of this definition to be given? */
#define gql_is_required(def) ((def)->type->kind == GQL_TYPE_NON_NULL && (def)->default_value == NULL)

/*
 * CollectFields without variables: selections with @skip or @include are left
 * out, and those directives put into *conditional.
 */
extern List *gql_collect_unconditional_fields(GqlRequest *request, GqlType *object_type,
											  GqlSelectionSet *set, List **conditional);

/* " at .a[2].b", as messages show paths; nothing for none. */
extern char *gql_path_to_string(const GqlPath *path);

/*
 * A value that came from JSON as messages show it: "{ a: [1, "b"], c: null }",
 * shortened.
 */
extern char *gql_inspect(const GqlValue *value);

/* A literal in its source form. */
extern char *gql_literal_to_string(const GqlValue *value);

/*
 * The same as messages show it, of a long one the beginning: more than a
 * message takes.
 */
extern char *gql_show_literal(const GqlValue *value);

/* gql_did_you_mean() over names. */
extern char *gql_did_you_mean_name(const char *prefix, const char *input, const GqlNames *names);

/*
 * " Did you mean …?" of options that are in order already, and the order in
 * which a2 stands before a10.
 */
extern char *gql_did_you_mean_list(const char *prefix, List *options /* const char * */ );
extern int	gql_natural_compare(const char *a, const char *b);

#endif							/* GQL_COERCE_H */
