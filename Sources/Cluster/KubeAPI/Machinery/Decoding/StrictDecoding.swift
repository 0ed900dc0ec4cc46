/// What a strict client wants to know and decoders do not look for.
public enum StrictDecoding {
    /// The members that an object has twice, as in `duplicate field "metadata.labels.app"`. O(n), for small objects.
    public static func duplicateFields(in bytes: [UInt8]) -> [String] { errors(in: bytes, unknown: []) }

    /// The members that an object has twice and those that no field takes, in the order of the document. What is both
    /// is only unknown. O(n), for small objects.
    ///
    /// Follows sigs.k8s.io/json `UnmarshalStrict`.
    /// - Parameter unknown: What decoding found, as in `unknown field "spec.replica"`.
    static func errors(in bytes: [UInt8], unknown: [String]) -> [String] {
        bytes.withUnsafeBufferPointer { buffer in
            var reader = JSONReader(buffer)
            var findings = Findings(unknown: Set(unknown))
            visit(&reader, [], &findings)
            return findings.errors
        }
    }

    /// Objects with more members than this look names up in a set.
    private static let fewMembers = 32

    private struct Findings {
        let unknown: Set<String>
        var errors: [String] = []

        mutating func add(_ error: String) {
            if !errors.contains(error) { errors.append(error) }
        }

        /// Whether no field takes the member. It is looked at no further then.
        mutating func takeUnknown(_ path: [String]) -> Bool {
            if unknown.isEmpty { return false }
            let error = "unknown field \(GoText.quoted(path.joined()))"
            guard unknown.contains(error) else { return false }
            add(error)
            return true
        }
    }

    private static func visit(_ reader: inout JSONReader, _ path: [String], _ findings: inout Findings) {
        if reader.nextIsObject(), reader.beginObject() {
            var names: [String] = []
            var many: Set<String> = []
            while let key = reader.nextKey() {
                let name = key.text
                let inner = path + [path.isEmpty ? name : "." + name]
                if findings.takeUnknown(inner) {
                    reader.skip()
                    continue
                }
                let isRepeated = names.count > fewMembers ? !many.insert(name).inserted : names.contains(name)
                if isRepeated {
                    findings.add("duplicate field \(GoText.quoted(inner.joined()))")
                } else {
                    names.append(name)
                    if names.count == fewMembers + 1 { many = Set(names) }
                }
                visit(&reader, inner, &findings)
            }
        } else if reader.nextIsArray(), reader.beginArray() {
            var index = 0
            while reader.nextElement() {
                visit(&reader, path + ["[\(index)]"], &findings)
                index += 1
            }
        } else {
            reader.skip()
        }
    }
}
