#include "limits.h"

#include "fail.h"

#include <sys/resource.h>

/* The JVM, the mount, the database and a few builds and clients beside. */
#define LEAST_FILES 256

/* The database is mapped with 256 GiB of address space, of which it takes what it holds. */
#define LEAST_ADDRESS_SPACE ((rlim_t)1 << 39)

static void raise_to(__rlimit_resource_t which, rlim_t least, const char *what, const char *option)
{
    struct rlimit limit;
    if (getrlimit(which, &limit) < 0 || limit.rlim_cur >= least)
        return;
    if (limit.rlim_max < least)
        fail("the daemon needs %llu %s at least, and the limit is %llu ('ulimit -H%s' tells)",
             (unsigned long long)least, what, (unsigned long long)limit.rlim_max, option);
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(which, &limit) < 0)
        fail_errno("cannot raise the limit to %llu %s", (unsigned long long)limit.rlim_max, what);
}

void raise_limits(void)
{
    raise_to(RLIMIT_NOFILE, LEAST_FILES, "open files", "n");
    raise_to(RLIMIT_AS, LEAST_ADDRESS_SPACE, "bytes of address space", "v");
}
