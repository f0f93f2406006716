import Clients
import HTTPTypes
public import Model

/// Claims devices and binds them, for people and scripts: what a compute service does for a server, without one.
///
///     profile ─▶ candidates ─▶ claim ─▶ accelerator requests ─▶ bind ─▶ (the host prepares) ─▶ attach handles
///
/// What was done is undone where a later step is refused. Works beside the original services as well.
public struct DeviceBinder: Sendable {
    /// The devices to claim.
    public struct Order: Sendable {
        public var profile: String
        /// The only host to use; nil for any.
        public var host: String?
        public var instance: InstanceID
        /// How long to wait for the host; zero for not at all.
        public var patience: Duration

        public init(profile: String, host: String? = nil, instance: InstanceID, patience: Duration) {
            self.profile = profile
            self.host = host
            self.instance = instance
            self.patience = patience
        }
    }

    static let accelerators = Microversion(2, 1)
    static let placement = Microversion(1, 39)

    public let owner: CloudSession
    public let service: CloudSession
    let wait: @Sendable (Duration) async throws -> Void

    /// - Parameters:
    ///   - owner: the account that will own the devices
    ///   - service: an account with the role `service`, like a compute service's: claims, and vouches for the owner
    public init(
        owner: CloudSession, service: CloudSession,
        wait: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        self.owner = owner
        self.service = service
        self.wait = wait
    }

    /// Returns the accelerator requests with their bindings.
    ///
    /// Throws 404 for an unknown profile or host, 409 if nothing fits or the host could not prepare a device.
    public func bind(_ order: Order) async throws(Fault) -> [JSONValue] {
        let profile = try await profile(order.profile)
        let query = ProfileQuery(profile)
        guard try await holdings(of: order.instance).isEmpty else {
            throw .conflict(
                "The instance \(order.instance) already has allocations; unbind it first, or use another id.")
        }
        let (candidate, host) = try await claim(query, order)
        var requests: [JSONValue] = []
        do throws(Fault) {
            requests = try await create(order.profile)
            try await bind(requests, query, candidate, host, order)
            return try await outcome(of: order)
        } catch {
            if error.kind != .timeout { await giveBack(order.instance, requests) }
            throw error
        }
    }

    // MARK: Steps

    private func profile(_ name: String) async throws(Fault) -> JSONValue {
        let found = try await owner.list(
            .accelerator, "/device_profiles", "device_profiles", query: [("name", name)], version: Self.accelerators)
        guard let profile = found.first(where: { $0["name"]?.string == name }) else {
            throw .notFound("There is no device profile '\(name)'.")
        }
        return profile
    }

    /// Claims the first candidate that is still available.
    private func claim(_ query: ProfileQuery, _ order: Order) async throws(Fault) -> (
        candidate: JSONValue, host: String
    ) {
        let root = try await order.host.asyncMap { host throws(Fault) in try await self.root(of: host) }
        let answer = try await service.send(
            .get, .placement, "/allocation_candidates?limit=16&\(query.text(below: root))", version: Self.placement)
        let candidates = answer["allocation_requests"]?.elements ?? []
        let (project, user) = try await owner.owner()
        var last = Fault.conflict(
            "Nothing that is free fits the device profile '\(order.profile)'\(order.host.map { " on host '\($0)'" } ?? ""); "
                + "'openstack allocation candidate list' shows what there is.")
        for candidate in candidates {
            let body = JSONValue.object(
                (candidate.members ?? []).filter { $0.name == "allocations" || $0.name == "mappings" } + [
                    .init("consumer_generation", .null), .init("project_id", .text(project)),
                    .init("user_id", .text(user)), .init("consumer_type", .text("INSTANCE")),
                ])
            do throws(Fault) {
                try await service.send(
                    .put, .placement, "/allocations/\(order.instance)", version: Self.placement, body: body)
                return (candidate, try await host(of: candidate, answer))
            } catch {
                // Somebody was faster.
                guard error.kind.status == 409 else { throw error }
                last = error
            }
        }
        throw last
    }

    private func root(of host: String) async throws(Fault) -> String {
        let answer = try await service.send(
            .get, .placement, "/resource_providers?name=\(host.percentEncoded)", version: Self.placement)
        guard let id = answer["resource_providers"]?.elements?.first?["uuid"]?.string else {
            throw .notFound("Placement knows no host '\(host)'.")
        }
        return id
    }

    /// The host of a candidate's providers, by its name in the accelerator service.
    private func host(of candidate: JSONValue, _ answer: JSONValue) async throws(Fault) -> String {
        let provider = candidate["allocations"]?.members?.first?.name ?? ""
        let root = answer["provider_summaries"]?[provider]?["root_provider_uuid"]?.string ?? provider
        let found = try await service.send(.get, .placement, "/resource_providers/\(root)", version: Self.placement)
        guard let name = found["name"]?.string else {
            throw Fault(.badGateway, "Placement does not name the provider \(root).")
        }
        return name
    }

    private func create(_ profile: String) async throws(Fault) -> [JSONValue] {
        try await owner.send(
            .post, .accelerator, "/accelerator_requests", version: Self.accelerators,
            body: .object([.init("device_profile_name", .text(profile))]), helper: service
        )["arqs"]?.elements ?? []
    }

    private func bind(
        _ requests: [JSONValue], _ query: ProfileQuery, _ candidate: JSONValue, _ host: String, _ order: Order
    ) async throws(Fault) {
        var patches: [JSONValue.Member] = []
        for request in requests {
            guard let id = request["uuid"]?.string, let group = request["device_profile_group_id"]?.whole,
                let provider = query.provider(of: group, in: candidate)
            else {
                throw Fault(.badGateway, "An accelerator request has a group that was not in the query to Placement.")
            }
            let values = [("/hostname", host), ("/device_rp_uuid", provider), ("/instance_uuid", "\(order.instance)")]
            patches.append(
                .init(
                    id,
                    .array(
                        values.map { path, value in
                            .object([
                                .init("op", .text("add")), .init("path", .text(path)), .init("value", .text(value)),
                            ])
                        })))
        }
        try await owner.send(
            .patch, .accelerator, "/accelerator_requests", version: Self.accelerators, body: .object(patches),
            helper: service)
    }

    /// Waits until the host has prepared everything. Throws 409 if it could not, 408 if it takes longer.
    private func outcome(of order: Order) async throws(Fault) -> [JSONValue] {
        let pause: Duration = .milliseconds(250)
        var waited: Duration = .zero
        while true {
            let requests = try await self.requests(of: order.instance)
            let states = requests.compactMap { $0["state"]?.string }
            if let failed = requests.first(where: { $0["state"]?.string == "BindFailed" }) {
                throw .conflict(
                    "Host '\(failed["hostname"]?.string ?? "")' could not prepare the devices; its agent's log and "
                        + "'kilonova event list' say why. Nothing is held.")
            }
            if order.patience == .zero || (!states.isEmpty && states.allSatisfy { $0 == "Bound" }) { return requests }
            guard waited < order.patience else {
                throw Fault(
                    .timeout,
                    "The host is still preparing the devices. 'kilonova bindings \(order.instance)' shows the progress, "
                        + "'kilonova unbind \(order.instance)' cancels it.")
            }
            do { try await wait(pause) } catch { throw Fault(.timeout, "The wait was cancelled.") }
            waited += pause
        }
    }

    /// The accelerator requests of an instance.
    public func requests(of instance: InstanceID) async throws(Fault) -> [JSONValue] {
        try await owner.list(
            .accelerator, "/accelerator_requests", "arqs", query: [("instance", "\(instance)")],
            version: Self.accelerators)
    }

    /// The allocations by provider.
    func holdings(of instance: InstanceID) async throws(Fault) -> [JSONValue.Member] {
        try await service.send(.get, .placement, "/allocations/\(instance)", version: Self.placement)["allocations"]?
            .members ?? []
    }
}

extension Optional {
    fileprivate func asyncMap<Result>(_ body: (Wrapped) async throws(Fault) -> Result) async throws(Fault) -> Result? {
        guard let self else { return nil }
        return try await body(self)
    }
}
