/*
 * bulk.c: runs a list of metadata commands: bulk and bulk_keep_going.
 *
 * Successive commands run as one range, which is checked once at its end
 * (postponed.h). If that fails, everything is undone, and the range is run
 * again in parts, down to the single command that is to blame. So messages and
 * answers are as if each command had been checked for itself.
 *
 * Only, what a command of a bulk makes inconsistent, a later one may mend.
 * Where each command stands for itself (bulk_keep_going), a range has at most
 * one command of a type that changes the names of a table: so none is made up
 * for by the next. It may still be by one for another table, which gives up a
 * name.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "base/subtransaction.h"
#include "compat.h"
#include "metadata/bulk.h"
#include "metadata/postponed.h"

typedef struct Bulk
{
	const RrBulkCallbacks *callbacks;
	bool		keep_going;
	int			n;
	const RrDoc **requests;
	RrBulkClass *classes;
	Jsonb	  **answers;
} Bulk;

typedef struct Range
{
	Bulk	   *bulk;
	int			first;
	int			end;			/* one more than the last */
	int			at;				/* the one that runs; end: none */
} Range;

/* ---- answers ---- */

/* Hasura's error code for an SQLSTATE. */
static const char *
error_code(int sqlstate)
{
	switch (sqlstate)
	{
		case ERRCODE_UNDEFINED_OBJECT:
		case ERRCODE_UNDEFINED_TABLE:
		case ERRCODE_UNDEFINED_FUNCTION:
			return GQL_CODE_NOT_EXISTS;
		case ERRCODE_DUPLICATE_OBJECT:
			return GQL_CODE_ALREADY_EXISTS;
		case ERRCODE_DEPENDENT_OBJECTS_STILL_EXIST:
			return GQL_CODE_DEPENDENCY_ERROR;
		case ERRCODE_FEATURE_NOT_SUPPORTED:
			return GQL_CODE_NOT_SUPPORTED;
		case ERRCODE_INSUFFICIENT_PRIVILEGE:
			return GQL_CODE_ACCESS_DENIED;
		case ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE:
			return GQL_CODE_CONFLICT;
	}
	switch (ERRCODE_TO_CATEGORY(sqlstate))
	{
		case ERRCODE_CONNECTION_EXCEPTION:
		case ERRCODE_FDW_ERROR:
			return GQL_CODE_REMOTE_SCHEMA_ERROR;
		case ERRCODE_DATA_EXCEPTION:
		case ERRCODE_SYNTAX_ERROR_OR_ACCESS_RULE_VIOLATION:
			return GQL_CODE_INVALID_CONFIGURATION;
		default:
			return GQL_CODE_UNEXPECTED;
	}
}

static Jsonb *
error_json(const RrDoc *request, const ErrorData *error)
{
	return rr_jsonb_object("path", rr_jsonb_text(rr_doc_path(request)),
						   "error", rr_jsonb_text(error->message),
						   "internal", rr_jsonb_text(error->detail),
						   "hint", rr_jsonb_text(error->hint),
						   "code", rr_jsonb_text(error_code(error->sqlerrcode)),
						   "sqlstate", rr_jsonb_text(unpack_sql_state(error->sqlerrcode)), NULL);
}

/* ---- one command ---- */

typedef struct Attempt
{
	Bulk	   *bulk;
	const RrDoc *request;
	Jsonb	   *answer;
} Attempt;

static void
attempt(void *arg)
{
	Attempt    *a = arg;

	a->answer = a->bulk->callbacks->run(a->request);
}

/*
 * Each command has a context of its own, so that what it has built, schemas of
 * roles above all, is gone before the next one.
 */
static void
run_one(Bulk *bulk, int i)
{
	MemoryContext before = CurrentMemoryContext;
	MemoryContext cxt = AllocSetContextCreate(before, "remote_rel metadata command",
											  ALLOCSET_DEFAULT_SIZES);
	Attempt		a = {.bulk = bulk, .request = bulk->requests[i]};

	CHECK_FOR_INTERRUPTS();
	MemoryContextSwitchTo(cxt);
	if (bulk->keep_going)
	{
		ErrorData  *error = rr_run_in_subtransaction(attempt, &a);

		if (error)
		{
			/* it may have left a schema half completed */
			rr_forget_schemas();
			a.answer = error_json(a.request, error);
		}
	}
	else
		attempt(&a);
	MemoryContextSwitchTo(before);
	bulk->answers[i] = palloc(VARSIZE(a.answer));
	memcpy(bulk->answers[i], a.answer, VARSIZE(a.answer));
	MemoryContextDelete(cxt);
	if (bulk->classes[i] != RR_BULK_TOGETHER)
		rr_forget_schemas();
}

/* ---- ranges ---- */

static void
run_commands(void *arg)
{
	Range	   *range = arg;

	for (range->at = range->first; range->at < range->end; range->at++)
		run_one(range->bulk, range->at);
}

/*
 * All commands of a range can run together. Where one has thrown, those before
 * it are one part, unless they cannot be checked together either.
 */
static void
run_range(Bulk *bulk, int first, int end)
{
	Range		range = {.bulk = bulk, .first = first, .end = end};
	ErrorData  *error;
	int			middle;

	check_stack_depth();
	if (end - first == 1)
		run_one(bulk, first);
	if (end - first <= 1)
		return;
	error = rr_run_postponed(run_commands, &range);
	if (error == NULL)
		return;
	ereport(DEBUG1,
			(errmsg_internal("metadata commands %d to %d are run in parts: %s", first, end - 1,
							 error->message)));
	middle = range.at < end ? range.at : first + (end - first) / 2;
	run_range(bulk, first, middle);
	if (range.at < end)
		run_one(bulk, middle++);
	run_range(bulk, middle, end);
}

/* What a command changes the names of. */
typedef struct Subject
{
	const char *name;			/* first */
}			Subject;

static const char *
string_of(const RrDoc *doc)
{
	return doc != NULL && rr_doc_is_string(doc) ? rr_doc_text(doc) : "";
}

/*
 * The type of a command and the table that it is about, and the relationship
 * if there is one; or NULL. Throws nothing, whatever args are.
 */
static Subject *
subject_of(const RrDoc *request)
{
	const RrDoc *args = rr_doc_get(request, "args");
	const RrDoc *table = args;
	const char *type = string_of(rr_doc_get(request, "type"));
	const char *relationship = "";
	Subject    *subject;

	if (rr_doc_is_array(args))
		return NULL;
	if (rr_doc_is_object(args))
	{
		if (rr_doc_get(args, "table") != NULL)
			table = rr_doc_get(args, "table");
		relationship = string_of(rr_doc_get(args, "relationship"));
	}
	subject = palloc(sizeof(Subject));
	if (rr_doc_is_object(table))
	{
		const RrDoc *schema = rr_doc_get(table, "schema");

		subject->name = psprintf("%s\n%s\n%s\n%s", type, schema != NULL ? string_of(schema) : "public",
								 string_of(rr_doc_get(table, "name")), relationship);
	}
	else
		subject->name = psprintf("%s\npublic\n%s\n%s", type, string_of(table), relationship);
	return subject;
}

/*
 * Can a command be in a range? subjects: of those that are in it; the new one
 * is added. The first is alone in its range otherwise.
 */
static bool
fits_into_range(const Bulk *bulk, int i, GqlNames *subjects)
{
	Subject    *subject;

	if (bulk->classes[i] == RR_BULK_ALONE)
		return false;
	if (!bulk->keep_going || bulk->classes[i] != RR_BULK_CHANGES_SCHEMAS)
		return true;
	subject = subject_of(bulk->requests[i]);
	return subject != NULL && gql_names_add(subjects, subject);
}

/* The commands of a bulk that is in a range belong to that range. */
static void
run_all(Bulk *bulk)
{
	int			end;

	for (int i = 0; i < bulk->n; i = end)
	{
		GqlNames	subjects;

		end = i + 1;
		gql_names_init(&subjects, CurrentMemoryContext);
		if (rr_checks_postponed() || !fits_into_range(bulk, i, &subjects))
			run_one(bulk, i);
		else
		{
			while (end < bulk->n && fits_into_range(bulk, end, &subjects))
				end++;
			run_range(bulk, i, end);
		}
	}
}

Jsonb	   *
rr_run_bulk(const RrDoc *args, bool keep_going, const RrBulkCallbacks *callbacks)
{
	List	   *requests = rr_doc_items(args);
	List	   *answers = NIL;
	Bulk		bulk = {.callbacks = callbacks, .keep_going = keep_going,
	.n = list_length(requests)};
	ListCell   *lc;
	int			i = 0;

	bulk.requests = palloc(sizeof(RrDoc *) * Max(bulk.n, 1));
	bulk.classes = palloc(sizeof(RrBulkClass) * Max(bulk.n, 1));
	bulk.answers = palloc0(sizeof(Jsonb *) * Max(bulk.n, 1));
	foreach(lc, requests)
	{
		bulk.requests[i] = lfirst(lc);
		bulk.classes[i] = callbacks->class_of(lfirst(lc));
		i++;
	}
	run_all(&bulk);
	for (i = 0; i < bulk.n; i++)
		answers = lappend(answers, bulk.answers[i]);
	return rr_jsonb_array(answers);
}
