import Foundation
import Link
import Model
import Testing

/// What a release wrote is read by every later one, and nothing of it is lost where it is handed on.
@Suite struct RecordedMessageTests {
    private static let readers: [(prefix: String, read: @Sendable ([UInt8]) throws -> any Encodable)] = [
        ("authority", reader(AuthorityDocument.self)), ("certificate", reader(IssuedCertificate.self)),
        ("desired-state", reader(DesiredState.self)), ("enrolment", reader(EnrolmentRequest.self)),
        ("heartbeat", reader(Heartbeat.self)), ("holdings", reader(HandleHoldings.self)),
        ("outcome", reader(WorkOutcome.self)), ("renewal", reader(RenewalRequest.self)),
        ("report-change", reader(HostReportChange.self)), ("report", reader(HostReport.self)),
        ("work", reader(WorkItem.self)), ("abilities", reader(LinkAbilities.self)), ("note", reader(StreamNote.self)),
    ]
    /// What release 2643fc0 did not say.
    private static let later: Set<String> = ["abilities", "note"]

    private static func reader<Message: Codable & Sendable>(
        _ type: Message.Type
    ) -> @Sendable ([UInt8]) throws -> any Encodable {
        { try JSONDecoder().decode(type, from: Data($0)) }
    }

    private static func written(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return [UInt8](try encoder.encode(value))
    }

    @Test func `releases were recorded`() { #expect(RecordedMessages.releases == ["2643fc0", "parties"]) }

    @Test(arguments: RecordedMessages.releases) func `every message of a release`(release: String) throws {
        let messages = RecordedMessages(release: release)
        let names = try messages.names
        for (prefix, _) in Self.readers where release != "2643fc0" || !Self.later.contains(prefix) {
            #expect(names.contains { $0.hasPrefix(prefix) }, "no message '\(prefix)'")
        }
        for name in names {
            let bytes = try messages.bytes(name)
            let reader = try #require(Self.readers.first { name.hasPrefix($0.prefix) }, "nobody reads '\(name)'")
            let again = try Self.written(try reader.read(bytes))
            #expect(String(decoding: again, as: UTF8.self) == String(decoding: bytes, as: UTF8.self), "\(name)")
        }
    }

    @Test(arguments: RecordedMessages.releases) func `what devices are told`(release: String) throws {
        let messages = RecordedMessages(release: release)
        let state = try JSONDecoder().decode(DesiredState.self, from: Data(try messages.bytes("desired-state")))
        #expect(state.revision == 42 && state.deviceWork.map(\.kind) == [.prepare, .withdraw, .clean])
        let work = try #require(state.deviceWork.first)
        #expect(work.attachment.type == .mdev && work.driver == "pci" && work.deadline == 1_795_219_649_834_118)
        #expect(work.attachment.askedType == "nvidia-63" && work.request != nil)
        #expect(state.work[1].body["request"] == nil)
        let section = try #require(state.devices)
        #expect(section.disabled.count == 1 && section.disabledParts.map(\.resourceClass) == ["CUSTOM_HALF"])
        #expect(section.withheld.count == 2 && section.certificates == CertificateChainHead(number: 7, hash: "3f1c"))
        let idle = try JSONDecoder().decode(DesiredState.self, from: Data(try messages.bytes("desired-state-idle")))
        #expect(idle.work.isEmpty && idle.devices == DeviceSection())
    }

    @Test func `the types of held handles`() throws {
        let messages = RecordedMessages(release: "parties")
        func read(_ name: String) throws -> HandleHoldings {
            try JSONDecoder().decode(HandleHoldings.self, from: Data(try messages.bytes(name)))
        }
        let typed = try read("holdings-typed").holdings
        #expect(typed.map(\.type) == [.mdev, .block, .other("LANE")])
        #expect(typed[1].handle.attachment.target == .block(BlockTarget("/dev/disk/by-id/nvme-eui.0025388b710116a1")))
        // Earlier releases said none.
        for release in RecordedMessages.releases {
            let earlier = RecordedMessages(release: release)
            let told = try JSONDecoder().decode(HandleHoldings.self, from: Data(try earlier.bytes("holdings")))
            #expect(told.holdings.map(\.type) == [nil] && told.holdings[0].handle.type == .pci)
        }
    }

    /// In the table of the database as on the wire.
    @Test(arguments: RecordedMessages.releases) func `work as it is kept`(release: String) throws {
        let messages = RecordedMessages(release: release)
        for name in try messages.names where name.hasPrefix("work") {
            let text = try messages.text(name)
            let item = try WorkItem(json: text)
            #expect(item.json == text)
            guard item.party == .devices else { continue }
            #expect(try DeviceWork(item).item == item && item.subject == item.body["handle"]?.shownText)
        }
    }
}

extension JSONValue {
    fileprivate var shownText: String? { if case .text(let text) = self { text } else { nil } }
}
