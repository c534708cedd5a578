/*
 * rename.c: rewrites the metadata after a command that renamed something.
 *
 * The catalogs hold names, since names survive a dump. After ALTER ... RENAME
 * or SET SCHEMA, each name in them is looked up as it was before the command
 * (names_before.h), and replaced by the present name of what it meant. An
 * event trigger calls this in a block that turns errors into warnings, so that
 * no command fails because of us.
 *
 * What can change meanwhile: the command holds locks on what it renamed, and
 * whoever stores metadata about a table locks it and its schema first
 * (rr_lock_table()), so no rows are missing. But another session's rename may
 * be rewriting the same rows. So the rows are locked first; when one is no
 * longer as it was read, everything is read again, up to MAX_ATTEMPTS times.
 * After that an error (40001) is thrown; like a deadlock, it ends the command.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/json.h"
#include "utils/snapmgr.h"

#include "compat.h"
#include "metadata/metadata.h"
#include "metadata/names_before.h"
#include "metadata/rename.h"

/* How often everything is read before giving up. */
#define MAX_ATTEMPTS 20

/*
 * A row to be rewritten, or only to be locked. The statements are run by
 * rr_metadata_execute(); each takes the first few of args.
 */
typedef struct Change
{
	const char *name;			/* part of the key that renames do not change */
	const char *from;			/* the row's label before; see table_label() */
	const char *to;
	const char *lock;			/* SELECT FOR UPDATE; finds nothing when the
								 * row has changed */
	int			nlock;
	const char *clear;			/* deletes a row that has the new key */
	const char *write;			/* UPDATE; NULL: nothing in the row changes */
	int			nwrite;
	RrArg		args[9];
	bool		written;
} Change;

static bool
same_jsonb(Jsonb *a, Jsonb *b)
{
	return compareJsonbContainers(&a->root, &b->root) == 0;
}

/* ---- writing ---- */

static bool
is_elsewhere(const char *schema, const char *name, const char *new_schema, const char *new_name)
{
	return strcmp(schema, new_schema) != 0 || strcmp(name, new_name) != 0;
}

/* Has a table, or one of its columns, another name than before? */
static bool
is_renamed(const RrTableNames *table)
{
	if (table == NULL)
		return false;
	for (int i = 0; i < table->ncolumns; i++)
	{
		if (table->columns[i] && table->new_columns[i] && strcmp(table->columns[i],
																 table->new_columns[i]) != 0)
			return true;
	}
	return is_elsewhere(table->schema, table->name, table->new_schema, table->new_name);
}

/*
 * Does a relationship start or end at a renamed table? If so its row is
 * locked, even when it does not name what was renamed: the first rename of a
 * table locks every row of that table, so that two transactions that both
 * rename several things of it cannot deadlock.
 */
static bool
is_concerned(const RrNamesBefore *names, const RrRelationship *r)
{
	const RrDoc *target = rr_relationship_target(r);
	const char *schema;
	const char *name;

	if (r->source_table && is_renamed(rr_names_table(names, r->source_schema, r->source_table)))
		return true;
	if (target == NULL)
		return false;
	rr_table_name_from_json(target, &schema, &name);
	return is_renamed(rr_names_table(names, schema, name));
}

/* what: "relationship", "computed field". */
static char *
table_label(const char *what, const char *schema, const char *table, const char *name)
{
	return psprintf("%s \"%s\" of table \"%s.%s\"", what, name, schema, table);
}

static void
change_table_relationship(RrNamesBefore *names, const RrRelationship *r)
{
	const RrTableNames *source = rr_names_table(names, r->source_schema, r->source_table);
	Jsonb	   *definition = rr_rename_in_definition(names, r, source);
	const char *schema = source ? source->new_schema : r->source_schema;
	const char *table = source ? source->new_name : r->source_table;
	Change	   *change;

	if (!is_concerned(names, r))
		return;
	change = palloc0(sizeof(Change));
	*change = (Change)
	{
		.name = r->name,
			.from = table_label("relationship", r->source_schema, r->source_table, r->name),
			.to = table_label("relationship", schema, table, r->name),
			.lock = "SELECT FROM remote_rel.table_relationship WHERE table_schema OPERATOR(pg_catalog.=) $1 "
			"AND table_name OPERATOR(pg_catalog.=) $2 AND name OPERATOR(pg_catalog.=) $3 AND definition OPERATOR(pg_catalog.=) $4 FOR UPDATE",
			.nlock = 4,
			.clear = "DELETE FROM remote_rel.table_relationship WHERE table_schema OPERATOR(pg_catalog.=) $5 "
			"AND table_name OPERATOR(pg_catalog.=) $6 AND name OPERATOR(pg_catalog.=) $3",
			.write = "UPDATE remote_rel.table_relationship SET table_schema = $5, table_name = $6, definition = $7 "
			"WHERE table_schema OPERATOR(pg_catalog.=) $1 AND table_name OPERATOR(pg_catalog.=) $2 AND name OPERATOR(pg_catalog.=) $3",
			.nwrite = 7,
			.args =
		{
			rr_arg_name(r->source_schema), rr_arg_name(r->source_table), rr_arg_text(r->name),
				rr_arg_jsonb(r->definition),
				rr_arg_name(schema), rr_arg_name(table), rr_arg_jsonb(definition)
		}
	};
	if (same_jsonb(definition, r->definition) && !is_elsewhere(r->source_schema, r->source_table,
															   schema, table))
		change->write = NULL;
	names->changes = lappend(names->changes, change);
}

static void
change_remote_relationship(RrNamesBefore *names, const RrRelationship *r)
{
	Jsonb	   *definition = rr_rename_in_definition(names, r, NULL);
	Change	   *change;

	if (!is_concerned(names, r))
		return;
	change = palloc0(sizeof(Change));
	*change = (Change)
	{
		.name = r->name,
			.from = "",
			.to = "",
			.lock = "SELECT FROM remote_rel.remote_schema_relationship WHERE remote_schema OPERATOR(pg_catalog.=) $1 "
			"AND type_name OPERATOR(pg_catalog.=) $2 AND name OPERATOR(pg_catalog.=) $3 AND definition OPERATOR(pg_catalog.=) $4 FOR UPDATE",
			.nlock = 4,
			.write = "UPDATE remote_rel.remote_schema_relationship SET definition = $5 WHERE remote_schema OPERATOR(pg_catalog.=) $1 "
			"AND type_name OPERATOR(pg_catalog.=) $2 AND name OPERATOR(pg_catalog.=) $3",
			.nwrite = 5,
			.args =
		{
			rr_arg_text(r->source_remote_schema), rr_arg_text(r->source_type),
				rr_arg_text(r->name), rr_arg_jsonb(r->definition),
				rr_arg_jsonb(definition)
		}
	};
	if (same_jsonb(definition, r->definition))
		change->write = NULL;
	names->changes = lappend(names->changes, change);
}

static void
change_computed_field(RrNamesBefore *names, const RrComputedField *f)
{
	const RrTableNames *source = rr_names_table(names, f->source_schema, f->source_table);
	const RrFunctionNames *calls = rr_names_function(names, f->function_schema, f->function_name);
	const char *schema = source ? source->new_schema : f->source_schema;
	const char *table = source ? source->new_name : f->source_table;
	const char *function_schema = calls ? calls->new_schema : f->function_schema;
	const char *function = calls ? calls->new_name : f->function_name;
	Change	   *change;

	if (!is_elsewhere(f->source_schema, f->source_table, schema, table) &&
		!is_elsewhere(f->function_schema, f->function_name, function_schema, function))
		return;
	change = palloc0(sizeof(Change));
	*change = (Change)
	{
		.name = f->name,
			.from = table_label("computed field", f->source_schema, f->source_table, f->name),
			.to = table_label("computed field", schema, table, f->name),
			.lock = "SELECT FROM remote_rel.computed_field WHERE table_schema OPERATOR(pg_catalog.=) $1 AND table_name OPERATOR(pg_catalog.=) $2 "
			"AND name OPERATOR(pg_catalog.=) $3 AND function_schema OPERATOR(pg_catalog.=) $4 AND function_name OPERATOR(pg_catalog.=) $5 FOR UPDATE",
			.nlock = 5,
			.clear = "DELETE FROM remote_rel.computed_field WHERE table_schema OPERATOR(pg_catalog.=) $6 "
			"AND table_name OPERATOR(pg_catalog.=) $7 AND name OPERATOR(pg_catalog.=) $3",
			.write = "UPDATE remote_rel.computed_field SET table_schema = $6, table_name = $7, function_schema = $8, function_name = $9 "
			"WHERE table_schema OPERATOR(pg_catalog.=) $1 AND table_name OPERATOR(pg_catalog.=) $2 AND name OPERATOR(pg_catalog.=) $3",
			.nwrite = 9,
			.args =
		{
			rr_arg_name(f->source_schema), rr_arg_name(f->source_table), rr_arg_text(f->name),
				rr_arg_name(f->function_schema), rr_arg_name(f->function_name),
				rr_arg_name(schema), rr_arg_name(table), rr_arg_name(function_schema),
				rr_arg_name(function)
		}
	};
	names->changes = lappend(names->changes, change);
}

static void
change_tracked_function(RrNamesBefore *names, const RrTrackedFunction *f)
{
	const RrFunctionNames *function = rr_names_function(names, f->function_schema,
														f->function_name);
	Change	   *change;

	if (function == NULL || !is_elsewhere(function->schema, function->name, function->new_schema,
										  function->new_name))
		return;
	change = palloc0(sizeof(Change));
	*change = (Change)
	{
		.name = "",
			.from = psprintf("tracked function \"%s.%s\"", f->function_schema, f->function_name),
			.to = psprintf("tracked function \"%s.%s\"", function->new_schema, function->new_name),
			.lock = "SELECT FROM remote_rel.tracked_function WHERE function_schema OPERATOR(pg_catalog.=) $1 "
			"AND function_name OPERATOR(pg_catalog.=) $2 FOR UPDATE",
			.nlock = 2,
			.clear = "DELETE FROM remote_rel.tracked_function WHERE function_schema OPERATOR(pg_catalog.=) $3 "
			"AND function_name OPERATOR(pg_catalog.=) $4",
			.write = "UPDATE remote_rel.tracked_function SET function_schema = $3, function_name = $4 "
			"WHERE function_schema OPERATOR(pg_catalog.=) $1 AND function_name OPERATOR(pg_catalog.=) $2",
			.nwrite = 4,
			.args =
		{
			rr_arg_name(f->function_schema), rr_arg_name(f->function_name),
				rr_arg_name(function->new_schema), rr_arg_name(function->new_name)
		}
	};
	names->changes = lappend(names->changes, change);
}

static void
change_customization(RrNamesBefore *names, const RrTableCustomization *c)
{
	const RrTableNames *source = rr_names_table(names, c->source_schema, c->source_table);
	Jsonb	   *configuration;
	Change	   *change;

	if (!is_renamed(source))
		return;
	configuration = rr_rename_in_configuration(c->configuration, source);
	change = palloc0(sizeof(Change));
	*change = (Change)
	{
		.name = "",
			.from = psprintf("customization of table \"%s.%s\"", c->source_schema, c->source_table),
			.to = psprintf("customization of table \"%s.%s\"", source->new_schema,
						   source->new_name),
			.lock = "SELECT FROM remote_rel.table_customization WHERE table_schema OPERATOR(pg_catalog.=) $1 "
			"AND table_name OPERATOR(pg_catalog.=) $2 AND (configuration OPERATOR(pg_catalog.=) $3 "
			"OR (configuration IS NULL AND $3 IS NULL)) FOR UPDATE",
			.nlock = 3,
			.clear = "DELETE FROM remote_rel.table_customization WHERE table_schema OPERATOR(pg_catalog.=) $4 "
			"AND table_name OPERATOR(pg_catalog.=) $5",
			.write = "UPDATE remote_rel.table_customization SET table_schema = $4, table_name = $5, configuration = $6 "
			"WHERE table_schema OPERATOR(pg_catalog.=) $1 AND table_name OPERATOR(pg_catalog.=) $2",
			.nwrite = 6,
			.args =
		{
			rr_arg_name(c->source_schema), rr_arg_name(c->source_table),
				rr_arg_jsonb(c->configuration), rr_arg_name(source->new_schema),
				rr_arg_name(source->new_name), rr_arg_jsonb(configuration)
		}
	};
	names->changes = lappend(names->changes, change);
}

static void
collect_changes(RrNamesBefore *names)
{
	ListCell   *lc;

	foreach(lc, names->table_relationships)
		change_table_relationship(names, lfirst(lc));
	foreach(lc, names->remote_relationships)
		change_remote_relationship(names, lfirst(lc));
	foreach(lc, names->computed_fields)
		change_computed_field(names, lfirst(lc));
	foreach(lc, names->tracked_functions)
		change_tracked_function(names, lfirst(lc));
	foreach(lc, names->customizations)
		change_customization(names, lfirst(lc));
}

/*
 * Order the rows to be locked: by name, then by the label before this command.
 * Sessions that have read the same rows lock them in the same order.
 */
static int
compare_changes(const ListCell *a, const ListCell *b)
{
	const Change *left = lfirst(a);
	const Change *right = lfirst(b);
	int			result = strcmp(left->name, right->name);

	return result ? result : strcmp(left->from, right->from);
}

/* False when a row is no longer as it was read. */
static bool
lock_rows(List *changes)
{
	ListCell   *lc;

	foreach(lc, changes)
	{
		const Change *change = lfirst(lc);

		if (rr_metadata_execute(change->lock, change->nlock, change->args) == 0)
			return false;
	}
	return true;
}

/* Does another row still have the key that this one is going to get? */
static bool
must_wait(const Change *change, List *changes)
{
	ListCell   *lc;

	if (strcmp(change->from, change->to) == 0)
		return false;
	foreach(lc, changes)
	{
		const Change *other = lfirst(lc);

		if (other != change && !other->written && strcmp(other->from, change->to) == 0)
			return true;
	}
	return false;
}

static void
write_row(Change *change)
{
	/*
	 * the row that has the new key belongs to a table or function that did
	 * not exist when this one took its name
	 */
	if (strcmp(change->from, change->to) != 0 &&
		rr_metadata_execute(change->clear, change->nwrite, change->args) > 0)
		ereport(NOTICE,
				(errmsg("%s, which did not exist, gives way to what was renamed", change->to)));
	if (change->write)
		(void) rr_metadata_execute(change->write, change->nwrite, change->args);
	change->written = true;
}

static void
write_rows(List *changes)
{
	int			left = list_length(changes);
	ListCell   *lc;

	while (left > 0)
	{
		int			before = left;

		foreach(lc, changes)
		{
			Change	   *change = lfirst(lc);

			if (change->written || must_wait(change, changes))
				continue;
			write_row(change);
			left--;
		}
		if (left == before)
			ereport(ERROR,
					(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
					 errmsg("tables that exchange their names within one command cannot be followed")));
	}
}

static void
follow(void)
{
	for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++)
	{
		RrNamesBefore *names;

		PushCopiedSnapshot(GetLatestSnapshot());
		names = rr_names_collect();
		collect_changes(names);
		list_sort(names->changes, compare_changes);
		if (lock_rows(names->changes))
		{
			write_rows(names->changes);
			PopActiveSnapshot();
			return;
		}
		PopActiveSnapshot();
	}
	ereport(ERROR,
			(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
			 errmsg("other sessions have changed metadata of what was renamed")));
}

/*
 * ALTER SCHEMA ... RENAME locks neither the schema nor a table in it. Whoever
 * stores metadata about one of its tables or functions has locked the schema
 * (rr_lock_schema_of()): wait for him, and let nobody begin until the end of
 * the transaction. Others are not kept waiting.
 */
static void
lock_schemas(int n, const Oid *classes, const Oid *objects)
{
	for (int i = 0; i < n; i++)
		if (classes[i] == NamespaceRelationId)
			LockDatabaseObject(NamespaceRelationId, objects[i], 0, ShareLock);
}

/* Does a command on an extension move anything that metadata name? */
static bool
something_changes(void)
{
	RrNamesBefore *names;

	PushCopiedSnapshot(GetLatestSnapshot());
	names = rr_names_collect();
	collect_changes(names);
	PopActiveSnapshot();
	return names->changes != NIL;
}

/* ---- for the event triggers ---- */

PG_FUNCTION_INFO_V1(rr_note_names);
PG_FUNCTION_INFO_V1(rr_follow_names);

Datum
rr_note_names(PG_FUNCTION_ARGS pg_attribute_unused())
{
	rr_names_begin();
	PG_RETURN_VOID();
}

static Oid *
read_oids(ArrayType *array, int *n)
{
	Datum	   *datums;
	Oid		   *oids;

	deconstruct_array(array, OIDOID, sizeof(Oid), true, TYPALIGN_INT, &datums, NULL, n);
	oids = palloc(*n * sizeof(Oid));
	for (int i = 0; i < *n; i++)
		oids[i] = DatumGetObjectId(datums[i]);
	return oids;
}

/*
 * follow_names(classes oid[], objects oid[]): the objects that the command
 * touched, classes[i] with objects[i]; NULL for none.
 */
Datum
rr_follow_names(PG_FUNCTION_ARGS)
{
	Oid		   *classes;
	Oid		   *objects;
	int			nclasses;
	int			n;
	bool		concerns;
	bool		extension;

	if (!rr_names_end() || PG_ARGISNULL(0) || PG_ARGISNULL(1))
		PG_RETURN_VOID();
	classes = read_oids(PG_GETARG_ARRAYTYPE_P(0), &nclasses);
	objects = read_oids(PG_GETARG_ARRAYTYPE_P(1), &n);
	PushCopiedSnapshot(GetLatestSnapshot());
	concerns = rr_names_changed(Min(n, nclasses), classes, objects, &extension);
	PopActiveSnapshot();
	if (!concerns)
		PG_RETURN_VOID();
	lock_schemas(Min(n, nclasses), classes, objects);
	if (extension && something_changes())
		rr_metadata_lock();
	follow();
	PG_RETURN_VOID();
}
