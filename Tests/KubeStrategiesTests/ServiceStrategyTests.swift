import KubeAPI
import KubeAPIServer
import Testing

@Suite struct ServiceStrategyTests {
    private func service(_ fields: String) -> Service {
        Fixtures.read(Service.self, #"{"metadata":{"name":"a","namespace":"default"},"spec":{\#(fields)}}"#)
    }

    @Test func defaults() {
        let spec = Fixtures.created(service(#""ports":[{"port":80}]"#)).spec
        #expect(spec.type == "ClusterIP")
        #expect(spec.sessionAffinity == "None")
        #expect(spec.internalTrafficPolicy == "Cluster")
        #expect(spec.externalTrafficPolicy == nil)
        #expect(spec.ports[0].protocol == "TCP")
        #expect(spec.ports[0].targetPort == 80)
    }

    /// Annotations that say what fields say now, and two for one thing.
    @Test(
        arguments: [
            (
                "LoadBalancer", #""service.beta.kubernetes.io/load-balancer-source-ranges":" 1.2.3.0/24, foo""#,
                [
                    #"metadata.annotations[service.beta.kubernetes.io/load-balancer-source-ranges]: Invalid value: "foo": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"#
                ]
            ),
            ("LoadBalancer", #""service.beta.kubernetes.io/load-balancer-source-ranges":" ""#, []),
            (
                "ClusterIP", #""service.beta.kubernetes.io/load-balancer-source-ranges":"1.2.3.0/24""#,
                [
                    "metadata.annotations[service.beta.kubernetes.io/load-balancer-source-ranges]: Forbidden: may only be used when `type` is 'LoadBalancer'"
                ]
            ),
            (
                "ClusterIP",
                #""service.kubernetes.io/topology-aware-hints":"auto","service.kubernetes.io/topology-mode":"disabled""#,
                [
                    #"metadata.annotations[service.kubernetes.io/topology-mode]: Invalid value: "disabled": must match annotations[service.kubernetes.io/topology-aware-hints] when both are specified"#
                ]
            ),
        ] as [(String, String, [String])])
    func annotations(_ row: (type: String, annotations: String, expected: [String])) {
        let service = Fixtures.read(
            Service.self,
            #"{"metadata":{"name":"a","namespace":"default","annotations":{\#(row.annotations)}},"spec":{"type":"\#(row.type)","ports":[{"port":80}]}}"#
        )
        #expect(Fixtures.createErrors(service) == row.expected)
    }

    @Test func defaultsOfOtherTypes() {
        let balancer = Fixtures.created(service(#""type":"LoadBalancer","ports":[{"port":80,"targetPort":"http"}]"#))
            .spec
        #expect(balancer.externalTrafficPolicy == "Cluster")
        #expect(balancer.allocateLoadBalancerNodePorts == true)
        #expect(balancer.ports[0].targetPort == "http")
        let sticky = Fixtures.created(service(#""sessionAffinity":"ClientIP","ports":[{"port":80}]"#)).spec
        #expect(sticky.sessionAffinityConfig?.clientIP?.timeoutSeconds == 10800)
        let external = Fixtures.created(service(#""type":"ExternalName","externalName":"example.com""#)).spec
        #expect(external.internalTrafficPolicy == nil)
    }

    @Test(arguments: [
        ("", "spec.ports: Required value"),
        (
            #""ports":[{"port":0}]"#,
            "spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive|spec.ports[0].targetPort: Invalid value: 0: must be between 1 and 65535, inclusive"
        ),
        (#""ports":[{"port":80},{"port":81,"name":"b"}]"#, "spec.ports[0].name: Required value"),
        (
            #""ports":[{"port":80,"name":"a"},{"port":80,"name":"b"}]"#,
            #"spec.ports[1]: Duplicate value: {"Name":"","Protocol":"TCP","AppProtocol":null,"Port":80,"TargetPort":0,"NodePort":0}"#
        ),
        (
            #""ports":[{"port":80,"nodePort":30000}]"#,
            "spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'"
        ),
        (
            #""ports":[{"port":80}],"type":"Magic""#,
            #"spec.type: Unsupported value: "Magic": supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort""#
        ),
        (
            #""ports":[{"port":80}],"sessionAffinity":"X""#,
            #"spec.sessionAffinity: Unsupported value: "X": supported values: "ClientIP", "None""#
        ),
        (#""type":"ExternalName""#, "spec.externalName: Required value"),
        (
            #""ports":[{"port":80}],"externalIPs":["127.0.0.1"]"#,
            #"spec.externalIPs[0]: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)"#
        ),
        (
            #""ports":[{"port":80}],"externalTrafficPolicy":"Local""#,
            #"spec.externalTrafficPolicy: Invalid value: "Local": may only be set for externally-accessible services"#
        ),
        (
            #""ports":[{"port":80}],"clusterIP":"None","clusterIPs":["None"],"type":"NodePort""#,
            "spec.clusterIPs[0]: Invalid value: \"None\": may not be set to 'None' for NodePort services"
        ),
        (
            #""ports":[{"port":80}],"clusterIP":"x","clusterIPs":["x"]"#,
            #"spec.clusterIPs[0]: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"#
        ),
        (
            #""ports":[{"port":80}],"type":"LoadBalancer","externalTrafficPolicy":"Local""#,
            "spec.healthCheckNodePort: Required value"
        ),
    ])
    func errors(fields: String, expected: String) {
        #expect(Fixtures.createErrors(service(fields)).joined(separator: "|") == expected)
    }

    /// Addresses that programs read differently: `TestIsValidIP` and `TestIsValidCIDR` of apimachinery
    /// pkg/util/validation/ip_test.go, as legacy fields have it with StrictIPCIDRValidation.
    @Test(arguments: [
        ("1.2.3.4", nil), ("10.20.0.100", nil), ("2001:0db8::1", nil), ("64:ff9b::1.2.3.4", nil),
        ("010.1.2.3", "must not have leading 0s"), ("1.2.3.04", "must not have leading 0s"),
        ("::ffff:1.2.3.4", "must not be an IPv4-mapped IPv6 address"),
        ("::ffff:102:304", "must not be an IPv4-mapped IPv6 address"),
        ("::ffff:01.2.3.4", "must not have leading 0s"),
        ("1.2.3", "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"),
    ])
    func addresses(_ row: (address: String, expected: String?)) {
        let errors = Fixtures.createErrors(service(#""ports":[{"port":80}],"externalIPs":["\#(row.address)"]"#))
        let expected = row.expected.map { "spec.externalIPs[0]: Invalid value: \"\(row.address)\": \($0)" }
        #expect(errors == (expected.map { [$0] } ?? []))
    }

    @Test(arguments: [
        ("10.0.0.0/8", nil), ("2001:db8::/64", nil), ("0.0.0.0/0", nil),
        ("010.0.0.0/8", "must not have leading 0s in IP or prefix length"),
        ("10.0.0.0/08", "must not have leading 0s in IP or prefix length"),
        ("::ffff:10.0.0.0/104", "must not have an IPv4-mapped IPv6 address"),
        ("10.0.0.1/8", "must not have bits set beyond the prefix length"),
        ("10.0.0.0/33", "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"),
    ])
    func blocks(_ row: (block: String, expected: String?)) {
        let fields = #""type":"LoadBalancer","allocateLoadBalancerNodePorts":true,"externalTrafficPolicy":"Cluster","#
        let ports = #""ports":[{"port":80}],"loadBalancerSourceRanges":["\#(row.block)"]"#
        let errors = Fixtures.createErrors(service(fields + ports))
        let expected = row.expected.map {
            "spec.LoadBalancerSourceRanges[0]: Invalid value: \"\(row.block)\": \($0)"
        }
        #expect(errors == (expected.map { [$0] } ?? []))
    }

    /// `TestPreAllocIPs` of kubernetes pkg/registry/core/service/storage/alloc_test.go.
    @Test func namesAreLabels() {
        var service = service(#""ports":[{"port":80}]"#)
        service.metadata.name = "1-test"
        #expect(Fixtures.createErrors(service) == [])
        service.metadata.name = "a.b"
        #expect(Fixtures.createErrors(service) == [#"metadata.name: Invalid value: "a.b": must not contain dots"#])
    }

    @Test func theFirstAddressStays() {
        let old = service(#""ports":[{"port":80}],"clusterIP":"10.96.0.1","clusterIPs":["10.96.0.1"]"#)
        let errors = Fixtures.updateErrors(old) { service in
            service.spec.clusterIP = "10.96.0.2"
            service.spec.clusterIPs = ["10.96.0.2"]
        }
        #expect(errors == [#"spec.clusterIPs[0]: Invalid value: ["10.96.0.2"]: may not change once set"#])
    }

    @Test func endpointSlices() {
        func slice(_ fields: String) -> EndpointSlice {
            Fixtures.read(EndpointSlice.self, #"{"metadata":{"name":"a","namespace":"default"},\#(fields)}"#)
        }
        let valid = slice(#""addressType":"IPv4","endpoints":[{"addresses":["10.0.0.1"]}],"ports":[{"port":80}]"#)
        #expect(Fixtures.createErrors(valid) == [])
        #expect(Fixtures.created(valid).ports[0].protocol == "TCP")
        #expect(Fixtures.created(valid).ports[0].name == "")
        let wrong = slice(#""addressType":"IPv4","endpoints":[{"addresses":["::1"]},{"addresses":[]}]"#)
        #expect(
            Fixtures.createErrors(wrong) == [
                #"endpoints[0].addresses[0]: Invalid value: "::1": must be a valid IPv4 address"#,
                "endpoints[1].addresses: Required value: must contain at least 1 address",
            ])
        #expect(
            Fixtures.updateErrors(valid) { $0.addressType = "FQDN" } == [
                #"addressType: Invalid value: "FQDN": field is immutable"#
            ])
    }

    @Test func networkPolicies() {
        let policy = Fixtures.read(
            NetworkPolicy.self,
            """
            {"metadata":{"name":"a","namespace":"default"},"spec":{"egress":[{"ports":[{"port":80,"endPort":79}],\
            "to":[{},{"ipBlock":{"cidr":"10.0.0.0/8","except":["11.0.0.0/16"]}}]}]}}
            """)
        #expect(Fixtures.created(policy).spec.policyTypes == ["Ingress", "Egress"])
        #expect(Fixtures.created(policy).spec.egress[0].ports[0].protocol == "TCP")
        #expect(
            Fixtures.createErrors(policy) == [
                "spec.egress[0].ports[0].endPort: Invalid value: 80: must be greater than or equal to `port`",
                "spec.egress[0].to[0]: Required value: must specify a peer",
                #"spec.egress[0].to[1].ipBlock.except[0]: Invalid value: "11.0.0.0/16": must be a strict subset of `cidr`"#,
            ])
    }

    @Test func ingresses() {
        let ingress = Fixtures.read(
            Ingress.self,
            """
            {"metadata":{"name":"a","namespace":"default"},"spec":{"rules":[{"host":"1.2.3.4","http":{"paths":[\
            {"path":"a","pathType":"Prefix","backend":{"service":{"name":"s"}}}]}}]}}
            """)
        #expect(
            Fixtures.createErrors(ingress) == [
                #"spec.rules[0].host: Invalid value: "1.2.3.4": must be a DNS name, not an IP address"#,
                #"spec.rules[0].http.paths[0].path: Invalid value: "a": must be an absolute path"#,
                "spec.rules[0].http.paths[0].backend: Required value: port name or number is required",
            ])
    }

    /// Rows of upstream's `TestValidateIngressCreate`.
    @Test(
        arguments: [
            ("", "{}", ["spec: Invalid value: null: either `defaultBackend` or `rules` must be specified"]),
            (
                #","annotations":{"kubernetes.io/ingress.class":"foo"}"#,
                #"{"ingressClassName":"bar","defaultBackend":{"service":{"name":"a","port":{"number":80}}}}"#,
                [
                    #"annotations.kubernetes.io/ingress.class: Invalid value: "foo": must match `ingressClassName` when both are specified"#
                ]
            ),
            (
                "", #"{"defaultBackend":{"service":{"name":"a","port":{"number":80,"name":"b"}}}}"#,
                [#"spec.defaultBackend: Invalid value: "": cannot set both port name & port number"#]
            ),
            (
                "", #"{"defaultBackend":{"resource":{"kind":"a/b","name":""}}}"#,
                [
                    #"spec.defaultBackend.resource.kind: Invalid value: "a/b": may not contain '/'"#,
                    "spec.defaultBackend.resource.name: Required value: name is required",
                ]
            ),
            (
                "", #"{"rules":[{"http":{"paths":[{"path":"/"},{"path":"/","pathType":"X","backend":{}}]}}]}"#,
                [
                    "spec.rules[0].http.paths[0].pathType: Required value: pathType must be specified",
                    #"spec.rules[0].http.paths[1].pathType: Unsupported value: "X": supported values: "Exact", "ImplementationSpecific", "Prefix""#,
                    #"spec.rules[0].http.paths[1].backend: Invalid value: "": resource or service backend is required"#,
                ]
            ),
        ] as [(String, String, [String])])
    func ingressErrors(_ row: (metadata: String, spec: String, expected: [String])) {
        let ingress = Fixtures.read(
            Ingress.self, #"{"metadata":{"name":"a","namespace":"default"\#(row.metadata)},"spec":\#(row.spec)}"#)
        #expect(Fixtures.createErrors(ingress) == row.expected)
    }

    @Test(
        arguments: [
            (#"{"kind":"K","name":"n"}"#, []),
            (
                #"{"kind":"K","name":"n","scope":"Namespace"}"#,
                ["spec.parameters.namespace: Required value: `parameters.scope` is set to 'Namespace'"]
            ),
            (
                #"{"kind":"K","name":"n","namespace":"a"}"#,
                ["spec.parameters.namespace: Forbidden: `parameters.scope` is set to 'Cluster'"]
            ),
            (
                #"{"kind":"K","name":"n","scope":"X"}"#,
                [#"spec.parameters.scope: Unsupported value: "X": supported values: "Cluster", "Namespace""#]
            ),
        ] as [(String, [String])])
    func parametersOfClasses(_ row: (parameters: String, expected: [String])) {
        let ingressClass = Fixtures.read(
            IngressClass.self,
            #"{"metadata":{"name":"a"},"spec":{"controller":"a.b/c","parameters":\#(row.parameters)}}"#)
        #expect(Fixtures.createErrors(ingressClass) == row.expected)
    }

    @Test func wordsOfNetworkPolicies() {
        let policy = Fixtures.read(
            NetworkPolicy.self,
            """
            {"metadata":{"name":"a","namespace":"default"},"spec":{"podSelector":{},"policyTypes":["X"],\
            "ingress":[{"ports":[{"protocol":"HTTP","port":1}]}]}}
            """)
        #expect(
            Fixtures.createErrors(policy) == [
                #"spec.ingress[0].ports[0].protocol: Unsupported value: "HTTP": supported values: "TCP", "UDP", "SCTP""#,
                #"spec.policyTypes[0]: Unsupported value: "X": supported values: "Ingress", "Egress""#,
            ])
    }

    @Test func addresses() {
        func address(_ name: String) -> IPAddress {
            Fixtures.read(
                IPAddress.self,
                #"{"metadata":{"name":"\#(name)"},"spec":{"parentRef":{"resource":"services","name":"a"}}}"#)
        }
        #expect(Fixtures.createErrors(address("10.96.0.1")) == [])
        #expect(Fixtures.createErrors(address("10.096.0.1")).count == 1)
    }
}
