/// Amounts as they are added up: whoever keeps accounts of nodes and pods adds a thousand of them and more, and a
/// manifest may ask for as many cores as a number can say.
///
/// Upstream's sums of int64 wrap around there. Bounded, a thousand of them add up, and what asks for more than a node
/// could ever have does not fit on it.
extension Quantity {
    /// 2^53: eight pebibytes, or nine million million cores.
    public static var largestAccounted: Int { 1 << 53 }

    /// `value`, within the bound.
    public var accountedValue: Int { Quantity.bounded(value) }

    /// `milliValue`, within the bound.
    public var accountedMilliValue: Int { Quantity.bounded(milliValue) }

    static func bounded(_ amount: Int) -> Int { min(max(amount, -largestAccounted), largestAccounted) }
}
