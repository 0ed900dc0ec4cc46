import KubeAPI
import KubeAPIServer
import Testing

/// Fields of features that are off are dropped from what is written.
@Suite struct DisabledFieldsTests {
    private static let spec = #"""
        {"restartPolicy":"Never","schedulingGroup":{"podGroupName":"g"},"containers":[{"name":"a","image":"i",
        "lifecycle":{"stopSignal":"SIGUSR1"}},{"name":"b","image":"i","lifecycle":{"stopSignal":"SIGUSR1",
        "preStop":{"sleep":{"seconds":1}}}}],"volumes":[{"name":"v","projected":{"sources":[
        {"clusterTrustBundle":{"name":"n","path":"p"}},{"configMap":{"name":"m"}},
        {"podCertificate":{"keyType":"ED25519","signerName":"example.com/s"}}]}}]}
        """#

    private func expectDropped(_ spec: PodSpec, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(spec.schedulingGroup == nil, sourceLocation: sourceLocation)
        #expect(spec.containers[0].lifecycle == nil, sourceLocation: sourceLocation)
        #expect(spec.containers[1].lifecycle?.stopSignal == nil, sourceLocation: sourceLocation)
        #expect(spec.containers[1].lifecycle?.preStop?.sleep?.seconds == 1, sourceLocation: sourceLocation)
        let sources = spec.volumes[0].projected?.sources ?? []
        #expect(sources.count == 3, sourceLocation: sourceLocation)
        #expect(sources.allSatisfy { $0.clusterTrustBundle == nil }, sourceLocation: sourceLocation)
        #expect(sources.allSatisfy { $0.podCertificate == nil }, sourceLocation: sourceLocation)
        #expect(sources[1].configMap?.name == "m", sourceLocation: sourceLocation)
    }

    private func read<Value: Resource>(_: Value.Type, _ spec: String) -> Value {
        Fixtures.created(
            Fixtures.read(Value.self, #"{"metadata":{"name":"a","namespace":"default"},"spec":\#(spec)}"#))
    }

    @Test func onCreate() {
        let template = #"{"template":{"spec":\#(Self.spec)}}"#
        expectDropped(read(Pod.self, Self.spec).spec)
        expectDropped(read(Deployment.self, template).spec.template.spec)
        expectDropped(read(StatefulSet.self, template).spec.template.spec)
        expectDropped(read(DaemonSet.self, template).spec.template.spec)
        expectDropped(read(Job.self, template).spec.template.spec)
        expectDropped(read(ReplicaSet.self, template).spec.template?.spec ?? PodSpec())
        expectDropped(read(ReplicationController.self, template).spec.template?.spec ?? PodSpec())
        let cronJob = read(CronJob.self, #"{"schedule":"@daily","jobTemplate":{"spec":\#(template)}}"#)
        expectDropped(cronJob.spec.jobTemplate.spec?.template.spec ?? PodSpec())
        let plain = Fixtures.created(
            Fixtures.read(
                PodTemplate.self,
                #"{"metadata":{"name":"a","namespace":"default"},"template":{"spec":\#(Self.spec)}}"#))
        expectDropped(plain.template?.spec ?? PodSpec())
    }

    @Test func whatAnObjectHasItKeeps() {
        let strategy = Strategies.strategy(for: .pod)
        let old = Fixtures.pod(#"{"schedulingGroup":{"podGroupName":"g"},"containers":[{"name":"a","image":"i"}]}"#)
        var new = old
        new.spec.containers[0].image = "j"
        let lifecycle = try? Lifecycle.decode(#"{"stopSignal":"SIGUSR1"}"#)
        new.spec.containers[0].lifecycle = lifecycle
        let updated = strategy.prepareForUpdate(Boxed(new), old: Boxed(old)).as(Pod.self)
        #expect(updated?.spec.schedulingGroup == old.spec.schedulingGroup)
        #expect(updated?.spec.schedulingGroup != nil)
        #expect(updated?.spec.containers[0].lifecycle == nil)
        #expect(updated?.spec.containers[0].image == "j")
    }

    @Test func howManyPodsOfAStatefulSetMayBeAway() {
        let update = #"{"updateStrategy":{"rollingUpdate":{"partition":1,"maxUnavailable":2}}}"#
        let set = read(StatefulSet.self, update)
        #expect(set.spec.updateStrategy?.rollingUpdate?.partition == 1)
        #expect(set.spec.updateStrategy?.rollingUpdate?.maxUnavailable == nil)
        var old = set
        old.spec.updateStrategy?.rollingUpdate?.maxUnavailable = 3
        var new = old
        new.spec.updateStrategy?.rollingUpdate?.maxUnavailable = 2
        let kept = Strategies.strategy(for: .statefulSet).prepareForUpdate(Boxed(new), old: Boxed(old))
        #expect(kept.as(StatefulSet.self)?.spec.updateStrategy?.rollingUpdate?.maxUnavailable == 2)
    }

    @Test func claimsOfOtherNamespaces() {
        let spec = #"{"dataSourceRef":{"kind":"PersistentVolumeClaim","name":"c","namespace":"other"}}"#
        #expect(read(PersistentVolumeClaim.self, spec).spec.dataSourceRef == nil)
        let own = #"{"dataSourceRef":{"kind":"PersistentVolumeClaim","name":"c"}}"#
        #expect(read(PersistentVolumeClaim.self, own).spec.dataSourceRef?.name == "c")
    }
}
