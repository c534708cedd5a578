/*
 * reader.c: an upstream's value, read along its shape.
 *
 * An upstream answers with the fields in the order in which they were asked for (specification, 7.2.2), so members are matched in step with the
 * shape, and only one that does not do so has its members looked up by name.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "exec/reader.h"

static RrReadResult
invalid(RrReader *reader, const GqlPath *path, const char *message)
{
	RrKeyError *error;

	if (reader->key >= 0)
	{
		rr_key_error(reader->step, reader->key, message, path, NULL);
		return RR_READ_INVALID;
	}
	error = palloc0(sizeof(RrKeyError));
	error->message = message;
	error->path = rr_path_copy(NULL, path);
	reader->pending = lappend(reader->pending, error);
	return RR_READ_INVALID;
}

static const char *
remote_name(const RrReader *reader)
{
	return reader->step->step->remote->def->name;
}

static bool
at_null(RrReader *reader)
{
	return rr_scan_peek(&reader->scan) == 'n';
}

static RrReadResult
take_null(RrReader *reader)
{
	RrSlice		value;

	if (!rr_scan_value(&reader->scan, &value))
		return RR_READ_BROKEN;
	appendStringInfoString(reader->out, "null");
	return RR_READ_NULL;
}

/* ---- leaves and lists ---- */

static RrReadResult
read_leaf(RrReader *reader, const GqlType *type, const GqlPath *path)
{
	char		c = rr_scan_peek(&reader->scan);
	RrSlice		value;

	if ((c == '{' || c == '[') && (type->builtin || type->kind == GQL_ENUM))
		return invalid(reader, path, psprintf("remote schema \"%s\" answered with %s where type %s was due", remote_name(reader),
											  c == '{' ? "an object" : "a list", type->name));
	if (!rr_scan_value(&reader->scan, &value))
		return RR_READ_BROKEN;
	appendBinaryStringInfo(reader->out, value.data, value.len);
	return RR_READ_VALUE;
}

static RrReadResult
read_list(RrReader *reader, const GqlTypeRef *type, const RrShape *shape, const GqlPath *path)
{
	bool		first = true;
	bool		ok;
	GqlPath		item = {.prev = path};

	if (!rr_scan_char(&reader->scan, '['))
		return invalid(reader, path, psprintf("remote schema \"%s\" did not answer with a list where type %s was due",
											  remote_name(reader), gql_type_to_string(type)));
	appendStringInfoChar(reader->out, '[');
	for (; rr_scan_more(&reader->scan, first, ']', &ok); first = false)
	{
		RrReadResult result;

		if (!first)
			appendStringInfoChar(reader->out, ',');
		result = rr_read_value(reader, type->of, shape, &item);
		if (result >= RR_READ_INVALID)
			return result;
		item.index++;
	}
	if (!ok)
		return RR_READ_BROKEN;
	appendStringInfoChar(reader->out, ']');
	return RR_READ_VALUE;
}

/* ---- objects ---- */

bool
rr_plain_key(RrSlice slice, RrSlice *text)
{
	text->data = slice.data + 1;
	text->len = slice.len - 2;
	return slice.data[0] == '"' && memchr(slice.data, '\\', slice.len) == NULL;
}

GqlValue *
rr_read_key(RrSlice slice)
{
	GqlValue   *value;
	RrSlice		text;

	/* JSON's scalars and lists are GraphQL literals */
	if (!rr_plain_key(slice, &text))
		return gql_parse_value(slice.data, slice.len, gql_errors_create(1, NULL));
	value = palloc0(sizeof(GqlValue));
	value->kind = GQL_VALUE_STRING;
	value->loc = -1;
	value->len = text.len;
	value->text = pnstrdup(text.data, text.len);
	return value;
}

/* File a new key, of JSON values; -1 when one of them is nothing to join with. */
static int
file_key(RrStepRun *step, const RrShapeField *field, const RrSlice *keys, StringInfo image)
{
	MemoryContext old = MemoryContextSwitchTo(step->run->cxt);
	int			nkeys = field->step->nkeys;
	GqlValue   *values = palloc(Max(nkeys, 1) * sizeof(GqlValue));
	int			number = -1;
	int			good = 0;
	bool		found;

	for (; good < nkeys; good++)
	{
		GqlValue   *value = rr_read_key(keys[field->key_slots[good]]);

		if (value == NULL)
			break;
		values[good] = *value;
	}
	if (good == nkeys)
	{
		number = rr_keys_number(step, image->data, image->len, &found);
		step->keys[number].values = values;
		rr_step_send(step, false);
	}
	MemoryContextSwitchTo(old);
	return number;
}

/* The hole of a join field, from the key fields that the object began with. */
static RrReadResult
put_hole(RrReader *reader, const RrShapeField *field, const RrSlice *keys, const GqlPath *path)
{
	RrStepRun  *step = &reader->step->run->steps[field->step->number];
	StringInfoData image;
	int			number;

	initStringInfo(&image);
	for (int i = 0; i < field->step->nkeys; i++)
	{
		RrSlice		key = keys[field->key_slots[i]];

		if (rr_slice_is(key, "null", 4))
		{
			appendStringInfoString(reader->out, "null");
			return RR_READ_NULL;
		}
		appendBinaryStringInfo(&image, key.data, key.len);
		appendStringInfoChar(&image, '\x1e');
	}
	number = rr_keys_lookup(step, image.data, image.len);
	if (number < 0)
		number = file_key(step, field, keys, &image);
	pfree(image.data);
	if (number < 0)
	{
		invalid(reader, path, psprintf("remote schema \"%s\" answered with a key that cannot be joined with", remote_name(reader)));
		appendStringInfoString(reader->out, "null");
		return RR_READ_NULL;	/* a join field can always be null */
	}
	rr_append_hole(reader->out, step, number);
	return RR_READ_VALUE;
}

RrReadResult
rr_read_field(RrReader *reader, const RrShapeField *field, const char *type_name, const GqlPath *path)
{
	RrSlice		ignored;

	if (field->kind == RR_SHAPE_TYPENAME)
	{
		if (!rr_scan_value(&reader->scan, &ignored))
			return RR_READ_BROKEN;
		gql_json_string(reader->out, type_name, strlen(type_name));
		return RR_READ_VALUE;
	}
	return rr_read_value(reader, field->shape->type, field->shape, path);
}

static void
put_key(RrReader *reader, const RrShapeField *field, bool first)
{
	appendBinaryStringInfo(reader->out, field->member + first, field->member_len - first);
}

/* Is the next member called so? */
static bool
next_is(RrReader *reader, bool *first, const char *alias, int len, bool *ok)
{
	RrSlice		name;

	if (!rr_scan_more(&reader->scan, *first, '}', ok) || !rr_scan_name(&reader->scan, &name))
		return false;
	*first = false;
	return rr_slice_is(name, alias, len);
}

static void
note_keys(RrReader *reader, const RrObjectShape *object, const RrSlice *keys, const GqlPath *path)
{
	if (path != NULL)
		return;
	reader->top = object;
	reader->top_keys = keys;
}

/*
 * The members in step with the shape. False when they are not; nothing is lost then but the work.
 */
static bool
read_in_step(RrReader *reader, const RrObjectShape *object, const char *type_name, bool first, const GqlPath *path,
			 RrReadResult *result)
{
	RrSlice    *keys = object->nkeys ? palloc(object->nkeys * sizeof(RrSlice)) : NULL;
	bool		ok;

	for (int i = 0; i < object->nkeys; i++)
	{
		const char *alias = object->key_aliases[i];

		if (!next_is(reader, &first, alias, strlen(alias), &ok) || !rr_scan_value(&reader->scan, &keys[i]))
			return false;
	}
	note_keys(reader, object, keys, path);
	appendStringInfoChar(reader->out, '{');
	for (int i = 0; i < object->nfields; i++)
	{
		const RrShapeField *field = &object->fields[i];
		GqlPath		inner = {.prev = path, .key = field->key};

		if (field->kind != RR_SHAPE_JOIN && !next_is(reader, &first, field->alias, field->alias_len, &ok))
			return false;
		put_key(reader, field, i == 0);
		if (field->kind == RR_SHAPE_JOIN)
			*result = put_hole(reader, field, keys, &inner);
		else
			*result = rr_read_field(reader, field, type_name, &inner);
		if (*result >= RR_READ_INVALID)
			return true;
	}
	appendStringInfoChar(reader->out, '}');
	*result = RR_READ_VALUE;
	/* an object of which nothing was selected came with its type name */
	if (rr_scan_more(&reader->scan, first, '}', &ok))
		return false;
	return ok;
}

/* A member by name, in an object whose members are in an order of their own; the last one of a name counts. */
static bool
find_member(RrScan scan, const char *alias, int len, RrSlice *value)
{
	bool		first = true;
	bool		found = false;
	bool		ok;
	RrSlice		name;
	RrSlice		candidate;

	for (; rr_scan_more(&scan, first, '}', &ok); first = false)
	{
		if (!rr_scan_name(&scan, &name) || !rr_scan_value(&scan, &candidate))
			return false;
		if (rr_slice_is(name, alias, len))
		{
			*value = candidate;
			found = true;
		}
	}
	return found;
}

/* The members by name. members stands behind the object's opening brace; the reader's scan ends behind the object. */
static RrReadResult
read_by_name(RrReader *reader, const RrObjectShape *object, const char *type_name, RrScan members, const GqlPath *path)
{
	RrSlice    *keys = object->nkeys ? palloc(object->nkeys * sizeof(RrSlice)) : NULL;
	RrScan		after = reader->scan;
	RrReadResult result = RR_READ_VALUE;

	for (int i = 0; i < object->nkeys; i++)
	{
		const char *alias = object->key_aliases[i];

		if (!find_member(members, alias, strlen(alias), &keys[i]))
			return invalid(reader, path, psprintf("remote schema \"%s\" answered without field \"%s\"", remote_name(reader),
												  object->keys[i]->name));
	}
	note_keys(reader, object, keys, path);
	appendStringInfoChar(reader->out, '{');
	for (int i = 0; i < object->nfields; i++)
	{
		const RrShapeField *field = &object->fields[i];
		GqlPath		inner = {.prev = path, .key = field->key};
		RrSlice		value;

		put_key(reader, field, i == 0);
		if (field->kind == RR_SHAPE_JOIN)
			result = put_hole(reader, field, keys, &inner);
		else if (find_member(members, field->alias, field->alias_len, &value))
		{
			rr_scan_init(&reader->scan, value.data, value.len);
			result = rr_read_field(reader, field, type_name, &inner);
		}
		else
			return invalid(reader, path, psprintf("remote schema \"%s\" answered without field \"%s\"", remote_name(reader),
												  field->key));
		if (result >= RR_READ_INVALID)
			return result;
	}
	appendStringInfoChar(reader->out, '}');
	reader->scan = after;
	return RR_READ_VALUE;
}

/* Which shape an object under an abstract type has, from the type name that it starts with. NULL: none that the role may see. */
static const RrObjectShape *
choose_shape(RrReader *reader, const RrShape *shape, RrSlice name, const char **type_name)
{
	const RrRemote *remote = reader->step->step->remote;
	GqlType    *upstream = gql_schema_type(remote->upstream, pnstrdup(name.data, name.len));
	GqlType    *abstract = rr_remote_upstream_type(remote, gql_named_type(shape->type)->name);
	ListCell   *lc;

	/* A type may be known to the role, and not as one that can stand here. */
	if (upstream == NULL || upstream->kind != GQL_OBJECT || !gql_is_subtype(remote->upstream, abstract, upstream))
		return NULL;
	foreach(lc, shape->specific)
	{
		const RrObjectShape *object = lfirst(lc);

		if (object->upstream == upstream)
		{
			*type_name = object->type->name;
			return object;
		}
	}
	*type_name = rr_remote_type_name(remote, upstream);
	return shape->base;
}

static RrReadResult
read_object(RrReader *reader, const RrShape *shape, const GqlPath *path)
{
	const RrObjectShape *object = shape->base;
	const char *type_name = object->type->name;
	int			out_start = reader->out->len;
	int			nerrors = list_length(reader->key >= 0 ? reader->step->keys[reader->key].errors : reader->pending);
	RrScan		members;
	RrScan		begin;
	RrReadResult result;
	RrSlice		whole;
	bool		first = true;
	bool		ok;

	begin = reader->scan;
	if (!rr_scan_char(&reader->scan, '{'))
		return invalid(reader, path, psprintf("remote schema \"%s\" did not answer with an object where type %s was due",
											  remote_name(reader), type_name));
	members = reader->scan;
	if (shape->abstract)
	{
		RrSlice		name;

		if (!next_is(reader, &first, RR_TYPENAME_ALIAS, strlen(RR_TYPENAME_ALIAS), &ok) ||
			!rr_scan_string(&reader->scan, &name))
		{
			RrSlice		value;
			RrScan		scan;

			if (!find_member(members, RR_TYPENAME_ALIAS, strlen(RR_TYPENAME_ALIAS), &value))
				return invalid(reader, path, psprintf("remote schema \"%s\" answered without the type of an object",
													  remote_name(reader)));
			rr_scan_init(&scan, value.data, value.len);
			if (!rr_scan_string(&scan, &name))
				return invalid(reader, path, psprintf("remote schema \"%s\" answered with a type name that is no string",
													  remote_name(reader)));
		}
		object = choose_shape(reader, shape, name, &type_name);
		if (object == NULL)
			return invalid(reader, path, psprintf("remote schema \"%s\" answered with an object of an unknown type",
												  remote_name(reader)));
	}
	if (object->nfields + object->nkeys > 0 &&
		read_in_step(reader, object, type_name, first, path, &result))
		return result;

	/* What was found wrong so far will be found again. */
	if (reader->key >= 0)
		reader->step->keys[reader->key].errors = list_truncate(reader->step->keys[reader->key].errors, nerrors);
	else
		reader->pending = list_truncate(reader->pending, nerrors);
	reader->out->len = out_start;
	reader->scan = begin;
	if (!rr_scan_value(&reader->scan, &whole))
		return RR_READ_BROKEN;
	return read_by_name(reader, object, type_name, members, path);
}

/* ---- any value ---- */

RrReadResult
rr_read_nullable(RrReader *reader, const GqlTypeRef *type, const RrShape *shape, const GqlPath *path)
{
	int			out_start = reader->out->len;
	RrScan		begin = reader->scan;
	RrReadResult result;
	RrSlice		ignored;

	if (at_null(reader))
		return take_null(reader);
	if (type->kind == GQL_TYPE_LIST)
		result = read_list(reader, type, shape, path);
	else if (shape->leaf)
		result = read_leaf(reader, type->type, path);
	else
		result = read_object(reader, shape, path);
	if (result != RR_READ_INVALID)
		return result;

	/* null stops here */
	reader->out->len = out_start;
	reader->scan = begin;
	if (!rr_scan_value(&reader->scan, &ignored))
		return RR_READ_BROKEN;
	appendStringInfoString(reader->out, "null");
	return RR_READ_NULL;
}

RrReadResult
rr_read_value(RrReader *reader, const GqlTypeRef *type, const RrShape *shape, const GqlPath *path)
{
	check_stack_depth();
	if (type->kind != GQL_TYPE_NON_NULL)
		return rr_read_nullable(reader, type, shape, path);
	if (at_null(reader))
		return invalid(reader, path, psprintf("remote schema \"%s\" answered with null where type %s was due",
											  remote_name(reader), gql_type_to_string(type)));
	type = type->of;
	if (type->kind == GQL_TYPE_LIST)
		return read_list(reader, type, shape, path);
	if (shape->leaf)
		return read_leaf(reader, type->type, path);
	return read_object(reader, shape, path);
}
