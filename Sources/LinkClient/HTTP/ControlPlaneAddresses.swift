import Synchronization

/// The addresses of the control plane. Any replica can be used; one is used until it does not respond.
final class ControlPlaneAddresses: Sendable {
    private let all: [String]
    private let place = Mutex(0)

    /// - Parameter addresses: base URLs, at least one
    init(_ addresses: [String]) {
        all = addresses.map { $0.hasSuffix("/") ? String($0.dropLast()) : $0 }
    }

    var count: Int { all.count }
    var text: String { all.joined(separator: ", ") }

    /// The address in use.
    var current: String { place.withLock { all.isEmpty ? "" : all[$0] } }

    /// Switches to the next address, unless another caller has done so already.
    func leave(_ address: String) {
        place.withLock { place in
            if !all.isEmpty, all[place] == address { place = (place + 1) % all.count }
        }
    }
}
