import API
import Accelerators
import HTTPTypes
import Link
import Model
import Sanitisation
import Store
import TestJSON
import Testing
import Workflows

/// Sanitisation certificates from the end of a cleaning to the next tenant, and databases that were set back.
@Suite struct CertificateTests {
    static let report = CleaningRecord(
        device: ["address": "0000:81:00.0", "serial": "S1", "firmware": "F1"],
        methods: ["nvme format, user data erase"],
        verification: .samples(seed: 18_446_744_073_709_551_615, count: 1024, size: 4096, written: 1024),
        begun: Timestamp(microseconds: 1_795_219_000_000_000), ended: Timestamp(microseconds: 1_795_219_001_000_000))

    /// A tenant gets the one unit and gives it back; its host then says how the cleaning ended.
    func cycle(
        _ fixture: AcceleratorFixture, _ outcome: WorkOutcome, as persona: Persona = .memberThroughService,
        number: Int = 1
    ) async throws {
        let id = try await hold(fixture, as: persona, number: number)
        #expect(try await fixture.call(.delete, "/v2/accelerator_requests/\(id)", as: persona).status == 204)
        let item = try #require(try await fixture.work().first)
        #expect(item.kind == .clean)
        try await fixture.finish(item, outcome)
    }

    func hold(_ fixture: AcceleratorFixture, as persona: Persona, number: Int) async throws -> String {
        let id = try #require(try await fixture.requests("p", as: persona).first)
        let bound = try await fixture.bind(
            [id], instance: Reports.instance(number), provider: Reports.provider(1), as: persona)
        #expect(bound.status == 202, "\(bound.fault)")
        await fixture.engine.runDue()
        return id
    }

    func fixture(on other: AcceleratorFixture? = nil) async throws -> AcceleratorFixture {
        let fixture = try await AcceleratorFixture()
        try await fixture.report(Reports.host([Reports.device(needsCleaning: true)]))
        try await fixture.profile("p")
        return fixture
    }

    @Test func `the next tenant reads how its device was cleaned`() async throws {
        let fixture = try await fixture()
        try await cycle(fixture, .cleaned(Self.report))
        let id = try await hold(fixture, as: .otherMemberThroughService, number: 2)
        let path = "/v2/accelerator_requests/\(id)/certificate"
        let answer = try await fixture.call(.get, path, as: .otherMember, version: "2.4")
        #expect(answer.status == 200, "\(answer.fault)")
        let certificate = SanitisationCertificate(
            statement: answer.json["statement"].text, key: answer.json["key_id"].text,
            publicKey: answer.json["public_key"].text, signature: answer.json["signature"].text)
        let check = ChainCheck([certificate], trusted: fixture.certificates.published)
        #expect(check.holds)
        let statement = try certificate.read()
        #expect(statement.number == 1 && statement.previous == StatementHash.none)
        #expect(statement.result == .cleaned && statement.methods == Self.report.methods)
        #expect(statement.device.facts == Self.report.device)
        #expect(statement.verification == Self.report.verification)
        #expect(statement.proof?.probability == 0.999 && (statement.proof?.share ?? 1) < 0.007)
        #expect(statement.tenant == fixture.certificates.pseudonym(of: "blue"))
        #expect(!answer.json["statement"].text.contains("blue"))
        // It is for whoever holds the device, and for administrators.
        #expect(try await fixture.call(.get, path, as: .member, version: "2.4").status == 404)
        #expect(try await fixture.call(.get, path, as: .admin, version: "2.4").status == 200)
        #expect(try await fixture.call(.get, path, as: .otherMember, version: "2.3").status == 404)
        let keys = try await fixture.call(.get, "/v2/sanitisation_keys", as: .otherMember, version: "2.4").json["keys"]
        #expect(keys.array.map { $0["public_key"].text } == fixture.certificates.published.map(\.publicKey))
    }

    @Test func `who holds what nobody had before reads so`() async throws {
        let fixture = try await fixture()
        let id = try await hold(fixture, as: .memberThroughService, number: 1)
        let answer = try await fixture.call(
            .get, "/v2/accelerator_requests/\(id)/certificate", as: .member, version: "2.4")
        #expect(answer.status == 404)
        #expect(answer.fault.contains("No cleaning is on record"))
    }

    @Test func `failures, words of operators and silent hosts stand in the chain too`() async throws {
        let fixture = try await fixture()
        try await cycle(fixture, .failed("still holds data in 3 of 1024 samples"))
        let handles = try await fixture.call(.get, "/v2/attach_handles?state=error", version: "2.4").json[
            "attach_handles"]
        let handle = handles[0]["uuid"].text
        #expect(try await fixture.call(.post, "/v2/attach_handles/\(handle)/release", version: "2.4").status == 204)
        try await cycle(fixture, .done, number: 2)
        var odd = Self.report
        odd.verification = .impossible("memory on a card cannot be read from its host")
        odd.device["serial"] = String(repeating: "x", count: 5000)
        try await cycle(fixture, .cleaned(odd), number: 3)
        let chain = try await fixture.chain()
        let statements = try chain.map { try $0.read() }
        #expect(statements.map(\.result) == [.failed, .vouched, .cleaned, .cleaned])
        #expect(statements[0].reason == "still holds data in 3 of 1024 samples" && statements[1].reason == nil)
        #expect(statements[2].verification == .impossible("its host told nothing of what was done"))
        #expect(statements[3].device.facts["serial"]?.count == 256)
        #expect(statements.allSatisfy { $0.proof == nil })
        #expect(ChainCheck(chain, trusted: fixture.certificates.published).holds)
        let listed = try await fixture.call(
            .get, "/v2/sanitisation_certificates?attach_handle_uuid=\(handle)&limit=3", version: "2.4"
        ).json
        #expect(listed["certificates"].array.map { $0["result"].text } == ["failed", "vouched", "cleaned"])
        #expect(listed["certificates_links"][0]["rel"] == "next")
        let first = listed["certificates"][0]["uuid"].text
        let one = try await fixture.call(.get, "/v2/sanitisation_certificates/\(first)", version: "2.4")
        #expect(one.json["hash"].text == chain[0].hash)
    }

    /// The head that a host's agent would be told.
    func head(_ fixture: AcceleratorFixture) async throws -> CertificateChainHead? {
        try await fixture.store.read { [fleet = fixture.service.fleet] transaction in
            try fleet.section(of: "host-a", in: transaction).flatMap { DeviceSection($0) }?.certificates
        }
    }

    func hear(_ known: CertificateChainHead, _ fixture: AcceleratorFixture) async throws {
        let now = fixture.clock.source.now()
        try await fixture.store.write { [fleet = fixture.service.fleet] transaction in
            let beat = Heartbeat(nonce: nil, revision: 0, agentVersion: "1", certificates: known)
            try fleet.heard(beat, from: "host-a", at: now, in: transaction)
        }
    }

    /// Forgets what came after certificate `number`, as a restored backup does.
    func setBack(_ fixture: AcceleratorFixture, to number: Int) async throws {
        let chain = try await fixture.chain()
        try await fixture.store.write { transaction in
            try transaction.execute("DELETE FROM sanitisation_certificates WHERE number > \(number)")
            try transaction.execute(
                "UPDATE sanitisation_chains SET number = \(number), hash = \(chain[number - 1].hash)")
        }
    }

    func alarms(_ fixture: AcceleratorFixture) async throws -> [String] {
        try await fixture.call(.get, "/v2/events?action=certificates.set_back", version: "2.4").json["events"].array
            .map { $0["detail"].text }
    }

    @Test func `a database that was set back is noticed, and the chain goes on from what the agent knows`() async throws
    {
        let fixture = try await fixture()
        for number in 1...4 { try await cycle(fixture, .cleaned(Self.report), number: number) }
        let whole = try await fixture.chain()
        let known = try #require(try await head(fixture))
        #expect(known.number == 4 && known.hash == whole[3].hash)
        try await hear(known, fixture)
        #expect(try await alarms(fixture) == [])
        try await setBack(fixture, to: 2)
        try await hear(known, fixture)
        try await hear(known, fixture)
        #expect(try await alarms(fixture).count == 1)
        #expect(try await head(fixture) == known)
        try await cycle(fixture, .cleaned(Self.report), number: 5)
        let after = try await fixture.chain()
        let statement = try #require(try after.last?.read())
        #expect(statement.number == 5 && statement.restored == .init(kept: 2, number: 4))
        // What tenants kept of the lost certificates still fits between.
        #expect(ChainCheck(after + whole, trusted: fixture.certificates.published).holds)
        #expect(ChainCheck(after, trusted: fixture.certificates.published).notes.count == 2)
    }

    @Test func `so is one that went on before the agent spoke`() async throws {
        let fixture = try await fixture()
        for number in 1...3 { try await cycle(fixture, .cleaned(Self.report), number: number) }
        let known = try #require(try await head(fixture))
        try await setBack(fixture, to: 2)
        fixture.clock.advance(.seconds(1))
        try await cycle(fixture, .cleaned(Self.report), number: 4)
        try await hear(known, fixture)
        try await hear(known, fixture)
        #expect(try await alarms(fixture).count == 1)
    }

    @Test func `an agent that lags behind is no reason for alarm`() async throws {
        let fixture = try await fixture()
        try await cycle(fixture, .cleaned(Self.report))
        let known = try #require(try await head(fixture))
        try await cycle(fixture, .cleaned(Self.report), number: 2)
        try await hear(known, fixture)
        #expect(try await alarms(fixture) == [])
    }

    @Test(arguments: [Int64(Int32.max), Int64(Int32.max) + 1, 1 << 53, .max])
    func `no end of a chain that an agent tells of ends anything`(number: Int64) async throws {
        let fixture = try await fixture()
        try await cycle(fixture, .cleaned(Self.report))
        try await hear(CertificateChainHead(number: number, hash: "x"), fixture)
        try await cycle(fixture, .cleaned(Self.report), number: 2)
        let isBelieved = number <= Int64(Int32.max)
        #expect(try await fixture.chain().last?.read().number == (isBelieved ? number + 1 : 2))
        let conditions = try await fixture.call(.get, "/v2/hosts", version: "2.4").json["hosts"][0]["conditions"].array
        #expect(conditions.map { $0["kind"].text }.filter { $0 != "binding" } == (isBelieved ? [] : ["certificates"]))
        // It goes on from there, past every bound, and the agent may know it.
        let known = try #require(try await head(fixture))
        try await hear(known, fixture)
        try await cycle(fixture, .cleaned(Self.report), number: 3)
        #expect(try await fixture.chain().last?.read().number == known.number + 1)
    }

    @Test(arguments: [0, 1])
    func `a chain that an older release let an agent spoil goes on from its last certificate`(count: Int) async throws {
        let fixture = try await fixture()
        for number in 0..<count { try await cycle(fixture, .cleaned(Self.report), number: number + 1) }
        try await fixture.store.write { transaction in
            _ = try transaction.execute(
                """
                INSERT INTO sanitisation_chains (host, number, hash, kept) VALUES ('host-a', \(Int64.max), 'x', 1)
                ON CONFLICT (host) DO UPDATE SET number = excluded.number, hash = excluded.hash, kept = 1
                """)
        }
        try await cycle(fixture, .cleaned(Self.report), number: 2)
        let chain = try await fixture.chain()
        #expect(try chain.map { try $0.read().number } == (1...(Int64(count) + 1)).map { $0 })
        #expect(ChainCheck(chain, trusted: fixture.certificates.published).holds)
    }
}
