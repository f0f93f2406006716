import Host
import Synchronization
import Testing

/// A recorded host of `Fixtures/hosts`, each time its own. The archive is read once.
func fixture(_ name: String, file: String = #filePath) throws -> RecordedHost {
    let repository = file.split(separator: "/").dropLast(3).joined(separator: "/")
    let path = "/\(repository)/Fixtures/hosts/\(name).host"
    return try fixtures.withLock { known in
        if let host = known[name] { return host.again() }
        let host = try RecordedHost(file: path)
        known[name] = host
        return host.again()
    }
}

private let fixtures = Mutex<[String: RecordedHost]>([:])

/// Numbers that look random and are the same for the same seed (SplitMix64).
struct SeededNumbers: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
        return value ^ (value >> 31)
    }
}
