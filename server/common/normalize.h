/*
 * normalize.h: GraphQL documents that differ only in what does not matter.
 */
#ifndef NORMALIZE_H
#define NORMALIZE_H

/*
 * The document with one space between its tokens; white space, commas and
 * comments are gone. Strings stay as they are. A new text.
 */
extern char *document_normalized(const char *document);

#endif
