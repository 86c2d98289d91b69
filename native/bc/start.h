#ifndef BC_START_H
#define BC_START_H

/* The build that this client is of: the first line of the file "bc.launch" beside the program. */
const char *own_build(void);

/* A connection to the daemon that runs, or -1 if none does. */
int connect_daemon(void);

/* The same, after starting one if none runs. */
int connect_or_start_daemon(void);

/* Becomes a daemon in the foreground. */
__attribute__((noreturn)) void run_daemon_in_foreground(void);

#endif
