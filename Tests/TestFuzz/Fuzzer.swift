import Foundation

/// Makes damaged inputs out of good ones, the same ones for the same seed.
///
/// `KILONOVA_FUZZ` says how many inputs each target gets (without it 2,000, fewer where one costs much), `KILONOVA_FUZZ_SEED` where
/// the sequence begins.
public struct Fuzzer: RandomNumberGenerator {
    private var state: UInt64
    private let samples: [[UInt8]]
    private let words: [[UInt8]]

    public static let rounds = number("KILONOVA_FUZZ") ?? 2000
    public static let seed = UInt64(number("KILONOVA_FUZZ_SEED") ?? 20_260_727)

    private static func number(_ name: String) -> Int? {
        ProcessInfo.processInfo.environment[name].flatMap { Int($0) }
    }

    /// - Parameters:
    ///   - samples: good inputs
    ///   - words: pieces of the format's grammar
    public init(samples: [[UInt8]], words: [String] = [], seed: UInt64 = Fuzzer.seed) {
        precondition(!samples.isEmpty)
        self.samples = samples
        self.words = (words + Self.numbers).map { Array($0.utf8) }
        state = seed
    }

    public init(samples: [String], words: [String] = [], seed: UInt64 = Fuzzer.seed) {
        self.init(samples: samples.map { Array($0.utf8) }, words: words, seed: seed)
    }

    /// Where numbers end, in every way that they are written.
    public static let numbers: [String] = [
        "0", "-0", "1", "-1", "127", "128", "255", "256", "65535", "65536", "2147483647", "2147483648", "-2147483648",
        "-2147483649", "4294967295", "4294967296", "9007199254740991", "9007199254740993", "9223372036854775807",
        "9223372036854775808", "-9223372036854775808", "-9223372036854775809", "18446744073709551615",
        "18446744073709551616", "1e19", "-1e19", "1e308", "1e309", "-1e309", "5e-324", "1e-400", "0.1", "1.0", "-0.0",
        "1e0",
        "1E+2", "1.", ".5", "+1", "01", "0x10", "1_000", "NaN", "Infinity", "-Infinity", "1e9999999999",
        String(repeating: "9", count: 400), "0." + String(repeating: "0", count: 400) + "1",
    ]

    /// SplitMix64.
    public mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var word = state
        word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
        word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
        return word ^ (word >> 31)
    }

    private mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<max(1, bound), using: &self) }

    /// The next input.
    public mutating func input() -> [UInt8] {
        var bytes = samples[below(samples.count)]
        for _ in 0...below(6) { damage(&bytes) }
        return bytes.count > 65_536 ? Array(bytes.prefix(65_536)) : bytes
    }

    private mutating func damage(_ bytes: inout [UInt8]) {
        let place = below(bytes.count + 1)
        let length = below(min(32, bytes.count - place) + 1)
        switch below(10) {
        case 0:
            if place < bytes.count { bytes[place] ^= 1 << UInt8(below(8)) }
        case 1: bytes.insert(UInt8(truncatingIfNeeded: next()), at: place)
        case 2: bytes.removeSubrange(place..<place + length)
        case 3: bytes.removeSubrange(place...)
        case 4: bytes.insert(contentsOf: bytes[place..<place + length], at: place)
        case 5:
            let other = samples[below(samples.count)]
            let start = below(other.count + 1)
            bytes.replaceSubrange(place..., with: other[start...])
        case 6, 7: replaceNumber(&bytes, from: place)
        case 8: bytes.replaceSubrange(place..<place + length, with: words[below(words.count)])
        default:
            let piece = Array(bytes[place..<place + min(length, 4)])
            for _ in 0..<below(200) { bytes.insert(contentsOf: piece, at: place) }
        }
    }

    /// The first run of digits behind `place` becomes a number at an edge.
    private mutating func replaceNumber(_ bytes: inout [UInt8], from place: Int) {
        guard let start = bytes[place...].firstIndex(where: { (48...57).contains($0) }) else { return }
        let end = bytes[start...].firstIndex { !(48...57).contains($0) } ?? bytes.count
        bytes.replaceSubrange(start..<end, with: Array(Self.numbers[below(Self.numbers.count)].utf8))
    }

    /// Calls `body` with as many inputs as are asked for, `usually` where nobody asks; says first by which seed.
    public static func run(
        _ target: String, samples: [[UInt8]], words: [String] = [], usually: Int = 2000,
        _ body: ([UInt8]) throws -> Void
    ) rethrows {
        let rounds = number("KILONOVA_FUZZ") ?? usually
        print("fuzz \(target): \(rounds) inputs, seed \(seed)")
        var fuzzer = Fuzzer(samples: samples, words: words)
        for _ in 0..<rounds { try body(fuzzer.input()) }
    }
}
