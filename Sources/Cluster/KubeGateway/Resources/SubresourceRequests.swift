import KubeAPI
import KubeAPIServer
import KubeClient
import KubeCluster

extension WriteRequests {
    // MARK: Scale

    func updateScale(_ exchange: Exchange, _ kind: ResourceKind, _ format: OutputFormat) throws(StatusError) {
        let request = exchange.request
        let scale: Scale = try InputText.value(request, .scale)
        if let name = scale.metadata.name, !name.isEmpty, name != request.info.name {
            throw .badRequest(
                "the name of the object (\(name)) does not match the name on the URL (\(request.info.name))")
        }
        let order = try Order(request, kind, options: "UpdateOptions")
        perform(exchange, format, order) { (cluster, request) throws(StatusError) in
            var outcome = Outcome()
            outcome.scale = try cluster.server.setScale(scale, of: order.key, request)
            return outcome
        }
    }

    func patchScale(
        _ exchange: Exchange, _ format: OutputFormat, _ order: Order, _ patch: [UInt8], _ type: PatchType
    ) {
        perform(exchange, format, order) { (cluster, request) throws(StatusError) in
            var outcome = Outcome()
            if type == .apply {
                let applied = try cluster.server.apply(order.key, patch, .scale, request)
                outcome.scale = try APIServer.scale(of: applied.object)
                return outcome
            }
            let scale = try cluster.server.scale(of: order.key)
            outcome.scale = try cluster.server.setScale(
                try WriteRequests.patched(scale, patch, type), of: order.key, request)
            return outcome
        }
    }

    private static func decodeScale(_ json: [UInt8]) throws(StatusError) -> Scale {
        do throws(JSONFailure) {
            return try Scale.decode(json)
        } catch {
            throw .badRequest(
                "Scale in version \"v1\" cannot be handled as a Scale: "
                    + GoDecodeError.message(error, type: SchemaTable.shared.type(named: "Scale")))
        }
    }

    private static func patched(_ scale: Scale, _ patch: [UInt8], _ type: PatchType) throws(StatusError) -> Scale {
        let document: JSONValue
        do throws(JSONFailure) { document = try JSONValue.decode(scale.json) } catch {
            preconditionFailure("what was written as JSON reads as JSON: \(error)")
        }
        return try decodeScale(try applyPatch(patch, type: type, toDocument: document).json)
    }

    // MARK: What is posted to an object

    /// `pods/eviction`, `pods/binding` and `serviceaccounts/token`.
    func postToObject(_ exchange: Exchange, _ kind: ResourceKind) throws(StatusError) {
        let request = exchange.request
        let format = try OutputFormat(request, kind)
        switch request.info.subresource {
        case "eviction":
            var eviction: Eviction = try InputText.value(request, .eviction)
            try WriteRequests.place(&eviction.metadata, request, "Eviction")
            let order = try Order(request, kind, options: "CreateOptions")
            let wanted = eviction
            perform(exchange, format, order) { (cluster, request) throws(StatusError) in
                try cluster.server.evict(wanted, request)
                return .created
            }
        case "binding":
            var binding: Binding = try InputText.value(request, .binding)
            try WriteRequests.place(&binding.metadata, request, "Binding")
            let order = try Order(request, kind, options: "CreateOptions")
            let wanted = binding
            perform(exchange, format, order) { (cluster, request) throws(StatusError) in
                try cluster.server.bind(wanted, request)
                return .created
            }
        case "token":
            let wanted: TokenRequest = try InputText.value(request, .tokenRequest)
            let order = try Order(request, kind, options: "CreateOptions")
            perform(exchange, format, order) { (cluster, request) throws(StatusError) in
                var outcome = Outcome()
                outcome.code = 201
                outcome.token = try cluster.server.createToken(wanted, for: order.key, request)
                return outcome
            }
        default: throw .noSuchMethod
        }
    }

    /// Puts what is posted to an object into the object's namespace. It has to name the object.
    ///
    /// Follows kubernetes pkg/registry/core/pod/storage/eviction.go and storage.go `BindingREST`.
    private static func place(
        _ metadata: inout ObjectMeta, _ request: GatewayRequest, _ kind: String
    ) throws(StatusError) {
        let info = request.info
        if let namespace = metadata.namespace, !namespace.isEmpty, namespace != info.namespace {
            throw .badRequest("the namespace of the provided object does not match the namespace sent on the request")
        }
        metadata.namespace = info.namespace
        if metadata.name != info.name {
            throw .badRequest("name in URL does not match name in \(kind) object")
        }
    }
}

extension WriteRequests.Outcome {
    /// 201 with a Status that says no more than that.
    static var created: Self {
        var outcome = Self()
        outcome.code = 201
        var status = Status.success
        status.code = 201
        outcome.status = status
        return outcome
    }
}
