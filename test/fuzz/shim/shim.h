/*
 * shim.h: the little of the server that src/graphql/ and src/json/ stand on,
 * for programs outside of a server.
 *
 * Compiled with the real server's headers; StringInfo, psprintf, hashing and
 * the encoding tables come from its libpgcommon and libpgport, the rest is
 * shim.c. The server encoding is UTF-8.
 *
 * Two allocators: by default memory is cut from blocks, as the server does, so
 * that times mean something. With SHIM_MALLOC each piece is malloc()ed by
 * itself, so that AddressSanitizer sees its ends.
 */
#ifndef SHIM_H
#define SHIM_H

#include "postgres.h"
#include "utils/memutils.h"

/* Makes TopMemoryContext; the stack is measured from here. */
extern void shim_init(void);

/*
 * Runs callback(arg) in a context of its own, which is deleted afterwards.
 * False when it threw, with the message on stderr if verbose. Only "stack
 * depth limit exceeded" may be thrown because of a document: anything else
 * aborts.
 */
extern bool shim_run(void (*callback) (void *arg), void *arg, bool verbose);

/*
 * Subtransactions that are open: in one, bad data (class 22) may be thrown.
 */
extern int	shim_subtransactions;

#endif							/* SHIM_H */
