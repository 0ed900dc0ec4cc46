import KubeAPI
import NIOCore

/// A list in YAML, made piece by piece as the client takes it.
///
/// A sequence in a mapping is not indented, so that its elements are written as a document of one of them would be.
/// Members are sorted by name: those before the items come first, as `apiVersion` does, and those after them last.
final class YAMLListText: BodyProducer {
    private let list: ListText
    private let start: String
    private let end: String
    private var position = -1
    private(set) var isFinished = false

    /// - Parameter list: One that is not empty.
    init(_ list: ListText) {
        self.list = list
        let members =
            YAMLListText.value { writer in
                list.writeStart(&writer)
                list.writeEnd(&writer)
            }.objectValue ?? [:]
        let key = list.itemsKey
        start = YAMLListText.text(members) { compareUTF8($0, key) < 0 } + key + ":\n"
        end = YAMLListText.text(members) { compareUTF8($0, key) > 0 }
    }

    func next() -> ByteBuffer? {
        if isFinished { return nil }
        var piece = ByteBuffer()
        piece.reserveCapacity(ListText.pieceSize + 16 << 10)
        if position < 0 {
            piece.writeString(start)
            position = 0
        }
        while position < list.count, piece.readableBytes < ListText.pieceSize {
            let item = YAMLListText.value { writer in list.writeItem(position, &writer) }
            piece.writeString(YAMLText.encode([item]))
            position += 1
        }
        if position == list.count {
            piece.writeString(end)
            isFinished = true
        }
        return piece
    }

    private static func text(_ members: StringMap<JSONValue>, _ isWanted: (String) -> Bool) -> String {
        let wanted = StringMap(members.filter { isWanted($0.key) }.map { ($0.key, $0.value) })
        return wanted.isEmpty ? "" : YAMLText.encode(.object(wanted))
    }

    private static func value(_ write: (inout JSONWriter) -> Void) -> JSONValue {
        var writer = JSONWriter()
        write(&writer)
        do throws(JSONFailure) {
            return try JSONValue.decode(writer.bytes)
        } catch {
            preconditionFailure("what was written as JSON reads as JSON: \(error)")
        }
    }
}
