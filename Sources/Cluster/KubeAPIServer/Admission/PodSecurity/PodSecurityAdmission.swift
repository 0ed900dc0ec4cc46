import KubeAPI
import KubeClient
import KubeStore

/// Holds pods to the level that the labels of their namespace ask for, and warns of workloads whose pods would not
/// meet it.
///
/// Follows kubernetes staging/src/k8s.io/pod-security-admission/admission/admission.go.
final class PodSecurityAdmission: AdmissionPlugin {
    let name = "PodSecurity"
    /// The memo of templates looks at the namespace.
    let isSharedByPodTemplate = true
    private let store: ObjectStore
    /// How many pods of a namespace are looked at when its level is raised.
    private static let podLimit = 3000

    init(_ context: AdmissionContext) { store = context.store }

    func handles(_ operation: AdmissionOperation, _ kind: ResourceKind) -> Bool {
        if operation == .delete { return false }
        switch kind {
        case .pod, .namespace, .replicationController, .podTemplate, .replicaSet, .deployment, .statefulSet,
            .daemonSet, .job, .cronJob:
            return true
        default: return false
        }
    }

    func validate(_ object: KubeObject?, _ attributes: AdmissionAttributes) throws(StatusError) {
        guard let object else { return }
        switch attributes.subresource {
        case nil: break
        case .resize, .ephemeralcontainers: if attributes.kind != .pod { return }
        default: return
        }
        if let namespace = object.as(Namespace.self) { return try validate(namespace, attributes) }
        guard let labels = store.object(ObjectKey(.namespace, name: attributes.key.namespace))?.metadata.labels,
            PodSecurityPolicy.isAsked(labels)
        else { return }
        if let old = attributes.old?.as(Pod.self), let pod = object.as(Pod.self), !isSignificant(pod, old) { return }
        var ignored: [FieldError] = []
        try validate(object, PodSecurityPolicy(labels, &ignored), attributes)
    }

    // MARK: Pods and their templates

    private func validate(
        _ object: KubeObject, _ policy: PodSecurityPolicy, _ attributes: AdmissionAttributes
    ) throws(StatusError) {
        let isPod = attributes.kind == .pod
        guard let subject = PodSecurityAdmission.subject(of: object) else { return }
        if isPod {
            let violations = PodSecurityChecks.violations(subject, policy.enforce)
            if !violations.isEmpty {
                throw attributes.forbidden(
                    "violates PodSecurity \(GoText.quoted("\(policy.enforce)")): "
                        + PodSecurityViolation.details(violations), object)
            }
        }
        guard attributes.request.options.warnings != nil else { return }
        let violations = PodSecurityChecks.violations(subject, policy.warn)
        if violations.isEmpty { return }
        attributes.request.warn(
            "would violate PodSecurity \(GoText.quoted("\(policy.warn)")): "
                + PodSecurityViolation.details(violations))
    }

    private static func subject(of object: KubeObject) -> PodSecuritySubject? {
        if let pod = object.as(Pod.self) { return PodSecuritySubject(pod.spec, annotations: pod.annotations) }
        guard let template = object.podTemplate?.template else { return nil }
        return PodSecuritySubject(template.spec, annotations: template.metadata.annotations)
    }

    /// Of what may change in a pod, only images, new containers and old-style profiles matter.
    private func isSignificant(_ pod: Pod, _ old: Pod) -> Bool {
        if pod.spec.isIdentical(to: old.spec), pod.annotations == old.annotations { return false }
        let seccomp = "seccomp.security.alpha.kubernetes.io/"
        if pod.annotations[seccomp + "pod"] != old.annotations[seccomp + "pod"] { return true }
        func images(_ spec: PodSpec) -> [String] {
            (spec.containers + spec.initContainers).map { $0.image ?? "" }
        }
        if images(pod.spec) != images(old.spec) { return true }
        for container in pod.spec.containers + pod.spec.initContainers {
            let key = "container." + seccomp + container.name
            if pod.annotations[key] != old.annotations[key] { return true }
        }
        return pod.spec.ephemeralContainers.contains { container in
            !old.spec.ephemeralContainers.contains { $0.name == container.name && $0.image == container.image }
        }
    }

    // MARK: Namespaces

    private func validate(_ namespace: Namespace, _ attributes: AdmissionAttributes) throws(StatusError) {
        let old = attributes.old?.metadata.labels
        if old == namespace.labels { return }
        var errors: [FieldError] = []
        let policy = PodSecurityPolicy(namespace.labels, &errors)
        var oldErrors: [FieldError] = []
        let oldPolicy = PodSecurityPolicy(old ?? [:], &oldErrors)
        if !errors.isEmpty, old == nil || errors != oldErrors {
            throw .invalid(kind: .namespace, name: namespace.name, errors: errors)
        }
        guard old != nil, attributes.request.options.warnings != nil, policy.enforce != oldPolicy.enforce,
            policy.enforce.level != .privileged,
            policy.enforce.minor != oldPolicy.enforce.minor || policy.enforce.level > oldPolicy.enforce.level
        else { return }
        for warning in warnings(namespace.name, policy.enforce) { attributes.request.warn(warning) }
    }

    /// What to say of the pods that are there already. O(pods of the namespace), up to a limit.
    private func warnings(_ namespace: String, _ standard: PodSecurityStandard) -> [String] {
        struct Finding {
            let reasons: String
            let first: String
            var count: Int
        }
        var findings: [Finding] = []
        var checked = 0
        store.forEach(.pod, namespace: namespace) { object in
            guard let pod = object.as(Pod.self) else { return true }
            if checked == PodSecurityAdmission.podLimit { return false }
            checked += 1
            let violations = PodSecurityChecks.violations(
                PodSecuritySubject(pod.spec, annotations: pod.annotations), standard)
            if violations.isEmpty { return true }
            let reasons = PodSecurityViolation.reasons(violations)
            if let place = findings.firstIndex(where: { $0.reasons == reasons }) {
                findings[place].count += 1
            } else {
                findings.append(Finding(reasons: reasons, first: pod.name, count: 1))
            }
            return true
        }
        var warnings: [String] = []
        let total = store.count(.pod, namespace: namespace)
        if checked < total {
            warnings.append(
                "new PodSecurity enforce level only checked against the first \(checked) of \(total) existing pods")
        }
        if findings.isEmpty { return warnings }
        warnings.append(
            "existing pods in namespace \(GoText.quoted(namespace)) violate the new PodSecurity enforce level "
                + GoText.quoted("\(standard)"))
        let lines = findings.map { finding in
            switch finding.count {
            case 1: "\(finding.first): \(finding.reasons)"
            case 2: "\(finding.first) (and 1 other pod): \(finding.reasons)"
            default: "\(finding.first) (and \(finding.count - 1) other pods): \(finding.reasons)"
            }
        }
        return warnings + lines.sorted(by: precedesUTF8)
    }
}
