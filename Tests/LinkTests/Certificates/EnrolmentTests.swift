import Fleet
import Foundation
import Link
import LinkClient
import Model
import Store
import Testing

@Suite(.timeLimit(.minutes(30))) struct EnrolmentTests {
    let host: HostName = "compute-1"

    @Test func `a token enrols one host once`() async throws {
        try await AgentListener.run { listener in
            let token = try await listener.enrolment.token(for: host)
            #expect("\(token)" == "***")
            let first = HostEnrolment(
                folder: try await listener.folder("one"), controlPlanes: [listener.plain], authorityFile: nil)
            #expect(try await first.enrol(token: token, at: TimeSource.system.now()).host == host)
            let second = HostEnrolment(
                folder: try await listener.folder("two"), controlPlanes: [listener.plain], authorityFile: nil)
            let fault = await #expect(throws: Fault.self) {
                try await second.enrol(token: token, at: TimeSource.system.now())
            }
            #expect(fault?.kind.status == 403)
            let stored = try await listener.world.store.read { transaction in
                try transaction.all("SELECT digest FROM enrolment_tokens") { row in
                    let digest: String = try row[0]
                    return digest
                }
            }
            #expect(!stored.contains { token.revealed.contains($0) })
        }
    }

    @Test func `a token ends`() async throws {
        try await AgentListener.run { listener in
            let token = try await listener.enrolment.token(for: host, validity: .seconds(-1))
            let enrolment = HostEnrolment(
                folder: try await listener.folder(host), controlPlanes: [listener.plain], authorityFile: nil)
            let fault = await #expect(throws: Fault.self) {
                try await enrolment.enrol(token: token, at: TimeSource.system.now())
            }
            #expect(fault?.kind.status == 403)
        }
    }

    @Test func `an authority that the token does not name is refused`() async throws {
        try await AgentListener.run { listener in
            let token = try await listener.enrolment.token(for: host).revealed
            let parts = token.split(separator: ".")
            let other = parts[0] + "." + parts[1] + "." + String(parts[2].reversed())
            let folder = try await listener.folder(host)
            let enrolment = HostEnrolment(folder: folder, controlPlanes: [listener.plain], authorityFile: nil)
            let fault = await #expect(throws: Fault.self) {
                try await enrolment.enrol(token: Secret(String(other)), at: TimeSource.system.now())
            }
            #expect(fault?.message.contains("authority") == true)
            #expect(try await folder.load() == nil)
            // The same host's own key may ask again with the right token.
            #expect(try await enrolment.enrol(token: Secret(token), at: TimeSource.system.now()).host == host)
        }
    }

    @Test func `one address is enough, and it is known by the token`() async throws {
        try await AgentListener.run { listener in
            let token = try await listener.enrolment.token(for: host)
            let folder = try await listener.folder(host)
            let enrolment = HostEnrolment(folder: folder, controlPlanes: [listener.secure + "/"], authorityFile: nil)
            let now = TimeSource.system.now()
            let none = await #expect(throws: Fault.self) { try await enrolment.credentials(token: nil, at: now) }
            #expect(none?.kind.status == 401)
            let credentials = try await enrolment.credentials(token: token, at: now)
            #expect(credentials.host == host)
            // The token stays in the configuration; it is not traded again.
            #expect(try await enrolment.credentials(token: token, at: now) == credentials)
            #expect(try await enrolment.credentials(token: nil, at: now) == credentials)
            let another = try await listener.enrolment.token(for: host)
            #expect(try await enrolment.credentials(token: another, at: now) != credentials)

            let other = try await CertificateAuthority.open(
                folder: listener.world.folder.appending(path: "other-ca").path)
            let foreign = Enrolment(store: listener.world.store, authority: other)
            let wrong = try await foreign.token(for: host)
            let stranger = HostEnrolment(
                folder: try await listener.folder("stranger"), controlPlanes: [listener.secure], authorityFile: nil)
            let fault = await #expect(throws: Fault.self) { try await stranger.enrol(token: wrong, at: now) }
            #expect(fault?.kind.status == 403)
        }
    }

    @Test func `keys are readable by their owner only`() async throws {
        try await AgentListener.run { listener in
            _ = try await listener.enrol(host)
            let folder = listener.world.folder.appending(path: "agent-\(host)").path
            let files = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
            #expect(files == ["agent.pem", "token.digest"])
            for (path, mode) in [(folder, 0o700), ("\(folder)/agent.pem", 0o600)] {
                let attributes = try FileManager.default.attributesOfItem(atPath: path)
                #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == mode)
            }
        }
    }

    @Test func `a token is sent in clear text to this machine only`() async throws {
        try await AgentListener.run { listener in
            let token = try await listener.enrolment.token(for: host)
            for address in ["http://192.0.2.1:80", "ftp://127.0.0.1", "192.0.2.1:443", "https://"] {
                let enrolment = HostEnrolment(
                    folder: try await listener.folder(host), controlPlanes: [address], authorityFile: nil)
                let fault = await #expect(throws: Fault.self) {
                    try await enrolment.enrol(token: token, at: TimeSource.system.now())
                }
                #expect(fault?.kind.status == 400)
            }
        }
    }

    @Test func `names that a certificate cannot hold get no token`() async throws {
        try await AgentListener.run { listener in
            for name in ["", "a b", "x/y", "host.certificate.kilonova", "ü"] {
                await #expect(throws: Fault.self) { try await listener.enrolment.token(for: HostName(name)) }
            }
        }
    }

    @Test func `an authority is made once and found again`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "kilonova-ca-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let made = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<4 { group.addTask { try await CertificateAuthority.open(folder: folder).fingerprint } }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(made.count == 1)
        let file = try FileManager.default.attributesOfItem(atPath: "\(folder)/authority.pem")
        #expect((file[.posixPermissions] as? NSNumber)?.intValue == 0o600)
    }

    private func status(_ listener: AgentListener, _ token: Secret, _ request: String) async throws -> Int {
        do {
            _ = try await listener.enrolment.enrol(EnrolmentRequest(token: token.revealed, signingRequest: request))
            return 201
        } catch let fault as Fault {
            return fault.kind.status
        }
    }

    @Test func `a spent token is good for the same key until its certificate was used`() async throws {
        try await AgentListener.run { listener in
            let token = try await listener.enrolment.token(for: host)
            let folder = try await listener.folder(host)
            let enrolment = HostEnrolment(folder: folder, controlPlanes: [listener.plain], authorityFile: nil)
            let credentials = try await enrolment.enrol(token: token, at: TimeSource.system.now())
            let request = try HostKey.request(key: credentials.privateKey.revealed, for: host.text)
            // The answer was lost, and nobody used what it brought.
            #expect(try await status(listener, token, request) == 201)
            #expect(try await status(listener, token, try HostKey.make(for: host.text).request) == 403)
            let link = try await listener.link(host, credentials)
            try await link.report(HostReport(generation: 1, devices: [], drivers: []))
            await link.close()
            #expect(try await status(listener, token, request) == 403)
        }
    }

    @Test func `another certificate of the host in use ends no token`() async throws {
        try await AgentListener.run { listener in
            let older = try await listener.enrol(host)
            let token = try await listener.enrolment.token(for: host)
            let made = try HostKey.make(for: host.text)
            #expect(try await status(listener, token, made.request) == 201)
            let link = try await listener.link(host, older)
            try await link.report(HostReport(generation: 1, devices: [], drivers: []))
            await link.close()
            #expect(try await status(listener, token, made.request) == 201)
        }
    }

    @Test(arguments: [false, true])
    func `revocation ends tokens, spent and unspent`(isSpent: Bool) async throws {
        try await AgentListener.run { listener in
            let (token, foreign) = (
                try await listener.enrolment.token(for: host), try await listener.enrolment.token(for: "compute-2")
            )
            let made = try HostKey.make(for: host.text)
            if isSpent { #expect(try await status(listener, token, made.request) == 201) }
            let now = TimeSource.system.now()
            let ended = try await listener.world.write { transaction in
                try CertificateBook.revokeAll(of: host, at: now, in: transaction)
            }
            #expect(ended == (isSpent ? 1 : 0, 1))
            #expect(try await status(listener, token, made.request) == 403)
            #expect(try await status(listener, foreign, made.request) == 201)
            // What was made after it is good.
            let later = try await listener.enrolment.token(for: host)
            #expect(try await status(listener, later, made.request) == 201)
        }
    }
}
