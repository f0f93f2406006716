import API
import Access
import Logging
import Settings

/// The policy of each service: upstream's rules and defaults, overridden by the operator's files.
struct Policies {
    let identity: PolicyAuthorizer
    let placement: PolicyAuthorizer
    let accelerator: PolicyAuthorizer
    /// Applies changed files.
    let refreshing: BackgroundTask

    init(_ settings: PolicySettings, _ logger: Logger) async throws {
        let identity = try await Self.engine(IdentityPolicy.rules, settings.identity, settings, logger)
        let placement = try await Self.engine(PlacementPolicy.rules, settings.placement, settings, logger)
        let accelerator = try await Self.engine(AcceleratorPolicy.rules, settings.accelerator, settings, logger)
        self.identity = PolicyAuthorizer(engine: identity.engine, wording: .identity)
        self.placement = PolicyAuthorizer(engine: placement.engine, wording: .placement)
        self.accelerator = PolicyAuthorizer(engine: accelerator.engine, wording: .accelerator)
        let watched = [identity, placement, accelerator]
        refreshing = BackgroundTask("policy files") {
            while true {
                try await Task.sleep(for: .seconds(10))
                for (engine, files) in watched { await files.refresh(engine, logger) }
            }
        }
    }

    private static func engine(
        _ rules: [PolicyRule], _ path: String?, _ settings: PolicySettings, _ logger: Logger
    ) async throws -> (engine: PolicyEngine, files: PolicyFiles) {
        let files = PolicyFiles(path.map { [$0] } ?? [])
        let engine = try PolicyEngine(rules: rules, heedsLegacyDefaults: !settings.enforcesNewDefaults)
        for warning in try engine.replace(with: try await files.read()) { logger.warning("\(warning)") }
        return (engine, files)
    }
}
