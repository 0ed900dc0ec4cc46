/// One field of a form.
package struct FormField: Sendable {
    package enum Kind: Sendable {
        case text
        /// A whole number in a range; up and down (and + and -) step it.
        case number(ClosedRange<Int>)
        case checkbox
        /// One of several; left, right and space go through them.
        case choice([String])
    }

    /// How the form's values name it.
    package let name: String
    package var label: String
    package var kind: Kind
    /// Shown below the field while it has the focus, in as many lines as it takes.
    package var help: String
    package var placeholder: String
    /// Says what is wrong with a text, nil when nothing is.
    package var validate: @Sendable (String) -> String?
    package var field: TextField
    package var isChecked: Bool
    package var selectedChoice: Int
    /// What is wrong, shown below the field.
    package var message: String?

    private init(_ name: String, label: String, kind: Kind, help: String) {
        self.name = name
        self.label = label
        self.kind = kind
        self.help = help
        placeholder = ""
        validate = { _ in nil }
        field = TextField()
        isChecked = false
        selectedChoice = 0
    }

    package static func text(
        _ name: String, label: String, value: String = "", placeholder: String = "", help: String = "",
        validate: @escaping @Sendable (String) -> String? = { _ in nil }
    ) -> FormField {
        var field = FormField(name, label: label, kind: .text, help: help)
        field.field = TextField(text: value)
        field.placeholder = placeholder
        field.validate = validate
        return field
    }

    /// A number; `value` nil leaves the field empty, which is valid only when `isOptional`.
    package static func number(
        _ name: String, label: String, value: Int?, in range: ClosedRange<Int>, isOptional: Bool = false,
        placeholder: String = "", help: String = ""
    ) -> FormField {
        var field = FormField(name, label: label, kind: .number(range), help: help)
        field.field = TextField(text: value.map(String.init) ?? "")
        field.placeholder = placeholder
        field.validate = { text in
            if text.isEmpty && isOptional { return nil }
            guard let number = Int(text), range.contains(number) else {
                return "must be a whole number from \(range.lowerBound) to \(range.upperBound)"
            }
            return nil
        }
        return field
    }

    package static func checkbox(_ name: String, label: String, isChecked: Bool = false, help: String = "") -> FormField
    {
        var field = FormField(name, label: label, kind: .checkbox, help: help)
        field.isChecked = isChecked
        return field
    }

    /// A choice, which must have at least one entry.
    package static func choice(
        _ name: String, label: String, choices: [String], selected: Int = 0, help: String = ""
    ) -> FormField {
        precondition(choices.indices.contains(selected), "a choice needs a selected entry")
        var field = FormField(name, label: label, kind: .choice(choices), help: help)
        field.selectedChoice = selected
        return field
    }

    /// The value as text: `true` or `false` for a checkbox, the entry for a choice.
    package var value: String {
        switch kind {
        case .text, .number: field.text
        case .checkbox: isChecked ? "true" : "false"
        case .choice(let choices): choices[selectedChoice]
        }
    }
}
