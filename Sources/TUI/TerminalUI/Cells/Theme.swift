/// What a piece of the screen means; a theme says how it looks.
package enum Role: Int, CaseIterable, Sendable {
    case text, dim, title, accent, key
    case ok, warning, error, pending, info
    case border, borderFocused
    case header, headerSorted
    case selection, marked, match
    /// A row that has just changed, and one that has just been deleted.
    case flash, fade
    case chart, chartSecond, chartTrack
    case scrollThumb, scrollTrack
    case input, placeholder, invalid
    case button, buttonFocused
    case statusBar, toast
    /// Background of dialogs and pop-ups.
    case panel
}

/// A palette by meaning. Views name roles, never colours.
package struct Theme: Sendable {
    package enum Variant: String, Sendable, CaseIterable {
        case dark, light
    }

    package let variant: Variant
    package let depth: ColorDepth
    private var styles: [Style]

    package init(_ variant: Variant = .dark, depth: ColorDepth = .trueColor) {
        self.variant = variant
        self.depth = depth
        styles = Role.allCases.map { role in
            if depth == .monochrome { return ThemeTable.monochrome(role) }
            if depth <= .palette16 { return ThemeTable.ansi(role, variant: variant) }
            let style = variant == .dark ? ThemeTable.dark(role) : ThemeTable.light(role)
            return Style(
                foreground: style.foreground.mapped(to: depth), background: style.background.mapped(to: depth),
                attributes: style.attributes)
        }
    }

    package static let dark = Theme(.dark)
    package static let light = Theme(.light)
    package static let monochrome = Theme(.dark, depth: .monochrome)

    package subscript(role: Role) -> Style {
        get { styles[role.rawValue] }
        set { styles[role.rawValue] = newValue }
    }

    /// The theme that fits a terminal.
    ///
    /// - Parameter colorFGBG: the variable of that name, by which some terminals tell their colours (`15;0`): a
    ///   background of 7 or of 9–15 means light.
    package init(capabilities: Capabilities, colorFGBG: String? = nil) {
        var variant = Variant.dark
        if let last = colorFGBG?.split(separator: ";").last, let background = Int(last) {
            variant = background == 7 || (9...15).contains(background) ? .light : .dark
        }
        self.init(variant, depth: capabilities.colors)
    }
}

/// The styles of each variant. Text keeps a contrast of 4.5 to 1 on the ground and on panels, and of 3 to 1 on the
/// selection and on flashes, as WCAG 2.1 asks for text and for bold text.
private enum ThemeTable {
    static func dark(_ role: Role) -> Style {
        switch role {
        case .text: Style()
        case .dim: fg(0x8D9AA6)
        case .title: fg(0x8BD5FF).bold
        case .accent: fg(0x6CB6FF)
        case .key: fg(0xFFAF5F)
        case .ok: fg(0x87D787)
        case .warning: fg(0xFFD75F)
        case .error: fg(0xFF7B72)
        case .pending: fg(0xD7AFFF)
        case .info: fg(0x87D7FF)
        case .border: fg(0x56667A)
        case .borderFocused: fg(0x6CB6FF)
        case .header: fg(0xC6D0DA).bold
        case .headerSorted: fg(0x8BD5FF).bold
        case .selection: Style(background: .hex(0x1D3D5C)).bold
        case .marked: fg(0xFFD75F).bold
        case .match: on(0x1C1C1C, 0xFFD75F)
        case .flash: Style(background: .hex(0x0B4A24))
        case .fade: fg(0x8A8A8A)
        case .chart: fg(0x5FD7AF)
        case .chartSecond: fg(0x7AA2F7)
        case .chartTrack: Style(background: .hex(0x2B3440))
        case .scrollThumb: fg(0x5C6B7A)
        case .scrollTrack: fg(0x2F3A45)
        case .input: on(0xFFFFFF, 0x2B3440)
        case .placeholder: fg(0x8592A0)
        case .invalid: fg(0xFF7B72)
        case .button: on(0xD0D7DE, 0x3A4654)
        case .buttonFocused: on(0x101820, 0x5FAFFF).bold
        case .statusBar: on(0xD0D7DE, 0x24303C)
        case .toast: on(0xFFFFFF, 0x3B4A5A)
        case .panel: on(0xE4E8EC, 0x1B232C)
        }
    }

    static func light(_ role: Role) -> Style {
        switch role {
        case .text: Style()
        case .dim: fg(0x57606A)
        case .title: fg(0x0550AE).bold
        case .accent: fg(0x0550AE)
        case .key: fg(0x8A4600)
        case .ok: fg(0x116329)
        case .warning: fg(0x7D4E00)
        case .error: fg(0xB3202B)
        case .pending: fg(0x6639BA)
        case .info: fg(0x0A58B0)
        case .border: fg(0x8C959F)
        case .borderFocused: fg(0x0366D6)
        case .header: fg(0x24292F).bold
        case .headerSorted: fg(0x0550AE).bold
        case .selection: Style(background: .hex(0xC4E0FF)).bold
        case .marked: fg(0x7D4E00).bold
        case .match: on(0x000000, 0xFFE066)
        case .flash: Style(background: .hex(0xC6F0D0))
        case .fade: fg(0x5F5F5F)
        case .chart: fg(0x116A52)
        case .chartSecond: fg(0x3A55A8)
        case .chartTrack: Style(background: .hex(0xE1E6EB))
        case .scrollThumb: fg(0x8C959F)
        case .scrollTrack: fg(0xD8DEE4)
        case .input: on(0x000000, 0xE6EBF0)
        case .placeholder: fg(0x656D76)
        case .invalid: fg(0xB3202B)
        case .button: on(0x24292F, 0xD8DEE4)
        case .buttonFocused: on(0xFFFFFF, 0x0366D6).bold
        case .statusBar: on(0x24292F, 0xE1E6EB)
        case .toast: on(0x24292F, 0xD0E4FA)
        case .panel: on(0x1F2328, 0xF3F5F7)
        }
    }

    /// Eight colours carry little: text stays in the terminal's own, and states get the colour that everyone knows.
    static func ansi(_ role: Role, variant: Theme.Variant) -> Style {
        switch role {
        // What has colours of its own stands on these: reversed, its colour would be its ground.
        case .text, .border, .scrollTrack, .input, .panel, .statusBar, .toast: Style()
        case .dim, .fade, .placeholder: Style(attributes: .dim)
        case .title, .headerSorted: Style(foreground: variant == .dark ? .cyan : .blue).bold
        case .accent, .borderFocused, .info: Style(foreground: variant == .dark ? .cyan : .blue)
        case .key, .warning: Style(foreground: variant == .dark ? .yellow : .magenta)
        case .ok, .chart: Style(foreground: .green)
        case .error, .invalid: Style(foreground: .red)
        case .pending: Style(foreground: .magenta)
        case .header: Style(attributes: .bold)
        case .selection, .buttonFocused: Style(foreground: .black, background: .cyan)
        case .marked: Style(foreground: variant == .dark ? .yellow : .magenta).bold
        case .match: Style(foreground: .black, background: .yellow)
        case .flash: Style(foreground: .black, background: .green)
        case .chartSecond: Style(foreground: .blue)
        case .chartTrack: Style()
        case .scrollThumb: Style()
        case .button: Style(attributes: .reverse)
        }
    }

    static func monochrome(_ role: Role) -> Style {
        switch role {
        case .text, .ok, .info, .accent, .border, .scrollTrack, .scrollThumb, .panel: Style()
        case .chart, .chartSecond, .chartTrack: Style()
        case .dim, .fade, .placeholder: Style(attributes: .dim)
        case .title, .header, .key, .borderFocused, .warning, .marked: Style(attributes: .bold)
        case .headerSorted, .input: Style(attributes: .underline)
        case .error, .invalid: Style(attributes: [.bold, .underline])
        case .pending: Style(attributes: .underline)
        case .selection, .buttonFocused, .match, .statusBar, .toast: Style(attributes: .reverse)
        case .flash: Style(attributes: .bold)
        case .button: Style()
        }
    }

    private static func fg(_ rgb: UInt32) -> Style {
        Style(foreground: .hex(rgb))
    }

    private static func on(_ foreground: UInt32, _ background: UInt32) -> Style {
        Style(foreground: .hex(foreground), background: .hex(background))
    }
}
