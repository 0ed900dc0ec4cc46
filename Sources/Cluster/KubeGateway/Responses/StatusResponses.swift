import KubeAPI
import NIOCore

extension Response {
    /// A failure as the `Status` that tells it, in the notation that the client reads.
    static func status(_ error: StatusError, _ request: GatewayRequest) -> Response {
        var headers: [(String, String)] = []
        if error.retryAfterSeconds > 0 { headers.append(("Retry-After", String(error.retryAfterSeconds))) }
        return .json(error.code == 0 ? 500 : error.code, error.status, request, headers: headers)
    }

    /// A value that is no object of the catalogue.
    static func json(
        _ code: Int = 200, _ value: some JSONCodable, _ request: GatewayRequest, headers: [(String, String)] = []
    ) -> Response {
        let format: OutputFormat
        // Who accepts nothing that there is still gets an answer, in JSON.
        do throws(StatusError) { format = try OutputFormat(request, allowsShapes: false) } catch {
            format = OutputFormat()
        }
        let text = ObjectText(format: format, bodies: noBodies, now: .init(seconds: 0))
        return text.response(code, value, headers: headers)
    }

    /// What is told to a client whose request there is no room for: text, and no Status, as upstream's filter tells it.
    ///
    /// Follows apiserver pkg/server/filters/maxinflight.go `tooManyRequests`.
    static func overloaded(retryAfter: Int) -> Response {
        Response(
            429, text: "Too many requests, please try again later.\n",
            headers: [("Retry-After", String(retryAfter)), ("X-Content-Type-Options", "nosniff")])
    }

    private static let noBodies = EncodedBodies(budget: 0)
}

extension StatusError {
    /// What upstream's router says of a path of the API that leads nowhere.
    static var noSuchResource: StatusError {
        StatusError(
            reason: .notFound, code: 404, message: "the server could not find the requested resource",
            resource: GroupResource(resource: ""))
    }

    static var noSuchMethod: StatusError {
        StatusError(
            reason: .methodNotAllowed, code: 405,
            message: "the server does not allow this method on the requested resource",
            resource: GroupResource(resource: ""))
    }

    /// 501 for what upstream has and this server has not.
    static func notImplemented(_ what: String) -> StatusError {
        StatusError(
            reason: .methodNotAllowed, code: 501, message: what, resource: GroupResource(resource: ""))
    }
}
