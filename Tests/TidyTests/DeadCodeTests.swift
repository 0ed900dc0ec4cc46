import Testing

/// What is declared is used, by the program or by its tests.
@Suite("Dead code")
struct DeadCodeTests {
    /// Names that libraries call, not this code.
    private static let calledFromOutside: Set<String> = [
        // NIO's handlers.
        "InboundIn", "InboundOut", "OutboundOut", "channelInactive", "channelRead", "channelReadComplete",
        "channelWritabilityChanged", "errorCaught", "handlerAdded", "handlerRemoved",
        // ArgumentParser, the standard library, and whoever starts the program.
        "defaultValueDescription", "underestimatedCount", "Drydock",
    ]

    /// A name is dead when all its places are declarations. Names that several things bear hide each other, so that
    /// this finds the most of it, and nothing that is alive.
    @Test func everyNameIsUsed() {
        var uses: [String: Int] = [:]
        var places: [String: [String]] = [:]
        for file in SourceFile.swift {
            // What is generated calls the coders by name, and is not read here.
            let isCoder = ["Coding", "Values"].contains { file.path.hasPrefix("Sources/Cluster/KubeAPI/\($0)/") }
            for (index, line) in file.code.enumerated() {
                Names.visit(line) { name, isDeclaration in
                    if isDeclaration, file.path.hasPrefix("Sources/"), !isCoder {
                        places[name, default: []].append("\(file.path):\(index + 1): \(name)")
                    } else {
                        uses[name, default: 0] += 1
                    }
                }
            }
        }
        let dead = places.filter { uses[$0.key] == nil && !Self.calledFromOutside.contains($0.key) }
        #expect(dead.isEmpty, "\(dead.values.joined().sorted().joined(separator: "\n"))")
    }
}

/// The names in a line of code.
private enum Names {
    private static let keywords: Set<String> = [
        "func", "var", "let", "struct", "class", "enum", "protocol", "typealias", "case",
    ]

    static func visit(_ line: String, _ body: (_ name: String, _ isDeclaration: Bool) -> Void) {
        let bytes = Array(line.utf8)
        var position = 0
        var keyword: String?
        while position < bytes.count {
            guard isPart(bytes[position]) else {
                // A name is declared right behind its keyword, perhaps between backticks.
                if bytes[position] != UInt8(ascii: " "), bytes[position] != UInt8(ascii: "`") { keyword = nil }
                position += 1
                continue
            }
            let start = position
            while position < bytes.count, isPart(bytes[position]) { position += 1 }
            let name = String(decoding: bytes[start..<position], as: UTF8.self)
            // A number.
            if isDigit(bytes[start]) { continue }
            if keywords.contains(name) {
                keyword = name
                continue
            }
            body(name, keyword != nil && !(keyword == "case" && isPattern(bytes[position...])))
            keyword = nil
        }
    }

    /// Whether `case NAME` goes on as a label of a switch does, or as one of several cases.
    private static func isPattern(_ rest: ArraySlice<UInt8>) -> Bool {
        rest.first == UInt8(ascii: ":") || rest.first == UInt8(ascii: ",")
    }

    private static func isPart(_ byte: UInt8) -> Bool {
        (byte | 0x20) &- UInt8(ascii: "a") < 26 || isDigit(byte) || byte == UInt8(ascii: "_") || byte >= 0x80
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }
}
