import API
import HTTPTypes
import Logging
import Model
import ServiceLifecycle
import Testing

/// Services that only tests have, over real HTTP.
enum PlayedServer {
    static let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

    /// Runs `body` while `services` are served on a free port.
    static func run(
        _ services: [API.Service], _ change: (inout ListenerConfiguration) -> Void = { _ in },
        _ body: @Sendable (_ port: Int) async throws -> Void
    ) async throws {
        var configuration = ListenerConfiguration(host: "127.0.0.1", port: 0, maximumBody: 1000, logsAccess: false)
        change(&configuration)
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        let server = HTTPServer(
            configuration, dispatcher: Dispatcher(services, logger: logger), metrics: MetricsRegistry(), logger: logger,
            onListening: { port.yield($0) })
        let group = ServiceGroup(configuration: .init(services: [.init(service: server)], logger: logger))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                defer { port.finish() }
                try await group.run()
            }
            var iterator = ports.makeAsyncIterator()
            let bound = try #require(await iterator.next())
            do {
                try await body(bound)
            } catch {
                await group.triggerGracefulShutdown()
                throw error
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    /// What comes back for `request` until the server closes.
    static func exchange(_ port: Int, _ request: String) async throws -> String {
        try await RawConnection.run {
            let connection = try RawConnection(port: port)
            connection.send(request)
            return connection.readToEnd()
        }
    }
}

/// Tokens are `user@project`; the user's name is its role.
struct PlayedAuthenticator: Authenticator {
    func authenticate(_ request: Credentials) async throws(Fault) -> Caller? {
        guard let token = request.headers[.authToken] else { return nil }
        let parts = token.split(separator: "@")
        guard parts.count == 2 else { throw .unauthorized() }
        return Caller(
            user: UserID(String(parts[0])), scope: .project(ProjectID(String(parts[1])), domain: nil),
            roles: [String(parts[0])])
    }

    func challenge(origin: String) -> Fault.Header? { Fault.Header("WWW-Authenticate", "Keystone uri=\"\(origin)\"") }
}

/// Admits a role to the rules whose names end in it, and `admin` to all.
struct PlayedAuthorizer: Authorizer {
    func authorize(_ caller: Caller, rule: String, target: PolicyTarget) throws(Fault) {
        guard caller.has(role: "admin") || caller.roles.contains(where: { rule.hasSuffix(":\($0)") }) else {
            throw .forbidden("Policy doesn't allow \(rule) to be performed.")
        }
    }
}
