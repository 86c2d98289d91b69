#ifndef BC_SANDBOX_ROOT_H
#define BC_SANDBOX_ROOT_H

#include "config.h"

/* Lays out what the builder will see, in the mount namespace of this process, which is its own.
   Afterwards the working folder is the new root, mounted over config->build_dir. */
void build_root(const struct config *config);

/* Makes the working folder the root, and lets the old one go. Called in the builder's own mount
   namespace, with /proc of its own process namespace still to be mounted: done here, since the
   kernel wants to see an older one meanwhile. */
void enter_root(const struct config *config);

/* Removes from the output folder what build_root put there for the inputs. */
void remove_mountpoints(const struct config *config);

#endif
