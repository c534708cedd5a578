/*
 * postponed.h: commands that are checked together.
 *
 * What becomes inconsistent by a command shows only when all metadata are
 * checked. Commands inside of rr_run_postponed() are checked once, after the
 * last of them. Until then, the functions below may return what was there
 * before the first of them.
 */
#ifndef RR_POSTPONED_H
#define RR_POSTPONED_H

#include "metadata/metadata.h"
#include "schema/role_schema.h"

/*
 * Run work(arg) in a subtransaction, and check. Returns NULL on success. When
 * work throws, or something becomes inconsistent by it, returns the error;
 * nothing is changed then, and no message was sent. Rethrows what
 * rr_run_in_subtransaction() does.
 */
extern ErrorData *rr_run_postponed(void (*work) (void *arg), void *arg);

/* Are checks postponed now? */
extern bool rr_checks_postponed(void);

/*
 * What is inconsistent before a command, for
 * rr_refuse_new_inconsistencies(). If checks are postponed, both functions
 * only note that there is something to check.
 */
extern List *rr_inconsistencies_before(void);

/*
 * Throw 22023 when something is inconsistent now that is not in before. what
 * names the object that was just written, for the message.
 */
extern void rr_refuse_new_inconsistencies(List *before, const char *what);

/* The same for rr_role_inconsistencies(): new ones raise a WARNING. */
extern List *rr_role_inconsistencies_before(void);
extern void rr_warn_new_role_inconsistencies(List *before);

/*
 * The owner's role schema. Where checks are postponed, it is one from before,
 * unless afresh.
 */
extern RrRoleSchema *rr_owner_schema(bool afresh);

/* The remote schemas parsed so far: none unless checks are postponed. */
extern RrRemotes *rr_parsed_remotes(void);

/*
 * If checks are postponed, forget the owner's role schema and the parsed
 * remote schemas: a command has changed what they depend on.
 */
extern void rr_forget_schemas(void);

/*
 * Send a NOTICE or WARNING; where checks are postponed, once they have
 * succeeded. detail may be NULL.
 */
extern void rr_metadata_message(int elevel, int sqlstate, const char *message,
								const char *detail);

#endif							/* RR_POSTPONED_H */
