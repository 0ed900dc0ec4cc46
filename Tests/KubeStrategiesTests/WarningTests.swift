import KubeAPI
import KubeAPIServer
import Testing

/// What is accepted, and told all the same.
@Suite struct WarningTests {
    private func warnings<Value: Resource>(_ value: Value) -> [String] {
        Strategies.strategy(for: Value.kind).warnings(Boxed(Fixtures.created(value)), old: nil)
    }

    @Test(arguments: [
        (
            #"{"nodeSelector":{"beta.kubernetes.io/os":"linux"},"containers":[{"name":"c","image":"i"}]}"#,
            [#"spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use "kubernetes.io/os" instead"#]
        ),
        (
            #"""
            {"topologySpreadConstraints":[{"maxSkew":1,"whenUnsatisfiable":"ScheduleAnyway",
            "topologyKey":"failure-domain.beta.kubernetes.io/zone"}],"containers":[{"name":"c","image":"i"}]}
            """#,
            [
                "spec.topologySpreadConstraints[0].topologyKey: failure-domain.beta.kubernetes.io/zone is deprecated "
                    + #"since v1.14; use "topology.kubernetes.io/zone" instead"#,
                "spec.topologySpreadConstraints[0].labelSelector: a null labelSelector results in matching no pod",
            ]
        ),
        (
            #"""
            {"containers":[{"name":"c","image":"i","env":[{"name":"A","value":"1"},{"name":"A","value":"$(A)2"},
            {"name":"A","value":"3"}]}]}
            """#,
            [#"spec.containers[0].env[2]: hides previous definition of "A", which may be dropped when using apply"#]
        ),
        (
            #"""
            {"containers":[{"name":"a","image":"i","ports":[{"containerPort":80}]},
            {"name":"b","image":"i","ports":[{"containerPort":80},{"containerPort":80,"hostPort":8080}]}]}
            """#,
            [
                "spec.containers[1].ports[0]: duplicate port definition with spec.containers[0].ports[0]",
                "spec.containers[1].ports[1]: overlapping port definition with spec.containers[0].ports[0]",
                "spec.containers[1].ports[1]: overlapping port definition with spec.containers[1].ports[0]",
            ]
        ),
        (
            #"""
            {"containers":[{"name":"c","image":"i"}],"volumes":[{"name":"v","configMap":{"name":"m","items":[
            {"key":"a","path":"a"},{"key":"b","path":"a/b"},{"key":"c","path":"ac"}]}},{"name":"p","projected":{
            "sources":[{"secret":{"name":"s","items":[{"key":"k","path":"token"}]}},
            {"serviceAccountToken":{"path":"token/"}},{}]}}]}
            """#,
            [
                #"volume "v" (ConfigMap "m"): overlapping paths: "a/b" with "a""#,
                #"volume "p" (Projected ServiceAccountToken): overlapping paths: "token" with "token""#,
                #"volume "p" (Projected) has no sources provided"#,
            ]
        ),
        (
            #"""
            {"hostAliases":[{"ip":"1.2.3.4"},{"ip":"1.2.3.4"}],"imagePullSecrets":[{"name":"s"},{"name":"s"},{}],
            "terminationGracePeriodSeconds":-1,"containers":[{"name":"c","image":"i",
            "resources":{"limits":{"memory":"1500m"}}}]}
            """#,
            [
                #"spec.hostAliases[1].ip: duplicate ip "1.2.3.4""#,
                #"spec.imagePullSecrets[1].name: duplicate name "s""#,
                #"spec.imagePullSecrets[2].name: invalid empty name """#,
            ]
        ),
    ])
    func pods(_ row: (spec: String, expected: [String])) {
        let found = warnings(Fixtures.pod(row.spec)).filter { !$0.contains("fractional") }
        #expect(found == row.expected)
    }

    @Test(arguments: [
        ("10.0.0.0/8", []),
        ("2001:db8::/64", []),
        (
            "10.0.0.1/8",
            [#"CIDR value "10.0.0.1/8" is ambiguous in this context (should be "10.0.0.0/8" or "10.0.0.1/32"?)"#]
        ),
        (
            "010.0.0.0/8",
            [
                #"non-standard CIDR value "010.0.0.0/8" will be considered invalid in a future Kubernetes release: "#
                    + #"use "10.0.0.0/8""#
            ]
        ),
        (
            "::ffff:10.0.0.0/104",
            [
                #"non-standard CIDR value "::ffff:10.0.0.0/104" will be considered invalid in a future Kubernetes "#
                    + #"release: use "10.0.0.0/8""#
            ]
        ),
        (
            "2001:DB8::/64",
            [#"IPv6 CIDR value "2001:DB8::/64" should be in RFC 5952 canonical format ("2001:db8::/64")"#]
        ),
    ])
    func blocksOfAddresses(_ row: (block: String, expected: [String])) {
        let service = Fixtures.read(
            Service.self,
            """
            {"metadata":{"name":"a","namespace":"default"},"spec":{"type":"LoadBalancer",\
            "loadBalancerSourceRanges":["\(row.block)"],"ports":[{"port":80}]}}
            """)
        #expect(warnings(service) == row.expected.map { "spec.loadBalancerSourceRanges[0]: " + $0 })
        let policy = Fixtures.read(
            NetworkPolicy.self,
            """
            {"metadata":{"name":"a","namespace":"default"},"spec":{"ingress":[{},{"from":[{"ipBlock":\
            {"cidr":"0.0.0.0/0","except":["\(row.block)"]}}]}],"egress":[{"to":[{},{"ipBlock":{"cidr":"\(row.block)"}}]}]}}
            """)
        #expect(
            warnings(policy) == row.expected.map { "spec.ingress[1].from[0].ipBlock.except[0]: " + $0 }
                + row.expected.map { "spec.egress[0].to[1].ipBlock.cidr: " + $0 })
    }

    @Test func addressesOfPodsAndEndpoints() {
        let pod = Fixtures.pod(
            #"""
            {"dnsPolicy":"None","dnsConfig":{"nameservers":["1.1.1.1","08.8.8.8"]},"hostAliases":[{"ip":"FE80::1"}],
            "containers":[{"name":"c","image":"i"}]}
            """#)
        let advice = #"IPv6 address "FE80::1" should be in RFC 5952 canonical format ("fe80::1")"#
        #expect(
            warnings(pod) == [
                #"spec.dnsConfig.nameservers[1]: non-standard IP address "08.8.8.8" will be considered invalid in a "#
                    + #"future Kubernetes release: use "8.8.8.8""#, "spec.hostAliases[0].ip: " + advice,
            ])
        var slice = EndpointSlice(name: "a", namespace: "default")
        var endpoint = Endpoint()
        endpoint.addresses = ["FE80::1"]
        slice.endpoints = [endpoint]
        #expect(warnings(slice) == ["endpoints[0].addresses[0]: " + advice])
        slice.metadata.labels = ["endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io"]
        #expect(warnings(slice) == [])
        var endpoints = Endpoints(name: "a", namespace: "default")
        var subset = EndpointSubset()
        var address = EndpointAddress()
        address.ip = "FE80::1"
        subset.notReadyAddresses = [address]
        endpoints.subsets = [subset]
        #expect(warnings(endpoints) == ["subsets[0].notReadyAddresses[0].ip: " + advice])
    }

    /// A pod's own has been put right before it is looked at.
    @Test func templatesKeepANegativeGracePeriod() {
        let deployment = Fixtures.read(
            Deployment.self,
            #"""
            {"metadata":{"name":"a","namespace":"default"},"spec":{"selector":{"matchLabels":{"a":"b"}},
            "template":{"metadata":{"labels":{"a":"b"}},"spec":{"terminationGracePeriodSeconds":-1,
            "containers":[{"name":"c","image":"i"}]}}}}
            """#)
        #expect(Fixtures.created(deployment).spec.template.spec.terminationGracePeriodSeconds == -1)
        #expect(
            warnings(deployment) == [
                "spec.template.spec.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will "
                    + "be treated as 1"
            ])
    }

    /// What a template's pods are warned of is told again with each change of the spec, and with no other.
    @Test func templatesAreWarnedOfWithEachChange() {
        let pod = #"{"terminationGracePeriodSeconds":-1,"containers":[{"name":"c","image":"i"}]}"#
        let grace =
            "spec.template.spec.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be "
            + "treated as 1"
        let name =
            "metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS "
            + "label is recommended: [must not contain dots]"
        func check<Value: Resource>(
            _: Value.Type, named: Bool, sourceLocation: SourceLocation = #_sourceLocation,
            _ change: (inout Value) -> Void
        ) {
            let json = #"{"metadata":{"name":"a.b","namespace":"default"},"spec":{"template":{"spec":\#(pod)}}}"#
            let old = Fixtures.created(Fixtures.read(Value.self, json))
            let strategy = Strategies.strategy(for: Value.kind)
            let atFirst = strategy.warnings(Boxed(old), old: nil)
            #expect(atFirst == (named ? [name, grace] : [grace]), sourceLocation: sourceLocation)
            #expect(strategy.warnings(Boxed(old), old: Boxed(old)) == [], sourceLocation: sourceLocation)
            var new = old
            change(&new)
            #expect(strategy.warnings(Boxed(new), old: Boxed(old)) == [grace], sourceLocation: sourceLocation)
        }
        check(Deployment.self, named: true) { $0.spec.replicas = 3 }
        check(Deployment.self, named: true) { $0.metadata.annotations["example.com/a"] = "b" }
        check(ReplicaSet.self, named: true) { $0.spec.replicas = 3 }
        check(ReplicationController.self, named: true) { $0.spec.replicas = 3 }
        check(StatefulSet.self, named: false) { $0.spec.replicas = 3 }
        check(DaemonSet.self, named: false) { $0.spec.minReadySeconds = 3 }
        check(Job.self, named: true) { $0.spec.parallelism = 3 }
    }

    @Test func classesOfIngresses() {
        func ingress(_ spec: String) -> Ingress {
            Fixtures.read(
                Ingress.self,
                #"""
                {"metadata":{"name":"a","namespace":"default","annotations":{"kubernetes.io/ingress.class":"c"}},
                "spec":\#(spec)}
                """#)
        }
        let annotated = ingress(#"{"defaultBackend":{"service":{"name":"a","port":{"number":80}}}}"#)
        #expect(
            warnings(annotated) == [
                #"annotation "kubernetes.io/ingress.class" is deprecated, please use 'spec.ingressClassName' instead"#
            ])
        #expect(warnings(ingress(#"{"ingressClassName":"c"}"#)) == [])
        var before = annotated
        before.metadata.annotations = [:]
        #expect(Strategies.strategy(for: .ingress).warnings(Boxed(annotated), old: Boxed(before)) == [])
    }

    @Test func statefulSets() {
        let claim = #"{"metadata":{"name":"d"},"spec":{"resources":{"requests":{"storage":"100m"}}}}"#
        let statefulSet = Fixtures.created(
            Fixtures.read(
                StatefulSet.self,
                #"""
                {"metadata":{"name":"a","namespace":"default"},"spec":{"revisionHistoryLimit":-1,
                "volumeClaimTemplates":[\#(claim)],"template":{"spec":{"terminationGracePeriodSeconds":-1,
                "containers":[{"name":"c","image":"i"}]}}}}
                """#))
        let grace =
            "spec.template.spec.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be "
            + "treated as 1"
        let limit =
            "spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended"
        func storage(_ path: String) -> String {
            "spec.volumeClaimTemplates[0]\(path).resources.requests[storage]: fractional byte value \"100m\" is "
                + "invalid, must be an integer"
        }
        let strategy = Strategies.strategy(for: .statefulSet)
        #expect(strategy.warnings(Boxed(statefulSet), old: nil) == [grace, storage(""), limit])
        #expect(strategy.warnings(Boxed(statefulSet), old: Boxed(statefulSet)) == [storage(".Spec"), limit])
    }

    @Test func jobsOfManyIndexes() {
        let spec = #"""
            {"completionMode":"Indexed","completions":100001,"parallelism":10001,"template":{"spec":{
            "restartPolicy":"Never","containers":[{"name":"c","image":"i"}]}}}
            """#
        let text =
            ": In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than 10^4, "
            + "Kubernetes might not be able to track completedIndexes when a big number of indexes fail"
        #expect(
            warnings(
                Fixtures.read(
                    Job.self, #"{"metadata":{"name":"a","namespace":"default","uid":"u"},"spec":\#(spec)}"#))
                == ["spec" + text])
        #expect(
            warnings(
                Fixtures.read(
                    CronJob.self,
                    #"{"metadata":{"name":"a","namespace":"default"},"spec":{"jobTemplate":{"spec":\#(spec)}}}"#))
                == ["spec.jobTemplate.spec" + text])
    }

    @Test func annotationsOfTheTemplateAreNamedWithItsPath() {
        let deployment = Fixtures.read(
            Deployment.self,
            #"""
            {"metadata":{"name":"a","namespace":"default"},"spec":{"selector":{"matchLabels":{"a":"b"}},
            "template":{"metadata":{"labels":{"a":"b"},"annotations":{"scheduler.alpha.kubernetes.io/critical-pod":"",
            "container.apparmor.security.beta.kubernetes.io/c":"runtime/default"}},
            "spec":{"containers":[{"name":"c","image":"i"}]}}}}
            """#)
        #expect(
            warnings(deployment) == [
                "spec.template.metadata.annotations[scheduler.alpha.kubernetes.io/critical-pod]: non-functional in "
                    + #"v1.16+; use the "priorityClassName" field instead"#,
                "spec.template.metadata.annotations[container.apparmor.security.beta.kubernetes.io/c]: deprecated "
                    + #"since v1.30; use the "appArmorProfile" field instead"#,
            ])
    }

    @Test(arguments: [
        (
            #"{"externalIPs":["10.0.0.1"],"ports":[{"port":80}]}"#,
            ["spec.externalIPs is deprecated and may no longer be implemented in some clusters"]
        ),
        (
            #"{"clusterIP":"None","externalIPs":["10.0.0.1"],"sessionAffinity":"ClientIP","ports":[{"port":80}]}"#,
            [
                "spec.externalIPs is ignored for headless services",
                "spec.SessionAffinity is ignored for headless services",
            ]
        ),
        (
            #"{"externalName":"a.example.com","ports":[{"port":80}]}"#,
            [#"spec.externalName is ignored when spec.type is not "ExternalName""#]
        ),
        (
            #"{"trafficDistribution":"PreferClose","ports":[{"port":80}]}"#,
            [#"spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone""#]
        ),
        (
            #"{"type":"LoadBalancer","loadBalancerIP":"FE80::1","ports":[{"port":80}]}"#,
            [#"spec.loadBalancerIP: IPv6 address "FE80::1" should be in RFC 5952 canonical format ("fe80::1")"#]
        ),
    ])
    func services(_ row: (spec: String, expected: [String])) {
        let service = Fixtures.read(
            Service.self, #"{"metadata":{"name":"a","namespace":"default"},"spec":\#(row.spec)}"#)
        #expect(warnings(service) == row.expected)
    }

    @Test func endpointSlices() {
        var slice = EndpointSlice(name: "a", namespace: "default")
        slice.addressType = "IPv4"
        var endpoint = Endpoint()
        endpoint.addresses = ["10.0.0.1", "010.0.0.2"]
        slice.endpoints = [endpoint]
        #expect(
            warnings(slice) == [
                #"endpoints[0].addresses[1]: non-standard IP address "010.0.0.2" will be considered invalid in a future "#
                    + #"Kubernetes release: use "10.0.0.2""#
            ])
        slice.metadata.labels = ["endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io"]
        #expect(warnings(slice) == [])
        slice.addressType = "FQDN"
        slice.endpoints = []
        #expect(warnings(slice) == ["spec.addressType: FQDN endpoints are deprecated"])
    }

    @Test func fieldsThatNothingActsOn() {
        let pod = Fixtures.pod(
            #"""
            {"hostAliases":[{"ip":"1.2.3.4"}],"volumes":[{"name":"v","nfs":{"server":"s","path":"/"}},
            {"name":"c","configMap":{"name":"c"}}],"containers":[{"name":"c","image":"i"}]}
            """#)
        #expect(
            UnattendedFields.warning(for: Boxed(pod))
                == "Drydock does not act on spec.hostAliases, spec.volumes[*].nfs yet: stored, without effect")
        let claiming = Fixtures.pod(
            #"""
            {"hostPID":true,"volumes":[{"name":"v","persistentVolumeClaim":{"claimName":"c"}}],
            "containers":[{"name":"c","image":"i"}]}
            """#)
        #expect(
            UnattendedFields.warning(for: Boxed(claiming))
                == "Drydock does not act on spec.hostPID yet: stored, without effect; Drydock binds no claims yet: "
                + "pods with spec.volumes[*].persistentVolumeClaim wait until theirs are there, and run unbound")
        #expect(UnattendedFields.warning(for: Boxed(Fixtures.pod(container: ""))) == nil)
        let special = Fixtures.pod(#"{"runtimeClassName":"runc","containers":[{"name":"c","image":"i"}]}"#)
        #expect(UnattendedFields.warning(for: Boxed(special)) == nil)
        let reading = Fixtures.pod(
            #"""
            {"volumes":[{"name":"v","emptyDir":{}}],"containers":[{"name":"c","image":"i",
            "env":[{"name":"A","valueFrom":{"fileKeyRef":{"volumeName":"v","path":"f","key":"k"}}}]}]}
            """#)
        #expect(
            UnattendedFields.warning(for: Boxed(reading))
                == "Drydock does not act on spec.containers[*].env[*].valueFrom.fileKeyRef yet: stored, without effect")
        #expect(UnattendedFields.warning(for: Boxed(ConfigMap(name: "a"))) == nil)
        var service = Service(name: "a", namespace: "default")
        #expect(UnattendedFields.warning(for: Boxed(service)) == nil)
        service.spec.type = "LoadBalancer"
        service.spec.healthCheckNodePort = 30_001
        #expect(
            UnattendedFields.warning(for: Boxed(service))
                == "Drydock has no load balancers yet: the service gets an external address only if somebody else writes "
                + "one into its status, and nothing answers at spec.healthCheckNodePort")
        var cronJob = CronJob(name: "a", namespace: "default")
        var job = JobSpec()
        job.template.spec.hostPID = true
        cronJob.spec.jobTemplate.spec = job
        #expect(
            UnattendedFields.warning(for: Boxed(cronJob))
                == "Drydock does not act on spec.jobTemplate.spec.template.spec.hostPID yet: stored, without effect")
        var template = PodTemplate(name: "a", namespace: "default")
        template.template = job.template
        #expect(
            UnattendedFields.warning(for: Boxed(template))
                == "Drydock does not act on template.spec.hostPID yet: stored, without effect")
    }
}
