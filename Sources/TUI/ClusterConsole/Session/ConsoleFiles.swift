import Glibc

/// The console's files and the user's editor.
package struct ConsoleFiles {
    package init() {}

    private static func reason() -> String { String(cString: strerror(errno)) }

    /// The file of a path, `~` being the home folder.
    private static func expanded(_ path: String) -> String {
        guard path == "~" || path.hasPrefix("~/"), let home = getenv("HOME") else { return path }
        return String(cString: home) + path.dropFirst()
    }

    package func read(_ path: String) -> ExternalResult {
        let descriptor = open(ConsoleFiles.expanded(path), O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return .failed("\(path): \(ConsoleFiles.reason())") }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            if count < 0 { return .failed("\(path): \(ConsoleFiles.reason())") }
            if count == 0 { break }
            bytes += buffer[..<count]
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { return .failed("\(path): not UTF-8 text") }
        return .text(text)
    }

    package func write(_ text: String, to path: String) -> ExternalResult {
        let descriptor = open(ConsoleFiles.expanded(path), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { return .failed("\(path): \(ConsoleFiles.reason())") }
        let bytes = Array(text.utf8)
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                Glibc.write(descriptor, buffer.baseAddress.map { $0 + written }, bytes.count - written)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                let reason = ConsoleFiles.reason()
                close(descriptor)
                return .failed("\(path): \(reason)")
            }
            written += count
        }
        guard close(descriptor) == 0 else { return .failed("\(path): \(ConsoleFiles.reason())") }
        return .done
    }

    // MARK: The editor

    /// The editor that the environment names, as git and kubectl look for it.
    private static var editor: String {
        for name in ["KUBE_EDITOR", "VISUAL", "EDITOR"] {
            if let value = getenv(name), value.pointee != 0 { return String(cString: value) }
        }
        return "vi"
    }

    /// Lets the user edit a text in a file of its own, which is gone afterwards.
    package func edit(_ text: String, name: String) -> ExternalResult {
        let temporary = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(temporary)/drydock-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { return .failed("\(temporary): \(ConsoleFiles.reason())") }
        let folder = template.withUnsafeBufferPointer { buffer in
            buffer.baseAddress.map { String(cString: $0) } ?? temporary
        }
        let path = folder + "/" + name.map { $0 == "/" ? "-" : String($0) }.joined()
        defer {
            unlink(path)
            rmdir(folder)
        }
        if case .failed(let message) = write(text, to: path) { return .failed(message) }
        let editor = ConsoleFiles.editor
        let status = ConsoleFiles.run(["/bin/sh", "-c", editor + " \"$@\"", editor, path])
        if status == 127 { return .failed("\(editor): there is no such editor; set EDITOR to one") }
        if status != 0 { return .failed("\(editor) ended with status \(status); nothing was changed") }
        let result = read(path)
        return result == .text(text) ? .unchanged : result
    }

    /// Runs a program on the terminal and waits for its end.
    private static func run(_ arguments: [String]) -> Int32 {
        var pointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
        pointers.append(nil)
        defer { for pointer in pointers { free(pointer) } }
        var process: pid_t = 0
        guard posix_spawn(&process, arguments[0], nil, nil, pointers, environ) == 0 else { return 127 }
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 { if errno != EINTR { return 127 } }
        let signal = status & 0x7F
        return signal == 0 ? (status >> 8) & 0xFF : 128 + signal
    }
}
