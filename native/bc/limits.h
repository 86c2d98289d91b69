#ifndef LIMITS_H
#define LIMITS_H

/* Raises this process's limits where a daemon could not run with them; fails, saying which and what
   it needs, where they can't be raised. */
void raise_limits(void);

#endif
