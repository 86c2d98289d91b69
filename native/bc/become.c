/* Commands that run a program ('bc run', 'shell', 'develop' and 'edit', nix-shell) go on as that
   program in the caller's terminal, with an environment that the daemon made. 'bc repl' has programs
   run, an editor or this one under another name, and goes on after.

   Threat: a daemon that is asked for something else must not choose what runs here, so the relay
   comes to this only for a client that was called so. And root may speak to any user's
   daemon, but runs nothing for it: the daemon must be the caller's own, or root's. */
#include "become.h"

#include "fail.h"
#include "paths.h"
#include "show.h"
#include "wire.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/wait.h>
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

static __attribute__((noreturn)) void execute(int fd, const uint8_t *message, size_t length)
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
    execvp(next.program ? next.program : "/proc/self/exe", next.args);
    fail_errno("cannot run '%s'", next.program ? next.program : next.args[0]);
}

void become(int fd, const uint8_t *message, size_t length)
{
    execute(fd, message, length);
}

unsigned run_program(int fd, const uint8_t *message, size_t length, const sigset_t *outside)
{
    /* What the user interrupts now is the program. */
    static const int keys[] = {SIGINT, SIGQUIT};
    struct sigaction ignore = {.sa_handler = SIG_IGN}, before[2];
    pid_t child = fork();
    if (child < 0)
        fail_errno("cannot make a process");
    if (child == 0) {
        sigprocmask(SIG_SETMASK, outside, NULL);
        execute(fd, message, length);
    }
    for (size_t i = 0; i < 2; i++)
        sigaction(keys[i], &ignore, &before[i]);
    int status = 0;
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            fail_errno("cannot wait for a program");
    for (size_t i = 0; i < 2; i++)
        sigaction(keys[i], &before[i], NULL);
    return (unsigned)(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}
