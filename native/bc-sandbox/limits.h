#ifndef BC_SANDBOX_LIMITS_H
#define BC_SANDBOX_LIMITS_H

#include "config.h"

/* Moves this process, and so the builder that it starts, into a control group: `folder` is the
   group's in a mounted hierarchy. */
void join_group(const char *folder);

/* Sets what a process may take (setrlimit(2)), for this process and all that it starts. */
void set_limits(const struct config *config);

#endif
