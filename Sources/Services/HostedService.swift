public import API
public import Fleet

/// A service as it was built in this process.
public struct HostedService: Sendable {
    /// Makes its APIs for callers whom `authenticator` knows. Each is a value with its family, its base path, its
    /// versions and its endpoints. They are mounted where the service is enabled.
    public typealias Mounting =
        @Sendable (_ authenticator: any Authenticator, _ authorizer: any Authorizer) -> [API.Service]

    public let apis: Mounting
    /// Runs beside requests, whether or not the service is enabled.
    public let background: [BackgroundTask]
    /// Its shares in the connection to agents.
    public let parties: [any FleetParty]
    /// Loads what must be in memory before the first request.
    public let prepare: @Sendable () async throws -> Void
    /// What it needs besides the database, as far as is known now; responds at once.
    public let dependencies: @Sendable () -> [Dependency]

    public init(
        apis: @escaping Mounting, background: [BackgroundTask] = [], parties: [any FleetParty] = [],
        dependencies: @escaping @Sendable () -> [Dependency] = { [] },
        prepare: @escaping @Sendable () async throws -> Void = {}
    ) {
        self.apis = apis
        self.background = background
        self.parties = parties
        self.dependencies = dependencies
        self.prepare = prepare
    }
}
