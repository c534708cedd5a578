/*
 * fuzz_answer.c: read anything as an upstream's answer.
 *
 * An input is a first line with numbers, a document, a line "---", and the
 * body of the answer:
 *
 *	3 200
 *	{ byId { name } }
 *	---
 *	{"data": {"j0": {"name": "a"}}}
 *
 * The first number is how many keys are joined, the second the HTTP status.
 * The document is planned by the real planner against the schema below. What
 * it selects of Query first decides what is read: root fields of the remote
 * schema, or a relationship that sends its keys by aliases, by list or by
 * position. The keys that the answer has for further steps are answered with
 * the same body, one step after the other.
 *
 * Whatever the body is: the values that come out are JSON, and there are no
 * more errors and no more memory than the body's length allows. The mutator
 * at the end writes documents and answers that fit, with faults in them.
 */
#include "fuzz.h"

#include "catalog/pg_type.h"

#include "join/join_int.h"
#include "settings.h"

#define MAX_KEYS 200
#define SEPARATOR "\n---\n"

/* One more type than the upstream has: what a join field can lead to. */
#define TYPES(LEAF, QUERY, ITEM) \
	"interface Named { name: String! }\n" \
	"type Item implements Named {" ITEM \
	" id: ID! n: Int x: Float name: String! on: Boolean kind: Kind date: Date self: Item" \
	" must: Item! items: [Item!] maybe: [Item]! grid: [[Int!]!] any: Any! named: [Named!]" \
	" anys: [Any] floats: [Float!]! }\n" \
	"type " LEAF " implements Named { name: String! id: ID n: Int size: Int! of: Item }\n" \
	"type Box { inner(id: ID): Item boxes: [Box!]! row(ids: [ID!]!): [Item]! }\n" \
	"union Any = Item | " LEAF " | Box\n" \
	"enum Kind { BIG SMALL }\n" \
	"scalar Date\n" \
	"type Query {" QUERY \
	" item(id: ID): Item pair(id: ID, n: Int): Any box: Box boxes: [[Box!]]" \
	" items(ids: [ID!]): [Item!] numbers(xs: [Float!], ns: [Int!]): [Item]" \
	" named(ids: [ID!]!): [Named!]! any: Any root: Item! name: String kinds: [Kind!] }\n"

#define UPSTREAM TYPES("Leaf", "", "")
#define ROLE TYPES("Leaf_", \
	" byId: Item byPair: Any inner: Item inners: [[Item]] listed: Item lists: [Item!]" \
	" numbered: Item namedList: [Named!] placed: Item inside: Item", \
	" mate: Item mates: [Item!] pairOf: Any")

/* Relationships, by their fields in the role's schema. */
static const struct
{
	const char *type;			/* that has the field */
	const char *field;
	RrBatchKind batch;
	bool		array;
	const char *path[3];		/* of remote_field */
	const char *arguments;		/* of its innermost field */
	const char *keys[3];		/* fields of Item with these names */
	const char *matches[3];		/* result fields for them */
}			relationships[] = {
	{"Query", "byId", RR_BATCH_ALIASES, false, {"item"}, "{id: $id}", {"id"}, {NULL}},
	{"Query", "byPair", RR_BATCH_ALIASES, false, {"pair"}, "{id: $id, n: $n}", {"id", "n"}, {NULL}},
	{"Query", "inner", RR_BATCH_ALIASES, false, {"box", "inner"}, "{id: $id}", {"id"}, {NULL}},
	{"Query", "inners", RR_BATCH_ALIASES, false, {"boxes", "inner"}, "{id: $id}", {"id"}, {NULL}},
	{"Query", "listed", RR_BATCH_LIST, false, {"items"}, "{ids: [$id]}", {"id"}, {"id"}},
	{"Query", "lists", RR_BATCH_LIST, true, {"items"}, "{ids: [$id]}", {"id"}, {"id"}},
	{"Query", "numbered", RR_BATCH_LIST, false, {"numbers"}, "{xs: [$x], ns: [$n]}", {"x", "n"},
	{"x", "n"}},
	{"Query", "namedList", RR_BATCH_LIST, true, {"named"}, "{ids: [$id]}", {"id"}, {"name"}},
	{"Query", "placed", RR_BATCH_POSITION, false, {"items"}, "{ids: [$id]}", {"id"}, {NULL}},
	{"Query", "inside", RR_BATCH_POSITION, false, {"box", "row"}, "{ids: [$id]}", {"id"}, {NULL}},
	{"Item", "mate", RR_BATCH_ALIASES, false, {"item"}, "{id: $id}", {"id"}, {NULL}},
	{"Item", "mates", RR_BATCH_LIST, true, {"numbers"}, "{xs: [$x]}", {"x"}, {"x"}},
	{"Item", "pairOf", RR_BATCH_ALIASES, false, {"pair"}, "{id: $id, n: $n}", {"id", "n"}, {NULL}},
};

/* The columns of a local table have the names of fields. */
static Oid
column_type(const char *name)
{
	return strcmp(name, "n") == 0 ? INT4OID : strcmp(name, "x") == 0 ? NUMERICOID : TEXTOID;
}

/* ---- what the joins' callees want of the rest of the extension ---- */

int			rr_batch_size = MAX_KEYS;
int			rr_max_concurrent_requests = 1;
int			rr_max_response_size = 1024 * 1024;
int			rr_call_timeout = 0;

/* Nothing is sent: keys are taken from the table when their step is next. */
int
rr_step_file_key(RrStepRun *step, const StringInfoData *key_text)
{
	bool		added;

	return rr_key_table_find_or_add(&step->table, key_text, &added);
}

void
rr_fail_unsent(RrStepRun *step, RrKeyError *error)
{
	while (step->sending.sent < step->table.nkeys)
		rr_share_key_error(step, step->sending.sent++, error);
}

void
rr_step_give_up(RrStepRun *step, RrKeyError *error)
{
	step->sending.given_up = error;
	rr_fail_unsent(step, error);
}

RrHttpGroup *
rr_http_group_create(MemoryContext cxt)
{
	return NULL;
}

const char *
rr_http_shown_url(const RrHttpResponse *response)
{
	return "http://upstream.test/";
}

bool
rr_count_fields(RrPlanner *planner, int n)
{
	planner->nfields += n;
	return planner->nfields <= 1000;
}

/* The role has no permission, so nothing is preset. */

bool
rr_has_presets(GqlSchema *upstream, const GqlInputValueDef *def)
{
	return false;
}

/* ---- the schemas ---- */

static RrRemoteSchema definition = {.name = "zoo", .url = "http://user:password@upstream.test/"};
static RrRemote *remote;
static RrRoleSchema *role_schema;

static GqlSchema *
read_schema(const char *sdl)
{
	GqlErrorList *errors = gql_errors_create(0, NULL);
	GqlSchema  *schema = gql_schema_from_sdl(sdl, strlen(sdl), false, errors, errors);

	if (errors->items != NIL)
		elog(ERROR, "%s", ((GqlError *) linitial(errors->items))->message);
	return schema;
}

static RrRelationship *
read_relationship(int i)
{
	RrRelationship *relationship = palloc0(sizeof(RrRelationship));
	RrToRemoteSchema *to = palloc0(sizeof(RrToRemoteSchema));
	bool		local = strcmp(relationships[i].type, "Query") == 0;

	relationship->name = relationships[i].field;
	relationship->to_remote_schema = to;
	relationship->source_remote_schema = local ? NULL : definition.name;
	relationship->source_type = local ? NULL : relationships[i].type;
	to->remote_schema = definition.name;
	to->batch = relationships[i].batch;
	to->array = relationships[i].array;
	for (int j = 0; relationships[i].path[j] != NULL; j++)
	{
		RrRemoteFieldStep *step = palloc0(sizeof(RrRemoteFieldStep));
		const char *text = relationships[i].path[j + 1] == NULL ? relationships[i].arguments : "{}";

		step->field = relationships[i].path[j];
		step->arguments = gql_parse_value(text, strlen(text), gql_errors_create(0, NULL));
		to->remote_field = lappend(to->remote_field, step);
	}
	for (int j = 0; relationships[i].matches[j] != NULL; j++)
	{
		RrBatchMatch *match = palloc0(sizeof(RrBatchMatch));

		match->name = relationships[i].matches[j];
		match->lhs = relationships[i].keys[j];
		to->batch_match = lappend(to->batch_match, match);
	}
	return relationship;
}

static GqlFieldDef *
field_of(GqlSchema *schema, GqlType *type, const char *name)
{
	return gql_names_get(gql_type_fields(schema, type), name);
}

static void
add_join(int i)
{
	RrRemoteJoin *join = palloc0(sizeof(RrRemoteJoin));
	GqlType    *type = remote->upstream->query;
	GqlType    *item = gql_schema_type(remote->upstream, "Item");

	join->base.kind = RR_FIELD_REMOTE_JOIN;
	join->relationship = read_relationship(i);
	join->remote = remote;
	for (int j = 0; relationships[i].path[j] != NULL; j++)
	{
		GqlFieldDef *field = field_of(remote->upstream, type, relationships[i].path[j]);

		join->path = lappend(join->path, field);
		type = gql_named_type(field->type);
	}
	join->keys = palloc0(lengthof(relationships[i].keys) * sizeof(RrJoinKey));
	for (; relationships[i].keys[join->nkeys] != NULL; join->nkeys++)
	{
		RrJoinKey  *key = &join->keys[join->nkeys];

		key->name = relationships[i].keys[join->nkeys];
		if (join->relationship->source_type == NULL)
			key->type = column_type(key->name);
		else
			key->field = field_of(remote->upstream, item, key->name);
	}
	field_of(role_schema->schema, gql_schema_type(role_schema->schema, relationships[i].type),
			 relationships[i].field)->data = join;
}

/* Every field of the role's schema that is no join is the upstream's. */
static void
add_remote_fields(GqlType *type)
{
	gql_foreach(GqlFieldDef, field, gql_type_fields(role_schema->schema, type))
	{
		RrRemoteField *info = palloc0(sizeof(RrRemoteField));

		if (field->data != NULL)
			continue;
		info->base.kind = RR_FIELD_REMOTE;
		info->remote = remote;
		info->upstream_name = field->name;
		field->data = info;
	}
}

void
fuzz_prepare(void)
{
	RrMapping  *mapping = palloc0(sizeof(RrMapping));

	mapping->name = "Leaf";
	mapping->to = "Leaf_";
	definition.customization = palloc0(sizeof(RrCustomization));
	definition.customization->type_prefix = definition.customization->type_suffix = "";
	gql_names_init(&definition.customization->type_mapping, CurrentMemoryContext);
	gql_names_add(&definition.customization->type_mapping, mapping);

	remote = palloc0(sizeof(RrRemote));
	remote->def = &definition;
	remote->upstream = read_schema(UPSTREAM);
	gql_names_init(&remote->types, CurrentMemoryContext);
	gql_foreach(GqlType, type, &remote->upstream->types)
	{
		RrRemoteType *item = palloc0(sizeof(RrRemoteType));

		item->name = rr_remote_type_name(remote, type);
		item->upstream = type;
		item->remote = remote;
		gql_names_add(&remote->types, item);
	}
	role_schema = palloc0(sizeof(RrRoleSchema));
	role_schema->schema = read_schema(ROLE);
	role_schema->remotes = list_make1(remote);
	for (int i = 0; i < (int) lengthof(relationships); i++)
		add_join(i);
	gql_foreach(GqlType, type, &role_schema->schema->types)
	{
		if (!type->builtin && (type->kind == GQL_OBJECT || type->kind == GQL_INTERFACE))
			add_remote_fields(type);
	}
}

/* ---- an input ---- */

typedef struct Input
{
	int			nkeys;
	int			status;
	const char *document;
	int			document_len;
	const char *body;
	int			body_len;
} Input;

/* Take an input to pieces. False when it has not got them all. */
static bool
read_input(const char *text, int len, Input *input)
{
	const char *end = text + len;
	const char *line = memchr(text, '\n', len);
	const char *separator;
	char	   *first;

	if (line == NULL)
		return false;
	first = pnstrdup(text, line - text);
	input->nkeys = 1;
	input->status = 200;
	sscanf(first, "%d %d", &input->nkeys, &input->status);
	input->nkeys = Min(Max(input->nkeys, 1), MAX_KEYS);
	input->document = line + 1;
	separator = memmem(line, end - line, SEPARATOR, strlen(SEPARATOR));
	if (separator == NULL || separator < input->document)
		return false;
	input->document_len = separator - input->document;
	input->body = separator + strlen(SEPARATOR);
	input->body_len = end - input->body;
	return true;
}

/* The plan of a document; NULL when it is not valid, or asks for nothing. */
static RrPlan *
plan_document(const char *text, int len)
{
	static const GqlLimits limits = {.max_tokens = 1000, .max_depth = 20, .max_length = 10000};
	GqlErrorList *errors = gql_errors_create(1, NULL);
	GqlDocument *document = gql_parse(text, len, &limits, errors);
	RrPlanner	planner = {.rs = role_schema, .errors = errors};
	RrPlan	   *plan = palloc0(sizeof(RrPlan));
	List	   *remote_fields = NIL;
	List	   *fields;
	ListCell   *lc;

	if (document == NULL || !gql_validate(role_schema->schema, document, 20, errors))
		return NULL;
	planner.request = gql_request_create(role_schema->schema, document, NULL, NULL, errors);
	if (planner.request == NULL)
		return NULL;
	fields = gql_collect_fields(planner.request, role_schema->schema->query,
								list_make1(planner.request->operation->selection_set));
	foreach(lc, fields)
	{
		const GqlFieldSel *field = lfirst(lc);
		const RrField *info = field->def->data;

		if (gql_is_introspection_field(field->def))
			continue;
		if (info->kind == RR_FIELD_REMOTE)
			remote_fields = lappend(remote_fields, lfirst(lc));
		else if (remote_fields == NIL)
		{
			if (rr_plan_nested_join(&planner, field, NULL) == NULL)
				return NULL;
			break;
		}
	}
	if (remote_fields != NIL &&
		rr_plan_remote_root(&planner, remote, remote_fields, false) == NULL)
		return NULL;
	plan->rs = role_schema;
	plan->request = planner.request;
	plan->steps = planner.steps;
	return plan->steps != NIL ? plan : NULL;
}

/* ---- the check ---- */

/* The value of a joining field of key i, as a local row would have it. */
static char *
key_value(const RrJoinKey *key, int i)
{
	static const char *const forms[] = {"%d", "%d.0", "%d.50"};

	if (key->type == INT4OID)
		return psprintf("%d", i);
	if (key->type == NUMERICOID)
		return psprintf(forms[i % 3], i / 2);
	return psprintf("\"%d\"", i);
}

static void
file_keys(RrStepRun *step, int n)
{
	for (int i = 0; i < n; i++)
	{
		StringInfo	key_text = makeStringInfo();

		for (int j = 0; j < step->plan->nkeys; j++)
		{
			char	   *value = key_value(&step->plan->keys[j], i);

			rr_key_text_append(key_text, (RrSlice) {value, strlen(value)});
		}
		rr_step_file_key(step, key_text);
	}
}

static void
check_json(const char *what, const char *text, int len)
{
	RrScan		scan;
	RrSlice		value;

	rr_scan_init(&scan, text, len);
	if (!rr_scan_value(&scan, &value) || rr_scan_peek(&scan) != '\0')
		elog(ERROR, "%s is no JSON: %.*s", what, len, text);
}

/* Answer the keys of a step, as rr_run_round() does. */
static void
answer_step(RrStepRun *step, const Input *input)
{
	RrHttpResponse response = {.status = input->status, .content_type = "application/json"};

	while (step->sending.sent < step->table.nkeys)
	{
		MemoryContext cxt = AllocSetContextCreate(step->run->cxt, "batch", ALLOCSET_DEFAULT_SIZES);
		MemoryContext old = MemoryContextSwitchTo(cxt);
		RrBatch    *batch = palloc0(sizeof(RrBatch));

		batch->cxt = cxt;
		batch->step = step;
		batch->keys = palloc(step->table.nkeys * sizeof(int));
		if (rr_batch_fill(batch))
		{
			check_json("a request", batch->body, strlen(batch->body));
			response.tag = batch;
			/* a copy, so that its end is seen; a NUL stands behind a body */
			response.body = memcpy(palloc(input->body_len + 1), input->body, input->body_len);
			response.body[input->body_len] = '\0';
			response.len = input->body_len;
			rr_take_answer(batch, &response);
		}
		MemoryContextSwitchTo(old);
		MemoryContextDelete(cxt);
	}
}

/* Put the values of all keys of the first step together. */
static void
check_values(RrRun *run)
{
	RrStepRun  *step = &run->steps[0];
	const GqlFieldSel *field = step->plan->field;

	for (int i = 0; i < step->table.nkeys; i++)
	{
		StringInfo	out = makeStringInfo();
		RrSlice		value = rr_key_value(&step->table, i);
		const GqlPath *path = gql_path_index(NULL, i);

		if (run->has_key_errors && field != NULL)
			rr_file_key_errors(step, i, step->plan->shape, linitial(field->nodes), path);
		if (value.data == NULL)
			continue;
		rr_splice(run, value, path, out);
		check_json("a value", out->data, out->len);
	}
	rr_count_places(run);
}

static void
check_size(const char *what, Size size, Size limit)
{
	if (size > limit)
		elog(ERROR, "%s: %zu where %zu is the limit", what, size, limit);
}

void
fuzz_check(void *arg)
{
	FuzzInput  *fuzz = arg;
	Input		input;
	RrPlan	   *plan;
	RrRun	   *run;
	GqlErrorList *errors = gql_errors_create(100, NULL);
	StringInfo	out = makeStringInfo();

	if (!read_input(fuzz->text, fuzz->len, &input))
		return;
	plan = plan_document(input.document, input.document_len);
	if (plan == NULL)
		return;
	run = rr_run_create(plan, errors);
	if (run->steps[0].plan->kind == RR_STEP_JOIN)
		file_keys(&run->steps[0], input.nkeys);
	for (int i = 0; i < run->nsteps; i++)
		answer_step(&run->steps[i], &input);

	check_size("errors", list_length(run->key_errors),
			   RR_MAX_RUN_ERRORS + 10 * run->nsteps + input.nkeys);
	check_size("memory", MemoryContextMemAllocated(run->cxt, true),
			   run->nsteps * ((Size) 100 * input.body_len + 4 * 1024 * 1024));
	check_values(run);
	gql_errors_to_json(errors, out);
	check_json("a list of errors", out->data, out->len);
}

/* ---- documents and answers that fit, more or less ---- */

extern size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
extern size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size,
									  unsigned int seed);

static unsigned int state;

/* A number from 0 up to n - 1. */
static int
draw(int n)
{
	state = state * 1103515245 + 12345;
	return (int) ((state >> 16) % n);
}

static void
write_selection(StringInfo out, GqlType *type, int depth)
{
	const GqlNames *fields;

	appendStringInfoString(out, " {");
	if (gql_is_abstract(type))
	{
		appendStringInfoString(out, draw(3) == 0 ? "" : " __typename");
		for (int i = draw(3); i >= 0; i--)
		{
			GqlType    *member = type->members.items[draw(type->members.n)];

			appendStringInfo(out, " ... on %s", member->name);
			write_selection(out, member, depth - 1);
		}
		appendStringInfoString(out, " }");
		return;
	}
	fields = gql_type_fields(role_schema->schema, type);
	for (int i = draw(5); i >= 0; i--)
	{
		const GqlFieldDef *field = fields->items[draw(fields->n)];
		GqlType    *named = gql_named_type(field->type);

		if (!gql_is_leaf(named) && depth <= 0)
			continue;
		if (draw(3) == 0)
			appendStringInfo(out, " a%d:", draw(1000));
		appendStringInfo(out, " %s", field->name);
		if (strcmp(field->name, "named") == 0 && type == role_schema->schema->query)
			appendStringInfoString(out, "(ids: [1])");
		if (strcmp(field->name, "row") == 0)
			appendStringInfoString(out, "(ids: [1])");
		if (!gql_is_leaf(named))
			write_selection(out, named, depth - 1);
	}
	appendStringInfoString(out, " __typename }");
}

static void write_value(StringInfo out, const GqlTypeRef *type, const RrShape *shape);

static void
write_leaf(StringInfo out, const GqlType *type)
{
	static const char *const strange[] = {
		"1e400", "-0", "1.5", "2147483648", "\"\\u0000\"", "\"\\ud800\"", "\"\xC3\xA9\"", "true",
		"[[]]", "{\"a\":[1]}", "\"\"", "\"\\\"\"", "1E1", "9007199254740993"
	};

	if (draw(30) == 0)
		appendStringInfoString(out, strange[draw(lengthof(strange))]);
	else if (strcmp(type->name, "Boolean") == 0)
		appendStringInfoString(out, draw(2) ? "true" : "false");
	else if (type->kind == GQL_ENUM)
		appendStringInfoString(out, draw(2) ? "\"BIG\"" : "\"SMALL\"");
	else if (strcmp(type->name, "Int") == 0 || strcmp(type->name, "Float") == 0)
		appendStringInfo(out, draw(2) ? "%d" : "%d.0", draw(9));
	else
		appendStringInfo(out, "\"%d\"", draw(9));
}

/* The members of an object, in the order asked for or in another. */
static void
write_members(StringInfo out, const RrObjectShape *object, bool typename)
{
	int			n = object->nkeys + object->nfields;
	int			start = draw(8) == 0 && n > 0 ? draw(n) : 0;
	const char *comma = "";

	appendStringInfoChar(out, '{');
	if (typename)
	{
		appendStringInfo(out, "\"" RR_WIRE_TYPENAME "\":\"%s\"", object->upstream->name);
		comma = ",";
	}
	for (int j = 0; j < n; j++)
	{
		int			i = (start + j) % n;
		const RrShapeField *field = i < object->nkeys ? NULL : &object->fields[i - object->nkeys];

		if ((field != NULL && field->kind == RR_SHAPE_JOIN) || draw(40) == 0)
			continue;
		if (draw(40) == 0)
			j--;				/* it comes twice */
		appendStringInfo(out, "%s\"%s\":", comma, field ? field->alias : object->key_aliases[i]);
		comma = draw(40) ? "," : " , ";
		if (field == NULL)
			write_leaf(out, gql_named_type(object->keys[i]->type));
		else if (field->kind == RR_SHAPE_TYPENAME)
			appendStringInfo(out, "\"%s\"", object->upstream ? object->upstream->name : "Query");
		else
			write_value(out, field->shape->type, field->shape);
		if (out->len > 3000)
			break;
	}
	if (draw(40) == 0)
		appendStringInfo(out, "%s\"more\":[{}]", comma);
	appendStringInfoChar(out, '}');
}

static void
write_value(StringInfo out, const GqlTypeRef *type, const RrShape *shape)
{
	if (draw(25) == 0)
	{
		appendStringInfoString(out, "null");
		return;
	}
	if (type->kind == GQL_TYPE_NON_NULL)
		type = type->of;
	if (type->kind == GQL_TYPE_LIST)
	{
		appendStringInfoChar(out, '[');
		for (int i = draw(4); i > 0 && out->len < 3000; i--)
		{
			write_value(out, type->of, shape);
			appendStringInfoString(out, i > 1 ? "," : "");
		}
		appendStringInfoChar(out, ']');
	}
	else if (shape->leaf)
		write_leaf(out, type->type);
	else if (shape->abstract && shape->specific != NIL && draw(4) > 0)
		write_members(out, list_nth(shape->specific, draw(list_length(shape->specific))), true);
	else if (shape->abstract)
		appendStringInfo(out, "{\"" RR_WIRE_TYPENAME "\":\"%s\"}", draw(2) ? "Leaf" : "Box");
	else
		write_members(out, shape->base, false);
}

/* The value of a key below what is left of remote_field's path. */
static void
write_path(StringInfo out, const RrStep *step, int level, int nkeys)
{
	bool		lists = level < list_length(step->path) &&
	strcmp(((RrFieldCall *) list_nth(step->path, level - 1))->field, "boxes") == 0;

	if (level < list_length(step->path))
	{
		appendStringInfo(out, "%s{\"%s\":", lists ? "[[" : "",
						 ((RrFieldCall *) list_nth(step->path, level))->field);
		write_path(out, step, level + 1, nkeys);
		appendStringInfo(out, "}%s", lists ? "]]" : "");
	}
	else if (rr_batch_kind(step) == RR_BATCH_ALIASES)
		write_value(out, step->shape->type, step->shape);
	else
	{
		appendStringInfoChar(out, '[');
		for (int i = 0; i < nkeys && out->len < 3000; i++)
		{
			appendStringInfoString(out, i > 0 ? "," : "");
			write_value(out, step->shape->type, step->shape);
		}
		appendStringInfoChar(out, ']');
	}
}

static void
write_errors(StringInfo out, int nkeys)
{
	appendStringInfoString(out, ",\"errors\":[");
	for (int i = draw(4); i >= 0; i--)
		appendStringInfo(out, "{\"message\":\"m%d\",\"path\":[\"j%d\",%d,\"name\"],\"extensions\":{\"code\":\"C\"}}%s",
						 draw(3), draw(nkeys + 1), draw(5), i > 0 ? "," : "");
	appendStringInfoChar(out, ']');
}

static void
write_answer(StringInfo out, const RrStep *step, int nkeys)
{
	appendStringInfoString(out, "{\"data\":");
	if (step->kind == RR_STEP_ROOT)
		write_members(out, step->shape->base, false);
	else
	{
		int			n = rr_batch_kind(step) == RR_BATCH_ALIASES ? nkeys : 1;

		appendStringInfoChar(out, '{');
		for (int i = 0; i < n && out->len < 3000; i++)
		{
			appendStringInfo(out, "%s\"j%d\":", i > 0 ? "," : "", draw(20) ? i : draw(n));
			write_path(out, step, 1, nkeys);
		}
		appendStringInfoChar(out, '}');
	}
	if (draw(4) == 0)
		write_errors(out, nkeys);
	appendStringInfoChar(out, '}');
}

/* What the mutator hands down. */
typedef struct Mutation
{
	const char *text;
	int			len;
	char	   *out;
	size_t		max_len;
	size_t		out_len;		/* 0: nothing was made */
}			Mutation;

static void
mutate(void *arg)
{
	Mutation   *mutation = arg;
	StringInfoData out;
	StringInfoData document;
	Input		input = {1, 200, NULL, 0, NULL, 0};
	RrPlan	   *plan;

	initStringInfo(&out);
	initStringInfo(&document);
	if (!read_input(mutation->text, mutation->len, &input) || draw(3) == 0)
	{
		write_selection(&document, role_schema->schema->query, 1 + draw(6));
		input.nkeys = 1 + draw(draw(4) == 0 ? MAX_KEYS : 6);
	}
	else
		appendBinaryStringInfo(&document, input.document, input.document_len);
	plan = plan_document(document.data, document.len);
	if (plan == NULL)
		return;
	appendStringInfo(&out, "%d %d\n%s" SEPARATOR, input.nkeys, input.status, document.data);
	write_answer(&out, list_nth(plan->steps, draw(draw(3) ? 1 : list_length(plan->steps))),
				 input.nkeys);
	if ((size_t) out.len > mutation->max_len)
		return;
	memcpy(mutation->out, out.data, out.len);
	mutation->out_len = out.len;
}

size_t
LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed)
{
	Mutation	mutation = {(char *) data, size, (char *) data, max_size, 0};

	state = seed;
	if (TopMemoryContext == NULL || draw(4) > 0 || (size > 0 && data[0] == '\2'))
		return LLVMFuzzerMutate(data, size, max_size);
	shim_run(mutate, &mutation, false);
	return mutation.out_len > 0 ? mutation.out_len : LLVMFuzzerMutate(data, size, max_size);
}
