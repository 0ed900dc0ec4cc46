import CNCurses
import Glibc

/// What the environment says about the terminal.
struct TerminalEnvironment {
    /// `TERM`.
    var type: String
    /// `COLORTERM` says that 24-bit colour works.
    var claimsTrueColor: Bool
    /// `NO_COLOR` is set to anything (see no-color.org).
    var refusesColor: Bool
    /// The locale's encoding is UTF-8.
    var isUTF8: Bool

    /// Reads the environment and sets the C library's character locale from it, which ncurses goes by.
    static func current() -> TerminalEnvironment {
        let colorTerm = variable("COLORTERM").lowercased()
        return TerminalEnvironment(
            type: variable("TERM"),
            claimsTrueColor: colorTerm == "truecolor" || colorTerm == "24bit",
            refusesColor: !variable("NO_COLOR").isEmpty,
            isUTF8: setCharacterLocale())
    }

    static func variable(_ name: String) -> String {
        getenv(name).map { String(cString: $0) } ?? ""
    }

    private static func setCharacterLocale() -> Bool {
        if setlocale(LC_CTYPE, "") == nil || !libraryIsUTF8 {
            // A locale that asks for UTF-8 but isn't installed, as in small containers, still tells what the terminal
            // takes.
            let name = ["LC_ALL", "LC_CTYPE", "LANG"].map(variable).first { !$0.isEmpty } ?? ""
            let lowered = name.lowercased()
            guard lowered.hasSuffix("utf-8") || lowered.hasSuffix("utf8") else { return false }
            for fallback in ["C.UTF-8", "C.utf8", "en_US.UTF-8"] where setlocale(LC_CTYPE, fallback) != nil { break }
        }
        return libraryIsUTF8
    }

    private static var libraryIsUTF8: Bool {
        guard let encoding = nl_langinfo(nl_item(CODESET)) else { return false }
        return String(cString: encoding) == "UTF-8"
    }

    /// Whether to use 24-bit colour though the terminal's description may not have it.
    ///
    /// `COLORTERM` is inherited by what runs inside, so it says nothing about GNU screen; tmux takes all colours and
    /// shows those that its own terminal can.
    var showsDirectColor: Bool {
        guard claimsTrueColor, !refusesColor else { return false }
        if type.hasPrefix("screen") { return !TerminalEnvironment.variable("TMUX").isEmpty }
        return !["linux", "vt", "ansi", "dumb"].contains { type.hasPrefix($0) } || type.hasPrefix("vte")
    }

    /// What the terminal's font and encoding can be trusted with.
    var characters: TerminalCharacters {
        if !isUTF8 || ["vt100", "vt102", "vt220", "vt52", "ansi"].contains(type) { return .ascii }
        return type == "linux" || type.hasPrefix("linux-") ? .console : .unicode
    }
}
