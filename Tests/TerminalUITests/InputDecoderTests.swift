import TerminalUI
import Testing

@Suite struct InputDecoderTests {
    private func events(_ inputs: [InputDecoder.Input], at times: [Int64] = []) -> [InputEvent] {
        var decoder = InputDecoder()
        var events: [InputEvent] = []
        for (index, input) in inputs.enumerated() {
            decoder.feed(input, at: index < times.count ? times[index] : 0, into: &events)
        }
        decoder.finish(into: &events)
        return events
    }

    private func bytes(_ text: String) -> [InputDecoder.Input] {
        text.utf8.map { .byte($0) }
    }

    @Test func charactersAndControlCodes() {
        #expect(
            events(bytes("aé日😀\r\n\t\u{7F}\u{8}\u{4}\u{0}\u{1C}")) == [
                .key(.character("a")), .key(.character("é")), .key(.character("日")), .key(.character("😀")),
                .key(.enter),
                .key(.enter), .key(.tab), .key(.backspace), .key(.backspace), .key(.control("d")), .key(.control("@")),
                .key(.control("\\")),
            ])
    }

    @Test func aCharacterMayArriveInPieces() {
        var decoder = InputDecoder()
        var events: [InputEvent] = []
        decoder.feed(.byte(0xE6), at: 0, into: &events)
        decoder.finish(into: &events)
        decoder.feed(.byte(0x97), at: 5, into: &events)
        #expect(events.isEmpty)
        decoder.feed(.byte(0xA5), at: 9, into: &events)
        #expect(events == [.key(.character("日"))])
    }

    @Test func brokenBytesAreDropped() {
        #expect(
            events([.byte(0x97), .byte(0xFF), .byte(0x61), .byte(0xE6), .byte(0x62)]) == [
                .key(.character("a")), .key(.character("b")),
            ])
        #expect(
            events([.byte(0xC2), .byte(0x9B), .byte(0x63)]) == [.key(.character("c"))], "C1 controls are no characters")
    }

    @Test func escapeAloneAndAsAlt() {
        #expect(events(bytes("\u{1B}")) == [.key(.escape)])
        #expect(events(bytes("\u{1B}x")) == [.key(.alt("x"))])
        #expect(events(bytes("\u{1B}é")) == [.key(.alt("é"))])
        #expect(events(bytes("\u{1B}\u{1B}")) == [.key(.escape), .key(.escape)])
        #expect(events(bytes("\u{1B}\r")) == [.key(.escape), .key(.enter)])
        #expect(events(bytes("\u{1B}") + [.key(.down)]) == [.key(.escape), .key(.down)])
    }

    @Test func aPasteIsOneEvent() {
        #expect(
            events([.pasteBegin] + bytes("one\r\ntwo\rthree\n\u{1B}[31m\tx") + [.key(.enter), .pasteEnd] + bytes("q"))
                == [.paste("one\ntwo\nthree\n[31m\tx\n"), .key(.character("q"))])
        #expect(events([.pasteBegin, .pasteEnd]) == [])
    }

    @Test func aPasteWithoutItsEndIsNotLost() {
        var decoder = InputDecoder()
        var events: [InputEvent] = []
        for input in [.pasteBegin] + bytes("abc") { decoder.feed(input, at: 0, into: &events) }
        #expect(decoder.isPasting && events.isEmpty)
        decoder.endPaste(into: &events)
        #expect(!decoder.isPasting && events == [.paste("abc")])
    }

    @Test func clicks() {
        let press = InputDecoder.Input.mousePressed(.left, x: 3, y: 4)
        let release = InputDecoder.Input.mouseReleased(x: 3, y: 4)
        let actions = events([press, release, press, release, press], at: [0, 50, 400, 450, 500]).map(action)
        #expect(actions == [.click, .release, .doubleClick, .release, .click])
        #expect(events([press, release, press], at: [0, 50, 401]).map(action) == [.click, .release, .click])
        #expect(
            events([press, .mousePressed(.left, x: 3, y: 5)], at: [0, 10]).map(action) == [.click, .click])
    }

    @Test func dragsKeepTheirButton() {
        #expect(
            events([
                .mouseMoved(x: 0, y: 0), .mousePressed(.right, x: 1, y: 1), .mouseMoved(x: 2, y: 1),
                .mouseReleased(x: 2, y: 1),
            ]) == [
                .mouse(MouseEvent(.click, button: .right, x: 1, y: 1)),
                .mouse(MouseEvent(.drag, button: .right, x: 2, y: 1)),
                .mouse(MouseEvent(.release, button: .right, x: 2, y: 1)),
            ])
    }

    private func action(_ event: InputEvent) -> MouseEvent.Action? {
        if case .mouse(let mouse) = event { return mouse.action }
        return nil
    }
}
