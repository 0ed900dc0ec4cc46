/// A key press, as a terminal can tell it.
package enum Key: Hashable, Sendable {
    /// A printable character, space included.
    case character(Character)
    case enter, escape, tab, backtab, backspace, delete, insert
    case up, down, left, right, home, end, pageUp, pageDown
    /// Shift with an arrow up or down, with which ranges are marked.
    case shiftUp, shiftDown
    /// F1 is `function(1)`; 1–24.
    case function(Int)
    /// A letter `a`…`z` with ctrl held, or one of `@ \ ] ^ _`. Terminals send ctrl-h as backspace, ctrl-i as tab,
    /// ctrl-m and ctrl-j as enter and ctrl-[ as escape, so those are never reported here.
    case control(Character)
    /// A character with alt held.
    case alt(Character)

    /// The key that a terminal means by a control code (0–31 or 127).
    package init?(controlCode code: UInt8) {
        switch code {
        case 0: self = .control("@")
        case 8, 127: self = .backspace
        case 9: self = .tab
        case 10, 13: self = .enter
        case 27: self = .escape
        case 1...26: self = .control(Character(Unicode.Scalar(code + 0x60)))
        case 28...31: self = .control(Character(Unicode.Scalar(code + 0x40)))
        default: return nil
        }
    }
}

/// A mouse event. Positions are in cells.
package struct MouseEvent: Hashable, Sendable {
    package enum Action: Hashable, Sendable {
        /// A button went down.
        case click
        /// A button went down for the second time at the same place within 400 ms; the first was a `click`.
        case doubleClick
        /// The mouse moved with a button down.
        case drag
        case release
        case wheelUp, wheelDown
    }

    package enum Button: Hashable, Sendable {
        case left, middle, right
    }

    package var action: Action
    package var button: Button
    package var x: Int
    package var y: Int

    package init(_ action: Action, button: Button = .left, x: Int, y: Int) {
        self.action = action
        self.button = button
        self.x = x
        self.y = y
    }

    package var position: Point { Point(x: x, y: y) }
}

/// What a terminal hands to the program.
package enum InputEvent: Hashable, Sendable {
    case key(Key)
    case mouse(MouseEvent)
    /// Text pasted in one go, with `\n` line ends and no other control characters than tab.
    case paste(String)
    /// The screen has another size now. Also sent, with the size unchanged, after a suspended program came back.
    case resize(Size)
    /// `WakeUp.wake()` was called, once or more since the last one.
    case wake
    /// The terminal is gone: nothing more will come.
    case hangup
}
