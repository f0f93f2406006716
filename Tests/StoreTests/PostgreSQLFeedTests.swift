import Dispatch
import StorePostgreSQL
import Synchronization
import TestStore
import Testing

@testable import Store

/// Transactions of many writers commit in another order than they drew their numbers.
@Suite(.enabled(if: Engine.hasPostgreSQL)) struct PostgreSQLFeedTests {
    /// A transaction that has noted a change and commits when told to.
    final class Held: Sendable {
        private let mayEnd = DispatchSemaphore(value: 0)
        private let isNoted: AsyncStream<Void>
        private let noted: AsyncStream<Void>.Continuation
        private let work: Task<Void, any Error>

        init(_ key: String, in store: any StateStore, commits: Bool = true) {
            (isNoted, noted) = AsyncStream.makeStream(of: Void.self)
            work = Task { [mayEnd, noted] in
                try await store.write { transaction in
                    try transaction.note(change: "a", key: key)
                    noted.yield()
                    mayEnd.wait()
                    if !commits { throw Refused() }
                }
            }
        }

        /// Waits until its number is drawn.
        func hasNoted() async {
            for await _ in isNoted { return }
        }

        func end() async throws {
            mayEnd.signal()
            do { try await work.value } catch is Refused {}
        }
    }

    struct Refused: Error {}

    /// A feed that only `turn()` moves, over a log that is not empty, and the keys it was told.
    func withFeed(_ body: (any StateStore, ChangeFeed) async throws -> Void) async throws {
        try await Engine.postgresql.withStore { store in
            // In an empty log a first number other than 1 would look like pruning.
            try await store.write { transaction in try transaction.note(change: "a", key: "first") }
            try await body(store, ChangeFeed(store))
        }
    }

    func listen(to feed: ChangeFeed) -> @Sendable () -> [String] {
        let keys = Keys()
        feed.subscribe("test", to: ["a"]) { news in
            if case .changes(let entries) = news { keys.add(entries.map(\.key)) } else { keys.add(["reset"]) }
        }
        return { keys.all }
    }

    final class Keys: Sendable {
        private let keys = Mutex<[String]>([])
        func add(_ new: [String]) { keys.withLock { $0 += new } }
        var all: [String] { keys.withLock { $0 } }
    }

    @Test func `an entry that commits late is told late, not lost`() async throws {
        try await withFeed { store, feed in
            let keys = listen(to: feed)
            await feed.turn()
            let slow = Held("slow", in: store)
            await slow.hasNoted()
            try await store.write { transaction in try transaction.note(change: "a", key: "quick") }
            for _ in 0..<3 { await feed.turn() }
            #expect(keys() == ["reset", "quick"])
            try await slow.end()
            await feed.turn()
            #expect(keys() == ["reset", "quick", "slow"])
            for _ in 0..<2 { await feed.turn() }
            #expect(feed.state.withLock { $0.cursor?.openGaps } == 0)
        }
    }

    @Test(.timeLimit(.minutes(30))) func `a number that was rolled back is given up once its transaction ended`()
        async throws
    {
        try await withFeed { store, feed in
            let keys = listen(to: feed)
            await feed.turn()
            let refused = Held("refused", in: store, commits: false)
            await refused.hasNoted()
            try await store.write { transaction in try transaction.note(change: "a", key: "quick") }
            for _ in 0..<20 { await feed.turn() }
            #expect(feed.state.withLock { $0.cursor?.openGaps } == 1)
            try await refused.end()
            // Other tests' transactions on the same server may have to end first.
            while feed.state.withLock({ $0.cursor?.openGaps }) != 0 { await feed.turn() }
            #expect(keys() == ["reset", "quick"])
        }
    }

    @Test func `what was under way when the feed began is told when it commits`() async throws {
        try await withFeed { store, feed in
            let slow = Held("slow", in: store)
            await slow.hasNoted()
            for number in 1...3 {
                try await store.write { transaction in try transaction.note(change: "a", key: "\(number)") }
            }
            let keys = listen(to: feed)
            await feed.turn()
            #expect(keys() == ["reset"])
            try await slow.end()
            await feed.turn()
            #expect(keys() == ["reset", "slow"])
        }
    }

    @Test func `a feed that began while an entry was under way begins anew when that may be pruned`() async throws {
        try await withFeed { store, _ in
            var options = ChangeFeed.Options()
            options.keeps = 2
            let feed = ChangeFeed(store, options: options)
            let slow = Held("slow", in: store)
            await slow.hasNoted()
            for number in 1...3 {
                try await store.write { transaction in try transaction.note(change: "a", key: "\(number)") }
            }
            let keys = listen(to: feed)
            await feed.turn()
            try await slow.end()
            try await feed.prune()
            await feed.turn()
            #expect(keys() == ["reset", "reset"])
        }
    }

    @Test func `replicas that write at the same time hear all of each other`() async throws {
        try await Engine.postgresql.withPlace { place in
            let stores = try (0..<3).map { _ in try place.open(connections: 6) }
            try await Migrator([things]).run(on: stores[0])
            try await stores[0].write { transaction in try transaction.note(change: "a", key: "first") }
            var options = ChangeFeed.Options()
            options.interval = .milliseconds(1)
            options.page = 7
            let feeds = stores.map { ChangeFeed($0, options: options) }
            let heard = feeds.map { listen(to: $0) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for feed in feeds { group.addTask { try await feed.run() } }
                for feed in feeds { try await feed.catchUp() }
                let written = try await withThrowingTaskGroup(of: [String].self) { writers in
                    for (replica, feed) in feeds.enumerated() {
                        for lane in 0..<6 {
                            writers.addTask { try await Self.write(from: "\(replica)-\(lane)", through: feed.store) }
                        }
                    }
                    return try await writers.reduce(into: []) { $0 += $1 }
                }
                for feed in feeds { try await feed.catchUp() }
                for heard in heard {
                    #expect(Set(written).subtracting(heard()) == [])
                    #expect(Set(heard()).subtracting(written) == ["reset"])
                    #expect(heard().filter { $0 == "reset" }.count == 1)
                }
                group.cancelAll()
                do { try await group.waitForAll() } catch is CancellationError {}
            }
            for store in stores { await store.close() }
        }
    }

    /// Transactions of many lengths, some refused; the keys of the others.
    private static func write(from name: String, through store: any StateStore) async throws -> [String] {
        var written: [String] = []
        for number in 0..<25 {
            let key = "\(name)/\(number)"
            do {
                try await store.write { transaction in
                    try transaction.note(change: "a", key: key)
                    for part in 0..<(number % 5) { try transaction.addThing("\(key)/\(part)") }
                    if number % 7 == 3 { throw Refused() }
                }
                written.append(key)
            } catch is Refused {}
        }
        return written
    }
}
