import FoundationEssentials
public import Logging
public import Model
import NIOPosix
import Synchronization

/// The keys that sign tokens, from a folder that all replicas share or have copies of.
///
/// As Keystone's `fernet_keys`: files named by number, each with a 32-byte key in base64url. The highest number is the
/// primary key, which signs; all keys verify; `0` is the staged key, which becomes the primary at the next rotation. So
/// a new primary is known everywhere before it signs, if each rotation reaches all replicas before the next one.
///
/// Files and folder must not be open to others (0600, 0700).
public final class FernetKeyring: Sendable {
    /// Nil if the keys are only in memory.
    public let folder: String?
    private let keys: Mutex<Keys>
    private let lastReload = Mutex(Timestamp(microseconds: .min / 2))
    private let time: TimeSource

    struct Keys: Sendable, Equatable {
        /// The primary first, then the others from new to old, the staged one last.
        let all: [Fernet.Key]
    }

    private init(folder: String?, keys: Keys, time: TimeSource) {
        self.folder = folder
        self.keys = Mutex(keys)
        self.time = time
    }

    /// Reads the folder. Throws a sentence for the operator if it is missing, empty, malformed or open to others.
    public static func load(folder: String, time: TimeSource = .system) async throws -> FernetKeyring {
        let keys = try await Self.onFileThread { try KeyFolder(folder).keys() }
        return FernetKeyring(folder: folder, keys: keys, time: time)
    }

    /// Reads the folder, after creating it with a staged and a primary key if it has none.
    public static func loadOrCreate(
        folder: String, random: RandomSource = .system, time: TimeSource = .system
    ) async throws -> FernetKeyring {
        let keys = try await Self.onFileThread {
            let files = KeyFolder(folder)
            try files.createIfEmpty(random)
            return try files.keys()
        }
        return FernetKeyring(folder: folder, keys: keys, time: time)
    }

    /// A key with the lifetime of this process, for a process that neither issues nor reads tokens of its own.
    public static func inMemory(random: RandomSource = .system, time: TimeSource = .system) -> FernetKeyring {
        FernetKeyring(
            folder: nil, keys: Keys(all: [Fernet.Key.generate(random)].compactMap { Fernet.Key($0) }), time: time)
    }

    /// Makes the staged key the primary, stages a new one, and deletes the oldest keys beyond `maxActive` (at least 2
    /// stay).
    public static func rotate(
        folder: String, maxActive: Int = 3, random: RandomSource = .system
    ) async throws {
        try await Self.onFileThread { try KeyFolder(folder).rotate(maxActive: maxActive, random) }
    }

    /// Reads the folder again, if there is one; returns whether the keys changed. If it throws, the former keys stay.
    @discardableResult
    public func reload() async throws -> Bool {
        guard let folder else { return false }
        let fresh = try await Self.onFileThread { try KeyFolder(folder).keys() }
        return keys.withLock { keys in
            defer { keys = fresh }
            return keys != fresh
        }
    }

    /// Reloads at most once a second, for a token that no known key signed. Also returns false if the folder cannot be
    /// used.
    func reloadIfDue() async -> Bool {
        let now = time.now()
        let isDue = lastReload.withLock { last in
            guard now.since(last) >= .seconds(1) || now < last else { return false }
            last = now
            return true
        }
        guard isDue else { return false }
        do {
            return try await reload()
        } catch {
            return false
        }
    }

    /// Reloads until cancelled, so that this replica signs with a new primary soon after a rotation.
    public func watch(every pause: Duration = .seconds(30), logger: Logger) async {
        while !Task.isCancelled {
            do { try await time.sleep(for: pause) } catch { return }
            do {
                if try await reload() {
                    logger.info("token keys were read again", metadata: ["folder": "\(folder ?? "")"])
                }
            } catch {
                logger.error("token keys cannot be read, the former ones stay in use: \(error)")
            }
        }
    }

    var current: Keys { keys.withLock { $0 } }

    private static func onFileThread<Value: Sendable>(
        _ work: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        try await NIOThreadPool.singleton.runIfActive(work)
    }
}
