/*
 * paced.c: latency at a given rate.
 *
 *   paced PORT REQUESTS_A_SECOND SECONDS CLIENTS BODY
 *
 * Posts the body to /v1/graphql of 127.0.0.1 at even distances, whether the
 * answers come or not: a request's time counts from the moment at which it was
 * due, so that one that waits behind a slow one is slow, too. Prints the
 * median and the 99th percentile in microseconds, and how many were answered.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MAX_CLIENTS 1000

static int	fds[MAX_CLIENTS];
static double due_at[MAX_CLIENTS];	/* of the request in progress */
static int	idle[MAX_CLIENTS];	/* clients that wait for nothing */
static int	n_idle;

static double
now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

static void
fail(const char *what)
{
	perror(what);
	exit(2);
}

static int
connect_to(int port)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
	int			fd = socket(AF_INET, SOCK_STREAM, 0);
	int			one = 1;

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || connect(fd, (struct sockaddr *) &to, sizeof(to)) != 0)
		fail("connect");
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	return fd;
}

static int
compare(const void *a, const void *b)
{
	double		x = *(const double *) a;
	double		y = *(const double *) b;

	return (x > y) - (x < y);
}

int
main(int argc, char **argv)
{
	struct epoll_event events[64];
	char		request[4096];
	char		answer[65536];
	double	   *times;
	double		gap;
	double		start;
	int			n_requests;
	int			n_clients;
	int			n_due = 0;
	int			n_answered = 0;
	int			epoll = epoll_create1(0);
	size_t		len;

	if (argc != 6 || (n_clients = atoi(argv[4])) < 1 || n_clients > MAX_CLIENTS)
		return 2;
	gap = 1e6 / atof(argv[2]);
	n_requests = (int) (atof(argv[3]) * atof(argv[2]));
	times = malloc((size_t) n_requests * sizeof(*times));
	len = (size_t) snprintf(request, sizeof(request),
							"POST /v1/graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
							"Content-Length: %zu\r\n\r\n%s", strlen(argv[5]), argv[5]);
	prctl(PR_SET_TIMERSLACK, 1L);
	for (int i = 0; i < n_clients; i++)
	{
		struct epoll_event event = {.events = EPOLLIN,.data.u32 = (unsigned) i};

		fds[i] = connect_to(atoi(argv[1]));
		epoll_ctl(epoll, EPOLL_CTL_ADD, fds[i], &event);
		idle[n_idle++] = i;
	}
	start = now_us() + 1000;
	while (n_answered < n_requests)
	{
		double		wait = start + n_due * gap - now_us();
		struct timespec timeout;
		int			n;

		/* with no client free, the next one to be answered is late */
		if (n_due == n_requests || n_idle == 0)
			wait = 5e6;
		if (wait <= 0)
		{
			int			client = idle[--n_idle];

			due_at[client] = start + n_due++ * gap;
			if (write(fds[client], request, len) != (ssize_t) len)
				fail("write");
			continue;
		}
		timeout.tv_sec = (time_t) (wait / 1e6);
		timeout.tv_nsec = (long) ((wait - timeout.tv_sec * 1e6) * 1000);
		n = epoll_pwait2(epoll, events, 64, &timeout, NULL);
		if (n == 0 && wait >= 5e6)
			break;
		for (int i = 0; i < n; i++)
		{
			int			client = (int) events[i].data.u32;
			ssize_t		got = read(fds[client], answer, sizeof(answer) - 1);

			if (got <= 0)
				fail("read");
			answer[got] = '\0';
			if (strncmp(answer, "HTTP/1.1 200", 12) != 0)
			{
				fputs(answer, stderr);
				return 2;
			}
			times[n_answered++] = now_us() - due_at[client];
			idle[n_idle++] = client;
		}
	}
	if (n_answered == 0)
		return 2;
	qsort(times, (size_t) n_answered, sizeof(*times), compare);
	printf("%.0f %.0f %d\n", times[n_answered / 2], times[(size_t) (n_answered * 0.99)], n_answered);
	return n_answered == n_requests ? 0 : 1;
}
