/*
 * report.h: what the database says of metadata, with the places in the files.
 */
#ifndef REPORT_H
#define REPORT_H

#include <stdio.h>

#include "metadata/ask.h"
#include "metadata/node.h"
#include "metadata/source.h"

/* Where the metadata stand in what was sent. */
#define SENT_PATH "$.args.metadata"

/*
 * The text with each path below SENT_PATH replaced by the place of what it
 * leads to, or of what is nearest above. A new text.
 */
extern char *with_places(const char *text, const Node *sent);

/* Prints an error on stderr; sent may be NULL. */
extern void report_error(const Reply *reply, const Node *sent);

/* Prints warnings and inconsistent objects on stderr. */
extern void report_warnings(const Node *answer);

/* Prints inconsistent objects; returns how many. Sent may be NULL. */
extern int	report_inconsistent(const Node *answer, const Node *sent, FILE *out);

/* Prints what has no use here, with its place. */
extern void report_unused(const Node *answer, const Node *sent, const LeftOuts *left_out,
						  FILE *out);

/*
 * Writes the statements that say permissions on tables and inherited roles;
 * returns how many permissions there are.
 */
extern int	report_statements(const Node *answer, const Node *sent, FILE *out);

#endif
