import Model
import Store

/// The consumers of a provider's resources, page by page in the order of their ids.
///
/// Each page is a separate snapshot, so that a slow client keeps nothing open in the database. A consumer that changes
/// meanwhile may or may not be in the list; every other consumer is in it once, with everything that it holds.
struct HolderPages: Sendable {
    typealias Page = ListPage<String>

    let provider: ResourceProviderID
    let showsGenerations: Bool
    /// Number of allocations that are read for one page; more than one consumer can have of a provider.
    var size = 1000

    /// The page after the consumer `last`; the first page if it is nil.
    func page(after last: String?, in transaction: any Transaction) throws -> Page {
        var page = Page(json: JSONBytes(capacity: 4096))
        var bounds: SQL = "a.provider = \(provider)"
        if let last { bounds += " AND a.consumer > \(last)" }
        var rows = 0
        var holder = Holder(isFirstOfAll: last == nil)
        try transaction.forEach(
            """
            SELECT a.consumer, c.generation, a.resource_class, a.used, a.created_at
            FROM allocations a JOIN consumers c ON c.uuid = a.consumer
            WHERE \(bounds) ORDER BY a.consumer, a.resource_class LIMIT \(size)
            """
        ) { row in
            rows += 1
            let consumer: String = try row[0]
            if holder.id != consumer {
                finish(&holder, &page)
                holder.begin(consumer, generation: try row[1], at: page.json.count)
                if holder.count > 1 || !holder.isFirstOfAll { page.json.put(",") }
                page.json.quote(consumer)
                page.json.put(":{\"resources\":{")
            } else {
                page.json.put(",")
            }
            page.json.quote(try row[2] as String)
            page.json.put(":")
            page.json.put(try row[3] as Int)
            let moment: Timestamp = try row[4]
            page.changedAt = max(page.changedAt ?? moment, moment)
        }
        let isLast = rows < size
        if isLast || holder.count == 1 {
            finish(&holder, &page)
            if isLast { page.next = nil }
        } else {
            // There may be more of the last one: the next page has it whole.
            page.json.shorten(to: holder.start)
        }
        return page
    }

    /// The time of the latest of all these allocations.
    func changedAt(in transaction: any Transaction) throws -> Timestamp? {
        try transaction.first("SELECT MAX(created_at) FROM allocations WHERE provider = \(provider)") { row in
            try row[0] as Timestamp?
        } ?? nil
    }

    /// The consumer that is being written.
    private struct Holder {
        let isFirstOfAll: Bool
        var id: String?
        var generation = 0
        var start = 0
        var count = 0

        mutating func begin(_ id: String, generation: Int, at start: Int) {
            self.id = id
            self.generation = generation
            self.start = start
            count += 1
        }
    }

    private func finish(_ holder: inout Holder, _ page: inout Page) {
        guard let id = holder.id else { return }
        page.json.put("}")
        if showsGenerations {
            page.json.put(",\"consumer_generation\":")
            page.json.put(holder.generation)
        }
        page.json.put("}")
        page.next = id
    }
}
