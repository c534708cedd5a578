/*
 * preset.c: which arguments and input fields a permission presets, and what
 * that hides from the role. preset_value.c makes the values.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "schema/permission/permission_int.h"

#define SESSION_PREFIX "x-hasura-"

const GqlDirective *
rr_preset_of(const GqlInputValueNode *node)
{
	ListCell   *lc;

	if (node == NULL)
		return NULL;
	foreach(lc, node->directives)
		if (strcmp(((GqlDirective *) lfirst(lc))->name.value, RR_PRESET) == 0)
		return lfirst(lc);
	return NULL;
}

bool
rr_preset_is_static(const GqlDirective *preset)
{
	const GqlValue *value = gql_argument_get(preset->arguments, "static");

	return value != NULL && value->kind == GQL_VALUE_BOOLEAN && value->boolean;
}

bool
rr_is_session_variable(const GqlValue *value)
{
	return value->kind == GQL_VALUE_STRING && pg_strncasecmp(value->text, SESSION_PREFIX,
															 strlen(SESSION_PREFIX)) == 0;
}

static bool
is_session_variable(const GqlValue *value, void *arg pg_attribute_unused())
{
	return rr_is_session_variable(value);
}

bool
rr_holds_session_variable(const GqlValue *value)
{
	return gql_value_walk(value, is_session_variable, NULL);
}

char	   *
rr_preset_text(const GqlInputValueNode *node)
{
	const GqlDirective *preset = rr_preset_of(node);
	const GqlValue *value = preset ? gql_argument_get(preset->arguments, "value") : NULL;
	StringInfoData out;

	if (value == NULL)
		return NULL;
	initStringInfo(&out);
	if (rr_preset_is_static(preset) && rr_holds_session_variable(value))
		appendStringInfoString(&out, "static ");
	gql_print_value(&out, value);
	return out.data;
}

GqlType    *
rr_input_object(const GqlTypeRef *type)
{
	GqlType    *named = gql_named_type(type);

	return named->kind == GQL_INPUT_OBJECT ? named : NULL;
}

/* ---- what is hidden ---- */

typedef struct PresetSearch
{
	GqlSchema  *upstream;
	bool		all;			/* is all of a value preset? Else: is anything
								 * of it? */
	GqlNames	visited;		/* GqlType */
	GqlNames	preset;			/* those of which the answer is yes */
} PresetSearch;

/* Count a recursive type as not wholly preset. */
static bool
is_preset(PresetSearch *search, const GqlInputValueDef *def)
{
	GqlType    *type = rr_input_object(def->type);
	bool		found = search->all;

	check_stack_depth();
	if (rr_preset_of(def->node) != NULL)
		return true;
	if (type == NULL)
		return false;
	if (!gql_names_add(&search->visited, type))
		return gql_names_get(&search->preset, type->name) != NULL;
	/* Stop at the first field that settles the answer. */
	gql_foreach(GqlInputValueDef, field, gql_type_fields(search->upstream, type))
		if (found == search->all)
		found = is_preset(search, field);
	if (found)
		gql_names_add(&search->preset, type);
	return found;
}

static bool
search_presets(GqlSchema *upstream, const GqlInputValueDef *def, bool all)
{
	PresetSearch search = {.upstream = upstream, .all = all};
	MemoryContext scratch;
	bool		found;

	if (rr_preset_of(def->node) != NULL || rr_input_object(def->type) == NULL)
		return rr_preset_of(def->node) != NULL;
	scratch = AllocSetContextCreate(CurrentMemoryContext, "remote_rel presets",
									ALLOCSET_SMALL_SIZES);
	gql_names_init(&search.visited, scratch);
	gql_names_init(&search.preset, scratch);
	found = is_preset(&search, def);
	MemoryContextDelete(scratch);
	return found;
}

bool
rr_has_presets(GqlSchema *upstream, const GqlInputValueDef *def)
{
	return search_presets(upstream, def, false);
}

bool
rr_is_hidden(GqlSchema *upstream, const GqlInputValueDef *def)
{
	return search_presets(upstream, def, true);
}

static bool
hides_something(GqlSchema *upstream, GqlType *type)
{
	gql_foreach(GqlInputValueDef, field, gql_type_fields(upstream, type))
		if (rr_is_hidden(upstream, field))
		return true;
	return false;
}

bool
rr_gives_presets(GqlSchema *upstream, const GqlInputValueDef *def)
{
	GqlType    *type = rr_input_object(def->type);

	return rr_preset_of(def->node) != NULL || (type != NULL && hides_something(upstream, type));
}

bool
rr_presets_require(GqlSchema *upstream, const GqlInputValueDef *def)
{
	GqlType    *type = rr_input_object(def->type);

	if (type == NULL || def->default_value != NULL || !hides_something(upstream, type))
		return false;
	gql_foreach(GqlInputValueDef, field, gql_type_fields(upstream, type))
		if (field->type->kind == GQL_TYPE_NON_NULL && field->default_value == NULL &&
			!rr_is_hidden(upstream, field))
		return true;
	return false;
}

static bool
key_replaces_preset(GqlSchema *upstream, const GqlInputValueDef *def, const GqlValue *template,
					bool preset)
{
	GqlType    *type = rr_input_object(def->type);
	ListCell   *lc;

	check_stack_depth();
	preset |= rr_preset_of(def->node) != NULL;
	if (template->kind == GQL_VALUE_VARIABLE)
		return preset || rr_has_presets(upstream, def);
	foreach(lc, template->items)
	{
		const GqlObjectField *field = template->kind == GQL_VALUE_OBJECT ? lfirst(lc) : NULL;
		const GqlInputValueDef *inner = field && type ? gql_type_input(upstream, type,
																	   field->name.value) : NULL;

		if (key_replaces_preset(upstream, inner ? inner : def, field ? field->value : lfirst(lc),
								preset))
			return true;
	}
	return false;
}

bool
rr_key_replaces_preset(GqlSchema *upstream, const GqlInputValueDef *def, const GqlValue *template)
{
	return key_replaces_preset(upstream, def, template, false);
}
