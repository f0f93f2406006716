/// Which services this process offers.
public struct ServicesSettings: Sendable {
    public let enabled: Set<ServiceName>

    init(_ reader: inout SettingsReader, _ services: [ServiceSettings]) {
        let known = services.map(\.name.text)
        let names = reader.texts(
            "services.enabled", "Services to provide; the others are provided by their originals.",
            default: services.filter(\.isStandard).map(\.name.text))
        for name in names where !known.contains(name) {
            reader.refuse("services.enabled", "names '\(name)'; it must be of \(known.joined(separator: ", "))")
        }
        enabled = Set(names.map { ServiceName($0) })
    }
}
