/*
 * permission_int.h: what the files of schema/permission share among
 * themselves.
 */
#ifndef RR_PERMISSION_INT_H
#define RR_PERMISSION_INT_H

#include "schema/permission/permission.h"

#define RR_PRESET "preset"		/* the directive's name */

/* ---- permission.c ---- */

/*
 * Parse a permission without what it need not say: default values, and
 * directives except @preset. upstream tells which directives may stand in it;
 * NULL allows all. An error in the syntax is filed, and NULL returned. In
 * CurrentMemoryContext.
 */
extern GqlDocument *rr_permission_parse(const char *sdl, GqlSchema *upstream, GqlErrorList *errors);

/*
 * Build the document's schema, complete by itself. Unless upstream is NULL its
 * default values are added; they stand in the document afterwards. Everything
 * wrong is filed, and NULL returned. In CurrentMemoryContext.
 */
extern GqlSchema *rr_permission_build(GqlDocument *document, GqlSchema *upstream,
									  GqlErrorList *errors);

/*
 * Build as much as possible of the schema of a document that breaks rules:
 * some rules are checked only where others are kept. What is wrong is filed.
 * NULL if nothing can be built.
 */
extern GqlSchema *rr_permission_build_broken(const GqlDocument *document, GqlErrorList *errors);

/* ---- preset.c ---- */

/* Return the @preset of an argument or input field, or NULL. */
extern const GqlDirective *rr_preset_of(const GqlInputValueNode *node);

/* Is the preset static: its strings never name session variables? */
extern bool rr_preset_is_static(const GqlDirective *preset);

/* Return the input object type inside of a type reference, or NULL. */
extern GqlType *rr_input_object(const GqlTypeRef *type);

/*
 * Is the value a string that names a session variable, if the preset is not
 * static? And does the value contain one?
 */
extern bool rr_is_session_variable(const GqlValue *value);
extern bool rr_holds_session_variable(const GqlValue *value);

#endif							/* RR_PERMISSION_INT_H */
