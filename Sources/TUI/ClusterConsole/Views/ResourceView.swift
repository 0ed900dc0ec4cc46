import ClusterCore
import KubeAPI
import KubeClient
import KubeCluster
import TerminalUI

/// A table of the objects of one kind, as the API server prints them, live.
final class ResourceView: ConsoleView {
    enum NamespaceScope {
        /// What the user chose for all views.
        case current
        /// This one, or every one, whatever else is chosen.
        case fixed(String?)
    }

    let resourceKind: ResourceKind
    let place = KeyPlace.table
    let crumb: String
    private let condition: RowCondition
    private let scope: NamespaceScope
    /// In the title, what the rows belong to: `node-1`, `deployment/web`.
    private let subject: String?

    private let list: RowList
    private var table: TableView
    private var columns: TableColumns
    private var highlights = RowHighlights()
    private var filter: RowFilter?
    private(set) var rawFilter = ""
    private var showsFaultsOnly = false
    /// What is wrong with what was typed; the rows are still those of the filter before.
    private(set) var filterProblem: String?
    private var sortTitle: String?
    private var isDescending = false
    private(set) var marks: Set<ObjectKey> = [] {
        didSet { knownShown = nil }
    }
    /// `shownMarks`, and the objects of these as of a revision, until something changes.
    private var knownShown: [ObjectKey]?
    private var knownTargets: (revision: Revision, objects: [KubeObject])?
    private(set) var selectedKey: ObjectKey?
    /// The selection stands at the top, and stays there when rows come in above.
    private var followsTop = true
    /// Of the frame drawn last: ghosts and where they stand.
    private var ghostRows: [(index: Int, ghost: RowHighlights.Ghost)] = []

    init(
        _ kind: ResourceKind, _ state: ConsoleState, condition: RowCondition = .all, scope: NamespaceScope = .current,
        subject: String? = nil, filter: String = "", crumb: String? = nil
    ) {
        resourceKind = kind
        self.condition = condition
        self.scope = scope
        self.subject = subject
        self.crumb = crumb ?? kind.viewName
        columns = TableColumns(kind, showsNamespace: false, isWide: state.showsWide)
        table = TableView(columns: columns.layout)
        list = RowList(RowList.Query(kind: kind, namespace: nil, condition: condition), state.objects)
        if kind == .event { sortTitle = "LAST SEEN" }
        setFilter(filter, isFinal: true, state)
        configure(state)
    }

    /// What brings a view of a command back. The view itself would hold on to the objects as they were.
    struct Memory {
        let kind: ResourceKind
        let namespace: String?
        let filter: String
        let showsFaultsOnly: Bool
        let sortTitle: String?
        let isDescending: Bool
        let selectedKey: ObjectKey?
    }

    var memory: Memory {
        Memory(
            kind: resourceKind, namespace: list.query.namespace, filter: rawFilter, showsFaultsOnly: showsFaultsOnly,
            sortTitle: sortTitle, isDescending: isDescending, selectedKey: followsTop ? nil : selectedKey)
    }

    convenience init(_ memory: Memory, _ state: ConsoleState) {
        self.init(memory.kind, state, filter: memory.filter)
        showsFaultsOnly = memory.showsFaultsOnly
        sortTitle = memory.sortTitle
        isDescending = memory.isDescending
        selectedKey = memory.selectedKey
        followsTop = memory.selectedKey == nil
        configure(state)
    }

    private func namespace(_ state: ConsoleState) -> String? {
        guard resourceKind.info.isNamespaced else { return nil }
        return switch scope {
        case .current: state.namespace
        case .fixed(let namespace): namespace
        }
    }

    /// Brings columns and rows in line with what the user chose.
    private func configure(_ state: ConsoleState) {
        let namespace = namespace(state)
        let isAboutOne = if case .about = condition { true } else { false }
        let columns = TableColumns(
            resourceKind, showsNamespace: namespace == nil, isWide: state.showsWide, showsObject: !isAboutOne)
        if columns != self.columns {
            self.columns = columns
            table.columns = columns.layout
            table.resetWidths()
            highlights.reset()
        }
        let sort = sortTitle.flatMap { columns.index(titled: $0) }
        table.sortColumn = sortColumn
        table.sortsDescending = isDescending
        let query = RowList.Query(
            kind: resourceKind, namespace: namespace, condition: condition,
            machines: resourceKind == .node && condition == .all ? state.snapshot.machines : [], filter: filter,
            showsFaultsOnly: showsFaultsOnly,
            sort: sort.map { columns.columns[$0] }, isDescending: isDescending)
        list.poweredOff = state.snapshot.poweredOffNodes
        if query != list.query {
            highlights.reset()
            knownShown = nil
            if query.namespace != list.query.namespace || query.filter != list.query.filter { table.resetWidths() }
            list.configure(query, state.objects)
            list.work()
        }
    }

    // MARK: Changes

    func apply(_ update: ClusterUpdate, _ state: ConsoleState) {
        list.apply(update)
        highlights.apply(update, kind: resourceKind)
        if marks.isEmpty { return }
        if update.isReset {
            marks = marks.filter { update.snapshot.objects.object($0) != nil || list.isLostMachine($0) }
            knownShown = nil
            return
        }
        for change in update.changes where change.kind == resourceKind {
            knownShown = nil
            if change.verb == .delete { marks.remove(change.key) }
        }
    }

    var hasWork: Bool { list.hasWork }
    func work(_ state: ConsoleState) {
        configure(state)
        if list.hasWork { knownShown = nil }
        let wasCounting = list.loads.isCounting
        list.work()
        // What was only counted has not changed.
        if wasCounting, !list.loads.isCounting { highlights.reset() }
    }

    func nextRedraw(_ state: ConsoleState) -> Double? {
        list.hasWork ? state.wall : highlights.nextStep(now: state.wall)
    }

    // MARK: Title

    func title(_ state: ConsoleState) -> [Span] {
        let theme = state.theme
        var spans = [Span(" " + resourceKind.viewName, theme[.title])]
        if resourceKind.info.isNamespaced || subject != nil {
            let place = subject ?? namespace(state) ?? "all"
            spans += [Span("(", theme[.dim]), Span(place, theme[.accent].bold), Span(")", theme[.dim])]
        }
        let lost = list.lostMachineRowCount
        spans += [
            Span("[", theme[.dim]), Span(Grouped.text(list.count - lost), theme[.key].bold), Span("]", theme[.dim]),
        ]
        if lost > 0 {
            spans.append(Span(" +\(Grouped.text(lost)) machine\(lost == 1 ? "" : "s") without Node", theme[.warning]))
        }
        if !rawFilter.isEmpty { spans += [Span(" ", .plain), Span("</\(rawFilter)>", theme[.match])] }
        if showsFaultsOnly { spans += [Span(" ", .plain), Span("<faults>", theme[.match])] }
        if let filterProblem { spans.append(Span(" ✗ \(filterProblem)", theme[.error])) }
        if list.isBuilding { spans.append(Span(" …", theme[.warning])) }
        if !marks.isEmpty {
            let hidden = marks.count - shownMarks.count
            let rest = hidden == 0 ? "" : ", \(hidden == marks.count ? "all" : "\(Grouped.text(hidden))") hidden"
            spans.append(Span(" \(Grouped.text(marks.count)) marked\(rest)", theme[.marked]))
        }
        spans.append(Span(" ", .plain))
        return spans
    }

    func footer(_ state: ConsoleState) -> [Span] {
        let count = list.count
        if count == 0 { return [] }
        // Rows that fade are not counted.
        let rank = selectedKey.flatMap { list.index(of: $0) } ?? min(count - 1, table.selected)
        return [Span(" \(Grouped.text(rank + 1))/\(Grouped.text(count)) ", state.theme[.dim])]
    }

    // MARK: Drawing

    func render(into frame: inout Frame, in rect: Rect, _ state: ConsoleState) {
        configure(state)
        var rect = rect
        if list.count > 0, let storedOnly {
            let (banner, rest) = rect.splitTop(1)
            frame.putFitted(
                storedOnly, x: banner.x + 1, y: banner.y, columns: banner.width - 2, style: state.theme[.warning])
            rect = rest
        }
        highlights.begin(now: state.wall) { list.index(of: $0) != nil }
        placeGhosts()
        let total = list.count + ghostRows.count
        restoreSelection(total)
        table.render(into: &frame, in: rect, theme: state.theme, count: total, now: state.wall) {
            row(at: $0, isSelected: $1, state)
        }
        if !list.isBuilding || selectedKey == nil { selectedKey = liveKey(at: table.selected) ?? selectedKey }
        highlights.finish()
        if total == 0 { renderEmpty(into: &frame, in: rect, state) }
    }

    /// Where each deleted row still stands: below its neighbour above.
    private func placeGhosts() {
        let placed = highlights.ghosts.map { ghost in (rank: list.index(after: ghost.above), ghost: ghost) }
        let ordered = placed.enumerated().sorted { ($0.element.rank, $0.offset) < ($1.element.rank, $1.offset) }
        ghostRows = ordered.enumerated().map { offset, entry in (entry.element.rank + offset, entry.element.ghost) }
    }

    /// The key of the row at an index of the table; nil for a ghost or none.
    private func liveKey(at index: Int) -> ObjectKey? {
        var rank = index
        for (place, _) in ghostRows {
            if place == index { return nil }
            if place < index { rank -= 1 }
        }
        return rank >= 0 && rank < list.count ? list.key(at: rank) : nil
    }

    private func displayIndex(of key: ObjectKey) -> Int? {
        guard var index = list.index(of: key) else { return nil }
        for (place, _) in ghostRows where place <= index { index += 1 }
        return index
    }

    /// The selection stays with its object as rows come and go around it.
    private func restoreSelection(_ total: Int) {
        if followsTop {
            // At the top rows that are gone may still fade: the first that is there is meant.
            var first = 0
            for (index, _) in ghostRows where index == first && first + 1 < total { first += 1 }
            table.select(first, count: total)
        } else if let key = selectedKey, let index = displayIndex(of: key) {
            if index != table.selected { table.select(index, count: total) }
        }
    }

    private func row(at index: Int, isSelected: Bool, _ state: ConsoleState) -> TableRow {
        let theme = state.theme
        if let entry = ghostRows.first(where: { $0.index == index }) {
            highlights.noteGhost(entry.ghost.key, cells: entry.ghost.cells)
            let style = RowHighlights.fade(age: state.wall - entry.ghost.since, theme: theme)
            return TableRow(cells: entry.ghost.cells.map { TableCell($0) }, style: style)
        }
        guard let key = liveKey(at: index) else { return TableRow(cells: []) }
        guard let object = state.objects.object(key) else {
            guard list.isLostMachine(key) else { return TableRow(cells: []) }
            let cells = columns.cells(machine: key.name, in: state.snapshot)
            return TableRow(
                cells: cells.map { TableCell($0) }, style: theme[.dim], isMarked: marks.contains(key))
        }
        let load = resourceKind == .node ? list.loads.load(of: key.name) : nil
        let cells = columns.cells(object, in: state.snapshot, load: load)
        let titles = columns.columns.map(\.title)
        let role = RowColors.role(resourceKind) { title in
            columns.index(titled: title).map { cells[$0] } ?? ""
        }
        let changed = highlights.row(
            key, cells: cells, quiet: titles.map { TableColumns.quiet.contains($0) }, now: state.wall)
        let styled = cells.indices.map { index in
            var style = role == nil ? RowColors.cellRole(titles[index], cells[index]).map { theme[$0] } : nil
            let age = state.wall - changed[index]
            if let flash = RowHighlights.flash(age: age, isSelected: isSelected, theme: theme) {
                style = flash.over(style ?? .plain)
            }
            return TableCell(cells[index], style: style)
        }
        return TableRow(cells: styled, style: role.map { theme[$0] } ?? .plain, isMarked: marks.contains(key))
    }

    /// Said of a kind that nothing acts on, whether or not there is one of it.
    private var storedOnly: String? {
        if ClusterTables.missingController(resourceKind) == nil { return nil }
        switch resourceKind {
        // What a cluster is born with is looked after.
        case .daemonSet: return "Only kube-proxy's is kept up: no controller for others yet."
        case .apiService: return "Only Drydock's own are served: no aggregator for others yet."
        default: return "Stored only: Drydock has no controller for them yet."
        }
    }

    private func renderEmpty(into frame: inout Frame, in rect: Rect, _ state: ConsoleState) {
        let plural = resourceKind.info.plural
        var lines: [String]
        if list.isBuilding {
            lines = ["Looking through \(plural)…"]
        } else if let filterProblem {
            lines = ["This filter is not valid."] + DisplayText.wrapped(filterProblem, to: rect.width - 4)
        } else if !rawFilter.isEmpty {
            lines = ["No \(plural) match “\(rawFilter)”.", "esc clears the filter."]
        } else if showsFaultsOnly {
            lines = ["All \(plural) here are well.", "F shows them all."]
        } else if let namespace = namespace(state), subject == nil,
            state.objects.object(ObjectKey(.namespace, name: namespace)) == nil
        {
            lines = ["There is no namespace \(namespace).", "0 shows all namespaces."]
        } else if let namespace = namespace(state), subject == nil {
            lines = ["No \(plural) in namespace \(namespace).", "0 shows all namespaces, c creates something."]
        } else {
            lines = ["No \(plural) here."]
        }
        let y = rect.y + max(1, rect.height / 2 - lines.count)
        if !list.isBuilding, let storedOnly { lines.append(storedOnly) }
        for (offset, line) in lines.enumerated() where y + offset < rect.maxY {
            frame.putFitted(
                line, x: rect.x, y: y + offset, columns: rect.width, alignment: .center,
                style: state.theme[line == storedOnly ? .warning : offset == 0 ? .text : .dim])
        }
    }

    // MARK: Input

    /// What the selection stands on, an object or a machine without one; nil where no row is.
    private var selectedRow: ObjectKey? {
        guard let key = selectedKey, list.isBuilding || list.index(of: key) != nil else { return nil }
        return key
    }

    /// The object that the selection stands on; nil where no row is. What a filter hides is not to be acted on.
    private func selectedObject(_ state: ConsoleState) -> KubeObject? {
        selectedRow.flatMap { state.objects.object($0) }
    }

    /// The marks that can be seen by scrolling, in order: what a filter or another namespace hides is not to be acted
    /// on. O(marks) once a change, O(1) from then on.
    private var shownMarks: [ObjectKey] {
        if let knownShown { return knownShown }
        let shown = marks.filter { list.index(of: $0) != nil }.sorted()
        knownShown = shown
        knownTargets = nil
        return shown
    }

    private func markedObjects(_ state: ConsoleState) -> [KubeObject] {
        let shown = shownMarks
        if let known = knownTargets, known.revision == state.objects.revision { return known.objects }
        let objects = shown.compactMap { state.objects.object($0) }
        knownTargets = (state.objects.revision, objects)
        return objects
    }

    /// What an action is about: the marked objects, or else the selected one. Looking and editing are about the row
    /// that the selection stands on, whatever is marked, as in k9s.
    private func targets(of action: Action, _ state: ConsoleState) -> [KubeObject] {
        if action.isAboutSelection || shownMarks.isEmpty { return selectedObject(state).map { [$0] } ?? [] }
        return markedObjects(state)
    }

    /// Of what an action is about, all rows where it is the machines' power, else a lone machine without an object.
    private func machineTargets(of action: Action) -> [ObjectKey]? {
        guard resourceKind == .node else { return nil }
        switch action {
        case .powerOff, .powerOn: return shownMarks.isEmpty ? selectedRow.map { [$0] } ?? [] : shownMarks
        case _ where action.isAboutSelection: return selectedRow.flatMap { list.isLostMachine($0) ? [$0] : nil }
        default: return nil
        }
    }

    func supports(_ action: Action, _ state: ConsoleState) -> Bool {
        if let keys = machineTargets(of: action) { return MachineActions.supports(action, keys, state) }
        switch action {
        case .mark: return list.count > 0
        case .markRange: return !shownMarks.isEmpty
        case .clearMarks: return !marks.isEmpty
        case .back: return !marks.isEmpty || !rawFilter.isEmpty || showsFaultsOnly
        case .faults: return RowColors.tellsFaults(resourceKind)
        case .filter, .sortColumnLeft, .sortColumnRight, .reverseSort: return true
        case .wide: return ClusterTables.columns(resourceKind).contains(where: \.isWide)
        case .sortByName, .sortByAge, .sortByStatus, .sortByReady, .sortByRestarts, .sortByNode:
            return sortTitles(action).contains { columns.index(titled: $0) != nil }
        case .sortByNamespace: return resourceKind.info.isNamespaced
        case .allNamespaces, .recentNamespace:
            // The pods of a node are those of all namespaces, whichever is chosen for the rest.
            guard case .current = scope else { return false }
            return resourceKind.info.isNamespaced
        case _ where action.isMove: return true
        default: return ObjectActions.supports(action, resourceKind, targets(of: action, state), state)
        }
    }

    func perform(_ action: Action, key: Key, _ state: ConsoleState) -> [Effect] {
        if let keys = machineTargets(of: action) { return MachineActions.perform(action, keys, state) }
        switch action {
        case .back:
            if !marks.isEmpty {
                marks = []
            } else if !rawFilter.isEmpty {
                setFilter("", isFinal: true, state)
            } else {
                showsFaultsOnly = false
            }
        case .faults: showsFaultsOnly.toggle()
        case .mark:
            if let key = selectedRow {
                if marks.remove(key) == nil { marks.insert(key) }
                move(.down, state)
            }
        case .markRange: markRange(state)
        case .clearMarks: marks = []
        case .wide: state.showsWide.toggle()
        case .sortByNamespace: sort(by: nil)
        case .sortByName, .sortByAge, .sortByStatus, .sortByReady, .sortByRestarts, .sortByNode:
            if let title = sortTitles(action).first(where: { columns.index(titled: $0) != nil }) { sort(by: title) }
        case .sortColumnLeft: moveSort(-1)
        case .sortColumnRight: moveSort(1)
        case .reverseSort: isDescending.toggle()
        case _ where action.isMove:
            if let key = action.widgetKey { move(key, state) }
        default: return ObjectActions.perform(action, resourceKind, targets(of: action, state), state)
        }
        return []
    }

    /// Marks the rows from the nearest mark above the selection to it, or else from the nearest below.
    /// Follows k9s `internal/ui/select_table.go` `SpanMark`.
    private func markRange(_ state: ConsoleState) {
        guard let key = selectedRow, let here = list.index(of: key) else { return }
        let places = shownMarks.compactMap { list.index(of: $0) }
        guard let from = places.filter({ $0 < here }).max() ?? places.filter({ $0 > here }).min() else { return }
        marks.formUnion((min(from, here)...max(from, here)).map { list.key(at: $0) })
    }

    private func sortTitles(_ action: Action) -> [String] {
        switch action {
        case .sortByName: ["NAME"]
        case .sortByAge: ["AGE", "LAST SEEN"]
        case .sortByStatus: ["STATUS", "TYPE"]
        case .sortByReady: ["READY"]
        case .sortByRestarts: ["RESTARTS"]
        case .sortByNode: ["NODE"]
        default: []
        }
    }

    /// Sorts by a column, or in the natural order for nil; by the one that bears the arrow, the other way round.
    private func sort(by title: String?) {
        let before = sortColumn
        sortTitle = title
        isDescending = sortColumn == before ? !isDescending : false
    }

    /// The column that bears the arrow: in the natural order that of namespaces, or else of names.
    private var sortColumn: Int {
        if let sorted = sortTitle.flatMap({ columns.index(titled: $0) }) { return sorted }
        return columns.columns.first?.source == .namespace ? 0 : columns.index(titled: "NAME") ?? 0
    }

    private func sort(byColumn index: Int) {
        let column = columns.columns[index]
        sort(by: column.source == .namespace ? nil : column.title)
    }

    /// Goes through the columns in sight, and on from one end to the other.
    private func moveSort(_ distance: Int) {
        let seen = (table.layout?.columns.map(\.index) ?? []).filter(columns.columns.indices.contains)
        let here = sortColumn
        let next = distance > 0 ? seen.first { $0 > here } ?? seen.first : seen.last { $0 < here } ?? seen.last
        if let next, next != here { sort(byColumn: next) }
    }

    private func move(_ key: Key, _ state: ConsoleState) {
        let total = list.count + ghostRows.count
        _ = table.handle(key, count: total)
        // Ghosts are not to be acted on: the selection goes on in its direction, or back.
        var index = table.selected
        let step = key == .up || key == .pageUp || key == .home ? -1 : 1
        while index >= 0, index < total, liveKey(at: index) == nil { index += step }
        if index >= 0, index < total { table.select(index, count: total) }
        selectedKey = liveKey(at: table.selected) ?? selectedKey
        followsTop = table.selected == 0
    }

    func handle(_ event: MouseEvent, _ state: ConsoleState) -> [Effect] {
        let total = list.count + ghostRows.count
        let before = table.selected
        let outcome = table.handle(event, count: total)
        switch outcome {
        case .header(let column): sort(byColumn: column)
        case .selected, .opened:
            // Ghosts are not to be acted on.
            guard let key = liveKey(at: table.selected) else {
                table.select(before, count: total)
                return []
            }
            selectedKey = key
            followsTop = table.selected == 0
            if case .opened = outcome, supports(.open, state) { return perform(.open, key: .enter, state) }
        case .scrolled:
            selectedKey = liveKey(at: table.selected) ?? selectedKey
            followsTop = table.selected == 0
        case .ignored: break
        }
        return []
    }

    // MARK: Filter

    var filterText: String? { rawFilter }

    func setFilter(_ text: String, isFinal: Bool, _ state: ConsoleState) {
        rawFilter = text
        do throws(FilterProblem) {
            filter = try RowFilter(text)
            filterProblem = nil
        } catch {
            filterProblem = error.message
        }
    }
}

/// Numbers with their thousands apart: `12,345`.
enum Grouped {
    static func text(_ number: Int) -> String {
        let digits = Array(String(number.magnitude))
        var text = number < 0 ? "-" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0 && (digits.count - index) % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return text
    }
}
