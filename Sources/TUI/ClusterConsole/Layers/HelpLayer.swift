import TerminalUI

/// The keys and what they do here, from the table that dispatches them.
final class HelpLayer: Layer {
    private let place: KeyPlace
    private let isSupported: (Action) -> Bool
    /// Rows scrolled out at the top, where the help is higher than the screen.
    private var offset = 0
    private var page = 1
    private var height = 0
    private var scrollbar = Scrollbar()

    /// - Parameter place: where the keys are pressed.
    init(place: KeyPlace, isSupported: @escaping (Action) -> Bool) {
        self.place = place
        self.isSupported = isSupported
    }

    func handle(_ event: InputEvent, _ state: ConsoleState) -> [Effect]? {
        if case .mouse(let event) = event {
            if event.action == .wheelUp { offset -= 3 }
            if event.action == .wheelDown { offset += 3 }
            if let offset = scrollbar.handle(event) { self.offset = offset }
            return []
        }
        guard case .key(let key) = event else { return [] }
        let action = KeyTable.binding(for: key, in: place)?.action
        switch action {
        case .back, .open, .help: return [.dismiss]
        case .quit where key == .character("q"): return [.dismiss]
        case .moveUp: offset -= 1
        case .moveDown: offset += 1
        case .pageUp: offset -= page
        case .pageDown: offset += page
        case .moveToTop: offset = 0
        case .moveToBottom: offset = height
        // A key that was looked up may be pressed at once.
        case .some(let action) where !action.isMove: return [.dismiss, .runAction(action, key: key)]
        default: break
        }
        return []
    }

    func render(into frame: inout Frame, _ state: ConsoleState) -> Point? {
        let theme = state.theme
        let area = Rect(x: 0, y: 0, width: frame.width, height: frame.height - 1)
        frame.fill(area, style: theme[.panel])
        let inner = area.inset(left: 2, top: 1, right: 2, bottom: 1)
        let (sheet, used) = draw(width: inner.width - 1, height: inner.height, state)
        page = max(1, inner.height - 1)
        height = used
        offset = max(0, min(offset, used - inner.height))
        frame.clipped(to: inner) { $0.draw(sheet, at: Point(x: inner.x, y: inner.y - offset)) }
        frame.box(area, style: theme[.borderFocused], title: [Span(" Keys ", theme[.title])])
        scrollbar.render(
            into: &frame, in: Rect(x: inner.maxX, y: inner.y, width: 1, height: inner.height), offset: offset,
            visible: inner.height, total: used, theme: theme)
        return nil
    }

    /// The whole help, in as many columns as fit side by side, and its height.
    private func draw(width: Int, height: Int, _ state: ConsoleState) -> (Frame, Int) {
        let theme = state.theme
        let sections = KeyTable.sections.compactMap { section -> HelpGrid.Section? in
            let entries = section.bindings.filter { isSupported($0.action) }.flatMap { lines(of: $0, state) }
            return entries.isEmpty ? nil : HelpGrid.Section(section.title, entries)
        }
        let total = sections.reduce(0) { $0 + $1.entries.count + 2 }
        var rows = height
        while true {
            // A column that stands half outside has no room; the grid itself asks only for a beginning.
            var frame = Frame(width: width + 60, height: rows, style: theme[.panel])
            let fits = HelpGrid(sections).render(
                into: &frame, in: Rect(x: 0, y: 0, width: width + 60, height: rows), theme: theme)
            let overhang = Rect(x: width, y: 0, width: 60, height: rows)
            let isClear = (0..<rows).allSatisfy { y in
                (overhang.minX..<overhang.maxX).allSatisfy { frame.character(x: $0, y: y) == " " }
            }
            if fits && isClear || rows >= total { return (frame, rows) }
            rows += 1
        }
    }

    /// The line of a binding, and below that of the recent namespaces which of them each number stands for.
    private func lines(of binding: KeyBinding, _ state: ConsoleState) -> [HelpGrid.Entry] {
        let line = HelpGrid.Entry(binding.label, binding.help)
        guard binding.action == .recentNamespace else { return [line] }
        return [line]
            + state.recentNamespaces.enumerated().map { index, name in
                HelpGrid.Entry("\(index + 1)", DisplayText.truncated(name, to: 30))
            }
    }

    var hints: [(key: String, text: String)]? { [("esc", "close"), ("up down", "scroll"), ("a key", "goes ahead")] }
}
