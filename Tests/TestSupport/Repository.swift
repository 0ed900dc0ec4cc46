import Foundation

/// The folder of the whole, where the tests find what they read and run.
package enum Repository {
    package static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
}

package enum Programs {
    /// A program by the folders of `PATH`; nil if none has it.
    package static func path(of program: String) -> String? {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
        return folders.map { "\($0)/\(program)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }
}

/// The clients in Python that `Scripts/python-clients.sh` installs.
package enum PythonClients {
    private static let folder = Repository.root.path + "/.build/python-clients"
    package static let programs = folder + "/bin"
    package static let python = programs + "/python"
    package static let isPresent = FileManager.default.fileExists(atPath: folder + "/installed")
}
