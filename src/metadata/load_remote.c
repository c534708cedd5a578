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
	MemoryContext old = CurrentMemoryContext;
	ListCell   *lc;

	foreach(lc, remotes->loaded)
	{
		remote = lfirst(lc);
		if (strcmp(remote->def->name, name) == 0)
			return remote;
	}
	if (remotes->cxt)
		MemoryContextSwitchTo(remotes->cxt);
	def = rr_catalog_remote_schema(name);
	remote = def && def->sdl ? rr_remote_create(def) : NULL;
	if (remote)
		remotes->loaded = lappend(remotes->loaded, remote);
	MemoryContextSwitchTo(old);
	if (def == NULL)
		gql_error(errors, "Remote schema \"%s\" does not exist.", name);
	else if (def->sdl == NULL)
		gql_error(errors, "The schema of remote schema \"%s\" has not been fetched yet.", name);
	return remote;
}
