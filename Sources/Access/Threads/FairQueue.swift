/// A queue for a few places, in which sources take turns, so that a source with many requests delays only itself. It is
/// bounded for each source and in total. If it is full, the source with the most waiting requests gives way to one with
/// fewer.
///
/// A value without clock or threads; its owner locks it.
struct FairQueue<Source: Hashable & Sendable>: Sendable {
    typealias Ticket = UInt64

    /// The decision about a new request.
    enum Admission: Equatable, Sendable {
        case runs
        case waits
        /// The request waits, and this other one had to give way.
        case waitsInPlace(of: Ticket)
        case refused
    }

    private let places: Int
    private let most: Int
    private let mostOfSource: Int
    private var running = 0
    private var waiting: [Source: [Ticket]] = [:]
    /// Sources with waiting requests, the next one first.
    private var turns: [Source] = []
    private(set) var count = 0

    /// - Parameters:
    ///   - places: how many run at once
    ///   - most: how many may run and wait in total
    ///   - mostOfSource: how many of one source may wait
    init(places: Int, most: Int, mostOfSource: Int) {
        self.places = places
        self.most = most
        self.mostOfSource = mostOfSource
    }

    mutating func enter(_ ticket: Ticket, from source: Source) -> Admission {
        if running < places {
            running += 1
            return .runs
        }
        let own = waiting[source]?.count ?? 0
        guard own < mostOfSource else { return .refused }
        guard running + count >= most else {
            append(ticket, source)
            return .waits
        }
        guard let longest = waiting.max(by: { $0.value.count < $1.value.count }), longest.value.count > own + 1,
            let last = longest.value.last
        else { return .refused }
        remove(last, of: longest.key)
        append(ticket, source)
        return .waitsInPlace(of: last)
    }

    /// A running request has ended; returns the request that runs in its place.
    mutating func leave() -> Ticket? {
        guard let source = turns.first, let next = waiting[source]?.first else {
            running -= 1
            return nil
        }
        remove(next, of: source)
        // Back to the end, where it has more.
        if let place = turns.firstIndex(of: source) {
            turns.remove(at: place)
            turns.append(source)
        }
        return next
    }

    /// Returns false if the request no longer waits.
    mutating func withdraw(_ ticket: Ticket, of source: Source) -> Bool {
        guard waiting[source]?.contains(ticket) == true else { return false }
        remove(ticket, of: source)
        return true
    }

    private mutating func append(_ ticket: Ticket, _ source: Source) {
        if waiting[source] == nil { turns.append(source) }
        waiting[source, default: []].append(ticket)
        count += 1
    }

    private mutating func remove(_ ticket: Ticket, of source: Source) {
        waiting[source]?.removeAll { $0 == ticket }
        count -= 1
        if waiting[source]?.isEmpty == true {
            waiting[source] = nil
            turns.removeAll { $0 == source }
        }
    }
}
