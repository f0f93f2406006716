import Conventions
import Model

/// The drivers that run anywhere, from 2.4: their level of support, and where they fail.
struct DriverListView: Codable, Sendable {
    let drivers: [DriverView]

    struct DriverView: Codable, Sendable {
        let name: String
        let supportLevel: String
        /// How many hosts run it.
        let hosts: Int
        let failures: [Failure]
        /// The release from which it has its level, and what the level rests on.
        @OrNull var since: String?
        @OrNull var evidence: String?

        enum CodingKeys: String, CodingKey {
            case name, hosts, failures, since, evidence
            case supportLevel = "support_level"
        }
    }

    struct Failure: Codable, Sendable {
        let host: String
        let reason: String
    }

    init(_ hosts: [FleetHost]) {
        let reports = hosts.flatMap { host in host.drivers.map { (host: host.name, driver: $0) } }
        drivers = Dictionary(grouping: reports, by: \.driver.name).sorted { $0.key < $1.key }.map { name, reports in
            DriverView(
                name: name, supportLevel: reports.first?.driver.supportLevel ?? "", hosts: reports.count,
                failures: reports.compactMap { report in
                    report.driver.failure.map { Failure(host: report.host.text, reason: $0) }
                }, since: reports.first?.driver.since, evidence: reports.first?.driver.evidence)
        }
    }
}
