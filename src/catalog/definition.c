/*
 * definition.c: reads JSON definitions into structs. It checks their form,
 * not whether what they name exists.
 *
 * No message shows a header's value or a URL: both may hold secrets.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/numeric.h"

#include "base/http_header.h"
#include "catalog/catalog.h"
#include "compat.h"

#define DEFAULT_TIMEOUT_S	60
#define MAX_TIMEOUT_S		86400
#define MAX_BATCH_SIZE		100000
#define MAX_CONCURRENT		256

static void
throw_at(const RrDoc *doc, const char *message)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("%s", message),
			 rr_doc_errdetail(doc)));
}

/* Read two members of which exactly one must be given. */
static void
read_value_or_env(const RrDoc *doc, const char *key, const char *env_key, const char **value,
				  const char **env)
{
	*value = rr_doc_get_text(doc, key, NULL);
	*env = rr_doc_get_text(doc, env_key, NULL);
	if ((*value == NULL) == (*env == NULL))
		throw_at(doc, psprintf("exactly one of \"%s\" and \"%s\" is needed", key, env_key));
	if (*env && **env == '\0')
		throw_at(doc, psprintf("\"%s\" is empty", env_key));
}

/* ---- remote schemas ---- */

static List *
read_headers(const RrDoc *doc)
{
	List	   *headers = NIL;
	ListCell   *lc;

	foreach(lc, rr_doc_items(doc))
	{
		const RrDoc *item = lfirst(lc);
		RrHeader   *header = palloc0(sizeof(RrHeader));

		RR_DOC_CHECK_KEYS(item, "name", "value", "value_from_env");
		header->name = rr_doc_text(rr_doc_require(item, "name"));
		if (!rr_is_http_token(header->name, strlen(header->name)))
			throw_at(item, "a header's \"name\" is no HTTP header name");
		read_value_or_env(item, "value", "value_from_env", &header->value, &header->value_env);
		if (header->value && strpbrk(header->value, "\r\n"))
			throw_at(item, "a header's value must not contain line breaks");
		headers = lappend(headers, header);
	}
	return headers;
}

static void
read_mapping(const RrDoc *doc, GqlNames *names)
{
	ListCell   *lc;

	gql_names_init(names, CurrentMemoryContext);
	foreach(lc, rr_doc_members(doc))
	{
		const RrDoc *member = lfirst(lc);
		RrMapping  *mapping = palloc(sizeof(RrMapping));

		mapping->name = member->key;
		mapping->to = rr_doc_text(member);
		gql_names_add(names, mapping);
	}
}

static RrCustomization *
read_customization(const RrDoc *doc)
{
	RrCustomization *customization;
	const RrDoc *type_names;
	ListCell   *lc;

	if (doc == NULL || (rr_doc_is_object(doc) && rr_doc_length(doc) == 0))
		return NULL;
	RR_DOC_CHECK_KEYS(doc, "root_fields_namespace", "type_names", "field_names");
	customization = palloc0(sizeof(RrCustomization));
	customization->root_fields_namespace = rr_doc_get_text(doc, "root_fields_namespace", NULL);
	type_names = rr_doc_get(doc, "type_names");
	if (type_names)
		RR_DOC_CHECK_KEYS(type_names, "prefix", "suffix", "mapping");
	customization->type_prefix = rr_doc_get_text(type_names, "prefix", "");
	customization->type_suffix = rr_doc_get_text(type_names, "suffix", "");
	read_mapping(rr_doc_get(type_names, "mapping"), &customization->type_mapping);
	foreach(lc, rr_doc_items(rr_doc_get(doc, "field_names")))
	{
		const RrDoc *item = lfirst(lc);
		RrFieldNaming *naming = palloc0(sizeof(RrFieldNaming));

		RR_DOC_CHECK_KEYS(item, "parent_type", "prefix", "suffix", "mapping");
		naming->parent_type = rr_doc_text(rr_doc_require(item, "parent_type"));
		naming->prefix = rr_doc_get_text(item, "prefix", "");
		naming->suffix = rr_doc_get_text(item, "suffix", "");
		read_mapping(rr_doc_get(item, "mapping"), &naming->mapping);
		customization->field_names = lappend(customization->field_names, naming);
	}
	return customization;
}

static int
get_int(const RrDoc *doc, const char *key, int fallback, int min, int max)
{
	const RrDoc *member = rr_doc_get(doc, key);

	return member ? rr_doc_int(member, min, max) : fallback;
}

static void
read_tls(const RrDoc *definition, RrRemoteSchema *remote)
{
	const RrDoc *version = rr_doc_get(definition, "minimum_tls_version");

	remote->client_certificate = rr_doc_get_text(definition, "client_certificate", NULL);
	remote->client_key = rr_doc_get_text(definition, "client_key", NULL);
	if (remote->client_key != NULL && remote->client_certificate == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("\"client_key\" needs \"client_certificate\""),
				 rr_doc_errdetail(definition)));
	if (version == NULL)
		return;
	remote->tls13 = strcmp(rr_doc_text(version), "1.3") == 0;
	if (!remote->tls13 && strcmp(rr_doc_text(version), "1.2") != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("\"minimum_tls_version\" must be \"1.2\" or \"1.3\""),
				 rr_doc_errdetail(version)));
}

bool
rr_is_proxy_url(const char *url)
{
	static const char *const schemes[] = {"http://", "https://", "socks5://", "socks5h://"};

	for (int i = 0; i < (int) lengthof(schemes); i++)
		if (pg_strncasecmp(url, schemes[i], strlen(schemes[i])) == 0 &&
			url[strlen(schemes[i])] != '\0')
			return true;
	return *url == '\0';
}

/* The message does not quote the URL: it may hold secrets. */
static void
check_proxy(const RrDoc *doc, const char *url)
{
	if (url != NULL && !rr_is_proxy_url(url))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("\"proxy\" must start with http://, https://, socks5:// or socks5h://, or be empty"),
				 rr_doc_errdetail(doc)));
}

RrRemoteSchema *
rr_remote_schema_from_json(const char *name, const RrDoc *definition)
{
	RrRemoteSchema *remote = palloc0(sizeof(RrRemoteSchema));

	RR_DOC_CHECK_KEYS(definition, "url", "url_from_env", "headers", "forward_client_headers",
					  "timeout_seconds", "customization",
					  "batch_size", "max_concurrent_requests", "http2_prior_knowledge", "ca_file",
					  "client_certificate", "client_key", "minimum_tls_version", "proxy");
	remote->name = name;
	read_value_or_env(definition, "url", "url_from_env", &remote->url, &remote->url_env);
	if (remote->url != NULL && !rr_url_variables(remote->url, &remote->url_variables))
		throw_at(rr_doc_get(definition, "url"),
				 "a {{ in the \"url\" is not followed by the name of a variable and }}");
	remote->headers = read_headers(rr_doc_get(definition, "headers"));
	remote->forward_client_headers = rr_doc_get_bool(definition, "forward_client_headers", false);
	remote->timeout_ms = 1000 * get_int(definition, "timeout_seconds", DEFAULT_TIMEOUT_S, 1,
										MAX_TIMEOUT_S);
	remote->batch_size = get_int(definition, "batch_size", 0, 1, MAX_BATCH_SIZE);
	remote->max_concurrent = get_int(definition, "max_concurrent_requests", 0, 1, MAX_CONCURRENT);
	remote->http2_prior_knowledge = rr_doc_get_bool(definition, "http2_prior_knowledge", false);
	remote->ca_file = rr_doc_get_text(definition, "ca_file", NULL);
	read_tls(definition, remote);
	remote->proxy = rr_doc_get_text(definition, "proxy", NULL);
	check_proxy(rr_doc_get(definition, "proxy"), remote->proxy);
	remote->customization = read_customization(rr_doc_get(definition, "customization"));
	remote->definition = rr_doc_jsonb(definition);
	return remote;
}

static bool
is_unset(const char *variable)
{
	const char *value = variable ? getenv(variable) : "-";

	return value == NULL || *value == '\0';
}

static const char *
get_env(const char *variable, const void *arg)
{
	const RrRemoteSchema *remote = arg;

	if (is_unset(variable))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("environment variable \"%s\", which remote schema \"%s\" needs, is not set", variable, remote->name),
				 errhint("Set it in the environment of the PostgreSQL server, and restart the server.")));
	return getenv(variable);
}

const char *
rr_remote_schema_unset_variable(const RrRemoteSchema *remote)
{
	ListCell   *lc;

	if (is_unset(remote->url_env))
		return remote->url_env;
	foreach(lc, remote->url_variables)
		if (is_unset(lfirst(lc)))
		return lfirst(lc);
	foreach(lc, remote->headers)
	{
		const RrHeader *header = lfirst(lc);

		if (is_unset(header->value_env))
			return header->value_env;
	}
	return NULL;
}

const char *
rr_remote_schema_url(const RrRemoteSchema *remote)
{
	if (remote->url == NULL)
		return get_env(remote->url_env, remote);
	return remote->url_variables ? rr_url_expand(remote->url, get_env, remote) : remote->url;
}

List	   *
rr_remote_schema_headers(const RrRemoteSchema *remote)
{
	List	   *headers = NIL;
	ListCell   *lc;

	foreach(lc, remote->headers)
	{
		const RrHeader *header = lfirst(lc);
		RrMapping  *mapping = palloc(sizeof(RrMapping));

		mapping->name = header->name;
		mapping->to = header->value ? header->value : get_env(header->value_env, remote);
		headers = lappend(headers, mapping);
	}
	return headers;
}

/* ---- values ---- */

static GqlValue *
value_from_string(const RrDoc *doc, bool variables)
{
	char	   *text = rr_doc_text(doc);
	int			len = strlen(text);

	if (variables && text[0] == '$' && len > 1)
		return gql_make_text_value(GQL_VALUE_VARIABLE, text + 1, len - 1);
	return gql_make_text_value(GQL_VALUE_STRING, text, len);
}

/*
 * Any JSON as a GraphQL value. If variables is true, a string "$name" becomes
 * a VARIABLE.
 */
static GqlValue *
value_from_json(const RrDoc *doc, bool variables)
{
	GqlValue   *value;
	ListCell   *lc;

	check_stack_depth();
	switch (doc->value.type)
	{
		case jbvNull:
			return gql_make_value(GQL_VALUE_NULL);
		case jbvString:
			return value_from_string(doc, variables);
		case jbvBool:
			value = gql_make_value(GQL_VALUE_BOOLEAN);
			value->boolean = doc->value.val.boolean;
			return value;
		case jbvNumeric:
			{
				Datum		number = NumericGetDatum(doc->value.val.numeric);
				char	   *text = DatumGetCString(DirectFunctionCall1(numeric_out, number));

				return gql_make_text_value(strchr(text, '.') ? GQL_VALUE_FLOAT : GQL_VALUE_INT,
										   text, strlen(text));
			}
		default:
			break;
	}
	if (rr_doc_is_array(doc))
	{
		value = gql_make_value(GQL_VALUE_LIST);
		foreach(lc, rr_doc_items(doc))
			value->items = lappend(value->items, value_from_json(lfirst(lc), variables));
		return value;
	}
	value = gql_make_value(GQL_VALUE_OBJECT);
	foreach(lc, rr_doc_members(doc))
	{
		const RrDoc *member = lfirst(lc);

		gql_object_add(value, member->key, -1, value_from_json(member, variables));
	}
	return value;
}

/* ---- relationships ---- */

static void
check_name(const RrDoc *doc, const char *name, const char *what)
{
	if (!gql_is_name(name))
		throw_at(doc, psprintf("\"%s\" is no GraphQL name, so it cannot be %s", name, what));
}

/* The levels of remote_field, outermost first. */
static List *
read_remote_field(const RrDoc *doc)
{
	List	   *steps = NIL;

	while (doc)
	{
		List	   *members = rr_doc_members(doc);
		const RrDoc *member;
		const RrDoc *arguments;
		RrRemoteFieldStep *step;

		if (list_length(members) != 1)
			throw_at(doc, psprintf("one field is needed at each level of \"remote_field\", found %d", list_length(members)));
		member = linitial(members);
		check_name(member, member->key, "a field");
		RR_DOC_CHECK_KEYS(member, "arguments", "field");
		step = palloc0(sizeof(RrRemoteFieldStep));
		step->field = member->key;
		arguments = rr_doc_get(member, "arguments");
		if (arguments)
			(void) rr_doc_members(arguments);	/* must be an object */
		step->arguments = arguments ? value_from_json(arguments, true)
			: gql_make_value(GQL_VALUE_OBJECT);
		steps = lappend(steps, step);
		doc = rr_doc_get(member, "field");
	}
	return steps;
}

bool
rr_has_name(const List *names, const char *name)
{
	ListCell   *lc;

	foreach(lc, names)
	{
		if (strcmp(lfirst(lc), name) == 0)
			return true;
	}
	return false;
}

static bool
collect_variable(const GqlValue *value, void *arg)
{
	List	  **names = arg;

	if (value->kind == GQL_VALUE_VARIABLE && !rr_has_name(*names, value->text))
		*names = lappend(*names, unconstify(char *, value->text));
	return false;
}

static void
read_batch(const RrDoc *doc, RrToRemoteSchema *to)
{
	ListCell   *lc;

	if (rr_doc_is_string(doc))
	{
		const char *kind = rr_doc_text(doc);

		if (strcmp(kind, "aliases") == 0)
			to->batch = RR_BATCH_ALIASES;
		else if (strcmp(kind, "position") == 0)
			to->batch = RR_BATCH_POSITION;
		else
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("unknown \"batch\": \"%s\"", kind),
					 rr_doc_errdetail(doc),
					 errhint("Use \"aliases\", \"position\", or an object of result fields and what they must equal, like {\"id\": \"$id\"}.")));
		return;
	}
	foreach(lc, rr_doc_members(doc))
	{
		const RrDoc *member = lfirst(lc);
		const char *value = rr_doc_text(member);
		RrBatchMatch *match;

		/* unless it is a result field of this name */
		if (strcmp(member->key, "where") == 0 && value[0] != '$')
		{
			check_name(member, value, "an argument");
			to->filter_argument = value;
			continue;
		}
		check_name(member, member->key, "a result field");
		if (value[0] != '$' || value[1] == '\0')
			throw_at(member, psprintf("a result field is matched with a \"$name\", found \"%s\"",
									  value));
		match = palloc(sizeof(RrBatchMatch));
		match->name = member->key;
		match->lhs = value + 1;
		to->batch_match = lappend(to->batch_match, match);
	}
	if (to->batch_match != NIL)
		to->batch = RR_BATCH_LIST;
	else if (to->filter_argument == NULL)
		throw_at(doc, "\"batch\" names no result field to match");
}

static bool
read_relationship_type(const RrDoc *doc)
{
	const char *type = rr_doc_text(doc);

	if (strcmp(type, "object") != 0 && strcmp(type, "array") != 0)
		throw_at(doc, psprintf("\"relationship_type\" must be \"object\" or \"array\", not \"%s\"", type));
	return strcmp(type, "array") == 0;
}

/* Throw unless every name that arguments or matches use is in lhs_fields. */
static void
check_listed(const RrDoc *listed, const RrToRemoteSchema *to, List *used)
{
	ListCell   *lc;

	foreach(lc, used)
	{
		const char *name = lfirst(lc);

		if (!rr_has_name(to->lhs_fields, name))
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("\"$%s\" is used but not listed in \"%s\"", name, listed->key),
					 rr_doc_errdetail(listed),
					 rr_errhint_did_you_mean(name, to->lhs_fields)));
	}
}

RrToRemoteSchema *
rr_to_remote_schema_from_json(const RrDoc *definition)
{
	RrToRemoteSchema *to = palloc0(sizeof(RrToRemoteSchema));
	const RrDoc *listed;
	const RrDoc *member;
	List	   *used = NIL;
	ListCell   *lc;

	to->remote_schema = rr_doc_text(rr_doc_require(definition, "remote_schema"));
	to->remote_field = read_remote_field(rr_doc_require(definition, "remote_field"));
	if ((member = rr_doc_get(definition, "batch")) != NULL)
		read_batch(member, to);
	if ((member = rr_doc_get(definition, "relationship_type")) != NULL)
		to->array = read_relationship_type(member);
	if (to->array && to->batch != RR_BATCH_LIST)
		throw_at(definition, "\"relationship_type\": \"array\" needs \"batch\" to name the result fields to match");

	foreach(lc, to->remote_field)
		gql_value_walk(((RrRemoteFieldStep *) lfirst(lc))->arguments, collect_variable, &used);
	foreach(lc, to->batch_match)
	{
		const RrBatchMatch *match = lfirst(lc);

		if (!rr_has_name(used, match->lhs))
			used = lappend(used, unconstify(char *, match->lhs));
	}

	listed = rr_doc_get(definition, "lhs_fields");
	if (listed == NULL)
		listed = rr_doc_get(definition, "hasura_fields");
	if (listed == NULL)
	{
		to->lhs_fields = used;
		return to;
	}
	foreach(lc, rr_doc_items(listed))
		to->lhs_fields = lappend(to->lhs_fields, rr_doc_text(lfirst(lc)));
	check_listed(listed, to, used);
	return to;
}

void
rr_check_source_name(const RrDoc *source)
{
	if (strcmp(rr_doc_text(source), "default") != 0)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("source \"%s\" does not exist", rr_doc_text(source)),
				 errdetail("The only source is this database, \"default\". At %s.",
						   rr_doc_path(source))));
}

void
rr_check_source(const RrDoc *doc)
{
	const RrDoc *source = rr_doc_get(doc, "source");

	if (source)
		rr_check_source_name(source);
}

/* Throw for a name that would be truncated: it would mean another object. */
static void
check_length(const RrDoc *doc, const char *name)
{
	if (strlen(name) >= NAMEDATALEN)
		ereport(ERROR,
				(errcode(ERRCODE_NAME_TOO_LONG),
				 errmsg("the name at %s is too long", rr_doc_path(doc)),
				 errdetail("Names in PostgreSQL have at most %d bytes.", NAMEDATALEN - 1)));
}

void
rr_table_name_from_json(const RrDoc *doc, const char **schema, const char **name)
{
	if (rr_doc_is_string(doc))
	{
		*schema = "public";
		*name = rr_doc_text(doc);
	}
	else
	{
		RR_DOC_CHECK_KEYS(doc, "schema", "name");
		*schema = rr_doc_get_text(doc, "schema", "public");
		*name = rr_doc_text(rr_doc_require(doc, "name"));
	}
	check_length(doc, *schema);
	check_length(doc, *name);
}

RrToSource *
rr_to_source_from_json(const RrDoc *definition)
{
	RrToSource *to = palloc0(sizeof(RrToSource));
	const RrDoc *mapping;
	ListCell   *lc;

	rr_check_source(definition);
	to->array = read_relationship_type(rr_doc_require(definition, "relationship_type"));
	rr_table_name_from_json(rr_doc_require(definition, "table"), &to->table_schema,
							&to->table_name);
	to->table = rr_lookup_table(to->table_schema, to->table_name);
	mapping = rr_doc_require(definition, "field_mapping");
	foreach(lc, rr_doc_members(mapping))
	{
		const RrDoc *member = lfirst(lc);
		RrFieldMapping *field = palloc(sizeof(RrFieldMapping));

		field->lhs = member->key;
		field->column = rr_doc_text(member);
		to->field_mapping = lappend(to->field_mapping, field);
	}
	if (to->field_mapping == NIL)
		throw_at(mapping, "\"field_mapping\" is empty");
	return to;
}
