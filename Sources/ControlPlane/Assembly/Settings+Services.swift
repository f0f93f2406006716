public import Settings

extension Settings {
    /// The configuration of this program, with the sections of all its services.
    public init(
        file: (text: String, name: String)? = nil, environment: [String: String] = [:],
        overrides: [String: SettingsValue] = [:]
    ) throws(SettingsFault) {
        try self.init(file: file, environment: environment, overrides: overrides, services: ServiceList.settings)
    }
}
