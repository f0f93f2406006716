import Model
import Testing

@testable import Drivers

@Suite struct DeviceSpecTests {
    private func spec(_ json: String) throws -> DeviceSpec { try #require(try DeviceSpec.list(json: json).first) }

    private func function(
        _ address: String, _ vendor: UInt16 = 0x8086, _ product: UInt16 = 0x154d, physical: String? = nil,
        interfaces: [String] = [], parents: [String] = []
    ) throws -> PCIFunctionIdentity {
        PCIFunctionIdentity(
            address: try #require(PCIAddress(address)), vendor: vendor, product: product,
            physicalFunction: physical.flatMap { PCIAddress($0) }, interfaces: interfaces, parentInterfaces: parents)
    }

    /// The examples of Nova's option and what they mean.
    @Test func novasExamples() throws {
        let port = try function("0000:0a:00.1", interfaces: ["eth0"])
        let virtual = try function("0000:0a:10.1", 0x8086, 0x10ed, physical: "0000:0a:00.1", parents: ["eth0"])
        let other = try function("0000:0b:00.1", 0x1137, 0x0071)
        let table: [(String, [Bool])] = [
            (#"{"devname":"eth0","physical_network":"physnet"}"#, [true, true, false]),
            (#"{"address":"*:0a:00.*"}"#, [true, false, false]),
            (#"{"address":":0a:00.","physical_network":"physnet1"}"#, [true, false, false]),
            // A function's address in full means its virtual functions too.
            (#"{"address":"0000:0a:00.1","physical_network":"physnet1"}"#, [true, true, false]),
            (#"{"vendor_id":"1137","product_id":"0071"}"#, [false, false, true]),
            (#"{"vendor_id":"1137","product_id":"0071","address":"0000:0a:00.1"}"#, [false, false, false]),
            (
                #"{"address":{"domain":".*","bus":"02","slot":"01","function":"[2-7]"},"physical_network":"net1"}"#,
                [false, false, false]
            ),
            (#"{"vendor_id":"8086","product_id":"10ED"}"#, [false, true, false]),
            (#"{"vendor_id":"*","product_id":"0x71"}"#, [false, false, true]), (#"{}"#, [true, true, true]),
        ]
        for (json, expected) in table {
            let spec = try spec(json)
            #expect([port, virtual, other].map { spec.mismatch($0) == nil } == expected, "\(json)")
        }
    }

    @Test func theOtherKeys() throws {
        let spec = try spec(
            #"""
            {"vendor_id":"10de","resource_class":"gpu-big","traits":"custom_fast, HW_GPU_API_VULKAN,blue","managed":"no",
             "live_migratable":true,"one_time_use":"true","trusted":1,"physical_network":null,"group":"a","group_type":"b"}
            """#)
        #expect(spec.resourceClass?.name == "CUSTOM_GPU_BIG")
        #expect(spec.traits.map(\.name) == ["CUSTOM_FAST", "HW_GPU_API_VULKAN", "CUSTOM_BLUE"])
        #expect(spec.managed == false && spec.liveMigratable == true && spec.oneTimeUse && spec.trusted == true)
        #expect(spec.namesPhysicalNetwork && spec.physicalNetwork == nil)
        #expect(spec.group == "a" && spec.groupType == "b")
        #expect(try self.spec(#"{"resource_class":"PGPU","traits":["a","A"]}"#).resourceClass?.name == "PGPU")
        #expect(try self.spec(#"{"traits":["a","A"]}"#).traits.count == 1)
        #expect(
            try DeviceSpec.list(json: #"[{"vendor_id":"10de"},{"vendor_id":"8086"}]"#).map(\.vendor) == [
                0x10de, 0x8086,
            ])
    }

    @Test(arguments: [
        (#"{"vendorid":"10de"}"#, "vendorid: is not a key of device_spec; did you mean 'vendor_id'?"),
        (#"{"colour":"red"}"#, "colour: is not a key of device_spec"),
        (#"{"vendor_id":"10dg"}"#, "vendor_id: '10dg' is not hexadecimal; write four digits such as 10de, or '*'"),
        (#"{"product_id":"12345"}"#, "product_id: '12345' is greater than ffff"),
        (#"{"address":"0000:0a:00.1","devname":"eth0"}"#, "devname: stands beside 'address'; give one of the two"),
        (#"{"address":7}"#, "address: is a number; it must be a text or a mapping"),
        (#"{"managed":"perhaps"}"#, "managed: 'perhaps' is neither true nor false"),
        (#"{"group_type":"x"}"#, "group_type: needs 'group', the name of the group"),
        (#"{"traits":[1]}"#, "traits: holds a number; it must hold texts"),
        (#"["a"]"#, "a device_spec is a mapping, not a text"),
        (#"{"vendor":"10de"}"#, "vendor: is not a key of device_spec; did you mean 'vendor_id'?"),
        (
            #"{"adress":"x","vendor_id":"10dg","managed":"perhaps"}"#,
            "adress: is not a key of device_spec; did you mean 'address'?; vendor_id: '10dg' is not hexadecimal; write four digits "
                + "such as 10de, or '*'; managed: 'perhaps' is neither true nor false"
        ),
        (#"{"#, "'{' is not JSON; it must be a mapping or a list of mappings"),
    ])
    func refused(json: String, message: String) {
        let fault = #expect(throws: DeviceSpecFault.self) { try DeviceSpec.list(json: json) }
        #expect(fault?.description == message)
    }

    @Test func theFormerNameIsTakenWithAWarning() throws {
        let value = try #require(SpecValue(json: #"{"vendor_id":"10de","tag":"x"}"#))
        let (spec, warnings) = try DeviceSpec.legacy(value)
        #expect(spec.vendor == 0x10de)
        #expect(warnings.count == 2 && warnings[0].contains("former name") && warnings[1].contains("'tag'"))
    }

    /// As they stand in a file of Nova's.
    @Test func jsonTextsAreTakenAsValues() throws {
        let mapping = SpecValue.text(#"{ "vendor_id":"8086", "product_id":"154c" }"#)
        #expect(try DeviceSpec.list(mapping).map(\.product) == [0x154c])
        let list = SpecValue.text(#"[{"vendor_id":"8086"}, {"vendor_id":"10de"}]"#)
        #expect(try DeviceSpec.list(list).map(\.vendor) == [0x8086, 0x10de])
        #expect(try DeviceSpec.legacy(list: mapping).specs.count == 1)
        for wrong in ["vendor_id=8086", #""text""#, ""] {
            #expect(throws: DeviceSpecFault.self, "\(wrong)") { try DeviceSpec.list(.text(wrong)) }
        }
    }

    @Test func linesOfNovasFilesAreReadAsNovaReadsThem() throws {
        let (specs, warnings) = try NovaConfiguration.deviceSpecs(
            in: """
                [DEFAULT]
                pci_passthrough_whitelist = {"vendor_id":"1111"}
                [pci]
                device_spec: {"vendor_id":"2222"}
                device_spec = '{"vendor_id":"3333"}'
                device_spec = [
                  {"vendor_id":"4444"},
                  {"vendor_id":"5555"}
                  ]

                  {"vendor_id":"6666"}
                """)
        #expect(specs.map(\.vendor) == [0x1111, 0x2222, 0x3333, 0x4444, 0x5555] && warnings.count == 1)
        let fault = #expect(throws: DeviceSpecFault.self) {
            try NovaConfiguration.deviceSpecs(
                in: "[pci]\ndevice_spec = {\"vendor\":\"1\"}\n\ndevice_spec = {}\ndevice_spec = {\n",
                of: "/etc/nova.conf")
        }
        #expect(
            fault?.description.hasPrefix("/etc/nova.conf, line 2: vendor: is not a key of device_spec; did you mean")
                == true)
        #expect(fault?.description.contains("/etc/nova.conf, line 5: '{' is not JSON") == true)
    }

    @Test func aFileOfNovas() throws {
        let (specs, warnings) = try NovaConfiguration.deviceSpecs(
            in: """
                [DEFAULT]
                device_spec = {"vendor_id":"ffff"}
                [pci]
                # device_spec = {"vendor_id":"eeee"}
                alias = {"vendor_id":"dddd", "name":"a"}
                device_spec = {"vendor_id":"10de",
                    "product_id":"20b5"}
                device_spec=[{"address":"*:0a:00.*"}, {"devname":"eth3"}]
                passthrough_whitelist = {"vendor_id":"8086"}
                [neutron]
                device_spec = {"vendor_id":"cccc"}
                """)
        #expect(specs.map(\.vendor) == [0x10de, nil, nil, 0x8086])
        #expect(specs.map(\.product) == [0x20b5, nil, nil, nil])
        #expect(specs[2].interfaceName == "eth3")
        #expect(warnings.count == 1)
        #expect(throws: DeviceSpecFault.self) {
            try NovaConfiguration.deviceSpecs(in: "[pci]\ndevice_spec = vendor\n")
        }
    }
}
