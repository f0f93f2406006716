import Agent
import Drivers
import Link
import Logging
import Model

/// Does the work of the party `devices`: has drivers prepare, withdraw and clean attach handles, and load images onto their devices.
/// Drivers' orders are idempotent.
struct HandleWorker: HostParty {
    private let drivers: [String: any Driver]
    private let keeper: StateKeeper
    /// Nil where the agent has no folder for images.
    private let loader: ImageLoader?
    private let wait: Waiting
    private let logger: Logger
    /// Called when something was done to the host.
    private let acted: @Sendable () -> Void
    /// Waited for when something was done that changes what else fits, before the outcome is told.
    private let shared: @Sendable () async -> Void

    init(
        drivers: [any Driver], keeper: StateKeeper, loader: ImageLoader? = nil, wait: @escaping Waiting, logger: Logger,
        acted: @escaping @Sendable () -> Void = {}, shared: @escaping @Sendable () async -> Void = {}
    ) {
        self.drivers = Dictionary(drivers.map { ($0.name, $0) }) { first, _ in first }
        self.keeper = keeper
        self.loader = loader
        self.wait = wait
        self.logger = logger
        self.acted = acted
        self.shared = shared
    }

    var party: Party { .devices }
    var kinds: Set<String> { Set(DeviceWork.Kind.allCases.map(\.rawValue)) }

    func doing(_ item: WorkItem) throws(UnknownWork) -> Doing {
        let work = try DeviceWork(item)
        return { await perform(work) }
    }

    /// Prepares again what the host lost, unless it was withdrawn meanwhile; throws where the host cannot have it now.
    func restore(_ handle: AttachHandleID) async throws(DriverFault) {
        guard let prepared = await keeper.state.prepared["\(handle)"], let driver = drivers[prepared.driver] else {
            return
        }
        try await driver.restore(prepared.order(handle))
        logger.notice("a handle was prepared again, for the host had lost it", metadata: ["handle": "\(handle)"])
    }

    /// Nil when it was broken off.
    private func perform(_ work: DeviceWork) async -> WorkOutcome? {
        guard let driver = drivers[work.driver] else {
            return .failed("No driver '\(work.driver)' runs on this host.")
        }
        let order = HandleOrder(
            handle: work.handle, attachment: work.attachment, controlPath: work.controlPath)
        var pause = Pause()
        defer { acted() }
        while !Task.isCancelled {
            var outcome = WorkOutcome.done
            do {
                switch work.kind {
                case .prepare: try await driver.prepare(order)
                case .withdraw: try await driver.withdraw(order)
                case .clean:
                    let record = try await driver.clean(order)
                    say(record, of: work)
                    if record.replacedLogic { await note(nil, on: work) }
                    outcome = .cleaned(record)
                case .fetch: try await needed().fetch(work, for: driver)
                case .program:
                    let record = try await needed().load(work, order, by: driver)
                    let isUnsaid = record.failure == nil && record.logic == nil
                    await note(isUnsaid ? work.image?.function : nil, on: work)
                    outcome = .programmed(record)
                }
                await note(work)
                // A unit of what several types share: what is left of the others is another number now. What was loaded onto a
                // device is among its traits.
                if work.attachment.askedType != nil || work.kind == .program { await shared() }
                if work.kind == .clean, work.attachment.isForOneUse {
                    // The failure keeps it from the next tenant; an operator's release of the handle ends that.
                    return .failed("It is for one use and was cleaned; release the attach handle to offer it again.")
                }
                return outcome
            } catch {
                // What passes by itself is tried again until the deadline.
                guard error.isTransient else { return Task.isCancelled ? nil : .failed(error.text) }
                logger.notice(
                    "work could not be done yet", metadata: ["item": "\(work.id)", "reason": "\(error.text)"])
            }
            do { try await wait(pause.next()) } catch { return nil }
        }
        return nil
    }

    private func needed() throws(DriverFault) -> ImageLoader {
        guard let loader else {
            throw DriverFault("The agent has no folder for images; give it a state folder.")
        }
        return loader
    }

    /// What the host must have again after its next start.
    private func note(_ work: DeviceWork) async {
        // What is loaded onto a device prepares no handle.
        if work.image != nil { return }
        let key = "\(work.handle)"
        let prepared = PreparedHandle(
            driver: work.driver, type: work.attachment.type, info: work.attachment.info, controlPath: work.controlPath)
        await keeper.change { state in state.prepared[key] = work.kind == .prepare ? prepared : nil }
    }

    /// What a device has now that does not say so itself; nil if that is not known.
    private func note(_ function: String?, on work: DeviceWork) async {
        let key = LoadedLogic.key(driver: work.driver, controlPath: work.controlPath)
        await keeper.change { state in state.loaded[key] = function }
    }

    /// What was done to remove a tenant's traces, for whoever has to prove it.
    private func say(_ record: CleaningRecord, of work: DeviceWork) {
        var metadata: Logger.Metadata = [
            "item": "\(work.id)", "handle": "\(work.handle)", "methods": "\(record.methods.joined(separator: ", "))",
            "verification": "\(record.verification)", "begun": "\(record.begun.isoZulu)",
            "ended": "\(record.ended.isoZulu)",
        ]
        for (key, value) in record.device { metadata["device_\(key)"] = "\(value)" }
        logger.notice("a device was cleaned", metadata: metadata)
    }
}
