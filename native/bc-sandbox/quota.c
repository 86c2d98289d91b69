/* Project quotas, which ext4 and XFS have where they are mounted with `prjquota`: a number that
   folders hand down to what is made in them, and limits for all that has the number. Nobody but root
   of the first user namespace sets either, so a builder cannot leave its project, and what it removes
   and holds open still counts. See quotactl(2), and ioctl_xfs_fsgetxattr(2) for the folders. */
#include "quota.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <linux/dqblk_xfs.h>
#include <linux/fs.h>
#include <linux/quota.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fail.h"

#ifndef SYS_quotactl_fd
#define SYS_quotactl_fd 443
#endif

/* Projects of builds have this bit, and the number of the build's first folder, which nobody else on
   the file system has. */
enum { BUILDS = 0x40000000 };

/* Empty files take an inode each. */
enum { BYTES_OF_A_FILE = 256 };

static long project_call(int folder, int command, uint32_t project, void *argument) {
    return syscall(SYS_quotactl_fd, folder, QCMD(command, PRJQUOTA), project, argument);
}

const char *why_no_quota(int folder) {
    struct fs_quota_statv state = {.qs_version = FS_QSTATV_VERSION1};
    struct fsxattr attributes;
    if (geteuid() != 0)
        return "only root sets them";
    if (project_call(folder, Q_XGETQSTATV, 0, &state) < 0 || !(state.qs_flags & FS_QUOTA_PDQ_ENFD))
        return "the disk is not mounted with them";
    if (ioctl(folder, FS_IOC_FSGETXATTR, &attributes) < 0)
        return "the file system knows no projects";
    if (attributes.fsx_projid != 0)
        return "the folder belongs to a project already";
    return NULL;
}

static int limit_project(const struct quota *quota, uint64_t bytes) {
    struct if_dqblk limits = {
        .dqb_bhardlimit = bytes >> 10, /* in KiB */
        .dqb_ihardlimit = bytes / BYTES_OF_A_FILE,
        .dqb_valid = QIF_LIMITS,
    };
    return project_call(quota->folder, Q_SETQUOTA, quota->project, &limits) == 0;
}

/* Where numbers of inodes are longer than those of projects, two builds may get the same. */
static int is_free(const struct quota *quota) {
    struct if_dqblk now;
    if (project_call(quota->folder, Q_GETQUOTA, quota->project, &now) < 0)
        return errno == ENOENT || errno == ESRCH;
    return now.dqb_curspace == 0 && now.dqb_curinodes == 0;
}

static int enter_project(int fd, uint32_t project, int hand_down) {
    struct fsxattr attributes;
    if (ioctl(fd, FS_IOC_FSGETXATTR, &attributes) < 0)
        return 0;
    attributes.fsx_projid = project;
    if (hand_down)
        attributes.fsx_xflags |= FS_XFLAG_PROJINHERIT;
    return ioctl(fd, FS_IOC_FSSETXATTR, &attributes) == 0;
}

/* The few files that the caller has put there too: a folder that hands its project down takes no
   files of another one from elsewhere, not even by renaming. */
static int enter_tree(int folder, uint32_t project) {
    char *path[] = {text("/proc/self/fd/%d", folder), NULL};
    FTS *tree = fts_open(path, FTS_PHYSICAL | FTS_COMFOLLOW | FTS_XDEV | FTS_NOCHDIR, NULL);
    int entered = tree != NULL;
    for (FTSENT *entry; entered && (entry = fts_read(tree));) {
        if (entry->fts_info != FTS_D && entry->fts_info != FTS_F)
            continue;
        int hand_down = entry->fts_info == FTS_D;
        int fd = open(entry->fts_path, O_RDONLY | O_CLOEXEC | (entry->fts_level ? O_NOFOLLOW : 0));
        entered = fd >= 0 && enter_project(fd, project, hand_down);
        close(fd);
    }
    if (tree)
        fts_close(tree);
    return entered;
}

struct quota set_quota(const int *folders, int count, uint64_t limit) {
    struct quota none = {.folder = -1};
    struct stat first, other;
    for (int i = 0; i < count; i++)
        if (why_no_quota(folders[i]) || fstat(folders[0], &first) < 0 ||
            fstat(folders[i], &other) < 0 || first.st_dev != other.st_dev)
            return none;
    struct quota quota = {folders[0], BUILDS | ((uint32_t)first.st_ino & (BUILDS - 1)), limit};
    if (!is_free(&quota) || !limit_project(&quota, limit))
        return none;
    for (int i = 0; i < count; i++)
        if (!enter_tree(folders[i], quota.project)) {
            lift_quota(&quota);
            return none;
        }
    return quota;
}

int quota_full(const struct quota *quota) {
    struct if_dqblk now;
    if (project_call(quota->folder, Q_GETQUOTA, quota->project, &now) < 0)
        return 0;
    /* What was refused last may have been as long as a program's buffer. */
    uint64_t room = quota->limit / 64 > (1 << 20) ? quota->limit / 64 : 1 << 20;
    return now.dqb_curspace + room > quota->limit ||
           now.dqb_curinodes >= quota->limit / BYTES_OF_A_FILE;
}

void lift_quota(const struct quota *quota) {
    limit_project(quota, 0);
}
