#include "internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Terminals that show 24-bit colour are mostly described with 256: they say what they can in COLORTERM, which ncurses
// doesn't read. This writes the description of the current terminal anew, in the compiled form of term(5) with 32-bit
// numbers, with colours that are 0xRRGGBB; ncurses takes such a description from TERMINFO as "hex:" and digits.

enum { magic = 01036, color_count = 0x1000000, pair_count = 0x10000, table_limit = 20000 };

// 0–7 stay colours of the palette, as in the descriptions that come with ncurses.
static const char foreground_by_number[] =
    "\033[%?%p1%{8}%<%t3%p1%d%e38;2;%p1%{65536}%/%d;%p1%{256}%/%{255}%&%d;%p1%{255}%&%d%;m";
static const char background_by_number[] =
    "\033[%?%p1%{8}%<%t4%p1%d%e48;2;%p1%{65536}%/%d;%p1%{256}%/%{255}%&%d;%p1%{255}%&%d%;m";

typedef struct buffer {
    unsigned char *bytes;
    size_t count, capacity;
    bool failed;
} buffer;

static void put_bytes(buffer *out, const void *bytes, size_t count) {
    if (out->count + count > out->capacity) {
        size_t capacity = (out->count + count) * 2;
        unsigned char *grown = realloc(out->bytes, capacity);
        if (!grown) {
            out->failed = true;
            return;
        }
        out->bytes = grown;
        out->capacity = capacity;
    }
    memcpy(out->bytes + out->count, bytes, count);
    out->count += count;
}

static void put_number(buffer *out, long value, size_t size) {
    unsigned char bytes[4];
    for (size_t index = 0; index < size; index++) bytes[index] = (unsigned char)((unsigned long)value >> (8 * index));
    put_bytes(out, bytes, size);
}

static void put_even(buffer *out) {
    if (out->count % 2) put_bytes(out, "", 1);
}

static const char *string_value(const char *name) {
    if (strcmp(name, "setaf") == 0) return foreground_by_number;
    if (strcmp(name, "setab") == 0) return background_by_number;
    // Redefining the palette and the older way of colouring have no place here.
    if (strcmp(name, "initc") == 0 || strcmp(name, "initp") == 0 || strcmp(name, "setf") == 0
        || strcmp(name, "setb") == 0) return NULL;
    const char *value = tigetstr(name);
    return value == (char *)-1 ? NULL : value;
}

static int number_value(const char *name) {
    if (strcmp(name, "colors") == 0) return color_count;
    if (strcmp(name, "pairs") == 0) return pair_count;
    // Which attributes colours exclude: none on such a terminal.
    if (strcmp(name, "ncv") == 0) return -1;
    int value = tigetnum(name);
    return value < 0 ? -1 : value;
}

static void compile(const char *term, buffer *out) {
    buffer offsets = {0}, table = {0};
    for (int index = 0; index < STRWRITE && strnames[index]; index++) {
        const char *value = string_value(strnames[index]);
        put_number(&offsets, value ? (long)table.count : -1, 2);
        if (value) put_bytes(&table, value, strlen(value) + 1);
    }
    if (offsets.failed || table.failed || table.count > table_limit) {
        out->failed = true;
    } else {
        size_t name_size = strlen(term) + 1;
        const long header[] = {
            magic, (long)name_size, BOOLWRITE, NUMWRITE, (long)(offsets.count / 2), (long)table.count,
        };
        for (size_t index = 0; index < sizeof header / sizeof header[0]; index++) put_number(out, header[index], 2);
        put_bytes(out, term, name_size);
        for (int index = 0; index < BOOLWRITE; index++) {
            bool isSet = tigetflag(boolnames[index]) > 0 && strcmp(boolnames[index], "ccc") != 0;
            put_bytes(out, isSet ? "\1" : "\0", 1);
        }
        put_even(out);
        for (int index = 0; index < NUMWRITE; index++) put_number(out, number_value(numnames[index]), 4);
        put_bytes(out, offsets.bytes, offsets.count);
        put_bytes(out, table.bytes, table.count);
        put_even(out);
        // The extension: one boolean, RGB, which says that colour numbers are red, green and blue of 8 bits each.
        const long extension[] = {1, 0, 0, 1, sizeof "RGB"};
        for (size_t index = 0; index < sizeof extension / sizeof extension[0]; index++) {
            put_number(out, extension[index], 2);
        }
        put_bytes(out, "\1", 1);
        put_even(out);
        put_number(out, 0, 2);
        put_bytes(out, "RGB", sizeof "RGB");
    }
    free(offsets.bytes);
    free(table.bytes);
}

char *cnc_direct_color_description(const char *term) {
    buffer compiled = {0};
    compile(term, &compiled);
    char *text = compiled.failed ? NULL : malloc(compiled.count * 2 + 5);
    if (text) {
        memcpy(text, "hex:", 4);
        for (size_t index = 0; index < compiled.count; index++) {
            snprintf(text + 4 + index * 2, 3, "%02X", compiled.bytes[index]);
        }
    }
    free(compiled.bytes);
    return text;
}
