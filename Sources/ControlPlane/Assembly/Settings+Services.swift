import Accelerators
import Identity
import Placement
public import Settings

extension Settings {
    /// The configuration of this program, with the sections of all its services.
    public init(
        file: (text: String, name: String)? = nil, environment: [String: String] = [:],
        overrides: [String: SettingsValue] = [:]
    ) throws(SettingsFault) {
        try self.init(file: file, environment: environment, overrides: overrides, services: ServiceList.settings)
    }

    var identity: IdentitySettings { section(of: .identity) }
    var placement: PlacementSettings { section(of: .placement) }
    var accelerator: AcceleratorSettings { section(of: .accelerator) }
}
