// Times, quantities and maps, each a message of its own.

extension ProtobufWriter {
    /// No time at all is an empty message. Seconds only, though the message has room for nanoseconds: JSON has no more,
    /// and the two must agree (apimachinery `time_proto.go`).
    public mutating func time(_ number: Int, _ value: Time) {
        let end = count
        if !value.isZero {
            int(2, 0)
            int(1, value.seconds)
        }
        finishMessage(number, end)
    }

    public mutating func time(_ number: Int, _ value: Time?) {
        if let value { time(number, value) }
    }

    public mutating func plainTime(_ number: Int, _ value: Time?) { time(number, value ?? Time()) }

    public mutating func microTime(_ number: Int, _ value: MicroTime) {
        let end = count
        if !value.isZero {
            let (seconds, microseconds) = floorDivide(value.microseconds, 1_000_000)
            int(2, microseconds * 1000)
            int(1, seconds)
        }
        finishMessage(number, end)
    }

    public mutating func microTime(_ number: Int, _ value: MicroTime?) {
        if let value { microTime(number, value) }
    }

    public mutating func plainMicroTime(_ number: Int, _ value: MicroTime?) {
        microTime(number, value ?? MicroTime())
    }

    public mutating func quantity(_ number: Int, _ value: Quantity) {
        let end = count
        string(1, value.text)
        finishMessage(number, end)
    }

    public mutating func quantity(_ number: Int, _ value: Quantity?) {
        if let value { quantity(number, value) }
    }

    public mutating func plainQuantity(_ number: Int, _ value: Quantity?) { quantity(number, value ?? Quantity()) }

    public mutating func quantities(_ number: Int, _ values: [Quantity]) {
        for value in values.reversed() { quantity(number, value) }
    }

    public mutating func intOrString(_ number: Int, _ value: IntOrString) {
        let end = count
        switch value {
        case .int(let value):
            string(3, "")
            int(2, value)
            int(1, 0)
        case .string(let value):
            string(3, value)
            int(2, 0)
            int(1, 1)
        }
        finishMessage(number, end)
    }

    public mutating func intOrString(_ number: Int, _ value: IntOrString?) {
        if let value { intOrString(number, value) }
    }

    public mutating func plainIntOrString(_ number: Int, _ value: IntOrString?) {
        intOrString(number, value ?? .int(0))
    }

    /// `metav1.Duration`, which JSON writes as `1m0s`: nanoseconds.
    public mutating func duration(_ number: Int, _ value: String) {
        let end = count
        int(1, GoDuration.nanoseconds(value) ?? 0)
        finishMessage(number, end)
    }

    public mutating func fieldsV1(_ number: Int, _ value: FieldsV1?) {
        guard let value else { return }
        let end = count
        raw(value.json)
        finishMessage(1, end)
        finishMessage(number, end)
    }

    /// `runtime.RawExtension`, and a schema's `JSON`: JSON in a message of its own.
    public mutating func raw(_ number: Int, _ value: JSONValue) {
        let end = count
        if !value.isNull {
            let inner = count
            var json = JSONWriter()
            value.encode(into: &json)
            json.withBytes { raw($0) }
            finishMessage(1, inner)
        }
        finishMessage(number, end)
    }

    public mutating func raw(_ number: Int, _ value: JSONValue?) {
        if let value { raw(number, value) }
    }

    public mutating func raws(_ number: Int, _ values: [JSONValue]) {
        for value in values.reversed() { raw(number, value) }
    }

    // MARK: Maps

    @inline(__always)
    private mutating func map<Value>(
        _ number: Int, _ map: StringMap<Value>, _ write: (inout ProtobufWriter, Value) -> Void
    ) {
        for entry in map.entries.reversed() {
            let end = count
            write(&self, entry.value)
            string(1, entry.key)
            finishMessage(number, end)
        }
    }

    public mutating func stringMap(_ number: Int, _ values: StringMap<String>) {
        map(number, values) { writer, value in writer.string(2, value) }
    }

    public mutating func bytesMap(_ number: Int, _ values: StringMap<Base64Data>) {
        map(number, values) { writer, value in writer.bytes(2, value) }
    }

    public mutating func quantityMap(_ number: Int, _ values: StringMap<Quantity>) {
        map(number, values) { writer, value in writer.quantity(2, value) }
    }

    public mutating func timeMap(_ number: Int, _ values: StringMap<Time>) {
        map(number, values) { writer, value in writer.time(2, value) }
    }

    /// `ExtraValue`: lists of strings, each in a message of its own.
    public mutating func stringsMap(_ number: Int, _ values: StringMap<[String]>) {
        map(number, values) { writer, value in
            let end = writer.count
            writer.strings(1, value)
            writer.finishMessage(2, end)
        }
    }

    public mutating func messageMap<Value: ProtobufCodable>(_ number: Int, _ values: StringMap<Value>) {
        map(number, values) { writer, value in writer.message(2, value) }
    }
}
