public import Clients
import FoundationEssentials
import HTTPTypes
public import Model
import Synchronization

/// Unified limits of a Keystone, read as oslo.limit reads them, and cached for a short time.
///
/// The service user must be able to see other projects' limits: role service, role admin, or reader on the system. For
/// the two-level model it must read other projects as well: reader on the system, or admin.
public final class KeystoneLimits: QuotaLimits {
    /// The service to which the limits belong, in Keystone's catalog.
    public enum Owner: Sendable {
        case endpoint(CatalogEndpointID)
        /// Exactly one such service must exist. Without a region, it must have endpoints in one region only.
        case service(type: String, region: RegionID?)

        /// The ids of the service and of its region, from the session's own catalog, which any role may read.
        func locate(
            in catalog: [TokenDocument.CatalogService]
        ) throws(Fault) -> (service: String, region: String?) {
            var found: Set<[String?]> = []
            for service in catalog {
                for endpoint in service.endpoints {
                    let isOurs =
                        switch self {
                        case .endpoint(let id): endpoint.id == id.text
                        case .service(let type, let region):
                            service.type == type && (region == nil || endpoint.region == region?.text)
                        }
                    if isOurs { found.insert([service.id, endpoint.region]) }
                }
            }
            guard found.count == 1, let pair = found.first, let service = pair[0] else {
                throw LimitPath.unclear(
                    "its catalog has \(found.count) services and regions for \(self) where one is wanted")
            }
            return (service, pair[1])
        }
    }

    private let session: KeystoneSession
    private let owner: Owner
    private let time: TimeSource
    private let timeToLive: Duration
    private let state = Mutex(State())
    private let limitFlights = SingleFlight<String, [String: Int]>()
    private let treeFlights = SingleFlight<ProjectID, ProjectTree>()
    private static let capacity = 10_000

    private struct State: Sendable {
        var place: Kept<Place>?
        var registered: Kept<[String: Int]>?
        /// Limits by holder, under the holder's name in the query.
        var overrides: [String: Kept<[String: Int]>] = [:]
        var trees: [ProjectID: Kept<ProjectTree>] = [:]
    }

    private struct Kept<Value: Sendable>: Sendable {
        let value: Value
        let until: Timestamp
    }

    private struct Place: Sendable {
        let service: String
        let region: String?
        let isFlat: Bool

        var query: String { LimitPath.query(service: service, region: region) }
    }

    /// - Parameter timeToLive: how late a changed limit may take effect
    public init(
        session: KeystoneSession, owner: Owner, time: TimeSource = .system, timeToLive: Duration = .seconds(30)
    ) {
        self.session = session
        self.owner = owner
        self.time = time
        self.timeToLive = timeToLive
    }

    public func limit(for resource: String, project: ProjectID) async throws(Fault) -> Int? {
        if let own = try await overrides(of: .project(project))[resource] { return own }
        return try await defaults()[resource]
    }

    public func limit(for resource: String, rootOf tree: ProjectTree) async throws(Fault) -> Int? {
        if let own = try await overrides(of: tree.isDomain ? .domain(tree.root) : .project(tree.root))[resource] {
            return own
        }
        return try await defaults()[resource]
    }

    public func tree(of project: ProjectID) async throws(Fault) -> ProjectTree? {
        if try await place().isFlat { return nil }
        let now = time.now()
        if let kept = state.withLock({ $0.trees[project] }), now < kept.until { return kept.value }
        return try await treeFlights.run(project) { () throws(Fault) in
            // Keystone's model has domains on top and their projects below them, and nothing deeper.
            let shown = try await ask("/v3/projects/\(project.text.percentEncoded)", ProjectEnvelope.self).project
            let root = shown.domain ?? shown.parent ?? shown.id
            let below = try await ask("/v3/projects?domain_id=\(root.percentEncoded)", ProjectList.self).projects
            let tree = ProjectTree(
                root: ProjectID(root), isDomain: true,
                members: Set(below.map { ProjectID($0.id) }).union([ProjectID(root), project]))
            keep { $0.trees[project] = Kept(value: tree, until: now + timeToLive) }
            return tree
        }
    }

    /// A project or a domain that has limits.
    private enum Holder {
        case project(ProjectID)
        case domain(ProjectID)

        var query: String {
            switch self {
            case .project(let id): "project_id=\(id.text.percentEncoded)"
            case .domain(let id): "domain_id=\(id.text.percentEncoded)"
            }
        }

        func has(_ limit: LimitList.Limit) -> Bool {
            switch self {
            case .project(let id): limit.project == id.text
            case .domain(let id): limit.domain == id.text
            }
        }
    }

    private func overrides(of holder: Holder) async throws(Fault) -> [String: Int] {
        let now = time.now()
        let query = holder.query
        if let kept = state.withLock({ $0.overrides[query] }), now < kept.until { return kept.value }
        return try await limitFlights.run(query) { () throws(Fault) in
            let place = try await place()
            let list = try await ask("/v3/limits?\(place.query)&\(query)", LimitList.self)
            let own = list.limits.filter { holder.has($0) && $0.region == place.region }
            let limits = Dictionary(own.map { ($0.resource, $0.limit) }) { _, last in last }
            keep { $0.overrides[query] = Kept(value: limits, until: now + timeToLive) }
            return limits
        }
    }

    private func defaults() async throws(Fault) -> [String: Int] {
        let now = time.now()
        if let kept = state.withLock({ $0.registered }), now < kept.until { return kept.value }
        return try await limitFlights.run("registered") { () throws(Fault) in
            let place = try await place()
            let list = try await ask("/v3/registered_limits?\(place.query)", RegisteredLimitList.self)
            let own = list.registered.filter { $0.region == place.region }
            let limits = Dictionary(own.map { ($0.resource, $0.limit) }) { _, last in last }
            keep { $0.registered = Kept(value: limits, until: now + timeToLive) }
            return limits
        }
    }

    /// The service, its region and the model change rarely, and are cached for twenty times as long.
    private func place() async throws(Fault) -> Place {
        let now = time.now()
        if let kept = state.withLock({ $0.place }), now < kept.until { return kept.value }
        let model = try await ask("/v3/limits/model", ModelEnvelope.self).model.name
        let (service, region) = try owner.locate(in: try await session.catalog())
        // Keystone spells it with underscores, oslo.limit with hyphens.
        let isFlat = model.replacing("-", with: "_") != "strict_two_level"
        let place = Place(service: service, region: region, isFlat: isFlat)
        keep { $0.place = Kept(value: place, until: now + timeToLive * 20) }
        return place
    }

    private func keep(_ change: (inout State) -> Void) {
        state.withLock { state in
            if state.overrides.count >= Self.capacity { state.overrides = [:] }
            if state.trees.count >= Self.capacity { state.trees = [:] }
            change(&state)
        }
    }

    private func ask<Answer: Decodable>(_ path: String, _ type: Answer.Type) async throws(Fault) -> Answer {
        let answer = try await session.send(PeerRequest(.get, path))
        guard answer.status == 200 else { throw LimitPath.unclear("it answered \(answer.status) to GET \(path)") }
        do {
            return try JSONDecoder().decode(type, from: Data(answer.body))
        } catch {
            throw LimitPath.unclear("its answer to GET \(path) could not be read: \(error)")
        }
    }

}
