/*
 * memcheck.h: in place of valgrind's, for test/sanitize: what the server's
 * memory contexts tell valgrind of their pieces is told to AddressSanitizer.
 */
#ifndef MEMCHECK_H
#define MEMCHECK_H

#include <sanitizer/asan_interface.h>

#define VALGRIND_MAKE_MEM_NOACCESS(addr, size)	__asan_poison_memory_region(addr, size)
#define VALGRIND_MAKE_MEM_UNDEFINED(addr, size)	__asan_unpoison_memory_region(addr, size)
#define VALGRIND_MAKE_MEM_DEFINED(addr, size)	__asan_unpoison_memory_region(addr, size)
#define VALGRIND_MEMPOOL_ALLOC(pool, addr, size)	__asan_unpoison_memory_region(addr, size)
#define VALGRIND_CREATE_MEMPOOL(pool, redzone, zeroed)	do {} while (0)
#define VALGRIND_DESTROY_MEMPOOL(pool)	do {} while (0)
#define VALGRIND_MEMPOOL_FREE(pool, addr)	do {} while (0)
#define VALGRIND_MEMPOOL_CHANGE(pool, from, to, size)	do {} while (0)
#define VALGRIND_CHECK_MEM_IS_DEFINED(addr, size)	do {} while (0)

#endif							/* MEMCHECK_H */
