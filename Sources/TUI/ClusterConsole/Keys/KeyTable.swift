import TerminalUI

/// Where a key is pressed: in a table of objects or in a text.
package enum KeyPlace: Sendable, CaseIterable {
    case table, text
}

/// One line of the key table.
package struct KeyBinding: Sendable {
    package let keys: [Key]
    package let action: Action
    /// One or two words, for the hint line.
    package let hint: String
    /// For the help.
    package let help: String
    /// How the keys are written in the help, when listing them all would be too long.
    let keyLabel: String?
    /// Where the keys mean this; nil for everywhere.
    package let place: KeyPlace?

    init(
        _ keys: [Key], _ action: Action, _ hint: String, _ help: String, keyLabel: String? = nil,
        only place: KeyPlace? = nil
    ) {
        self.keys = keys
        self.action = action
        self.hint = hint
        self.help = help
        self.keyLabel = keyLabel
        self.place = place
    }

    package var label: String { keyLabel ?? keys.map(\.label).joined(separator: " ") }
    /// The first key, for the hint line.
    package var shortLabel: String { keyLabel ?? keys.first?.label ?? "" }
}

/// The one table of keys: it dispatches them, and the help and the hint line are made from it. A view says which
/// actions it has; a key whose action it has not does nothing there.
///
/// A key means one thing everywhere, as far as k9s users' hands allow: shift-N alone orders tables by name and goes to
/// the previous match in texts, as it does there.
package enum KeyTable {
    package struct Section: Sendable {
        package let title: String
        package let bindings: [KeyBinding]
    }

    package static let sections: [Section] = [
        Section(
            title: "Look",
            bindings: [
                KeyBinding([.enter], .open, "open", "go into it: pods, or describe"),
                KeyBinding([.character("d")], .describe, "describe", "describe, as kubectl does"),
                KeyBinding([.character("y")], .yaml, "yaml", "show as YAML"),
                KeyBinding([.character("e")], .events, "events", "events about the object"),
                KeyBinding([.character("v")], .rules, "rules", "the proxy's rules, live"),
                KeyBinding([.character("o")], .showNode, "node", "the node it runs on"),
                KeyBinding([.character("J")], .showOwner, "owner", "what it belongs to"),
                KeyBinding([.escape], .back, "back", "back: filter, marks, then view"),
            ]),
        Section(
            title: "Act",
            bindings: [
                KeyBinding([.character("c")], .create, "create", "create an object"),
                KeyBinding([.character("E")], .edit, "edit", "edit in $EDITOR"),
                KeyBinding([.character("i")], .setImage, "image", "set its containers' images"),
                KeyBinding([.character("s")], .scale, "scale", "set the replicas"),
                KeyBinding([.character("r")], .restart, "restart", "restart a rollout"),
                KeyBinding([.character("b")], .rollBack, "roll back", "to an earlier revision"),
                KeyBinding([.control("d")], .delete, "delete", "delete, after asking"),
                KeyBinding([.control("k")], .kill, "kill", "delete now, without grace"),
            ]),
        Section(
            title: "Nodes",
            bindings: [
                KeyBinding([.character("x")], .powerOff, "power off", "cut a node's power"),
                KeyBinding([.character("X")], .powerOn, "power on", "give it back"),
                KeyBinding([.character("C")], .cordon, "cordon", "no new pods"),
                KeyBinding([.character("U")], .uncordon, "uncordon", "new pods again"),
                KeyBinding([.character("D")], .drain, "drain", "cordon and evict, or stop that"),
            ]),
        Section(
            title: "Time",
            bindings: [
                KeyBinding([.character("p")], .pauseClock, "pause", "pause and go on"),
                KeyBinding([.character(".")], .stepClock, "step", "one event, then stand still"),
                KeyBinding([.character("-")], .slower, "slower", "the next slower speed"),
                KeyBinding([.character("+"), .character("=")], .faster, "faster", "the next faster speed, up to max"),
            ]),
        Section(
            title: "Find",
            bindings: [
                KeyBinding([.character(":")], .command, "go to", "go to a kind, or command"),
                KeyBinding([.character("/")], .filter, "filter", "filter rows, search text"),
                KeyBinding([.character("F")], .faults, "faults", "only what is not well, or all"),
                KeyBinding([.character("[")], .earlierView, "earlier", "the view of the command before"),
                KeyBinding([.character("]")], .laterView, "later", "the view of the command after"),
                KeyBinding([.character("n")], .nextMatch, "next", "next match", only: .text),
                KeyBinding([.character("N")], .previousMatch, "previous", "previous match", only: .text),
                KeyBinding([.character("0")], .allNamespaces, "all", "all namespaces"),
                KeyBinding(
                    (1...9).map { .character(Character("\($0)")) }, .recentNamespace, "namespace", "a recent namespace",
                    keyLabel: "1…9"),
                KeyBinding([.character(" ")], .mark, "mark", "mark for the next action"),
                KeyBinding(
                    [.control("@")], .markRange, "mark range", "mark from the nearest mark to here",
                    keyLabel: "ctrl-space"),
                KeyBinding([.control("\\")], .clearMarks, "unmark", "clear all marks"),
            ]),
        Section(
            title: "Order",
            bindings: [
                KeyBinding([.character("<")], .sortColumnLeft, "sort left", "by the column to the left"),
                KeyBinding([.character(">")], .sortColumnRight, "sort right", "by the column to the right"),
                KeyBinding([.character("I")], .reverseSort, "reverse", "the other way round"),
                KeyBinding([.character("N")], .sortByName, "by name", "by name", only: .table),
                KeyBinding([.character("P")], .sortByNamespace, "by namespace", "by namespace and name"),
                KeyBinding([.character("A")], .sortByAge, "by age", "by age"),
                KeyBinding([.character("S")], .sortByStatus, "by status", "by status"),
                KeyBinding([.character("R")], .sortByReady, "by ready", "by readiness"),
                KeyBinding([.character("T")], .sortByRestarts, "by restarts", "by restarts"),
                KeyBinding([.character("O")], .sortByNode, "by node", "by node"),
            ]),
        Section(
            title: "Move",
            bindings: [
                KeyBinding([.up, .character("k")], .moveUp, "up", "up"),
                KeyBinding([.down, .character("j")], .moveDown, "down", "down"),
                KeyBinding([.pageUp, .control("b")], .pageUp, "page up", "a page up", keyLabel: "pgup ctrl-b"),
                KeyBinding([.pageDown, .control("f")], .pageDown, "page down", "a page down", keyLabel: "pgdn ctrl-f"),
                KeyBinding([.character("g"), .home], .moveToTop, "top", "to the top"),
                KeyBinding([.character("G"), .end], .moveToBottom, "bottom", "to the bottom"),
                KeyBinding([.left], .scrollLeft, "left", "columns to the left"),
                KeyBinding([.right], .scrollRight, "right", "columns to the right"),
            ]),
        Section(
            title: "Drydock",
            bindings: [
                KeyBinding([.control("w")], .wide, "wide", "more columns, or fewer"),
                KeyBinding([.character("w")], .wrap, "wrap", "wrap long lines, or cut them"),
                KeyBinding([.character("?"), .function(1)], .help, "help", "this help", keyLabel: "? f1"),
                KeyBinding([.character("q"), .control("c")], .quit, "quit", "leave", keyLabel: "q ctrl-c"),
            ]),
    ]

    /// The order in which the hint line names actions while there is room.
    static let hintOrder: [Action] = [
        .open, .back, .command, .filter, .describe, .rules, .powerOff, .powerOn, .drain, .scale, .setImage, .restart,
        .yaml, .events, .create, .faults, .cordon, .uncordon, .rollBack, .delete, .edit, .nextMatch, .wrap, .pauseClock,
        .faster, .mark, .showNode, .showOwner, .slower, .stepClock, .wide, .kill, .allNamespaces,
    ]

    private static let byKey: [KeyPlace: [Key: KeyBinding]] = {
        var tables: [KeyPlace: [Key: KeyBinding]] = [:]
        for place in KeyPlace.allCases {
            for binding in sections.flatMap(\.bindings) where binding.place == nil || binding.place == place {
                for key in binding.keys {
                    let previous = tables[place, default: [:]].updateValue(binding, forKey: key)
                    precondition(previous == nil, "\(key.notation) has two meanings")
                }
            }
        }
        return tables
    }()

    /// What a key means in a place; nil for nothing. O(1).
    package static func binding(for key: Key, in place: KeyPlace) -> KeyBinding? { byKey[place]?[key] }

    package static func binding(for action: Action) -> KeyBinding? {
        sections.lazy.flatMap(\.bindings).first { $0.action == action }
    }
}
