/*
 * load_remote.c: parses the stored schemas of remote schemas, each once per
 * check.
 */
#include "postgres.h"

#include "compat.h"
#include "metadata/metadata.h"

RrRemote   *
rr_load_remote(RrRemotes *remotes, const char *name, GqlErrorList *errors)
{
	RrRemoteSchema *def;
	RrRemote   *remote;
	ListCell   *lc;

	foreach(lc, remotes->loaded)
	{
		remote = lfirst(lc);
		if (strcmp(remote->def->name, name) == 0)
			return remote;
	}
	def = rr_catalog_remote_schema(name);
	if (def == NULL)
		gql_error(errors, "Remote schema \"%s\" does not exist.", name);
	else if (def->sdl == NULL)
		gql_error(errors, "The schema of remote schema \"%s\" has not been fetched yet.", name);
	else
	{
		remote = rr_remote_create(def);
		remotes->loaded = lappend(remotes->loaded, remote);
		return remote;
	}
	return NULL;
}
