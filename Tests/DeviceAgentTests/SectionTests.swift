import Drivers
import Link
import Model
import TestAgent
import TestPlacement
import TestWatched
import Testing

@testable import Agent
@testable import DeviceAgent

/// What the devices party does with its section of a desired state.
@Suite(.timeLimit(.minutes(30))) struct SectionTests {
    private func state(_ revision: Int64, _ section: JSONValue?) -> DesiredState {
        var sections: [Party: JSONValue] = [:]
        sections[.devices] = section
        return DesiredState(revision: revision, nonce: "n", sections: sections)
    }

    private func head(_ number: Int64) -> CertificateChainHead {
        CertificateChainHead(number: number, hash: "h\(number)")
    }

    /// Heartbeats tell the furthest end that was ever told, also after a restart, and never one that comes with their own line.
    @Test func theFurthestEndOfTheCertificatesIsKept() async throws {
        let world = HostWorld()
        let sections: [JSONValue?] = [head(3), head(2), nil, head(5)].map { head in
            head.map { DeviceSection(certificates: $0).value }
        }
        let states = sections.enumerated().map { state(Int64($0.offset + 1), $0.element) }
        try await world.run([ScriptedDriver()], on: HostWorld.empty) { _ in
            for (index, state) in states.enumerated() {
                world.link.send(state)
                await world.link.heard.until { $0.heartbeats.count == index + 1 }
            }
            world.link.send(state(5, nil))
            let heard = await world.link.heard.until { $0.heartbeats.count == 5 }
            #expect(heard.heartbeats.map(\.certificates?.number) == [nil, 3, 3, 3, 5])
        }
        let later = HostWorld(disk: world.disk)
        try await later.run([ScriptedDriver()], on: HostWorld.empty) { _ in
            later.link.send(state(6, nil))
            let heard = await later.link.heard.until { !$0.heartbeats.isEmpty }
            #expect(heard.heartbeats.first?.certificates == head(5))
        }
    }

    /// A section of a form that is not known changes nothing, and the heartbeat is sent all the same.
    @Test func aSectionThatIsNotUnderstoodChangesNothing() async throws {
        let world = HostWorld()
        let id = ProviderNames.identifier(ofProvider: "h1_a")
        try await world.run([ScriptedDriver(devices: [device("h1_a", accelerators: 4)])], on: HostWorld.empty) { _ in
            world.link.send(disabled: [id])
            await world.placement.state.until { $0.providers[id]?.inventories[.fpga]?.reserved == 4 }
            world.link.send(state(2, .text("later")))
            await world.link.heard.until { $0.heartbeats.last?.revision == 2 }
            #expect(world.placement.state.value.providers[id]?.inventories[.fpga]?.reserved == 4)
        }
    }
}
