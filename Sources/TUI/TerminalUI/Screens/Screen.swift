/// What a terminal can show.
package struct Capabilities: Hashable, Sendable {
    package var colors: ColorDepth
    package var characters: TerminalCharacters
    package var hasMouse: Bool

    package init(
        colors: ColorDepth = .trueColor, characters: TerminalCharacters = .unicode, hasMouse: Bool = true
    ) {
        self.colors = colors
        self.characters = characters
        self.hasMouse = hasMouse
    }
}

/// Something that shows frames: the terminal, or memory.
package protocol Screen: AnyObject {
    /// Columns and rows that a frame should have now.
    var size: Size { get }
    var capabilities: Capabilities { get }
    /// Shows `frame`, with the cursor at a position or hidden. A frame of another size is cut off, or stands in the top
    /// left corner.
    func present(_ frame: Frame, cursor: Point?)
}
