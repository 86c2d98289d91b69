/* Greets its argument, or the world. The words come from a file of its own output: by the path it
   was built for, or, where no /nix/store is mounted, by the place of the running program. */
#include <errno.h>
#include <greet.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#define WORDS "/share/hello/greeting"

/* The path of `below` in the folder that holds bin/hello; NULL if it does not fit. */
static const char *beside_program(const char *below) {
    static char path[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    if (length <= 0)
        return NULL;
    path[length] = 0;
    for (int i = 0; i < 2; i++) {
        char *slash = strrchr(path, '/');
        if (!slash)
            return NULL;
        *slash = 0;
    }
    if (strlen(path) + strlen(below) >= sizeof path)
        return NULL;
    return strcat(path, below);
}

int main(int argc, char **argv) {
    const char *name = argc > 1 ? argv[1] : "world";
    if (greet(stdout, OUT WORDS, name) == 0)
        return 0;
    const char *words = beside_program(WORDS);
    if (words && greet(stdout, words, name) == 0)
        return 0;
    fprintf(stderr, "hello: cannot read %s: %s\n", OUT WORDS, strerror(errno));
    return 1;
}
