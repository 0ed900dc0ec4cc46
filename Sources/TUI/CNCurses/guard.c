#include "internal.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

// Everything a handler touches is prepared beforehand: it only writes bytes, sets modes and passes the signal on.
static int terminal = -1;
static struct termios saved_modes;
static bool has_saved_modes;
static char restore_bytes[512];
static size_t restore_count;
static atomic_bool armed;
static atomic_bool dying;
static atomic_bool lent;
static atomic_int notes;
static int wake_descriptor = -1;
static pthread_t screen_thread;
static bool installed;

// Faults of this process, which end it where they happened.
static const int faults[] = {SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGABRT, SIGFPE, SIGSYS};
// Requests to end.
static const int terminations[] = {SIGTERM, SIGHUP, SIGINT, SIGQUIT};
static const int changes[] = {SIGWINCH, SIGTSTP, SIGCONT};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct sigaction previous[65];

void cnc_guard_remember(int output, const char *bytes, size_t count) {
    terminal = output;
    has_saved_modes = tcgetattr(output, &saved_modes) == 0;
    restore_count = count < sizeof restore_bytes ? count : sizeof restore_bytes;
    memcpy(restore_bytes, bytes, restore_count);
}

void cnc_guard_arm(bool value) {
    atomic_store(&armed, value);
}

static void restore(void) {
    if (!atomic_exchange(&armed, false)) return;
    atomic_store(&dying, true);
    const char *bytes = restore_bytes;
    size_t left = restore_count;
    while (left > 0) {
        ssize_t written = write(terminal, bytes, left);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) break;
        bytes += written;
        left -= (size_t)written;
    }
    if (has_saved_modes) tcsetattr(terminal, TCSANOW, &saved_modes);
}

void cnc_guard_check(void) {
    while (atomic_load(&dying)) pause();
}

static void pass_on(int number) {
    sigaction(number, &previous[number], NULL);
}

static void on_fault(int number, siginfo_t *information, void *context) {
    (void)context;
    int error = errno;
    restore();
    pass_on(number);
    // A fault of an instruction happens again as soon as this returns, now with whoever handled it before; a signal
    // that was sent, or that came after its instruction, is sent again.
    if (information->si_code <= 0 || number == SIGTRAP || number == SIGABRT) raise(number);
    errno = error;
}

static void on_termination(int number) {
    int error = errno;
    if (atomic_load(&lent) && (number == SIGINT || number == SIGQUIT)) return;
    if (!pthread_equal(pthread_self(), screen_thread)) {
        // The screen's own thread restores it, so that nothing it is writing comes afterwards.
        pthread_kill(screen_thread, number);
        errno = error;
        return;
    }
    restore();
    pass_on(number);
    raise(number);
    errno = error;
}

static void on_change(int number) {
    int error = errno;
    int note = number == SIGWINCH ? CNC_NOTE_WINDOW_CHANGED
        : number == SIGTSTP ? CNC_NOTE_STOP_REQUESTED : CNC_NOTE_CONTINUED;
    atomic_fetch_or(&notes, note);
    uint64_t one = 1;
    ssize_t ignored = write(wake_descriptor, &one, sizeof one);
    (void)ignored;
    errno = error;
}

static void handle(int number, void (*handler)(int)) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    sigemptyset(&action.sa_mask);
    action.sa_handler = handler;
    action.sa_flags = SA_RESTART | SA_ONSTACK;
    sigaction(number, &action, &previous[number]);
}

// A thread that ran out of stack needs another one to handle it on.
static void provide_signal_stack(void) {
    stack_t current;
    if (sigaltstack(NULL, &current) == 0 && !(current.ss_flags & SS_DISABLE)) return;
    stack_t stack = {.ss_size = 64 * 1024};
    stack.ss_sp = malloc(stack.ss_size);
    if (stack.ss_sp && sigaltstack(&stack, NULL) != 0) free(stack.ss_sp);
}

void cnc_guard_install(int wake) {
    wake_descriptor = wake;
    screen_thread = pthread_self();
    atomic_store(&notes, 0);
    if (installed) return;
    installed = true;
    provide_signal_stack();
    for (size_t index = 0; index < COUNT(faults); index++) {
        struct sigaction action;
        memset(&action, 0, sizeof action);
        sigemptyset(&action.sa_mask);
        action.sa_sigaction = on_fault;
        action.sa_flags = SA_SIGINFO | SA_ONSTACK;
        sigaction(faults[index], &action, &previous[faults[index]]);
    }
    for (size_t index = 0; index < COUNT(terminations); index++) {
        struct sigaction current;
        // What the parent asked to ignore, as nohup does, stays ignored.
        sigaction(terminations[index], NULL, &current);
        if (current.sa_handler == SIG_IGN) {
            previous[terminations[index]] = current;
            continue;
        }
        handle(terminations[index], on_termination);
    }
    for (size_t index = 0; index < COUNT(changes); index++) handle(changes[index], on_change);
    static bool registered;
    if (!registered) atexit(restore);
    registered = true;
}

void cnc_guard_remove(void) {
    if (!installed) return;
    installed = false;
    for (size_t index = 0; index < COUNT(faults); index++) pass_on(faults[index]);
    for (size_t index = 0; index < COUNT(terminations); index++) pass_on(terminations[index]);
    for (size_t index = 0; index < COUNT(changes); index++) pass_on(changes[index]);
}

int cnc_guard_take_notes(void) {
    return atomic_exchange(&notes, 0);
}

void cnc_guard_stop(void) {
    struct sigaction ours, plain, ignored;
    memset(&plain, 0, sizeof plain);
    sigemptyset(&plain.sa_mask);
    plain.sa_handler = SIG_DFL;
    ignored = plain;
    ignored.sa_handler = SIG_IGN;
    // The rest of the group first, then this process by a signal to this very thread, so that it has stopped when raise
    // returns. The default action, unlike SIGSTOP, does nothing in a group that no shell could continue.
    sigaction(SIGTSTP, &ignored, &ours);
    kill(0, SIGTSTP);
    sigaction(SIGTSTP, &plain, NULL);
    raise(SIGTSTP);
    sigaction(SIGTSTP, &ours, NULL);
}

void cnc_guard_set_lent(bool value) {
    atomic_store(&lent, value);
    struct sigaction action;
    memset(&action, 0, sizeof action);
    sigemptyset(&action.sa_mask);
    action.sa_handler = value ? SIG_DFL : on_change;
    action.sa_flags = SA_RESTART | SA_ONSTACK;
    sigaction(SIGTSTP, &action, NULL);
}
