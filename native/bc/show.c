/* A mount namespace in which the store stands where its paths say. */
#include "show.h"

#include "fail.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Every machine has it, and what it holds is seen again once it is the root. */
#define NEW_ROOT "/tmp"
#define OLD "/.bc-old-root"

static void write_file(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
        fail_errno("cannot write '%s'", path);
    close(fd);
}

/* Ordinary users need a user namespace to mount; in it they stay who they are. */
static void enter_namespace(void)
{
    if (unshare(CLONE_NEWNS) < 0) {
        char map[64];
        unsigned uid = geteuid(), gid = getegid();
        if (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0)
            fail_errno("cannot make a mount namespace for the program");
        snprintf(map, sizeof map, "%u %u 1", uid, uid);
        write_file("/proc/self/uid_map", map);
        write_file("/proc/self/setgroups", "deny");
        snprintf(map, sizeof map, "%u %u 1", gid, gid);
        write_file("/proc/self/gid_map", map);
    }
    /* What is mounted in here stays in here; what is mounted outside is still seen. */
    if (mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) < 0)
        fail_errno("cannot make the mounts of the program its own");
}

static void make_folder(const char *path)
{
    if (mkdir(path, 0755) < 0 && errno != EEXIST)
        fail_errno("cannot make the folder '%s' in the program's own root", path);
}

/* Puts what stands at `old` at `path` too. What has gone meanwhile is left out. */
static void bind(const char *old, const char *path)
{
    char target[PATH_MAX];
    struct stat st;
    ssize_t length;
    int fd;
    if (lstat(old, &st) < 0)
        return;
    if (S_ISLNK(st.st_mode)) {
        length = readlink(old, target, sizeof target - 1);
        if (length < 0)
            return;
        target[length] = '\0';
        if (symlink(target, path) < 0)
            fail_errno("cannot make the link '%s' in the program's own root", path);
        return;
    }
    if (S_ISDIR(st.st_mode)) {
        make_folder(path);
    } else {
        fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0444);
        if (fd < 0)
            fail_errno("cannot make the file '%s' in the program's own root", path);
        close(fd);
    }
    if (mount(old, path, NULL, MS_BIND | MS_REC, NULL) < 0)
        fail_errno("cannot show '%s' in the program's own root", path);
}

/* Fills the folder `path` with what it holds in the old root, and the folders that `rest` names, a
   path of one name or more, with what they hold. */
static void fill(const char *path, const char *rest)
{
    char old[PATH_MAX], inner[PATH_MAX];
    size_t first = strcspn(rest, "/");
    DIR *folder;
    struct dirent *entry;
    snprintf(old, sizeof old, "%s%s", OLD, path);
    folder = opendir(old);
    while (folder && (entry = readdir(folder))) {
        const char *name = entry->d_name;
        if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ||
            (strlen(name) == first && strncmp(name, rest, first) == 0))
            continue;
        if (snprintf(inner, sizeof inner, "%s/%s", path, name) >= (int)sizeof inner ||
            snprintf(old, sizeof old, "%s%s", OLD, inner) >= (int)sizeof old)
            continue;
        if (strcmp(inner, OLD) != 0)
            bind(old, inner);
    }
    if (folder)
        closedir(folder);
    if (snprintf(inner, sizeof inner, "%s/%.*s", path, (int)first, rest) >= (int)sizeof inner)
        fail("the path '%s/%s' is too long", path, rest);
    make_folder(inner);
    rest += first;
    rest += strspn(rest, "/");
    if (*rest)
        fill(inner, rest);
}

/* A root that has the folder `at`, and all that "/" has. */
static void make_root_with(const char *at)
{
    char cwd[PATH_MAX];
    if (!getcwd(cwd, sizeof cwd))
        fail_errno("cannot tell the working folder");
    if (mount("tmpfs", NEW_ROOT, "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755") < 0)
        fail_errno("cannot make a root for the program, which has no folder '%s'", at);
    make_folder(NEW_ROOT OLD);
    if (syscall(SYS_pivot_root, NEW_ROOT, NEW_ROOT OLD) < 0)
        fail_errno("cannot give the program a root with the folder '%s'; make that folder", at);
    if (chdir("/") < 0)
        fail_errno("cannot enter the program's own root");
    fill("", at + strspn(at, "/"));
    if (umount2(OLD, MNT_DETACH) < 0 || rmdir(OLD) < 0 ||
        mount(NULL, "/", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV, NULL) < 0)
        fail_errno("cannot make the program's own root ready");
    if (chdir(cwd) < 0)
        fail_errno("cannot enter '%s' again", cwd);
}

static int is_empty(const char *path)
{
    DIR *folder = opendir(path);
    int count = 0;
    if (!folder)
        fail_errno("cannot read the folder '%s', to show the store there", path);
    while (count < 3 && readdir(folder)) /* "." and ".." */
        count++;
    closedir(folder);
    return count < 3;
}

void show(const char *folder, const char *at)
{
    char options[8192];
    struct stat st;
    enter_namespace();
    if (stat(at, &st) < 0 && (errno == ENOENT || errno == ENOTDIR))
        make_root_with(at);
    /* A machine may live from a Nix store of its own at the same place: then both are seen. */
    if (!is_empty(at) && !strpbrk(folder, ":,\\") &&
        snprintf(options, sizeof options, "lowerdir=%s:%s", folder, at) < (int)sizeof options &&
        mount("overlay", at, "overlay", MS_RDONLY, options) == 0)
        return;
    if (mount(folder, at, NULL, MS_BIND | MS_REC, NULL) < 0)
        fail_errno("cannot show '%s' at '%s'", folder, at);
}
