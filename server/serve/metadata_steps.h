/*
 * metadata_steps.h: a body of the metadata API as the statements it takes.
 */
#ifndef METADATA_STEPS_H
#define METADATA_STEPS_H

#include "common/json_scan.h"

typedef enum StepKind
{
	STEP_CALL,					/* remote_rel.metadata(request) */
	STEP_SQL,					/* run_sql: the text as it is */
	STEP_CONTROL,				/* BEGIN, COMMIT: no answer */
	STEP_LIST,					/* which metadata are inconsistent before ... */
	STEP_CHECK,					/* ... and since: then all is undone */
	STEP_OPEN, STEP_CLOSE		/* [ and ] around the answers of a bulk */
} StepKind;

typedef struct Step
{
	StepKind	kind;
	char	   *text;			/* JSON or SQL */
	char	   *path;			/* in the body: $.args[1] */
} Step;

typedef struct Steps
{
	Step	   *items;
	int			n;
	char	   *error;			/* what is wrong, and where: */
	char	   *error_path;
} Steps;

/* Reads a checked body; look at error. */
extern void steps_read(Steps *steps, const JsonText *body);
extern void steps_free(Steps *steps);

#endif
