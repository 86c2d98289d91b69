#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "escape.h"

static char *input(void) { return text("%s/file", given("INPUT")); }

static int read_secret(void) { return opens(given("SECRET"), O_RDONLY); }

static int write_host(void) {
    return write_file(text("%s/written-%s", given("HOSTDIR"), given("MARK")), 0644);
}

static int others(void) {
    return opens(text("%s/builds", given("HOSTDIR")), O_RDONLY | O_DIRECTORY);
}

static int write_and_remove(const char *path) {
    return write_file(path, 0644) && unlink(path) == 0;
}

static int write_root(void) { return write_and_remove(text("/escape-%s", given("MARK"))); }

static int write_etc(void) { return write_and_remove(text("/etc/escape-%s", given("MARK"))); }

static int write_dev(void) { return write_and_remove(text("/dev/escape-%s", given("MARK"))); }

static int write_input(void) {
    chmod(input(), 0644);
    return opens(input(), O_WRONLY);
}

static int map_input(void) {
    int fd = open(input(), O_RDWR | O_CLOEXEC);
    return fd >= 0 && mmap(NULL, 1, PROT_WRITE, MAP_SHARED, fd, 0) != MAP_FAILED;
}

static int change_input(void) { return chmod(input(), 0755) == 0; }

static int remove_input(void) {
    char *other = text("%s.moved", given("INPUT"));
    return rename(given("INPUT"), other) == 0 && rename(other, given("INPUT")) == 0;
}

static int link_input(void) { return link(input(), out()) == 0; }

/* A .drv is a single file, which Nix shows to the builder as a hard link to the one in the store.
 */
static int link_drv(void) { return link(given("DRV"), out()) == 0; }

static int check_same_file(const char *path, const char *result) {
    struct stat one, other;
    return stat(path, &one) == 0 && lstat(result, &other) == 0 && one.st_dev == other.st_dev &&
           one.st_ino == other.st_ino;
}

static int check_drv(const char *result) { return check_same_file(given("DRV"), result); }

static int check_input(const char *result) { return check_same_file(input(), result); }

static int leaked(void) {
    for (int fd = 3; fd < 256; fd++)
        if (fcntl(fd, F_GETFD) >= 0)
            return 1;
    return 0;
}

static int set_user(void) { return write_file(out(), 0755) && chmod(out(), 04755) == 0; }

static int set_user_open(void) {
    struct stat status;
    umask(0);
    return write_file(out(), 04755) && stat(out(), &status) == 0 && status.st_mode & S_ISUID;
}

/* Older kernels have no such call; there it is fchmodat. */
static int set_user_fchmodat2(void) {
    if (!write_file(out(), 0755))
        return 0;
    if (syscall(452 /* fchmodat2 */, AT_FDCWD, out(), 04755, 0) == 0)
        return 1;
    return errno == ENOSYS && fchmodat(AT_FDCWD, out(), 04755, 0) == 0;
}

static int set_group(void) { return mkdir(out(), 0755) == 0 && chmod(out(), 02755) == 0; }

/* The folder opened up for all, and in it a program that makes its user the builder. */
static int open_build(void) {
    return chmod(".", 0777) == 0 && write_file("program", 0755) && chmod("program", 06755) == 0;
}

/* capabilities(7): version 2, cap_net_raw permitted. */
static int capabilities(void) {
    unsigned char value[20] = {0, 0, 0, 2, 0, 0x20};
    return write_file(out(), 0755) &&
           setxattr(out(), "security.capability", value, sizeof value, 0) == 0;
}

static int acl(void) {
    unsigned char value[] = {2, 0, 0,   0,   1,   0,   6,  0, 255, 255, 255, 255, 4,   0,
                             4, 0, 255, 255, 255, 255, 32, 0, 4,   0,   255, 255, 255, 255};
    return write_file(out(), 0644) &&
           setxattr(out(), "system.posix_acl_access", value, sizeof value, 0) == 0;
}

static int immutable(void) {
    if (!write_file("kept", 0644))
        return 0;
    int fd = open("kept", O_RDONLY), flags = FS_IMMUTABLE_FL, none = 0;
    if (fd < 0 || ioctl(fd, FS_IOC_SETFLAGS, &flags) < 0)
        return 0;
    ioctl(fd, FS_IOC_SETFLAGS, &none);
    return 1;
}

static int output_socket(void) {
    /* The path is longer than such an address may be. */
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "socket"};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    return fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof address) == 0 &&
           (rename("socket", out()) == 0 ||
            (errno == EXDEV && mkdir(out(), 0755) == 0 && chdir(out()) == 0 &&
             bind(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)&address, sizeof address) ==
                 0));
}

static int output_fifo(void) { return mkfifo(out(), 0644) == 0; }

static int output_device(void) { return mknod(out(), S_IFCHR | 0666, makedev(1, 3)) == 0; }

static int check_special(const char *result) {
    struct stat status;
    if (lstat(text("%s/socket", result), &status) == 0 && S_ISSOCK(status.st_mode))
        return 1;
    return lstat(result, &status) == 0 && (S_ISSOCK(status.st_mode) || S_ISFIFO(status.st_mode) ||
                                           S_ISCHR(status.st_mode) || S_ISBLK(status.st_mode));
}

static int read_disk(void) {
    struct stat status;
    if (stat(".", &status) < 0 || mknod("disk", S_IFBLK | 0600, status.st_dev) < 0)
        return 0;
    return unlink("disk") == 0;
}

static int writable(void) { return write_file(out(), 0644) && chmod(out(), 0666) == 0; }

static int check_writable(const char *result) {
    struct stat status;
    return lstat(result, &status) == 0 && status.st_mode & S_IWOTH;
}

/* Whoever sets the output's mode and times by its path sets those of the file it leads to. */
static int output_link(void) { return symlink(given("PRECIOUS"), out()) == 0; }

static int check_precious(const char *result) {
    (void)result;
    struct stat status;
    return stat(given("PRECIOUS"), &status) == 0 && (status.st_mode & 07777) != 0600;
}

static int links_inside(void) {
    return mkdir(out(), 0755) == 0 && symlink(given("HOSTDIR"), text("%s/folder", out())) == 0 &&
           symlink(given("PRECIOUS"), text("%s/file", out())) == 0;
}

static int check_copied(const char *result) {
    struct stat status;
    return check_precious(result) ||
           (lstat(text("%s/file", result), &status) == 0 && S_ISREG(status.st_mode));
}

static int sibling(void) {
    return write_file(text("%s/../escape-%s", out(), given("MARK")), 0644) ||
           (mkdir(out(), 0755) == 0 &&
            write_file(text("%s/../escape-%s", out(), given("MARK")), 0644));
}

static int check_sibling(const char *result) {
    char *folder = text("%s", result);
    *strrchr(folder, '/') = 0;
    return access(text("%s/escape-%s", folder, given("MARK")), F_OK) == 0;
}

static int endless_file(void) { return write_file(out(), 0644) && truncate(out(), 15L << 40) == 0; }

static int deep(void) {
    if (mkdir(out(), 0755) < 0 || chdir(out()) < 0)
        return 0;
    for (int i = 0; i < 5000; i++)
        if (mkdir("d", 0755) < 0 || chdir("d") < 0)
            return 0;
    return 1;
}

const struct attempt files[] = {
    {"read-secret", "read a file of the host", read_secret, NULL, 0},
    {"write-host", "write into a folder of the host", write_host, NULL, 0},
    {"cve-2025-52991-other-builds", "look into other builds' folders", others, NULL, 0},
    {"write-root", "write into the root folder", write_root, NULL, 0},
    {"write-etc", "write into /etc", write_etc, NULL, 0},
    {"write-dev", "write into /dev", write_dev, NULL, 0},
    {"write-input", "write to an input", write_input, NULL, 0},
    {"map-input", "map an input to write to it", map_input, NULL, 0},
    {"chmod-input", "change an input's mode", change_input, NULL, 0},
    {"rename-input", "move an input away", remove_input, NULL, 0},
    {"hard-link-input", "make an input's file the output", link_input, check_input, 0},
    {"ghsa-hard-linked-drv", "make an input's .drv file the output", link_drv, check_drv, 0},
    {"leaked-descriptor", "find a file left open", leaked, NULL, 0},
    {"set-uid-output", "leave a set-uid program", set_user, NULL, 0},
    {"set-uid-by-open", "leave one whose mode is set as it is made", set_user_open, NULL, 0},
    {"set-uid-by-fchmodat2", "leave one by the newest of the calls", set_user_fchmodat2, NULL, 0},
    {"set-gid-folder", "leave a set-gid folder", set_group, NULL, 0},
    {"cve-2024-38531-open-build-folder",
     "open the build folder to all, with a set-uid program in "
     "it",
     open_build, NULL, 0},
    {"file-capabilities", "leave a program with capabilities", capabilities, NULL, 0},
    {"acl", "leave a file with an access control list", acl, NULL, 0},
    {"immutable-file", "leave a file that nobody can delete", immutable, NULL, 0},
    {"output-socket", "leave a socket", output_socket, check_special, 0},
    {"output-fifo", "leave a FIFO", output_fifo, check_special, 0},
    {"output-device", "leave a device", output_device, check_special, 0},
    {"make-disk-device", "make a device of the host's disk", read_disk, NULL, 0},
    {"writable-output", "leave what all may write to", writable, check_writable, 0},
    {"cve-2026-39860-output-link", "leave a link in place of the output", output_link,
     check_precious, 0},
    {"links-in-output", "leave links out of the output", links_inside, check_copied, 0},
    {"output-dot-dot", "leave something beside the output", sibling, check_sibling, 0},
    {"endless-output", "leave a sparse file of 15 TiB", endless_file, NULL, 0},
    {"cve-2026-44028-deep-output", "leave folders deeper than a stack", deep, NULL, 0},
    {NULL, NULL, NULL, NULL, 0},
};
