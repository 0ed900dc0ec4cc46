/// The rendition of a cell besides its colours.
package struct TextAttributes: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    package static let bold = TextAttributes(rawValue: 1)
    package static let dim = TextAttributes(rawValue: 2)
    package static let italic = TextAttributes(rawValue: 4)
    package static let underline = TextAttributes(rawValue: 8)
    package static let reverse = TextAttributes(rawValue: 16)
}

/// Colours and attributes for text. A default colour means "as what is below" when styles are laid over each other.
package struct Style: Hashable, Sendable {
    package var foreground: Color
    package var background: Color
    package var attributes: TextAttributes

    package init(
        foreground: Color = .default, background: Color = .default, attributes: TextAttributes = []
    ) {
        self.foreground = foreground
        self.background = background
        self.attributes = attributes
    }

    /// The terminal's own colours, no attributes.
    package static let plain = Style()

    package var bold: Style { adding(.bold) }
    package var dim: Style { adding(.dim) }
    package var italic: Style { adding(.italic) }
    package var underline: Style { adding(.underline) }
    package var reverse: Style { adding(.reverse) }

    package func adding(_ more: TextAttributes) -> Style {
        Style(foreground: foreground, background: background, attributes: attributes.union(more))
    }

    package func foreground(_ color: Color) -> Style {
        Style(foreground: color, background: background, attributes: attributes)
    }

    package func background(_ color: Color) -> Style {
        Style(foreground: foreground, background: color, attributes: attributes)
    }

    /// This style over `base`: what is left at its default here shows the base through; attributes add up.
    package func over(_ base: Style) -> Style {
        Style(
            foreground: foreground.isDefault ? base.foreground : foreground,
            background: background.isDefault ? base.background : background,
            attributes: attributes.union(base.attributes))
    }
}

/// A piece of text in one style.
package struct Span: Hashable, Sendable {
    package var text: String
    package var style: Style

    package init(_ text: String, _ style: Style = .plain) {
        self.text = text
        self.style = style
    }

    /// Columns that the text takes.
    package var width: Int { DisplayText.width(text) }
}
