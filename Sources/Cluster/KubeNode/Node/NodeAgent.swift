import ClusterCore
import KubeAPI
import KubeClient

// The kubelet's care for its Node object: registration, lease, status, power.
// Follows kubernetes `pkg/kubelet/kubelet_node_status.go` and component-helpers `apimachinery/lease/controller.go`.

extension Kubelet {
    static let leaseNamespace = "kube-node-lease"
    private static let leaseDuration = 40
    static let heartbeatPeriod = Interval.seconds(10)
    private static let reportPeriod = Interval.minutes(5)
    private static let mostImages = 50

    private var nodeKey: ObjectKey { ObjectKey(.node, name: configuration.name) }
    private var leaseKey: ObjectKey {
        ObjectKey(.lease, namespace: Kubelet.leaseNamespace, name: configuration.name)
    }

    // MARK: Power

    /// The machine goes dark: nothing is written any more, and all that ran is gone. Images stay on its disk.
    package func powerOff() {
        guard power != .off else { return }
        power = .off
        for timer in [heartbeat, pullTimer, readyTimer] {
            if let timer { loop.cancel(timer) }
        }
        heartbeat = nil
        pullTimer = nil
        readyTimer = nil
        for informer in informers { informer.stop() }
        informers = []
        forgetAll()
        images.interrupt()
        isReady = false
        isRegistered = false
        knownNode = nil
    }

    /// Presses the power button; the kubelet runs once the machine has booted.
    package func powerOn() {
        guard power == .off else { return }
        power = .booting
        readyTimer = loop.schedule(after: configuration.bootTime, self, Token.boot)
    }

    /// Brings the kubelet up: registers the node or finds it again, then takes the pods that are bound to it.
    func boot() {
        guard power != .on else { return }
        power = .on
        bootCount += 1
        isImageListDue = true
        lastReport = loop.now
        nodeEvent(.normal, "Starting", "Starting kubelet.")
        register()
        renewLease()
        publishStorage()
        // Spread over the period, so that a cluster's nodes do not all report at one moment.
        let phase = Interval(nanoseconds: Int64(scramble(seed ^ 3) % UInt64(Kubelet.heartbeatPeriod.nanoseconds)))
        heartbeat = loop.schedule(after: phase, self, Token.heartbeat)
        let delay = Interval.milliseconds(200 + Int(scramble(seed ^ UInt64(bootCount) << 8) % 600))
        readyTimer = loop.schedule(after: delay, self, Token.ready)
        if addresses == nil { watchNode() }
    }

    /// Waits for the range that a controller gives to the node.
    private func watchNode() { informers.append(client.watch(Node.self, .node(configuration.name), self)) }

    /// The network is up: the node is Ready, and pods are taken.
    func becomeReady() {
        guard addresses != nil, !isReady else { return }
        isReady = true
        nodeEvent(.normal, "NodeReady", "Node \(configuration.name) status is now: NodeReady")
        // A kubelet that cannot reach the API server knows of no pods until its informers speak again.
        isPodListDue = !report()
        if !isPodListDue { takeBoundPods() }
        informers.append(client.watch(Pod.self, .node(configuration.name), self))
    }

    /// Learns the pod range that a controller has given to the node.
    func learnAddresses(of node: Node) {
        guard addresses == nil, let cidr = node.spec.podCIDR, let range = PodAddresses(cidr: cidr) else { return }
        addresses = range
        if let readyTimer, loop.isPending(readyTimer) { return }
        becomeReady()
    }

    // MARK: Registration and status

    private var bootID: String {
        NodeStatusBuilder.uuid(seed ^ 4 ^ UInt64(bootCount) << 16 ^ UInt64(configuration.life) << 32)
    }

    private func register() {
        var node = builder.node()
        update(&node.status)
        let stored = client.get(Node.self, nodeKey)
        if stored == nil {
            do throws(StatusError) {
                try client.create(node)
                isRegistered = true
                // What a Node that is gone was given may be another's by now: the new one gets a range of its own.
                if configuration.podCIDR == nil { addresses = nil }
            } catch {
                // The next heartbeat tries again.
                return
            }
        } else {
            isRegistered = true
            let lastBoot = stored?.status.nodeInfo?.bootID ?? ""
            if !lastBoot.isEmpty, lastBoot != bootID {
                let name = configuration.name
                nodeEvent(.warning, "Rebooted", "Node \(name) has been rebooted, boot id: \(bootID)")
            }
            do throws(StatusError) {
                try client.mutate(Node.self, nodeKey) { node in builder.reconcile(&node) }
            } catch {
                // Labels that stand from the last start do no harm.
            }
            report()
        }
        let state = "Node \(configuration.name) status is now: "
        nodeEvent(.normal, "NodeHasSufficientMemory", state + "NodeHasSufficientMemory")
        nodeEvent(.normal, "NodeHasNoDiskPressure", state + "NodeHasNoDiskPressure")
        nodeEvent(.normal, "NodeHasSufficientPID", state + "NodeHasSufficientPID")
        nodeEvent(.normal, "NodeAllocatableEnforced", "Updated Node Allocatable limit across pods")
    }

    private func update(_ status: inout NodeStatus) {
        builder.update(
            &status, bootID: bootID, isReady: isReady,
            images: isImageListDue ? images.list(limit: Kubelet.mostImages) : nil, now: loop.now)
    }

    /// Whether the stored status says something else of this node than its kubelet: another has marked it unreachable,
    /// or given it something that can be asked for. Looks only at a Node object that it has not seen yet.
    private func isContradicted() -> Bool {
        let stored = client.object(nodeKey)
        if stored === knownNode { return false }
        guard let node = stored?.as(Node.self) else { return false }
        var status = node.status
        update(&status)
        if NodeStatusBuilder.hasChanged(status, since: node.status) { return true }
        knownNode = stored
        return false
    }

    /// Writes the node's status; a node that was deleted stays away until the kubelet starts again. False if the API
    /// server could not be reached: the next heartbeat tries again.
    @discardableResult
    private func report() -> Bool {
        do throws(StatusError) {
            try client.mutate(Node.self, nodeKey, .status) { node in update(&node.status) }
            lastReport = loop.now
            isImageListDue = false
            return true
        } catch {
            return false
        }
    }

    // MARK: Heartbeat

    /// Every ten seconds: renews the lease, reports what changed, and catches up on writes that failed. The status goes
    /// out every five minutes even if nothing changed.
    func beat() {
        heartbeat = loop.schedule(after: Kubelet.heartbeatPeriod, self, Token.heartbeat)
        if !isRegistered {
            let hadRange = addresses != nil
            register()
            if hadRange, addresses == nil { watchNode() }
            publishStorage()
        }
        renewLease()
        if isReady, isImageListDue || loop.now - lastReport >= Kubelet.reportPeriod || isContradicted() { report() }
        if !overdue.isEmpty { catchUp() }
    }

    private func renewLease() {
        let now = loop.now.microTime
        do throws(StatusError) {
            let renewed = try client.mutate(leaseKey, nil) { object in
                guard var lease = object.as(Lease.self) else { return nil }
                lease.spec.renewTime = now
                return Boxed(lease)
            }
            if renewed != nil { return }
        } catch {
            if client.object(leaseKey) != nil { return }
        }
        createLease(now)
    }

    private func createLease(_ now: MicroTime) {
        var lease = Lease(name: configuration.name, namespace: Kubelet.leaseNamespace)
        if let node = client.get(Node.self, nodeKey) { lease.metadata.ownerReferences = [OwnerReference(to: node)] }
        lease.spec.holderIdentity = configuration.name
        lease.spec.leaseDurationSeconds = Kubelet.leaseDuration
        lease.spec.renewTime = now
        do throws(StatusError) {
            try client.create(lease)
        } catch {
            // The namespace is not there yet, or the API server cannot be reached: the next heartbeat tries again.
        }
    }

    /// Puts a pod down for the next try: once, however much of it could not be written.
    func postpone(_ slot: Int) {
        if !overdue.contains(slot) { overdue.append(slot) }
    }

    /// Tries again what could not be written.
    func catchUp() {
        let slots = overdue
        overdue = []
        for slot in slots {
            guard let worker = workers[slot] else { continue }
            let (mirrorIsDue, writeIsDue, removalIsDue) = (
                worker.isMirrorDue, worker.isWriteDue, worker.isRemovalDue
            )
            worker.isWriteDue = false
            worker.isRemovalDue = false
            worker.isMirrorDue = false
            client.cause = worker.cause
            if mirrorIsDue { makeMirror(slot) }
            if writeIsDue { writeStatus(slot) }
            if removalIsDue {
                removePod(slot)
                if isGone(slot) { send(.vanished, to: slot) }
            }
            client.cause = 0
        }
    }

    /// Events about nodes name the node as their UID, as upstream's kubelet has it.
    private func nodeEvent(_ type: EventRecorder.EventType, _ reason: String, _ message: String) {
        var reference = ObjectReference()
        reference.kind = "Node"
        reference.name = configuration.name
        reference.uid = configuration.name
        recorder.event(about: reference, type, reason, message)
    }
}
