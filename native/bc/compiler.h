#ifndef BC_COMPILER_H
#define BC_COMPILER_H

#include <sys/types.h>

/* Has the second compiler of a JVM, C2, run on what other threads leave of the cores, from as soon
   as it is there. What it makes pays later; who asks a daemon that has just started waits now. See
   docs/decisions/evaluation-speed.md. Returns when that is done, or the JVM has written to `said` or
   closed it. */
void lower_second_compiler(pid_t jvm, int said);

#endif
