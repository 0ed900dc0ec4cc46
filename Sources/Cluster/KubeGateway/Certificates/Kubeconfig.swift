import Foundation
import KubeAPI
import Yams

/// The file by which kubectl and client libraries find the cluster, and prove who they are.
package struct Kubeconfig {
    /// What cluster, user and context are called in it.
    package static let name = "drydock"
    private static let user = "drydock-admin"

    package let server: String
    package let authority: String
    package let identity: CertificateAuthority.Identity

    /// - Parameter server: As in `https://127.0.0.1:6443`.
    package init(server: String, authority: CertificateAuthority, identity: CertificateAuthority.Identity) {
        self.server = server
        self.authority = authority.pem
        self.identity = identity
    }

    /// Where it is written if nothing else is said: beside kubectl's own, which it leaves alone. Home is what `HOME`
    /// says, as for kubectl, and the user's own folder without it.
    package static var defaultPath: String {
        let home = ProcessInfo.processInfo.environment["HOME"] ?? ""
        return (home.isEmpty ? FileManager.default.homeDirectoryForCurrentUser.path : home) + "/.kube/drydock.config"
    }

    private var document: JSONValue {
        let data = { (text: String) in JSONValue.string(Base64Data([UInt8](text.utf8)).base64) }
        return [
            "apiVersion": "v1", "kind": "Config", "preferences": [:], "current-context": .string(Kubeconfig.name),
            "clusters": [
                [
                    "name": .string(Kubeconfig.name),
                    "cluster": ["server": .string(server), "certificate-authority-data": data(authority)],
                ]
            ],
            "users": [
                [
                    "name": .string(Kubeconfig.user),
                    "user": [
                        "client-certificate-data": data(identity.certificate),
                        "client-key-data": data(identity.privateKey),
                    ],
                ]
            ],
            "contexts": [
                [
                    "name": .string(Kubeconfig.name),
                    "context": ["cluster": .string(Kubeconfig.name), "user": .string(Kubeconfig.user)],
                ]
            ],
        ]
    }

    package var text: String { YAMLText.encode(document) }

    /// Writes the file, which only its owner may read.
    package func write(to path: String) throws(KubeconfigProblem) {
        let url = URL(fileURLWithPath: path)
        do {
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        } catch {
            throw Kubeconfig.unwritable(path, FileErrors.reason(error))
        }
        try Kubeconfig.replace(url, with: text)
    }

    /// - Parameter isReplaced: Whether what is in the file now will go.
    /// - Throws: What keeps the file from being written. For when nothing else has been begun.
    package static func check(_ path: String, isReplaced: Bool) throws(KubeconfigProblem) {
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
            throw unwritable(path, "it is a folder")
        }
        guard isReplaced, let data = FileManager.default.contents(atPath: path),
            let old = try? YAMLText.decode([UInt8](data))
        else { return }
        let others = (old["clusters"]?.arrayValue ?? []).compactMap { $0["name"]?.stringValue }.filter { $0 != name }
        if others.isEmpty { return }
        throw KubeconfigProblem(
            "the kubeconfig \(path) has other clusters (\(others.joined(separator: ", "))). Add to it with "
                + "--merge-kubeconfig, or name another file with --kubeconfig PATH.")
    }

    private static func unwritable(_ path: String, _ reason: String) -> KubeconfigProblem {
        KubeconfigProblem(
            "the kubeconfig \(path) cannot be written: \(reason). Name another file with --kubeconfig PATH.")
    }

    /// Adds cluster, user and context to a file that exists, in place of those of the same name, and makes the context
    /// the current one. Everything else in the file stays.
    package func merge(into path: String) throws(KubeconfigProblem) {
        let url = URL(fileURLWithPath: path)
        guard FileManager.default.fileExists(atPath: path) else { return try write(to: path) }
        let old: JSONValue
        do throws(YAMLProblem) {
            old = try YAMLText.decode([UInt8](try Kubeconfig.read(url)))
        } catch {
            throw KubeconfigProblem("the kubeconfig \(path) cannot be added to: \(error.message)")
        }
        guard case .object(var members) = old.isNull ? JSONValue.object([:]) : old else {
            throw KubeconfigProblem("the kubeconfig \(path) cannot be added to: it holds no mapping")
        }
        guard case .object(let new) = document else { return }
        for (key, value) in new {
            guard case .array(let entries) = value else {
                if key == "current-context" || members[key] == nil { members[key] = value }
                continue
            }
            let names = entries.compactMap { $0["name"]?.stringValue }
            let kept = (members[key]?.arrayValue ?? []).filter { !names.contains($0["name"]?.stringValue ?? "") }
            members[key] = .array(kept + entries)
        }
        try Kubeconfig.replace(url, with: YAMLText.encode(.object(members)))
    }

    private static func read(_ url: URL) throws(YAMLProblem) -> Data {
        do {
            return try Data(contentsOf: url)
        } catch {
            throw YAMLProblem(message: "it cannot be read: \(FileErrors.reason(error))")
        }
    }

    /// Written beside it first, so that a reader never finds half a file; into a new file, so that the key goes nowhere
    /// else, wherever a link of that name leads.
    private static func replace(_ url: URL, with text: String) throws(KubeconfigProblem) {
        // A link stays one, and a device is not replaced by a file.
        let path = realpath(url.path, nil).map { resolved in
            defer { free(resolved) }
            return String(cString: resolved)
        }
        var status = stat()
        if let path, stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
            throw unwritable(url.path, "it is no file that could be replaced")
        }
        let target = path ?? url.path
        let temporary = target + ".\(getpid()).new"
        unlink(temporary)
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if descriptor < 0 { throw unwritable(url.path, FileErrors.reason(errno)) }
        var bytes = [UInt8](text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count <= 0 { break }
            bytes = bytes.dropFirst(count)
        }
        let hasWritten = bytes.isEmpty
        let failure = errno
        close(descriptor)
        if hasWritten, rename(temporary, target) == 0 { return }
        let reason = FileErrors.reason(hasWritten ? errno : failure)
        unlink(temporary)
        throw unwritable(url.path, reason)
    }
}

package struct KubeconfigProblem: Error, CustomStringConvertible {
    package let description: String
    init(_ description: String) { self.description = description }
}
