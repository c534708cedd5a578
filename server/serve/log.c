/*
 * log.c: what happens, as lines on standard error.
 *
 * An event that comes more than ten times in a second is written ten times;
 * the next second tells how many lines were left out. Requests are always
 * written.
 */
#include "serve/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "common/json_scan.h"
#include "serve/settings.h"

#define LINES_A_SECOND 10

static const struct
{
	const char *name;
	LogLevel	level;
	const char *text;
}			kinds[N_EVENTS] = {
#define X(event, level, text) {#event, level, text},
	EVENT_LIST(X)
#undef X
};

static struct
{
	unsigned long long count;
	time_t		second;
	int			lines;
	int			left_out;
}			state[N_EVENTS];

static const char *const level_names[] = {"debug", "info", "warn", "error"};

static LogLevel
least_level(void)
{
	for (int i = 0; settings && i < 4; i++)
	{
		if (strcasecmp(settings->log_level, level_names[i]) == 0)
			return (LogLevel) i;
	}
	return LOG_INFO;
}

void
log_text(LogFields *f, const char *name, const char *value)
{
	if (value == NULL)
		return;
	buffer_printf(&f->json, ",\"%s\":", name);
	if (utf8_check(value, strlen(value)))
		buffer_json_text(&f->json, value);
	else
		buffer_puts(&f->json, "\"?\"");
}

void
log_number(LogFields *f, const char *name, long long value)
{
	buffer_printf(&f->json, ",\"%s\":%lld", name, value);
}

unsigned long long
log_count(Event event)
{
	return state[event].count;
}

const char *
log_name(Event event)
{
	return kinds[event].name;
}

bool
log_wanted(Event event)
{
	return kinds[event].level >= least_level();
}

/* Whether one more line of this event is too many. */
static bool
too_many(Event event, time_t second, LogFields *f)
{
	if (event == EVENT_request)
		return false;
	if (state[event].second != second)
	{
		if (state[event].left_out > 0 && f)
			log_number(f, "lines_left_out", state[event].left_out);
		state[event].second = second;
		state[event].lines = 0;
		state[event].left_out = 0;
	}
	if (state[event].lines++ < LINES_A_SECOND)
		return false;
	state[event].left_out++;
	return true;
}

/* ,"a":"b" as  a="b" */
static void
append_as_text(Buffer *line, const Buffer *json)
{
	bool		quoted = false;

	for (size_t i = 0; i < json->len; i++)
	{
		char		c = json->data[i];

		if (c == '\\' && quoted)
			buffer_append(line, json->data + i++, 2);
		else if (c == '"')
		{
			/* names lose their quotes */
			bool		of_name = quoted ? i + 1 < json->len && json->data[i + 1] == ':'
			: i > 0 && json->data[i - 1] == ',';

			quoted = !quoted;
			if (!of_name)
				buffer_putc(line, c);
		}
		else if (c == ',' && !quoted)
			buffer_putc(line, ' ');
		else if (c == ':' && !quoted)
			buffer_putc(line, '=');
		else
			buffer_putc(line, c);
	}
}

static void
write_line(Event event, const LogFields *f, const struct timeval *now)
{
	Buffer		line = {0};
	struct tm	utc;
	char		at[32];

	gmtime_r(&now->tv_sec, &utc);
	strftime(at, sizeof(at), "%Y-%m-%dT%H:%M:%S", &utc);
	if (settings == NULL || strcasecmp(settings->log_format, "json") == 0)
	{
		buffer_printf(&line, "{\"time\":\"%s.%03ldZ\",\"level\":\"%s\",\"event\":\"%s\",\"message\":\"%s\"",
					  at, (long) now->tv_usec / 1000, level_names[kinds[event].level],
					  kinds[event].name,
					  kinds[event].text);
		if (f && f->json.len > 0)
			buffer_append(&line, f->json.data, f->json.len);
		buffer_putc(&line, '}');
	}
	else
	{
		buffer_printf(&line, "%s.%03ldZ %-5s %s", at, (long) now->tv_usec / 1000,
					  level_names[kinds[event].level], kinds[event].text);
		if (f)
			append_as_text(&line, &f->json);
	}
	buffer_putc(&line, '\n');
	/* one write a line, so that lines of several processes do not mix */
	if (write(STDERR_FILENO, line.data, line.len) < 0)
	{
		/* nobody to tell */
	}
	buffer_free(&line);
}

void
log_event(Event event, LogFields *f)
{
	struct timeval now;

	state[event].count++;
	if (log_wanted(event))
	{
		gettimeofday(&now, NULL);
		if (!too_many(event, now.tv_sec, f))
			write_line(event, f, &now);
	}
	if (f)
		buffer_free(&f->json);
}

void
log_event_text(Event event, const char *name, const char *value)
{
	LogFields	f = {0};

	if (log_wanted(event))
		log_text(&f, name, value);
	log_event(event, &f);
}
