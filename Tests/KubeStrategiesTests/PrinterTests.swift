import ClusterCore
import KubeAPI
import KubeAPIServer
import Testing

/// Exact headers and rows of the kinds that operators look at most.
@Suite struct PrinterTests {
    private static let now = Instant.simulationStart + .minutes(3)
    private static let made = #""creationTimestamp":"2026-01-01T00:00:00Z""#

    /// The header and one row, columns joined by bars; wide columns after a double bar.
    private static func table<Value: Resource>(_: Value.Type, _ json: String) -> [String] {
        let object = Boxed(Fixtures.read(Value.self, json))
        let columns = Printers.columns(for: Value.kind)
        let cells = Printers.cells(for: object).map { $0.text(now: now) }
        #expect(columns.count == cells.count)
        func line(_ texts: [String]) -> String {
            let normal = zip(columns, texts).filter { $0.0.priority == 0 }.map(\.1).joined(separator: "|")
            let wide = zip(columns, texts).filter { $0.0.priority == 1 }.map(\.1).joined(separator: "|")
            return wide.isEmpty ? normal : normal + "||" + wide
        }
        return [line(columns.map { $0.name.uppercased() }), line(cells)]
    }

    @Test func deployments() {
        let table = Self.table(
            Deployment.self,
            """
            {"metadata":{"name":"web",\(Self.made)},"spec":{"replicas":3,"selector":{"matchLabels":{"app":"web"}},\
            "template":{"spec":{"containers":[{"name":"a","image":"nginx:1"},{"name":"b","image":"envoy"}]}}},\
            "status":{"readyReplicas":2,"updatedReplicas":3,"availableReplicas":1}}
            """)
        #expect(
            table == [
                "NAME|READY|UP-TO-DATE|AVAILABLE|AGE||CONTAINERS|IMAGES|SELECTOR",
                "web|2/3|3|1|3m||a,b|nginx:1,envoy|app=web",
            ])
    }

    @Test func nodes() {
        let table = Self.table(
            Node.self,
            """
            {"metadata":{"name":"node-1",\(Self.made),"labels":{"node-role.kubernetes.io/worker":"",\
            "node-role.kubernetes.io/edge":""}},"spec":{"unschedulable":true},"status":{\
            "conditions":[{"type":"Ready","status":"Unknown"}],"addresses":[{"type":"InternalIP","address":"10.0.0.1"}],\
            "nodeInfo":{"kubeletVersion":"v1.36.0","osImage":"Drydock","kernelVersion":"6.1","containerRuntimeVersion":"containerd://2"}}}
            """)
        #expect(
            table == [
                "NAME|STATUS|ROLES|AGE|VERSION||INTERNAL-IP|EXTERNAL-IP|OS-IMAGE|KERNEL-VERSION|CONTAINER-RUNTIME",
                "node-1|NotReady,SchedulingDisabled|edge,worker|3m|v1.36.0||10.0.0.1|<none>|Drydock|6.1|containerd://2",
            ])
    }

    @Test(arguments: [
        (
            #""type":"ClusterIP","clusterIP":"10.96.0.1","clusterIPs":["10.96.0.1"],"ports":[{"port":80,"protocol":"TCP"}]"#,
            "{}", "ClusterIP|10.96.0.1|<none>|80/TCP|3m||<none>"
        ),
        (
            #""type":"ClusterIP","clusterIP":"None","clusterIPs":["None"],"selector":{"b":"2","a":"1"}"#, "{}",
            "ClusterIP|None|<none>|<none>|3m||a=1,b=2"
        ),
        (
            #""type":"NodePort","clusterIP":"10.96.0.1","ports":[{"port":80,"nodePort":30080,"protocol":"TCP"},{"port":53,"protocol":"UDP"}]"#,
            "{}", "NodePort|10.96.0.1|<none>|80:30080/TCP,53/UDP|3m||<none>"
        ),
        (#""type":"LoadBalancer","clusterIP":"10.96.0.1""#, "{}", "LoadBalancer|10.96.0.1|<pending>|<none>|3m||<none>"),
        (
            #""type":"LoadBalancer","clusterIP":"10.96.0.1","externalIPs":["9.9.9.9"]"#,
            #"{"loadBalancer":{"ingress":[{"ip":"2.2.2.2"},{"hostname":"lb"}]}}"#,
            "LoadBalancer|10.96.0.1|2.2.2.2,lb,9.9.9.9|<none>|3m||<none>"
        ),
        (
            #""type":"ExternalName","externalName":"example.com""#, "{}",
            "ExternalName|<none>|example.com|<none>|3m||<none>"
        ),
    ])
    func services(spec: String, status: String, row: String) {
        let table = Self.table(
            Service.self, #"{"metadata":{"name":"a",\#(Self.made)},"spec":{\#(spec)},"status":\#(status)}"#)
        #expect(table == ["NAME|TYPE|CLUSTER-IP|EXTERNAL-IP|PORT(S)|AGE||SELECTOR", "a|" + row])
    }

    @Test func endpointSlices() {
        let table = Self.table(
            EndpointSlice.self,
            """
            {"metadata":{"name":"a-x",\(Self.made)},"addressType":"IPv4","ports":[{"port":80},{"name":"b"}],\
            "endpoints":[{"addresses":["10.0.0.1"]},{"addresses":["10.0.0.2"]},{"addresses":["10.0.0.3"]},{"addresses":["10.0.0.4"]}]}
            """)
        #expect(table[0] == "NAME|ADDRESSTYPE|PORTS|ENDPOINTS|AGE")
        #expect(table[1] == "a-x|IPv4|80,*|10.0.0.1,10.0.0.2,10.0.0.3 + 1 more...|3m")
        let empty = Self.table(EndpointSlice.self, #"{"metadata":{"name":"b"},"addressType":"IPv4","endpoints":[]}"#)
        #expect(empty[1] == "b|IPv4|<unset>|<unset>|<unknown>")
    }

    @Test func events() {
        let table = Self.table(
            Event.self,
            """
            {"metadata":{"name":"e"},"involvedObject":{"kind":"Pod","name":"web-1","fieldPath":"spec.containers{c}"},\
            "reason":"BackOff","message":" Back-off restarting \\n","type":"Warning","count":5,\
            "source":{"component":"kubelet","host":"node-1"},"firstTimestamp":"2026-01-01T00:00:00Z",\
            "lastTimestamp":"2026-01-01T00:02:50Z"}
            """)
        #expect(
            table == [
                "LAST SEEN|TYPE|REASON|OBJECT|MESSAGE||SUBOBJECT|SOURCE|FIRST SEEN|COUNT|NAME",
                "10s|Warning|BackOff|pod/web-1|Back-off restarting||spec.containers{c}|kubelet, node-1|3m|5|e",
            ])
    }

    @Test func jobs() {
        let table = Self.table(
            Job.self,
            """
            {"metadata":{"name":"j",\(Self.made)},"spec":{"completions":2,"template":{"spec":{"containers":[{"name":"c","image":"i"}]}}},\
            "status":{"succeeded":1,"startTime":"2026-01-01T00:01:00Z"}}
            """)
        #expect(
            table == [
                "NAME|STATUS|COMPLETIONS|DURATION|AGE||CONTAINERS|IMAGES|SELECTOR", "j|Running|1/2|2m|3m||c|i|<none>",
            ])
        let done = Self.table(
            Job.self,
            """
            {"metadata":{"name":"j",\(Self.made)},"spec":{"parallelism":3,"template":{}},"status":{"succeeded":1,\
            "conditions":[{"type":"Complete","status":"True"}],"startTime":"2026-01-01T00:01:00Z","completionTime":"2026-01-01T00:01:30Z"}}
            """)
        #expect(done[1] == "j|Complete|1/1 of 3|30s|3m||||<none>")
    }

    @Test func storage() {
        let claim = Self.table(
            PersistentVolumeClaim.self,
            """
            {"metadata":{"name":"d",\(Self.made)},"spec":{"volumeName":"pv","storageClassName":"fast","volumeMode":"Filesystem"},\
            "status":{"phase":"Bound","accessModes":["ReadWriteMany","ReadWriteOnce"],"capacity":{"storage":"1Gi"}}}
            """)
        #expect(
            claim == [
                "NAME|STATUS|VOLUME|CAPACITY|ACCESS MODES|STORAGECLASS|VOLUMEATTRIBUTESCLASS|AGE||VOLUMEMODE",
                "d|Bound|pv|1Gi|RWO,RWX|fast|<unset>|3m||Filesystem",
            ])
        let storageClass = Self.table(
            StorageClass.self,
            """
            {"metadata":{"name":"fast",\(Self.made),"annotations":{"storageclass.kubernetes.io/is-default-class":"true"}},\
            "provisioner":"example.com/disk"}
            """)
        #expect(storageClass[1] == "fast (default)|example.com/disk|Delete|Immediate|false|3m")
    }

    @Test func autoscalers() {
        let table = Self.table(
            HorizontalPodAutoscaler.self,
            """
            {"metadata":{"name":"h",\(Self.made)},"spec":{"scaleTargetRef":{"kind":"Deployment","name":"web"},"maxReplicas":5,\
            "metrics":[{"type":"Resource","resource":{"name":"cpu","target":{"type":"Utilization","averageUtilization":80}}}]},\
            "status":{"currentReplicas":2,"desiredReplicas":2}}
            """)
        #expect(
            table == [
                "NAME|REFERENCE|TARGETS|MINPODS|MAXPODS|REPLICAS|AGE",
                "h|Deployment/web|cpu: <unknown>/80%|<unset>|5|2|3m",
            ])
    }

    @Test func smallKinds() {
        #expect(
            Self.table(ConfigMap.self, #"{"metadata":{"name":"a"},"data":{"x":"1"},"binaryData":{"y":"AA=="}}"#) == [
                "NAME|DATA|AGE", "a|2|<unknown>",
            ])
        #expect(
            Self.table(Role.self, #"{"metadata":{"name":"r",\#(Self.made)}}"#) == [
                "NAME|CREATED AT", "r|2026-01-01T00:00:00Z",
            ])
        #expect(
            Self.table(
                IPAddress.self,
                #"{"metadata":{"name":"10.96.0.1"},"spec":{"parentRef":{"resource":"services","namespace":"default","name":"kubernetes"}}}"#
            )[1] == "10.96.0.1|services/default/kubernetes")
        #expect(
            Self.table(
                ResourceQuota.self,
                #"{"metadata":{"name":"q"},"status":{"hard":{"pods":"10","limits.cpu":"4","requests.cpu":"2"},"used":{"pods":"1"}}}"#
            ) == ["NAME|REQUEST|LIMIT|AGE", "q|pods: 1/10, requests.cpu: 0/2|limits.cpu: 0/4|<unknown>"])
        #expect(
            Self.table(DeviceClass.self, #"{"metadata":{"name":"d",\#(Self.made)}}"#) == ["NAME|AGE", "d|3m"])
    }

    @Test(arguments: Catalogue.kinds.map(\.kind))
    func everyKindPrintsACellForEveryColumn(kind: ResourceKind) {
        var metadata = ObjectMeta()
        metadata.name = "a"
        let object = kind.info.coder.make(metadata: metadata)
        #expect(Printers.cells(for: object).count == Printers.columns(for: kind).count)
        #expect(Printers.columns(for: kind).contains { $0.format == "name" })
    }

    @Test func tablesAreWhatClientsRead() {
        let pod = Fixtures.read(Pod.self, #"{"metadata":{"name":"a"},"status":{"phase":"Succeeded"}}"#)
        var metadata = ListMeta()
        metadata.resourceVersion = "7"
        var writer = JSONWriter()
        Table(of: .pod, [Boxed(pod)], metadata: metadata).encode(into: &writer, now: Self.now, withColumns: false)
        #expect(
            writer.text == """
                {"kind":"Table","apiVersion":"meta.k8s.io/v1","metadata":{"resourceVersion":"7"},"columnDefinitions":[],\
                "rows":[{"cells":["a","0/0","Succeeded","0","\\u003cunknown\\u003e","\\u003cnone\\u003e","\\u003cnone\\u003e","\\u003cnone\\u003e","\\u003cnone\\u003e"],\
                "conditions":[{"type":"Completed","status":"True","reason":"Succeeded",\
                "message":"The pod has completed successfully."}],"object":{"kind":"PartialObjectMetadata",\
                "apiVersion":"meta.k8s.io/v1","metadata":{"name":"a"}}}]}
                """)
    }
}
