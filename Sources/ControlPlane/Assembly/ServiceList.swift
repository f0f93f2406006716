import Accelerators
import Identity
import Images
import KeyManager
import Placement
import Services
import Settings

/// The services of this program, each by the value that its room gives.
enum ServiceList {
    /// In the order in which they are built: each uses only what the services before it offer.
    static let all: [ServiceRoom] = [
        IdentityService.room, PlacementService.room, KeyManagerService.room, AcceleratorService.room, ImageService.room,
    ]

    static var settings: [ServiceSettings] { all.map(\.settings) }
}
