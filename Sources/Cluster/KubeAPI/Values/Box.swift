/// The heap box of a wide generated struct: copying the struct copies one reference.
///
/// Immutable once shared: a struct writes only into a box that it alone holds (`isKnownUniquelyReferenced`), which is
/// why sending boxes between threads is safe.
public final class Box<Fields>: @unchecked Sendable {
    public var fields: Fields

    @inlinable
    public init(_ fields: Fields) { self.fields = fields }

    /// The fields in place: reading through here copies nothing and counts no references.
    @inline(__always)
    var borrowed: Fields {
        _read { yield fields }
    }
}
