#include "places.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fail.h"

/* What the names begin with. */
enum { A_FILE = 'f', A_FOLDER = 'd' };

static DIR *again(int folder) {
    int fd = folder < 0 ? -1 : openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return fd < 0 ? NULL : fdopendir(fd);
}

void open_places(struct places *places, const char *path) {
    if (path && mkdir(path, 0700) < 0 && errno != EEXIST)
        path = NULL;
    places->folder = path ? open(path, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : -1;
    places->files = again(places->folder);
    places->folders = again(places->folder);
}

void take_place(struct places *places, int folder, int to, const char *name) {
    DIR *left = folder ? places->folders : places->files;
    const struct dirent *entry;
    while (left && (entry = readdir(left)))
        /* Another build may have taken it. */
        if (entry->d_name[0] == (folder ? A_FOLDER : A_FILE) &&
            (renameat(places->folder, entry->d_name, to, name) == 0 || errno == EXDEV))
            return;
}

int return_place(struct places *places, int from, const char *name) {
    struct stat status;
    if (places->folder < 0 || fstatat(from, name, &status, AT_SYMLINK_NOFOLLOW) < 0 ||
        !(S_ISREG(status.st_mode) || S_ISDIR(status.st_mode)))
        return -1;
    /* No two of a file system have the same number. */
    return renameat(from, name, places->folder,
                    text("%c%lu", S_ISDIR(status.st_mode) ? A_FOLDER : A_FILE,
                         (unsigned long)status.st_ino));
}

void close_places(struct places *places) {
    if (places->files)
        closedir(places->files);
    if (places->folders)
        closedir(places->folders);
    if (places->folder >= 0)
        close(places->folder);
}
