import Foundation
import KubeClient

/// The last revision that anybody was told of, in a file beside the journal: what a journal that ends before it has
/// lost was acknowledged.
///
/// SQLite drops what it finds broken at the end of its log, as a crash leaves it, and cannot know that it was whole
/// once; a log that is gone, or a file of last week put in the journal's place, it does not notice at all. This file
/// is written after the journal is on the disk, and is not waited for: a power cut may leave a smaller number in it,
/// never one too large.
struct Acknowledged {
    private let descriptor: Int32

    static func path(in directory: String) -> String { directory + "/acknowledged" }

    /// The number in a folder's file; nil where there is none that can be believed.
    static func revision(in directory: String) -> Revision? {
        guard let bytes = FileBytes.read(path(in: directory)), let numbers = SealedNumbers.read(Data(bytes)) else {
            return nil
        }
        return numbers.count == 1 ? Int(exactly: numbers[0]) : nil
    }

    /// Where the file cannot be made or written, the journal is no less durable; only its loss is not noticed.
    init(in directory: String) {
        descriptor = open(Acknowledged.path(in: directory), O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
    }

    func note(_ revision: Revision) {
        let data = SealedNumbers.data([UInt64(revision)])
        _ = data.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
    }

    func end() { close(descriptor) }
}

/// All bytes of a file, whatever the disk makes of it.
enum FileBytes {
    private static let chunk = 1 << 20
    private static let sector = 4096

    /// What cannot be read is zeros. Nil when there is no such file.
    static func read(_ path: String) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0 { return nil }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        bytes.withUnsafeMutableBytes { buffer in
            var at = 0
            // A sector at a time where the disk refuses more.
            var isRefused = false
            while at < buffer.count {
                let size = min(isRefused ? sector : chunk, buffer.count - at)
                let count = pread(descriptor, buffer.baseAddress?.advanced(by: at), size, off_t(at))
                if count > 0 {
                    at += count
                } else if count == 0 {
                    return
                } else if errno != EINTR {
                    if isRefused { at += size }
                    isRefused = true
                }
            }
        }
        return bytes
    }
}
