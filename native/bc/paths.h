#ifndef BC_PATHS_H
#define BC_PATHS_H

/* The store's root, absolute: $BC_ROOT; else /ipfs for root; else $XDG_DATA_HOME/bc or
   $HOME/.local/share/bc. */
const char *store_root(void);

/* Opens the root's folder "daemon" of mode 0700, which holds socket, lock and log. With `create`,
   it and its parents are made where they are missing; without, -1 says that there is none. Ends the
   program if the folder belongs to somebody else: whoever owns it could pose as the daemon. */
int open_daemon_folder(int create);

#endif
