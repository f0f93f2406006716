import Drivers
import Logging
import Model

extension HostAgent {
    /// Prepares again what was prepared before the host was started anew: mediated devices and vendors' types do not outlive
    /// its kernel, and their holders expect them. Preparing is idempotent, so what is there already stays.
    func restorePrepared() async {
        guard let boot = await discoverer.bootID() else { return }
        let state = await keeper.state
        guard state.bootID != boot else { return }
        if state.bootID != nil {
            let drivers = Dictionary(discoverer.drivers.map { ($0.name, $0) }) { first, _ in first }
            for (text, handle) in state.prepared.sorted(by: { $0.key < $1.key }) {
                guard let id = AttachHandleID(text), let driver = drivers[handle.driver] else { continue }
                do {
                    try await driver.prepare(handle.order(id))
                    logger.notice("a handle was prepared again after the host's start", metadata: ["handle": "\(id)"])
                } catch {
                    logger.error(
                        "a handle could not be prepared again after the host's start",
                        metadata: ["handle": "\(id)", "reason": "\(error)"])
                }
            }
            discoverer.forget()
        }
        await keeper.change { state in state.bootID = boot }
    }
}
