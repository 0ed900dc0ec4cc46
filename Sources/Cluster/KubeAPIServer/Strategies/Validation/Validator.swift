import KubeAPI

/// Walks a value and collects what is wrong with it.
///
/// The walk keeps the way to the field it stands on as a stack of steps, which costs nothing to speak of; a path is
/// made only for an error. For example, `validator.field("spec") { $0.required("nodeName") }` collects
/// `spec.nodeName: Required value`.
struct Validator {
    /// A field relative to where the walk stands.
    enum Place: ExpressibleByStringLiteral {
        case here
        case child(String)
        case index(Int)
        case key(String)
        case grandchild(String, String)
        case element(String, Int)
        case entry(String, String)
        case elementField(String, Int, String)

        init(stringLiteral name: String) { self = .child(name) }
    }

    private enum Step {
        case child(String)
        case index(Int)
        case key(String)
    }

    private var steps: [Step] = []
    private(set) var errors: [FieldError] = []

    init() {}

    /// The errors that a walk collects.
    static func errors(_ walk: (inout Validator) -> Void) -> [FieldError] {
        var validator = Validator()
        walk(&validator)
        return validator.errors
    }

    // MARK: Walking

    mutating func field(_ name: String, _ walk: (inout Validator) -> Void) {
        steps.append(.child(name))
        walk(&self)
        steps.removeLast()
    }

    mutating func field(_ name: String, _ next: String, _ walk: (inout Validator) -> Void) {
        field(name) { $0.field(next, walk) }
    }

    mutating func index(_ index: Int, _ walk: (inout Validator) -> Void) {
        steps.append(.index(index))
        walk(&self)
        steps.removeLast()
    }

    mutating func key(_ key: String, _ walk: (inout Validator) -> Void) {
        steps.append(.key(key))
        walk(&self)
        steps.removeLast()
    }

    /// Stands on each element of a list in turn.
    mutating func each<Element>(
        _ name: String, _ elements: [Element], _ walk: (inout Validator, Element, Int) -> Void
    ) {
        if elements.isEmpty { return }
        steps.append(.child(name))
        for (index, element) in elements.enumerated() {
            steps.append(.index(index))
            walk(&self, element, index)
            steps.removeLast()
        }
        steps.removeLast()
    }

    /// Stands on each entry of a map in turn, in the order of their keys.
    mutating func each<Element>(
        _ name: String, _ entries: StringMap<Element>, _ walk: (inout Validator, String, Element) -> Void
    ) {
        if entries.isEmpty { return }
        steps.append(.child(name))
        for (key, element) in entries {
            steps.append(.key(key))
            walk(&self, key, element)
            steps.removeLast()
        }
        steps.removeLast()
    }

    // MARK: Errors

    mutating func required(_ place: Place, _ detail: String = "") { errors.append(.required(path(place), detail)) }

    mutating func invalid(_ place: Place, _ value: some JSONCodable, _ detail: String) {
        errors.append(.invalid(path(place), value, detail))
    }

    /// A value that is absent, which prints as `null`.
    mutating func invalidNull(_ place: Place, _ detail: String) {
        errors.append(.invalid(path(place), String?.none, detail))
    }

    /// A value that is not told.
    mutating func invalid(_ place: Place, _ detail: String) { errors.append(.invalid(path(place), detail)) }

    mutating func forbidden(_ place: Place, _ detail: String) { errors.append(.forbidden(path(place), detail)) }
    mutating func duplicate(_ place: Place, _ value: some JSONCodable) { errors.append(.duplicate(path(place), value)) }

    mutating func duplicate(_ place: Place, _ value: some JSONCodable, _ detail: String) {
        errors.append(.duplicate(path(place), value, detail))
    }

    mutating func notFound(_ place: Place, _ value: some JSONCodable, _ detail: String = "") {
        errors.append(.notFound(path(place), value, detail))
    }

    mutating func notSupported(_ place: Place, _ value: some JSONCodable, _ supported: [String]) {
        errors.append(.notSupported(path(place), value, supported: supported))
    }

    mutating func tooLong(_ place: Place, maximum: Int) { errors.append(.tooLong(path(place), maximum: maximum)) }

    mutating func tooMany(_ place: Place, actual: Int, maximum: Int) {
        errors.append(.tooMany(path(place), actual: actual, maximum: maximum))
    }

    mutating func append(_ more: [FieldError]) { errors.append(contentsOf: more) }

    /// One error for each message about the value.
    mutating func check(_ place: Place, _ value: some JSONCodable, _ messages: [String]) {
        for message in messages { invalid(place, value, message) }
    }

    // MARK: Common rules

    mutating func nonnegative(_ place: Place, _ value: Int?) {
        if let value, value < 0 { invalid(place, value, "must be greater than or equal to 0") }
    }

    /// A field that stays as it is: what it is changed to is invalid.
    mutating func immutable<Value: JSONCodable>(
        _ place: Place, _ value: Value, old: Value, _ detail: String = Validation.immutableError
    ) {
        if value != old { invalid(place, value, detail) }
    }

    mutating func immutable<Value: JSONCodable>(
        _ place: Place, _ value: Value?, old: Value?, _ detail: String = Validation.immutableError
    ) {
        if value == old { return }
        if let value { invalid(place, value, detail) } else { invalidNull(place, detail) }
    }

    /// A field that stays as it is, where upstream forbids the change and does not tell the value.
    mutating func unchangeable<Value: Equatable>(_ place: Place, _ value: Value, old: Value, _ detail: String) {
        if value != old { forbidden(place, detail) }
    }

    /// A field that must be one of a few words; `isRequired` when it may not be empty.
    mutating func oneOf(_ place: Place, _ value: String?, _ supported: [String], isRequired: Bool = true) {
        let value = value ?? ""
        if value.isEmpty {
            if isRequired { required(place) }
        } else if !supported.contains(value) {
            notSupported(place, value, supported)
        }
    }

    /// A word that may be left out; one that is there, be it empty, must be one of a few.
    mutating func oneOfGiven(_ place: Place, _ value: String?, _ supported: [String]) {
        if let value, !supported.contains(value) { notSupported(place, value, supported) }
    }

    /// The path of a field, made for an error.
    func path(_ place: Place) -> FieldPath {
        var path = FieldPath()
        for step in steps {
            switch step {
            case .child(let name): path = path.child(name)
            case .index(let index): path = path.index(index)
            case .key(let key): path = path.key(key)
            }
        }
        switch place {
        case .here: return path
        case .child(let name): return path.child(name)
        case .index(let index): return path.index(index)
        case .key(let key): return path.key(key)
        case .grandchild(let name, let next): return path.child(name).child(next)
        case .element(let name, let index): return path.child(name).index(index)
        case .entry(let name, let key): return path.child(name).key(key)
        case .elementField(let name, let index, let next): return path.child(name).index(index).child(next)
        }
    }
}
