import Foundation
import Model
import Store
import TestStore
import Testing

/// What both engines promise.
@Suite struct StoreSuite {
    @Test(arguments: Engine.available)
    func `values of every type come back as they went in`(engine: Engine) async throws {
        let everything = Migration(
            room: "test", number: 1, title: "values",
            statements: ["CREATE TABLE v (n BIGINT NOT NULL, i BIGINT, d DOUBLE PRECISION, t TEXT, b BLOB)"])
        let integers: [Int64] = [0, 1, -1, .min, .max, 1 << 31, -(1 << 31) - 1]
        let doubles: [Double] = [0, -2, .pi, 1e308, .leastNonzeroMagnitude, -0.1]
        let texts = ["", "it's", "\"q\"", "ünï😀", "a\\nb\n\t", "$1 ? NULL", String(repeating: "x", count: 100_000)]
        let blobs = [Data(), Data(0...255), Data(repeating: 0, count: 70_000)]
        try await engine.withStore([everything]) { store in
            try await store.write { transaction in
                for row in 0..<7 {
                    try transaction.execute(
                        """
                        INSERT INTO v VALUES (\(row), \(integers[row]), \(doubles[row % doubles.count]),
                            \(texts[row]), \(blobs[row % blobs.count]))
                        """)
                }
            }
            try await store.read { transaction in
                var count = 0
                try transaction.forEach("SELECT n, i, d, t, b FROM v ORDER BY n") { row in
                    let number: Int = try row[0]
                    #expect(try row[1] as Int64 == integers[number])
                    let double: Double = try row[2]
                    #expect(double.bitPattern == doubles[number % doubles.count].bitPattern)
                    #expect(try row[3] as String == texts[number])
                    #expect(try row[4] as Data == blobs[number % blobs.count])
                    count += 1
                }
                #expect(count == 7)
            }
        }
    }

    @Test(arguments: Engine.available)
    func `nulls, truth values, times and ids`(engine: Engine) async throws {
        try await engine.withStore([things]) { store in
            let none: String? = nil
            let noDouble: Double? = nil
            let noBytes: Data? = nil
            let id = try #require(UniqueID<Engine>("0b0f1fd0-22f8-4e4f-8d7a-0c0e5d2a9a11"))
            let time = Timestamp(microseconds: 1_700_000_000_123_456)
            try await store.write { transaction in
                try transaction.execute(
                    """
                    INSERT INTO things (name, amount, ratio, bytes, generation)
                    VALUES (\(id), \(time), \(noDouble), \(noBytes), \(true))
                    """)
            }
            try await store.read { transaction in
                let found = try transaction.all(
                    """
                    SELECT name, amount, ratio, bytes, generation FROM things
                    WHERE (\(none) IS NULL OR name = \(none)) AND generation = \(true)
                    """
                ) { row in
                    let key: UniqueID<Engine> = try row[0]
                    #expect(key == id)
                    #expect(try row[1] as Timestamp == time)
                    #expect(try row[2] as Double? == nil)
                    #expect(try row[3] as Data? == nil)
                    #expect(try row[4] as Bool)
                    #expect(throws: StoreError.self) { try row[2] as Double }
                    return true
                }
                #expect(found.count == 1)
            }
        }
    }

    @Test(arguments: Engine.available)
    func `a column of another type than asked for is refused`(engine: Engine) async throws {
        try await engine.withStore([things]) { store in
            try await store.write { transaction in try transaction.addThing("12", 7) }
            try await store.read { transaction in
                try transaction.forEach("SELECT name, amount, COUNT(*) OVER (), amount + \(1) FROM things") { row in
                    #expect(throws: StoreError.self) { try row[0] as Int }
                    #expect(throws: StoreError.self) { try row[1] as String }
                    let (count, next): (Int, Int) = (try row[2], try row[3])
                    #expect(count == 1)
                    #expect(next == 8)
                }
                #expect(try transaction.first("SELECT SUM(amount) FROM things") { row in try row[0] as Int } == 7)
            }
        }
    }

    private enum Colour: String { case red, blue }

    @Test(arguments: Engine.available)
    func `a word that is not of the list is an error, never a guess`(engine: Engine) async throws {
        try await engine.withStore([things]) { store in
            try await store.write { transaction in
                try transaction.addThing("blue")
                try transaction.addThing("green")
            }
            let known = try await store.read { transaction in
                try transaction.first("SELECT name FROM things WHERE name = 'blue'") { row in
                    try row.word(0, Colour.self)
                }
            }
            #expect(known == .blue)
            let error = await #expect(throws: StoreError.self) {
                try await store.read { transaction in
                    try transaction.all("SELECT name FROM things") { row in try row.word(0, Colour.self) }
                }
            }
            #expect(error?.code == .column)
        }
    }

    @Test(arguments: Engine.available)
    func `what a body throws rolls back and arrives unchanged`(engine: Engine) async throws {
        try await engine.withStore([things]) { store in
            let error = await #expect(throws: Fault.self) {
                try await store.write { transaction in
                    try transaction.addThing("a")
                    throw Fault.conflict("no")
                }
            }
            #expect(error?.kind == .conflict)
            let found = try await store.read { transaction in try transaction.amount("a") }
            #expect(found == nil)
        }
    }

    @Test(arguments: Engine.available)
    func `of concurrent writes each fails alone`(engine: Engine) async throws {
        try await engine.withStore([things]) { store in
            let refused = await withTaskGroup(of: Bool.self) { group in
                for index in 0..<200 {
                    group.addTask {
                        do {
                            try await store.write { transaction in
                                try transaction.addThing("t\(index)", index)
                                if index % 10 == 3 { throw Fault.conflict("no") }
                                if index % 10 == 7 { try transaction.addThing("t\(index)") }
                            }
                            return false
                        } catch {
                            return true
                        }
                    }
                }
                return await group.reduce(into: 0) { count, failed in count += failed ? 1 : 0 }
            }
            let kept = try await store.read { transaction in
                try transaction.all("SELECT amount FROM things") { row in try row[0] as Int }
            }
            #expect(refused == 40)
            #expect(kept.count == 160)
            #expect(kept.allSatisfy { $0 % 10 != 3 && $0 % 10 != 7 })
        }
    }

    @Test(arguments: Engine.available)
    func `a failed statement ends its transaction, even when the body swallows the error`(engine: Engine) async throws {
        try await engine.withStore([things]) { store in
            try await store.write { transaction in try transaction.addThing("taken") }
            let error = await #expect(throws: StoreError.self) {
                try await store.write { transaction in
                    try transaction.addThing("new")
                    do { try transaction.addThing("taken") } catch is StoreError {}
                    #expect(throws: StoreError.self) { try transaction.addThing("after") }
                }
            }
            #expect(error?.code == .unique)
            let names = try await store.read { transaction in
                try transaction.all("SELECT name FROM things") { row in try row[0] as String }
            }
            #expect(names == ["taken"])
        }
    }

    @Test(arguments: Engine.available)
    func `broken constraints are named alike and not told`(engine: Engine) async throws {
        try await engine.withStore([things]) { store in
            try await store.write { transaction in
                try transaction.addThing("a")
                try transaction.execute("INSERT INTO parts VALUES ('a', 'r', 1)")
            }
            let cases: [(SQL, StoreError.Code, String?)] = [
                ("INSERT INTO things (name, amount) VALUES ('a', 1)", .unique, "things.name"),
                ("INSERT INTO parts VALUES ('a', 'r', 1)", .unique, "parts.room, parts.number"),
                ("INSERT INTO parts VALUES ('nobody', 'r', 2)", .foreignKey, nil),
                ("DELETE FROM things WHERE name = 'a'", .foreignKey, nil),
                ("INSERT INTO things (name, amount) VALUES ('b', -1)", .check, nil),
                ("INSERT INTO parts (thing, number) VALUES ('a', 3)", .check, "parts.room"),
                ("INSERT INTO nothing VALUES (1)", .statement, nil),
            ]
            for (statement, code, constraint) in cases {
                let error = await #expect(throws: StoreError.self) {
                    try await store.write { transaction in try transaction.execute(statement) }
                }
                #expect(error?.code == code)
                if let constraint { #expect(error?.constraint == constraint) }
                #expect(error?.description.contains("things") == false)
                #expect(error?.isTransient == false)
            }
        }
    }

    @Test(arguments: Engine.available)
    func `of many that compare and swap one wins`(engine: Engine) async throws {
        try await engine.withStore([things]) { store in
            try await store.write { transaction in try transaction.addThing("a") }
            let winners = try await withThrowingTaskGroup(of: Int.self) { group in
                for index in 1...32 {
                    group.addTask {
                        try await store.write { transaction in
                            try transaction.execute(
                                """
                                UPDATE things SET amount = \(index), generation = generation + 1
                                WHERE name = 'a' AND generation = 0
                                """)
                        }
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(winners == 1)
        }
    }

    @Test(arguments: Engine.available)
    func `no update of one row is lost`(engine: Engine) async throws {
        try await engine.withStore([things]) { store in
            try await store.write { transaction in try transaction.addThing("a") }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<32 {
                    group.addTask {
                        for _ in 0..<5 {
                            try await store.write { transaction in
                                let seen = try transaction.amount("a") ?? 0
                                try transaction.execute("UPDATE things SET amount = \(seen + 1) WHERE name = 'a'")
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await store.read { transaction in try transaction.amount("a") } == 160)
        }
    }

    @Test(arguments: Engine.available)
    func `two that each read what the other writes do not both win`(engine: Engine) async throws {
        try await engine.withStore([things]) { store in
            try await store.write { transaction in for name in ["a", "b"] { try transaction.addThing(name, 1) } }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in 0..<20 {
                    group.addTask {
                        try await store.write { transaction in
                            let sum = try transaction.first("SELECT SUM(amount) FROM things") { row in try row[0] as Int
                            }
                            guard let sum, sum > 1 else { return }
                            let name = index.isMultiple(of: 2) ? "a" : "b"
                            try transaction.execute(
                                "UPDATE things SET amount = amount - 1 WHERE name = \(name) AND amount > 0")
                        }
                    }
                }
                try await group.waitForAll()
            }
            let sum = try await store.read { transaction in
                try transaction.first("SELECT SUM(amount) FROM things") { row in try row[0] as Int }
            }
            #expect(sum == 1)
        }
    }

    @Test(arguments: Engine.available)
    func `locks taken in opposite order end well`(engine: Engine) async throws {
        try await engine.withStore([things]) { store in
            try await store.write { transaction in for name in ["a", "b"] { try transaction.addThing(name) } }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in 0..<24 {
                    let names = index.isMultiple(of: 2) ? ["a", "b"] : ["b", "a"]
                    group.addTask {
                        try await store.write { transaction in
                            for name in names {
                                try transaction.execute("UPDATE things SET amount = amount + 1 WHERE name = \(name)")
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await store.read { transaction in try transaction.amount("a") } == 24)
            #expect(try await store.read { transaction in try transaction.amount("b") } == 24)
        }
    }

    @Test(arguments: Engine.available)
    func `a read sees what was acknowledged before it, and one moment only`(engine: Engine) async throws {
        try await engine.withStore([things]) { store in
            try await store.write { transaction in try transaction.addThing("a") }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for number in 1...50 {
                        _ = try await store.write { transaction in
                            try transaction.execute("UPDATE things SET amount = \(number) WHERE name = 'a'")
                        }
                        let seen = try await store.read { transaction in try transaction.amount("a") }
                        #expect(seen == number)
                    }
                }
                group.addTask {
                    for _ in 0..<50 {
                        try await store.read { transaction in
                            let first = try transaction.amount("a")
                            #expect(try transaction.amount("a") == first)
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test(arguments: Engine.available)
    func `a statement may run while another one's rows are read`(engine: Engine) async throws {
        try await engine.withStore([things]) { store in
            try await store.write { transaction in
                for name in ["a", "b", "c"] { try transaction.addThing(name) }
                try transaction.forEach("SELECT name FROM things ORDER BY name") { row in
                    let name: String = try row[0]
                    try transaction.execute("INSERT INTO parts VALUES (\(name), \(name), 1)")
                }
            }
            let count = try await store.read { transaction in
                try transaction.first("SELECT COUNT(*) FROM parts") { row in try row[0] as Int }
            }
            #expect(count == 3)
        }
    }

    @Test(arguments: Engine.available)
    func `a read cannot write`(engine: Engine) async throws {
        try await engine.withStore([things]) { store in
            let error = await #expect(throws: StoreError.self) {
                try await store.read { transaction in try transaction.addThing("a") }
            }
            #expect(error?.code == .statement)
        }
    }

    @Test(arguments: Engine.available)
    func `a closed store says so`(engine: Engine) async throws {
        try await engine.withPlace { place in
            let store = try place.open()
            try await Migrator([things]).run(on: store)
            await store.close()
            for body in [store.read, store.write]
                as [(@escaping @Sendable (any Transaction) throws -> Int?) async throws -> Int?]
            {
                let error = await #expect(throws: StoreError.self) { try await body { try $0.amount("a") } }
                #expect(error?.code == .closed)
            }
        }
    }

    @Test(arguments: Engine.available)
    func `a change is in the log with the write that made it`(engine: Engine) async throws {
        try await engine.withStore { store in
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
