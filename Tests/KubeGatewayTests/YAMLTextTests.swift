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
            ("1Gi", #""1Gi""#), (".5_1", "0.51"), (".5__1", #"".5__1""#),
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

    @Test(
        "Text is written so that it reads back as text, in YAML 1.1 as well, and without need in quotes",
        arguments: [
            (".51e3", #"".51e3""#), ("1.5e400", "1.5e400"), ("0xFFFFFFFFFFFFFFFFFF", "0xFFFFFFFFFFFFFFFFFF"),
            ("=", "="), ("<<", "<<"), ("\n", "|2+\n"), ("x\n\n", "|+\n  x\n"), ("12:30", #""12:30""#),
            ("12:60", "12:60"), ("1:2:3.5", #""1:2:3.5""#), ("2026-01-02", #""2026-01-02""#),
            ("2026-13-02", "2026-13-02"),
            ("2026-1-2 3:04:05.6", #""2026-1-2 3:04:05.6""#), ("2026-02-29T03:04:05Z", "2026-02-29T03:04:05Z"),
            ("2024-02-29t03:04:05+01:00", #""2024-02-29t03:04:05+01:00""#), (".inf", #"".inf""#), ("y", #""y""#),
            ("-0b1", #""-0b1""#), ("1_000", #""1_000""#), ("word", "word"), ("", #""""#),
            (".5_1", #"".5_1""#), (".2_5e1_0", #"".2_5e1_0""#), ("._5", "._5"), (".5_", ".5_"), (".5__1", ".5__1"),
            (".5_e1", ".5_e1"),
        ])
    func quoting(text: String, expected: String) {
        #expect(YAMLText.encode(["a": .string(text)]) == "a: \(expected)\n")
    }

    @Test("Long lines are broken at blanks, beyond 80 columns")
    func folding() {
        let plain =
            "System critical pods that must run in the cluster, but can be moved to another node if necessary."
        #expect(
            YAMLText.encode(["a": .string(plain)])
                == "a: System critical pods that must run in the cluster, but can be moved to another\n"
                + "  node if necessary.\n")
        let quoted =
            "successfully pulled image \"registry.k8s.io/coredns/coredns:v1.14.2\" in 548ms (2.215s including "
            + "waiting): done"
        #expect(
            YAMLText.encode(["a": .string(quoted)])
                == "a: 'successfully pulled image \"registry.k8s.io/coredns/coredns:v1.14.2\" in 548ms (2.215s\n"
                + "  including waiting): done'\n")
    }

    @Test("Numbers in keys stand by their value, and letters after all else")
    func keyOrder() {
        let value: JSONValue = [
            "key10": 1, "key2": 2, "key1": 3, "key": 4, "Key": 5, "a.b": 6, "a1": 7, "a-1": 8, "a01": 9,
        ]
        #expect(
            YAMLText.encode(value)
                == "Key: 5\na-1: 8\na.b: 6\na1: 7\na01: 9\nkey: 4\nkey1: 3\nkey2: 2\nkey10: 1\n")
    }

    @Test("A key of null is none")
    func nullKeys() { #expect(throws: YAMLProblem.self) { try json("~: a") } }
}
