/// A namespace of an NVMe drive.
public struct NamespaceTarget: Hashable, Sendable {
    /// The drive's controller.
    public let controller: PCIAddress
    /// The namespace's number on its drive.
    public let number: Int

    public init(_ controller: PCIAddress, number: Int) {
        self.controller = controller
        self.number = number
    }

    init?(taking pairs: inout [String: String]) {
        guard let text = pairs.removeValue(forKey: "namespace"), let number = Int(text), "\(number)" == text,
            let controller = PCIAddress(taking: &pairs)
        else { return nil }
        self.init(controller, number: number)
    }

    var pairs: [String: String] { controller.attachInfo.merging(["namespace": "\(number)"]) { own, _ in own } }
}
