#ifndef BC_SANDBOX_MOUNTS_H
#define BC_SANDBOX_MOUNTS_H

/* A copy of the mounts at `path` from folder `at` (AT_FDCWD for none), attached nowhere yet, as a
   descriptor. `flags`: AT_SYMLINK_NOFOLLOW or 0. -1 with errno on failure. */
int copy_mount(int at, const char *path, int flags);

/* Takes rights from a copy: MOUNT_ATTR_RDONLY and the like. Ends the program on failure. */
void restrict_mount(int mount, unsigned long attributes, const char *name);

/* Attaches a copy at a file or folder that `target` is open at, and closes both. */
void attach_mount(int mount, int target, const char *name);

/* Opens `path` below the folder `root` as if that were the root: no link leads out. Folders that
   are missing are made, and so is the last component: a folder if `folder`, else an empty file. */
int open_below(int root, const char *path, int folder);

#endif
