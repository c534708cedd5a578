/*
 * reader.c: reads an upstream's value along its shape.
 *
 * An upstream answers fields in the order in which they were asked for
 * (specification, 7.2.2), so members are read in step with the shape. Only an
 * object whose order differs has its members looked up by name.
 */
#include "postgres.h"

#include <ctype.h>
#include <math.h>

#include "miscadmin.h"
#include "utils/memutils.h"

#include "join/hole.h"
#include "join/reader.h"

/* File an error at path. */
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
	return reader->step->plan->remote->def->name;
}

static inline void
put_text(RrReader *reader, const char *text, int len)
{
	rr_json_append(reader->out, text, len);
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
	put_text(reader, "null", 4);
	return RR_READ_NULL;
}

/* ---- leaves and lists ---- */

/* Is it a number without a fraction? */
static bool
is_integer(RrSlice value)
{
	if (!isdigit((unsigned char) value.data[0]) && value.data[0] != '-')
		return false;
	for (int i = 0; i < value.len; i++)
		if (strchr(".eE", value.data[i]) != NULL)
		{
			double		number = strtod(pnstrdup(value.data, value.len), NULL);

			return number == floor(number);
		}
	return true;
}

/* Has a value the built-in scalar type? (Specification, section 3.5) */
static bool
is_value_of_scalar(const GqlType *type, RrSlice value)
{
	char		c = value.data[0];
	double		number;

	switch (type->name[0])
	{
		case 'B':				/* Boolean */
			return c == 't' || c == 'f';
		case 'S':				/* String */
			return c == '"';
		case 'F':				/* Float */
			return isdigit((unsigned char) c) || c == '-';
		default:
			break;
	}
	if (strcmp(type->name, "ID") == 0)
		return c == '"' || is_integer(value);
	if (!is_integer(value))
		return false;
	if (value.len < 10 && (int) strspn(value.data, "-0123456789") >= value.len)
		return true;
	number = strtod(pnstrdup(value.data, value.len), NULL);
	return number >= PG_INT32_MIN && number <= PG_INT32_MAX;
}

/*
 * Has the enum this value, for this role? Without one that it knows, the value
 * cannot be shown: its type does not have it.
 */
static bool
is_visible_value(const RrReader *reader, const GqlType *type, RrSlice value)
{
	RrSlice		text;
	char	   *name;
	bool		found;

	if (type->builtin)
		return is_value_of_scalar(type, value);
	if (type->kind != GQL_ENUM)
		return true;
	if (value.data[0] != '"' || !rr_plain_string(value, &text))
		return false;
	name = pnstrdup(text.data, text.len);
	found = gql_names_get(gql_type_fields(reader->step->run->plan->rs->schema,
										  unconstify(GqlType *, type)), name) != NULL;
	pfree(name);
	return found;
}

static RrReadResult
read_leaf(RrReader *reader, const GqlType *type, const GqlPath *path)
{
	char		c = rr_scan_peek(&reader->scan);
	RrSlice		value;

	if ((c == '{' || c == '[') && (type->builtin || type->kind == GQL_ENUM))
		return invalid(reader, path,
					   psprintf("remote schema \"%s\" answered with %s where type %s was due",
								remote_name(reader),
								c == '{' ? "an object" : "a list", type->name));
	if (!rr_scan_value(&reader->scan, &value))
		return RR_READ_BROKEN;
	if (!is_visible_value(reader, type, value))
		return invalid(reader, path,
					   psprintf("remote schema \"%s\" answered with a value that is unknown for type %s",
								remote_name(reader), type->name));
	put_text(reader, value.data, value.len);
	return RR_READ_VALUE;
}

static RrReadResult
read_list(RrReader *reader, const GqlTypeRef *type, const RrShape *shape, const GqlPath *path)
{
	bool		first = true;
	bool		ok;
	GqlPath		item = {.prev = path};

	if (!rr_scan_char(&reader->scan, '['))
		return invalid(reader, path,
					   psprintf("remote schema \"%s\" did not answer with a list where type %s was due",
								remote_name(reader), gql_type_to_string(type)));
	put_text(reader, "[", 1);
	for (; rr_scan_more(&reader->scan, first, ']', &ok); first = false)
	{
		RrReadResult result;

		if (!first)
			put_text(reader, ",", 1);
		result = rr_read_value(reader, type->of, shape, &item);
		if (result >= RR_READ_INVALID)
			return result;
		item.index++;
	}
	if (!ok)
		return RR_READ_BROKEN;
	put_text(reader, "]", 1);
	return RR_READ_VALUE;
}

/* ---- objects ---- */

/* Make room for an object's key fields. Returns the first's place in keys. */
static int
push_keys(RrReader *reader, const RrObjectShape *object)
{
	int			base = reader->nkeys;

	reader->nkeys += object->nkeys;
	if (reader->nkeys > reader->max_keys)
	{
		reader->max_keys = Max(reader->nkeys * 2, 16);
		reader->keys = reader->keys != NULL
			? repalloc(reader->keys, reader->max_keys * sizeof(RrSlice))
			: palloc(reader->max_keys * sizeof(RrSlice));
	}
	return base;
}

/* Can it be a key: a scalar, or a list of scalars? */
static bool
is_joinable(RrSlice key)
{
	RrSlice		text;

	if (strchr("\"[{", key.data[0]) == NULL || rr_plain_string(key, &text))
		return true;
	/* these are GraphQL literals, too; objects of JSON are not */
	return gql_parse_value(key.data, key.len, gql_errors_create(1, NULL)) != NULL;
}

/*
 * Put the hole of a join field, whose key is made of the key fields of its
 * object, which stand at base. A key with a null in it has none: the field is
 * null, as a join field can always be.
 */
static RrReadResult
put_hole(RrReader *reader, const RrShapeField *field, int base, const GqlPath *path)
{
	RrStepRun  *step = &reader->step->run->steps[field->step->number];
	StringInfoData key_text;

	initStringInfo(&key_text);
	for (int i = 0; i < field->step->nkeys; i++)
	{
		RrSlice		key = reader->keys[base + field->key_slots[i]];
		bool		joinable = is_joinable(key);

		if (!joinable)
			invalid(reader, path,
					psprintf("remote schema \"%s\" answered with a key that cannot be joined with",
							 remote_name(reader)));
		if (!joinable || rr_slice_is(key, "null", 4))
		{
			put_text(reader, "null", 4);
			return RR_READ_NULL;
		}
		rr_key_text_append(&key_text, key);
	}
	rr_hole_append(reader->out, step, rr_step_file_key(step, &key_text));
	pfree(key_text.data);
	return RR_READ_VALUE;
}

RrReadResult
rr_read_field(RrReader *reader, const RrShapeField *field, const char *type_name,
			  const GqlPath *path)
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

/*
 * Write a member's response key, with the comma before it unless it is first.
 */
static inline void
put_key(RrReader *reader, const RrShapeField *field, bool first)
{
	put_text(reader, field->member + first, field->member_len - first);
}

/*
 * Read the beginning of the next member. False when it is not called as
 * member says: ,"name":
 */
static bool
next_is(RrReader *reader, bool *first, const char *member, int len, bool *ok)
{
	RrSlice		name;

	if (rr_scan_text(&reader->scan, member + *first, len - *first))
	{
		*first = false;
		return true;
	}
	/* it has white space, or is another one */
	if (!rr_scan_more(&reader->scan, *first, '}', ok) || !rr_scan_name(&reader->scan, &name))
		return false;
	*first = false;
	return rr_slice_is(name, member + 2, len - 4);
}

/*
 * Read the members in step with the shape. False when their order differs: out
 * and the scan have to be put back.
 */
static bool
read_in_step(RrReader *reader, const RrObjectShape *object, const char *type_name, bool first,
			 const GqlPath *path, RrReadResult *result)
{
	int			base = push_keys(reader, object);
	bool		ok;

	for (int i = 0; i < object->nkeys; i++)
	{
		const char *member = object->key_members[i];

		if (!next_is(reader, &first, member, strlen(member), &ok) ||
			!rr_scan_value(&reader->scan, &reader->keys[base + i]))
			return false;
	}
	if (path == NULL)
		reader->top = object;
	put_text(reader, "{", 1);
	for (int i = 0; i < object->nfields; i++)
	{
		const RrShapeField *field = &object->fields[i];
		GqlPath		inner = {.prev = path, .key = field->key};

		if (field->kind != RR_SHAPE_JOIN && !next_is(reader, &first, field->alias_member,
													 field->alias_member_len, &ok))
			return false;
		put_key(reader, field, i == 0);
		if (field->kind == RR_SHAPE_JOIN)
			*result = put_hole(reader, field, base, &inner);
		else
			*result = rr_read_field(reader, field, type_name, &inner);
		if (*result >= RR_READ_INVALID)
			return true;
	}
	put_text(reader, "}", 1);
	*result = RR_READ_VALUE;
	/* a member that nobody asked for */
	if (rr_scan_more(&reader->scan, first, '}', &ok))
		return false;
	return ok;
}

/*
 * Find a member by name; the last one of that name counts. scan stands behind
 * the object's opening brace.
 */
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

/*
 * Read the members by name. members stands behind the object's opening brace,
 * the reader's scan behind the object, where it stays.
 */
static RrReadResult
read_by_name(RrReader *reader, const RrObjectShape *object, const char *type_name, RrScan members,
			 const GqlPath *path)
{
	int			base = push_keys(reader, object);
	RrScan		after = reader->scan;
	RrReadResult result = RR_READ_VALUE;

	for (int i = 0; i < object->nkeys; i++)
	{
		const char *alias = object->key_aliases[i];

		if (!find_member(members, alias, strlen(alias), &reader->keys[base + i]))
			return invalid(reader, path,
						   psprintf("remote schema \"%s\" answered without field \"%s\"",
									remote_name(reader), object->keys[i]->name));
	}
	if (path == NULL)
		reader->top = object;
	put_text(reader, "{", 1);
	for (int i = 0; i < object->nfields; i++)
	{
		const RrShapeField *field = &object->fields[i];
		GqlPath		inner = {.prev = path, .key = field->key};
		RrSlice		value;

		put_key(reader, field, i == 0);
		if (field->kind == RR_SHAPE_JOIN)
			result = put_hole(reader, field, base, &inner);
		else if (find_member(members, field->alias, field->alias_len, &value))
		{
			rr_scan_init(&reader->scan, value.data, value.len);
			result = rr_read_field(reader, field, type_name, &inner);
		}
		else
			return invalid(reader, path,
						   psprintf("remote schema \"%s\" answered without field \"%s\"",
									remote_name(reader), field->key));
		if (result >= RR_READ_INVALID)
			return result;
	}
	put_text(reader, "}", 1);
	reader->scan = after;
	return RR_READ_VALUE;
}

/*
 * The shape of an object under an abstract type, by its type name at the
 * upstream. NULL when the type cannot stand here. *type_name: its name in the
 * role's schema.
 */
static const RrObjectShape *
choose_shape(RrReader *reader, const RrShape *shape, RrSlice name, const char **type_name)
{
	const RrRemote *remote = reader->step->plan->remote;
	GqlType    *upstream = gql_schema_type(remote->upstream, pnstrdup(name.data, name.len));
	GqlType    *abstract = rr_remote_upstream_type(remote, gql_named_type(shape->type)->name);
	ListCell   *lc;

	if (upstream == NULL || upstream->kind != GQL_OBJECT ||
		!gql_is_subtype(remote->upstream, abstract, upstream))
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

/*
 * Read the type name of an object under an abstract type: its first member, or
 * one found by name. NULL, or what is wrong. members stands behind the opening
 * brace.
 */
static const char *
read_type_name(RrReader *reader, RrScan members, bool *first, RrSlice *name)
{
	const char *member = RR_WIRE_TYPENAME_MEMBER;
	RrSlice		value;
	RrScan		scan;
	bool		ok;

	if (next_is(reader, first, member, strlen(member), &ok) &&
		rr_scan_string(&reader->scan, name))
		return NULL;
	if (!find_member(members, RR_WIRE_TYPENAME, strlen(RR_WIRE_TYPENAME), &value))
		return psprintf("remote schema \"%s\" answered without the type of an object",
						remote_name(reader));
	rr_scan_init(&scan, value.data, value.len);
	if (!rr_scan_string(&scan, name))
		return psprintf("remote schema \"%s\" answered with a type name that is no string",
						remote_name(reader));
	return NULL;
}

static RrReadResult
read_object(RrReader *reader, const RrShape *shape, const GqlPath *path)
{
	const RrObjectShape *object = shape->base;
	const char *type_name = object->type->name;
	int			out_start = reader->out->len;
	List	   *errors = reader->key >= 0 ? rr_key_errors(reader->step, reader->key)
	: reader->pending;
	int			nerrors = list_length(errors);
	int			nkeys = reader->nkeys;
	RrScan		begin = reader->scan;
	RrScan		members;
	RrReadResult result;
	RrSlice		whole;
	bool		first = true;

	if (!rr_scan_char(&reader->scan, '{'))
		return invalid(reader, path,
					   psprintf("remote schema \"%s\" did not answer with an object where type %s was due",
								remote_name(reader), type_name));
	members = reader->scan;
	if (shape->abstract)
	{
		RrSlice		name;
		const char *problem = read_type_name(reader, members, &first, &name);

		if (problem != NULL)
			return invalid(reader, path, problem);
		object = choose_shape(reader, shape, name, &type_name);
		if (object == NULL)
			return invalid(reader, path,
						   psprintf("remote schema \"%s\" answered with an object of an unknown type",
									remote_name(reader)));
	}
	if (object->nfields + object->nkeys > 0 &&
		read_in_step(reader, object, type_name, first, path, &result))
	{
		reader->nkeys = nkeys;
		return result;
	}

	/* start again; errors so far will be found again */
	reader->nkeys = nkeys;
	if (reader->key >= 0)
		rr_truncate_key_errors(reader->step, reader->key, nerrors);
	else
		reader->pending = list_truncate(reader->pending, nerrors);
	reader->out->len = out_start;
	reader->scan = begin;
	if (!rr_scan_value(&reader->scan, &whole))
		return RR_READ_BROKEN;
	result = read_by_name(reader, object, type_name, members, path);
	reader->nkeys = nkeys;
	return result;
}

/* ---- any value ---- */

RrReadResult
rr_read_nullable(RrReader *reader, const GqlTypeRef *type, const RrShape *shape,
				 const GqlPath *path)
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

	/* here null may stand */
	reader->out->len = out_start;
	reader->scan = begin;
	if (!rr_scan_value(&reader->scan, &ignored))
		return RR_READ_BROKEN;
	put_text(reader, "null", 4);
	return RR_READ_NULL;
}

RrReadResult
rr_read_value(RrReader *reader, const GqlTypeRef *type, const RrShape *shape, const GqlPath *path)
{
	check_stack_depth();
	if (type->kind != GQL_TYPE_NON_NULL)
		return rr_read_nullable(reader, type, shape, path);
	if (at_null(reader))
		return invalid(reader, path,
					   psprintf("remote schema \"%s\" answered with null where type %s was due",
								remote_name(reader), gql_type_to_string(type)));
	type = type->of;
	if (type->kind == GQL_TYPE_LIST)
		return read_list(reader, type, shape, path);
	if (shape->leaf)
		return read_leaf(reader, type->type, path);
	return read_object(reader, shape, path);
}
