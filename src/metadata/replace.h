/*
 * replace.h: what replace.c and replace_read.c share.
 */
#ifndef RR_REPLACE_H
#define RR_REPLACE_H

#include "catalog/catalog.h"

/* What an item becomes. */
typedef enum RrItemKind
{
	RR_ITEM_REMOTE_SCHEMA,
	RR_ITEM_COMPUTED_FIELD,
	RR_ITEM_TABLE_RELATIONSHIP,
	RR_ITEM_REMOTE_RELATIONSHIP,
	RR_ITEM_PERMISSION,
	RR_ITEM_FUNCTION,
	RR_ITEM_TABLE_CONFIGURATION,
	RR_ITEM_HIDDEN_TABLE,
	RR_ITEM_ENUM_TABLE,			/* body: true or false */
	RR_ITEM_TABLE_LIMIT,		/* body: a select permission */
	RR_ITEM_NAMING,
	RR_ITEM_QUERY_COLLECTION,
	RR_ITEM_ALLOWED_COLLECTION,
} RrItemKind;

/* An object to be stored. */
typedef struct RrMetadataItem
{
	RrItemKind	kind;
	const RrDoc *body;

	/* what its place in the object tells; NULL where it does not apply */
	RrRelationshipKind relationship_kind;
	const char *schema;			/* of the table */
	const char *table;
	const char *remote_schema;
	const char *type_name;		/* of the remote type */
	bool		allow_inconsistent;
	void	   *object;			/* the struct read from body; NULL: it could
								 * not be read */
} RrMetadataItem;

/* The command in progress. */
typedef struct RrReplacement
{
	bool		allow_inconsistent;
	bool		allow_warnings;
	List	   *items;			/* RrMetadataItem * */
	List	   *errors;			/* char * */
	List	   *passed_over;	/* paths: char * */
	List	   *warnings;		/* what is stored but not served: Jsonb * each */
	List	   *warning_lines;	/* the same as text: char * */
	List	   *grants;			/* RrPassedGrant * */
	List	   *tables;			/* of the source: schema and name by turns */
	bool		only_listed;	/* other tables are to be hidden: it is an
								 * export of Hasura */
	List	   *hidden;			/* those that were: Jsonb * each */
} RrReplacement;

/*
 * A permission on a table, or an inherited role. Nothing is stored; the answer
 * has the SQL statements for it.
 */
typedef struct RrPassedGrant
{
	const RrDoc *doc;
	const char *verb;			/* NULL: an inherited role */
	const char *schema;
	const char *table;
	List	  **roles;			/* roles that earlier statements create */
	Jsonb	   *json;
} RrPassedGrant;

/*
 * Read the whole object into items, grants and passed_over. What is wrong is
 * added to errors. Throws 22023 only when metadata is no object, or when its
 * "version" is wrong.
 */
extern void rr_replacement_read(RrReplacement *r, const RrDoc *metadata);

/*
 * Add an error to errors, with the path of doc in front unless the message has
 * it.
 */
extern void rr_replacement_error(RrReplacement *r, const RrDoc *doc, const ErrorData *error);

/*
 * Add a warning, of what is stored but has no effect. message is kept.
 */
extern void rr_replacement_warning(RrReplacement *r, const char *type, const char *name,
								   const char *message);

#endif							/* RR_REPLACE_H */
