/*
 * locate.h: where in the metadata an inconsistent object stands.
 */
#ifndef LOCATE_H
#define LOCATE_H

#include "metadata/node.h"

/*
 * The object of a type and a name, as get_inconsistent_metadata lists it:
 * remote_relationship "users.profile". NULL when it is not in the metadata.
 */
extern const Node *locate_object(const Node *metadata, const char *type, const char *name);

#endif
