/// One position of a frame: a character, its colours and attributes. Sixteen bytes, trivially copied.
///
/// A character is one scalar held inline, or a cluster of several (an emoji sequence, a letter with combining marks),
/// of which the cell holds a key into its frame's side table. A character of two columns fills its left cell; the right
/// one is a `continuation`.
package struct Cell: Hashable, Sendable {
    /// The scalar's value; with the high bit set, a key of the frame's cluster table; zero for a continuation.
    var glyph: UInt32
    package var foreground: Color
    package var background: Color
    package var attributes: TextAttributes
    /// Columns that the character takes: 1 or 2, and 0 for a continuation.
    package internal(set) var width: UInt8

    init(glyph: UInt32, width: UInt8, style: Style) {
        self.glyph = glyph
        self.foreground = style.foreground
        self.background = style.background
        self.attributes = style.attributes
        self.width = width
    }

    /// A cell of one column with `scalar`, which must be printable and one column wide.
    package init(_ scalar: Unicode.Scalar, _ style: Style = .plain) {
        self.init(glyph: scalar.value, width: 1, style: style)
    }

    /// A space.
    package static func blank(_ style: Style = .plain) -> Cell {
        Cell(glyph: 0x20, width: 1, style: style)
    }

    static func continuation(_ style: Style) -> Cell {
        Cell(glyph: 0, width: 0, style: style)
    }

    /// The cell as it looks drawn on `below`: default colours show the ones there, and reverse stays.
    @inline(__always)
    func drawn(over below: Cell) -> Cell {
        var cell = self
        if background.isDefault { cell.background = below.background }
        if foreground.isDefault { cell.foreground = below.foreground }
        if below.attributes.contains(.reverse) { cell.attributes.insert(.reverse) }
        return cell
    }

    static let clusterFlag: UInt32 = 0x8000_0000

    var isCluster: Bool { glyph & Cell.clusterFlag != 0 }

    package var isContinuation: Bool { width == 0 }

    package var style: Style {
        get { Style(foreground: foreground, background: background, attributes: attributes) }
        set {
            foreground = newValue.foreground
            background = newValue.background
            attributes = newValue.attributes
        }
    }
}
