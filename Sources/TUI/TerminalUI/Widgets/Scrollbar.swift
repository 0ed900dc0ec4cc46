/// A scrollbar that the mouse moves: a press on it goes to that place, and a drag that began there follows.
package struct Scrollbar: Hashable, Sendable {
    private var place = Rect(x: 0, y: 0, width: 0, height: 0)
    /// The greatest offset.
    private var range = 0
    private var isHeld = false

    package init() {}

    /// Draws it into the first column of `rect`; nothing when all of the content is visible.
    package mutating func render(
        into frame: inout Frame, in rect: Rect, offset: Int, visible: Int, total: Int, theme: Theme
    ) {
        place = rect
        range = max(0, total - visible)
        frame.scrollbar(
            in: rect, offset: offset, visible: visible, total: total, thumb: theme[.scrollThumb],
            track: theme[.scrollTrack])
    }

    /// The offset that the mouse asks for; nil when it is about something else.
    package mutating func handle(_ mouse: MouseEvent) -> Int? {
        switch mouse.action {
        case .click, .doubleClick: isHeld = mouse.button == .left && range > 0 && place.contains(mouse.position)
        case .drag: break
        case .release, .wheelUp, .wheelDown: isHeld = false
        }
        guard isHeld else { return nil }
        let row = max(0, min(mouse.y - place.y, place.height - 1))
        return place.height > 1 ? (row * range + (place.height - 1) / 2) / (place.height - 1) : 0
    }
}
