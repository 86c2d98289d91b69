#include "stamps.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

static void look(const char *path, int flags, int64_t stamp[BC_STAMP])
{
    struct statx s;
    memset(stamp, 0, BC_STAMP * sizeof *stamp);
    if (statx(AT_FDCWD, path, flags, STATX_BASIC_STATS, &s) != 0) {
        stamp[BC_ENDED] = errno;
        return;
    }
    stamp[BC_DEVICE] = (int64_t)s.stx_dev_major << 32 | s.stx_dev_minor;
    stamp[BC_INODE] = (int64_t)s.stx_ino;
    stamp[BC_MODE] = s.stx_mode;
    stamp[BC_SIZE] = (int64_t)s.stx_size;
    stamp[BC_MODIFIED] = s.stx_mtime.tv_sec;
    stamp[BC_MODIFIED_NANOS] = s.stx_mtime.tv_nsec;
    stamp[BC_CHANGED] = s.stx_ctime.tv_sec;
    stamp[BC_CHANGED_NANOS] = s.stx_ctime.tv_nsec;
}

int64_t bc_stamps(const char *paths, const uint8_t *follow, int64_t *stamps, uint8_t *differs,
                  int64_t count)
{
    int64_t found = 0;
    for (int64_t i = 0; i < count; i++, stamps += BC_STAMP, paths += strlen(paths) + 1) {
        int flags = follow[i] ? 0 : AT_SYMLINK_NOFOLLOW;
        if (!differs) {
            look(paths, flags, stamps);
            continue;
        }
        int64_t now[BC_STAMP];
        differs[i] = 0;
        if (stamps[BC_ENDED] == BC_IGNORED)
            continue;
        look(paths, flags, now);
        differs[i] = memcmp(now, stamps, sizeof now) != 0;
        found += differs[i];
    }
    return found;
}
