import Agent
import Drivers
import Link
import Logging
import Model
import Synchronization

extension DeviceParty {
    /// Prepares again what the host lost: mediated devices and vendors' types outlive neither its kernel nor a device that goes and
    /// comes back, and their holders expect them. Preparing is idempotent, so what is there already stays.
    ///
    ///     the host was started anew ──▶ everything that is prepared ─┬─▶ due ──▶ prepared again
    ///     a device is gone ───────────▶ what is prepared on it ──────┘    └── it cannot be yet: due at the next look
    ///
    /// What is due is kept on disk, so that an agent which ends in between goes on with it; a parent that appears late is waited for.
    ///
    /// - Parameters:
    ///   - before: what the look before this one found
    ///   - found: what this one found
    /// - Returns: whether something was done to the host
    func restorePrepared(
        before: [String: [DeviceReport]], found: [String: [DeviceReport]], _ told: inout Told
    ) async -> Bool {
        let boot = await discoverer.bootID()
        let gone = Self.places(before).subtracting(Self.places(found))
        let due = await keeper.change { state in
            if let boot, state.bootID != boot {
                if state.bootID != nil { state.due.formUnion(state.prepared.keys) }
                state.bootID = boot
            }
            for (handle, prepared) in state.prepared where gone.contains(prepared.place) { state.due.insert(handle) }
            state.due.formIntersection(state.prepared.keys)
            return state.due
        }
        var isChanged = false
        for text in due.sorted() {
            guard let handle = AttachHandleID(text) else { continue }
            do {
                guard try await restore(handle) else { continue }
                await keeper.change { state in _ = state.due.remove(text) }
                told.unrestored[text] = nil
                isChanged = true
            } catch {
                guard told.unrestored[text] != error.text else { continue }
                told.unrestored[text] = error.text
                logger.warning(
                    "a handle that the host lost cannot be prepared again yet",
                    metadata: ["handle": "\(text)", "reason": "\(error.text)"])
            }
        }
        if isChanged { discoverer.forget() }
        return isChanged
    }

    /// False while work for the handle is under way, which goes first.
    private func restore(_ handle: AttachHandleID) async throws(DriverFault) -> Bool {
        let fault = Mutex<DriverFault?>(nil)
        let isDone = await shell.lines.inLine(subject("\(handle)")) { [worker] in
            do throws(DriverFault) { try await worker.restore(handle) } catch { fault.withLock { $0 = error } }
        }
        if let fault = fault.withLock({ $0 }) { throw fault }
        return isDone
    }

    private static func places(_ devices: [String: [DeviceReport]]) -> Set<PreparedHandle.Place> {
        Set(devices.flatMap { driver, devices in devices.map { .init(driver: driver, controlPath: $0.controlPath) } })
    }
}
