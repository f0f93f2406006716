import KeyFiles
import Model
import NIOPosix
import Synchronization

/// The master keys, from a folder that all replicas share or have copies of.
///
/// The newest one wraps; an older one opens what it wrapped until everything is wrapped anew. The folder is looked at before each
/// sealing, so that a new key wraps at once in every replica, and when a row names a key that is not known yet.
final class MasterKeyring: Sendable {
    let folder: String
    private let known: Mutex<[MasterKey]>

    private init(_ folder: String, _ keys: [MasterKey]) {
        self.folder = folder
        known = Mutex(keys)
    }

    /// Reads the folder, after making it with a first key if it has none. Throws 400 with a sentence for the operator.
    static func loadOrCreate(folder: String) async throws(Fault) -> MasterKeyring {
        let keys = try await forOperators {
            let files = MasterKeyFolder(folder)
            try files.createIfEmpty()
            return try files.read()
        }
        return MasterKeyring(folder, keys)
    }

    /// Makes a new key, which wraps from now on.
    static func rotate(folder: String) async throws(Fault) {
        let isMade = try await forOperators { try MasterKeyFolder(folder).add() }
        guard isMade else {
            throw .conflict("Another process makes a master key in \(folder) at the same time; look again.")
        }
    }

    /// The key that wraps.
    func newest() async throws(Fault) -> MasterKey {
        guard let key = try await reload().last else {
            throw .unavailable(
                "Secrets cannot be stored at the moment; the operator finds the reason in the log.",
                context: MasterKeyFault.none(folder).description)
        }
        return key
    }

    /// The key that a row names. Throws 503 where the folder does not have it.
    func key(_ id: MasterKeyID) async throws(Fault) -> MasterKey {
        if let key = known.withLock({ $0.first { $0.id == id } }) { return key }
        guard let key = try await reload().first(where: { $0.id == id }) else {
            throw .unavailable(
                "The secret cannot be opened at the moment; the operator finds the reason in the log.",
                context: "master key \(id) is not in \(folder)")
        }
        return key
    }

    /// Of these, the ones that the folder does not have.
    func missing(of ids: [MasterKeyID]) -> [MasterKeyID] {
        let known = Set(known.withLock { $0.map(\.id) })
        return ids.filter { !known.contains($0) }
    }

    private func reload() async throws(Fault) -> [MasterKey] {
        let folder = folder
        do {
            let keys = try await NIOThreadPool.singleton.runIfActive { try MasterKeyFolder(folder).read() }
            known.withLock { $0 = keys }
            return keys
        } catch {
            // Callers do not learn where the keys are.
            throw .unavailable(
                "The key manager cannot use its master keys at the moment; the operator finds the reason in the log.",
                context: "\(error)")
        }
    }

    private static func forOperators<Value: Sendable>(
        _ work: @escaping @Sendable () throws -> Value
    ) async throws(Fault) -> Value {
        do {
            return try await NIOThreadPool.singleton.runIfActive(work)
        } catch {
            throw .badRequest("The master keys of the key manager cannot be used: \(error).")
        }
    }
}
