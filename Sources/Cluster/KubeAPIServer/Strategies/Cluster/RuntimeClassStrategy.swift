import KubeAPI

/// RuntimeClasses. Follows kubernetes pkg/apis/node/validation/validation.go.
enum RuntimeClassStrategy: Strategy {
    static var allowsCreateOnUpdate: Bool { true }

    static func setDefaults(_ runtimeClass: inout RuntimeClass) {
        guard var amounts = runtimeClass.overhead?.podFixed else { return }
        PodSpecDefaults.roundUp(&amounts)
        if amounts != runtimeClass.overhead?.podFixed { runtimeClass.overhead?.podFixed = amounts }
    }

    static func validate(_ runtimeClass: RuntimeClass) -> [FieldError] {
        Validator.errors { validator in
            if runtimeClass.handler.isEmpty {
                validator.required("handler")
            } else {
                validator.check("handler", runtimeClass.handler, Validation.dns1123Label(runtimeClass.handler))
            }
            if let overhead = runtimeClass.overhead {
                var resources = ResourceRequirements()
                resources.limits = overhead.podFixed
                let context = PodValidationContext(PodSpec(), isPod: false)
                // Upstream's own path: the name of the field is not in it.
                validator.field("overhead") { $0.resourceRequirements(resources, context) }
            }
            if let scheduling = runtimeClass.scheduling {
                validator.field("scheduling") { validator in
                    validator.labels("nodeSelector", scheduling.nodeSelector)
                    validator.tolerations(scheduling.tolerations)
                    validator.distinctTolerations(scheduling.tolerations)
                }
            }
        }
    }

    static func validateUpdate(_ runtimeClass: RuntimeClass, old: RuntimeClass) -> [FieldError] {
        Validator.errors { $0.immutable("handler", runtimeClass.handler, old: old.handler) }
    }

    static func warnings(_ runtimeClass: RuntimeClass, old: RuntimeClass?) -> [String] {
        (runtimeClass.scheduling?.nodeSelector ?? [:]).compactMap { key, _ in
            PodWarnings.renamedLabels[key].map {
                "scheduling.nodeSelector[\(key)]: deprecated since v1.14; use \"\($0)\" instead"
            }
        }
    }

    static var allowsUnconditionalUpdate: Bool { false }
}

extension Validator {
    /// For how long does not tell one from another.
    fileprivate mutating func distinctTolerations(_ tolerations: [Toleration]) {
        var seen: [Toleration] = []
        for (index, toleration) in tolerations.enumerated() {
            var key = toleration
            key.tolerationSeconds = nil
            if seen.contains(key) { duplicate(.element("tolerations", index), toleration) } else { seen.append(key) }
        }
    }
}
