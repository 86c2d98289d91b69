/* Commands that run a program ('bc run', 'shell' and 'develop', nix-shell) go on as that program in
   the caller's terminal, with an environment that the daemon made.

   Threat: a daemon that is asked for something else must not choose what runs here, so the relay
   comes to this only for a client that was called so. And root may speak to any user's
   daemon, but runs nothing for it: the daemon must be the caller's own, or root's. */
#include "become.h"

#include "fail.h"
#include "paths.h"
#include "wire.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <unistd.h>

static void check_peer(int fd)
{
    struct ucred peer;
    socklen_t size = sizeof peer;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0)
        fail_errno("cannot tell who serves '%s'", store_root());
    if (peer.uid != geteuid() && peer.uid != 0)
        fail("the daemon of '%s' is user %u's, which may not run programs as you", store_root(),
             (unsigned)peer.uid);
}

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

static int is_empty(const char *path)
{
    DIR *folder = opendir(path);
    int count = 0;
    if (!folder)
        fail_errno("the program needs the folder '%s', to show the store there", path);
    while (count < 3 && readdir(folder)) /* "." and ".." */
        count++;
    closedir(folder);
    return count < 3;
}

/* A machine may live from a Nix store of its own at the same place: then both are seen. */
static void show(const char *folder, const char *at)
{
    char options[8192];
    enter_namespace();
    if (!is_empty(at) && !strpbrk(folder, ":,\\") &&
        snprintf(options, sizeof options, "lowerdir=%s:%s", folder, at) < (int)sizeof options &&
        mount("overlay", at, "overlay", MS_RDONLY, options) == 0)
        return;
    if (mount(folder, at, NULL, MS_BIND | MS_REC, NULL) < 0)
        fail_errno("cannot show '%s' at '%s'", folder, at);
}

void become(int fd, const uint8_t *message, size_t length)
{
    struct become next;
    check_peer(fd);
    if (!decode_become(message, length, &next))
        fail("the daemon of '%s' does not speak this client's protocol; stop it with 'bc daemon stop'",
             store_root());
    if (next.folder)
        show(next.folder, next.shown_at);
    /* Its own PATH is what a name is looked for in. */
    environ = next.env;
    execvp(next.program, next.args);
    fail_errno("cannot run '%s'", next.program);
}
