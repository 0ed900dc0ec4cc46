/// A small check that a text is well-formed XML: tags nest and close, attributes are quoted, text has no bare signs.
///
/// It reads scalars, as XML does, since a mark after a `>` would hide it in one character.
enum XMLCheck {
    struct Malformed: Error {
        let reason: String
    }

    /// The names of the elements in the order in which they open.
    @discardableResult
    static func elements(_ text: String) throws -> [String] {
        let scalars = Array(text.unicodeScalars)
        var names: [String] = []
        var open: [String] = []
        var index = 0
        while let start = scalars[index...].firstIndex(of: "<") {
            try checkText(scalars[index..<start])
            guard let end = scalars[start...].firstIndex(of: ">") else {
                throw Malformed(reason: "a tag is not closed")
            }
            let tag = scalars[(start + 1)..<end]
            index = end + 1
            if tag.first == "?" { continue }
            if tag.first == "/" {
                let name = string(tag.dropFirst())
                guard open.popLast() == name else { throw Malformed(reason: "</\(name)> closes another") }
                continue
            }
            guard tag.filter({ $0 == "\"" }).count.isMultiple(of: 2), !tag.contains("<") else {
                throw Malformed(reason: "attributes of \(string(tag))")
            }
            let name = string(tag.prefix { $0.properties.isAlphabetic })
            names.append(name)
            if tag.last != "/" { open.append(name) }
        }
        try checkText(scalars[index...])
        if !open.isEmpty { throw Malformed(reason: "\(open) not closed") }
        return names
    }

    private static func string(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }

    private static func checkText(_ text: ArraySlice<Unicode.Scalar>) throws {
        for (index, scalar) in zip(text.indices, text) {
            if scalar.value < 0x20 && scalar != "\n" { throw Malformed(reason: "control character \(scalar.value)") }
            guard scalar == "&" else { continue }
            let entity = string(text[index...].prefix { $0 != ";" })
            guard ["&amp", "&lt", "&gt", "&quot"].contains(entity) else { throw Malformed(reason: "a bare ampersand") }
        }
    }
}
