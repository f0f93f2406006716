import Fleet
public import Logging
public import Model
public import Settings
import Store

/// One stateless replica of the control plane: `kilonova server`.
public struct Replica: Sendable {
    private let settings: Settings
    private let logger: Logger

    public init(_ settings: Settings, logger: Logger) {
        self.settings = settings
        self.logger = logger
    }

    /// Serves until SIGTERM or SIGINT. `onReady` gets the base URL when requests are accepted.
    public func run(onReady: @escaping @Sendable (_ url: String) async throws -> Void) async throws {
        ProcessMetrics.start()
        let plane = try await ControlPlane.open(settings, logger)
        try await Catalog.warnWhereEmpty(plane, logger)
        try await Serving(plane: plane, settings: settings, logger: logger).run(onReady: onReady)
    }

    /// Creates a one-time token with which the host `name` enrols.
    ///
    /// Throws 400 if no authority is configured.
    public func enrolmentToken(for name: HostName, validity: Duration) async throws -> Secret {
        try await whileOpen { plane in
            guard let enrolment = plane.enrolment else {
                throw Fault.badRequest("agents.authority_folder is not set, so no certificates are issued here.")
            }
            return try await enrolment.token(for: name, validity: validity)
        }
    }

    /// Revokes all certificates of the host `name`, and all tokens that were created for it. Its stream ends within a
    /// heartbeat. Returns how many there were.
    public func revokeCertificates(of name: HostName) async throws -> (certificates: Int, tokens: Int) {
        let now = TimeSource.system.now()
        return try await whileOpen { plane in
            try await plane.feed.store.write { transaction in
                try CertificateBook.revokeAll(of: name, at: now, in: transaction)
            }
        }
    }

    /// Creates the administrator, its project, the roles and the catalog, or what is missing of them.
    ///
    /// - Parameter url: the base URL with which clients reach this control plane
    /// - Returns: what was created and what was kept, one line each
    public func bootstrap(adminPassword: Secret, url: String) async throws -> [String] {
        try await whileOpen { plane in
            try await Catalog.bootstrap(plane, adminPassword: adminPassword, url: url)
        }
    }

    func whileOpen<Result: Sendable>(
        _ body: (ControlPlane) async throws -> Result
    ) async throws -> Result {
        let plane = try await ControlPlane.open(settings, logger)
        do {
            let result = try await body(plane)
            await plane.engine.close()
            return result
        } catch {
            await plane.engine.close()
            throw error
        }
    }
}
