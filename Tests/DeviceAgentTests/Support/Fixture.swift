import Drivers
import FoundationEssentials
import Host
import Model
import Testing

@testable import DeviceAgent

/// A recorded host of `Fixtures/hosts`.
func fixture(_ name: String) throws -> RecordedHost {
    let repository = #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
    return try RecordedHost(file: "/\(repository)/Fixtures/hosts/\(name).host")
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
