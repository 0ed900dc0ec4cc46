import ClusterCore
import KubeAPI
import KubeAPIServer
import KubeClient
import KubeControllers
import Testing

/// Tokens that secrets keep: the days of their use, and what becomes of those that nobody uses.
@Suite struct LegacyTokenTests {
    private static let key = ObjectKey(.secret, namespace: "default", name: "token")
    private static let map = ObjectKey(
        .configMap, namespace: "kube-system", name: "kube-apiserver-legacy-service-account-token-tracking")

    /// A cluster whose default service account names a secret with its token.
    private func cluster() throws -> ControllerCluster {
        let cluster = try ControllerCluster()
        try cluster.createNamespace("kube-system")
        let tokens = ServiceAccountTokenController(
            cluster.context(ServiceAccountTokenController.component), signer: FixedTokenSigner(), certificate: "CA")
        let tracking = LegacyTokenTracking(cluster.context(LegacyTokenTracking.component))
        let cleaner = LegacyTokenCleaner(cluster.context(LegacyTokenCleaner.component))
        tokens.start()
        tracking.start()
        cleaner.start()
        for controller in [tokens, tracking, cleaner] as [AnyObject] { cluster.keep(controller) }
        var secret = Secret(name: "token", namespace: "default")
        secret.type = "kubernetes.io/service-account-token"
        secret.metadata.annotations["kubernetes.io/service-account.name"] = "default"
        try cluster.user.create(secret)
        try cluster.user.mutate(
            ServiceAccount.self, ObjectKey(.serviceAccount, namespace: "default", name: "default")
        ) { account in
            var reference = ObjectReference()
            reference.name = "token"
            account.secrets = [reference]
        }
        cluster.settle()
        return cluster
    }

    /// Uses the token, as a client's request does.
    private func use(_ cluster: ControllerCluster) throws -> Authenticator.TokenResult {
        let secret = try #require(cluster.user.get(Secret.self, Self.key))
        let token = String(decoding: secret.data["token"]?.bytes ?? [], as: UTF8.self)
        let authenticator = cluster.server.authenticator
        let result = authenticator.review(
            token, audiences: authenticator.audiences, view: cluster.server.store, now: cluster.loop.now.time)
        cluster.server.record(try #require(result.legacyUse))
        return result
    }

    private func labels(_ cluster: ControllerCluster) -> StringMap<String>? {
        cluster.user.get(Secret.self, Self.key)?.labels
    }

    private func days(_ count: Int) -> Interval { .hours(24 * count) }

    @Test func theDayOfTheLastUseIsWrittenDownOnce() throws {
        let cluster = try cluster()
        let before = cluster.revision
        #expect(try use(cluster).user?.username == "system:serviceaccount:default:default")
        #expect(labels(cluster) == ["kubernetes.io/legacy-token-last-used": "2026-01-01"])
        _ = try use(cluster)
        #expect(cluster.actions(by: "kube-apiserver", after: before) == ["update Secret token"])
        cluster.advance(days(2))
        _ = try use(cluster)
        #expect(labels(cluster) == ["kubernetes.io/legacy-token-last-used": "2026-01-03"])
    }

    @Test func tokensMadeUnaskedAreWarnedOf() throws {
        let cluster = try cluster()
        #expect(
            try use(cluster).legacyUse?.warning
                == "Use tokens from the TokenRequest API or manually created secret-based tokens instead of "
                + "auto-generated secret-based tokens.")
        try cluster.user.mutate(
            ServiceAccount.self, ObjectKey(.serviceAccount, namespace: "default", name: "default")
        ) { $0.secrets = [] }
        #expect(try use(cluster).legacyUse?.warning == nil)
    }

    /// Marked on the day on which use has been written down for a year; removed a year and a day later.
    @Test func whatNobodyUsesIsMarkedAndThenRemoved() throws {
        let cluster = try cluster()
        let author = LegacyTokenCleaner.component
        cluster.advance(days(365))
        #expect(cluster.actions(by: author).isEmpty)
        cluster.advance(days(1))
        #expect(cluster.actions(by: author) == ["update Secret token"])
        #expect(labels(cluster) == ["kubernetes.io/legacy-token-invalid-since": "2027-01-02"])
        cluster.advance(days(365))
        #expect(cluster.actions(by: author) == ["update Secret token"])
        cluster.advance(days(1))
        #expect(cluster.actions(by: author) == ["update Secret token", "delete Secret token"])
    }

    @Test func aMarkedTokenIsRefused() throws {
        let cluster = try cluster()
        cluster.advance(days(366))
        let result = try use(cluster)
        #expect(result.user == nil)
        #expect(
            result.error
                == "[invalid bearer token, the token in secret default/token for service account default/default has "
                + "been marked invalid. Use tokens from the TokenRequest API or manually created secret-based tokens, "
                + "or remove the 'kubernetes.io/legacy-token-invalid-since' label from the secret to temporarily "
                + "allow use of this token]")
        #expect(labels(cluster)?["kubernetes.io/legacy-token-last-used"] == "2027-01-02")
    }

    enum Reason: CaseIterable { case used, mounted, notNamed, strangeDay }

    @Test(arguments: Reason.allCases)
    func othersStay(_ reason: Reason) throws {
        let cluster = try cluster()
        cluster.advance(days(100))
        switch reason {
        case .used: _ = try use(cluster)
        case .mounted:
            var volume = Volume()
            volume.name = "token"
            volume.secret = SecretVolumeSource()
            volume.secret?.secretName = "token"
            var container = Container()
            container.name = "main"
            container.image = "nginx:1.29"
            var pod = Pod(name: "web", namespace: "default")
            pod.spec.containers = [container]
            pod.spec.volumes = [volume]
            try cluster.user.create(pod)
        case .notNamed:
            try cluster.user.mutate(
                ServiceAccount.self, ObjectKey(.serviceAccount, namespace: "default", name: "default")
            ) { $0.secrets = [] }
        case .strangeDay:
            try cluster.user.mutate(Secret.self, Self.key) {
                $0.metadata.labels["kubernetes.io/legacy-token-last-used"] = "never"
            }
        }
        cluster.advance(days(300))
        #expect(cluster.actions(by: LegacyTokenCleaner.component).isEmpty)
    }

    @Test func theTrackingMapIsKept() throws {
        let cluster = try cluster()
        func since() -> String? { cluster.user.get(ConfigMap.self, Self.map)?.data["since"] }
        #expect(since() == "2026-01-01")
        try cluster.user.mutate(ConfigMap.self, Self.map) { $0.data["since"] = "yesterday" }
        cluster.advance(.minutes(1))
        #expect(since() == "2026-01-01")
        try cluster.user.delete(Self.map)
        cluster.advance(.minutes(28))
        #expect(since() == nil)
        cluster.advance(.minutes(2))
        #expect(since() == "2026-01-01")
    }
}
