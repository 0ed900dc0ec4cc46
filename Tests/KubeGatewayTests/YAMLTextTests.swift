import KubeAPI
import KubeGateway
import Testing

/// YAML means what it means to kubectl and to the API server.
@Suite struct YAMLTextTests {
    private func json(_ text: String) throws -> String {
        String(decoding: try YAMLText.decode(Array(text.utf8)).json, as: UTF8.self)
    }

    @Test(
        "Plain scalars",
        arguments: [
            ("80", "80"), ("-1", "-1"), ("+5", "5"), ("1_000", "1000"), ("0x1F", "31"), ("0b101", "5"), ("0o17", "15"),
            ("0644", "420"), ("08", "8"), ("9223372036854775808", "9223372036854776000"), ("1.5", "1.5"), (".5", "0.5"),
            ("1.", "1"), ("1e3", "1000"), ("-2.5E-1", "-0.25"), ("1e999", #""1e999""#), ("1.2.3", #""1.2.3""#),
            ("22:80", #""22:80""#), ("190:20:30", #""190:20:30""#), ("2026-01-02", #""2026-01-02""#),
            ("1Gi", #""1Gi""#),
            ("0x", #""0x""#), ("-x", #""-x""#), (".", #"".""#), ("+.e3", #""+.e3""#), ("1e", #""1e""#),
            ("0x-5", #""0x-5""#),
            ("true", "true"), ("off", "false"), ("Yes", "true"), ("y", "true"), ("N", "false"), ("yEs", #""yEs""#),
            ("~", "null"), ("Null", "null"), ("", "null"), ("nullable", #""nullable""#), ("truely", #""truely""#),
            (".inf", #"".inf""#), ("'80'", #""80""#), (#""true""#, #""true""#), ("!!str 80", #""80""#),
            ("!!int '80'", "80"), ("! 80", #""80""#), ("|\\n  80", #""80\n""#),
        ])
    func scalars(text: String, expected: String) throws {
        let text = text.replacing("\\n", with: "\n")
        #expect(try json("a: \(text)\n") == #"{"a":\#(expected)}"#)
    }

    @Test(
        "Keys are strings, as their values are written",
        arguments: [
            ("80: a", "80"), ("0x50: a", "80"), ("'0x50': a", "0x50"), ("on: a", "true"), ("n: a", "false"),
            ("1.10: a", "1.1"), ("2.0: a", "2"), ("1.2.3: a", "1.2.3"), ("'<<': a", #"\u003c\u003c"#),
        ])
    func keys(text: String, expected: String) throws {
        #expect(try json(text) == #"{"\#(expected)":"a"}"#)
    }

    @Test("What << brings in counts from where it stands")
    func merges() throws {
        let base = "base: &base {a: 1, b: 2}\nmore: &more {b: 3, c: 4}\n"
        let rest = #""base":{"a":1,"b":2},"more":{"b":3,"c":4}}"#
        #expect(try json(base + "all: {<<: *base, b: 5}") == #"{"all":{"a":1,"b":5},"# + rest)
        #expect(try json(base + "all: {b: 5, <<: *base}") == #"{"all":{"a":1,"b":2},"# + rest)
        #expect(try json(base + "all: {<<: [*base, *more]}") == #"{"all":{"a":1,"b":2,"c":4},"# + rest)
        #expect(try json("all: {<<: [], a: 1}") == #"{"all":{"a":1}}"#)
        for wrong in ["{<<: 1}", "{<<: [1]}", "{<<: [[]]}"] {
            #expect(throws: YAMLProblem.self) { try json("all: " + wrong) }
        }
    }

    @Test(
        "Bytes that are no text",
        arguments: [
            ([0xFF, 0x61], "invalid leading UTF-8 octet"),
            ([0x61, 0x3A, 0x20, 0xC3, 0x28], "invalid trailing UTF-8 octet"),
            ([0x61, 0xE2, 0x82], "incomplete UTF-8 octet sequence"),
            ([0xC0, 0x80], "invalid length of a UTF-8 sequence"),
        ] as [([UInt8], String)])
    func brokenText(bytes: [UInt8], problem: String) {
        #expect { try YAMLText.decode(bytes) } throws: { ($0 as? YAMLProblem)?.message == "yaml: " + problem }
    }

    @Test("A key of null is none")
    func nullKeys() { #expect(throws: YAMLProblem.self) { try json("~: a") } }
}
