#ifndef BC_SANDBOX_PLACES_H
#define BC_SANDBOX_PLACES_H

/* Empty files and folders over which inputs are mounted. They are kept from one build to the next in
   a folder and moved, since to make and to remove some for every input of every build is dear: ext4
   without a journal looks at each file of the last five minutes that is gone before it makes one. */
struct places {
    int folder;
    void *files, *folders; /* what is left to be looked at: DIR */
};

/* Opens the folder, which is made if there is none. One that cannot be had is as one that is empty. */
void open_places(struct places *places, const char *path);

/* Moves an empty folder, or an empty file, to the folder `to` under a name. Does nothing if there is
   none, or if that is on another file system. */
void take_place(struct places *places, int folder, int to, const char *name);

/* Moves what take_place moved back, for another build; -1 if that cannot be done. */
int return_place(struct places *places, int from, const char *name);

void close_places(struct places *places);

#endif
