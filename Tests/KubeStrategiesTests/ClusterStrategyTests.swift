import KubeAPI
import KubeAPIServer
import Testing

@Suite struct ClusterStrategyTests {
    // MARK: Namespaces and nodes

    @Test func namespaces() {
        let namespace = Fixtures.created(Namespace(name: "a"))
        #expect(namespace.spec.finalizers == ["kubernetes"])
        #expect(namespace.status.phase == "Active")
        #expect(namespace.labels["kubernetes.io/metadata.name"] == "a")
        #expect(Fixtures.createErrors(Namespace(name: "a.b")).count == 1)
        #expect(
            Fixtures.createErrors(Namespace(name: "a.b"))[0]
                == #"metadata.name: Invalid value: "a.b": must not contain dots"#)
        let strategy = Strategies.strategy(for: .namespace)
        var new = namespace
        new.spec.finalizers = []
        #expect(
            strategy.prepareForUpdate(Boxed(new), old: Boxed(namespace)).as(Namespace.self)?.spec.finalizers
                == ["kubernetes"])
        new.status.phase = "Terminating"
        new.metadata.resourceVersion = "1"
        #expect(
            strategy.validateStatusUpdate(Boxed(new), old: Boxed(namespace)).map(\.description) == [
                #"status.Phase: Invalid value: "Terminating": may only be 'Active' if `deletionTimestamp` is empty"#
            ])
    }

    @Test func nodes() {
        let node = Fixtures.read(
            Node.self,
            """
            {"metadata":{"name":"n"},"spec":{"podCIDR":"10.244.0.0/24","taints":[{"key":"a","effect":"NoSchedule"},\
            {"key":"a","effect":"Sometimes"}]},"status":{"capacity":{"cpu":"4","pods":"1500m"}}}
            """)
        let created = Fixtures.created(node)
        #expect(created.spec.podCIDRs == ["10.244.0.0/24"])
        #expect(created.status.allocatable == ["cpu": "4", "pods": "1500m"])
        #expect(
            Fixtures.createErrors(node) == [
                #"metadata.taints[1].effect: Unsupported value: "Sometimes": supported values: "NoSchedule", "PreferNoSchedule", "NoExecute""#,
                #"status.capacity.pods: Invalid value: "1500m": must be an integer"#,
                #"status.allocatable.pods: Invalid value: "1500m": must be an integer"#,
            ])
        let sound = Fixtures.read(Node.self, #"{"metadata":{"name":"n"},"spec":{"podCIDR":"10.244.0.0/24"}}"#)
        #expect(
            Fixtures.updateErrors(sound) {
                $0.spec.podCIDR = "10.245.0.0/24"
                $0.spec.podCIDRs = ["10.245.0.0/24"]
            } == [
                #"spec.podCIDRs: Forbidden: node updates may not change podCIDR except from "" to valid"#
            ])
    }

    @Test func theBlockOfANodeAndItsBlocksFollowEachOther() {
        let node = Fixtures.read(
            Node.self, #"{"metadata":{"name":"n"},"spec":{"podCIDRs":["10.244.0.0/24","fd00::/64"]}}"#)
        #expect(Fixtures.created(node).spec.podCIDR == "10.244.0.0/24")
        #expect(Fixtures.created(node).spec.podCIDRs == ["10.244.0.0/24", "fd00::/64"])
        var other = node
        other.spec.podCIDR = "10.9.0.0/24"
        #expect(Fixtures.created(other).spec.podCIDRs == ["10.9.0.0/24"])
        #expect(
            Fixtures.updateErrors(node) { $0.spec.podCIDR = "10.9.0.0/24" } == [
                #"spec.podCIDRs: Forbidden: node updates may not change podCIDR except from "" to valid"#
            ])
        // Whoever leaves the old field out changes nothing by that.
        #expect(Fixtures.updateErrors(node) { $0.spec.podCIDR = nil } == [])
    }

    @Test func theAddressOfAPodAndItsAddressesFollowEachOther() {
        func status(_ pod: Pod) -> PodStatus? {
            Strategies.strategy(for: .pod).setDefaults(Boxed(pod), now: Fixtures.now).as(Pod.self)?.status
        }
        var pod = Fixtures.created(Fixtures.pod(container: ""))
        pod.status.podIP = "10.0.0.1"
        #expect(status(pod)?.podIPs.map(\.ip) == ["10.0.0.1"])
        pod.status.podIPs = [PodIP(), PodIP()]
        pod.status.podIPs[0].ip = "10.0.0.2"
        pod.status.podIPs[1].ip = "fd00::2"
        #expect(status(pod)?.podIPs.map(\.ip) == ["10.0.0.1"])
        pod.status.podIP = nil
        #expect(status(pod)?.podIP == "10.0.0.2")
        #expect(status(pod)?.podIPs.map(\.ip) == ["10.0.0.2", "fd00::2"])
    }

    // MARK: Configuration

    @Test func secrets() {
        let secret = Fixtures.read(
            Secret.self,
            #"{"metadata":{"name":"a","namespace":"default"},"data":{"a":"AA==","b":"AA=="},"stringData":{"b":"x"}}"#)
        let created = Fixtures.created(secret)
        #expect(created.type == "Opaque")
        #expect(created.stringData.isEmpty)
        #expect(created.data["b"]?.bytes == [UInt8(ascii: "x")])
        #expect(Fixtures.createErrors(secret) == [])
        #expect(
            Fixtures.updateErrors(secret) { $0.type = "other" } == [
                #"type: Invalid value: "other": field is immutable"#
            ])
        var tls = secret
        tls.type = "kubernetes.io/tls"
        #expect(
            Fixtures.createErrors(tls) == ["data[tls.crt]: Required value", "data[tls.key]: Required value"])
    }

    @Test func immutableConfigMaps() {
        let configMap = Fixtures.read(
            ConfigMap.self, #"{"metadata":{"name":"a","namespace":"default"},"data":{"a":"1"},"immutable":true}"#)
        let errors = Fixtures.updateErrors(configMap) { configMap in
            configMap.data["a"] = "2"
            configMap.immutable = nil
        }
        #expect(
            errors == [
                "immutable: Forbidden: field is immutable when `immutable` is set",
                "data: Forbidden: field is immutable when `immutable` is set",
            ])
    }

    @Test func configMapsHaveASizeAndKeys() {
        var configMap = Fixtures.read(
            ConfigMap.self,
            #"{"metadata":{"name":"a","namespace":"default"},"data":{"..":"1","x":"1"},"binaryData":{"x":"AA=="}}"#)
        #expect(
            Fixtures.createErrors(configMap) == [
                #"data[..]: Invalid value: "..": must not be '..'"#,
                #"data[x]: Invalid value: "x": duplicate of key present in binaryData"#,
            ])
        configMap.data = ["x": String(repeating: "x", count: 1024 * 1024 + 1)]
        configMap.binaryData = [:]
        #expect(Fixtures.createErrors(configMap) == ["[]: Too long: may not be more than 1048576 bytes"])
    }

    // MARK: Policies

    @Test func priorityClasses() {
        func priorityClass(_ name: String, _ value: Int) -> PriorityClass {
            var result = PriorityClass(name: name)
            result.value = value
            return result
        }
        #expect(Fixtures.created(priorityClass("a", 1)).preemptionPolicy == "PreemptLowerPriority")
        #expect(
            Fixtures.createErrors(priorityClass("a", 1_000_000_001)) == [
                "value: Forbidden: maximum allowed value of a user defined priority is 1000000000"
            ])
        #expect(
            Fixtures.createErrors(priorityClass("system-a", 1)) == [
                """
                metadata.name: Forbidden: priority class names with 'system-' prefix are reserved for system use only. \
                error: system-a is not a known system priority class
                """
            ])
        #expect(Fixtures.createErrors(priorityClass("system-node-critical", 2_000_001_000)) == [])
        #expect(
            Fixtures.updateErrors(priorityClass("a", 1)) { $0.value = 2 } == [
                "value: Forbidden: may not be changed in an update."
            ])
    }

    @Test func limitRanges() {
        let range = Fixtures.read(
            LimitRange.self,
            """
            {"metadata":{"name":"a","namespace":"default"},"spec":{"limits":[{"type":"Container",\
            "max":{"cpu":"1"},"min":{"cpu":"2","memory":"1Mi"}}]}}
            """)
        let item = Fixtures.created(range).spec.limits[0]
        #expect(item.default == ["cpu": "1"])
        #expect(item.defaultRequest == ["cpu": "1", "memory": "1Mi"])
        #expect(
            Fixtures.createErrors(range) == [
                #"spec.limits[0].min[cpu]: Invalid value: "2": min value 2 is greater than max value 1"#,
                #"spec.limits[0].defaultRequest[cpu]: Invalid value: "1": min value 2 is greater than default request value 1"#,
                #"spec.limits[0].default[cpu]: Invalid value: "2": min value 2 is greater than default value 1"#,
            ])
    }

    /// Amounts finer than a thousandth are rounded up wherever a list of them is.
    @Test func fineAmounts() {
        func cluster<Value: Resource>(_ type: Value.Type, _ spec: String) -> Value {
            Fixtures.created(
                Fixtures.read(type, #"{"metadata":{"name":"a","namespace":"default"},"spec":\#(spec)}"#))
        }
        let range = cluster(LimitRange.self, #"{"limits":[{"type":"Pod","max":{"cpu":"3.001n"}}]}"#)
        #expect(range.spec.limits[0].max["cpu"]?.text == "1m")
        let claim = cluster(PersistentVolumeClaim.self, #"{"resources":{"requests":{"storage":"1.1E-9"}}}"#)
        #expect(claim.spec.resources?.requests["storage"]?.text == "1e-3")
        let pod = cluster(
            Pod.self,
            """
            {"resources":{"limits":{"cpu":"1.0001"}},"volumes":[{"name":"v","ephemeral":{"volumeClaimTemplate":\
            {"spec":{"resources":{"requests":{"storage":"1u"}}}}}}]}
            """)
        #expect(pod.spec.resources?.limits["cpu"]?.text == "1001m")
        let template = pod.spec.volumes[0].ephemeral?.volumeClaimTemplate
        #expect(template?.spec.resources?.requests["storage"]?.text == "1m")
        #expect(template?.spec.volumeMode == "Filesystem")
    }

    @Test func legacySourcesOfVolumes() {
        func spec(_ source: String) -> PersistentVolumeSpec {
            Fixtures.created(
                Fixtures.read(PersistentVolume.self, #"{"metadata":{"name":"a"},"spec":{\#(source)}}"#)
            ).spec
        }
        #expect(spec(#""iscsi":{"targetPortal":"p","iqn":"q"}"#).iscsi?.iscsiInterface == "default")
        let rbd = spec(#""rbd":{"monitors":["m"],"image":"i"}"#).rbd
        #expect([rbd?.pool, rbd?.user, rbd?.keyring] == ["rbd", "admin", "/etc/ceph/keyring"])
        let disk = spec(#""azureDisk":{"diskName":"d","diskURI":"u"}"#).azureDisk
        #expect([disk?.cachingMode, disk?.kind, disk?.fsType] == ["ReadWrite", "Shared", "ext4"])
        #expect(disk?.readOnly == false)
        let scaleIO = spec(#""scaleIO":{"gateway":"g","system":"s"}"#).scaleIO
        #expect([scaleIO?.storageMode, scaleIO?.fsType] == ["ThinProvisioned", "xfs"])
    }

    @Test func quotas() {
        let quota = Fixtures.read(
            ResourceQuota.self,
            #"{"metadata":{"name":"a","namespace":"default"},"spec":{"hard":{"pods":"-1","wheels":"4"},"scopes":["BestEffort","NotBestEffort"]}}"#
        )
        #expect(
            Fixtures.createErrors(quota) == [
                #"spec.hard[pods]: Invalid value: "-1": must be greater than or equal to 0"#,
                #"spec.hard[wheels]: Invalid value: "wheels": must be a standard resource type or fully qualified"#,
                #"spec.hard[wheels]: Invalid value: "wheels": must be a standard resource for quota"#,
                #"spec.scopes: Invalid value: ["BestEffort","NotBestEffort"]: conflicting scopes"#,
            ])
    }

    @Test(
        arguments: [
            ("Terminating", #""pods":"1","requests.cpu":"1","example.com/a":"1""#, 0),
            ("NotBestEffort", #""services":"1","secrets":"1","memory":"1""#, 2),
            ("BestEffort", #""pods":"1","cpu":"1""#, 1),
            ("PriorityClass", #""requests.ephemeral-storage":"1","pods":"1""#, 1),
            ("VolumeAttributesClass", #""requests.storage":"1","persistentvolumeclaims":"1","pods":"1""#, 1),
        ])
    func scopesOfQuotasFitWhatTheyCount(scope: String, hard: String, count: Int) {
        func errors(_ limits: String) -> [String] {
            Fixtures.createErrors(
                Fixtures.read(
                    ResourceQuota.self,
                    #"{"metadata":{"name":"a","namespace":"default"},"spec":{"hard":{\#(hard)},\#(limits)}}"#))
        }
        let byName = #"spec.scopes: Invalid value: ["\#(scope)"]: unsupported scope applied to resource"#
        #expect(errors(#""scopes":["\#(scope)"]"#) == Array(repeating: byName, count: count))
        let selected = errors(#""scopeSelector":{"matchExpressions":[{"scopeName":"\#(scope)","operator":"Exists"}]}"#)
        #expect(selected.count == count)
        for error in selected {
            #expect(error.hasPrefix("spec.scopeSelector.matchExpressions: Invalid value: "))
            #expect(error.hasSuffix(": unsupported scope applied to resource"))
        }
    }

    @Test func disruptionBudgets() {
        let budget = Fixtures.read(
            PodDisruptionBudget.self,
            #"{"metadata":{"name":"a","namespace":"default"},"spec":{"minAvailable":1,"maxUnavailable":"120%"}}"#)
        #expect(
            Fixtures.createErrors(budget) == [
                #"spec: Invalid value: {"MinAvailable":1,"Selector":null,"MaxUnavailable":"120%","#
                    + #""UnhealthyPodEvictionPolicy":null}: minAvailable and maxUnavailable cannot be both set"#,
                #"spec.maxUnavailable: Invalid value: "120%": must not be greater than 100%"#,
            ])
    }

    @Test func autoscalers() {
        let autoscaler = Fixtures.read(
            HorizontalPodAutoscaler.self,
            """
            {"metadata":{"name":"a","namespace":"default"},\
            "spec":{"scaleTargetRef":{"kind":"Deployment","name":"w","apiVersion":"apps/v1"},\
            "minReplicas":5,"maxReplicas":2,"behavior":{"scaleUp":{}}}}
            """)
        let spec = Fixtures.created(autoscaler).spec
        #expect(spec.metrics[0].resource?.target.averageUtilization == 80)
        #expect(spec.behavior?.scaleUp?.policies.map(\.type) == ["Pods", "Percent"])
        #expect(spec.behavior?.scaleUp?.stabilizationWindowSeconds == 0)
        #expect(spec.behavior?.scaleDown?.stabilizationWindowSeconds == nil)
        #expect(
            Fixtures.createErrors(autoscaler) == [
                "spec.maxReplicas: Invalid value: 2: must be greater than or equal to `minReplicas`"
            ])
    }

    /// Rows of upstream's `TestValidateHorizontalPodAutoscaler`.
    @Test(
        arguments: [
            (
                #"{"type":"Resource","resource":{"name":"cpu","target":{"type":"Utilization"}},"pods":{"metric":{"name":"m"},"target":{"type":"AverageValue"}}}"#,
                [
                    "spec.metrics[0].pods.target.averageValue: Required value: must specify a positive target averageValue",
                    "spec.metrics[0].pods: Forbidden: must populate the given metric source only",
                ]
            ),
            (
                #"{"type":"External","external":{"metric":{"name":""},"target":{"type":"Value","value":"1","averageValue":"1"}}}"#,
                [
                    "spec.metrics[0].external.metric.name: Required value: must specify a metric name",
                    "spec.metrics[0].external.target.value: Forbidden: may not set both a target value for metric and a per-pod target",
                ]
            ),
            (
                #"{"type":"ContainerResource","containerResource":{"name":"x","container":"a","target":{"type":"Utilization","averageUtilization":1}}}"#,
                [
                    #"spec.metrics[0].containerResource.name: Invalid value: "x": must be a standard resource type or fully qualified"#,
                    #"spec.metrics[0].containerResource.name: Invalid value: "x": must be a standard resource for containers"#,
                ]
            ),
        ] as [(String, [String])])
    func metrics(_ row: (metric: String, expected: [String])) {
        let autoscaler = Fixtures.read(
            HorizontalPodAutoscaler.self,
            """
            {"metadata":{"name":"a","namespace":"default"},\
            "spec":{"scaleTargetRef":{"kind":"Deployment","name":"w","apiVersion":"apps/v1"},\
            "maxReplicas":2,"metrics":[\(row.metric)]}}
            """)
        #expect(Fixtures.createErrors(autoscaler) == row.expected)
    }

    private func autoscaler(_ spec: String) -> HorizontalPodAutoscaler {
        Fixtures.read(
            HorizontalPodAutoscaler.self, #"{"metadata":{"name":"a","namespace":"default"},"spec":{\#(spec)}}"#)
    }

    private static let group = "spec.scaleTargetRef.apiVersion: Invalid value: "

    /// Rows of upstream's `TestValidateHorizontalPodAutoscaler` about what is scaled and how far.
    @Test(
        arguments: [
            (
                #""scaleTargetRef":{"kind":"Deployment","name":"w"},"maxReplicas":0"#,
                [
                    "spec.maxReplicas: Required value: must be set and greater than 0",
                    "spec.maxReplicas: Invalid value: 0: must be greater than or equal to `minReplicas`",
                    group + #""": apiVersion must specify API group"#,
                ]
            ),
            (
                #""scaleTargetRef":{"kind":"Deployment","name":"w","apiVersion":"v1"},"maxReplicas":-1"#,
                [
                    "spec.maxReplicas: Invalid value: -1: must be greater than or equal to 1",
                    "spec.maxReplicas: Invalid value: -1: must be greater than or equal to `minReplicas`",
                    group + #""v1": apiVersion must specify API group"#,
                ]
            ),
            (
                #""scaleTargetRef":{"kind":"Deployment","name":"w","apiVersion":"a/b/c"},"maxReplicas":1"#,
                [group + #""a/b/c": unexpected GroupVersion string: a/b/c"#]
            ),
            (#""scaleTargetRef":{"kind":"ReplicationController","name":"w"},"maxReplicas":1"#, []),
            (
                """
                "scaleTargetRef":{"kind":"Deployment","name":"w","apiVersion":"apps/v1"},"maxReplicas":1,\
                "behavior":{"scaleUp":{"tolerance":"-1"}}
                """,
                [
                    #"spec.behavior.scaleUp.tolerance: Invalid value: "-1": must be greater than or equal to 0"#
                ]
            ),
        ] as [(String, [String])])
    func scaleTargets(_ row: (spec: String, expected: [String])) {
        #expect(Fixtures.createErrors(autoscaler(row.spec)) == row.expected)
    }

    @Test func aTargetWithoutGroupStaysUntilItChanges() {
        let old = autoscaler(#""scaleTargetRef":{"kind":"Deployment","name":"w"},"maxReplicas":1"#)
        #expect(Fixtures.updateErrors(old) { $0.spec.maxReplicas = 2 } == [])
        #expect(
            Fixtures.updateErrors(old) { $0.spec.scaleTargetRef.apiVersion = "v2" } == [
                Self.group + #""v2": apiVersion must specify API group"#
            ])
    }

    // MARK: Access and storage

    @Test func roles() {
        let role = Fixtures.read(
            Role.self,
            #"{"metadata":{"name":"a:b","namespace":"default"},"rules":[{"verbs":[],"nonResourceURLs":["/x"]},{"verbs":["get"]}]}"#
        )
        #expect(
            Fixtures.createErrors(role) == [
                "rules[0].verbs: Required value: verbs must contain at least one value",
                #"rules[0].nonResourceURLs: Invalid value: ["/x"]: namespaced rules cannot apply to non-resource URLs"#,
                "rules[1].apiGroups: Required value: resource rules must supply at least one api group",
                "rules[1].resources: Required value: resource rules must supply at least one resource",
            ])
        let binding = Fixtures.read(
            RoleBinding.self,
            """
            {"metadata":{"name":"a","namespace":"default"},"roleRef":{"kind":"Role","name":"a"},\
            "subjects":[{"kind":"User","name":"u"},{"kind":"ServiceAccount","name":"s"}]}
            """)
        #expect(Fixtures.created(binding).roleRef.apiGroup == "rbac.authorization.k8s.io")
        #expect(Fixtures.created(binding).subjects[0].apiGroup == "rbac.authorization.k8s.io")
        #expect(Fixtures.createErrors(binding) == [])
        let ofTheCluster = Fixtures.read(
            ClusterRoleBinding.self,
            """
            {"metadata":{"name":"a"},"roleRef":{"kind":"ClusterRole","name":"a"},\
            "subjects":[{"kind":"Group"},{"kind":"ServiceAccount","name":"s"}]}
            """)
        #expect(
            Fixtures.createErrors(ofTheCluster) == [
                "subjects[0].name: Required value",
                #"subjects[0].name: Invalid value: "": group name cannot be empty"#,
                "subjects[1].namespace: Required value",
            ])
        let errors = Fixtures.updateErrors(binding) { $0.roleRef.name = "b" }
        #expect(errors.last?.hasSuffix("cannot change roleRef") == true)
    }

    @Test func storage() {
        let claim = Fixtures.read(
            PersistentVolumeClaim.self,
            #"{"metadata":{"name":"a","namespace":"default"},"spec":{"accessModes":["Never"]}}"#)
        #expect(Fixtures.created(claim).status.phase == "Pending")
        #expect(
            Fixtures.createErrors(claim) == [
                #"spec.accessModes: Unsupported value: "Never": supported values: "ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod""#,
                "spec.resources[storage]: Required value",
            ])
        var storageClass = StorageClass(name: "a")
        storageClass.provisioner = "example.com/disk"
        #expect(Fixtures.created(storageClass).volumeBindingMode == "Immediate")
        #expect(
            Fixtures.updateErrors(storageClass) { $0.provisioner = "b" } == [
                "provisioner: Forbidden: updates to provisioner are forbidden."
            ])
    }

    @Test(
        arguments: [
            (
                "{}",
                [
                    "spec.attacher: Required value",
                    "spec.source: Required value: must specify exactly one of inlineVolumeSpec and persistentVolumeName",
                    "spec.nodeName: Invalid value: ", "spec.attacher: Required value",
                ]
            ),
            (
                #"{"attacher":"d","nodeName":"n","source":{"persistentVolumeName":"v","inlineVolumeSpec":{}}}"#,
                ["spec.source: Forbidden: must specify exactly one of inlineVolumeSpec and persistentVolumeName"]
            ), (#"{"attacher":"d","nodeName":"n","source":{"persistentVolumeName":"v"}}"#, []),
        ] as [(String, [String])])
    func attachments(_ row: (spec: String, expected: [String])) {
        let attachment = Fixtures.read(VolumeAttachment.self, #"{"metadata":{"name":"a"},"spec":\#(row.spec)}"#)
        let errors = Fixtures.createErrors(attachment)
        #expect(errors.count == row.expected.count)
        #expect(zip(errors, row.expected).allSatisfy { $0.hasPrefix($1) }, "\(errors)")
    }

    @Test func driversOfVolumes() {
        let driver = Fixtures.read(
            CSIDriver.self,
            """
            {"metadata":{"name":"a"},"spec":{"tokenRequests":[{"audience":"x","expirationSeconds":599},\
            {"audience":"x"},{"audience":"y","expirationSeconds":4294967297}]}}
            """)
        #expect(
            Fixtures.createErrors(driver) == [
                "spec.tokenRequests[0].expirationSeconds: Invalid value: 599: may not specify a duration less than 10 minutes",
                #"spec.tokenRequests[1].audience: Duplicate value: "x""#,
                "spec.tokenRequests[2].expirationSeconds: Invalid value: 4294967297: may not specify a duration larger than 2^32 seconds",
            ])
        let errors = Fixtures.updateErrors(Fixtures.read(CSIDriver.self, #"{"metadata":{"name":"a"},"spec":{}}"#)) {
            $0.spec.attachRequired = false
        }
        #expect(errors == ["spec.attachedRequired: Invalid value: false: field is immutable"])
    }

    /// Rows of upstream's tables of claims and volumes.
    @Test(
        arguments: [
            (
                #""resources":{"requests":{"storage":"-1"}}"#,
                [#"spec.resources[storage]: Invalid value: "-1": must be greater than zero"#]
            ),
            (
                #""dataSource":{"kind":"PersistentVolumeClaim","name":"x"},"dataSourceRef":{"kind":"PersistentVolumeClaim","name":"y"}"#,
                ["spec: Invalid value: {}: must match dataSourceRef"]
            ),
            (
                #""dataSourceRef":{"kind":"Pod","name":"x"}"#,
                [
                    #"spec.dataSource: Invalid value: "Pod": must be 'PersistentVolumeClaim' when referencing the default apiGroup"#,
                    #"spec.dataSourceRef: Invalid value: "Pod": must be 'PersistentVolumeClaim' when referencing the default apiGroup"#,
                ]
            ),
        ] as [(String, [String])])
    func claims(_ row: (fields: String, expected: [String])) {
        let resources = row.fields.contains("resources") ? "" : #""resources":{"requests":{"storage":"1"}},"#
        let claim = Fixtures.read(
            PersistentVolumeClaim.self,
            #"{"metadata":{"name":"a","namespace":"default"},"spec":{"accessModes":["ReadWriteOnce"],\#(resources)\#(row.fields)}}"#
        )
        #expect(Fixtures.createErrors(claim) == row.expected)
    }

    @Test(
        arguments: [
            (
                #""hostPath":{"path":"/"},"nodeAffinity":{}"#,
                ["spec.nodeAffinity.required: Required value: must specify required node constraints"]
            ),
            (
                #""hostPath":{"path":"/"},"volumeAttributesClassName":"""#,
                [
                    "spec.volumeAttributesClassName: Required value: an empty string is disallowed",
                    "spec.csi: Required value: has to be specified when using volumeAttributesClassName",
                ]
            ),
            (
                #""hostPath":{"path":"/a/.."},"persistentVolumeReclaimPolicy":"Recycle""#,
                [
                    #"spec.hostPath.path: Invalid value: "/a/..": must not contain '..'"#,
                    "spec.persistentVolumeReclaimPolicy: Forbidden: may not be 'recycle' for a hostPath mount of '/'",
                ]
            ),
            (
                #""csi":{"driver":"a","volumeHandle":"h","nodePublishSecretRef":{"name":"s"}}"#,
                ["spec.csi.nodePublishSecretRef.namespace: Required value"]
            ),
        ] as [(String, [String])])
    func volumes(_ row: (fields: String, expected: [String])) {
        let volume = Fixtures.read(
            PersistentVolume.self,
            #"{"metadata":{"name":"a"},"spec":{"accessModes":["ReadWriteOnce"],"capacity":{"storage":"1"},\#(row.fields)}}"#
        )
        #expect(Fixtures.createErrors(volume) == row.expected)
    }

    // MARK: Every kind

    @Test(arguments: Catalogue.kinds.map(\.kind))
    func everyKindHasAStrategyThatIsIdempotent(kind: ResourceKind) {
        var metadata = ObjectMeta()
        metadata.name = "a"
        if kind.info.isNamespaced { metadata.namespace = "default" }
        let strategy = Strategies.strategy(for: kind)
        #expect(strategy.kind == kind)
        let coder = kind.info.coder
        let once = strategy.setDefaults(coder.make(metadata: metadata), now: Fixtures.now)
        let isIdempotent = coder.isEqual(strategy.setDefaults(once, now: Fixtures.now), once)
        #expect(isIdempotent)
        let created = strategy.prepareForCreate(once, WriteContext(now: Fixtures.now, author: UserInfo()))
        let keepsSpec = coder.hasSameSpec(strategy.prepareForUpdate(created, old: created), created)
        #expect(keepsSpec)
        let updated = strategy.prepareForStatusUpdate(created, old: created, now: Fixtures.now)
        let keepsStatus = coder.hasSameStatus(updated, created)
        #expect(keepsStatus)
    }

    @Test func metadataComesFirst() {
        var configMap = ConfigMap(name: "A", namespace: "B")
        configMap.metadata.labels = ["a b": "c"]
        configMap.metadata.finalizers = ["mine"]
        let errors = Fixtures.createErrors(configMap)
        #expect(
            errors.map { $0.prefix { $0 != ":" } } == [
                "metadata.name", "metadata.namespace", "metadata.labels", "metadata.finalizers[0]",
            ])
        #expect(
            errors.last
                == #"metadata.finalizers[0]: Invalid value: "mine": name is neither a standard finalizer name nor is it fully qualified"#
        )
    }
}
