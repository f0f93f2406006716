import Accelerators
import Access
import Clients
public import Model
public import Settings

/// Registers the accelerator service's default limits at the identity service, whichever it is: `kilonova limits register`.
public struct LimitRegistrar: Sendable {
    private let registration: LimitRegistration
    private let classes: Set<ResourceClass>
    /// The accelerator service that the catalog names.
    private let service: any HTTPTransport

    /// Signs in as the variables of OpenStack's clients say (`OS_AUTH_URL` and so on); where `environment` has none, as the
    /// section keystone says. Throws 400 where neither names an account.
    public init(_ settings: Settings, environment: [String: String]) throws(Fault) {
        var account = try Self.account(environment)
        if account == nil { account = try Self.account(settings.auth.keystone) }
        guard let account else {
            throw .badRequest(
                "Nothing says where the identity service is and who you are: set OS_AUTH_URL, OS_USERNAME, OS_PASSWORD and "
                    + "OS_PROJECT_NAME (or OS_APPLICATION_CREDENTIAL_ID and OS_APPLICATION_CREDENTIAL_SECRET), or fill the "
                    + "section keystone of the configuration.")
        }
        classes = try LimitClasses.configured(settings)
        let (caFile, catalogRegion) = (account.caFile, account.region ?? settings.auth.keystone.region)
        let name = "the accelerator service"
        service = AuthenticatedTransport(
            CatalogTransport(
                session: account.session, type: AcceleratorLimiting.serviceType, interface: "public",
                region: catalogRegion, name: name
            ) { base throws(Fault) in try NetworkTransport(base: base, name: name, caFile: caFile) },
            session: account.session)
        let region = (account.region ?? settings.auth.keystone.region).map { RegionID($0) }
        registration = LimitRegistration(
            session: account.session, owner: .service(type: AcceleratorLimiting.serviceType, region: region))
    }

    /// Registers the defaults, one for each class that this cloud has beside them, and `more`, each `resource=amount`; answers a line
    /// for each.
    ///
    /// Throws 400 for what is no limit, 403 where the account may not, 503 where nobody answers.
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
        let outcomes = try await registration.register(limits, replacing: replacing)
        return zip(limits, outcomes).map { limit, outcome in Self.line(limit, outcome) } + lines
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

    private struct Account {
        let session: KeystoneSession
        let region: String?
        let caFile: String?
    }

    private static func account(_ environment: [String: String]) throws(Fault) -> Account? {
        func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        guard let url = value("OS_AUTH_URL") else { return nil }
        let credentials: ServiceCredentials
        if let id = value("OS_APPLICATION_CREDENTIAL_ID"), let secret = value("OS_APPLICATION_CREDENTIAL_SECRET") {
            credentials = .applicationCredential(id: id, secret: Secret(secret))
        } else if let user = value("OS_USERNAME"), let password = value("OS_PASSWORD"),
            let project = value("OS_PROJECT_NAME")
        {
            credentials = .password(
                user: user, userDomain: value("OS_USER_DOMAIN_NAME") ?? "Default", password: Secret(password),
                project: project, projectDomain: value("OS_PROJECT_DOMAIN_NAME") ?? "Default")
        } else {
            throw .badRequest("OS_AUTH_URL is set, but OS_USERNAME, OS_PASSWORD or OS_PROJECT_NAME is missing.")
        }
        let transport = try NetworkTransport(
            base: KeystoneSession.base(ofAuthURL: url), name: "the identity service", caFile: value("OS_CACERT"))
        return Account(
            session: KeystoneSession(transport: transport, credentials: credentials), region: value("OS_REGION_NAME"),
            caFile: value("OS_CACERT"))
    }

    private static func account(_ keystone: KeystoneSettings) throws(Fault) -> Account? {
        try Authentication.session(keystone).map {
            Account(session: $0, region: keystone.region, caFile: keystone.certificateAuthority)
        }
    }
}
