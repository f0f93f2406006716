package import Model

/// A resource provider as an agent is told of it.
package struct ProviderMessage: Sendable, Codable {
    package var id: ResourceProviderID
    package var name: String
    package var generation: Int
    package var parent: ResourceProviderID?
    package var root: ResourceProviderID

    package init(_ view: ResourceProviderView) {
        id = view.id
        name = view.name
        generation = view.generation
        parent = view.parent
        root = view.root
    }

    package var view: ResourceProviderView {
        ResourceProviderView(id: id, name: name, generation: generation, parent: parent, root: root)
    }
}

package struct ProviderListMessage: Sendable, Codable {
    package var providers: [ProviderMessage]

    package init(providers: [ProviderMessage]) {
        self.providers = providers
    }
}

/// What an agent says of a provider that is to be made.
package struct NewProviderMessage: Sendable, Codable {
    package var name: String
    package var parent: ResourceProviderID?

    package init(name: String, parent: ResourceProviderID?) {
        self.name = name
        self.parent = parent
    }
}

/// The generation that a write left.
package struct GenerationMessage: Sendable, Codable {
    package var generation: Int

    package init(generation: Int) {
        self.generation = generation
    }
}

package struct TraitsMessage: Sendable, Codable {
    package var generation: Int
    package var traits: [String]

    package init(generation: Int, traits: [String]) {
        self.generation = generation
        self.traits = traits
    }
}

/// Who holds how much of a provider, by consumer and class.
package struct HoldersMessage: Sendable, Codable {
    package var holders: [String: [String: Int]]

    package init(holders: [String: [String: Int]]) {
        self.holders = holders
    }
}

/// Several providers that are asked about at once.
package struct ProviderIDsMessage: Sendable, Codable {
    package var providers: [ResourceProviderID]

    package init(providers: [ResourceProviderID]) {
        self.providers = providers
    }
}
