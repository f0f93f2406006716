import Drivers
import FoundationEssentials
import Host
import Logging
import Model
import Testing

@testable import Agent

/// A recorded host of `Fixtures/hosts`.
func fixture(_ name: String) throws -> RecordedHost {
    let repository = #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
    return try RecordedHost(file: "/\(repository)/Fixtures/hosts/\(name).host")
}

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

let quiet = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

/// Pauses before a retry pass at once; intervals never do.
let quick: Waiting = { span in
    guard span < .seconds(40) else { return try await Task.sleep(for: .seconds(86_400)) }
    await Task.yield()
    try Task.checkCancellation()
}

/// What Placement should hold of a made-up device of the host `h1`.
func wanted(
    _ name: String, total: Int = 1, _ resourceClass: String = "FPGA", traits: Set<String> = ["CUSTOM_T"],
    isWithheld: Bool = false
) -> WantedProvider {
    WantedProvider(
        id: ProviderNames.identifier(ofProvider: name), name: name,
        stocks: [ResourceClass(unchecked: resourceClass): .init(total: total, isWithheld: isWithheld)],
        traits: Set(traits.map(Trait.init(unchecked:))), isDivided: false)
}

extension WantedProvider {
    /// Of a provider of one class.
    var resourceClass: ResourceClass { stocks.keys.first ?? .fpga }
    var total: Int { stocks.values.first?.total ?? 0 }
}
