import Synchronization

/// Where the control plane answers: any of its replicas is as good, and one is used until it does not answer.
final class ControlPlaneAddresses: Sendable {
    private let all: [String]
    private let place = Mutex(0)

    /// - Parameter addresses: base URLs, at least one
    init(_ addresses: [String]) {
        all = addresses.map { $0.hasSuffix("/") ? String($0.dropLast()) : $0 }
    }

    var count: Int { all.count }
    var text: String { all.joined(separator: ", ") }

    /// The one in use.
    var current: String { place.withLock { all.isEmpty ? "" : all[$0] } }

    /// Another one is used from now on, unless somebody saw to that already.
    func leave(_ address: String) {
        place.withLock { place in
            if !all.isEmpty, all[place] == address { place = (place + 1) % all.count }
        }
    }
}
