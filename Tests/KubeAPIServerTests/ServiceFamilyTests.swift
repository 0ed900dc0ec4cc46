import ClusterCore
import KubeAPI
import KubeAPIServer
import KubeClient
import Testing

/// Families and ports of services by upstream's rules: `TestCreateInitIPFields`, `TestUpdateIPFamilies`,
/// `TestInitNodePorts`, `TestUpdatePatchAllocatedValues` and their kin in kubernetes
/// pkg/registry/core/service/storage/storage_test.go.
@Suite struct ServiceFamilyTests {
    private static func service(
        _ name: String = "web", type: String = "ClusterIP", ports: [(port: Int, proto: String, nodePort: Int?)]
    ) -> Service {
        var service = Service(name: name, namespace: "default")
        service.spec.type = type
        service.spec.selector = ["app": name]
        service.spec.ports = ports.map { entry in
            var port = ServicePort()
            port.name = "\(entry.proto.lowercased())-\(entry.port)"
            port.port = entry.port
            port.protocol = entry.proto
            port.nodePort = entry.nodePort
            return port
        }
        return service
    }

    private static func message(_ body: () throws(StatusError) -> Void) -> String? {
        TestServer.failure(body).map { String($0.message.split(separator: " is invalid: ", maxSplits: 1)[1]) }
    }

    // MARK: Node ports

    /// The port that asks may stand after the one that shares its number.
    @Test func portsOfOneNumberShareWhatAnyOfThemAsksFor() throws {
        let test = try TestServer()
        let ports: [(Int, String, Int?)] = [(53, "TCP", nil), (53, "UDP", 30053), (80, "TCP", nil)]
        let stored = try test.client.create(Self.service(type: "NodePort", ports: ports))
        #expect(stored.spec.ports[0].nodePort == 30053 && stored.spec.ports[1].nodePort == 30053)
        let third = try #require(stored.spec.ports[2].nodePort)
        #expect(third != 30053)
    }

    @Test func portsOfDifferentNumbersShareNone() throws {
        let test = try TestServer()
        let ports: [(Int, String, Int?)] = [(53, "TCP", 30053), (54, "UDP", 30053)]
        let message = Self.message { () throws(StatusError) in
            try test.client.create(Self.service(type: "NodePort", ports: ports))
        }
        #expect(message == "spec.ports[1].nodePort: Invalid value: 30053: provided port is already allocated")
        // Nothing of it is taken.
        try test.client.create(Self.service("other", type: "NodePort", ports: [(53, "TCP", 30053)]))
    }

    /// A balancer that wants no node ports gets none, but what it asks for is its own.
    @Test func whatIsAskedForIsTakenEvenIfNoneAreGiven() throws {
        let test = try TestServer()
        var balancer = Self.service(type: "LoadBalancer", ports: [(53, "TCP", 30077), (80, "TCP", nil)])
        balancer.spec.allocateLoadBalancerNodePorts = false
        let stored = try test.client.create(balancer)
        #expect(stored.spec.ports.map(\.nodePort) == [30077, nil])
        let message = Self.message { () throws(StatusError) in
            try test.client.create(Self.service("other", type: "NodePort", ports: [(53, "TCP", 30077)]))
        }
        #expect(message == "spec.ports[0].nodePort: Invalid value: 30077: provided port is already allocated")
        var outside = Self.service("outside", type: "LoadBalancer", ports: [(53, "TCP", 80)])
        outside.spec.allocateLoadBalancerNodePorts = false
        let refusal = Self.message { () throws(StatusError) in try test.client.create(outside) }
        #expect(
            refusal?.hasPrefix("spec.ports[0].nodePort: Invalid value: 80: provided port is not in the valid") == true)
        // To leave it out gives it back.
        var changed = stored
        changed.spec.ports[0].nodePort = nil
        #expect(try test.client.update(changed).spec.ports.map(\.nodePort) == [nil, nil])
        try test.client.create(Self.service("other", type: "NodePort", ports: [(53, "TCP", 30077)]))
    }

    /// Ports may come and go while the type changes, as long as no new node port comes.
    @Test func nodePortsGoWithTheTypeThatNeedsThem() throws {
        let test = try TestServer()
        var changed = try test.client.create(
            Self.service(type: "NodePort", ports: [(53, "TCP", 30053), (80, "TCP", nil)]))
        changed.spec.type = "ClusterIP"
        changed.spec.ports += Self.service(ports: [(99, "TCP", nil)]).spec.ports
        let plain = try test.client.update(changed)
        #expect(plain.spec.ports.map(\.nodePort) == [nil, nil, nil])
        changed = plain
        changed.spec.ports[0].nodePort = 30054
        let message = Self.message { () throws(StatusError) in try test.client.update(changed) }
        #expect(message == "spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'")
    }

    @Test func bothPortsOfADoubleServiceKeepWhatTheyShare() throws {
        let test = try TestServer()
        var stored = try test.client.create(
            Self.service(type: "NodePort", ports: [(53, "TCP", nil), (53, "UDP", nil)]))
        let shared = try #require(stored.spec.ports[0].nodePort)
        for index in 0..<2 { stored.spec.ports[index].nodePort = nil }
        stored.spec.sessionAffinity = "ClientIP"
        #expect(try test.client.update(stored).spec.ports.map(\.nodePort) == [shared, shared])
    }

    // MARK: Families

    @Test(
        arguments: [
            (
                "", ["IPv4", "IPv6"], nil,
                #"spec.ipFamilyPolicy: Invalid value: "SingleStack": must be 'RequireDualStack' or 'PreferDualStack' "#
                    + "when multiple IP families are specified"
            ),
            (
                "", ["IPv4", "IPv6"], "PreferDualStack",
                #"spec.ipFamilies[1]: Invalid value: "IPv6": not configured on this cluster"#
            ),
            (
                "fd00::1", [], nil,
                #"spec.clusterIPs[0]: Invalid value: ["fd00::1"]: IPv6 is not configured on this cluster"#
            ),
            (
                "", [], "RequireDualStack",
                #"spec.ipFamilyPolicy: Invalid value: "RequireDualStack": this cluster is not configured for "#
                    + "dual-stack services"
            ),
        ] as [(String, [String], String?, String)])
    func whatTheClusterCannotGiveIsRefused(
        _ row: (address: String, families: [String], policy: String?, expected: String)
    ) throws {
        let test = try TestServer()
        var service = Self.service(ports: [(80, "TCP", nil)])
        if !row.address.isEmpty { service.spec.clusterIP = row.address }
        service.spec.ipFamilies = row.families
        service.spec.ipFamilyPolicy = row.policy
        #expect(Self.message { () throws(StatusError) in try test.client.create(service) } == row.expected)
    }

    @Test func aPolicyThatIsLeftOutStays() throws {
        let test = try TestServer()
        var service = Self.service(ports: [(80, "TCP", nil)])
        service.spec.ipFamilyPolicy = "PreferDualStack"
        var stored = try test.client.create(service)
        #expect(stored.spec.ipFamilyPolicy == "PreferDualStack" && stored.spec.ipFamilies == ["IPv4"])
        stored.spec.ipFamilyPolicy = nil
        stored.spec.sessionAffinity = "ClientIP"
        #expect(try test.client.update(stored).spec.ipFamilyPolicy == "PreferDualStack")
    }

    /// Of a service without selector and address, which may name both families.
    @Test func theSecondFamilyGoesWithThePolicyAlone() throws {
        let test = try TestServer()
        var service = Self.service(ports: [(80, "TCP", nil)])
        service.spec.clusterIP = "None"
        service.spec.selector = [:]
        let stored = try test.client.create(service)
        #expect(stored.spec.ipFamilyPolicy == "RequireDualStack" && stored.spec.ipFamilies == ["IPv4", "IPv6"])
        var reduced = stored
        reduced.spec.ipFamilies = ["IPv4"]
        #expect(
            Self.message { () throws(StatusError) in try test.client.update(reduced) }
                == #"spec.ipFamilyPolicy: Invalid value: "RequireDualStack": must be 'SingleStack' to release the "#
                + "secondary IP family")
        var single = stored
        single.spec.ipFamilyPolicy = "SingleStack"
        #expect(try test.client.update(single).spec.ipFamilies == ["IPv4"])
    }

    @Test func anAddressIsNotChangedForOneThatIsTaken() throws {
        let test = try TestServer()
        var other = Self.service("other", ports: [(80, "TCP", nil)])
        other.spec.clusterIP = "10.96.0.20"
        try test.client.create(other)
        var changed = try test.client.create(Self.service(ports: [(80, "TCP", nil)]))
        changed.spec.clusterIP = "10.96.0.20"
        #expect(
            Self.message { () throws(StatusError) in try test.client.update(changed) }
                == #"spec.clusterIPs[0]: Invalid value: ["10.96.0.20"]: may not change once set"#)
    }
}
