import KubeAPI

// Probes and lifecycle hooks. Follows kubernetes pkg/apis/core/validation/validation.go.

extension Validator {
    mutating func lifecycleAndProbes(_ container: Container, _ context: PodValidationContext) {
        let grace = context.terminationGracePeriodSeconds
        if let lifecycle = container.lifecycle {
            field("lifecycle") { validator in
                if let handler = lifecycle.postStart {
                    validator.field("postStart") { $0.handler(Handler(handler), gracePeriod: grace) }
                }
                if let handler = lifecycle.preStop {
                    validator.field("preStop") { $0.handler(Handler(handler), gracePeriod: grace) }
                }
            }
        }
        if let probe = container.livenessProbe {
            field("livenessProbe") { validator in
                validator.probe(probe, gracePeriod: grace)
                if let threshold = probe.successThreshold, threshold != 1 {
                    validator.invalid("successThreshold", threshold, "must be 1")
                }
            }
        }
        if let probe = container.readinessProbe {
            field("readinessProbe") { validator in
                validator.probe(probe, gracePeriod: grace)
                if let seconds = probe.terminationGracePeriodSeconds {
                    validator.invalid(
                        "terminationGracePeriodSeconds", seconds, "must not be set for readinessProbes")
                }
            }
        }
        if let probe = container.startupProbe {
            field("startupProbe") { validator in
                validator.probe(probe, gracePeriod: grace)
                if let threshold = probe.successThreshold, threshold != 1 {
                    validator.invalid("successThreshold", threshold, "must be 1")
                }
            }
        }
    }

    private mutating func probe(_ probe: Probe, gracePeriod: Int?) {
        handler(Handler(probe), gracePeriod: gracePeriod)
        nonnegative("initialDelaySeconds", probe.initialDelaySeconds)
        nonnegative("timeoutSeconds", probe.timeoutSeconds)
        nonnegative("periodSeconds", probe.periodSeconds)
        nonnegative("successThreshold", probe.successThreshold)
        nonnegative("failureThreshold", probe.failureThreshold)
        if let seconds = probe.terminationGracePeriodSeconds, seconds <= 0 {
            invalid("terminationGracePeriodSeconds", seconds, "must be greater than 0")
        }
    }

    /// What a probe or a hook does.
    private struct Handler {
        var exec: ExecAction?
        var httpGet: HTTPGetAction?
        var tcpSocket: TCPSocketAction?
        var grpc: GRPCAction?
        var sleep: SleepAction?

        init(_ probe: Probe) {
            exec = probe.exec
            httpGet = probe.httpGet
            tcpSocket = probe.tcpSocket
            grpc = probe.grpc
        }

        init(_ handler: LifecycleHandler) {
            exec = handler.exec
            httpGet = handler.httpGet
            tcpSocket = handler.tcpSocket
            sleep = handler.sleep
        }
    }

    private mutating func handler(_ handler: Handler, gracePeriod: Int?) {
        var count = 0
        if let action = handler.exec {
            count += 1
            if action.command.isEmpty { required(.grandchild("exec", "command")) }
        }
        if let action = handler.httpGet, isFirstHandler("httpGet", &count) {
            field("httpGet") { $0.httpGetAction(action) }
        }
        if let action = handler.tcpSocket, isFirstHandler("tcpSocket", &count) {
            portNumberOrName(.grandchild("tcpSocket", "port"), action.port)
        }
        if let action = handler.grpc, isFirstHandler("grpc", &count) {
            portNumberOrName(.grandchild("grpc", "port"), .int(action.port))
        }
        if let action = handler.sleep, isFirstHandler("sleep", &count), let gracePeriod,
            action.seconds < 0 || action.seconds > gracePeriod
        {
            invalid(
                "sleep", action.seconds,
                "must be non-negative and less than terminationGracePeriodSeconds (\(gracePeriod))")
        }
        if count == 0 { required(.here, "must specify a handler type") }
    }

    private mutating func isFirstHandler(_ name: String, _ count: inout Int) -> Bool {
        if count > 0 {
            forbidden(.child(name), "may not specify more than 1 handler type")
            return false
        }
        count += 1
        return true
    }

    private mutating func httpGetAction(_ action: HTTPGetAction) {
        if action.path.isEmptyOrNil { required("path") }
        portNumberOrName("port", action.port)
        if !["HTTP", "HTTPS"].contains(action.scheme.text) {
            notSupported("scheme", action.scheme.text, ["HTTP", "HTTPS"])
        }
        for header in action.httpHeaders { check("httpHeaders", header.name, Validation.httpHeaderName(header.name)) }
    }

    mutating func portNumberOrName(_ place: Place, _ port: IntOrString) {
        switch port {
        case .int(let number): check(place, number, Validation.portNumber(number))
        case .string(let name): check(place, name, Validation.portName(name))
        }
    }
}
