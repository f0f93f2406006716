import FoundationEssentials
import Model
import Search

/// A cloud of the shape: a root with VCPU, MEMORY_MB, DISK_GB; two NUMA children; four accelerators; half full.
struct BenchmarkWorld {
    private var trees: [(root: ResourceProviderID, providers: [ProviderDescription])] = []

    init(trees count: Int) {
        var random = SplitMix64(seed: 7)
        for _ in 0..<count {
            let root = random.id()
            var providers = [
                ProviderDescription(
                    root, revision: 1,
                    stocks: [
                        .init(.vcpu, Inventory(total: 64, allocationRatio: 4), used: random.below(256)),
                        .init(.memoryMB, Inventory(total: 262_144, reserved: 512), used: random.below(262_144)),
                        .init(.diskGB, Inventory(total: 2000), used: random.below(2000)),
                    ], traits: Self.hostTraits + (random.below(1000) == 0 ? [Self.rare] : []))
            ]
            for _ in 0..<2 {
                let numa = random.id()
                providers.append(
                    ProviderDescription(
                        numa, parent: root, revision: 1, traits: [Trait(unchecked: "HW_NUMA_ROOT")]))
                for card in 0..<2 {
                    providers.append(
                        ProviderDescription(
                            random.id(), parent: numa, revision: 1,
                            stocks: [.init(.fpga, Inventory(total: 1), used: random.below(2))],
                            traits: [Trait(unchecked: card == 0 ? "CUSTOM_CARD_A" : "CUSTOM_CARD_B"), .ownerCyborg]))
                }
            }
            trees.append((root, providers))
        }
    }

    private init() {}

    /// One host with so many equal devices.
    static func devices(_ count: Int) -> BenchmarkWorld {
        var world = BenchmarkWorld()
        var random = SplitMix64(seed: 11)
        let root = random.id()
        world.trees.append(
            (
                root,
                [ProviderDescription(root, revision: 1)]
                    + (0..<count).map { _ in
                        ProviderDescription(
                            random.id(), parent: root, revision: 1, stocks: [.init(.pgpu, Inventory(total: 1))])
                    }
            ))
        return world
    }

    /// One host whose device n has the traits 0 to n.
    static func staircase(_ count: Int) -> BenchmarkWorld {
        var world = BenchmarkWorld()
        var random = SplitMix64(seed: 13)
        let root = random.id()
        let devices = (0..<count).map { device in
            ProviderDescription(
                random.id(), parent: root, revision: 1, stocks: [.init(.pgpu, Inventory(total: 1))],
                traits: (0...device).map { stair($0) })
        }
        world.trees.append((root, [ProviderDescription(root, revision: 1)] + devices))
        return world
    }

    private static func stair(_ number: Int) -> Trait { Trait(unchecked: "CUSTOM_STAIR_\(number)") }

    static func families(_ count: Int) -> [(String, CandidateRequest)] {
        func request(_ stairs: [Int], _ policy: GroupPolicy) -> CandidateRequest {
            let groups = stairs.enumerated().map { place, number in
                RequestGroup("_\(place)", [.pgpu: 1], required: [[stair(number)]])
            }
            return CandidateRequest(groups: groups, policy: policy, folding: .none)
        }
        let nested = Array(0..<count)
        let impossible = [count - 1] + nested.dropFirst()
        return [GroupPolicy.isolate, .none].flatMap { policy in
            [
                ("\(count) nested groups over \(count) devices, \(policy)", request(nested, policy)),
                ("the same in another order", request(nested.reversed(), policy)),
                ("the same where none is possible", request(impossible, policy)),
            ]
        }
    }

    func index() -> PlacementIndex {
        var index = PlacementIndex()
        for tree in trees { index.install(root: tree.root, tree.providers) }
        return index
    }

    private static let hostTraits = (0..<20).map { Trait(unchecked: "CUSTOM_HOST_\($0)") }
    private static let rare = Trait(unchecked: "CUSTOM_RARE")

    static var requests: [(String, CandidateRequest)] {
        let flavor: [ResourceClass: Int] = [.vcpu: 4, .memoryMB: 8192, .diskGB: 40]
        let a: Set<Trait> = [Trait(unchecked: "CUSTOM_CARD_A")]
        let b: Set<Trait> = [Trait(unchecked: "CUSTOM_CARD_B")]
        return [
            ("simple", CandidateRequest(groups: [RequestGroup("", flavor)])),
            ("rare trait", CandidateRequest(groups: [RequestGroup("", flavor, required: [[rare]])])),
            (
                "granular",
                CandidateRequest(
                    groups: [
                        RequestGroup("", flavor), RequestGroup("_A", [.fpga: 1], required: [a]),
                        RequestGroup("_B", [.fpga: 1], required: [b]),
                        RequestGroup("_N", [:], required: [[Trait(unchecked: "HW_NUMA_ROOT")]]),
                    ], policy: .isolate, sameSubtrees: [["_A", "_B", "_N"]])
            ),
        ]
    }

    static func claim(_ count: Int, _ folding: Folding) -> CandidateRequest {
        CandidateRequest(
            groups: (0..<count).map { RequestGroup("_\($0)", [.pgpu: 1]) }, policy: .isolate, folding: folding)
    }
}

extension SplitMix64 {
    fileprivate mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

    fileprivate mutating func id() -> ResourceProviderID {
        let (high, low) = (next(), next())
        func byte(_ word: UInt64, _ place: UInt64) -> UInt8 { UInt8(truncatingIfNeeded: word >> (place * 8)) }
        return ResourceProviderID(
            UUID(
                uuid: (
                    byte(high, 0), byte(high, 1), byte(high, 2), byte(high, 3), byte(high, 4), byte(high, 5),
                    byte(high, 6), byte(high, 7), byte(low, 0), byte(low, 1), byte(low, 2), byte(low, 3),
                    byte(low, 4), byte(low, 5), byte(low, 6), byte(low, 7)
                )))
    }
}
