import Glibc

/// Why the terminal cannot be used.
package enum TerminalError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Standard output is not a terminal.
    case outputIsNotATerminal
    /// Neither standard input nor /dev/tty gives keys.
    case noKeyboard
    /// There is no description of the terminal type.
    case unknownType(String)
    /// A terminal that cannot place its cursor, as `dumb` cannot.
    case incapable(String)
    case system(String, Int32)

    package var description: String {
        switch self {
        case .outputIsNotATerminal: "standard output is not a terminal"
        case .noKeyboard: "there is no terminal to read keys from"
        case .unknownType(""): "the TERM variable does not say what terminal this is"
        case .unknownType(let type):
            "the terminal type \"\(type)\" (TERM) is unknown here; most go by TERM=xterm-256color"
        case .incapable(let type): "a terminal of type \"\(type)\" (TERM) cannot show a full screen"
        case .system(let call, let code): "\(call): \(String(cString: strerror(code)))"
        }
    }
}
