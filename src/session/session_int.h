/*
 * session_int.h: what the files of session/ share.
 */
#ifndef RR_SESSION_INT_H
#define RR_SESSION_INT_H

#include "session/session.h"

/* ---- role.c ---- */

/* Has the current call begun a security-restricted operation? */
extern bool rr_role_is_restricted(void);

/* Note whether the restrictions of the current call's operation are lifted. */
extern void rr_role_set_lifted(bool lifted);

/* Are they lifted, for the current call or for one around it? */
extern bool rr_role_is_lifted(void);

#endif							/* RR_SESSION_INT_H */
