#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "escape.h"

static int new_user(void) { return unshare(CLONE_NEWUSER) == 0; }

static int user(void) { return in_child(new_user); }

static int user_by_clone(void) {
    struct clone_args args = {.flags = CLONE_NEWUSER, .exit_signal = SIGCHLD};
    long pid = syscall(SYS_clone3, &args, sizeof args);
    if (pid == 0)
        _exit(0);
    return pid > 0 && waitpid((pid_t)pid, NULL, 0) == pid;
}

/* As root outside the first is enough; whoever is not needs the second. */
static int own_mounts(void) {
    return (unshare(CLONE_NEWNS) == 0 || unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0) &&
           mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
}

static int mount_there(void) {
    mkdir("place", 0755);
    return own_mounts() && mount("none", "place", "tmpfs", 0, NULL) == 0;
}

static int mount_tmpfs(void) { return in_child(mount_there); }

static int unmount_there(void) { return own_mounts() && umount2("/proc", MNT_DETACH) == 0; }

static int unmount(void) { return in_child(unmount_there); }

static int remount_there(void) {
    const char *input = given("INPUT");
    return own_mounts() && (mount(input, input, NULL, MS_BIND, NULL) == 0) &&
           mount(NULL, input, NULL, MS_REMOUNT | MS_BIND, NULL) == 0;
}

static int remount(void) { return in_child(remount_there); }

static int overlay_there(void) {
    mkdir("upper", 0755);
    mkdir("work", 0755);
    mkdir("lower", 0755);
    mkdir("merged", 0755);
    return own_mounts() && mount("none", "scratch", "tmpfs", 0, NULL) == 0 &&
           mkdir("scratch/upper", 0755) == 0 && mkdir("scratch/work", 0755) == 0 &&
           mount("none", "merged", "overlay", 0,
                 "lowerdir=lower,upperdir=scratch/upper,workdir=scratch/work") == 0;
}

static int overlay(void) {
    mkdir("scratch", 0755);
    return in_child(overlay_there);
}

/* A group's release agent is run by the kernel as root of the host. */
static int groups_there(void) {
    mkdir("groups", 0755);
    return own_mounts() && (mount("none", "groups", "cgroup2", 0, NULL) == 0 ||
                            mount("none", "groups", "cgroup", 0, "memory") == 0);
}

static int groups(void) { return in_child(groups_there); }

static int enter_there(void) {
    int fd = open(text("/proc/%s/ns/mnt", given("VICTIM")), O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        fd = open("/proc/1/ns/mnt", O_RDONLY | O_CLOEXEC);
    return fd >= 0 && setns(fd, CLONE_NEWNS) == 0;
}

static int enter(void) { return in_child(enter_there); }

static int new_api(void) { return syscall(SYS_fsopen, "tmpfs", 0) >= 0; }

static int clone_tree(void) {
    return syscall(SYS_open_tree, AT_FDCWD, "/", 1 /* OPEN_TREE_CLONE */) >= 0;
}

static int leave_root(void) {
    mkdir("root", 0755);
    if (chroot("root") < 0)
        return 0;
    for (int i = 0; i < 100 && chdir("..") == 0; i++)
        ;
    return chroot(".") == 0 && opens(given("SECRET"), O_RDONLY);
}

static int chroot_twice(void) { return in_child(leave_root); }

static int pivot(void) {
    return reached(syscall(SYS_pivot_root, "/no/such/folder", "/no/such/folder"));
}

static int fuse(void) { return opens("/dev/fuse", O_RDWR); }

const struct attempt namespaces[] = {
    {"user-namespace", "become root of a namespace within", user, NULL, 0},
    {"user-namespace-by-clone3", "the same by the newest of the calls", user_by_clone, NULL, 0},
    {"mount", "mount something, as root of a namespace if need be", mount_tmpfs, NULL, 0},
    {"unmount-proc", "unmount /proc", unmount, NULL, 0},
    {"remount-input", "mount an input anew, writable", remount, NULL, 0},
    {"overlay", "mount an overlay", overlay, NULL, 0},
    {"cve-2022-0492-release-agent", "mount the control groups", groups, NULL, 0},
    {"setns", "enter a namespace of the host", enter, NULL, 0},
    {"fsopen", "mount by the new calls", new_api, NULL, 0},
    {"open-tree", "copy the mounts", clone_tree, NULL, 0},
    {"chroot-twice", "leave a root by making another", chroot_twice, NULL, 0},
    {"pivot-root", "change the root", pivot, NULL, 0},
    {"fuse", "serve a file system", fuse, NULL, 0},
    {NULL, NULL, NULL, NULL, 0},
};
