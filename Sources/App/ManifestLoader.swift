import Foundation
import KubeAPI
import KubeClient
import KubeGateway

/// What is wrong with a manifest, in one line: where it stands, the field, what was expected.
struct ManifestError: Error, CustomStringConvertible {
    var description: String
}

/// An object and where it was read, for what the API server says about it.
struct Manifest {
    var object: KubeObject
    /// The manifest as it was read.
    var written: JSONValue
    /// `app.yaml, document 2`
    var place: String
}

/// Reads manifests: YAML or JSON, several documents a file, `List`s, folders, standard input.
enum ManifestLoader {
    /// Reads all sources before anything is applied. In a folder, the files that end in .yaml, .yml or .json, by name.
    static func load(_ sources: [String]) throws -> [Manifest] {
        var manifests: [Manifest] = []
        for source in sources {
            let found = try read(source)
            if found.isEmpty {
                let name = source == "-" ? standardInput : source
                throw ManifestError(description: "\(name): expected at least one object, and there is none")
            }
            manifests += found
        }
        return manifests
    }

    private static let standardInput = "standard input"

    private static func read(_ source: String) throws -> [Manifest] {
        if source == "-" {
            return try parse(try InputFile.text(of: STDIN_FILENO, standardInput), source: standardInput)
        }
        return try files(source).flatMap { try parse(try InputFile.text(of: $0), source: $0) }
    }

    private static func files(_ path: String) throws -> [String] {
        var isFolder: ObjCBool = false
        // What is not there, or a loop of links, is said when it is read.
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else {
            return [path]
        }
        let entries: [String]
        do {
            entries = try FileManager.default.contentsOfDirectory(atPath: path)
        } catch {
            throw ManifestError(description: "\(path): cannot be read: \(FileErrors.reason(error))")
        }
        let names =
            entries
            .filter { name in [".yaml", ".yml", ".json"].contains { name.hasSuffix($0) } }.sorted()
        if names.isEmpty {
            throw ManifestError(description: "\(path): the folder has no file that ends in .yaml, .yml or .json")
        }
        return names.map { path + "/" + $0 }
    }

    /// Parses all documents of a text. Unknown fields are errors, as they are for kubectl.
    /// - Parameter source: where the text is from, for messages; nil where that is plain.
    static func parse(_ text: String, source: String?) throws -> [Manifest] {
        let start = source.map { $0 + ", " } ?? ""
        var manifests: [Manifest] = []
        for (index, document) in try documents(text, start).enumerated() {
            let place = "\(start)document \(index + 1)"
            if document.isNull { continue }
            guard document.objectValue != nil else {
                throw ManifestError(description: "\(place): expected an object with apiVersion, kind and metadata")
            }
            let kind = document["kind"]?.stringValue ?? ""
            if kind == "List", document["items"]?.arrayValue == nil {
                throw ManifestError(description: "\(place), items: expected a list of objects")
            }
            if kind.hasSuffix("List"), let items = document["items"]?.arrayValue {
                for (number, item) in items.enumerated() {
                    manifests.append(try manifest(item, place: "\(place), item \(number + 1)"))
                }
            } else {
                manifests.append(try manifest(document, place: place))
            }
        }
        return manifests
    }

    private static func manifest(_ document: JSONValue, place: String) throws -> Manifest {
        for name in ["apiVersion", "kind"] where document[name]?.stringValue?.isEmpty != false {
            throw ManifestError(description: "\(place), \(name): expected a string, found nothing")
        }
        let name = (apiVersion: document["apiVersion"]?.stringValue ?? "", kind: document["kind"]?.stringValue ?? "")
        guard let kind = Catalogue.kind(apiVersion: name.apiVersion, kind: name.kind) else {
            throw ManifestError(
                description:
                    "\(place), kind: expected a kind of Kubernetes 1.36, found \(name.kind) in version \(name.apiVersion)"
            )
        }
        let decoded: DecodedObject
        do throws(JSONFailure) {
            decoded = try ObjectDecoding.decode(document.json, as: kind)
        } catch {
            let field = error.path.isEmpty ? "" : "\(error.path): "
            throw ManifestError(description: "\(place), \(field)\(error.message)")
        }
        if let problem = decoded.strictErrors.first {
            throw ManifestError(description: "\(place), \(problem): \(name.kind) has no such field")
        }
        return Manifest(object: decoded.object, written: document, place: place)
    }

    private static func documents(_ text: String, _ start: String) throws -> [JSONValue] {
        do throws(YAMLFault) {
            return try YAMLDocuments.read(text)
        } catch {
            throw ManifestError(description: "\(start)\(error)")
        }
    }
}
