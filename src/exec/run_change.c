/*
 * run_change.c: a root field that writes: its changes, then what the answer
 * shows of their rows.
 */
#include "postgres.h"

#include "access/relation.h"
#include "access/table.h"
#include "catalog/pg_class.h"
#include "catalog/pg_trigger.h"
#include "commands/trigger.h"
#include "utils/fmgroids.h"
#include "utils/rel.h"

#include "exec/mutation_int.h"

/* ---- triggers ---- */

/*
 * May a trigger change the rows after the statement has returned them? One
 * that runs before a row may change the rows before that. The server's own for
 * foreign keys do when keys are updated with them: that fires triggers of the
 * other table, or changes this one.
 */
static bool
changes_rows(const Trigger *trigger, bool many, bool inserts, bool updates)
{
	if (trigger->tgenabled == TRIGGER_DISABLED ||
		(!many && !TRIGGER_FOR_AFTER(trigger->tgtype)))
		return false;
	if (trigger->tgisinternal)
		return updates && TRIGGER_FOR_UPDATE(trigger->tgtype) &&
			RI_FKey_trigger_type(trigger->tgfoid) == RI_TRIGGER_PK &&
			trigger->tgfoid != F_RI_FKEY_NOACTION_UPD &&
			trigger->tgfoid != F_RI_FKEY_RESTRICT_UPD;
	return (inserts && TRIGGER_FOR_INSERT(trigger->tgtype)) ||
		(updates && TRIGGER_FOR_UPDATE(trigger->tgtype));
}

/* Triggers of partitions are their own, so those are not looked through. */
static bool
has_late_changes(const RrMutation *mutation, const RrInsert *insert)
{
	bool		inserts = mutation->kind == RR_MUTATION_INSERT;
	bool		updates = !inserts || insert->on_conflict != NULL;
	bool		many = inserts ? insert->nrows > 1
	: mutation->returning.form != RR_ANSWER_OBJECT;
	Relation	rel = try_relation_open(mutation->table->oid, AccessShareLock);
	bool		result;

	/* dropped by a root field before: its statement says so */
	if (rel == NULL)
		return true;
	result = rel->rd_rel->relkind == RELKIND_PARTITIONED_TABLE || rel->rd_rules != NULL;
	for (int i = 0; rel->trigdesc != NULL && i < rel->trigdesc->numtriggers; i++)
		result |= changes_rows(&rel->trigdesc->triggers[i], many, inserts, updates);
	table_close(rel, NoLock);
	return result;
}

bool
rr_change_is_plain(const RrMutation *mutation, const RrInsert *insert)
{
	const RrReturning *returning = &mutation->returning;

	if (!returning->rows || !returning->plain || mutation->kind == RR_MUTATION_FUNCTION)
		return false;
	if (!returning->by_key)
		return true;
	if (insert != NULL && (insert->before != NIL || insert->after != NIL))
		return false;
	return !has_late_changes(mutation, insert);
}

/* ---- the answer ---- */

static Datum
changed_value(void *arg, int row, int column, bool *isnull)
{
	const RrChanged *changed = arg;
	int			before = changed->ncolumns - changed->returning->ncolumns;
	Size		i = (Size) row * changed->ncolumns + before + column;

	*isnull = changed->nulls[i];
	return changed->values[i];
}

static void
append_rows(RrRun *run, const RrMutation *mutation, const RrMember *member, int text,
			RrChanged *changed, StringInfo out)
{
	const RrReturning *returning = &mutation->returning;
	bool		list = returning->form != RR_ANSWER_OBJECT;
	Oid		   *bases;
	RrSqlStatement *read;

	if (changed->nrows == 0)
	{
		appendStringInfoString(out, list ? "[]" : "null");
		return;
	}
	if (changed->plain)
	{
		if (list)
			appendStringInfoChar(out, '[');
		appendBinaryStringInfo(out, changed->texts[text].data, changed->texts[text].len);
		if (list)
			appendStringInfoChar(out, ']');
		return;
	}
	bases = palloc(returning->ncolumns * sizeof(Oid));
	for (int i = 0; i < returning->ncolumns; i++)
		bases[i] = rr_scalar(run->plan->rs->tables->db, returning->columns[i]->type)->base;
	read = rr_bind_rows(member->read, RR_PARAM_CHANGED, bases, 0, changed->nrows, changed_value,
						changed);
	rr_run_reading(run, read, out);
}

static void
append_answer(RrRun *run, const RrMutation *mutation, RrChanged *changed, uint64 affected,
			  StringInfo out)
{
	const RrReturning *returning = &mutation->returning;
	int			text = 0;
	ListCell   *lc;

	if (returning->form != RR_ANSWER_RESPONSE)
	{
		append_rows(run, mutation, linitial(returning->members), 0, changed, out);
		return;
	}
	foreach(lc, returning->members)
	{
		const RrMember *member = lfirst(lc);

		appendStringInfo(out, "%s\"%s\":", foreach_current_index(lc) > 0 ? "," : "{", member->key);
		switch (member->kind)
		{
			case RR_MEMBER_AFFECTED_ROWS:
				appendStringInfo(out, UINT64_FORMAT, affected);
				break;
			case RR_MEMBER_TYPENAME:
				appendStringInfo(out, "\"%s\"", member->typename);
				break;
			case RR_MEMBER_ROWS:
				append_rows(run, mutation, member, text++, changed, out);
				break;
		}
	}
	appendStringInfoString(out, returning->members != NIL ? "}" : "{}");
}

/* ---- running ---- */

static void
run_change(RrRun *run, const RrMutation *mutation, const RrChange *change, StringInfo out)
{
	bool		plain = change->plain != NULL && rr_change_is_plain(mutation, NULL);
	RrChanged  *changed = rr_changed_create(0, &mutation->returning, plain);
	uint64		affected = 0;

	if (change->statement != NULL)
		affected = rr_run_writing(run, plain ? change->plain : change->statement,
								  rr_changed_take, changed);
	append_answer(run, mutation, changed, affected, out);
}

void
rr_run_mutation_field(RrRun *run, const RrMutation *mutation, RrInsert *insert, StringInfo out)
{
	ListCell   *lc;

	if (mutation->kind == RR_MUTATION_INSERT)
	{
		RrChanged  *changed;
		uint64		affected = rr_run_insert(run, mutation, insert,
											 rr_change_is_plain(mutation, insert), &changed);

		append_answer(run, mutation, changed, affected, out);
		return;
	}
	if (!mutation->many)
	{
		run_change(run, mutation, linitial(mutation->changes), out);
		return;
	}
	appendStringInfoChar(out, '[');
	foreach(lc, mutation->changes)
	{
		if (foreach_current_index(lc) > 0)
			appendStringInfoChar(out, ',');
		run_change(run, mutation, lfirst(lc), out);
	}
	appendStringInfoChar(out, ']');
}
