extension JSONValue {
    /// Applies a JSON Merge Patch, RFC 7396: objects merge, null deletes, anything else replaces.
    public mutating func mergePatch(_ patch: JSONValue) {
        guard case .object(let changes) = patch else {
            self = patch
            return
        }
        var members: StringMap<JSONValue> = [:]
        if case .object(let present) = self { members = present }
        self = .null
        for (name, change) in changes {
            if change.isNull {
                members.removeValue(forKey: name)
            } else {
                var member = members.removeValue(forKey: name) ?? .null
                member.mergePatch(change)
                members[name] = member
            }
        }
        self = .object(members)
    }
}
