#ifndef BC_SANDBOX_SECCOMP_H
#define BC_SANDBOX_SECCOMP_H

/* Installs the filter for this process and all that it starts. Sets no_new_privs too.
   `unix_sockets`: whether sockets of that family can be opened. */
void install_filter(int unix_sockets);

#endif
