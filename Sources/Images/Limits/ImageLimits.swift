import Conventions
import Model
import Store

/// What projects may have of images, by the identity service's unified limits under Glance's names.
struct ImageLimits: Sendable {
    enum Resource: String, Sendable, CaseIterable {
        /// MiB of data in stores, each copy counted.
        case size = "image_size_total"
        /// MiB of data in the staging area.
        case staged = "image_stage_total"
        case count = "image_count_total"
        /// Images whose data are on their way.
        case uploading = "image_count_uploading"
    }

    let source: any ProjectLimits
    /// False where there are no limits at all.
    let isOn: Bool

    init(_ source: any ProjectLimits, isOn: Bool) {
        self.source = source
        self.isOn = isOn
    }

    /// What is checked before a project gets more; nil where nothing is.
    func check(_ project: ProjectID?, _ amounts: [Resource: Int]) async throws(Fault) -> Check? {
        guard isOn, let project else { return nil }
        let demand = LimitCheck.Demand(
            project: project, amounts: Dictionary(uniqueKeysWithValues: amounts.map { ($0.key.rawValue, $0.value) }))
        return Check(check: try await LimitCheck(demand, by: source, usage: Self.usage))
    }

    /// Of each resource, what the project has and may have; nil is unlimited.
    func usage(of project: ProjectID, in store: any StateStore) async throws -> [(Resource, used: Int, limit: Int?)] {
        guard isOn else { return [] }
        let names = Resource.allCases.map(\.rawValue)
        let limits = try await source.limits(of: project, on: names)
        let byName = Dictionary(limits.map { ($0.resource, $0.limit) }) { first, _ in first }
        return try await store.read { transaction in
            try Resource.allCases.map { resource in
                let used = try Self.usage(resource.rawValue, [project], transaction)
                return (resource, used: used, limit: byName[resource.rawValue].flatMap { $0 < 0 ? nil : $0 })
            }
        }
    }

    /// A check whose refusal is 413, as clients of images expect it.
    struct Check: Sendable {
        fileprivate let check: LimitCheck

        func enforce(in transaction: any Transaction) throws {
            do {
                try check.enforce(in: transaction)
            } catch let fault as Fault where fault.kind == .forbidden {
                throw Fault(.tooLarge, fault.message)
            }
        }
    }

    static let mebibyte = 1 << 20

    private static let usage: LimitCheck.Usage = { resource, projects, transaction in
        let query: SQL
        switch Resource(rawValue: resource) {
        case .size: return try storedBytes(of: projects, in: transaction) / mebibyte
        case .staged:
            query = """
                SELECT CAST(COALESCE(SUM(i.size), 0) AS BIGINT) FROM image_copies c JOIN images i ON i.id = c.image
                WHERE c.store = \(StoreShelf.stagingName) AND i.owner IN \(list: projects)
                """
        case .count: query = "SELECT COUNT(*) FROM images WHERE owner IN \(list: projects)"
        case .uploading:
            query = """
                SELECT COUNT(*) FROM images
                WHERE status IN ('saving', 'uploading', 'importing') AND owner IN \(list: projects)
                """
        case nil: return 0
        }
        let amount: Int = try transaction.first(query) { row in try row[0] } ?? 0
        return resource == Resource.staged.rawValue ? amount / mebibyte : amount
    }

    /// What the projects' images have in stores, each copy counted.
    static func storedBytes(of projects: [ProjectID], in transaction: any Transaction) throws -> Int {
        try transaction.first(
            """
            SELECT CAST(COALESCE(SUM(i.size), 0) AS BIGINT) FROM image_copies c JOIN images i ON i.id = c.image
            WHERE c.upload IS NULL AND c.store <> \(StoreShelf.stagingName) AND i.owner IN \(list: projects)
            """
        ) { row in try row[0] } ?? 0
    }
}
