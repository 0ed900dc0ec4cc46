import Foundation

/// A target as `Package.swift` declares it, read from its text: building the package to ask it would take minutes.
struct ManifestTarget {
    let name: String
    /// What it may import.
    let dependencies: Set<String>
    /// Its folders, with a `/` at the end.
    let folders: [String]

    /// Whether it is no test.
    var isOfTheProduct: Bool { folders.contains { $0.hasPrefix("Sources/") } }

    /// What is written for it in Swift.
    var files: [SourceFile] {
        SourceFile.swift.filter { file in folders.contains { file.path.hasPrefix($0) } }
    }

    static let all: [ManifestTarget] = {
        let text = SourceFile.all.first { $0.path == "Package.swift" }?.lines.joined(separator: "\n") ?? ""
        let targets = text.components(separatedBy: "    targets: [").last ?? ""
        return ["cluster(", "tests(", ".target(", ".executableTarget("].flatMap { call in
            targets.components(separatedBy: " " + call).dropFirst().map { ManifestTarget(call, String($0)) }
        }
    }()

    /// - Parameter rest: What follows the call's opening parenthesis.
    private init(_ call: String, _ rest: String) {
        let arguments = ManifestTarget.inside(rest, "(", ")")
        let strings = ManifestTarget.strings(arguments)
        let name = strings.first ?? ""
        self.name = name
        let isShort = call == "cluster(" || call == "tests("
        let list = isShort ? "[" : "dependencies: ["
        let listed = arguments.components(separatedBy: list).dropFirst().first
            .map { ManifestTarget.inside($0, "[", "]") }
        let products = (listed ?? "").components(separatedBy: "package: ").enumerated().map { index, part in
            index == 0 ? part : part.drop { $0 != ")" }.description
        }
        var dependencies = Set(ManifestTarget.strings(products.joined()))
        // The manifest names this product once, for several targets.
        if listed?.contains("deques") == true { dependencies.insert("DequeModule") }
        self.dependencies = dependencies
        func argument(_ label: String) -> String? {
            arguments.components(separatedBy: label + ": ").dropFirst().first
        }
        let path =
            call == "tests("
            ? "Tests/\(name)"
            : isShort
                ? "Sources/Cluster/" + (argument("folder").flatMap { ManifestTarget.strings($0).first } ?? name)
                : argument("path").flatMap { ManifestTarget.strings($0).first } ?? ""
        let parts = argument("sources").map { ManifestTarget.strings(ManifestTarget.inside($0.dropFirst(), "[", "]")) }
        folders = parts?.map { "\(path)/\($0)/" } ?? [path + "/"]
    }

    /// The text up to the bracket that closes one which is open already.
    private static func inside(_ text: some StringProtocol, _ open: Character, _ close: Character) -> String {
        var depth = 1
        return String(
            text.prefix { character in
                if character == open { depth += 1 }
                if character == close { depth -= 1 }
                return depth > 0
            })
    }

    /// What stands between quotes.
    private static func strings(_ text: String) -> [String] {
        text.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
            .filter { $0.offset % 2 == 1 }.map { String($0.element) }
    }
}

extension SourceFile {
    /// The modules that the file imports.
    var imports: [String] {
        let accesses: Set<Substring> = ["package", "public", "internal", "private"]
        let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "func", "var", "typealias"]
        return code.compactMap { line in
            let words = line.split(separator: " ")
            guard let position = words.firstIndex(of: "import"), position + 1 < words.count,
                words[..<position].allSatisfy({ $0.hasPrefix("@") || accesses.contains($0) })
            else { return nil }
            let name = words[(position + 1)...].first { !kinds.contains($0) } ?? ""
            return name.split(separator: ".").first.map(String.init)
        }
    }
}
