#include "root.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fail.h"
#include "mounts.h"
#include "places.h"

/* What no mount inside may have. Devices are the exception. */
#define HARMLESS (MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV)

static void write_file(int root, const char *path, const char *content) {
    int fd = openat(root, path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0444);
    size_t length = strlen(content);
    if (fd < 0 || write(fd, content, length) != (ssize_t)length || close(fd) < 0)
        fail_errno("cannot write %s in the sandbox", path);
}

static void make_folder(int root, const char *path, mode_t mode) {
    if (mkdirat(root, path, mode) < 0 && errno != EEXIST)
        fail_errno("cannot make %s in the sandbox", path);
}

static void make_link(int root, const char *target, const char *path) {
    if (symlinkat(target, root, path) < 0)
        fail_errno("cannot make the link %s in the sandbox", path);
}

static int is_folder(int fd) {
    struct stat status;
    if (fstat(fd, &status) < 0)
        fail_errno("cannot stat a mount");
    return S_ISDIR(status.st_mode);
}

/* Shows the host's `source` at `path`; links at its end are followed. */
static void show(int root, const char *path, const char *source, unsigned long attributes) {
    int mount = copy_mount(AT_FDCWD, source, 0);
    if (mount < 0)
        fail_errno("cannot show the host's %s in the sandbox", source);
    restrict_mount(mount, attributes, source);
    attach_mount(mount, open_below(root, path, is_folder(mount)), path);
}

static void show_if_there(int root, const char *path) {
    if (access(path, F_OK) == 0)
        show(root, path, path, HARMLESS | MOUNT_ATTR_RDONLY);
}

/* Shows a folder that the builder may write to. */
static void show_writable(int root, int mount, const char *path) {
    restrict_mount(mount, HARMLESS, path);
    attach_mount(mount, open_below(root, path, 1), path);
}

/* The few users and files under /etc that programs expect. They are those of Nix's sandbox, because
   a build may look at them. */
static void fill_etc(int root, const struct config *config) {
    make_folder(root, "etc", 0755);
    write_file(root, "etc/passwd",
               text("root:x:0:0:Nix build user:%s:/noshell\n"
                    "nixbld:x:1000:100:Nix build user:%s:/noshell\n"
                    "nobody:x:65534:65534:Nobody:/:/noshell\n",
                    config->inside_build_dir, config->inside_build_dir));
    write_file(root, "etc/group", "root:x:0:\nnixbld:!:100:\nnogroup:x:65534:\n");
    if (!config->network) {
        write_file(root, "etc/hosts", "127.0.0.1 localhost\n::1 localhost\n");
        return;
    }
    write_file(root, "etc/nsswitch.conf", "hosts: files dns\nservices: files\n");
    show_if_there(root, "/etc/resolv.conf");
    show_if_there(root, "/etc/services");
    show_if_there(root, "/etc/hosts");
}

static void fill_dev(int root, const struct config *config) {
    static const char *const devices[] = {"full", "null", "random", "tty", "urandom", "zero"};
    make_folder(root, "dev", 0755);
    for (size_t i = 0; i < sizeof devices / sizeof *devices; i++) {
        char *path = text("/dev/%s", devices[i]);
        if (access(path, F_OK) < 0)
            continue;
        /* Read-only would forbid writing to a device, too. */
        show(root, path, path, MOUNT_ATTR_NOSUID);
    }
    make_link(root, "/proc/self/fd", "dev/fd");
    make_link(root, "/proc/self/fd/0", "dev/stdin");
    make_link(root, "/proc/self/fd/1", "dev/stdout");
    make_link(root, "/proc/self/fd/2", "dev/stderr");
    make_folder(root, "dev/shm", 01777);
    if (mount("none", "dev/shm", "tmpfs", MS_NOSUID | MS_NODEV, text("size=%s,mode=1777", config->shm_size)) <
        0)
        fail_errno("cannot mount /dev/shm");
    make_folder(root, "dev/pts", 0755);
    if (mount("none", "dev/pts", "devpts", MS_NOSUID | MS_NOEXEC,
              "newinstance,mode=0620,ptmxmode=0666") < 0)
        fail_errno("cannot mount /dev/pts");
    make_link(root, "pts/ptmx", "dev/ptmx");
}

/* Puts each input into the store folder. It is on the disk, as the builder moves its outputs into
   it; the inputs are mounted over empty files and folders there. A link cannot be mounted, so it is
   made anew. */
static void fill_store(const struct config *config, int input_root, int output, int store) {
    struct places places;
    open_places(&places, config->places);
    for (size_t i = 0; i < config->inputs.count; i++) {
        const char *name = config->inputs.items[i];
        struct stat status;
        if (fstatat(input_root, name, &status, AT_SYMLINK_NOFOLLOW) < 0)
            fail_errno("cannot find the input %s/%s", config->input_root, name);
        if (S_ISLNK(status.st_mode)) {
            char target[4097];
            ssize_t length = readlinkat(input_root, name, target, sizeof target - 1);
            if (length < 0)
                fail_errno("cannot read the link %s/%s", config->input_root, name);
            target[length] = 0;
            make_link(store, target, name);
            continue;
        }
        int mount = copy_mount(input_root, name, AT_SYMLINK_NOFOLLOW);
        if (mount < 0)
            fail_errno("cannot show the input %s", name);
        restrict_mount(mount, HARMLESS | MOUNT_ATTR_RDONLY, name);
        take_place(&places, S_ISDIR(status.st_mode), output, name);
        attach_mount(mount, open_below(store, name, S_ISDIR(status.st_mode)), name);
    }
    close_places(&places);
}

static int copy_or_fail(const char *path) {
    int mount = copy_mount(AT_FDCWD, path, 0);
    if (mount < 0)
        fail_errno("cannot open %s", path);
    return mount;
}

static int open_folder(const char *path) {
    int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        fail_errno("cannot open %s", path);
    return fd;
}

void build_root(const struct config *config) {
    /* Nothing mounted here may show up outside. */
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
        fail_errno("cannot make the mounts private");

    int input_root = open_folder(config->input_root);
    int build = copy_or_fail(config->build_dir);
    int output = copy_or_fail(config->output_dir);
    /* From one mount to another nothing can be moved. */
    int output_there = open_folder(config->output_dir);
    int temp = copy_or_fail(config->temp_dir);

    if (mount("none", config->build_dir, "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755,size=16m") < 0)
        fail_errno("cannot mount the root of the sandbox");
    if (chdir(config->build_dir) < 0)
        fail_errno("cannot enter the root of the sandbox");
    int root = open_folder(".");

    fill_etc(root, config);
    fill_dev(root, config);
    make_folder(root, "proc", 0555);
    show_writable(root, temp, "/tmp");
    show_writable(root, build, config->inside_build_dir);
    show_writable(root, output, config->store_dir);
    for (size_t i = 0; i < config->shown.count; i++)
        show(root, config->shown.items[i], config->sources.items[i],
             HARMLESS | MOUNT_ATTR_RDONLY);

    int store = open_below(root, config->store_dir, 1);
    fill_store(config, input_root, output_there, store);
    close(store);
    close(output_there);
    close(input_root);

    /* The root itself, without what is mounted in it. */
    if (mount(NULL, ".", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV, NULL) < 0)
        fail_errno("cannot make the root of the sandbox read-only");
    close(root);
}

void enter_root(const struct config *config) {
    if (mount("none", "proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0)
        fail_errno("cannot mount /proc");
    /* It lists keys of the user's, also of the host's where that is the same user. */
    if (mount("dev/null", "proc/keys", NULL, MS_BIND, NULL) < 0 && errno != ENOENT)
        fail_errno("cannot hide /proc/keys");
    /* Mounts that came with the namespace are locked to each other, and no root can be made of one
       of them; a copy of all is a mount of this namespace. */
    int copy = copy_mount(AT_FDCWD, ".", 0);
    if (copy < 0)
        fail_errno("cannot copy the mounts of the sandbox");
    int here = open_folder(config->build_dir);
    if (syscall(SYS_move_mount, copy, "", here, "",
                MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) < 0)
        fail_errno("cannot attach the root of the sandbox");
    close(here);
    if (fchdir(copy) < 0)
        fail_errno("cannot enter the root of the sandbox");
    close(copy);
    /* With both arguments the same, the old root ends up mounted over the new one. */
    if (syscall(SYS_pivot_root, ".", ".") < 0)
        fail_errno("cannot change the root");
    if (umount2(".", MNT_DETACH) < 0)
        fail_errno("cannot let the host's files go");
    if (chdir("/") < 0)
        fail_errno("cannot enter the new root");
}

void remove_mountpoints(const struct config *config) {
    /* As long as they are mounted over in this namespace, they can't be removed. */
    if (chdir("/") < 0 || umount2(config->build_dir, MNT_DETACH) < 0)
        fail_errno("cannot unmount the sandbox");
    int store = open(config->output_dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (store < 0)
        fail_errno("cannot open %s", config->output_dir);
    struct places places;
    open_places(&places, config->places);
    for (size_t i = 0; i < config->inputs.count; i++) {
        /* What stands there is what fill_store made: the builder could not remove it. */
        const char *name = config->inputs.items[i];
        if (return_place(&places, store, name) == 0)
            continue;
        if (unlinkat(store, name, 0) < 0 &&
            (errno != EISDIR || unlinkat(store, name, AT_REMOVEDIR) < 0))
            fail_errno("cannot clear %s/%s away", config->output_dir, name);
    }
    close_places(&places);
    close(store);
}
