/*
 * doctor.h: remote-rel doctor: what is in the way.
 */
#ifndef DOCTOR_H
#define DOCTOR_H

/*
 * The arguments behind the subcommand: those of serve. Returns the exit
 * status: 1 when something is wrong.
 */
extern int	doctor(int argc, char **argv);

#endif
