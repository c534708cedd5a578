/*
 * query_collection.c: collections of GraphQL operations, and the allow list.
 *
 * The extension keeps them, and does not look at them: SQL sessions may ask
 * what they like. "remote-rel serve" with enable_allowlist runs no others.
 */
#include "postgres.h"

#include "compat.h"
#include "metadata/metadata.h"

/* {"name", "query"} */
static void
check_query(const RrDoc *query)
{
	RR_DOC_CHECK_KEYS(query, "name", "query");
	(void) rr_doc_text(rr_doc_require(query, "name"));
	(void) rr_doc_text(rr_doc_require(query, "query"));
}

/* {"queries": [...]}, each name once. */
static void
check_definition(const RrDoc *definition)
{
	List	   *names = NIL;
	ListCell   *lc;

	RR_DOC_CHECK_KEYS(definition, "queries");
	foreach(lc, rr_doc_items(rr_doc_require(definition, "queries")))
	{
		const RrDoc *query = lfirst(lc);
		char	   *name;
		ListCell   *other;

		check_query(query);
		name = rr_doc_text(rr_doc_get(query, "name"));
		foreach(other, names)
			if (strcmp(lfirst(other), name) == 0)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("query \"%s\" is there twice", name),
					 rr_doc_errdetail(query)));
		names = lappend(names, name);
	}
}

/* {"global": true}, or {"global": false, "roles": ["a"]} */
static void
check_scope(const RrDoc *scope)
{
	ListCell   *lc;

	if (scope == NULL)
		return;
	RR_DOC_CHECK_KEYS(scope, "global", "roles");
	(void) rr_doc_bool(rr_doc_require(scope, "global"));
	foreach(lc, rr_doc_items(rr_doc_get(scope, "roles")))
		(void) rr_doc_text(lfirst(lc));
}

RrQueryCollection *
rr_query_collection_from_body(const RrDoc *body)
{
	RrQueryCollection *collection = palloc0(sizeof(RrQueryCollection));
	const RrDoc *definition = rr_doc_require(body, "definition");

	collection->name = rr_doc_text(rr_doc_require(body, "name"));
	check_definition(definition);
	collection->definition = rr_doc_jsonb(definition);
	collection->comment = rr_doc_get_text(body, "comment", NULL);
	return collection;
}

RrQueryCollection *
rr_allowed_collection_from_body(const RrDoc *body)
{
	RrQueryCollection *collection = palloc0(sizeof(RrQueryCollection));
	const RrDoc *scope = rr_doc_get(body, "scope");

	collection->name = rr_doc_text(rr_doc_require(body, "collection"));
	check_scope(scope);
	collection->allowed = scope ? rr_doc_jsonb(scope)
		: rr_jsonb_object("global", rr_jsonb_bool(true), NULL);
	return collection;
}

static void
throw_no_collection(const char *name)
{
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_OBJECT),
			 errmsg("query collection \"%s\" does not exist", name)));
}

static void
throw_no_query(const char *collection, const char *query)
{
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_OBJECT),
			 errmsg("query collection \"%s\" has no query \"%s\"", collection, query)));
}

void
rr_put_query_collection(const RrQueryCollection *collection)
{
	rr_metadata_begin();
	if (RR_METADATA_EXECUTE("INSERT INTO remote_rel.query_collection (name, definition, comment) "
							"VALUES ($1, $2, $3) ON CONFLICT (name) DO NOTHING",
							rr_arg_text(collection->name), rr_arg_jsonb(collection->definition),
							rr_arg_text(collection->comment)) == 0)
		ereport(ERROR,
				(errcode(ERRCODE_DUPLICATE_OBJECT),
				 errmsg("query collection \"%s\" already exists", collection->name)));
	rr_metadata_end();
}

void
rr_allow_collection(const RrQueryCollection *collection)
{
	rr_metadata_begin();
	if (RR_METADATA_EXECUTE("UPDATE remote_rel.query_collection SET allowed = $2 WHERE name OPERATOR(pg_catalog.=) $1",
							rr_arg_text(collection->name), rr_arg_jsonb(collection->allowed)) == 0)
		throw_no_collection(collection->name);
	rr_metadata_end();
}

/* The collection of this name; throws 42704. */
static RrQueryCollection *
get_collection(const char *name)
{
	ListCell   *lc;

	foreach(lc, rr_catalog_query_collections())
	{
		RrQueryCollection *collection = lfirst(lc);

		if (strcmp(collection->name, name) == 0)
			return collection;
	}
	throw_no_collection(name);
	return NULL;
}

/*
 * Replaces the query of that name by another, which may be NULL; was it there?
 */
static bool
replace_query(const char *collection_name, const char *name, Jsonb *other)
{
	RrQueryCollection *collection = get_collection(collection_name);
	const RrDoc *definition = rr_doc_root(collection->definition, "definition");
	List	   *queries = NIL;
	bool		found = false;
	ListCell   *lc;

	foreach(lc, rr_doc_items(rr_doc_require(definition, "queries")))
	{
		if (strcmp(rr_doc_text(rr_doc_require(lfirst(lc), "name")), name) == 0)
			found = true;
		else
			queries = lappend(queries, rr_doc_jsonb(lfirst(lc)));
	}
	if (other)
		queries = lappend(queries, other);
	RR_METADATA_EXECUTE("UPDATE remote_rel.query_collection SET definition = $2 WHERE name OPERATOR(pg_catalog.=) $1",
						rr_arg_text(collection_name),
						rr_arg_jsonb(rr_jsonb_object("queries", rr_jsonb_array(queries), NULL)));
	return found;
}

/* ---- commands ---- */

Jsonb	   *
rr_create_query_collection(const RrDoc *args)
{
	RR_DOC_CHECK_KEYS(args, "name", "definition", "comment");
	rr_put_query_collection(rr_query_collection_from_body(args));
	return NULL;
}

Jsonb	   *
rr_drop_query_collection(const RrDoc *args)
{
	const char *name;
	bool		cascade;

	RR_DOC_CHECK_KEYS(args, "collection", "cascade");
	name = rr_doc_text(rr_doc_require(args, "collection"));
	cascade = rr_doc_get_bool(args, "cascade", false);
	rr_metadata_begin();
	if (get_collection(name)->allowed && !cascade)
		ereport(ERROR,
				(errcode(ERRCODE_DEPENDENT_OBJECTS_STILL_EXIST),
				 errmsg("query collection \"%s\" is in the allow list", name),
				 errhint("Use \"cascade\", or drop_collection_from_allowlist before.")));
	RR_METADATA_EXECUTE("DELETE FROM remote_rel.query_collection WHERE name OPERATOR(pg_catalog.=) $1",
						rr_arg_text(name));
	rr_metadata_end();
	return NULL;
}

Jsonb	   *
rr_add_query_to_collection(const RrDoc *args)
{
	const char *collection;
	const char *name;
	const char *query;

	RR_DOC_CHECK_KEYS(args, "collection_name", "query_name", "query");
	collection = rr_doc_text(rr_doc_require(args, "collection_name"));
	name = rr_doc_text(rr_doc_require(args, "query_name"));
	query = rr_doc_text(rr_doc_require(args, "query"));
	rr_metadata_begin();
	if (replace_query(collection, name,
					  rr_jsonb_object("name", rr_jsonb_text(name), "query", rr_jsonb_text(query), NULL)))
		ereport(ERROR,
				(errcode(ERRCODE_DUPLICATE_OBJECT),
				 errmsg("query collection \"%s\" has a query \"%s\" already", collection, name)));
	rr_metadata_end();
	return NULL;
}

Jsonb	   *
rr_drop_query_from_collection(const RrDoc *args)
{
	const char *collection;
	const char *name;

	RR_DOC_CHECK_KEYS(args, "collection_name", "query_name");
	collection = rr_doc_text(rr_doc_require(args, "collection_name"));
	name = rr_doc_text(rr_doc_require(args, "query_name"));
	rr_metadata_begin();
	if (!replace_query(collection, name, NULL))
		throw_no_query(collection, name);
	rr_metadata_end();
	return NULL;
}

Jsonb	   *
rr_add_collection_to_allowlist(const RrDoc *args)
{
	RR_DOC_CHECK_KEYS(args, "collection", "scope");
	rr_allow_collection(rr_allowed_collection_from_body(args));
	return NULL;
}

Jsonb	   *
rr_drop_collection_from_allowlist(const RrDoc *args)
{
	RrQueryCollection collection = {0};

	RR_DOC_CHECK_KEYS(args, "collection");
	collection.name = rr_doc_text(rr_doc_require(args, "collection"));
	rr_allow_collection(&collection);
	return NULL;
}
