#include "launch.h"

#include "fail.h"
#include "paths.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_FILE = 1 << 20, MAX_ARGUMENTS = 4096, MAX_VARIABLES = 64 };

static char *read_file(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        fail_errno("cannot read '%s'; build the project with ./bc", path);
    char *text = malloc(MAX_FILE + 1);
    if (!text)
        fail("out of memory");
    size_t length = 0;
    for (ssize_t n; (n = read(fd, text + length, MAX_FILE - length)) != 0; length += (size_t)n)
        if (n < 0)
            fail_errno("cannot read '%s'", path);
    if (length == MAX_FILE)
        fail("'%s' is longer than %d bytes", path, MAX_FILE);
    close(fd);
    text[length] = 0;
    return text;
}

const struct launch *read_launch(void)
{
    static struct launch launch;
    static char *command[MAX_ARGUMENTS + 1];
    if (launch.build)
        return &launch;
    char path[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - sizeof ".launch");
    if (n < 0)
        fail_errno("cannot read '/proc/self/exe' (is /proc mounted?)");
    strcpy(path + n, ".launch");
    char *rest = read_file(path);
    size_t count = 0;
    launch.build = strsep(&rest, "\n");
    for (char *line; (line = strsep(&rest, "\n"));) {
        if (count == MAX_ARGUMENTS)
            fail("'%s' has more than %d lines", path, MAX_ARGUMENTS);
        if (*line)
            command[count++] = line;
    }
    if (count == 0)
        fail("'%s' names no command; build the project with ./bc", path);
    launch.command = command;
    return &launch;
}

char **daemon_environment(void)
{
    static const char *const kept[] = {
        "PATH",          "HOME",        "USER",        "LOGNAME",     "TMPDIR",     "XDG_DATA_HOME",
        "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR", "http_proxy", "https_proxy",
        "ftp_proxy",     "all_proxy",   "no_proxy",    "HTTP_PROXY",  "HTTPS_PROXY", "NO_PROXY",
        "SSL_CERT_FILE", "NIX_SSL_CERT_FILE"};
    static char *env[MAX_VARIABLES];
    static char root[PATH_MAX + 16];
    size_t count = 0;
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        const char *value = getenv(kept[i]);
        if (value && asprintf(&env[count++], "%s=%s", kept[i], value) < 0)
            fail("out of memory");
    }
    snprintf(root, sizeof root, "BC_ROOT=%s", store_root());
    env[count++] = root;
    env[count++] = (char *)"LC_ALL=C.UTF-8";
    env[count] = NULL;
    return env;
}
