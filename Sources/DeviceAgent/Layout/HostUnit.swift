import Link
import Model

/// One attachable unit of a host, in any provider.
struct HostUnit: Hashable, Sendable {
    let driver: String
    let info: [String: String]

    init(_ driver: String, _ handle: AttachHandleReport) {
        self.driver = driver
        info = handle.info
    }

    init(_ holding: HandleHolding) {
        driver = holding.driver
        info = holding.info
    }
}

extension [DeviceReport] {
    /// The place of each unit.
    var places: [HostUnit: ProviderPart] {
        var places: [HostUnit: ProviderPart] = [:]
        for device in self {
            for deployable in device.deployables {
                let part = ProviderPart(deployable.resourceProvider, deployable.resourceClass)
                for handle in deployable.handles { places[HostUnit(device.driver, handle)] = part }
            }
        }
        return places
    }
}
