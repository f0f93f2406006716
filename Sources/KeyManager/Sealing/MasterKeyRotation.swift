import FoundationEssentials
import Model
public import Store

/// Changes the master key: `kilonova rotate-master-key`. The control plane may run meanwhile.
///
/// Each batch of keys is wrapped anew in a transaction of its own. One that is broken off goes on where it was, when it runs again.
public struct MasterKeyRotation: Sendable {
    private let store: any StateStore
    private let folder: String
    private static let batch = 200

    /// - Parameter folder: of the master keys; it must have one
    public init(store: any StateStore, folder: String) {
        self.store = store
        self.folder = folder
    }

    /// Makes a new key, and wraps with it what others wrap. Returns how many payloads these were.
    ///
    /// - Parameter makesKey: false goes on with the newest key that there is
    public func run(makesKey: Bool = true) async throws -> Int {
        if makesKey { try await MasterKeyring.rotate(folder: folder) }
        let keyring = try await MasterKeyring.loadOrCreate(folder: folder)
        let newest = try await keyring.newest()
        var count = 0
        while true {
            try Task.checkCancellation()
            let wraps = try await store.read { try WrapBook.others(than: newest.id, most: Self.batch, in: $0) }
            var fresh: [(wrap: WrapBook.Wrap, key: Data)] = []
            for wrap in wraps { fresh.append((wrap, try await rewrap(wrap, keyring, newest))) }
            try await store.write { [fresh] transaction in
                for (wrap, key) in fresh { try WrapBook.replace(wrap, by: newest.id, key, in: transaction) }
            }
            count += wraps.count
            if wraps.count < Self.batch { return count }
        }
    }

    private func rewrap(
        _ wrap: WrapBook.Wrap, _ keyring: MasterKeyring, _ newest: MasterKey
    ) async throws(Fault) -> Data {
        let former = try await keyring.key(wrap.masterKey)
        let key = try SealedPayload.unwrap(wrap.wrappedKey, of: wrap.secret, wrap.project, by: former)
        return try SealedPayload.wrap(key, of: wrap.secret, wrap.project, by: newest)
    }
}
