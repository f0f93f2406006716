import Access
import Logging
import Services
import Settings

/// The policy of each service: upstream's rules and defaults, overridden by the operator's files.
struct Policies {
    private let authorizers: [ServiceName: PolicyAuthorizer]
    /// Applies changed files.
    let refreshing: BackgroundTask

    init(of services: [ServiceRoom], _ settings: PolicySettings, _ logger: Logger) async throws {
        var authorizers: [ServiceName: PolicyAuthorizer] = [:]
        var watched: [(engine: PolicyEngine, files: PolicyFiles)] = []
        for service in services {
            let files = PolicyFiles(settings.files[service.name].map { [$0] } ?? [])
            let engine = try PolicyEngine(
                rules: service.policy.rules, heedsLegacyDefaults: !settings.enforcesNewDefaults)
            for warning in try engine.replace(with: try await files.read()) { logger.warning("\(warning)") }
            authorizers[service.name] = PolicyAuthorizer(engine: engine, wording: service.policy.wording)
            watched.append((engine, files))
        }
        self.authorizers = authorizers
        refreshing = BackgroundTask("policy files") { [watched] in
            while true {
                try await Task.sleep(for: .seconds(10))
                for (engine, files) in watched { await files.refresh(engine, logger) }
            }
        }
    }

    subscript(service: ServiceName) -> PolicyAuthorizer {
        guard let authorizer = authorizers[service] else {
            preconditionFailure("only a service in the list has a policy")
        }
        return authorizer
    }
}
