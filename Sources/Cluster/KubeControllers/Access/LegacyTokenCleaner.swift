import ClusterCore
import KubeAPI
import KubeClient

/// Removes secrets whose tokens were made unasked and that nobody has used for a year: they are marked invalid first,
/// and removed when they have been so for another year.
///
/// It looks once a day, as upstream does, but only while there are such secrets.
///
/// Follows kubernetes pkg/controller/serviceaccount/legacy_serviceaccount_token_cleaner.go.
package final class LegacyTokenCleaner: Controller, ChangeHandler {
    package static let component = "legacy-service-account-token-cleaner"
    package static let period = Interval.hours(24)
    /// How long a token must not have been used.
    private static let cleanUpPeriod = Interval.hours(365 * 24)

    private let context: ComponentContext
    private lazy var rounds = Rounds(context.loop, every: Self.period, beginsAtOnce: true) { [unowned self] in
        cleanUp()
    }

    package init(_ context: ComponentContext) {
        self.context = context
    }

    package func start() {
        rounds.start()
        context.client.watch(Secret.self, .all, self)
    }

    package func handle(_ change: Change) {
        guard change.verb == .create, change.new(Secret.self)?.isServiceAccountToken == true else { return }
        rounds.schedule()
    }

    private func cleanUp() {
        var tokens: [Secret] = []
        context.client.forEach(.secret, namespace: nil) { object in
            if let secret = object.as(Secret.self), secret.isServiceAccountToken { tokens.append(secret) }
            return true
        }
        if tokens.isEmpty { return }
        rounds.schedule()
        guard isTrackedLongEnough else { return }
        var mounted: [String: Set<String>] = [:]
        for secret in tokens where isUnused(secret, &mounted) {
            do throws(StatusError) { try retire(secret) } catch { continue }
        }
    }

    /// Use has been written down for the whole period, counted from the day after that on which it began.
    private var isTrackedLongEnough: Bool {
        let map = context.client.get(ConfigMap.self, LegacyTokenTracking.mapKey)
        guard let since = Time(date: map?.data[LegacyTokenTracking.since] ?? "") else { return false }
        return context.now >= since.instant + .hours(24) + Self.cleanUpPeriod
    }

    /// What was made, used or marked on this day or later is left alone.
    private var oldest: Time { (context.now - Self.cleanUpPeriod).time }

    private func isUnused(_ secret: Secret, _ mounted: inout [String: Set<String>]) -> Bool {
        guard let created = secret.metadata.creationTimestamp,
            created.instant < context.now - Self.cleanUpPeriod, secret.metadata.deletionTimestamp == nil
        else { return false }
        if let lastUsed = secret.labels[LegacyTokenLabels.lastUsed] {
            // Dates are in order as texts are.
            if Time(date: lastUsed) == nil || compareUTF8(lastUsed, oldest.date) >= 0 { return false }
        }
        guard isOfAccount(secret) else { return false }
        let names = mounted[secret.namespace] ?? mountedSecrets(in: secret.namespace)
        mounted[secret.namespace] = names
        return !names.contains(secret.name)
    }

    /// Whether the service account names the secret: those that people made for themselves are theirs to remove.
    private func isOfAccount(_ secret: Secret) -> Bool {
        let name = secret.annotations["kubernetes.io/service-account.name"] ?? ""
        let uid = secret.annotations["kubernetes.io/service-account.uid"] ?? ""
        guard let account = context.client.get(ServiceAccount.self, namespace: secret.namespace, name: name),
            uid.isEmpty || uid == account.uid
        else { return false }
        return account.secrets.contains { $0.name == secret.name }
    }

    private func mountedSecrets(in namespace: String) -> Set<String> {
        var names: Set<String> = []
        context.client.forEach(.pod, namespace: namespace) { object in
            if let pod = object.as(Pod.self) { names.formUnion(PodReferences.secrets(of: pod)) }
            return true
        }
        return names
    }

    private func retire(_ secret: Secret) throws(StatusError) {
        let invalidSince = secret.labels[LegacyTokenLabels.invalidSince] ?? ""
        if Time(date: invalidSince) == nil {
            let today = context.now.time.date
            try context.client.mutate(Secret.self, secret.key) { object in
                if object.uid == secret.uid { object.metadata.labels[LegacyTokenLabels.invalidSince] = today }
            }
        } else if compareUTF8(invalidSince, oldest.date) < 0 {
            var options = DeleteOptions()
            var preconditions = Preconditions()
            preconditions.resourceVersion = secret.metadata.resourceVersion
            options.preconditions = preconditions
            _ = try context.client.delete(secret.key, options)
        }
    }
}

extension Secret {
    /// Whether it is of the type that keeps a token of a service account.
    var isServiceAccountToken: Bool { type == "kubernetes.io/service-account-token" }
}
