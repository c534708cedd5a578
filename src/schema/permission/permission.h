/*
 * permission.h: a role's permission on a remote schema: SDL that is a part of
 * the upstream's (reference, section 5).
 *
 * It says what there is for the role, and what is preset. Of what there is,
 * the upstream's schema knows the rest: default values, deprecations, which
 * input objects take one field only, and descriptions where the permission has
 * none of its own.
 */
#ifndef RR_PERMISSION_H
#define RR_PERMISSION_H

#include "catalog/catalog.h"

/* ---- permission.c ---- */

/*
 * The document without what it need not say: default values, and directives
 * but for @preset. upstream, or NULL, knows which directives may stand in it.
 * What is wrong with its syntax is filed, and NULL returned.
 */
extern GqlDocument *rr_permission_parse(const char *sdl, GqlSchema *upstream, GqlErrorList *errors);

/*
 * The document's schema, whole by itself, with the default values of upstream,
 * unless NULL; these stand in the document afterwards. Everything that is
 * wrong is filed; NULL then. In CurrentMemoryContext.
 */
extern GqlSchema *rr_permission_build(GqlDocument *document, GqlSchema *upstream,
									  GqlErrorList *errors);

/*
 * The schema of a document that breaks rules, as far as it can be had: some
 * rules are looked at only where others are kept. What is wrong is filed; NULL
 * when there is no telling what the document means.
 */
extern GqlSchema *rr_permission_build_broken(const GqlDocument *document, GqlErrorList *errors);

/*
 * The schema through which a role sees the upstream: of a permission that
 * fits, with all that the upstream knows besides. It does not need the
 * upstream's schema any more. In CurrentMemoryContext.
 */
extern GqlSchema *rr_permission_schema(GqlSchema *upstream, const char *sdl);

/* ---- permission_check.c ---- */

/*
 * File everything that keeps a role's SDL from being a part of the upstream's
 * schema, presets included.
 */
extern void rr_check_permission(GqlSchema *upstream, const char *sdl, GqlErrorList *errors);

/* ---- permission_same.c ---- */

/* What was found out about pairs of permissions before; starts as zeros. */
typedef struct RrSamePermissions
{
	List	   *pairs;
} RrSamePermissions;

/*
 * Do two permissions show the same? Order, descriptions, and types that
 * nothing reaches do not count.
 */
extern bool rr_same_permission(RrSamePermissions *known, const RrPermission *a,
							   const RrPermission *b);

/* ---- role_permission.c ---- */

/*
 * The permission through which a role sees a remote schema, of all permissions
 * on it: its own, else the one that all roles which it is a member of agree
 * on, else NULL (DESIGN.md section 2). Where they do not agree, conflict has
 * two that differ; else NULLs.
 */
extern const RrPermission *rr_role_permission(Oid role, const char *role_name, List *permissions,
											  RrSamePermissions *known,
											  const RrPermission *conflict[2]);

#endif							/* RR_PERMISSION_H */
