import KubeAPI

/// Finds the selectors that may match some labels without looking at all of them: each selector waits under one label
/// that its matches surely have.
///
/// For example: `app=web,tier=front` waits under `app=web`. Labels `app=web,zone=a` find it there, and then have to be
/// matched; labels `app=api` never meet it. A selector without such a label is met by everything in its namespace.
package struct SelectorIndex {
    private struct Anchor: Hashable {
        var namespace: String
        var key: String
        var value: String
    }

    private var anchored: [Anchor: [String]] = [:]
    /// By namespace.
    private var unanchored: [String: [String]] = [:]

    package init() {}

    /// Adds a selector under an identity that is not in the index.
    package mutating func insert(_ selector: Selector, namespace: String, _ identity: String) {
        if let pair = selector.exactPairs.first {
            anchored[Anchor(namespace: namespace, key: pair.key, value: pair.value), default: []].append(identity)
        } else if !selector.isNothing {
            unanchored[namespace, default: []].append(identity)
        }
    }

    /// Removes what was inserted with the same arguments.
    package mutating func remove(_ selector: Selector, namespace: String, _ identity: String) {
        if let pair = selector.exactPairs.first {
            let anchor = Anchor(namespace: namespace, key: pair.key, value: pair.value)
            anchored[anchor]?.removeAll { $0 == identity }
            if anchored[anchor]?.isEmpty == true { anchored[anchor] = nil }
        } else {
            unanchored[namespace]?.removeAll { $0 == identity }
            if unanchored[namespace]?.isEmpty == true { unanchored[namespace] = nil }
        }
    }

    /// Every selector that may match, in an order that depends on the insertions alone. O(labels + found).
    package func candidates(namespace: String, labels: StringMap<String>) -> [String] {
        var found = unanchored[namespace] ?? []
        for (key, value) in labels {
            found += anchored[Anchor(namespace: namespace, key: key, value: value)] ?? []
        }
        return found
    }
}
