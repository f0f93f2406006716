import Model
import Store
import StorePostgreSQL
import TestStore
import Testing

/// What only a server can do to its clients.
@Suite(.enabled(if: Engine.hasPostgreSQL)) struct PostgreSQLStoreTests {
    @Test func `connections that the server ended are made again`() async throws {
        try await Engine.postgresql.withPlace { place in
            let store = try place.open(connections: 2)
            let killer = try place.open(connections: 1)
            try await Migrator([things]).run(on: store)
            for round in 1...5 {
                let own = try await store.write { transaction in
                    try transaction.first("SELECT pg_backend_pid()") { row in try row[0] as Int } ?? 0
                }
                try await killer.write { transaction in
                    try transaction.forEach("SELECT CAST(pg_terminate_backend(CAST(\(own) AS INTEGER)) AS TEXT)") { _ in
                    }
                }
                for index in 0..<4 {
                    try await store.write { transaction in try transaction.addThing("r\(round)i\(index)") }
                }
            }
            let count = try await store.read { transaction in
                try transaction.first("SELECT COUNT(*) FROM things") { row in try row[0] as Int }
            }
            #expect(count == 20)
            await killer.close()
            await store.close()
        }
    }

    @Test func `creates that were committed are never refused as repeated when the server ends sessions`() async throws
    {
        try await Engine.postgresql.withPlace { place in
            let store = try place.open(connections: 4)
            let killer = try place.open(connections: 1)
            try await Migrator([things]).run(on: store)
            let isOver = Flag()
            let (ends, end) = AsyncStream.makeStream(of: Void.self)
            let outcome = try await withThrowingTaskGroup(of: (made: [String], refused: [String]).self) { group in
                for lane in 0..<6 {
                    group.addTask {
                        var (made, refused): ([String], [String]) = ([], [])
                        while !isOver.isSet {
                            let name = "l\(lane)n\(made.count + refused.count)"
                            do {
                                try await store.write { transaction in try transaction.addThing(name) }
                                made.append(name)
                            } catch let error as StoreError where error.code == .unique {
                                refused.append(name)
                            }
                            end.yield()
                        }
                        return (made, refused)
                    }
                }
                var seen = ends.makeAsyncIterator()
                for _ in 0..<60 {
                    for _ in 0..<20 { await seen.next() }
                    // Every session of the store, whatever it does at that moment; its schema is in its options.
                    try await killer.write { transaction in
                        try transaction.forEach(
                            """
                            SELECT CAST(pg_terminate_backend(pid) AS TEXT) FROM pg_stat_activity
                            WHERE pid <> pg_backend_pid() AND application_name = 'kilonova'
                                AND pid IN (SELECT pid FROM pg_locks WHERE relation = CAST('things' AS regclass))
                            """
                        ) { _ in }
                    }
                }
                isOver.set()
                return try await group.reduce(into: (made: [String](), refused: [String]())) { sum, part in
                    sum.made += part.made
                    sum.refused += part.refused
                }
            }
            let have = Set(
                try await store.read { transaction in
                    try transaction.all("SELECT name FROM things") { row in try row[0] as String }
                })
            #expect(outcome.refused == [])
            #expect(Set(outcome.made) == have)
            await killer.close()
            await store.close()
        }
    }

    @Test func `sessions that take no writes are replaced, and the rest is told the reason`() async throws {
        let server = try OwnServer()
        defer { try? server.stop() }
        let admin = try PostgreSQLStore(connection: server.url, connections: 1)
        let store = WatchedStore(try PostgreSQLStore(connection: server.url, connections: 2))
        try await Migrator([things]).run(on: store)
        try await store.write { transaction in try transaction.addThing("before") }
        try await admin.write { transaction in
            try transaction.execute("ALTER DATABASE kilonova SET default_transaction_read_only = on")
            try transaction.forEach(
                "SELECT CAST(pg_terminate_backend(pid) AS TEXT) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
            ) { _ in }
        }
        for number in 0..<6 {
            let error = await #expect(throws: StoreError.self) {
                try await store.write { transaction in try transaction.addThing("during\(number)") }
            }
            #expect(error?.code == .readOnly)
            #expect(error?.fault.kind.status == 503)
        }
        #expect(await store.trouble()?.code == .readOnly)
        #expect(try await store.read { transaction in try transaction.amount("before") } == 0)
        try await admin.write { transaction in
            try transaction.execute("ALTER DATABASE kilonova RESET default_transaction_read_only")
        }
        for number in 0..<6 {
            try await store.write { transaction in try transaction.addThing("after\(number)") }
        }
        #expect(await store.trouble() == nil)
        await store.close()
        await admin.close()
    }

    @Test func `a statement that takes too long is ended`() async throws {
        try await Engine.postgresql.withPlace { place in
            var configuration = PostgreSQLConfiguration(connection: place.address)
            configuration.statementTimeout = .milliseconds(50)
            let store = try PostgreSQLStore(configuration)
            let error = await #expect(throws: StoreError.self) {
                try await store.read { transaction in
                    try transaction.forEach("SELECT CAST(pg_sleep(30) AS TEXT)") { _ in }
                }
            }
            #expect(error?.code == .busy)
            #expect(error?.isTransient == true)
            await store.close()
        }
    }

    @Test func `many texts do not fill the server with prepared statements`() async throws {
        try await Engine.postgresql.withStore([things]) { store in
            for length in 1...450 {
                let names = (0..<length).map { "n\($0)" }
                let found = try await store.write { transaction in
                    try transaction.exists("SELECT name FROM things WHERE name IN \(list: names)")
                }
                #expect(!found)
            }
        }
    }
}

/// Needs no server.
@Suite struct PostgreSQLAddressTests {
    @Test(arguments: [
        "postgresql://kilonova:hunter2@127.0.0.1:1/x", "host=127.0.0.1 port=1 user=u password=hunter2 dbname=hunter2",
    ])
    func `a server that is not there is reported without the password`(address: String) async throws {
        var configuration = PostgreSQLConfiguration(connection: address)
        configuration.patience = .milliseconds(200)
        #expect(!"\(configuration)".contains("hunter2"))
        #expect(!String(reflecting: configuration).contains("hunter2"))
        let store = try PostgreSQLStore(configuration)
        let error = await #expect(throws: StoreError.self) {
            try await store.read { transaction in try transaction.exists("SELECT 1") }
        }
        #expect(error?.code == .connection)
        #expect(error?.isTransient == true)
        #expect(error?.debugDescription.contains("hunter2") == false)
        await store.close()
    }

    @Test(arguments: ["postgresql://kilonova:hunter2@[::1/x", "password=hunter2 nonsense", "colour=hunter2"])
    func `a connection string that makes no sense is not quoted`(address: String) throws {
        let error = #expect(throws: StoreError.self) { try PostgreSQLStore(connection: address) }
        #expect(error?.code == .connection)
        #expect(error?.debugDescription.contains("hunter2") == false)
    }
}
