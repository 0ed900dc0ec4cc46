import KubeAPI

/// Files of one volume that come to lie over each other: two at one path, or one where another needs a folder.
///
/// For example, a volume `v` of the ConfigMap `m` with the paths `a` and `a/b` is told
/// `volume "v" (ConfigMap "m"): overlapping paths: "a/b" with "a"`.
/// Follows kubernetes pkg/api/pod/warnings.go `warningsForOverlappingVirtualPaths`.
enum VolumePathWarnings {
    static func add(_ volumes: [Volume], to warnings: inout [String]) {
        for volume in volumes {
            let name = GoText.quoted(volume.name)
            if let source = volume.configMap {
                overlaps(source.items.map(\.path), "volume \(name) (ConfigMap \(quoted(source.name)))", &warnings)
            }
            if let source = volume.secret {
                overlaps(source.items.map(\.path), "volume \(name) (Secret \(quoted(source.secretName)))", &warnings)
            }
            if let source = volume.downwardAPI {
                overlaps(source.items.map(\.path), "volume \(name) (DownwardAPI)", &warnings)
            }
            if let projected = volume.projected { self.projected(projected, name, &warnings) }
        }
    }

    /// Each source by itself, and then with those before it.
    private static func projected(_ projected: ProjectedVolumeSource, _ name: String, _ warnings: inout [String]) {
        var all: Set<String> = []
        for source in projected.sources {
            if source == VolumeProjection() {
                warnings.append("volume \(name) (Projected) has no sources provided")
                continue
            }
            guard let (kind, paths) = files(source), !paths.isEmpty else { continue }
            let subject = "volume \(name) (Projected \(kind))"
            overlaps(paths, subject, &warnings)
            let own = Set(paths)
            overlaps((Array(own) + all).sorted(by: precedesUTF8), subject, &warnings)
            all.formUnion(own)
        }
    }

    /// The paths of the first kind of source that tells any.
    private static func files(_ source: VolumeProjection) -> (kind: String, paths: [String])? {
        if let map = source.configMap, !map.items.isEmpty {
            return ("ConfigMap \(quoted(map.name))", map.items.map(\.path))
        }
        if let secret = source.secret, !secret.items.isEmpty {
            return ("Secret \(quoted(secret.name))", secret.items.map(\.path))
        }
        if let downward = source.downwardAPI, !downward.items.isEmpty {
            return ("DownwardAPI", downward.items.map(\.path))
        }
        if let token = source.serviceAccountToken { return ("ServiceAccountToken", [token.path]) }
        if let bundle = source.clusterTrustBundle {
            return ("ClusterTrustBundle \(quoted(bundle.name ?? bundle.signerName))", [bundle.path])
        }
        return nil
    }

    private static func overlaps(_ paths: [String], _ subject: String, _ warnings: inout [String]) {
        if paths.count < 2 { return }
        var seen: [String] = []
        for path in paths {
            var path = Substring(path)
            while path.hasSuffix("/") { path.removeLast() }
            let file = String(path)
            if let other = overlap(file, seen) {
                let warning = "\(subject): overlapping paths: \(GoText.quoted(file)) with \(GoText.quoted(other))"
                if !warnings.contains(warning) { warnings.append(warning) }
            }
            seen.append(file)
        }
    }

    private static func overlap(_ path: String, _ seen: [String]) -> String? {
        if path.isEmpty { return nil }
        return seen.first { other in
            !other.isEmpty && (other == path || other.hasPrefix(path + "/") || path.hasPrefix(other + "/"))
        }
    }

    private static func quoted(_ name: String?) -> String { GoText.quoted(name.text) }
}
