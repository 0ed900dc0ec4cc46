import TerminalUI
import Testing

@Suite struct ColorTests {
    @Test(
        arguments: [
            (0x000000, 16), (0xFFFFFF, 231), (0xFF0000, 196), (0x5FAFFF, 75), (0x808080, 244), (0x87D787, 114),
            (0x080808, 232),
            (0x0A5F2A, 22),
        ] as [(UInt32, UInt8)])
    func nearestOf256(rgb: UInt32, index: UInt8) {
        #expect(ColorPalette.nearest256(rgb) == index)
        #expect(Color.hex(rgb).mapped(to: .palette256) == .indexed(index))
    }

    @Test func everyPaletteColourIsNearestToItself() {
        for index in 16...255 as ClosedRange<UInt8> {
            let rgb = ColorPalette.rgb(ofIndex: index)
            #expect(ColorPalette.rgb(ofIndex: ColorPalette.nearest256(rgb)) == rgb, "\(index)")
        }
    }

    @Test func fewerColours() {
        #expect(Color.hex(0xFF6B6B).mapped(to: .palette8).paletteIndex.map { $0 < 8 } == true)
        #expect(Color.hex(0x00CD00).mapped(to: .palette8) == .green)
        #expect(Color.indexed(9).mapped(to: .palette16) == .indexed(9))
        #expect(Color.indexed(9).mapped(to: .palette8) == .red)
        #expect(Color.indexed(200).mapped(to: .monochrome) == .default)
        #expect(Color.default.mapped(to: .palette8) == .default)
        #expect(Color.hex(0x123456).mapped(to: .trueColor) == .hex(0x123456))
    }

    @Test(arguments: Theme.Variant.allCases, ColorDepth.allCases)
    func themesKeepToTheirDepth(variant: Theme.Variant, depth: ColorDepth) {
        let theme = Theme(variant, depth: depth)
        for role in Role.allCases {
            for color in [theme[role].foreground, theme[role].background] {
                #expect(color.mapped(to: depth) == color, "\(role)")
                if depth == .monochrome { #expect(color.isDefault, "\(role)") }
            }
        }
    }

    @Test(arguments: ColorDepth.allCases)
    func statesDifferEvenWithoutColour(depth: ColorDepth) {
        let theme = Theme(.dark, depth: depth)
        #expect(theme[.ok] != theme[.error])
        #expect(theme[.warning] != theme[.error])
        #expect(theme[.selection] != theme[.text])
        #expect(theme[.flash] != theme[.fade])
        #expect(theme[.buttonFocused] != theme[.button])
    }

    @Test func variantByTheTerminalsColours() {
        let capabilities = Capabilities()
        #expect(Theme(capabilities: capabilities).variant == .dark)
        #expect(Theme(capabilities: capabilities, colorFGBG: "0;15").variant == .light)
        #expect(Theme(capabilities: capabilities, colorFGBG: "15;default;0").variant == .dark)
        #expect(Theme(capabilities: Capabilities(colors: .monochrome)).depth == .monochrome)
    }
}
