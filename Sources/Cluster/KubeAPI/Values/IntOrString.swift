/// `intstr.IntOrString`: a number, or a string such as a percentage or a port's name.
public enum IntOrString: Hashable, Sendable {
    case int(Int)
    case string(String)

    public init() { self = .int(0) }

    /// Texts are the same if their bytes are, as in Go.
    public static func == (left: IntOrString, right: IntOrString) -> Bool {
        switch (left, right) {
        case (.int(let first), .int(let second)): first == second
        case (.string(let first), .string(let second)): equalUTF8(first, second)
        case (.int, .string), (.string, .int): false
        }
    }

    /// As it is printed: `80`, `25%`, `http`.
    public var text: String {
        switch self {
        case .int(let value): String(value)
        case .string(let value): value
        }
    }

    /// The number, or the percentage of `total` rounded up or down; nil for a string that is no percentage.
    /// Follows apimachinery's `intstr.GetScaledValueFromIntOrPercent`.
    public func scaled(of total: Int, roundUp: Bool) -> Int? {
        switch self {
        case .int(let value): return value
        case .string(let text):
            guard text.hasSuffix("%"), let percent = Int(text.dropLast()) else { return nil }
            let product = percent * total
            let (quotient, remainder) = floorDivide(product, 100)
            return roundUp && remainder > 0 ? quotient + 1 : quotient
        }
    }
}

extension IntOrString: JSONCodable {
    public init(from reader: inout JSONReader) {
        self = reader.nextIsString() ? .string(reader.string()) : .int(reader.int32())
    }

    public func encode(into writer: inout JSONWriter) {
        switch self {
        case .int(let value): writer.int(value)
        case .string(let value): writer.string(value)
        }
    }
}

extension IntOrString: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral {
    public init(integerLiteral value: Int) { self = .int(value) }
    public init(stringLiteral value: String) { self = .string(value) }
}
