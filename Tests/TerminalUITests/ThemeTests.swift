import Foundation
import TerminalUI
import Testing

/// Whether what the themes show can be read.
@Suite struct ThemeTests {
    /// The contrast of two colours, from 1 to 21, by WCAG 2.1.
    private static func contrast(_ first: UInt32, _ second: UInt32) -> Double {
        func luminance(_ rgb: UInt32) -> Double {
            func linear(_ shift: UInt32) -> Double {
                let channel = Double(rgb >> shift & 0xFF) / 255
                return channel <= 0.04045 ? channel / 12.92 : pow((channel + 0.055) / 1.055, 2.4)
            }
            return 0.2126 * linear(16) + 0.7152 * linear(8) + 0.0722 * linear(0)
        }
        let (a, b) = (luminance(first), luminance(second))
        return (max(a, b) + 0.05) / (min(a, b) + 0.05)
    }

    /// Grounds that terminals usually have.
    private static func ground(_ variant: Theme.Variant) -> UInt32 { variant == .dark ? 0x11161C : 0xFFFFFF }

    /// Everything that a row, a text or a panel writes in.
    private static let inks: [Role] = [
        .dim, .title, .accent, .key, .ok, .warning, .error, .pending, .info, .header, .headerSorted, .marked, .fade,
        .chart,
        .invalid,
    ]

    @Test(arguments: Theme.Variant.allCases, [ColorDepth.trueColor, .palette256])
    func everythingCanBeRead(variant: Theme.Variant, depth: ColorDepth) throws {
        let theme = Theme(variant, depth: depth)
        let ground = Self.ground(variant)
        let panel = try #require(theme[.panel].background.rgbValue)
        let selection = try #require(theme[.selection].background.rgbValue)
        let flash = try #require(theme[.flash].background.rgbValue)
        for role in Self.inks {
            let ink = try #require(theme[role].foreground.rgbValue, "\(role)")
            #expect(Self.contrast(ink, ground) >= 4.5, "\(role) on the ground: \(Self.contrast(ink, ground))")
            #expect(Self.contrast(ink, panel) >= 4, "\(role) on a panel: \(Self.contrast(ink, panel))")
            // The selection is bold, a flash passes.
            #expect(Self.contrast(ink, selection) >= 3, "\(role) selected: \(Self.contrast(ink, selection))")
            if role == .fade { continue }
            #expect(Self.contrast(ink, flash) >= 2.5, "\(role) flashing: \(Self.contrast(ink, flash))")
        }
        for role in Role.allCases {
            let style = theme[role]
            guard let ink = style.foreground.rgbValue, let paper = style.background.rgbValue else { continue }
            #expect(Self.contrast(ink, paper) >= 4.5, "\(role): \(Self.contrast(ink, paper))")
        }
        for role in [Role.key, .placeholder] {
            let ink = try #require(theme[role].foreground.rgbValue)
            for paper in [Role.statusBar, .input] {
                let paper = try #require(theme[paper].background.rgbValue)
                #expect(Self.contrast(ink, paper) >= 3, "\(role) on \(paper)")
            }
        }
        #expect(Self.contrast(selection, ground) >= 1.15, "the selection stands out")
    }

    /// Where attributes are all there is, what must be told apart is.
    @Test func withoutColoursAttributesTellThingsApart() {
        let theme = Theme.monochrome
        for role in Role.allCases {
            #expect(theme[role].foreground.isDefault && theme[role].background.isDefault, "\(role)")
        }
        for (first, second) in [
            (Role.selection, Role.text), (.error, .text), (.error, .warning), (.header, .text),
            (.buttonFocused, .button),
            (.match, .text), (.dim, .text), (.flash, .text), (.statusBar, .text), (.input, .text),
        ] {
            #expect(theme[first].attributes != theme[second].attributes, "\(first) and \(second)")
        }
    }

    /// Eight colours: only those eight, and no text in the colour that it stands on.
    @Test(arguments: Theme.Variant.allCases)
    func eightColoursAreEnough(variant: Theme.Variant) {
        let theme = Theme(variant, depth: .palette8)
        for role in Role.allCases {
            let style = theme[role]
            for color in [style.foreground, style.background] where !color.isDefault {
                #expect(color.paletteIndex.map { $0 < 8 } == true, "\(role)")
            }
            #expect(style.foreground.isDefault || style.foreground != style.background, "\(role)")
        }
    }
}
