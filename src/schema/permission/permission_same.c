/*
 * permission_same.c: do two permissions show the same?
 *
 * Each permission is written as a set of lines, one for each thing that the
 * role can reach from the root types, presets included. Permissions are the
 * same if their sets of lines are equal.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "schema/permission/permission_int.h"

typedef struct Writer
{
	GqlSchema  *schema;
	GqlNames	reached;		/* GqlType */
	List	   *lines;			/* char * */
} Writer;

static void
write_line(Writer *w, const char *what, const char *a, const char *b, const char *c)
{
	w->lines = lappend(w->lines, psprintf("%s %s %s %s", what, a, b, c));
}

static void reach(Writer *w, GqlType *type);

static void
write_input(Writer *w, const char *owner, const GqlInputValueDef *input)
{
	char	   *preset = rr_preset_text(input->node);

	write_line(w, "input", owner, psprintf("%s: %s", input->name,
										   gql_type_to_string(input->type)), preset ? preset : "");
	reach(w, gql_named_type(input->type));
}

static void
write_fields(Writer *w, GqlType *type)
{
	gql_foreach(GqlFieldDef, field, &type->fields)
	{
		write_line(w, "field", type->name, field->name, gql_type_to_string(field->type));
		gql_foreach(GqlInputValueDef, arg, &field->args)
			write_input(w, psprintf("%s.%s", type->name, field->name), arg);
		reach(w, gql_named_type(field->type));
	}
	gql_foreach(GqlType, interface, &type->interfaces)
	{
		write_line(w, "implements", type->name, interface->name, "");
		reach(w, interface);
	}
}

/* The type's lines, and those of what it leads to. */
static void
reach(Writer *w, GqlType *type)
{
	check_stack_depth();
	if (type->builtin || !gql_names_add(&w->reached, type))
		return;
	write_line(w, "type", type->name, gql_type_kind_name(type->kind), "");
	if (type->kind == GQL_OBJECT || type->kind == GQL_INTERFACE)
		write_fields(w, type);
	else if (type->kind == GQL_INPUT_OBJECT)
		gql_foreach(GqlInputValueDef, field, &type->fields)
			write_input(w, type->name, field);
	else if (type->kind == GQL_ENUM)
		gql_foreach(GqlEnumValueDef, value, &type->fields)
			write_line(w, "value", type->name, value->name, "");
	if (type->kind != GQL_UNION && type->kind != GQL_INTERFACE)
		return;
	gql_foreach(GqlType, member, &type->members)
	{
		write_line(w, "member", type->name, member->name, "");
		reach(w, member);
	}
}

static void
write_directive(Writer *w, const GqlDirectiveDef *directive)
{
	char	   *name = psprintf("@%s", directive->name);

	write_line(w, "directive", name, psprintf("%u", directive->locations), directive->repeatable
			   ? "repeatable" : "");
	gql_foreach(GqlInputValueDef, arg, &directive->args)
		write_input(w, name, arg);
}

static int
compare_lines(const ListCell *a, const ListCell *b)
{
	return strcmp(lfirst(a), lfirst(b));
}

/* NIL for what is no permission (any more). */
static List *
written(const char *sdl)
{
	GqlErrorList *errors = gql_errors_create(1, NULL);
	GqlDocument *document = rr_permission_parse(sdl, NULL, errors);
	Writer		w = {.schema = document ? rr_permission_build(document, NULL, errors) : NULL};

	if (w.schema == NULL)
		return NIL;
	gql_names_init(&w.reached, CurrentMemoryContext);
	for (int operation = GQL_QUERY; operation <= GQL_SUBSCRIPTION; operation++)
	{
		GqlType    *root = gql_schema_root(w.schema, operation);

		if (root != NULL)
			reach(&w, root);
	}
	gql_foreach(GqlDirectiveDef, directive, &w.schema->directives)
		if (!directive->builtin && strcmp(directive->name, RR_PRESET) != 0)
		write_directive(&w, directive);
	list_sort(w.lines, compare_lines);
	return w.lines;
}

static bool
same_sdl(const char *a, const char *b)
{
	List	   *as;
	List	   *bs;
	ListCell   *lc,
			   *lc2;

	if (strcmp(a, b) == 0)
		return true;
	as = written(a);
	bs = written(b);
	if (as == NIL || list_length(as) != list_length(bs))
		return false;
	forboth(lc, as, lc2, bs)
	{
		if (strcmp(lfirst(lc), lfirst(lc2)) != 0)
			return false;
	}
	return true;
}

typedef struct Pair
{
	const RrPermission *a;
	const RrPermission *b;
	bool		same;
} Pair;

bool
rr_same_permission(RrSamePermissions *known, const RrPermission *a, const RrPermission *b)
{
	Pair	   *pair;
	ListCell   *lc;

	foreach(lc, known->pairs)
	{
		pair = lfirst(lc);
		if (pair->a == a && pair->b == b)
			return pair->same;
	}
	pair = palloc(sizeof(Pair));
	pair->a = a;
	pair->b = b;
	pair->same = same_sdl(a->sdl, b->sdl);
	known->pairs = lappend(known->pairs, pair);
	return pair->same;
}
