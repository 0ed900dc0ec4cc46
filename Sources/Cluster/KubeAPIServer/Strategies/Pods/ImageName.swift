/// The parts of an image's name that matter to the API.
enum ImageName {
    /// The tag of an image: `latest` when there is neither tag nor digest, empty when there is a digest alone.
    /// Follows kubernetes pkg/util/parsers `ParseImageName`.
    static func tag(of image: String) -> String {
        let name = image.utf8
        if name.isEmpty { return "" }
        let beforeDigest = name.firstIndex(of: UInt8(ascii: "@")) ?? name.endIndex
        let lastSlash = name[..<beforeDigest].lastIndex(of: UInt8(ascii: "/")) ?? name.startIndex
        if let colon = name[lastSlash..<beforeDigest].lastIndex(of: UInt8(ascii: ":")) {
            return String(image[image.utf8.index(after: colon)..<beforeDigest])
        }
        return beforeDigest == name.endIndex ? "latest" : ""
    }
}
