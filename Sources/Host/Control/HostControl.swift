import Model

/// Changes a host by writing to its sysfs: binds drivers, resets functions, makes virtual functions and mediated devices.
///
/// Every change is idempotent, is read back, and is refused for a device that the host itself needs. Writes happen on threads
/// that may wait, for a kernel takes seconds to make virtual functions; a busy value is tried again.
public struct HostControl: Sendable {
    public let root: SysfsRoot
    private let wait: @Sendable (Duration) async throws -> Void

    /// `wait` is a parameter so that tests need not.
    public init(
        _ root: SysfsRoot, wait: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        self.root = root
        self.wait = wait
    }

    /// The host as it is now.
    public func snapshot() async -> HostSnapshot {
        let root = root
        return await Blocking.run { () throws(Never) in HostSnapshot(root, readsSerials: false) }
    }

    /// Writes one value; five attempts while the kernel is busy, over three seconds.
    public func write(_ text: String, to path: String) async throws(ControlFault) {
        let root = root
        var pause = Duration.milliseconds(200)
        for attempt in 1... {
            do throws(TreeFault) {
                return try await Blocking.run { () throws(TreeFault) in try root.write(text, to: path) }
            } catch {
                guard error.reason == .busy, attempt < 5 else { throw ControlFault(error) }
            }
            do { try await wait(pause) } catch { throw ControlFault("It was broken off.", isTransient: true) }
            pause *= 2
        }
    }

    /// The function's folder. Throws when there is none, or the host needs the function.
    func spared(_ address: PCIAddress) async throws(ControlFault) -> (function: PCIFunction, host: HostSnapshot) {
        let host = await snapshot()
        guard let function = host.function(at: address) else {
            throw ControlFault("There is no PCI function \(address) on this host.")
        }
        if let reason = Fencing(host).reasons(for: address).first {
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
