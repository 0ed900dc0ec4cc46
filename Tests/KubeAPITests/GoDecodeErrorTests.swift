import KubeAPI
import Testing

/// What cannot be read is told in the words of Go's decoder.
@Suite struct GoDecodeErrorTests {
    private func message(_ kind: ResourceKind, _ json: String) -> String? {
        do throws(StatusError) {
            _ = try decodeObject(Array(json.utf8), defaultKind: kind)
            return nil
        } catch {
            return error.message.firstRange(of: ": ").map { String(error.message[$0.upperBound...]) }
        }
    }

    @Test(
        "Keys of maps and numbers of elements are not in the path",
        arguments: [
            (
                #"{"spec":{"selector":{"matchLabels":{"app.kubernetes.io/name":1}}}}"#,
                "json: cannot unmarshal number into Go struct field LabelSelector.spec.selector.matchLabels of type "
                    + "string"
            ),
            (
                #"{"metadata":{"labels":{"a":true}}}"#,
                "json: cannot unmarshal bool into Go struct field ObjectMeta.metadata.labels of type string"
            ),
            (
                #"{"spec":{"template":{"spec":{"containers":[{},{"image":[]}]}}}}"#,
                "json: cannot unmarshal array into Go struct field Container.spec.template.spec.containers.image of "
                    + "type string"
            ),
            (
                #"{"spec":{"template":{"spec":{"nodeSelector":[]}}}}"#,
                "json: cannot unmarshal array into Go struct field PodSpec.spec.template.spec.nodeSelector of type "
                    + "map[string]string"
            ),
        ])
    func paths(json: String, expected: String) { #expect(message(.deployment, json) == expected) }

    /// Where Go's decoder stops, which authors of Secrets know.
    @Test(arguments: [
        ("abc?", 3), ("abcde", 4), ("a", 0), ("ab=c", 2), ("ab==c", 4), ("ab=", 3), ("=", 0), ("YWJj\\nZGV?", 8),
    ])
    func base64(_ row: (text: String, position: Int)) {
        #expect(
            message(.secret, #"{"data":{"a":"YWJj","tls.crt":"\#(row.text)"}}"#)
                == "illegal base64 data at input byte \(row.position)")
    }

    private static let malformed =
        "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"

    @Test(
        "Quantities do not know which field they are",
        arguments: [
            ("\"\"", malformed), (#""1x""#, malformed), (#""100MB""#, malformed), (#""one""#, malformed),
            (#""1Mii""#, "unable to parse quantity's suffix"), (#""1e""#, "unable to parse quantity's suffix"),
            ("{}", malformed), ("[1]", malformed), ("true", malformed),
        ])
    func quantities(value: String, expected: String) {
        #expect(
            message(.node, #"{"status":{"capacity":{"example.com/a":\#(value)}}}"#) == expected)
    }

    @Test(
        "What is no base64 is told by its first wrong byte, without a field",
        arguments: [
            ("hunter2!", 7), ("YWRtaW4", 4), ("YWRtaW4=YQ==", 8), ("YWRt\\naW4", 5), ("Y===", 1), ("YQ=", 3),
            ("YQ=x", 2),
            ("pass word", 4),
        ])
    func base64(text: String, byte: Int) {
        #expect(message(.secret, #"{"data":{"password":"\#(text)"}}"#) == "illegal base64 data at input byte \(byte)")
    }
}
