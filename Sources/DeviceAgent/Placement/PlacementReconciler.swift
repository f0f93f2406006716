import Clients
import Drivers
import Logging
import Model

/// Makes the host's subtree in Placement match the host, with generation checks, one provider at a time: a failure at
/// one provider does not stop the others.
///
/// An administrator's work is kept: reservations, and traits that this agent did not set. A provider that is no longer
/// wanted is removed; while it is held, it stays and its complete capacity is withheld. Providers that this agent
/// neither created nor could have created are never changed.
actor PlacementReconciler {
    let placement: any PlacementClient
    let keeper: StateKeeper
    private let root: RootProvider
    private let host: HostName
    private let ids: IDSource
    private let logger: Logger
    var knownClasses: Set<ResourceClass> = []
    var knownTraits: Set<Trait> = []
    /// The last state that was written, and the resulting generation. While both are unchanged, there is nothing to do.
    private var settled: [ResourceProviderID: (wanted: WantedProvider, generation: Int)] = [:]

    /// How often a call is repeated if others write to the same provider.
    static let tries = 8

    /// The result of a pass.
    struct Outcome: Sendable, Equatable {
        /// Everything that could not be done, one sentence each; empty if Placement matches.
        var problems: [String] = []
        /// The same as conditions, for operators who look at the host from afar: subject and reason.
        var conditions: [HostCondition] = []
        /// Providers that are no longer wanted and stay until their consumers release them.
        var lingering: [String] = []

        /// Records what could not be done for one provider.
        mutating func note(_ provider: String, _ reason: String) {
            problems.append("\(provider): \(reason)")
            conditions.append(HostCondition(.placement, provider, reason))
        }
    }

    init(
        placement: any PlacementClient, root: RootProvider, host: HostName, keeper: StateKeeper,
        ids: IDSource = .random, logger: Logger
    ) {
        self.placement = placement
        self.root = root
        self.host = host
        self.keeper = keeper
        self.ids = ids
        self.logger = logger
    }

    /// - Parameter isComplete: whether nothing exists besides what is wanted, so that unknown providers of this host
    ///   may be removed, too
    /// - Parameter room: capacity that several inventories share, so that a claim of one reduces the others
    /// - Parameter withheld: as in `wanted`
    func reconcile(
        _ wanted: [WantedProvider], isComplete: Bool, room: SharedRoom = .none, withheld: Set<ProviderPart> = []
    ) async -> Outcome {
        var outcome = Outcome()
        do {
            let root = try await rootProvider()
            let tree = try await placement.tree(of: root.id)
            let claims = try await claims(on: room.askedProviders, in: tree)
            let wanted = room.counted(wanted, claims: claims, withheld: withheld)
            await remember(wanted)
            var done: [WantedProvider] = []
            for provider in wanted {
                do {
                    let unknown = try await settle(provider, in: tree, below: root)
                    done.append(provider)
                    for trait in unknown.sorted() {
                        outcome.note(provider.name, "Placement does not know the trait '\(trait)'.")
                    }
                } catch {
                    outcome.note(provider.name, error.reason)
                }
            }
            let surplus = await surplus(in: tree, beside: wanted, below: root, isComplete: isComplete)
            var gone: Set<ResourceProviderID> = []
            for provider in surplus {
                settled[provider.id] = nil
                do {
                    switch try await remove(provider) {
                    case .removed: gone.insert(provider.id)
                    case .held: outcome.lingering.append(provider.name)
                    }
                } catch {
                    outcome.note(provider.name, error.reason)
                }
            }
            await conclude(done, wanted: wanted, tree: tree, gone: gone)
        } catch {
            outcome.problems.append(error.reason)
            outcome.conditions.append(HostCondition(.placement, root.name, error.reason))
        }
        return outcome
    }

    /// The allocations of each inventory of these providers, as far as they exist.
    private func claims(
        on providers: [ResourceProviderID], in tree: [ResourceProviderView]
    ) async throws(Fault) -> [ProviderPart: Int] {
        let there = Set(tree.map(\.id))
        let known = providers.filter(there.contains)
        let placement = placement
        let held = try await SideBySide.run(known) { (provider) async throws(Fault) in
            try await placement.allocations(of: provider)
        }
        var claims: [ProviderPart: Int] = [:]
        for (provider, consumers) in zip(known, held) {
            for (resourceClass, amount) in consumers.values.joined() {
                claims[ProviderPart(provider, resourceClass.name), default: 0] += amount
            }
        }
        return claims
    }

    func rootProvider() async throws(Fault) -> ResourceProviderView {
        if let found = try await placement.provider(named: root.name) { return found }
        guard root.mayBeMade else {
            throw Fault.unavailable(
                "Placement has no provider '\(root.name)' of this host, so nothing of it is offered. Nova's compute service creates it; "
                    + "where none runs on this host, set agent.create_resource_provider: true, and where it has another name "
                    + "there, say that in agent.resource_provider_name.")
        }
        do {
            return try await placement.createProvider(ids.next(), name: root.name, parent: nil)
        } catch {
            // Somebody else made it in between?
            guard error.kind == .conflict, let found = try await placement.provider(named: root.name) else {
                throw error
            }
            return found
        }
    }

    /// Returns the traits that had to be left out.
    private func settle(
        _ wanted: WantedProvider, in tree: [ResourceProviderView], below root: ResourceProviderView
    ) async throws(Fault) -> Set<Trait> {
        let seen = tree.first { $0.id == wanted.id }
        if let seen, let last = settled[wanted.id], last.wanted == wanted, last.generation == seen.generation {
            return []
        }
        settled[wanted.id] = nil
        var settling = Settling(wanted: wanted, root: root, exists: seen != nil)
        let generation = try await settling.run(by: self)
        if settling.unknownTraits.isEmpty { settled[wanted.id] = (wanted, generation) }
        return settling.unknownTraits
    }

    // MARK: What this agent did before

    /// Records what is about to be created, so that after a crash it is known to be this agent's.
    func remember(_ wanted: [WantedProvider]) async {
        await keeper.change { state in
            for provider in wanted {
                state.providers[provider.id, default: .init()].traits.formUnion(provider.traits.map(\.name))
            }
        }
    }

    /// Records what was done, and removes records of what is gone.
    private func conclude(
        _ done: [WantedProvider], wanted: [WantedProvider], tree: [ResourceProviderView], gone: Set<ResourceProviderID>
    ) async {
        let alive = Set(wanted.map(\.id)).union(tree.map(\.id)).subtracting(gone)
        await keeper.change { state in
            state.providers = state.providers.filter { alive.contains($0.key) }
            for provider in done {
                state.providers[provider.id, default: .init()].traits = Set(provider.traits.map(\.name))
                guard let amounts = state.providers[provider.id]?.reservedBefore else { continue }
                // What is free has its amount in Placement. A class that only lingers keeps it here.
                state.providers[provider.id]?.reservedBefore = amounts.filter { name, _ in
                    provider.stocks[ResourceClass(unchecked: name)]?.isWithheld ?? provider.isDivided
                }
            }
        }
    }

    /// Providers of the tree that stand for nothing: those that this agent has recorded and, if it knows everything
    /// that exists, those that an agent of this host created and whose record is lost.
    private func surplus(
        in tree: [ResourceProviderView], beside wanted: [WantedProvider], below root: ResourceProviderView,
        isComplete: Bool
    ) async -> [ResourceProviderView] {
        let records = await keeper.state.providers
        let ids = Set(wanted.map(\.id))
        let nodes = Set(tree.filter { isNode($0, below: root) }.map(\.id))
        let surplus = tree.filter { provider in
            guard !ids.contains(provider.id), provider.id != root.id else { return false }
            return records[provider.id] != nil || (isComplete && isOwnMake(provider, below: root, nodes))
        }
        // A node goes after what stands below it.
        return surplus.filter { !nodes.contains($0.id) } + surplus.filter { nodes.contains($0.id) }
    }

    /// Whether it is a NUMA node that an agent of this host created. The compute service's nodes have random ids.
    private func isNode(_ provider: ResourceProviderView, below root: ResourceProviderView) -> Bool {
        provider.parent == root.id && provider.name.hasPrefix(ProviderLayout.nodePrefix(of: host))
            && provider.name.dropFirst(ProviderLayout.nodePrefix(of: host).count).allSatisfy(\.isNumber)
            && provider.id == ProviderNames.identifier(ofProvider: provider.name)
    }

    /// Only agents derive a provider's id from its name; other programs use random ids.
    private func isOwnMake(
        _ provider: ResourceProviderView, below root: ResourceProviderView, _ nodes: Set<ResourceProviderID>
    ) -> Bool {
        let prefix = "\(host)_"
        return (provider.parent == root.id || provider.parent.map(nodes.contains) == true)
            && (provider.name.hasPrefix(prefix) || provider.name.hasPrefix(ProviderNames.plain(prefix)))
            && provider.id == ProviderNames.identifier(ofProvider: provider.name)
    }
}
