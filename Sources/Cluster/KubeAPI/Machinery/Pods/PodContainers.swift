extension PodSpec {
    /// All containers: init containers, regular ones, and ephemeral ones as containers.
    ///
    /// Follows kubernetes pkg/api/pod/util.go `VisitContainers` with `AllContainers`.
    public var allContainers: [Container] { initContainers + containers + ephemeralContainers.map(Container.init) }

    /// Whether any of all containers is meant; they are looked at in the order of `allContainers`.
    public func anyContainer(_ isMeant: (Container) -> Bool) -> Bool {
        initContainers.contains(where: isMeant) || containers.contains(where: isMeant)
            || ephemeralContainers.contains { isMeant(Container($0)) }
    }

    /// Whether the end of some container may restart all of them, whatever their own policies. O(rules).
    ///
    /// Follows kubernetes pkg/api/v1/pod/util.go `AllContainersCouldRestart`.
    public var allContainersCouldRestart: Bool {
        anyContainer { $0.restartPolicyRules.contains { $0.action == Container.restartsAllContainers } }
    }
}

extension Container {
    /// The action of a rule that restarts the whole pod in place.
    public static let restartsAllContainers = "RestartAllContainers"

    /// The container that an ephemeral one is, apart from what it looks into: their fields are the same, as upstream's
    /// `Container(EphemeralContainerCommon)` has it.
    public init(_ ephemeral: EphemeralContainer) {
        self.init()
        name = ephemeral.name
        image = ephemeral.image
        command = ephemeral.command
        args = ephemeral.args
        workingDir = ephemeral.workingDir
        ports = ephemeral.ports
        envFrom = ephemeral.envFrom
        env = ephemeral.env
        resources = ephemeral.resources
        resizePolicy = ephemeral.resizePolicy
        restartPolicy = ephemeral.restartPolicy
        restartPolicyRules = ephemeral.restartPolicyRules
        volumeMounts = ephemeral.volumeMounts
        volumeDevices = ephemeral.volumeDevices
        livenessProbe = ephemeral.livenessProbe
        readinessProbe = ephemeral.readinessProbe
        startupProbe = ephemeral.startupProbe
        lifecycle = ephemeral.lifecycle
        terminationMessagePath = ephemeral.terminationMessagePath
        terminationMessagePolicy = ephemeral.terminationMessagePolicy
        imagePullPolicy = ephemeral.imagePullPolicy
        securityContext = ephemeral.securityContext
        stdin = ephemeral.stdin
        stdinOnce = ephemeral.stdinOnce
        tty = ephemeral.tty
    }
}
