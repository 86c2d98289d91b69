#ifndef BC_SANDBOX_BUILDER_H
#define BC_SANDBOX_BUILDER_H

#include "config.h"

/* The ids of the builder in its own eyes, those of Nix. */
enum { INSIDE_UID = 1000, INSIDE_GID = 100 };

/* Becomes the builder: process 1 of its namespaces. `ready` gives a byte when the ids are mapped,
   another when the builder shall start, and ends when the parent has died. In between `control` is
   told that all is ready. Whatever goes wrong is told through fail. */
__attribute__((noreturn)) void become_builder(const struct config *config, int ready, int control);

#endif
