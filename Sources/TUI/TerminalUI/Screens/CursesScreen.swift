import CNCurses
import Glibc

/// The real terminal, through ncurses: alternate screen, keys, mouse, colours.
///
/// Belongs to the thread that made it; only its `wakeUp` may be used from others. Whatever ends the process, the
/// terminal is restored: `close`, `exit`, a fatal signal, a request to end. There can be one at a time.
package final class CursesScreen: Screen {
    package struct Options: Sendable {
        /// Whether to ask the terminal for mouse events.
        package var mouse = true
        /// The most colours to use; nil for what the terminal has.
        package var maximumColors: ColorDepth?

        package init(mouse: Bool = true, maximumColors: ColorDepth? = nil) {
            self.mouse = mouse
            self.maximumColors = maximumColors
        }
    }

    package private(set) var size: Size
    package let capabilities: Capabilities
    package let wakeUp: WakeUp

    private let input: Int32
    private let ownsInput: Bool
    private let signals: WakeUp
    private var painter: CursesPainter
    private var decoder = InputDecoder()
    private var isOpen = true
    private var hasHungUp = false

    /// Takes over the terminal. Keys come from standard input, or from /dev/tty when that is something else.
    package init(options: Options = Options()) throws(TerminalError) {
        let environment = TerminalEnvironment.current()
        let type = environment.type
        guard isatty(STDOUT_FILENO) == 1 else { throw .outputIsNotATerminal }
        if type.isEmpty { throw .unknownType("") }
        let readsStandardInput = isatty(STDIN_FILENO) == 1
        input = readsStandardInput ? STDIN_FILENO : open("/dev/tty", O_RDWR | O_CLOEXEC)
        ownsInput = !readsStandardInput
        if input < 0 { throw .noKeyboard }
        wakeUp = try WakeUp()
        signals = try WakeUp()
        cnc_guard_install(signals.descriptor)
        var found = cnc_capabilities()
        let result = cnc_open(
            type, input, STDOUT_FILENO, options.mouse, environment.showsDirectColor, &found)
        guard result == CNC_OK else {
            cnc_guard_remove()
            if ownsInput { Glibc.close(input) }
            throw result == CNC_UNKNOWN_TERMINAL ? .unknownType(type) : .incapable(type)
        }
        var depth = CursesScreen.depth(of: found, environment: environment)
        if let maximum = options.maximumColors { depth = min(depth, maximum) }
        capabilities = Capabilities(colors: depth, characters: environment.characters, hasMouse: found.mouse)
        painter = CursesPainter(depth: depth, isDirect: found.direct_color, pairs: Int(found.pairs))
        size = Size(width: 0, height: 0)
        updateSize()
    }

    deinit {
        close()
    }

    /// Gives the terminal back. Further calls do nothing.
    package func close() {
        guard isOpen else { return }
        isOpen = false
        cnc_close()
        cnc_guard_remove()
        if ownsInput { Glibc.close(input) }
    }

    package func present(_ frame: Frame, cursor: Point?) {
        guard isOpen else { return }
        painter.paint(frame.restricted(to: capabilities.characters), size: size)
        if let cursor, cursor.x >= 0, cursor.y >= 0, cursor.x < size.width, cursor.y < size.height {
            cnc_flush(Int32(cursor.x), Int32(cursor.y))
        } else {
            cnc_flush(-1, -1)
        }
    }

    /// Hands the terminal to another program that `body` runs, and takes it back afterwards. The next `wait` reports a
    /// resize, so that everything is drawn again.
    package func suspend<Result, Failure: Error>(for body: () throws(Failure) -> Result) throws(Failure) -> Result {
        guard isOpen else { return try body() }
        cnc_leave()
        cnc_guard_set_lent(true)
        defer {
            cnc_guard_set_lent(false)
            cnc_resume()
            painter.forget()
            updateSize()
            mustRedraw = true
        }
        return try body()
    }

    // MARK: Input

    private var mustRedraw = false

    /// Waits for events: at most `deadlineMilliseconds` from now, for as long as it takes when nil. Empty when none
    /// came.
    ///
    /// An escape byte and a character that come together are alt with that character; programs that send keys must
    /// pause 50 ms after an escape meant by itself.
    package func wait(deadlineMilliseconds: Int?) -> [InputEvent] {
        var events: [InputEvent] = []
        guard isOpen, !hasHungUp else { return [.hangup] }
        let start = CursesScreen.now()
        while true {
            takeNotes(into: &events)
            drain(into: &events)
            if wakeUp.take() { events.append(.wake) }
            if !events.isEmpty { return events }
            var timeout = -1
            if let deadlineMilliseconds {
                timeout = max(0, deadlineMilliseconds - Int(CursesScreen.now() - start))
            }
            let unfinishedPaste = 500
            if decoder.isPasting && (timeout < 0 || timeout > unfinishedPaste) { timeout = unfinishedPaste }
            var descriptors = [input, wakeUp.descriptor, signals.descriptor].map {
                pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
            }
            let count = poll(&descriptors, nfds_t(descriptors.count), Int32(clamping: timeout))
            if count == 0 {
                if decoder.isPasting { decoder.endPaste(into: &events) }
                let isOver = deadlineMilliseconds.map { Int(CursesScreen.now() - start) >= $0 } ?? false
                if isOver || !events.isEmpty { return events }
                continue
            }
            guard count > 0, descriptors[0].revents != 0 else { continue }
            if drain(into: &events) == 0 && isGone(descriptors[0].revents) {
                hasHungUp = true
                events.append(.hangup)
            }
            if !events.isEmpty { return events }
        }
    }

    /// Whether the terminal can give nothing more: it hung up, or it says that there is something to read and there is
    /// not.
    private func isGone(_ revents: Int16) -> Bool {
        if revents & Int16(POLLHUP | POLLERR | POLLNVAL) != 0 { return true }
        var pending: Int32 = 0
        return ioctl(input, UInt(FIONREAD), &pending) != 0 || pending == 0
    }

    /// Reads all that is there. Returns how many pieces of input that was.
    @discardableResult
    private func drain(into events: inout [InputEvent]) -> Int {
        var count = 0
        let time = CursesScreen.now()
        while true {
            let read = cnc_read()
            if read.kind == CNC_INPUT_NONE { break }
            count += 1
            if read.kind == CNC_INPUT_CLUSTERS {
                painter.forget()
                events.append(.resize(size))
                continue
            }
            guard let decoded = CursesScreen.decoded(read) else { continue }
            decoder.feed(decoded, at: time, into: &events)
        }
        decoder.finish(into: &events)
        // In raw mode the terminal doesn't stop the program; ctrl-z does here what it does everywhere.
        if events.contains(.key(.control("z"))) {
            events.removeAll { $0 == .key(.control("z")) }
            stop(into: &events)
        }
        // What others wrote over the screen goes with ctrl-l, as everywhere.
        if events.contains(.key(.control("l"))) {
            events.removeAll { $0 == .key(.control("l")) }
            painter.forget()
            events.append(.resize(size))
        }
        return count
    }

    private func takeNotes(into events: inout [InputEvent]) {
        if mustRedraw {
            mustRedraw = false
            events.append(.resize(size))
        }
        guard signals.take() else { return }
        let notes = Int(cnc_guard_take_notes())
        if notes & CNC_NOTE_STOP_REQUESTED != 0 {
            stop(into: &events)
        } else if notes & CNC_NOTE_CONTINUED != 0 {
            // Stopped without notice (SIGSTOP): the shell has had the terminal in between.
            cnc_leave()
            resume(into: &events)
        } else if notes & CNC_NOTE_WINDOW_CHANGED != 0, updateSize() {
            painter.forget()
            events.append(.resize(size))
        }
    }

    private func stop(into events: inout [InputEvent]) {
        cnc_leave()
        cnc_guard_stop()
        resume(into: &events)
    }

    private func resume(into events: inout [InputEvent]) {
        cnc_resume()
        painter.forget()
        updateSize()
        // The continuation and a change of the window while stopped are dealt with by this.
        _ = signals.take()
        _ = cnc_guard_take_notes()
        events.append(.resize(size))
    }

    @discardableResult
    private func updateSize() -> Bool {
        var columns: Int32 = 0
        var rows: Int32 = 0
        let changed = cnc_update_size(&columns, &rows)
        size = Size(width: Int(columns), height: Int(rows))
        return changed
    }

    private static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }

    private static func depth(of found: cnc_capabilities, environment: TerminalEnvironment) -> ColorDepth {
        if environment.refusesColor || found.colors < 8 { return .monochrome }
        if found.direct_color { return .trueColor }
        if found.colors >= 256 { return .palette256 }
        return found.colors >= 16 ? .palette16 : .palette8
    }
}
