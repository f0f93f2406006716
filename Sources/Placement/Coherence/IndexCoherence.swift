import Logging
import Metrics
import Model
import Search
import Store
import Synchronization

/// Keeps this replica's search index as the database is.
///
///     own write ──▶ follow ──▶ applied as it is, or the trees read anew
///     others' writes ──▶ change log ──▶ hear ──▶ the trees whose providers are at an older revision, read anew
///     first search, or a reset of the log ──▶ everything read anew
///
/// The index only proposes; claims are decided in the database. Revisions make every step safe to repeat and to
/// reorder: what is older than what the index has changes nothing.
final class IndexCoherence: Sendable {
    private struct State {
        var index = ChangingIndex()
        var isLoaded = false
        /// Number of loads in progress; changes meanwhile are applied after them.
        var loads = 0
        var heard: Set<ResourceProviderID> = []
    }

    private let store: any StateStore
    private let logger: Logger
    private let state = Mutex(State())
    /// The upper bound of the time between the commit of another replica's write and its visibility in searches here.
    private let lag = Timer(label: "kilonova_placement_index_lag_seconds")
    private let reloads = Counter(label: "kilonova_placement_index_trees_read_total")

    init(store: any StateStore, logger: Logger) {
        self.store = store
        self.logger = logger
    }

    /// Subscribes to the change log.
    func listen(to feed: ChangeFeed) {
        feed.subscribe("placement index", to: [Ledger.changeKind], knowsOwnWrites: true) { [self, weak feed] news in
            try await hear(news, after: feed?.previousLook)
        }
    }

    /// The present index; loads it first if necessary.
    func snapshot() async throws -> PlacementIndex {
        if let index = state.withLock({ $0.isLoaded ? $0.index.current : nil }) { return index }
        try await load()
        return state.withLock { $0.index.current }
    }

    /// The result of `body` on the present index; nil if it has not been loaded. Does not wait.
    func look<Value: Sendable>(_ body: (PlacementIndex) -> Value) -> Value? {
        state.withLock { $0.isLoaded ? body($0.index.current) : nil }
    }

    /// Reads everything.
    func load() async throws {
        state.withLock { $0.loads += 1 }
        do {
            let fresh = try await store.read { try IndexReader.index(in: $0) }
            // Made now rather than by the first search that shows them all.
            for root in fresh.roots {
                _ = fresh.text(ofTree: root) { ProviderSummary.current.text(ofTree: root, in: fresh) }
            }
            let missed = state.withLock { state in
                state.index = ChangingIndex(fresh)
                state.isLoaded = true
                state.loads -= 1
                defer { if state.loads == 0 { state.heard = [] } }
                return state.heard
            }
            if !missed.isEmpty { try await refresh(missed) }
        } catch {
            state.withLock { $0.loads -= 1 }
            throw error
        }
    }

    /// Applies what this replica has just committed.
    func follow(_ touched: [ResourceProviderID: ProviderChange]) async {
        var rest: Set<ResourceProviderID> = []
        let isLoaded = state.withLock { state in
            if state.loads > 0 { state.heard.formUnion(touched.keys) }
            guard state.isLoaded else { return false }
            for (id, change) in touched where !state.index.apply(change, to: id) { rest.insert(id) }
            return true
        }
        guard isLoaded, !rest.isEmpty else { return }
        do {
            try await refresh(rest)
        } catch {
            // The change log says it again.
            logger.warning(
                "the placement index is behind its own write", metadata: ["error": "\(String(reflecting: error))"])
        }
    }

    /// Applies what any replica committed after the moment `previous`.
    private func hear(_ news: ChangeFeed.News, after previous: ContinuousClock.Instant?) async throws {
        switch news {
        case .reset: try await load()
        case .changes(let entries):
            let stale = state.withLock { state in
                var stale: Set<ResourceProviderID> = []
                for entry in entries {
                    guard let id = ResourceProviderID(entry.key) else { continue }
                    if state.index.revision(of: id).map({ $0 < entry.generation }) ?? true { stale.insert(id) }
                }
                if state.loads > 0 { state.heard.formUnion(stale) }
                return stale
            }
            guard !stale.isEmpty else { return }
            try await refresh(stale)
            if let previous { lag.recordNanoseconds(previous.duration(to: .now).wholeMicroseconds * 1000) }
        }
    }

    /// Reads the present and former trees of these providers again.
    private func refresh(_ ids: Set<ResourceProviderID>) async throws {
        let known = state.withLock { state in Set(ids.compactMap { state.index.root(of: $0) }) }
        let trees = try await store.read { transaction in
            try IndexReader.trees(try IndexReader.roots(of: ids, in: transaction).union(known), in: transaction)
        }
        reloads.increment(by: trees.count)
        let isCurrent = state.withLock { state in
            // Trees that lost a provider first, so that it is free to appear elsewhere.
            var isCurrent = true
            for tree in trees where !state.index.install(root: tree.root, tree.providers) { isCurrent = false }
            return isCurrent
        }
        // What is refused is older than the index: whoever installed the newer state read it later.
        if !isCurrent { logger.debug("a tree was read before a newer change of it was known") }
    }
}
