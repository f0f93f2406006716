import Fleet
import Foundation
import Link
import Logging
import Model
import Placement
import Store
import StoreSQLite
import Synchronization

/// A control plane's side of the link on a database of its own, with a clock that stands until it is moved.
final class LinkWorld: Sendable {
    let store: any StateStore
    let feed: ChangeFeed
    let fleet = RecordingFleet()
    let clock = StandingClock()
    let reception: AgentReception
    let hub: Hub
    let dispatch = StoreWorkDispatch()
    /// What agents' calls of Placement are relayed to.
    let placement: LocalPlacementClient
    private let engine: SQLiteStore
    let folder: URL
    private let keepsFolder: Bool

    static let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

    /// - Parameter folder: where an earlier world left its state; it stays
    init(
        settings: HubSettings = HubSettings(heartbeat: .seconds(15), tick: .milliseconds(5)), folder: URL? = nil,
        parties: [any FleetParty] = []
    ) async throws {
        keepsFolder = folder != nil
        self.folder =
            folder ?? FileManager.default.temporaryDirectory.appending(path: "kilonova-link-\(UUID().uuidString)")
        let folder = self.folder
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        engine = try SQLiteStore(path: folder.appending(path: "state.db").path)
        try await Migrator(FleetMigrations.all + PlacementMigrations.all).run(on: engine)
        var options = ChangeFeed.Options()
        options.interval = .milliseconds(20)
        feed = ChangeFeed(engine, options: options, logger: Self.logger)
        store = feed.store
        placement = LocalPlacementClient(PlacementService(store: store, feed: feed, logger: Self.logger))
        reception = AgentReception(
            store: store, parties: [fleet] + parties, rules: settings.livenessRules, time: clock.source)
        hub = Hub(reception: reception, settings: settings, feed: feed, logger: Self.logger)
    }

    /// Runs hub and feed around `body`.
    static func run(
        settings: HubSettings = HubSettings(heartbeat: .seconds(15), tick: .milliseconds(5)), folder: URL? = nil,
        parties: [any FleetParty] = [], _ body: @Sendable (LinkWorld) async throws -> Void
    ) async throws {
        let world = try await LinkWorld(settings: settings, folder: folder, parties: parties)
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await world.feed.run() }
                group.addTask { try await world.hub.run() }
                try await body(world)
                group.cancelAll()
            }
        } catch {
            await world.close()
            throw error
        }
        await world.close()
    }

    func close() async {
        await engine.close()
        if !keepsFolder { try? FileManager.default.removeItem(at: folder) }
    }

    func write<Value: Sendable>(
        _ body: @escaping @Sendable (any Transaction) throws -> Value
    ) async throws -> Value {
        try await store.write(body)
    }

    func enqueue(_ work: DeviceWork, on host: HostName) async throws {
        try await enqueue(work.item, on: host)
    }

    func enqueue(_ item: WorkItem, on host: HostName) async throws {
        let (dispatch, now) = (dispatch, clock.source.now())
        try await store.write { transaction in try dispatch.enqueue(item, on: host, at: now, in: transaction) }
    }

    func host(_ name: HostName) async throws -> HostRecord? {
        try await store.read { transaction in try HostDirectory.find(name, in: transaction) }
    }

    static func item(_ number: Int, kind: DeviceWork.Kind = .prepare) -> DeviceWork {
        DeviceWork(
            id: WorkItemID(UUID()), kind: kind, handle: AttachHandleID(UUID()),
            attachment: Attachment(.testPCI, ["bus": "\(number)"]), controlPath: "0000:0c:00.\(number)", driver: "fake",
            request: nil, deadline: 0)
    }
}

/// A clock that only tests move. It begins at the present, for certificates are checked by the real one.
final class StandingClock: Sendable {
    private let moment = Mutex(TimeSource.system.now())

    var source: TimeSource { TimeSource { self.moment.withLock { $0 } } }

    func advance(_ span: Duration) { moment.withLock { $0 = $0 + span } }
}

/// A fleet that notes what it is told.
final class RecordingFleet: DeviceRecords {
    struct Notes: Equatable {
        var reports: [HostReport] = []
        var changes: [HostReportChange] = []
        var outcomes: [WorkItemID: [WorkOutcome]] = [:]
        var states: [HostLiveness.State] = []
        var disabled: [ResourceProviderID] = []
    }

    let notes = Mutex(Notes())
    let party = Party.devices
    let kinds: Set<String> = ["prepare", "withdraw", "clean"]
    /// What items need, in pieces; nil for nothing.
    let pieces = Mutex<[[UInt8]]?>(nil)

    func data(of item: WorkItem) async throws -> ItemData? {
        guard let pieces = pieces.withLock({ $0 }) else { return nil }
        return ItemData { take throws(Fault) in for piece in pieces { try await take(piece) } }
    }

    func receive(_ report: HostReport, from host: HostName, at now: Timestamp, in transaction: any Transaction) throws {
        notes.withLock { $0.reports.append(report) }
    }

    func receive(
        _ change: HostReportChange, from host: HostName, at now: Timestamp, in transaction: any Transaction
    ) throws {
        notes.withLock { $0.changes.append(change) }
    }

    func section(of host: HostName, in transaction: any Transaction) throws -> JSONValue? {
        DeviceSection(withheld: notes.withLock { $0.disabled.map { ProviderPart($0) } }).value
    }

    func finished(_ item: WorkItem, on host: HostName, _ outcome: WorkOutcome, in transaction: any Transaction) throws {
        _ = (try DeviceWork(item), try DeviceOutcome(outcome))
        notes.withLock { $0.outcomes[item.id, default: []].append(outcome) }
    }

    func changed(
        _ host: HostName, to state: HostLiveness.State, at now: Timestamp, in transaction: any Transaction
    ) throws {
        notes.withLock { $0.states.append(state) }
    }
}

extension DesiredState {
    /// The work of the party `devices` that this release knows.
    var deviceWork: [DeviceWork] { work.compactMap { try? DeviceWork($0) } }
    var devices: DeviceSection? { sections[.devices].flatMap { DeviceSection($0) } }
}

extension AsyncStream<DesiredState>.Iterator {
    /// The next line that `isWanted`; lines that repeat what was known pass by.
    mutating func next(where isWanted: (DesiredState) -> Bool) async -> DesiredState? {
        while let line = await next(isolation: #isolation) {
            if isWanted(line) { return line }
        }
        return nil
    }
}
