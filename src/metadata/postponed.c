/*
 * postponed.c: commands that are checked together, at the end.
 *
 * To check all metadata takes as long as to build a role's schema. For each
 * command of a long bulk that would be the square of its length.
 */
#include "postgres.h"

#include "utils/memutils.h"

#include "base/subtransaction.h"
#include "compat.h"
#include "metadata/postponed.h"

typedef struct Message
{
	int			elevel;
	int			sqlstate;
	const char *message;
	const char *detail;			/* or NULL */
	const char *context;		/* where it came up */
} Message;

typedef struct Postponed
{
	void		(*work) (void *arg);
	void	   *arg;
	ErrorData  *error;
	MemoryContext cxt;			/* of all that follows */

	/* what was inconsistent before, if there is something to check */
	bool		checks;
	List	   *before;			/* RrInconsistency * */
	bool		checks_roles;
	List	   *roles_before;	/* RrInconsistency * */

	MemoryContext schemas;		/* of the next two; NULL: there are none */
	RrRoleSchema *owner;		/* pinned, or NULL */
	RrRemotes	remotes;

	List	   *messages;		/* Message * */
} Postponed;

static Postponed *current;		/* NULL: each command is checked */

bool
rr_checks_postponed(void)
{
	return current != NULL;
}

/* ---- schemas ---- */

static MemoryContext
schemas_context(void)
{
	if (current->schemas == NULL)
		current->schemas = AllocSetContextCreate(current->cxt, "remote_rel postponed schemas",
												 ALLOCSET_DEFAULT_SIZES);
	return current->schemas;
}

void
rr_forget_schemas(void)
{
	if (current == NULL || current->schemas == NULL)
		return;
	current->owner = NULL;
	current->remotes = (RrRemotes)
	{
		0
	};
	MemoryContextDelete(current->schemas);
	current->schemas = NULL;
}

RrRoleSchema *
rr_owner_schema(bool afresh)
{
	MemoryContext old;

	if (current == NULL)
		return rr_role_schema_get(rr_extension_owner());
	if (afresh)
		rr_forget_schemas();
	if (current->owner == NULL)
	{
		old = MemoryContextSwitchTo(schemas_context());
		current->owner = rr_role_schema_get(rr_extension_owner());
		MemoryContextSwitchTo(old);
	}
	return current->owner;
}

RrRemotes  *
rr_parsed_remotes(void)
{
	if (current == NULL)
		return palloc0(sizeof(RrRemotes));
	current->remotes.cxt = schemas_context();
	return &current->remotes;
}

/* ---- messages ---- */

static void
send_message(const Message *m)
{
	ErrorContextCallback *stack = error_context_stack;

	if (m->context)
		error_context_stack = NULL;
	ereport(m->elevel,
			(errcode(m->sqlstate),
			 errmsg_internal("%s", m->message),
			 m->detail ? errdetail_internal("%s", m->detail) : 0,
			 m->context ? errcontext("%s", m->context) : 0));
	error_context_stack = stack;
}

void
rr_metadata_message(int elevel, int sqlstate, const char *message, const char *detail)
{
	Message		m = {elevel, sqlstate, message, detail, NULL};
	Message    *kept;
	MemoryContext old;

	if (current == NULL)
	{
		send_message(&m);
		return;
	}
	old = MemoryContextSwitchTo(current->cxt);
	kept = palloc(sizeof(Message));
	*kept = m;
	kept->message = pstrdup(message);
	kept->detail = detail ? pstrdup(detail) : NULL;
	kept->context = GetErrorContextStack();
	current->messages = lappend(current->messages, kept);
	MemoryContextSwitchTo(old);
}

/* ---- the checks ---- */

/* A copy, for as long as checks are postponed. */
static List *
keep(List *inconsistencies)
{
	MemoryContext old = MemoryContextSwitchTo(current->cxt);
	List	   *kept = NIL;
	ListCell   *lc;

	foreach(lc, inconsistencies)
	{
		const RrInconsistency *item = lfirst(lc);

		kept = lappend(kept, rr_inconsistency(pstrdup(item->type), pstrdup(item->name), "%s",
											  item->reason));
	}
	MemoryContextSwitchTo(old);
	return kept;
}

List	   *
rr_inconsistencies_before(void)
{
	if (current == NULL)
		return rr_all_inconsistencies();
	if (!current->checks)
		current->before = keep(rr_all_inconsistencies());
	current->checks = true;
	return NIL;
}

List	   *
rr_role_inconsistencies_before(void)
{
	if (current == NULL)
		return rr_role_inconsistencies(&(RrRemotes) {0});
	if (!current->checks_roles)
		current->roles_before = keep(rr_role_inconsistencies(&(RrRemotes) {0}));
	current->checks_roles = true;
	return NIL;
}

void
rr_refuse_new_inconsistencies(List *before, const char *what)
{
	if (current == NULL)
		rr_refuse_new_among(rr_all_inconsistencies(), before, what);
}

void
rr_warn_new_role_inconsistencies(List *before)
{
	if (current == NULL)
		rr_warn_new_among(rr_role_inconsistencies(&(RrRemotes) {0}), before);
}

/*
 * Roles whose permissions clash now were warned of, which refuses no command.
 */
static void
check(void)
{
	List	   *before = current->before;

	rr_metadata_begin();
	if (current->checks_roles)
		before = list_concat(rr_warn_new_among(rr_role_inconsistencies(&(RrRemotes) {0}),
											   current->roles_before), before);
	if (current->checks)
		rr_refuse_new_among(rr_all_inconsistencies(), before, "what was written");
	rr_metadata_end();
}

static void
work_and_check(void *arg)
{
	Postponed  *p = arg;

	p->work(p->arg);
	if (p->checks || p->checks_roles)
		check();
}

ErrorData  *
rr_run_postponed(void (*work) (void *arg), void *arg)
{
	Postponed  *outer = current;
	Postponed	p = {.work = work, .arg = arg};
	ListCell   *lc;

	p.cxt = AllocSetContextCreate(CurrentMemoryContext, "remote_rel postponed checks",
								  ALLOCSET_DEFAULT_SIZES);
	current = &p;
	PG_TRY();
	{
		p.error = rr_run_in_subtransaction(work_and_check, &p);
	}
	PG_FINALLY();
	{
		current = outer;
	}
	PG_END_TRY();
	if (p.error == NULL)
	{
		foreach(lc, p.messages)
			send_message(lfirst(lc));
	}
	MemoryContextDelete(p.cxt);
	return p.error;
}
