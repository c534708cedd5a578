/*
 * listen.c: sockets, the HTTP library's daemon in our event loop, and the
 * deadlines of clients.
 *
 * The library waits in an epoll descriptor of its own, which is one descriptor
 * of ours. It knows only how long a client is silent; a client that sends a
 * byte now and then is ended by the deadlines here.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "serve/http.h"
#include "serve/log.h"
#include "serve/settings.h"

#define BACKLOG 1024

/* What an answer's headers need besides the request's. */
#define REPLY_ROOM 4096

typedef struct Listener
{
	struct MHD_Daemon *daemon;
	Watch		watch;
	bool		ready;
	bool		lingers;		/* to be run again, but not at once */
	long long	ran_at;			/* loop_now() */
} Listener;

static Listener main_listener;
static Listener metrics_listener;
static char *tls_certificate;
static char *tls_key;
static char *address;
static int	n_clients;
static bool quiescing;

static void
fatal(const char *what, const char *why)
{
	fprintf(stderr, "remote-rel: %s: %s\n", what, why);
	exit(1);
}

/* ---- clients ---- */

static void
deadline_passed(Timer *timer)
{
	Client	   *client = timer->owner;

	if (client->must_act_by == 0)
		return;
	if (client->must_act_by > loop_now())
	{
		timer_set(timer, client->must_act_by - loop_now());
		return;
	}
	log_event_text(EVENT_slow_client, "address", client->address);
	shutdown(client->fd, SHUT_RDWR);
}

Client	   *
client_of(struct MHD_Connection *mhd)
{
	const union MHD_ConnectionInfo *info;

	info = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	return info->socket_context;
}

/*
 * The deadline moves several times a request, nearly always to a later time.
 * The timer is moved only to an earlier one, and looks again when it fires.
 */
void
client_deadline(Client *client, long long ms)
{
	client->must_act_by = ms > 0 ? loop_now() + ms : 0;
	if (ms > 0 && (client->deadline.slot == 0 || client->deadline.at > client->must_act_by))
		timer_set(&client->deadline, ms);
}

static void
client_went(Watch *watch, unsigned events)
{
	Client	   *client = watch->owner;

	if (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR))
	{
		client->gone = true;
		http_client_gone(client);
	}
}

static void
name_address(Client *client, const struct sockaddr *addr)
{
	if (addr && addr->sa_family == AF_INET)
		inet_ntop(AF_INET, &((const struct sockaddr_in *) addr)->sin_addr, client->address,
				  sizeof(client->address));
	else if (addr && addr->sa_family == AF_INET6)
		inet_ntop(AF_INET6, &((const struct sockaddr_in6 *) addr)->sin6_addr, client->address,
				  sizeof(client->address));
	else
		strcpy(client->address, "unix");
}

static void
on_connection(void *cls, struct MHD_Connection *mhd, void **socket_context,
			  enum MHD_ConnectionNotificationCode code)
{
	Client	   *client = *socket_context;

	(void) cls;
	if (code == MHD_CONNECTION_NOTIFY_STARTED)
	{
		const union MHD_ConnectionInfo *info;
		int			one = 1;

		client = xcalloc(sizeof(Client));
		client->fd = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
		info = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
		name_address(client, info->client_addr);
		client->deadline.fire = deadline_passed;
		client->deadline.owner = client;
		client->watch.ready = client_went;
		client->watch.owner = client;
		setsockopt(client->fd, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof(one));
		/* only its end, and only once */
		watch_add(&client->watch, client->fd, EPOLLRDHUP | EPOLLET);
		client_deadline(client, settings->header_timeout);
		*socket_context = client;
		n_clients++;
	}
	else if (client)
	{
		watch_remove(&client->watch);
		timer_cancel(&client->deadline);
		free(client);
		*socket_context = NULL;
		n_clients--;
	}
}

int
http_clients(void)
{
	return n_clients;
}

/* ---- sockets ---- */

static int
listen_unix(const char *path)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	struct stat st;
	int			fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (strlen(path) >= sizeof(addr.sun_path))
		fatal(path, "the path is too long for a socket");
	strcpy(addr.sun_path, path);
	/* what a former process left */
	if (stat(path, &st) == 0 && S_ISSOCK(st.st_mode))
		unlink(path);
	if (fd < 0 || bind(fd, (struct sockaddr *) &addr, sizeof(addr)) != 0 || listen(fd,
																				   BACKLOG) != 0)
		fatal(path, strerror(errno));
	return fd;
}

static int
listen_tcp(const char *host, long long port, int *actual_port)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
	struct addrinfo *found;
	struct sockaddr_storage bound;
	socklen_t	size = sizeof(bound);
	char		service[8];
	int			one = 1;
	int			fd;
	int			error;

	snprintf(service, sizeof(service), "%lld", port);
	if (strcmp(host, "*") == 0)
		host = "::";
	error = getaddrinfo(host, service, &hints, &found);
	if (error)
		fatal(host, gai_strerror(error));
	fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		fatal(host, strerror(errno));
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	/* accepted sockets inherit it */
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (bind(fd, found->ai_addr, found->ai_addrlen) != 0 || listen(fd, BACKLOG) != 0)
	{
		char	   *where = xprintf("%s:%s", host, service);

		fatal(where, strerror(errno));
	}
	getsockname(fd, (struct sockaddr *) &bound, &size);
	*actual_port = ntohs(bound.ss_family == AF_INET6 ? ((struct sockaddr_in6 *) &bound)->sin6_port
						 : ((struct sockaddr_in *) &bound)->sin_port);
	freeaddrinfo(found);
	return fd;
}

/* ---- the library ---- */

static void
listener_ready(Watch *watch, unsigned events)
{
	Listener   *listener = watch->owner;

	(void) events;
	listener->ready = true;
}

void
http_wake(void)
{
	main_listener.ready = true;
	metrics_listener.ready = metrics_listener.daemon != NULL;
}

/* Runs what is ready; returns how long the loop may wait. */
static long long
run_listener(Listener *listener)
{
	MHD_UNSIGNED_LONG_LONG timeout;

	if (listener->daemon == NULL)
		return -1;
	if (listener->ready || (listener->lingers && loop_now() != listener->ran_at))
	{
		listener->ready = listener->lingers = false;
		listener->ran_at = loop_now();
		MHD_run(listener->daemon);
	}
	/* its own timeouts are off: only work that is left has one */
	if (listener->ready || (MHD_get_timeout(listener->daemon, &timeout) == MHD_YES && timeout == 0))
	{
		/* work of requests that linger can wait, and others' for a moment */
		if (!listener->ready && http_lingering() > 0)
		{
			listener->lingers = true;
			return 1;
		}
		listener->ready = true;
		return 0;
	}
	return -1;
}

static long long
run_library(void)
{
	long long	main_wait = run_listener(&main_listener);
	long long	metrics_wait = run_listener(&metrics_listener);

	if (main_wait == 0 || metrics_wait == 0)
		return 0;
	return main_wait > metrics_wait ? main_wait : metrics_wait;
}

static char *
read_file(const char *path)
{
	FILE	   *in = fopen(path, "r");
	Buffer		text = {0};
	char		piece[4096];
	size_t		n;

	if (in == NULL)
		fatal(path, strerror(errno));
	while ((n = fread(piece, 1, sizeof(piece), in)) > 0)
		buffer_append(&text, piece, n);
	fclose(in);
	return buffer_take(&text);
}

static void
ignore_message(void *cls, const char *format, va_list args)
{
	(void) cls;
	(void) format;
	(void) args;
}

static void
start_listener(Listener *listener, int fd, bool tls)
{
	static char metrics_tag[] = "metrics";
	unsigned	flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_ALLOW_UPGRADE |
	MHD_USE_ERROR_LOG;
	struct MHD_OptionItem tls_items[] = {
		{MHD_OPTION_HTTPS_MEM_CERT, 0, tls_certificate},
		{MHD_OPTION_HTTPS_MEM_KEY, 0, tls_key},
		{MHD_OPTION_END, 0, NULL}
	};

	listener->daemon = MHD_start_daemon(
										flags | (tls ? MHD_USE_TLS : 0), 0, NULL, NULL,
										http_on_request,
										listener == &metrics_listener ? metrics_tag : NULL,
										MHD_OPTION_EXTERNAL_LOGGER, ignore_message, NULL,
										MHD_OPTION_LISTEN_SOCKET, fd,
										MHD_OPTION_NOTIFY_COMPLETED, http_on_completed, NULL,
										MHD_OPTION_NOTIFY_CONNECTION, on_connection, NULL,
										MHD_OPTION_CONNECTION_LIMIT,
										(unsigned) settings->client_limit,
										MHD_OPTION_CONNECTION_MEMORY_LIMIT,
										(size_t) settings->max_header + REPLY_ROOM,
										MHD_OPTION_CONNECTION_MEMORY_INCREMENT, (size_t) 4096,
										MHD_OPTION_CONNECTION_TIMEOUT, 0u,
										MHD_OPTION_STRICT_FOR_CLIENT, 1,
										tls ? MHD_OPTION_ARRAY : MHD_OPTION_END, tls ? tls_items
										: NULL,
										MHD_OPTION_END);
	if (listener->daemon == NULL)
		fatal("cannot start the HTTP server", tls ? "are certificate and key right?" : strerror(errno));
	listener->watch.ready = listener_ready;
	listener->watch.owner = listener;
	watch_add(&listener->watch, MHD_get_daemon_info(listener->daemon,
													MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd, EPOLLIN);
}

const char *
http_address(void)
{
	return address;
}

void
http_start(void)
{
	int			port = 0;
	int			fd;

	if (settings->tls_certificate)
	{
		tls_certificate = read_file(settings->tls_certificate);
		tls_key = read_file(settings->tls_key);
	}
	if (settings->unix_socket)
		fd = listen_unix(settings->unix_socket);
	else
		fd = listen_tcp(settings->host, settings->port, &port);
	address = settings->unix_socket ? xprintf("unix:%s", settings->unix_socket)
		: xprintf("%s://%s%s%s:%d", tls_certificate ? "https" : "http",
				  strchr(settings->host, ':') ? "[" : "", settings->host,
				  strchr(settings->host, ':') ? "]" : "", port);
	start_listener(&main_listener, fd, tls_certificate != NULL);
	if (settings->metrics_port >= 0)
	{
		LogFields	f = {0};

		fd = listen_tcp(settings->host, settings->metrics_port, &port);
		start_listener(&metrics_listener, fd, false);
		log_text(&f, "for", "metrics");
		log_number(&f, "port", port);
		log_event(EVENT_started, &f);
	}
	loop_set_prepare(run_library);
}

bool
http_quiescing(void)
{
	return quiescing;
}

void
http_quiesce(void)
{
	int			fd = MHD_quiesce_daemon(main_listener.daemon);

	quiescing = true;
	if (fd >= 0)
		close(fd);
	if (settings->unix_socket)
		unlink(settings->unix_socket);
	http_wake();
}
