import KubeAPI
import Testing

@Suite("Validation of names, formats and metadata")
struct ValidationTests {
    private static let subdomainComplaint =
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start "
        + "and end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
        + "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
    private static let labelComplaint =
        "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end "
        + "with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is "
        + "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')"

    @Test("Subdomains", arguments: ["a", "a.b", "0", "a-b.c-d.1", "a--b", String(repeating: "a", count: 253)])
    func subdomains(name: String) {
        #expect(Validation.dns1123Subdomain(name) == [])
    }

    @Test("No subdomains", arguments: ["", "A", "a.", ".a", "a..b", "-a", "a-", "a.-b", "a-.b", "a_b", "é", "a b"])
    func noSubdomains(name: String) {
        #expect(Validation.dns1123Subdomain(name) == [Self.subdomainComplaint])
    }

    @Test("Lengths and dots")
    func lengths() {
        #expect(
            Validation.dns1123Subdomain(String(repeating: "a", count: 254)) == ["must be no more than 253 characters"])
        #expect(Validation.dns1123Label("a.b") == ["must not contain dots"])
        #expect(Validation.dns1123Label("a_b") == [Self.labelComplaint])
        #expect(Validation.dns1123Label(String(repeating: "a", count: 64)) == ["must be no more than 63 characters"])
        #expect(Validation.dns1035Label("a1") == [])
        #expect(Validation.dns1035Label("1a").count == 1)
        #expect(Validation.wildcardDNS1123Subdomain("*.a.b") == [])
        #expect(Validation.wildcardDNS1123Subdomain("*.*.b").count == 1)
        #expect(Validation.nameIsDNSSubdomain("web-", true) == [])
        #expect(Validation.nameIsDNSSubdomain("web-", false).count == 1)
        #expect(Validation.nameIsPathSegment("a/b%", false) == ["may not contain '/'", "may not contain '%'"])
        #expect(Validation.nameIsPathSegment("..", false) == ["may not be '..'"])
    }

    @Test("Label keys and values")
    func labels() {
        for key in ["a", "A_b.c-d", "example.com/a", "1/2", String(repeating: "a", count: 63)] {
            #expect(Validation.labelKey(key) == [], "\(key)")
        }
        let pattern =
            "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric "
            + "character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
            + "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
        #expect(Validation.labelKey("-a") == ["name part " + pattern])
        #expect(Validation.labelKey("") == ["name part must be non-empty", "name part " + pattern])
        #expect(Validation.labelKey("/a") == ["prefix part must be non-empty"])
        #expect(Validation.labelKey("A/a") == ["prefix part " + Self.subdomainComplaint])
        #expect(
            Validation.labelKey("a/b/c")
                == [
                    "a valid label key \(pattern) with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
                ])
        #expect(
            Validation.labelKey(String(repeating: "a", count: 64)) == ["name part must be no more than 63 bytes"])
        #expect(Validation.labelValue("") == [])
        #expect(Validation.labelValue("a b").count == 1)
        #expect(Validation.labelValue(String(repeating: "a", count: 64)) == ["must be no more than 63 bytes"])
    }

    @Test("Small formats")
    func formats() {
        #expect(Validation.portNumber(0) == ["must be between 1 and 65535, inclusive"])
        #expect(Validation.portName("http-1") == [])
        #expect(
            Validation.portName("-A--1") == [
                "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)",
                "must contain at least one letter (a-z)", "must not contain consecutive hyphens",
                "must not begin or end with a hyphen",
            ])
        #expect(Validation.percent("25%") == [])
        for percent in ["25", "%", "-1%", "1.5%"] { #expect(Validation.percent(percent).count == 1, "\(percent)") }
        #expect(Validation.configMapKey("a.b_c-D") == [])
        #expect(Validation.configMapKey("..a") == ["must not start with '..'"])
        #expect(Validation.configMapKey("a/b").count == 1)
        #expect(Validation.environmentVariableName("a b") == [])
        #expect(Validation.environmentVariableName("a=b").count == 1)
        #expect(Validation.environmentVariableName("") == ["environment variable name must be non-empty"])
        #expect(Validation.domainPrefixedPath("example.com/a", "x") == [])
        #expect(
            Validation.domainPrefixedPath("a", "x").map(\.description)
                == [#"x: Invalid value: "a": must be a domain-prefixed path (such as "acme.io/foo")"#])
    }

    @Test(
        "Addresses and their canonical text",
        arguments: [
            ("10.9.8.7", "10.9.8.7"), ("010.1.2.3", "10.1.2.3"), ("::", "::"), ("::1", "::1"),
            ("2001:DB8::0:1", "2001:db8::1"),
            ("1:0:0:2:0:0:0:3", "1:0:0:2::3"), ("::ffff:1.2.3.4", "1.2.3.4"), ("1::", "1::"),
            ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"),
            ("64:ff9b::1.2.3.4", "64:ff9b::102:304"), ("1:0:2:3:4:5:6:7", "1:0:2:3:4:5:6:7"),
        ])
    func addresses(text: String, canonical: String) {
        #expect(IPAddressValue(text)?.description == canonical)
    }

    @Test(
        "No addresses",
        arguments: [
            "", "1", "1.2.3", "1.2.3.4.5", "256.1.1.1", "a.b.c.d", ":", ":::", "1:2", "1::2::3", "12345::",
            "1:2:3:4:5:6:7:8:9", "fe80::1%eth0",
            "1.2.3.4::", "::g",
        ])
    func noAddresses(text: String) {
        #expect(IPAddressValue(text) == nil)
    }

    @Test("Blocks of addresses")
    func blocks() throws {
        let block = try #require(CIDRValue("10.96.1.2/12"))
        #expect(block.description == "10.96.0.0/12")
        #expect(block.contains(try #require(IPAddressValue("10.111.255.255"))))
        #expect(!block.contains(try #require(IPAddressValue("10.112.0.0"))))
        #expect(!block.contains(try #require(IPAddressValue("::1"))))
        #expect(CIDRValue("2001:db8::1/64")?.description == "2001:db8::/64")
        for broken in ["10.0.0.0", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "::/129", "x/8"] {
            #expect(CIDRValue(broken) == nil, "\(broken)")
        }
    }

    @Test("Metadata on creation")
    func metadata() {
        var meta = ObjectMeta()
        let check = { (meta: ObjectMeta) in
            Validation.objectMeta(meta, isNamespaced: true, nameCheck: Validation.nameIsDNSSubdomain).map(\.description)
        }
        #expect(
            check(meta) == [
                "metadata.name: Required value: name or generateName is required", "metadata.namespace: Required value",
            ])
        meta.name = "web"
        meta.namespace = "default"
        #expect(check(meta) == [])
        meta.finalizers = ["orphan", "foregroundDeletion"]
        meta.annotations = ["A/B": "x"]
        var owner = OwnerReference()
        owner.apiVersion = "v1"
        owner.kind = "Event"
        owner.name = "e"
        meta.ownerReferences = [owner]
        #expect(
            check(meta) == [
                "metadata.ownerReferences.uid: Invalid value: \"\": must not be empty",
                "metadata.ownerReferences: Invalid value: {\"apiVersion\":\"v1\",\"kind\":\"Event\",\"name\":\"e\",\"uid\":\"\"}: "
                    + "/v1, Kind=Event is disallowed from being an owner",
                "metadata.finalizers: Invalid value: [\"orphan\",\"foregroundDeletion\"]: finalizer orphan and "
                    + "foregroundDeletion cannot be both set",
            ])
        meta = ObjectMeta()
        meta.name = "web"
        meta.annotations = ["a": String(repeating: "x", count: 256 * 1024)]
        #expect(
            Validation.objectMeta(meta, isNamespaced: false, nameCheck: Validation.nameIsDNSSubdomain).map(
                \.description)
                == ["metadata.annotations: Too long: may not be more than 262144 bytes"])
    }

    @Test("Metadata on update")
    func metadataUpdate() {
        var old = ObjectMeta()
        old.name = "web"
        old.uid = "1"
        old.resourceVersion = "5"
        old.deletionTimestamp = Time(seconds: 0)
        old.generation = 2
        var new = old
        #expect(Validation.objectMetaUpdate(new, old: old) == [])
        new.uid = "2"
        new.resourceVersion = nil
        new.deletionTimestamp = nil
        new.generation = 1
        new.finalizers = ["a/b"]
        #expect(
            Validation.objectMetaUpdate(new, old: old).map(\.description) == [
                "metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new "
                    + "finalizers []string{\"a/b\"}",
                "metadata.resourceVersion: Invalid value: \"\": must be specified for an update",
                "metadata.generation: Invalid value: 1: must not be decremented",
                "metadata.uid: Invalid value: \"2\": field is immutable",
                "metadata.deletionTimestamp: Invalid value: null: field is immutable",
            ])
    }

    /// What Go's `strings.TrimSpace` takes away: NEL and the no-break space too, a zero-width space not.
    @Test("White space")
    func whiteSpace() {
        #expect("\u{85}\u{A0} a b\r\n".trimmed == "a b")
        #expect("a".trimmed == "a" && " \t\r\n".trimmed == "" && "".trimmed == "")
        #expect("\u{200B}a".trimmed == "\u{200B}a")
        #expect("".isBlank && " \n".isBlank && !" a ".isBlank)
        #expect("a ".isPadded && "\ta".isPadded && !"a b".isPadded && !"".isPadded)
        #expect("a\nb".hasLineBreak && "a\r".hasLineBreak && !"a b".hasLineBreak)
    }
}
