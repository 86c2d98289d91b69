#ifndef BC_SANDBOX_LANDLOCK_H
#define BC_SANDBOX_LANDLOCK_H

/* Keeps this process and all that it starts from abstract Unix sockets that others have made, where
   the kernel can (Linux 6.12). Returns whether it can. Needs no_new_privs. */
int close_abstract_sockets(void);

#endif
