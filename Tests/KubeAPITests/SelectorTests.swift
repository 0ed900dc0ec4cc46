import KubeAPI
import Testing

@Suite("Label and field selectors")
struct SelectorTests {
    @Test(
        "Canonical form",
        arguments: [
            ("", ""), ("a=b", "a=b"), ("b=2, a==1", "a==1,b=2"),
            ("x in (foo,,baz),y,z notin ()", "x in (,baz,foo),y,z notin ()"),
            ("!c , d", "!c,d"), ("a>1,b<2", "a>1,b<2"), ("in in (in,notin)", "in in (in,notin)"), ("a!=b", "a!=b"),
            ("a=", "a="),
            ("example.com/a in (x)", "example.com/a in (x)"),
        ])
    func canonical(text: String, form: String) throws {
        #expect(try Selector(parsing: text).description == form)
    }

    @Test(
        "Mistakes",
        arguments: [
            ("a b", "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"),
            (",a", "found ',', expected: !, identifier, or 'end of string'"),
            ("a,", "found '', expected: identifier after ','"),
            ("a in b", "unable to parse requirement: found 'b' expected: '('"),
            ("!a=b", "found '=', expected: ',' or 'end of string'"),
            (
                "a>b",
                "unable to parse requirement: values[0]: Invalid value: \"b\": for 'Gt', 'Lt' operators, the value must be "
                    + "an integer"
            ),
        ])
    func mistakes(text: String, message: String) {
        #expect(throws: StatusError.badRequest(message)) { try Selector(parsing: text) }
    }

    @Test(
        "Matching",
        arguments: [
            ("a=1", true), ("a=2", false), ("a!=2", true), ("z!=2", true), ("a in (1,2)", true), ("a notin (1)", false),
            ("z notin (1)", true), ("a", true), ("!a", false), ("!z", true), ("n>4", true), ("n<4", false),
            ("b>1", false),
            ("a=1,b=x", true), ("a=1,b=y", false),
        ])
    func matching(text: String, expected: Bool) throws {
        let labels: StringMap<String> = ["a": "1", "b": "x", "n": "5"]
        #expect(try Selector(parsing: text).matches(labels) == expected)
    }

    @Test("From a spec: absent is nothing, empty is everything")
    func fromSpec() throws {
        #expect(try Selector(nil).isNothing)
        #expect(try Selector(LabelSelector()).isEverything)
        var spec = LabelSelector()
        spec.matchLabels = ["app": "web"]
        var expression = LabelSelectorRequirement()
        expression.key = "tier"
        expression.operator = "In"
        expression.values = ["a"]
        spec.matchExpressions = [expression]
        let selector = try Selector(spec)
        #expect(selector.description == "app=web,tier in (a)")
        #expect(selector.exactPairs.map { $0.key + "=" + $0.value } == ["app=web", "tier=a"])
        spec.matchExpressions[0].operator = "Near"
        #expect(throws: StatusError.badRequest("\"Near\" is not a valid label selector operator")) {
            try Selector(spec)
        }
    }

    @Test("Fields of pods")
    func fields() throws {
        var pod = Pod(name: "web", namespace: "default")
        pod.spec.nodeName = "node-1"
        pod.status.phase = "Running"
        let object = pod.boxed
        let selector = try FieldSelector(parsing: "status.phase!=Pending,spec.nodeName=node-1", kind: .pod)
        #expect(selector.description == "spec.nodeName=node-1,status.phase!=Pending")
        #expect(selector.matches(object))
        #expect(selector.exactValue(of: .specNodeName) == "node-1")
        #expect(try !FieldSelector(parsing: "metadata.name=x", kind: .pod).matches(object))
        #expect(try FieldSelector(parsing: "metadata.name=a\\,b\\=", kind: .pod).requirements[0].value == "a,b=")
        #expect(throws: StatusError.badRequest("field label not supported: spec.x")) {
            try FieldSelector(parsing: "spec.x=1", kind: .pod)
        }
        #expect(
            throws: StatusError.badRequest(
                "\"spec.x\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\"")
        ) { try FieldSelector(parsing: "spec.x=1", kind: .configMap) }
        #expect(throws: StatusError.badRequest("invalid selector: 'a'; can't understand 'a'")) {
            try FieldSelector(parsing: "a", kind: .pod)
        }
    }
    @Test("The form of a text comes before its fields, and a term of nothing says nothing")
    func form() throws {
        #expect(try FieldSelector(parsing: "==", kind: .pod).isEverything)
        #expect(try FieldSelector(parsing: "!=,metadata.name=a,,=", kind: .pod).description == "metadata.name=a")
        for (text, message) in [
            ("spec.x=1,zzz", "invalid selector: 'spec.x=1,zzz'; can't understand 'zzz'"),
            ("spec.x=1,z=a=b", "invalid field selector: unescaped character in value: 61"),
            ("=a", "field label not supported: "),
        ] {
            #expect(throws: StatusError.badRequest(message)) { try FieldSelector(parsing: text, kind: .pod) }
        }
    }
}
