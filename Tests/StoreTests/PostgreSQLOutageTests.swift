import Foundation
import Store
import StorePostgreSQL
import TestStore
import Testing

/// The wire is cut, the server dies: what was acknowledged is there, and nothing happened twice.
@Suite(.enabled(if: Engine.hasPostgreSQL)) struct PostgreSQLOutageTests {
    private func count(_ store: any StateStore) async throws -> Int? {
        try await store.read { transaction in
            try transaction.first("SELECT COUNT(*) FROM things") { row in try row[0] as Int }
        }
    }

    /// Calls `body` with a store whose wire the proxy can cut, on a migrated database.
    private func withProxy(_ body: (any StateStore, CuttingProxy) async throws -> Void) async throws {
        try await Engine.postgresql.withPlace { place in
            let direct = try place.open(connections: 1)
            try await Migrator([things]).run(on: direct)
            let socket = try await direct.read { transaction in
                try transaction.first(
                    "SELECT current_setting('unix_socket_directories'), current_setting('port')"
                ) { row in
                    let (folders, port): (String, String) = (try row[0], try row[1])
                    return (folders.split(separator: ",").first.map(String.init) ?? "/tmp") + "/.s.PGSQL." + port
                }
            }
            await direct.close()
            let proxy = try CuttingProxy(before: #require(socket))
            defer { proxy.close() }
            let host = proxy.directory.replacing("/", with: "%2F")
            let store = try PostgreSQLStore(connection: place.address + "&host=" + host, connections: 1)
            try await body(store, proxy)
            await store.close()
        }
    }

    @Test(.timeLimit(.minutes(30))) func `a commit whose answer was lost is acknowledged once`() async throws {
        try await withProxy { store, proxy in
            for round in 1...5 {
                proxy.cut(.afterCommit)
                try await store.write { transaction in try transaction.addThing("t\(round)") }
                #expect(proxy.cuts == round)
            }
            #expect(try await count(store) == 5)
        }
    }

    @Test(.timeLimit(.minutes(30))) func `a commit that never arrived runs again`() async throws {
        try await withProxy { store, proxy in
            for round in 1...5 {
                proxy.cut(.beforeCommit)
                try await store.write { transaction in try transaction.addThing("t\(round)") }
                #expect(proxy.cuts == round)
            }
            #expect(try await count(store) == 5)
        }
    }

    @Test(.timeLimit(.minutes(30))) func `what was refused stays refused when the wire is cut`() async throws {
        try await withProxy { store, proxy in
            try await store.write { transaction in try transaction.addThing("t") }
            proxy.cut(.beforeCommit)
            let won = try await store.write { transaction in
                try transaction.execute("UPDATE things SET generation = 1 WHERE name = 't' AND generation = 0")
            }
            let again = try await store.write { transaction in
                try transaction.execute("UPDATE things SET generation = 1 WHERE name = 't' AND generation = 0")
            }
            #expect(won == 1 && again == 0)
        }
    }

    @Test(.timeLimit(.minutes(30))) func `writers live through crashes of the server`() async throws {
        let server = try OwnServer()
        defer { try? server.stop() }
        var configuration = PostgreSQLConfiguration(connection: server.url)
        configuration.patience = .seconds(60)
        let store = try PostgreSQLStore(configuration)
        try await Migrator([things]).run(on: store)
        try await store.write { transaction in try transaction.addThing("sum") }
        let rounds = 3
        let written = try await withThrowingTaskGroup(of: Int.self) { group in
            let (ends, end) = AsyncStream.makeStream(of: Void.self)
            let isOver = Flag()
            for lane in 0..<6 {
                group.addTask {
                    var number = 0
                    while !isOver.isSet {
                        number += 1
                        let name = "l\(lane)n\(number)"
                        try await store.write { transaction in
                            try transaction.addThing(name)
                            try transaction.execute("UPDATE things SET amount = amount + 1 WHERE name = 'sum'")
                        }
                        end.yield()
                    }
                    return number
                }
            }
            var seen = ends.makeAsyncIterator()
            for _ in 0..<rounds {
                for _ in 0..<50 { await seen.next() }
                try server.restart()
            }
            for _ in 0..<50 { await seen.next() }
            isOver.set()
            return try await group.reduce(0, +)
        }
        let sum = try await store.read { transaction in try transaction.amount("sum") }
        #expect(sum == written)
        #expect(try await count(store) == written + 1)
        await store.close()
    }
}
