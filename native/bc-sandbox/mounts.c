/* The mount calls that work on descriptors (Linux 5.12 and later): paths of the host are looked up
   once, and nothing that is mounted in between changes what they mean. */
#include "mounts.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fail.h"

int copy_mount(int at, const char *path, int flags) {
    return (int)syscall(SYS_open_tree, at, path,
                        OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE | AT_NO_AUTOMOUNT |
                            (unsigned)flags);
}

void restrict_mount(int mount, unsigned long attributes, const char *name) {
    struct mount_attr attr = {.attr_set = attributes};
    if (syscall(SYS_mount_setattr, mount, "", AT_EMPTY_PATH | AT_RECURSIVE, &attr, sizeof attr) < 0)
        fail_errno("cannot restrict the mount of %s", name);
}

void attach_mount(int mount, int target, const char *name) {
    if (syscall(SYS_move_mount, mount, "", target, "",
                MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) < 0)
        fail_errno("cannot mount %s", name);
    close(mount);
    close(target);
}

static int open_path(int root, const char *path) {
    struct open_how how = {.flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT};
    return (int)syscall(SYS_openat2, root, path, &how, sizeof how);
}

int open_below(int root, const char *path, int folder) {
    char *so_far = text("%s", path);
    int parent = dup(root);
    if (parent < 0)
        fail_errno("cannot duplicate a descriptor");
    for (char *start = so_far; *start;) {
        start += strspn(start, "/");
        if (!*start)
            break;
        size_t length = strcspn(start, "/");
        int last = start[length] == 0;
        start[length] = 0;
        int next = open_path(root, so_far);
        if (next < 0 && errno == ENOENT) {
            int made;
            if (last && !folder) {
                made = openat(parent, start, O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0444);
                if (made >= 0)
                    close(made);
            } else {
                made = mkdirat(parent, start, 0755);
            }
            if (made < 0)
                fail_errno("cannot make %s in the sandbox", so_far);
            next = open_path(root, so_far);
        }
        if (next < 0)
            fail_errno("cannot open %s in the sandbox", so_far);
        close(parent);
        parent = next;
        if (last)
            break;
        start[length] = '/';
        start += length + 1;
    }
    return parent;
}
