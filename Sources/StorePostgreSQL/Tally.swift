import Metrics

/// What the sessions of a store count.
struct Tally: Sendable {
    let connections = Counter(label: "kilonova_store_connections_opened_total")
    /// Transactions that ran again: they lost against another one, or the server was away.
    let repeats = Counter(label: "kilonova_store_transactions_repeated_total")
    /// Commits whose answer never came; the server was asked afterwards.
    let lostCommits = Counter(label: "kilonova_store_commits_unanswered_total")
}
