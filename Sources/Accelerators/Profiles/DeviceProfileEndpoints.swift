import API
import Conventions
import HTTPTypes
import Model
import Store

/// `/v2/device_profiles`.
struct DeviceProfileEndpoints: Sendable {
    let store: any StateStore
    let creations: Creations
    let time: TimeSource
    let ids: IDSource
    let trail: AuditTrail

    private static let key = PathParameter<String>("uuid_or_name", "The profile's id, or from 2.2 its name")
    private static let name = QueryParameter<String>("name", "Only profiles of these names, separated by commas")
    private static let value = QueryParameter<String>("value", "The names or ids to delete, separated by commas")

    var all: [Endpoint] {
        [
            Endpoint(
                .get, "/v2/device_profiles", "List device profiles",
                query: QueryRules([Self.name.description] + Page.parameters),
                access: .rule("cyborg:device_profile:get_all"), answers: .json(DeviceProfileListView.self)
            ) { call in try await list(call) },
            Endpoint(
                .get, "/v2/device_profiles/\(Self.key)", "Show a device profile",
                access: .rule("cyborg:device_profile:get_one"), answers: .json(WrappedDeviceProfileView.self),
                faults: [.notFound, .notAcceptable]
            ) { call in try await show(call) },
            Endpoint(
                .delete, "/v2/device_profiles/\(Self.key)", "Delete a device profile",
                access: .rule("cyborg:device_profile:delete"), answers: .empty(), faults: [.notFound, .conflict]
            ) { call in try await delete([try call[Self.key]], call) },
            Endpoint(
                .delete, "/v2/device_profiles", "Delete device profiles", query: QueryRules([Self.value.description]),
                access: .rule("cyborg:device_profile:delete"), answers: .empty(), faults: [.notFound, .conflict]
            ) { call in try await delete(Self.names(try call[Self.value], in: "value"), call) },
        ]
            + creations.endpoints(
                "/v2/device_profiles", "Create a device profile", body: [DeviceProfileBody].self,
                schema: .array(of: DeviceProfileBody.schema, minItems: 1, maxItems: 1, unique: false),
                access: .rule("cyborg:device_profile:create"), answer: .json(DeviceProfileView.self, status: 201),
                faults: [.conflict]
            ) { call, bodies, creation in try await create(call, bodies, creation) }
    }

    private func list(_ call: Call) async throws -> Reply {
        let names = try call.filter(Self.name).map { names throws(Fault) in try Self.names(names, in: "name") }
        let page = try Page(call)
        let found = try await store.read { transaction in
            var conditions = try page.after(
                "created_at, uuid", at: { "SELECT created_at, uuid FROM device_profiles WHERE uuid = \($0)" },
                in: transaction)
            if let names { conditions += " AND name IN \(list: names)" }
            return try transaction.all(
                """
                SELECT \(DeviceProfile.columns) FROM device_profiles WHERE \(conditions)
                ORDER BY created_at, uuid\(page.limit)
                """
            ) { row in try DeviceProfile(row) }
        }
        let (shown, links) = page.cut(found, "device_profiles", call) { "\($0.id)" }
        return try .json(DeviceProfileListView(profiles: shown.map { DeviceProfileView($0, call) }, pages: links))
    }

    private func show(_ call: Call) async throws -> Reply {
        let key = try call[Self.key]
        if DeviceProfileID(key) == nil, call.version < .profilesByName {
            throw Fault(
                .notAcceptable, "A device profile can be shown by its name from version 2.2; this is \(call.version).")
        }
        let found = try await store.read { transaction in
            try transaction.first("SELECT \(DeviceProfile.columns) FROM device_profiles WHERE \(Self.meant(key))") {
                row in try DeviceProfile(row)
            }
        }
        guard let found else { throw Fault.notFound("There is no device profile '\(key.shown)'.") }
        return try .json(WrappedDeviceProfileView(profile: DeviceProfileView(found, call, isSingle: true)))
    }

    private func create(
        _ call: Call, _ bodies: [DeviceProfileBody], _ creation: Creation
    ) async throws -> Reply {
        guard bodies.count == 1, let body = bodies.first else {
            throw Fault.badRequest("The body must be a list of exactly one device profile; it holds \(bodies.count).")
        }
        let name = try ProfileRules.checkName(body.name, call.version)
        var id: DeviceProfileID = ids.next()
        if let text = body.uuid {
            guard let given = DeviceProfileID(text) else {
                throw Fault.badRequest("'\(text.shown)' is not a UUID, which 'uuid' must be.", field: "[0].uuid")
            }
            id = given
        }
        let groups = try ProfileRules.check((body.groups ?? []).map { $0.mapValues(\.text) })
        let text = try JSONText.canonical(groups)
        let description = body.description?.text
        let now = time.now()
        let version = call.version
        let actor = Actor(call)
        return try await creation.write { [id, trail] transaction in
            let taken = try transaction.all(
                "SELECT name FROM device_profiles WHERE name = \(name) OR uuid = \(id)"
            ) { row in try row[0] as String }
            if taken.contains(name) { throw Fault.conflict("A device profile named '\(name)' exists already.") }
            if !taken.isEmpty {
                // 500 by the wire contract up to 2.3: published tests assert it.
                let kind: Fault.Kind = version < .operations ? .internalError : .conflict
                throw Fault(kind, "A device profile with the uuid \(id) exists already.", field: "[0].uuid")
            }
            try transaction.execute(
                """
                INSERT INTO device_profiles (uuid, name, groups, description, created_at)
                VALUES (\(id), \(name), \(text), \(description), \(now))
                """)
            try trail.note(
                AuditEvent(action: .profileCreated, actor: actor, detail: name), at: now, in: transaction)
            let made = try transaction.first(
                "SELECT \(DeviceProfile.columns) FROM device_profiles WHERE uuid = \(id)"
            ) { row in try DeviceProfile(row) }
            guard let made else { throw Fault.internalError("a profile just made is not there") }
            return try .json(DeviceProfileView(made, call), status: 201)
        }
    }

    /// All or nothing: one that is missing or in use leaves the others.
    private func delete(_ keys: [String], _ call: Call) async throws -> Reply {
        guard !keys.isEmpty else {
            throw Fault.badRequest(
                "Say which device profiles to delete: by id or name in the path, or in 'value'.", field: "value")
        }
        let actor = Actor(call)
        let now = time.now()
        try await store.write { [trail] transaction in
            for key in keys {
                let id: DeviceProfileID? = try transaction.first(
                    "SELECT uuid FROM device_profiles WHERE \(Self.meant(key))"
                ) { row in try row[0] }
                guard let id else { throw Fault.notFound("There is no device profile '\(key.shown)'.") }
                if try transaction.exists("SELECT 1 FROM accelerator_requests WHERE profile = \(id) LIMIT 1") {
                    throw Fault.conflict(
                        "The device profile '\(key.shown)' is in use: delete its accelerator requests first.")
                }
                try transaction.execute("DELETE FROM device_profiles WHERE uuid = \(id)")
                try trail.note(
                    AuditEvent(action: .profileDeleted, actor: actor, detail: key), at: now, in: transaction)
            }
        }
        return .empty()
    }

    private static func meant(_ key: String) -> SQL {
        // As in the original, what has the form of an id is one: a profile with such a name is found by its own.
        if let id = DeviceProfileID(key) { return "uuid = \(id)" }
        return "name = \(key)"
    }

    private static func names(_ text: String?, in parameter: String) throws(Fault) -> [String] {
        try CommaList.split(text ?? "", of: parameter)
    }
}
