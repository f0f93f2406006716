import API
import Fleet
import Foundation
import Link
import LinkClient
import Model
import Store
import Synchronization
import Testing

/// No number that an agent sends goes further than it can be counted on from.
@Suite(.timeLimit(.minutes(10))) struct AgentBoundsTests {
    let host: HostName = "compute-1"
    static let edges: [Int64] = [.min, .min + 1, -1, (1 << 53), .max - 1, .max]

    static func device(_ count: Int) -> DeviceReport {
        DeviceReport(
            type: .fpga, vendor: "x", model: "y", controlPath: "c", driver: "fake",
            deployables: [
                DeployableReport(
                    name: "n", resourceProvider: ResourceProviderID(UUID()), resourceClass: "FPGA", accelerators: count,
                    traits: [], attributes: [], handles: [])
            ])
    }

    func refused(_ field: String, _ call: () async throws -> Void) async throws {
        let fault = await #expect(throws: Fault.self) { try await call() }
        #expect(fault?.kind == .badRequest)
        #expect(fault?.field == field)
    }

    @Test(arguments: edges) func `generations, revisions and numbers of certificates`(edge: Int64) async throws {
        try await LinkWorld.run { world in
            let reception = world.reception
            try await refused("generation") {
                try await reception.report(HostReport(generation: edge, devices: [], drivers: []), from: host)
            }
            try await refused("base") {
                try await reception.change(HostReportChange(base: edge, generation: 1), from: host)
            }
            try await refused("generation") {
                try await reception.change(HostReportChange(base: 1, generation: edge), from: host)
            }
            try await refused("revision") {
                try await reception.heartbeat(Heartbeat(nonce: nil, revision: edge, agentVersion: ""), from: host)
            }
            try await refused("certificates.number") {
                let head = CertificateChainHead(number: edge, hash: "x")
                try await reception.heartbeat(
                    Heartbeat(nonce: nil, revision: 0, agentVersion: "", certificates: head), from: host)
            }
            #expect(try await world.host(host) == nil)
            #expect(world.fleet.notes.withLock { $0 } == RecordingFleet.Notes())
        }
    }

    @Test(arguments: [Int.min, -1, Int(Int32.max) + 1, Int.max])
    func `counts of units`(count: Int) async throws {
        try await LinkWorld.run { world in
            let device = Self.device(count)
            let field = "devices[0].deployables[0].accelerators"
            try await refused(field) {
                try await world.reception.report(
                    HostReport(generation: 1, devices: [device], drivers: []), from: host)
            }
            try await refused(field) {
                try await world.reception.change(
                    HostReportChange(base: 0, generation: 1, devices: [device]), from: host)
            }
        }
    }

    @Test(arguments: edges) func `what a cleaning says of itself`(edge: Int64) async throws {
        try await LinkWorld.run { world in
            let moment = Timestamp(microseconds: 1)
            let item = LinkWorld.item(1, kind: .clean)
            try await world.enqueue(item, on: host)
            func finish(_ record: CleaningRecord) async throws {
                try await world.reception.finish(item.id, .cleaned(record), from: host)
            }
            func record(
                begun: Timestamp? = nil, ended: Timestamp? = nil, count: Int = 1, size: Int = 1, written: Int = 1
            ) -> CleaningRecord {
                CleaningRecord(
                    device: [:], methods: [],
                    verification: .samples(seed: .max, count: count, size: size, written: written),
                    begun: begun ?? moment, ended: ended ?? moment)
            }
            let time = Timestamp(microseconds: edge)
            try await refused("cleaning.begun") { try await finish(record(begun: time)) }
            try await refused("cleaning.ended") { try await finish(record(ended: time)) }
            try await refused("cleaning.verification.count") { try await finish(record(count: Int(edge))) }
            try await refused("cleaning.verification.size") { try await finish(record(size: Int(edge))) }
            try await refused("cleaning.verification.written") { try await finish(record(written: Int(edge))) }
            #expect(world.fleet.notes.withLock { $0.outcomes.isEmpty })
            try await finish(record())
            #expect(world.fleet.notes.withLock { $0.outcomes[item.id]?.count } == 1)
        }
    }

    @Test func `a generation that an older release took is none`() async throws {
        try await LinkWorld.run { world in
            try await world.reception.report(HostReport(generation: 5, devices: [], drivers: []), from: host)
            for edge in Self.edges {
                try await world.write { transaction in
                    _ = try transaction.execute("UPDATE hosts SET report_generation = \(edge)")
                }
                try await world.reception.report(HostReport(generation: 6, devices: [], drivers: []), from: host)
                #expect(try await world.host(host)?.reportGeneration == 6)
            }
        }
    }

    @Test func `the document says the bounds, and the wire holds to them`() async throws {
        try await AgentListener.run { listener in
            let link = try await listener.link(host, try await listener.enrol(host))
            for edge in Self.edges {
                await #expect(throws: Fault.self) {
                    try await link.heartbeat(Heartbeat(nonce: nil, revision: edge, agentVersion: ""))
                }
            }
            try await link.heartbeat(Heartbeat(nonce: nil, revision: (1 << 53) - 1, agentVersion: ""))
            await link.close()
        }
    }
}
