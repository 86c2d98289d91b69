#ifndef BC_BECOME_H
#define BC_BECOME_H

#include <stdint.h>
#include <stddef.h>

/* Runs what the daemon on the other side of `fd` sent as a Become, in this process's place. Ends
   this program where that can't be done. To be called only by who wants it: see become.c. */
__attribute__((noreturn)) void become(int fd, const uint8_t *message, size_t length);

#endif
