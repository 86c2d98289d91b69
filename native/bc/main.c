/* bc, the thin client: hands its arguments, folder, environment and terminal to the daemon, relays
   what comes back, and ends with the command's exit status. It starts the daemon where none runs.
   The protocol is in daemon/src/main/proto/buildchain/daemon.proto.

   It knows no command but those that must work without a daemon or outlive it:
   daemon --foreground, start, stop, restart, status. Called by another name, by way of a link, it
   is that program: nix-build and so on. */
#include "fail.h"
#include "fresh.h"
#include "paths.h"
#include "relay.h"
#include "start.h"

#include <stdio.h>
#include <string.h>

static const char own_name[] = "bc";
static char *const status_args[] = {(char *)"daemon", (char *)"status", NULL};
static char *const stop_args[] = {(char *)"daemon", (char *)"stop", NULL};

/* A daemon of another build ends when it is spoken to and has nothing to do: try once more. */
static int run(const char *program, char *const *args)
{
    for (int attempt = 0; attempt < 3; attempt++) {
        int status = relay(connect_or_start_daemon(), program, args);
        if (status != RELAY_ENDED)
            return status;
    }
    fail("daemons of '%s' keep ending; see '%s/daemon/log'", store_root(), store_root());
}

static int stop(void)
{
    int fd = connect_daemon();
    if (fd < 0)
        return 0;
    int status = relay(fd, own_name, stop_args);
    return status == RELAY_ENDED ? 0 : status;
}

static int status(void)
{
    int fd = connect_daemon();
    if (fd >= 0) {
        int result = relay(fd, own_name, status_args);
        if (result != RELAY_ENDED)
            return result;
    }
    printf("no daemon runs for '%s'\n", store_root());
    return 3; /* "program is not running", as the LSB has it for status */
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

int main(int argc, char **argv)
{
    rebuild_if_stale(argv);
    const char *program = argc > 0 ? base_name(argv[0]) : own_name;
    if (argc == 3 && strncmp(program, "nix-", 4) != 0 && strcmp(argv[1], "daemon") == 0) {
        if (strcmp(argv[2], "--foreground") == 0)
            run_daemon_in_foreground();
        if (strcmp(argv[2], "stop") == 0)
            return stop();
        if (strcmp(argv[2], "status") == 0)
            return status();
        if (strcmp(argv[2], "start") == 0)
            return run(own_name, status_args);
        if (strcmp(argv[2], "restart") == 0) {
            int stopped = stop();
            return stopped ? stopped : run(own_name, status_args);
        }
    }
    return run(program, argc > 0 ? argv + 1 : argv);
}
