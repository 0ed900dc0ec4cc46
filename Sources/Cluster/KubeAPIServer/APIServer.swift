import ClusterCore
import KubeAPI
import KubeClient
import KubeStore

/// The API server: the one registry of all kinds over the store, and the only one that touches the store.
///
/// A write goes through what upstream's goes through: defaults, admission that changes, preparation by the kind's
/// strategy, validation, admission that refuses, and then the store, which gives it the next revision. Components
/// reach it through a `LocalClient` each, gateways through the same requests.
///
/// Follows kubernetes staging/src/k8s.io/apiserver/pkg/registry/generic/registry/store.go.
package final class APIServer {
    package struct Options {
        /// Seeds UIDs, name suffixes, and the addresses and ports given to services.
        package var seed: UInt64 = 1
        package var store = ObjectStore.Options()
        /// How long an Event is kept after it was last written.
        package var eventLifetime = Interval.hours(1)
        /// The most Events that are kept; the oldest go first.
        package var eventLimit = 65_536
        /// Whether components within the process are held to the rights of their upstream identities, as remote clients
        /// always are. Off, they are trusted, which costs nothing; what they may not do is then not found out.
        package var authorizesComponents = false
        package init() {}
    }

    package let store: ObjectStore
    package let loop: EventLoop
    let admission: AdmissionChain
    let podTemplates = PodTemplateMemo()
    let bindings = BindingMemo()
    let fieldSets = FieldSetCache()
    var fieldManagers: [FieldManagerKey: FieldManager] = [:]
    let serviceAllocation: ServiceAllocation
    let events: EventRetention
    let access: AccessState
    /// Who clients are: tokens are signed and verified by its keys. Set while the server is set up.
    package var authenticator = Authenticator()
    let authorizesComponents: Bool
    /// What components were refused, in the order of the first time, if they are authorized.
    package internal(set) var componentDenials: [String] = []
    /// Draws UIDs.
    private var uids: SeededRandom
    /// Draws the suffixes of generated names.
    private var suffixes: SeededRandom
    /// Where warnings of unattended kinds become events; made when first needed.
    private var unattended: UnattendedKinds?

    /// Makes a server over an empty store, and has the event loop deliver changes after each event.
    package init(loop: EventLoop, options: Options = Options(), journal: (any Journal)? = nil) {
        self.loop = loop
        let random = SeededRandom(seed: options.seed)
        uids = random.fork("uids")
        suffixes = random.fork("name-suffixes")
        let store = ObjectStore(loop: loop, options: options.store, journal: journal)
        self.store = store
        let access = AccessState(store: store)
        self.access = access
        authorizesComponents = options.authorizesComponents
        admission = AdmissionChain.standard(AdmissionContext(store: store, access: access))
        serviceAllocation = ServiceAllocation(store: store, random: random.fork("services"))
        events = EventRetention(
            store: store, loop: loop, lifetime: options.eventLifetime, limit: options.eventLimit)
        store.computed.add(ComponentStatuses())
        loop.afterEvent = { [unowned store] in store.pump() }
    }

    /// Takes back what a journal kept. For a server that nobody has written to.
    package func restore(_ contents: JournalContents) {
        store.restore(contents)
        serviceAllocation.restore()
        store.forEach(.event, namespace: nil) { event in
            events.wrote(event)
            return true
        }
        // The same chance again would give UIDs and names a second time that are taken.
        uids = uids.fork("after revision \(contents.revision)")
        suffixes = suffixes.fork("after revision \(contents.revision)")
    }

    /// Serves a kind that is computed. For whoever puts the cluster together.
    package func serve(_ resource: some ComputedResource) { store.computed.add(resource) }

    /// Hands out changes that were written outside of the loop's events.
    package func pump() { store.pump() }

    package func snapshot() -> Snapshot { store.snapshot() }

    /// Who may do what, as of now. For other threads there is `AccessPolicy.updated(to:)` with a snapshot.
    package var authorizer: Authorizer<ObjectStore> { access.authorizer }

    /// The time as objects carry it.
    var now: Time { loop.now.time }

    func nextUID() -> String { uids.uuid() }

    /// The name that a prefix is made into: cut to leave room for five characters of chance.
    ///
    /// Follows apiserver pkg/storage/names/generate.go.
    func generatedName(_ prefix: String) -> String {
        let longest = 63 - 5
        return (prefix.utf8.count > longest ? String(prefix.prefix(longest)) : prefix) + suffixes.suffix(5)
    }

    /// Warns the client, and leaves an event, when nothing will act on a new object, or on what a client changes of
    /// one: on a kind without a controller, or on fields that it did not use before. Components are not told: what they
    /// write goes back to what somebody else wrote.
    func warnIfUnattended(_ object: KubeObject, old: KubeObject? = nil, _ request: Request) {
        if let old {
            // Not by the generation: services and claims, among others, have none.
            guard request.options.warnings != nil,
                !Strategies.strategy(for: object.kind).hasSameSpec(object, old)
            else { return }
        }
        let fields = UnattendedFields.warning(for: object)
        guard
            let text = UnattendedKinds.warning(for: object.kind)
                ?? (fields == old.flatMap(UnattendedFields.warning(for:)) ? nil : fields)
        else { return }
        request.warn(text)
        if request.options.isDryRun || request.isBootstrap { return }
        let kinds = unattended ?? UnattendedKinds(LocalClient(self, component: "drydock"), loop)
        unattended = kinds
        kinds.record(object, text)
    }
}
