/*
 * responder.c: an upstream that takes almost no time: HTTP/1.1 with
 * keep-alive, one thread, answers made from the keys.
 *
 * It reads as much GraphQL as batched requests contain: calls with an alias
 * and a variable each, or one call with a list. A field's value is its name
 * and the key ("email-auth0|7"), auth0_id is the key, __typename is "Profile".
 * It keeps the last parsed document, like a server's document cache.
 *
 *   responder [latency in ms]     prints "listening on PORT"; GET /stats gives
 *                                 {"requests": n, "keys": n}; GET /reset
 *                                 zeroes them
 */
#define _GNU_SOURCE				/* strcasestr() */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MAX_CONNECTIONS 1024

typedef struct Buffer
{
	char	   *data;
	size_t		len;
	size_t		cap;
} Buffer;

typedef struct Connection
{
	int			fd;
	Buffer		in;
	Buffer		out;
	size_t		sent;
	double		due;			/* when the answer may go out; 0: nothing
								 * waits */
} Connection;

/* A selected field: its key in the answer, and its name. */
typedef struct Field
{
	char		key[80];
	char		name[80];
}			Field;

/*
 * "alias: field(arg: $variable)", or "alias: __typename" without a variable.
 */
typedef struct Call
{
	char		alias[80];
	char		variable[80];
}			Call;

typedef struct Document
{
	char	   *text;
	size_t		len;
	Field		fields[32];
	int			nfields;
	Call	   *calls;
	int			ncalls;
}			Document;

static Connection *connections[MAX_CONNECTIONS];
static Document document;
static double latency;
static long requests;
static long keys;

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

static void
reserve(Buffer *b, size_t more)
{
	if (b->len + more + 1 <= b->cap)
		return;
	b->cap = (b->len + more + 1) * 2;
	b->data = realloc(b->data, b->cap);
}

static void
append(Buffer *b, const char *data, size_t len)
{
	reserve(b, len);
	memcpy(b->data + b->len, data, len);
	b->len += len;
	b->data[b->len] = '\0';
}

static void
append_string(Buffer *b, const char *s)
{
	append(b, s, strlen(s));
}

/* ---- as much of GraphQL as is needed ---- */

static const char *
name_at(const char *p, char *name, size_t size)
{
	size_t		n = 0;

	while (*p == '_' || (*p >= '0' && *p <= '9') || (*p >= 'a' && *p <= 'z') ||
		   (*p >= 'A' && *p <= 'Z'))
	{
		if (n + 1 < size)
			name[n++] = *p;
		p++;
	}
	name[n] = '\0';
	return p;
}

static const char *
skip(const char *p)
{
	while (*p == ' ' || *p == ',' || *p == '\n' || (p[0] == '\\' && p[1] == 'n' && p++))
		p++;
	return p;
}

/*
 * The innermost selection: the text in the last braces without others inside.
 */
static void
read_fields(const char *text)
{
	const char *open = strrchr(text, '{');

	document.nfields = 0;
	for (const char *p = skip(open + 1); *p != '}' && *p != '\0'; p = skip(p))
	{
		Field	   *field = &document.fields[document.nfields++];

		p = skip(name_at(p, field->key, sizeof(field->key)));
		strcpy(field->name, field->key);
		if (*p == ':')
			p = name_at(skip(p + 1), field->name, sizeof(field->name));
	}
}

/* The fields at the top of the operation. */
static void
read_calls(const char *text)
{
	int			depth = 0;
	int			capacity = 16;

	document.ncalls = 0;
	document.calls = realloc(document.calls, capacity * sizeof(Call));
	for (const char *p = text; *p != '\0'; p++)
	{
		if (*p == '{')
			depth++;
		if (*p == '}' && --depth == 0)
			return;
		if (depth == 0 && *p == '(')
			p = strchr(p, ')');
		if (depth == 1 && (*p == '{' || *p == '}' || *p == ' '))
		{
			Call	   *call;
			char		name[80];
			const char *q = skip(p + 1);
			const char *after = skip(name_at(q, name, sizeof(name)));

			if (name[0] == '\0' || (*after != ':' && *after != '('))
				continue;
			if (document.ncalls == capacity)
				document.calls = realloc(document.calls, (capacity *= 2) * sizeof(Call));
			call = &document.calls[document.ncalls++];
			strcpy(call->alias, name);
			if (*after == ':')
				after = name_at(skip(after + 1), name, sizeof(name));
			call->variable[0] = '\0';
			if (*after == '(')
				after = name_at(strchr(after, '$') + 1, call->variable, sizeof(call->variable));
			p = after - 1;
		}
	}
}

static void
read_document(const char *text, size_t len)
{
	if (document.text != NULL && document.len == len && memcmp(document.text, text, len) == 0)
		return;
	document.text = realloc(document.text, len + 1);
	memcpy(document.text, text, len);
	document.text[len] = '\0';
	document.len = len;
	read_fields(document.text);
	read_calls(document.text);
}

/* ---- answers ---- */

static void
append_object(Buffer *out, const char *key, size_t len)
{
	append_string(out, "{");
	for (int i = 0; i < document.nfields; i++)
	{
		const		Field *field = &document.fields[i];

		append_string(out, i > 0 ? ",\"" : "\"");
		append_string(out, field->key);
		append_string(out, "\":\"");
		if (strcmp(field->name, "__typename") == 0)
			append_string(out, "Profile");
		else
		{
			if (strcmp(field->name, "auth0_id") != 0)
			{
				append_string(out, field->name);
				append_string(out, "-");
			}
			append(out, key, len);
		}
		append_string(out, "\"");
	}
	append_string(out, "}");
	keys++;
}

/*
 * The value of a variable: a string, or a list of strings. Variables come in
 * the order of the calls; start says where to look first.
 */
static const char *
find_variable(const char *variables, const char *start, const char *name)
{
	char		pattern[96];
	const char *found;

	snprintf(pattern, sizeof(pattern), "\"%s\":", name);
	found = strncmp(start, pattern, strlen(pattern)) == 0 ? start : strstr(variables, pattern);
	return found ? found + strlen(pattern) : NULL;
}

static const char *
append_value(Buffer *out, const char *value)
{
	const char *end;
	int			n = 0;

	value = skip(value);
	if (*value != '[')
	{
		end = strchr(value + 1, '"');
		append_object(out, value + 1, end - value - 1);
		return end + 1;
	}
	append_string(out, "[");
	for (value = skip(value + 1); *value == '"'; value = skip(end + 1))
	{
		if (n++ > 0)
			append_string(out, ",");
		end = strchr(value + 1, '"');
		append_object(out, value + 1, end - value - 1);
	}
	append_string(out, "]");
	return value + 1;
}

static void
answer(Buffer *out, const char *body)
{
	const char *query = strstr(body, "\"query\":\"");
	const char *end = query + 9;
	const char *variables = strstr(body, "\"variables\":");
	const char *at;

	while (*end != '"')
		end += *end == '\\' ? 2 : 1;
	read_document(query + 9, end - query - 9);
	variables = skip(variables + 12) + 1;
	at = variables;
	append_string(out, "{\"data\":{");
	for (int i = 0; i < document.ncalls; i++)
	{
		append_string(out, i > 0 ? ",\"" : "\"");
		append_string(out, document.calls[i].alias);
		append_string(out, "\":");
		if (document.calls[i].variable[0] == '\0')
			append_string(out, "\"Query\"");
		else
			at = skip(append_value(out, find_variable(variables, at, document.calls[i].variable)));
	}
	append_string(out, "}}");
}

static void
respond(Connection *c, const char *head, const char *body)
{
	Buffer		content = {0};
	char		header[160];

	if (strncmp(head, "GET /reset", 10) == 0)
		requests = keys = 0;
	if (strncmp(head, "GET", 3) == 0)
	{
		char		stats[80];

		snprintf(stats, sizeof(stats), "{\"requests\": %ld, \"keys\": %ld}", requests, keys);
		append_string(&content, stats);
	}
	else
	{
		requests++;
		answer(&content, body);
		c->due = now() + latency;
	}
	snprintf(header, sizeof(header),
			 "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n",
			 content.len);
	append_string(&c->out, header);
	append(&c->out, content.data, content.len);
	free(content.data);
}

/* ---- connections ---- */

static void
drop(Connection *c)
{
	connections[c->fd] = NULL;
	close(c->fd);
	free(c->in.data);
	free(c->out.data);
	free(c);
}

static void
flush(Connection *c)
{
	ssize_t		n;

	if (c->out.len == c->sent || now() < c->due)
		return;
	n = send(c->fd, c->out.data + c->sent, c->out.len - c->sent, MSG_NOSIGNAL);
	if (n > 0)
		c->sent += n;
	if (c->sent == c->out.len)
		c->sent = c->out.len = 0;
}

static void
receive(Connection *c)
{
	char	   *end;
	ssize_t		n;

	reserve(&c->in, 65536);
	n = recv(c->fd, c->in.data + c->in.len, c->in.cap - c->in.len - 1, 0);
	if (n <= 0)
	{
		drop(c);
		return;
	}
	c->in.len += n;
	c->in.data[c->in.len] = '\0';
	while (c->in.len > 0 && (end = strstr(c->in.data, "\r\n\r\n")) != NULL)
	{
		char	   *header = strcasestr(c->in.data, "content-length:");
		size_t		body = header && header < end ? strtoul(header + 15, NULL, 10) : 0;
		size_t		whole = end + 4 - c->in.data + body;

		if (c->in.len < whole)
			break;
		respond(c, c->in.data, end + 4);
		memmove(c->in.data, c->in.data + whole, c->in.len - whole + 1);
		c->in.len -= whole;
	}
	flush(c);
}

int
main(int argc, char **argv)
{
	struct sockaddr_in address = {.sin_family = AF_INET,.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t	len = sizeof(address);
	int			listener = socket(AF_INET, SOCK_STREAM, 0);
	int			poll = epoll_create1(0);
	struct epoll_event event = {.events = EPOLLIN,.data.fd = listener};
	int			one = 1;

	latency = argc > 1 ? atof(argv[1]) : 0;
	if (bind(listener, (struct sockaddr *) &address, len) != 0 || listen(listener, 128) != 0)
	{
		perror("responder");
		return 1;
	}
	getsockname(listener, (struct sockaddr *) &address, &len);
	printf("listening on %d\n", ntohs(address.sin_port));
	fflush(stdout);
	epoll_ctl(poll, EPOLL_CTL_ADD, listener, &event);
	for (;;)
	{
		struct epoll_event ready[64];
		int			n = epoll_wait(poll, ready, 64, latency > 0 ? 1 : -1);

		for (int i = 0; i < n; i++)
		{
			if (ready[i].data.fd == listener)
			{
				int			fd = accept(listener, NULL, NULL);

				if (fd < 0 || fd >= MAX_CONNECTIONS)
					continue;
				setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
				connections[fd] = calloc(1, sizeof(Connection));
				connections[fd]->fd = fd;
				event.data.fd = fd;
				epoll_ctl(poll, EPOLL_CTL_ADD, fd, &event);
			}
			else if (connections[ready[i].data.fd] != NULL)
				receive(connections[ready[i].data.fd]);
		}
		for (int fd = 0; fd < MAX_CONNECTIONS; fd++)
			if (connections[fd] != NULL)
				flush(connections[fd]);
	}
}
