#pragma once

#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif
#ifndef _XOPEN_SOURCE_EXTENDED
#define _XOPEN_SOURCE_EXTENDED 1
#endif
#define NCURSES_WIDECHAR 1

#include <curses.h>
#include <term.h>

// term.h makes plain words into macros.
#undef lines
#undef columns

#include "CNCurses.h"

// The pad that keys are read through: reading from the screen itself would redraw it.
extern WINDOW *cnc_input_window;

// Codes of what ncurses has none for, above all of ncurses' own.
enum {
    CNC_CODE_PASTE_BEGIN = KEY_MAX + 100, CNC_CODE_PASTE_END, CNC_CODE_MOUSE, CNC_CODE_OLD_MOUSE,
    CNC_CODE_SHIFT_UP, CNC_CODE_SHIFT_DOWN, CNC_CODE_CLUSTERS, CNC_CODE_NO_CLUSTERS,
};

// Defines the keys that ncurses does not know of, and mouse reports where the terminal sends them.
void cnc_input_setup(bool mouse);

// Turns on that clusters take the place of one character, after the terminal has said that it can.
void cnc_show_clusters(void);

// Remembers how to restore the terminal: bytes to write to `output` and the modes it has now.
void cnc_guard_remember(int output, const char *bytes, size_t count);
void cnc_guard_arm(bool armed);
// Blocks for good once the terminal was given back by a dying thread, so that no other thread draws over the shell.
void cnc_guard_check(void);

// The terminal that setupterm has just looked up, described with direct colour for TERMINFO; the caller frees it. NULL
// without memory.
char *cnc_direct_color_description(const char *term);
