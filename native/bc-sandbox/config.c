/* A configuration is a sequence of records: one byte that says what it is, four bytes that say how
   long its value is (most significant first), the value. Records of the same list follow each other
   in order. 'E' ends it. 'c' is obeyed as soon as it is read, since it takes the kernel a while: a
   caller that writes it ahead does not wait. Whoever writes it is trusted (the daemon); the limits catch mistakes. */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fail.h"
#include "limits.h"

enum { MAX_VALUE = 1 << 26, MAX_ITEMS = 1 << 20 };

static void read_fully(int fd, void *into, size_t size) {
    for (char *p = into; size > 0;) {
        ssize_t got = read(fd, p, size);
        if (got == 0)
            fail("the configuration ends too early");
        if (got < 0 && errno != EINTR)
            fail_errno("cannot read the configuration");
        if (got > 0) {
            p += got;
            size -= got;
        }
    }
}

static void append(struct strings *list, char *item) {
    if (list->count >= MAX_ITEMS)
        fail("the configuration has a list of more than %d items", MAX_ITEMS);
    /* Room doubles whenever the count reaches a power of two; one more is for NULL. */
    if ((list->count & (list->count - 1)) == 0) {
        size_t room = list->count ? 2 * list->count : 1;
        list->items = realloc(list->items, (room + 1) * sizeof *list->items);
        if (!list->items)
            fail("out of memory");
    }
    list->items[list->count++] = item;
    list->items[list->count] = NULL;
}

static uint64_t number(const char *value, uint64_t most) {
    char *end;
    errno = 0;
    unsigned long long result = strtoull(value, &end, 10);
    if (errno || *value < '0' || *value > '9' || *end || result > most)
        fail("the configuration has '%s' where a number is expected", value);
    return result;
}

static void accept(struct config *config, char kind, char *value) {
    switch (kind) {
    case 'x': config->builder = value; break;
    case 'a': append(&config->args, value); break;
    case 'e': append(&config->env, value); break;
    case 's': config->store_dir = value; break;
    case 'r': config->input_root = value; break;
    case 'i': append(&config->inputs, value); break;
    case 'o': config->output_dir = value; break;
    case 'p': config->places = value; break;
    case 'b': config->build_dir = value; break;
    case 'B': config->inside_build_dir = value; break;
    case 't': config->temp_dir = value; break;
    case 'h': append(&config->shown, value); break;
    case 'H': append(&config->sources, value); break;
    case 'n': config->network = 1; break;
    case 'u': config->uid = (uid_t)number(value, UINT32_MAX - 1); break;
    case 'g': config->gid = (gid_t)number(value, UINT32_MAX - 1); break;
    case 'c': join_group(value); break;
    case 'S': config->shm_size = value; break;
    case 'D': config->data = number(value, INT64_MAX); break;
    case 'P': config->processes = number(value, INT64_MAX); break;
    case 'd': config->disk = number(value, INT64_MAX); break;
    default: fail("the configuration has a record of unknown kind %d", kind);
    }
}

struct config *read_config(int fd) {
    struct config *config = allocate(sizeof *config);
    memset(config, 0, sizeof *config);
    config->uid = geteuid();
    config->gid = getegid();
    config->shm_size = "50%";
    /* Ends the lists that may stay empty. */
    config->env.items = allocate(sizeof(char *));
    config->env.items[0] = NULL;
    for (;;) {
        unsigned char head[5];
        read_fully(fd, head, sizeof head);
        uint32_t size = (uint32_t)head[1] << 24 | head[2] << 16 | head[3] << 8 | head[4];
        if (head[0] == 'E')
            break;
        if (size > MAX_VALUE)
            fail("the configuration has a value of %u bytes", size);
        char *value = allocate((size_t)size + 1);
        read_fully(fd, value, size);
        value[size] = 0;
        if (strlen(value) != size)
            fail("the configuration has a NUL byte in a value");
        accept(config, (char)head[0], value);
    }
    if (!config->builder || !config->args.count || !config->store_dir || !config->input_root ||
        !config->output_dir || !config->build_dir || !config->inside_build_dir || !config->temp_dir)
        fail("the configuration lacks a record");
    if (config->shown.count != config->sources.count)
        fail("the configuration has a host path without a source");
    return config;
}
