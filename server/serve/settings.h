/*
 * settings.h: what can be set, from options, environment and a file.
 */
#ifndef SETTINGS_H
#define SETTINGS_H

#include <stdbool.h>
#include <stdio.h>

#include "serve/settings_list.h"

typedef const char *SettingTEXT;
typedef bool SettingBOOL;
typedef long long SettingNUMBER;
typedef long long SettingSIZE;	/* bytes */
typedef long long SettingDURATION;	/* milliseconds */
typedef struct SettingLIST
{
	char	  **items;
	int			n;
} SettingLIST;

typedef struct Settings
{
#define HEADING(text)
#define FIELD(type, field, env, value, flags, argument, help) Setting##type field;
	SETTINGS_LIST(HEADING, FIELD)
#undef HEADING
#undef FIELD
	long long	generation;		/* grows with each reload */
} Settings;

/* In force. Replaced as a whole by a reload: keep no pointer across events. */
extern const Settings *settings;

/*
 * Reads defaults, file, environment and options, each before the next, and
 * checks them. Returns NULL after having written why to *error, which the
 * caller frees.
 */
extern Settings *settings_read(int argc, char **argv, char **error);

/* The same again, for SIGHUP. Settings that are FIXED keep their value. */
extern Settings *settings_reread(char **error);

extern void settings_help(FILE *out);
extern void settings_man_page(FILE *out);

#endif
