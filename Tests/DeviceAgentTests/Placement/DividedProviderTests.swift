import Drivers
import FoundationEssentials
import Model
import TestPlacement
import Testing

@testable import DeviceAgent

/// Providers with several resource classes.
@Suite struct DividedProviderTests {
    private static let (a, b) = (ResourceClass(unchecked: "CUSTOM_A"), ResourceClass(unchecked: "CUSTOM_B"))

    private func card(_ stocks: [ResourceClass: WantedProvider.Stock]) -> WantedProvider {
        WantedProvider(
            id: ProviderNames.identifier(ofProvider: "h1_card"), name: "h1_card", stocks: stocks,
            traits: [Trait(unchecked: "CUSTOM_T")], isDivided: true)
    }

    private func stock(_ total: Int, withheld: Bool = false) -> WantedProvider.Stock {
        .init(total: total, isWithheld: withheld)
    }

    private func report(_ classes: [(String, Int)], divided: Bool = true) -> DeviceReport {
        var report = device("h1_card")
        let template = report.deployables[0]
        report.deployables = classes.map { name, count in
            var one = template
            one.name = divided ? "h1_card_\(name)" : "h1_card"
            one.providerName = divided ? "h1_card" : nil
            one.resourceProvider = ProviderNames.identifier(ofProvider: "h1_card")
            one.resourceClass = name
            one.accelerators = count
            one.traits = ["CUSTOM_T", "CUSTOM_OF\(name.dropFirst("CUSTOM".count))"]
            return one
        }
        return report
    }

    @Test("the deployables of a report that share a provider are its inventories, and its traits are theirs together")
    func ofAReport() {
        let id = ProviderNames.identifier(ofProvider: "h1_card")
        let devices = [report([("CUSTOM_A", 2), ("CUSTOM_B", 0)]), device("h1_other")]
        let (wanted, problems) = WantedProvider.all(of: devices, withheld: [])
        #expect(problems.isEmpty && wanted.map(\.name) == ["h1_card", "h1_other"])
        #expect(wanted[0].stocks == [Self.a: stock(2), Self.b: stock(1, withheld: true)])
        #expect(wanted[0].traits.map(\.name).sorted() == ["CUSTOM_OF_A", "CUSTOM_OF_B", "CUSTOM_T"])
        #expect(wanted[0].isDivided && !wanted[1].isDivided)
        let part = WantedProvider.all(of: devices, withheld: [ProviderPart(id, "CUSTOM_A")]).wanted[0]
        #expect(part.stocks == [Self.a: stock(2, withheld: true), Self.b: stock(1, withheld: true)])
        let all = WantedProvider.all(of: [report([("CUSTOM_A", 2), ("CUSTOM_B", 2)])], withheld: [ProviderPart(id)])
        #expect(all.wanted[0].stocks.values.allSatisfy { $0.isWithheld })
        // One class twice is a mistake of a driver: the first counts.
        let twice = WantedProvider.all(of: [report([("CUSTOM_A", 2), ("CUSTOM_A", 3)])], withheld: [])
        #expect(twice.wanted[0].stocks == [Self.a: stock(2)] && twice.problems.count == 1)
    }

    @Test("two inventories, each with its own total, its own reservation and its own withholding")
    func inventories() async throws {
        let world = ReconcilerWorld()
        let agent = try world.agent()
        #expect(await agent.reconcile([card([Self.a: stock(2), Self.b: stock(2)])], isComplete: true) == .init())
        #expect(
            world.provider("h1_card")?.inventories == [
                Self.a: Inventory(total: 2, maxUnit: 2), Self.b: Inventory(total: 2, maxUnit: 2),
            ])
        world.change("h1_card") { $0.inventories[Self.b]?.reserved = 1 }
        // A is withheld and B is not; another process gives A back.
        let withheld = card([Self.a: stock(2, withheld: true), Self.b: stock(2)])
        #expect(await agent.reconcile([withheld], isComplete: true) == .init())
        #expect(world.provider("h1_card")?.inventories.mapValues(\.reserved) == [Self.a: 2, Self.b: 1])
        let both = card([Self.a: stock(2, withheld: true), Self.b: stock(2, withheld: true)])
        #expect(await agent.reconcile([both], isComplete: true) == .init())
        #expect(world.provider("h1_card")?.inventories.mapValues(\.reserved) == [Self.a: 2, Self.b: 2])
        let later = try world.agent()
        #expect(await later.reconcile([card([Self.a: stock(2), Self.b: stock(2)])], isComplete: true) == .init())
        #expect(world.provider("h1_card")?.inventories.mapValues(\.reserved) == [Self.a: 0, Self.b: 1])
    }

    @Test("a class whose units are gone while one is held stays, withheld, and the other is offered as ever")
    func aClassThatLingers() async throws {
        let world = ReconcilerWorld()
        let agent = try world.agent()
        _ = await agent.reconcile([card([Self.a: stock(2), Self.b: stock(2)])], isComplete: true)
        world.claim("h1_card")
        world.change("h1_card") { $0.inventories[Self.a]?.reserved = 1 }
        let left = card([Self.b: stock(1)])
        for _ in 0..<2 {
            #expect(await agent.reconcile([left], isComplete: true) == .init())
            #expect(
                world.provider("h1_card")?.inventories == [
                    Self.a: Inventory(total: 2, reserved: 2, maxUnit: 2), Self.b: Inventory(total: 1, maxUnit: 1),
                ])
            world.change("h1_card") { _ in }
        }
        // It comes back with the administrator's amount.
        let whole = card([Self.a: stock(2), Self.b: stock(1)])
        #expect(await agent.reconcile([whole], isComplete: true) == .init())
        #expect(world.provider("h1_card")?.inventories.mapValues(\.reserved) == [Self.a: 1, Self.b: 0])
        // Let go, it goes for good.
        _ = await agent.reconcile([left], isComplete: true)
        world.change("h1_card") { $0.allocations = [:] }
        #expect(await agent.reconcile([left], isComplete: true) == .init())
        #expect(world.provider("h1_card")?.inventories == [Self.b: Inventory(total: 1, maxUnit: 1)])
    }
}
