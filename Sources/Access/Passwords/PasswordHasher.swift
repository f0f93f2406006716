public import Model

/// Hashes and verifies passwords on its own threads, so that a login does not delay other requests.
///
/// Writes bcrypt (`$2b$`); verifies bcrypt, yescrypt (`$y$`), and the other methods of the system's `crypt`. As in
/// Keystone, bcrypt uses the first 72 bytes of a password and ignores the rest.
public struct PasswordHasher: Sendable {
    /// The cost, 4 … 31; each step doubles the work. Keystone's `password_hash_rounds`.
    public let cost: Int
    private let pool: BlockingPool
    private let random: RandomSource

    static let longestPassword = 4096
    private static let bcryptLimit = 72

    /// At most `threads` passwords are computed at once, and at most `backlog` wait, of which `mostOfSource` are from
    /// one source. Further callers get 503. Sources take turns.
    public init(
        cost: Int = 12, threads: Int = 2, backlog: Int = 256, mostOfSource: Int = 32, random: RandomSource = .system
    ) {
        self.cost = min(max(cost, 4), 31)
        pool = BlockingPool(threads: threads, backlog: backlog, mostOfSource: mostOfSource)
        self.random = random
    }

    /// Returns the text to store. Throws 400 for a password that is empty, contains a zero byte or is longer than 4096
    /// bytes.
    public func hash(_ password: Secret, for source: WorkSource = .own) async throws(Fault) -> String {
        let bytes = Array(password.revealed.utf8)
        guard !bytes.isEmpty, bytes.count <= Self.longestPassword, !bytes.contains(0) else {
            throw .badRequest(
                "A password must be 1 to \(Self.longestPassword) bytes long and must not contain a zero byte.",
                field: "password")
        }
        let setting = Crypt.bcryptSetting(cost: cost, salt: random.bytes(16))
        let hash = try await pool.run(for: source) {
            Crypt.hash(Array(bytes.prefix(Self.bcryptLimit)), setting: setting)
        }
        guard let hash else { throw .internalError("the system's crypt library does not know bcrypt ($2b$)") }
        return hash
    }

    /// Whether `stored` is a hash of `password`.
    ///
    /// Pass nil for a user that does not exist or has no password: the result is false after the same work, so that the
    /// duration does not reveal which users exist.
    public func verify(
        _ password: Secret, against stored: String?, for source: WorkSource = .own
    ) async throws(Fault) -> Bool {
        var bytes = Array(password.revealed.utf8)
        let isPossible = bytes.count <= Self.longestPassword && !bytes.contains(0)
        let setting = stored ?? Crypt.bcryptSetting(cost: cost, salt: [UInt8](repeating: 0x5a, count: 16))
        if !isPossible { bytes = [0x2a] }
        if setting.hasPrefix("$2") { bytes = Array(bytes.prefix(Self.bcryptLimit)) }
        let candidate = bytes
        let computed = try await pool.run(for: source) { Crypt.hash(candidate, setting: setting) }
        guard let computed, let stored else { return false }
        return isPossible && Self.isEqual(computed, stored)
    }

    /// Whether `stored` should be replaced at the next successful login, because it has another method or cost.
    public func isOutdated(_ stored: String) -> Bool {
        !stored.hasPrefix("$2b$\(cost < 10 ? "0" : "")\(cost)$")
    }

    /// Compares every byte, whatever the first ones are.
    private static func isEqual(_ left: String, _ right: String) -> Bool {
        let left = Array(left.utf8)
        let right = Array(right.utf8)
        guard left.count == right.count else { return false }
        var difference: UInt8 = 0
        for index in left.indices { difference |= left[index] ^ right[index] }
        return difference == 0
    }
}
