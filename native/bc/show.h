#ifndef BC_SHOW_H
#define BC_SHOW_H

/* Shows `folder` at the absolute path `at`, to this process and to those that it becomes or starts:
   nobody else sees a change. Where `at` has something in it both are seen. Where there is no folder
   `at`, the process gets a root of its own, which holds what "/" holds and cannot be written to.
   Ends the program if the kernel allows no mount namespace. */
void show(const char *folder, const char *at);

#endif
