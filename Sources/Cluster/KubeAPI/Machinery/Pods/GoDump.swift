/// A pod template as Go prints its memory for a hash of it: every field with its name and type, also those that are
/// not set. ReplicaSets are called by that hash, so that to print the same is to give the same names.
///
/// For example, of a label and nothing else: `(v1.PodTemplateSpec){ObjectMeta:(v1.ObjectMeta){Name:(string) …
/// Labels:(map[string]string)map[app:nginx] …} Spec:(v1.PodSpec){Volumes:([]v1.Volume)<nil> …}}`.
///
/// Follows apimachinery pkg/util/dump `ForHash` and github.com/davecgh/go-spew/spew format.go, with the flag `#` and
/// keys in order.
extension PodTemplateSpec {
    /// Complexity: O(the template's size and the number of its types' fields): some ten kilobytes.
    public var goDump: [UInt8] {
        var writer = GoDumpWriter()
        writer.write("(v1.PodTemplateSpec)")
        do throws(JSONFailure) {
            writer.object("PodTemplateSpec", try JSONValue.decode(json).objectValue)
        } catch {
            preconditionFailure("a template's own text can be read")
        }
        return writer.bytes
    }
}

private struct GoDumpWriter {
    private(set) var bytes: [UInt8] = []

    init() { bytes.reserveCapacity(16 << 10) }

    mutating func write(_ text: String) { bytes += text.utf8 }

    /// A struct whose absent members have Go's zero.
    mutating func object(_ type: String, _ members: StringMap<JSONValue>?) {
        guard let layout = GoLayout.all[type] else { return write("<nil>") }
        write("{")
        for field in layout.fields {
            bytes += field.head
            let member = members?[field.name].flatMap { $0.isNull ? nil : $0 }
            if member == nil, field.isPointer { write("<nil>") } else { value(field.kind, member) }
            if field.isLastOfEmbedded { write("}") }
        }
        write("}")
    }

    private mutating func value(_ kind: GoLayout.Kind, _ value: JSONValue?) {
        switch kind {
        case .string: write(value?.stringValue ?? "")
        case .integer: write(String(value?.intValue ?? 0))
        case .bool: write(value?.boolValue == true ? "true" : "false")
        case .object(let name): object(name, value?.objectValue)
        case .list(let entry): list(entry, value?.arrayValue ?? [])
        case .map(let entry): map(entry, value?.objectValue ?? [:])
        case .quantity: quantity(value?.stringValue ?? "0")
        case .intOrString: intOrString(value)
        // Templates are not made at a time; who writes one there gets another hash than Go's, which prints the zone.
        case .time: write("{Time:(time.Time){wall:(uint64)0 ext:(int64)0 loc:(*time.Location)<nil>}}")
        case .other: write("<nil>")
        }
    }

    /// Coders make no empty lists and maps: Go has none there either.
    private mutating func list(_ kind: GoLayout.Kind, _ entries: [JSONValue]) {
        if entries.isEmpty { return write("<nil>") }
        write("[")
        for (index, entry) in entries.enumerated() {
            if index > 0 { write(" ") }
            value(kind, entry)
        }
        write("]")
    }

    private mutating func map(_ kind: GoLayout.Kind, _ entries: StringMap<JSONValue>) {
        if entries.isEmpty { return write("<nil>") }
        write("map[")
        for (index, entry) in entries.enumerated() {
            if index > 0 { write(" ") }
            write(entry.0)
            write(":")
            value(kind, entry.1)
        }
        write("]")
    }

    private mutating func intOrString(_ value: JSONValue?) {
        if let text = value?.stringValue {
            write("{Type:(intstr.Type)1 IntVal:(int32)0 StrVal:(string)\(text)}")
        } else {
            write("{Type:(intstr.Type)0 IntVal:(int32)\(value?.intValue ?? 0) StrVal:(string)}")
        }
    }

    /// A quantity as Go's parser leaves it: as a whole number and a scale, with its text, or, if it is too large for
    /// that, as a number of any size. Follows apimachinery pkg/api/resource/quantity.go `ParseQuantity`.
    private mutating func quantity(_ text: String) {
        let parts = GoQuantityParts(text)
        write("{i:(resource.int64Amount){value:(int64)\(parts.isLarge ? 0 : parts.value) ")
        write("scale:(resource.Scale)\(parts.isLarge ? 0 : parts.scale)} d:(resource.infDecAmount){Dec:(*inf.Dec)")
        if parts.isLarge {
            write("{unscaled:(big.Int){neg:(bool)\(parts.value < 0) abs:(big.nat)[\(parts.value.magnitude)]} ")
            write("scale:(inf.Scale)\(-parts.scale)}")
        } else {
            write("<nil>")
        }
        write("} s:(string)\(parts.isLarge ? "" : text) Format:(resource.Format)\(parts.format)}")
    }
}

/// A canonical quantity's text, taken apart: 500m is 500 at a scale of -3, 1Ki is 1024.
private struct GoQuantityParts {
    private(set) var value = 0
    private(set) var scale = 0
    private(set) var format = ""
    /// Whether Go does not try to keep it in 64 bits.
    private(set) var isLarge = false

    private static let binary = ["Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60]
    private static let decimal = [
        "n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18,
    ]
    /// The digits that surely fit into 64 bits.
    private static let mostDigits = (decimal: 18, binary: 15)

    init(_ text: String) {
        if text == "0" { return }
        let number = text.prefix { $0 == "-" || $0 == "+" || $0.isWholeNumber }
        let suffix = String(text.dropFirst(number.count))
        let digits = number.drop { $0 == "-" || $0 == "+" || $0 == "0" }.count
        value = Int(number) ?? 0
        if let exponent = GoQuantityParts.binary[suffix] {
            format = "BinarySI"
            isLarge = GoQuantityParts.mostDigits.binary - digits - exponent * 3 / 10 - 1 < 0
            let (product, overflow) = value.multipliedReportingOverflow(by: 1 << exponent)
            value = overflow ? (value < 0 ? -.max : .max) : product
            return
        }
        format = GoQuantityParts.decimal[suffix] == nil ? "DecimalExponent" : "DecimalSI"
        scale = GoQuantityParts.decimal[suffix] ?? Int(suffix.dropFirst()) ?? 0
        isLarge = digits > GoQuantityParts.mostDigits.decimal
    }
}
