import Foundation
import TestStore
import Testing

/// Unmodified OpenStack clients against this service over HTTP, where `KILONOVA_TEST_CLIENTS` names a Python virtual
/// environment that has them.
@Suite("Clients", .everyEngine, .enabled(if: PythonClients.environment != nil))
struct ClientContractTests {
    @Test(
        "are content",
        arguments: ["openstackclient", "openstacksdk", "keystonemiddleware", "oslo.limit"])
    func contract(client: String) async throws {
        let environment = try #require(PythonClients.environment)
        let script = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Scripts/identity-clients.py").path
        try await ServedCloud.run { (base) async throws -> Void in
            let outcome = try await Command.run(
                environment + "/bin/python", [script, client, base, Cloud.adminPassword, Cloud.servicePassword])
            #expect(outcome.status == 0, "\(outcome.output)")
        }
    }
}

/// Where the clients are.
enum PythonClients {
    static let environment = ProcessInfo.processInfo.environment["KILONOVA_TEST_CLIENTS"]
}

/// A program that is run to its end.
struct Command: Sendable {
    let status: Int32
    let output: String

    static func run(_ path: String, _ arguments: [String]) async throws -> Command {
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        let (ends, end) = AsyncStream.makeStream(of: Int32.self)
        process.terminationHandler = { end.yield($0.terminationStatus) }
        let (chunks, chunk) = AsyncStream.makeStream(of: Data.self)
        pipe.fileHandleForReading.readabilityHandler = { handle in
            let data = handle.availableData
            if data.isEmpty {
                handle.readabilityHandler = nil
                chunk.finish()
            } else {
                chunk.yield(data)
            }
        }
        try process.run()
        var output = Data()
        for await data in chunks { output += data }
        var statuses = ends.makeAsyncIterator()
        let status = await statuses.next() ?? -1
        return Command(status: status, output: String(decoding: output, as: UTF8.self))
    }
}
