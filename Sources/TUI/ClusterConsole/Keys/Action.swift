import TerminalUI

/// Everything that a key can ask for. A key asks for the same thing wherever it means anything.
package enum Action: String, CaseIterable, Sendable {
    // Moving.
    case moveUp, moveDown, pageUp, pageDown, moveToTop, moveToBottom, scrollLeft, scrollRight
    case open, back
    // Looking.
    case describe, yaml, events, rules, showNode, showOwner
    case command, filter, faults, help, wide, wrap, nextMatch, previousMatch, earlierView, laterView
    case allNamespaces, recentNamespace
    // Ordering.
    case sortByName, sortByNamespace, sortByAge, sortByStatus, sortByReady, sortByRestarts, sortByNode
    case sortColumnLeft, sortColumnRight, reverseSort
    // Marking.
    case mark, markRange, clearMarks
    // Objects.
    case create, edit, setImage, scale, restart, rollBack, delete, kill
    // Nodes.
    case powerOff, powerOn, cordon, uncordon, drain
    // Time.
    case pauseClock, stepClock, slower, faster
    case quit

    /// Moves within what is shown, which the hint line leaves unsaid.
    var isMove: Bool {
        switch self {
        case .moveUp, .moveDown, .pageUp, .pageDown, .moveToTop, .moveToBottom, .scrollLeft, .scrollRight: true
        default: false
        }
    }

    /// Concerns one object at a time, the one that the selection stands on.
    var isAboutSelection: Bool {
        switch self {
        case .open, .describe, .yaml, .events, .rules, .showNode, .showOwner, .edit, .setImage: true
        default: false
        }
    }

    /// The key that the widgets know a move by, whichever key was pressed.
    var widgetKey: Key? {
        switch self {
        case .moveUp: .up
        case .moveDown: .down
        case .pageUp: .pageUp
        case .pageDown: .pageDown
        case .moveToTop: .home
        case .moveToBottom: .end
        case .scrollLeft: .left
        case .scrollRight: .right
        default: nil
        }
    }
}
