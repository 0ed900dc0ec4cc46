/// What a strict client wants to know and decoders do not look for.
public enum StrictDecoding {
    /// The members that an object has twice, as in `duplicate field "metadata.labels.app"`. O(n), for small objects.
    public static func duplicateFields(in bytes: [UInt8]) -> [String] {
        bytes.withUnsafeBufferPointer { buffer in
            var reader = JSONReader(buffer)
            var found: [String] = []
            visit(&reader, [], &found)
            return found.map { "duplicate field \(GoText.quoted($0))" }
        }
    }

    /// Objects with more members than this look names up in a set.
    private static let fewMembers = 32

    private static func visit(_ reader: inout JSONReader, _ path: [String], _ found: inout [String]) {
        if reader.nextIsObject(), reader.beginObject() {
            var names: [String] = []
            var many: Set<String> = []
            while let key = reader.nextKey() {
                let name = key.text
                let isRepeated = names.count > fewMembers ? !many.insert(name).inserted : names.contains(name)
                let inner = path + [path.isEmpty ? name : "." + name]
                if isRepeated {
                    let text = inner.joined()
                    if !found.contains(text) { found.append(text) }
                } else {
                    names.append(name)
                    if names.count == fewMembers + 1 { many = Set(names) }
                }
                visit(&reader, inner, &found)
            }
        } else if reader.nextIsArray(), reader.beginArray() {
            var index = 0
            while reader.nextElement() {
                visit(&reader, path + ["[\(index)]"], &found)
                index += 1
            }
        } else {
            reader.skip()
        }
    }
}
