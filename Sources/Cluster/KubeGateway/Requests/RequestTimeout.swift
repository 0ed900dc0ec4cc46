import ClusterCore
import KubeAPI

/// How long a client is ready to wait: `?timeout=34s`, which its library sets. Answers never take that long here, so
/// that it must only be a time.
///
/// Follows apiserver pkg/endpoints/filters/request_deadline.go.
enum RequestTimeout {
    /// - Throws: `badRequest`, for whatever path, and before it is known who asks.
    static func check(_ request: GatewayRequest) throws(StatusError) {
        let text = request.query.text("timeout")
        if text.isEmpty || request.info.isLongRunning || Interval(goDuration: text) != nil { return }
        throw .badRequest("invalid timeout specified in the request URL - time: \(problem(text))")
    }

    /// Why Go's `time.ParseDuration` does not read a text: `2` has no unit, `1p` an unknown one.
    private static func problem(_ text: String) -> String {
        func isNumeric(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 || byte == UInt8(ascii: ".") }
        let quoted = GoText.quoted(text)
        var rest = Substring(text).utf8
        if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
        while !rest.isEmpty {
            let number = rest.prefix(while: isNumeric)
            if number.isEmpty || number.elementsEqual(".".utf8) { break }
            rest = rest.dropFirst(number.count)
            let unit = Substring(rest.prefix { !isNumeric($0) })
            if unit.isEmpty { return "missing unit in duration \(quoted)" }
            if Interval(goDuration: "1" + unit) == nil {
                return "unknown unit \(GoText.quoted(String(unit))) in duration \(quoted)"
            }
            rest = rest.dropFirst(unit.utf8.count)
        }
        return "invalid duration \(quoted)"
    }
}
