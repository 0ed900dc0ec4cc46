import KubeAPI
import KubeAPIServer

/// The least that each kind takes: what an object needs besides its name, as JSON members.
enum KindSamples {
    private static let template = #"""
        {"metadata":{"labels":{"app":"a"}},"spec":{"containers":[{"name":"c","image":"nginx"}]}}
        """#
    private static let selector = #"{"matchLabels":{"app":"a"}}"#
    private static let role = #""roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"a"}"#
    private static let webhook = #"""
        "webhooks":[{"name":"hook.example.com","clientConfig":{"url":"https://example.com/hook"},
        "sideEffects":"None","admissionReviewVersions":["v1"]}]
        """#

    private static let members: [ResourceKind: String] = [
        .pod: #""spec":{"containers":[{"name":"c","image":"nginx"}]}"#,
        .podTemplate: #""template":\#(template)"#,
        .replicationController: #""spec":{"selector":{"app":"a"},"template":\#(template)}"#,
        .deployment: #""spec":{"selector":\#(selector),"template":\#(template)}"#,
        .replicaSet: #""spec":{"selector":\#(selector),"template":\#(template)}"#,
        .daemonSet: #""spec":{"selector":\#(selector),"template":\#(template)}"#,
        .statefulSet: #""spec":{"selector":\#(selector),"serviceName":"a","template":\#(template)}"#,
        .job: #"""
        "spec":{"template":{"spec":{"restartPolicy":"Never","containers":[{"name":"c","image":"nginx"}]}}}
        """#,
        .cronJob: #"""
        "spec":{"schedule":"* * * * *","jobTemplate":{"spec":{"template":{"spec":{"restartPolicy":"Never",
        "containers":[{"name":"c","image":"nginx"}]}}}}}
        """#,
        .controllerRevision: #""data":{"a":1},"revision":1"#,
        .service: #""spec":{"ports":[{"port":80}]}"#,
        .endpoints: #""subsets":[{"addresses":[{"ip":"10.0.0.1"}],"ports":[{"port":80}]}]"#,
        .endpointSlice: #""addressType":"IPv4","endpoints":[{"addresses":["10.0.0.1"]}]"#,
        .ingress: #""spec":{"defaultBackend":{"service":{"name":"a","port":{"number":80}}}}"#,
        .ingressClass: #""spec":{"controller":"example.com/ingress"}"#,
        .networkPolicy: #""spec":{"podSelector":{}}"#,
        .serviceCIDR: #""spec":{"cidrs":["10.200.0.0/16"]}"#,
        .ipAddress: #""spec":{"parentRef":{"group":"","resource":"services","namespace":"default","name":"a"}}"#,
        .event: #""involvedObject":{"kind":"Pod","name":"a","namespace":"default"}"#,
        .eventsEvent: #"""
        "eventTime":"2026-01-01T00:00:00.000000Z","reportingController":"example.com/a","reportingInstance":"a",
        "action":"Act","reason":"Reason","type":"Normal",
        "regarding":{"kind":"Pod","name":"a","namespace":"default"}
        """#,
        .lease: #""spec":{"holderIdentity":"a","leaseDurationSeconds":10}"#,
        .priorityClass: #""value":5"#,
        .runtimeClass: #""handler":"runc""#,
        .flowSchema: #""spec":{"priorityLevelConfiguration":{"name":"exempt"},"matchingPrecedence":100}"#,
        .priorityLevelConfiguration: #"""
        "spec":{"type":"Limited","limited":{"nominalConcurrencyShares":5,"limitResponse":{"type":"Reject"}}}
        """#,
        .resourceQuota: #""spec":{"hard":{"pods":"5"}}"#,
        .limitRange: #""spec":{"limits":[{"type":"Pod","max":{"cpu":"1"}}]}"#,
        .persistentVolume: #"""
        "spec":{"capacity":{"storage":"1Gi"},"accessModes":["ReadWriteOnce"],"hostPath":{"path":"/a"}}
        """#,
        .persistentVolumeClaim: #"""
        "spec":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"1Gi"}}}
        """#,
        .storageClass: #""provisioner":"example.com/disk""#,
        .csiDriver: #""spec":{}"#, .csiNode: #""spec":{"drivers":[{"name":"d","nodeID":"n"}]}"#,
        .csiStorageCapacity: #""storageClassName":"a""#,
        .volumeAttributesClass: #""driverName":"example.com/disk","parameters":{"a":"b"}"#,
        .resourceSlice: #"""
        "spec":{"driver":"d","pool":{"name":"a","generation":1,"resourceSliceCount":1},"allNodes":true}
        """#,
        .apiService: #"""
        "spec":{"group":"example.com","version":"v1","groupPriorityMinimum":1000,"versionPriority":10}
        """#,
        .volumeAttachment: #""spec":{"attacher":"a","nodeName":"a","source":{"persistentVolumeName":"a"}}"#,
        .role: #""rules":[{"apiGroups":[""],"resources":["pods"],"verbs":["get"]}]"#,
        .clusterRole: #""rules":[{"apiGroups":[""],"resources":["pods"],"verbs":["get"]}]"#,
        .roleBinding: role, .clusterRoleBinding: role,
        .certificateSigningRequest: #"""
        "spec":{"request":"\#(CertificateRequestSample.base64)","signerName":"example.com/a","usages":["client auth"]}
        """#,
        .mutatingWebhookConfiguration: webhook, .validatingWebhookConfiguration: webhook,
        .validatingAdmissionPolicy: #"""
        "spec":{"matchConstraints":{"resourceRules":[{"operations":["*"],"apiGroups":[""],"apiVersions":["v1"],
        "resources":["pods"]}]},"validations":[{"expression":"true"}]}
        """#,
        .validatingAdmissionPolicyBinding: #""spec":{"policyName":"a","validationActions":["Deny"]}"#,
        .mutatingAdmissionPolicy: #"""
        "spec":{"matchConstraints":{"resourceRules":[{"operations":["*"],"apiGroups":[""],"apiVersions":["v1"],
        "resources":["pods"]}]},"mutations":[{"patchType":"JSONPatch","jsonPatch":{"expression":"[]"}}],
        "reinvocationPolicy":"Never"}
        """#,
        .mutatingAdmissionPolicyBinding: #""spec":{"policyName":"a"}"#,
        .customResourceDefinition: #"""
        "spec":{"group":"example.com","scope":"Namespaced","names":{"plural":"as","singular":"a","kind":"A",
        "listKind":"AList"},"versions":[{"name":"v1","served":true,"storage":true,
        "schema":{"openAPIV3Schema":{"type":"object"}}}]}
        """#,
        .podDisruptionBudget: #""spec":{"minAvailable":1,"selector":\#(selector)}"#,
        .horizontalPodAutoscaler: #"""
        "spec":{"scaleTargetRef":{"kind":"Deployment","name":"a","apiVersion":"apps/v1"},"maxReplicas":3}
        """#,
        .autoscalingV1HorizontalPodAutoscaler: #"""
        "spec":{"scaleTargetRef":{"kind":"Deployment","name":"a","apiVersion":"apps/v1"},"maxReplicas":3}
        """#,
    ]

    /// The name that an object has to have where not every name will do.
    static func name(of kind: ResourceKind) -> String {
        switch kind {
        case .customResourceDefinition: "as.example.com"
        case .ipAddress: "10.96.0.77"
        case .apiService: "v1.example.com"
        default: "a"
        }
    }

    /// A valid object, in `default` if its kind has namespaces.
    static func object(_ kind: ResourceKind) throws -> KubeObject {
        let namespace = kind.info.isNamespaced ? #","namespace":"default""# : ""
        let rest = members[kind].map { "," + $0 } ?? ""
        let text = #"{"metadata":{"name":"\#(name(of: kind))"\#(namespace)}\#(rest)}"#
        return try ObjectDecoding.decode(Array(text.utf8), as: kind).object
    }
}
