#ifndef GREET_H
#define GREET_H

#include <stdio.h>

/* Writes the first line of the file `path`, with "%s" in it replaced by `name`, to `out`.
   Returns 0, or -1 with errno if the file cannot be read. */
int greet(FILE *out, const char *path, const char *name);

#endif
