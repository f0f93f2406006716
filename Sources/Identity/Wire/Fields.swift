import API
import FoundationEssentials
import Model

/// The members of one object of a body that conforms to its schema.
struct Fields: Sendable {
    private let object: JSONValue

    /// The object under `key` of `body`.
    init(_ body: JSONValue, _ key: String) {
        object = body[key] ?? .object([])
    }

    init(_ object: JSONValue) {
        self.object = object
    }

    /// Nil where the member is absent or null.
    func text(_ name: String) -> String? { object[name]?.text }
    func flag(_ name: String) -> Bool? { if case .bool(let value)? = object[name] { value } else { nil } }
    func integer(_ name: String) -> Int? { if case .integer(let value)? = object[name] { value } else { nil } }
    func has(_ name: String) -> Bool { object[name] != nil }

    func id<Kind>(_ name: String) -> NameID<Kind>? { text(name).map { NameID($0) } }

    func elements(_ name: String) -> [JSONValue]? {
        if case .array(let values)? = object[name] { values } else { nil }
    }

    func object(_ name: String) -> Fields? {
        if let value = object[name], case .object = value { Fields(value) } else { nil }
    }

    func value(_ name: String) -> JSONValue? { object[name] }

    /// Members for which the resource has no column. They are stored and shown unchanged.
    func extras(besides known: Set<String>) -> [JSONValue.Member] {
        guard case .object(let members) = object else { return [] }
        return members.filter { !known.contains($0.name) }
    }

    /// The name without surrounding blanks; throws 400 for a blank one.
    func name(of kind: String) throws(Fault) -> String? {
        guard let text = text("name") else { return nil }
        guard text.contains(where: { !$0.isWhitespace }) else {
            throw .badRequest("A \(kind)'s name must not be blank.", field: "\(kind).name")
        }
        return text
    }
}

extension JSONValue {
    var text: String? { if case .text(let value) = self { value } else { nil } }

    /// As JSON text, for a column.
    var encoded: String {
        var json = JSONWriter(capacity: 64)
        json.value(self)
        return String(decoding: json.bytes, as: UTF8.self)
    }

    /// From a column; an unreadable one is an empty object.
    init(column text: String) {
        do throws(Fault) {
            self = try JSONValue(json: Array(text.utf8))
        } catch {
            self = .object([])
        }
    }

    /// Maximum number of members without a column that a resource keeps, and maximum size of all of them in bytes.
    private static let mostExtras = (members: 1000, bytes: 65_536)

    /// This object, with `changes` merged over it. A null removes a member; of several with one name, the last counts.
    ///
    /// Takes time in proportion to the number of members. Throws 400 if there would be more than a resource keeps.
    func merged(with changes: [Member]) throws(Fault) -> JSONValue {
        var members: [Member] = []
        if case .object(let own) = self { members = own }
        var last: [String: Int] = [:]
        for (index, change) in changes.enumerated() { last[change.name] = index }
        members.removeAll { last[$0.name] != nil }
        for (index, change) in changes.enumerated() where last[change.name] == index && change.value != .null {
            members.append(change)
        }
        let (most, bytes) = Self.mostExtras
        guard members.count <= most else {
            throw .badRequest("There would be \(members.count) further members; a resource keeps at most \(most).")
        }
        let merged = JSONValue.object(members)
        guard merged.encoded.utf8.count <= bytes else {
            throw .badRequest("The further members would be longer than the \(bytes) bytes that a resource keeps.")
        }
        return merged
    }
}

extension JSONWriter {
    /// The members of an object that is stored as JSON text in a column.
    mutating func members(of column: String) {
        guard column.utf8.count > 2 else { return }
        raw(Array(column.utf8.dropFirst().dropLast()))
    }

    mutating func member(_ name: String, json column: String) {
        self.name(name)
        raw(Array(column.utf8))
    }
}
