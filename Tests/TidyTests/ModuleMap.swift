import Foundation

/// What Documentation/Modules.md says of the modules: each with all that it imports, in parentheses behind its name.
///
/// For example `**KubeJournal** (KubeStore, GRDB, Foundation)`, or `**KubeNode**, **KubeNetwork** (KubeClient each)`.
enum ModuleMap {
    /// By the name of the target. Of what is not written in Swift nothing is said that counts.
    static let imports: [String: Set<String>] = {
        let document = SourceFile.all.first { $0.path == "Documentation/Modules.md" }
        let text = document?.lines.joined(separator: " ") ?? ""
        let entry = /((?:\*\*[A-Za-z-]+\*\*(?:, )?)+) \(([^)`]*)\)/
        var imports: [String: Set<String>] = [:]
        for match in text.matches(of: entry) {
            let names = match.2.split(separator: ",").compactMap { part in
                part.split(separator: " ").first.flatMap { $0.first?.isUppercase == true ? String($0) : nil }
            }
            for module in match.1.split(separator: ",") {
                imports[String(module.filter { $0.isLetter || $0 == "-" })] = Set(names)
            }
        }
        return imports
    }()
}
