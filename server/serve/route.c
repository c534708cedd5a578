/*
 * route.c: which path is whose.
 */
#include <string.h>

#include "serve/console.h"
#include "serve/graphql_http.h"
#include "serve/metadata_http.h"
#include "serve/status.h"

static const Route routes[] = {
	{"/v1/graphql", "GET, POST", false, graphql_http},
	{"/v1/metadata", "POST", false, metadata_http},
	{"/v1/query", "POST", false, metadata_http},
	{"/v2/query", "POST", false, metadata_http},
	{"/v1/version", "GET", false, status_version},
	{"/healthz", "GET", false, status_health},
	{"/metrics", "GET", false, status_metrics},
	{"/console", "GET", true, console_file},
};

static const Route metrics_routes[] = {
	{"/metrics", "GET", false, status_metrics_for_all},
	{"/healthz", "GET", false, status_health},
};

static const Route *
find(const Route *list, size_t n, const char *path)
{
	for (size_t i = 0; i < n; i++)
	{
		size_t		len = strlen(list[i].path);

		if (strncmp(path, list[i].path, len) == 0 &&
			(path[len] == '\0' || (list[i].below && path[len] == '/')))
			return &list[i];
	}
	return NULL;
}

const Route *
http_find_route(const char *path)
{
	return find(routes, sizeof(routes) / sizeof(routes[0]), path);
}

const Route *
http_find_metrics_route(const char *path)
{
	return find(metrics_routes, sizeof(metrics_routes) / sizeof(metrics_routes[0]), path);
}
