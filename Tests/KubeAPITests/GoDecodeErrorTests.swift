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
            (
                #"{"spec":{"template":{"spec":{"restartPolicy":1}}}}"#,
                "json: cannot unmarshal number into Go struct field PodSpec.spec.template.spec.restartPolicy of type "
                    + "v1.RestartPolicy"
            ),
            (
                #"{"spec":{"template":{"spec":{"containers":[{"resources":{"limits":"1"}}]}}}}"#,
                "json: cannot unmarshal string into Go struct field "
                    + "ResourceRequirements.spec.template.spec.containers.resources.limits of type v1.ResourceList"
            ),
            (
                #"{"spec":{"template":{"spec":{"containers":[{"securityContext":{"capabilities":{"add":[1]}}}]}}}}"#,
                "json: cannot unmarshal number into Go struct field "
                    + "Capabilities.spec.template.spec.containers.securityContext.capabilities.add of type "
                    + "v1.Capability"
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

    /// Go looks all bytes through before it reads any, and tells where in the grammar it stopped.
    @Test(
        "What is no JSON",
        arguments: [
            ("", "unexpected end of JSON input"), ("{", "unexpected end of JSON input"),
            ("[1", "unexpected end of JSON input"), ("[", "unexpected end of JSON input"),
            (#"{"a"#, "unexpected end of JSON input"), ("nul", "invalid character ' ' in literal null (expecting 'l')"),
            ("{} x", "invalid character 'x' after top-level value"),
            ("{]", "invalid character ']' looking for beginning of object key string"),
            (#"{"a":1,}"#, "invalid character '}' looking for beginning of object key string"),
            (#"{"a"}"#, "invalid character '}' after object key"),
            (#"{"a":}"#, "invalid character '}' looking for beginning of value"),
            (#"{"a":1 "b"}"#, #"invalid character '"' after object key:value pair"#),
            ("[1 2]", "invalid character '2' after array element"),
            ("[1,]", "invalid character ']' looking for beginning of value"),
            ("{'a':1}", #"invalid character '\'' looking for beginning of object key string"#),
            ("tRue", "invalid character 'R' in literal true (expecting 'r')"),
            ("falze", "invalid character 'z' in literal false (expecting 's')"),
            ("-a", "invalid character 'a' in numeric literal"),
            ("1.e", "invalid character 'e' after decimal point in numeric literal"),
            ("1e+-", "invalid character '-' in exponent of numeric literal"),
            ("[01]", "invalid character '1' after array element"),
            ("\"\n\"", #"invalid character '\n' in string literal"#),
            (#""\q""#, "invalid character 'q' in string escape code"),
            (#""\u00g0""#, #"invalid character 'g' in \u hexadecimal character escape"#),
            ("\u{FEFF}{}", "invalid character 'ï' looking for beginning of value"),
        ])
    func syntax(text: String, problem: String) {
        let cause = "couldn't get version/kind; json parse error: " + problem
        #expect(message(.pod, text)?.hasPrefix(cause + " (") == true, "\(message(.pod, text) ?? "")")
    }

    @Test func whatIsNoObject() {
        let holder =
            #"struct { APIVersion string "json:\"apiVersion,omitempty\""; Kind string "json:\"kind,omitempty\"" }"#
        let cause = "couldn't get version/kind; json parse error: json: cannot unmarshal "
        #expect(message(.pod, "[1]") == cause + "array into Go value of type \(holder) (5b315d)")
        #expect(
            message(.pod, #"{"kind":5}"#) == cause + #"number into Go struct field .kind of type string ({"kind":5})"#)
        #expect(
            message(.pod, " [1.5e-3, -0, 20E+1, true, false, null, {\"\\u00e9\": \"\"}] \n")?.hasPrefix(cause) == true)
    }
}
