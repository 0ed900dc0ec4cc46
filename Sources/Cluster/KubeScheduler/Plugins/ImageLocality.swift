import KubeAPI

/// Prefers nodes that have the pod's images already, the larger and the more widely spread the better.
///
/// Follows kubernetes pkg/scheduler/framework/plugins/imagelocality.
package enum ImageLocality: ScorePlugin {
    package static let identifier = PluginIdentifier.imageLocality
    package static let weight = 1

    private static let mebibyte = 1024 * 1024
    private static let lowest = 23 * mebibyte
    private static let highestPerImage = 1000 * mebibyte

    /// `sizes`: the size in bytes of each image of the pod that the node has, and the number of nodes that have it.
    package static func score(_ sizes: [(size: Int, nodes: Int)], imageCount: Int, nodeCount: Int) -> Int {
        if imageCount == 0 || sizes.isEmpty { return 0 }
        var sum = 0
        for image in sizes { sum += Int(Double(image.size) * (Double(image.nodes) / Double(nodeCount))) }
        let highest = highestPerImage * imageCount
        return ScoreMath.maximum * (min(max(sum, lowest), highest) - lowest) / (highest - lowest)
    }

    /// The images of a pod's containers and image volumes, as nodes name them.
    static func images(of pod: Pod) -> [String] {
        var images = (pod.spec.initContainers + pod.spec.containers).map { normalized($0.image ?? "") }
        for volume in pod.spec.volumes {
            if let reference = volume.image?.reference { images.append(normalized(reference)) }
        }
        return images
    }

    /// With the tag `latest` if the name has neither tag nor digest.
    static func normalized(_ name: String) -> String {
        let bytes = Array(name.utf8)
        let colon = bytes.lastIndex(of: UInt8(ascii: ":")) ?? -1
        let slash = bytes.lastIndex(of: UInt8(ascii: "/")) ?? -1
        return colon <= slash ? name + ":latest" : name
    }
}
