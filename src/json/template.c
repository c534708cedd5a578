/*
 * template.c: the SQL functions with which generated statements build JSON.
 *
 *   json_object(template, values...)  one JSON text
 *   json_rows(template, values...)    aggregate: a list of them, in the order
 *                                     of its input; [] without rows
 *
 * A template is JSON text with placeholders, each for the next value:
 *
 *   $   the value, as JSON
 *   ?   before an object: if the value is NULL, the object becomes null, and
 *       the values of its placeholders are skipped
 *   *   in place of a member: the members of the value, an object that
 *       json_object() has made. So there may be more values than a function
 *       has arguments.
 *
 * Every user may call these functions, and the result may be stored as json.
 * So a template that would not make valid JSON is an error. A template is
 * parsed, and types are looked up, once per call site.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "compat.h"
#include "json/json.h"

PG_FUNCTION_INFO_V1(rr_json_object);
PG_FUNCTION_INFO_V1(rr_json_rows_add);
PG_FUNCTION_INFO_V1(rr_json_rows_finish);

typedef enum OpKind
{
	OP_TEXT,
	OP_VALUE,
	OP_MEMBERS,
	OP_TEST,
} OpKind;

typedef struct Op
{
	OpKind		kind;
	const char *text;			/* TEXT */
	int			len;
	int			arg;			/* VALUE, MEMBERS, TEST: counted from the
								 * first value */
	int			next;			/* TEST: the op to continue with if it is NULL */
} Op;

/* A parsed template, at FmgrInfo.fn_extra. */
typedef struct Program
{
	MemoryContext cxt;
	char	   *template;
	int			len;
	int			nops;
	Op		   *ops;
	int			nargs;
	RrJsonWriter **writers;
	int			expected;		/* the usual length of a result, in bytes */
} Program;

/* ---- templates ---- */

static void
refuse_template(const char *detail)
{
	ereport(ERROR,
			errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			errmsg("invalid template"),
			errdetail("%s", detail));
}

static void
add_text(Program *program, const char *from, const char *to)
{
	Op		   *op = &program->ops[program->nops];

	if (from == to)
		return;
	op->kind = OP_TEXT;
	op->text = from;
	op->len = to - from;
	program->nops++;
}

static void
add_value(Program *program, OpKind kind, int *arg)
{
	Op		   *op = &program->ops[program->nops++];

	if (*arg >= program->nargs)
		refuse_template("It has more placeholders than there are values.");
	op->kind = kind;
	op->arg = (*arg)++;
}

/* The closing quote of the string that begins at p. */
static const char *
end_of_string(const char *p, const char *end)
{
	for (p++; p < end; p++)
	{
		if (*p == '"')
			return p;
		if (*p == '\\')
			p++;
	}
	refuse_template("A string does not end.");
	return end;
}

/*
 * plain is the template with its placeholders replaced: it must be JSON. They
 * are replaced by null, which does not run together with what stands beside
 * it, as a number would: 1$ is no JSON.
 */
static void
check_json(StringInfo plain)
{
	RrScan		scan;
	RrSlice		value;

	rr_scan_init(&scan, plain->data, plain->len);
	if (!rr_scan_value(&scan, &value) || rr_scan_peek(&scan) != '\0')
		refuse_template("It is not JSON.");
	pfree(plain->data);
}

static void
parse_template(Program *program)
{
	const char *end = program->template + program->len;
	const char *text = program->template;
	int			arg = 0;
	int			depth = 0;
	int		   *tests;			/* by depth: the test of the object that is
								 * open there, or -1 */
	int			pending = -1;
	StringInfoData plain;

	/* JSON has none, and they would be taken for holes (join/hole.h) */
	for (const char *p = program->template; p < end; p++)
		if ((unsigned char) *p < 0x20)
			refuse_template("It contains a control character.");

	/* each op takes at least one byte of the template, so this suffices */
	program->ops = palloc0((program->len + 1) * sizeof(Op));
	tests = palloc((program->len + 1) * sizeof(int));
	initStringInfo(&plain);
	for (const char *p = program->template; p < end; p++)
	{
		const char *start = p;

		switch (*p)
		{
			case '"':
				p = end_of_string(p, end);
				break;
			case '$':
				add_text(program, text, p);
				add_value(program, OP_VALUE, &arg);
				text = p + 1;
				appendStringInfoString(&plain, "null");
				continue;
			case '*':
				add_text(program, text, p);
				add_value(program, OP_MEMBERS, &arg);
				text = p + 1;
				appendStringInfoString(&plain, "\"\":null");
				continue;
			case '?':
				if (p + 1 == end || p[1] != '{')
					refuse_template("\"?\" must stand before an object.");
				add_text(program, text, p);
				pending = program->nops;
				add_value(program, OP_TEST, &arg);
				text = p + 1;
				continue;
			case '{':
				tests[depth++] = pending;
				pending = -1;
				break;
			case '}':
				if (depth == 0)
					refuse_template("A brace is closed that was not opened.");
				if (tests[--depth] >= 0)
				{
					add_text(program, text, p + 1);
					text = p + 1;
					program->ops[tests[depth]].next = program->nops;
				}
				break;
		}
		appendBinaryStringInfo(&plain, start, p + 1 - start);
	}
	if (depth > 0)
		refuse_template("A brace is not closed.");
	check_json(&plain);
	add_text(program, text, end);
	pfree(tests);
}

static bool
is_same_template(const Program *program, const text * template)
{
	return program->len == (int) VARSIZE_ANY_EXHDR(template) &&
		memcmp(program->template, VARDATA_ANY(template), program->len) == 0;
}

/* Make the program of this call site. Values begin at argument first. */
static Program *
make_program(FunctionCallInfo fcinfo, const text * template, int first)
{
	Program    *old = fcinfo->flinfo->fn_extra;
	MemoryContext cxt,
				caller;
	Program    *program;

	if (get_fn_expr_variadic(fcinfo->flinfo))
		ereport(ERROR,
				errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				errmsg("values of a template cannot be given as a VARIADIC array"));
	if (old != NULL)
	{
		fcinfo->flinfo->fn_extra = NULL;
		MemoryContextDelete(old->cxt);
	}
	cxt = AllocSetContextCreate(fcinfo->flinfo->fn_mcxt, "remote_rel template",
								ALLOCSET_SMALL_SIZES);
	caller = MemoryContextSwitchTo(cxt);
	program = palloc0(sizeof(Program));
	program->cxt = cxt;
	program->len = VARSIZE_ANY_EXHDR(template);
	program->template = pnstrdup(VARDATA_ANY(template), program->len);
	program->nargs = PG_NARGS() - first;
	program->writers = palloc0((program->nargs + 1) * sizeof(RrJsonWriter *));
	program->expected = 256;
	for (int i = 0; i < program->nargs; i++)
	{
		Oid			type = get_fn_expr_argtype(fcinfo->flinfo, first + i);

		if (!OidIsValid(type))
			ereport(ERROR,
					errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("could not determine data type for argument %d", first + i + 1));
		program->writers[i] = rr_json_writer(type, cxt);
	}
	parse_template(program);
	for (int i = 0; i < program->nops; i++)
	{
		const Op   *op = &program->ops[i];

		if (op->kind == OP_MEMBERS &&
			get_fn_expr_argtype(fcinfo->flinfo, first + op->arg) != JSONOID)
			refuse_template("\"*\" takes a value of type json.");
	}
	MemoryContextSwitchTo(caller);
	fcinfo->flinfo->fn_extra = program;
	return program;
}

static inline Program *
get_program(FunctionCallInfo fcinfo, int template_arg)
{
	Program    *program = fcinfo->flinfo->fn_extra;
	text	   *template;

	if (PG_ARGISNULL(template_arg))
		refuse_template("It is null.");
	template = PG_GETARG_TEXT_PP(template_arg);
	if (unlikely(program == NULL || !is_same_template(program, template)))
		program = make_program(fcinfo, template, template_arg + 1);
	return program;
}

/*
 * json is valid JSON. So it is one object, whose members stand between its
 * first byte and its last, when these are braces. One with white space around
 * it, or without members, was not made by json_object().
 */
static void
append_members(StringInfo out, const NullableDatum *object)
{
	text	   *json = object->isnull ? NULL : DatumGetTextPP(object->value);
	const char *data = json ? VARDATA_ANY(json) : "";
	int			len = json ? VARSIZE_ANY_EXHDR(json) : 0;

	if (len < 3 || data[0] != '{' || data[1] != '"' || data[len - 1] != '}')
		refuse_template("\"*\" takes an object that json_object() has made.");
	rr_json_append(out, data + 1, len - 2);
}

static inline void
run_program(const Program *program, StringInfo out, const NullableDatum *values)
{
	int			i = 0;

	while (i < program->nops)
	{
		const Op   *op = &program->ops[i++];

		switch (op->kind)
		{
			case OP_TEXT:
				rr_json_append(out, op->text, op->len);
				break;
			case OP_VALUE:
				if (values[op->arg].isnull)
					rr_json_append(out, "null", 4);
				else
					rr_json_write(program->writers[op->arg], out, values[op->arg].value);
				break;
			case OP_MEMBERS:
				append_members(out, &values[op->arg]);
				break;
			case OP_TEST:
				if (values[op->arg].isnull)
				{
					rr_json_append(out, "null", 4);
					i = op->next;
				}
				break;
		}
	}
}

/* Start a buffer with room for a varlena header. */
static void
start_buffer(StringInfo out, int size)
{
	out->data = palloc(size);
	out->maxlen = size;
	out->len = VARHDRSZ;
	out->cursor = 0;
}

/* ---- functions ---- */

Datum
rr_json_object(PG_FUNCTION_ARGS)
{
	Program    *program = get_program(fcinfo, 0);
	StringInfoData out;

	start_buffer(&out, program->expected + VARHDRSZ);
	run_program(program, &out, fcinfo->args + 1);
	if (out.len > program->expected)
		program->expected = out.len + out.len / 4;
	SET_VARSIZE(out.data, out.len);
	PG_RETURN_POINTER(out.data);
}

Datum
rr_json_rows_add(PG_FUNCTION_ARGS)
{
	Program    *program = get_program(fcinfo, 1);
	StringInfo	state = PG_ARGISNULL(0) ? NULL : (StringInfo) PG_GETARG_POINTER(0);
	MemoryContext aggregate,
				old;

	if (state == NULL)
	{
		if (!AggCheckCallContext(fcinfo, &aggregate))
			elog(ERROR, "json_rows_add called in non-aggregate context");
		old = MemoryContextSwitchTo(aggregate);
		state = palloc(sizeof(StringInfoData));
		start_buffer(state, 1024);
		MemoryContextSwitchTo(old);
		rr_json_append(state, "[", 1);
	}
	else
		rr_json_append(state, ",", 1);
	run_program(program, state, fcinfo->args + 2);
	PG_RETURN_POINTER(state);
}

/*
 * Write the bracket behind the end of the state, and leave the state as it is:
 * a window function may add more rows to it.
 */
Datum
rr_json_rows_finish(PG_FUNCTION_ARGS)
{
	StringInfo	state;

	if (!AggCheckCallContext(fcinfo, NULL))
		elog(ERROR, "json_rows_finish called in non-aggregate context");
	if (PG_ARGISNULL(0))
		PG_RETURN_TEXT_P(cstring_to_text_with_len("[]", 2));
	state = (StringInfo) PG_GETARG_POINTER(0);
	*rr_json_reserve(state, 1) = ']';
	SET_VARSIZE(state->data, state->len + 1);
	PG_RETURN_POINTER(state->data);
}
