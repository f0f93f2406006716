import Crypto
import Model
import Synchronization

/// What tokens were found to stand for, by their hashes; bounded, so that no flood of tokens fills the memory.
///
/// Two generations: a new entry goes to the young one; when that is full it becomes the old one and the former old one is
/// forgotten. An entry that is asked for moves back to the young one. So the last `capacity / 2` used are always there.
///
/// An epoch counts how often everything was forgotten. Who looks a token up remembers the epoch from before, and what was
/// found is not kept when it has passed meanwhile.
final class TokenCache<Value: Sendable>: Sendable {
    /// The first half of a token's SHA-256, and whether expired tokens were admitted.
    struct Key: Hashable, Sendable {
        let high: UInt64
        let low: UInt64
        let allowExpired: Bool

        /// Safe: the bytes of the token are hashed where they are, and nothing keeps the pointer after the closure.
        init(_ token: Secret, allowExpired: Bool) {
            var text = token.revealed
            let digest = text.withUTF8 { bytes in unsafe SHA256.hash(data: UnsafeRawBufferPointer(bytes)) }
            var words: (UInt64, UInt64) = (0, 0)
            for (index, byte) in digest.prefix(16).enumerated() {
                if index < 8 { words.0 = words.0 << 8 | UInt64(byte) } else { words.1 = words.1 << 8 | UInt64(byte) }
            }
            high = words.0
            low = words.1
            self.allowExpired = allowExpired
        }
    }

    private struct Entry: Sendable {
        let value: Value
        let until: Timestamp
    }

    private struct State: Sendable {
        var young: [Key: Entry] = [:]
        var old: [Key: Entry] = [:]
        var epoch: UInt64 = 0
    }

    private let state = Mutex(State())
    private let half: Int

    init(capacity: Int) {
        half = max(1, capacity / 2)
    }

    var epoch: UInt64 { state.withLock { $0.epoch } }

    func value(for key: Key, at now: Timestamp) -> Value? {
        state.withLock { state in
            if let entry = state.young[key] {
                if now < entry.until { return entry.value }
                state.young[key] = nil
                return nil
            }
            guard let entry = state.old.removeValue(forKey: key), now < entry.until else { return nil }
            insert(entry, key, &state)
            return entry.value
        }
    }

    func keep(_ value: Value, for key: Key, until: Timestamp, ifStillIn epoch: UInt64) {
        state.withLock { state in
            guard state.epoch == epoch else { return }
            insert(Entry(value: value, until: until), key, &state)
        }
    }

    func forgetAll() {
        state.withLock { state in
            state.young = [:]
            state.old = [:]
            state.epoch += 1
        }
    }

    var count: Int { state.withLock { $0.young.count + $0.old.count } }

    private func insert(_ entry: Entry, _ key: Key, _ state: inout State) {
        if state.young.count >= half {
            state.old = state.young
            state.young = [:]
        }
        state.young[key] = entry
    }
}
