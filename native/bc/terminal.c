#include "terminal.h"

#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

static struct termios before;
static bool changed;

static void put_back(void)
{
    if (changed)
        tcsetattr(0, TCSADRAIN, &before);
    changed = false;
}

void set_terminal_keys(bool keys)
{
    if (!keys) {
        put_back();
        return;
    }
    if (changed || tcgetattr(0, &before) < 0)
        return;
    struct termios raw = before;
    raw.c_iflag &= ~(tcflag_t)(ICRNL | INLCR | IXON);
    raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO | IEXTEN | ISIG);
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    changed = true;
    atexit(put_back);
    tcsetattr(0, TCSADRAIN, &raw);
}
