#ifndef BC_RELAY_H
#define BC_RELAY_H

/* The daemon has ended, as it announced. */
#define RELAY_ENDED (-1)

/* Sends a request for this program name and arguments (NULL ends them) with this process's folder
   and environment, then relays output, input and signals until the command ends. Gives its exit
   status or RELAY_ENDED. */
int relay(int fd, const char *program, char *const *args);

#endif
