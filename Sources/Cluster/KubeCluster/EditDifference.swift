import KubeAPI
import KubeClient

/// What somebody changed in an object, as a JSON merge patch (RFC 7396): `null` for what was taken away, lists as a
/// whole.
package enum EditDifference {
    /// Nil when nothing was changed. The resource version is no change: an edit is of what it changes only.
    package static func patch(from original: KubeObject, to edited: KubeObject) -> JSONValue? {
        var (before, after) = (value(of: original), value(of: edited))
        before["metadata"]?["resourceVersion"] = nil
        after["metadata"]?["resourceVersion"] = nil
        // kubectl shows objects without them, and so they do not come back.
        before["metadata"]?["managedFields"] = nil
        after["metadata"]?["managedFields"] = nil
        guard case .object(let patch) = patch(from: before, to: after), !patch.isEmpty else { return nil }
        return .object(patch)
    }

    private static func value(of object: KubeObject) -> JSONValue {
        do throws(JSONFailure) {
            return try JSONValue.decode(object.json)
        } catch {
            preconditionFailure("an object's own JSON does not parse: \(error)")
        }
    }

    /// What leads from one value to another, as a JSON merge patch.
    package static func patch(from before: JSONValue, to after: JSONValue) -> JSONValue {
        guard case .object(let old) = before, case .object(let new) = after else { return after }
        var changes = StringMap<JSONValue>()
        for (name, _) in old where new[name] == nil { changes[name] = .null }
        for (name, value) in new {
            guard let previous = old[name] else {
                changes[name] = value
                continue
            }
            if previous != value { changes[name] = patch(from: previous, to: value) }
        }
        return .object(changes)
    }
}
