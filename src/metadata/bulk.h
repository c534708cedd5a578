/*
 * bulk.h: lists of metadata commands.
 */
#ifndef RR_BULK_H
#define RR_BULK_H

#include "metadata/metadata.h"

/* May a command share one check with others (postponed.h)? */
typedef enum RrBulkClass
{
	/*
	 * No: it asks the network, or it depends on what is inconsistent.
	 */
	RR_BULK_ALONE,
	/* Yes, but it changes schemas that later commands must see. */
	RR_BULK_CHANGES_SCHEMAS,
	RR_BULK_TOGETHER,			/* yes */
} RrBulkClass;

typedef struct RrBulkCallbacks
{
	/* Run a request; throws what is wrong with it. */
	Jsonb	   *(*run) (const RrDoc *request);

	/* Does not throw, whatever the request is. */
	RrBulkClass (*class_of) (const RrDoc *request);
} RrBulkCallbacks;

/*
 * Run the requests in args, an array. Returns an array with the answer of
 * each. If keep_going, the answer of one that throws is {"path", "error",
 * "code", …}, and it changes nothing; else its error is rethrown.
 */
extern Jsonb *rr_run_bulk(const RrDoc *args, bool keep_going, const RrBulkCallbacks *callbacks);

#endif							/* RR_BULK_H */
