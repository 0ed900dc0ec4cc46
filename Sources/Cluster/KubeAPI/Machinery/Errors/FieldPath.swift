/// The way to a field, as in `spec.containers[0].ports[1].name` or `metadata.labels[app]`.
///
/// A path is a reference to its last step, so that walking down costs one small allocation a step, and text is made
/// only for those that end up in a message. Follows apimachinery `pkg/util/validation/field/path.go`.
public struct FieldPath: Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    private enum Step: Sendable {
        case child(String)
        case index(Int)
        case key(String)
    }

    private final class Node: Sendable {
        let parent: Node?
        let step: Step

        init(parent: Node?, step: Step) {
            self.parent = parent
            self.step = step
        }
    }

    private let last: Node?

    private init(_ parent: Node?, _ step: Step) { last = Node(parent: parent, step: step) }

    /// The object itself.
    public init() { last = nil }

    /// A field of the object.
    public init(_ name: String) { self.init(nil, .child(name)) }

    public init(stringLiteral name: String) { self.init(nil, .child(name)) }

    /// A field of what this path leads to.
    public func child(_ name: String) -> FieldPath { FieldPath(last, .child(name)) }

    /// A field of a field, and so on.
    public func child(_ name: String, _ more: String...) -> FieldPath {
        var path = child(name)
        for name in more { path = path.child(name) }
        return path
    }

    /// An element of a list.
    public func index(_ index: Int) -> FieldPath { FieldPath(last, .index(index)) }

    /// An entry of a map, or of a list by its key.
    public func key(_ key: String) -> FieldPath { FieldPath(last, .key(key)) }

    /// O(length). The empty path reads `<nil>`, as upstream's.
    public var description: String {
        guard last != nil else { return "<nil>" }
        var steps: [Step] = []
        var node = last
        while let step = node {
            steps.append(step.step)
            node = step.parent
        }
        var text = ""
        for step in steps.reversed() {
            switch step {
            // A field without a name is one by an empty index, as upstream has it for a whole object.
            case .child(""): text += "[]"
            case .child(let name): text += text.isEmpty ? name : "." + name
            case .index(let index): text += "[\(index)]"
            case .key(let key): text += "[\(key)]"
            }
        }
        return text
    }
}
