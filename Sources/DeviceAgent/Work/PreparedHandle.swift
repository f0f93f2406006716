import Drivers
import Model

/// A handle that was prepared and not withdrawn. The host must have it again after a restart.
struct PreparedHandle: Sendable, Codable, Equatable {
    let driver: String
    let type: AttachHandleType
    let info: [String: String]
    let controlPath: String

    /// The handle's device.
    struct Place: Hashable {
        let driver: String
        let controlPath: String
    }

    var place: Place { Place(driver: driver, controlPath: controlPath) }

    func order(_ handle: AttachHandleID) -> HandleOrder {
        HandleOrder(handle: handle, attachment: Attachment(type, info), controlPath: controlPath)
    }
}
