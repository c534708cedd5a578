/*
 * jsonb_build.c: makes jsonb values.
 *
 * Each goes through text: what commands answer is small.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/json.h"

#include "compat.h"
#include "metadata/metadata.h"

static Jsonb *
jsonb_from_text(const char *text)
{
	return DatumGetJsonbP(DirectFunctionCall1(jsonb_in, CStringGetDatum(text)));
}

Jsonb	   *
rr_jsonb_object(const char *key,...)
{
	StringInfoData out;
	va_list		args;
	const char *separator = "{";

	initStringInfo(&out);
	va_start(args, key);
	for (; key; key = va_arg(args, const char *))
	{
		Jsonb	   *value = va_arg(args, Jsonb *);

		if (value == NULL)
			continue;
		appendStringInfoString(&out, separator);
		escape_json(&out, key);
		appendStringInfoChar(&out, ':');
		JsonbToCString(&out, &value->root, VARSIZE(value));
		separator = ",";
	}
	va_end(args);
	appendStringInfoString(&out, out.len > 0 ? "}" : "{}");
	return jsonb_from_text(out.data);
}

Jsonb	   *
rr_jsonb_text(const char *text)
{
	StringInfoData out;

	if (text == NULL)
		return NULL;
	initStringInfo(&out);
	escape_json(&out, text);
	return jsonb_from_text(out.data);
}

Jsonb	   *
rr_jsonb_int(int value)
{
	return jsonb_from_text(psprintf("%d", value));
}

Jsonb	   *
rr_jsonb_bool(bool value)
{
	return jsonb_from_text(value ? "true" : "false");
}

Jsonb	   *
rr_jsonb_array(List *items)
{
	StringInfoData out;
	ListCell   *lc;

	initStringInfo(&out);
	appendStringInfoChar(&out, '[');
	foreach(lc, items)
	{
		Jsonb	   *item = lfirst(lc);

		if (lc != list_head(items))
			appendStringInfoChar(&out, ',');
		JsonbToCString(&out, &item->root, VARSIZE(item));
	}
	appendStringInfoChar(&out, ']');
	return jsonb_from_text(out.data);
}

Jsonb	   *
rr_jsonb_texts(List *texts)
{
	List	   *items = NIL;
	ListCell   *lc;

	foreach(lc, texts)
		items = lappend(items, rr_jsonb_text(lfirst(lc)));
	return items == NIL ? NULL : rr_jsonb_array(items);
}
