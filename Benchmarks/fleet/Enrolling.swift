import Fleet
import Foundation
import Link
import LinkClient
import Model
import Store
import StoreSQLite

/// Lets hosts in before the server runs, and looks into its database after.
enum Enrolling {
    static func host(_ number: Int) -> HostName { HostName("compute-\(number)") }

    /// Writes what the agents' process needs into the folder: a certificate for each host, all over one key; the server
    /// cannot tell, and the benchmark begins sooner.
    static func enrol(_ agents: Int, in plane: ControlPlaneProcess) async throws {
        let store = try SQLiteStore(path: plane.database)
        let authority = try await CertificateAuthority.open(folder: plane.folder.appending(path: "ca").path)
        let enrolment = Enrolment(store: store, authority: authority)
        let made = try HostKey.make(for: "host")
        var certificates = [String](repeating: "", count: agents)
        try await withThrowingTaskGroup(of: (Int, String).self) { group in
            var next = 0
            func add() {
                let number = next
                next += 1
                group.addTask {
                    let token = try await enrolment.token(for: host(number))
                    let issued = try await enrolment.enrol(
                        EnrolmentRequest(token: token.revealed, signingRequest: made.request))
                    return (number, issued.certificateChain)
                }
            }
            while next < min(64, agents) { add() }
            for try await (number, certificate) in group {
                certificates[number] = certificate
                if next < agents { add() }
            }
        }
        for (number, certificate) in certificates.enumerated() {
            try (made.key + certificate + authority.certificatePEM).write(
                to: plane.folder.appending(path: "\(number).pem"), atomically: false, encoding: .utf8)
        }
        await store.close()
    }

    /// Hosts that are up, and devices on record.
    static func count(in plane: ControlPlaneProcess) async throws -> (up: Int, devices: Int) {
        let store = try SQLiteStore(path: plane.database)
        let counts = try await store.read { transaction in
            let up = try transaction.first("SELECT COUNT(*) FROM hosts WHERE state = 'up'") { row in try row[0] as Int }
            let devices = try transaction.first("SELECT COUNT(*) FROM devices") { row in try row[0] as Int }
            return (up ?? 0, devices ?? 0)
        }
        await store.close()
        return counts
    }
}
