/// One unit of text as cells show it: a scalar, or a cluster of scalars, and the columns it takes.
package struct Glyph: Hashable, Sendable {
    /// The scalar, or the first one of a cluster.
    package var scalar: Unicode.Scalar
    /// The whole cluster, when it has more than one scalar.
    package var cluster: String?
    /// 1 or 2.
    package var width: Int
}

/// How many columns a character takes, decided here and not by the C library, so that a frame is the same on every
/// machine.
///
/// Follows what terminals do: East Asian wide and emoji take two, marks and format characters none of their own, the
/// rest one. Characters that could disturb a terminal or forge text never come through as they are: control characters
/// become control pictures (U+2400…), C1 controls and the ones that reorder text become U+FFFD.
package enum CharacterWidth {
    static let replacement: Unicode.Scalar = "\u{FFFD}"

    /// The columns of a single scalar: 0, 1 or 2. Control characters count as the one column of their picture.
    package static func columns(of scalar: Unicode.Scalar) -> Int {
        let value = scalar.value
        if value < 0x300 { return value == 0xAD ? 0 : 1 }
        if CharacterWidthTable.isWide(value) { return isMark(scalar) ? 0 : 2 }
        return isZeroWidth(scalar) ? 0 : 1
    }

    /// Calls `body` with each glyph of `text`, made safe.
    ///
    /// Where two simple scalars meet there is always a boundary, so plain text is never broken into characters.
    @inline(__always)
    static func forEachGlyph(in text: String, _ body: (Glyph) -> Void) {
        let scalars = text.unicodeScalars
        var index = scalars.startIndex
        let end = scalars.endIndex
        while index < end {
            let scalar = scalars[index]
            let next = scalars.index(after: index)
            if isSimple(scalar), next == end || isSimple(scalars[next]) {
                body(Glyph(scalar: scalar, cluster: nil, width: CharacterWidthTable.isWide(scalar.value) ? 2 : 1))
                index = next
                continue
            }
            forEachGlyph(of: text[index], body)
            index = text.index(after: index)
        }
    }

    /// Whether the scalar is visible and never joins another simple one: Latin, arrows, box drawing, symbols, kana,
    /// ideographs.
    @inline(__always)
    private static func isSimple(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x20..<0x7F, 0xA0..<0xAD, 0xAE..<0x300, 0x2190...0x2BFF, 0x3041...0x3096, 0x30A1...0x30FA, 0x4E00...0x9FFF:
            true
        default: false
        }
    }

    /// Calls `body` with each glyph of `character`, made safe; usually one, none for a lone invisible character.
    @inline(__always)
    static func forEachGlyph(of character: Character, _ body: (Glyph) -> Void) {
        let scalars = character.unicodeScalars
        var iterator = scalars.makeIterator()
        guard let first = iterator.next() else { return }
        guard let second = iterator.next() else {
            if let glyph = single(first) { body(glyph) }
            return
        }
        if isUnsafe(first) || isUnsafe(second) {
            // CR LF, which Unicode takes for one character, and what is hidden in a cluster.
            for scalar in scalars {
                if let glyph = single(scalar) { body(glyph) }
            }
            return
        }
        if columns(of: first) == 0 {
            // Nothing to stand on: each mark gets its own place.
            for scalar in scalars {
                if let glyph = single(scalar) { body(glyph) }
            }
            return
        }
        body(cluster(first, scalars))
    }

    private static func single(_ scalar: Unicode.Scalar) -> Glyph? {
        let safe = visible(scalar)
        let columns = columns(of: safe)
        if columns > 0 { return Glyph(scalar: safe, cluster: nil, width: columns) }
        guard isMark(safe), !isVariationSelector(safe) else { return nil }
        // A mark with nothing to stand on gets the dotted circle that Unicode keeps for it.
        var text = "\u{25CC}"
        text.unicodeScalars.append(safe)
        return Glyph(scalar: "\u{25CC}", cluster: text, width: 1)
    }

    private static func cluster(
        _ first: Unicode.Scalar, _ scalars: String.UnicodeScalarView
    ) -> Glyph {
        var total = 0
        var isEmojiSequence = false
        var kept = String.UnicodeScalarView()
        for scalar in scalars {
            // A tower of marks is cut: terminals keep few, and nothing readable needs more.
            if kept.count == maximumScalars { break }
            if isUnsafe(scalar) { continue }
            switch scalar.value {
            case 0xFE0F, 0x1F3FB...0x1F3FF, 0x1F1E6...0x1F1FF: isEmojiSequence = true
            default: total += columns(of: scalar)
            }
            kept.append(scalar)
        }
        let width = isEmojiSequence || total > 2 ? 2 : max(1, total)
        return Glyph(scalar: first, cluster: String(kept), width: width)
    }

    private static let maximumScalars = 12

    /// `scalar`, or the visible one that stands for it when it is a control character.
    private static func visible(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        guard isUnsafe(scalar) else { return scalar }
        let value = scalar.value
        if value < 0x20 { return Unicode.Scalar(0x2400 + value) ?? replacement }
        if value == 0x7F { return "\u{2421}" }
        return replacement
    }

    /// Control characters, and those that change the order or the lines of what follows.
    private static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFFF9...0xFFFB: true
        default: false
        }
    }

    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark: true
        default: false
        }
    }

    private static func isVariationSelector(_ scalar: Unicode.Scalar) -> Bool {
        (0xFE00...0xFE0F).contains(scalar.value) || (0xE0100...0xE01EF).contains(scalar.value)
    }

    private static func isZeroWidth(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x1160...0x11FF, 0xD7B0...0xD7FF: return true  // the vowels and finals that join a Hangul syllable
        case 0x0600...0x0605, 0x06DD, 0x070F, 0x0890, 0x0891, 0x08E2, 0x110BD, 0x110CD: return false  // number signs
        case 0x2500...0x259F: return false
        default: break
        }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: return true
        default: return false
        }
    }
}
