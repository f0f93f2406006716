import CoreMetrics
import Logging
import Model
import NIOCore
import NIOPosix
import Store

/// Reads what lies in stores again, now and then, and holds it against the digest that it had when it came.
///
///     due ──take (leased)──▶ read and hashed, at a bounded rate ──▶ sound
///                                  └──▶ wrong, or missing: marked ──▶ repaired from a sound copy ──▶ sound
///                                                                └──▶ no sound copy: its images say so, and it is due again soon
///
/// Any number of replicas check at once; each takes another blob. One that dies leaves its lease to run out.
struct CopyChecker: Sendable {
    let store: any StateStore
    let shelf: StoreShelf
    let options: ImageOptions
    let time: TimeSource
    let pool: NIOThreadPool
    let logger: Logger
    let repairer: CopyRepairer
    private let counters = HealthCounters()

    /// After which damage is looked at again: somebody may have restored what was missing.
    private static let again = Duration.seconds(3600)

    init(
        store: any StateStore, shelf: StoreShelf, options: ImageOptions, time: TimeSource, ids: IDSource,
        pool: NIOThreadPool, logger: Logger
    ) {
        self.store = store
        self.shelf = shelf
        self.options = options
        self.time = time
        self.pool = pool
        self.logger = logger
        repairer = CopyRepairer(
            store: store, shelf: shelf, options: options, time: time, ids: ids, pool: pool, logger: logger)
    }

    /// Checks everything that is due. Throws where a store cannot be read at the moment.
    func checkDue() async throws {
        while try await checkNext() { try Task.checkCancellation() }
        counters.open.record(try await store.read { try HealthBook.damagedCount(in: $0) })
    }

    /// False where nothing is due.
    private func checkNext() async throws -> Bool {
        let now = time.now()
        let (limit, again) = (now - options.checkInterval, now - min(options.checkInterval, Self.again))
        let stores = shelf.entries.map(\.name)
        let taken = try await store.write { transaction in
            try HealthBook.take(
                in: stores, checkedBefore: limit, damagedBefore: again, at: now, in: transaction)
        }
        guard let blob = taken else { return false }
        let damage: CopyDamage?
        do {
            damage = try await look(at: blob)
        } catch is LeaseGone {
            return true
        }
        counters.checked.increment()
        let then = time.now()
        try await store.write { try HealthBook.note(damage, of: blob, at: then, in: $0) }
        guard let damage else { return true }
        counters.damaged.increment()
        let metadata: Logger.Metadata = [
            "store": "\(blob.store)", "blob": "\(blob.blob)", "damage": "\(damage.rawValue)",
        ]
        logger.error("the data of images are damaged in a store", metadata: metadata)
        if try await repairer.repair(blob) {
            counters.repaired.increment()
            logger.notice("the data of images are repaired from another copy", metadata: metadata)
        } else {
            logger.error(
                "no store has a sound copy of damaged data; restore them, or upload them again", metadata: metadata)
        }
        return true
    }

    private struct LeaseGone: Error {}

    private func look(at blob: CheckedBlob) async throws -> CopyDamage? {
        guard let reader = try await shelf.open(blob.copy, size: blob.size) else { return .missing }
        let digest = BlobDigest(pool)
        let pacer = Pacer(rate: options.checkRate, time: time)
        let next = reader.pieces(of: 0..<blob.size)
        var renewed = time.now()
        while let piece = try await next() {
            try await digest.take(piece)
            counters.bytes.increment(by: piece.readableBytes)
            try await pacer.wait(for: piece.readableBytes)
            let now = time.now()
            guard now.since(renewed) > HealthBook.lease / 4 else { continue }
            renewed = now
            guard try await store.write({ try HealthBook.renew(blob, at: now, in: $0) }) else { throw LeaseGone() }
        }
        return digest.matches(blob.digest, size: blob.size) ? nil : .wrong
    }
}
