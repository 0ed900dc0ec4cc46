import ClusterCore
import KubeAPI

/// The registries of the simulated world: which images exist, how large they are, and what their digests are. All of it
/// follows from the image's name, so every node sees the same registries and nothing is stored.
///
/// Every well-formed name exists, but for those that say that they do not: see `failure(of:)`.
package enum ImageRegistry {
    /// An image that a registry has.
    package struct Image: Equatable, Sendable {
        /// The whole name with its tag, as runtimes report it.
        package var name: String
        /// The repository with the digest: `docker.io/library/nginx@sha256:…`.
        package var digestName: String
        /// Compressed size.
        package var bytes: Int
    }

    package static func image(_ reference: ImageReference) -> Image {
        let digest = reference.digest ?? "sha256:" + hexadecimal(StableHash.hash(reference.canonical), count: 64)
        return Image(
            name: reference.canonical, digestName: reference.repository + "@" + digest, bytes: size(of: reference))
    }

    /// Why a pull fails, as containerd tells it, or nil if the image exists.
    ///
    /// Nobody serves a registry under the reserved domain `.invalid`; a repository whose name says that it does not
    /// exist (`does-not-exist`, `nonexistent`, `no-such-…`) is not there; nor is a tag that says so (`nope`,
    /// `missing`, `bogus`, `typo`, …), or, for the well-known images below, a version far beyond the newest.
    package static func failure(of reference: ImageReference) -> String? {
        let name = reference.canonical
        let pull = "failed to pull and unpack image \"\(name)\": failed to resolve reference \"\(name)\": "
        let host = reference.domain.split(separator: ":").first.map(String.init) ?? reference.domain
        if host.hasSuffix(".invalid") {
            return "rpc error: code = Unknown desc = \(pull)failed to do request: Head "
                + "\"https://\(reference.domain)/v2/\(reference.path)/manifests/\(reference.tag ?? "latest")\": "
                + "dial tcp: lookup \(host): no such host"
        }
        if saysAbsent(reference.path, absentPhrases) {
            return "rpc error: code = Unknown desc = \(pull)pull access denied, repository does not exist or may "
                + "require authorization: server message: insufficient_scope: authorization failed"
        }
        if let tag = reference.tag,
            saysAbsent(tag, absentPhrases) || saysAbsent(tag, absentTags) || isBeyondNewest(tag, of: reference)
        {
            return "rpc error: code = NotFound desc = \(pull)\(name): not found"
        }
        return nil
    }

    private static let absentPhrases = [
        "does-not-exist", "doesnotexist", "doesntexist", "nonexistent", "non-existent", "nonexisting", "no-such",
        "not-found", "notfound",
    ]
    private static let absentTags = [
        "nope", "missing", "bogus", "invalid", "broken", "typo", "wrong", "bad", "fake", "404",
    ]

    /// Whether one of the phrases stands in the text as whole words, with dashes, dots and slashes between words.
    private static func saysAbsent(_ text: String, _ phrases: [String]) -> Bool {
        let bytes = Array(text.utf8)
        func isEdge(_ index: Int) -> Bool {
            guard bytes.indices.contains(index) else { return true }
            return [UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "/")].contains(bytes[index])
        }
        return phrases.contains { phrase in
            let count = phrase.utf8.count
            guard count <= bytes.count else { return false }
            return (0...bytes.count - count).contains { start in
                isEdge(start - 1) && isEdge(start + count) && bytes[start..<start + count].elementsEqual(phrase.utf8)
            }
        }
    }

    /// A tag such as `1.999` of an image whose versions are known to end long before.
    private static func isBeyondNewest(_ tag: String, of reference: ImageReference) -> Bool {
        guard let known = wellKnown[reference.repository], let newest = known.newest else { return false }
        let numbers = tag.prefix { $0.isNumber || $0 == "." }.split(separator: ".").compactMap { Int($0) }
        guard let major = numbers.first else { return false }
        if major != newest.major { return major > newest.major }
        return numbers.count > 1 && numbers[1] > newest.minor
    }

    private struct Known {
        var megabytes: Int
        /// The newest version there could be; generous, so that a version of tomorrow is still found.
        var newest: (major: Int, minor: Int)?
        /// Whom its program runs as.
        var user = "0"
    }

    /// Well-known images, with their compressed size.
    private static let wellKnown: [String: Known] = [
        "docker.io/library/nginx": Known(megabytes: 72, newest: (1, 49)),
        "docker.io/library/httpd": Known(megabytes: 58, newest: (2, 9)),
        "docker.io/library/redis": Known(megabytes: 49, newest: (9, 99)),
        "docker.io/library/postgres": Known(megabytes: 157, newest: (20, 99)),
        "docker.io/library/mysql": Known(megabytes: 240, newest: (10, 99)),
        "docker.io/library/mongo": Known(megabytes: 290, newest: (9, 99)),
        "docker.io/library/busybox": Known(megabytes: 2, newest: (1, 59)),
        "docker.io/library/alpine": Known(megabytes: 4, newest: (3, 49)),
        "docker.io/library/debian": Known(megabytes: 48, newest: (15, 99)),
        "docker.io/library/ubuntu": Known(megabytes: 30, newest: (30, 10)),
        "docker.io/library/python": Known(megabytes: 375, newest: (3, 29)),
        "docker.io/library/node": Known(megabytes: 390, newest: (29, 99)),
        "docker.io/library/golang": Known(megabytes: 300, newest: (1, 49)),
        "docker.io/library/memcached": Known(megabytes: 32, newest: (1, 19), user: "memcache"),
        "docker.io/library/rabbitmq": Known(megabytes: 105, newest: (5, 99)),
        "docker.io/library/haproxy": Known(megabytes: 42, newest: (4, 99), user: "haproxy"),
        "docker.io/library/traefik": Known(megabytes: 57, newest: nil),
        "docker.io/library/caddy": Known(megabytes: 22, newest: (3, 99)),
        "registry.k8s.io/pause": Known(megabytes: 1, newest: nil, user: "65535"),
        "registry.k8s.io/kube-apiserver": Known(megabytes: 27, newest: nil),
        "registry.k8s.io/kube-controller-manager": Known(megabytes: 23, newest: nil),
        "registry.k8s.io/kube-scheduler": Known(megabytes: 18, newest: nil),
        "registry.k8s.io/kube-proxy": Known(megabytes: 26, newest: nil),
        "registry.k8s.io/etcd": Known(megabytes: 24, newest: nil),
        "registry.k8s.io/coredns/coredns": Known(megabytes: 23, newest: nil, user: "nonroot"),
        "registry.k8s.io/e2e-test-images/agnhost": Known(megabytes: 54, newest: nil),
    ]

    /// Programs that stop with exit code 0 when they are told to; others are ended by the signal, with code 143.
    private static let stopsCleanly: Set<String> = [
        "docker.io/library/nginx", "docker.io/library/httpd", "docker.io/library/redis", "docker.io/library/postgres",
        "docker.io/library/mysql", "docker.io/library/mongo", "docker.io/library/memcached",
        "docker.io/library/rabbitmq", "docker.io/library/haproxy", "docker.io/library/traefik",
        "docker.io/library/caddy", "registry.k8s.io/coredns/coredns", "registry.k8s.io/kube-apiserver",
        "registry.k8s.io/kube-controller-manager", "registry.k8s.io/kube-scheduler", "registry.k8s.io/kube-proxy",
        "registry.k8s.io/etcd", "registry.k8s.io/pause", "registry.k8s.io/e2e-test-images/agnhost",
    ]

    /// The exit code of the image's program after SIGTERM.
    package static func exitCodeOnTermination(_ image: String) -> Int {
        guard let reference = try? ImageReference(image) else { return 143 }
        return stopsCleanly.contains(reference.repository) ? 0 : 143
    }

    /// The user of a well-known image, a number or a name; nil where it is not known.
    package static func user(_ image: String) -> String? {
        guard let reference = try? ImageReference(image) else { return nil }
        return wellKnown[reference.repository]?.user
    }

    private static func size(of reference: ImageReference) -> Int {
        let hash = scramble(StableHash.hash(reference.canonical))
        // The last few bytes differ from tag to tag, as in life.
        if let known = wellKnown[reference.repository] { return known.megabytes << 20 | Int(hash & 0xFFFFF) }
        // From 12 to 300 MiB, small ones likelier.
        let unit = Int(hash >> 44)
        return (12 << 20) + unit * unit / (1 << 20) * 288 + Int(hash & 0xFFFFF)
    }
}

/// One step of splitmix64: well-spread bits from any number.
func scramble(_ number: UInt64) -> UInt64 {
    var word = number &+ 0x9E37_79B9_7F4A_7C15
    word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
    return word ^ word >> 31
}

/// Hexadecimal digits drawn from a seed, as image digests and container IDs are written.
func hexadecimal(_ seed: UInt64, count: Int) -> String {
    String(unsafeUninitializedCapacity: count) { buffer in
        var word: UInt64 = 0
        var state = seed
        for position in 0..<count {
            if position & 15 == 0 {
                state = scramble(state)
                word = state
            }
            let digit = UInt8(truncatingIfNeeded: word & 0xF)
            word >>= 4
            buffer[position] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
        }
        return count
    }
}
