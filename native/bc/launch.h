#ifndef BC_LAUNCH_H
#define BC_LAUNCH_H

/* What the file "bc.launch" beside this program says: the build's name in the first line, then the
   daemon's command, one argument in each line. The launcher writes it when it has built. */
struct launch {
    char *build;
    char **command; /* ends with NULL */
};

const struct launch *read_launch(void);

/* The environment that a daemon starts with: of the caller's only what says who it is and how it
   reaches the network, so that no command depends on who came first. Ends with NULL. */
char **daemon_environment(void);

#endif
