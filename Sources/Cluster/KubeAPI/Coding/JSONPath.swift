/// Works out which field a byte of a JSON text belongs to. Used for error messages only, so it may scan from the start.
enum JSONPath {
    /// The path of the value at or after `offset`, as in `spec.containers[0].image`. O(n). The text may be broken
    /// at `offset` and after it, not before.
    static func path(to offset: Int, in text: UnsafeBufferPointer<UInt8>) -> String {
        enum Level {
            case object(name: String)
            case array(index: Int)
        }
        var levels: [Level] = []
        var index = 0
        var expectsName = false
        while index < min(offset, text.count) {
            switch text[index] {
            case UInt8(ascii: "{"):
                levels.append(.object(name: ""))
                expectsName = true
            case UInt8(ascii: "["): levels.append(.array(index: 0))
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                _ = levels.popLast()
                expectsName = false
            case UInt8(ascii: ","):
                if case .array(let element)? = levels.last { levels[levels.count - 1] = .array(index: element + 1) }
                if case .object? = levels.last { expectsName = true }
            case UInt8(ascii: "\""):
                let start = index + 1
                index = start
                while index < text.count, text[index] != UInt8(ascii: "\"") {
                    index += text[index] == UInt8(ascii: "\\") ? 2 : 1
                }
                if expectsName, index <= text.count, case .object? = levels.last {
                    levels[levels.count - 1] = .object(name: name(start..<min(index, text.count), in: text))
                    expectsName = false
                }
            default: break
            }
            index += 1
        }
        var path = ""
        for level in levels {
            switch level {
            case .object(let name) where name.isEmpty: break
            case .object(let name): path += path.isEmpty ? name : "." + name
            case .array(let index): path += "[\(index)]"
            }
        }
        return path
    }
    /// The name between two quotation marks.
    private static func name(_ range: Range<Int>, in text: UnsafeBufferPointer<UInt8>) -> String {
        guard text[range].contains(UInt8(ascii: "\\")), range.upperBound < text.count else {
            return String(decoding: text[range], as: UTF8.self)
        }
        var reader = JSONReader(UnsafeBufferPointer(rebasing: text[range.lowerBound - 1...range.upperBound]))
        return reader.string()
    }
}
