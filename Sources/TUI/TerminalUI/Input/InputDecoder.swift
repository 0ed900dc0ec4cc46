/// Turns what a terminal sends into events: bytes into characters, an escape and a character into alt, brackets into a
/// paste.
///
/// A state machine without clock or terminal: it is told the time, and when nothing more is pending.
package struct InputDecoder: Sendable {
    /// What comes in.
    package enum Input: Hashable, Sendable {
        case byte(UInt8)
        case key(Key)
        case pasteBegin, pasteEnd
        case mousePressed(MouseEvent.Button, x: Int, y: Int)
        case mouseReleased(x: Int, y: Int)
        case mouseMoved(x: Int, y: Int)
        case wheelUp(x: Int, y: Int)
        case wheelDown(x: Int, y: Int)
    }

    /// The longest pause between the two presses of a double click.
    static let doubleClickMilliseconds: Int64 = 400
    /// Pasted bytes beyond this are dropped.
    static let maximumPaste = 4 << 20

    private var escapePending = false
    private var partial: [UInt8] = []
    private var paste: [UInt8]?
    private var lastClick: (event: MouseEvent, time: Int64)?
    private var pressedButton: MouseEvent.Button?

    package init() {}

    /// Between the brackets of a paste.
    package var isPasting: Bool { paste != nil }

    /// Takes one piece of input and appends the events that it completes.
    ///
    /// - Parameter milliseconds: when it came, by a clock that never goes back; tells double clicks.
    package mutating func feed(_ input: Input, at milliseconds: Int64, into events: inout [InputEvent]) {
        switch input {
        case .byte(let byte):
            feed(byte, into: &events)
        case .key(let key):
            if paste != nil {
                if key == .enter { append(0x0A) }
                return
            }
            finish(into: &events)
            events.append(.key(key))
        case .pasteBegin:
            finish(into: &events)
            paste = []
        case .pasteEnd:
            endPaste(into: &events)
        case .mousePressed(let button, let x, let y):
            finish(into: &events)
            press(button, x: x, y: y, at: milliseconds, into: &events)
        case .mouseReleased(let x, let y):
            finish(into: &events)
            events.append(.mouse(MouseEvent(.release, button: pressedButton ?? .left, x: x, y: y)))
            pressedButton = nil
        case .mouseMoved(let x, let y):
            finish(into: &events)
            if let pressedButton { events.append(.mouse(MouseEvent(.drag, button: pressedButton, x: x, y: y))) }
        case .wheelUp(let x, let y):
            finish(into: &events)
            events.append(.mouse(MouseEvent(.wheelUp, button: .middle, x: x, y: y)))
        case .wheelDown(let x, let y):
            finish(into: &events)
            events.append(.mouse(MouseEvent(.wheelDown, button: .middle, x: x, y: y)))
        }
    }

    /// Nothing more is pending: an escape by itself was the key.
    package mutating func finish(into events: inout [InputEvent]) {
        if escapePending {
            escapePending = false
            events.append(.key(.escape))
        }
    }

    /// Ends a paste, also one whose closing bracket got lost.
    package mutating func endPaste(into events: inout [InputEvent]) {
        guard let bytes = paste else { return }
        paste = nil
        let text = InputDecoder.cleaned(bytes)
        if !text.isEmpty { events.append(.paste(text)) }
    }

    private mutating func append(_ byte: UInt8) {
        if (paste?.count ?? 0) < InputDecoder.maximumPaste { paste?.append(byte) }
    }

    private mutating func feed(_ byte: UInt8, into events: inout [InputEvent]) {
        if paste != nil {
            append(byte)
            return
        }
        if byte >= 0x80 {
            feedMultibyte(byte, into: &events)
            return
        }
        partial.removeAll(keepingCapacity: true)
        if byte == 27 {
            finish(into: &events)
            escapePending = true
            return
        }
        if byte < 0x20 || byte == 0x7F {
            finish(into: &events)
            if let key = Key(controlCode: byte) { events.append(.key(key)) }
            return
        }
        emit(Character(Unicode.Scalar(byte)), into: &events)
    }

    private mutating func feedMultibyte(_ byte: UInt8, into events: inout [InputEvent]) {
        if byte >= 0xC0 { partial.removeAll(keepingCapacity: true) }
        if byte < 0xC0 && partial.isEmpty { return }
        partial.append(byte)
        let lead = partial[0]
        let length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2
        if partial.count < length { return }
        let text = String(decoding: partial, as: UTF8.self)
        partial.removeAll(keepingCapacity: true)
        if let character = text.first, text != "\u{FFFD}", text.unicodeScalars.count == 1,
            !text.unicodeScalars.contains(where: { $0.value < 0xA0 })
        {
            emit(character, into: &events)
        }
    }

    private mutating func emit(_ character: Character, into events: inout [InputEvent]) {
        events.append(.key(escapePending ? .alt(character) : .character(character)))
        escapePending = false
    }

    private mutating func press(
        _ button: MouseEvent.Button, x: Int, y: Int, at time: Int64, into events: inout [InputEvent]
    ) {
        var event = MouseEvent(.click, button: button, x: x, y: y)
        pressedButton = button
        if let last = lastClick, last.event == event, time - last.time <= InputDecoder.doubleClickMilliseconds {
            event.action = .doubleClick
            lastClick = nil
        } else {
            lastClick = (event, time)
        }
        events.append(.mouse(event))
    }

    /// Pasted bytes as text: line ends become `\n`, other control characters than tab go.
    private static func cleaned(_ bytes: [UInt8]) -> String {
        var scalars = String.UnicodeScalarView()
        var afterReturn = false
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
            switch scalar.value {
            case 0x0D: scalars.append("\n")
            case 0x0A: if !afterReturn { scalars.append("\n") }
            case 0x09: scalars.append(scalar)
            case 0..<0x20, 0x7F..<0xA0: break
            default: scalars.append(scalar)
            }
            afterReturn = scalar.value == 0x0D
        }
        return String(scalars)
    }
}
