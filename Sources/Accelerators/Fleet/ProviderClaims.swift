import Model
import Store

/// Holds a host's report to what is the host's own: which of its deployables can be taken, and which resource providers are somebody
/// else's.
///
///     id made of a name ──name is not this host's, or a known host's with a longer name──▶ refused
///                      └──another host has it──▶ taken back from there, unless somebody holds it: then refused
///     any other id ──another host has it──▶ refused
///
/// What is refused is left out of the report and said of the host; the rest goes on.
struct ProviderClaims {
    /// What of the report is taken.
    private(set) var news: ReportIntake.News
    private(set) var findings: [(host: HostName, finding: HostFinding)] = []
    /// What other hosts have on record that is this host's by its name.
    private(set) var evicted: [Holder] = []

    /// Who else has a provider on record.
    struct Holder: Sendable {
        let deployable: DeployableID
        let device: DeviceID
        let host: HostName
        let isHeld: Bool
    }

    private let host: HostName

    init(_ news: ReportIntake.News, of host: HostName, record: ReportedInventory, in transaction: any Transaction)
        throws
    {
        self.news = news
        self.host = host
        let known = record.providers
        let named = news.devices.flatMap(\.deployables).filter { !known.contains($0.resourceProvider) }
        let holders = try Self.holders(of: named.map(\.resourceProvider), but: host, in: transaction)
        let namesakes =
            named.contains { ProviderName.isNamed($0.resourceProvider) }
            ? try Self.namesakes(of: host, in: transaction) : []
        for index in news.devices.indices {
            self.news.devices[index].deployables = news.devices[index].deployables.filter { deployable in
                let others = holders[deployable.resourceProvider] ?? []
                guard let trouble = Self.trouble(with: deployable, of: host, namesakes, others) else {
                    evicted += others
                    return true
                }
                findings.append((host, .init(trouble.kind, deployable, trouble.reason)))
                findings += others.map { other in
                    (other.host, .init(.provider, deployable, "Host '\(host)' reports the resource provider, too."))
                }
                return false
            }
        }
        for holder in evicted {
            let reason = "It had a resource provider of host '\(host)'; what this host reported under it was removed."
            findings.append(
                (holder.host, HostFinding(kind: .provider, subject: "\(holder.deployable)", reason: reason)))
        }
    }

    /// What is wrong with a deployable's class and provider by itself and by what other hosts have; nil where nothing is.
    private static func trouble(
        with deployable: DeployableReport, of host: HostName, _ namesakes: [HostName], _ others: [Holder]
    ) -> (kind: HostFinding.Kind, reason: String)? {
        let provider = deployable.resourceProvider
        guard ResourceClass(deployable.resourceClass) != nil else {
            return (
                .report,
                "'\(deployable.resourceClass.shown)' is no resource class (capital letters, digits and underscores, at most "
                    + "255); the deployable is left out."
            )
        }
        if ProviderName.isNamed(provider) {
            let name = deployable.providerName ?? deployable.name
            guard ProviderName.isOf(host, name), ProviderName.identifies(name, provider) else {
                return (
                    .provider,
                    "The resource provider \(provider) is not the one of a name that begins with '\(host)_', so it is another "
                        + "host's; the deployable is left out."
                )
            }
            if let namesake = namesakes.first(where: { ProviderName.isOf($0, name) }) {
                return (
                    .provider,
                    "The resource provider '\(name.shown)' is by its name host '\(namesake)''s; the deployable is left out."
                )
            }
            guard let other = others.first(where: \.isHeld) else { return nil }
            return (
                .provider,
                "The resource provider \(provider) is this host's by its name, but host '\(other.host)' reported it and somebody "
                    + "holds it there; the deployable is left out until that is given back."
            )
        }
        guard let other = others.first else { return nil }
        return (
            .provider,
            "The resource provider \(provider) is on record of host '\(other.host)'; the deployable is left out."
        )
    }

    private static func holders(
        of providers: [ResourceProviderID], but host: HostName, in transaction: any Transaction
    ) throws -> [ResourceProviderID: [Holder]] {
        var holders: [ResourceProviderID: [Holder]] = [:]
        let all = Array(Set(providers)).sorted()
        for start in stride(from: 0, to: all.count, by: 500) {
            let some = Array(all[start..<min(start + 500, all.count)])
            try transaction.forEach(
                """
                SELECT p.resource_provider, p.uuid, d.uuid, d.host,
                    (SELECT COUNT(*) FROM attach_handles h WHERE h.deployable = p.uuid AND h.state <> 'available')
                FROM deployables p JOIN devices d ON d.uuid = p.device
                WHERE p.resource_provider IN \(list: some) AND d.host <> \(host) ORDER BY p.uuid
                """
            ) { row in
                let provider: ResourceProviderID = try row[0]
                let held: Int = try row[4]
                holders[provider, default: []].append(
                    Holder(deployable: try row[1], device: try row[2], host: try row[3], isHeld: held > 0))
            }
        }
        return holders
    }

    /// Known hosts whose own names begin as a name that this host gives might.
    private static func namesakes(of host: HostName, in transaction: any Transaction) throws -> [HostName] {
        let plain = ProviderName.plain(host)
        let length = host.text.unicodeScalars.count
        let longer: [HostName] = try transaction.all(
            """
            SELECT name FROM hosts WHERE length(name) > \(length) OR name = \(plain)
            UNION SELECT host FROM accelerator_hosts WHERE length(host) > \(length) OR host = \(plain)
            """
        ) { row in try row[0] }
        return longer.filter { other in
            other != host
                && (other.text == plain || ProviderName.isOf(host, other.text)
                    || ProviderName.isOf(host, ProviderName.plain(other)))
        }.sorted { $0.text < $1.text }
    }
}

extension HostFinding {
    init(_ kind: Kind, _ deployable: DeployableReport, _ reason: String) {
        self.init(kind: kind, subject: String(deployable.name.prefix(255)), reason: reason)
    }
}
