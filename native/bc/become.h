#ifndef BC_BECOME_H
#define BC_BECOME_H

#include <signal.h>
#include <stdint.h>
#include <stddef.h>

/* Runs what the daemon on the other side of `fd` sent as a Become, in this process's place. Ends
   this program where that can't be done. To be called only by who wants it: see become.c. */
__attribute__((noreturn)) void become(int fd, const uint8_t *message, size_t length);

/* Runs what the daemon sent as a Run, in the caller's terminal, and waits for its end. Gives the
   status that a Ran holds. `outside` are the signals that are blocked for programs that are run. */
unsigned run_program(int fd, const uint8_t *message, size_t length, const sigset_t *outside);

#endif
