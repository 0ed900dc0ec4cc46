import KubeAPI
import KubeAPIServer
import Testing

@Suite struct PodUpdateTests {
    private let pod = Fixtures.pod(container: "")

    @Test func imagesMayChange() {
        #expect(Fixtures.updateErrors(pod) { $0.spec.containers[0].image = "httpd:2" } == [])
    }

    @Test func tolerationsMayBeAdded() {
        let errors = Fixtures.updateErrors(pod) { pod in
            var toleration = Toleration()
            toleration.operator = "Exists"
            pod.spec.tolerations.append(toleration)
        }
        #expect(errors == [])
    }

    @Test func otherFieldsMayNot() {
        let errors = Fixtures.updateErrors(pod) { $0.spec.hostname = "b" }
        #expect(
            errors == [
                """
                spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`,\
                `spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to \
                existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was \
                previously negative)
                  core.PodSpec{
                  \t... // 7 identical fields
                + \tHostname: "b",
                  }

                """
            ])
    }

    @Test func containersMayNotBeAdded() {
        let errors = Fixtures.updateErrors(pod) { pod in
            var container = pod.spec.containers[0]
            container.name = "d"
            pod.spec.containers.append(container)
        }
        #expect(errors == ["spec.containers: Forbidden: pod updates may not add or remove containers"])
    }

    @Test func deadlinesOnlyShrink() {
        let pod = Fixtures.pod(container: "", spec: #","activeDeadlineSeconds":10"#)
        #expect(Fixtures.updateErrors(pod) { $0.spec.activeDeadlineSeconds = 5 } == [])
        #expect(
            Fixtures.updateErrors(pod) { $0.spec.activeDeadlineSeconds = 11 } == [
                "spec.activeDeadlineSeconds: Invalid value: 11: must be less than or equal to previous value"
            ])
    }

    @Test func gatesOnlyGo() {
        let pod = Fixtures.pod(container: "", spec: #","schedulingGates":[{"name":"example.com/a"}]"#)
        #expect(Fixtures.updateErrors(pod) { $0.spec.schedulingGates = [] } == [])
        #expect(Fixtures.updateErrors(pod) { $0.spec.nodeSelector["zone"] = "a" } == [])
        let errors = Fixtures.updateErrors(pod) { pod in
            var gate = PodSchedulingGate()
            gate.name = "example.com/b"
            pod.spec.schedulingGates.append(gate)
        }
        #expect(
            errors == [
                "spec.schedulingGates[1].name: Forbidden: only deletion is allowed, but found new scheduling gate 'example.com/b'"
            ])
    }

    @Test func anUpdateKeepsTheStatusAndAStatusUpdateTheSpec() {
        let strategy = Strategies.strategy(for: .pod)
        let old = Fixtures.created(pod)
        var new = old
        new.status.phase = "Running"
        new.spec.containers[0].image = "other:1"
        let updated = strategy.prepareForUpdate(Boxed(new), old: Boxed(old)).as(Pod.self)
        #expect(updated?.status.phase == "Pending")
        #expect(updated?.spec.containers[0].image == "other:1")
        let reported = strategy.prepareForStatusUpdate(Boxed(new), old: Boxed(old), now: Fixtures.now).as(Pod.self)
        #expect(reported?.status.phase == "Running")
        #expect(reported?.spec == old.spec)
    }

    @Test func endedContainersStayEnded() {
        let strategy = Strategies.strategy(for: .pod)
        var old = Fixtures.created(Fixtures.pod(container: "", spec: #","restartPolicy":"Never""#))
        old.metadata.resourceVersion = "1"
        var status = ContainerStatus()
        status.name = "c"
        status.state = ContainerState()
        status.state?.terminated = ContainerStateTerminated()
        old.status.containerStatuses = [status]
        var new = old
        new.status.containerStatuses[0].state = ContainerState()
        let errors = strategy.validateStatusUpdate(Boxed(new), old: Boxed(old)).map(\.description)
        #expect(
            errors == ["status.containerStatuses[0].state: Forbidden: may not be transitioned to non-terminated state"])
    }
}
