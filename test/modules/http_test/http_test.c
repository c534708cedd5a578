/*
 * http_test.c: SQL functions that call http/http.h and json/json.h, for tests.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "http/http.h"
#include "json/json.h"
#include "miscadmin.h"
#include "portability/instr_time.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/tuplestore.h"

PG_MODULE_MAGIC;

PG_FUNCTION_INFO_V1(http_test);
PG_FUNCTION_INFO_V1(http_test_nested);
PG_FUNCTION_INFO_V1(http_test_busy);
PG_FUNCTION_INFO_V1(http_test_poll_cost);
PG_FUNCTION_INFO_V1(http_test_display_url);
PG_FUNCTION_INFO_V1(json_test);

static const char *const failure_names[] = {
	"OK", "BAD_URL", "RESOLVE", "CONNECT", "TLS", "TIMEOUT", "TOO_LARGE", "DOWN", "BROKEN"
};

static List *
strings_of(ArrayType *array)
{
	Datum	   *values;
	int			n;
	List	   *list = NIL;

	deconstruct_array(array, TEXTOID, -1, false, TYPALIGN_INT, &values, NULL, &n);
	for (int i = 0; i < n; i++)
		list = lappend(list, TextDatumGetCString(values[i]));
	return list;
}

static Tuplestorestate *
result_store(FunctionCallInfo fcinfo, TupleDesc *desc)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	MemoryContext old = MemoryContextSwitchTo(rsinfo->econtext->ecxt_per_query_memory);

	if (get_call_result_type(fcinfo, NULL, desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	*desc = CreateTupleDescCopy(*desc);
	rsinfo->returnMode = SFRM_Materialize;
	rsinfo->setResult = tuplestore_begin_heap(true, false, work_mem);
	rsinfo->setDesc = *desc;
	MemoryContextSwitchTo(old);
	return rsinfo->setResult;
}

Datum
http_test(PG_FUNCTION_ARGS)
{
	List	   *urls = strings_of(PG_GETARG_ARRAYTYPE_P(0));
	RrHttpRequest req = {0};
	int			fail_after = PG_GETARG_INT32(11);
	RrHttpGroup *group = rr_http_group_create(CurrentMemoryContext);
	RrHttpResponse *r;
	Tuplestorestate *store;
	TupleDesc	desc;
	ListCell   *lc;
	intptr_t	n = 0;
	int			rows = 0;

	req.method = text_to_cstring(PG_GETARG_TEXT_PP(1));
	req.body = text_to_cstring(PG_GETARG_TEXT_PP(2));
	req.body_len = strlen(req.body);
	req.headers = strings_of(PG_GETARG_ARRAYTYPE_P(3));
	req.timeout_ms = PG_GETARG_INT32(4);
	req.max_response_bytes = PG_GETARG_INT64(5);
	req.max_concurrent = PG_GETARG_INT32(6);
	req.limit_key = text_to_cstring(PG_GETARG_TEXT_PP(7));
	req.idempotent = PG_GETARG_BOOL(8);
	req.http2_prior_knowledge = PG_GETARG_BOOL(9);
	req.ca_file = text_to_cstring(PG_GETARG_TEXT_PP(10));
	if (req.ca_file[0] == '\0')
		req.ca_file = NULL;

	store = result_store(fcinfo, &desc);
	foreach(lc, urls)
	{
		req.url = lfirst(lc);
		req.tag = (void *) ++n;
		rr_http_submit(group, &req);
	}
	while ((r = rr_http_next(group)) != NULL)
	{
		Datum		values[8];
		bool		nulls[8] = {0};

		if (rows++ == fail_after)
			ereport(ERROR,
					(errmsg("failing on request")));
		values[0] = Int32GetDatum((int32) (intptr_t) r->tag);
		values[1] = CStringGetTextDatum(failure_names[r->failure]);
		nulls[2] = r->failure_detail == NULL;
		values[2] = nulls[2] ? 0 : CStringGetTextDatum(r->failure_detail);
		values[3] = Int32GetDatum(r->status);
		nulls[4] = r->content_type == NULL;
		values[4] = nulls[4] ? 0 : CStringGetTextDatum(r->content_type);
		nulls[5] = r->charset == NULL;
		values[5] = nulls[5] ? 0 : CStringGetTextDatum(r->charset);
		nulls[6] = r->body == NULL;
		if (!nulls[6])
		{
			if (strnlen(r->body, r->len + 1) > r->len)
				elog(ERROR, "body is not terminated");
			values[6] = PointerGetDatum(cstring_to_text_with_len(r->body, (int) r->len));
		}
		values[7] = Float8GetDatum(r->elapsed_ms);
		tuplestore_putvalues(store, desc, values, nulls);
		rr_http_response_free(r);
	}
	rr_http_group_free(group);
	return (Datum) 0;
}

Datum
http_test_nested(PG_FUNCTION_ARGS)
{
	RrHttpRequest req = {0};
	RrHttpGroup *outer = rr_http_group_create(CurrentMemoryContext);
	RrHttpGroup *inner = rr_http_group_create(CurrentMemoryContext);
	RrHttpResponse *r;
	ListCell   *lc;
	Datum		came[100];
	int			n = 0;

	req.method = "POST";
	req.body = "{}";
	req.body_len = 2;
	req.timeout_ms = 10000;
	req.max_response_bytes = 1 << 20;
	req.max_concurrent = PG_GETARG_INT32(2);
	req.limit_key = "nested";
	req.url = text_to_cstring(PG_GETARG_TEXT_PP(0));
	req.tag = "outer";
	rr_http_submit(outer, &req);
	req.tag = "inner";
	foreach(lc, strings_of(PG_GETARG_ARRAYTYPE_P(1)))
	{
		req.url = lfirst(lc);
		rr_http_submit(inner, &req);
	}
	while ((r = rr_http_next(inner)) != NULL && n < (int) lengthof(came))
		came[n++] = CStringGetTextDatum(psprintf("%s %s", (char *) r->tag,
												 failure_names[r->failure]));
	while ((r = rr_http_next(outer)) != NULL && n < (int) lengthof(came))
		came[n++] = CStringGetTextDatum(psprintf("%s %s", (char *) r->tag,
												 failure_names[r->failure]));
	PG_RETURN_ARRAYTYPE_P(construct_array(came, n, TEXTOID, -1, false, TYPALIGN_INT));
}

static RrHttpGroup *
submit_one(FunctionCallInfo fcinfo, int timeout_ms)
{
	RrHttpGroup *group = rr_http_group_create(CurrentMemoryContext);
	RrHttpRequest req = {0};

	req.url = text_to_cstring(PG_GETARG_TEXT_PP(0));
	req.method = "POST";
	req.timeout_ms = timeout_ms;
	req.max_response_bytes = 1 << 20;
	rr_http_submit(group, &req);
	return group;
}

Datum
http_test_busy(PG_FUNCTION_ARGS)
{
	int			busy_ms = PG_GETARG_INT32(1);
	RrHttpGroup *group = submit_one(fcinfo, PG_GETARG_INT32(2));
	RrHttpResponse *r;
	instr_time	start,
				took;
	TupleDesc	desc;
	Datum		values[2];
	bool		nulls[2] = {0};

	for (int i = 0; i < busy_ms; i++)
	{
		pg_usleep(1000);
		if (PG_GETARG_BOOL(3))
			rr_http_poll(group);
	}
	INSTR_TIME_SET_CURRENT(start);
	r = rr_http_next(group);
	INSTR_TIME_SET_CURRENT(took);
	INSTR_TIME_SUBTRACT(took, start);
	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	values[0] = CStringGetTextDatum(failure_names[r->failure]);
	values[1] = Float8GetDatum(INSTR_TIME_GET_MILLISEC(took));
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(desc), values, nulls)));
}

Datum
http_test_poll_cost(PG_FUNCTION_ARGS)
{
	int			polls = PG_GETARG_INT32(1);
	RrHttpGroup *group = submit_one(fcinfo, 60000);
	instr_time	start,
				took;

	INSTR_TIME_SET_CURRENT(start);
	for (int i = 0; i < polls; i++)
		rr_http_poll(group);
	INSTR_TIME_SET_CURRENT(took);
	INSTR_TIME_SUBTRACT(took, start);
	rr_http_group_free(group);
	PG_RETURN_FLOAT8(INSTR_TIME_GET_DOUBLE(took) * 1e9 / polls);
}

Datum
http_test_display_url(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(cstring_to_text(rr_http_display_url(text_to_cstring(PG_GETARG_TEXT_PP(0)))));
}

static void
print_node(StringInfo buf, RrJsonNode *node)
{
	int			n = rr_json_length(node);

	switch (rr_json_type(node))
	{
		case RR_JSON_NULL:
			appendStringInfoString(buf, "null");
			break;
		case RR_JSON_BOOL:
			appendStringInfoString(buf, rr_json_bool(node, false) ? "true" : "false");
			break;
		case RR_JSON_INT:
			appendStringInfoString(buf, "int");
			break;
		case RR_JSON_DOUBLE:
			appendStringInfoString(buf, "double");
			break;
		case RR_JSON_STRING:
			appendStringInfo(buf, "'%s'", rr_json_text(node));
			break;
		case RR_JSON_ARRAY:
			appendStringInfoChar(buf, '[');
			for (int i = 0; i < n; i++)
			{
				appendStringInfoString(buf, i > 0 ? " " : "");
				print_node(buf, rr_json_item(node, i));
			}
			appendStringInfoChar(buf, ']');
			break;
		case RR_JSON_OBJECT:
			appendStringInfo(buf, "{%d", n);
			if (rr_json_has(node, "a"))
			{
				appendStringInfoString(buf, " a=");
				print_node(buf, rr_json_get(node, "a"));
			}
			appendStringInfoChar(buf, '}');
			break;
	}
}

Datum
json_test(PG_FUNCTION_ARGS)
{
	bytea	   *text = PG_GETARG_BYTEA_PP(0);
	char	   *error;
	RrJson	   *json = rr_json_parse(VARDATA_ANY(text), VARSIZE_ANY_EXHDR(text),
									 PG_GETARG_INT32(1), &error);
	StringInfoData buf;

	if (json == NULL)
		PG_RETURN_TEXT_P(cstring_to_text(error));
	initStringInfo(&buf);
	print_node(&buf, rr_json_root(json));
	rr_json_free(json);
	PG_RETURN_TEXT_P(cstring_to_text_with_len(buf.data, buf.len));
}
