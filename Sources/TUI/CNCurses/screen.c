#include "internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

WINDOW *cnc_input_window;

static SCREEN *screen;
static FILE *input_file;
static FILE *output_file;
static bool xterm_like;
static int shown_columns, shown_rows;

static const char enter_extras[] = "\033[?2004h";
// Presses, releases and drags, with positions as decimal numbers, which know no limit. ncurses' own mouse layer would
// go by the terminal's description, where several terminals are described with the older form.
static const char mouse_enable[] = "\033[?1000h\033[?1002h\033[?1006h";
static const char leave_extras[] = "\033[?2004l\033[?2027l";
// Asks whether a cluster of characters can take the place of one; most terminals do not answer. What a terminal that
// does not know the question shows of it goes with the first frame.
static const char cluster_query[] = "\033[?2027$p";
static const char cluster_enable[] = "\033[?2027h";
static const char mouse_disable[] = "\033[?1002l\033[?1006l\033[?1000l";
static bool mouse_on;
static bool clusters_on;

static const char *capability(const char *name) {
    const char *value = tigetstr(name);
    return value == (char *)-1 ? NULL : value;
}

// Appends a terminfo string without its padding marks, such as $<5/>.
static size_t append(char *buffer, size_t used, size_t size, const char *text) {
    if (!text) return used;
    while (*text && used + 1 < size) {
        if (text[0] == '$' && text[1] == '<') {
            const char *end = strchr(text, '>');
            if (end) {
                text = end + 1;
                continue;
            }
        }
        buffer[used++] = *text++;
    }
    return used;
}

static void remember_restoration(int output) {
    char bytes[512];
    size_t used = 0;
    if (xterm_like) {
        used = append(bytes, used, sizeof bytes, leave_extras);
        used = append(bytes, used, sizeof bytes, mouse_disable);
    }
    used = append(bytes, used, sizeof bytes, capability("sgr0"));
    used = append(bytes, used, sizeof bytes, capability("op"));
    used = append(bytes, used, sizeof bytes, capability("rmkx"));
    used = append(bytes, used, sizeof bytes, capability("cnorm"));
    const char *leave = capability("rmcup");
    used = append(bytes, used, sizeof bytes, leave ? leave : capability("clear"));
    cnc_guard_remember(output, bytes, used);
}

static void write_extras(const char *text) {
    if (!xterm_like) return;
    fflush(output_file);
    size_t length = strlen(text);
    while (length > 0) {
        ssize_t written = write(fileno(output_file), text, length);
        if (written <= 0) return;
        text += written;
        length -= (size_t)written;
    }
}

// Makes the screen by a description of our own; the environment that other programs inherit stays as it was.
static SCREEN *new_direct_color_screen(const char *term) {
    char *description = cnc_direct_color_description(term);
    if (!description) return NULL;
    const char *current = getenv("TERMINFO");
    char *previous = current ? strdup(current) : NULL;
    setenv("TERMINFO", description, 1);
    SCREEN *result = newterm(term, output_file, input_file);
    if (previous) {
        setenv("TERMINFO", previous, 1);
    } else {
        unsetenv("TERMINFO");
    }
    free(previous);
    free(description);
    return result;
}

cnc_result cnc_open(
    const char *term, int input, int output, bool mouse, bool direct_color, cnc_capabilities *capabilities) {
    int status = 0;
    if (setupterm(term, output, &status) == ERR) return CNC_UNKNOWN_TERMINAL;
    if (!capability("cup")) return CNC_NO_CURSOR_MOVEMENT;
    xterm_like = capability("kmous") != NULL;
    remember_restoration(output);
    input_file = fdopen(dup(input), "r");
    output_file = fdopen(dup(output), "w");
    if (!input_file || !output_file) return CNC_FAILED;
    set_escdelay(25);
    screen = direct_color ? new_direct_color_screen(term) : NULL;
    if (!screen) screen = newterm(term, output_file, input_file);
    if (!screen) return CNC_FAILED;
    set_term(screen);
    set_escdelay(25);
    cnc_guard_arm(true);
    raw();
    noecho();
    nonl();
    intrflush(stdscr, FALSE);
    leaveok(stdscr, FALSE);
    // Shifting parts of lines saves little and goes wrong where a terminal and the library differ on a width.
    idlok(stdscr, FALSE);
    idcok(stdscr, FALSE);
    cnc_input_window = newpad(1, 1);
    if (!cnc_input_window) {
        cnc_close();
        return CNC_FAILED;
    }
    cnc_input_setup(xterm_like);
    capabilities->colors = 0;
    capabilities->pairs = 0;
    if (has_colors() && start_color() == OK) {
        use_default_colors();
        capabilities->colors = COLORS;
        capabilities->pairs = COLOR_PAIRS;
    }
    capabilities->direct_color = capabilities->colors >= 0x1000000
        && (tigetflag("RGB") > 0 || tigetnum("RGB") > 0 || capability("RGB"));
    mouse_on = mouse && xterm_like;
    capabilities->mouse = mouse_on;
    getmaxyx(stdscr, shown_rows, shown_columns);
    write_extras(enter_extras);
    write_extras(cluster_query);
    if (mouse_on) write_extras(mouse_enable);
    return CNC_OK;
}

void cnc_show_clusters(void) {
    clusters_on = true;
    write_extras(cluster_enable);
}

bool cnc_shows_clusters(void) {
    return clusters_on;
}

void cnc_leave(void) {
    write_extras(leave_extras);
    if (mouse_on) write_extras(mouse_disable);
    endwin();
    fflush(output_file);
    cnc_guard_arm(false);
}

void cnc_resume(void) {
    cnc_guard_arm(true);
    // The first refresh after endwin sets the program's modes again and enters the alternate screen.
    clearok(curscr, TRUE);
    refresh();
    write_extras(enter_extras);
    if (clusters_on) write_extras(cluster_enable);
    if (mouse_on) write_extras(mouse_enable);
}

void cnc_close(void) {
    if (!screen) return;
    if (!isendwin()) cnc_leave();
    if (cnc_input_window) delwin(cnc_input_window);
    cnc_input_window = NULL;
    delscreen(screen);
    screen = NULL;
    fclose(input_file);
    fclose(output_file);
}

bool cnc_update_size(int *columns, int *rows) {
    struct winsize size;
    if (ioctl(fileno(output_file), TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0
        && (size.ws_col != shown_columns || size.ws_row != shown_rows)) {
        resizeterm(size.ws_row, size.ws_col);
    }
    int new_columns, new_rows;
    getmaxyx(stdscr, new_rows, new_columns);
    bool changed = new_columns != shown_columns || new_rows != shown_rows;
    *columns = shown_columns = new_columns;
    *rows = shown_rows = new_rows;
    return changed;
}

bool cnc_define_pair(int pair, int foreground, int background) {
    return init_extended_pair(pair, foreground, background) == OK;
}

void cnc_reset_pairs(void) {
    reset_color_pairs();
}

static attr_t attributes_of(uint32_t flags) {
    attr_t result = A_NORMAL;
    if (flags & CNC_BOLD) result |= A_BOLD;
    if (flags & CNC_DIM) result |= A_DIM;
    if (flags & CNC_ITALIC) result |= A_ITALIC;
    if (flags & CNC_UNDERLINE) result |= A_UNDERLINE;
    if (flags & CNC_REVERSE) result |= A_REVERSE;
    return result;
}

void cnc_put(int x, int y, const cnc_cell *cells, int count) {
    enum { batch = 128 };
    cchar_t output[batch];
    while (count > 0) {
        int filled = 0;
        int columns = 0;
        while (filled < batch && filled < count) {
            const cnc_cell *cell = &cells[filled];
            wchar_t text[2] = {(wchar_t)cell->text[0], 0};
            // The short argument is too small for all pairs; the pointer is what counts.
            int pair = cell->pair;
            short small_pair = (short)(pair > 32767 ? 32767 : pair);
            setcchar(&output[filled], text, attributes_of(cell->attributes), small_pair, &pair);
            // setcchar would leave out what has a width of its own, as the emoji that a joiner joins.
            for (int index = 1; index < CCHARW_MAX; index++) output[filled].chars[index] = (wchar_t)cell->text[index];
            int width = wcwidth(text[0]);
            columns += width > 1 ? width : 1;
            filled++;
        }
        mvadd_wchnstr(y, x, output, filled);
        x += columns;
        cells += filled;
        count -= filled;
    }
}

void cnc_flush(int x, int y) {
    cnc_guard_check();
    if (x >= 0) {
        move(y, x);
        curs_set(1);
    } else {
        curs_set(0);
    }
    refresh();
}

void cnc_invalidate(void) {
    erase();
    clearok(curscr, TRUE);
}

int cnc_character_width(uint32_t scalar) {
    return wcwidth((wchar_t)scalar);
}
