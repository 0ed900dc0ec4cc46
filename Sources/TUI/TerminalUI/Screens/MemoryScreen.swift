/// A screen in memory: it keeps the last frame, for tests and for drawing a frame to a file.
package final class MemoryScreen: Screen {
    package private(set) var size: Size
    package let capabilities: Capabilities
    /// The frame shown last, as a terminal with these capabilities would show it.
    package private(set) var frame: Frame
    package private(set) var cursor: Point?
    /// How often something was shown.
    package private(set) var presentCount = 0

    package init(size: Size, capabilities: Capabilities = Capabilities()) {
        self.size = size
        self.capabilities = capabilities
        frame = Frame(size)
    }

    package func present(_ frame: Frame, cursor: Point?) {
        var shown = frame.restricted(to: capabilities.characters)
        if frame.size != size {
            var cut = Frame(size)
            cut.draw(shown, at: Point(x: 0, y: 0))
            shown = cut
        }
        self.frame = shown
        self.cursor = cursor
        presentCount += 1
    }

    /// Changes the size; what was shown is cut off or surrounded with blanks.
    package func resize(to size: Size) {
        self.size = size
        var cut = Frame(size)
        cut.draw(frame, at: Point(x: 0, y: 0))
        frame = cut
    }

    /// The rows as text without trailing spaces, each ended by a newline.
    package var text: String { frame.text }

    /// The frame as a standalone SVG document.
    package func svg(theme: Theme.Variant = .dark, title: String? = nil) -> String {
        SVGDocument(frame: frame, cursor: cursor, variant: theme, title: title, colors: capabilities.colors).text
    }
}
