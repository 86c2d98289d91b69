#include "paths.h"

#include "fail.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *variable(const char *name)
{
    const char *value = getenv(name);
    return value && *value ? value : NULL;
}

static void print_path(char *out, const char *a, const char *b)
{
    if (snprintf(out, PATH_MAX, "%s%s", a, b) >= PATH_MAX)
        fail("the path '%s%s' is too long", a, b);
}

const char *store_root(void)
{
    static char root[PATH_MAX];
    const char *given;
    if (root[0])
        return root;
    if ((given = variable("BC_ROOT"))) {
        char cwd[PATH_MAX];
        if (given[0] == '/') {
            print_path(root, given, "");
        } else {
            if (!getcwd(cwd, sizeof cwd - 1))
                fail_errno("cannot tell the working folder");
            strcat(cwd, "/");
            print_path(root, cwd, given);
        }
    } else if (geteuid() == 0) {
        print_path(root, "/ipfs", "");
    } else if ((given = variable("XDG_DATA_HOME")) && given[0] == '/') {
        print_path(root, given, "/bc");
    } else if ((given = variable("HOME")) && given[0] == '/') {
        print_path(root, given, "/.local/share/bc");
    } else {
        fail("cannot tell where the store is: set BC_ROOT or HOME");
    }
    for (size_t n = strlen(root); n > 1 && root[n - 1] == '/'; n--)
        root[n - 1] = 0;
    return root;
}

static void make_folders(const char *path)
{
    char part[PATH_MAX];
    print_path(part, path, "");
    for (char *slash = strchr(part + 1, '/');; slash = strchr(slash + 1, '/')) {
        if (slash)
            *slash = 0;
        if (mkdir(part, 0755) < 0 && errno != EEXIST)
            fail_errno("cannot make the folder '%s' for the store (BC_ROOT moves it)", part);
        if (!slash)
            return;
        *slash = '/';
    }
}

int open_daemon_folder(int create)
{
    char path[PATH_MAX];
    print_path(path, store_root(), "/daemon");
    if (create) {
        make_folders(store_root());
        if (mkdir(path, 0700) < 0 && errno != EEXIST)
            fail_errno("cannot make the folder '%s'", path);
    }
    int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) {
        if (!create && errno == ENOENT)
            return -1;
        fail_errno("cannot open the folder '%s'", path);
    }
    struct stat st;
    if (fstat(fd, &st) < 0)
        fail_errno("cannot look at the folder '%s'", path);
    if (st.st_uid != geteuid() && geteuid() != 0)
        fail("the folder '%s' belongs to user %u, not to you; set BC_ROOT to a folder of your own",
             path, (unsigned)st.st_uid);
    /* Root's files there would keep the folder's owner out. */
    if (create && st.st_uid != geteuid())
        fail("the folder '%s' belongs to user %u, whose daemon does not run: start it as that user, or set BC_ROOT to a folder of your own",
             path, (unsigned)st.st_uid);
    if (st.st_mode & 022)
        fail("the folder '%s' is writable by others; make it mode 0700", path);
    return fd;
}
