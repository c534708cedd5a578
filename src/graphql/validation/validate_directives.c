/*
 * validate_directives.c: rules for directives (specification, 5.7).
 */
#include "postgres.h"

#include "graphql/validation/validate.h"

void
gql_lookup_directive(GqlValidation *v, const char *name, const GqlDirectiveDefNode **node,
					 GqlDirectiveDef **def)
{
	const GqlName *own = v->directives.n > 0 ? gql_names_get(&v->directives, name) : NULL;

	*def = NULL;
	*node = NULL;
	if (own != NULL)
		*node = (const GqlDirectiveDefNode *) ((const char *) own - offsetof(GqlDirectiveDefNode,
																			 name));
	else
		*def = gql_names_get(&v->schema->directives, name);
}

/* ---- 5.7.1 Directives Are Defined, 5.7.2 ... in Valid Locations ---- */

static bool
has_location(GqlValidation *v, const GqlDirectiveDefNode *node, const GqlDirectiveDef *def,
			 GqlDirectiveLocation location)
{
	ListCell   *lc;

	if (def != NULL)
		return def->locations & ((uint32) 1 << location);
	/* a document may repeat a location in its own definition */
	gql_spend(v, list_length(node->locations) / 16);
	foreach(lc, node->locations)
	{
		if (strcmp(((GqlName *) lfirst(lc))->value, gql_directive_location_name(location)) == 0)
			return true;
	}
	return false;
}

void
gql_known_directives(GqlWalk *w, const void *node)
{
	const GqlDirective *directive = node;
	const GqlDirectiveDefNode *def_node;
	GqlDirectiveDef *def;

	gql_lookup_directive(w->v, directive->name.value, &def_node, &def);
	if (def == NULL && def_node == NULL)
		gql_invalid(w->v, directive->loc, "Unknown directive \"@%s\".", directive->name.value);
	else if (!has_location(w->v, def_node, def, w->location))
		gql_invalid(w->v, directive->loc, "Directive \"@%s\" may not be used on %s.",
					directive->name.value,
					gql_directive_location_name(w->location));
}

/* ---- 5.7.3 Directives Are Unique per Location ---- */

static bool
is_repeatable(GqlValidation *v, const char *name)
{
	const GqlDirectiveDefNode *node;
	GqlDirectiveDef *def;

	gql_lookup_directive(v, name, &node, &def);
	return node != NULL ? node->repeatable : def == NULL || def->repeatable;
}

void
gql_unique_directives_per_location(GqlWalk *w, const void *node pg_attribute_unused())
{
	GqlNames	here = {0};
	GqlNames   *seen = w->seen_directives != NULL ? w->seen_directives : &here;
	ListCell   *lc;

	/*
	 * one directive alone cannot repeat, unless the location has other parts
	 */
	if (w->directives == NIL ||
		(list_length(w->directives) == 1 && w->seen_directives == NULL))
		return;
	foreach(lc, w->directives)
	{
		GqlDirective *directive = lfirst(lc);
		const GqlDirective *first;
		GqlError   *error;

		if (is_repeatable(w->v, directive->name.value))
			continue;
		if (gql_names_add(seen, directive))
			continue;
		first = gql_names_get(seen, directive->name.value);
		error = gql_invalid(w->v, first->loc,
							"The directive \"@%s\" can only be used once at this location.",
							first->name.value);
		gql_invalid_also(w->v, error, directive->loc);
	}
	gql_names_free(&here);
}
