import Model
import Search

/// Worlds and questions that are hard to answer one order after another: few of many assignments are possible, or none.
enum Families {
    static func trait(_ number: Int) -> Trait { Trait(unchecked: "CUSTOM_T\(number)") }

    /// A host whose device n has the traits 0 to n: of groups that want one trait each, one assignment is possible.
    static func staircase(_ count: Int, hosts: Int = 1) -> World {
        var world = World()
        for host in 0..<hosts {
            world.add("h\(host)", ["VCPU": 8])
            for device in 0..<count {
                world.add(
                    "h\(host)d\(device)", below: "h\(host)", ["FPGA": 1],
                    traits: (0...device).map { trait($0).name })
            }
        }
        return world
    }

    /// Group n wants trait `traits[n]`.
    static func groups(_ traits: [Int], amount: Int = 1) -> [RequestGroup] {
        traits.enumerated().map { place, number in
            RequestGroup("_\(place)", [.fpga: amount], required: [[trait(number)]])
        }
    }

    /// A small tree with devices of random traits, and groups that want some: often few assignments are possible.
    static func composed(_ random: inout SeededGenerator) -> (World, CandidateRequest) {
        var world = World()
        for host in 0..<random.number(1...2) {
            world.add("h\(host)", ["VCPU": 4])
            let nodes = random.number(0...2)
            for node in 0..<nodes { world.add("h\(host)n\(node)", below: "h\(host)", traits: ["CUSTOM_T9"]) }
            let isStaircase = random.chance(50)
            for device in 0..<random.number(2...5) {
                let traits =
                    isStaircase ? Array(0...device) : (0..<5).filter { _ in random.chance(45) }
                world.add(
                    "h\(host)d\(device)", below: nodes > 0 ? "h\(host)n\(device % nodes)" : "h\(host)",
                    ["FPGA": random.number(1...2)], traits: traits.map { trait($0).name })
            }
        }
        var groups = Self.groups((0..<random.number(2...5)).map { _ in random.number(0...4) })
        for place in groups.indices where random.chance(15) { groups[place].required = [] }
        for place in groups.indices where random.chance(10) { groups[place].resources[.fpga] = 2 }
        var request = CandidateRequest(groups: groups, policy: random.chance(70) ? .isolate : .none)
        if random.chance(30) {
            request.groups.insert(
                RequestGroup("", [.vcpu: 1, .fpga: 1], required: [[trait(random.number(0...4))]]), at: 0)
        }
        let names = groups.map(\.suffix)
        if random.chance(35) {
            var rule = random.some(names, 60)
            if random.chance(60) {
                request.groups.append(RequestGroup("_node", [:], required: [[trait(9)]]))
                rule.append("_node")
            }
            if !rule.isEmpty { request.sameSubtrees.append(rule) }
            if request.groups.last?.resources.isEmpty == true, request.sameSubtrees.isEmpty {
                request.groups.removeLast()
            }
        }
        return (world, request)
    }
}
