import Dispatch
import Model
import Synchronization

/// Writes that the kernel has not completed. It removes a function from a driver for guests, or its virtual functions,
/// only when their holder releases them, which may never happen; and nothing can end such a write.
///
/// Each write has its own thread, and there is at most one for each file.
public final class PendingWrites: Sendable {
    private let paths = Mutex<Set<String>>([])

    public init() {}

    /// The files with waiting writes, in order.
    public var waiting: [String] { paths.withLock { $0.sorted() } }

    /// Whether the kernel may keep a write to that file waiting for a holder.
    static func mayWait(_ path: String) -> Bool {
        ["/unbind", "/sriov_numvfs", "/remove", "/reset", "/current_vgpu_type"].contains { path.hasSuffix($0) }
    }

    private enum Outcome: Sendable {
        case answered(Result<Void, TreeFault>)
        case late
    }

    /// Runs a write and returns when it is done. If `patience` is over first, the write continues, and the fault says
    /// so.
    func run(
        _ path: String, patience: @escaping @Sendable () async throws -> Void,
        _ write: @escaping @Sendable () throws(TreeFault) -> Void
    ) async throws(ControlFault) -> Result<Void, TreeFault> {
        guard paths.withLock({ $0.insert(path).inserted }) else { throw Self.fault(path) }
        let (outcomes, sink) = AsyncStream<Outcome>.makeStream()
        DispatchQueue(label: "kilonova.host.holder").async { [self] in
            let result: Result<Void, TreeFault>
            do throws(TreeFault) { result = .success(try write()) } catch { result = .failure(error) }
            paths.withLock { _ = $0.remove(path) }
            sink.yield(.answered(result))
            sink.finish()
        }
        let timer = Task {
            do { try await patience() } catch { return }
            sink.yield(.late)
        }
        defer { timer.cancel() }
        for await outcome in outcomes {
            if case .answered(let result) = outcome { return result }
            throw Self.fault(path)
        }
        throw ControlFault("The work was interrupted.", isTransient: true)
    }

    private static func fault(_ path: String) -> ControlFault {
        ControlFault("\(title(of: path)).", isTransient: true)
    }

    /// The reason for the wait, as a sentence without its full stop.
    public static func title(of path: String) -> String {
        let subject = subject(of: path)
        return switch path.split(separator: "/").last {
        case "sriov_numvfs":
            "The virtual functions of \(subject) are not changed yet: the kernel waits for the holder of one of them to let go"
        case "reset": "\(subject) is not reset yet: the kernel waits for its holder to let go"
        default: "\(subject) is not taken from its driver yet: the kernel waits for its holder to let go"
        }
    }

    /// The device that the file belongs to, such as `0000:82:00.0`.
    public static func subject(of path: String) -> String {
        if let address = DevicePath.function(of: path) { return address.description }
        return path.split(separator: "/").dropLast().last.map(String.init) ?? path
    }
}
