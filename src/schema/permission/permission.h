/*
 * permission.h: a role's permission on a remote schema.
 *
 * A permission is SDL that is a part of the upstream's (docs/permissions.md).
 * It says what there is for the role, and what is preset. The rest is taken
 * from the upstream's schema: default values, deprecations, which input
 * objects take exactly one field, and descriptions where the permission has
 * none of its own.
 *
 * An argument or input field with @preset is not in the role's schema. Its
 * value is sent with every request. What the query gives of an input object is
 * merged with the presets of the object's type, at every depth. An optional
 * argument that the query leaves out, or gives as null or an empty list,
 * counts as an empty object.
 */
#ifndef RR_PERMISSION_H
#define RR_PERMISSION_H

#include "catalog/catalog.h"

/* ---- permission.c ---- */

/*
 * Return the schema through which a role sees the upstream: what the SDL of
 * its permission leaves, with what the upstream's schema adds. It does not
 * depend on upstream afterwards. In CurrentMemoryContext. The SDL must have
 * passed rr_check_permission(); else it throws XX000.
 */
extern GqlSchema *rr_permission_schema(GqlSchema *upstream, const char *sdl);

/* ---- permission_check.c ---- */

/*
 * File everything that keeps a role's SDL from being a part of the upstream's
 * schema, presets included, in the order of the document.
 */
extern void rr_check_permission(GqlSchema *upstream, const char *sdl, GqlErrorList *errors);

/* ---- permission_same.c ---- */

/* Remembers which permissions were compared. Starts as zeros. */
typedef struct RrSamePermissions
{
	List	   *pairs;			/* permission_same.c's own */
} RrSamePermissions;

/*
 * Do two permissions show the same? Order, descriptions and types that nothing
 * reaches do not count. The result is remembered in known, by the pointers;
 * in CurrentMemoryContext.
 */
extern bool rr_same_permission(RrSamePermissions *known, const RrPermission *a,
							   const RrPermission *b);

/* ---- role_permission.c ---- */

/*
 * Choose the permission through which a role sees a remote schema, among all
 * permissions on it (RrPermission *): its own; else the one shared by all of
 * the roles it is a member of that have one; else NULL. Where those differ,
 * the result is NULL and conflict has two that differ; else conflict has
 * NULLs.
 */
extern const RrPermission *rr_role_permission(Oid role, const char *role_name, List *permissions,
											  RrSamePermissions *known,
											  const RrPermission *conflict[2]);

/*
 * Was the role dropped to which the permission was given? Then it applies to
 * no role, not to another of the same name either.
 */
extern bool rr_permission_is_orphaned(const RrPermission *permission);

/* ---- preset.c ---- */

/*
 * Return the preset of an argument or input field as text, equal for presets
 * that always give the same value; NULL if it has none. In
 * CurrentMemoryContext.
 */
extern char *rr_preset_text(const GqlInputValueNode *node);

/*
 * Is the argument or input field hidden from the role: preset itself, or an
 * input object of which nothing else is left?
 */
extern bool rr_is_hidden(GqlSchema *upstream, const GqlInputValueDef *def);

/* Is anything of the argument preset, at any depth? */
extern bool rr_has_presets(GqlSchema *upstream, const GqlInputValueDef *def);

/* Is something sent for the argument although the query gives nothing? */
extern bool rr_gives_presets(GqlSchema *upstream, const GqlInputValueDef *def);

/*
 * Must the query give this argument, although it is optional at the upstream?
 * True if omitting it would also drop presets inside of it, because they stand
 * beside required fields that only the query can give.
 */
extern bool rr_presets_require(GqlSchema *upstream, const GqlInputValueDef *def);

/*
 * Does a relationship's template for this argument put a join key where
 * something is preset? There the key wins.
 */
extern bool rr_key_replaces_preset(GqlSchema *upstream, const GqlInputValueDef *def,
								   const GqlValue *template);

/* ---- preset_value.c ---- */

/* Return a session variable's value, or NULL. */
typedef const char *(*RrGetVariable) (const char *name);

/*
 * Return the value of an argument with its presets: given merged with them, or
 * what they make by themselves where given is NULL. NULL is allowed only for
 * arguments that rr_gives_presets(). given comes from the query and the
 * relationship; the latter may give what is preset. The result is not coerced;
 * it is in CurrentMemoryContext.
 *
 * An error is filed, and NULL returned, for a session variable that is missing
 * (code "not-found") or does not convert ("coercion-error").
 */
extern GqlValue *rr_apply_presets(GqlSchema *upstream, const GqlInputValueDef *def,
								  const GqlValue *given, RrGetVariable variable,
								  GqlErrorList *errors);

#endif							/* RR_PERMISSION_H */
