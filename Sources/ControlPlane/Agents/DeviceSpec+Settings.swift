import Drivers
import FoundationEssentials
import Model
import Settings

extension DeviceSpec {
    /// `pci.device_spec`, the entries under its former name, and those of Nova's files, in this order. Throws
    /// everything that is wrong, each with its entry or its file and line.
    static func configured(
        _ settings: PCISettings
    ) throws(DeviceSpecFault) -> (specs: [DeviceSpec], warnings: [String]) {
        var specs: [DeviceSpec] = []
        var warnings: [String] = []
        var faults: [DeviceSpecFault] = []
        func take(_ place: String, _ read: () throws(DeviceSpecFault) -> [DeviceSpec]) {
            do throws(DeviceSpecFault) { specs += try read() } catch {
                faults.append(place.isEmpty ? error : DeviceSpecFault(place, "\(error)"))
            }
        }
        for (index, value) in settings.deviceSpec.enumerated() {
            take("pci.device_spec \(index + 1)") { () throws(DeviceSpecFault) in try list(SpecValue(value)) }
        }
        for (index, value) in settings.passthroughWhitelist.enumerated() {
            take("pci.passthrough_whitelist \(index + 1)") { () throws(DeviceSpecFault) in
                let (former, said) = try legacy(list: SpecValue(value))
                warnings += said.filter { !warnings.contains($0) }
                return former
            }
        }
        for path in settings.novaConfigFiles {
            take("") { () throws(DeviceSpecFault) in
                let (found, said) = try novaSpecs(path)
                warnings += said.filter { !warnings.contains($0) }
                return found
            }
        }
        if let fault = DeviceSpecFault(lines: faults) { throw fault }
        return (specs, warnings)
    }

    /// A file of Nova, or the files of a folder in the order of their names.
    private static func novaSpecs(
        _ path: String
    ) throws(DeviceSpecFault) -> (specs: [DeviceSpec], warnings: [String]) {
        var files = [path]
        var isFolder = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
            files = names.filter { $0.hasSuffix(".conf") }.sorted().map { "\(path)/\($0)" }
        }
        var specs: [DeviceSpec] = []
        var warnings: [String] = []
        var faults: [DeviceSpecFault] = []
        for file in files {
            guard let bytes = try? Data(contentsOf: URL(filePath: file)) else {
                faults.append(
                    DeviceSpecFault(
                        "pci.nova_config_files", "'\(file)' cannot be read; it must be a file or folder of Nova's"))
                continue
            }
            do throws(DeviceSpecFault) {
                let (found, said) = try NovaConfiguration.deviceSpecs(
                    in: String(decoding: bytes, as: UTF8.self), of: file)
                specs += found
                warnings += said.filter { !warnings.contains($0) }
            } catch {
                faults.append(error)
            }
        }
        if let fault = DeviceSpecFault(lines: faults) { throw fault }
        return (specs, warnings)
    }
}

extension DeviceSpecFault {
    /// Combines several faults, one per line; nil if there are none.
    init?(lines faults: [DeviceSpecFault]) {
        guard let first = faults.first else { return nil }
        self = faults.count == 1 ? first : DeviceSpecFault("", faults.map(\.description).joined(separator: "\n"))
    }
}
