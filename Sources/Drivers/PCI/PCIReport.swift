import Host
import Model

/// The report of a device that is one PCI function with one handle: the device, a deployable named after the function,
/// and the handle.
struct PCIReport {
    var type: DeviceType
    var driver: String
    var resourceClass: String
    var traits: [String]
    var facts: [String: String]
    var handle: Attachment
    var needsCleaning: Bool
    /// The prefix of attribute keys that contain traits: `trait` or, for some of Cyborg's drivers, `traits`; a number
    /// follows.
    var traitKey = "trait"
    var vendorBoardInfo = "miss_vb_info"
    /// Nil for the default of product id and class.
    var standardBoardInfo: String?
    /// Nil for the default, the product id.
    var model: String?
    /// Nil for the default of host and address.
    var name: String?

    func device(_ function: PCIFunction, on host: HostName) -> DeviceReport {
        let name = name ?? ProviderNames.function(function.address, on: host)
        var attributes = [AttributeReport(key: "rc", value: resourceClass)]
        for (index, trait) in traits.enumerated() {
            attributes.append(AttributeReport(key: "\(traitKey)\(index)", value: trait))
        }
        return DeviceReport(
            type: type, vendor: function.vendorID, model: model ?? function.productID,
            standardBoardInfo: standardBoardInfo
                ?? PythonJSON.object([("product_id", function.productID), ("controller", function.classCode.name)]),
            vendorBoardInfo: vendorBoardInfo, controlPath: PythonJSON.controlPath(function.address), driver: driver,
            facts: facts,
            deployables: [
                DeployableReport(
                    name: name, resourceProvider: ProviderNames.identifier(ofProvider: name),
                    resourceClass: resourceClass, accelerators: 1, traits: traits, attributes: attributes,
                    handles: [AttachHandleReport(handle, needsCleaning: needsCleaning)])
            ])
    }
}
