/*
 * event_stream.c: GraphQL over Server-Sent Events ("distinct connections").
 *
 * While the database works, the client gets a comment now and then. An answer
 * that comes before the first of them is sent whole, with its length.
 */
#include <stdlib.h>
#include <string.h>

#include "serve/graphql_http.h"
#include "serve/settings.h"

/* Called by the library when the client can take more. */
static ssize_t
read_stream(void *arg, uint64_t position, char *out, size_t max)
{
	GraphqlWork *work = arg;
	size_t		len = work->stream.len - work->streamed;

	(void) position;
	if (work->r->client->gone)
		return MHD_CONTENT_READER_END_WITH_ERROR;
	if (len > 0)
	{
		len = len < max ? len : max;
		memcpy(out, work->stream.data + work->streamed, len);
		work->streamed += len;
		return (ssize_t) len;
	}
	if (work->finished)
		return MHD_CONTENT_READER_END_OF_STREAM;
	http_suspend(work->r);
	return 0;
}

/* The library is done with the response, sent or not. */
static void
free_stream(void *arg)
{
	GraphqlWork *work = arg;

	if (!work->finished)
	{
		operation_cancel(&work->op);
		work->r->give_up = NULL;
	}
	graphql_work_free(work);
}

static void
begin_streaming(GraphqlWork *work)
{
	HttpRequest *r = work->r;
	void		(*give_up) (HttpRequest *r) = r->give_up;
	struct MHD_Response *response;

	work->streaming = true;
	response = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 4096, read_stream, work,
												 free_stream);
	MHD_add_response_header(response, "content-type", "text/event-stream; charset=utf-8");
	MHD_add_response_header(response, "cache-control", "no-cache");
	http_add_standard_headers(r, response);
	r->streaming = true;
	http_reply_response(r, 200, response);
	r->give_up = give_up;
}

static void
ping(Timer *timer)
{
	GraphqlWork *work = timer->owner;

	buffer_puts(&work->stream, ":\n\n");
	if (work->streaming)
		http_resume(work->r);
	else
		begin_streaming(work);
	timer_set(timer, settings->sse_ping);
}

void
event_stream_begin(GraphqlWork *work)
{
	work->ping.fire = ping;
	work->ping.owner = work;
	if (settings->sse_ping > 0)
		timer_set(&work->ping, settings->sse_ping);
}

/* A line break in the JSON begins another line of data. */
static void
append_data(Buffer *out, const char *text, size_t len)
{
	size_t		start = 0;

	buffer_puts(out, "event: next\ndata: ");
	for (size_t i = 0; i < len; i++)
	{
		if (text[i] != '\n' && text[i] != '\r')
			continue;
		buffer_append(out, text + start, i - start);
		buffer_puts(out, "\ndata: ");
		start = i + 1;
	}
	buffer_append(out, text + start, len - start);
	buffer_puts(out, "\n\n");
}

void
event_stream_finish(GraphqlWork *work)
{
	HttpRequest *r = work->r;
	Operation  *op = &work->op;

	timer_cancel(&work->ping);
	append_data(&work->stream, op->text, op->len);
	buffer_puts(&work->stream, "event: complete\ndata:\n\n");
	work->finished = true;
	if (work->streaming)
	{
		r->give_up = NULL;
		r->work = NULL;
		r->reply_bytes = work->stream.len;
		client_deadline(r->client, settings->send_timeout + (long long) work->stream.len / 100);
		http_resume(r);
		return;
	}
	http_add_header(r, "cache-control", "no-cache");
	http_reply(r, 200, "text/event-stream; charset=utf-8", &work->stream);
	graphql_work_free(work);
}
