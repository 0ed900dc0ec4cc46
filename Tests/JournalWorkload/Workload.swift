import ClusterCore
import KubeAPI
import KubeClient
import KubeStore

/// Writes that depend on the seed, the revision and the objects alone.
package enum Workload {
    package static func step(_ store: ObjectStore, seed: UInt64) throws(StoreError) {
        let next = store.revision + 1
        var random = SeededRandom(seed: seed ^ UInt64(next) &* 0x9E37_79B9_7F4A_7C15)
        var config = ConfigMap(name: "object-\(random.below(60))", namespace: "default")
        config.data["revision"] = "\(next)"
        config.data["filler"] = String(repeating: "x", count: random.below(3000))
        if store.object(config.key) == nil {
            try store.create(config.boxed, author: "writer", cause: next - 1)
        } else if random.below(4) == 0 {
            try store.delete(config.key, expecting: nil, author: "writer", cause: next - 1)
        } else {
            try store.update(config.boxed, expecting: nil, author: "writer", cause: next - 1)
        }
    }
}
