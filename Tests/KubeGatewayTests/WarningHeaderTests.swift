import KubeGateway
import Testing

/// Follows upstream's warning_test.go.
@Suite("Warning headers")
struct WarningHeaderTests {
    @Test(
        arguments: [
            ([], []), ([""], []), (["mytext"], [#"299 - "mytext""#]), (["mytext", "mytext"], [#"299 - "mytext""#]),
            (["mytext1", "mytext2"], [#"299 - "mytext1""#, #"299 - "mytext2""#]), (["my\ntext"], []),
            (["my\u{7F}"], []),
            ([#"a "b" \c"#], [#"299 - "a \"b\" \\c""#]), (["ünïcödé"], [#"299 - "ünïcödé""#]),
        ] as [([String], [String])])
    func texts(warnings: [String], headers: [String]) {
        #expect(WarningHeader.texts(warnings) == headers)
    }

    /// Beyond 4,096 characters in all each is cut to 256, and no more are sent when these are 4,096 again.
    @Test func longTexts() {
        let long = (0..<3).map { String(repeating: "\($0)", count: 1500) }
        #expect(WarningHeader.texts(Array(long.prefix(2))).map(\.count) == [1508, 1508])
        #expect(WarningHeader.texts(long) == (0..<3).map { "299 - \"" + String(repeating: "\($0)", count: 256) + "\"" })
        let many = (0..<100).map { "\($0)" + String(repeating: "é", count: 300) }
        let headers = WarningHeader.texts(many)
        #expect(headers.count == 16)
        #expect(headers.allSatisfy { $0.unicodeScalars.count == 256 + 8 })
        let short = ["a"] + many.prefix(13) + ["b"]
        #expect(WarningHeader.texts(short).first == #"299 - "a""#)
        #expect(WarningHeader.texts(short).last == #"299 - "b""#)
    }
}
