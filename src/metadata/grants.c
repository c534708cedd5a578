/*
 * grants.c: translates Hasura's permissions on tables and functions, and its
 * inherited roles, into SQL statements.
 *
 * Nothing is run: the owner of the tables has to do that. The commands throw
 * an error whose hint has the statements; replace_metadata returns them.
 *
 * A condition that reads other tables becomes a SECURITY DEFINER function. As
 * a plain subquery in the policy it would need the role to have SELECT on
 * those tables, their policies would apply in it, and two policies that read
 * each other's tables would be rejected as infinite recursion.
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_namespace.h"
#include "commands/defrem.h"
#include "common/hashfn.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/regproc.h"

#include "compat.h"
#include "metadata/policy_condition.h"
#include "metadata/grants.h"

/* What is being written. */
typedef struct Grants
{
	const char *verb;			/* "select", … */
	const char *privilege;		/* "SELECT" */
	const RrTable *table;
	const char *table_sql;
	const char *role;			/* quoted */
	const char *role_name;
	bool		whole_row;		/* every column was granted */
	List	   *roles;			/* char *: created by earlier statements */
	StringInfoData statements;	/* one a line */
	StringInfoData left_out;	/* members without a counterpart, and other
								 * differences, one a line */
	bool		limits_stored;	/* limits need no statement */
} Grants;

static void statement(Grants *g, const char *fmt,...) pg_attribute_printf(2, 3);

static void
statement(Grants *g, const char *fmt,...)
{
	va_list		args;

	if (g->statements.len)
		appendStringInfoChar(&g->statements, '\n');
	va_start(args, fmt);
	appendStringInfoString(&g->statements, gql_format_message(fmt, args));
	va_end(args);
	appendStringInfoChar(&g->statements, ';');
}

static void
leave_out(Grants *g, const RrDoc *doc, const char *why)
{
	appendStringInfo(&g->left_out, "\n%s is left out: %s", rr_doc_path(doc), why);
}

/* Add a line to what is said beside the statements. */
static void
remark(Grants *g, const char *text)
{
	appendStringInfo(&g->left_out, "\n%s", text);
}

/*
 * "first_second_label". Where the name is cut, or is ambiguous, a hash of the
 * parts makes it theirs alone. second: NULL if there is none.
 */
static const char *
object_name(const char *first, const char *second, const char *label, bool ambiguous)
{
	const char *whole = psprintf("%s_%s", first, second ? second : "");

	if (ambiguous || strlen(whole) + strlen(label) + 1 >= NAMEDATALEN)
	{
		uint32		hash = hash_bytes((const unsigned char *) first, strlen(first));

		if (second)
			hash = hash_combine(hash, hash_bytes((const unsigned char *) second,
												 strlen(second)));
		label = psprintf("%s_%08x", label, hash);
	}
	return makeObjectName(first, second, label);
}

static const char *
policy_name(const Grants *g)
{
	return quote_identifier(object_name(g->role_name, NULL, g->verb, false));
}

/*
 * The name of a function of the permission. what is "filter", "check" or
 * "preset". Those of presets have no argument to tell table a and role b_c
 * from table a_b and role c.
 */
static const char *
function_name(const Grants *g, const char *what)
{
	bool		ambiguous = strcmp(what, "preset") == 0 && strchr(g->role_name, '_') != NULL;

	return quote_qualified_identifier(g->table->schema,
									  object_name(g->table->relation, g->role_name,
												  psprintf("%s_%s", g->verb, what), ambiguous));
}

static const char *
trigger_name(const Grants *g)
{
	return quote_identifier(object_name(g->role_name, NULL, psprintf("%s_preset", g->verb),
										false));
}

/*
 * The name of a role. Throws for names that no role can have; "public" means
 * all roles in GRANT.
 */
static const char *
role_name(const RrDoc *doc)
{
	const char *name = rr_doc_text(doc);

	if (*name == '\0' || strlen(name) >= NAMEDATALEN)
		ereport(ERROR,
				(errcode(*name ? ERRCODE_NAME_TOO_LONG : ERRCODE_INVALID_NAME),
				 errmsg("the name at %s is %s", rr_doc_path(doc), *name ? "too long" : "empty"),
				 errdetail("Names in PostgreSQL have 1 to %d bytes.", NAMEDATALEN - 1)));
	if (strncmp(name, "pg_", 3) == 0 || strcmp(name, "public") == 0 || strcmp(name, "none") == 0)
		ereport(ERROR,
				(errcode(ERRCODE_RESERVED_NAME),
				 errmsg("role name \"%s\" is reserved in PostgreSQL", name),
				 rr_doc_errdetail(doc),
				 errhint("Choose another, in the requests as well.")));
	return name;
}

static void
begin(Grants *g, const RrDoc *role)
{
	initStringInfo(&g->statements);
	initStringInfo(&g->left_out);
	g->role_name = role_name(role);
	g->role = quote_identifier(g->role_name);
}

static void
create_role(Grants *g, const char *role)
{
	if (OidIsValid(get_role_oid(role, true)) || rr_has_name(g->roles, role))
		return;
	g->roles = lappend(g->roles, pstrdup(role));
	statement(g, "CREATE ROLE %s NOLOGIN", quote_identifier(role));
}

static void
throw_statements(const Grants *g, const char *type, const char *as)
{
	ereport(ERROR,
			(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
			 errmsg("there is no metadata command \"%s\": here it is written as %s", type, as),
			 g->left_out.len ? errdetail_internal("%s", g->left_out.data + 1) : 0,
			 errhint("Run:\n%s", g->statements.data)));
}

/* ---- columns ---- */

static bool
in_presets(const RrDoc *presets, const char *name)
{
	ListCell   *lc;

	foreach(lc, rr_doc_members(presets))
	{
		if (strcmp(((const RrDoc *) lfirst(lc))->key, name) == 0)
			return true;
	}
	return false;
}

/* A column that no statement may write. */
static bool
is_generated(const RrColumn *column)
{
	return column->generated != '\0' || column->identity == ATTRIBUTE_IDENTITY_ALWAYS;
}

static void
add_name(StringInfo list, const char *name)
{
	appendStringInfo(list, "%s%s", list->len ? ", " : "", quote_identifier(name));
}

/*
 * columns is a list of names, "*", or NULL for all. Columns with a preset are
 * not granted.
 */
static void
grant_columns(Grants *g, const RrDoc *columns, const RrDoc *presets)
{
	StringInfoData list;
	ListCell   *lc;

	g->whole_row = columns == NULL || (rr_doc_is_string(columns) && strcmp(rr_doc_text(columns),
																		   "*") == 0);
	if (g->whole_row && (presets == NULL || rr_doc_length(presets) == 0))
	{
		statement(g, "GRANT %s ON %s TO %s", g->privilege, g->table_sql, g->role);
		return;
	}
	initStringInfo(&list);
	if (g->whole_row)
	{
		for (int i = 0; i < g->table->ncolumns; i++)
			if (!in_presets(presets, g->table->columns[i].sql_name) &&
				!is_generated(&g->table->columns[i]))
				add_name(&list, g->table->columns[i].sql_name);
	}
	else
		foreach(lc, rr_doc_items(columns))
	{
		const char *name = rr_policy_column(g->table, rr_doc_text(lfirst(lc)),
											lfirst(lc))->sql_name;

		if (!in_presets(presets, name))
			add_name(&list, name);
	}
	if (list.len)
		statement(g, "GRANT %s (%s) ON %s TO %s", g->privilege, list.data, g->table_sql, g->role);
}

/* ---- policies ---- */

/*
 * The schemas of search_path, each with a comma behind it, without pg_catalog
 * and temporary ones. The user's own functions find their tables by them, as
 * they do in a where.
 */
static const char *
search_path_in_force(void)
{
	StringInfoData out;
	ListCell   *lc;

	initStringInfo(&out);
	foreach(lc, fetch_search_path(false))
	{
		Oid			schema = lfirst_oid(lc);

		if (schema != PG_CATALOG_NAMESPACE && !isAnyTempNamespace(schema))
			appendStringInfo(&out, "%s, ", quote_identifier(rr_namespace_name(schema)));
	}
	return out.data;
}

/*
 * Say which schemas of the function's search_path everybody may create objects
 * in: those are found there as well, and run with its owner's rights.
 */
static void
remark_open_schemas(Grants *g, const char *function)
{
	ListCell   *lc;

	foreach(lc, fetch_search_path(false))
	{
		Oid			schema = lfirst_oid(lc);

		if (schema == PG_CATALOG_NAMESPACE || isAnyTempNamespace(schema) ||
			rr_namespace_aclcheck(schema, ACL_ID_PUBLIC, ACL_CREATE) != ACLCHECK_OK)
			continue;
		remark(g, psprintf("Function %s is not safe: it finds objects in schema \"%s\", where every role may create them. Run REVOKE CREATE ON SCHEMA %s FROM PUBLIC first.",
						   function, rr_namespace_name(schema),
						   quote_identifier(rr_namespace_name(schema))));
	}
}

/* The condition as SQL, or the call of a function that evaluates it. */
static const char *
condition(Grants *g, const RrDoc *filter, const char *what)
{
	RrPolicyNeeds needs;
	const char *sql = rr_policy_condition(filter, g->table, &needs);
	const char *function;
	const char *signature;

	if (!needs.owner_rights)
		return sql;
	function = function_name(g, what);
	signature = psprintf("%s(%s)", function, g->table_sql);
	if (needs.caller_path)
		remark_open_schemas(g, function);
	statement(g, "CREATE FUNCTION %s(%s %s) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, %spg_temp AS %s",
			  function, quote_identifier(g->table->relation), g->table_sql,
			  needs.caller_path ? search_path_in_force() : "",
			  quote_literal_cstr(psprintf("SELECT %s", sql)));
	statement(g, "REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC", signature);
	statement(g, "GRANT EXECUTE ON FUNCTION %s TO %s", signature, g->role);
	/* .*: the row, also where a column has the table's name */
	return psprintf("%s(%s.*)", function, quote_identifier(g->table->relation));
}

static bool
is_unconditional(const RrDoc *filter)
{
	return filter == NULL || rr_doc_members(filter) == NIL;
}

/* filter and check are the members of the permission, or NULL. */
static void
create_policy(Grants *g, const RrDoc *filter, const RrDoc *check)
{
	const char *using = NULL;
	const char *with_check = NULL;

	if (g->table->relkind != RELKIND_RELATION && g->table->relkind != RELKIND_PARTITIONED_TABLE)
	{
		if (!is_unconditional(filter))
			leave_out(g, filter, "only tables have policies. Write the condition into the view.");
		if (!is_unconditional(check))
			leave_out(g, check, "only tables have policies. Write it into the view, WITH CHECK OPTION.");
		return;
	}
	if (strcmp(g->verb, "insert") != 0)
		using = filter ? condition(g, filter, "filter") : "true";
	if (strcmp(g->verb, "insert") == 0 || strcmp(g->verb, "update") == 0)
		with_check = check ? condition(g, check, "check") : "true";
	if (!g->table->row_security && (!is_unconditional(filter) || !is_unconditional(check)))
		statement(g, "ALTER TABLE %s ENABLE ROW LEVEL SECURITY", g->table_sql);
	statement(g, "CREATE POLICY %s ON %s FOR %s TO %s%s%s%s%s%s%s", policy_name(g), g->table_sql,
			  g->privilege, g->role,
			  using ? " USING (" : "", using ? using : "", using ? ")" : "",
			  with_check ? " WITH CHECK (" : "", with_check ? with_check : "", with_check ? ")"
			  : "");
}

/* ---- presets ---- */

/*
 * Leaves the row alone if the table's policies would: for superusers, the
 * owner (unless FORCE ROW LEVEL SECURITY) and, where the table has policies,
 * BYPASSRLS. They have the rights of the role without its permission. The
 * trigger fires on partitions; the policies are those of the table above them.
 */
#define UNLESS_EXEMPT \
	" IF (SELECT CASE WHEN relrowsecurity THEN NOT pg_catalog.row_security_active(oid)" \
	" ELSE pg_catalog.pg_has_role(current_user, relowner, 'USAGE') END" \
	" FROM pg_catalog.pg_class" \
	" WHERE oid = coalesce(pg_catalog.pg_partition_root(TG_RELID), TG_RELID))" \
	" THEN RETURN NEW; END IF;"

/*
 * Presets hold for whom the grants and policies hold: the role, and its
 * members that inherit. A role that is dropped or renamed later matches
 * nobody: pg_has_role() by name would then fail every write to the table.
 */
static void
create_presets(Grants *g, const RrDoc *presets)
{
	const char *function = function_name(g, "preset");
	StringInfoData body;
	ListCell   *lc;

	if (presets == NULL || rr_doc_members(presets) == NIL)
		return;
	initStringInfo(&body);
	appendStringInfoString(&body, "BEGIN" UNLESS_EXEMPT);
	foreach(lc, rr_doc_members(presets))
	{
		const RrDoc *member = lfirst(lc);
		const RrColumn *column = rr_policy_column(g->table, member->key, member);

		appendStringInfo(&body, " NEW.%s := %s;", quote_identifier(column->sql_name),
						 member->value.type == jbvNull ? "NULL"
						 : rr_policy_value(member, column->type));
	}
	appendStringInfoString(&body, " RETURN NEW; END");
	statement(g, "CREATE FUNCTION %s() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS %s",
			  function, quote_literal_cstr(body.data));
	statement(g, "CREATE TRIGGER %s BEFORE %s ON %s FOR EACH ROW WHEN (pg_catalog.pg_has_role(current_user, pg_catalog.to_regrole(%s), 'USAGE')) EXECUTE FUNCTION %s()",
			  trigger_name(g), g->privilege, g->table_sql,
			  quote_literal_cstr(quote_identifier(g->role_name)), function);
}

/* ---- permissions ---- */

static void
grant_computed_fields(Grants *g, const RrDoc *fields)
{
	ListCell   *lc;

	foreach(lc, rr_doc_items(fields))
	{
		const RrFunction *function = gql_names_get(&g->table->computed, rr_doc_text(lfirst(lc)));

		if (function == NULL)
			leave_out(g, lfirst(lc), "the table has no such computed field. Add it first.");
		else
			statement(g, "GRANT EXECUTE ON FUNCTION %s TO %s",
					  format_procedure_qualified(function->oid), g->role);
	}
	if (fields && rr_doc_length(fields) > 0 && !g->whole_row)
		leave_out(g, fields, "a computed field takes the whole row, so it shows only to roles that may read every column.");
}

/* List the members that no statement can express. */
static void
leave_out_rest(Grants *g, const RrDoc *permission)
{
	static const char *const reasons[][2] = {
		{"query_root_fields", "root fields cannot be withheld from a role that may read the table."},
		{"subscription_root_fields", "there are no subscriptions."},
		{"backend_only", "there are no requests of a backend's own."},
		{"validate_input", "no webhook is asked. Use constraints or triggers."},
	};

	for (int i = 0; i < (int) lengthof(reasons); i++)
	{
		const RrDoc *member = rr_doc_get(permission, reasons[i][0]);

		if (member && (member->value.type != jbvBool || member->value.val.boolean))
			leave_out(g, member, reasons[i][1]);
	}
}

/*
 * "limit" and "allow_aggregations" of a select permission. replace_metadata
 * stores them itself.
 */
static void
limit_rows(Grants *g, const RrDoc *body)
{
	const RrTableLimit *limit = rr_table_limit_from_body(body);

	if (g->limits_stored || (limit->max_rows < 0 && limit->allow_aggregations))
		return;
	statement(g, "SELECT remote_rel.set_table_limits(%s, %s, %s, %s)",
			  quote_literal_cstr(g->table_sql), quote_literal_cstr(g->role_name),
			  limit->max_rows < 0 ? "NULL" : psprintf("%d", limit->max_rows),
			  limit->allow_aggregations ? "true" : "false");
}

static void
comment_on(Grants *g, const char *comment)
{
	if (comment && (g->table->relkind == RELKIND_RELATION ||
					g->table->relkind == RELKIND_PARTITIONED_TABLE))
		statement(g, "COMMENT ON POLICY %s ON %s IS %s", policy_name(g), g->table_sql,
				  quote_literal_cstr(comment));
}

/* body: {"permission", "comment"} */
static void
create_permission(Grants *g, const RrDoc *body)
{
	const RrDoc *permission = rr_doc_require(body, "permission");
	const RrDoc *presets = rr_doc_get(permission, "set");
	const RrDoc *filter = rr_doc_get(permission, "filter");
	const RrDoc *check = rr_doc_get(permission, "check");
	Oid			role = get_role_oid(g->role_name, true);

	if (strcmp(g->verb, "select") == 0)
		RR_DOC_CHECK_KEYS(permission, "columns", "computed_fields", "filter", "limit",
						  "allow_aggregations", "query_root_fields",
						  "subscription_root_fields");
	else if (strcmp(g->verb, "insert") == 0)
		RR_DOC_CHECK_KEYS(permission, "columns", "check", "set", "backend_only", "validate_input");
	else if (strcmp(g->verb, "update") == 0)
		RR_DOC_CHECK_KEYS(permission, "columns", "filter", "check", "set", "backend_only",
						  "validate_input");
	else
		RR_DOC_CHECK_KEYS(permission, "filter", "backend_only", "validate_input");
	(void) rr_doc_require(permission, strcmp(g->verb, "insert") == 0 ? "check" : "filter");

	create_role(g, g->role_name);
	if (OidIsValid(role) ? rr_namespace_aclcheck(g->table->schema_oid, role,
												 ACL_USAGE) != ACLCHECK_OK
		: strcmp(g->table->schema, "public") != 0)
		statement(g, "GRANT USAGE ON SCHEMA %s TO %s", quote_identifier(g->table->schema), g->role);
	if (strcmp(g->verb, "delete") == 0)
		statement(g, "GRANT DELETE ON %s TO %s", g->table_sql, g->role);
	else
		grant_columns(g, rr_doc_get(permission, "columns"), presets);
	grant_computed_fields(g, rr_doc_get(permission, "computed_fields"));
	create_policy(g, filter, check);
	create_presets(g, presets);
	comment_on(g, rr_doc_get_text(body, "comment", NULL));
	if (strcmp(g->verb, "select") == 0)
	{
		ListCell   *lc;

		limit_rows(g, body);
		foreach(lc, rr_missing_joining_columns(g->table, g->role_name, g->whole_row ? NULL
											   : rr_doc_get(permission, "columns")))
			remark(g, lfirst(lc));
	}
	leave_out_rest(g, permission);
}

static void
drop_permission(Grants *g)
{
	statement(g, "REVOKE %s ON %s FROM %s", g->privilege, g->table_sql, g->role);
	statement(g, "DROP POLICY IF EXISTS %s ON %s", policy_name(g), g->table_sql);
	if (strcmp(g->verb, "select") == 0)
		statement(g, "SELECT remote_rel.set_table_limits(%s, %s)",
				  quote_literal_cstr(g->table_sql), quote_literal_cstr(g->role_name));
	if (strcmp(g->verb, "insert") == 0 || strcmp(g->verb, "update") == 0)
	{
		statement(g, "DROP TRIGGER IF EXISTS %s ON %s", trigger_name(g), g->table_sql);
		statement(g, "DROP FUNCTION IF EXISTS %s()", function_name(g, "preset"));
		statement(g, "DROP FUNCTION IF EXISTS %s(%s)", function_name(g, "check"), g->table_sql);
	}
	if (strcmp(g->verb, "insert") != 0)
		statement(g, "DROP FUNCTION IF EXISTS %s(%s)", function_name(g, "filter"), g->table_sql);
}

static const char *const verbs[][2] = {
	{"select", "SELECT"}, {"insert", "INSERT"}, {"update", "UPDATE"}, {"delete", "DELETE"},
};

static void
set_verb(Grants *g, const char *verb, const RrDoc *doc)
{
	for (int i = 0; i < (int) lengthof(verbs); i++)
	{
		if (strcmp(verbs[i][0], verb) == 0)
		{
			g->verb = verbs[i][0];
			g->privilege = verbs[i][1];
			return;
		}
	}
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("expected \"select\", \"insert\", \"update\" or \"delete\" at %s",
					rr_doc_path(doc)),
			 errdetail("Found %s.", rr_doc_found(doc))));
}

static void
set_table(Grants *g, const char *schema, const char *name)
{
	g->table = rr_policy_table(schema, name);
	g->table_sql = quote_qualified_identifier(g->table->schema, g->table->relation);
}

static void
read_table(Grants *g, const RrDoc *args)
{
	const char *schema;
	const char *name;

	rr_check_source(args);
	rr_table_name_from_json(rr_doc_require(args, "table"), &schema, &name);
	set_table(g, schema, name);
}

/* {"table", "role", "permission", "comment"} */
static void
throw_table_permission(const char *type, const char *verb, bool create, const RrDoc *args)
{
	Grants		g = {0};

	if (create)
		RR_DOC_CHECK_KEYS(args, "source", "table", "role", "permission", "comment");
	else
		RR_DOC_CHECK_KEYS(args, "source", "table", "role");
	begin(&g, rr_doc_require(args, "role"));
	set_verb(&g, verb, args);
	read_table(&g, args);
	if (create)
		create_permission(&g, args);
	else
		drop_permission(&g);
	throw_statements(&g, type, create ? "GRANT and CREATE POLICY" : "REVOKE and DROP POLICY");
}

/* {"table", "role", "type", "comment"} */
static void
throw_comment(const char *type, const RrDoc *args)
{
	Grants		g = {0};
	const RrDoc *verb;

	RR_DOC_CHECK_KEYS(args, "source", "table", "role", "type", "comment");
	begin(&g, rr_doc_require(args, "role"));
	verb = rr_doc_require(args, "type");
	set_verb(&g, rr_doc_text(verb), verb);
	read_table(&g, args);
	comment_on(&g, rr_doc_get_text(args, "comment", ""));
	throw_statements(&g, type, "COMMENT ON POLICY");
}

/* {"function", "role"} */
static void
throw_function_permission(const char *type, bool create, const RrDoc *args)
{
	Grants		g = {0};
	const char *schema;
	const char *name;
	const char *function;

	RR_DOC_CHECK_KEYS(args, "source", "function", "role");
	rr_check_source(args);
	begin(&g, rr_doc_require(args, "role"));
	rr_table_name_from_json(rr_doc_require(args, "function"), &schema, &name);
	function = format_procedure_qualified(rr_get_function(schema, name));
	if (create)
	{
		create_role(&g, g.role_name);
		statement(&g, "GRANT EXECUTE ON FUNCTION %s TO %s", function, g.role);
	}
	else
		statement(&g, "REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC, %s", function, g.role);
	throw_statements(&g, type, create ? "GRANT" : "REVOKE");
}

/*
 * {"role_name", "role_set"}: the inherited role is a member of those of its
 * set.
 */
static void
create_inherited_role(Grants *g, const RrDoc *body)
{
	StringInfoData roles;
	ListCell   *lc;

	RR_DOC_CHECK_KEYS(body, "role_name", "role_set");
	begin(g, rr_doc_require(body, "role_name"));
	initStringInfo(&roles);
	foreach(lc, rr_doc_items(rr_doc_require(body, "role_set")))
	{
		const char *name = role_name(lfirst(lc));

		create_role(g, name);
		add_name(&roles, name);
	}
	create_role(g, g->role_name);
	if (roles.len)
		statement(g, "GRANT %s TO %s", roles.data, g->role);
	if (rr_doc_length(rr_doc_require(body, "role_set")) > 1)
		remark(g, "The role sees more than in Hasura: a column that one of the roles may read shows in every row that any of them sees, where Hasura shows null.");
}

static void
throw_inherited_role(const char *type, bool create, const RrDoc *args)
{
	Grants		g = {0};

	if (create)
		create_inherited_role(&g, args);
	else
	{
		RR_DOC_CHECK_KEYS(args, "role_name");
		begin(&g, rr_doc_require(args, "role_name"));
		statement(&g, "DROP ROLE IF EXISTS %s", g.role);
	}
	throw_statements(&g, type, create ? "membership between roles" : "DROP ROLE");
}

void
rr_throw_grants(const char *type, const char *bare, const RrDoc *request)
{
	bool		create = strncmp(bare, "create_", 7) == 0;
	const RrDoc *args;

	if (strstr(bare, "_permission") == NULL && strstr(bare, "_inherited_role") == NULL)
		return;
	args = rr_doc_require(request, "args");

	if (create || strncmp(bare, "drop_", 5) == 0)
	{
		const char *what = strchr(bare, '_') + 1;

		for (int i = 0; i < (int) lengthof(verbs); i++)
			if (strcmp(what, psprintf("%s_permission", verbs[i][0])) == 0)
				throw_table_permission(type, verbs[i][0], create, args);
		if (strcmp(what, "function_permission") == 0)
			throw_function_permission(type, create, args);
	}
	if (strcmp(bare, "set_permission_comment") == 0)
		throw_comment(type, args);
	if (strcmp(bare, "add_inherited_role") == 0 || strcmp(bare, "drop_inherited_role") == 0)
		throw_inherited_role(type, strcmp(bare, "add_inherited_role") == 0, args);
}

/* {"path", "statements", "left_out"} */
static Jsonb *
grants_json(const Grants *g, const RrDoc *doc)
{
	return rr_jsonb_object("path", rr_jsonb_text(rr_doc_path(doc)), "statements",
						   rr_jsonb_text(g->statements.data),
						   "left_out", g->left_out.len ? rr_jsonb_text(g->left_out.data + 1)
						   : NULL, NULL);
}

Jsonb	   *
rr_table_permission_json(const char *schema, const char *table, const char *verb,
						 const RrDoc *permission, List **roles)
{
	Grants		g = {.roles = *roles, .limits_stored = true};

	RR_DOC_CHECK_KEYS(permission, "role", "permission", "comment");
	begin(&g, rr_doc_require(permission, "role"));
	set_verb(&g, verb, permission);
	set_table(&g, schema, table);
	create_permission(&g, permission);
	*roles = g.roles;
	return grants_json(&g, permission);
}

Jsonb	   *
rr_inherited_role_json(const RrDoc *role, List **roles)
{
	Grants		g = {.roles = *roles};

	create_inherited_role(&g, role);
	*roles = g.roles;
	return grants_json(&g, role);
}
