/// One line of text that is being edited, with a cursor between its characters.
///
/// Keys: left, right, home, end, backspace, delete, and those of shells: ctrl-a and ctrl-e to the ends, ctrl-b and
/// ctrl-f by a character, ctrl-k and ctrl-u delete to the end and to the beginning, ctrl-w the word before, ctrl-d the
/// character under the cursor.
package struct TextField: Hashable, Sendable {
    private var characters: [Character]
    /// Characters before the cursor.
    package private(set) var cursor: Int
    /// The first character shown, when the text is wider than its place.
    private var firstShown = 0

    package init(text: String = "") {
        characters = Array(text)
        cursor = characters.count
    }

    /// The text; setting it puts the cursor at its end.
    package var text: String {
        get { String(characters) }
        set {
            characters = Array(newValue)
            cursor = characters.count
            firstShown = 0
        }
    }

    package var isEmpty: Bool { characters.isEmpty }

    /// The text before the cursor.
    package var textBeforeCursor: String { String(characters[..<cursor]) }

    package var isCursorAtEnd: Bool { cursor == characters.count }

    /// Inserts text at the cursor, as a paste does; line ends become spaces, but for that of the last line, which
    /// whoever copies a line brings along; other control characters go.
    package mutating func insert(_ text: String) {
        var scalars = String.UnicodeScalarView()
        let last = text.lastIndex { !$0.isNewline }
        for scalar in text[..<(last.map { text.index(after: $0) } ?? text.startIndex)].unicodeScalars {
            if scalar == "\n" || scalar == "\t" {
                scalars.append(" ")
            } else if scalar.value >= 0x20, !(0x7F..<0xA0).contains(scalar.value) {
                scalars.append(scalar)
            }
        }
        join(textBeforeCursor + String(scalars), String(characters[cursor...]))
    }

    /// Puts the cursor between two texts. They are joined as text, so that a mark combines with the character before
    /// it.
    private mutating func join(_ before: String, _ after: String) {
        characters = Array(before + after)
        cursor = min(before.count, characters.count)
    }

    /// Puts the cursor where a click was, in columns from the field's left edge.
    package mutating func putCursor(at column: Int) {
        cursor = firstShown
        while cursor < characters.count, width(firstShown..<cursor + 1) <= column { cursor += 1 }
    }

    /// Handles a key; false when it means nothing here.
    package mutating func handle(_ key: Key) -> Bool {
        switch key {
        case .character(let character): insert(String(character))
        case .left, .control("b"): cursor = max(0, cursor - 1)
        case .right, .control("f"): cursor = min(characters.count, cursor + 1)
        case .home, .control("a"): cursor = 0
        case .end, .control("e"): cursor = characters.count
        case .backspace:
            if cursor > 0 { remove(cursor - 1..<cursor) }
        case .delete, .control("d"):
            if cursor < characters.count { remove(cursor..<cursor + 1) }
        case .control("k"): remove(cursor..<characters.count)
        case .control("u"): remove(0..<cursor)
        case .control("w"): remove(wordStart()..<cursor)
        case .alt("b"): cursor = wordStart()
        case .alt("f"): cursor = wordEnd()
        default: return false
        }
        return true
    }

    private mutating func remove(_ range: Range<Int>) {
        join(String(characters[..<range.lowerBound]), String(characters[range.upperBound...]))
    }

    private func wordStart() -> Int {
        var index = cursor
        while index > 0, characters[index - 1].isWhitespace { index -= 1 }
        while index > 0, !characters[index - 1].isWhitespace { index -= 1 }
        return index
    }

    private func wordEnd() -> Int {
        var index = cursor
        while index < characters.count, characters[index].isWhitespace { index += 1 }
        while index < characters.count, !characters[index].isWhitespace { index += 1 }
        return index
    }

    /// Draws the field into the first row of `rect` and returns where the cursor stands.
    ///
    /// A text that is too wide is scrolled so that the cursor stays visible, with an arrow where something is hidden.
    @discardableResult
    package mutating func render(
        into frame: inout Frame, in rect: Rect, style: Style = .plain, placeholder: String = "",
        placeholderStyle: Style = .plain
    ) -> Point? {
        guard rect.width > 0, rect.height > 0 else { return nil }
        frame.fill(rect.row(0), style: style)
        if characters.isEmpty {
            frame.putFitted(placeholder, x: rect.x, y: rect.y, columns: rect.width, style: placeholderStyle.over(style))
            firstShown = 0
            return Point(x: rect.x, y: rect.y)
        }
        // One column is the cursor's, behind the last character.
        let room = rect.width - 1
        firstShown = min(firstShown, cursor)
        while firstShown < cursor, width(firstShown..<cursor) > room { firstShown += 1 }
        while firstShown > 0, width(firstShown - 1..<characters.count) <= room { firstShown -= 1 }
        let used = frame.put(
            String(characters[firstShown...]), x: rect.x, y: rect.y, style: style, columns: rect.width)
        let isCut = used >= rect.width && width(firstShown..<characters.count) > rect.width
        if firstShown > 0 && rect.width > 2 { frame.put("‹", x: rect.x, y: rect.y, style: style.dim) }
        if isCut && rect.width > 2 { frame.put("›", x: rect.maxX - 1, y: rect.y, style: style.dim) }
        return Point(x: rect.x + min(room, width(firstShown..<cursor)), y: rect.y)
    }

    private func width(_ range: Range<Int>) -> Int {
        DisplayText.width(String(characters[range]))
    }
}
