import API
import Conventions
import HTTPTypes
import Model
import Store

/// `/v2/accelerator_requests`.
struct AcceleratorRequestEndpoints: Sendable {
    let store: any StateStore
    let creations: Creations
    let binder: Binder
    let book: RequestBook
    let limits: any ProjectLimits
    let watch: ChangeWatch<AcceleratorRequestID>
    /// How long a bind waits for hosts that prepare.
    let patience: Duration
    let time: TimeSource
    let ids: IDSource

    private static let uuid = PathParameter<AcceleratorRequestID>("uuid", "The accelerator request's id")
    private static let instance = QueryParameter<InstanceID>("instance", "Only requests of this instance")
    private static let bindState = QueryParameter<String>("bind_state", "'resolved': only requests whose binding ended")
    private static let requests = QueryParameter<String>("arqs", "The ids to delete, separated by commas")
    private static let patchSchema = Schema.object(
        ObjectSchema(
            [],
            others: .each(
                keyPattern: nil, .array(of: PatchOperation.schema, minItems: 1, maxItems: nil, unique: false)),
            minProperties: 1))

    var all: [Endpoint] {
        [
            Endpoint(
                .get, "/v2/accelerator_requests", "List accelerator requests",
                query: QueryRules(
                    [Self.instance.description, Self.bindState.description, RequestWatch.wait.description]
                        + Page.parameters),
                access: .rule("cyborg:arq:get_all"), answers: .json(AcceleratorRequestListView.self), faults: [.locked]
            ) { call in try await list(call) },
            Endpoint(
                .get, "/v2/accelerator_requests/\(Self.uuid)", "Show an accelerator request",
                query: QueryRules([RequestWatch.wait.description]), access: .rule("cyborg:arq:get_one"),
                answers: .json(AcceleratorRequestView.self).sending(.entityTag), .empty(304), faults: [.notFound]
            ) { call in try await show(call) }.heeding(.ifNoneMatch),
            Endpoint(
                .patch, "/v2/accelerator_requests", "Bind or unbind accelerator requests",
                body: RequestPatch.Body.self, schema: Self.patchSchema, access: .rule("cyborg:arq:update"),
                answers: .empty(202), faults: [.notFound, .conflict, .preconditionFailed]
            ) { call, body in try await patch(call, body) }.heeding(.ifMatch),
            Endpoint(
                .patch, "/v2/accelerator_requests/\(Self.uuid)", "Bind or unbind accelerator requests",
                body: RequestPatch.Body.self, schema: Self.patchSchema, access: .rule("cyborg:arq:update"),
                answers: .empty(202), faults: [.notFound, .conflict, .preconditionFailed]
            ) { call, body in try await patch(call, body) }.heeding(.ifMatch),
            Endpoint(
                .delete, "/v2/accelerator_requests", "Delete accelerator requests by id or by instance",
                query: QueryRules([Self.requests.description, Self.instance.description]),
                access: .rule("cyborg:arq:delete"), answers: .empty(),
                faults: [.notFound, .conflict, .preconditionFailed]
            ) { call in try await delete(call) }.heeding(.ifMatch),
            Endpoint(
                .delete, "/v2/accelerator_requests/\(Self.uuid)", "Delete an accelerator request",
                access: .rule("cyborg:arq:delete"), answers: .empty(),
                faults: [.notFound, .conflict, .preconditionFailed]
            ) { call in try await delete([try call[Self.uuid]], call) }.heeding(.ifMatch),
            Endpoint(
                .put, "/v2/accelerator_requests/\(Self.uuid)/binding", "Bind an accelerator request",
                since: Page.version, body: BindingBody.self, access: .rule("cyborg:arq:update"), answers: .empty(202),
                faults: [.notFound, .conflict, .preconditionFailed]
            ) { call, body in try await putBinding(call, body) }.heeding(.ifMatch),
            Endpoint(
                .delete, "/v2/accelerator_requests/\(Self.uuid)/binding", "Unbind an accelerator request",
                since: Page.version, access: .rule("cyborg:arq:update"), answers: .empty(202),
                faults: [.notFound, .conflict, .preconditionFailed]
            ) { call in
                try await change(
                    call,
                    RequestPatch(
                        [try call[Self.uuid]: .unbind], expecting: try EntityTags(.ifMatch, of: call),
                        version: call.version))
            }.heeding(.ifMatch),
        ]
            + creations.endpoints(
                "/v2/accelerator_requests", "Create the accelerator requests of a device profile",
                body: AcceleratorRequestBody.self, access: .rule("cyborg:arq:create"),
                answer: .json(AcceleratorRequestListView.self, status: 201), faults: [.notFound]
            ) { call, body, creation in try await create(call, body, creation) }
    }

    private func list(_ call: Call) async throws -> Reply {
        let bindState = try call.filter(Self.bindState)
        guard bindState == nil || bindState == "resolved" else {
            throw Fault.badRequest("'bind_state' must be 'resolved'.", field: "bind_state")
        }
        let instance = try call[Self.instance]
        let page = try Page(call)
        if let span = try call[RequestWatch.wait]?.duration {
            guard let instance, bindState != nil else {
                throw Fault.badRequest(
                    "'wait' waits for the requests of one instance; say 'instance' and 'bind_state=resolved'.",
                    field: "wait")
            }
            try await waitUntilResolved(instance, span, call)
        }
        var conditions = RequestScope(call.caller).condition
        if let instance { conditions += " AND r.instance = \(instance)" }
        let found = try await store.read { [conditions] transaction in
            var conditions = conditions
            if bindState != nil {
                let open: SQL = "r.state NOT IN \(list: RequestLifecycle.State.resolved)"
                if let instance,
                    try transaction.exists("SELECT 1 FROM accelerator_requests r WHERE \(conditions) AND \(open)")
                {
                    throw Fault(.locked, "The accelerator requests of instance \(instance) are still being bound.")
                }
                conditions += " AND r.state IN \(list: RequestLifecycle.State.resolved)"
            }
            let scope = RequestScope(call.caller).condition
            conditions += " AND "
            conditions += try page.after(
                AcceleratorRequest.order,
                at: {
                    "SELECT \(AcceleratorRequest.order) FROM accelerator_requests r WHERE r.uuid = \($0) AND \(scope)"
                },
                in: transaction)
            return try Self.read(conditions, tail: page.limit, in: transaction)
        }
        let (shown, links) = page.cut(found, "accelerator_requests", call) { "\($0.id)" }
        // Who asks for one instance's attaches what it is told of: of a device group, each function.
        if instance != nil, shown.contains(where: \.holdsGroup) {
            return .list("arqs", shown.flatMap { GroupMember.shown(of: $0) }, pages: links) { one in
                AcceleratorRequestView(one.request, call, as: one.member)
            }
        }
        return .list("arqs", shown, pages: links) { AcceleratorRequestView($0, call) }
    }

    /// Returns when no request of the instance is still being bound, or when the time is over.
    private func waitUntilResolved(_ instance: InstanceID, _ span: Duration, _ call: Call) async throws {
        let scope = RequestScope(call.caller).condition
        let open: SQL = "r.state NOT IN \(list: RequestLifecycle.State.resolved)"
        let waited = try await store.read { transaction in
            try transaction.all(
                "SELECT r.uuid FROM accelerator_requests r WHERE r.instance = \(instance) AND \(scope) AND \(open)"
            ) { row in try row[0] as AcceleratorRequestID }
        }
        guard !waited.isEmpty else { return }
        _ = try await watch.wait(for: waited, span: span) {
            let isOpen = try await store.read { transaction in
                try transaction.exists(
                    """
                    SELECT 1 FROM accelerator_requests r
                    WHERE r.instance = \(instance) AND \(scope) AND \(open) LIMIT 1
                    """)
            }
            return isOpen ? nil : true
        }
    }

    /// From 2.4 with its generation as `ETag`; a caller that knows that one may wait for the next.
    private func show(_ call: Call) async throws -> Reply {
        let id = try call[Self.uuid]
        let known = try EntityTags(.ifNoneMatch, of: call)
        let span = try call[RequestWatch.wait]?.duration ?? .zero
        let found = try await watch.wait(for: [id], span: known == nil ? .zero : span) {
            let found = try await read("r.uuid = \(id) AND \(RequestScope(call.caller).condition)").first
            guard let found else { throw Self.unknown([id]) }
            return known?.holds(found.generation) == true ? nil : found
        }
        guard let found else { return .empty(304) }
        let headers = call.version >= Page.version ? EntityTags.header(found.generation) : [:]
        return try .json(AcceleratorRequestView(found, call), headers: headers)
    }

    private func create(
        _ call: Call, _ body: AcceleratorRequestBody, _ creation: Creation
    ) async throws -> Reply {
        guard let project = call.caller.project else {
            throw Fault.forbidden("Accelerator requests belong to a project; use a token scoped to one.")
        }
        let profile = try await store.read { transaction in
            try transaction.first(
                "SELECT \(DeviceProfile.columns) FROM device_profiles WHERE name = \(body.profileName)"
            ) { row in try DeviceProfile(row) }
        }
        guard let profile else { throw Fault.notFound("There is no device profile '\(body.profileName.shown)'.") }
        let classes = profile.groups.enumerated().flatMap { index, group in group.accelerators.map { (index, $0) } }
        let check =
            limits is Unlimited
            ? nil
            : try await LimitCheck(
                .init(project: project, amounts: [LimitedResource.requests: classes.count]), by: limits,
                usage: LimitedResource.usage)
        let made: [AcceleratorRequestID] = classes.map { _ in ids.next() }
        let now = time.now()
        let actor = Actor(call)
        return try await creation.write { [book] transaction in
            guard try transaction.exists("SELECT 1 FROM device_profiles WHERE uuid = \(profile.id)") else {
                throw Fault.notFound("There is no device profile '\(body.profileName.shown)'.")
            }
            try check?.enforce(in: transaction)
            for (position, (group, resourceClass)) in classes.enumerated() {
                try transaction.execute(
                    """
                    INSERT INTO accelerator_requests (uuid, position, project, state, profile, profile_group,
                        resource_class, generation, created_at)
                    VALUES (\(made[position]), \(position), \(project), 'Initial', \(profile.id), \(group),
                        \(resourceClass), 0, \(now))
                    """)
                try book.trail.note(
                    AuditEvent(action: .requestCreated, actor: actor, owner: project, request: made[position]), at: now,
                    in: transaction)
            }
            let requests = try Self.read("r.uuid IN \(list: made)", in: transaction)
            return .list("arqs", requests, pages: nil, status: 201) { AcceleratorRequestView($0, call) }
        }
    }

    private func patch(_ call: Call, _ body: RequestPatch.Body) async throws -> Reply {
        let expected = try EntityTags(.ifMatch, of: call)
        let patch = try RequestPatch(
            body, expecting: expected, version: call.version, isAdmin: call.caller.has(role: "admin"))
        return try await change(call, patch)
    }

    private func putBinding(_ call: Call, _ body: BindingBody) async throws -> Reply {
        let patch = RequestPatch(
            [try call[Self.uuid]: .bind(try body.target())], expecting: try EntityTags(.ifMatch, of: call),
            version: call.version, idempotent: true)
        return try await change(call, patch)
    }

    private func change(_ call: Call, _ patch: RequestPatch) async throws -> Reply {
        try Self.requireService(call)
        let preparing = try await binder.apply(patch, for: call.caller, by: Actor(call))
        if !preparing.isEmpty, patience > .zero { await settle(preparing) }
        return .empty(202)
    }

    /// Waits until no host prepares for these requests any more, if that is soon. They are on record whatever becomes
    /// of the wait.
    private func settle(_ requests: [AcceleratorRequestID]) async {
        _ = try? await watch.wait(for: requests, span: patience) { () -> Bool? in
            let isPreparing = try await store.read { transaction in
                try transaction.exists(
                    "SELECT 1 FROM accelerator_requests WHERE uuid IN \(list: requests) AND state = 'BindStarted'")
            }
            return isPreparing ? nil : true
        }
    }

    private func delete(_ call: Call) async throws -> Reply {
        let requests = try call[Self.requests]
        let instance = try call[Self.instance]
        switch (requests, instance) {
        case (let requests?, nil):
            var ids: [AcceleratorRequestID] = []
            for text in try CommaList.split(requests, of: "arqs") {
                guard let id = AcceleratorRequestID(text) else {
                    throw Fault.badRequest(
                        "'\(text.shown)' is not a UUID, which 'arqs' must hold.", field: "arqs")
                }
                ids.append(id)
            }
            guard !ids.isEmpty else { throw Fault.badRequest("'arqs' names no accelerator request.", field: "arqs") }
            return try await delete(ids, call)
        case (nil, let instance?): return try await delete(of: instance, call)
        default:
            throw Fault.badRequest("Name what to delete with 'arqs' or with 'instance', not with both.", field: "arqs")
        }
    }

    /// Deletes what is there; then says 404 for what is not.
    private func delete(_ ids: [AcceleratorRequestID], _ call: Call) async throws -> Reply {
        let scope = RequestScope(call.caller)
        let actor = Actor(call)
        let now = time.now()
        let expected = try EntityTags(.ifMatch, of: call)
        let found = try await store.write { [book] transaction in
            let found = try Self.read("r.uuid IN \(list: ids) AND \(scope.condition)", in: transaction)
            for request in found {
                try expected?.check(request.generation, of: "The accelerator request \(request.id)")
            }
            if found.contains(where: { $0.instance != nil }) { try Self.requireService(call) }
            try book.delete(found, by: actor, at: now, in: transaction)
            return found.map(\.id)
        }
        let missing = Set(ids).subtracting(found)
        guard missing.isEmpty else { throw Self.unknown(missing.sorted()) }
        return .empty()
    }

    /// Idempotent: an instance without requests is as good as done.
    private func delete(of instance: InstanceID, _ call: Call) async throws -> Reply {
        try Self.requireService(call)
        let scope = RequestScope(call.caller)
        let actor = Actor(call)
        let now = time.now()
        let expected = try EntityTags(.ifMatch, of: call)
        try await store.write { [book] transaction in
            let found = try Self.read("r.instance = \(instance) AND \(scope.condition)", in: transaction)
            for request in found {
                try expected?.check(request.generation, of: "The accelerator request \(request.id)")
            }
            try book.delete(found, by: actor, at: now, in: transaction)
            if !found.isEmpty { try InstanceOwners.touch(instance, at: now, in: transaction) }
        }
        return .empty()
    }

    private func read(_ conditions: SQL) async throws -> [AcceleratorRequest] {
        try await store.read { try Self.read(conditions, in: $0) }
    }

    private static func read(
        _ conditions: SQL, tail: SQL = "", in transaction: any Transaction
    ) throws -> [AcceleratorRequest] {
        try transaction.all(
            """
            SELECT \(AcceleratorRequest.columns) FROM \(AcceleratorRequest.source) WHERE \(conditions)
            ORDER BY \(AcceleratorRequest.order)\(tail)
            """
        ) { row in try AcceleratorRequest(row) }
    }

    private static func requireService(_ call: Call) throws(Fault) {
        guard call.caller.comesThroughService else {
            throw .forbidden(
                "This operation requires a service token: it is for the compute service, which sends X-Service-Token.")
        }
    }

    private static func unknown(_ ids: [AcceleratorRequestID]) -> Fault {
        .notFound("There is no accelerator request \(ids.map(\.description).joined(separator: ", ")).")
    }
}
