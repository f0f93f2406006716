public import Model

extension MemoryPlacement {
    public struct Provider: Sendable, Equatable {
        public var name: String
        public var generation: Int
        public var parent: ResourceProviderID?
        public var inventories: [ResourceClass: Inventory]
        public var traits: Set<Trait>
        public var allocations: [ConsumerID: [ResourceClass: Int]]

        public init(
            name: String, generation: Int = 0, parent: ResourceProviderID? = nil,
            inventories: [ResourceClass: Inventory] = [:], traits: Set<Trait> = [],
            allocations: [ConsumerID: [ResourceClass: Int]] = [:]
        ) {
            self.name = name
            self.generation = generation
            self.parent = parent
            self.inventories = inventories
            self.traits = traits
            self.allocations = allocations
        }
    }

    /// A provider without what moves by itself.
    public struct Shape: Sendable, Equatable {
        public let name: String
        public let parent: ResourceProviderID?
        public let inventories: [ResourceClass: Inventory]
        public let traits: Set<Trait>

        public init(
            name: String, parent: ResourceProviderID?, inventories: [ResourceClass: Inventory], traits: Set<Trait>
        ) {
            self.name = name
            self.parent = parent
            self.inventories = inventories
            self.traits = traits
        }
    }

    public struct State: Sendable {
        public var providers: [ResourceProviderID: Provider] = [:]
        /// Those that are known; of the standard ones only these few.
        public var classes: Set<ResourceClass> = [.vcpu, .memoryMB, .diskGB, .fpga, .pgpu, .vgpu]
        public var traits: Set<Trait> = [.ownerCyborg, .sharesViaAggregate, Trait(unchecked: "HW_NUMA_ROOT")]
        /// Generations of consumers that were ever written.
        public var consumers: [ConsumerID: Int] = [:]
        /// The calls that were carried out.
        public var calls: [String] = []
        /// The providers that were to be deleted, whether there or not.
        public var deleted: [ResourceProviderID] = []
        /// Whether every call fails.
        public var isDown = false

        public func shape(of id: ResourceProviderID) -> Shape? {
            providers[id].map {
                Shape(name: $0.name, parent: $0.parent, inventories: $0.inventories, traits: $0.traits)
            }
        }

        public var shapes: [ResourceProviderID: Shape] {
            Dictionary(uniqueKeysWithValues: providers.keys.compactMap { id in shape(of: id).map { (id, $0) } })
        }
    }

    /// What goes wrong with a call.
    public enum Trouble: Sendable {
        /// It fails and nothing happens.
        case refused(Fault)
        /// It happens and its answer is lost.
        case unheard
        /// Somebody else writes to the provider just before.
        case moved
        /// A consumer claims one unit just before.
        case claimed(ConsumerID)
    }

    public typealias Spoiler = @Sendable (_ call: String, _ id: ResourceProviderID?) -> Trouble?

    /// What becomes of a call of a process that may die.
    public enum Fate: Sendable { case lives, diesBefore, diesAfter, isDead }
}
