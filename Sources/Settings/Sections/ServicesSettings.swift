/// Which services this process offers.
public struct ServicesSettings: Sendable {
    public let enabled: Set<ServiceName>

    init(_ reader: inout SettingsReader) {
        let names = reader.texts(
            "services.enabled", "Services to provide; the others are provided by their originals.",
            default: ServiceName.allCases.map(\.rawValue))
        var enabled: Set<ServiceName> = []
        for name in names {
            if let service = ServiceName(rawValue: name) {
                enabled.insert(service)
            } else {
                let known = ServiceName.allCases.map(\.rawValue).joined(separator: ", ")
                reader.refuse("services.enabled", "names '\(name)'; it must be of \(known)")
            }
        }
        self.enabled = enabled
    }
}

public enum ServiceName: String, Sendable, CaseIterable {
    case identity
    case placement
    case accelerator
}
