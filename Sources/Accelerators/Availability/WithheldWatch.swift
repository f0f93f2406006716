import Fleet
import Model
import Store

/// Makes agents check Placement when somebody writes to a provider that an operator took out of service.
///
/// The host's agent reserves what is withheld, and checks Placement once per interval. Without this, an administrator's
/// own reservation would open the capacity until the next check. If Placement is in this process, its change log
/// reports the write.
struct WithheldWatch: Sendable {
    /// The kind of Placement's changes in the log; the key is the provider.
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
