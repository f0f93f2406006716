import Accelerators
import Access
public import Clients
public import Model
import Services
public import Settings

/// Registers the services' default limits at the embedded identity service or at Keystone: `kilonova limits register`.
/// The accelerator service has further ones, of the resource classes of this cloud.
public struct LimitRegistrar: Sendable {
    private let session: KeystoneSession
    private let region: RegionID?
    private let classes: Set<ResourceClass>
    private let enabled: Set<ServiceName>
    /// The accelerator service in the catalog.
    private let service: ServicePeer

    /// - Parameters:
    ///   - session: the administrator who registers them; nil uses the section keystone
    ///   - region: the region of the limits
    ///   - authorities: PEM file of the certificates to trust; nil for the system's
    ///
    /// Throws 400 if neither names an account.
    public init(
        _ settings: Settings, session: KeystoneSession?, region: String?, authorities: String? = nil
    ) throws(Fault) {
        var own = session
        if own == nil { own = try Authentication.session(settings.auth.keystone) }
        guard let own else {
            throw .badRequest(
                "No identity service and account are configured: name a cloud of clouds.yaml by --os-cloud or OS_CLOUD, set "
                    + "OS_AUTH_URL, OS_USERNAME, OS_PASSWORD and OS_PROJECT_NAME, or fill the section keystone of the configuration."
            )
        }
        let regionName = session == nil ? settings.auth.keystone.region : region
        let authorities = session == nil ? settings.auth.keystone.certificateAuthority : authorities
        classes = try LimitClasses.configured(settings)
        enabled = settings.services.enabled
        service = Neighbours(session: own, interface: "public", region: regionName, caFile: authorities)
            .peer(.accelerator)
        self.session = own
        self.region = regionName.map { RegionID($0) }
    }

    /// Registers the defaults, one for each further class of this cloud, and `more`, each `resource=amount`. Returns
    /// one line for each.
    ///
    /// Throws 400 for an invalid limit, 403 if the account may not register limits, 503 if the service does not
    /// respond.
    public func register(_ more: [String], replacing: Bool) async throws(Fault) -> [String] {
        var names = classes
        var lines: [String] = []
        do throws(Fault) {
            names.formUnion(try await LimitClasses.known(to: service))
        } catch {
            lines.append(
                "The accelerator service was not asked which classes its hosts have (\(error.message)): those that it alone knows are "
                    + "not registered.")
        }
        let limits = try Self.limits(more, DefaultLimits.including(names.map(\.name)))
        lines.insert(contentsOf: try await register(limits, of: AcceleratorService.room, replacing), at: 0)
        for room in Self.others(ServiceList.all, enabled) {
            lines += try await register(room.limits.map { ($0.resource, $0.limit) }, of: room, replacing)
        }
        return lines
    }

    /// The enabled services that have the same limits in every cloud. The original of another one has its own.
    static func others(_ rooms: [ServiceRoom], _ enabled: Set<ServiceName>) -> [ServiceRoom] {
        rooms.filter { $0.name != AcceleratorService.room.name && !$0.limits.isEmpty && enabled.contains($0.name) }
    }

    private func register(
        _ limits: [(resource: String, limit: Int)], of room: ServiceRoom, _ replacing: Bool
    ) async throws(Fault) -> [String] {
        let registration = LimitRegistration(
            session: session, owner: .service(type: room.catalog.type, region: region))
        let outcomes = try await registration.register(limits, replacing: replacing)
        return zip(limits, outcomes).map { limit, outcome in Self.line(limit, outcome) }
    }

    static func line(_ limit: (resource: String, limit: Int), _ outcome: LimitRegistration.Outcome) -> String {
        switch outcome {
        case .registered: "\(limit.resource): \(limit.limit)"
        case .replaced(let old): "\(limit.resource): \(limit.limit), was \(old)"
        case .kept(let old) where old == limit.limit: "\(limit.resource): \(old), as before"
        case .kept(let old): "\(limit.resource): \(old) kept, not \(limit.limit); --replace changes it"
        }
    }

    private static func limits(
        _ more: [String], _ defaults: [(resource: String, limit: Int)]
    ) throws(Fault) -> [(resource: String, limit: Int)] {
        var limits = defaults
        for text in more {
            guard let mark = text.lastIndex(of: "="), let amount = Int(text[text.index(after: mark)...]), amount >= -1,
                DefaultLimits.isKnown(String(text[..<mark]))
            else {
                throw .badRequest(
                    "'\(text)' is no limit; write accelerator_requests or class: with a resource class, '=' and a number "
                        + "from -1 on: class:CUSTOM_X=4.")
            }
            let resource = String(text[..<mark])
            limits.removeAll { $0.resource == resource }
            limits.append((resource, amount))
        }
        return limits
    }
}
