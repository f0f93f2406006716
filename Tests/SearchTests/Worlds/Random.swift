import Model
import Search

/// A random stream that its seed repeats.
struct SeededGenerator: RandomNumberGenerator {
    private var numbers: SplitMix64

    init(seed: UInt64) {
        numbers = SplitMix64(seed: seed)
    }

    mutating func next() -> UInt64 { numbers.next() }

    mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }
    mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }
    mutating func some(_ names: [String], _ percent: Int) -> [String] { names.filter { _ in chance(percent) } }
}

/// Small random clouds and questions that use all of the grammar.
struct Randomized {
    var random: SeededGenerator
    static let classes = ["VCPU", "DISK_GB", "FPGA"]
    static let traits = ["CUSTOM_A", "CUSTOM_B", "CUSTOM_C"]
    static let aggregates = ["agg1", "agg2"]

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
    }

    mutating func world() -> World {
        var world = World()
        for tree in 0..<random.number(1...3) {
            let size = random.number(1...5)
            for position in 0..<size {
                let parent = position == 0 ? nil : "t\(tree)p\(random.number(0...(position - 1)))"
                // Devices beside one another are often equal.
                if position > 1, random.chance(40) {
                    repeatLast(&world, named: "t\(tree)p\(position)")
                    continue
                }
                var stocks: [String: Int] = [:]
                for name in Self.classes where random.chance(45) { stocks[name] = random.number(1...4) }
                let hasSteps = random.chance(10)
                let smallUnits = random.chance(20)
                var used: [String: Int] = [:]
                for (name, total) in stocks.sorted(by: { $0.key < $1.key }) where random.chance(30) {
                    used[name] = random.number(0...(total + 1))
                }
                var traits = random.some(Self.traits, 35)
                if random.chance(12) { traits.append("MISC_SHARES_VIA_AGGREGATE") }
                world.add(
                    "t\(tree)p\(position)", below: parent, stocks, used: used, traits: traits,
                    aggregates: random.some(Self.aggregates, 25)
                ) { inventory in
                    if hasSteps { inventory.stepSize = 2 }
                    if smallUnits { inventory.maxUnit = 2 }
                    if random.chance(10) { inventory.allocationRatio = 1.5 }
                    if random.chance(10) { inventory.reserved = 1 }
                }
            }
        }
        return world
    }

    /// Adds a sibling like the last provider, which is not a root.
    private func repeatLast(_ world: inout World, named name: String) {
        let tree = world.trees.count - 1
        guard var twin = world.trees[tree].last else { return }
        twin.id = World.id(name)
        world.trees[tree].append(twin)
    }

    mutating func request(_ world: World) -> CandidateRequest {
        var groups: [RequestGroup] = []
        if random.chance(60) { groups.append(group("", world)) }
        let suffixes = random.number((groups.isEmpty ? 1 : 0)...3)
        for number in 0..<suffixes {
            if number > 0, random.chance(50), var twin = groups.last, !twin.suffix.isEmpty {
                twin.suffix = "_\(number)"
                groups.append(twin)
            } else {
                groups.append(group("_\(number)", world))
            }
        }
        let names = groups.map(\.suffix).filter { !$0.isEmpty }
        var request = CandidateRequest(groups: groups, policy: random.chance(50) ? .isolate : .none)
        if !names.isEmpty, random.chance(30) { request.sameSubtrees.append(random.some(names, 70)) }
        request.sameSubtrees.removeAll(where: \.isEmpty)
        for index in request.groups.indices
        where request.sameSubtrees.contains(where: { $0.contains(request.groups[index].suffix) }) && random.chance(30) {
            request.groups[index].resources = [:]
        }
        if random.chance(10) { request.rootRequired = [Trait(unchecked: "CUSTOM_A")] }
        if random.chance(10) { request.rootForbidden = [Trait(unchecked: "CUSTOM_B")] }
        if random.chance(15) { request.isNested = false }
        return request
    }

    private mutating func group(_ suffix: String, _ world: World) -> RequestGroup {
        var resources: [ResourceClass: Int] = [:]
        for name in Self.classes where random.chance(40) {
            resources[ResourceClass(unchecked: name)] = random.number(1...2)
        }
        if resources.isEmpty { resources[.fpga] = 1 }
        var group = RequestGroup(suffix, resources)
        if random.chance(25) { group.required.append(traits(40)) }
        if random.chance(8) { group.required.append(traits(60)) }
        group.required.removeAll(where: \.isEmpty)
        if random.chance(15) { group.forbidden = traits(30) }
        if random.chance(12) { group.memberOf.append(Set(random.some(Self.aggregates, 60).map { World.id($0) })) }
        group.memberOf.removeAll(where: \.isEmpty)
        if random.chance(8) { group.notMemberOf = Set(random.some(Self.aggregates, 50).map { World.id($0) }) }
        if random.chance(8) {
            group.inTree = world.trees.randomElement(using: &random)?.randomElement(using: &random)?.id
        }
        return group
    }

    private mutating func traits(_ percent: Int) -> Set<Trait> {
        Set(random.some(Self.traits, percent).map { Trait(unchecked: $0) })
    }
}
