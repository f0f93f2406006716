import FoundationEssentials
import HTTPTypes
import Model
import Search
import Store
import Synchronization
import TestJSON
import TestStore
import Testing

@testable import Placement

/// Changes that are followed one by one leave the index as if the trees had been read.
@Suite struct ChangingIndexTests {
    private let root = Self.numbered(1)
    private static func numbered(_ number: UInt8) -> ResourceProviderID {
        ResourceProviderID(UUID(uuid: (0, 0, 0, 0, 0, 0, 0x40, 0, 0x80, 0, 0, 0, 0, 0, 0, number)))
    }

    private let gpu = ResourceClass(unchecked: "VGPU")

    /// By reference, for expectations take no mutating call.
    private final class Held {
        private var index = ChangingIndex()

        var current: PlacementIndex { index.current }

        func apply(_ change: ProviderChange, to id: ResourceProviderID) -> Bool { index.apply(change, to: id) }
        func revision(of id: ResourceProviderID) -> Int64? { index.revision(of: id) }
        func root(of id: ResourceProviderID) -> ResourceProviderID? { index.root(of: id) }

        func install(_ provider: ProviderDescription) -> Bool { index.install(root: provider.id, [provider]) }
    }

    private func host() -> Held {
        let index = Held()
        #expect(index.install(ProviderDescription(root, revision: 10)))
        return index
    }

    private func stock(_ total: Int, used: Int = 0) -> ProviderDescription.Stock {
        .init(gpu, Inventory(total: total, reserved: 0, minUnit: 1, maxUnit: total), used: used)
    }

    @Test func aProviderIsMadeFilledAndUsed() throws {
        let index = host()
        let id = Self.numbered(2)
        let trait = Trait(unchecked: "CUSTOM_FAST")
        let changes: [ProviderChange] = [
            .init(revision: 5, steps: 1, extent: .made(parent: root, root: root)),
            .init(revision: 6, steps: 1, extent: .traits([trait])),
            .init(revision: 7, steps: 1, extent: .stocks([stock(4)])),
            .init(revision: 9, steps: 2, extent: .used([gpu: 3])),
        ]
        for change in changes { #expect(index.apply(change, to: id)) }
        #expect(index.revision(of: id) == 9 && index.root(of: id) == root)
        let current = index.current
        #expect(
            current.describe(try #require(current.reference(of: id)))
                == ProviderDescription(id, parent: root, revision: 9, stocks: [stock(4, used: 3)], traits: [trait]))
        #expect(current.root(of: id) == root && current.providerCount == 2)
        // Heard once more, and what is older: nothing changes.
        for change in changes { #expect(index.apply(change, to: id)) }
        #expect(index.current.stock(of: id, gpu)?.used == 3)
        #expect(index.apply(.init(revision: 10, steps: 1, extent: .used([gpu: 1])), to: id))
        #expect(index.current.stock(of: id, gpu)?.used == 1)
    }

    @Test func aProviderGoes() {
        let index = host()
        let id = Self.numbered(2)
        #expect(index.apply(.init(revision: 5, steps: 1, extent: .made(parent: root, root: root)), to: id))
        #expect(index.apply(.init(revision: 6, steps: 1, extent: .removed), to: id))
        #expect(index.revision(of: id) == nil)
        #expect(index.current.providerCount == 1)
        // Made again, as a tree of its own.
        #expect(index.apply(.init(revision: 8, steps: 1, extent: .made(parent: nil, root: id)), to: id))
        #expect(index.current.treeCount == 2 && index.current.root(of: id) == id)
        #expect(index.apply(.init(revision: 9, steps: 1, extent: .removed), to: id))
        #expect(index.current.treeCount == 1 && index.current.reference(of: id) == nil)
    }

    @Test func whatIsNotTheNextChangeIsRead() {
        let index = host()
        let id = Self.numbered(2)
        #expect(!index.apply(.init(revision: 5, steps: 1, extent: .stocks([stock(1)])), to: id), "not known")
        let other = Self.numbered(3)
        #expect(!index.apply(.init(revision: 5, steps: 1, extent: .made(parent: other, root: root)), to: id))
        #expect(!index.apply(.init(revision: 12, steps: 1, extent: .stocks([stock(1)])), to: root), "11 is missing")
        #expect(!index.apply(.init(revision: 12, steps: 1, extent: .removed), to: root))
        #expect(!index.apply(.init(revision: 11, steps: 1, extent: .anything), to: root))
        #expect(!index.apply(.init(revision: 11, steps: 1, extent: .used([gpu: 1])), to: root), "it has none")
        #expect(index.apply(.init(revision: 11, steps: 1, extent: .stocks([stock(1)])), to: root))
        #expect(!index.apply(.init(revision: 12, steps: 1, extent: .used([.vcpu: 1])), to: root), "it has none")
        #expect(index.current.revision(of: root) == 11)
    }

    @Test func anOlderReadingIsRefused() {
        let index = host()
        #expect(index.apply(.init(revision: 11, steps: 1, extent: .stocks([stock(2)])), to: root))
        #expect(!index.install(ProviderDescription(root, revision: 10)))
        #expect(index.current.stock(of: root, gpu)?.inventory.total == 2)
    }
}

/// What the service follows of its own writes is what stands in the database, whatever is written.
@Suite(.everyEngine) struct FollowedIndexTests {
    /// Everything that an index says, in an order that depends on nothing.
    private func said(_ index: PlacementIndex) -> [String] {
        index.roots.flatMap { root in
            index.tree(of: root).map { reference in
                let provider = index.describe(reference)
                let stocks = provider.stocks.map { "\($0.resourceClass) \($0.inventory) \($0.used)" }.sorted()
                let traits = provider.traits.map(\.name).sorted()
                let aggregates = provider.aggregates.map { "\($0)" }.sorted()
                return "\(provider.id) in \(index.id(root)) below \(provider.parent.map { "\($0)" } ?? "none") at "
                    + "\(provider.revision): \(stocks) \(traits) \(aggregates)"
            }
        }.sorted()
    }

    @Test(arguments: [1, 2, 3, 4] as [UInt64]) func theIndexIsAsIfReadAnew(seed: UInt64) async throws {
        var chance = SplitMix64(seed: seed)
        let fixture = try await PlacementFixture()
        try await fixture.service.warm()
        for name in ["CUSTOM_A", "CUSTOM_B"] { try await fixture.call(.put, "/traits/\(name)") }
        var providers: [String] = []
        var consumers: [String] = []
        for step in 0..<150 {
            let id = providers.randomElement(using: &chance) ?? ""
            switch providers.isEmpty ? 0 : Int.random(in: 0..<13, using: &chance) {
            case 0, 1:
                let parent = Bool.random(using: &chance) ? providers.randomElement(using: &chance) : nil
                providers.append(try await fixture.provider("p\(step)", below: parent))
            case 2, 3, 4:
                var inventories: [String: JSON] = [:]
                for name in ["VCPU", "VGPU", "FPGA"] where Bool.random(using: &chance) {
                    inventories[name] = ["total": .integer(Int.random(in: 1...9, using: &chance))]
                }
                try await fixture.set(inventories, of: id)
            case 5, 6:
                let traits = ["CUSTOM_A", "CUSTOM_B", "HW_CPU_X86_AVX", "MISC_SHARES_VIA_AGGREGATE"].filter { _ in
                    Bool.random(using: &chance)
                }
                try await fixture.call(
                    .put, "/resource_providers/\(id)/traits",
                    [
                        "traits": .array(traits.map { .text($0) }),
                        "resource_provider_generation": .integer(try await fixture.generation(id)),
                    ])
            case 7:
                try await fixture.call(
                    .put, "/resource_providers/\(id)/aggregates",
                    [
                        "aggregates": [.text(PlacementFixture.newID())],
                        "resource_provider_generation": .integer(try await fixture.generation(id)),
                    ])
            case 8, 9:
                let consumer = PlacementFixture.newID()
                if try await fixture.claim(consumer, [id: ["VCPU": 1]]).status == 204 { consumers.append(consumer) }
            case 10:
                guard let consumer = consumers.popLast() else { continue }
                try await fixture.call(.delete, "/allocations/\(consumer)")
            case 11:
                let parent = providers.randomElement(using: &chance) ?? id
                try await fixture.call(
                    .put, "/resource_providers/\(id)",
                    ["name": .text("q\(step)"), "parent_provider_uuid": .text(parent)])
            default:
                if try await fixture.call(.delete, "/resource_providers/\(id)").status == 204 {
                    providers.removeAll { $0 == id }
                }
            }
            // Looked at now and then: several changes of a tree stand together otherwise.
            guard step % 7 == 0 || step == 149 else { continue }
            let followed = said(try await fixture.service.state.coherence.snapshot())
            #expect(followed == said(try await fixture.store.read { try IndexReader.index(in: $0) }), "step \(step)")
        }
        #expect(providers.count > 5)
    }

    @Test func whatAWriteSaysIsNotReadAgain() async throws {
        let box = Mutex<CountingStore?>(nil)
        let fixture = try await PlacementFixture(through: { store in
            let counting = CountingStore(store)
            box.withLock { $0 = counting }
            return counting
        })
        let counting = try #require(box.withLock { $0 })
        try await fixture.service.warm()
        let host = try await fixture.provider("host", ["VCPU": 8])
        _ = counting.take()
        let answer = try await fixture.call(
            .put, "/resource_providers/\(host)/inventories",
            ["inventories": ["VCPU": ["total": 4]], "resource_provider_generation": 1])
        #expect(answer.status == 200)
        // The provider, its inventories, the new one, the generation, the change log.
        #expect(counting.take() == 5)
        let shown = try await fixture.call(.get, "/allocation_candidates?resources=VCPU:1").json
        #expect(shown["provider_summaries"][host]["resources"]["VCPU"]["capacity"] == 4)
        #expect(counting.take() == 0)
    }
}
