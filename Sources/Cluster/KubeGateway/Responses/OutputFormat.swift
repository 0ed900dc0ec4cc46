import KubeAPI
import KubeAPIServer

/// In which notation objects are written.
enum Notation: Sendable, Hashable, CaseIterable {
    case json, yaml, protobuf

    var mediaType: String {
        switch self {
        case .json: "application/json"
        case .yaml: "application/yaml"
        case .protobuf: ProtobufCoding.mediaType
        }
    }
}

/// How a client wants its answer: as what, in which notation.
///
/// Follows apiserver pkg/endpoints/handlers/negotiation/negotiate.go.
struct OutputFormat: Sendable, Hashable {
    /// What is made of the objects.
    enum Shape: Sendable, Hashable {
        case objects
        /// `Table` of meta.k8s.io in this version.
        case table(version: String)
        /// `PartialObjectMetadata` of meta.k8s.io in this version, and lists of them.
        case metadata(version: String)
    }

    var shape = Shape.objects
    /// Whether `PartialObjectMetadataList` is asked for.
    private var wantsMetadataList = false
    var notation = Notation.json
    var isPretty = false

    /// The versions of meta.k8s.io in which tables and metadata are given.
    private static let versions = ["v1", "v1beta1"]

    /// Reads `Accept`. Kinds that are only ever posted, such as reviews, have no tables.
    ///
    /// - Throws: `notAcceptable` (406).
    init(
        _ request: GatewayRequest, _ kind: ResourceKind? = nil, allowsShapes: Bool = true
    ) throws(StatusError) {
        let isTabular = kind?.info.supports(verb: "get") != false
        for clause in AcceptClause.parse(request.joinedHeader("Accept")) {
            guard let notation = Notation.allCases.first(where: { clause.matches($0.mediaType) }) else { continue }
            guard let shape = OutputFormat.shape(of: clause, notation, allowsShapes: allowsShapes) else { continue }
            if case .table = shape, !isTabular { continue }
            self.notation = notation
            self.shape = shape
            wantsMetadataList = clause.parameters["as"] == "PartialObjectMetadataList"
            isPretty = clause.parameters["pretty"] == "1" || OutputFormat.wantsPretty(request)
            return
        }
        throw .notAcceptable(accepted: OutputFormat.mediaTypes)
    }

    init() {}

    /// What is read and written.
    static var mediaTypes: [String] { Notation.allCases.map(\.mediaType) }

    /// What watches are written in.
    static var streamMediaTypes: [String] {
        Notation.allCases.filter { $0 != .yaml }.map { $0.mediaType + ";stream=watch" }
    }

    /// Of a watch's answer.
    var streamContentType: String { notation == .protobuf ? notation.mediaType + ";stream=watch" : contentType }

    /// The notation alone, whatever the shape: only discovery tells its kind here.
    ///
    /// Follows apiserver pkg/endpoints/handlers/responsewriters/writers.go `WriteObjectNegotiated`.
    var contentType: String { notation.mediaType }

    /// Makes sure that metadata of a list are asked for as a list, and of an object as an object.
    ///
    /// Follows apiserver pkg/endpoints/handlers/response.go `asPartialObjectMetadata` and its like for lists.
    ///
    /// - Throws: `NotAcceptable` (406).
    func check(isList: Bool, _ kind: ResourceKind) throws(StatusError) {
        guard case .metadata = shape, isList != wantsMetadataList else { return }
        let type = "*\(GoScheme.type(of: kind.info))\(isList ? "List" : "")"
        let wanted = wantsMetadataList ? "PartialObjectMetadataList" : "PartialObjectMetadata"
        throw StatusError(
            reason: .notAcceptable, code: 406,
            message: "you requested \(wanted), but the requested object is \(isList ? "" : "not ")a list (\(type))")
    }

    private static func shape(of clause: AcceptClause, _ notation: Notation, allowsShapes: Bool) -> Shape? {
        if let stream = clause.parameters["stream"], stream != "watch" || notation == .yaml { return nil }
        if let version = clause.parameters["sv"], version != "v1" { return nil }
        guard let kind = clause.parameters["as"] else {
            return clause.parameters["g"] == nil && clause.parameters["v"] == nil ? .objects : nil
        }
        guard allowsShapes, clause.parameters["g"] == "meta.k8s.io", let version = clause.parameters["v"],
            versions.contains(version)
        else { return nil }
        switch kind {
        // Tables have no protobuf, as their cells have no types.
        case "Table": return notation == .protobuf ? nil : .table(version: version)
        case "PartialObjectMetadata", "PartialObjectMetadataList": return .metadata(version: version)
        default: return nil
        }
    }

    /// Browsers and command-line tools for people get lines that people can read.
    private static func wantsPretty(_ request: GatewayRequest) -> Bool {
        if let text = request.query["pretty"], !text.isEmpty {
            return ["1", "t", "T", "true", "TRUE", "True"].contains(text)
        }
        let agent = request.userAgent
        return ["curl", "Wget", "Mozilla/5.0"].contains { agent.hasPrefix($0) }
    }
}

/// One clause of an `Accept` header.
struct AcceptClause {
    let type: String
    let subtype: String
    let quality: Double
    let parameters: [String: String]

    /// In the order of preference. No header accepts all.
    ///
    /// Follows github.com/munnerz/goautoneg `ParseAccept`, whose comparison is no order: what is told exactly may come
    /// before a wildcard of higher quality. So that few clauses stand as they stand there, they are sorted as Go sorts
    /// few, by insertion. A quality of zero, or one that is no number, is a last resort and no refusal.
    static func parse(_ header: String) -> [AcceptClause] {
        if header.allSatisfy({ $0 == " " }) {
            return [AcceptClause(type: "*", subtype: "*", quality: 1, parameters: [:])]
        }
        var clauses = header.split(separator: ",").compactMap { AcceptClause($0) }
        guard clauses.count <= 12 else {
            return clauses.enumerated().sorted { left, right in
                if left.element.quality != right.element.quality { return left.element.quality > right.element.quality }
                return left.offset < right.offset
            }.map(\.element)
        }
        for end in clauses.indices.dropFirst() {
            var index = end
            while index > 0, clauses[index].precedes(clauses[index - 1]) {
                clauses.swapAt(index, index - 1)
                index -= 1
            }
        }
        return clauses
    }

    private func precedes(_ other: AcceptClause) -> Bool {
        quality > other.quality || type != "*" && other.type == "*" || subtype != "*" && other.subtype == "*"
    }

    private init(type: String, subtype: String, quality: Double, parameters: [String: String]) {
        self.type = type
        self.subtype = subtype
        self.quality = quality
        self.parameters = parameters
    }

    /// Blanks count where upstream counts them: `q=1 ;as=Table` has no quality that is a number.
    private init?(_ text: Substring) {
        let parts = text.trimmingOptionalWhitespace.split(separator: ";", omittingEmptySubsequences: false)
        guard let names = parts.first?.split(separator: "/", omittingEmptySubsequences: false),
            let type = names.first?.trimmingOptionalWhitespace
        else { return nil }
        // A type without a subtype is none, but for the one that stands for all.
        let subtype: Substring
        switch names.count {
        case 2 where !names[1].isEmpty: subtype = names[1].trimmingOptionalWhitespace
        case 1 where type == "*", 2 where type == "*": subtype = "*"
        default: return nil
        }
        var quality = 1.0
        var parameters: [String: String] = [:]
        for part in parts.dropFirst() {
            let halves = part.split(separator: "=", omittingEmptySubsequences: false)
            guard halves.count == 2, !halves[1].isEmpty else { continue }
            if halves[0].trimmingOptionalWhitespace == "q" {
                quality = Double(String(halves[1])) ?? 0
            } else {
                parameters[String(halves[0].trimmingOptionalWhitespace)] = String(halves[1].trimmingOptionalWhitespace)
            }
        }
        self.init(type: String(type), subtype: String(subtype), quality: quality, parameters: parameters)
    }

    func matches(_ mediaType: String) -> Bool {
        if type == "*" { return true }
        return subtype == "*" ? mediaType.hasPrefix(type + "/") : mediaType == "\(type)/\(subtype)"
    }
}

extension Substring {
    /// Without the spaces and tabs around it: what RFC 9110 calls optional white space.
    var trimmingOptionalWhitespace: Substring {
        var text = self
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return text.drop { $0 == " " || $0 == "\t" }
    }
}
