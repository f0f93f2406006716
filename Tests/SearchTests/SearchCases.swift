import Model
import Search

/// A question in the domain's words, and how many candidates the contract gives for it.
struct SearchCase: CustomStringConvertible, Sendable {
    let description: String
    let world: @Sendable () -> World
    let request: CandidateRequest
    let expected: Int

    init(
        _ description: String, _ request: CandidateRequest, gives expected: Int,
        in world: @escaping @Sendable () -> World
    ) {
        self.description = description
        self.request = request
        self.expected = expected
        self.world = world
    }

    /// Two hosts with processors and disk, each with two NUMA nodes of two accelerators.
    static func fleet() -> World {
        var world = World()
        for host in ["h1", "h2"] {
            world.add(
                host, ["VCPU": 8, "MEMORY_MB": 4096, "DISK_GB": 100], traits: ["COMPUTE_NODE"],
                aggregates: ["rack-\(host)"])
            for node in ["n0", "n1"] {
                world.add("\(host)-\(node)", below: host, traits: ["HW_NUMA_ROOT"])
                for device in ["d0", "d1"] {
                    world.add(
                        "\(host)-\(node)-\(device)", below: "\(host)-\(node)", ["FPGA": 1],
                        used: host == "h2" && node == "n1" ? ["FPGA": 1] : [:],
                        traits: node == "n0" ? ["CUSTOM_FAST"] : [])
                }
            }
        }
        return world
    }

    /// Two hosts without disk and a pool that an aggregate ties to the first.
    static func pool() -> World {
        var world = World()
        world.add("h1", ["VCPU": 8], aggregates: ["storage"])
        world.add("h2", ["VCPU": 8])
        world.add(
            "pool", ["DISK_GB": 1000], traits: ["MISC_SHARES_VIA_AGGREGATE", "CUSTOM_SSD"], aggregates: ["storage"])
        return world
    }

    static let one = RequestGroup("_1", [.fpga: 1])
    static let two = RequestGroup("_2", [.fpga: 1])
    static let fast = Trait(unchecked: "CUSTOM_FAST")
    static let cpu = RequestGroup("", [.vcpu: 1])
    static let cpuAndDisk = RequestGroup("", [.vcpu: 1, .diskGB: 10])

    static let all: [SearchCase] = [
        SearchCase("processors alone: one candidate a host", .init(groups: [cpu]), gives: 2, in: fleet),
        SearchCase("a class nobody has", .init(groups: [RequestGroup("", [.pgpu: 1])]), gives: 0, in: fleet),
        SearchCase("more than there is", .init(groups: [RequestGroup("", [.vcpu: 9])]), gives: 0, in: fleet),
        SearchCase("one device: each free one", .init(groups: [one]), gives: 6, in: fleet),
        SearchCase(
            "the group without a suffix may take its classes from several providers",
            .init(groups: [RequestGroup("", [.vcpu: 1, .fpga: 1])]), gives: 6, in: fleet),
        SearchCase(
            "before 1.29 it may not", .init(groups: [RequestGroup("", [.vcpu: 1, .fpga: 1])], isNested: false),
            gives: 0,
            in: fleet),
        SearchCase(
            "two equal groups on providers of their own: 4 over 2 and 2 over 2",
            .init(groups: [one, two], policy: .isolate), gives: 7, in: fleet),
        SearchCase(
            "and with each order counted",
            .init(groups: [one, two], policy: .isolate, folding: .none), gives: 14, in: fleet),
        SearchCase(
            "and with equal devices folded: on h1 both on a node or one on each, on h2 both on its node",
            .init(groups: [one, two], policy: .isolate, folding: .equalDevices), gives: 4, in: fleet),
        SearchCase(
            "a device of one unit serves two groups of one unit no more than one", .init(groups: [one, two]), gives: 7,
            in: fleet),
        SearchCase(
            "both below one NUMA node, which a group without resources names",
            .init(
                groups: [
                    one, two,
                    RequestGroup("_node", [:], required: [[Trait(unchecked: "HW_NUMA_ROOT")]]),
                ], policy: .isolate, sameSubtrees: [["_1", "_2", "_node"]]), gives: 3, in: fleet),
        SearchCase(
            "a required trait", .init(groups: [RequestGroup("_1", [.fpga: 1], required: [[fast]])]), gives: 4, in: fleet
        ),
        SearchCase(
            "a forbidden trait", .init(groups: [RequestGroup("_1", [.fpga: 1], forbidden: [fast])]), gives: 2, in: fleet
        ),
        SearchCase(
            "the union of traits counts for the group without a suffix",
            .init(
                groups: [
                    RequestGroup(
                        "", [.vcpu: 1, .fpga: 1], required: [[fast], [Trait(unchecked: "COMPUTE_NODE")]])
                ]), gives: 4, in: fleet),
        SearchCase(
            "but not traits of providers that give nothing",
            .init(groups: [RequestGroup("", [.fpga: 1], required: [[Trait(unchecked: "COMPUTE_NODE")]])]), gives: 0,
            in: fleet),
        SearchCase(
            "any of several traits",
            .init(groups: [RequestGroup("_1", [.fpga: 1], required: [[fast, Trait(unchecked: "HW_NUMA_ROOT")]])]),
            gives: 4, in: fleet),
        SearchCase(
            "a trait that no provider has",
            .init(groups: [RequestGroup("", [.vcpu: 1], required: [[Trait(unchecked: "CUSTOM_NO")]])]),
            gives: 0, in: fleet),
        SearchCase(
            "the root's trait", .init(groups: [one], rootRequired: [Trait(unchecked: "COMPUTE_NODE")]), gives: 6,
            in: fleet),
        SearchCase(
            "the root's forbidden trait", .init(groups: [one], rootForbidden: [Trait(unchecked: "COMPUTE_NODE")]),
            gives: 0,
            in: fleet),
        SearchCase(
            "in one tree", .init(groups: [RequestGroup("_1", [.fpga: 1], inTree: World.id("h2-n1"))]), gives: 2,
            in: fleet),
        SearchCase(
            "an unknown tree", .init(groups: [RequestGroup("_1", [.fpga: 1], inTree: World.id("nowhere"))]), gives: 0,
            in: fleet),
        SearchCase(
            "the root's aggregate counts for the group without a suffix",
            .init(groups: [RequestGroup("", [.fpga: 1], memberOf: [[World.id("rack-h1")]])]), gives: 4, in: fleet),
        SearchCase(
            "and not for one with a suffix",
            .init(groups: [RequestGroup("_1", [.fpga: 1], memberOf: [[World.id("rack-h1")]])]), gives: 0, in: fleet),
        SearchCase(
            "a forbidden aggregate", .init(groups: [RequestGroup("", [.vcpu: 1], notMemberOf: [World.id("rack-h1")])]),
            gives: 1, in: fleet),
        SearchCase(
            "shared disk serves the host its aggregate ties it to", .init(groups: [cpuAndDisk]), gives: 1, in: pool),
        SearchCase(
            "shared disk alone is one candidate", .init(groups: [RequestGroup("", [.diskGB: 10])]), gives: 1, in: pool),
        SearchCase(
            "shared disk in a group of its own",
            .init(groups: [cpu, RequestGroup("_d", [.diskGB: 10], required: [[Trait(unchecked: "CUSTOM_SSD")]])]),
            gives: 1,
            in: pool),
        SearchCase(
            "in_tree shuts out what is shared",
            .init(groups: [RequestGroup("", [.vcpu: 1, .diskGB: 10], inTree: World.id("h1"))]), gives: 0, in: pool),
    ]
}
