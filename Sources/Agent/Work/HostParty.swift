import Link

/// A part of a host's agent: it does the work of its party.
protocol HostParty: Sendable {
    /// Does an item and answers what became of it; nil when it was broken off.
    typealias Doing = @Sendable () async -> WorkOutcome?

    var party: Party { get }

    /// The kinds of work that it knows.
    var kinds: Set<String> { get }

    /// How the item is done. Throws what of it this release does not know.
    func doing(_ item: WorkItem) throws(UnknownWork) -> Doing
}
