/*
 * fuzz_requests.c: bodies of the metadata API, GraphQL requests, documents for
 * the allow list, and origins.
 */
#include "common/normalize.h"
#include "serve/metadata_steps.h"
#include "serve/operation.h"
#include "serve/origin.h"
#include "serve/settings.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

extern int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

const Settings *settings;

/* The brackets of a body's steps are closed, and a transaction is ended. */
static void
check_steps(const Steps *steps)
{
	int			depth = 0;
	int			begun = 0;

	for (int i = 0; i < steps->n; i++)
	{
		const Step *step = &steps->items[i];

		if (step->kind == STEP_OPEN)
			depth++;
		else if (step->kind == STEP_CLOSE && --depth < 0)
			abort();
		else if (step->kind == STEP_CONTROL && strncmp(step->text, "BEGIN", 5) == 0 && begun++ > 0)
			abort();
		else if (step->kind == STEP_CONTROL && strcmp(step->text, "COMMIT") == 0 && begun-- != 1)
			abort();
	}
	if (steps->error == NULL && (depth != 0 || begun != 0))
		abort();
}

static void
read_bodies(const char *text, size_t size)
{
	JsonText	body;
	Steps		steps;
	GraphqlRequest request;

	if (size == 0 || !json_check(text, size, &body))
		return;
	steps_read(&steps, &body);
	check_steps(&steps);
	steps_free(&steps);
	(void) graphql_request_read(&request, &body);
	graphql_request_free(&request);
}

/* What is normal stays as it is. */
static void
check_normalized(const char *text)
{
	char	   *once = document_normalized(text);
	char	   *twice = document_normalized(once);

	if (strcmp(once, twice) != 0)
		abort();
	free(once);
	free(twice);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static Settings some = {.admin_secret = "x", .cors_domain = "https://*.example.com, http://a:8080"};
	char	   *text = xstrndup((const char *) data, size);
	GraphqlRequest request;

	settings = &some;
	read_bodies(text, size);
	(void) graphql_request_from_texts(&request, text, text, text, NULL);
	graphql_request_free(&request);
	check_normalized(text);
	if (cors_allows(text) && strncasecmp(text, "http", 4) != 0)
		abort();
	(void) host_is_trusted(text);
	free(text);
	return 0;
}
