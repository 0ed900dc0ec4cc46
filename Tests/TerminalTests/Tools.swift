import Foundation
import Testing

/// What the tests run: the executable that was built with them, and other programs.
enum Tools {
    struct Result {
        var status: Int32
        var output: String
        var errors: String
    }

    struct Missing: Error, CustomStringConvertible {
        var description: String
    }

    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// `drydock`, beside the tests in the build folder.
    static let drydock: String = {
        let tests = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        return tests.deletingLastPathComponent().appendingPathComponent("drydock").path
    }()

    static func path(of program: String) -> String? {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
        return folders.map { "\($0)/\(program)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    @discardableResult
    static func run(_ program: String, _ arguments: [String], input: String? = nil) throws -> Result {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.currentDirectoryURL = root
        // Files rather than pipes: a long output cannot fill one up while the other is read.
        let folder = try TemporaryFolder()
        let files = try ["out", "err"].map { name in
            let path = folder.path + "/" + name
            FileManager.default.createFile(atPath: path, contents: nil)
            guard let handle = FileHandle(forWritingAtPath: path) else { throw Missing(description: path) }
            return (path: path, handle: handle)
        }
        process.standardOutput = files[0].handle
        process.standardError = files[1].handle
        if let input {
            let path = try folder.write(input, as: "in")
            process.standardInput = FileHandle(forReadingAtPath: path)
        } else {
            process.standardInput = FileHandle.nullDevice
        }
        try process.run()
        process.waitUntilExit()
        for file in files { try file.handle.close() }
        return Result(
            status: process.terminationStatus, output: try String(contentsOfFile: files[0].path, encoding: .utf8),
            errors: try String(contentsOfFile: files[1].path, encoding: .utf8))
    }

    static func drydock(_ arguments: String..., input: String? = nil) throws -> Result {
        try run(drydock, arguments, input: input)
    }
}

/// A folder that is gone with its owner.
final class TemporaryFolder {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("drydock-" + UUID().uuidString).path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Returns the path.
    func write(_ text: String, as name: String) throws -> String {
        let file = path + "/" + name
        try text.write(toFile: file, atomically: true, encoding: .utf8)
        return file
    }
}
