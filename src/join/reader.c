/*
 * reader.c: reads an upstream's value along its shape.
 *
 * An upstream answers fields in the order in which they were asked for
 * (specification, 7.2.2), so members are read in step with the shape. Where an
 * object leaves that order, the rest of its members are looked up by name and
 * put in order afterwards. Each value is read once, whatever the order, so an
 * answer takes time in proportion to its length: no more than once for each
 * level of the query are its bytes skipped or moved.
 */
#include "postgres.h"

#include <ctype.h>
#include <float.h>
#include <math.h>

#include "miscadmin.h"
#include "utils/memutils.h"

#include "join/hole.h"
#include "join/members.h"
#include "join/reader.h"

static const char *
remote_name(const RrReader *reader)
{
	return reader->step->plan->remote->def->name;
}

/* Is another error at hand one of those that are kept? */
static bool
keeps_error(const RrReader *reader)
{
	return reader->key >= 0 ? rr_keeps_key_error(reader->step, reader->key)
		: list_length(reader->pending) < RR_MAX_KEY_ERRORS;
}

/* File an error at path, if it is one of those that are kept. */
static RrReadResult invalid(RrReader *reader, const GqlPath *path, const char *fmt,...)
			pg_attribute_printf(3, 4);

static RrReadResult
invalid(RrReader *reader, const GqlPath *path, const char *fmt,...)
{
	MemoryContext old;
	RrKeyError *error;
	char	   *message;
	va_list		args;

	if (!keeps_error(reader))
		return RR_READ_INVALID;
	old = MemoryContextSwitchTo(reader->key < 0 ? reader->pending_cxt : CurrentMemoryContext);
	va_start(args, fmt);
	message = gql_format_message(fmt, args);
	va_end(args);
	if (reader->key >= 0)
		rr_key_error(reader->step, reader->key, message, path, NULL);
	else
	{
		error = palloc0(sizeof(RrKeyError));
		error->message = message;
		error->path = rr_path_copy(NULL, path);
		reader->pending = lappend(reader->pending, error);
	}
	MemoryContextSwitchTo(old);
	return RR_READ_INVALID;
}

/* The same for a value that does not have its type. what: what it did. */
static RrReadResult
misfit(RrReader *reader, const GqlPath *path, const char *what, const GqlTypeRef *type)
{
	if (!keeps_error(reader))
		return RR_READ_INVALID;
	return invalid(reader, path, "remote schema \"%s\" %s where type %s was due",
				   remote_name(reader), what, gql_type_to_string(type));
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

/* The value of a number, however long it is written. */
static double
number_of(RrSlice value)
{
	char		room[64];
	char	   *text = value.len < (int) sizeof(room) ? room : palloc(value.len + 1);
	double		number;

	memcpy(text, value.data, value.len);
	text[value.len] = '\0';
	number = strtod(text, NULL);
	if (text != room)
		pfree(text);
	return number;
}

/* Is it a number without a fraction? */
static bool
is_integer(RrSlice value)
{
	if (!isdigit((unsigned char) value.data[0]) && value.data[0] != '-')
		return false;
	for (int i = 0; i < value.len; i++)
		if (strchr(".eE", value.data[i]) != NULL)
		{
			double		number = number_of(value);

			return number == floor(number);
		}
	return true;
}

/* Is a number one that a double can hold? */
static bool
is_finite(RrSlice value)
{
	/* no other way of writing it gets that far */
	bool		may_be_huge = value.len > DBL_MAX_10_EXP ||
	memchr(value.data, 'e', value.len) != NULL || memchr(value.data, 'E', value.len) != NULL;

	return !may_be_huge || !isinf(number_of(value));
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
			return (isdigit((unsigned char) c) || c == '-') && is_finite(value);
		default:
			break;
	}
	if (strcmp(type->name, "ID") == 0)
		return c == '"' || is_integer(value);
	if (!is_integer(value))
		return false;
	if (value.len < 10 && (int) strspn(value.data, "-0123456789") >= value.len)
		return true;
	number = number_of(value);
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
					   "remote schema \"%s\" answered with %s where type %s was due",
					   remote_name(reader),
					   c == '{' ? "an object" : "a list", type->name);
	if (!rr_scan_value(&reader->scan, &value))
		return RR_READ_BROKEN;
	if (!is_visible_value(reader, type, value))
		return invalid(reader, path,
					   "remote schema \"%s\" answered with a value that is unknown for type %s",
					   remote_name(reader), type->name);
	put_text(reader, value.data, value.len);
	return RR_READ_VALUE;
}

/*
 * Read a value of this type and shape, and append its answer text to out:
 * "null" for RR_READ_NULL. After RR_READ_INVALID and RR_READ_BROKEN the caller
 * has to cut out back. path: the place inside of the key's value, NULL at its
 * beginning; it may be on the stack.
 */
static RrReadResult read_value(RrReader *reader, const GqlTypeRef *type, const RrShape *shape,
							   const GqlPath *path);

static RrReadResult
read_list(RrReader *reader, const GqlTypeRef *type, const RrShape *shape, const GqlPath *path)
{
	bool		first = true;
	bool		ok;
	GqlPath		item = {.prev = path};

	if (!rr_scan_char(&reader->scan, '['))
		return misfit(reader, path, "did not answer with a list", type);
	put_text(reader, "[", 1);
	for (; rr_scan_more(&reader->scan, first, ']', &ok); first = false)
	{
		RrReadResult result;

		if (!first)
			put_text(reader, ",", 1);
		result = read_value(reader, type->of, shape, &item);
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
	MemoryContext scratch;
	MemoryContext old;
	bool		parsed;

	if (strchr("\"[{", key.data[0]) == NULL || rr_plain_string(key, &text))
		return true;
	/* these are GraphQL literals, too; objects of JSON are not */
	scratch = AllocSetContextCreate(CurrentMemoryContext, "remote_rel key",
									ALLOCSET_SMALL_SIZES);
	old = MemoryContextSwitchTo(scratch);
	parsed = gql_parse_value(key.data, key.len, gql_errors_create(1, NULL)) != NULL;
	MemoryContextSwitchTo(old);
	MemoryContextDelete(scratch);
	return parsed;
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
					"remote schema \"%s\" answered with a key that cannot be joined with",
					remote_name(reader));
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
	return read_value(reader, field->shape->type, field->shape, path);
}

/*
 * Write a member's response key, with the comma before it unless it is first.
 */
static inline void
put_key(RrReader *reader, const RrShapeField *field, bool first)
{
	put_text(reader, field->member + first, field->member_len - first);
}

/* ---- objects that leave the order ---- */

/* Where a field that was read out of order stands in out: ,"key":value */
typedef struct Piece
{
	int			start;
	int			len;			/* 0: it has not come */
} Piece;

/* An object whose members do not come as asked for. */
typedef struct Unordered
{
	const RrObjectShape *object;
	const char *type_name;
	const GqlPath *path;
	int			base;			/* of its keys, in reader->keys */
	int			done;			/* members up to here were read in order:
								 * keys, then fields */
	Piece	   *pieces;			/* by field */
	bool		ordered;		/* the pieces stand in order so far */
} Unordered;

/* Read the value of a member with a number: see rr_member_number(). */
static RrReadResult
read_numbered(RrReader *reader, Unordered *u, int number, int *expected)
{
	const RrObjectShape *object = u->object;
	RrSlice		value;
	const RrShapeField *field;
	GqlPath		inner = {.prev = u->path};
	Piece	   *piece;
	RrReadResult result;

	/* of several with one name, the first counts */
	if (number < u->done || (number < object->nkeys
							 ? reader->keys[u->base + number].data != NULL
							 : u->pieces[number - object->nkeys].len > 0))
		return rr_scan_value(&reader->scan, &value) ? RR_READ_NULL : RR_READ_BROKEN;
	if (number < object->nkeys)
		return rr_scan_value(&reader->scan, &reader->keys[u->base + number]) ? RR_READ_VALUE
			: RR_READ_BROKEN;
	if (number < *expected)
		u->ordered = false;
	*expected = number + 1;
	piece = &u->pieces[number - object->nkeys];
	field = &object->fields[number - object->nkeys];
	inner.key = field->key;
	piece->start = reader->out->len;
	put_key(reader, field, number == object->nkeys);
	result = rr_read_field(reader, field, u->type_name, &inner);
	piece->len = reader->out->len - piece->start;
	return result;
}

/* File the first of the members that have not come. */
static RrReadResult
check_members(RrReader *reader, const Unordered *u)
{
	const RrObjectShape *object = u->object;
	const char *missing = NULL;

	for (int i = 0; i < object->nkeys && missing == NULL; i++)
		if (reader->keys[u->base + i].data == NULL)
			missing = object->keys[i]->name;
	for (int i = Max(u->done - object->nkeys, 0); i < object->nfields && missing == NULL; i++)
		if (u->pieces[i].len == 0 && object->fields[i].kind != RR_SHAPE_JOIN)
			missing = object->fields[i].key;
	if (missing == NULL)
		return RR_READ_VALUE;
	return invalid(reader, u->path, "remote schema \"%s\" answered without field \"%s\"",
				   remote_name(reader), missing);
}

/* Put the pieces, which begin at start, in order, with the holes of joins. */
static RrReadResult
order_pieces(RrReader *reader, const Unordered *u, int start)
{
	const RrObjectShape *object = u->object;
	int			len = reader->out->len - start;
	char	   *copy;
	RrReadResult result = RR_READ_VALUE;
	int			i = Max(u->done - object->nkeys, 0);
	bool		joins = false;

	for (int j = i; j < object->nfields; j++)
		joins |= object->fields[j].kind == RR_SHAPE_JOIN;
	if (u->ordered && !joins)
		return RR_READ_VALUE;
	copy = MemoryContextAllocHuge(CurrentMemoryContext, len + 1);
	memcpy(copy, reader->out->data + start, len);
	reader->out->len = start;
	for (; i < object->nfields && result < RR_READ_INVALID; i++)
	{
		const RrShapeField *field = &object->fields[i];
		GqlPath		inner = {.prev = u->path, .key = field->key};

		if (field->kind == RR_SHAPE_JOIN)
		{
			put_key(reader, field, i == 0);
			result = put_hole(reader, field, u->base, &inner);
		}
		else
			put_text(reader, copy + u->pieces[i].start - start, u->pieces[i].len);
	}
	pfree(copy);
	return result;
}

/*
 * Read what is left of an object whose next member, called name, is not the
 * one expected. done: how many members were read in order: keys, then fields,
 * which stand in out already. next: RR_NEXT_OTHER or RR_NEXT_END.
 */
static RrReadResult
read_unordered(RrReader *reader, Unordered *u, RrNext next, RrSlice name)
{
	const RrObjectShape *object = u->object;
	RrReadResult result = RR_READ_VALUE;
	bool		first = false;
	int			expected = u->done;
	int			start = reader->out->len;

	for (int i = u->done; i < object->nkeys; i++)
		reader->keys[u->base + i].data = NULL;
	u->pieces = palloc0((object->nfields + 1) * sizeof(Piece));
	u->ordered = true;
	for (; next == RR_NEXT_OTHER && result < RR_READ_INVALID;
		 next = result < RR_READ_INVALID ? rr_next_name(&reader->scan, &first, &name) : next)
	{
		int			number = rr_member_number(&reader->names, object, name, expected);
		RrSlice		ignored;

		CHECK_FOR_INTERRUPTS();
		if (number >= 0)
			result = read_numbered(reader, u, number, &expected);
		else if (!rr_scan_value(&reader->scan, &ignored))
			result = RR_READ_BROKEN;
	}
	if (next == RR_NEXT_BROKEN)
		result = RR_READ_BROKEN;
	if (result < RR_READ_INVALID)
		result = check_members(reader, u);
	if (result < RR_READ_INVALID && u->path == NULL)
		reader->top = object;
	if (result < RR_READ_INVALID)
		result = order_pieces(reader, u, start);
	pfree(u->pieces);
	if (result < RR_READ_INVALID)
	{
		put_text(reader, "}", 1);
		result = RR_READ_VALUE;
	}
	return result;
}

/*
 * Read the members of an object. first: the scan stands behind its opening
 * brace, else behind its type's name.
 */
static RrReadResult
read_members(RrReader *reader, const RrObjectShape *object, const char *type_name, bool first,
			 const GqlPath *path)
{
	Unordered	u = {object, type_name, path, push_keys(reader, object), 0, NULL, true};
	RrNext		next = RR_NEXT_EXPECTED;
	RrSlice		name = {NULL, 0};
	RrReadResult result;

	for (; u.done < object->nkeys; u.done++)
	{
		const char *member = object->key_members[u.done];

		next = rr_next_member(&reader->scan, &first, member, strlen(member), &name);
		if (next != RR_NEXT_EXPECTED)
			break;
		if (!rr_scan_value(&reader->scan, &reader->keys[u.base + u.done]))
			return RR_READ_BROKEN;
	}
	if (path == NULL && u.done == object->nkeys)
		reader->top = object;	/* all of its keys are there */
	put_text(reader, "{", 1);
	for (int i = 0; next == RR_NEXT_EXPECTED && i < object->nfields; i++)
	{
		const RrShapeField *field = &object->fields[i];
		GqlPath		inner = {.prev = path, .key = field->key};

		if (field->kind != RR_SHAPE_JOIN)
		{
			next = rr_next_member(&reader->scan, &first, field->alias_member,
								  field->alias_member_len, &name);
			if (next != RR_NEXT_EXPECTED)
				break;
		}
		put_key(reader, field, i == 0);
		if (field->kind == RR_SHAPE_JOIN)
			result = put_hole(reader, field, u.base, &inner);
		else
			result = rr_read_field(reader, field, type_name, &inner);
		if (result >= RR_READ_INVALID)
			return result;
		u.done++;
	}
	if (next == RR_NEXT_EXPECTED)
	{
		/* all are there; there may be members that nobody asked for */
		next = rr_next_name(&reader->scan, &first, &name);
		if (next == RR_NEXT_END)
		{
			put_text(reader, "}", 1);
			return RR_READ_VALUE;
		}
	}
	if (next == RR_NEXT_BROKEN)
		return RR_READ_BROKEN;
	return read_unordered(reader, &u, next, name);
}

/*
 * The shape of an object under an abstract type, by its type name at the
 * upstream. *type_name: its name in the role's schema. NULL when the name is
 * that of no object type.
 *
 * An upstream may have more types than the role's part of its stored schema:
 * of an object of such a type the abstract type's own fields are known. All
 * other fields stand in fragments that do not apply to it.
 */
static const RrObjectShape *
choose_shape(RrReader *reader, const RrShape *shape, RrSlice name, const char **type_name)
{
	const RrRemote *remote = reader->step->plan->remote;
	char	   *upstream_name = pnstrdup(name.data, name.len);
	GqlType    *upstream = gql_schema_type(remote->upstream, upstream_name);
	GqlType		unknown = {.name = upstream_name, .kind = GQL_OBJECT};
	ListCell   *lc;

	if (!gql_is_name(upstream_name) || strncmp(upstream_name, "__", 2) == 0)
		return NULL;
	if (upstream == NULL)
	{
		*type_name = rr_remote_type_name(remote, &unknown);
		return shape->base;
	}
	pfree(upstream_name);
	if (upstream->kind != GQL_OBJECT)
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
 * one found by name; then the scan is put back to the first. NULL, or what is
 * wrong. The scan stands behind the opening brace.
 */
static const char *
read_type_name(RrReader *reader, bool *first, RrSlice *name)
{
	const char *member = RR_WIRE_TYPENAME_MEMBER;
	RrScan		members = reader->scan;
	RrSlice		value;
	RrScan		scan;

	*first = true;
	if (rr_next_member(&reader->scan, first, member, strlen(member), &value) == RR_NEXT_EXPECTED &&
		rr_scan_string(&reader->scan, name))
		return NULL;
	reader->scan = members;
	*first = true;
	if (!rr_find_member(members, RR_WIRE_TYPENAME, strlen(RR_WIRE_TYPENAME), &value))
		return "without the type of an object";
	rr_scan_init(&scan, value.data, value.len);
	if (!rr_scan_string(&scan, name))
		return "with a type name that is no string";
	return NULL;
}

static RrReadResult
read_object(RrReader *reader, const RrShape *shape, const GqlPath *path)
{
	const RrObjectShape *object = shape->base;
	const char *type_name = object->type->name;
	int			nkeys = reader->nkeys;
	RrReadResult result;
	bool		first = true;

	if (!rr_scan_char(&reader->scan, '{'))
		return invalid(reader, path,
					   "remote schema \"%s\" did not answer with an object where type %s was due",
					   remote_name(reader), type_name);
	if (shape->abstract)
	{
		RrSlice		name;
		const char *problem = read_type_name(reader, &first, &name);

		if (problem != NULL)
			return invalid(reader, path, "remote schema \"%s\" answered %s",
						   remote_name(reader), problem);
		object = choose_shape(reader, shape, name, &type_name);
		if (object == NULL)
			return invalid(reader, path,
						   "remote schema \"%s\" answered with an object of an unknown type",
						   remote_name(reader));
	}
	result = read_members(reader, object, type_name, first, path);
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

static RrReadResult
read_value(RrReader *reader, const GqlTypeRef *type, const RrShape *shape, const GqlPath *path)
{
	check_stack_depth();
	CHECK_FOR_INTERRUPTS();
	if (type->kind != GQL_TYPE_NON_NULL)
		return rr_read_nullable(reader, type, shape, path);
	if (at_null(reader))
		return misfit(reader, path, "answered with null", type);
	type = type->of;
	if (type->kind == GQL_TYPE_LIST)
		return read_list(reader, type, shape, path);
	if (shape->leaf)
		return read_leaf(reader, type->type, path);
	return read_object(reader, shape, path);
}
