import KubeAPI

extension DescribeWriter {
    mutating func describe(_ map: ConfigMap) {
        identity(map)
        labels("Labels", map.labels)
        annotations(map.annotations)
        line("\nData\n====")
        for (key, text) in map.data { line("\(key):\n----\n\(text)\n") }
        line("\nBinaryData\n====")
        for (key, data) in map.binaryData { line("\(key): \(data.bytes.count) bytes") }
        line("")
    }

    /// Sizes alone, of tokens too, which kubectl shows in full: the console may be looked at by others.
    mutating func describe(_ secret: Secret) {
        identity(secret)
        labels("Labels", secret.labels)
        annotations(secret.annotations)
        line("\nType:\t\(secret.type ?? "")")
        line("\nData\n====")
        for (key, data) in secret.data { field(key, "\(data.bytes.count) bytes") }
    }
}
