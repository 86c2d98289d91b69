#include "greet.h"

#include <string.h>

int greet(FILE *out, const char *path, const char *name) {
    char line[256];
    FILE *file = fopen(path, "r");
    if (!file)
        return -1;
    char *read = fgets(line, sizeof line, file);
    fclose(file);
    if (!read)
        return -1;
    char *place = strstr(line, "%s");
    if (place)
        fprintf(out, "%.*s%s%s", (int)(place - line), line, name, place + 2);
    else
        fputs(line, out);
    return 0;
}
