import Foundation

/// Where the reference data lies.
package enum Reference {
    /// `shared/reference` beside the repository or further up; nil where it is absent.
    package static let folder: URL? = {
        var ancestor = Repository.root
        while ancestor.path != "/" {
            ancestor.deleteLastPathComponent()
            let folder = ancestor.appendingPathComponent("shared/reference")
            if FileManager.default.fileExists(atPath: folder.path) { return folder }
        }
        return nil
    }()

    package static let absence = "the reference data is absent: no shared/reference beside the repository"

    package static func bytes(_ path: String) throws -> [UInt8] {
        guard let folder else { return [] }
        return [UInt8](try Data(contentsOf: folder.appendingPathComponent(path)))
    }
}
