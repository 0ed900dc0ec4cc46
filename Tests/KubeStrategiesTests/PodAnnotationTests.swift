import KubeAPI
import KubeAPIServer
import Testing

/// Seccomp and AppArmor in annotations.
/// The rows are those of upstream's `TestValidatePod` and `TestApplyAppArmorVersionSkew`.
@Suite struct PodAnnotationTests {
    private static let armor = "container.apparmor.security.beta.kubernetes.io/"

    private func pod(_ annotations: String, container: String = "", spec: String = "") -> Pod {
        Fixtures.pod(
            #"{"containers":[{"name":"c","image":"i"\#(container)}]\#(spec)}"#,
            metadata: #","annotations":{\#(annotations)}"#)
    }

    @Test(
        arguments: [
            (#""seccomp.security.alpha.kubernetes.io/pod":"runtime/default""#, []),
            (#""container.seccomp.security.alpha.kubernetes.io/c":"localhost/a/b""#, []),
            (
                #""seccomp.security.alpha.kubernetes.io/pod":"foo""#,
                [
                    #"metadata.annotations.seccomp.security.alpha.kubernetes.io/pod: Invalid value: "foo": must be a valid seccomp profile"#
                ]
            ),
            (
                #""container.seccomp.security.alpha.kubernetes.io/c":"localhost//foo""#,
                [
                    #"metadata.annotations.container.seccomp.security.alpha.kubernetes.io/c: Invalid value: "/foo": must be a relative path"#
                ]
            ),
            (#""\#(Self.armor)c":"localhost/foo""#, []),
            (
                #""\#(Self.armor)fake":"runtime/default""#,
                [#"metadata.annotations[\#(Self.armor)fake]: Invalid value: "fake": container not found"#]
            ),
            (
                #""\#(Self.armor)c":"bad-name""#,
                [
                    #"metadata.annotations[\#(Self.armor)c]: Invalid value: "bad-name": invalid AppArmor profile name: "bad-name""#
                ]
            ),
        ] as [(String, [String])])
    func values(_ row: (annotations: String, expected: [String])) {
        #expect(Fixtures.createErrors(pod(row.annotations)) == row.expected)
    }

    @Test(
        arguments: [
            ("unconfined", #"{"type":"Unconfined"}"#, []),
            (
                "unconfined", #"{"type":"RuntimeDefault"}"#,
                ["type: Forbidden: apparmor type in annotation and field must match"]
            ),
            (
                "localhost/a", #"{"type":"Localhost","localhostProfile":"b"}"#,
                ["localhostProfile: Forbidden: apparmor profile in annotation and field must match"]
            ),
        ] as [(String, String, [String])])
    func fieldsMustMatch(_ row: (annotation: String, profile: String, expected: [String])) {
        let pod = pod(
            #""\#(Self.armor)c":"\#(row.annotation)""#,
            container: #","securityContext":{"appArmorProfile":\#(row.profile)}"#)
        #expect(
            Fixtures.createErrors(pod)
                == row.expected.map { "spec.containers[0].securityContext.appArmorProfile." + $0 })
    }

    /// The field of the container follows the annotation, unless the whole pod has that profile already.
    @Test(
        arguments: [
            ("runtime/default", "", "RuntimeDefault"), ("localhost/foo", "", "Localhost"), ("", "", nil),
            ("unconfined", #","securityContext":{"appArmorProfile":{"type":"Unconfined"}}"#, nil),
        ] as [(String, String, String?)])
    func profilesFollowAnnotations(_ row: (annotation: String, spec: String, expected: String?)) {
        let created = Fixtures.created(pod(#""\#(Self.armor)c":"\#(row.annotation)""#, spec: row.spec))
        #expect(created.spec.containers[0].securityContext?.appArmorProfile?.type == row.expected)
        let isCopied = row.expected != nil || row.annotation.isEmpty
        #expect(
            Strategies.strategy(for: .pod).warnings(Boxed(created), old: nil)
                == (isCopied
                    ? [
                        #"metadata.annotations[\#(Self.armor)c]: deprecated since v1.30; use the "appArmorProfile" field instead"#
                    ] : []))
    }

    @Test func appArmorAnnotationsStay() {
        let before = pod(#""\#(Self.armor)c":"runtime/default""#)
        #expect(
            Fixtures.updateErrors(before) { $0.metadata.annotations = [:] } == [
                "metadata.annotations[\(Self.armor)c]: Forbidden: may not remove or update AppArmor annotations"
            ])
        #expect(
            Fixtures.updateErrors(pod("")) { $0.metadata.annotations[Self.armor + "c"] = "runtime/default" } == [
                "metadata.annotations[\(Self.armor)c]: Forbidden: may not add AppArmor annotations"
            ])
    }
}
