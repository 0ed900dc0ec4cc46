/// What the log beside a SQLite file says: for each page the newest content that was committed, and whether more was
/// committed than can be read. Follows SQLite's file format, "The Write-Ahead Log".
///
/// A header of 32 bytes is followed by frames: 24 bytes of header and a page. Each frame repeats the salt of the header
/// and carries a checksum over all before it, so what is left from before the log was begun again does not count, nor
/// does what follows a frame that is broken:
///
///     frames   1  2  3c 4  5c      c: the last of a transaction
///     broken            x          committed are 1 to 3
///
/// SQLite takes that for the torn end of a transaction that nobody was told of, and drops it. But each transaction is
/// on the disk before the next begins. So a broken frame in one that another follows is damage, and what was
/// acknowledged is lost:
///
///     frames   1  2  3c 4  5c 6
///     broken            x             6 was written after 4 and 5 were on the disk
package struct WriteAheadLog {
    /// Where in the log the committed content of a page begins, by the page's number, counted from 1.
    package private(set) var pages: [Int: Int] = [:]
    /// How many pages the file has after the last commit; 0 without one.
    package private(set) var pageCount = 0
    package private(set) var pageSize = 0
    /// How many frames are committed.
    package private(set) var frameCount = 0
    /// What tells this log from that before it was begun again.
    package private(set) var salt: UInt64 = 0
    package private(set) var flaw: Flaw?

    private static let headerSize = 32
    private static let frameHeaderSize = 24

    /// Complexity: O(bytes).
    package init(_ bytes: [UInt8]) {
        let log = Bytes(bytes)
        // Without a good header nothing of it counts, as for SQLite: the first commit follows a header on the disk.
        guard bytes.count >= Self.headerSize, log.number(0) & 0xFFFF_FFFE == 0x377F_0682,
            log.number(4) == 3_007_000
        else { return }
        var checksum = Checksum(isBigEndian: log.number(0) & 1 == 1)
        checksum.add(bytes, 0..<24)
        guard checksum.matches(log, at: 24) else { return }
        pageSize = Int(log.number(8))
        guard (512...65_536).contains(pageSize), pageSize.nonzeroBitCount == 1 else { return }
        salt = log.longNumber(16)
        let frameSize = Self.frameHeaderSize + pageSize
        var uncommitted: [Int: Int] = [:]
        var at = Self.headerSize
        var number = 0
        while at + frameSize <= bytes.count, log.longNumber(at + 8) == salt, log.number(at) > 0 {
            var next = checksum
            next.add(bytes, at..<at + 8)
            next.add(bytes, at + Self.frameHeaderSize..<at + frameSize)
            guard next.matches(log, at: at + 16) else { break }
            checksum = next
            number += 1
            uncommitted[Int(log.number(at))] = at + Self.frameHeaderSize
            if log.number(at + 4) > 0 {
                pageCount = Int(log.number(at + 4))
                frameCount = number
                pages.merge(uncommitted) { $1 }
                uncommitted = [:]
            }
            at += frameSize
        }
        findFlaw(log, from: at, frameSize)
    }

    /// Looks for a transaction that another one follows behind the last good frame.
    private mutating func findFlaw(_ log: Bytes, from start: Int, _ frameSize: Int) {
        var isFollowed = false
        for at in stride(from: start, through: log.count - Self.frameHeaderSize, by: frameSize)
        where log.longNumber(at + 8) == salt {
            if isFollowed {
                let frame = (start - Self.headerSize) / frameSize + 1
                flaw = Flaw("frame \(frame) of its log is broken, and transactions after it were committed")
                return
            }
            isFollowed = log.number(at + 4) > 0
        }
    }

    /// Numbers as the format has them, the highest byte first.
    private struct Bytes {
        let bytes: [UInt8]
        init(_ bytes: [UInt8]) { self.bytes = bytes }
        var count: Int { bytes.count }

        func number(_ at: Int) -> UInt32 {
            UInt32(bytes[at]) << 24 | UInt32(bytes[at + 1]) << 16 | UInt32(bytes[at + 2]) << 8 | UInt32(bytes[at + 3])
        }

        func longNumber(_ at: Int) -> UInt64 { UInt64(number(at)) << 32 | UInt64(number(at + 4)) }
    }

    /// Two sums, each fed with every other word.
    private struct Checksum {
        let isBigEndian: Bool
        private var first: UInt32 = 0
        private var second: UInt32 = 0

        init(isBigEndian: Bool) { self.isBigEndian = isBigEndian }

        mutating func add(_ bytes: [UInt8], _ range: Range<Int>) {
            bytes.withUnsafeBytes { buffer in
                for at in stride(from: range.lowerBound, to: range.upperBound, by: 8) {
                    first &+= word(buffer, at) &+ second
                    second &+= word(buffer, at + 4) &+ first
                }
            }
        }

        private func word(_ buffer: UnsafeRawBufferPointer, _ at: Int) -> UInt32 {
            let word = buffer.loadUnaligned(fromByteOffset: at, as: UInt32.self)
            return isBigEndian ? UInt32(bigEndian: word) : UInt32(littleEndian: word)
        }

        func matches(_ log: Bytes, at: Int) -> Bool { first == log.number(at) && second == log.number(at + 4) }
    }
}
