import Model

/// Changes a host by writing to its sysfs: binds drivers, resets functions, makes virtual functions and mediated
/// devices.
///
/// Every change is idempotent, is read back, and is refused for a device that the host itself needs. Writes use threads
/// that may block, because a kernel takes seconds to make virtual functions. A write that finds a device busy is
/// repeated.
public struct HostControl: Sendable {
    public let root: SysfsRoot
    /// Writes that wait until a holder releases a device; shared by all copies.
    public let pending = PendingWrites()
    private let wait: @Sendable (Duration) async throws -> Void
    private let patience: @Sendable () async throws -> Void

    /// - Parameters:
    ///   - wait: the pause before a write is repeated; a parameter, so that tests need not wait
    ///   - patience: returns when the caller should stop waiting for a write that waits for a holder
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

    /// Writes one value, in at most five attempts over three seconds while the kernel is busy. If the kernel waits for
    /// a device's holder, the call fails with a transient error, and the write continues on its own.
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
                throw ControlFault("The work was interrupted.", isTransient: true)
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

    /// The function's folder. Throws if there is none, or if the host needs the function.
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
