public import Clients
public import Model
import Synchronization

/// Device profiles within the process: the resource classes that each requests.
public final class MemoryProfiles: DeviceProfileUse {
    private let used: Mutex<[String: Set<String>]>
    private let trouble: Mutex<Fault?>

    public init(_ used: [String: Set<String>] = [:], fault: Fault? = nil) {
        self.used = Mutex(used)
        trouble = Mutex(fault)
    }

    public func put(_ name: String, _ groups: [[String: String]]) {
        let classes = groups.flatMap(\.keys).filter { $0.hasPrefix("resources") }.compactMap { key in
            key.firstIndex(of: ":").map { String(key[key.index(after: $0)...]) }
        }
        used.withLock { if !classes.isEmpty { $0[name] = Set(classes) } }
    }

    /// What every call is answered from now on.
    public func fail(_ fault: Fault?) { trouble.withLock { $0 = fault } }

    public func classes() async throws(Fault) -> [String: Set<String>] {
        if let fault = trouble.withLock({ $0 }) { throw fault }
        return used.withLock { $0 }
    }
}
