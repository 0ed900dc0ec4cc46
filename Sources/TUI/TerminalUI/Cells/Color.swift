/// A colour of a cell: the terminal's own default, one of the 256 palette colours, or 24-bit red, green and blue.
///
/// Four bytes, so that a cell stays small. Screens that show fewer colours map it with `ColorPalette`.
package struct Color: Hashable, Sendable {
    /// The packed form: the highest byte is the kind (0 default, 1 palette, 2 RGB), the rest its value.
    let bits: UInt32

    private init(bits: UInt32) {
        self.bits = bits
    }

    /// The colour that the terminal uses when nothing is said.
    package static let `default` = Color(bits: 0)

    /// A colour of the xterm palette: 0–7 the plain ones, 8–15 the bright ones, 16–231 a 6×6×6 cube, 232–255 greys.
    package static func indexed(_ index: UInt8) -> Color {
        Color(bits: 1 << 24 | UInt32(index))
    }

    package static func rgb(_ red: UInt8, _ green: UInt8, _ blue: UInt8) -> Color {
        Color(bits: 2 << 24 | UInt32(red) << 16 | UInt32(green) << 8 | UInt32(blue))
    }

    /// A 24-bit colour written as `0xRRGGBB`.
    package static func hex(_ value: UInt32) -> Color {
        Color(bits: 2 << 24 | value & 0xFF_FFFF)
    }

    package static let black = indexed(0)
    package static let red = indexed(1)
    package static let green = indexed(2)
    package static let yellow = indexed(3)
    package static let blue = indexed(4)
    package static let magenta = indexed(5)
    package static let cyan = indexed(6)
    package static let white = indexed(7)

    package var isDefault: Bool { bits == 0 }

    /// The palette index, when the colour is one of the palette.
    package var paletteIndex: UInt8? {
        bits >> 24 == 1 ? UInt8(truncatingIfNeeded: bits) : nil
    }

    /// The colour as `0xRRGGBB`, palette colours by xterm's standard values; nil for the default.
    package var rgbValue: UInt32? {
        switch bits >> 24 {
        case 0: nil
        case 1: ColorPalette.rgb(ofIndex: UInt8(truncatingIfNeeded: bits))
        default: bits & 0xFF_FFFF
        }
    }
}

/// How many colours a screen shows.
package enum ColorDepth: Int, Comparable, Sendable, CaseIterable {
    /// No colours, only attributes such as bold and reverse.
    case monochrome = 1
    case palette8 = 8
    case palette16 = 16
    case palette256 = 256
    /// 24-bit colour.
    case trueColor = 0x100_0000

    package static func < (left: ColorDepth, right: ColorDepth) -> Bool {
        left.rawValue < right.rawValue
    }
}
