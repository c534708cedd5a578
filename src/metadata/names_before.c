/*
 * names_before.c: looks up names as they were before the command in progress;
 * see names_before.h.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/pg_attribute.h"
#include "catalog/pg_class.h"
#include "catalog/pg_extension.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_proc.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

#include "compat.h"
#include "metadata/names_before.h"

/* ---- commands in progress ---- */

/*
 * Track so many nested commands. Below that, follow renames at the end of the
 * outer one.
 */
#define MAX_NESTED 32

static struct
{
	CommandId	since;			/* start of what has not been followed yet */
	CommandId	before;			/* the same, for the command that has just
								 * ended */
	int			depth;
	int			levels[MAX_NESTED]; /* nesting level of the transaction that
									 * each command runs in */
}			commands;

/*
 * A command that fails does not reach rr_names_end(); its subtransaction
 * aborts.
 */
static void
on_subtransaction(SubXactEvent event, SubTransactionId subid pg_attribute_unused(),
				  SubTransactionId parent pg_attribute_unused(),
				  void *arg pg_attribute_unused())
{
	if (event != SUBXACT_EVENT_ABORT_SUB)
		return;
	while (commands.depth > 0 &&
		   (commands.depth > MAX_NESTED ||
			commands.levels[commands.depth - 1] >= GetCurrentTransactionNestLevel()))
		commands.depth--;
}

static void
on_transaction(XactEvent event, void *arg pg_attribute_unused())
{
	if (event == XACT_EVENT_COMMIT || event == XACT_EVENT_ABORT || event == XACT_EVENT_PREPARE)
		commands.depth = 0;
}

void
rr_names_begin(void)
{
	static bool registered = false;

	if (!registered)
	{
		RegisterXactCallback(on_transaction, NULL);
		RegisterSubXactCallback(on_subtransaction, NULL);
		registered = true;
	}
	if (commands.depth == 0)
		commands.since = GetCurrentCommandId(false);
	if (commands.depth < MAX_NESTED)
		commands.levels[commands.depth] = GetCurrentTransactionNestLevel() - 1;
	commands.depth++;
}

bool
rr_names_end(void)
{
	if (commands.depth == 0)
		return false;
	commands.depth--;
	commands.before = commands.since;
	commands.since = GetCurrentCommandId(false);
	return true;
}

/* ---- the server's catalogs, before or now ---- */

/* Push the active snapshot as it was before the command. */
static void
push_before(void)
{
	PushCopiedSnapshot(GetActiveSnapshot());
	GetActiveSnapshot()->curcid = commands.before;
}

typedef void (*Visit) (HeapTuple tuple, void *arg);

static void
scan(Oid catalog, Oid index, int nkeys, ScanKey keys, Visit visit, void *arg)
{
	Relation	rel = table_open(catalog, AccessShareLock);
	SysScanDesc scan = systable_beginscan(rel, index, true, GetActiveSnapshot(), nkeys, keys);
	HeapTuple	tuple;

	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
		visit(tuple, arg);
	systable_endscan(scan);
	table_close(rel, AccessShareLock);
}

static void
scan_by_oid(Oid catalog, Oid index, AttrNumber column, Oid oid, Visit visit, void *arg)
{
	ScanKeyData key;

	ScanKeyInit(&key, column, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(oid));
	scan(catalog, index, 1, &key, visit, arg);
}

/* An object as its catalog row says. */
typedef struct Found
{
	int			count;
	Oid			oid;
	Oid			namespace;
	NameData	name;
} Found;

static void
visit_class(HeapTuple tuple, void *arg)
{
	Form_pg_class form = (Form_pg_class) GETSTRUCT(tuple);

	*(Found *) arg = (Found) {1, form->oid, form->relnamespace, form->relname};
}

static void
visit_namespace(HeapTuple tuple, void *arg)
{
	Form_pg_namespace form = (Form_pg_namespace) GETSTRUCT(tuple);

	*(Found *) arg = (Found) {1, form->oid, InvalidOid, form->nspname};
}

static void
visit_function(HeapTuple tuple, void *arg)
{
	Form_pg_proc form = (Form_pg_proc) GETSTRUCT(tuple);

	*(Found *) arg = (Found) {1, form->oid, form->pronamespace, form->proname};
}

typedef struct Columns
{
	int			n;
	char	  **names;
} Columns;

static void
visit_column(HeapTuple tuple, void *arg)
{
	Form_pg_attribute form = (Form_pg_attribute) GETSTRUCT(tuple);
	Columns    *columns = arg;

	/* in the order of attnum */
	if (form->attnum <= 0)
		return;
	columns->names = columns->names ? repalloc(columns->names, form->attnum * sizeof(char *))
		: palloc(form->attnum * sizeof(char *));
	while (columns->n < form->attnum)
		columns->names[columns->n++] = NULL;
	if (!form->attisdropped)
		columns->names[form->attnum - 1] = pstrdup(NameStr(form->attname));
}

static Columns
read_columns(Oid table)
{
	Columns		columns = {0};

	scan_by_oid(AttributeRelationId, AttributeRelidNumIndexId, Anum_pg_attribute_attrelid, table,
				visit_column, &columns);
	return columns;
}

/* ---- has something been renamed? ---- */

static Found
find_object(Oid class, Oid oid)
{
	Found		found = {0};

	if (class == RelationRelationId)
		scan_by_oid(class, ClassOidIndexId, Anum_pg_class_oid, oid, visit_class, &found);
	else if (class == ProcedureRelationId)
		scan_by_oid(class, ProcedureOidIndexId, Anum_pg_proc_oid, oid, visit_function, &found);
	else if (class == NamespaceRelationId)
		scan_by_oid(class, NamespaceOidIndexId, Anum_pg_namespace_oid, oid, visit_namespace,
					&found);
	return found;
}

static bool
columns_differ(const Columns *a, const Columns *b)
{
	for (int i = 0; i < Min(a->n, b->n); i++)
	{
		if (a->names[i] && b->names[i] && strcmp(a->names[i], b->names[i]) != 0)
			return true;
	}
	return false;
}

static bool
is_renamed(Oid class, Oid oid)
{
	Found		before;
	Found		now = find_object(class, oid);
	Columns		columns_before = {0};
	Columns		columns_now = {0};

	push_before();
	before = find_object(class, oid);
	if (class == RelationRelationId)
		columns_before = read_columns(oid);
	PopActiveSnapshot();
	if (class == RelationRelationId)
		columns_now = read_columns(oid);
	if (before.count == 0 || now.count == 0)
		return false;
	return before.namespace != now.namespace || strcmp(NameStr(before.name),
													   NameStr(now.name)) != 0 ||
		columns_differ(&columns_before, &columns_now);
}

bool
rr_names_changed(int n, const Oid *classes, const Oid *objects, bool *extension)
{
	bool		any = false;

	*extension = false;
	for (int i = 0; i < n; i++)
	{
		if (classes[i] != ExtensionRelationId && !is_renamed(classes[i], objects[i]))
			continue;
		any = true;
		*extension |= classes[i] == ExtensionRelationId;
	}
	return any;
}

/* ---- names ---- */

static Oid
find_namespace(const char *name)
{
	Found		found = {0};
	ScanKeyData key;

	ScanKeyInit(&key, Anum_pg_namespace_nspname, BTEqualStrategyNumber, F_NAMEEQ,
				CStringGetDatum(name));
	scan(NamespaceRelationId, NamespaceNameIndexId, 1, &key, visit_namespace, &found);
	return found.oid;
}

static Oid
find_table(const char *schema, const char *name)
{
	Oid			namespace = find_namespace(schema);
	Found		found = {0};
	ScanKeyData keys[2];

	if (!OidIsValid(namespace))
		return InvalidOid;
	ScanKeyInit(&keys[0], Anum_pg_class_relname, BTEqualStrategyNumber, F_NAMEEQ,
				CStringGetDatum(name));
	ScanKeyInit(&keys[1], Anum_pg_class_relnamespace, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(namespace));
	scan(RelationRelationId, ClassNameNspIndexId, 2, keys, visit_class, &found);
	return found.oid;
}

/*
 * The functions of a name in a schema, as rr_lookup_function() counts them:
 * namespace is the caller's to fill in.
 */
static void
visit_named_function(HeapTuple tuple, void *arg)
{
	Form_pg_proc form = (Form_pg_proc) GETSTRUCT(tuple);
	Found	   *found = arg;

	if (form->pronamespace != found->namespace || form->prokind != PROKIND_FUNCTION)
		return;
	found->oid = form->oid;
	found->count++;
}

static Oid
find_function(const char *schema, const char *name)
{
	Found		found = {.namespace = find_namespace(schema)};
	ScanKeyData key;

	if (!OidIsValid(found.namespace))
		return InvalidOid;
	ScanKeyInit(&key, Anum_pg_proc_proname, BTEqualStrategyNumber, F_NAMEEQ, CStringGetDatum(name));
	scan(ProcedureRelationId, ProcedureNameArgsNspIndexId, 1, &key, visit_named_function, &found);
	return found.count == 1 ? found.oid : InvalidOid;
}

/* The present names of an object; unchanged when it is gone. */
static void
names_now(Oid class, Oid oid, const char **schema, const char **name)
{
	Found		object = find_object(class, oid);
	Found		namespace = object.count > 0 ? find_object(NamespaceRelationId, object.namespace)
	: object;

	if (namespace.count == 0)
		return;
	*schema = pstrdup(NameStr(namespace.name));
	*name = pstrdup(NameStr(object.name));
}

RrTableNames *
rr_table_before(const char *schema, const char *name)
{
	RrTableNames *table = palloc0(sizeof(RrTableNames));
	Columns		before = {0};
	Columns		now;

	push_before();
	table->oid = find_table(schema, name);
	if (OidIsValid(table->oid))
		before = read_columns(table->oid);
	PopActiveSnapshot();
	if (!OidIsValid(table->oid))
		return NULL;

	now = read_columns(table->oid);
	table->schema = table->new_schema = schema;
	table->name = table->new_name = name;
	names_now(RelationRelationId, table->oid, &table->new_schema, &table->new_name);
	table->columns = before.names;
	table->new_columns = now.names;
	table->ncolumns = Min(before.n, now.n);
	return table;
}

RrFunctionNames *
rr_function_before(const char *schema, const char *name)
{
	RrFunctionNames *function = palloc0(sizeof(RrFunctionNames));

	push_before();
	function->oid = find_function(schema, name);
	PopActiveSnapshot();
	if (!OidIsValid(function->oid))
		return NULL;

	function->schema = function->new_schema = schema;
	function->name = function->new_name = name;
	names_now(ProcedureRelationId, function->oid, &function->new_schema, &function->new_name);
	return function;
}
