/* Documentation/userspace-api/landlock.rst of Linux, "IPC scoping". */
#include "landlock.h"

#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fail.h"

/* Debian 12's headers are older than the feature. The calls have one number everywhere. */
enum {
    CREATE_RULESET = 444,
    RESTRICT_SELF = 446,
    RULESET_VERSION = 1,
    VERSION_WITH_SCOPES = 6,
    SCOPE_ABSTRACT_UNIX_SOCKET = 1
};

struct ruleset {
    uint64_t handled_access_fs;
    uint64_t handled_access_net;
    uint64_t scoped;
};

int close_abstract_sockets(void) {
    if (syscall(CREATE_RULESET, NULL, 0, RULESET_VERSION) < VERSION_WITH_SCOPES)
        return 0;
    struct ruleset rules = {.scoped = SCOPE_ABSTRACT_UNIX_SOCKET};
    int fd = (int)syscall(CREATE_RULESET, &rules, sizeof rules, 0);
    if (fd < 0)
        fail_errno("cannot make a Landlock ruleset");
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || syscall(RESTRICT_SELF, fd, 0) < 0)
        fail_errno("cannot enter the Landlock ruleset");
    close(fd);
    return 1;
}
