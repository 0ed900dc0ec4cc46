import Foundation
import KubeGateway

/// What keeps a command from doing what it was asked for, in one line that says what to do. Unlike a
/// `ValidationError` it is not about how the command is written, so that no usage is printed after it.
struct CommandProblem: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// Files that are read whole.
enum InputFile {
    /// The most that is read: what does not end, such as `/dev/zero`, would fill the memory.
    static let largest = 256 << 20

    /// - Throws: What is wrong, after the path: that there is no such file, that it is a folder, too large, no text.
    static func text(of path: String) throws(CommandProblem) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0 { throw problem(path, errno) }
        defer { close(descriptor) }
        return try text(of: descriptor, path)
    }

    /// - Parameter name: What messages call it.
    static func text(of descriptor: Int32, _ name: String) throws(CommandProblem) -> String {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(descriptor, &piece, piece.count)
            if count == 0 { break }
            if count < 0 {
                if errno == EINTR { continue }
                throw problem(name, errno)
            }
            bytes += piece[..<count]
            if bytes.count > largest {
                throw CommandProblem("\(name): larger than \(largest >> 20) MiB. Divide it into several files.")
            }
        }
        // The mark of the byte order, which some editors write, is no part of the text.
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw CommandProblem("\(name): not text in UTF-8. Give a file that holds text.")
        }
        return text
    }

    private static func problem(_ name: String, _ number: Int32) -> CommandProblem {
        switch number {
        case ENOENT, ENOTDIR: CommandProblem("\(name): no such file or folder")
        case EISDIR: CommandProblem("\(name): is a folder. Name a file.")
        default: CommandProblem("\(name): cannot be read: \(FileErrors.reason(number))")
        }
    }
}
