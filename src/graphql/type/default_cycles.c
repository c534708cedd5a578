/*
 * default_cycles.c: find default values of input fields that include
 * themselves (specification, 3.10).
 *
 * A literal of an input object takes in the default values of the fields that
 * it leaves out, and these may be such literals, too. This is a search along
 * these references. It enters each default value once.
 *
 * n literals of a type may each leave out all n fields; so skip finished
 * fields in one step.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "graphql/type/schema_int.h"

typedef struct DefaultType DefaultType;

/* An input field. */
typedef struct DefaultField
{
	const char *name;
	DefaultType *owner;
	GqlInputValueDef *def;
	GqlType    *target;			/* the input object that it is of; NULL: it is
								 * of no input object */
	int			index;			/* in owner->fields */
	int			path_index;		/* in GqlSchemaCheck.default_path; -1: not on
								 * it */
	bool		entered;		/* the search was there */
} DefaultField;

/* An input object. */
struct DefaultType
{
	const char *name;
	int			n;
	DefaultField *fields;		/* in the type's order */
	GqlNames	by_name;		/* DefaultField */

	/*
	 * Disjoint sets, as a tree. next[i]: a later field, with no open field
	 * between; i itself if it is open. A field is open until the search is
	 * done with its default value; the end, next[n], always is.
	 */
	int		   *next;
};

gql_starts_with_name(DefaultField, name);
gql_starts_with_name(DefaultType, name);

/* A field that a literal gives. */
typedef struct Given
{
	DefaultField *field;
	const GqlValue *value;
	int			position;		/* in the literal; of equal names the last
								 * counts */
} Given;

static void follow_literal(GqlSchemaCheck *c, GqlType *type, const GqlValue *literal);

static DefaultType *
get_type(GqlSchemaCheck *c, GqlType *type)
{
	DefaultType *entry = gql_names_get(&c->default_types, type->name);
	const GqlNames *defs;

	if (entry != NULL)
		return entry;
	defs = gql_type_fields(c->schema, type);
	entry = palloc0(sizeof(DefaultType));
	entry->name = type->name;
	entry->n = defs->n;
	entry->fields = palloc0(sizeof(DefaultField) * Max(defs->n, 1));
	entry->next = palloc(sizeof(int) * (defs->n + 1));
	for (int i = 0; i < defs->n; i++)
	{
		DefaultField *field = &entry->fields[i];
		GqlInputValueDef *def = defs->items[i];
		GqlType    *target = gql_named_type(def->type);

		field->name = def->name;
		field->owner = entry;
		field->def = def;
		field->target = target->kind == GQL_INPUT_OBJECT ? target : NULL;
		field->index = i;
		field->path_index = -1;
		gql_names_add(&entry->by_name, field);
		entry->next[i] = field->target != NULL && def->default_value != NULL ? i : i + 1;
	}
	entry->next[entry->n] = entry->n;
	gql_names_add(&c->default_types, entry);
	return entry;
}

/* The first open field from an index on; the number of fields: none. */
static int
find_open(DefaultType *type, int i)
{
	int			open = i;

	while (type->next[open] != open)
		open = type->next[open];
	while (i != open)
	{
		int			next = type->next[i];

		type->next[i] = open;
		i = next;
	}
	return open;
}

static void
report_cycle(GqlSchemaCheck *c, const DefaultField *field)
{
	int			end = Min(list_length(c->default_path), field->path_index + GQL_MAX_CYCLE_SHOWN);
	List	   *names = NIL;
	GqlError   *error;

	/* there may be as many as pairs of fields, so the rest is not searched */
	if (!gql_count_cycle(c, c->errors))
	{
		c->defaults_stopped = true;
		return;
	}
	for (int i = field->path_index + 1; i < end; i++)
	{
		const DefaultField *via = list_nth(c->default_path, i);

		names = lappend(names, psprintf("%s.%s", via->owner->name, via->name));
	}
	error = gql_error(c->errors,
					  "Invalid circular reference. The default value of Input Object field %s.%s references itself%s%s.",
					  field->owner->name, field->name,
					  names != NIL ? " via the default values of: " : "",
					  gql_show_cycle(names, 0));
	for (int i = field->path_index; i < end; i++)
	{
		const DefaultField *via = list_nth(c->default_path, i);

		gql_error_locate(c->errors, error, c->source, via->def->default_value->loc);
	}
}

/* Follow the default value of a field that a literal leaves out. */
static void
follow_field(GqlSchemaCheck *c, DefaultField *field)
{
	if (!gql_check_spend(c, 1) || c->defaults_stopped)
		return;
	if (field->path_index >= 0)
	{
		report_cycle(c, field);
		return;
	}
	if (field->entered)
		return;
	field->entered = true;
	if (field->def->default_value != NULL)
	{
		field->path_index = list_length(c->default_path);
		c->default_path = lappend(c->default_path, field);
		follow_literal(c, field->target, field->def->default_value);
		c->default_path = list_delete_last(c->default_path);
		field->path_index = -1;
	}
	field->owner->next[field->index] = field->index + 1;
}

static int
compare_given(const void *a, const void *b)
{
	const Given *x = a;
	const Given *y = b;

	return x->field->index != y->field->index ? x->field->index - y->field->index
		: x->position - y->position;
}

/*
 * The fields of input objects that a literal gives, in the type's order; *n
 * says how many.
 */
static Given *
list_given(const DefaultType *type, const GqlValue *literal, int *n)
{
	Given	   *given = palloc(sizeof(Given) * Max(list_length(literal->items), 1));
	int			found = 0;
	ListCell   *lc;

	*n = 0;
	foreach(lc, literal->items)
	{
		const GqlObjectField *member = lfirst(lc);
		DefaultField *field = gql_names_get(&type->by_name, member->name.value);

		if (field != NULL && field->target != NULL)
			given[found++] = (Given) {field, member->value, foreach_current_index(lc)};
	}
	qsort(given, found, sizeof(Given), compare_given);
	for (int i = 0; i < found; i++)
	{
		if (i + 1 == found || given[i].field != given[i + 1].field)
			given[(*n)++] = given[i];
	}
	return given;
}

/*
 * Follow what a literal of an input object gives, and the default values that
 * it takes in, in the type's order.
 */
static void
follow_object(GqlSchemaCheck *c, GqlType *type, const GqlValue *literal)
{
	DefaultType *entry = get_type(c, type);
	int			ngiven;
	Given	   *given = list_given(entry, literal, &ngiven);
	int			g = 0;
	int			i = find_open(entry, 0);

	while (!c->defaults_stopped)
	{
		int			next = g < ngiven ? given[g].field->index : entry->n;

		if (i < next)
		{
			follow_field(c, &entry->fields[i]);
			i = find_open(entry, i + 1);
		}
		else if (g < ngiven)
		{
			follow_literal(c, given[g].field->target, given[g].value);
			g++;
			if (i == next)
				i = find_open(entry, i + 1);
		}
		else
			break;
	}
	pfree(given);
}

/* Follow a literal where an input object, or lists of it, is expected. */
static void
follow_literal(GqlSchemaCheck *c, GqlType *type, const GqlValue *literal)
{
	ListCell   *lc;

	if (!gql_check_spend(c, 1) || c->defaults_stopped)
		return;
	if (stack_is_too_deep())
	{
		gql_report_too_deep(c);
		return;
	}
	if (literal->kind == GQL_VALUE_LIST)
	{
		foreach(lc, literal->items)
			follow_literal(c, type, lfirst(lc));
	}
	else if (literal->kind == GQL_VALUE_OBJECT)
		follow_object(c, type, literal);
}

void
gql_check_default_cycles(GqlSchemaCheck *check, GqlType *type)
{
	DefaultType *entry = get_type(check, type);

	for (int i = find_open(entry, 0); i < entry->n; i = find_open(entry, i + 1))
		follow_field(check, &entry->fields[i]);
}
