import API
import Access
import Foundation
import Logging
import Model
import Placement
import Search
import Store
import StoreSQLite

/// Serves Placement alone, callers as they say they are, on loopback; prints `ready PORT`.
struct ServeCommand {
    let options: CommandOptions

    init(_ options: CommandOptions) {
        self.options = options
    }

    func run() async throws {
        let logger = Logger(label: "placement") { _ in SwiftLogNoOpLogHandler() }
        let store: SQLiteStore
        if let path = options.text("data") {
            store = try SQLiteStore(path: path)
            try await Migrator(PlacementMigrations.all).run(on: store)
        } else {
            store = try await SQLiteStore.temporary(migrations: PlacementMigrations.all)
        }
        let feed = ChangeFeed(store, logger: logger)
        var settings = PlacementOptions()
        if let folding = options.text("folding").flatMap(Folding.init(rawValue:)) { settings.folding = folding }
        let placement = PlacementService(store: feed.store, feed: feed, options: settings, logger: logger)
        let service = placement.service(authenticator: Noauth2Authenticator(), authorizer: try authorizer())
        let mounted = Service(
            name: service.name, title: service.title, prefix: options.text("prefix") ?? "/placement",
            family: service.family, endpoints: service.endpoints, authenticator: service.authenticator,
            authorizer: service.authorizer)
        let server = HTTPServer(
            ListenerConfiguration(
                host: "127.0.0.1", port: options.number("port", 0),
                corsOrigins: options.text("cors").map { [$0] } ?? [], logsAccess: false, hasProbes: false),
            dispatcher: Dispatcher([mounted], logger: logger), metrics: MetricsRegistry(), logger: logger,
            onListening: { port in FileHandle.standardOutput.write(Data("ready \(port)\n".utf8)) })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await feed.run() }
            group.addTask { try await server.run() }
            try await group.next()
            group.cancelAll()
        }
    }

    private func authorizer() throws -> any Authorizer {
        switch options.text("policy") {
        case "open": return OpenAuthorizer()
        case "legacy":
            return PolicyAuthorizer(
                engine: try PolicyEngine(rules: PlacementPolicy.rules, heedsLegacyDefaults: true),
                wording: .placement)
        default:
            return PolicyAuthorizer(engine: try PolicyEngine(rules: PlacementPolicy.rules), wording: .placement)
        }
    }
}

/// Lets everybody do everything.
struct OpenAuthorizer: Authorizer {
    func authorize(_ caller: Caller, rule: String, target: PolicyTarget) throws(Fault) {}
}
