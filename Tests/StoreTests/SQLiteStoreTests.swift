import Foundation
import Model
import Store
import StoreSQLite
import Testing

@Suite struct SQLiteStoreTests {
    let folder = FileManager.default.temporaryDirectory.appending(path: "kilonova-\(UUID().uuidString)")
    let things = Migration(
        room: "test", number: 1, title: "things",
        statements: ["CREATE TABLE things (name TEXT PRIMARY KEY, amount BIGINT NOT NULL, ratio DOUBLE PRECISION)"])

    func open() throws -> SQLiteStore {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return try SQLiteStore(path: folder.appending(path: "state.db").path)
    }

    func withStore(_ body: (SQLiteStore) async throws -> Void) async throws {
        let store = try open()
        defer { try? FileManager.default.removeItem(at: folder) }
        try await Migrator([things]).run(on: store)
        try await body(store)
        await store.close()
    }

    @Test func `values come back as they went in`() async throws {
        try await withStore { store in
            try await store.write { transaction in
                _ = try transaction.execute("INSERT INTO things VALUES (\("é'x"), \(7), \(0.5))")
            }
            let found = try await store.read { transaction in
                try transaction.first("SELECT name, amount, ratio FROM things") { row in
                    let name: String = try row[0]
                    let amount: Int = try row[1]
                    let ratio: Double? = try row[2]
                    return "\(name) \(amount) \(ratio ?? -1)"
                }
            }
            #expect(found == "é'x 7 0.5")
        }
    }

    @Test func `of writes that share a commit one may fail alone`() async throws {
        try await withStore { store in
            let refused = await withTaskGroup(of: Bool.self) { group in
                for index in 0..<200 {
                    group.addTask {
                        do {
                            try await store.write { transaction in
                                try transaction.execute("INSERT INTO things VALUES (\("t\(index)"), \(index), NULL)")
                                if index % 10 == 3 { throw Fault.conflict("no") }
                            }
                            return false
                        } catch {
                            return (error as? Fault)?.kind == .conflict
                        }
                    }
                }
                return await group.reduce(into: 0) { count, failed in count += failed ? 1 : 0 }
            }
            let kept = try await store.read { transaction in
                try transaction.all("SELECT amount FROM things") { row in try row[0] as Int }
            }
            #expect(refused == 20)
            #expect(kept.count == 180)
            #expect(kept.allSatisfy { $0 % 10 != 3 })
        }
    }

    @Test func `a broken constraint is named, not told`() async throws {
        try await withStore { store in
            let insert: @Sendable (any Transaction) throws -> Int = { transaction in
                try transaction.execute("INSERT INTO things VALUES ('a', 1, NULL)")
            }
            _ = try await store.write(insert)
            let error = await #expect(throws: StoreError.self) { try await store.write(insert) }
            #expect(error?.code == .unique)
            #expect(error?.constraint == "things.name")
            #expect(error?.description.contains("things") == false)
        }
    }

    @Test func `migrations run once, and an edited one is refused`() async throws {
        try await withStore { store in
            try await Migrator([things]).run(on: store)
            let edited = Migration(
                room: "test", number: 1, title: "things", statements: ["CREATE TABLE others (a TEXT)"])
            let error = await #expect(throws: StoreError.self) { try await Migrator([edited]).run(on: store) }
            #expect(error?.code == .schema)
        }
    }

    @Test func `a change is in the log with the write that made it`() async throws {
        try await withStore { store in
            try await store.write { transaction in try transaction.note(change: "thing", key: "a", generation: 4) }
            await #expect(throws: Fault.self) {
                try await store.write { transaction in
                    try transaction.note(change: "thing", key: "b")
                    throw Fault.conflict("no")
                }
            }
            let keys = try await store.read { transaction in
                try transaction.all("SELECT key FROM change_log ORDER BY seq") { row in try row[0] as String }
            }
            #expect(keys == ["a"])
        }
    }
}
