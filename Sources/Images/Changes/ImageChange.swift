import API
import Model

/// One operation of a document of changes.
struct ImageChange: Sendable, Equatable {
    enum Operation: String, Sendable, CaseIterable {
        case add, replace, remove
    }

    let operation: Operation
    /// The field or custom property.
    let name: String
    /// Null where the operation has none.
    let value: JSONValue
    /// Whether it is in the form from before RFC 6902, in which `add` adds only what is not there.
    let isOld: Bool

    /// The operations of a document, in order. Throws 400 for what is none, and 403 for names that clients may not change.
    static func list(_ document: PatchDocument) throws(Fault) -> [ImageChange] {
        guard case .array(let elements) = document.value else {
            throw .badRequest("Request body must be a JSON array of operation objects.", field: "body")
        }
        guard elements.count <= most else {
            throw Fault(.tooLarge, "The document has \(elements.count) operations; at most \(most) are possible.")
        }
        var changes: [ImageChange] = []
        for element in elements { changes.append(try ImageChange(element, isOld: document.mediaType == oldForm)) }
        return changes
    }

    static let form: MediaType = "application/openstack-images-v2.1-json-patch"
    static let oldForm: MediaType = "application/openstack-images-v2.0-json-patch"
    private static let most = 1000

    private init(_ element: JSONValue, isOld: Bool) throws(Fault) {
        self.isOld = isOld
        let target = try isOld ? Self.oldTarget(element) : Self.target(element)
        operation = target.operation
        let path = try Self.path(target.pointer)
        name = path[0]
        try Self.checkDepth(path, operation)
        if operation == .remove {
            value = .null
        } else {
            guard let value = element["value"] else {
                throw .badRequest(
                    "Operation \"\(operation.rawValue)\" requires a member named \"value\".", field: "value")
            }
            self.value = value
        }
        if ImageNames.readOnly.contains(name) { throw ImageNames.readOnly(name) }
        if ImageNames.isReserved(name) { throw ImageNames.reserved(name) }
        if name == "locations" { throw Self.invisible(operation) }
    }

    private typealias Target = (operation: Operation, pointer: String)

    private static func target(_ element: JSONValue) throws(Fault) -> Target {
        let known = Operation.allCases.map(\.rawValue).joined(separator: ", ")
        guard case .text(let word)? = element["op"] else {
            throw .badRequest(
                "Unable to find `op` in JSON Schema change. It must be one of the following: \(known).", field: "op")
        }
        guard let operation = Operation(rawValue: word) else {
            throw .badRequest(
                "Invalid operation: `\(word.shown)`. It must be one of the following: \(known).", field: "op")
        }
        guard case .text(let pointer)? = element["path"] else {
            throw .badRequest("Unable to find 'path' in JSON Schema change", field: "path")
        }
        return (operation, pointer)
    }

    private static func oldTarget(_ element: JSONValue) throws(Fault) -> Target {
        var found: [Target] = []
        for operation in Operation.allCases {
            if case .text(let pointer)? = element[operation.rawValue] { found.append((operation, pointer)) }
        }
        guard found.count == 1 else {
            throw .badRequest(
                "Operation objects must contain exactly one member named \"add\", \"remove\", or \"replace\".")
        }
        return found[0]
    }

    /// The segments of a JSON pointer; there is at least one.
    static func path(_ pointer: String) throws(Fault) -> [String] {
        func refused(_ reason: String) -> Fault { .badRequest("Pointer `\(pointer.shown)` \(reason)", field: "path") }
        guard pointer.hasPrefix("/") else { throw refused("does not start with \"/\".") }
        let parts = pointer.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        var path: [String] = []
        for part in parts {
            guard let segment = decoded(part) else {
                throw refused("contains \"~\" not part of a recognized escape sequence.")
            }
            guard !segment.isEmpty else { throw refused("has an empty segment.") }
            path.append(segment)
        }
        return path
    }

    /// Nil where a tilde begins neither `~0` nor `~1`.
    private static func decoded(_ part: Substring) -> String? {
        var text = ""
        var letters = part.makeIterator()
        while let letter = letters.next() {
            guard letter == "~" else {
                text.append(letter)
                continue
            }
            switch letters.next() {
            case "0": text.append("~")
            case "1": text.append("/")
            default: return nil
            }
        }
        return text
    }

    private static func checkDepth(_ path: [String], _ operation: Operation) throws(Fault) {
        let depth = path[0] == "locations" && operation != .replace ? 2 : 1
        guard path.count == depth else {
            throw .badRequest(
                "Invalid JSON pointer for this resource: '/\(path.joined(separator: "/").shown)'", field: "path")
        }
    }

    /// Locations are not shown, and so not changed in this way.
    private static func invisible(_ operation: Operation) -> Fault {
        let verb = operation == .replace ? "update" : operation.rawValue
        return .forbidden("It's not allowed to \(verb) locations if locations are invisible.")
    }
}
