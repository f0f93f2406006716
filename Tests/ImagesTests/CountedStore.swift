import Store
import Synchronization
import TestStore

/// Holds the store that counts, once the fixture has made it.
final class CountedStore: Sendable {
    private let store = Mutex<CountingStore?>(nil)

    func wrap(_ inner: any StateStore) -> any StateStore {
        let counting = CountingStore(inner)
        store.withLock { $0 = counting }
        return counting
    }

    func take() -> Int { store.withLock { $0 }?.take() ?? 0 }
}
