/*
 * rate_limit.c: how many requests a second one client and role may send.
 *
 * A table of fixed size, by a keyed hash of address and role. Where two meet
 * in one place they share a bucket: rarely, and on the safe side.
 */
#include "serve/rate_limit.h"

#include <stdint.h>
#include <sys/random.h>

#include "serve/loop.h"
#include "serve/settings.h"

#define N_BUCKETS 65536

static struct
{
	float		tokens;
	long long	at;				/* loop_now() of the last request; 0: none yet */
}			buckets[N_BUCKETS];

static uint64_t
hash(uint64_t h, const char *text)
{
	for (; *text; text++)
		h = (h ^ (unsigned char) *text) * 1099511628211u;
	return (h ^ 0xff) * 1099511628211u;
}

bool
rate_limit_allows(const char *address, const char *role)
{
	static uint64_t key;
	uint64_t	h;
	float		most = (float) settings->rate_limit;

	if (settings->rate_limit <= 0 || role == NULL)
		return true;
	while (key == 0)
	{
		if (getrandom(&key, sizeof(key), 0) != sizeof(key))
			key = 1469598103934665603u;
	}
	h = hash(hash(key, address), role);
	h = (h ^ (h >> 32)) % N_BUCKETS;
	if (buckets[h].at == 0)
		buckets[h].tokens = most;
	else
		buckets[h].tokens += most * (float) (loop_now() - buckets[h].at) / 1000;
	if (buckets[h].tokens > most)
		buckets[h].tokens = most;
	buckets[h].at = loop_now();
	if (buckets[h].tokens < 1)
		return false;
	buckets[h].tokens -= 1;
	return true;
}
