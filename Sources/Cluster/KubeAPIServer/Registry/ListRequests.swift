import KubeAPI
import KubeClient
import KubeStore

/// What a list asks for.
package struct ListOptions: Sendable {
    /// Nil for all namespaces.
    package var namespace: String?
    package var labels = Selector.everything
    package var fields: FieldSelector?
    /// The most objects of one page; 0 for all at once.
    package var limit = 0
    /// Where the page before ended, as the server said.
    package var continuation: String?
    package var resourceVersion: String?
    /// `Exact` or `NotOlderThan`; empty when left out.
    package var resourceVersionMatch = ""

    package init(namespace: String? = nil) { self.namespace = namespace }
}

/// One page of a list, all of one revision.
package struct ListResult: Sendable {
    package var items: [KubeObject]
    package var revision: Revision
    /// Where the next page begins; nil for the last one.
    package var continuation: String?
    /// How many objects come after this page; nil if it is the last, or if selectors make it unknown.
    package var remaining: Int?

    package init(items: [KubeObject], revision: Revision) {
        self.items = items
        self.revision = revision
    }
}

extension APIServer {
    /// The objects of a kind that the selectors match, in key order, as of one revision.
    ///
    /// Follows apiserver pkg/storage/etcd3/store.go `GetList`.
    ///
    /// - Throws: `expired` (410) once the revision of a continued list is compacted, `timeout` for a revision to come,
    ///   `badRequest` for a token that is none.
    package func list(_ kind: ResourceKind, _ options: ListOptions) throws(StatusError) -> ListResult {
        guard kind.info.supports(verb: "list") else { throw .methodNotSupported(kind: kind, action: "list") }
        var start: ObjectKey?
        let snapshot: Snapshot
        if let token = try APIServer.token(of: options) {
            start = token.start(kind, namespace: options.namespace)
            snapshot = try self.snapshot(continuing: token)
        } else {
            snapshot = try self.snapshot(for: options)
        }
        return APIServer.page(of: snapshot, kind, options, from: start)
    }

    /// A page of a snapshot; a pure function, for readers on other threads too.
    package static func page(
        of snapshot: Snapshot, _ kind: ResourceKind, _ options: ListOptions, from start: ObjectKey?
    ) -> ListResult {
        if let resource = snapshot.computed[kind] { return page(of: snapshot, resource, options) }
        var range = Snapshot.range(kind, namespace: options.namespace)
        if let start, start > range.lowerBound { range = start..<max(start, range.upperBound) }
        var result = ListResult(items: [], revision: snapshot.revision)
        let isFiltered = !options.labels.isEverything || options.fields.map { !$0.isEverything } ?? false
        var last: ObjectKey?
        var isMore = false
        let isConverted = !kind.isStored
        _ = snapshot.objects.forEach(in: range) { key, object in
            if options.limit > 0, result.items.count == options.limit {
                isMore = true
                return false
            }
            last = key
            if !isFiltered || matches(object, options) {
                result.items.append(isConverted ? object.served(as: kind) : object)
            }
            return true
        }
        if isMore, let last {
            result.continuation = ContinueToken(revision: snapshot.revision, after: last, options.namespace).text
            if !isFiltered {
                let end = snapshot.objects.index(of: range.upperBound)
                result.remaining = end - snapshot.objects.index(of: last) - 1
            }
        }
        return result
    }

    /// All objects of a computed kind that the selectors match: one page, however many.
    private static func page(
        of snapshot: Snapshot, _ resource: any ComputedResource, _ options: ListOptions
    ) -> ListResult {
        var result = ListResult(items: [], revision: snapshot.revision)
        resource.forEach(namespace: options.namespace, in: snapshot) { object in
            if matches(object, options) { result.items.append(object) }
            return true
        }
        return result
    }

    /// Of which revision a list that is to be continued is, and where it goes on; nil for one that begins.
    ///
    /// - Throws: `badRequest` for a token that is none, or that comes with a version.
    package static func continuation(
        of options: ListOptions, _ kind: ResourceKind
    ) throws(StatusError) -> (revision: Revision, start: ObjectKey)? {
        guard let token = try token(of: options) else { return nil }
        return (token.revision, token.start(kind, namespace: options.namespace))
    }

    /// Follows apiserver pkg/storage/util.go `ValidateListOptions`.
    private static func token(of options: ListOptions) throws(StatusError) -> ContinueToken? {
        guard let text = options.continuation, !text.isEmpty else { return nil }
        let token = try ContinueToken(parsing: text)
        let version = options.resourceVersion ?? ""
        if !version.isEmpty, version != "0" {
            throw .badRequest("specifying resource version is not allowed when using continue")
        }
        return token
    }

    /// Whether the selectors have an object as it is stored.
    package static func matches(_ object: KubeObject, _ options: ListOptions) -> Bool {
        options.labels.matches(object.metadata.labels) && (options.fields?.matches(object) ?? true)
    }

    private func snapshot(continuing token: ContinueToken) throws(StatusError) -> Snapshot {
        // A client whose list took too long may go on with what there is now, as its token then says.
        if token.revision < 0 { return store.snapshot() }
        do throws(StoreError) {
            return try store.snapshot(at: token.revision)
        } catch {
            if case .future(let current) = error {
                throw .tooLargeResourceVersion(requested: token.revision, current: current)
            }
            // Whoever does not need all pages to be of one moment may go on from here.
            var expired = StatusError.resourceExpired(
                "The provided continue parameter is too old to display a consistent list result. You can start a new "
                    + "list without the continue parameter, or use the continue token in this response to retrieve the "
                    + "remainder of the results. Continuing with the provided token results in an inconsistent list - "
                    + "objects that were created, modified, or deleted between the time the first chunk was returned "
                    + "and now may show up in the list.")
            expired.continuation = ContinueToken(revision: -1, startKey: token.startKey).text
            throw expired
        }
    }

    private func snapshot(for options: ListOptions) throws(StatusError) -> Snapshot {
        let text = options.resourceVersion ?? ""
        guard !text.isEmpty, text != "0" else {
            if options.limit > 0 { return try keptSnapshot(store.revision) }
            return store.snapshot()
        }
        guard let wanted = Int(text), wanted >= 0 else {
            throw .invalidResourceVersion(text)
        }
        if options.resourceVersionMatch == "Exact" || options.limit > 0 && options.resourceVersionMatch.isEmpty {
            return try keptSnapshot(wanted)
        }
        if wanted > store.revision {
            throw .tooLargeResourceVersion(requested: wanted, current: store.revision)
        }
        return store.snapshot()
    }

    private func keptSnapshot(_ revision: Revision) throws(StatusError) -> Snapshot {
        do throws(StoreError) {
            return try store.snapshot(at: revision)
        } catch {
            switch error {
            case .future(let current): throw .tooLargeResourceVersion(requested: revision, current: current)
            default:
                throw .resourceExpired("The resourceVersion for the provided list is too old.")
            }
        }
    }
}
