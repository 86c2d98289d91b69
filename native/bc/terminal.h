#ifndef BC_TERMINAL_H
#define BC_TERMINAL_H

#include <stdbool.h>

/* Has the terminal on standard input hand on each key at once and unseen (true), or by the line as
   before (false). Does nothing where there is no terminal. At this program's end, by a signal too
   if that is one that it handles, the terminal is as it was. */
void set_terminal_keys(bool keys);

#endif
