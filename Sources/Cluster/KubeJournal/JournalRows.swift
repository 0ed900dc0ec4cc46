import ClusterCore
import Foundation
import KubeClient

/// What keeps a journal from being read further, in a few words.
package struct Flaw: Error, Equatable {
    package let text: String
    package init(_ text: String) { self.text = text }
}

/// An object of the snapshot, as it is stored.
struct ObjectRow {
    let key: String
    let revision: Revision
    let object: Data
    let checksum: Int64

    /// SQLite does not notice a flipped bit in a row.
    func verify() throws(Flaw) {
        if checksum != ObjectRow.checksum(key, revision, object) { throw Flaw("\(key) does not match its checksum") }
    }

    static func checksum(_ key: String, _ revision: Revision, _ object: Data?) -> Int64 {
        var hash = StableHash()
        hash.combine(key)
        hash.combine(UInt64(bitPattern: Int64(revision)))
        if let object { hash.combine(bytes: object) }
        return Int64(bitPattern: hash.value)
    }
}

/// A change, as it is stored. Its checksum is that of the object which it leaves, so that the row of the snapshot is a
/// copy of it; its seal covers the rest.
struct ChangeRow {
    let revision: Revision
    let time: Int64
    let key: String
    let verb: String
    let author: String
    let cause: Revision
    let object: Data?
    let checksum: Int64
    /// Nil in the first format, which had none.
    let seal: Int64?

    func verify() throws(Flaw) {
        guard checksum == ObjectRow.checksum(key, revision, object), seal == nil || seal == expectedSeal else {
            throw Flaw("revision \(revision), of \(key), does not match its checksum")
        }
    }

    var expectedSeal: Int64 {
        var hash = StableHash()
        for number in [Int64(revision), time, Int64(cause), checksum] { hash.combine(UInt64(bitPattern: number)) }
        for text in [verb, author] {
            hash.combine(text)
            hash.combine(0 as UInt8)
        }
        return Int64(bitPattern: hash.value)
    }
}

/// What the rows of the snapshot add up to: none can be gone, or be there twice, without its being noticed.
///
///     rows with the checksums 5, 7 and 9      count 3, sum 21
///     the second replaced by one of 8         count 3, sum 21 - 7 + 8 = 22
struct SnapshotSeal: Equatable {
    /// The revision that the snapshot is of.
    var base: Revision
    var count = 0
    /// Of the rows' checksums, beyond 64 bits cut off.
    var sum: UInt64 = 0

    init(base: Revision) { self.base = base }

    mutating func add(_ checksum: Int64) {
        count += 1
        sum &+= UInt64(bitPattern: checksum)
    }

    mutating func remove(_ checksum: Int64) {
        count -= 1
        sum &-= UInt64(bitPattern: checksum)
    }

    // MARK: As it is stored

    /// The three numbers and a checksum over them, eight bytes each, the lowest first.
    var data: Data {
        let numbers = [UInt64(bitPattern: Int64(base)), UInt64(bitPattern: Int64(count)), sum]
        return SealedNumbers.data(numbers)
    }

    init?(_ data: Data) {
        guard let numbers = SealedNumbers.read(data), numbers.count == 3 else { return nil }
        base = Int(Int64(bitPattern: numbers[0]))
        count = Int(Int64(bitPattern: numbers[1]))
        sum = numbers[2]
    }
}

/// Numbers with a checksum at their end, eight bytes each, the lowest first.
enum SealedNumbers {
    static func data(_ numbers: [UInt64]) -> Data {
        var data = Data()
        for number in numbers + [checksum(numbers)] {
            for shift in stride(from: UInt64(0), to: 64, by: 8) {
                data.append(UInt8(truncatingIfNeeded: number >> shift))
            }
        }
        return data
    }

    /// Nil if they are not what was written.
    static func read(_ data: Data) -> [UInt64]? {
        let bytes = [UInt8](data)
        if bytes.isEmpty || bytes.count % 8 != 0 { return nil }
        var numbers = stride(from: 0, to: bytes.count, by: 8).map { start in
            bytes[start..<start + 8].reversed().reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
        }
        let last = numbers.removeLast()
        return last == checksum(numbers) ? numbers : nil
    }

    private static func checksum(_ numbers: [UInt64]) -> UInt64 {
        var hash = StableHash()
        for number in numbers { hash.combine(number) }
        return hash.value
    }
}

/// What the cluster was given from outside, with a checksum behind it.
enum SealedInput {
    static func data(_ name: String, _ value: [UInt8]) -> Data { Data(value) + SealedNumbers.data([hash(name, value)]) }

    static func read(_ name: String, _ data: Data) throws(Flaw) -> [UInt8] {
        let value = [UInt8](data.dropLast(16))
        guard SealedNumbers.read(data.suffix(16)) == [hash(name, value)] else {
            throw Flaw("\(name) does not match its checksum")
        }
        return value
    }

    private static func hash(_ name: String, _ value: [UInt8]) -> UInt64 {
        var hash = StableHash()
        hash.combine(name)
        hash.combine(bytes: value)
        return hash.value
    }
}
