/*
 * metadata.h: remote-rel metadata: metadata as files.
 */
#ifndef METADATA_FILES_H
#define METADATA_FILES_H

/*
 * The arguments behind the subcommand. Returns the exit status: 0: done, or no
 * difference; 1: a difference, or inconsistent metadata; 2: an error.
 */
extern int	metadata(int argc, char **argv);

#endif
