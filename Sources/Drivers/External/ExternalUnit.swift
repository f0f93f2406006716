import Host
import Model

/// The part of a host that an external driver's handle stands for, by the handle's type, and whether it may be offered.
enum ExternalUnit {
    case function(PCIFunction)
    /// A block device, a port of a USB bus, a region, or a parent that is not a function; with the keys of the handle's
    /// content that name it.
    case other([String])

    /// Throws, with the end of a sentence, if the handle names something that does not exist or that the host needs.
    init(
        _ type: AttachHandleType, _ info: [String: String], address: PCIAddress?, on host: HostSnapshot,
        _ fencing: Fencing, _ root: SysfsRoot
    ) throws(DriverFault) {
        if let address {
            guard let function = host.function(at: address) else { throw DriverFault("there is no such function") }
            if let reason = fencing.reasons(for: address).first { throw DriverFault("\(reason)") }
            guard !function.classCode.isBridge else { throw DriverFault("it is a bridge") }
            let key: String? = type == .nvme ? "namespace" : type == .mdev ? "asked_type" : nil
            if let key, info[key]?.isEmpty != false {
                throw DriverFault("a handle of type \(type.rawValue) needs '\(key)' in its info")
            }
            self = .function(function)
            return
        }
        let keys: [String]
        switch type {
        case .pci, .testPCI, .nvme, .other:
            throw DriverFault("a handle of type \(type.rawValue) needs the address of a PCI function")
        case .mdev: keys = ["parent", "asked_type"]
        case .block: keys = ["path"]
        case .usb: keys = ["bus", "port"]
        case .cxl: keys = ["region"]
        }
        for key in keys where info[key]?.isEmpty != false {
            throw DriverFault("a handle of type \(type.rawValue) needs '\(key)' in its info")
        }
        if type == .block, let path = info["path"] {
            guard let device = host.block(at: path, on: root) else {
                throw DriverFault("there is no block device \(path)")
            }
            if let use = host.use(of: device) { throw DriverFault("\(device.name) \(use)") }
        }
        self = .other(keys)
    }
}
