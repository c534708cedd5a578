/*
 * introspection.c: answer the fields __schema and __type (specification,
 * section 4).
 *
 * Every object that a field returns has the same subfields, so they are
 * collected only once, for the first object, into a MetaPlan that all share.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "graphql/graphql.h"

/* What an introspection type describes, and the struct that holds it. */
typedef enum MetaKind
{
	META_SCHEMA,				/* GqlSchema */
	META_TYPE,					/* GqlTypeRef */
	META_FIELD,					/* GqlFieldDef */
	META_INPUT,					/* GqlInputValueDef */
	META_ENUM_VALUE,			/* GqlEnumValueDef */
	META_DIRECTIVE				/* GqlDirectiveDef */
} MetaKind;

typedef struct MetaStep
{
	const char *prefix;			/* printed before the value: "key": */
	int			prefix_len;
	GqlMetaField resolver;		/* 0: __typename */
	bool		include_deprecated;
	const GqlFieldSel *field;
	struct MetaPlan *below;		/* its subfields; NULL before the first object */
} MetaStep;

typedef struct MetaPlan
{
	GqlType    *type;			/* the introspection type */
	int			n;
	MetaStep	steps[FLEXIBLE_ARRAY_MEMBER];
} MetaPlan;

typedef struct Introspection
{
	GqlRequest *request;
	GqlSchema  *schema;
	GqlErrorList *errors;
	StringInfo	out;
	int			start;			/* length of out at the beginning */
	bool		failed;
	bool		completed;		/* all lazy types are complete */
} Introspection;

static void put_object(Introspection *in, MetaStep *step, MetaKind kind, const void *object);

/* ---- plans ---- */

static bool
include_deprecated(Introspection *in, const GqlFieldSel *field)
{
	GqlNames	values = {0};
	GqlArgumentValue *argument;

	if (field->def->args.n == 0)
		return false;
	if (!gql_coerce_arguments(in->request, field, &values, in->errors))
	{
		in->failed = true;
		return false;
	}
	argument = gql_names_get(&values, "includeDeprecated");
	return argument != NULL && argument->value->boolean;
}

static MetaPlan *
make_plan(Introspection *in, const GqlFieldSel *above)
{
	GqlType    *type = gql_named_type(above->def->type);
	List	   *fields = gql_collect_subfields(in->request, type, above);
	MetaPlan   *plan = palloc0(offsetof(MetaPlan, steps) + sizeof(MetaStep) * list_length(fields));
	ListCell   *lc;

	plan->type = type;
	foreach(lc, fields)
	{
		const GqlFieldSel *field = lfirst(lc);
		MetaStep   *step = &plan->steps[plan->n++];
		StringInfoData prefix;

		initStringInfo(&prefix);
		gql_json_string(&prefix, field->key, strlen(field->key));
		appendStringInfoChar(&prefix, ':');
		step->prefix = prefix.data;
		step->prefix_len = prefix.len;
		step->field = field;
		step->resolver = (GqlMetaField) (intptr_t) field->def->data;
		step->include_deprecated = include_deprecated(in, field);
	}
	return plan;
}

/* Complete all lazy types, once: all types are asked for. */
static void
complete(Introspection *in)
{
	if (!in->completed)
		gql_schema_complete(in->schema);
	in->completed = true;
}

/* ---- fields of several introspection types ---- */

static const char *
name_of(MetaKind kind, const void *object)
{
	const GqlTypeRef *ref = object;

	switch (kind)
	{
		case META_SCHEMA:
			return NULL;
		case META_TYPE:
			return ref->kind == GQL_TYPE_NAMED ? ref->type->name : NULL;
		case META_FIELD:
		case META_INPUT:
		case META_ENUM_VALUE:
		case META_DIRECTIVE:
			break;
	}
	return *(const char *const *) object;
}

static const char *
description_of(MetaKind kind, const void *object)
{
	const GqlTypeRef *ref = object;

	switch (kind)
	{
		case META_SCHEMA:
			return ((const GqlSchema *) object)->description;
		case META_TYPE:
			return ref->kind == GQL_TYPE_NAMED ? ref->type->description : NULL;
		case META_FIELD:
			return ((const GqlFieldDef *) object)->description;
		case META_INPUT:
			return ((const GqlInputValueDef *) object)->description;
		case META_ENUM_VALUE:
			return ((const GqlEnumValueDef *) object)->description;
		case META_DIRECTIVE:
			return ((const GqlDirectiveDef *) object)->description;
	}
	return NULL;
}

static const char *
deprecation_of(MetaKind kind, const void *object)
{
	switch (kind)
	{
		case META_SCHEMA:
		case META_TYPE:
			return NULL;
		case META_FIELD:
			return ((const GqlFieldDef *) object)->deprecation_reason;
		case META_INPUT:
			return ((const GqlInputValueDef *) object)->deprecation_reason;
		case META_ENUM_VALUE:
			return ((const GqlEnumValueDef *) object)->deprecation_reason;
		case META_DIRECTIVE:
			return ((const GqlDirectiveDef *) object)->deprecation_reason;
	}
	return NULL;
}

/* ---- values ---- */

static inline void
put_null(Introspection *in)
{
	appendBinaryStringInfo(in->out, "null", 4);
}

static inline void
put_boolean(Introspection *in, bool value)
{
	appendStringInfoString(in->out, value ? "true" : "false");
}

static void
put_text(Introspection *in, const char *text)
{
	if (text == NULL)
		put_null(in);
	else
		gql_json_string(in->out, text, strlen(text));
}

/* A list of the items of a set. */
static void
put_items(Introspection *in, MetaStep *step, MetaKind kind, const GqlNames *items,
		  bool deprecated_too)
{
	bool		first = true;

	appendStringInfoCharMacro(in->out, '[');
	for (int i = 0; i < items->n; i++)
	{
		const void *item = items->items[i];

		CHECK_FOR_INTERRUPTS();
		if (kind == META_TYPE)
			item = &((const GqlType *) item)->ref;
		else if (!deprecated_too && deprecation_of(kind, item) != NULL)
			continue;
		if (!first)
			appendStringInfoCharMacro(in->out, ',');
		put_object(in, step, kind, item);
		first = false;
	}
	appendStringInfoCharMacro(in->out, ']');
}

static void
put_root_type(Introspection *in, MetaStep *step, const GqlType *type)
{
	if (type == NULL)
		put_null(in);
	else
		put_object(in, step, META_TYPE, &type->ref);
}

static void
put_types(Introspection *in, MetaStep *step)
{
	GqlNames	used;

	complete(in);
	gql_names_init(&used, CurrentMemoryContext);
	gql_schema_list_types(in->schema, &used);
	put_items(in, step, META_TYPE, &used, true);
}

static void
put_locations(Introspection *in, const GqlDirectiveDef *directive)
{
	const char *before = "[";
	ListCell   *lc;

	foreach(lc, directive->location_list)
	{
		appendStringInfo(in->out, "%s\"%s\"", before, gql_directive_location_name(lfirst_int(lc)));
		before = ",";
	}
	appendStringInfoString(in->out, directive->location_list == NIL ? "[]" : "]");
}

static void
put_kind(Introspection *in, const GqlTypeRef *ref)
{
	switch (ref->kind)
	{
		case GQL_TYPE_NAMED:
			put_text(in, gql_type_kind_name(ref->type->kind));
			break;
		case GQL_TYPE_LIST:
			appendStringInfoString(in->out, "\"LIST\"");
			break;
		case GQL_TYPE_NON_NULL:
			appendStringInfoString(in->out, "\"NON_NULL\"");
			break;
	}
}

static void
put_default_value(Introspection *in, const GqlInputValueDef *input)
{
	StringInfoData literal;

	if (input->default_value == NULL)
	{
		put_null(in);
		return;
	}
	initStringInfo(&literal);
	gql_print_value(&literal, input->default_value);
	gql_json_string(in->out, literal.data, literal.len);
	pfree(literal.data);
}

/*
 * The completed type, if a reference is to a named type of one of two kinds;
 * else NULL.
 */
static GqlType *
type_of_kind(Introspection *in, const GqlTypeRef *ref, GqlTypeKind kind, GqlTypeKind kind2)
{
	GqlType    *type = ref->type;

	if (ref->kind != GQL_TYPE_NAMED || (type->kind != kind && type->kind != kind2))
		return NULL;
	gql_type_fields(in->schema, type);
	return type;
}

/* A list that types of other kinds do not have: null if parts is NULL. */
static void
put_parts(Introspection *in, MetaStep *step, MetaKind kind, const GqlNames *parts)
{
	if (parts == NULL)
		put_null(in);
	else
		put_items(in, step, kind, parts, step->include_deprecated);
}

/* The fields that only __Type has (4.2.2) */
static void
put_type_field(Introspection *in, MetaStep *step, const GqlTypeRef *ref)
{
	GqlType    *type;

	switch (step->resolver)
	{
		case GQL_META_KIND:
			put_kind(in, ref);
			break;
		case GQL_META_SPECIFIED_BY_URL:
			put_text(in, ref->kind == GQL_TYPE_NAMED ? ref->type->specified_by_url : NULL);
			break;
		case GQL_META_FIELDS:
			type = type_of_kind(in, ref, GQL_OBJECT, GQL_INTERFACE);
			put_parts(in, step, META_FIELD, type != NULL ? &type->fields : NULL);
			break;
		case GQL_META_INTERFACES:
			type = type_of_kind(in, ref, GQL_OBJECT, GQL_INTERFACE);
			put_parts(in, step, META_TYPE, type != NULL ? &type->interfaces : NULL);
			break;
		case GQL_META_POSSIBLE_TYPES:
			type = type_of_kind(in, ref, GQL_UNION, GQL_INTERFACE);
			if (type != NULL)
				complete(in);
			put_parts(in, step, META_TYPE, type != NULL ? &type->members : NULL);
			break;
		case GQL_META_ENUM_VALUES:
			type = type_of_kind(in, ref, GQL_ENUM, GQL_ENUM);
			put_parts(in, step, META_ENUM_VALUE, type != NULL ? &type->fields : NULL);
			break;
		case GQL_META_INPUT_FIELDS:
			type = type_of_kind(in, ref, GQL_INPUT_OBJECT, GQL_INPUT_OBJECT);
			put_parts(in, step, META_INPUT, type != NULL ? &type->fields : NULL);
			break;
		case GQL_META_OF_TYPE:
			if (ref->kind == GQL_TYPE_NAMED)
				put_null(in);
			else
				put_object(in, step, META_TYPE, ref->of);
			break;
		case GQL_META_IS_ONE_OF:
			type = type_of_kind(in, ref, GQL_INPUT_OBJECT, GQL_INPUT_OBJECT);
			if (type == NULL)
				put_null(in);
			else
				put_boolean(in, type->one_of);
			break;
		default:
			Assert(false);
			put_null(in);
	}
}

static void
put_field(Introspection *in, MetaStep *step, MetaKind kind, const void *object)
{
	const GqlSchema *schema = in->schema;
	const GqlTypeRef *ref = object;

	switch (step->resolver)
	{
		case GQL_META_NAME:
			put_text(in, name_of(kind, object));
			break;
		case GQL_META_DESCRIPTION:
			/* a lazy type has no description before it is complete */
			if (kind == META_TYPE && ref->kind == GQL_TYPE_NAMED)
				(void) gql_type_fields(in->schema, ref->type);
			put_text(in, description_of(kind, object));
			break;
		case GQL_META_IS_DEPRECATED:
			put_boolean(in, deprecation_of(kind, object) != NULL);
			break;
		case GQL_META_DEPRECATION_REASON:
			put_text(in, deprecation_of(kind, object));
			break;
		case GQL_META_TYPES:
			put_types(in, step);
			break;
		case GQL_META_QUERY_TYPE:
			put_root_type(in, step, schema->query);
			break;
		case GQL_META_MUTATION_TYPE:
			put_root_type(in, step, schema->mutation);
			break;
		case GQL_META_SUBSCRIPTION_TYPE:
			put_root_type(in, step, schema->subscription);
			break;
		case GQL_META_DIRECTIVES:
			put_items(in, step, META_DIRECTIVE, &schema->directives, step->include_deprecated);
			break;
		case GQL_META_IS_REPEATABLE:
			put_boolean(in, ((const GqlDirectiveDef *) object)->repeatable);
			break;
		case GQL_META_LOCATIONS:
			put_locations(in, object);
			break;
		case GQL_META_ARGS:
			put_items(in, step, META_INPUT, kind == META_FIELD
					  ? &((const GqlFieldDef *) object)->args :
					  &((const GqlDirectiveDef *) object)->args, step->include_deprecated);
			break;
		case GQL_META_TYPE:
			put_object(in, step, META_TYPE, kind == META_FIELD
					   ? ((const GqlFieldDef *) object)->type :
					   ((const GqlInputValueDef *) object)->type);
			break;
		case GQL_META_DEFAULT_VALUE:
			put_default_value(in, object);
			break;
		default:
			put_type_field(in, step, object);
			break;
	}
}

/* One object that the step's field returns. */
static void
put_object(Introspection *in, MetaStep *step, MetaKind kind, const void *object)
{
	MetaPlan   *plan = step->below;

	check_stack_depth();
	if (plan == NULL)
		plan = step->below = make_plan(in, step->field);
	if (!in->failed && in->out->len - in->start > GQL_MAX_INTROSPECTION)
	{
		gql_introspection_too_large(in->errors);
		in->failed = true;
	}
	if (in->failed)
		return;

	appendStringInfoCharMacro(in->out, '{');
	for (int i = 0; i < plan->n; i++)
	{
		MetaStep   *below = &plan->steps[i];

		if (i > 0)
			appendStringInfoCharMacro(in->out, ',');
		appendBinaryStringInfo(in->out, below->prefix, below->prefix_len);
		if (below->resolver == 0)
			put_text(in, plan->type->name);
		else
			put_field(in, below, kind, object);
	}
	appendStringInfoCharMacro(in->out, '}');
}

/* ---- entry points ---- */

bool
gql_is_introspection_field(const GqlFieldDef *def)
{
	return def->name[0] == '_' && def->name[1] == '_' &&
		(strcmp(def->name, "__typename") == 0 || strcmp(def->name, "__schema") == 0 ||
		 strcmp(def->name, "__type") == 0);
}

/* 4.1 Schema Introspection: __type(name: String!) */
static void
put_named_type(Introspection *in, MetaStep *step, const GqlFieldSel *field)
{
	GqlNames	values = {0};
	const GqlArgumentValue *name;
	GqlType    *type;

	if (!gql_coerce_arguments(in->request, field, &values, in->errors))
	{
		in->failed = true;
		return;
	}
	name = gql_names_get(&values, "name");
	type = gql_schema_type(in->schema, name->value->text);
	put_root_type(in, step, type);
}

void
gql_introspection_too_large(GqlErrorList *errors)
{
	gql_error(errors, "Introspection fields have more than %d MB of values.",
			  GQL_MAX_INTROSPECTION / (1024 * 1024));
}

bool
gql_introspect(GqlRequest *request, const GqlFieldSel *field, StringInfo out, GqlErrorList *errors)
{
	Introspection in = {.request = request, .schema = request->schema, .errors = errors,
	.out = out, .start = out->len};
	MetaStep	step = {.field = field};

	if (strcmp(field->def->name, "__schema") == 0)
		put_object(&in, &step, META_SCHEMA, in.schema);
	else
		put_named_type(&in, &step, field);

	if (in.failed)
	{
		out->len = in.start;
		out->data[in.start] = '\0';
	}
	return !in.failed;
}
