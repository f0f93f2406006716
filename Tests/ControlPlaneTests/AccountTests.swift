import Foundation
import Logging
import Model
import Settings
import Synchronization
import Testing

@testable import ControlPlane

@Suite("Accounts beside the API")
struct AccountTests {
    /// Keeps what is logged.
    private struct Journal: LogHandler {
        final class Lines: Sendable {
            let all = Mutex<[String]>([])
        }

        let lines: Lines
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.warning

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) { lines.all.withLock { $0.append("\(event.message)") } }
    }

    private let folder = FileManager.default.temporaryDirectory.appending(path: "accounts-\(UUID().uuidString)").path
    private let journal = Journal.Lines()

    private func replica() throws -> Replica {
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let settings = try Settings(overrides: [
            "database.url": .text("sqlite://\(folder)/k.sqlite"), "identity.password_hash_rounds": .text("4"),
            "accelerator.certificate_keys": .text("\(folder)/certificate-keys"),
        ])
        let journal = journal
        return Replica(settings, logger: Logger(label: "test") { _ in Journal(lines: journal) })
    }

    @Test("bootstrap says what it made, and what it kept when it is run again")
    func bootstrap() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let replica = try replica()
        try await replica.whileOpen { plane in
            try await Catalog.warnWhereEmpty(plane, Logger(label: "test") { [journal] _ in Journal(lines: journal) })
        }
        #expect(journal.all.withLock { $0.contains { $0.contains("kilonova bootstrap") } })
        let first = try await replica.bootstrap(adminPassword: Secret("first one"), url: "http://127.0.0.1:1")
        #expect(first[0].contains("made with the password of the file"))
        let same = try await replica.bootstrap(adminPassword: Secret("first one"), url: "http://127.0.0.1:1")
        #expect(same[0].contains("was there, with the password of the file"))
        let other = try await replica.bootstrap(adminPassword: Secret("another one"), url: "http://127.0.0.1:2/")
        #expect(other[0].contains("keeps its own password") && other[0].contains("reset-password admin"))
        #expect(!other.joined().contains("another one"))
        journal.all.withLock { $0 = [] }
        try await replica.whileOpen { plane in
            try await Catalog.warnWhereEmpty(plane, Logger(label: "test") { [journal] _ in Journal(lines: journal) })
        }
        #expect(journal.all.withLock { $0.isEmpty })
    }

    @Test("a password is set, and a lock lifted, by the user's name")
    func reset() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let replica = try replica()
        _ = try await replica.bootstrap(adminPassword: Secret("first one"), url: "http://127.0.0.1:1")
        #expect(try await replica.accountLocks().isEmpty)
        #expect(try await replica.unlockAccount("admin", domain: "default") == 0)
        let lines = try await replica.resetPassword(of: "admin", domain: "Default", to: Secret("another one"))
        #expect(lines.count == 1 && lines[0].contains("the password is set"))
        let again = try await replica.bootstrap(adminPassword: Secret("another one"), url: "http://127.0.0.1:1")
        #expect(again[0].contains("was there, with the password of the file"))
        let missing = await #expect(throws: Fault.self) {
            try await replica.resetPassword(of: "nobody", domain: "default", to: Secret("another one"))
        }
        #expect(missing?.message.contains("nobody") == true)
        let short = await #expect(throws: Fault.self) {
            try await replica.resetPassword(of: "admin", domain: "default", to: Secret("short"))
        }
        #expect(short?.kind == .badRequest)
    }
}
