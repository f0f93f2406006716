import Model
import StoreSQLite
import Synchronization
import Testing

@testable import Store

/// What a subscriber was told, for comparing.
private final class Journal: Sendable {
    private let entries = Mutex<[ChangeFeed.News]>([])
    func add(_ news: ChangeFeed.News) { entries.withLock { $0.append(news) } }
    var all: [ChangeFeed.News] { entries.withLock { $0 } }
    var keys: [String] {
        all.flatMap { news in
            if case .changes(let entries) = news { entries.map(\.key) } else { ["reset"] }
        }
    }
}

@Suite struct ChangeFeedTests {
    /// A running feed over a new store; only pokes wake it.
    func withFeed(
        keeps: Int64 = 100_000, _ body: (ChangeFeed, any StateStore) async throws -> Void
    ) async throws {
        let engine = try await SQLiteStore.temporary()
        var options = ChangeFeed.Options()
        options.interval = .seconds(3600)
        options.page = 4
        options.keeps = keeps
        let feed = ChangeFeed(engine, options: options)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await feed.run() }
            try await body(feed, engine)
            group.cancelAll()
            do { try await group.waitForAll() } catch is CancellationError {}
        }
        await engine.close()
    }

    @Test func `a subscriber loads first, then hears of changes of its kinds`() async throws {
        try await withFeed { feed, _ in
            let journal = Journal()
            feed.subscribe("test", to: ["provider"]) { news in journal.add(news) }
            try await feed.catchUp()
            #expect(journal.all == [.reset])
            for number in 1...10 {
                try await feed.store.write { transaction in
                    try transaction.note(change: "provider", key: "p\(number)", generation: Int64(number))
                    try transaction.note(change: "device", key: "d\(number)")
                }
            }
            try await feed.catchUp()
            #expect(journal.keys == ["reset"] + (1...10).map { "p\($0)" })
        }
    }

    @Test func `it is current once all was handed on, and not for ever`() async throws {
        try await withFeed { feed, _ in
            #expect(!feed.isCurrent(within: .seconds(3600)) || feed.previousLook == nil)
            try await feed.catchUp()
            #expect(feed.isCurrent(within: .seconds(3600)))
            #expect(!feed.isCurrent(within: .zero))
        }
        let engine = try await SQLiteStore.temporary()
        #expect(!ChangeFeed(engine).isCurrent(within: .seconds(3600)), "one that does not run never is")
        await engine.close()
    }

    @Test func `a local commit wakes the feed without a call`() async throws {
        try await withFeed { feed, _ in
            let (seen, told) = AsyncStream.makeStream(of: String.self)
            feed.subscribe("test", to: ["a"]) { news in
                if case .changes(let entries) = news {
                    told.yield(entries.map(\.key).joined())
                } else {
                    told.yield("reset")
                }
            }
            var iterator = seen.makeAsyncIterator()
            #expect(await iterator.next() == "reset")
            try await feed.store.write { transaction in try transaction.note(change: "a", key: "one") }
            #expect(await iterator.next() == "one")
        }
    }

    @Test func `a key that changed often in one batch is told once`() async throws {
        try await withFeed { feed, engine in
            let journal = Journal()
            feed.subscribe("test", to: ["a"]) { news in journal.add(news) }
            try await feed.catchUp()
            try await engine.write { transaction in
                for generation in 1...3 { try transaction.note(change: "a", key: "k", generation: Int64(generation)) }
            }
            try await feed.catchUp()
            guard case .changes(let entries) = journal.all.last else { return #expect(Bool(false), "no changes") }
            #expect(entries.map(\.generation) == [3])
        }
    }

    @Test func `a failed subscriber loads again, and who waits for it is told`() async throws {
        try await withFeed { feed, engine in
            let journal = Journal()
            let fails = Mutex(false)
            feed.subscribe("test", to: ["a"]) { news in
                if fails.withLock({ $0 }) { throw Fault.conflict("no") }
                journal.add(news)
            }
            try await feed.catchUp()
            fails.withLock { $0 = true }
            try await engine.write { transaction in try transaction.note(change: "a", key: "k") }
            await #expect(throws: StoreError.self) { try await feed.catchUp() }
            fails.withLock { $0 = false }
            try await feed.catchUp()
            #expect(journal.all == [.reset, .reset])
        }
    }

    @Test func `who falls behind the pruned log loads again`() async throws {
        let engine = try await SQLiteStore.temporary()
        var options = ChangeFeed.Options()
        options.interval = .seconds(3600)
        options.keeps = 5
        let slow = ChangeFeed(engine, options: options)
        let journal = Journal()
        slow.subscribe("test", to: ["a"]) { news in journal.add(news) }
        await slow.turn()
        for number in 1...20 {
            try await engine.write { transaction in try transaction.note(change: "a", key: "\(number)") }
        }
        #expect(try await slow.prune() == 15)
        await slow.turn()
        #expect(journal.all == [.reset, .reset])
        try await engine.write { transaction in try transaction.note(change: "a", key: "21") }
        await slow.turn()
        #expect(journal.keys == ["reset", "reset", "21"])
        await engine.close()
    }

    @Test func `a slow reader of the sequence is told to load again`() async throws {
        try await withFeed { feed, engine in
            var news = feed.news("test", of: ["a"], limit: 1).makeAsyncIterator()
            try await feed.catchUp()
            try await engine.write { transaction in try transaction.note(change: "a", key: "1") }
            await #expect(throws: StoreError.self) { try await feed.catchUp() }
            #expect(await news.next() == .reset)
            try await feed.catchUp()
            #expect(await news.next() == .reset)
        }
    }

    @Test func `waiting for a number ends when its entry was handled`() async throws {
        try await withFeed { feed, engine in
            let last = try await engine.write { transaction in
                try transaction.note(change: "a", key: "1")
                return try transaction.latestChange()
            }
            try await feed.caughtUp(to: last)
            let waiting = Task { try await feed.caughtUp(to: last + 1) }
            waiting.cancel()
            await #expect(throws: CancellationError.self) { try await waiting.value }
        }
    }
}
