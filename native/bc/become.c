/* Commands that run a program ('bc run', 'shell' and 'develop', nix-shell) go on as that program in
   the caller's terminal, with an environment that the daemon made.

   Threat: a daemon that is asked for something else must not choose what runs here, so the relay
   comes to this only for a client that was called so. And root may speak to any user's
   daemon, but runs nothing for it: the daemon must be the caller's own, or root's. */
#include "become.h"

#include "fail.h"
#include "paths.h"
#include "show.h"
#include "wire.h"

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
