import API
import Conventions
import Model

/// What a PATCH asks of each accelerator request: bind it there, or unbind it.
struct RequestPatch: Sendable, Equatable {
    struct Target: Sendable, Equatable {
        var host: HostName
        var resourceProvider: ResourceProviderID
        var instance: InstanceID
        /// Given by an administrator from 2.1; must be the owner's.
        var project: ProjectID?
    }

    enum Change: Sendable, Equatable {
        case bind(Target)
        case unbind
    }

    let changes: [AcceleratorRequestID: Change]
    /// The generations that the caller saw; nil where it does not mind.
    let expected: EntityTags?
    /// Whether what is so already is done: a PUT may be said twice.
    let isIdempotent: Bool
    /// From 2.5: binds hold a claim in Placement and name the host of what they get.
    let isStrict: Bool

    init(
        _ changes: [AcceleratorRequestID: Change], expecting expected: EntityTags? = nil, version: Microversion,
        idempotent isIdempotent: Bool = false
    ) {
        self.changes = changes
        self.expected = expected
        self.isIdempotent = isIdempotent
        isStrict = version >= Accountability.version
    }

    /// The binds that it asks for.
    var targets: [Target] {
        changes.values.compactMap { change in
            if case .bind(let target) = change { target } else { nil }
        }
    }

    var instances: [InstanceID] { targets.map(\.instance) }

    /// Whether `request` is, or is being, bound as asked.
    func holds(for request: AcceleratorRequest) -> Bool {
        guard case .bind(let target) = changes[request.id], request.state == .bound || request.state == .bindStarted
        else { return false }
        return request.host == target.host && request.resourceProvider == target.resourceProvider
            && request.instance == target.instance
    }

    /// The body's form: lists of operations by request.
    typealias Body = [String: [PatchOperation]]

    /// Throws 400 where the body makes no sense, 406 and 403 where `project_id` is not for this version or caller.
    init(
        _ body: Body, expecting expected: EntityTags? = nil, version: Microversion, isAdmin: Bool
    ) throws(Fault) {
        guard !body.isEmpty else {
            throw .badRequest("The body must name at least one accelerator request.", field: "body")
        }
        guard body.count <= CommaList.most else {
            throw .badRequest(
                "The body names \(body.count) accelerator requests; at most \(CommaList.most) are possible.",
                field: "body")
        }
        var changes: [AcceleratorRequestID: Change] = [:]
        for (key, operations) in body.sorted(by: { $0.key < $1.key }) {
            guard let id = AcceleratorRequestID(key) else {
                throw .badRequest("'\(key.shown)' is not the UUID of an accelerator request.", field: key)
            }
            let change = try Self.change(operations, at: key, version: version, isAdmin: isAdmin)
            guard changes.updateValue(change, forKey: id) == nil else {
                throw .badRequest("The accelerator request \(id) is named twice.", field: key)
            }
        }
        self.changes = changes
        self.expected = expected
        isIdempotent = false
        isStrict = version >= Accountability.version
    }

    private static func change(
        _ operations: [PatchOperation], at key: String, version: Microversion, isAdmin: Bool
    ) throws(Fault) -> Change {
        let verbs = Set(operations.map(\.operation))
        guard verbs == ["add"] || verbs == ["remove"] else {
            throw .badRequest(
                "The operations of one accelerator request must all have the 'op' 'add' (to bind), or all 'remove' (to "
                    + "unbind).",
                field: key)
        }
        for operation in operations where !fields.contains(operation.path) {
            if operation.path == "/project_id" {
                guard version >= .requestProjects else {
                    throw Fault(.notAcceptable, "'/project_id' is known from version 2.1; this is \(version).")
                }
                guard isAdmin else { throw .forbidden("Only an administrator may give '/project_id'.") }
                continue
            }
            throw .badRequest(
                "'path' names '\(operation.path.shown)', which cannot be changed; there are /hostname, /device_rp_uuid, /instance_uuid and "
                    + "/project_id.", field: "\(key).path")
        }
        return verbs == ["add"] ? .bind(try target(operations, at: key)) : .unbind
    }

    private static let fields: Set<String> = ["/hostname", "/device_rp_uuid", "/instance_uuid"]

    private static func target(_ operations: [PatchOperation], at key: String) throws(Fault) -> Target {
        func value(_ path: String) throws(Fault) -> String {
            guard let text = operations.last(where: { $0.path == path })?.value, !text.isEmpty else {
                throw .badRequest("To bind, '\(path)' needs a 'value'.", field: "\(key)\(path)")
            }
            guard text.unicodeScalars.count <= 255 else {
                throw .badRequest(
                    "The 'value' of '\(path)' is too long; at most 255 characters are possible.",
                    field: "\(key)\(path)")
            }
            return text
        }
        func uuid<Kind>(_ path: String, _ kind: Kind.Type = Kind.self) throws(Fault) -> UniqueID<Kind> {
            let text = try value(path)
            guard let id = UniqueID<Kind>(text) else {
                throw .badRequest(
                    "The 'value' '\(text.shown)' is not a UUID, which '\(path)' must be.", field: "\(key)\(path)")
            }
            return id
        }
        let hasProject = operations.contains { $0.path == "/project_id" }
        return Target(
            host: HostName(try value("/hostname")), resourceProvider: try uuid("/device_rp_uuid"),
            instance: try uuid("/instance_uuid"), project: hasProject ? ProjectID(try value("/project_id")) : nil)
    }
}

/// One operation, in the manner of JSON Patch (RFC 6902).
struct PatchOperation: Codable, Sendable, Equatable, SchemaProviding {
    let path: String
    let operation: String
    let value: String?

    enum CodingKeys: String, CodingKey {
        case path, value
        case operation = "op"
    }

    static let schema = Schema.object(
        ObjectSchema(
            [
                .init("path", .string),
                .init("op", .oneOfTexts(["add", "remove"])),
                .init("value", .nullable(.string), required: false),
            ], others: .ignored))
}
