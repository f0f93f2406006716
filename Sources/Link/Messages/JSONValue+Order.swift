import Model

extension JSONValue {
    /// The same with the members of every object by name: equal where it says the same.
    var ordered: JSONValue {
        switch self {
        case .object(let members):
            .object(members.map { Member($0.name, $0.value.ordered) }.sorted { $0.name < $1.name })
        case .array(let elements): .array(elements.map(\.ordered))
        default: self
        }
    }

    var text: String? { if case .text(let text) = self { text } else { nil } }
    var integer: Int? { if case .integer(let number) = self { number } else { nil } }
    var array: [JSONValue]? { if case .array(let elements) = self { elements } else { nil } }
}
