#ifndef ESCAPE_H
#define ESCAPE_H

/* One attempt to do what a builder must not. It gets what it needs to know of the machine outside
   by its environment (victim.c), and leaves what it makes at `out`. */
struct attempt {
    const char *name;
    const char *what;
    /* Whether it succeeded, as far as the builder can tell. */
    int (*run)(void);
    /* Run outside when the build has ended and its output was accepted: whether `result`, what the
       output has become, or the machine shows that it succeeded. NULL: what `run` says is enough.
     */
    int (*check)(const char *result);
    /* Whether it is to be run as a fixed-output derivation, which has the network. */
    int fixed;
};

extern const struct attempt processes[], files[], kernel[], namespaces[], sockets[], resources[];

/* A variable of the environment; ends the program if it is missing. */
const char *given(const char *name);
long given_number(const char *name);

/* The output's path. */
const char *out(void);

/* A formatted string in memory of its own. */
__attribute__((format(printf, 1, 2))) char *text(const char *format, ...);

/* Ends the program with status 3 if the kernel has no such thing and nothing hides it: outside. */
void absent(int yes);

/* Whether a system call got further than a refusal: it returned, or complained of something else
   than missing rights or that it does not exist. */
int reached(long result);

/* Whether a file can be opened so. */
int opens(const char *path, int flags);

/* Makes a file with some content. */
int write_file(const char *path, int mode);

/* Runs an attempt in a process of its own, whose changes of itself nobody else meets. */
int in_child(int (*run)(void));

/* Whether this very program runs as `attempt --linger {MARK}{kind}`. */
int lingers(const char *kind);

/* Starts such a process, free of its parent; it ends by itself after a while. */
int start_lingering(const char *kind);

/* What such a process does. */
void linger(const char *kind);

/* The part of the suite that is attacked; runs until its standard input ends. */
int be_victim(const char *folder);

#endif
