import API
import Identity
import Logging
import Model
import ServiceLifecycle
import Testing

/// A cloud behind a listener on a free port.
enum ServedCloud {
    static func run(_ body: @Sendable (_ base: String) async throws -> Void) async throws {
        let cloud = try await Cloud(clock: .system)
        let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        let server = HTTPServer(
            ListenerConfiguration(host: "127.0.0.1", port: 0, maximumBody: 1_000_000, logsAccess: false),
            dispatcher: cloud.dispatcher, metrics: MetricsRegistry(), logger: logger,
            onListening: { port.yield($0) })
        let group = ServiceGroup(configuration: .init(services: [.init(service: server)], logger: logger))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                defer { port.finish() }
                try await group.run()
            }
            var iterator = ports.makeAsyncIterator()
            let base = "http://127.0.0.1:\(try #require(await iterator.next()))/identity"
            do {
                try await cloud.identity.updateCatalog([.init(type: "identity", name: "keystone", url: base)])
                try await body(base)
            } catch {
                await group.triggerGracefulShutdown()
                throw error
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }
}
