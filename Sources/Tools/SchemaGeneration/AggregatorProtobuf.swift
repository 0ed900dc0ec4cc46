/// The protobuf encoding of `apiregistration.k8s.io`, which is the aggregator's and not among `k8s.io/api`'s messages.
/// Follows kubernetes staging/src/k8s.io/kube-aggregator/pkg/apis/apiregistration/v1/generated.proto.
enum AggregatorProtobuf {
    /// Message → field → number and type, in the form of the reference's numbers.
    static var messages: [String: [String: [Any]]] {
        var result: [String: [String: [Any]]] = [:]
        for line in table.split(separator: "\n") {
            let words = line.split(separator: " ").map(String.init)
            guard let message = words.first else { continue }
            var fields: [String: [Any]] = [:]
            for word in words.dropFirst() {
                let parts = word.split(separator: "=")
                guard parts.count == 2, let number = Int(parts[1]) else { continue }
                fields[String(parts[0])] = [number, "", ""]
            }
            result["k8s.io.kube_aggregator.pkg.apis.apiregistration.v1." + message] = fields
        }
        return result
    }

    private static let table = """
        APIService metadata=1 spec=2 status=3
        APIServiceCondition type=1 status=2 lastTransitionTime=3 reason=4 message=5
        APIServiceList metadata=1 items=2
        APIServiceSpec service=1 group=2 version=3 insecureSkipTLSVerify=4 caBundle=5 groupPriorityMinimum=7 \
        versionPriority=8
        APIServiceStatus conditions=1
        ServiceReference namespace=1 name=2 port=3
        """
}
