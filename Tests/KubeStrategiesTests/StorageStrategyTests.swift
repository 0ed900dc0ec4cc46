import KubeAPI
import KubeAPIServer
import Testing

/// Rows of upstream's tables of classes, drivers, attachments and volumes.
@Suite struct StorageStrategyTests {
    private static let qualifiedName =
        "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric "
        + "character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
        + "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"

    // MARK: Classes

    private func storageClass(_ more: String) -> StorageClass {
        Fixtures.read(StorageClass.self, #"{"metadata":{"name":"a"},\#(more)}"#)
    }

    @Test func provisionersAreQualifiedNames() {
        #expect(Fixtures.createErrors(storageClass(#""provisioner":"KUBERNETES.io/foo""#)) == [])
        #expect(Fixtures.createErrors(storageClass(#""provisioner":"""#)) == ["provisioner: Required value"])
        #expect(
            Fixtures.createErrors(storageClass(#""provisioner":"A B""#)) == [
                #"provisioner: Invalid value: "a b": \#(Self.qualifiedName)"#
            ])
    }

    @Test func parametersAreLimited() {
        var many = storageClass(#""provisioner":"a""#)
        for index in 0...512 { many.parameters["p\(index)"] = "" }
        #expect(Fixtures.createErrors(many) == ["parameters: Too long: may not be more than 512 bytes"])
        var large = storageClass(#""provisioner":"a""#)
        large.parameters = ["a": String(repeating: "x", count: 256 * 1024)]
        #expect(Fixtures.createErrors(large) == ["parameters: Too long: may not be more than 262144 bytes"])
        #expect(
            Fixtures.createErrors(storageClass(#""provisioner":"a","parameters":{"":"x"}"#)) == [
                #"parameters: Invalid value: "": field can not be empty."#
            ])
    }

    @Test func topologiesDiffer() {
        let term = #"{"matchLabelExpressions":[{"key":"zone","values":["a","b"]}]}"#
        let other = #"{"matchLabelExpressions":[{"key":"zone","values":["b","a"]}]}"#
        #expect(
            Fixtures.createErrors(storageClass(#""provisioner":"a","allowedTopologies":[\#(term),\#(other)]"#)) == [
                #"allowedTopologies[1].matchLabelExpressions: Duplicate value: """#
            ])
    }

    @Test func classesOfAttributes() {
        func attributes(_ more: String) -> VolumeAttributesClass {
            Fixtures.read(VolumeAttributesClass.self, #"{"metadata":{"name":"a"}\#(more)}"#)
        }
        let fine = attributes(#","driverName":"kubernetes.io/foo","parameters":{"a":"b"}"#)
        #expect(Fixtures.createErrors(fine) == [])
        #expect(
            Fixtures.createErrors(attributes("")) == [
                "driverName: Required value",
                "parameters: Required value: must contain at least one key/value pair",
            ])
        let errors = Fixtures.updateErrors(fine) { attributes in
            attributes.driverName = "other"
            attributes.parameters["c"] = "d"
        }
        #expect(
            errors == [
                "driverName: Forbidden: updates to driverName are forbidden.",
                "parameters: Forbidden: updates to parameters are forbidden.",
            ])
    }

    // MARK: Drivers

    @Test(
        arguments: [
            (
                #""volumeLifecycleModes":["Other"],"fsGroupPolicy":"Some","nodeAllocatableUpdatePeriodSeconds":9"#,
                [
                    #"spec.fsGroupPolicy: Unsupported value: "Some": supported values: "File", "None", "#
                        + #""ReadWriteOnceWithFSType""#,
                    #"spec.volumeLifecycleModes: Unsupported value: "Other": supported values: "Persistent", "#
                        + #""Ephemeral""#,
                    "spec.nodeAllocatableUpdatePeriodSeconds: Invalid value: 9: must be greater than or equal to 10 "
                        + "seconds",
                ]
            ),
            (#""volumeLifecycleModes":["Persistent","Ephemeral"],"nodeAllocatableUpdatePeriodSeconds":10"#, []),
        ] as [(String, [String])])
    func drivers(_ row: (spec: String, expected: [String])) {
        // A driver's name may be longer here than where it is used.
        let name = String(repeating: "a", count: 64)
        let driver = Fixtures.read(CSIDriver.self, #"{"metadata":{"name":"\#(name)"},"spec":{\#(row.spec)}}"#)
        #expect(Fixtures.createErrors(driver) == row.expected)
    }

    private func node(_ drivers: String) -> CSINode {
        Fixtures.read(CSINode.self, #"{"metadata":{"name":"a"},"spec":{"drivers":[\#(drivers)]}}"#)
    }

    @Test func driversOfNodes() {
        let driver = #"{"name":"d","nodeID":"n","topologyKeys":["company.com/zone"],"allocatable":{"count":1}}"#
        #expect(Fixtures.createErrors(node(driver)) == [])
        #expect(Fixtures.createErrors(node(#"{"name":"d","nodeID":"\#(String(repeating: "n", count: 256))"}"#)) == [])
        #expect(
            Fixtures.createErrors(node(#"\#(driver),{"name":"d","nodeID":"","allocatable":{"count":-1}}"#)) == [
                "spec.drivers[1].nodeID: Required value",
                "spec.drivers[1].allocatable.count: Invalid value: -1: must be greater than or equal to 0",
                #"spec.drivers[1].name: Duplicate value: "d""#,
            ])
        #expect(
            Fixtures.createErrors(node(#"{"name":"d","nodeID":"n","topologyKeys":["a","a"]}"#)) == [
                #"spec.drivers[0]: Duplicate value: "a""#
            ])
    }

    @Test func driversOfNodesDoNotChange() {
        let old = node(#"{"name":"d","nodeID":"n","allocatable":{"count":1}}"#)
        #expect(Fixtures.updateErrors(old) { $0.spec.drivers[0].allocatable?.count = 2 } == [])
        #expect(Fixtures.updateErrors(old) { $0.spec.drivers = [] } == [])
        let errors = Fixtures.updateErrors(old) { $0.spec.drivers[0].nodeID = "m" }
        #expect(errors.count == 1 && errors[0].hasPrefix("spec.drivers: Invalid value: "), "\(errors)")
    }

    @Test func capacities() {
        let capacity = Fixtures.read(
            CSIStorageCapacity.self,
            """
            {"metadata":{"name":"a","namespace":"n"},"storageClassName":"c","capacity":"1Gi",\
            "nodeTopology":{"matchLabels":{"a":"b"}}}
            """)
        #expect(Fixtures.createErrors(capacity) == [])
        var wrong = capacity
        wrong.storageClassName = ""
        wrong.capacity = "-1"
        #expect(
            Fixtures.createErrors(wrong).map { String($0.prefix(40)) }
                == [
                    #"storageClassName: Invalid value: "": a lowercase RFC 1123"#,
                    #"capacity: Invalid value: "-1": must be greater than"#,
                ].map { String($0.prefix(40)) })
        #expect(Fixtures.updateErrors(capacity) { $0.capacity = "2Gi" } == [])
        let errors = Fixtures.updateErrors(capacity) { capacity in
            capacity.nodeTopology = nil
            capacity.storageClassName = "d"
        }
        #expect(
            errors == [
                "nodeTopology: Invalid value: null: field is immutable",
                #"storageClassName: Invalid value: "d": field is immutable"#,
            ])
    }

    // MARK: Attachments

    private func attachment(_ source: String, status: String = "{}") -> VolumeAttachment {
        Fixtures.read(
            VolumeAttachment.self,
            #"{"metadata":{"name":"a"},"spec":{"attacher":"d","nodeName":"n","source":{\#(source)}},"status":\#(status)}"#
        )
    }

    @Test func inlineVolumes() {
        let csi = #""accessModes":["ReadWriteOnce"],"csi":{"driver":"d","volumeHandle":"h"}"#
        #expect(Fixtures.createErrors(attachment(#""inlineVolumeSpec":{\#(csi)}"#)) == [])
        let path = "spec.source.inlineVolumeSpec"
        #expect(
            Fixtures.createErrors(
                attachment(
                    #""inlineVolumeSpec":{"capacity":{"storage":"1"},"claimRef":{"name":"c"},"hostPath":{"path":"/a"},"#
                        + #""persistentVolumeReclaimPolicy":"Delete","storageClassName":"s","volumeMode":"Block"}"#))
                == [
                    "\(path).claimRef: Forbidden: may not be specified in the context of inline volumes",
                    "\(path).capacity: Forbidden: may not be specified in the context of inline volumes",
                    "\(path).csi: Required value: has to be specified in the context of inline volumes",
                    "\(path).accessModes: Required value",
                    "\(path).persistentVolumeReclaimPolicy: Forbidden: may only be Retain in the context of inline volumes",
                    "\(path).storageClassName: Forbidden: may not be specified in the context of inline volumes",
                    "\(path).volumeMode: Forbidden: may not specify volumeMode other than Filesystem in the context of "
                        + "inline volumes",
                ])
    }

    @Test func whatIsToldOfAttachments() {
        let strategy = Strategies.strategy(for: .volumeAttachment)
        let old = attachment(#""persistentVolumeName":"v""#)
        var new = attachment(
            #""persistentVolumeName":"v""#,
            status:
                #"{"attached":false,"attachError":{"message":"\#(String(repeating: "x", count: 1025))","errorCode":-1}}"#
        )
        new.metadata.resourceVersion = "1"
        #expect(
            strategy.validateStatusUpdate(Boxed(new), old: Boxed(old)).map(\.description) == [
                "status.attachError.message: Too long: may not be more than 262144 bytes",
                "status.attachError.errorCode: Invalid value: -1: must be between 0 and 2147483647, inclusive",
            ])
    }

    // MARK: Volumes

    @Test(
        arguments: [
            (#""gcePersistentDisk":{"pdName":""}"#, ["persistentDisk.pdName: Required value"]),
            (
                #""iscsi":{"targetPortal":"127.0.0.1","iqn":"iqn.2015-02.example.com:test","lun":256}"#,
                ["iscsi.lun: Invalid value: 256: must be between 0 and 255, inclusive"]
            ),
            (
                #""iscsi":{"targetPortal":"127.0.0.1","iqn":"iqn.2015-02.example.com:test","lun":1}"#, []
            ),
            (
                #""iscsi":{"targetPortal":"127.0.0.1","iqn":"eui.0123456789ABCDEF","lun":1}"#, []
            ),
            (
                #""iscsi":{"targetPortal":"127.0.0.1","iqn":"iqn.2015-02.example.com:te|st","lun":1,"chapAuthSession":true}"#,
                [
                    #"iscsi.iqn: Invalid value: "iqn.2015-02.example.com:te|st": must be valid format"#,
                    "iscsi.secretRef: Required value",
                ]
            ),
            (
                #""glusterfs":{"endpoints":"e","path":"p","endpointsNamespace":""}"#,
                [
                    #"glusterfs.endpointsNamespace: Invalid value: "": if the endpointnamespace is set, it must be a valid "#
                        + "namespace name"
                ]
            ),
            (
                #""flexVolume":{"driver":"d","options":{"a.k8s.io/x":"","ok/x":""}}"#,
                [
                    #"flexVolume.options[a.k8s.io/x]: Invalid value: "a.k8s.io/x": kubernetes.io and k8s.io namespaces are "#
                        + "reserved"
                ]
            ),
            (
                #""quobyte":{"registry":"a:1,b","volume":"v"}"#,
                [
                    #"quobyte.registry: Invalid value: "a:1,b": must be a host:port pair or multiple pairs separated by "#
                        + "commas"
                ]
            ),
            (#""quobyte":{"registry":"a:1,[::1]:2","volume":"v"}"#, []),
            (
                #""azureDisk":{"diskName":"d","diskURI":"https://x","kind":"Managed","cachingMode":"All"}"#,
                [
                    #"azureDisk.cachingMode: Unsupported value: "All": supported values: "None", "ReadOnly", "ReadWrite""#,
                    #"azureDisk.diskURI: Unsupported value: "https://x": supported values: "#
                        + #""/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}""#,
                ]
            ),
            (
                #""cinder":{"volumeID":"v","secretRef":{"name":"s"}}"#,
                ["cinder.secretRef.namespace: Required value"]
            ),
            (#""local":{"path":"/a"}"#, ["nodeAffinity: Required value: Local volume requires node affinity"]),
            (
                #""nfs":{"server":"s","path":"/p"},"cephfs":{"monitors":[]}"#,
                ["cephFS: Forbidden: may not specify more than 1 volume type"]
            ),
        ] as [(String, [String])])
    func sources(_ row: (source: String, expected: [String])) {
        let volume = Fixtures.read(
            PersistentVolume.self,
            #"{"metadata":{"name":"a"},"spec":{"accessModes":["ReadWriteOnce"],"capacity":{"storage":"1"},\#(row.source)}}"#
        )
        #expect(Fixtures.createErrors(volume) == row.expected.map { "spec." + $0 })
    }

    @Test func whatMayChangeOfAVolume() {
        func volume(_ key: String) -> PersistentVolume {
            Fixtures.read(
                PersistentVolume.self,
                """
                {"metadata":{"name":"a"},"spec":{"accessModes":["ReadWriteOnce"],"capacity":{"storage":"1"},\
                "csi":{"driver":"d","volumeHandle":"h"},"nodeAffinity":{"required":{"nodeSelectorTerms":[\
                {"matchExpressions":[{"key":"\(key)","operator":"In","values":["z"]}]}]}}}}
                """)
        }
        let old = volume("failure-domain.beta.kubernetes.io/zone")
        #expect(
            Fixtures.updateErrors(old) {
                $0.spec.nodeAffinity = volume("topology.kubernetes.io/zone").spec.nodeAffinity
            }
                == [])
        let errors = Fixtures.updateErrors(old) {
            $0.spec.nodeAffinity = volume("topology.kubernetes.io/region").spec.nodeAffinity
        }
        #expect(errors.count == 1 && errors[0].hasPrefix("nodeAffinity: Invalid value: "), "\(errors)")
        #expect(
            Fixtures.updateErrors(old) { volume in
                volume.spec.csi?.controllerExpandSecretRef =
                    Fixtures.read(
                        PersistentVolume.self,
                        #"{"spec":{"csi":{"controllerExpandSecretRef":{"name":"s","namespace":"n"}}}}"#
                    ).spec.csi?.controllerExpandSecretRef
            } == [])
    }
}
