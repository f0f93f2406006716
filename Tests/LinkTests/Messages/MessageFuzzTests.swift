import Clients
import Foundation
import Model
import TestFuzz
import Testing

@testable import API
@testable import Fleet
@testable import Link

/// What an agent or a control plane may send to the other in any form is taken or refused, and counted with afterwards.
@Suite struct MessageFuzzTests {
    private static let words = [
        "{", "}", "[", "]", ":", ",", "\"", "null", "true", "false", "\"number\"", "\"generation\"", "\"accelerators\"",
        "\"status\"", "\"failed\"", "\"cleaned\"", "\"samples\"", "\"microseconds\"",
    ]

    /// As an endpoint of the agents' API takes a body of the type.
    private func take<Body: Codable & Sendable>(
        _ schema: Schema, _ samples: [String], _ use: (Body) throws -> Void
    ) rethrows {
        var taken = 0
        try Fuzzer.run("\(Body.self)", samples: samples.map { Array($0.utf8) }, words: Self.words, usually: 500) {
            bytes in
            guard let value = try? JSONParser.parse(bytes), schema.problem(with: value) == nil,
                let body = try? decodeBody(Body.self, from: bytes, value)
            else { return }
            taken += 1
            try use(body)
        }
        #expect(taken > 0, "nothing of \(Body.self) was taken, so nothing behind it was tried")
    }

    private static let device = DeviceReport(
        type: .gpu, vendor: "10de", model: "20b5", controlPath: "p", driver: "pci", facts: ["serial": "1"],
        deployables: [
            DeployableReport(
                name: "h_0", resourceProvider: ResourceProviderID(UUID()), resourceClass: "PGPU", accelerators: 2,
                traits: ["OWNER_CYBORG"], attributes: [AttributeReport(key: "rc", value: "PGPU")],
                handles: [AttachHandleReport(type: .pci, info: ["bus": "01"], needsCleaning: true)])
        ])

    private static func text(_ message: some Encodable) throws -> String {
        String(decoding: try JSONEncoder().encode(message), as: UTF8.self)
    }

    @Test func `reports`() throws {
        let reports = [HostReport(generation: 5, devices: [Self.device], drivers: [])]
        take(.bounded(HostReport.self), try reports.map(Self.text)) { (report: HostReport) in
            #expect((try? AgentBounds.check(report)) == nil || report.generation + 1 > report.generation)
        }
        let change = HostReportChange(base: 3, generation: 4)
        take(.bounded(HostReportChange.self), [try Self.text(change)]) { (change: HostReportChange) in
            #expect((try? AgentBounds.check(change)) == nil || change.generation - change.base < .max)
        }
    }

    @Test func `outcomes and signs of life`() throws {
        let record = CleaningRecord(
            device: ["serial": "S"], methods: ["format"],
            verification: .samples(seed: 7, count: 1024, size: 4096, written: 512), begun: Timestamp(microseconds: 1),
            ended: Timestamp(microseconds: 2))
        let outcomes = try [
            WorkOutcome.done, .failed("why"), .cleaned(record),
            .programmed(ProgrammingRecord(logic: "f00d", failure: "why")), .programmed(ProgrammingRecord()),
        ].map(Self.text)
        take(.bounded(WorkOutcome.self), outcomes) { (outcome: WorkOutcome) in
            guard case .cleaned(let record)? = try? DeviceOutcome(outcome),
                case .samples(_, let count, let size, let written) = record.verification
            else { return }
            #expect(
                count * size >= 0 && written + count >= written
                    && record.ended.since(record.begun) < .seconds(Int64.max))
        }
        let beat = Heartbeat(
            nonce: "n", revision: 3, agentVersion: "1", certificates: CertificateChainHead(number: 9, hash: "h"))
        take(.bounded(Heartbeat.self), [try Self.text(beat)]) {
            (beat: Heartbeat) in
            #expect((try? AgentBounds.check(beat)) == nil || (beat.certificates?.number ?? 0) + 1 > 0)
        }
    }

    @Test func `what agents ask of Placement`() throws {
        let view = InventoriesMessage(
            InventoriesView(
                generation: 3, inventories: [.vcpu: Inventory(total: 8), .fpga: Inventory(total: 2, maxUnit: 2)]))
        let inventories = try Self.text(view)
        take(InventoriesMessage.schema, [inventories]) { (message: InventoriesMessage) in
            for inventory in message.view.inventories.values {
                #expect(inventory.total >= 0 && inventory.reserved >= 0)
            }
        }
        let reshape = """
            {"inventories": {"4e061c03-611e-4caa-bf26-999dcff4284e": \(inventories)}, "holdings": [{"consumer":
            "4e061c03-611e-4caa-bf26-999dcff4284f", "allocations": {"4e061c03-611e-4caa-bf26-999dcff4284e": {"VCPU": 2}},
            "project": "p", "user": "u", "generation": 1}]}
            """
        take(ReshapeMessage.schema, [reshape]) { (message: ReshapeMessage) in _ = try? message.reshape() }
    }

    @Test func `who holds what`() {
        let holdings = """
            {"holdings": [{"instance": "4e061c03-611e-4caa-bf26-999dcff4284e", "provider":
            "4e061c03-611e-4caa-bf26-999dcff4284f", "driver": "pci", "type": "BLOCK", "info": {"path": "/dev/disk/by-id/d"},
            "resourceClass": "SSD"}], "occupied": [{"bus": "01"}]}
            """
        var taken = 0
        Fuzzer.run(
            "holdings", samples: [Array(holdings.utf8)], words: Self.words + ["\"type\"", "PCI", "MDEV"], usually: 500
        ) {
            bytes in
            guard let told = try? JSONDecoder().decode(HandleHoldings.self, from: Data(bytes)) else { return }
            taken += 1
            for holding in told.holdings { #expect(holding.handle.info == holding.info) }
        }
        #expect(taken > 0)
    }

    /// What comes down is read line by line; a line that is none ends the stream, and no agent.
    @Test func `desired states`() throws {
        let line = """
            {"revision": 4, "nonce": "n", "work": [{"id": "4e061c03-611e-4caa-bf26-999dcff4284e", "kind": "clean", "handle":
            "4e061c03-611e-4caa-bf26-999dcff4284f", "handleType": "PCI", "handleInfo": {"bus": "01"}, "controlPath": "p", "driver":
            "pci", "deadline": 1700000000000000}, {"id": "4e061c03-611e-4caa-bf26-999dcff42851", "kind": "program", "handle":
            "4e061c03-611e-4caa-bf26-999dcff4284f", "handleType": "PCI", "handleInfo": {"bus": "01"}, "controlPath": "p", "driver":
            "pci", "deadline": 1700000000000000, "image": {"id": "4e061c03-611e-4caa-bf26-999dcff42850", "algorithm": "sha256",
            "hash": "\(String(repeating: "0a", count: 32))", "size": 5}}], "disabled": ["4e061c03-611e-4caa-bf26-999dcff4284e"], "disabledParts": [],
            "certificates": {"number": 3, "hash": "h"}}
            """
        var taken = 0
        Fuzzer.run("desired states", samples: [Array(line.utf8)], words: Self.words, usually: 500) { bytes in
            guard let state = try? JSONDecoder().decode(DesiredState.self, from: Data(bytes)) else { return }
            taken += 1
            if let section = state.devices {
                #expect(section.withheld.count <= section.disabled.count + section.disabledParts.count)
            }
            for work in state.deviceWork { if let image = work.image { #expect(image.size > 0) } }
            // An agent hands on what it knows of the chain.
            #expect((try? JSONEncoder().encode(state)) != nil)
        }
        #expect(taken > 0)
    }
}
