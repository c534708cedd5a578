/*
 * schema.c: make a GqlSchema by program, complete it lazily, and read it.
 *
 * Whatever context is current, definitions are allocated in the schema's own.
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "graphql/type/schema_int.h"

#define new_in(schema, type) ((type *) MemoryContextAllocZero((schema)->cxt, sizeof(type)))

/* ---- make definitions ---- */

GqlSchema  *
gql_schema_create(void)
{
	GqlSchema  *schema = palloc0(sizeof(GqlSchema));

	schema->cxt = CurrentMemoryContext;
	gql_names_init(&schema->types, schema->cxt);
	gql_names_init(&schema->directives, schema->cxt);
	gql_schema_add_builtins(schema);
	return schema;
}

GqlType    *
gql_schema_new_type(GqlSchema *schema, GqlTypeKind kind, const char *name)
{
	GqlType    *type = new_in(schema, GqlType);

	type->name = name;
	type->kind = kind;
	type->ref.kind = GQL_TYPE_NAMED;
	type->ref.type = type;
	gql_names_init(&type->fields, schema->cxt);
	gql_names_init(&type->interfaces, schema->cxt);
	gql_names_init(&type->members, schema->cxt);
	return type;
}

GqlType    *
gql_schema_add_type(GqlSchema *schema, GqlTypeKind kind, const char *name)
{
	GqlType    *type;

	if (gql_names_get(&schema->types, name) != NULL)
		return NULL;
	type = gql_schema_new_type(schema, kind, name);
	gql_names_add(&schema->types, type);
	return type;
}

GqlFieldDef *
gql_schema_new_field(GqlSchema *schema, const char *name, const GqlTypeRef *field_type)
{
	GqlFieldDef *field = new_in(schema, GqlFieldDef);

	field->name = name;
	field->type = field_type;
	gql_names_init(&field->args, schema->cxt);
	return field;
}

/* Types of what is added are in use from now on. */
static inline void
use_type(const GqlTypeRef *ref)
{
	gql_named_type(ref)->used = true;
}

GqlFieldDef *
gql_type_add_field(GqlSchema *schema, GqlType *type, const char *name, const GqlTypeRef *field_type)
{
	GqlFieldDef *field = gql_schema_new_field(schema, name, field_type);

	Assert(type->kind == GQL_OBJECT || type->kind == GQL_INTERFACE);
	if (gql_names_add(&type->fields, field))
	{
		use_type(field_type);
		return field;
	}
	pfree(field);
	return NULL;
}

static GqlInputValueDef *
add_input(GqlSchema *schema, GqlNames *names, const char *name, const GqlTypeRef *value_type)
{
	GqlInputValueDef *input = new_in(schema, GqlInputValueDef);

	input->name = name;
	input->type = value_type;
	if (gql_names_add(names, input))
	{
		use_type(value_type);
		return input;
	}
	pfree(input);
	return NULL;
}

GqlInputValueDef *
gql_type_add_input(GqlSchema *schema, GqlType *type, const char *name, const GqlTypeRef *value_type)
{
	Assert(type->kind == GQL_INPUT_OBJECT);
	return add_input(schema, &type->fields, name, value_type);
}

GqlInputValueDef *
gql_field_add_arg(GqlSchema *schema, GqlFieldDef *field, const char *name,
				  const GqlTypeRef *value_type)
{
	return add_input(schema, &field->args, name, value_type);
}

GqlInputValueDef *
gql_directive_add_arg(GqlSchema *schema, GqlDirectiveDef *directive, const char *name,
					  const GqlTypeRef *value_type)
{
	return add_input(schema, &directive->args, name, value_type);
}

GqlEnumValueDef *
gql_type_add_enum_value(GqlSchema *schema, GqlType *type, const char *name)
{
	GqlEnumValueDef *value = new_in(schema, GqlEnumValueDef);

	Assert(type->kind == GQL_ENUM);
	value->name = name;
	if (gql_names_add(&type->fields, value))
		return value;
	pfree(value);
	return NULL;
}

bool
gql_type_add_interface(GqlType *type, GqlType *iface)
{
	return gql_names_add(&type->interfaces, iface);
}

bool
gql_type_add_member(GqlType *type, GqlType *member)
{
	return gql_names_add(&type->members, member);
}

GqlDirectiveDef *
gql_schema_new_directive(GqlSchema *schema, const char *name)
{
	GqlDirectiveDef *directive = new_in(schema, GqlDirectiveDef);

	directive->name = name;
	gql_names_init(&directive->args, schema->cxt);
	return directive;
}

GqlDirectiveDef *
gql_schema_add_directive(GqlSchema *schema, const char *name)
{
	GqlDirectiveDef *directive;

	if (gql_names_get(&schema->directives, name) != NULL)
		return NULL;
	directive = gql_schema_new_directive(schema, name);
	gql_names_add(&schema->directives, directive);
	return directive;
}

void
gql_directive_add_location(GqlDirectiveDef *directive, GqlDirectiveLocation location)
{
	MemoryContext oldcxt = MemoryContextSwitchTo(directive->args.cxt);

	directive->locations |= (uint32) 1 << location;
	directive->location_list = lappend_int(directive->location_list, location);
	MemoryContextSwitchTo(oldcxt);
}

static const GqlTypeRef *
wrap(GqlSchema *schema, GqlTypeNodeKind kind, const GqlTypeRef *of)
{
	GqlTypeRef *ref = new_in(schema, GqlTypeRef);

	ref->kind = kind;
	ref->of = of;
	return ref;
}

const GqlTypeRef *
gql_list_of(GqlSchema *schema, const GqlTypeRef *of)
{
	if (of->list == NULL)
		((GqlTypeRef *) of)->list = wrap(schema, GQL_TYPE_LIST, of);
	return of->list;
}

const GqlTypeRef *
gql_non_null(GqlSchema *schema, const GqlTypeRef *of)
{
	if (of->kind == GQL_TYPE_NON_NULL)
		return of;
	if (of->non_null == NULL)
		((GqlTypeRef *) of)->non_null = wrap(schema, GQL_TYPE_NON_NULL, of);
	return of->non_null;
}

/* ---- finish ---- */

/* Enter an object type into the members of its interfaces. */
static void
enter_implementer(GqlType *type)
{
	if (type->kind != GQL_OBJECT)
		return;
	gql_foreach(GqlType, iface, &type->interfaces)
	{
		if (iface->kind == GQL_INTERFACE)
			gql_names_add(&iface->members, type);
	}
}

/* Specified scalars are listed where they are used for the first time. */
static inline void
list_if_scalar(GqlNames *types, const GqlTypeRef *ref)
{
	GqlType    *type = gql_named_type(ref);

	if (type->builtin && type->kind == GQL_SCALAR)
		gql_names_add(types, type);
}

static void
list_scalars_of_inputs(GqlNames *types, const GqlNames *inputs)
{
	gql_foreach(GqlInputValueDef, input, inputs)
		list_if_scalar(types, input->type);
}

static void
list_scalars_of_type(GqlNames *types, const GqlType *type)
{
	switch (type->kind)
	{
		case GQL_OBJECT:
		case GQL_INTERFACE:
			gql_foreach(GqlFieldDef, field, &type->fields)
			{
				list_if_scalar(types, field->type);
				list_scalars_of_inputs(types, &field->args);
			}
			break;
		case GQL_INPUT_OBJECT:
			list_scalars_of_inputs(types, &type->fields);
			break;
		case GQL_SCALAR:
		case GQL_UNION:
		case GQL_ENUM:
			break;
	}
}

void
gql_schema_list_types(GqlSchema *schema, GqlNames *types)
{
	gql_foreach(GqlType, type, &schema->types)
	{
		if (!type->builtin || type->nodes != NIL)
		{
			gql_names_add(types, type);
			list_scalars_of_type(types, type);
		}
	}
	gql_foreach(GqlDirectiveDef, directive, &schema->directives)
		list_scalars_of_inputs(types, &directive->args);
	gql_foreach(GqlType, type, &schema->types)
	{
		if (type->builtin && type->kind != GQL_SCALAR)
		{
			gql_names_add(types, type);
			list_scalars_of_type(types, type);
		}
	}
}

void
gql_schema_finish(GqlSchema *schema)
{
	bool		lazy = schema->find_type != NULL;
	GqlNames	types;

	gql_foreach(GqlType, type, &schema->types)
	{
		/* even a lazy type may have its interfaces already */
		enter_implementer(type);
		lazy = lazy || type->complete != NULL;
	}
	if (lazy)
		return;

	gql_names_init(&types, schema->cxt);
	gql_schema_list_types(schema, &types);
	schema->types = types;
}

/* ---- lazy schemas ---- */

/*
 * Around each call of find_type(), list_types() and complete(). An error in
 * between leaves callbacks_running above 0, which marks the schema as broken.
 */
static MemoryContext
begin_callback(GqlSchema *schema)
{
	schema->callbacks_running++;
	return MemoryContextSwitchTo(schema->cxt);
}

static void
end_callback(GqlSchema *schema, MemoryContext oldcxt)
{
	Assert(schema->callbacks_running > 0);
	MemoryContextSwitchTo(oldcxt);
	schema->callbacks_running--;
}

static inline void
complete_type(GqlSchema *schema, GqlType *type)
{
	void		(*complete) (GqlSchema *, GqlType *) = type->complete;
	MemoryContext oldcxt;

	if (likely(complete == NULL))
		return;
	oldcxt = begin_callback(schema);
	type->complete = NULL;		/* now, since the type may refer to itself */
	complete(schema, type);
	enter_implementer(type);
	end_callback(schema, oldcxt);
}

GqlType    *
gql_schema_present_type(GqlSchema *schema, const char *name)
{
	GqlType    *type = gql_names_get(&schema->types, name);
	bool		unused = type != NULL && type->builtin && type->kind == GQL_SCALAR && !type->used;

	return unused ? NULL : type;
}

GqlType    *
gql_schema_type(GqlSchema *schema, const char *name)
{
	GqlType    *type = schema->find_type == NULL ? gql_names_get(&schema->types, name)
	: gql_schema_present_type(schema, name);

	if (type == NULL && schema->find_type != NULL)
	{
		MemoryContext oldcxt = begin_callback(schema);

		type = schema->find_type(schema, name);
		end_callback(schema, oldcxt);
	}
	return type;
}

void
gql_schema_add_all_types(GqlSchema *schema)
{
	if (schema->list_types != NULL)
	{
		MemoryContext oldcxt = begin_callback(schema);

		schema->list_types(schema);
		end_callback(schema, oldcxt);
	}
}

void
gql_schema_complete(GqlSchema *schema)
{
	gql_schema_add_all_types(schema);
	gql_foreach(GqlType, type, &schema->types)
	{
		CHECK_FOR_INTERRUPTS();
		complete_type(schema, type);
	}
}

/* ---- read ---- */

GqlType    *
gql_schema_root(GqlSchema *schema, GqlOperationType operation)
{
	switch (operation)
	{
		case GQL_QUERY:
			return schema->query;
		case GQL_MUTATION:
			return schema->mutation;
		case GQL_SUBSCRIPTION:
			return schema->subscription;
	}
	return NULL;
}

const GqlNames *
gql_type_fields(GqlSchema *schema, GqlType *type)
{
	complete_type(schema, type);
	return &type->fields;
}

GqlFieldDef *
gql_type_field(GqlSchema *schema, GqlType *type, const char *name)
{
	if (name[0] == '_' && name[1] == '_')
	{
		if (strcmp(name, "__typename") == 0)
			return gql_is_composite(type) ? schema->meta_typename : NULL;
		if (type == schema->query && strcmp(name, "__schema") == 0)
			return schema->meta_schema;
		if (type == schema->query && strcmp(name, "__type") == 0)
			return schema->meta_type;
	}
	if (type->kind != GQL_OBJECT && type->kind != GQL_INTERFACE)
		return NULL;
	return gql_names_get(gql_type_fields(schema, type), name);
}

GqlInputValueDef *
gql_type_input(GqlSchema *schema, GqlType *type, const char *name)
{
	if (type->kind != GQL_INPUT_OBJECT)
		return NULL;
	return gql_names_get(gql_type_fields(schema, type), name);
}

GqlType    *
gql_named_type(const GqlTypeRef *ref)
{
	while (ref->kind != GQL_TYPE_NAMED)
		ref = ref->of;
	return ref->type;
}

bool
gql_is_composite(const GqlType *type)
{
	return type->kind == GQL_OBJECT || type->kind == GQL_INTERFACE || type->kind == GQL_UNION;
}

bool
gql_is_leaf(const GqlType *type)
{
	return type->kind == GQL_SCALAR || type->kind == GQL_ENUM;
}

bool
gql_is_input(const GqlType *type)
{
	return gql_is_leaf(type) || type->kind == GQL_INPUT_OBJECT;
}

bool
gql_is_abstract(const GqlType *type)
{
	return type->kind == GQL_INTERFACE || type->kind == GQL_UNION;
}

bool
gql_is_subtype(GqlSchema *schema, GqlType *abstract, GqlType *type)
{
	if (abstract->kind == GQL_UNION)
	{
		complete_type(schema, abstract);
		return gql_names_get(&abstract->members, type->name) == type;
	}
	if (abstract->kind == GQL_INTERFACE && (type->kind == GQL_OBJECT ||
											type->kind == GQL_INTERFACE))
	{
		complete_type(schema, type);
		return gql_names_get(&type->interfaces, abstract->name) == abstract;
	}
	return false;
}

bool
gql_is_covariant(GqlSchema *schema, const GqlTypeRef *type, const GqlTypeRef *super)
{
	for (;;)
	{
		if (type == super)
			return true;
		if (super->kind == GQL_TYPE_NON_NULL)
		{
			if (type->kind != GQL_TYPE_NON_NULL)
				return false;
			super = super->of;
			type = type->of;
		}
		else if (type->kind == GQL_TYPE_NON_NULL)
			type = type->of;
		else if (super->kind == GQL_TYPE_LIST && type->kind == GQL_TYPE_LIST)
		{
			super = super->of;
			type = type->of;
		}
		else
			return super->kind == GQL_TYPE_NAMED && type->kind == GQL_TYPE_NAMED &&
				gql_is_subtype(schema, super->type, type->type);
	}
}

bool
gql_types_equal(const GqlTypeRef *a, const GqlTypeRef *b)
{
	while (a != b)
	{
		if (a->kind != b->kind)
			return false;
		if (a->kind == GQL_TYPE_NAMED)
			return strcmp(a->type->name, b->type->name) == 0;
		a = a->of;
		b = b->of;
	}
	return true;
}

void
gql_append_type(StringInfo out, const GqlTypeRef *ref)
{
	check_stack_depth();
	switch (ref->kind)
	{
		case GQL_TYPE_NAMED:
			appendStringInfoString(out, ref->type->name);
			break;
		case GQL_TYPE_LIST:
			appendStringInfoChar(out, '[');
			gql_append_type(out, ref->of);
			appendStringInfoChar(out, ']');
			break;
		case GQL_TYPE_NON_NULL:
			gql_append_type(out, ref->of);
			appendStringInfoChar(out, '!');
			break;
	}
}

char	   *
gql_type_to_string(const GqlTypeRef *ref)
{
	StringInfoData out;

	initStringInfo(&out);
	gql_append_type(&out, ref);
	return out.data;
}

const char *
gql_type_kind_name(GqlTypeKind kind)
{
	static const char *const names[] = {
#define X(kind) [GQL_##kind] = #kind,
		GQL_TYPE_DEF_KINDS(X)
#undef X
	};

	return names[kind];
}

bool
gql_is_name(const char *text)
{
	const char *p = text;

	while ((*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || *p == '_' ||
		   (*p >= '0' && *p <= '9' && p > text))
		p++;
	return p > text && *p == '\0';
}

const GqlTypeRef *
gql_resolve_type(GqlSchema *schema, const GqlTypeNode *node)
{
	const GqlTypeRef *of;
	GqlType    *type;

	check_stack_depth();
	if (node->kind == GQL_TYPE_NAMED)
	{
		type = gql_schema_type(schema, node->name);
		return type == NULL ? NULL : &type->ref;
	}
	of = gql_resolve_type(schema, node->of);
	if (of == NULL)
		return NULL;
	return node->kind == GQL_TYPE_LIST ? gql_list_of(schema, of) : gql_non_null(schema, of);
}
