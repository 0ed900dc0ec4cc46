import ClusterCore
import DequeModule
import KubeAPI
import KubeClient
import KubeCluster
import TerminalUI

/// The console as a pure machine: updates of the cluster and input go in, frames, commands and requests come out.
///
/// It has no thread, clock, file or terminal of its own, so that the terminal, `drydock frame` and the tests drive the
/// same code: hand updates to `apply` and events to `handle`, send on what `takeCommands` gives, carry out what
/// `takeExternalRequest` asks for, and draw `frame`.
package final class Console {
    /// The least size that it draws at.
    package static let minimumSize = Size(width: 60, height: 16)

    private let state: ConsoleState
    private var views: [any ConsoleView]
    /// What commands replaced, and what was gone back from, the latest last.
    private var earlierViews: [ResourceView.Memory] = []
    private var laterViews: [ResourceView.Memory] = []
    private static let mostEarlierViews = 20
    private var layers: [any Layer] = []
    private var toasts = ToastStack()
    private var commands: [(id: Int, command: ClusterCommand)] = []
    private var handlers: [Int: (CommandOutcome) -> [Effect]] = [:]
    private var quietCommands: Set<Int> = []
    private var nextCommand = 1
    /// What the clock was asked for and does not show yet, by the commands up to `last`: keys that follow each other
    /// quickly go on from there.
    private var requestedClock: (speed: Double?, isPaused: Bool?, last: Int)?
    private var requests: Deque<(request: ExternalRequest, then: (ExternalResult) -> [Effect])> = []
    private var pendingResults: Deque<(ExternalResult) -> [Effect]> = []
    private var commandHistory: [String] = []
    /// What a click on the edge of the page or below it does.
    private var targets: [(place: Rect, target: Target)] = []
    /// What was on top when the mouse was pressed last.
    private var pressed: ObjectIdentifier?

    private enum Target {
        /// A hint in the last line: as its key.
        case action(Action)
        /// A crumb at the foot of the page: back to the view of that index.
        case view(Int)
    }

    /// The user wants to leave.
    package private(set) var exitRequested = false
    /// Where the cursor stands in the frame drawn last; nil for none.
    package private(set) var cursor: Point?

    /// - Parameters:
    ///   - update: what the cluster looks like at first.
    ///   - isDurable: the cluster is in a journal, and lost to nobody when the console ends.
    ///   - parseManifests: reads YAML or JSON of one or more objects.
    package init(
        _ update: ClusterUpdate, size: Size, theme: Theme = .dark, hasMouse: Bool = true, isDurable: Bool = false,
        parseManifests: @escaping (String) -> Result<[WrittenObject], ManifestProblem> = { _ in
            .failure(ManifestProblem("manifests cannot be read here"))
        }
    ) {
        state = ConsoleState(
            snapshot: update.snapshot, size: size, theme: theme, hasMouse: hasMouse, isDurable: isDurable,
            parseManifests: parseManifests)
        state.writes.add(update)
        views = []
        views = [ResourceView(.pod, state)]
    }

    private var view: any ConsoleView { views[views.count - 1] }

    /// Objects that the user brought along, and the changes by which they came; what is saved later has them too. Those
    /// that no file has would be lost.
    package func noteBrought(_ keys: [ObjectKey], _ changes: [Change] = [], areInFiles: Bool = true) {
        state.userWork.bring(keys, changes, areInFiles: areInFiles, at: state.objects.revision)
    }

    /// Says where clients find the cluster; `:api` says it again.
    package func noteAPI(_ notice: APINotice) {
        state.api = notice
        run([notice.effect])
    }

    /// Says why the cluster takes no writes, and, with nil, that it takes them again. Whoever tries is told once more,
    /// and so is `:api`.
    package func noteFailure(_ reason: String?) {
        state.failure = reason.map { APINotice("The cluster is read-only: \($0)", isProblem: true) }
        run([(state.failure ?? APINotice("The cluster takes writes again.")).effect])
    }

    // MARK: In

    /// Takes what happened in the cluster. O(changes).
    package func apply(_ update: ClusterUpdate) {
        run(Draining.news(from: state.snapshot.drains, to: update.snapshot.drains))
        state.snapshot = update.snapshot
        state.writes.add(update)
        state.userWork.apply(update)
        for view in views { view.apply(update, state) }
        for layer in layers { layer.apply(update, state) }
        for outcome in update.outcomes {
            if outcome.id == requestedClock?.last { requestedClock = nil }
            if let handler = handlers.removeValue(forKey: outcome.id) {
                run(handler(outcome))
            } else if quietCommands.remove(outcome.id) == nil || !outcome.errors.isEmpty {
                run(OutcomeText.effects(outcome, state.theme))
            }
        }
    }

    package func handle(_ event: InputEvent) {
        switch event {
        case .resize(let size): state.size = size
        case .hangup: exitRequested = true
        case .wake: break
        case .key, .mouse, .paste: dispatch(event)
        }
    }

    private func dispatch(_ event: InputEvent) {
        // Too small to see what a key does: only leaving works.
        if isTooSmall {
            if case .key(let key) = event, KeyTable.binding(for: key, in: view.place)?.action == .quit {
                exitRequested = true
            }
            return
        }
        if case .mouse(let mouse) = event, isRest(ofClick: mouse) { return }
        for layer in layers.reversed() {
            if let effects = layer.handle(event, state) { return run(effects, from: layer) }
        }
        switch event {
        case .key(let key):
            guard let action = KeyTable.binding(for: key, in: view.place)?.action else { return }
            perform(action, key: key)
        case .mouse(let event):
            if let target = target(of: event) { return reach(target) }
            run(view.handle(event, state))
        default: break
        }
    }

    /// Whether it is the second press of a double click whose first one brought up something else: it was not meant
    /// for that.
    private func isRest(ofClick mouse: MouseEvent) -> Bool {
        let top = layers.last.map { ObjectIdentifier($0) } ?? ObjectIdentifier(view)
        if mouse.action == .doubleClick { return pressed != top }
        if mouse.action == .click { pressed = top }
        return false
    }

    private func target(of mouse: MouseEvent) -> Target? {
        guard mouse.action == .click || mouse.action == .doubleClick, mouse.button == .left else { return nil }
        return targets.last { $0.place.contains(mouse.position) }?.target
    }

    private func reach(_ target: Target) {
        switch target {
        case .action(let action): run([.runAction(action)])
        case .view(let index): if index < views.count - 1 { views.removeLast(views.count - 1 - index) }
        }
    }

    /// The next command for the cluster, in order.
    package func takeCommands() -> [(id: Int, command: ClusterCommand)] {
        defer { commands = [] }
        return commands
    }

    /// What is asked of the driver; it answers with `externalResult`, in order.
    package func takeExternalRequest() -> ExternalRequest? {
        guard let (request, then) = requests.popFirst() else { return nil }
        pendingResults.append(then)
        return request
    }

    package func externalResult(_ result: ExternalResult) {
        if let then = pendingResults.popFirst() { run(then(result)) }
    }

    // MARK: Actions

    private func supports(_ action: Action) -> Bool {
        switch action {
        case .command, .help, .quit, .create, .pauseClock, .stepClock, .slower, .faster: true
        case .back: views.count > 1 || view.supports(.back, state)
        case .earlierView: !earlierViews.isEmpty
        case .laterView: !laterViews.isEmpty
        default: view.supports(action, state)
        }
    }

    private func perform(_ action: Action, key: Key) {
        guard supports(action) else { return }
        switch action {
        case .command: layers.append(PromptLayer(command: commandHistory, state))
        case .filter: openFilter()
        case .help: layers.append(HelpLayer(place: view.place) { [unowned self] in supports($0) })
        // What is in front is left: a text as in k9s and in pagers, and the console from its tables.
        case .quit where key == .character("q") && view.place == .text && views.count > 1: views.removeLast()
        case .quit: run(Quitting.ask(state))
        case .create: run(Creation.menu(state))
        case .back:
            if view.supports(.back, state) { run(view.perform(.back, key: key, state)) } else { views.removeLast() }
        case .earlierView: exchangeViews(isBack: true)
        case .laterView: exchangeViews(isBack: false)
        case .allNamespaces: state.use(namespace: nil)
        case .recentNamespace:
            if case .character(let character) = key, let number = character.wholeNumberValue,
                state.recentNamespaces.indices.contains(number - 1)
            {
                state.use(namespace: state.recentNamespaces[number - 1])
            }
        case .pauseClock: send(.setClockPaused(!isClockPaused), isQuiet: true)
        case .stepClock:
            if !isClockPaused { send(.setClockPaused(true), isQuiet: true) }
            send(.step, isQuiet: true)
        case .slower: changeSpeed(isFaster: false)
        case .faster: changeSpeed(isFaster: true)
        default: run(view.perform(action, key: key, state))
        }
    }

    /// What to keep of the view that the last command brought.
    private var memory: ResourceView.Memory? { (views.first as? ResourceView)?.memory }

    /// Goes to the view of another command.
    private func exchangeViews(isBack: Bool) {
        let here = memory
        guard let next = isBack ? earlierViews.popLast() : laterViews.popLast() else { return }
        if let here { if isBack { laterViews.append(here) } else { earlierViews.append(here) } }
        if next.kind.info.isNamespaced { state.use(namespace: next.namespace) }
        views = [ResourceView(next, state)]
    }

    private static let speeds: [Double] = [
        0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, .infinity,
    ]

    private var isClockPaused: Bool { requestedClock?.isPaused ?? state.snapshot.isClockPaused }

    private func changeSpeed(isFaster: Bool) {
        let now = requestedClock?.speed ?? state.snapshot.speed
        let next = isFaster ? Console.speeds.first { $0 > now } : Console.speeds.last { $0 < now }
        if let next { send(.setSpeed(next), isQuiet: true) }
    }

    private func openFilter() {
        guard let text = view.filterText else { return }
        let view = view
        layers.append(
            PromptLayer(filter: text, problem: { view.filterProblem }) { [unowned self] text, isFinal in
                view.setFilter(text, isFinal: isFinal, state)
            })
    }

    private func send(
        _ command: ClusterCommand, isQuiet: Bool = false, onOutcome: ((CommandOutcome) -> [Effect])? = nil
    ) {
        let id = nextCommand
        nextCommand += 1
        commands.append((id, command))
        switch command {
        case .setSpeed(let speed): requestedClock = (speed, requestedClock?.isPaused, id)
        case .setClockPaused(let isPaused): requestedClock = (requestedClock?.speed, isPaused, id)
        default: break
        }
        if let onOutcome { handlers[id] = onOutcome } else if isQuiet { quietCommands.insert(id) }
    }

    /// Carries out what a view or a layer asked for.
    private func run(_ effects: [Effect], from layer: (any Layer)? = nil) {
        for effect in effects {
            switch effect {
            case .open(let view): views.append(view)
            case .replaceViews(let view):
                if let memory { earlierViews.append(memory) }
                if earlierViews.count > Console.mostEarlierViews { earlierViews.removeFirst() }
                laterViews = []
                views = [view]
            case .closeView: if views.count > 1 { views.removeLast() }
            case .push(let layer): layers.append(layer)
            case .dismiss:
                // An outcome comes without its layer: the one on top is the one that waits for it.
                if let layer { layers.removeAll { $0 === layer } } else if !layers.isEmpty { layers.removeLast() }
            case .send(let command, let onOutcome): send(command, onOutcome: onOutcome)
            case .toast(let text, let role): toasts.add(text, role, now: state.wall)
            case .request(let request, let then): requests.append((request, then))
            case .runCommandLine(let line):
                commandHistory.removeAll { $0 == line }
                commandHistory.append(line)
                run(CommandLine.run(line, state))
            case .runAction(let action, let key):
                perform(action, key: key ?? KeyTable.binding(for: action)?.keys.first ?? .escape)
            case .passOn(let event): dispatch(event)
            case .noteCreation(let keys): state.userWork.add(keys, at: state.objects.revision)
            case .noteSaving(let revision): state.userWork.save(through: revision)
            case .setNamespace(let namespace): state.use(namespace: namespace)
            case .setTheme(let theme): state.theme = theme
            case .quit: exitRequested = true
            }
        }
    }

    // MARK: Out

    private var isTooSmall: Bool {
        state.size.width < Console.minimumSize.width || state.size.height < Console.minimumSize.height
    }

    /// When the next frame of an animation is due, in wall seconds; nil when only input or an update changes anything.
    package var wantsRedrawAt: Double? {
        if isTooSmall { return nil }
        return [view.nextRedraw(state), toasts.nextChange(now: state.wall)].compactMap { $0 }.min()
    }

    /// Does all work that frames would do bit by bit.
    package func finishWork() { while view.hasWork { view.work(state) } }

    /// Draws what is to be seen now. Costs what is visible, and a slice of the work that is left.
    /// - Parameter wallSeconds: the time by which flashes and messages fade, from any start.
    package func frame(wallSeconds: Double) -> Frame {
        state.wall = wallSeconds
        var frame = Frame(state.size)
        cursor = nil
        if isTooSmall {
            renderNotice(into: &frame)
            return frame
        }
        targets = []
        view.work(state)
        toasts.expire(now: wallSeconds)
        let (header, rest) = frame.bounds.splitTop(HeaderView.height)
        HeaderView.render(into: &frame, in: header, state)
        let (page, hints) = rest.splitBottom(1)
        let running = state.snapshot.drains.filter(\.isRunning)
        let (box, progress) = page.splitBottom(running.isEmpty ? 0 : 1)
        let inner = box.inset(by: 1)
        view.render(into: &frame, in: inner, state)
        renderBox(into: &frame, in: box)
        if !running.isEmpty { Draining.renderProgress(of: running, into: &frame, in: progress, state) }
        renderHints(into: &frame, in: hints)
        toasts.render(into: &frame, above: box.maxY - 1, state)
        for layer in layers { if let point = layer.render(into: &frame, state) { cursor = point } }
        return frame
    }

    private func renderNotice(into frame: inout Frame) {
        let lines = ["The window is too small.", "drydock needs \(Console.minimumSize), this is \(state.size)."]
        let y = max(0, frame.height / 2 - 1)
        for (index, line) in lines.enumerated() where y + index < frame.height {
            frame.putFitted(
                line, x: 0, y: y + index, columns: frame.width, alignment: .center,
                style: index == 0 ? state.theme[.warning] : state.theme[.dim])
        }
    }

    private func renderBox(into frame: inout Frame, in rect: Rect) {
        let theme = state.theme
        frame.box(rect, style: theme[.border], title: view.title(state), footer: view.footer(state))
        // The way here stands at the left of the foot.
        var x = rect.x + 2
        let crumbs = views.map(\.crumb)
        for (index, crumb) in crumbs.enumerated() {
            let isLast = index == crumbs.count - 1
            let room = rect.maxX - 18 - x
            if room < 6 { break }
            let text = " " + DisplayText.truncated(crumb, to: min(28, room - 3)) + " "
            let width = frame.put(text, x: x, y: rect.maxY - 1, style: isLast ? theme[.title] : theme[.dim])
            targets.append((Rect(x: x, y: rect.maxY - 1, width: width, height: 1), .view(index)))
            x += width
            if !isLast { x += frame.put("›", x: x, y: rect.maxY - 1, style: theme[.dim]) }
        }
    }

    private func renderHints(into frame: inout Frame, in rect: Rect) {
        let theme = state.theme
        frame.fill(rect, style: theme[.statusBar])
        var entries: [(key: String, text: String, action: Action?)]
        if let hints = layers.last?.hints {
            entries = hints.map { ($0.key, $0.text, nil) }
        } else {
            entries = [("?", "help", .help)]
            for action in KeyTable.hintOrder where supports(action) {
                guard let binding = KeyTable.binding(for: action) else { continue }
                let text = action == .pauseClock && state.snapshot.isClockPaused ? "go on" : binding.hint
                entries.append((binding.shortLabel, text, action))
            }
        }
        var x = rect.x + 1
        for entry in entries {
            let width = DisplayText.width(entry.key) + 1 + DisplayText.width(entry.text)
            if x + width > rect.maxX - 1 { continue }
            if let action = entry.action {
                targets.append((Rect(x: x, y: rect.y, width: width, height: 1), .action(action)))
            }
            x += frame.put(entry.key, x: x, y: rect.y, style: theme[.key].over(theme[.statusBar]).bold) + 1
            x += frame.put(entry.text, x: x, y: rect.y, style: theme[.statusBar]) + 2
        }
    }
}
