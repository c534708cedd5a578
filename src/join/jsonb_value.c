/*
 * jsonb_value.c: a remote schema's value as jsonb.
 *
 * jsonb decodes strings and numbers, and throws at what it cannot hold. So a
 * text that may have such things is looked through before.
 */
#include "postgres.h"

#include <limits.h>

#include "miscadmin.h"
#include "utils/fmgrprotos.h"

#include "join/jsonb_value.h"
#include "join/wire_text.h"

/*
 * The decimal digits of a numeric before and behind its point. A text that is
 * shorter, and has no exponent, holds no number out of range.
 */
#define MAX_INTEGER_DIGITS 131072
#define MAX_FRACTION_DIGITS 16383

/* A walk over JSON text, which is copied to out. */
typedef struct Fitting
{
	RrScan		scan;
	StringInfoData out;
	const char *name;
	GqlErrorList *errors;
} Fitting;

/* May the text have something that jsonb cannot hold? */
static bool
is_doubtful(const StringInfoData *text)
{
	const char *end = text->data + text->len;

	if (text->len > MAX_FRACTION_DIGITS || memchr(text->data, '\\', text->len) != NULL)
		return true;
	/* an exponent follows a digit */
	for (const char *p = text->data + 1; p < end; p++)
		if ((*p == 'e' || *p == 'E') && isdigit((unsigned char) p[-1]))
			return true;
	return false;
}

static bool
number_fits(RrSlice number)
{
	const char *p = number.data;
	const char *end = number.data + number.len;
	int64		integer = 0;
	int64		fraction = 0;
	int64		exponent = 0;

	for (; p < end && *p != '.' && *p != 'e' && *p != 'E'; p++)
		integer++;
	if (p < end && *p == '.')
		for (p++; p < end && *p != 'e' && *p != 'E'; p++)
			fraction++;
	if (p < end)
		exponent = strtoll(p + 1, NULL, 10);
	if (exponent > INT_MAX / 4 || exponent < -(INT_MAX / 4))
		return false;
	return integer + exponent <= MAX_INTEGER_DIGITS && fraction - exponent <= MAX_FRACTION_DIGITS;
}

static void fit_value(Fitting *f, const GqlPath *path);

/* Copy the items of an object or a list. False when a name does not fit. */
static bool
fit_items(Fitting *f, char close, const GqlPath *path)
{
	GqlPath		item = {.prev = path};
	RrSlice		name;
	bool		first = true;
	bool		ok;

	f->scan.pos++;
	appendStringInfoChar(&f->out, close == '}' ? '{' : '[');
	for (; rr_scan_more(&f->scan, first, close, &ok); first = false)
	{
		char	   *key = NULL;

		if (!first)
			appendStringInfoChar(&f->out, ',');
		if (close == '}')
		{
			if (!rr_scan_name(&f->scan, &name) || !rr_wire_string_fits(name))
				return false;
			item.key = key = rr_wire_string(name);
			rr_json_append(&f->out, name.data - 1, name.len + 2);
			appendStringInfoChar(&f->out, ':');
		}
		fit_value(f, &item);
		item.index++;
		if (key != NULL)
			pfree(key);
	}
	appendStringInfoChar(&f->out, close);
	return true;
}

static void
fit_value(Fitting *f, const GqlPath *path)
{
	char		c = rr_scan_peek(&f->scan);
	RrScan		begin = f->scan;
	int			start = f->out.len;
	RrSlice		value = {NULL, 0};
	GqlError   *error;
	bool		fits;

	check_stack_depth();
	CHECK_FOR_INTERRUPTS();
	if (c == '{' || c == '[')
		fits = fit_items(f, c == '{' ? '}' : ']', path);
	else
	{
		rr_scan_value(&f->scan, &value);
		fits = c == '"' ? rr_wire_string_fits((RrSlice) {value.data + 1, value.len - 2})
			: !(c == '-' || isdigit((unsigned char) c)) || number_fits(value);
		rr_json_append(&f->out, value.data, value.len);
	}
	if (fits)
		return;
	f->out.len = start;
	f->scan = begin;
	rr_scan_value(&f->scan, &value);
	appendStringInfoString(&f->out, "null");
	error = gql_error(f->errors, "remote schema \"%s\" answered with a value that jsonb cannot hold%s",
					  f->name, gql_path_to_string(path));
	if (error != NULL)
		error->code = GQL_CODE_REMOTE_SCHEMA_ERROR;
}

Datum
rr_jsonb_value(const StringInfoData *text, const char *name, GqlErrorList *errors)
{
	Fitting		f = {.name = name, .errors = errors};

	if (!is_doubtful(text))
		return DirectFunctionCall1(jsonb_in, CStringGetDatum(text->data));
	rr_scan_init(&f.scan, text->data, text->len);
	initStringInfo(&f.out);
	fit_value(&f, NULL);
	*rr_json_reserve(&f.out, 0) = '\0';
	return DirectFunctionCall1(jsonb_in, CStringGetDatum(f.out.data));
}
