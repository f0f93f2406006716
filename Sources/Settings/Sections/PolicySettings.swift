/// Files in oslo.policy's syntax that change rules.
public struct PolicySettings: Sendable {
    /// By service, where there is one.
    public let files: [ServiceName: String]
    public let enforcesNewDefaults: Bool

    init(_ reader: inout SettingsReader, _ services: [ServiceSettings]) {
        var files: [ServiceName: String] = [:]
        for service in services {
            files[service.name] = reader.optionalText(
                "policy.\(service.name.text)_file", "Policy file of \(service.title).")
        }
        self.files = files
        enforcesNewDefaults = reader.boolean(
            "policy.enforce_new_defaults",
            "Whether only the new defaults apply; false also admits what upstream's legacy defaults admit.",
            default: true)
    }
}
