import Model
import Search

/// The search index, and the changes since it was last read.
///
/// Laying out a tree takes time in proportion to its size. So changes are collected, and each changed tree is laid out
/// once, before the next read: a host that reports a thousand providers is not laid out a thousand times.
struct ChangingIndex: Sendable {
    private struct Draft {
        let root: ResourceProviderID
        /// Nil if the provider was deleted.
        var provider: ProviderDescription?
    }

    private var index: PlacementIndex
    private var drafts: [ResourceProviderID: Draft] = [:]

    init(_ index: PlacementIndex = PlacementIndex()) {
        self.index = index
    }

    /// The index with every change applied.
    var current: PlacementIndex {
        mutating get {
            settle()
            return index
        }
    }

    func revision(of id: ResourceProviderID) -> Int64? {
        if let draft = drafts[id] { return draft.provider?.revision }
        return index.revision(of: id)
    }

    /// The root of the provider's present or former tree.
    func root(of id: ResourceProviderID) -> ResourceProviderID? {
        drafts[id]?.root ?? index.root(of: id)
    }

    /// Applies a change that was committed by this process.
    ///
    /// Returns false, and changes nothing, if the change is incomplete or is not the next one: then the provider's tree
    /// must be read.
    mutating func apply(_ change: ProviderChange, to id: ResourceProviderID) -> Bool {
        let known = revision(of: id)
        if let known, known >= change.revision { return true }
        switch change.extent {
        case .anything: return false
        case .made(let parent, let root):
            guard known == nil, parent.map({ revision(of: $0) != nil && self.root(of: $0) == root }) ?? (root == id)
            else { return false }
            let provider = ProviderDescription(id, parent: parent, revision: change.revision)
            drafts[id] = Draft(root: root, provider: provider)
            return true
        case .removed:
            guard let known else { return true }
            guard known + 1 == change.revision, let root = root(of: id) else { return false }
            drafts[id] = Draft(root: root, provider: nil)
            return true
        case .used(let used):
            let before = change.revision - change.steps
            guard drafts[id] != nil else {
                return index.setUsed(id, from: before, to: change.revision, used.map { ($0, $1) })
            }
            return amend(id, change) { provider in
                for (resourceClass, amount) in used {
                    guard let place = provider.stocks.firstIndex(where: { $0.resourceClass == resourceClass }) else {
                        return false
                    }
                    provider.stocks[place].used = amount
                }
                return true
            }
        case .stocks(let stocks):
            return amend(id, change) { provider in
                provider.stocks = stocks
                return true
            }
        case .traits(let traits):
            return amend(id, change) { provider in
                provider.traits = traits
                return true
            }
        }
    }

    private mutating func amend(
        _ id: ResourceProviderID, _ change: ProviderChange, _ body: (inout ProviderDescription) -> Bool
    ) -> Bool {
        guard let root = root(of: id), let known = drafts[id]?.provider ?? index.reference(of: id).map(index.describe)
        else { return false }
        var provider = known
        guard provider.revision + change.steps == change.revision, body(&provider) else { return false }
        provider.revision = change.revision
        drafts[id] = Draft(root: root, provider: provider)
        return true
    }

    /// Replaces a tree by one that was read. Returns false if the present one is newer.
    mutating func install(root: ResourceProviderID, _ providers: [ProviderDescription]) -> Bool {
        settle()
        return index.install(root: root, providers)
    }

    private mutating func settle() {
        guard !drafts.isEmpty else { return }
        for (root, changed) in Dictionary(grouping: drafts, by: \.value.root) {
            var providers = changed.compactMap(\.value.provider)
            if let reference = index.reference(of: root) {
                for other in index.tree(of: reference) where drafts[index.id(other)] == nil {
                    providers.append(index.describe(other))
                }
            }
            index.install(root: root, providers)
        }
        drafts = [:]
    }
}
