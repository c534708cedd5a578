/*
 * preset.h: @preset in a role's permission on a remote schema: what the role
 * cannot give, since the permission gives it.
 *
 * A preset argument or input field is not in the role's schema. It is sent
 * with every request: whatever the query gives of an input object is merged
 * with the presets of the object's type, at every depth. An optional argument
 * that the query leaves out, or gives as null or an empty list, counts as an
 * empty object.
 */
#ifndef RR_PRESET_H
#define RR_PRESET_H

#include "graphql/graphql.h"

#define RR_PRESET "preset"

/*
 * Does the string stand for a session variable, unless the preset is static?
 */
extern bool rr_is_session_variable(const GqlValue *value);
extern bool rr_holds_session_variable(const GqlValue *value);

/*
 * The preset of an argument or input field as text, equal for presets that
 * always give the same; NULL where there is none.
 */
extern char *rr_preset_text(const GqlInputValueNode *node);

/*
 * Is the argument or input field out of the role's sight: preset itself, or an
 * input object of which nothing else is left?
 */
extern bool rr_is_hidden(GqlSchema *upstream, const GqlInputValueDef *def);

/* Is anything of the argument preset, at any depth? */
extern bool rr_has_presets(GqlSchema *upstream, const GqlInputValueDef *def);

/* Is something sent for the argument although the query gives nothing? */
extern bool rr_gives_presets(GqlSchema *upstream, const GqlInputValueDef *def);

/*
 * Must the query give this argument, though it is optional at the upstream? So
 * when presets stand in its input object beside fields that only the query can
 * give: left out, the presets would be, too.
 */
extern bool rr_presets_require(GqlSchema *upstream, const GqlInputValueDef *def);

/*
 * Does a relationship's template for this argument have a join key where
 * something is preset? There the key comes first.
 */
extern bool rr_key_replaces_preset(GqlSchema *upstream, const GqlInputValueDef *def,
								   const GqlValue *template);

/* A session variable's value, or NULL. */
typedef const char *(*RrGetVariable) (const char *name);

/*
 * The value of an argument with its presets: given (by query and relationship;
 * the latter may give what is preset) merged with them, or what they make by
 * themselves where given is NULL, which is only for arguments that
 * rr_gives_presets(). Not coerced. In CurrentMemoryContext. An error is filed,
 * and NULL returned, for a session variable that is missing ("not-found") or
 * does not convert ("coercion-error").
 */
extern GqlValue *rr_apply_presets(GqlSchema *upstream, const GqlInputValueDef *def,
								  const GqlValue *given, RrGetVariable variable,
								  GqlErrorList *errors);

#endif							/* RR_PRESET_H */
