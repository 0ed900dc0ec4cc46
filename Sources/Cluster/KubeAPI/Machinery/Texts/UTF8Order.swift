/// Whether `left` comes before `right` by UTF-8 bytes, as Go's strings and etcd's keys are sorted.
@inlinable
public func precedesUTF8(_ left: String, _ right: String) -> Bool { compareUTF8(left, right) < 0 }
