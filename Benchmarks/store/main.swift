// What the store costs, on both engines.
//
//   BenchmarkStore [FOLDER]
//
// Mutations per second with and without group commit, and the price of reading one row. PostgreSQL takes part when
// KILONOVA_TEST_POSTGRESQL holds the URL of a server with nothing of value in it; FOLDER (the present one) is where
// SQLite's file lies. The figures mean something in a release build, durable storage, and with nothing else at work.

import Foundation
import Store
import StorePostgreSQL
import StoreSQLite

let folder = URL(fileURLWithPath: CommandLine.arguments.dropFirst().first ?? ".")
    .appending(path: "benchmark-store-\(ProcessInfo.processInfo.processIdentifier)")
try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
defer { try? FileManager.default.removeItem(at: folder) }

print("one flush of the storage  \(Figure.microseconds(try Storage.flush(in: folder)))")

var bench = [try await Bench.sqlite(in: folder)]
if let url = ProcessInfo.processInfo.environment["KILONOVA_TEST_POSTGRESQL"], !url.isEmpty {
    bench.append(try await Bench.postgresql(url))
} else {
    print("KILONOVA_TEST_POSTGRESQL is not set: SQLite only")
}
for engine in bench {
    try await engine.measureMutations()
    try await engine.measureReads()
    await engine.close()
}
