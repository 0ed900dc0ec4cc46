import KubeGateway
import Testing

/// What is said of texts that are not YAML: the document, the keys that lead to the fault, line and column, and what is
/// wrong, in the parser's words.
@Suite struct YAMLDocumentsTests {
    private static func fault(_ text: String) -> String? {
        do throws(YAMLFault) {
            _ = try YAMLDocuments.read(text)
            return nil
        } catch {
            return error.description
        }
    }

    private static let noToken = "found character that cannot start any token (while scanning for the next token)"
    private static let noValue = "mapping values are not allowed in this context"

    /// Each in the second document, whose first line is the fourth.
    @Test(arguments: [
        // Tabs.
        ("spec:\n\treplicas: 3\n", "spec: line 5, column 1: \(noToken)"),
        ("spec:\n  template:\n  \tx: 1\n", "spec.template: line 6, column 3: \(noToken)"),
        (
            "metadata:\n  name: a\n\tlabels: {}\n",
            "metadata.name: line 6, column 1: found a tab character that violates indentation "
                + "(while scanning a plain scalar from line 5)"
        ),
        // Quotes.
        (
            "metadata:\n  name: \"abc\n  labels: {a: b}\n",
            "metadata.name: line 7, column 1: found unexpected end of stream "
                + "(while scanning a quoted scalar from line 5)"
        ),
        (
            "metadata:\n  name: 'abc\n---\na: b\n",
            "metadata.name: line 6, column 1: found unexpected document indicator "
                + "(while scanning a quoted scalar from line 5)"
        ),
        // Brackets.
        (
            "spec:\n  args: [a, b\n",
            "spec.args: line 6, column 1: did not find expected ',' or ']' (while parsing a flow sequence from line 5)"
        ),
        (
            "spec:\n  args: [a, b\n  image: x\n  ports:\n  - a: 1\n",
            "spec.args[1]: line 6, column 8: did not find expected ',' or ']' "
                + "(while parsing a flow sequence from line 5)"
        ),
        (
            "spec:\n  selector: {app: web\n  image: x\n",
            "spec.selector.app: line 6, column 8: did not find expected ',' or '}' "
                + "(while parsing a flow mapping from line 5)"
        ),
        (
            "spec:\n  args: [a, b}\n",
            "spec.args[1]: line 5, column 14: did not find expected ',' or ']' (while parsing a flow sequence)"
        ),
        (
            "spec:\n  args: [a, b]]\n  x: y\n",
            "spec.args: line 5, column 15: did not find expected key (while parsing a block mapping)"
        ),
        // Indentation.
        ("metadata:\n  name: a\n   labels: x\n", "metadata.name: line 6, column 10: \(noValue)"),
        ("metadata:\r\n  name: a\r\n   labels: x\r\n", "metadata.name: line 6, column 10: \(noValue)"),
        (
            "metadata:\n    name: a\n  labels: x\n",
            "metadata: line 6, column 3: did not find expected key (while parsing a block mapping from line 4)"
        ),
        (
            "spec:\n  containers:\n  - name: a\n    image: b\n   ports: x\n",
            "spec.containers[0]: line 8, column 4: did not find expected key "
                + "(while parsing a block mapping from line 5)"
        ),
        (
            "spec:\n  a: b\n  - c\n",
            "spec: line 6, column 3: did not find expected key (while parsing a block mapping from line 5)"
        ),
        (
            "spec:\n  - c\n  a: b\n",
            "spec: line 6, column 3: did not find expected '-' indicator "
                + "(while parsing a block collection from line 5)"
        ),
        ("spec: - c\n", "spec: line 4, column 7: block sequence entries are not allowed in this context"),
        ("spec:\n  command: echo a: b\n", "spec.command: line 5, column 18: \(noValue)"),
        // No colon.
        ("metadata:\n  name: a\nspec:\n  replicas 3\n  template: x\n", "spec: line 8, column 11: \(noValue)"),
        (
            "metadata: {}\nspec x\nstatus: y\n",
            "after metadata: line 6, column 1: could not find expected ':' (while scanning a simple key from line 5)"
        ),
        // Anchors and aliases.
        ("spec:\n  a: *x\n", "spec.a: line 5, column 6: unknown anchor 'x' referenced"),
        ("spec: &x\n  a: *x\n", "spec.a: line 5, column 6: anchor 'x' value contains itself"),
        (
            "spec:\n  a: & b\n",
            "spec.a: line 5, column 7: did not find expected alphabetic or numeric character "
                + "(while scanning an anchor)"
        ),
        // Keys.
        ("metadata:\n  labels:\n    app: a\n    app: b\n", "metadata.labels: line 6: the key app is given twice"),
        (
            "spec:\n  containers:\n  - name: a\n  - name: b\n    image: z\n    image: q\n",
            "spec.containers[1]: line 8: the key image is given twice"
        ),
        ("metadata: {}\nmetadata: {}\n", "line 4: the key metadata is given twice"),
        ("metadata: {name: a, labels: {x: a, x: b}}\n", "metadata.labels: line 4: the key x is given twice"),
        (
            "spec:\n  containers: [{name: a}, {name: x, name: b}]\n",
            "spec.containers[1]: line 5: the key name is given twice"
        ),
        ("{metadata: {},\n metadata: {}}\n", "line 4: the key metadata is given twice"),
        // Escapes.
        (
            "spec:\n  a: \"b\\q\"\n",
            "spec.a: line 5, column 8: found unknown escape character (while parsing a quoted scalar)"
        ),
        ("spec:\n  ? [a]\n  : b\n", "spec: line 5: a key must be a string"),
        (
            "spec:\n  labels: {<<: 3}\n",
            "spec.labels.<<: line 5: map merge requires map or sequence of maps as the value"
        ),
        // Characters.
        ("spec:\n  a: @x\n", "spec.a: line 5, column 6: \(noToken)"),
        ("spec:\n  a: b\u{1}c\n", "spec.a: line 5, column 7: control characters are not allowed"),
        ("spéc:\n  ü: 'é', x\n", "spéc.ü: line 5, column 9: did not find expected key (while parsing a block mapping)"),
    ])
    func saysWhereADocumentIsBroken(text: String, fault: String) {
        let expected = fault.hasPrefix("line ") ? "document 2: " + fault : "document 2, " + fault
        #expect(Self.fault("apiVersion: v1\nkind: Pod\n---\n" + text) == expected)
    }

    @Test(arguments: [
        (
            "{\"apiVersion\": \"v1\",\n \"metadata\": {\"name\": \"x\"}\n \"spec\": {}}\n",
            "document 1, metadata: line 3, column 2: did not find expected ',' or '}' "
                + "(while parsing a flow mapping from line 1)"
        ),
        (
            "{\"apiVersion\": \"v1\",\n \"spec\": {\"containers\": [{\"name\": \"x\"}\n",
            "document 1, spec.containers: line 3, column 1: did not find expected ',' or ']' "
                + "(while parsing a flow sequence from line 2)"
        ),
        // Objects that follow each other are documents; their lines are those of the text.
        (
            "{\"a\": 1} {\"b\": {\"c\" \"d\"}}\n",
            "document 2, b.c: line 1, column 21: did not find expected ',' or '}' (while parsing a flow mapping)"
        ),
        (
            "{\"a\": 1}\n{\"b\": {\"c\": [1 2\"}}\n",
            "document 2, b.c[0]: line 2, column 18: did not find expected ',' or ']' (while parsing a flow sequence)"
        ),
        ("a: " + String(repeating: "[", count: 20_000), "document 1: line 1: nested too deeply"),
    ])
    func saysWhereJSONIsBroken(text: String, fault: String) { #expect(Self.fault(text) == fault) }

    @Test func countsDocumentsWithoutContent() throws {
        let problem = "line 6, column 1: did not find expected node content (while parsing a flow node)"
        #expect(Self.fault("---\n---\na: b\n---\nc: [\n") == "document 3, c[0]: \(problem)")
        #expect(try YAMLDocuments.read("a: 1\n---\n---\nb: 2\n").map(\.isNull) == [false, true, false])
        #expect(try YAMLDocuments.read("{\"a\": 1} {\"b\": 2}\n{\"c\": 3}").count == 3)
    }
}
