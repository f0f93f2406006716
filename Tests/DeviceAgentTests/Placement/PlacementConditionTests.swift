import Clients
import Foundation
import Link
import Model
import TestAgent
import TestPlacement
import TestWatched
import Testing

@testable import DeviceAgent

/// What ails a host in Placement is said where operators look: in its conditions.
@Suite(.timeLimit(.minutes(30))) struct PlacementConditionTests {
    @Test func whatPlacementLacksIsAConditionOfTheHostUntilItIsOver() async throws {
        let world = HostWorld()
        let driver = ScriptedDriver("d", devices: [device("h1_d", driver: "d")])
        try await world.run([driver], on: HostWorld.empty, makesRoot: false) { _ in
            world.link.send()
            let heard = await world.link.heard.until { $0.reports.last?.conditions.isEmpty == false }
            let condition = try #require(heard.reports.last?.conditions.first)
            #expect(condition.kind == .placement && condition.subject == "h1")
            #expect(condition.reason.contains("agent.create_resource_provider"))
            world.placement.state.change { $0.providers[ResourceProviderID(UUID())] = .init(name: "h1") }
            await world.placementHolds(["h1_d"])
            await world.link.heard.until { $0.reports.last?.conditions.isEmpty == true }
        }
    }

    @Test func anAccountThatIsRefusedIsNamedAndNothingElseOfAFaultIs() async throws {
        let refused = Fault(
            .unavailable, "Try again later.", code: KeystoneSession.refusedCode,
            context: "It refuses the account 'nova'.")
        let broken = Fault(.unavailable, "Try again later.", context: "secret SQL")
        for (fault, text) in [(refused, "It refuses the account 'nova'."), (broken, "Try again later.")] {
            let world = HostWorld()
            world.placement.spoil { _, _ in .refused(fault) }
            try await world.run([ScriptedDriver("d", devices: [device("h1_d", driver: "d")])], on: HostWorld.empty) {
                _ in
                world.link.send()
                await world.link.heard.until { $0.reports.last?.conditions.map(\.reason) == [text] }
            }
        }
    }
}
