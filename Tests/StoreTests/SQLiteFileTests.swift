import Foundation
import Model
import Store
import TestStore
import Testing

@testable import StoreSQLite

/// The file of a database, before and while it is used.
@Suite struct SQLiteFileTests {
    private func withFolder(_ body: (URL) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "kilonova-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try await body(folder)
    }

    private func mode(_ file: URL) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: file.path)
        return try #require(attributes[.posixPermissions] as? Int)
    }

    private func cut(_ file: URL, to size: Int) throws {
        let handle = try FileHandle(forWritingTo: file)
        try handle.truncate(atOffset: UInt64(size))
        try handle.close()
    }

    @Test func `nobody but the owner may read a new file or what lies beside it`() async throws {
        try await withFolder { folder in
            let file = folder.appending(path: "state.db")
            let store = try SQLiteStore(path: file.path)
            try await Migrator([things]).run(on: store)
            try await store.write { transaction in try transaction.addThing("a") }
            let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
            #expect(names == ["state.db", "state.db-shm", "state.db-wal"])
            for name in names { #expect(try mode(folder.appending(path: name)) == 0o600, "\(name)") }
            await store.close()
        }
    }

    @Test func `a file that others may read is closed to them`() async throws {
        try await withFolder { folder in
            let file = folder.appending(path: "state.db")
            let first = try SQLiteStore(path: file.path)
            try await Migrator([things]).run(on: first)
            // Another process has it open, so that the log lies beside it.
            // Safe: the path lives as long as the call.
            for end in ["", "-wal", "-shm"] { unsafe chmod(file.path + end, 0o644) }
            let second = try SQLiteStore(path: file.path)
            for end in ["", "-wal", "-shm"] {
                #expect(try mode(URL(fileURLWithPath: file.path + end)) == 0o600, "\(end)")
            }
            await second.close()
            await first.close()
        }
    }

    @Test func `an emptied file is refused and stays as it is`() async throws {
        try await withFolder { folder in
            let file = folder.appending(path: "state.db")
            let store = try SQLiteStore(path: file.path)
            try await Migrator([things]).run(on: store)
            await store.close()
            try cut(file, to: 0)
            let error = #expect(throws: StoreError.self) { try SQLiteStore(path: file.path) }
            #expect(error?.code == .file)
            #expect(error?.detail.contains(file.path) == true && error?.detail.contains("restore") == true)
            #expect(try Data(contentsOf: file).isEmpty)
        }
    }

    @Test func `what is no database is refused by name`() async throws {
        try await withFolder { folder in
            let text = folder.appending(path: "letter.txt")
            try Data(String(repeating: "Dear Sir, ", count: 1000).utf8).write(to: text)
            for path in [text.path, folder.path, folder.path + "/nowhere/state.db"] {
                let error = #expect(throws: StoreError.self) { try SQLiteStore(path: path) }
                #expect(error?.code == .file)
                #expect(error?.detail.contains("'\(path)'") == true, "\(error?.detail ?? "")")
            }
        }
    }

    @Test func `a cut file is called damaged`() async throws {
        try await withFolder { folder in
            let file = folder.appending(path: "state.db")
            let store = try SQLiteStore(path: file.path)
            try await Migrator([things]).run(on: store)
            await store.close()
            let size = try Data(contentsOf: file).count
            try cut(file, to: size / 2 / 4096 * 4096)
            let error = await #expect(throws: StoreError.self) {
                let store = try SQLiteStore(path: file.path)
                try await Migrator([things]).run(on: store)
            }
            #expect(error.map { [.file, .damaged, .schema].contains($0.code) } == true, "\(String(reflecting: error))")
        }
    }

    @Test func `starting together makes one database`() async throws {
        try await withFolder { folder in
            let file = folder.appending(path: "state.db")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<6 {
                    group.addTask {
                        let store = try SQLiteStore(path: file.path)
                        try await Migrator([things]).run(on: store)
                        try await store.write { transaction in try transaction.addThing("n\(number)") }
                        await store.close()
                    }
                }
                try await group.waitForAll()
            }
            let store = try SQLiteStore(path: file.path)
            let count = try await store.read { transaction in
                try transaction.first("SELECT COUNT(*) FROM things") { row in try row[0] as Int }
            }
            #expect(count == 6)
            await store.close()
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["state.db"])
        }
    }

    @Test func `a file that was removed or replaced under the store is noticed`() async throws {
        try await withFolder { folder in
            let file = folder.appending(path: "state.db")
            let store = WatchedStore(try SQLiteStore(path: file.path))
            try await Migrator([things]).run(on: store)
            #expect(await store.trouble() == nil)
            try FileManager.default.moveItem(at: file, to: folder.appending(path: "moved.db"))
            // Such a write succeeds, and nobody will find it.
            try await store.write { transaction in try transaction.addThing("lost") }
            #expect(await store.trouble()?.code == .file)
            try FileManager.default.copyItem(at: folder.appending(path: "moved.db"), to: file)
            #expect(await store.trouble()?.code == .file)
            await store.close()
        }
    }

    @Test func `a disk without room for what is asked is told from one with it`() async throws {
        try await withFolder { folder in
            let file = SQLiteFile(path: folder.path)
            #expect(file.hasRoom(for: 1) && !file.hasRoom(for: .max))
            #expect(SQLiteFile(path: "\(folder.path)/none").hasRoom(for: .max), "what is not there says nothing")
        }
    }

    @Test func `a full database is called full, and takes writes again when there is room`() async throws {
        try await withFolder { folder in
            let inner = try SQLiteStore(path: folder.appending(path: "state.db").path)
            let store = WatchedStore(inner)
            try await Migrator([things]).run(on: store)
            #expect(await store.trouble() == nil)
            // The engine's own bound of pages stands for the disk's.
            let pages = try await store.write { transaction in
                let pages = try transaction.first("PRAGMA page_count") { row in try row[0] as Int } ?? 0
                try transaction.forEach(SQL(stringLiteral: "PRAGMA max_page_count = \(pages)")) { _ in }
                return pages
            }
            #expect(pages > 1)
            let error = await #expect(throws: StoreError.self) {
                try await store.write { transaction in
                    for number in 0..<1000 {
                        try transaction.addThing("\(String(repeating: "x", count: 500))\(number)")
                    }
                }
            }
            #expect(error?.code == .full)
            #expect(error?.fault.kind.status == 503)
            #expect(error?.fault.message.contains("full") == true)
            #expect(try await store.read { transaction in try transaction.amount("a") } == nil)
            try await store.write { transaction in
                try transaction.forEach("PRAGMA max_page_count = 1000000") { _ in }
            }
            try await store.write { transaction in try transaction.addThing("a") }
            #expect(await store.trouble() == nil)
            await store.close()
        }
    }
}
