import ClusterCore
import KubeAPI
import KubeClient
import KubeCluster
import TerminalUI

/// A text about one object, which follows the object as it changes: its description or its YAML.
final class PagerView: ConsoleView {
    enum Form {
        case describe, yaml
    }

    private let key: ObjectKey
    private let form: Form
    private var pager: ScrollText
    private let uid: String
    /// The UID in events about the object.
    private let eventUID: String
    /// What the text was made from; it is made again when one of these changed.
    private var shownObject: KubeObject?
    private var isStale = true
    private var isGone = false
    private var madeAt = Instant(nanoseconds: .min)
    private var query = ""

    init(_ object: KubeObject, _ form: Form) {
        key = object.key
        uid = object.uid
        eventUID = EventLookup.uid(of: object)
        self.form = form
        // In YAML every column counts.
        pager = ScrollText(breaksWords: form == .yaml)
    }

    let place = KeyPlace.text
    var crumb: String { form == .yaml ? "\(key.name) yaml" : key.name }

    func title(_ state: ConsoleState) -> [Span] {
        let theme = state.theme
        var spans = [
            Span(form == .yaml ? " yaml" : " describe", theme[.title]), Span("(", theme[.dim]),
            Span(key.kind.info.singular + "/" + key.namespacedName, theme[.accent].bold), Span(")", theme[.dim]),
        ]
        if !query.isEmpty {
            let position = pager.currentMatch.map { $0 + 1 } ?? 0
            spans.append(Span(" /\(query) \(position)/\(pager.matches.count)", theme[.key]))
        }
        if isGone { spans.append(Span(" deleted", theme[.error].bold)) }
        return spans + [Span(" ")]
    }

    func footer(_ state: ConsoleState) -> [Span] {
        [Span(" line \(min(pager.lines.count, pager.top + 1))/\(pager.lines.count) ", state.theme[.dim])]
    }

    func apply(_ update: ClusterUpdate, _ state: ConsoleState) {
        if isStale { return }
        if update.isReset {
            isStale = true
            return
        }
        for change in update.changes {
            if change.key == key {
                isStale = true
                return
            }
            guard form == .describe else { continue }
            if change.kind == .event, let event = change.object.as(Event.self),
                EventLookup.isAbout(key, uid: eventUID, event.involvedObject)
            {
                isStale = true
                return
            }
            if ObjectDescriber.dependsOn(change, key) {
                isStale = true
                return
            }
        }
    }

    private func refresh(_ state: ConsoleState) {
        // Ages in a description grow old, and what is worked out tells of no change: once a virtual second is often
        // enough.
        let ages = form == .describe || state.objects.computed[key.kind] != nil
        let isOld = ages && state.now - madeAt >= .seconds(1)
        guard isStale || isOld else { return }
        isStale = false
        madeAt = state.now
        if let object = state.objects.object(key), object.uid == uid {
            isGone = false
            if form == .yaml, object === shownObject { return }
            shownObject = object
        } else {
            isGone = true
        }
        guard let object = shownObject else { return }
        let lines =
            form == .yaml
            ? TextColors.yaml(Manifest.yaml(object), state.theme)
            : TextColors.describe(ObjectDescriber.lines(object, state.snapshot), state.theme)
        pager.replace(lines: lines)
    }

    func render(into frame: inout Frame, in rect: Rect, _ state: ConsoleState) {
        refresh(state)
        pager.render(into: &frame, in: rect.inset(left: 1), theme: state.theme)
    }

    func supports(_ action: Action, _ state: ConsoleState) -> Bool {
        switch action {
        case .filter, .wrap: true
        case .nextMatch, .previousMatch: !pager.matches.isEmpty
        case .back: !query.isEmpty
        case .describe: form != .describe
        case .yaml: form != .yaml
        case .open: false
        case _ where action.isMove: true
        default: target(state).map { ObjectActions.supports(action, key.kind, [$0], state) } ?? false
        }
    }

    private func target(_ state: ConsoleState) -> KubeObject? { state.objects.object(key) }

    func perform(_ action: Action, key: Key, _ state: ConsoleState) -> [Effect] {
        switch action {
        case .wrap: pager.toggleWrap()
        case .nextMatch: pager.nextMatch()
        case .previousMatch: pager.previousMatch()
        case .back: setFilter("", isFinal: true, state)
        case _ where action.isMove:
            if let key = action.widgetKey { _ = pager.handle(key) }
        default:
            guard let object = target(state) else { return [] }
            return ObjectActions.perform(action, self.key.kind, [object], state)
        }
        return []
    }

    func handle(_ event: MouseEvent, _ state: ConsoleState) -> [Effect] {
        _ = pager.handle(event)
        return []
    }

    var filterText: String? { query }

    func setFilter(_ text: String, isFinal: Bool, _ state: ConsoleState) {
        query = text
        pager.search(text)
    }
}
