import Drivers
import FoundationEssentials
import Model
import TestPlacement
import TestWatched
import Testing

@testable import Agent
@testable import DeviceAgent

@Suite struct ReconcilerTests {
    @Test func makesTheSubtree() async throws {
        let world = ReconcilerWorld()
        let agent = try world.agent()
        let outcome = await agent.reconcile(
            [wanted("h1_FakeDevice", total: 16), wanted("h1_0000:0c:00.0", "CUSTOM_QAT", traits: ["OWNER_CYBORG"])],
            isComplete: true)
        #expect(outcome == .init())
        #expect(
            world.own == [
                "h1_FakeDevice": .init(
                    name: "h1_FakeDevice", parent: world.root, inventories: [.fpga: Inventory(total: 16, maxUnit: 16)],
                    traits: [Trait(unchecked: "CUSTOM_T")]),
                "h1_0000:0c:00.0": .init(
                    name: "h1_0000:0c:00.0", parent: world.root,
                    inventories: [ResourceClass(unchecked: "CUSTOM_QAT"): Inventory(total: 1, maxUnit: 1)],
                    traits: [.ownerCyborg]),
            ])
        #expect(world.isForeignUntouched)
    }

    @Test func asksTwiceAndWritesNothingWhereNothingIsNew() async throws {
        let world = ReconcilerWorld()
        let agent = try world.agent()
        let all = (0..<20).map { wanted("h1_\($0)") }
        _ = await agent.reconcile(all, isComplete: true)
        world.placement.state.change { $0.calls = [] }
        _ = await agent.reconcile(all, isComplete: true)
        #expect(world.placement.state.value.calls == ["provider named", "tree"])
    }

    @Test("W36: an agent that is there before the compute service waits for its provider")
    func waitsForTheComputeServicesRoot() async throws {
        let world = ReconcilerWorld()
        world.placement.state.change { $0.providers[world.root]?.name = "other" }
        let outcome = try await world.agent().reconcile([wanted("h1_a")], isComplete: true)
        #expect(outcome.problems.count == 1 && outcome.problems[0].contains("'h1'"))
        #expect(world.own.isEmpty)
        #expect(try await world.agent(mayMakeRoot: true).reconcile([wanted("h1_a")], isComplete: true).problems == [])
        #expect(world.own["h1_a"] != nil)
    }

    @Test("W13: what others write between our reading and writing is not lost")
    func keepsAnAdministratorsReservationAndTraits() async throws {
        let world = ReconcilerWorld()
        let agent = try world.agent()
        let free = wanted("h1_a", total: 16)
        let withheld = wanted("h1_a", total: 16, isWithheld: true)
        _ = await agent.reconcile([free], isComplete: true)
        world.reserve(3, of: "h1_a")
        world.change("h1_a") { $0.traits.insert(.ownerCyborg) }
        _ = await agent.reconcile([withheld], isComplete: true)
        #expect(world.provider("h1_a")?.inventories[.fpga]?.reserved == 16)
        world.reserve(5, of: "h1_a")
        _ = await agent.reconcile([withheld], isComplete: true)
        #expect(world.provider("h1_a")?.inventories[.fpga]?.reserved == 16)
        // The one that releases is another process.
        _ = try await world.agent().reconcile([wanted("h1_a", total: 16, traits: ["CUSTOM_U"])], isComplete: true)
        #expect(world.provider("h1_a")?.inventories[.fpga]?.reserved == 5)
        #expect(world.provider("h1_a")?.traits == [.ownerCyborg, Trait(unchecked: "CUSTOM_U")])
    }

    @Test func withholdsWhatIsHeldAndRemovesItLater() async throws {
        let world = ReconcilerWorld()
        let agent = try world.agent()
        _ = await agent.reconcile([wanted("h1_a", total: 4), wanted("h1_b")], isComplete: true)
        world.reserve(1, of: "h1_a")
        world.claim("h1_a")
        #expect(await agent.reconcile([], isComplete: true) == .init(lingering: ["h1_a"]))
        #expect(Set(world.own.keys) == ["h1_a"])
        #expect(world.provider("h1_a")?.inventories[.fpga]?.reserved == 4)
        // It comes back, with the administrator's amount.
        _ = await agent.reconcile([wanted("h1_a", total: 4)], isComplete: true)
        #expect(world.provider("h1_a")?.inventories[.fpga]?.reserved == 1)
        _ = await agent.reconcile([], isComplete: true)
        world.release("h1_a")
        #expect(await agent.reconcile([], isComplete: true) == .init())
        #expect(world.own.isEmpty && world.isForeignUntouched)
    }

    @Test func aClaimJustBeforeTheRemovalKeepsTheProvider() async throws {
        let world = ReconcilerWorld()
        let agent = try world.agent()
        _ = await agent.reconcile([wanted("h1_a")], isComplete: true)
        let consumer = world.consumer
        world.placement.spoil { call, _ in call == "delete" ? .claimed(consumer) : nil }
        #expect(await agent.reconcile([], isComplete: true) == .init(lingering: ["h1_a"]))
        #expect(world.provider("h1_a")?.allocations.count == 1)
        #expect(world.provider("h1_a")?.inventories[.fpga]?.reserved == 1)
    }

    @Test func aHeldDeviceIsNotOfferedUnderTwoClasses() async throws {
        let world = ReconcilerWorld()
        let agent = try world.agent()
        _ = await agent.reconcile([wanted("h1_a")], isComplete: true)
        world.claim("h1_a")
        let changed = wanted("h1_a", "CUSTOM_QAT")
        let outcome = await agent.reconcile([changed], isComplete: true)
        #expect(outcome.problems.count == 1)
        #expect(world.provider("h1_a")?.inventories == [.fpga: Inventory(total: 1, reserved: 1, maxUnit: 1)])
        world.release("h1_a")
        #expect(await agent.reconcile([changed], isComplete: true) == .init())
        #expect(world.provider("h1_a")?.inventories == [changed.resourceClass: Inventory(total: 1, maxUnit: 1)])
    }

    @Test("W13: a generation that moved is read again") func writesOfOthersAreReadAgain() async throws {
        let world = ReconcilerWorld()
        let agent = try world.agent()
        let left = Watched(5)
        world.placement.spoil { call, _ in
            guard call.hasPrefix("set"), left.value > 0 else { return nil }
            left.change { $0 -= 1 }
            return .moved
        }
        #expect(await agent.reconcile([wanted("h1_a", total: 16)], isComplete: true) == .init())
        #expect(left.value == 0)
    }

    @Test("W14: a standard class hides no custom one, and a trait outlives the provider that had it")
    func classesAndTraits() async throws {
        let world = ReconcilerWorld()
        let agent = try world.agent()
        let devices = [wanted("h1_a"), wanted("h1_b", "CUSTOM_QAT"), wanted("h1_c", "CUSTOM_NIC")]
        #expect(await agent.reconcile(devices, isComplete: true) == .init())
        #expect(world.own.count == 3)
        #expect(await agent.reconcile([], isComplete: true) == .init())
        #expect(world.own.isEmpty)
        #expect(world.placement.state.value.traits.contains(Trait(unchecked: "CUSTOM_T")))
    }

    @Test func oneThatFailsHoldsUpNoOther() async throws {
        let world = ReconcilerWorld()
        let agent = try world.agent()
        let broken = wanted("h1_b").id
        world.placement.spoil { _, id in id == broken ? .refused(.unavailable("No.")) : nil }
        let outcome = await agent.reconcile([wanted("h1_a"), wanted("h1_b"), wanted("h1_c")], isComplete: true)
        #expect(outcome.problems == ["h1_b: No."])
        #expect(Set(world.own.keys) == ["h1_a", "h1_c"])
    }

    @Test func traitsThatWereRemovedFromPlacementAreMadeAgain() async throws {
        let world = ReconcilerWorld()
        let agent = try world.agent()
        _ = await agent.reconcile([wanted("h1_a")], isComplete: true)
        world.placement.state.change { state in
            state.providers[wanted("h1_a").id] = nil
            state.traits = []
        }
        #expect(await agent.reconcile([wanted("h1_a")], isComplete: true) == .init())
        #expect(world.provider("h1_a")?.traits == [Trait(unchecked: "CUSTOM_T")])
    }

    /// The compute service offers the device itself.
    @Test func aNameThatTheComputeServiceTookIsLeftToIt() async throws {
        let world = ReconcilerWorld()
        for devices in [[wanted("h1_0000:81:00.0"), wanted("h1_a")], []] {
            let outcome = try await world.agent().reconcile(devices, isComplete: true)
            #expect(outcome.problems.count == (devices.isEmpty ? 0 : 1))
            #expect(world.isForeignUntouched)
            #expect(Set(world.own.keys) == (devices.isEmpty ? [] : ["h1_a"]))
        }
    }

    /// A Placement older than the trait: the device is offered without it.
    @Test func aStandardTraitThatIsUnknownIsLeftOut() async throws {
        let world = ReconcilerWorld()
        world.placement.spoil { call, _ in call == "ensure trait HW_NEW" ? .refused(.notFound("No such trait.")) : nil }
        let device = wanted("h1_a", traits: ["HW_NEW", "CUSTOM_T"])
        let outcome = try await world.agent().reconcile([device], isComplete: true)
        #expect(outcome.problems == ["h1_a: Placement does not know the trait 'HW_NEW'."])
        #expect(world.provider("h1_a")?.traits == [Trait(unchecked: "CUSTOM_T")])
        #expect(world.provider("h1_a")?.inventories.count == 1)
    }

    @Test func aStandardClassThatIsUnknownIsSaid() async throws {
        let world = ReconcilerWorld()
        world.placement.spoil { call, _ in call == "ensure class" ? .refused(.notFound("No such class.")) : nil }
        let outcome = try await world.agent().reconcile([wanted("h1_a", "PCI_NEW")], isComplete: true)
        #expect(outcome.problems.count == 1 && outcome.problems[0].contains("'PCI_NEW'"))
        #expect(world.own.isEmpty)
    }

    @Test func aNameThatStandsBelowAnotherRootIsSaid() async throws {
        let world = ReconcilerWorld()
        let before = world.placement.state.value.shapes
        let outcome = try await world.agent().reconcile([wanted("h2_FakeDevice")], isComplete: true)
        #expect(outcome.problems.count == 1 && outcome.problems[0].contains("another root"))
        _ = try await world.agent().reconcile([], isComplete: true)
        #expect(world.placement.state.value.shapes == before)
    }

    @Test func aLostRecordIsMadeUpForOnlyByACompletePass() async throws {
        let world = ReconcilerWorld()
        _ = try await world.agent().reconcile([wanted("h1_a"), wanted("h1_b")], isComplete: true)
        world.disk.replace("state.json", with: Array("{".utf8))
        _ = try await world.agent().reconcile([wanted("h1_a")], isComplete: false)
        #expect(Set(world.own.keys) == ["h1_a", "h1_b"])
        _ = try await world.agent().reconcile([wanted("h1_a")], isComplete: true)
        #expect(Set(world.own.keys) == ["h1_a"])
        #expect(world.isForeignUntouched)
        #expect(world.disk.read("state.json.damaged") == Array("{".utf8))
    }
}
