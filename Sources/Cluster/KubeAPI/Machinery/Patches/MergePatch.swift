extension JSONValue {
    /// Applies a JSON Merge Patch, RFC 7396: objects merge, null deletes, anything else replaces.
    ///
    /// As the library does it that the API server uses, `gopkg.in/evanphx/json-patch.v4`, which goes further than the
    /// standard: in what is new, members that are null are left out within lists as well.
    public mutating func mergePatch(_ patch: JSONValue) {
        guard case .object(var members) = self else {
            self = patch.withoutNullMembers
            return
        }
        guard case .object(let changes) = patch else {
            self = patch
            return
        }
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

    private var withoutNullMembers: JSONValue {
        switch self {
        case .object(let members):
            var kept: StringMap<JSONValue> = [:]
            for (name, member) in members where !member.isNull { kept[name] = member.withoutNullMembers }
            return .object(kept)
        case .array(let elements): return .array(elements.map(\.withoutNullMembers))
        default: return self
        }
    }
}
