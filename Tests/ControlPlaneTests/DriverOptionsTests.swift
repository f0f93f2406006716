import Drivers
import Foundation
import Host
import Model
import Settings
import Testing

@testable import ControlPlane

@Suite("What the configuration says of drivers")
struct DriverOptionsTests {
    private let host = LocalHost(name: "h1", root: SysfsRoot(MemoryTree()))

    private func options(_ yaml: String) throws -> DriverOptions {
        try DriverOptions.configured(Settings(file: (yaml, "test")), for: host).options
    }

    @Test("each section reaches its driver")
    func sections() throws {
        let options = try options(
            """
            nvme: {device_spec: [{vendor_id: 144d}], clear_action: format, clear_strategy: crypto, cleanup_timeout: 120, handle_type: nvme,
                samples: 32}
            mdev: {device_spec: [{parent: mtty, resource_class: tty, live_migratable: true}], mdev_creator: nova,
                persistent: false}
            gpu_devices: {enabled_vgpu_types: [nvidia-35, nvidia-36]}
            vgpu_nvidia-35: {device_addresses: "0000:84:00.0, 0000:85:00.0"}
            vgpu_nvidia-36: {device_addresses: ["0000:86:00.0"]}
            x710_static: {physical_device_mappings: "physnet1:eth2|eth3", device_addresses: ["0000:05:00.1"]}
            fpga: {clean_images: {xilinx_fpga: /a.xsabin}}
            fake: {fleet: [{count: 2, type: gpu, resource_class: PGPU, numa_node: 1, clean_delay: 5s}],
                faults: [{fault: clean, device: 1, mode: hang}], control_file: /run/faults.json, accelerators: 4}
            """)
        #expect(options.nvme.deviceSpecs.map(\.vendor) == [0x144d] && options.nvme.clearAction == .format)
        #expect(options.nvme.clearStrategy == .crypto && options.nvme.cleanupTimeout == 120)
        #expect(options.nvme.samples == 32 && options.nvme.handleType == .nvme)
        #expect(options.mdev.creator == .nova && !options.mdev.persists)
        #expect(options.mdev.specs.first?.resourceClass == ResourceClass("CUSTOM_TTY"))
        #expect(options.mdev.specs.first?.liveMigratable == true)
        #expect(options.nvidia.types.count == 3)
        #expect(options.nvidia.types[try #require(PCIAddress("0000:86:00.0"))] == ["nvidia-36"])
        #expect(options.nic.networks == ["eth2": "physnet1", "eth3": "physnet1"] && options.nic.addresses.count == 1)
        #expect(options.fpga.cleanImages == ["xilinx_fpga": "/a.xsabin"])
        #expect(options.fake.fleet.first?.type == .gpu && options.fake.fleet.first?.cleanDelay == .seconds(5))
        #expect(options.fake.faults == [FakeFault(.clean, device: 1, mode: .hang)])
        #expect(options.fake.controlFile == "/run/faults.json" && options.fake.accelerators == 4)
    }

    @Test(
        "what is wrong is named with its key",
        arguments: [
            (
                "nvme: {device_spec: [{vendor_id: 144d}, {vendor: 144d}]}",
                "nvme.device_spec 2: vendor: is not a key of device_spec; did you mean 'vendor_id'?"
            ),
            ("mdev: {device_spec: [{parents: x}]}", "did you mean 'parent'?"),
            ("gpu_devices: {enabled_vgpu_types: [nvidia-35]}", "vgpu_nvidia-35: needs 'device_addresses'"),
            ("vgpu_a: {device_addresses: ['0000:84:00.0']}", "vgpu_a: is a section for a type"),
            ("x710_static: {physical_device_mappings: eth2}", "x710_static.physical_device_mappings: 'eth2'"),
            ("x710_static: {device_addresses: eth2}", "x710_static.device_addresses: 'eth2' is not a PCI address"),
            ("fpga: {clean_images: {pci: /a}}", "fpga.clean_images: 'pci' is neither"),
            ("fpga: {clean_images: {intel_fpga: a}}", "'a' is not an absolute path"),
            ("agent: {external_drivers: [{name: own}]}", "agent.external_drivers 1: program: is missing"),
            ("fake: {faults: [{fault: fire}]}", "'fire' is none of discovery"),
            ("fake: {fleet: [{type: toaster}]}", "fake.fleet 1: type: 'toaster' is none of"),
        ])
    func refusals(yaml: String, message: String) throws {
        let fault = #expect(throws: Fault.self) { try options(yaml) }
        #expect(fault?.kind == .badRequest)
        #expect(fault?.message.contains(message) == true, "\(fault?.message ?? "")")
    }

    @Test("everything that is wrong is said at once, each with its entry")
    func allAtOnce() throws {
        let fault = #expect(throws: Fault.self) {
            try options(
                """
                pci: {device_spec: [{vendor_id: 10de}, {vendorid: 10de, managed: perhaps}, {address: "zz"}]}
                nvme: {device_spec: [{}, {product: 1}]}
                mdev: {device_spec: [{parents: x}]}
                agent: {partitions: [{address: gpu, virtual_functions: 1}]}
                """)
        }
        let lines = (fault?.message ?? "").split(separator: "\n").map(String.init)
        #expect(lines.count == 5, "\(lines)")
        for (line, start) in zip(
            lines,
            [
                "pci.device_spec 2: vendorid: is not a key of device_spec; did you mean 'vendor_id'?; managed: 'perhaps' is neither",
                "pci.device_spec 3: address: the device 'zz'", "nvme.device_spec 2: product: is not a key",
                "mdev.device_spec 1: parents: is not a key", "agent.partitions 1: address: 'gpu' is not a PCI address",
            ])
        { #expect(line.hasPrefix(start), "\(line)") }
    }

    @Test("JSON texts of Nova's files as values, and the files themselves")
    func novas() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "nova-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder.appending(path: "d"), withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        func write(_ name: String, _ text: String) throws -> String {
            try Data(text.utf8).write(to: folder.appending(path: name))
            return folder.appending(path: name).path
        }
        let file = try write(
            "nova.conf",
            """
            [pci]
            device_spec = { "vendor_id":"8086", "product_id":"154c", "physical_network":"physnet1" }
            alias = { "vendor_id":"8086", "product_id":"37c9", "name":"qat" }
            passthrough_whitelist = [{ "address": "0000:3d:01.*", "managed": "no" }]
            """)
        _ = try write("d/20.conf", "[pci]\ndevice_spec = {\"vendor_id\":\"2222\"}\n")
        _ = try write("d/10.conf", "[pci]\ndevice_spec = {\"vendor_id\":\"1111\"}\n")
        _ = try write("d/10.conf.save", "[pci]\ndevice_spec = {\"vendor_id\":\"3333\"}\n")
        let specs = try options(
            """
            pci:
              device_spec: ['{"vendor_id": "10de"}', {vendor_id: 10ee}, '[{"vendor_id": "1d0f"}]']
              nova_config_files: [\(file), \(folder.appending(path: "d").path)]
            nvme: {device_spec: '{"vendor_id": "144d"}'}
            """)
        #expect(specs.deviceSpecs.map(\.vendor) == [0x10de, 0x10ee, 0x1d0f, 0x8086, nil, 0x1111, 0x2222])
        #expect(specs.deviceSpecs[3].physicalNetwork == "physnet1" && specs.deviceSpecs[4].managed == false)
        #expect(specs.nvme.deviceSpecs.map(\.vendor) == [0x144d])
        let remarks = try DriverOptions.configured(
            Settings(file: ("pci: {nova_config_files: \(file)}", "test")), for: host
        ).remarks
        #expect(remarks == ["passthrough_whitelist is the former name of device_spec; use device_spec."])
        let wrong = try write("wrong.conf", "[pci]\ndevice_spec = {\"vendor\":\"1\"}\n")
        let fault = #expect(throws: Fault.self) {
            try options("pci: {nova_config_files: [\(wrong), /nowhere/nova.conf], device_spec: ['{']}")
        }
        let lines = (fault?.message ?? "").split(separator: "\n")
        #expect(lines.count == 3, "\(lines)")
        #expect(lines.first?.hasPrefix("pci.device_spec 1: '{' is neither a mapping nor the JSON text of one") == true)
        #expect(lines.contains { $0.hasPrefix("\(wrong), line 2: vendor: is not a key") })
        #expect(lines.contains { $0.hasPrefix("pci.nova_config_files: '/nowhere/nova.conf' cannot be read") })
    }

    @Test("partitions: an address once, and numbers that a device may have")
    func partitions() throws {
        func wishes(_ yaml: String) throws -> [PartitionWish] {
            try DriverOptions.partitions(Settings(file: (yaml, "test")).agent)
        }
        let wish = try #require(
            try wishes("agent: {partitions: [{address: '0000:82:00.0', virtual_functions: 4, queues: 3}]}").first)
        #expect(wish.virtualFunctions == 4 && wish.queues == 3 && wish.interrupts == 1 && wish.driver == nil)
        for (yaml, message) in [
            ("[{address: '0000:82:00.0'}]", "virtual_functions: is missing"),
            ("[{address: gpu, virtual_functions: 4}]", "'gpu' is not a PCI address"),
            ("[{address: '0000:82:00.0', virtual_functions: -1}]", "'-1' is not a number from 0 to 65535"),
            (
                "[{address: '0000:82:00.0', virtual_functions: 1}, {address: '82:00.0', virtual_functions: 2}]",
                "stands twice"
            ),
        ] {
            let fault = #expect(throws: Fault.self) { try wishes("agent: {partitions: \(yaml)}") }
            #expect(fault?.message.contains(message) == true, "\(fault?.message ?? "")")
        }
    }
}
