import CNCurses

extension CursesScreen {
    /// What the shim read, in this module's words; nil for what has no meaning here.
    static func decoded(_ input: cnc_input) -> InputDecoder.Input? {
        switch input.kind {
        case CNC_INPUT_BYTE: .byte(UInt8(truncatingIfNeeded: input.code))
        case CNC_INPUT_KEY: key(UInt32(input.code)).map { .key($0) }
        case CNC_INPUT_MOUSE: mouse(input)
        case CNC_INPUT_PASTE_BEGIN: .pasteBegin
        case CNC_INPUT_PASTE_END: .pasteEnd
        default: nil
        }
    }

    private static func key(_ code: UInt32) -> Key? {
        if code > CNC_KEY_F0.rawValue { return .function(Int(code - CNC_KEY_F0.rawValue)) }
        return switch cnc_key(rawValue: code) {
        case CNC_KEY_UP: .up
        case CNC_KEY_DOWN: .down
        case CNC_KEY_LEFT: .left
        case CNC_KEY_RIGHT: .right
        case CNC_KEY_HOME: .home
        case CNC_KEY_END: .end
        case CNC_KEY_PAGE_UP: .pageUp
        case CNC_KEY_PAGE_DOWN: .pageDown
        case CNC_KEY_INSERT: .insert
        case CNC_KEY_DELETE: .delete
        case CNC_KEY_BACKSPACE: .backspace
        case CNC_KEY_BACKTAB: .backtab
        case CNC_KEY_ENTER: .enter
        case CNC_KEY_SHIFT_UP: .shiftUp
        case CNC_KEY_SHIFT_DOWN: .shiftDown
        default: nil
        }
    }

    private static func mouse(_ input: cnc_input) -> InputDecoder.Input? {
        let x = Int(input.x)
        let y = Int(input.y)
        switch Int(input.mouse_action) {
        case CNC_MOUSE_PRESSED:
            let button: MouseEvent.Button =
                switch input.mouse_button {
                case 2: .middle
                case 3: .right
                default: .left
                }
            return .mousePressed(button, x: x, y: y)
        case CNC_MOUSE_RELEASED: return .mouseReleased(x: x, y: y)
        case CNC_MOUSE_MOVED: return .mouseMoved(x: x, y: y)
        case CNC_MOUSE_WHEEL_UP: return .wheelUp(x: x, y: y)
        case CNC_MOUSE_WHEEL_DOWN: return .wheelDown(x: x, y: y)
        default: return nil
        }
    }
}
