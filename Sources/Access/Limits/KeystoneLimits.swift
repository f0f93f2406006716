public import Clients
import FoundationEssentials
import HTTPTypes
public import Model
import Synchronization

/// Unified limits of a real Keystone, read as oslo.limit reads them, and kept for a short while.
///
/// The service user needs to see other projects' limits: role service, admin, or reader on the system. For the two-level
/// model it must read other projects as well: reader on the system, or admin.
public final class KeystoneLimits: QuotaLimits {
    /// Whose limits these are, as Keystone's catalog knows the service.
    public enum Owner: Sendable {
        case endpoint(CatalogEndpointID)
        /// There must be exactly one such service; without a region it must have endpoints in one region only.
        case service(type: String, region: RegionID?)
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
        var projects: [ProjectID: Kept<[String: Int]>] = [:]
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
    }

    /// - Parameter timeToLive: how late a changed limit is noticed
    public init(
        session: KeystoneSession, owner: Owner, time: TimeSource = .system, timeToLive: Duration = .seconds(30)
    ) {
        self.session = session
        self.owner = owner
        self.time = time
        self.timeToLive = timeToLive
    }

    public func limit(for resource: String, project: ProjectID) async throws(Fault) -> Int? {
        if let own = try await overrides(of: project)[resource] { return own }
        return try await defaults()[resource]
    }

    public func tree(of project: ProjectID) async throws(Fault) -> ProjectTree? {
        if try await place().isFlat { return nil }
        let now = time.now()
        if let kept = state.withLock({ $0.trees[project] }), now < kept.until { return kept.value }
        return try await treeFlights.run(project) { () throws(Fault) in
            let shown = try await ask("/v3/projects/\(Self.escaped(project.text))", ProjectEnvelope.self).project
            var root = shown.id
            if let parent = shown.parent, parent != shown.domain { root = parent }
            let children = try await ask("/v3/projects?parent_id=\(Self.escaped(root))", ProjectList.self).projects
            let tree = ProjectTree(
                root: ProjectID(root),
                members: Set(children.map { ProjectID($0.id) }).union([ProjectID(root), project]))
            keep { $0.trees[project] = Kept(value: tree, until: now + timeToLive) }
            return tree
        }
    }

    private func overrides(of project: ProjectID) async throws(Fault) -> [String: Int] {
        let now = time.now()
        if let kept = state.withLock({ $0.projects[project] }), now < kept.until { return kept.value }
        return try await limitFlights.run("project \(project)") { () throws(Fault) in
            let place = try await place()
            let list = try await ask(
                "/v3/limits?\(Self.query(place))&project_id=\(Self.escaped(project.text))", LimitList.self)
            let own = list.limits.filter { $0.project == project.text && $0.region == place.region }
            let limits = Dictionary(own.map { ($0.resource, $0.limit) }) { _, last in last }
            keep { $0.projects[project] = Kept(value: limits, until: now + timeToLive) }
            return limits
        }
    }

    private func defaults() async throws(Fault) -> [String: Int] {
        let now = time.now()
        if let kept = state.withLock({ $0.registered }), now < kept.until { return kept.value }
        return try await limitFlights.run("registered") { () throws(Fault) in
            let place = try await place()
            let list = try await ask("/v3/registered_limits?\(Self.query(place))", RegisteredLimitList.self)
            let own = list.registered.filter { $0.region == place.region }
            let limits = Dictionary(own.map { ($0.resource, $0.limit) }) { _, last in last }
            keep { $0.registered = Kept(value: limits, until: now + timeToLive) }
            return limits
        }
    }

    /// The service, its region and the model change seldom: kept for twenty times as long.
    private func place() async throws(Fault) -> Place {
        let now = time.now()
        if let kept = state.withLock({ $0.place }), now < kept.until { return kept.value }
        let model = try await ask("/v3/limits/model", ModelEnvelope.self).model.name
        let (service, region) = try locate(in: try await session.catalog())
        // Keystone spells it with underscores, oslo.limit with hyphens.
        let isFlat = model.replacing("-", with: "_") != "strict_two_level"
        let place = Place(service: service, region: region, isFlat: isFlat)
        keep { $0.place = Kept(value: place, until: now + timeToLive * 20) }
        return place
    }

    /// The ids of the service and of its region. The session's own catalog has them, which any role may read.
    private func locate(
        in catalog: [TokenDocument.CatalogService]
    ) throws(Fault) -> (service: String, region: String?) {
        var found: Set<[String?]> = []
        for service in catalog {
            for endpoint in service.endpoints {
                let isOurs =
                    switch owner {
                    case .endpoint(let id): endpoint.id == id.text
                    case .service(let type, let region):
                        service.type == type && (region == nil || endpoint.region == region?.text)
                    }
                if isOurs { found.insert([service.id, endpoint.region]) }
            }
        }
        guard found.count == 1, let pair = found.first, let service = pair[0] else {
            throw Self.unclear("its catalog has \(found.count) services and regions for \(owner) where one is wanted")
        }
        return (service, pair[1])
    }

    private func keep(_ change: (inout State) -> Void) {
        state.withLock { state in
            if state.projects.count >= Self.capacity { state.projects = [:] }
            if state.trees.count >= Self.capacity { state.trees = [:] }
            change(&state)
        }
    }

    private func ask<Answer: Decodable>(_ path: String, _ type: Answer.Type) async throws(Fault) -> Answer {
        let answer = try await session.send(PeerRequest(.get, path))
        guard answer.status == 200 else { throw Self.unclear("it answered \(answer.status) to GET \(path)") }
        do {
            return try JSONDecoder().decode(type, from: Data(answer.body))
        } catch {
            throw Self.unclear("its answer to GET \(path) could not be read: \(error)")
        }
    }

    private static func query(_ place: Place) -> String {
        "service_id=\(escaped(place.service))" + (place.region.map { "&region_id=\(escaped($0))" } ?? "")
    }

    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for byte in text.utf8 {
            switch byte {
            case 48...57, 65...90, 97...122, 45, 46, 95, 126: escaped.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                escaped += "%" + (digits.count == 1 ? "0" : "") + digits
            }
        }
        return escaped
    }

    private static func unclear(_ context: String) -> Fault {
        .unavailable(
            "The limits cannot be read from the identity service at the moment; try again later.",
            context: "identity service: \(context)")
    }
}
