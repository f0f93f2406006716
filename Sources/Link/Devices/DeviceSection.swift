public import Model

/// What is wanted of the devices of a host beside work: the section of the party `devices`.
public struct DeviceSection: Sendable, Equatable {
    /// Providers whose whole capacity is to be withheld.
    public var disabled: [ResourceProviderID]
    /// Classes of providers that stand for several, whose capacity is to be withheld while the others' is not.
    public var disabledParts: [ProviderPart]
    /// Where the host's sanitisation certificates end; nil before the first.
    public var certificates: CertificateChainHead?

    public init(withheld: [ProviderPart] = [], certificates: CertificateChainHead? = nil) {
        disabled = withheld.filter { $0.resourceClass == nil }.map(\.provider)
        disabledParts = withheld.filter { $0.resourceClass != nil }
        self.certificates = certificates
    }

    /// All that is to be withheld.
    public var withheld: Set<ProviderPart> { Set(disabled.map { ProviderPart($0) } + disabledParts) }
}

extension DeviceSection {
    /// Its members on the wire, which stand beside those of the desired state.
    static let members = ["certificates", "disabled", "disabledParts"]

    /// Nil where it has not the form that this release knows.
    public init?(_ value: JSONValue) {
        guard let disabled = value["disabled"]?.array else { return nil }
        var parts: [ProviderPart] = []
        for entry in disabled {
            guard let provider = entry.text.flatMap({ ResourceProviderID($0) }) else { return nil }
            parts.append(ProviderPart(provider))
        }
        for entry in value["disabledParts"]?.array ?? [] {
            guard let provider = entry["provider"]?.text.flatMap({ ResourceProviderID($0) }) else { return nil }
            parts.append(ProviderPart(provider, entry["resourceClass"]?.text))
        }
        var head: CertificateChainHead?
        if let chain = value["certificates"], chain != .null {
            guard let told = CertificateChainHead(chain) else { return nil }
            head = told
        }
        self.init(withheld: parts, certificates: head)
    }

    public var value: JSONValue {
        var members: [JSONValue.Member] = []
        if let certificates { members.append(.init("certificates", certificates.value)) }
        members.append(.init("disabled", .array(disabled.map { .text($0.description) })))
        if !disabledParts.isEmpty {
            members.append(
                .init(
                    "disabledParts",
                    .array(
                        disabledParts.map { part in
                            .object([
                                .init("provider", .text(part.provider.description)),
                                .init("resourceClass", part.resourceClass.map { .text($0) } ?? .null),
                            ])
                        })))
        }
        return .object(members)
    }
}
