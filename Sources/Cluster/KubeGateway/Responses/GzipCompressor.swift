import CZlib
import NIOCore

/// Compresses an answer with gzip, at the level that costs least: the API's JSON shrinks tenfold even so.
///
/// Follows apiserver pkg/endpoints/handlers/responsewriters/writers.go.
final class GzipCompressor {
    /// Answers below this many bytes are not worth it.
    static let threshold = 128 << 10
    private static let level: Int32 = 1
    /// Of deflate's window, with 16 added for the frame of gzip.
    private static let windowBits: Int32 = 15 + 16

    private var stream = z_stream()

    init?() {
        let result = deflateInit2_(
            &stream, GzipCompressor.level, Z_DEFLATED, GzipCompressor.windowBits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        if result != Z_OK { return nil }
    }

    deinit { deflateEnd(&stream) }

    /// What comes out after these bytes went in; with `isLast` everything, otherwise what is ready.
    func compress(_ input: ByteBuffer, isLast: Bool) -> ByteBuffer {
        var output = ByteBuffer()
        input.withUnsafeReadableBytes { bytes in
            stream.next_in = UnsafeMutablePointer(mutating: bytes.bindMemory(to: UInt8.self).baseAddress)
            stream.avail_in = UInt32(bytes.count)
            let flush = isLast ? Z_FINISH : Z_NO_FLUSH
            var isMore = true
            while isMore {
                output.writeWithUnsafeMutableBytes(minimumWritableBytes: 32 << 10) { space in
                    stream.next_out = space.bindMemory(to: UInt8.self).baseAddress
                    stream.avail_out = UInt32(space.count)
                    let result = deflate(&stream, flush)
                    isMore = isLast ? result == Z_OK : stream.avail_out == 0
                    return space.count - Int(stream.avail_out)
                }
            }
            stream.next_in = nil
        }
        return output
    }
}
