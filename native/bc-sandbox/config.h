#ifndef BC_SANDBOX_CONFIG_H
#define BC_SANDBOX_CONFIG_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* A list of strings that ends with NULL, fit for execve. */
struct strings {
    char **items;
    size_t count;
};

/* What to run and in what surroundings; see config.c for how it is written. */
struct config {
    char *builder;          /* path inside */
    struct strings args;    /* argument 0 included */
    struct strings env;     /* NAME=value */
    char *store_dir;        /* path inside, as "/nix/store" */
    char *input_root;       /* host folder that holds the inputs */
    struct strings inputs;  /* base names */
    char *output_dir;       /* host folder that becomes store_dir */
    char *places;           /* host folder that keeps mount points; see places.h; may be NULL */
    char *build_dir;        /* host folder that becomes inside_build_dir */
    char *inside_build_dir; /* path inside, as "/build" */
    char *temp_dir;         /* host folder that becomes /tmp */
    struct strings shown;   /* paths inside that show the host's ... */
    struct strings sources; /* ... files and folders of the same index */
    int network;            /* whether the host's network is visible */
    char *shm_size;         /* of /dev/shm, as tmpfs takes it */
    uint64_t data;          /* bytes of data that a process may have; 0 for no limit */
    uint64_t processes;     /* at once; 0 for no limit */
    uint64_t disk;          /* bytes that the folders may hold; 0 for no limit */
    uid_t uid;              /* whom the builder is on the host */
    gid_t gid;
};

/* Reads a configuration; ends the program if it is not well formed. */
struct config *read_config(int fd);

#endif
