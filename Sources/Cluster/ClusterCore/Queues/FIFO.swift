/// First come, first served. Each operation is O(1), amortised.
///
/// What was taken leaves a gap at the front, which is closed when it is longer than the rest:
///
///     append a, b, c     a b c
///     popFirst           · b c      returns a
///     popFirst           · · c      returns b
///     popFirst                      returns c, and the storage is used anew
public struct FIFO<Element> {
    private var elements: [Element] = []
    private var head = 0
    /// Shorter gaps are not worth the move.
    private static var shortGap: Int { 1024 }

    public init() {}

    public var count: Int { elements.count - head }
    public var isEmpty: Bool { head == elements.count }
    public var first: Element? { isEmpty ? nil : elements[head] }

    public mutating func append(_ element: Element) { elements.append(element) }

    public mutating func popFirst() -> Element? {
        guard !isEmpty else { return nil }
        let element = elements[head]
        head += 1
        if head == elements.count {
            elements.removeAll(keepingCapacity: true)
            head = 0
        } else if head > FIFO.shortGap, head * 2 > elements.count {
            elements.removeFirst(head)
            head = 0
        }
        return element
    }
}
