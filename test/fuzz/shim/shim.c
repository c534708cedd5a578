/*
 * shim.c: see shim.h.
 */
#include "shim.h"

#include <setjmp.h>

#include "common/hashfn.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "nodes/memnodes.h"
#include "nodes/pg_list.h"
#include "utils/hsearch.h"

/* Frames of instrumented code are larger; main()'s stack has 8 MB. */
#define MAX_STACK (5 * 1024 * 1024)

#define BLOCK_SIZE (256 * 1024)

/* ---- memory contexts ---- */

/* What is given back to the C library as one. */
typedef struct Block
{
	struct Block *prev;
	struct Block *next;
}			Block;

typedef struct Context
{
	MemoryContextData header;
	Block	   *blocks;
	char	   *free;			/* in the newest block */
	char	   *end;
}			Context;

/*
 * In front of each piece; until 15 the server's headers look for the context
 * there.
 */
typedef struct Chunk
{
	Size		size;
	Context    *context;
}			Chunk;

#define POINTER_CHUNK(pointer) ((Chunk *) (pointer) - 1)

MemoryContext CurrentMemoryContext;
MemoryContext TopMemoryContext;
MemoryContext ErrorContext;
MemoryContext CacheMemoryContext;

static Block *
add_block(Context * context, Size size)
{
	Block	   *block = malloc(sizeof(Block) + size);

	if (block == NULL)
		abort();
	block->prev = NULL;
	block->next = context->blocks;
	if (block->next)
		block->next->prev = block;
	context->blocks = block;
	context->header.mem_allocated += size;
	return block;
}

MemoryContext
AllocSetContextCreateInternal(MemoryContext parent, const char *name, Size minContextSize,
							  Size initBlockSize, Size maxBlockSize)
{
	Context    *context = calloc(1, sizeof(Context));

	context->header.type = T_AllocSetContext;
	context->header.name = name;
	context->header.parent = parent;
	if (parent != NULL)
	{
		context->header.nextchild = parent->firstchild;
		if (parent->firstchild)
			parent->firstchild->prevchild = &context->header;
		parent->firstchild = &context->header;
	}
	return &context->header;
}

void
MemoryContextResetOnly(MemoryContext cxt)
{
	Context    *context = (Context *) cxt;
	MemoryContextCallback *callback;

	while ((callback = cxt->reset_cbs) != NULL)
	{
		cxt->reset_cbs = callback->next;
		callback->func(callback->arg);
	}
	for (Block * block = context->blocks, *next; block != NULL; block = next)
	{
		next = block->next;
		free(block);
	}
	context->blocks = NULL;
	context->free = context->end = NULL;
	cxt->mem_allocated = 0;
}

void
MemoryContextDelete(MemoryContext cxt)
{
	while (cxt->firstchild)
		MemoryContextDelete(cxt->firstchild);
	MemoryContextResetOnly(cxt);
	if (cxt->prevchild)
		cxt->prevchild->nextchild = cxt->nextchild;
	else if (cxt->parent)
		cxt->parent->firstchild = cxt->nextchild;
	if (cxt->nextchild)
		cxt->nextchild->prevchild = cxt->prevchild;
	free(cxt);
}

void
MemoryContextReset(MemoryContext cxt)
{
	while (cxt->firstchild)
		MemoryContextDelete(cxt->firstchild);
	MemoryContextResetOnly(cxt);
}

Size
MemoryContextMemAllocated(MemoryContext cxt, bool recurse)
{
	Size		size = cxt->mem_allocated;

	for (MemoryContext child = cxt->firstchild; recurse && child != NULL; child = child->nextchild)
		size += MemoryContextMemAllocated(child, true);
	return size;
}

void
MemoryContextRegisterResetCallback(MemoryContext cxt, MemoryContextCallback *callback)
{
	callback->next = cxt->reset_cbs;
	cxt->reset_cbs = callback;
}

void	   *
MemoryContextAlloc(MemoryContext cxt, Size size)
{
	Context    *context = (Context *) cxt;
	Chunk	   *chunk;

#ifdef SHIM_MALLOC
	chunk = (Chunk *) (add_block(context, sizeof(Chunk) + size) + 1);
	memset(chunk + 1, 0x7F, size);
#else
	Size		space = sizeof(Chunk) + MAXALIGN(size);

	if (space > (Size) (context->end - context->free))
	{
		if (space > BLOCK_SIZE / 8)
		{
			chunk = (Chunk *) (add_block(context, space) + 1);
			chunk->context = context;
			chunk->size = size;
			return chunk + 1;
		}
		context->free = (char *) (add_block(context, BLOCK_SIZE) + 1);
		context->end = context->free + BLOCK_SIZE;
	}
	chunk = (Chunk *) context->free;
	context->free += space;
#endif
	chunk->context = context;
	chunk->size = size;
	return chunk + 1;
}

void
pfree(void *pointer)
{
	Chunk	   *chunk = POINTER_CHUNK(pointer);
	Context    *context = chunk->context;

#ifdef SHIM_MALLOC
	Block	   *block = (Block *) chunk - 1;

	if (block->prev)
		block->prev->next = block->next;
	else
		context->blocks = block->next;
	if (block->next)
		block->next->prev = block->prev;
	context->header.mem_allocated -= sizeof(Chunk) + chunk->size;
	free(block);
#else
	if ((char *) pointer + MAXALIGN(chunk->size) == context->free)
		context->free = (char *) chunk;
#endif
}

void	   *
repalloc(void *pointer, Size size)
{
	Size		old = POINTER_CHUNK(pointer)->size;
	void	   *moved;

	if (size <= old)
		return pointer;
	moved = MemoryContextAlloc(&POINTER_CHUNK(pointer)->context->header, size);
	memcpy(moved, pointer, old);
	pfree(pointer);
	return moved;
}

#if PG_VERSION_NUM >= 160000
MemoryContext
GetMemoryChunkContext(void *pointer)
{
	return &POINTER_CHUNK(pointer)->context->header;
}
#endif

Size
GetMemoryChunkSpace(void *pointer)
{
	return POINTER_CHUNK(pointer)->size;
}

void	   *
repalloc_huge(void *pointer, Size size)
{
	return repalloc(pointer, size);
}

void	   *
MemoryContextAllocHuge(MemoryContext cxt, Size size)
{
	return MemoryContextAlloc(cxt, size);
}

void	   *
MemoryContextAllocZero(MemoryContext cxt, Size size)
{
	return memset(MemoryContextAlloc(cxt, size), 0, size);
}

void	   *
MemoryContextAllocZeroAligned(MemoryContext cxt, Size size)
{
	return MemoryContextAllocZero(cxt, size);
}

void	   *
MemoryContextAllocExtended(MemoryContext cxt, Size size, int flags)
{
	return flags & MCXT_ALLOC_ZERO ? MemoryContextAllocZero(cxt, size)
		: MemoryContextAlloc(cxt, size);
}

void	   *
palloc(Size size)
{
	return MemoryContextAlloc(CurrentMemoryContext, size);
}

void	   *
palloc0(Size size)
{
	return MemoryContextAllocZero(CurrentMemoryContext, size);
}

void	   *
palloc_extended(Size size, int flags)
{
	return MemoryContextAllocExtended(CurrentMemoryContext, size, flags);
}

char	   *
MemoryContextStrdup(MemoryContext cxt, const char *string)
{
	Size		size = strlen(string) + 1;

	return memcpy(MemoryContextAlloc(cxt, size), string, size);
}

char	   *
pstrdup(const char *string)
{
	return MemoryContextStrdup(CurrentMemoryContext, string);
}

char	   *
pnstrdup(const char *string, Size len)
{
	char	   *copy;

	len = strnlen(string, len);
	copy = palloc(len + 1);
	memcpy(copy, string, len);
	copy[len] = '\0';
	return copy;
}

/* ---- lists ---- */

static List *
new_list(NodeTag type, int length, int room)
{
	List	   *list = palloc(offsetof(List, initial_elements) + room * sizeof(ListCell));

	list->type = type;
	list->length = length;
	list->max_length = room;
	list->elements = list->initial_elements;
	return list;
}

static void
enlarge_list(List *list, int length)
{
	int			room = Max(length, list->max_length * 2);

	if (list->elements == list->initial_elements)
	{
		list->elements = MemoryContextAlloc(GetMemoryChunkContext(list), room * sizeof(ListCell));
		memcpy(list->elements, list->initial_elements, list->length * sizeof(ListCell));
	}
	else
		list->elements = repalloc(list->elements, room * sizeof(ListCell));
	list->max_length = room;
}

static List *
append_cell(NodeTag type, List *list, ListCell cell)
{
	if (list == NIL)
		list = new_list(type, 0, 5);
	else if (list->length == list->max_length)
		enlarge_list(list, list->length + 1);
	list->elements[list->length++] = cell;
	return list;
}

List	   *
lappend(List *list, void *datum)
{
	return append_cell(T_List, list, (ListCell) {.ptr_value = datum});
}

List	   *
lappend_int(List *list, int datum)
{
	return append_cell(T_IntList, list, (ListCell) {.int_value = datum});
}

List	   *
list_make1_impl(NodeTag t, ListCell datum1)
{
	return append_cell(t, NIL, datum1);
}

List	   *
list_make2_impl(NodeTag t, ListCell datum1, ListCell datum2)
{
	return append_cell(t, append_cell(t, NIL, datum1), datum2);
}

List	   *
list_make3_impl(NodeTag t, ListCell datum1, ListCell datum2, ListCell datum3)
{
	return append_cell(t, list_make2_impl(t, datum1, datum2), datum3);
}

List	   *
list_make4_impl(NodeTag t, ListCell datum1, ListCell datum2, ListCell datum3, ListCell datum4)
{
	return append_cell(t, list_make3_impl(t, datum1, datum2, datum3), datum4);
}

List	   *
list_make5_impl(NodeTag t, ListCell datum1, ListCell datum2, ListCell datum3, ListCell datum4,
				ListCell datum5)
{
	return append_cell(t, list_make4_impl(t, datum1, datum2, datum3, datum4), datum5);
}

List	   *
lcons(void *datum, List *list)
{
	list = lappend(list, datum);
	memmove(&list->elements[1], &list->elements[0], (list->length - 1) * sizeof(ListCell));
	list->elements[0].ptr_value = datum;
	return list;
}

List	   *
list_concat(List *list, const List *more)
{
	if (list == NIL)
		return list_copy(more);
	for (int i = 0; i < list_length(more); i++)
		list = append_cell(list->type, list, more->elements[i]);
	return list;
}

List	   *
list_copy(const List *list)
{
	List	   *copy;

	if (list == NIL)
		return NIL;
	copy = new_list(list->type, list->length, list->length);
	memcpy(copy->elements, list->elements, list->length * sizeof(ListCell));
	return copy;
}

List	   *
list_truncate(List *list, int length)
{
	if (length <= 0)
		return NIL;
	list->length = Min(list->length, length);
	return list;
}

List	   *
list_delete_nth_cell(List *list, int n)
{
	if (--list->length == 0)
	{
		list_free(list);
		return NIL;
	}
	memmove(&list->elements[n], &list->elements[n + 1], (list->length - n) * sizeof(ListCell));
	return list;
}

List	   *
list_delete_last(List *list)
{
	return list == NIL ? NIL : list_truncate(list, list->length - 1);
}

List	   *
list_delete_first(List *list)
{
	return list == NIL ? NIL : list_delete_nth_cell(list, 0);
}

List	   *
list_delete_ptr(List *list, void *datum)
{
	for (int i = 0; i < list_length(list); i++)
		if (list->elements[i].ptr_value == datum)
			return list_delete_nth_cell(list, i);
	return list;
}

bool
list_member_ptr(const List *list, const void *datum)
{
	for (int i = 0; i < list_length(list); i++)
		if (list->elements[i].ptr_value == datum)
			return true;
	return false;
}

bool
list_member_int(const List *list, int datum)
{
	for (int i = 0; i < list_length(list); i++)
		if (list->elements[i].int_value == datum)
			return true;
	return false;
}

void
list_sort(List *list, list_sort_comparator cmp)
{
	if (list_length(list) > 1)
		pg_qsort(list->elements, list->length, sizeof(ListCell),
				 (int (*) (const void *, const void *)) cmp);
}

void
list_free(List *list)
{
	if (list == NIL)
		return;
	if (list->elements != list->initial_elements)
		pfree(list->elements);
	pfree(list);
}

/* ---- hash tables: with keys of bytes, in a context that is named ---- */

#define BUCKETS 256

typedef struct HashEntry
{
	struct HashEntry *next;
	uint32		hash;
}			HashEntry;

struct HTAB
{
	MemoryContext cxt;
	Size		keysize;
	Size		entrysize;
	HashEntry  *buckets[BUCKETS];
};

HTAB	   *
hash_create(const char *tabname, long nelem,
#if PG_VERSION_NUM >= 140000
			const
#endif
			HASHCTL *info, int flags)
{
	HTAB	   *table;

	if ((flags & ~HASH_ELEM) != (HASH_BLOBS | HASH_CONTEXT))
		abort();
	table = MemoryContextAllocZero(info->hcxt, sizeof(HTAB));
	table->cxt = info->hcxt;
	table->keysize = info->keysize;
	table->entrysize = info->entrysize;
	return table;
}

void	   *
hash_search(HTAB *table, const void *key, HASHACTION action, bool *found)
{
	uint32		hash = hash_bytes(key, table->keysize);
	HashEntry **bucket = &table->buckets[hash % BUCKETS];
	HashEntry  *entry = *bucket;

	if (action != HASH_FIND && action != HASH_ENTER)
		abort();
	while (entry != NULL &&
		   (entry->hash != hash || memcmp(entry + 1, key, table->keysize) != 0))
		entry = entry->next;
	if (found != NULL)
		*found = entry != NULL;
	if (entry == NULL && action == HASH_ENTER)
	{
		entry = MemoryContextAllocZero(table->cxt, sizeof(HashEntry) + table->entrysize);
		entry->hash = hash;
		entry->next = *bucket;
		*bucket = entry;
		memcpy(entry + 1, key, table->keysize);
	}
	return entry != NULL ? entry + 1 : NULL;
}

/* ---- errors ---- */

sigjmp_buf *PG_exception_stack;
ErrorContextCallback *error_context_stack;
volatile sig_atomic_t InterruptPending;

static struct
{
	int			elevel;
	int			sqlerrcode;
	char		message[1024];
}			thrown;

bool
errstart(int elevel, const char *domain)
{
	thrown.elevel = elevel;
	thrown.sqlerrcode = 0;
	thrown.message[0] = '\0';
	return elevel >= ERROR;
}

bool
errstart_cold(int elevel, const char *domain)
{
	return errstart(elevel, domain);
}

int
errcode(int sqlerrcode)
{
	thrown.sqlerrcode = sqlerrcode;
	return 0;
}

static int
pg_attribute_printf(1, 0)
set_message(const char *fmt, va_list args)
{
	pg_vsnprintf(thrown.message, sizeof(thrown.message), fmt, args);
	return 0;
}

int
errmsg(const char *fmt,...)
{
	va_list		args;

	va_start(args, fmt);
	set_message(fmt, args);
	va_end(args);
	return 0;
}

int
errmsg_internal(const char *fmt,...)
{
	va_list		args;

	va_start(args, fmt);
	set_message(fmt, args);
	va_end(args);
	return 0;
}

int
errdetail(const char *fmt,...)
{
	return 0;
}

int
errhint(const char *fmt,...)
{
	return 0;
}

void
errfinish(const char *filename, int lineno, const char *funcname)
{
	bool		caught = shim_subtransactions > 0 &&
	ERRCODE_TO_CATEGORY(thrown.sqlerrcode) == ERRCODE_DATA_EXCEPTION;

	if (thrown.elevel < ERROR)
		return;
	if ((caught || thrown.sqlerrcode == ERRCODE_STATEMENT_TOO_COMPLEX) &&
		PG_exception_stack != NULL)
		siglongjmp(*PG_exception_stack, 1);
	fprintf(stderr, "%s:%d: %s: %s\n", filename, lineno, funcname, thrown.message);
	abort();
}

void
pg_re_throw(void)
{
	siglongjmp(*PG_exception_stack, 1);
}

void
FlushErrorState(void)
{
}

int			shim_subtransactions;

ErrorData  *
CopyErrorData(void)
{
	ErrorData  *error = palloc0(sizeof(ErrorData));

	error->elevel = thrown.elevel;
	error->sqlerrcode = thrown.sqlerrcode;
	error->message = pstrdup(thrown.message);
	return error;
}

void
FreeErrorData(ErrorData *error)
{
	pfree(error->message);
	pfree(error);
}

void
ReThrowError(ErrorData *error)
{
	thrown.elevel = error->elevel;
	thrown.sqlerrcode = error->sqlerrcode;
	strlcpy(thrown.message, error->message, sizeof(thrown.message));
	siglongjmp(*PG_exception_stack, 1);
}

void
ProcessInterrupts(void)
{
}

#ifdef USE_ASSERT_CHECKING
#if PG_VERSION_NUM >= 160000
void
ExceptionalCondition(const char *conditionName, const char *fileName, int lineNumber)
#else
void
ExceptionalCondition(const char *conditionName, const char *errorType, const char *fileName,
					 int lineNumber)
#endif
{
	fprintf(stderr, "%s:%d: failed assertion: %s\n", fileName, lineNumber, conditionName);
	abort();
}
#endif

/* ---- stack ---- */

static char *stack_base;

bool
stack_is_too_deep(void)
{
	char	   *here = __builtin_frame_address(0);

	return stack_base - here > MAX_STACK;
}

void
check_stack_depth(void)
{
	if (stack_is_too_deep())
		ereport(ERROR,
				(errcode(ERRCODE_STATEMENT_TOO_COMPLEX),
				 errmsg("stack depth limit exceeded")));
}

/* ---- encoding ---- */

int
GetDatabaseEncoding(void)
{
	return PG_UTF8;
}

const char *
GetDatabaseEncodingName(void)
{
	return "UTF8";
}

int
pg_database_encoding_max_length(void)
{
	return 4;
}

int
pg_mblen(const char *s)
{
	return pg_utf_mblen((const unsigned char *) s);
}

int
pg_mbstrlen_with_len(const char *s, int len)
{
	int			n = 0;

	for (const char *end = s + len; s < end && *s; s += pg_mblen(s))
		n++;
	return n;
}

int
pg_mbcliplen(const char *s, int len, int limit)
{
	int			clipped = 0;

	while (clipped < len)
	{
		int			next = clipped + pg_mblen(s + clipped);

		if (next > limit || next > len)
			break;
		clipped = next;
	}
	return clipped;
}

#if PG_VERSION_NUM < 140000
static int
pg_encoding_verifymbstr(int encoding, const char *s, int len)
{
	int			done = 0;
	int			n;

	while (done < len && s[done] != '\0' && (n = pg_encoding_verifymb(encoding, s + done,
																	  len - done)) > 0)
		done += n;
	return done;
}
#endif

bool
pg_verify_mbstr(int encoding, const char *s, int len, bool noError)
{
	if (pg_encoding_verifymbstr(encoding, s, len) == len)
		return true;
	if (!noError)
		elog(ERROR, "invalid byte sequence");
	return false;
}

void
pg_unicode_to_server(pg_wchar c, unsigned char *s)
{
	unicode_to_utf8(c, s);
	s[pg_utf_mblen(s)] = '\0';
}

#if PG_VERSION_NUM >= 160000
bool
pg_unicode_to_server_noerror(pg_wchar c, unsigned char *s)
{
	pg_unicode_to_server(c, s);
	return true;
}
#endif

char	   *
pg_any_to_server(const char *s, int len, int encoding)
{
	return unconstify(char *, s);
}

char	   *
pg_server_to_any(const char *s, int len, int encoding)
{
	return unconstify(char *, s);
}

/* ---- random numbers: the same each time, to repeat findings ---- */

bool
pg_strong_random(void *buf, size_t len)
{
	memset(buf, 0x5A, len);
	return true;
}

/* ---- shim.h ---- */

void
shim_init(void)
{
	stack_base = __builtin_frame_address(0);
	TopMemoryContext = AllocSetContextCreateInternal(NULL, "TopMemoryContext", 0, 0, 0);
	ErrorContext = CacheMemoryContext = CurrentMemoryContext = TopMemoryContext;
}

bool
shim_run(void (*callback) (void *arg), void *arg, bool verbose)
{
	MemoryContext parent = CurrentMemoryContext;
	MemoryContext context = AllocSetContextCreateInternal(parent, "run", 0, 0, 0);
	volatile bool thrown_out = false;

	CurrentMemoryContext = context;
	PG_TRY();
	{
		callback(arg);
	}
	PG_CATCH();
	{
		thrown_out = true;
		if (verbose)
			fprintf(stderr, "%s\n", thrown.message);
	}
	PG_END_TRY();
	CurrentMemoryContext = parent;
	MemoryContextDelete(context);
	return !thrown_out;
}
