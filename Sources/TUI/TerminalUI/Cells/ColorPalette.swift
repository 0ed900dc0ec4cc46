/// The standard 256 colours of xterm, and the nearest of them to any colour.
package enum ColorPalette {
    /// The plain and bright colours as xterm ships them.
    private static let ansi: [UInt32] = [
        0x000000, 0xCD0000, 0x00CD00, 0xCDCD00, 0x0000EE, 0xCD00CD, 0x00CDCD, 0xE5E5E5,
        0x7F7F7F, 0xFF0000, 0x00FF00, 0xFFFF00, 0x5C5CFF, 0xFF00FF, 0x00FFFF, 0xFFFFFF,
    ]

    /// The six levels of each channel in the colour cube.
    private static let levels: [Int] = [0, 95, 135, 175, 215, 255]

    /// The colour of a palette index as `0xRRGGBB`.
    package static func rgb(ofIndex index: UInt8) -> UInt32 {
        switch index {
        case 0..<16:
            return ansi[Int(index)]
        case 16..<232:
            let value = Int(index) - 16
            let red = levels[value / 36]
            let green = levels[value / 6 % 6]
            let blue = levels[value % 6]
            return UInt32(red << 16 | green << 8 | blue)
        default:
            let grey = 8 + 10 * (UInt32(index) - 232)
            return grey << 16 | grey << 8 | grey
        }
    }

    /// The index among 16–255 that is nearest to `rgb` (`0xRRGGBB`); the first sixteen are left out, since terminals
    /// let their users redefine them.
    package static func nearest256(_ rgb: UInt32) -> UInt8 {
        let (red, green, blue) = channels(rgb)
        let cube = (nearestLevel(red), nearestLevel(green), nearestLevel(blue))
        let cubeColor = (levels[cube.0], levels[cube.1], levels[cube.2])
        let cubeDistance = distance((red, green, blue), cubeColor)
        let average = (red + green + blue) / 3
        let step = max(0, min(23, (average - 3) / 10))
        let grey = 8 + 10 * step
        if distance((red, green, blue), (grey, grey, grey)) < cubeDistance {
            return UInt8(232 + step)
        }
        return UInt8(16 + 36 * cube.0 + 6 * cube.1 + cube.2)
    }

    /// The index among the first `count` (8 or 16) that is nearest to `rgb`.
    package static func nearestANSI(_ rgb: UInt32, count: Int) -> UInt8 {
        let wanted = channels(rgb)
        var best = 0
        var bestDistance = Int.max
        for index in 0..<min(count, ansi.count) {
            let candidate = distance(wanted, channels(ansi[index]))
            if candidate < bestDistance {
                best = index
                bestDistance = candidate
            }
        }
        return UInt8(best)
    }

    private static func channels(_ rgb: UInt32) -> (Int, Int, Int) {
        (Int(rgb >> 16 & 0xFF), Int(rgb >> 8 & 0xFF), Int(rgb & 0xFF))
    }

    private static func nearestLevel(_ channel: Int) -> Int {
        if channel < 48 { return 0 }
        if channel < 115 { return 1 }
        return min(5, (channel - 35) / 40)
    }

    private static func distance(_ left: (Int, Int, Int), _ right: (Int, Int, Int)) -> Int {
        let red = left.0 - right.0
        let green = left.1 - right.1
        let blue = left.2 - right.2
        // Weighted as the eye sees brightness.
        return 3 * red * red + 6 * green * green + blue * blue
    }
}

extension Color {
    /// The colour as a screen of `depth` shows it: unchanged where it can, else the nearest one it has.
    package func mapped(to depth: ColorDepth) -> Color {
        guard let rgb = rgbValue else { return self }
        switch depth {
        case .monochrome:
            return .default
        case .palette8, .palette16:
            if let index = paletteIndex, Int(index) < depth.rawValue { return self }
            return .indexed(ColorPalette.nearestANSI(rgb, count: depth.rawValue))
        case .palette256:
            if paletteIndex != nil { return self }
            return .indexed(ColorPalette.nearest256(rgb))
        case .trueColor:
            return self
        }
    }
}
