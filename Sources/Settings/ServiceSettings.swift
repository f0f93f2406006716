/// What the configuration knows of a service: the name by which it is enabled, its policy file, and the section that the
/// service reads itself.
public struct ServiceSettings: Sendable {
    public let name: ServiceName
    /// The service's name in sentences: `the accelerator service`.
    let title: String
    /// Whether it is provided where `services.enabled` says nothing.
    let isStandard: Bool
    let read: @Sendable (inout SettingsReader) -> any Sendable

    /// - Parameters:
    ///   - isStandard: whether it is provided where `services.enabled` says nothing
    ///   - section: reads the keys of the section with the service's name
    public init<Section: Sendable>(
        _ name: ServiceName, title: String, isStandard: Bool = true,
        section: @escaping @Sendable (inout SettingsReader) -> Section
    ) {
        self.name = name
        self.title = title
        self.isStandard = isStandard
        read = { (reader: inout SettingsReader) in section(&reader) }
    }
}
