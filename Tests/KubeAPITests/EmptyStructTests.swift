import KubeAPI
import Testing

/// A struct that Go points to is told from none when it is empty: in JSON, in protobuf, and by a patch.
@Suite struct EmptyStructTests {
    private static let objects: [(kind: String, spec: String)] = [
        ("policy/v1 PodDisruptionBudget", #"{"selector":{}}"#),
        ("networking.k8s.io/v1 NetworkPolicy", #"{"podSelector":{},"ingress":[{"from":[{"podSelector":{}}]}]}"#),
        (
            "networking.k8s.io/v1 NetworkPolicy",
            #"{"podSelector":{},"egress":[{"to":[{"podSelector":{},"namespaceSelector":{}}]},{}]}"#
        ),
        ("v1 PersistentVolumeClaim", #"{"selector":{},"resources":{}}"#),
        (
            "v1 Pod",
            #"{"volumes":[{"name":"a","emptyDir":{}}],"containers":[{"name":"a","resources":{},"lifecycle":{},"#
                + #""securityContext":{}}],"securityContext":{},"#
                + #""affinity":{"nodeAffinity":{},"podAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":"#
                + #"[{"labelSelector":{},"topologyKey":"a","namespaceSelector":{}}]}},"dnsConfig":{},"#
                + #""topologySpreadConstraints":[{"maxSkew":1,"topologyKey":"a","whenUnsatisfiable":"","#
                + #""labelSelector":{}}]}"#
        ),
        ("apps/v1 Deployment", #"{"selector":{},"template":{"metadata":{},"spec":{"containers":null}},"strategy":{}}"#),
        (
            "apps/v1 Deployment",
            #"{"selector":null,"template":{"metadata":{},"spec":{"containers":null}},"strategy":{}}"#
        ),
        ("apps/v1 ReplicaSet", #"{"selector":null,"template":{"metadata":{},"spec":{"containers":null}}}"#),
        ("apps/v1 ReplicaSet", #"{"selector":{},"template":{"metadata":{},"spec":{"containers":null}}}"#),
        (
            "apps/v1 StatefulSet",
            #"{"selector":{},"template":{"metadata":{},"spec":{"containers":null}},"serviceName":"","#
                + #""updateStrategy":{},"persistentVolumeClaimRetentionPolicy":{}}"#
        ),
        (
            "apps/v1 DaemonSet",
            #"{"selector":null,"template":{"metadata":{},"spec":{"containers":null}},"updateStrategy":{}}"#
        ),
        ("batch/v1 Job", #"{"selector":{},"template":{"metadata":{},"spec":{"containers":null}}}"#),
        ("networking.k8s.io/v1 IPAddress", "{}"),
        ("v1 PersistentVolume", #"{"scaleIO":{"gateway":"","system":"","secretRef":null}}"#),
        ("v1 PersistentVolume", #"{"scaleIO":{"gateway":"","system":"","secretRef":{}},"nodeAffinity":{}}"#),
        (
            "admissionregistration.k8s.io/v1 ValidatingAdmissionPolicyBinding",
            #"{"policyName":"a","paramRef":{"selector":{}},"matchResources":{"namespaceSelector":{}},"#
                + #""validationActions":["Deny"]}"#
        ),
    ]

    private func object(_ sample: (kind: String, spec: String)) throws -> (text: String, object: KubeObject) {
        let words = sample.kind.split(separator: " ")
        let text =
            #"{"kind":"\#(words[1])","apiVersion":"\#(words[0])","metadata":{"name":"a"},"spec":\#(sample.spec)}"#
        return (text, try decodeObject(Array(text.utf8), defaultKind: nil).object)
    }

    @Test(arguments: objects.indices)
    func comesBack(index: Int) throws {
        let (text, object) = try object(Self.objects[index])
        let spec = try JSONValue.decode(text)["spec"]
        #expect(object.jsonValue["spec"] == spec)
        let decoded = try ProtobufCoding.decode(ProtobufCoding.encode(object), defaultKind: nil)
        #expect(decoded.jsonValue["spec"] == spec)
        let isEqual = object.kind.info.coder.isEqual(decoded, object)
        #expect(isEqual)
    }

    @Test func noSelectorIsNotAnEmptyOne() throws {
        let absent = try DeploymentSpec.decode("{}")
        let empty = try DeploymentSpec.decode(#"{"selector":{}}"#)
        #expect(absent.selector == nil)
        #expect(empty.selector == LabelSelector())
        #expect(absent != empty)
        #expect(try DeploymentSpec.decode(protobuf: absent.protobuf) == absent)
        #expect(try DeploymentSpec.decode(protobuf: empty.protobuf) == empty)
        #expect(try Selector(absent.selector).isNothing)
        #expect(try Selector(empty.selector).isEverything)
    }

    @Test func theSchemaTellsRequiredPointers() {
        #expect(SchemaTable.shared.type(named: "DeploymentSpec")?.field("selector")?.isPointer == true)
        #expect(SchemaTable.shared.type(named: "DeploymentSpec")?.field("template")?.isPointer == false)
    }
}
