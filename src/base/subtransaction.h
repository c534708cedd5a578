/*
 * subtransaction.h: runs code whose errors are answered as data.
 */
#ifndef RR_SUBTRANSACTION_H
#define RR_SUBTRANSACTION_H

/*
 * Call run(arg) in a subtransaction of its own. Returns NULL when it came
 * back: the subtransaction is committed. Returns the error when it threw one:
 * the subtransaction is rolled back, and the ErrorData is in
 * CurrentMemoryContext, for the caller to free.
 *
 * Rethrows what only the whole transaction's caller can deal with, by class of
 * SQLSTATE:
 *
 *	40	transaction rollback: the transaction has to be tried again
 *	53	insufficient resources
 *	57	operator intervention: a cancel, a timeout, a shutdown
 *	58	system error, as a file that cannot be read
 *	XX	internal error, as corrupted data
 *
 * CurrentMemoryContext and CurrentResourceOwner are the caller's again in all
 * cases.
 */
extern ErrorData *rr_run_in_subtransaction(void (*run) (void *arg), void *arg);

/*
 * Rethrow an error that rr_run_in_subtransaction() returned, without the
 * context lines and the text of the internal statement: both may quote SQL
 * that is not for the user to see.
 */
extern void rr_rethrow_without_context(ErrorData *error) __attribute__((noreturn));

#endif							/* RR_SUBTRANSACTION_H */
