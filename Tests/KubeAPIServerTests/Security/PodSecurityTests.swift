import KubeAPI
import KubeAPIServer
import KubeClient
import Testing

/// Each check of the pod security standards, by what a client is told.
@Suite struct PodSecurityTests {
    private static let prefix = "pod-security.kubernetes.io/"

    private func server(_ labels: [(String, String)]) throws -> SecureServer {
        let test = try SecureServer()
        var namespace = Namespace(name: "shop")
        for (label, value) in labels { namespace.metadata.labels[Self.prefix + label] = value }
        try test.client.create(namespace)
        try test.client.create(ServiceAccount(name: "default", namespace: "shop"))
        return test
    }

    private func pod(_ change: (inout Pod) -> Void) -> Pod {
        var pod = TestServer.pod("p", namespace: "shop")
        pod.spec.containers[0].name = "a"
        change(&pod)
        return pod
    }

    /// What meets the restricted level.
    private static func restrict(_ container: inout Container) {
        container.securityContext = SecurityContext()
        container.securityContext?.allowPrivilegeEscalation = false
        container.securityContext?.runAsNonRoot = true
        container.securityContext?.capabilities = Capabilities()
        container.securityContext?.capabilities?.drop = ["ALL"]
        container.securityContext?.seccompProfile = SeccompProfile()
        container.securityContext?.seccompProfile?.type = "RuntimeDefault"
    }

    private func refusal(_ test: SecureServer, _ pod: Pod) -> String? {
        TestServer.failure { () throws(StatusError) in try test.client.create(pod) }?.message
    }

    private typealias Change = @Sendable (inout Pod) -> Void

    /// Changes to a pod that breaks nothing otherwise, and the one violation that comes of each.
    private static let baseline: [(Change, String)] = [
        (
            {
                $0.spec.hostNetwork = true; $0.spec.hostPID = true
            }, "host namespaces (hostNetwork=true, hostPID=true)"
        ),
        ({ $0.spec.hostIPC = true }, "host namespaces (hostIPC=true)"),
        (
            { pod in
                pod.spec.containers[0].securityContext?.allowPrivilegeEscalation = nil
                pod.spec.containers[0].securityContext?.privileged = true
            },
            "privileged (container \"a\" must not set securityContext.privileged=true)"
        ),
        (
            { $0.spec.containers[0].securityContext?.capabilities?.add = ["SYS_ADMIN", "CHOWN", "NET_RAW"] },
            "non-default capabilities (container \"a\" must not include \"NET_RAW\", \"SYS_ADMIN\" in "
                + "securityContext.capabilities.add)"
        ),
        (
            { pod in
                pod.spec.containers[0].ports = [port(80, host: 8080), port(81, host: 443)]
            }, "hostPort (container \"a\" uses hostPorts 443, 8080)"
        ),
        (
            { pod in
                pod.spec.volumes = [hostPath("one"), hostPath("two")]
            }, "hostPath volumes (volumes \"one\", \"two\")"
        ),
        (
            { pod in
                pod.spec.containers[0].livenessProbe = Probe()
                pod.spec.containers[0].livenessProbe?.httpGet = HTTPGetAction()
                pod.spec.containers[0].livenessProbe?.httpGet?.host = "127.0.0.1"
                pod.spec.containers[0].livenessProbe?.httpGet?.port = 80
            }, "probe or lifecycle host (container \"a\" uses probe or lifecycle host \"127.0.0.1\")"
        ),
        (
            { pod in
                pod.spec.securityContext = PodSecurityContext()
                pod.spec.securityContext?.appArmorProfile = AppArmorProfile()
                pod.spec.securityContext?.appArmorProfile?.type = "Unconfined"
            }, "forbidden AppArmor profile (pod must not set AppArmor profile type to \"Unconfined\")"
        ),
        (
            { pod in
                pod.spec.containers[0].securityContext?.seLinuxOptions = SELinuxOptions()
                pod.spec.containers[0].securityContext?.seLinuxOptions?.type = "spc_t"
                pod.spec.containers[0].securityContext?.seLinuxOptions?.user = "u"
            },
            "seLinuxOptions (container \"a\" set forbidden securityContext.seLinuxOptions: type \"spc_t\"; user may not be "
                + "set)"
        ),
        (
            { pod in
                pod.spec.hostUsers = false
                pod.spec.containers[0].securityContext?.seccompProfile?.type = "Unconfined"
            },
            "seccompProfile (container \"a\" must not set securityContext.seccompProfile.type to \"Unconfined\")"
        ),
        (
            { pod in
                pod.spec.securityContext = PodSecurityContext()
                pod.spec.securityContext?.sysctls = ["kernel.msgmax", "net.ipv4.tcp_rmem"].map { name in
                    var sysctl = Sysctl()
                    sysctl.name = name
                    sysctl.value = "1"
                    return sysctl
                }
            }, "forbidden sysctls (kernel.msgmax)"
        ),
        (
            { pod in
                pod.spec.hostNetwork = true
                pod.spec.securityContext = PodSecurityContext()
                pod.spec.securityContext?.windowsOptions = WindowsSecurityContextOptions()
                pod.spec.securityContext?.windowsOptions?.hostProcess = true
                pod.spec.containers[0].securityContext = nil
            },
            "host namespaces (hostNetwork=true), hostProcess (pod must not set "
                + "securityContext.windowsOptions.hostProcess=true)"
        ),
    ]

    /// Only the restricted level minds these.
    private static let restricted: [(Change, String)] = [
        (
            { $0.spec.containers[0].securityContext?.allowPrivilegeEscalation = nil },
            "allowPrivilegeEscalation != false (container \"a\" must set "
                + "securityContext.allowPrivilegeEscalation=false)"
        ),
        (
            { pod in
                pod.spec.containers[0].securityContext?.capabilities?.drop = []
                pod.spec.containers[0].securityContext?.capabilities?.add = ["CHOWN"]
            },
            "unrestricted capabilities (container \"a\" must set securityContext.capabilities.drop=[\"ALL\"]; container "
                + "\"a\" must not include \"CHOWN\" in securityContext.capabilities.add)"
        ),
        (
            { $0.spec.containers[0].securityContext?.runAsNonRoot = nil },
            "runAsNonRoot != true (pod or container \"a\" must set securityContext.runAsNonRoot=true)"
        ),
        (
            { $0.spec.containers[0].securityContext?.runAsNonRoot = false },
            "runAsNonRoot != true (container \"a\" must not set securityContext.runAsNonRoot=false)"
        ),
        (
            { pod in
                pod.spec.securityContext = PodSecurityContext()
                pod.spec.securityContext?.runAsUser = 0
            }, "runAsUser=0 (pod must not set runAsUser=0)"
        ),
        (
            { pod in
                // In a user namespace of its own a pod may be root, but this.
                pod.spec.hostUsers = false
                pod.spec.containers[0].securityContext?.runAsNonRoot = false
                pod.spec.containers[0].securityContext?.procMount = "Unmasked"
            },
            "procMount (container \"a\" must not set securityContext.procMount to \"Unmasked\")"
        ),
        (
            { $0.spec.containers[0].securityContext?.seccompProfile = nil },
            "seccompProfile (pod or container \"a\" must set securityContext.seccompProfile.type to \"RuntimeDefault\" or "
                + "\"Localhost\")"
        ),
        (
            { pod in
                var volume = Volume()
                volume.name = "share"
                volume.nfs = NFSVolumeSource()
                volume.nfs?.server = "nfs"
                volume.nfs?.path = "/"
                pod.spec.volumes = [volume]
            },
            "restricted volume types (volume \"share\" uses restricted volume type \"nfs\")"
        ),
    ]

    private static func port(_ number: Int, host: Int) -> ContainerPort {
        var port = ContainerPort()
        port.containerPort = number
        port.hostPort = host
        return port
    }

    private static func hostPath(_ name: String) -> Volume {
        var volume = Volume()
        volume.name = name
        volume.hostPath = HostPathVolumeSource()
        volume.hostPath?.path = "/" + name
        return volume
    }

    @Test func theBaselineKeepsPodsFromTheirNode() throws {
        let test = try server([("enforce", "baseline")])
        for (change, violation) in Self.baseline {
            let pod = pod { pod in
                Self.restrict(&pod.spec.containers[0])
                change(&pod)
            }
            #expect(
                refusal(test, pod) == "pods \"p\" is forbidden: violates PodSecurity \"baseline:latest\": " + violation)
        }
        // A plain pod, and all that only the restricted level minds.
        #expect(refusal(test, pod { _ in }) == nil)
    }

    @Test func theRestrictedLevelAsksForMore() throws {
        let test = try server([("enforce", "restricted")])
        for (change, violation) in Self.restricted {
            let pod = pod { pod in
                Self.restrict(&pod.spec.containers[0])
                change(&pod)
            }
            #expect(
                refusal(test, pod) == "pods \"p\" is forbidden: violates PodSecurity \"restricted:latest\": "
                    + violation)
        }
        #expect(
            refusal(test, pod { _ in })
                == "pods \"p\" is forbidden: violates PodSecurity \"restricted:latest\": allowPrivilegeEscalation != false "
                + "(container \"a\" must set securityContext.allowPrivilegeEscalation=false), unrestricted capabilities "
                + "(container \"a\" must set securityContext.capabilities.drop=[\"ALL\"]), runAsNonRoot != true (pod or "
                + "container \"a\" must set securityContext.runAsNonRoot=true), seccompProfile (pod or container \"a\" must "
                + "set securityContext.seccompProfile.type to \"RuntimeDefault\" or \"Localhost\")")
        #expect(refusal(test, pod { Self.restrict(&$0.spec.containers[0]) }) == nil)
    }

    @Test func standardsAreThoseOfAVersion() throws {
        let test = try server([("enforce", "baseline"), ("enforce-version", "v1.26")])
        let probing = pod { pod in
            pod.spec.containers[0].readinessProbe = Probe()
            pod.spec.containers[0].readinessProbe?.tcpSocket = TCPSocketAction()
            pod.spec.containers[0].readinessProbe?.tcpSocket?.host = "10.0.0.1"
            pod.spec.containers[0].readinessProbe?.tcpSocket?.port = 80
        }
        #expect(refusal(test, probing) == nil)
        var reserved = pod { pod in
            var sysctl = Sysctl()
            sysctl.name = "net.ipv4.ip_local_reserved_ports"
            sysctl.value = "1"
            pod.spec.securityContext = PodSecurityContext()
            pod.spec.securityContext?.sysctls = [sysctl]
        }
        reserved.metadata.name = "q"
        #expect(
            refusal(test, reserved)
                == "pods \"q\" is forbidden: violates PodSecurity \"baseline:v1.26\": forbidden sysctls "
                + "(net.ipv4.ip_local_reserved_ports)")
    }

    @Test func workloadsAreWarnedOf() throws {
        let test = try server([("enforce", "baseline")])
        func warnings(_ object: KubeObject) throws -> [String] {
            let warnings = Warnings()
            _ = try test.server.create(
                object, SecureServer.request(SecureServer.user("root", "system:masters"), warnings: warnings))
            return warnings.texts
        }
        var deployment = Deployment(name: "web", namespace: "shop")
        deployment.spec.selector = LabelSelector(matchLabels: ["app": "web"])
        deployment.spec.template.metadata.labels = ["app": "web"]
        deployment.spec.template.spec = pod { $0.spec.hostPID = true }.spec
        // The pods would be refused, so that whoever makes the workload is told.
        #expect(
            try warnings(deployment.boxed).contains(
                "would violate PodSecurity \"baseline:latest\": host namespaces (hostPID=true)"))
        let restricted = try server([("warn", "restricted"), ("warn-version", "v1.20")])
        let told = Warnings()
        _ = try restricted.server.create(
            pod {
                Self.restrict(&$0.spec.containers[0]); $0.spec.containers[0].securityContext?.runAsNonRoot = nil
            }.boxed,
            SecureServer.request(SecureServer.user("root", "system:masters"), warnings: told))
        #expect(
            told.texts == [
                "would violate PodSecurity \"restricted:v1.20\": runAsNonRoot != true (pod or container \"a\" must set "
                    + "securityContext.runAsNonRoot=true)"
            ])
    }

    @Test func aNamespaceThatIsRaisedTellsOfItsPods() throws {
        let test = try server([])
        for name in ["b", "a", "c"] {
            var pod = pod { $0.spec.hostPID = true }
            pod.metadata.name = name
            try test.client.create(pod)
        }
        var privileged = pod { pod in
            pod.spec.containers[0].securityContext = SecurityContext()
            pod.spec.containers[0].securityContext?.privileged = true
        }
        privileged.metadata.name = "d"
        try test.client.create(privileged)
        let warnings = Warnings()
        let request = SecureServer.request(SecureServer.user("root", "system:masters"), warnings: warnings)
        func label(_ value: String) throws(StatusError) {
            _ = try test.server.mutate(ObjectKey(.namespace, name: "shop"), nil, request) { object in
                var metadata = object.metadata
                metadata.labels[Self.prefix + "enforce"] = value
                return object.with(metadata: metadata)
            }
        }
        try label("baseline")
        #expect(
            warnings.texts == [
                "existing pods in namespace \"shop\" violate the new PodSecurity enforce level \"baseline:latest\"",
                "a (and 2 other pods): host namespaces", "d: privileged",
            ])
        #expect(
            TestServer.failure { () throws(StatusError) in try label("strict") }?.message
                == "Namespace \"shop\" is invalid: metadata.labels[pod-security.kubernetes.io/enforce]: Invalid value: "
                + "\"strict\": must be one of privileged, baseline, restricted")
    }

    /// Pods of one template share what admission found, until the namespace changes.
    @Test func replicasFollowTheNamespace() throws {
        let test = try server([])
        var owner = OwnerReference()
        owner.apiVersion = "apps/v1"
        owner.kind = "ReplicaSet"
        owner.name = "web"
        owner.uid = "uid"
        owner.controller = true
        var replica = pod { $0.spec.hostPID = true }
        replica.metadata.name = nil
        replica.metadata.generateName = "web-"
        replica.metadata.ownerReferences = [owner]
        try test.client.create(replica)
        try test.client.create(replica)
        try test.client.mutate(Namespace.self, ObjectKey(.namespace, name: "shop")) {
            $0.metadata.labels[Self.prefix + "enforce"] = "baseline"
        }
        #expect(refusal(test, replica)?.hasSuffix("host namespaces (hostPID=true)") == true)
    }
}
