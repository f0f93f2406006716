import FoundationEssentials
import Model
import Testing

@testable import Sanitisation

/// Chains checked without the control plane, and what tampering does to them.
@Suite struct ChainCheckTests {
    let keyring: CertificateKeyring
    let folder: String

    init() async throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "keys-\(UUID().uuidString)").path
        keyring = try await CertificateKeyring.loadOrCreate(folder: folder)
    }

    func statement(_ number: Int64, after previous: String, host: HostName = "host-a") -> SanitisationStatement {
        SanitisationStatement(
            number: number, host: host, previous: previous,
            device: .init(uuid: "d", handle: "h", facts: ["serial": "S"]),
            report: CleaningRecord(
                device: ["serial": "S"], methods: ["zeros"],
                verification: .samples(seed: 7, count: 1024, size: 4096, written: 512),
                begun: Timestamp(microseconds: 1),
                ended: Timestamp(microseconds: 2)),
            result: .cleaned, reason: nil, issued: Timestamp(microseconds: 3), tenant: "t", restored: nil)
    }

    func chain(_ count: Int64, host: HostName = "host-a") throws -> [SanitisationCertificate] {
        var chain: [SanitisationCertificate] = []
        for number in 1...count {
            chain.append(try keyring.sign(statement(number, after: chain.last?.hash ?? StatementHash.none, host: host)))
        }
        return chain
    }

    @Test func `whole chains hold, in whatever order, once or twice`() throws {
        let chains = try chain(4) + chain(3, host: "host-b")
        for given in [chains, chains.reversed(), chains + chains] {
            let check = ChainCheck(given, trusted: keyring.published)
            #expect(check.holds && check.findings.count == 7 && check.notes == [])
            #expect(check.openEnded == ["host-a", "host-b"])
        }
        #expect(ChainCheck([SanitisationCertificate](), trusted: nil).holds == false)
    }

    @Test(arguments: [Int64.max, Int64.max - 1, Int64.min, -1])
    func `a number at the edge is refused, and counted on from nowhere`(number: Int64) throws {
        let edge = try keyring.sign(statement(number, after: StatementHash.none))
        let check = ChainCheck(try chain(2) + [edge], trusted: keyring.published)
        #expect(check.findings.count == 2 && !check.holds)
        #expect(check.faults == ["A certificate is of no use: its number is none that a chain can have."])
    }

    @Test func `whatever is changed is found`() throws {
        let chain = try chain(3)
        func broken(_ change: (inout SanitisationCertificate) -> Void) -> Bool {
            var changed = chain
            change(&changed[1])
            return !ChainCheck(changed, trusted: keyring.published).holds
        }
        #expect(broken { $0.statement = $0.statement.replacing("\"zeros\"", with: "\"sanitize\"") })
        #expect(broken { $0.signature = chain[0].signature })
        #expect(broken { $0.key = "0000000000000000" })
        #expect(broken { $0.publicKey = "AAAA" })
        #expect(broken { $0.statement = "{}" })
        #expect(broken { $0.statement = $0.statement.replacing("/1\"", with: "/9\"") })
    }

    /// As the API shows it.
    func shown(_ certificate: SanitisationCertificate, _ change: (inout [String: String]) -> Void = { _ in }) throws
        -> CertificateDocument
    {
        let statement = try certificate.read()
        var fields = [
            "hostname": statement.host, "number": "\(statement.number)", "device_uuid": statement.device.uuid,
            "attach_handle_uuid": statement.device.handle, "result": statement.result.rawValue,
            "issued_at": statement.issued.replacing("Z", with: "+00:00"), "hash": certificate.hash,
        ]
        change(&fields)
        return CertificateDocument(certificate, wrapper: CertificateWrapper(fields))
    }

    @Test func `what stands beside a statement must say the same`() throws {
        let chain = try chain(2)
        let whole = try chain.map { try shown($0) }
        #expect(ChainCheck(whole, trusted: keyring.published).holds)
        for (name, value) in [
            ("hostname", "host-b"), ("number", "7"), ("number", ""), ("device_uuid", "other"),
            ("attach_handle_uuid", "other"), ("result", "failed"), ("issued_at", "2031-01-01T00:00:00+00:00"),
            ("issued_at", "soon"), ("hash", StatementHash.none),
        ] {
            let changed = [whole[0], try shown(chain[1]) { $0[name] = value }]
            // Also where the same certificate is given once more as it was.
            for given in [changed, changed + whole, whole + changed] {
                let check = ChainCheck(given, trusted: keyring.published)
                #expect(!check.holds && check.findings.count == 2)
                #expect(check.findings[1].faults.contains { $0.hasPrefix("'\(name)' beside the statement says") })
            }
        }
        // In JSON a number is a number, and null says something else.
        let text = String(decoding: try JSONEncoder().encode(chain[0]), as: UTF8.self).dropLast()
        for (json, holds) in [(#","number":1}"#, true), (#","number":2}"#, false), (#","number":null}"#, false)] {
            let read = try CertificateFile.documents(Array((text + json).utf8))
            #expect(ChainCheck(read, trusted: keyring.published).holds == holds)
        }
    }

    @Test func `certificates that are cut off at the end are missed`() throws {
        let chain = try chain(4)
        func end(_ number: Int, host: HostName = "host-a") throws -> CertificateDocument {
            CertificateDocument(
                try keyring.sign(
                    ChainHeadStatement(
                        host: host, number: Int64(number), hash: chain[number - 1].hash,
                        issued: Timestamp(microseconds: 9))))
        }
        let documents = chain.map { CertificateDocument($0) }
        let whole = ChainCheck(documents + [try end(4), try end(3)], trusted: keyring.published)
        #expect(whole.holds && whole.openEnded.isEmpty && whole.findings.count == 4)
        let cut = ChainCheck(Array(documents.prefix(2)) + [try end(4)], trusted: keyring.published)
        #expect(!cut.holds && cut.faults.count == 1 && cut.faults[0].contains("number 3 to 4 is missing at the end"))
        // Of a host with no certificate left, too.
        #expect(!ChainCheck(documents + [try end(1, host: "host-b")], trusted: keyring.published).holds)
        var forged = try end(2)
        forged.certificate.statement = forged.certificate.statement.replacing("\"number\":2", with: "\"number\":1")
        #expect(!ChainCheck(documents + [forged], trusted: keyring.published).holds)
        let other = try keyring.sign(
            ChainHeadStatement(host: "host-a", number: 4, hash: StatementHash.none, issued: Timestamp(microseconds: 9)))
        #expect(!ChainCheck(documents + [CertificateDocument(other)], trusted: keyring.published).holds)
    }

    @Test func `certificates that are left out, doubled or signed by others are found`() async throws {
        let whole = try chain(4)
        let gap = ChainCheck([whole[0], whole[3]], trusted: keyring.published)
        #expect(gap.holds && gap.notes.contains { $0.contains("2 to 3") })
        let fork = try keyring.sign(statement(2, after: StatementHash.of("other")))
        #expect(ChainCheck(whole + [fork], trusted: keyring.published).faults.contains { $0.contains("two different") })
        let inserted = try keyring.sign(statement(5, after: StatementHash.of("other")))
        #expect(ChainCheck(whole + [inserted], trusted: keyring.published).faults.count == 1)
        let stranger = try await CertificateKeyring.loadOrCreate(folder: folder + "-other")
        let forged = try stranger.sign(statement(5, after: whole[3].hash))
        #expect(!ChainCheck(whole + [forged], trusted: keyring.published).holds)
        let unvouched = ChainCheck(whole, trusted: nil)
        #expect(unvouched.holds && unvouched.notes.contains { $0.hasPrefix("Nobody vouches") })
    }

    @Test func `rotation keeps what was signed valid and lets the former key sign no more`() async throws {
        let before = try chain(2)
        let old = keyring.published[0]
        try await CertificateKeyring.rotate(folder: folder)
        #expect(try await keyring.reload())
        #expect(keyring.published.count == 2 && keyring.published[1] == old)
        let next = try keyring.sign(statement(3, after: before[1].hash))
        #expect(next.key != before[1].key)
        #expect(ChainCheck(before + [next], trusted: keyring.published).holds)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        #expect(names == ["1.pub", "2.key", "2.pub", "pseudonyms"])
        let again = try await CertificateKeyring.loadOrCreate(folder: folder)
        #expect(again.published == keyring.published)
        #expect(again.pseudonym(of: "blue") == keyring.pseudonym(of: "blue"))
        #expect(again.pseudonym(of: "blue") != keyring.pseudonym(of: "red"))
    }

    @Test func `a folder that others may read is refused with the cure`() async throws {
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: folder + "/1.key")
        await #expect(throws: Fault.self) { try await keyring.reload() }
        do {
            try await keyring.reload()
        } catch {
            #expect("\(error)".contains("chmod 600"))
        }
    }

    @Test func `files are read in each of their forms`() throws {
        let chain = try chain(2)
        let encoder = JSONEncoder()
        #expect(try CertificateFile.documents(Array(try encoder.encode(chain[0]))).map(\.certificate) == [chain[0]])
        #expect(try CertificateFile.documents(Array(try encoder.encode(chain))).map(\.certificate) == chain)
        #expect(
            try CertificateFile.documents(Array(try encoder.encode(["certificates": chain]))).map(\.certificate)
                == chain)
        #expect(try CertificateFile.keys(Array(try encoder.encode(["keys": keyring.published]))) == keyring.published)
        for odd in ["", "[1]", "{}", "null"] {
            #expect(throws: SanitisationFault.self) { try CertificateFile.documents(Array(odd.utf8)) }
        }
    }
}
