#ifndef BC_SANDBOX_SECCOMP_H
#define BC_SANDBOX_SECCOMP_H

/* Installs the filter for this process and all that it starts. Sets no_new_privs too. */
void install_filter(void);

#endif
