import ClusterCore
import KubeAPI
import KubeClient

/// Removes requests for certificates that have served their purpose, or that nobody decides or issues.
///
/// It looks every hour, as upstream does, but only while there are requests. A certificate's end is held against the
/// cluster's clock, as all ages of objects are.
///
/// Follows kubernetes pkg/controller/certificates/cleaner/cleaner.go.
package final class CertificateCleaner: Controller, ChangeHandler {
    package static let component = "certificatesigningrequest-cleaner-controller"
    package static let period = Interval.hours(1)
    /// How long requests stay that are issued, denied or failed.
    private static let decidedAge = Interval.hours(1)
    /// How long those stay that nobody decides, or that are approved and never issued.
    private static let pendingAge = Interval.hours(24)

    private let context: ComponentContext
    private lazy var rounds = Rounds(context.loop, every: Self.period) { [unowned self] in cleanUp() }

    package init(_ context: ComponentContext) {
        self.context = context
    }

    package func start() {
        rounds.start()
        context.client.watch(CertificateSigningRequest.self, .all, self)
    }

    package func handle(_ change: Change) {
        if change.new != nil { rounds.schedule() }
    }

    private func cleanUp() {
        for request in context.client.list(CertificateSigningRequest.self) where isOver(request) {
            do throws(StatusError) { try context.client.delete(request.key) } catch { continue }
        }
        if context.client.count(.certificateSigningRequest, namespace: nil) > 0 { rounds.schedule() }
    }

    private func isOver(_ request: CertificateSigningRequest) -> Bool {
        let conditions = request.status.conditions
        if conditions.isEmpty { return isOlder(request.metadata.creationTimestamp, Self.pendingAge) }
        let hasExpired = request.hasCertificate && hasEnded(request)
        return conditions.contains { condition in
            switch condition.type {
            case "Approved":
                request.hasCertificate
                    ? hasExpired || isOlder(condition.lastUpdateTime, Self.decidedAge)
                    : isOlder(condition.lastUpdateTime, Self.pendingAge)
            case "Denied", "Failed": isOlder(condition.lastUpdateTime, Self.decidedAge)
            default: false
            }
        }
    }

    private func hasEnded(_ request: CertificateSigningRequest) -> Bool {
        guard let text = CertificateText(pem: request.status.certificate?.bytes ?? []) else { return false }
        return context.now > text.notAfter.instant
    }

    private func isOlder(_ time: Time?, _ age: Interval) -> Bool {
        guard let time, !time.isZero else { return false }
        return context.now - time.instant > age
    }
}
