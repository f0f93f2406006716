import Model

/// Changes a host by writing to its sysfs: binds drivers, resets functions, makes virtual functions and mediated devices.
///
/// Every change is idempotent, is read back, and is refused for a device that the host itself needs. Writes happen on threads
/// that may wait, for a kernel takes seconds to make virtual functions; a busy value is tried again.
public struct HostControl: Sendable {
    public let root: SysfsRoot
    /// Writes that wait for whoever holds a device; shared by all copies.
    public let pending = PendingWrites()
    private let wait: @Sendable (Duration) async throws -> Void
    private let patience: @Sendable () async throws -> Void

    /// - Parameters:
    ///   - wait: a parameter so that tests need not
    ///   - patience: ends when a write that waits for a holder is waited for no longer
    public init(
        _ root: SysfsRoot,
        wait: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) },
        patience: @escaping @Sendable () async throws -> Void = { try await Task.sleep(for: .seconds(20)) }
    ) {
        self.root = root
        self.wait = wait
        self.patience = patience
    }

    /// The host as it is now.
    public func snapshot() async -> HostSnapshot {
        let root = root
        return await Blocking.run { () throws(Never) in HostSnapshot(root, readsSerials: false) }
    }

    /// Writes one value; five attempts while the kernel is busy, over three seconds. One that the kernel keeps waiting for a device's
    /// holder fails as transient and goes on by itself.
    public func write(_ text: String, to path: String) async throws(ControlFault) {
        let pause = ExponentialDelay(first: .milliseconds(200), longest: .milliseconds(1600))
        for attempt in 1... {
            do throws(WriteFault) {
                return try await writeOnce(text, to: path)
            } catch {
                switch error {
                case .waits(let fault): throw fault
                case .refused(let fault): guard fault.reason == .busy, attempt < 5 else { throw ControlFault(fault) }
                }
            }
            do { try await wait(pause.doubled(attempt - 1)) } catch {
                throw ControlFault("It was broken off.", isTransient: true)
            }
        }
    }

    private func writeOnce(_ text: String, to path: String) async throws(WriteFault) {
        let root = root
        if PendingWrites.mayWait(path) {
            let result: Result<Void, TreeFault>
            do throws(ControlFault) {
                result = try await pending.run(path, patience: patience) { () throws(TreeFault) in
                    try root.write(text, to: path)
                }
            } catch {
                throw .waits(error)
            }
            do throws(TreeFault) { try result.get() } catch { throw .refused(error) }
        } else {
            do throws(TreeFault) {
                try await Blocking.run { () throws(TreeFault) in try root.write(text, to: path) }
            } catch {
                throw .refused(error)
            }
        }
    }

    private enum WriteFault: Error {
        case waits(ControlFault)
        case refused(TreeFault)
    }

    /// The function's folder. Throws when there is none, or the host needs the function.
    func spared(_ address: PCIAddress) async throws(ControlFault) -> (function: PCIFunction, host: HostSnapshot) {
        let host = await snapshot()
        guard let function = host.function(at: address) else {
            throw ControlFault("There is no PCI function \(address) on this host.")
        }
        // Whoever asks was told to.
        if let reason = Fencing(host).reasons(for: address, isNamed: true).first {
            throw ControlFault("\(address) is left alone: \(reason).")
        }
        return (function, host)
    }

    /// The text of a value, for reading back.
    func text(_ path: String) async -> String? {
        let root = root
        return await Blocking.run { () throws(Never) in try? root.text(path) }
    }
}
