import KubeAPI
import KubeClient

/// How many seats a request takes: one, but for lists, and watches that begin with one, by their size.
///
/// Follows apiserver pkg/util/flowcontrol/request/list_work_estimator.go for lists from memory, which all lists are
/// here: a seat for each 100 kB, up to a megabyte, since longer ones are sent piece by piece. An object is taken for a
/// kilobyte.
enum RequestWidth {
    private static let objectsPerSeat = 100
    private static let greatest = 10

    /// O(log objects).
    static func seats(of request: GatewayRequest, _ snapshot: Snapshot) -> Int {
        let info = request.info
        guard info.isResource, info.verb == "list" || info.verb == "watch", let kind = info.kind,
            // A kind that is worked out would be worked out for its number alone.
            snapshot.computed[kind] == nil
        else { return 1 }
        if info.verb == "watch", request.query["sendInitialEvents"] == nil || !request.query.flag("sendInitialEvents") {
            return 1
        }
        let fields = request.query.text("fieldSelector")
        if fields.utf8.starts(with: "metadata.name=".utf8), !fields.utf8.contains(UInt8(ascii: ",")) { return 1 }
        var count = snapshot.count(kind)
        if let limit = Int(request.query.text("limit")), limit > 0 { count = min(count, limit) }
        return min(max((count + objectsPerSeat - 1) / objectsPerSeat, 1), greatest)
    }
}
