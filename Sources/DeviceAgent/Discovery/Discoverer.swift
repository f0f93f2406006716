import Dispatch
public import Drivers
public import Host
public import Model
import Synchronization

/// Reads a host through its drivers.
///
/// Reading sysfs blocks, so it uses queues of its own, away from the threads that serve everything else. A host that
/// has not changed is not read again, and drivers that read nothing else are then not called. If a driver does not
/// respond in time, its last result is used until it does.
public struct Discoverer: Sendable {
    let host: HostName
    let drivers: [any Driver]
    private let root: SysfsRoot
    private let registry: DriverRegistry
    private let patience: Duration
    private let queue = DispatchQueue(label: "kilonova.agent.discovery")
    private let memory: Memory

    /// - Parameters:
    ///   - host: the prefix of provider names
    ///   - drivers: in this order; if two of them find one device, the first one gets it
    ///   - patience: how long one driver may take for one look
    ///   - fullPassEvery: number of looks after which the host is read even if it seems unchanged
    public init(
        host: HostName, root: SysfsRoot, drivers: [any Driver], registry: DriverRegistry = .standard,
        patience: Duration = .seconds(60), fullPassEvery stride: Int = 10
    ) {
        self.host = host
        self.root = root
        self.drivers = drivers
        self.registry = registry
        self.patience = patience
        memory = Memory(HostWatch(root, fullPassEvery: stride))
    }

    /// The result of one look.
    struct Look: Sendable {
        var findings: Findings
        var snapshot: HostSnapshot
    }

    /// Makes the next look read the host, because something was done to it.
    func forget() { memory.state.withLock { $0.isForgotten = true } }

    /// The kernel's id of the host's present boot; nil if it cannot be read.
    func bootID() async -> String? {
        await withCheckedContinuation { continuation in
            queue.async {
                continuation.resume(returning: try? root.text("/proc/sys/kernel/random/boot_id"))
            }
        }
    }

    /// - Parameter before: each driver's last result, which stays if the driver fails
    func look(before: [String: [DeviceReport]]) async -> Look {
        await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: lookNow(before)) }
        }
    }

    private func lookNow(_ before: [String: [DeviceReport]]) -> Look {
        var (watch, isForgotten) = memory.state.withLock { state in
            defer { state.isForgotten = false }
            return (state.watch, state.isForgotten)
        }
        if isForgotten { watch.forget() }
        let (snapshot, isSame) = watch.look()
        memory.state.withLock { $0.watch = watch }
        let pass = DiscoveryPass(snapshot: snapshot, host: host)
        // A list of devices that cannot be read is no proof that there are none.
        let blindness = snapshot.problems.first { Self.lists.contains($0.path) }
        var findings = Findings(notes: snapshot.problems)
        for driver in drivers {
            let support = registry.support(of: driver.name)
            var report = DriverReport(
                name: driver.name, supportLevel: (support?.level ?? .experimental).rawValue, since: support?.since,
                evidence: support?.evidence, programs: driver.capabilities.programs ? true : nil)
            let last = before[driver.name] ?? []
            do throws(DriverFault) {
                let discovery = try ask(driver, pass.after(last), isSame: isSame)
                if let blindness, Self.isLess(discovery.devices, than: last) {
                    throw DriverFault("\(blindness); the devices known before are kept.")
                }
                findings.take(discovery, from: driver.name)
            } catch {
                report.failure = error.text
                findings.devices[driver.name] = last
            }
            findings.drivers.append(report)
        }
        findings.settleClaims()
        findings.settlePassage(on: snapshot)
        return Look(findings: findings, snapshot: snapshot)
    }

    private func ask(_ driver: any Driver, _ pass: DiscoveryPass, isSame: Bool) throws(DriverFault) -> Discovery {
        let isPure = !driver.looksBeyondTheSnapshot
        if isPure, isSame, let known = memory.state.withLock({ $0.discoveries[driver.name] }) { return known }
        guard !isPure else {
            memory.state.withLock { $0.discoveries[driver.name] = nil }
            let discovery = try driver.discover(pass)
            memory.state.withLock { $0.discoveries[driver.name] = discovery }
            return discovery
        }
        // What asks others may be kept waiting by them; the other drivers are not.
        guard memory.state.withLock({ $0.asked.insert(driver.name).inserted }) else {
            throw Self.late(driver, patience)
        }
        let (done, answer) = (DispatchSemaphore(value: 0), Answer())
        DispatchQueue(label: "kilonova.agent.discovery.\(driver.name)").async { [memory] in
            let result: Result<Discovery, DriverFault>
            do throws(DriverFault) { result = .success(try driver.discover(pass)) } catch { result = .failure(error) }
            answer.result.withLock { $0 = result }
            memory.state.withLock { _ = $0.asked.remove(driver.name) }
            done.signal()
        }
        let nanoseconds = patience.components.seconds * 1_000_000_000 + patience.components.attoseconds / 1_000_000_000
        _ = done.wait(timeout: .now() + .nanoseconds(Int(clamping: nanoseconds)))
        guard let result = answer.result.withLock({ $0 }) else { throw Self.late(driver, patience) }
        return try result.get()
    }

    private static func late(_ driver: any Driver, _ patience: Duration) -> DriverFault {
        DriverFault(
            "The driver '\(driver.name)' does not respond within \(patience); the devices known before are kept.",
            isTransient: true)
    }

    /// What one look keeps for the next.
    private final class Memory: Sendable {
        struct State {
            var watch: HostWatch
            var isForgotten = false
            var discoveries: [String: Discovery] = [:]
            /// Drivers that have not responded yet.
            var asked: Set<String> = []
        }

        let state: Mutex<State>

        init(_ watch: HostWatch) {
            state = Mutex(State(watch: watch))
        }
    }

    private final class Answer: Sendable {
        let result = Mutex<Result<Discovery, DriverFault>?>(nil)
    }

    /// Folders that list a host's devices.
    private static let lists: Set<String> = ["/sys/bus/pci/devices", "/sys/bus/mdev/devices", "/sys/class/nvme"]

    private static func isLess(_ devices: [DeviceReport], than before: [DeviceReport]) -> Bool {
        let found = Set(devices.map(\.controlPath))
        return before.contains { !found.contains($0.controlPath) }
    }
}
