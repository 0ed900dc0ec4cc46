// Times, quantities and maps, each a message of its own.

extension ProtobufReader {
    /// The years 1 to 9999, which are all that RFC 3339 can write.
    private static var seconds: ClosedRange<Int> { RFC3339.zeroSeconds...253_402_300_799 }

    /// Nothing, and 1970 to the nanosecond, is no time (apimachinery `time_proto.go`).
    private mutating func moment() -> (seconds: Int, nanoseconds: Int)? {
        var seconds = 0
        var nanoseconds = 0
        let outer = beginMessage()
        while case let field = nextField(), field != 0 {
            switch field {
            case 1: seconds = int()
            case 2: nanoseconds = int32()
            default: skip()
            }
        }
        endMessage(outer)
        if seconds == 0, nanoseconds == 0 { return nil }
        if !Self.seconds.contains(seconds) || !(0..<1_000_000_000).contains(nanoseconds) { fail("time out of range") }
        return failure == nil ? (seconds, nanoseconds) : nil
    }

    public mutating func time() -> Time { moment().map { Time(seconds: $0.seconds) } ?? Time() }

    public mutating func plainTime() -> Time? { moment().map { Time(seconds: $0.seconds) } }

    public mutating func microTime() -> MicroTime { plainMicroTime() ?? MicroTime() }

    public mutating func plainMicroTime() -> MicroTime? {
        moment().map { MicroTime(microseconds: $0.seconds * 1_000_000 + $0.nanoseconds / 1000) }
    }

    public mutating func quantity() -> Quantity {
        var value = Quantity()
        let outer = beginMessage()
        while case let field = nextField(), field != 0 {
            if field == 1 {
                let text = string()
                let parsed = Quantity(text)
                if let parsed { value = parsed } else { fail(Quantity.complaint(text)) }
            } else {
                skip()
            }
        }
        endMessage(outer)
        return value
    }

    public mutating func plainQuantity() -> Quantity? {
        let value = quantity()
        return value == Quantity() ? nil : value
    }

    public mutating func intOrString() -> IntOrString {
        var type = 0
        var number = 0
        var text = ""
        let outer = beginMessage()
        while case let field = nextField(), field != 0 {
            switch field {
            case 1: type = int()
            case 2: number = int32()
            case 3: text = string()
            default: skip()
            }
        }
        endMessage(outer)
        return type == 0 ? .int(number) : .string(text)
    }

    public mutating func plainIntOrString() -> IntOrString? {
        let value = intOrString()
        return value == .int(0) ? nil : value
    }

    /// `metav1.Duration`, as JSON writes it.
    public mutating func duration() -> String {
        var nanoseconds = 0
        let outer = beginMessage()
        while case let field = nextField(), field != 0 {
            if field == 1 { nanoseconds = int() } else { skip() }
        }
        endMessage(outer)
        return GoDuration.text(nanoseconds: nanoseconds)
    }

    /// `runtime.RawExtension`, and a schema's `JSON`: JSON in a message of its own.
    public mutating func raw() -> JSONValue {
        var value = JSONValue.null
        let outer = beginMessage()
        while case let field = nextField(), field != 0 {
            guard field == 1 else {
                skip()
                continue
            }
            let parsed: Result<JSONValue, JSONFailure>? = withBytes { bytes in
                if bytes.isEmpty { return .success(.null) }
                var reader = JSONReader(bytes)
                let value = JSONValue(from: &reader)
                reader.finish()
                if let failure = reader.failure { return .failure(failure) }
                return .success(value)
            }
            switch parsed {
            case .success(let json): value = json
            case .failure(let failure): fail("expected JSON: " + failure.message)
            case nil: break
            }
        }
        endMessage(outer)
        return value
    }

    public mutating func fieldsV1() -> FieldsV1 {
        var value = FieldsV1()
        let outer = beginMessage()
        while case let field = nextField(), field != 0 {
            guard field == 1 else {
                skip()
                continue
            }
            let parsed: FieldsV1?? = withBytes { bytes in FieldsV1(json: bytes) }
            if let parsed = parsed ?? nil { value = parsed } else { fail("expected JSON") }
        }
        endMessage(outer)
        return value
    }

    // MARK: Maps

    /// All entries that stand together are put in order at once: a client may send many.
    @inline(__always)
    private mutating func entries<Value>(
        _ map: inout StringMap<Value>, _ empty: Value, _ read: (inout ProtobufReader) -> Value
    ) {
        let (field, type) = (number, wireType)
        var found: [(key: String, value: Value)] = []
        repeat {
            var key = ""
            var value = empty
            let outer = beginMessage()
            while case let field = nextField(), field != 0 {
                switch field {
                case 1: key = string()
                case 2: value = read(&self)
                default: skip()
                }
            }
            endMessage(outer)
            found.append((key, value))
        } while repeats(field, type)
        if failure != nil { return }
        if map.isEmpty {
            map = StringMap(read: found)
        } else {
            for entry in found { map.insert(entry.key, entry.value) }
        }
    }

    @inline(never)
    public mutating func stringMap(_ map: inout StringMap<String>) {
        entries(&map, "") { reader in reader.string() }
    }

    public mutating func bytesMap(_ map: inout StringMap<Base64Data>) {
        entries(&map, Base64Data()) { reader in reader.bytes() }
    }

    public mutating func quantityMap(_ map: inout StringMap<Quantity>) {
        entries(&map, Quantity()) { reader in reader.quantity() }
    }

    public mutating func timeMap(_ map: inout StringMap<Time>) {
        entries(&map, Time()) { reader in reader.time() }
    }

    /// `ExtraValue`: lists of strings, each in a message of its own.
    public mutating func stringsMap(_ map: inout StringMap<[String]>) {
        entries(&map, []) { reader in
            var list: [String] = []
            reader.wrappedStrings(&list)
            return list
        }
    }

    public mutating func messageMap<Value: ProtobufCodable>(_ map: inout StringMap<Value>) {
        entries(&map, Value()) { reader in reader.message() }
    }
}
