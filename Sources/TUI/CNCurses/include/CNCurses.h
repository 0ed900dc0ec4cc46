// A small door to ncursesw: what Swift cannot import (macros, variadics, cchar_t) and what must be C (signal handlers).
// Everything but the signal handlers and the wake descriptors belongs to one thread.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// ---- The screen -----------------------------------------------------------------------------------------------------

typedef enum cnc_result {
    CNC_OK = 0,
    CNC_UNKNOWN_TERMINAL,    // no description of this TERM
    CNC_NO_CURSOR_MOVEMENT,  // a terminal that cannot place its cursor
    CNC_FAILED,
} cnc_result;

typedef struct cnc_capabilities {
    int colors;         // 0 without colour
    int pairs;          // colour pairs that can be in use at once
    bool direct_color;  // a colour number is 0xRRGGBB
    bool mouse;
} cnc_capabilities;

// Opens the screen on two descriptors of a terminal and saves its modes first. With `direct_color` the terminal is
// taken to show 24-bit colour, whatever its description says.
cnc_result cnc_open(
    const char *term, int input, int output, bool mouse, bool direct_color, cnc_capabilities *capabilities);
// Restores the terminal and frees the screen.
void cnc_close(void);
// Restores the terminal for other programs, until cnc_resume, which draws everything anew.
void cnc_leave(void);
void cnc_resume(void);
// Asks the terminal for its size; true when it differs from the last one.
bool cnc_update_size(int *columns, int *rows);

enum { CNC_BOLD = 1, CNC_DIM = 2, CNC_ITALIC = 4, CNC_UNDERLINE = 8, CNC_REVERSE = 16 };

typedef struct cnc_cell {
    uint32_t text[5];  // a character and what joins it, ended by 0 when shorter
    int32_t pair;
    uint32_t attributes;
} cnc_cell;

// Defines colour pair `pair`; -1 is the terminal's default colour.
bool cnc_define_pair(int pair, int foreground, int background);
void cnc_reset_pairs(void);
// Writes characters from (x, y) to the right. Those of two columns take one cnc_cell.
void cnc_put(int x, int y, const cnc_cell *cells, int count);
// Sends what changed to the terminal, with the cursor at (x, y), hidden when x is negative.
void cnc_flush(int x, int y);
// Whether the terminal has said that it gives a cluster of characters, such as joined emoji, the place of one.
bool cnc_shows_clusters(void);
// Forgets what is on the terminal, so that the next flush sends everything.
void cnc_invalidate(void);
// Columns that the C library gives to a character, by which ncurses places what follows it; -1 for unprintable ones.
int cnc_character_width(uint32_t scalar);

// ---- Input ----------------------------------------------------------------------------------------------------------

typedef enum cnc_input_kind {
    CNC_INPUT_NONE = 0,
    CNC_INPUT_BYTE,  // code is the byte
    CNC_INPUT_KEY,   // code is a cnc_key
    CNC_INPUT_MOUSE,
    CNC_INPUT_PASTE_BEGIN,
    CNC_INPUT_PASTE_END,
    CNC_INPUT_CLUSTERS,  // the terminal shows clusters from now on
    CNC_INPUT_OTHER,  // something without a meaning here
} cnc_input_kind;

typedef enum cnc_key {
    CNC_KEY_UP = 1, CNC_KEY_DOWN, CNC_KEY_LEFT, CNC_KEY_RIGHT, CNC_KEY_HOME, CNC_KEY_END, CNC_KEY_PAGE_UP,
    CNC_KEY_PAGE_DOWN, CNC_KEY_INSERT, CNC_KEY_DELETE, CNC_KEY_BACKSPACE, CNC_KEY_BACKTAB, CNC_KEY_ENTER,
    CNC_KEY_SHIFT_UP, CNC_KEY_SHIFT_DOWN,
    CNC_KEY_F0 = 100,  // F1 is 101
} cnc_key;

enum {
    CNC_MOUSE_PRESSED = 1, CNC_MOUSE_RELEASED, CNC_MOUSE_MOVED, CNC_MOUSE_WHEEL_UP, CNC_MOUSE_WHEEL_DOWN,
};

typedef struct cnc_input {
    cnc_input_kind kind;
    int code;
    int mouse_action, mouse_button, x, y;  // button: 1 left, 2 middle, 3 right, 0 unknown
} cnc_input;

// The next input that is there already; never waits longer than an escape sequence may take (25 ms).
cnc_input cnc_read(void);

// An eventfd that any thread may write to; -1 when there is none to be had.
int cnc_wake_open(void);

// ---- The guard ------------------------------------------------------------------------------------------------------

// Whatever ends the process, the terminal gets its modes back: exit, fatal signals, termination by others.
// It also notes window changes, stops and continuations, and wakes the reader for them.

enum { CNC_NOTE_WINDOW_CHANGED = 1, CNC_NOTE_STOP_REQUESTED = 2, CNC_NOTE_CONTINUED = 4 };

// Installs the handlers for the calling thread's screen; `wake` is an eventfd written when there is a note.
void cnc_guard_install(int wake);
void cnc_guard_remove(void);
// Takes the notes since the last call.
int cnc_guard_take_notes(void);
// Stops this process and its group as ctrl-z does elsewhere; returns when it is continued, or at once where nobody
// could.
void cnc_guard_stop(void);
// While another program has the terminal, keys meant for it (ctrl-c) do not end this one.
void cnc_guard_set_lent(bool lent);

#ifdef __cplusplus
}
#endif
