/*
 * serve.h: remote-rel serve.
 */
#ifndef SERVE_H
#define SERVE_H

/* The arguments behind the subcommand. Returns the exit status. */
extern int	serve(int argc, char **argv);

#endif
