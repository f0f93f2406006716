import API
import Clients
import HTTPTypes
import Link
import Model

/// Placement for agents, below `/agent/v1/hosts/{host}/placement`. An agent may read and change only the tree of its
/// own host; see `HostPlacement`.
struct PlacementRelay: Sendable {
    private let placement: (any PlacementClient)?
    private let isEnrolled: @Sendable (HostName) async throws(Fault) -> Bool

    private static let host = PathParameter<HostName>("host", "The host, as its certificate names it")
    private static let provider = PathParameter<ResourceProviderID>("provider", "The resource provider")
    private static let name = PathParameter<String>("name", "The name")
    private static let named = QueryParameter<String>("name", "The provider of this name")
    private static let tree = QueryParameter<ResourceProviderID>("in_tree", "The providers of this one's tree")

    /// - Parameter placement: nil if this control plane has none
    init(
        _ placement: (any PlacementClient)?,
        isEnrolled: @escaping @Sendable (HostName) async throws(Fault) -> Bool
    ) {
        self.placement = placement
        self.isEnrolled = isEnrolled
    }

    var all: [Endpoint] {
        [
            providers, provider, createProvider, deleteProvider, inventories, setInventories, traits, setTraits,
            allocations, resourceClass, trait, manyInventories, holdings, reshape,
        ]
    }

    /// Placement for the calling agent. Throws 403 for another host's agent, 503 if there is no Placement.
    private func own(_ call: Call) throws(Fault) -> HostPlacement {
        let host = try call[Self.host]
        _ = try call.agent(for: host)
        guard let placement else {
            throw .unavailable(
                "This control plane knows no Placement: it serves none (services.enabled) and has no account at a Keystone whose "
                    + "catalog names one (section keystone). An agent may have an account of its own, in its own section keystone."
            )
        }
        return HostPlacement(placement, of: host, isEnrolled: isEnrolled)
    }

    // MARK: Providers

    private var providers: Endpoint {
        Endpoint(
            .get, "/v1/hosts/\(Self.host)/placement/providers", "List providers of a host's tree",
            query: QueryRules([Self.named.description, Self.tree.description]), access: .authenticated,
            answers: .json(ProviderListMessage.self), faults: [.forbidden]
        ) { call in
            let placement = try own(call)
            let found: [ResourceProviderView]
            switch (try call[Self.named], try call[Self.tree]) {
            case (let name?, nil): found = [try await placement.provider(named: name)].compactMap(\.self)
            case (nil, let id?): found = try await placement.tree(of: id)
            default: throw Fault.badRequest("Say which providers by 'name' or by 'in_tree'.", field: "name")
            }
            return try .json(ProviderListMessage(providers: found.map(ProviderMessage.init)))
        }
    }

    private var provider: Endpoint {
        Endpoint(
            .get, "/v1/hosts/\(Self.host)/placement/providers/\(Self.provider)", "Show a provider of a host's tree",
            access: .authenticated, answers: .json(ProviderMessage.self), faults: [.forbidden, .notFound]
        ) { call in
            let id = try call[Self.provider]
            guard let found = try await own(call).provider(id) else {
                throw Fault.notFound("There is no provider '\(id)' below this host's root.")
            }
            return try .json(ProviderMessage(found))
        }
    }

    private var createProvider: Endpoint {
        Endpoint(
            .put, "/v1/hosts/\(Self.host)/placement/providers/\(Self.provider)", "Make a provider of a host's tree",
            body: NewProviderMessage.self, access: .authenticated, answers: .json(ProviderMessage.self, status: 201),
            faults: [.forbidden, .conflict]
        ) { call, body in
            let made = try await own(call).createProvider(
                try call[Self.provider], name: body.name, parent: body.parent)
            return try .json(ProviderMessage(made), status: 201)
        }
    }

    private var deleteProvider: Endpoint {
        Endpoint(
            .delete, "/v1/hosts/\(Self.host)/placement/providers/\(Self.provider)",
            "Remove a provider of a host's tree", access: .authenticated, answers: .empty(),
            faults: [.forbidden, .conflict]
        ) { call in
            try await own(call).deleteProvider(try call[Self.provider])
            return .empty()
        }
    }

    // MARK: What they have

    private var inventories: Endpoint {
        Endpoint(
            .get, "/v1/hosts/\(Self.host)/placement/providers/\(Self.provider)/inventories",
            "Show a provider's inventories", access: .authenticated, answers: .json(InventoriesMessage.self),
            faults: [.forbidden, .notFound]
        ) { call in
            try .json(InventoriesMessage(try await own(call).inventories(of: try call[Self.provider])))
        }
    }

    private var setInventories: Endpoint {
        Endpoint(
            .put, "/v1/hosts/\(Self.host)/placement/providers/\(Self.provider)/inventories",
            "Replace a provider's inventories", body: InventoriesMessage.self, access: .authenticated,
            answers: .json(GenerationMessage.self), faults: [.forbidden, .notFound, .conflict]
        ) { call, body in
            let generation = try await own(call).setInventories(
                of: try call[Self.provider], generation: body.generation, to: body.view.inventories)
            return try .json(GenerationMessage(generation: generation))
        }
    }

    private var traits: Endpoint {
        Endpoint(
            .get, "/v1/hosts/\(Self.host)/placement/providers/\(Self.provider)/traits", "Show a provider's traits",
            access: .authenticated, answers: .json(TraitsMessage.self), faults: [.forbidden, .notFound]
        ) { call in
            let view = try await own(call).traits(of: try call[Self.provider])
            return try .json(TraitsMessage(generation: view.generation, traits: view.traits.map(\.name).sorted()))
        }
    }

    private var setTraits: Endpoint {
        Endpoint(
            .put, "/v1/hosts/\(Self.host)/placement/providers/\(Self.provider)/traits",
            "Replace a provider's traits", body: TraitsMessage.self, access: .authenticated,
            answers: .json(GenerationMessage.self), faults: [.forbidden, .notFound, .conflict]
        ) { call, body in
            let generation = try await own(call).setTraits(
                of: try call[Self.provider], generation: body.generation,
                to: Set(body.traits.map(Trait.init(unchecked:))))
            return try .json(GenerationMessage(generation: generation))
        }
    }

    private var allocations: Endpoint {
        Endpoint(
            .get, "/v1/hosts/\(Self.host)/placement/providers/\(Self.provider)/allocations",
            "List a provider's allocations", access: .authenticated, answers: .json(HoldersMessage.self),
            faults: [.forbidden, .notFound]
        ) { call in
            var holders: [String: [String: Int]] = [:]
            for (consumer, amounts) in try await own(call).allocations(of: try call[Self.provider]) {
                holders["\(consumer)"] = amounts.named(\.self)
            }
            return try .json(HoldersMessage(holders: holders))
        }
    }

    // MARK: Words

    private var resourceClass: Endpoint {
        Endpoint(
            .put, "/v1/hosts/\(Self.host)/placement/resource_classes/\(Self.name)", "Create a resource class",
            access: .authenticated, answers: .empty(), faults: [.forbidden, .notFound]
        ) { call in
            let text = try call[Self.name]
            guard let name = ResourceClass(text) else {
                throw Fault.badRequest("'\(text.prefix(80))' has not the form of a resource class.", field: "name")
            }
            try await own(call).ensure(resourceClass: name)
            return .empty()
        }
    }

    private var trait: Endpoint {
        Endpoint(
            .put, "/v1/hosts/\(Self.host)/placement/traits/\(Self.name)", "Create a trait",
            access: .authenticated, answers: .empty(), faults: [.forbidden, .notFound]
        ) { call in
            let text = try call[Self.name]
            guard let name = Trait(text) else {
                throw Fault.badRequest("'\(text.prefix(80))' has not the form of a trait.", field: "name")
            }
            try await own(call).ensure(trait: name)
            return .empty()
        }
    }

    // MARK: Several at once

    private var manyInventories: Endpoint {
        Endpoint(
            .post, "/v1/hosts/\(Self.host)/placement/inventories", "Show the inventories of several providers",
            body: ProviderIDsMessage.self, access: .authenticated, answers: .json(InventoryListMessage.self),
            faults: [.forbidden]
        ) { call, body in
            var shown: [String: InventoriesMessage] = [:]
            for (id, view) in try await own(call).inventories(of: body.providers) {
                shown["\(id)"] = InventoriesMessage(view)
            }
            return try .json(InventoryListMessage(providers: shown))
        }
    }

    private var holdings: Endpoint {
        Endpoint(
            .post, "/v1/hosts/\(Self.host)/placement/holdings",
            "List all allocations of the consumers that hold something of these providers",
            body: ProviderIDsMessage.self, access: .authenticated, answers: .json(HoldingListMessage.self),
            faults: [.forbidden]
        ) { call, body in
            let holdings = try await own(call).holdings(on: body.providers)
            return try .json(HoldingListMessage(holdings: holdings.map(HoldingMessage.init)))
        }
    }

    private var reshape: Endpoint {
        Endpoint(
            .post, "/v1/hosts/\(Self.host)/placement/reshape",
            "Replace inventories and what consumers hold of them, in one step", body: ReshapeMessage.self,
            access: .authenticated, answers: .empty(), faults: [.forbidden, .conflict]
        ) { call, body in
            try await own(call).reshape(try body.reshape())
            return .empty()
        }
    }
}
