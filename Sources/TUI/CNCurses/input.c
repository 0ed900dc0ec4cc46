#include "internal.h"

#include <sys/eventfd.h>

int cnc_wake_open(void) {
    return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
}

void cnc_input_setup(bool mouse) {
    keypad(cnc_input_window, TRUE);
    meta(cnc_input_window, TRUE);
    nodelay(cnc_input_window, TRUE);
    define_key("\033[200~", CNC_CODE_PASTE_BEGIN);
    define_key("\033[201~", CNC_CODE_PASTE_END);
    define_key("\033[<", CNC_CODE_MOUSE);
    // From terminals that do not know the decimal form; elsewhere it may be another key.
    if (mouse) define_key("\033[M", CNC_CODE_OLD_MOUSE);
    // The answer about clusters: on, off or always on; not known, or never.
    define_key("\033[?2027;1$y", CNC_CODE_CLUSTERS);
    define_key("\033[?2027;2$y", CNC_CODE_CLUSTERS);
    define_key("\033[?2027;3$y", CNC_CODE_CLUSTERS);
    define_key("\033[?2027;0$y", CNC_CODE_NO_CLUSTERS);
    define_key("\033[?2027;4$y", CNC_CODE_NO_CLUSTERS);
    define_key("\033[1;2A", CNC_CODE_SHIFT_UP);
    define_key("\033[1;2B", CNC_CODE_SHIFT_DOWN);
    // What terminals send for these whatever their description says.
    define_key("\033[H", KEY_HOME);
    define_key("\033[F", KEY_END);
    define_key("\033[1~", KEY_HOME);
    define_key("\033[4~", KEY_END);
    define_key("\033[A", KEY_UP);
    define_key("\033[B", KEY_DOWN);
    define_key("\033[C", KEY_RIGHT);
    define_key("\033[D", KEY_LEFT);
    define_key("\033OA", KEY_UP);
    define_key("\033OB", KEY_DOWN);
    define_key("\033OC", KEY_RIGHT);
    define_key("\033OD", KEY_LEFT);
    define_key("\033[Z", KEY_BTAB);
}

static cnc_input key(int code) {
    return (cnc_input){.kind = CNC_INPUT_KEY, .code = code};
}

// A mouse report in words. Bits of the button: 4 shift, 8 alt, 16 ctrl, 32 moved, 64 wheel, 128 further buttons.
static cnc_input mouse_event(int button, int column, int row, bool released) {
    cnc_input input = {.kind = CNC_INPUT_MOUSE, .x = column - 1, .y = row - 1};
    if (column < 1 || row < 1 || (button & 128)) input.kind = CNC_INPUT_OTHER;
    if (button & 64) {
        if ((button & 3) > 1) input.kind = CNC_INPUT_OTHER;  // to the sides
        input.mouse_action = (button & 3) == 0 ? CNC_MOUSE_WHEEL_UP : CNC_MOUSE_WHEEL_DOWN;
    } else if (button & 32) {
        input.mouse_action = CNC_MOUSE_MOVED;
    } else {
        input.mouse_action = released ? CNC_MOUSE_RELEASED : CNC_MOUSE_PRESSED;
        input.mouse_button = (button & 3) + 1;
    }
    return input;
}

// The report comes in one piece; the wait is for a slow line.
static void begin_report(void) {
    wtimeout(cnc_input_window, 50);
}

static void end_report(void) {
    nodelay(cnc_input_window, TRUE);
}

// Reads the rest of a mouse report, `BUTTON;COLUMN;ROWM` with `m` at the end for a release, after its introduction.
static cnc_input mouse(void) {
    int numbers[3] = {0};
    int index = 0;
    int final = 0;
    begin_report();
    for (int length = 0; length < 24; length++) {
        int code = wgetch(cnc_input_window);
        if (code >= '0' && code <= '9') {
            if (numbers[index] < 100000) numbers[index] = numbers[index] * 10 + code - '0';
        } else if (code == ';' && index < 2) {
            index++;
        } else {
            final = code;
            break;
        }
    }
    end_report();
    if (index != 2 || (final != 'M' && final != 'm')) return (cnc_input){.kind = CNC_INPUT_OTHER};
    return mouse_event(numbers[0], numbers[1], numbers[2], final == 'm');
}

// Reads the rest of a mouse report of the older form: button, column and row in a byte each, above 32. A release does
// not say of which button.
static cnc_input old_mouse(void) {
    int numbers[3] = {0};
    begin_report();
    for (int index = 0; index < 3; index++) {
        int code = wgetch(cnc_input_window);
        // Column 95 looks like the key.
        numbers[index] = (code == KEY_BACKSPACE ? 0x7f : code) - 32;
    }
    end_report();
    if (numbers[0] < 0 || numbers[0] > 255) return (cnc_input){.kind = CNC_INPUT_OTHER};
    return mouse_event(numbers[0], numbers[1], numbers[2], (numbers[0] & 3) == 3);
}

cnc_input cnc_read(void) {
    int code = wgetch(cnc_input_window);
    switch (code) {
    case ERR: return (cnc_input){.kind = CNC_INPUT_NONE};
    case KEY_UP: return key(CNC_KEY_UP);
    case KEY_DOWN: return key(CNC_KEY_DOWN);
    case KEY_LEFT: return key(CNC_KEY_LEFT);
    case KEY_RIGHT: return key(CNC_KEY_RIGHT);
    case KEY_HOME: return key(CNC_KEY_HOME);
    case KEY_END: return key(CNC_KEY_END);
    case KEY_PPAGE: return key(CNC_KEY_PAGE_UP);
    case KEY_NPAGE: return key(CNC_KEY_PAGE_DOWN);
    case KEY_IC: return key(CNC_KEY_INSERT);
    case KEY_DC: return key(CNC_KEY_DELETE);
    case KEY_BACKSPACE: return key(CNC_KEY_BACKSPACE);
    case KEY_BTAB: return key(CNC_KEY_BACKTAB);
    case KEY_ENTER: return key(CNC_KEY_ENTER);
    case KEY_SR:
    case CNC_CODE_SHIFT_UP: return key(CNC_KEY_SHIFT_UP);
    case KEY_SF:
    case CNC_CODE_SHIFT_DOWN: return key(CNC_KEY_SHIFT_DOWN);
    case CNC_CODE_MOUSE: return mouse();
    case CNC_CODE_OLD_MOUSE: return old_mouse();
    case CNC_CODE_CLUSTERS:
        cnc_show_clusters();
        return (cnc_input){.kind = CNC_INPUT_CLUSTERS};
    case CNC_CODE_PASTE_BEGIN: return (cnc_input){.kind = CNC_INPUT_PASTE_BEGIN};
    case CNC_CODE_PASTE_END: return (cnc_input){.kind = CNC_INPUT_PASTE_END};
    default:
        if (code > KEY_F0 && code <= KEY_F(24)) return key(CNC_KEY_F0 + code - KEY_F0);
        if (code >= 0 && code <= 0xff) return (cnc_input){.kind = CNC_INPUT_BYTE, .code = code};
        return (cnc_input){.kind = CNC_INPUT_OTHER};
    }
}
