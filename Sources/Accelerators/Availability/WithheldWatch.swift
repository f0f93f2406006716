import Fleet
import Model
import Store

/// Has agents look at Placement again when somebody writes to a provider that an operator took out of service.
///
/// What is withheld is reserved by its host's agent, which looks at Placement once an interval. An administrator's own reservation, made
/// meanwhile, would open the capacity until then. Where Placement is of this process its change log tells of the write.
struct WithheldWatch: Sendable {
    /// Of Placement's changes in the log; the key is the provider.
    static let changeKind = "provider"

    let store: any StateStore
    let dispatch: any WorkDispatch
    let time: TimeSource

    func hear(_ news: ChangeFeed.News) async throws {
        guard case .changes(let entries) = news else { return }
        let providers = Array(Set(entries.compactMap { ResourceProviderID($0.key) })).sorted()
        var hosts: Set<HostName> = []
        for start in stride(from: 0, to: providers.count, by: 500) {
            let some = Array(providers[start..<min(start + 500, providers.count)])
            hosts.formUnion(try await store.read { try Self.hosts(withholding: some, in: $0) })
        }
        guard !hosts.isEmpty else { return }
        let now = time.now()
        try await store.write { [dispatch, hosts] transaction in
            for host in hosts.sorted() { try dispatch.touch(host, at: now, in: transaction) }
        }
    }

    private static func hosts(
        withholding providers: [ResourceProviderID], in transaction: any Transaction
    ) throws -> [HostName] {
        try transaction.all(
            """
            SELECT DISTINCT d.host FROM deployables p JOIN devices d ON d.uuid = p.device
                LEFT JOIN accelerator_hosts a ON a.host = d.host
            WHERE p.resource_provider IN \(list: providers)
                AND (d.status = 'maintaining' OR p.status = 'maintaining' OR a.status = 'disabled')
            """
        ) { row in try row[0] }
    }
}
