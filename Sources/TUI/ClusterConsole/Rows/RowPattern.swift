/// A regular expression, matched anywhere in a row and without regard to case, as k9s matches its filters.
///
/// It reads the syntax of Go's `regexp` and, like it, never backtracks: all ways through the pattern are followed side
/// by side, so that no pattern can hold the console up. For example `web-[0-9]+ .*Running$`:
///
///     parse      a tree: w e b - (one or more of a set) blank (any, any number of times) R u … end
///     compile    steps: a letter or a set takes a character, a fork goes two ways, an assertion looks around
///     matches    at each character, the set of steps that the text so far can have led to
///
/// Matching costs O(steps × characters) at most.
package struct RowPattern: Equatable, Sendable {
    package let text: String
    private let steps: [Step]

    /// Throws what is wrong with the pattern, in Go's words.
    package init(_ text: String) throws(FilterProblem) {
        self.text = text
        var parser = RowPatternParser(text)
        let tree = try parser.parse()
        var compiler = Compiler()
        compiler.add(tree)
        compiler.steps.append(.accept)
        // As much as Go allows to a program after its repetitions are written out, within an order of magnitude.
        if compiler.isTooLarge { throw FilterProblem("expression too large") }
        steps = compiler.steps
    }

    // MARK: Steps

    fileprivate enum Step: Equatable, Sendable {
        case character(UInt32)
        case any
        case set(CharacterRanges)
        /// Goes on at both places.
        case fork(Int, Int)
        case jump(Int)
        case assertion(RowPatternTree.Assertion)
        case accept
    }

    /// Writes a tree as steps.
    private struct Compiler {
        static let maximumSteps = 20_000
        var steps: [Step] = []
        var isTooLarge: Bool { steps.count > Compiler.maximumSteps }

        mutating func add(_ tree: RowPatternTree) {
            if isTooLarge { return }
            switch tree {
            case .empty: break
            case .character(let scalar): steps.append(.character(scalar))
            case .any: steps.append(.any)
            case .set(let ranges): steps.append(.set(ranges))
            case .assertion(let assertion): steps.append(.assertion(assertion))
            case .sequence(let parts): for part in parts { add(part) }
            case .alternatives(let parts): alternatives(parts)
            case .repeated(let part, let minimum, let maximum): repeated(part, minimum, maximum)
            }
        }

        private mutating func alternatives(_ parts: [RowPatternTree]) {
            var jumps: [Int] = []
            for (index, part) in parts.enumerated() {
                if index == parts.count - 1 {
                    add(part)
                    continue
                }
                let fork = steps.count
                steps.append(.fork(fork + 1, 0))
                add(part)
                jumps.append(steps.count)
                steps.append(.jump(0))
                steps[fork] = .fork(fork + 1, steps.count)
            }
            for jump in jumps { steps[jump] = .jump(steps.count) }
        }

        private mutating func repeated(_ part: RowPatternTree, _ minimum: Int, _ maximum: Int?) {
            for _ in 0..<minimum where !isTooLarge { add(part) }
            guard let maximum else {
                let fork = steps.count
                steps.append(.fork(fork + 1, 0))
                add(part)
                steps.append(.jump(fork))
                steps[fork] = .fork(fork + 1, steps.count)
                return
            }
            var forks: [Int] = []
            for _ in minimum..<max(minimum, maximum) where !isTooLarge {
                forks.append(steps.count)
                steps.append(.fork(steps.count + 1, 0))
                add(part)
            }
            for fork in forks { steps[fork] = .fork(fork + 1, steps.count) }
        }
    }

    // MARK: Matching

    /// Steps that wait for a character, and every step that was passed on the way to them.
    private struct Reached {
        private var isIn: [Bool]
        private var passed: [Int] = []
        private(set) var waiting: [Int] = []

        init(count: Int) { isIn = Array(repeating: false, count: count) }

        mutating func insert(_ step: Int) -> Bool {
            if isIn[step] { return false }
            isIn[step] = true
            passed.append(step)
            return true
        }

        mutating func wait(at step: Int) { waiting.append(step) }

        mutating func removeAll() {
            for step in passed { isIn[step] = false }
            passed.removeAll(keepingCapacity: true)
            waiting.removeAll(keepingCapacity: true)
        }
    }

    /// Whether the pattern is somewhere in a text. O(steps × characters).
    package func matches(_ text: String) -> Bool {
        var current = Reached(count: steps.count)
        var next = Reached(count: steps.count)
        var todo: [Int] = []
        var scalars = text.unicodeScalars.makeIterator()
        var previous: UInt32?
        var following = scalars.next()?.value
        while true {
            // A match may begin at every character.
            if follow(0, into: &current, &todo, previous, following) { return true }
            guard let scalar = following else { return false }
            following = scalars.next()?.value
            let folded = CaseFolding.lowercased(scalar)
            for step in current.waiting where takes(step, scalar, folded) {
                if follow(step + 1, into: &next, &todo, scalar, following) { return true }
            }
            previous = scalar
            swap(&current, &next)
            next.removeAll()
        }
    }

    private func takes(_ step: Int, _ scalar: UInt32, _ folded: UInt32) -> Bool {
        switch steps[step] {
        case .character(let wanted): folded == wanted
        case .any: scalar != 0x0A
        case .set(let ranges): ranges.contains(scalar)
        default: false
        }
    }

    /// Adds a step and all that it leads to without taking a character; true when that is the end.
    private func follow(
        _ start: Int, into reached: inout Reached, _ todo: inout [Int], _ previous: UInt32?, _ following: UInt32?
    ) -> Bool {
        todo.append(start)
        defer { todo.removeAll(keepingCapacity: true) }
        while let step = todo.popLast() {
            guard reached.insert(step) else { continue }
            switch steps[step] {
            case .accept: return true
            case .jump(let target): todo.append(target)
            case .fork(let first, let second):
                todo.append(second)
                todo.append(first)
            case .assertion(let assertion):
                if assertion.holds(between: previous, and: following) { todo.append(step + 1) }
            case .character, .any, .set: reached.wait(at: step)
            }
        }
        return false
    }
}

/// What is wrong with a filter, for the line that it is typed in.
package struct FilterProblem: Error, Equatable {
    package let message: String

    package init(_ message: String) { self.message = message }
}

/// The simple case of characters, enough to compare them without regard to it.
enum CaseFolding {
    static func lowercased(_ scalar: UInt32) -> UInt32 {
        if scalar < 0x80 { return (0x41...0x5A).contains(scalar) ? scalar + 0x20 : scalar }
        return single(scalar) { $0.lowercaseMapping }
    }

    static func uppercased(_ scalar: UInt32) -> UInt32 {
        if scalar < 0x80 { return (0x61...0x7A).contains(scalar) ? scalar - 0x20 : scalar }
        return single(scalar) { $0.uppercaseMapping }
    }

    private static func single(_ scalar: UInt32, _ mapping: (Unicode.Scalar.Properties) -> String) -> UInt32 {
        guard let character = Unicode.Scalar(scalar) else { return scalar }
        let mapped = mapping(character.properties).unicodeScalars
        // Characters whose other case is several stay themselves.
        return mapped.count == 1 ? mapped.first?.value ?? scalar : scalar
    }
}
