// A process for tests that writes to a store until it is killed, or competes with its like.
//
//   StoreCrashWriter sqlite|postgresql ADDRESS crash ROUND      writes triples, prints the number of each acknowledged one
//   StoreCrashWriter sqlite|postgresql ADDRESS count TIMES      adds 1 to the row `shared`, TIMES for each of 4 tasks
//   StoreCrashWriter sqlite|postgresql ADDRESS claim NAME       takes free rows of `slots`, prints those it got

import Foundation
import Store
import StorePostgreSQL
import StoreSQLite

let arguments = CommandLine.arguments
guard arguments.count == 5 else { exit(2) }
let store: any StateStore =
    arguments[1] == "sqlite"
    ? try SQLiteStore(path: arguments[2]) : try PostgreSQLStore(connection: arguments[2], connections: 8)
let word = arguments[4]

/// Written at once, unlike what `print` keeps in its buffer.
func say(_ line: String) throws {
    try FileHandle.standardOutput.write(contentsOf: Data((line + "\n").utf8))
}

try await withThrowingTaskGroup(of: Void.self) { group in
    switch arguments[3] {
    case "crash":
        for lane in 0..<8 {
            group.addTask {
                for turn in 0... {
                    let number = turn * 8 + lane
                    try await store.write { transaction in
                        for part in 0..<3 {
                            try transaction.execute(
                                "INSERT INTO ledger (round, number, part) VALUES (\(word), \(number), \(part))")
                        }
                        try transaction.note(change: "ledger", key: "\(word)/\(number)")
                    }
                    try say("\(number)")
                }
            }
        }
    case "count":
        let times = Int(word) ?? 0
        for _ in 0..<4 {
            group.addTask {
                for _ in 0..<times {
                    try await store.write { transaction in
                        let seen = try transaction.first("SELECT value FROM shared") { row in try row[0] as Int } ?? 0
                        try transaction.execute("UPDATE shared SET value = \(seen + 1)")
                    }
                }
            }
        }
    case "claim":
        for lane in 0..<4 {
            group.addTask {
                let free = try await store.read { transaction in
                    try transaction.all("SELECT id FROM slots") { row in try row[0] as Int }
                }
                for id in lane.isMultiple(of: 2) ? free : free.reversed() {
                    let won = try await store.write { transaction in
                        try transaction.execute("UPDATE slots SET owner = \(word) WHERE id = \(id) AND owner IS NULL")
                    }
                    if won == 1 { try say("\(id)") }
                }
            }
        }
    default: exit(2)
    }
    try await group.waitForAll()
}
await store.close()
