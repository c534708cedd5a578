/*
 * report.c: what the database says of metadata, with the places in the files.
 *
 * The extension names what it speaks of by a path into the JSON that it was
 * sent: "$.args.metadata.sources[0].tables[3]". People edit files.
 */
#include "metadata/report.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "metadata/locate.h"

/* How much of the text is a path: steps of ".name", ["text"] and [number]. */
static size_t
path_length(const char *text)
{
	const char *p = text;

	while (true)
	{
		const char *q = p + 1;

		if (*p == '.')
		{
			while (isalnum((unsigned char) *q) || *q == '_')
				q++;
			if (q == p + 1)
				return (size_t) (p - text);
		}
		else if (*p == '[' && *q == '"')
		{
			for (q++; *q && *q != '"'; q++)
				q += *q == '\\' && q[1];
			if (q[0] != '"' || q[1] != ']')
				return (size_t) (p - text);
			q += 2;
		}
		else if (*p == '[' && isdigit((unsigned char) *q))
		{
			while (isdigit((unsigned char) *q))
				q++;
			if (*q != ']')
				return (size_t) (p - text);
			q++;
		}
		else
			return (size_t) (p - text);
		p = q;
	}
}

/* What a path leads to, or the nearest above it that is there. */
static const Node *
nearest_node(const Node *sent, const char *path, size_t len)
{
	const Node *found = NULL;

	for (; found == NULL && len > 0; len--)
		found = node_at_path(sent, path, len);
	return found ? found : sent;
}

char	   *
with_places(const char *text, const Node *sent)
{
	Buffer		out = {0};
	const char *at;

	while (sent && (at = strstr(text, SENT_PATH)) != NULL)
	{
		const char *path = at + strlen(SENT_PATH);
		size_t		len = path_length(path);
		char	   *place = node_place(nearest_node(sent, path, len));

		buffer_append(&out, text, (size_t) (at - text));
		if (*place)
			buffer_puts(&out, place);
		else
			buffer_append(&out, at, (size_t) (path + len - at));
		free(place);
		text = path + len;
	}
	buffer_puts(&out, text);
	return buffer_take(&out);
}

/*
 * A line that begins with the type and the name of an object has no path: its
 * place. A new text, "" without one.
 */
static char *
place_of_object(const char *line, size_t len, const Node *sent)
{
	const char *quote = memchr(line, '"', len);
	const char *end = quote ? memmem(quote + 1, len - (size_t) (quote + 1 - line), "\": ", 3) : NULL;
	const Node *object = NULL;

	if (sent && end && quote > line + 1)
	{
		char	   *type = xstrndup(line, (size_t) (quote - line - 1));
		char	   *name = xstrndup(quote + 1, (size_t) (end - quote - 1));

		object = locate_object(sent, type, name);
		free(type);
		free(name);
	}
	return node_place(object);
}

/* Lines about objects, each with its place. */
static void
put_detail(const char *text, const Node *sent)
{
	while (*text)
	{
		size_t		len = strcspn(text, "\n");
		char	   *place = place_of_object(text, len, sent);

		fprintf(stderr, "  %s%s%.*s\n", place, *place ? ": " : "", (int) len, text);
		text += len + (text[len] == '\n');
		free(place);
	}
}

/* Each line of a text, indented. */
static void
put_lines(FILE *out, const char *indent, const char *text)
{
	while (*text)
	{
		size_t		len = strcspn(text, "\n");

		fprintf(out, "%s%.*s\n", indent, (int) len, text);
		text += len + (text[len] == '\n');
	}
}

void
report_error(const Reply *reply, const Node *sent)
{
	char	   *error = with_places(reply->error, sent);
	char	   *detail = with_places(reply->detail ? reply->detail : "", sent);

	fprintf(stderr, "remote-rel: %s\n", error);
	put_detail(detail, sent);
	put_lines(stderr, "  ", reply->hint ? reply->hint : "");
	free(error);
	free(detail);
}

/* The element of a list; NULL behind its end. */
static const Node *
element(const Node *list, int i)
{
	return list && list->kind == NODE_LIST && i < list->n_members ? list->members[i].value : NULL;
}

static const char *
text_of(const Node *object, const char *key)
{
	const char *text = node_get_text(object, key);

	return text ? text : "";
}

int
report_inconsistent(const Node *answer, const Node *sent, FILE *out)
{
	const Node *objects = node_get(answer, "inconsistent_objects");
	const Node *object;
	int			n = 0;

	for (; (object = element(objects, n)) != NULL; n++)
	{
		const char *type = text_of(object, "type");
		const char *name = text_of(object, "name");
		char	   *place = node_place(sent ? locate_object(sent, type, name) : NULL);

		fprintf(out, "%s%s%s \"%s\": %s\n", place, *place ? ": " : "", type, name, text_of(object, "reason"));
		free(place);
	}
	return n;
}

void
report_warnings(const Node *answer)
{
	const Node *warnings = node_get(answer, "warnings");
	const Node *warning;

	for (int i = 0; (warning = element(warnings, i)) != NULL; i++)
		put_lines(stderr, "warning: ", text_of(warning, "message"));
}

/* Whether statements say it: permissions on tables, inherited roles. */
static bool
is_written_as_statements(const char *name)
{
	size_t		len = strlen(name);

	return strcmp(name, "inherited_roles") == 0 ||
		(len > 12 && strcmp(name + len - 12, "_permissions") == 0);
}

/* The last step of a path: the name of what it leads to. */
static const char *
last_name(const char *path)
{
	const char *dot = strrchr(path, '.');

	return dot ? dot + 1 : path;
}

void
report_unused(const Node *answer, const Node *sent, const LeftOuts *left_out, FILE *out)
{
	const Node *paths = node_get(answer, "passed_over");
	const Node *path;
	bool		any = false;

	for (int i = 0; i < left_out->n; i++)
	{
		char	   *place = node_place(left_out->items[i].node);

		fprintf(out, "%s  %s: %s\n", any ? "" : "Without use here:\n", place, left_out->items[i].what);
		any = true;
		free(place);
	}
	for (int i = 0; (path = element(paths, i)) != NULL; i++)
	{
		const char *below = strncmp(path->text, SENT_PATH, strlen(SENT_PATH)) == 0 ? path->text + strlen(SENT_PATH) : "";
		const Node *node = node_at_path(sent, below, strlen(below));
		char	   *place;

		if (node && node_is_empty(node))
			continue;
		place = node_place(node);
		fprintf(out, "%s  %s: %s%s\n", any ? "" : "Without use here:\n", *place ? place : path->text,
				last_name(path->text), is_written_as_statements(last_name(path->text)) ? ", but as statements" : "");
		any = true;
		free(place);
	}
}

int
report_statements(const Node *answer, const Node *sent, FILE *out)
{
	const Node *items = node_get(answer, "written_as");
	const Node *item;
	int			n = 0;

	for (; (item = element(items, n)) != NULL; n++)
	{
		char	   *place = with_places(text_of(item, "path"), sent);
		char	   *error = with_places(text_of(item, "error"), sent);
		char	   *internal = with_places(text_of(item, "internal"), sent);
		char	   *left_out = with_places(text_of(item, "left_out"), sent);

		if (out)
		{
			fprintf(out, "-- %s\n", place);
			put_lines(out, "-- not written: ", error);
			put_lines(out, "-- ", internal);
			put_lines(out, "-- ", left_out);
			put_lines(out, "", text_of(item, "statements"));
			fputc('\n', out);
		}
		free(place);
		free(error);
		free(internal);
		free(left_out);
	}
	return n;
}
