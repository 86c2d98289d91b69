#ifndef BC_FRESH_H
#define BC_FRESH_H

/* Where this program was started by a checkout's ./bc, which names the checkout in BC_CHECKOUT, and
   a source there is newer than the last build: builds, and becomes the program that was built. */
void rebuild_if_stale(char **argv);

#endif
