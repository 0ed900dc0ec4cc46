import ClusterCore
import KubeAPI
import KubeClient
import KubeCluster
import TerminalUI

/// What a view or a layer asks of the console. Neither edits the stack that it stands in.
enum Effect {
    /// Goes into a view; esc comes back.
    case open(any ConsoleView)
    /// Replaces all views, as a command does.
    case replaceViews(any ConsoleView)
    /// Leaves the view on top.
    case closeView
    /// Puts a layer over everything.
    case push(any Layer)
    /// Takes the layer that asks away.
    case dismiss
    /// Hands a command to the cluster; its outcome goes to `onOutcome`, or is shown.
    case send(ClusterCommand, onOutcome: ((CommandOutcome) -> [Effect])? = nil)
    case toast(String, Role)
    case request(ExternalRequest, then: (ExternalResult) -> [Effect])
    case runCommandLine(String)
    /// As if its key had been pressed: the one that was, where it has several.
    case runAction(Action, key: Key? = nil)
    /// Hands an event to what is below, after the layer that it came to was taken away.
    case passOn(InputEvent)
    /// Objects that a command is about to create, for what quitting says.
    case noteCreation([ObjectKey])
    /// All that was made is in a file now, as it was at a revision.
    case noteSaving(Revision)
    case setNamespace(String?)
    /// The theme changed through a command.
    case setTheme(Theme)
    case quit
}

/// Something over the views that takes keys: the command bar, a dialog, a form, the help. It consumes an event or
/// passes it on to what is below.
protocol Layer: AnyObject {
    /// The effects of an event; nil passes it on.
    func handle(_ event: InputEvent, _ state: ConsoleState) -> [Effect]?
    /// Draws over the whole screen; returns where the cursor stands, nil for none.
    func render(into frame: inout Frame, _ state: ConsoleState) -> Point?
    /// What the hint line says while this layer is on top; nil leaves what the view says.
    var hints: [(key: String, text: String)]? { get }
    func apply(_ update: ClusterUpdate, _ state: ConsoleState)
}

extension Layer {
    var hints: [(key: String, text: String)]? { nil }
    func apply(_ update: ClusterUpdate, _ state: ConsoleState) {}
}

/// One of the pages that the console shows, under its header.
protocol ConsoleView: AnyObject {
    /// What it is, as far as keys go.
    var place: KeyPlace { get }
    /// In the breadcrumbs: `pods`, `web`.
    var crumb: String { get }
    /// In the frame's title: `pods(default)[12]`.
    func title(_ state: ConsoleState) -> [Span]
    /// At the right of the frame's foot: `3/12`.
    func footer(_ state: ConsoleState) -> [Span]
    /// Whether an action means something here now. Decides on keys, help and hints alike.
    func supports(_ action: Action, _ state: ConsoleState) -> Bool
    /// Carries out an action that it supports.
    func perform(_ action: Action, key: Key, _ state: ConsoleState) -> [Effect]
    func handle(_ event: MouseEvent, _ state: ConsoleState) -> [Effect]
    /// What the filter bar edits; nil when the view has none.
    var filterText: String? { get }
    /// What is wrong with the filter, said where it is typed; nil for nothing.
    var filterProblem: String? { get }
    /// Called at every key in the filter bar, and with `isFinal` when it is left with enter.
    func setFilter(_ text: String, isFinal: Bool, _ state: ConsoleState)
    /// Something changed; called for views that are covered, too. Costs O(changes) at most.
    func apply(_ update: ClusterUpdate, _ state: ConsoleState)
    /// Work that is left to do in slices; each slice stays within a few milliseconds.
    func work(_ state: ConsoleState)
    var hasWork: Bool { get }
    func render(into frame: inout Frame, in rect: Rect, _ state: ConsoleState)
    /// When it next wants to be drawn for an animation, in wall seconds; nil for never.
    func nextRedraw(_ state: ConsoleState) -> Double?
}

extension ConsoleView {
    func footer(_ state: ConsoleState) -> [Span] { [] }
    func handle(_ event: MouseEvent, _ state: ConsoleState) -> [Effect] { [] }
    var filterText: String? { nil }
    var filterProblem: String? { nil }
    func setFilter(_ text: String, isFinal: Bool, _ state: ConsoleState) {}
    func apply(_ update: ClusterUpdate, _ state: ConsoleState) {}
    func work(_ state: ConsoleState) {}
    var hasWork: Bool { false }
    func nextRedraw(_ state: ConsoleState) -> Double? { nil }
}

/// What the console needs from outside: an editor, a file. The driver carries it out and answers.
package enum ExternalRequest: Sendable, Equatable {
    /// Lets the user edit a text. `name` is a file name for it, such as `deployment-web.yaml`.
    case edit(text: String, name: String)
    case readFile(path: String)
    case writeFile(path: String, text: String)
}

package enum ExternalResult: Sendable, Equatable {
    /// The edited text, or what is in the file.
    case text(String)
    case done
    /// The user left the text as it was.
    case unchanged
    /// It did not work, and why.
    case failed(String)
}

/// What is wrong with a manifest, in one line.
package struct ManifestProblem: Error, Sendable, Equatable {
    package var message: String
    package init(_ message: String) { self.message = message }
}
